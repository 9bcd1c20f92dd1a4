/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include "cpu.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>

static cpu_set_t allowed;
static unsigned count;

void cpu_init(void)
{
	CPU_ZERO(&allowed);
	if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0)
		count = (unsigned)CPU_COUNT(&allowed);
	if (count == 0)
		count = 1;
}

unsigned cpu_count(void)
{
	return count;
}

/* If pinning fails, the figures are only noisier. */
void cpu_pin(unsigned index)
{
	cpu_set_t one;

	index %= count;
	for (size_t i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, &allowed) || index-- > 0)
			continue;
		CPU_ZERO(&one);
		CPU_SET(i, &one);
		(void)sched_setaffinity(0, sizeof(one), &one);
		return;
	}
}

const char *cpu_name(void)
{
	static char line[256];
	FILE *file = fopen("/proc/cpuinfo", "r");
	const char *name = NULL;

	if (!file)
		return "unknown";
	while (!name && fgets(line, sizeof(line), file))
		if (strncmp(line, "model name", 10) == 0)
			name = strchr(line, ':');
	fclose(file);
	if (!name)
		return "unknown";
	line[strcspn(line, "\n")] = '\0';
	return name + 2;
}
