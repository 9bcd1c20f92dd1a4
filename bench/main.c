/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt-bench - times page tables. docs/PERFORMANCE.md says how to read it.
 *
 * Backends take turns: each workload runs on all of them before the next one
 * starts, so that a slow moment of the machine affects all of them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "cpu.h"
#include "differ.h"
#include "memory.h"
#include "pool.h"
#include "results.h"
#include "trace/say.h"
#include "verify.h"

#define POOL_BYTES ((size_t)32 << 20)
/* Each table in its turn maps 4 GiB by 4 KiB, and keeps those tables. */
#define DIFFER_POOL_BYTES ((size_t)128 << 20)
#define VERIFY_STEPS 600u

#ifndef HVPT_TRACES
#define HVPT_TRACES "tests/data/traces"
#endif

static const char *const default_trace[] = {
	HVPT_TRACES "/nvme-ext4-7.3-strict.txt.xz",
	HVPT_TRACES "/vfio-7.3-strict.txt.xz",
	HVPT_TRACES "/modload-7.3-strict.txt.xz",
};

static struct traffic traffic[TRACES_MAX];
static struct results results;

/* The first part of a file's name: "nvme" of nvme-ext4-7.3-strict.txt.xz. */
static void trace_name(const char *path, char *name, size_t size)
{
	const char *base = strrchr(path, '/');

	snprintf(name, size, "%s", base ? base + 1 : path);
	name[strcspn(name, "-.")] = '\0';
}

static bool load_traces(struct bench_options *options)
{
	char name[64];

	if (options->traces == 0) {
		options->traces = 3;
		memcpy(options->trace, default_trace, sizeof(default_trace));
	}
	for (unsigned i = 0; i < options->traces; i++) {
		if (!traffic_load(options->trace[i], &traffic[i]))
			return false;
		trace_name(options->trace[i], name, sizeof(name));
		work_add_trace(name, &traffic[i]);
	}
	return true;
}

static bool add_works(struct bench_options *options)
{
	if (options->sweep) {
		work_add_sweep();
		return true;
	}
	work_add_pages();
	work_add_ranges();
	work_add_lives();
	work_add_random();
	work_add_queue();
	if (!load_traces(options))
		return false;
	work_add_threads();
	return true;
}

static void verify_all(const struct bench_options *options)
{
	unsigned steps = run_rounds(&(struct run){ .effort = options->effort },
				    VERIFY_STEPS);

	for (unsigned k = 0; bench_backends[k]; k++) {
		const struct bench_backend *b = bench_backends[k];

		for (unsigned levels = 4; levels <= 5; levels++) {
			if ((b->flags & BF_LIMIT) ||
			    !results_applies(k, levels) ||
			    !(options->levels >> levels & 1))
				continue;
			verify_backend(b, levels, steps);
			for (unsigned i = 0; i < options->traces; i++)
				verify_traffic(b, levels, &traffic[i]);
		}
		if (!options->quiet)
			say("%s: %s", b->name,
			    b->flags & BF_LIMIT ? "store loop" : "verified");
	}
}

static int differ_all(const struct bench_options *options)
{
	for (unsigned levels = 4; levels <= 5; levels++) {
		struct differ_done done;

		if (!(options->levels >> levels & 1))
			continue;
		done = differ(levels, options->differ, options->seed);
		if (done.tables < 2) {
			say("hvpt-bench: --differ: there is no other page "
			    "table; bench/compare has some");
			return EXIT_FAILURE;
		}
		printf("%u levels: %u page tables translate alike: "
		       "%" PRIu64 " maps, %" PRIu64 " refused, %" PRIu64
		       " unmaps, %" PRIu64 " walks in each\n",
		       levels, done.tables, done.maps, done.refused,
		       done.unmaps, done.walks);
	}
	return EXIT_SUCCESS;
}

static bool is_selected(const struct work *work, unsigned first)
{
	for (unsigned i = 0; i < work->rows; i++)
		if (results.selected[first + i])
			return true;
	return false;
}

static void run_one(unsigned k, unsigned levels, unsigned effort,
		    const struct work *work, unsigned first)
{
	struct run run;

	if (!results_applies(k, levels))
		return;
	memset(&run, 0, sizeof(run));
	run.backend = bench_backends[k];
	run.levels = levels;
	run.effort = effort;
	bench_limit_cold = work->cold;
	work->fn(&run, work->data);
	if (!clock_counting)
		results_take(&results, k, first, work, &run);
	else
		results_count(&results, k, first, work, &run);
}

/* Runs each selected workload once; each starts with another backend. */
static void run_works(const struct bench_options *options, unsigned turn,
		      unsigned effort)
{
	for (unsigned levels = 4; levels <= 5; levels++) {
		unsigned first = 0;

		for (unsigned i = 0; i < work_count(); i++) {
			const struct work *work = work_get(i);
			unsigned at = first;

			first += work->rows;
			if (!(options->levels >> levels & 1) ||
			    !is_selected(work, at))
				continue;
			for (unsigned k = 0; k < results.backends; k++)
				run_one((k + turn) % results.backends, levels,
					effort, work, at);
		}
	}
}

static void run_to_count(struct results *unused,
			 const struct bench_options *options)
{
	(void)unused;
	run_works(options, 0, 0);
}

static void measure_memory(const struct bench_options *options)
{
	for (unsigned k = 0; k < results.backends; k++)
		for (unsigned levels = 4; levels <= 5; levels++)
			if ((options->levels >> levels & 1) &&
			    results_applies(k, levels) &&
			    !(bench_backends[k]->flags & BF_LIMIT))
				memory_measure(bench_backends[k], levels,
					       options->effort,
					       &results.memory[k][levels - 4]);
}

static void measure(const struct bench_options *options, char **argv)
{
	clock_init();
	cpu_pin(cpu_count() - 1);
	results.counter = "not counted";
	for (unsigned i = 0; i < options->runs; i++)
		run_works(options, i, options->effort);
	results_sort(&results);
	bench_limit_cold = 0;
	if (!options->sweep)
		measure_memory(options);
	if (options->count)
		count_instructions(&results, options, argv, run_to_count);
}

static int run_bench(struct bench_options *options, bool under_valgrind,
		     char **argv)
{
	if (!add_works(options) || !results_init(&results, options))
		return 2;
	pool_init(options->differ ? DIFFER_POOL_BYTES : POOL_BYTES);
	cpu_init();
	if (under_valgrind) {
		count_once(&results, options, run_to_count);
		return EXIT_SUCCESS;
	}
	if (options->differ)
		return differ_all(options);
	verify_all(options);
	if (options->verify)
		return EXIT_SUCCESS;
	measure(options, argv);
	if (!options->quiet)
		report_markdown(&results, options);
	if (options->json && !report_json(&results, options))
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	bool under_valgrind = argc > 1 && strcmp(argv[1], COUNT_OPTION) == 0;
	struct bench_options options;
	int status = EXIT_SUCCESS;

	switch (bench_options_parse(argc - under_valgrind,
				    argv + under_valgrind, &options)) {
	case BENCH_RUN:
		status = run_bench(&options, under_valgrind, argv);
		break;
	case BENCH_HELP:
		break;
	default:
		status = 2;
		break;
	}
	bench_options_free(&options);
	return status;
}
