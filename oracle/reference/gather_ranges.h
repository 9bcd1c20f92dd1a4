/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * gather_ranges.h - what a gather has, read without the core.
 *
 * The ranges of a gather are disjoint and not adjacent, so that one of them
 * holds all of what it covers.
 */
#ifndef ORACLE_REFERENCE_GATHER_RANGES_H
#define ORACLE_REFERENCE_GATHER_RANGES_H

#include "hvpt/gather.h"

/** Does a range hold all of first .. last? */
static inline bool gather_covers(const struct hvpt_gather *gather,
				 uint64_t first, uint64_t last)
{
	uint32_t i;

	for (i = 0; i < gather->range_count; i++)
		if (gather->range[i].first.value <= first &&
		    gather->range[i].last.value >= last)
			return true;
	return false;
}

/** Does a range hold any of first .. last? */
static inline bool gather_meets(const struct hvpt_gather *gather,
				uint64_t first, uint64_t last)
{
	uint32_t i;

	for (i = 0; i < gather->range_count; i++)
		if (gather->range[i].first.value <= last &&
		    gather->range[i].last.value >= first)
			return true;
	return false;
}

/** Are the tables and the ranges the same, in the same order? */
static inline bool gather_equal(const struct hvpt_gather *a,
				const struct hvpt_gather *b)
{
	uint32_t i;

	if (a->tables != b->tables || a->table_count != b->table_count ||
	    a->range_count != b->range_count)
		return false;
	for (i = 0; i < a->range_count && i < HVPT_GATHER_RANGES; i++)
		if (a->range[i].first.value != b->range[i].first.value ||
		    a->range[i].last.value != b->range[i].last.value)
			return false;
	return true;
}

#endif /* ORACLE_REFERENCE_GATHER_RANGES_H */
