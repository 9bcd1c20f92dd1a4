/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * leaf_level.c - a map takes the largest leaf that may be taken.
 *
 * Parts: hvpt_map_level
 * Bounds: any address, gpa, length and set of leaf sizes
 */
#include "proofs/proof.h"

#include "src/pagetable/map_steps.c"

static bool fits(const struct hvpt_map_job *job, unsigned level)
{
	uint64_t bytes = (uint64_t)4096 << (9 * level);

	return (level == 0 || (job->pt->leaf_levels >> level & 1)) &&
	       job->iova % bytes == 0 && job->gpa % bytes == 0 &&
	       job->left >= bytes;
}

void proof(void)
{
	struct hvpt_pagetable pt = { .leaf_levels = nondet_u8() };
	struct hvpt_map_job job = {
		.pt = &pt,
		.iova = nondet_u64(),
		.gpa = nondet_u64(),
		.left = nondet_u64(),
	};
	unsigned top = nondet_u32(), other = nondet_u32(), level;

	/* what hvpt_map_check() and hvpt_pt_configure() leave */
	ASSUME(pt.leaf_levels == 1 || pt.leaf_levels == 3 ||
	       pt.leaf_levels == 7);
	ASSUME((job.iova | job.gpa | job.left) % 4096 == 0 && job.left > 0);
	ASSUME(top < HVPT_LEAF_LEVELS);
	level = hvpt_map_level(&job, top);
	ASSERT(level <= top);
	ASSERT(fits(&job, level));
	ASSUME(other <= top && fits(&job, other));
	ASSERT(other <= level);
	if (level == 2)
		REACHED("a leaf of 1 GiB");
	if (level == 0)
		REACHED("a leaf of 4 KiB");
}
