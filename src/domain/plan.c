/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * plan.c - flush descriptors for ranges.
 *
 * All three policies repeat one step: take some pages from the front of what is
 * left of a range, and emit the smallest aligned block of 2^k pages that holds
 * them. They differ in how many pages they take.
 *
 * TWO_BLOCK takes from a range [a, b] of L pages as follows. Let 2^k be the
 * size of the smallest aligned block that holds the range. If 2^k <= 2L, it
 * takes the whole range. Otherwise a lies in the lower half of that block and b
 * in the upper half, because no smaller block holds both. The first page m of
 * the upper half, a < m <= b, is the most aligned page of the range, and the
 * policy takes [a, m - 1]. Write P(x) for x rounded up to a power of two; P(x)
 * < 2x.
 *
 *  - Left: m - a <= 2^(k-1), so P(m - a) divides 2^(k-1), which divides m. So
 *    the block of P(m - a) pages that ends before m is aligned. It holds
 *    [a, m - 1], and no smaller block does.
 *  - Right: what is left is [m, b]. In the same way the block of P(b - m + 1)
 *    pages from m on is aligned, and it is the smallest that holds [m, b]. It
 *    has less than twice the pages, so the next step takes all of them: there
 *    are two blocks, never three.
 *  - Together: P(m - a) + P(b - m + 1) < 2(m - a) + 2(b - m + 1) = 2L.
 *
 * One descriptor must flush all of a large leaf (split.c). So for an aligned
 * block X inside a range, some emitted block must hold all of X. This is so for
 * each policy:
 *
 *  - COVER emits one block.
 *  - TWO_BLOCK splits at m, the middle of the smallest block B that holds the
 *    range. Aligned blocks are nested or disjoint, so X is B, or lies on one
 *    side of m. If X is B then the range is B, and is not split.
 *  - EXACT: a block that begins before X either holds X or ends before it. In
 *    the latter case some block begins where X does, and there alignment and
 *    what is left allow a block at least as large as X.
 *
 * Pages are numbered 0 .. 2^52 - 1, and the largest block is all of them,
 * k = 52. So twice a number of pages fits into 64 bits, and no shift reaches
 * 64.
 */
#include "hvpt/flush.h"
#include "hvpt/hv_abi.h"

/* Bits of @x: the least n with x < 2^n, for x below 2^64; n <= 64. */
static unsigned hvpt_flush_bits(uint64_t x)
{
	unsigned bits = 0, step;

	for (step = 32; step > 0; step /= 2) {
		if (x >> step) {
			x >>= step;
			bits += step;
		}
	}
	return bits + (unsigned)x;
}

/* log2 of the smallest aligned block that holds both pages; at most 52. */
static unsigned hvpt_flush_order(uint64_t first, uint64_t last)
{
	return hvpt_flush_bits(first ^ last);
}

/* @last, or the page before the upper half of the smallest block. */
static uint64_t hvpt_flush_take_two_block(uint64_t first, uint64_t last)
{
	unsigned order = hvpt_flush_order(first, last);

	if ((uint64_t)1 << order <= 2 * (last - first + 1))
		return last;
	return (last >> (order - 1) << (order - 1)) - 1;
}

/* The last page of the largest aligned block from @first up to @last. */
static uint64_t hvpt_flush_take_exact(uint64_t first, uint64_t last)
{
	unsigned fits = hvpt_flush_bits(last - first + 1) - 1;
	uint64_t pages = (uint64_t)1 << fits;
	uint64_t aligned = first & (~first + 1);

	if (aligned != 0 && aligned < pages)
		pages = aligned;
	return first + pages - 1;
}

/* The last of the pages that the next descriptor is for. */
static uint64_t hvpt_flush_take(enum hvpt_flush_policy policy, uint64_t next,
				uint64_t last)
{
	switch (policy) {
	case HVPT_FLUSH_TWO_BLOCK:
		return hvpt_flush_take_two_block(next, last);
	case HVPT_FLUSH_EXACT:
		return hvpt_flush_take_exact(next, last);
	case HVPT_FLUSH_COVER:
		break;
	}
	return last;
}

enum hvpt_status hvpt_flush_plan_init(struct hvpt_flush_plan *plan,
				      const struct hvpt_iova_range *range,
				      uint32_t count,
				      enum hvpt_flush_policy policy)
{
	uint32_t i;

