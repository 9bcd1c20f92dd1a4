/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bench_options.h - the command line of hvpt-bench.
 */
#ifndef BENCH_BENCH_OPTIONS_H
#define BENCH_BENCH_OPTIONS_H

#include <regex.h>
#include <stdbool.h>

#define RUNS_MAX 99u
#define TRACES_MAX 4u

/**
 * struct bench_options - what to measure
 * @levels: bit 4, bit 5: these numbers of levels
 * @runs: of each workload; the minimum is the result
 * @effort: percent of the rounds in each run
 * @only: select the rows whose id matches, when @has_only
 * @sweep: calls of every length instead of the workloads
 * @count: count instructions per call too
 * @verify: only verify
 * @differ: compare all page tables with so many calls; 0: do not
 * @seed: of these calls
 * @json: where to write JSON; NULL: nowhere, "-": standard output
 * @quiet: no progress, no table
 * @note: copied into the JSON; NULL: none
 * @trace: files to replay
 * @traces: how many
 */
struct bench_options {
	unsigned levels;
	unsigned runs;
	unsigned effort;
	bool has_only;
	bool sweep;
	bool count;
	bool verify;
	bool quiet;
	unsigned differ;
	unsigned seed;
	regex_t only;
	const char *json;
	const char *note;
	const char *trace[TRACES_MAX];
	unsigned traces;
};

enum bench_parsed {
	BENCH_RUN = 0,
	BENCH_HELP = 1,
	BENCH_ERROR = 2, /* the message was printed */
};

/** Frees the memory of the options; also after an error. */
void bench_options_free(struct bench_options *options);

enum bench_parsed bench_options_parse(int argc, char **argv,
				      struct bench_options *options);

#endif /* BENCH_BENCH_OPTIONS_H */
