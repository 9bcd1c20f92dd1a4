/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * flush_exact.c - a step of the policy EXACT: the descriptor lies in what is
 * left of the range, begins where that begins and is as large as can be.
 *
 * Every step holds at least one page and leaves what is behind it, so by
 * induction the steps together hold the range and nothing else.
 *
 * Functions: hvpt_flush_plan_next
 * Bounds: any range, at any step of it
 * Run: all --unwind 2 --unwindset hvpt_flush_bits.0:7
 */
#include "proofs/proof.h"

#include "src/domain/plan.c"

void proof(void)
{
	struct hvpt_iova_range range = { { nondet_u64() }, { nondet_u64() } };
	uint64_t entry, next, pages, last = range.last.value >> 12;
	struct hvpt_flush_plan plan;
	unsigned order;
	bool more;

	ASSUME(hvpt_flush_plan_init(&plan, &range, 1, HVPT_FLUSH_EXACT) ==
	       HVPT_OK);
	ASSERT(plan.policy == HVPT_FLUSH_EXACT && plan.count == 1);
	/* the same as constants */
	plan.policy = HVPT_FLUSH_EXACT;
	plan.count = 1;
	if (nondet_bool()) {
		/* any state in the middle */
		plan.busy = 1;
		plan.last = last;
		plan.next = nondet_u64();
		ASSUME(range.first.value >> 12 <= plan.next &&
		       plan.next <= last);
	}
	next = plan.busy ? plan.next : range.first.value >> 12;
	more = hvpt_flush_plan_next(&plan, &entry);
	ASSERT(more);
	ASSERT(hvpt_hv_flush_entry_ok(entry));
	order = entry % 64;
	pages = (uint64_t)1 << order;
	ASSERT(entry >> 12 == next);
	ASSERT(pages - 1 <= last - next);
	/* twice as much would be misaligned, or reach behind the range */
	ASSERT((next & pages) != 0 || 2 * pages - 1 > last - next);
	ASSERT(plan.busy == (pages - 1 != last - next));
	ASSERT(IMPLIES(plan.busy, plan.next == next + pages));
	ASSERT(plan.at == !plan.busy);
	if (order == 40 && plan.busy)
		REACHED("a large block, and more");
	if (!plan.busy) {
		REACHED("the end");
		ASSERT(!hvpt_flush_plan_next(&plan, &entry));
	}
}
