/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "dump.h"

#include <inttypes.h>
#include <stdio.h>

static const char *json_bool(bool value)
{
	return value ? "true" : "false";
}

/* A dump_run_fn; @ctx counts the runs. */
static void print_run(void *ctx, const struct dump_run *run)
{
	const struct dump_leaf *leaf = &run->first;
	uint64_t *runs = ctx;

	printf("%s\n        { \"first\": \"0x%" PRIx64
	       "\", \"last\": \"0x%" PRIx64 "\", \"gpa\": \"0x%" PRIx64
	       "\", \"leaf_bytes\": %" PRIu64 ", \"leaves\": %" PRIu64 ", "
	       "\"write\": %s, \"accessed\": %s, \"dirty\": %s",
	       (*runs)++ ? "," : "", leaf->iova, dump_run_last(run), leaf->gpa,
	       (uint64_t)1 << leaf->size_lg2, run->count,
	       json_bool(leaf->write), json_bool(leaf->accessed),
	       json_bool(leaf->dirty));
	if (run->problem && leaf->line)
		printf(", \"problem\": \"%s\", \"line\": %zu", run->problem,
		       leaf->line);
	else if (run->problem)
		printf(", \"problem\": \"%s\", \"entry\": \"0x%" PRIx64
		       "\", \"entry_gpa\": \"0x%" PRIx64 "\"",
		       run->problem, leaf->entry, leaf->entry_gpa);
	fputs(" }", stdout);
}

static uint64_t print_domain(const struct dump_domain *domain, bool first)
{
	struct dump_counts counts;
	uint64_t runs = 0;

	dump_count(domain, &counts);
	printf("%s\n    {\n      %s,\n      \"last\": \"0x%" PRIx64
	       "\",\n      \"mappings\": %" PRIu64
	       ",\n      \"cut\": %s,\n      \"ranges\": [",
	       first ? "" : ",", domain->key, domain->last, counts.leaves,
	       json_bool(counts.cut));
	(void)dump_runs(domain, print_run, &runs);
	printf("%s]\n    }", runs ? "\n      " : "");
	return counts.problems;
}

void dump_print_json(const struct dump *dump)
{
	uint64_t problems = 0;
	size_t i;

	fputs("{\n  \"domains\": [", stdout);
	for (i = 0; i < dump->count; i++)
		problems += print_domain(&dump->domains[i], i == 0);
	printf("%s],\n  \"problems\": %" PRIu64 "\n}\n",
	       dump->count ? "\n  " : "", problems);
}
