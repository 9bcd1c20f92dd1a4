/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "work.h"

#include <stdio.h>
#include <stdlib.h>

#define WORK_MAX 64

int bench_limit_cold;

static struct work list[WORK_MAX];
static unsigned count;

void work_add(const struct work *work)
{
	if (count == WORK_MAX) {
		fputs("hvpt-bench: too many workloads\n", stderr);
		exit(EXIT_FAILURE);
	}
	list[count++] = *work;
}

const struct work *work_get(unsigned index)
{
	return &list[index];
}

unsigned work_count(void)
{
	return count;
}

unsigned run_rounds(const struct run *run, unsigned rounds)
{
	unsigned scaled = rounds * run->effort / 100;

	/* one call is enough when instructions are counted */
	if (clock_counting)
		return rounds / 1000 + 1;
	return scaled ? scaled : 1;
}

void run_note(struct run *run, unsigned row, uint64_t ticks, uint64_t pairs,
	      uint64_t calls)
{
	run->noted[row].calls = calls;
	run->noted[row].ns = clock_ns(ticks, pairs) / (double)calls;
}

void run_fail(const struct run *run, const char *what)
{
	fprintf(stderr, "hvpt-bench: %s, %u levels: failed while timed: %s\n",
		run->backend->name, run->levels, what);
	exit(EXIT_FAILURE);
}

void *run_create(const struct run *run)
{
	return run->backend->create(run->levels, ALL_SIZES);
}
