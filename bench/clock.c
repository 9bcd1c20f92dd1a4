/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include "clock.h"

#include <time.h>

#define CALIBRATE_NS 100000000u
#define READINGS 10000

bool clock_counting;

static double ns_per_tick = 1;
static uint64_t pair_ticks;
static const uint64_t *script;
static size_t script_length, marks;
static unsigned long (*clears)(void);
static uint64_t ticks_per_clear;

static uint64_t system_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

#if !defined(__x86_64__)
uint64_t clock_ticks(void)
{
	return system_ns();
}
#endif

void clock_init(void)
{
	uint64_t start = system_ns();
	uint64_t first = clock_ticks();
	uint64_t ns;

	do {
		ns = system_ns() - start;
	} while (ns < CALIBRATE_NS);
	ns_per_tick = (double)ns / (double)(clock_ticks() - first);
	pair_ticks = UINT64_MAX;
	for (int i = 0; i < READINGS; i++) {
		uint64_t a = clock_ticks();
		uint64_t b = clock_ticks();

		if (b - a < pair_ticks)
			pair_ticks = b - a;
	}
}

/* count.c gives its name to valgrind. */
__attribute__((noinline)) uint64_t clock_mark(void)
{
	size_t n = marks++;

	if (n >= script_length)
		return 0;
	return script[n] - clears() * ticks_per_clear;
}

size_t clock_marks(void)
{
	return marks;
}

void clock_script(const uint64_t *reading, size_t count,
		  unsigned long (*count_clears)(void))
{
	script = reading;
	script_length = count;
	marks = 0;
	clears = count_clears;
	ns_per_tick = 1;
	pair_ticks = 0;
	ticks_per_clear = 0;
}

void clock_calibrate(void (*clear)(void *page), void *page)
{
	uint64_t a = clock_now();
	uint64_t b = clock_now();
	uint64_t c;

	clear(page);
	c = clock_now();
	pair_ticks = b - a;
	ticks_per_clear = c - b - pair_ticks;
}

double clock_ns(uint64_t ticks, uint64_t pairs)
{
	uint64_t own = pairs * pair_ticks;

	return ticks > own ? (double)(ticks - own) * ns_per_tick : 0;
}
