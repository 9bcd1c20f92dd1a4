/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "dump.h"

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

	if (leaf->size_lg2 != 12 && leaf->size_lg2 != 21 &&
	    leaf->size_lg2 != 30)
		return "the size is not 4K, 2M or 1G";
	problem = place_problem(domain, leaf);
	if (problem)
		return problem;
	if (leaf->dirty && !leaf->write)
		return "dirty, but not writable";
	if (before && leaf->iova <= before->iova)
		return "the iova is not above that of the leaf before";
	if (before && leaf->iova <= (before->iova | mask_of(before)))
		return "it overlaps the leaf before";
	return NULL;
}

/* With the leaf at @index - 1. */
static const char *problem_at(const struct dump_domain *domain, size_t index)
{
	const struct dump_leaf *leaf = &domain->leaves[index];

	return dump_problem(domain, index ? leaf - 1 : NULL, leaf);
}

size_t dump_problems(const struct dump *dump)
{
	size_t problems = 0;
	size_t i, j;

	for (i = 0; i < dump->count; i++)
		for (j = 0; j < dump->domains[i].count; j++)
			problems += problem_at(&dump->domains[i], j) != NULL;
	return problems;
}

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

struct dump_run dump_take_run(const struct dump_domain *domain, size_t first)
{
	const struct dump_leaf *leaf = &domain->leaves[first];
	struct dump_run run = { leaf, 1, problem_at(domain, first) };

	if (run.problem)
		return run;
	while (first + run.count < domain->count &&
	       continues(&leaf[run.count - 1], &leaf[run.count]) &&
	       !problem_at(domain, first + run.count))
		run.count++;
	return run;
}

uint64_t dump_run_last(const struct dump_run *run)
{
	const struct dump_leaf *leaf = &run->leaves[run->count - 1];

	return leaf->iova + mask_of(leaf);
}
