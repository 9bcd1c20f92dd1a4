/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "prng.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* A setting nobody can parse must not silently become another run. */
static uint64_t number_from(const char *variable, const char *text)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || end == text || *end) {
		fprintf(stderr, "%s=%s: not a number\n", variable, text);
		exit(2);
	}
	return value;
}

uint64_t pt_seed(const char *name, uint64_t otherwise)
{
	const char *text = getenv("HVPT_SEED");
	uint64_t seed = text ? number_from("HVPT_SEED", text) : otherwise;

	printf("%s: HVPT_SEED=%llu\n", name, (unsigned long long)seed);
	fflush(stdout);
	return seed;
}

uint64_t pt_effort_percent(void)
{
	static const char *const names[] = { "HVPT_TEST_EFFORT",
					     "HVPT_PRESET_EFFORT" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *text = getenv(names[i]);

		if (text)
			return number_from(names[i], text);
	}
	return 100;
}

unsigned pt_effort(unsigned rounds)
{
	uint64_t scaled = rounds * pt_effort_percent() / 100;

	return scaled ? (unsigned)scaled : 1;
}
