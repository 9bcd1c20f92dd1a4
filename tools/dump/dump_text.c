/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "dump.h"

#include <inttypes.h>
#include <stdio.h>

/* 2^lg2 bytes with a unit: 4K, 2M, 512G. */
static void print_size(uint32_t lg2)
{
	static const char units[] = "BKMGTPE";

	printf("%" PRIu64 "%c", (uint64_t)1 << lg2 % 10, units[lg2 / 10]);
}

/* A dump_run_fn. */
static void print_run(void *ctx, const struct dump_run *run)
{
	const struct dump_leaf *leaf = &run->first;

	(void)ctx;
	printf("  0x%012" PRIx64 "-0x%012" PRIx64 " -> 0x%012" PRIx64 " ",
	       leaf->iova, dump_run_last(run), leaf->gpa);
	print_size(leaf->size_lg2);
	printf(" x %" PRIu64 "  r%c%c%c", run->count, leaf->write ? 'w' : '-',
	       leaf->accessed ? 'a' : '-', leaf->dirty ? 'd' : '-');
	if (run->problem && leaf->line)
		printf("  WRONG: %s (line %zu)", run->problem, leaf->line);
	else if (run->problem)
		printf("  WRONG: %s (entry 0x%016" PRIx64 " at 0x%" PRIx64 ")",
		       run->problem, leaf->entry, leaf->entry_gpa);
	putchar('\n');
}

static void print_head(const struct dump_domain *domain,
		       const struct dump_counts *counts)
{
	uint32_t lg2;

	printf("%s: up to 0x%" PRIx64 ", %" PRIu64 " %s", domain->title,
	       domain->last, counts->leaves,
	       counts->leaves == 1 ? "mapping" : "mappings");
	for (lg2 = 0; lg2 < 64; lg2++) {
		if (!counts->sizes[lg2])
			continue;
		printf(", %" PRIu64 " of ", counts->sizes[lg2]);
		print_size(lg2);
	}
	putchar('\n');
}

/* Return: its problems. */
static uint64_t print_domain(const struct dump_domain *domain)
{
	struct dump_counts counts;

	dump_count(domain, &counts);
	print_head(domain, &counts);
	(void)dump_runs(domain, print_run, NULL);
	if (counts.cut)
		puts(domain->walker ?
			     "  ... and more: there are too many tables" :
			     "  ... and more, which the kernel did not show");
	return counts.problems;
}

void dump_print_text(const struct dump *dump)
{
	uint64_t problems = 0;
	size_t i;

	for (i = 0; i < dump->count; i++)
		problems += print_domain(&dump->domains[i]);
	if (dump->count == 0)
		puts("No domain.");
	else if (problems == 0)
		puts("Nothing is wrong.");
	else
		printf("%" PRIu64 " %s wrong.\n", problems,
		       problems == 1 ? "mapping is" : "mappings are");
}
