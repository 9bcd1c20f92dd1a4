/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * gather.c - adding to a gather what a call took away.
 */
#include "pt_internal.h"

void hvpt_range_extend(struct hvpt_iova_range *range, uint64_t first,
		       uint64_t last)
{
	if (first < range->first.value)
		range->first = hvpt_iova(first);
	if (last > range->last.value)
		range->last = hvpt_iova(last);
}

void hvpt_range_gather(const struct hvpt_iova_range *range,
		       struct hvpt_gather *gather)
{
	if (range->first.value <= range->last.value)
		hvpt_gather_join_(gather, range->first, range->last);
}

/* Bytes between two ranges; 0 when they touch or overlap. */
static uint64_t hvpt_range_gap(const struct hvpt_iova_range *a, uint64_t first,
			       uint64_t last)
{
	if (a->last.value < first)
		return first - a->last.value - 1;
	if (last < a->first.value)
		return a->first.value - last - 1;
	return 0;
}

/* The range nearest to first .. last; the list is not empty. */
static uint32_t hvpt_gather_nearest(const struct hvpt_gather *gather,
				    uint64_t first, uint64_t last,
				    uint64_t *best_gap)
{
	uint32_t i, best = 0;

	*best_gap = ~(uint64_t)0;
	for (i = 0; i < gather->range_count; i++) {
		uint64_t gap = hvpt_range_gap(&gather->range[i], first, last);

		if (gap < *best_gap) {
			*best_gap = gap;
			best = i;
		}
	}
	return best;
}

void hvpt_gather_join_(struct hvpt_gather *gather, hvpt_iova_t first,
		       hvpt_iova_t last)
{
	while (gather->range_count > 0) {
		struct hvpt_iova_range *range;
		uint64_t gap;

		range = &gather->range[hvpt_gather_nearest(gather, first.value,
							   last.value, &gap)];
		if (gap != 0 && gather->range_count < HVPT_GATHER_RANGES)
			break;
		/* absorb it: the wider range may now touch another one */
		if (range->first.value < first.value)
			first = range->first;
		if (range->last.value > last.value)
			last = range->last;
		gather->range_count--;
		*range = gather->range[gather->range_count];
	}
	gather->range[gather->range_count].first = first;
	gather->range[gather->range_count].last = last;
	gather->range_count++;
}

void hvpt_gather_move(struct hvpt_gather *to, struct hvpt_gather *from)
{
	uint32_t i;

	for (i = 0; i < from->range_count; i++)
		hvpt_gather_join_(to, from->range[i].first,
				  from->range[i].last);
	if (from->tables) {
		if (!to->tables)
			to->tables_end = from->tables_end;
		HVPT_PORT_STORE(&from->tables_end[0],
				(uint64_t)(uintptr_t)to->tables);
		to->tables = from->tables;
		to->table_count += from->table_count;
	}
	to->splits += from->splits;
	hvpt_gather_init(from);
}

bool hvpt_gather_covers(const struct hvpt_gather *gather, hvpt_iova_t first,
			hvpt_iova_t last)
{
	uint32_t i;

	/* ranges do not touch, so no two of them can do it together */
	for (i = 0; i < gather->range_count; i++)
		if (gather->range[i].first.value <= first.value &&
		    gather->range[i].last.value >= last.value)
			return true;
	return false;
}

/* ---- split leaves ---------------------------------------------------- */

/* Offset bits of the largest leaf that is counted in @splits; 0: none is. */
static uint64_t hvpt_splits_mask(uint64_t splits)
{
	unsigned level = HVPT_LEAF_LEVELS - 1;

	while (level > 0 && splits < HVPT_SPLIT(level))
		level--;
	return level > 0 ? HVPT_LEVEL_BYTES(level) - 1 : 0;
}

void hvpt_pt_widen(const struct hvpt_pagetable *pt, struct hvpt_gather *gather)
{
	uint64_t mask = hvpt_splits_mask(HVPT_PORT_LOAD_ACQUIRE(&pt->splits));
	uint32_t i, count = gather->range_count;

	if (!mask)
		return;
	gather->range_count = 0;
	/* range[i] is read before it can be written: at most i are in use */
	for (i = 0; i < count; i++)
		hvpt_gather_join_(
			gather, hvpt_iova(gather->range[i].first.value & ~mask),
			hvpt_iova(gather->range[i].last.value | mask));
}
