/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sweep_inside.c - a sweep looks at the entries that lie wholly in its range,
 * at all of them and at no other.
 *
 * Parts: hvpt_sweep_inside
 * Bounds: any range of pages; each level
 */
#include "proofs/proof.h"

#include "src/pagetable/reclaim.c"

void proof(void)
{
	struct hvpt_sweep sweep = {
		.first = nondet_u64(),
		.last = nondet_u64(),
	};
	uint64_t entry = nondet_u64(), first, last, span;
	unsigned level = nondet_u32();
	bool inside, some;

	ASSUME(level >= 1 && level < HVPT_MAX_LEVELS);
	ASSUME(sweep.first <= sweep.last);
	ASSUME(sweep.first % 4096 == 0 && sweep.last % 4096 == 4095);
	span = (uint64_t)1 << (12 + 9 * level);
	/* any entry: its first byte */
	ASSUME(entry % span == 0);
	inside = sweep.first <= entry && entry + (span - 1) <= sweep.last;
	some = hvpt_sweep_inside(&sweep, level, &first, &last);
	ASSERT(IMPLIES(inside, some));
	if (!some) {
		REACHED("no entry");
		return;
	}
	REACHED("some entries");
	ASSERT(first % span == 0 && last % span == span - 1 && first <= last);
	ASSERT(sweep.first <= first && last <= sweep.last);
	ASSERT(inside == (first <= entry && entry <= last));
}
