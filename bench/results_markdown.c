/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdio.h>

#include "cpu.h"
#include "results.h"

#define CELL 32

static void format_ns(char *text, double ns)
{
	if (ns == 0)
		snprintf(text, CELL, "-");
	else if (ns < 100)
		snprintf(text, CELL, "%.1f", ns);
	else if (ns < 100000)
		snprintf(text, CELL, "%.0f", ns);
	else
		snprintf(text, CELL, "%.0f us", ns / 1000);
}

static void print_ns(const struct result *result, uint64_t entries)
{
	char ns[CELL], entry[CELL];
	double min = result_min(result);

	format_ns(ns, min);
	entry[0] = '\0';
	if (entries > 1 && min > 0)
		snprintf(entry, CELL, " (%.3f)", min / (double)entries);
	printf(" %s%s |", ns, entry);
	if (result->instructions)
		printf(" %llu |", (unsigned long long)result->instructions);
	else
		printf(" - |");
}

static void print_ratio(const struct result *other, const struct result *ours)
{
	if (result_min(other) > 0 && result_min(ours) > 0)
		printf(" %.2f |", result_min(other) / result_min(ours));
	else
		printf(" - |");
}

static bool is_compared(const struct results *results, unsigned backend)
{
	return results->hvpt < results->backends && backend != results->hvpt;
}

static void print_head(const struct results *results, unsigned levels)
{
	printf("\n## %u levels\n\n| row | what |", levels);
	for (unsigned k = 0; k < results->backends; k++)
		if (results_applies(k, levels))
			printf(" %s: ns (ns/PTE) | instr. |",
			       bench_backends[k]->name);
	for (unsigned k = 0; k < results->backends; k++)
		if (results_applies(k, levels) && is_compared(results, k))
			printf(" %s / %s |", bench_backends[k]->name,
			       bench_backends[results->hvpt]->name);
	printf("\n|---|---|");
	for (unsigned k = 0; k < results->backends; k++) {
		if (!results_applies(k, levels))
			continue;
		printf("---:|---:|%s", is_compared(results, k) ? "---:|" : "");
	}
	printf("\n");
}

static void print_row(const struct results *results, unsigned levels,
		      unsigned row)
{
	const struct row *r = results->row[row];

	printf("| %s | %s |", r->id, r->text);
	for (unsigned k = 0; k < results->backends; k++)
		if (results_applies(k, levels))
			print_ns(results_get(results, k, levels, row),
				 r->entries);
	for (unsigned k = 0; k < results->backends; k++)
		if (results_applies(k, levels) && is_compared(results, k))
			print_ratio(results_get(results, k, levels, row),
				    results_get(results, results->hvpt, levels,
						row));
	printf("\n");
}

static void print_memory(const struct results *results, unsigned levels)
{
	printf("\n| table pages | empty | 1 GiB by 4K | by 2M | by 1G | "
	       "after a storm of single pages | reclaimed |\n"
	       "|---|---:|---:|---:|---:|---:|---:|\n");
	for (unsigned k = 0; k < results->backends; k++) {
		const struct memory *m = &results->memory[k][levels - 4];

		if (m->empty)
			printf("| %s | %zu | %zu | %zu | %zu | %zu | %zu |\n",
			       bench_backends[k]->name, m->empty, m->gib_4k,
			       m->gib_2m, m->gib_1g, m->storm_left,
			       m->storm_reclaimed);
	}
}

void report_markdown(const struct results *results,
		     const struct bench_options *options)
{
	printf("# hvpt-bench: the minimum of %u runs, %s\n", options->runs,
	       cpu_name());
	if (options->note)
		printf("\n%s\n", options->note);
	printf("\nInstructions: %s. Ratios above 1: hvpt is faster.\n",
	       results->counter);
	for (unsigned levels = 4; levels <= 5; levels++) {
		if (!(options->levels >> levels & 1))
			continue;
		print_head(results, levels);
		for (unsigned m = 0; m < results->rows; m++)
			if (results->selected[m])
				print_row(results, levels, m);
		if (!options->sweep)
			print_memory(results, levels);
	}
}
