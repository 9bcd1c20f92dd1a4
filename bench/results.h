/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * results.h - the results for each backend, number of levels and row.
 */
#ifndef BENCH_RESULTS_H
#define BENCH_RESULTS_H

#include "bench_options.h"
#include "work.h"

#define BACKENDS_MAX 16u
#define ROWS_MAX 96u

/**
 * struct result - one row for one backend and number of levels
 * @ns: of each run; sorted by results_sort()
 * @runs: how many; 0: the row does not apply
 * @calls: in each run
 * @instructions: of one call; 0: not counted
 */
struct result {
	double ns[RUNS_MAX];
	unsigned runs;
	uint64_t calls;
	uint64_t instructions;
};

/**
 * struct memory - table pages held, root included
 * @gib_4k: with 1 GiB mapped by 4 KiB leaves
 * @gib_2m: by 2 MiB leaves
 * @gib_1g: by one leaf
 * @storm_left: after random pages were mapped and unmapped one by one
 * @storm_reclaimed: after empty tables were reclaimed; without such a call the
 *	same as @storm_left
 * @empty: a new domain
 */
struct memory {
	size_t gib_4k;
	size_t gib_2m;
	size_t gib_1g;
	size_t storm_left;
	size_t storm_reclaimed;
	size_t empty;
};

/**
 * struct results - all results
 * @row: the rows, in the order of the workloads
 * @rows: how many
 * @selected: the rows that were asked for
 * @backends: how many are in bench_backends
 * @hvpt: index of the backend that others are compared to
 * @counter: what counted the instructions, or why they were not counted
 */
struct results {
	const struct row *row[ROWS_MAX];
	bool selected[ROWS_MAX];
	unsigned rows;
	unsigned backends;
	unsigned hvpt;
	const char *counter;
	struct result result[BACKENDS_MAX][2][ROWS_MAX];
	struct memory memory[BACKENDS_MAX][2];
};

/** Numbers rows and backends; false when --only matches nothing. */
bool results_init(struct results *results, const struct bench_options *options);

/** Adds what a run of a workload noted; @first is its first row. */
void results_take(struct results *results, unsigned backend, unsigned first,
		  const struct work *work, const struct run *run);

/** The same for a run that counted instructions. */
void results_count(struct results *results, unsigned backend, unsigned first,
		   const struct work *work, const struct run *run);

void results_sort(struct results *results);

/** Result of a row; @levels is 4 or 5. */
const struct result *results_get(const struct results *results,
				 unsigned backend, unsigned levels,
				 unsigned row);

/** Nanoseconds per call; 0 when the row does not apply. */
double result_min(const struct result *result);
double result_median(const struct result *result);

/** Does the backend have that many levels? */
bool results_applies(unsigned backend, unsigned levels);

/* The two forms of output. */
void report_markdown(const struct results *results,
		     const struct bench_options *options);
bool report_json(const struct results *results,
		 const struct bench_options *options);

#endif /* BENCH_RESULTS_H */
