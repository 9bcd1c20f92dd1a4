/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "dump.h"

#include <inttypes.h>
#include <stdio.h>

static const char *json_bool(bool value)
{
	return value ? "true" : "false";
}

static void print_run(const struct dump_run *run, bool first)
{
	const struct dump_leaf *leaf = run->leaves;

	printf("%s\n        { \"first\": \"0x%" PRIx64
	       "\", \"last\": \"0x%" PRIx64 "\", \"gpa\": \"0x%" PRIx64
	       "\", \"leaf_bytes\": %" PRIu64 ", \"leaves\": %zu, "
	       "\"write\": %s, \"accessed\": %s, \"dirty\": %s",
	       first ? "" : ",", leaf->iova, dump_run_last(run), leaf->gpa,
	       (uint64_t)1 << leaf->size_lg2, run->count,
	       json_bool(leaf->write), json_bool(leaf->accessed),
	       json_bool(leaf->dirty));
	if (run->problem)
		printf(", \"problem\": \"%s\", \"line\": %zu", run->problem,
		       leaf->line);
	fputs(" }", stdout);
}

static void print_domain(const struct dump_domain *domain, bool first)
{
	struct dump_run run;
	size_t i;

	printf("%s\n    {\n      \"domain\": %" PRIu64
	       ",\n      \"last\": \"0x%" PRIx64
	       "\",\n      \"mappings\": %zu,\n      \"cut\": %s,\n"
	       "      \"ranges\": [",
	       first ? "" : ",", domain->id, domain->last, domain->count,
	       json_bool(domain->cut));
	for (i = 0; i < domain->count; i += run.count) {
		run = dump_take_run(domain, i);
		print_run(&run, i == 0);
	}
	printf("%s]\n    }", domain->count ? "\n      " : "");
}

void dump_print_json(const struct dump *dump)
{
	size_t i;

	fputs("{\n  \"domains\": [", stdout);
	for (i = 0; i < dump->count; i++)
		print_domain(&dump->domains[i], i == 0);
	printf("%s],\n  \"problems\": %zu\n}\n", dump->count ? "\n  " : "",
	       dump_problems(dump));
}
