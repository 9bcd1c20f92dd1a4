/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * split_count.c - a split takes exactly the pages that it needs: none is left
 * over, and it never runs out of them.
 *
 * Parts: hvpt_split_count
 * Bounds: any two boundaries; each leaf size at each
 */
#include "proofs/proof.h"

#include "src/pagetable/split.c"

/* Must the entry of @level that holds @boundary become a table? */
static bool is_cut(uint64_t boundary, unsigned leaf, unsigned level)
{
	return level >= 1 && level <= leaf &&
	       boundary % ((uint64_t)4096 << (9 * level)) != 0;
}

/* The tables that both boundaries need, each counted once. */
static unsigned tables(uint64_t a, unsigned a_leaf, uint64_t b, unsigned b_leaf)
{
	unsigned level, count = 0;

	for (level = 1; level < HVPT_LEAF_LEVELS; level++) {
		uint64_t span = (uint64_t)4096 << (9 * level);
		bool both = is_cut(a, a_leaf, level) &&
			    is_cut(b, b_leaf, level);

		count += is_cut(a, a_leaf, level) + is_cut(b, b_leaf, level);
		count -= both && a / span == b / span;
	}
	return count;
}

void proof(void)
{
	uint64_t first = nondet_u64(), end = nondet_u64();
	unsigned first_leaf = nondet_u32(), end_leaf = nondet_u32(), count;

	ASSUME(first_leaf < HVPT_LEAF_LEVELS && end_leaf < HVPT_LEAF_LEVELS);
	count = hvpt_split_count(first, first_leaf, 0, 0) +
		hvpt_split_count(end, end_leaf, first, first_leaf);
	ASSERT(count == tables(first, first_leaf, end, end_leaf));
	ASSERT(count <= 4);
	if (count == 4)
		REACHED("two leaves of 1 GiB");
	if (count == 3)
		REACHED("one leaf of 1 GiB, in two of its parts");
}
