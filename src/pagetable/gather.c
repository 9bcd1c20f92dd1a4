/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * gather.c - what a call took away, and joining that into a gather.
 */
#include "internal.h"

void hvpt_hull_note(struct hvpt_hull *hull, uint64_t first, uint64_t last)
{
	if (first < hull->first)
		hull->first = first;
	if (last > hull->last)
		hull->last = last;
}

void hvpt_hull_gather(const struct hvpt_hull *hull, struct hvpt_gather *gather)
{
	if (hull->first <= hull->last)
		hvpt_gather_join(gather, hvpt_iova(hull->first),
				 hvpt_iova(hull->last));
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

void hvpt_gather_join(struct hvpt_gather *gather, hvpt_iova_t first,
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
