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

static void print_run(const struct dump_run *run)
{
	const struct dump_leaf *leaf = run->leaves;

	printf("  0x%012" PRIx64 "-0x%012" PRIx64 " -> 0x%012" PRIx64 " ",
	       leaf->iova, dump_run_last(run), leaf->gpa);
	print_size(leaf->size_lg2);
	printf(" x %zu  r%c%c%c", run->count, leaf->write ? 'w' : '-',
	       leaf->accessed ? 'a' : '-', leaf->dirty ? 'd' : '-');
	if (run->problem)
		printf("  WRONG: %s (line %zu)", run->problem, leaf->line);
	putchar('\n');
}

/* How many leaves of each size. */
static void print_counts(const struct dump_domain *domain)
{
	size_t counts[64] = { 0 };
	uint32_t lg2;
	size_t i;

	for (i = 0; i < domain->count; i++)
		counts[domain->leaves[i].size_lg2]++;
	for (lg2 = 0; lg2 < 64; lg2++) {
		if (!counts[lg2])
			continue;
		printf(", %zu of ", counts[lg2]);
		print_size(lg2);
	}
}

static void print_domain(const struct dump_domain *domain)
{
	struct dump_run run;
	size_t i;

	printf("domain %" PRIu64 ": up to 0x%" PRIx64 ", %zu %s", domain->id,
	       domain->last, domain->count,
	       domain->count == 1 ? "mapping" : "mappings");
	print_counts(domain);
	putchar('\n');
	for (i = 0; i < domain->count; i += run.count) {
		run = dump_take_run(domain, i);
		print_run(&run);
	}
	if (domain->cut)
		puts("  ... and more, which the kernel did not show");
}

void dump_print_text(const struct dump *dump)
{
	size_t problems = dump_problems(dump);
	size_t i;

	for (i = 0; i < dump->count; i++)
		print_domain(&dump->domains[i]);
	if (dump->count == 0)
		puts("No domain.");
	else if (problems == 0)
		puts("Nothing is wrong.");
	else
		printf("%zu %s wrong.\n", problems,
		       problems == 1 ? "mapping is" : "mappings are");
}
