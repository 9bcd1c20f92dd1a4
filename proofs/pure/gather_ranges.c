/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * gather_ranges.c - a gather never forgets a byte, and its ranges stay apart.
 *
 * Functions: hvpt_gather_init, hvpt_gather_is_empty, hvpt_gather_must_release,
 *	hvpt_gather_publish, hvpt_gather_add, hvpt_gather_covers
 * Parts: hvpt_gather_join_
 * Bounds: any gather of up to 2 ranges, of the first and the last 64 addresses
 *	of the address space; for the run "full", a gather that has room for 3
 *	ranges in place of 8, all in use, of the first 32 addresses
 * Contract: gather.h: When HVPT_GATHER_RANGES are in use, the new range is
 *	joined with the nearest one, and the gap between them is added
 * Run: two -DPROOF_RANGES=2 --unwind 4
 * Run: full long -DPROOF_RANGES=3 -DPROOF_FULL=1 --unwind 5
 */
#include "proofs/proof.h"

#include "src/pagetable/pt_internal.h"

#ifdef PROOF_FULL
#undef HVPT_GATHER_RANGES
#define HVPT_GATHER_RANGES 3u
#endif
#include "src/pagetable/gather.c"

/* The ends of the address space, where sums may wrap; of a full one a few. */
static uint64_t any_address(void)
{
	uint64_t address = nondet_u64();

#ifdef PROOF_FULL
	address &= 31;
#endif
	ASSUME(address + 64 < 128);
	return address;
}

static bool apart(const struct hvpt_iova_range *a,
		  const struct hvpt_iova_range *b)
{
	return (a->last.value < b->first.value &&
		b->first.value - a->last.value > 1) ||
	       (b->last.value < a->first.value &&
		a->first.value - b->last.value > 1);
}

/* First not above last; disjoint and not adjacent. */
static bool well_formed(const struct hvpt_gather *gather)
{
	uint32_t i, j;

	for (i = 0; i < gather->range_count; i++) {
		if (gather->range[i].first.value > gather->range[i].last.value)
			return false;
		for (j = 0; j < i; j++)
			if (!apart(&gather->range[i], &gather->range[j]))
				return false;
	}
	return true;
}

static bool holds(const struct hvpt_gather *gather, uint64_t byte)
{
	uint32_t i;

	for (i = 0; i < gather->range_count; i++)
		if (gather->range[i].first.value <= byte &&
		    byte <= gather->range[i].last.value)
			return true;
	return false;
}

/* Bytes between first .. last and the range that is nearest. */
static uint64_t nearest(const struct hvpt_gather *gather, uint64_t first,
			uint64_t last)
{
	uint64_t gap, least = ~(uint64_t)0;
	uint32_t i;

	for (i = 0; i < gather->range_count; i++) {
		gap = 0;
		if (gather->range[i].last.value < first)
			gap = first - gather->range[i].last.value - 1;
		if (gather->range[i].first.value > last)
			gap = gather->range[i].first.value - last - 1;
		if (gap < least)
			least = gap;
	}
	return least;
}

static void check_questions(struct hvpt_gather *gather)
{
	bool empty = !gather->range_count && !gather->tables;

	ASSERT(hvpt_gather_is_empty(gather) == empty);
	ASSERT(hvpt_gather_publish(gather) == !empty);
	ASSERT(hvpt_gather_must_release(gather) ==
	       (gather->table_count != 0 || gather->splits != 0));
}

void proof(void)
{
	uint64_t first = any_address(), last = any_address();
	uint64_t byte = any_address(), other = any_address();
	struct hvpt_gather gather;
	uint32_t count, i;
	uint64_t gap;
	bool before, covered;

	for (i = 0; i < PROOF_RANGES; i++) {
		gather.range[i].first.value = any_address();
		gather.range[i].last.value = any_address();
	}
#ifdef PROOF_FULL
	gather.range_count = PROOF_RANGES;
#endif
	ASSUME(gather.range_count <= PROOF_RANGES && well_formed(&gather));
	ASSUME(first <= last);
	check_questions(&gather);
	before = holds(&gather, byte);
	count = gather.range_count;
	gap = nearest(&gather, first, last);
	hvpt_gather_add(&gather, hvpt_iova(first), hvpt_iova(last));
	ASSERT(gather.range_count >= 1 &&
	       gather.range_count <= HVPT_GATHER_RANGES);
	ASSERT(well_formed(&gather));
	ASSERT(holds(&gather, byte) ||
	       !(before || (first <= byte && byte <= last)));
	/* nothing else; without room, the gap to the nearest range */
	if (holds(&gather, byte) && !before && (byte < first || byte > last)) {
		ASSERT(count == HVPT_GATHER_RANGES);
		ASSERT(byte < first ? first - byte <= gap : byte - last <= gap);
#ifdef PROOF_FULL
		REACHED("a gap was added");
#endif
	}
	ASSERT(hvpt_gather_covers(&gather, hvpt_iova(first), hvpt_iova(last)));
	covered = hvpt_gather_covers(&gather, hvpt_iova(byte), hvpt_iova(byte));
	ASSERT(covered == holds(&gather, byte));
	ASSERT(IMPLIES(byte <= other &&
			       hvpt_gather_covers(&gather, hvpt_iova(byte),
						  hvpt_iova(other)),
		       covered && holds(&gather, byte + (other - byte) / 2)));
	if (gather.range_count < count)
		REACHED("ranges were joined");
#ifndef PROOF_FULL
	if (gather.range_count > count)
		REACHED("a range of its own");
#endif
	hvpt_gather_init(&gather);
	ASSERT(hvpt_gather_is_empty(&gather) &&
	       !hvpt_gather_must_release(&gather));
}
