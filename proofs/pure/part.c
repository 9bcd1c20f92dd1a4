/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * part.c - a part of a range lies in it, is not empty, and ends where the range
 * ends or where a leaf of any size may end.
 *
 * Functions: hvpt_pt_part
 * Bounds: any range
 */
#include "proofs/proof.h"

#include "hvpt/map.h"

void proof(void)
{
	struct hvpt_pagetable pt = {
		.leaf_levels = nondet_bool() ? 7 :
			       nondet_bool() ? 3 :
					       1,
	};
	uint64_t iova = nondet_u64(), length = nondet_u64(), part, leaf;

	ASSUME(length > 0 && iova + (length - 1) >= iova);
	part = hvpt_pt_part(&pt, hvpt_iova(iova), length);
	ASSERT(part > 0 && part <= length);
	if (part == length) {
		REACHED("the last part");
		return;
	}
	leaf = pt.leaf_levels == 7 ? (uint64_t)1 << 30 : (uint64_t)1 << 21;
	ASSERT((iova + part) % leaf == 0 && part <= leaf);
	if (part == leaf)
		REACHED("a whole part");
}
