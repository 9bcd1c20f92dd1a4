/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * clock.h - time: the processor's counter if there is one, else the clock of
 * the system. Or instructions: see count.h.
 */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Set while instructions are counted instead of time. */
extern bool clock_counting;

/** The reading in that case: the next of clock_script(), or 0. */
uint64_t clock_mark(void);

#if defined(__x86_64__)
static inline uint64_t clock_ticks(void)
{
	uint32_t low, high, cpu;

	/* waits for all instructions before it */
	__asm__ volatile("rdtscp" : "=a"(low), "=d"(high), "=c"(cpu));
	return (uint64_t)high << 32 | low;
}
#else
uint64_t clock_ticks(void);
#endif

static inline uint64_t clock_now(void)
{
	if (__builtin_expect(clock_counting, 0))
		return clock_mark();
	return clock_ticks();
}

/** Measures how long a tick is, and what a pair of readings costs. */
void clock_init(void);

/**
 * clock_script() - sets the successive results of clock_mark()
 * @clears: returns how many pages were cleared so far; clearing is not counted
 *
 * Call clock_calibrate() next, in this run and in the run that made the script.
 */
void clock_script(const uint64_t *reading, size_t count,
		  unsigned long (*clears)(void));

/** Counts what a pair of readings and a call of @clear cost. */
void clock_calibrate(void (*clear)(void *page), void *page);

/** How often clock_mark() was called. */
size_t clock_marks(void);

/** Nanoseconds (or instructions) of @ticks, measured by @pairs readings. */
double clock_ns(uint64_t ticks, uint64_t pairs);

#endif /* BENCH_CLOCK_H */
