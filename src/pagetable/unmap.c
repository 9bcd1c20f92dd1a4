/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * unmap.c - removing translations.
 *
 * First the large leaves that the range cuts are split; only that can fail.
 * Then level 0 entries are cleared where the range covers part of their table,
 * and the sweep of reclaim.c removes larger leaves and whole tables.
 */
#include "pt_internal.h"

/* Clears first .. last, a part of one level 0 table, if the table is there. */
static void hvpt_unmap_part(struct hvpt_sweep *sweep, uint64_t first,
			    uint64_t last)
{
	unsigned count = (unsigned)((last - first) >> HVPT_PAGE_LG2) + 1;
	struct hvpt_cleared cleared;
	struct hvpt_walk walk;

	hvpt_walk_find(&walk, sweep->pt, first, 0);
	if (walk.at > 0)
		return;
	(void)hvpt_entries_clear(walk.slot, count, 0, &cleared);
	hvpt_sweep_note(sweep, first, walk.slot, 0, &cleared);
}

/* Clears what the range has of level 0 tables that it covers in part. */
static void hvpt_unmap_ends(struct hvpt_sweep *sweep)
{
	uint64_t mask = HVPT_LEVEL_BYTES(1) - 1, first = sweep->first;
	uint64_t last = sweep->last;

	if (first & mask) {
		uint64_t head_last = first | mask;

		if (head_last >= last) {
			hvpt_unmap_part(sweep, first, last);
			return;
		}
		hvpt_unmap_part(sweep, first, head_last);
	}
	if (~last & mask)
		hvpt_unmap_part(sweep, last & ~mask, last);
}

/* Do both ends lie inside level 0 tables? Then the range cuts no leaf. */
static bool hvpt_unmap_splits_none(const struct hvpt_sweep *sweep)
{
	const struct hvpt_pagetable *pt = sweep->pt;
	uint64_t mask = HVPT_LEVEL_BYTES(1) - 1;

	return !HVPT_PORT_SMALL && (sweep->first & mask) &&
	       (~sweep->last & mask) &&
	       hvpt_pt_slot(pt, pt->levels, sweep->first, 0) &&
	       hvpt_pt_slot(pt, pt->levels, sweep->last, 0);
}

/* Unmaps a range that is a part of one level 0 table. */
static uint64_t hvpt_unmap_short(const struct hvpt_pagetable *pt,
				 uint64_t *slot, uint64_t first,
				 uint64_t length, struct hvpt_gather *gather)
{
	unsigned count = (unsigned)(length >> HVPT_PAGE_LG2);
	struct hvpt_cleared cleared;
	uint64_t last;

	(void)hvpt_entries_clear(slot, count, 0, &cleared);
	if (!cleared.count)
		return 0;
	if (HVPT_UNLIKELY(pt->noncoherent))
		hvpt_leaves_write_back(pt, first, slot, count);
	last = first + (((uint64_t)cleared.end << HVPT_PAGE_LG2) - 1);
	first += (uint64_t)cleared.first << HVPT_PAGE_LG2;
	hvpt_gather_add(gather, hvpt_iova(first), hvpt_iova(last));
	return (uint64_t)cleared.count << HVPT_PAGE_LG2;
}

/*
 * Clears the large leaves at the beginning of a range that is a part of one
 * level 1 table. Return: whether that was all of the range; if not, the sweep
 * begins behind them.
 */
static bool hvpt_unmap_large(struct hvpt_sweep *sweep)
{
	uint64_t first = sweep->first, span = HVPT_LEVEL_BYTES(1), *slot;
	uint64_t length = sweep->last - first + 1;
	unsigned count = (unsigned)(length >> HVPT_LEVEL_LG2(1)), n;
	struct hvpt_cleared cleared;

	if (HVPT_PORT_SMALL || ((first | length) & (span - 1)) ||
	    length <= span || (first ^ sweep->last) >> HVPT_LEVEL_LG2(2) ||
	    count == HVPT_TABLE_ENTRIES)
		return false;
	slot = hvpt_pt_slot(sweep->pt, sweep->pt->levels, first, 1);
	if (!slot)
		return false;
	n = hvpt_entries_clear(slot, count, 1, &cleared);
	hvpt_sweep_note(sweep, first, slot, 1, &cleared);
	sweep->first = first + n * span;
	return n == count;
}

static enum hvpt_status
hvpt_unmap_long(struct hvpt_pagetable *pt, uint64_t first, uint64_t length,
		struct hvpt_gather *gather, uint64_t *unmapped)
{
	enum hvpt_status status = hvpt_range_check(pt, first, length);
	struct hvpt_sweep sweep;

	if (status != HVPT_OK)
		return status;
	hvpt_sweep_init(&sweep, pt, first, first + (length - 1), gather);
	sweep.leaves = true;
	if (!hvpt_unmap_large(&sweep)) {
		if (!hvpt_unmap_splits_none(&sweep))
			status = hvpt_split_leaves(pt, sweep.first,
						   sweep.last + 1,
						   HVPT_SPLIT_ANY, &sweep.flush,
						   gather);
		if (status == HVPT_OK) {
			hvpt_unmap_ends(&sweep);
			hvpt_sweep_tables(&sweep);
		}
	}
	if (HVPT_UNLIKELY(pt->noncoherent))
		hvpt_ends_write_back(pt, first, first + (length - 1));
	hvpt_range_gather(&sweep.flush, gather);
	if (status == HVPT_OK)
		*unmapped = sweep.bytes;
	return status;
}

enum hvpt_status hvpt_pt_unmap_range(struct hvpt_pagetable *pt,
				     hvpt_iova_t iova, uint64_t length,
				     struct hvpt_gather *gather,
				     uint64_t *unmapped)
{
	uint64_t *slot = hvpt_part_slot(pt, iova.value, length);

	if (!slot)
		return hvpt_unmap_long(pt, iova.value, length, gather,
				       unmapped);
	*unmapped = hvpt_unmap_short(pt, slot, iova.value, length, gather);
	return HVPT_OK;
}
