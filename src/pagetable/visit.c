/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * visit.c - showing every leaf of a range to a function.
 */
#include "pt_internal.h"

static bool hvpt_visit_leaf(const struct hvpt_cursor *cursor, hvpt_visit_fn fn,
			    void *ctx)
{
	struct hvpt_mapping mapping;

	hvpt_pte_decode(cursor->pte, cursor->level, cursor->leaf_first,
			&mapping);
	return fn(ctx, hvpt_iova(cursor->leaf_first), &mapping);
}

static bool hvpt_visit_range(const struct hvpt_pagetable *pt, uint64_t first,
			     uint64_t last, hvpt_visit_fn fn, void *ctx)
{
	struct hvpt_cursor cursor;

	hvpt_cursor_init(&cursor, pt, first, last, 0);
	while (hvpt_leaf_next(&cursor))
		if (!hvpt_visit_leaf(&cursor, fn, ctx))
			return false;
	return true;
}

enum hvpt_status hvpt_pt_visit(const struct hvpt_pagetable *pt,
			       const struct hvpt_iova_range *range,
			       hvpt_visit_fn fn, void *ctx)
{
	uint64_t first = 0, last = pt->lower_last;

	if (range) {
		first = range->first.value;
		last = range->last.value;
		if (first > last)
			return HVPT_ERR_WRAP;
		if (!hvpt_pt_in_form(pt, first, last))
			return HVPT_ERR_IOVA_RANGE;
	}
	while (hvpt_visit_range(pt, first, last, fn, ctx)) {
		if (range || !pt->upper_first || first == pt->upper_first)
			return HVPT_OK;
		first = pt->upper_first;
		last = ~(uint64_t)0;
	}
	return HVPT_ERR_STOPPED;
}
