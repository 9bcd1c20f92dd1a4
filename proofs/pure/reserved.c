/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reserved.c - a range that touches a reserved one is found, and no other.
 *
 * Functions: hvpt_pt_reserved
 * Parts: hvpt_range_is_reserved
 * Bounds: any range; 3 reserved ranges, any
 */
#include "proofs/proof.h"

#include "src/pagetable/walk.c"
#include "hvpt/pagetable.h"

#define RANGES 3u

static bool shares(const struct hvpt_iova_range *range, uint64_t byte)
{
	return range->first.value <= byte && byte <= range->last.value;
}

void proof(void)
{
	struct hvpt_iova_range reserved[RANGES];
	struct hvpt_pagetable pt = {
		.reserved = reserved,
		.reserved_count = nondet_u32(),
	};
	uint64_t first = nondet_u64(), last = nondet_u64(), byte = nondet_u64();
	uint32_t i = nondet_u32();
	bool is;

	ASSUME(pt.reserved_count <= RANGES && first <= last);
	ASSERT(hvpt_pt_reserved(&pt, i) ==
	       (i < pt.reserved_count ? &reserved[i] : NULL));
	for (i = 0; i < RANGES; i++)
		ASSUME(reserved[i].first.value <= reserved[i].last.value);
	is = hvpt_range_is_reserved(&pt, first, last);
	i = nondet_u32();
	if (i < pt.reserved_count && first <= byte && byte <= last &&
	    shares(&reserved[i], byte)) {
		REACHED("a byte of both");
		ASSERT(is);
	}
	if (!is)
		return;
	REACHED("a reserved range");
	/* one of the two starts lies in both */
	ASSERT(shares(&reserved[0], first) || shares(&reserved[1], first) ||
	       shares(&reserved[2], first) ||
	       (first <= reserved[0].first.value &&
		reserved[0].first.value <= last) ||
	       (first <= reserved[1].first.value &&
		reserved[1].first.value <= last) ||
	       (first <= reserved[2].first.value &&
		reserved[2].first.value <= last));
}
