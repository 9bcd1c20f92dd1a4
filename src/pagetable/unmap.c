/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * unmap.c - taking translations away.
 *
 * First the large leaves which the range cuts are split; that alone can fail.
 * Then level 0 entries are cleared where the range covers part of their
 * table, and the sweep of reclaim.c removes larger leaves and whole tables.
 */
#include "internal.h"

/* Clears first .. last, which lies in one level 0 table, if there is one. */
static void hvpt_unmap_part(struct hvpt_sweep *sweep, uint64_t first,
			    uint64_t last)
{
	unsigned count = (unsigned)((last - first) >> HVPT_PAGE_LG2) + 1;
	uint64_t *slot = hvpt_page_slot(sweep->pt, first);
	struct hvpt_cleared cleared;

	if (!slot)
		return;
	(void)hvpt_entries_clear(slot, count, 0, &cleared);
	if (cleared.count)
		hvpt_sweep_note(sweep, first, slot, 0, &cleared);
}

/* The level 0 tables which the range covers in part: at most two. */
static void hvpt_unmap_ends(struct hvpt_sweep *sweep)
{
	uint64_t mask = HVPT_LEVEL_BYTES(1) - 1;
	uint64_t head_last = sweep->first | mask;
	uint64_t tail_first = sweep->last & ~mask;

	if (head_last >= sweep->last) {
		if (sweep->first > tail_first || sweep->last < head_last)
			hvpt_unmap_part(sweep, sweep->first, sweep->last);
		return;
	}
	if (sweep->first & mask)
		hvpt_unmap_part(sweep, sweep->first, head_last);
	if (~sweep->last & mask)
		hvpt_unmap_part(sweep, tail_first, sweep->last);
}

/* A part of one level 0 table which is there; false when it is not. */
static bool hvpt_unmap_short(struct hvpt_pagetable *pt, uint64_t first,
			     uint64_t last, struct hvpt_gather *gather,
			     uint64_t *unmapped)
{
	unsigned count = (unsigned)((last - first) >> HVPT_PAGE_LG2) + 1;
	uint64_t *slot = hvpt_page_slot(pt, first);
	struct hvpt_cleared cleared;

	if (!slot)
		return false;
	(void)hvpt_entries_clear(slot, count, 0, &cleared);
	*unmapped = (uint64_t)cleared.count << HVPT_PAGE_LG2;
	if (!cleared.count)
		return true;
	hvpt_write_back(pt, slot, count);
	last = first + (((uint64_t)cleared.end << HVPT_PAGE_LG2) - 1);
	first += (uint64_t)cleared.first << HVPT_PAGE_LG2;
	hvpt_gather_add(gather, hvpt_iova(first), hvpt_iova(last));
	return true;
}

enum hvpt_status hvpt_pt_unmap_range(struct hvpt_pagetable *pt,
				     hvpt_iova_t iova, uint64_t length,
				     struct hvpt_gather *gather,
				     uint64_t *unmapped)
{
	enum hvpt_status status = hvpt_range_check(pt, iova.value, length);
	uint64_t last = iova.value + (length - 1);
	struct hvpt_sweep sweep;

	if (status != HVPT_OK)
		return status;
	if (hvpt_is_part_of_table(iova.value, last) &&
	    hvpt_unmap_short(pt, iova.value, last, gather, unmapped))
		return HVPT_OK;
	hvpt_sweep_init(&sweep, pt, iova.value, last, gather);
	sweep.leaves = true;
	status = hvpt_cut_leaves(pt, sweep.first, sweep.last + 1, HVPT_CUT_ANY,
				 &sweep.hull);
	if (status != HVPT_OK)
		return status;
	hvpt_unmap_ends(&sweep);
	hvpt_sweep_tables(&sweep);
	hvpt_hull_gather(&sweep.hull, gather);
	*unmapped = sweep.bytes;
	return HVPT_OK;
}
