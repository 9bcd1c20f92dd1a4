/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * flush_many.c - a descriptor that is left out lies in one that is emitted: the
 * plan of a list of ranges holds every page of every range.
 *
 * Functions: hvpt_flush_plan_next
 * Bounds: any 2 ranges of any alignment; the policy COVER
 * Run: cover -DPROOF_POLICY=HVPT_FLUSH_COVER -DPROOF_MOST=2 --unwind 3
 *	--unwindset hvpt_flush_bits.0:7,hvpt_flush_range_covers.0:1
 */
#include "proofs/proof.h"

#include "src/domain/plan.c"

#define RANGES 2u

static bool holds(uint64_t entry, uint64_t page)
{
	return entry >> 12 >> entry % 64 == page >> entry % 64;
}

void proof(void)
{
	struct hvpt_iova_range range[RANGES];
	uint64_t entry, page = nondet_u64();
	struct hvpt_flush_plan plan;
	unsigned which = nondet_u32(), count = 0;
	bool held = false;

	ASSUME(hvpt_flush_plan_init(&plan, range, RANGES, PROOF_POLICY) ==
	       HVPT_OK);
	ASSERT(plan.policy == PROOF_POLICY && plan.count == RANGES);
	/* the same as constants */
	plan.policy = PROOF_POLICY;
	plan.count = RANGES;
	ASSUME(which < RANGES);
	ASSUME(range[which].first.value >> 12 <= page &&
	       page <= range[which].last.value >> 12);
	while (hvpt_flush_plan_next(&plan, &entry)) {
		ASSERT(hvpt_hv_flush_entry_ok(entry));
		held |= holds(entry, page);
		count++;
	}
	ASSERT(held);
	ASSERT(count <= PROOF_MOST && plan.emitted == count);
	if (count == 1)
		REACHED("one descriptor is left");
	if (count == PROOF_MOST)
		REACHED("all descriptors");
}
