/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "dump.h"

#include <string.h>

/* A leaf holds bits 12 to 51 of a gpa. */
#define GPA_LAST (((uint64_t)1 << 52) - 1)

static uint64_t mask_of(const struct dump_leaf *leaf)
{
	return ((uint64_t)1 << leaf->size_lg2) - 1;
}

static const char *place_problem(const struct dump_domain *domain,
				 const struct dump_leaf *leaf)
{
	if (leaf->iova & mask_of(leaf))
		return "the iova is not aligned to the size";
	if (leaf->gpa & mask_of(leaf))
		return "the gpa is not aligned to the size";
	if ((leaf->iova | mask_of(leaf)) > domain->last)
		return "the iova is above the domain's last";
	if ((leaf->gpa | mask_of(leaf)) > GPA_LAST)
		return "the gpa has more than 52 bits";
	return NULL;
}

const char *dump_problem(const struct dump_domain *domain,
			 const struct dump_leaf *before,
			 const struct dump_leaf *leaf)
{
	const char *problem;

	if (leaf->problem)
		return leaf->problem;
	if (leaf->size_lg2 != 12 && leaf->size_lg2 != 21 &&
	    leaf->size_lg2 != 30)
		return "the size is not 4K, 2M or 1G";
	problem = place_problem(domain, leaf);
	if (problem)
		return problem;
	/* Linux does not change permissions; hvpt_pt_protect() keeps D. */
	if (!domain->walker && leaf->dirty && !leaf->write)
		return "dirty, but not writable";
	if (before && leaf->iova <= before->iova)
		return "the iova is not above that of the leaf before";
	if (before && leaf->iova <= (before->iova | mask_of(before)))
		return "it overlaps the leaf before";
	return NULL;
}

/* ---- runs ---------------------------------------------------------------- */

static bool continues(const struct dump_leaf *before,
		      const struct dump_leaf *leaf)
{
	return leaf->size_lg2 == before->size_lg2 &&
	       leaf->iova == before->iova + mask_of(before) + 1 &&
	       leaf->gpa == before->gpa + mask_of(before) + 1 &&
	       leaf->write == before->write &&
	       leaf->accessed == before->accessed &&
	       leaf->dirty == before->dirty;
}

/** Joins leaves; @run has those since the last one that was passed on. */
struct joiner {
	const struct dump_domain *domain;
	dump_run_fn fn;
	void *ctx;
	struct dump_run run;
	struct dump_leaf before;
	bool has_before;
};

static void pass_on(struct joiner *joiner)
{
	if (joiner->run.count)
		joiner->fn(joiner->ctx, &joiner->run);
	joiner->run.count = 0;
}

static bool join(void *ctx, const struct dump_leaf *leaf)
{
	struct joiner *joiner = ctx;
	struct dump_run *run = &joiner->run;
	const char *problem = dump_problem(
		joiner->domain, joiner->has_before ? &joiner->before : NULL,
		leaf);

	if (problem || run->problem || !run->count ||
	    !continues(&run->last, leaf))
		pass_on(joiner);
	if (run->count == 0)
		run->first = *leaf;
	run->last = *leaf;
	run->problem = problem;
	run->count++;
	joiner->before = *leaf;
	joiner->has_before = true;
	return true;
}

bool dump_runs(const struct dump_domain *domain, dump_run_fn fn, void *ctx)
{
	struct joiner joiner = { .domain = domain, .fn = fn, .ctx = ctx };
	bool cut = dump_leaves(domain, join, &joiner);

	pass_on(&joiner);
	return cut;
}

uint64_t dump_run_last(const struct dump_run *run)
{
	return run->last.iova + mask_of(&run->last);
}

/* ---- counts ----------------------------------------------------------- */

static void count_run(void *ctx, const struct dump_run *run)
{
	struct dump_counts *counts = ctx;

	counts->leaves += run->count;
	counts->sizes[run->first.size_lg2] += run->count;
	counts->problems += run->problem != NULL;
}

void dump_count(const struct dump_domain *domain, struct dump_counts *counts)
{
	memset(counts, 0, sizeof(*counts));
	counts->cut = dump_runs(domain, count_run, counts);
}

uint64_t dump_problems(const struct dump *dump)
{
	struct dump_counts counts;
	uint64_t problems = 0;
	size_t i;

	for (i = 0; i < dump->count; i++) {
		dump_count(&dump->domains[i], &counts);
		problems += counts.problems;
	}
	return problems;
}
