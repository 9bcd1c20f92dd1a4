/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "broken_port.h"

uint64_t hvpt_broken_mask;

__attribute__((constructor)) static void read_environment(void)
{
	const char *text = getenv("HVPT_BROKEN_BIT");
	unsigned long bit;
	char *end;

	if (!text || text[0] == '\0')
		return;
	bit = strtoul(text, &end, 10);
	if (*end != '\0' || bit > 63) {
		fprintf(stderr, "HVPT_BROKEN_BIT must be 0 .. 63\n");
		exit(3);
	}
	hvpt_broken_mask = UINT64_C(1) << bit;
}
