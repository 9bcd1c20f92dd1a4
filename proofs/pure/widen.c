/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * widen.c - while splits are not flushed, each range holds all of every leaf
 * that may have been split.
 *
 * Functions: hvpt_pt_widen
 * Bounds: any gather of up to 1 range, of the first and the last 4 GiB of the
 *	address space; any counts of splits
 * Run: all --unwind 3
 */
#include "proofs/proof.h"

#include "src/pagetable/gather.c"

#define RANGES 1u

static bool holds(const struct hvpt_gather *gather, uint64_t byte)
{
	uint32_t i;

	for (i = 0; i < gather->range_count; i++)
		if (gather->range[i].first.value <= byte &&
		    byte <= gather->range[i].last.value)
			return true;
	return false;
}

/* The ends of the address space, where sums may wrap. */
static uint64_t any_address(void)
{
	uint64_t address = nondet_u64();

	ASSUME(address + ((uint64_t)1 << 32) < (uint64_t)1 << 33);
	return address;
}

void proof(void)
{
	struct hvpt_pagetable pt = { .splits = nondet_u64() };
	uint64_t byte = any_address(), other = any_address(), span = 4096;
	struct hvpt_gather gather;
	bool before, before_other;
	uint32_t i;

	ASSUME(gather.range_count <= RANGES);
	for (i = 0; i < RANGES; i++) {
		gather.range[i].first.value = any_address();
		gather.range[i].last.value = any_address();
	}
	for (i = 0; i < gather.range_count; i++)
		ASSUME(gather.range[i].first.value % 4096 == 0 &&
		       gather.range[i].last.value % 4096 == 4095 &&
		       gather.range[i].first.value <=
			       gather.range[i].last.value);
	if (pt.splits >> 32)
		span = (uint64_t)1 << 30;
	else if (pt.splits)
		span = (uint64_t)1 << 21;
	before = holds(&gather, byte);
	before_other = holds(&gather, other);
	hvpt_pt_widen(&pt, &gather);
	ASSERT(gather.range_count <= RANGES);
	ASSERT(IMPLIES(before && !((byte ^ other) & ~(span - 1)),
		       holds(&gather, other)));
	ASSERT(IMPLIES(span == 4096, holds(&gather, other) == before_other));
	if (before && !before_other && span == (uint64_t)1 << 30 &&
	    holds(&gather, other))
		REACHED("a range was widened to 1 GiB");
	if (span == 4096)
		REACHED("nothing was split");
}
