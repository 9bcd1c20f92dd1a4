/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * count.h - instructions of each row's calls.
 *
 * The program runs once more under valgrind, which counts the instructions
 * between one reading of the clock and the next. It then runs once without
 * valgrind, with those counts as the clock. Clearing pages is not counted.
 */
#ifndef BENCH_COUNT_H
#define BENCH_COUNT_H

#include "results.h"

/* The option that marks the run under valgrind; not for users. */
#define COUNT_OPTION "--under-valgrind"

/** Runs every workload once for each backend, for count_instructions(). */
typedef void (*count_fn)(struct results *results,
			 const struct bench_options *options);

/** The part that runs under valgrind. */
void count_once(struct results *results, const struct bench_options *options,
		count_fn run_all);

/** Fills the instructions of @results; counter says why if it cannot. */
void count_instructions(struct results *results,
			const struct bench_options *options, char **argv,
			count_fn run_all);

#endif /* BENCH_COUNT_H */
