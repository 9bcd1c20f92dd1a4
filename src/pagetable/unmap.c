/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * unmap.c - taking translations away.
 *
 * First the large leaves which the range cuts are split; that alone can fail.
 * Then level 0 entries are cleared where the range covers part of their
 * table, and the sweep of reclaim.c removes larger leaves and whole tables.
 */
#include "internal.h"

unsigned hvpt_clear_leaves(uint64_t *slot, unsigned count)
{
	unsigned i, n = 0;

	for (i = 0; i < count; i++) {
		uint64_t *at = HVPT_SLOT(slot, i);

		n += (unsigned)(hvpt_pte_load(at) & HVPT_PTE_PRESENT);
		hvpt_pte_store(at, 0);
	}
	return n;
}

/* Clears first .. last, which lies in one level 0 table, if there is one. */
static void hvpt_unmap_part(struct hvpt_sweep *sweep, uint64_t first,
			    uint64_t last)
{
	unsigned count = (unsigned)((last - first) >> HVPT_PAGE_LG2) + 1;
	unsigned level, n;
	uint64_t *slot = hvpt_walk(sweep->pt, first, 0, &level);

	if (level > 0)
		return;
	n = hvpt_clear_leaves(slot, count);
	if (!n)
		return;
	hvpt_write_back(sweep->pt, slot, count);
	sweep->bytes += (uint64_t)n << HVPT_PAGE_LG2;
	hvpt_hull_note(&sweep->hull, first, last);
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

enum hvpt_status hvpt_pt_unmap_range(struct hvpt_pagetable *pt,
				     hvpt_iova_t iova, uint64_t length,
				     struct hvpt_gather *gather,
				     uint64_t *unmapped)
{
	enum hvpt_status status = hvpt_range_check(pt, iova.value, length);
	struct hvpt_sweep sweep;

	if (status != HVPT_OK)
		return status;
	hvpt_sweep_init(&sweep, pt, iova.value, iova.value + (length - 1),
			gather);
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
