/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * flush_blocks.c - the descriptors of one range, by the policies whose number
 * of descriptors is fixed: all of the range, no more than promised.
 *
 * Functions: hvpt_flush_plan_init, hvpt_flush_plan_next
 * Bounds: any range of any alignment; TWO_BLOCK and COVER
 * Run: two_block long -DPROOF_POLICY=HVPT_FLUSH_TWO_BLOCK --unwind 2
 *	--unwindset hvpt_flush_bits.0:7
 * Run: cover -DPROOF_POLICY=HVPT_FLUSH_COVER --unwind 2
 *	--unwindset hvpt_flush_bits.0:7
 */
#include "proofs/proof.h"

#include "src/domain/plan.c"

/* Does the descriptor hold @page? */
static bool holds(uint64_t entry, uint64_t page)
{
	return entry >> 12 >> entry % 64 == page >> entry % 64;
}

/* All of the aligned block of 2^@order pages that holds @page. */
static bool holds_block(uint64_t entry, uint64_t page, unsigned order)
{
	return entry % 64 >= order && holds(entry, page);
}

void proof(void)
{
	struct hvpt_iova_range range = { { nondet_u64() }, { nondet_u64() } };
	enum hvpt_flush_policy policy = (enum hvpt_flush_policy)nondet_u32();
	uint64_t first = range.first.value >> 12, last = range.last.value >> 12;
	uint64_t entry[2], page = nondet_u64(), start, pages = last - first + 1;
	bool second, some;
	unsigned order = nondet_u32();
	struct hvpt_flush_plan plan;
	enum hvpt_status status;

	status = hvpt_flush_plan_init(&plan, &range, 1, policy);
	ASSERT((status == HVPT_ERR_POLICY) == ((unsigned)policy > 2));
	ASSERT((status == HVPT_OK) == ((unsigned)policy <= 2 &&
				       range.first.value <= range.last.value));
	ASSUME(status == HVPT_OK && policy == PROOF_POLICY);
	ASSERT(plan.policy == PROOF_POLICY && plan.count == 1);
	/* the same as constants */
	plan.policy = PROOF_POLICY;
	plan.count = 1;
	ASSERT(hvpt_flush_plan_next(&plan, &entry[0]));
	second = hvpt_flush_plan_next(&plan, &entry[1]);
	ASSERT(!second || !hvpt_flush_plan_next(&plan, &start));
	ASSERT(hvpt_hv_flush_entry_ok(entry[0]));
	ASSERT(!second || hvpt_hv_flush_entry_ok(entry[1]));
	ASSERT(plan.emitted == 1u + second);
	ASSERT(plan.pages ==
	       ((uint64_t)1 << entry[0] % 64) +
		       (second ? (uint64_t)1 << entry[1] % 64 : 0));
	ASSERT(IMPLIES(policy == HVPT_FLUSH_COVER, !second));
	/* pages are at most 2^52, so nothing here overflows */
	ASSERT(IMPLIES(policy == HVPT_FLUSH_TWO_BLOCK,
		       second ? plan.pages < 2 * pages :
				plan.pages <= 2 * pages));
	if (second == (PROOF_POLICY == HVPT_FLUSH_TWO_BLOCK))
		REACHED("as many as there can be");
	if (entry[0] % 64 == 52)
		REACHED("everything");

	ASSUME(first <= page && page <= last);
	some = holds(entry[0], page) || (second && holds(entry[1], page));
	ASSERT(some);
	/* one descriptor holds all of an aligned block inside the range */
	ASSUME(order <= 52);
	start = page >> order << order;
	ASSUME(first <= start && start + (((uint64_t)1 << order) - 1) <= last);
	some = holds_block(entry[0], page, order) ||
	       (second && holds_block(entry[1], page, order));
	ASSERT(some);
}
