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
		hvpt_gather_add(gather, hvpt_iova(hull->first),
				hvpt_iova(hull->last));
}

/* Bytes between two ranges; 0 when they touch or overlap. */
static uint64_t hvpt_range_gap(const struct hvpt_iova_range *a,
			       const struct hvpt_iova_range *b)
{
	if (a->last.value < b->first.value)
		return b->first.value - a->last.value - 1;
	if (b->last.value < a->first.value)
		return a->first.value - b->last.value - 1;
	return 0;
}

static void hvpt_range_merge(struct hvpt_iova_range *a,
			     const struct hvpt_iova_range *b)
{
	if (b->first.value < a->first.value)
		a->first = b->first;
	if (b->last.value > a->last.value)
		a->last = b->last;
}

/* The range nearest to @range; the list is not empty. */
static uint32_t hvpt_gather_nearest(const struct hvpt_gather *gather,
				    const struct hvpt_iova_range *range)
{
	uint32_t i, best = 0;

	for (i = 1; i < gather->range_count; i++)
		if (hvpt_range_gap(&gather->range[i], range) <
		    hvpt_range_gap(&gather->range[best], range))
			best = i;
	return best;
}

void hvpt_gather_join(struct hvpt_gather *gather, hvpt_iova_t first,
		      hvpt_iova_t last)
{
	struct hvpt_iova_range range;
	uint32_t at;

	range.first = first;
	range.last = last;
	while (gather->range_count > 0) {
		at = hvpt_gather_nearest(gather, &range);
		if (hvpt_range_gap(&gather->range[at], &range) != 0 &&
		    gather->range_count < HVPT_GATHER_RANGES)
			break;
		/* absorb it: the wider range may now touch another one */
		hvpt_range_merge(&range, &gather->range[at]);
		gather->range_count--;
		gather->range[at] = gather->range[gather->range_count];
	}
	gather->range[gather->range_count] = range;
	gather->range_count++;
}