	if ((unsigned)policy > HVPT_FLUSH_EXACT)
		return HVPT_ERR_POLICY;
	for (i = 0; i < count; i++) {
		if (range[i].last.value < range[i].first.value)
			return HVPT_ERR_WRAP;
	}
	plan->range = range;
	plan->count = count;
	plan->policy = policy;
	plan->at = 0;
	plan->busy = 0;
	plan->emitted = 0;
	plan->pages = 0;
	return HVPT_OK;
}

/* Begins range[at] if the one before is done; false when none is left. */
static bool hvpt_flush_next_range(struct hvpt_flush_plan *plan)
{
	const struct hvpt_iova_range *range;

	if (plan->busy)
		return true;
	if (plan->at == plan->count)
		return false;
	range = &plan->range[plan->at];
	plan->next = range->first.value >> HVPT_PAGE_LG2;
	plan->last = range->last.value >> HVPT_PAGE_LG2;
	return true;
}

/* A descriptor: the aligned block of 2^order pages that holds page @first. */
struct hvpt_flush_block {
	uint64_t first;
	unsigned order;
};

/* Takes the next block of the current range. */
static void hvpt_flush_step(struct hvpt_flush_plan *plan,
			    struct hvpt_flush_block *block)
{
	uint64_t until = hvpt_flush_take(plan->policy, plan->next, plan->last);

	block->first = plan->next;
	block->order = hvpt_flush_order(plan->next, until);
	plan->busy = until != plan->last;
	plan->next = until + 1;
}

/* Too far for a block of TWO_BLOCK: those have at most twice the pages. */
static bool hvpt_flush_is_apart(const struct hvpt_flush_block *block,
				uint64_t first, uint64_t last)
{
	uint64_t most = 2 * (last - first + 1);

	return block->first >= last + most || block->first + most <= first;
}

/* Is @block inside a block of @range? @same: also when the two are equal. */
static bool hvpt_flush_range_covers(enum hvpt_flush_policy policy,
				    const struct hvpt_iova_range *range,
				    bool same,
				    const struct hvpt_flush_block *block)
{
	uint64_t next = range->first.value >> HVPT_PAGE_LG2, until;
	uint64_t last = range->last.value >> HVPT_PAGE_LG2;
	unsigned order;

	if (policy == HVPT_FLUSH_TWO_BLOCK &&
	    hvpt_flush_is_apart(block, next, last))
		return false;
	do {
		until = hvpt_flush_take(policy, next, last);
		order = hvpt_flush_order(next, until);
		if ((block->first ^ next) >> order == 0 &&
		    order + same > block->order)
			return true;
		next = until + 1;
	} while (until != last);
	return false;
}

/*
 * Does a block of another range hold all of @block, which is of range @at? Of
 * equal blocks the first in the list is emitted, so an omitted block always
 * lies in one that is emitted. Blocks are omitted whole or not at all, because
 * of large leaves: see above.
 */
static bool hvpt_flush_is_covered(const struct hvpt_flush_plan *plan,
				  uint32_t at,
				  const struct hvpt_flush_block *block)
{
	uint32_t i = at > HVPT_FLUSH_NEAR ? at - HVPT_FLUSH_NEAR : 0;

	if (plan->policy == HVPT_FLUSH_EXACT)
		return false;
	for (; i < plan->count && i <= at + HVPT_FLUSH_NEAR; i++)
		if (i != at &&
		    hvpt_flush_range_covers(plan->policy, &plan->range[i],
					    i < at, block))
			return true;
	return false;
}

bool hvpt_flush_plan_next(void *plan, uint64_t *entry)
{
	struct hvpt_flush_plan *self = (struct hvpt_flush_plan *)plan;
	struct hvpt_flush_block block;
	uint32_t at;

	do {
		if (!hvpt_flush_next_range(self))
			return false;
		at = self->at;
		hvpt_flush_step(self, &block);
		self->at += !self->busy;
	} while (hvpt_flush_is_covered(self, at, &block));
	/* the largest block is all of 2^52 pages */
	HVPT_PORT_ASSERT(block.order <= HVPT_GPA_LG2);
	*entry = hvpt_hv_flush_entry(block.first >> block.order << block.order,
				     block.order);
	self->emitted++;
	self->pages += (uint64_t)1 << block.order;
	return true;
}
