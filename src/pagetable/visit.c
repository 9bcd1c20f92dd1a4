/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * visit.c - showing every leaf of a range to a function.
 */
#include "internal.h"

static enum hvpt_status hvpt_visit_range(const struct hvpt_pagetable *pt,
					 uint64_t first, uint64_t last,
					 hvpt_visit_fn fn, void *ctx)
{
	struct hvpt_mapping mapping;
	struct hvpt_cursor cursor;

	hvpt_cursor_init(&cursor, pt, first, last, 0);
	while (hvpt_leaf_next(&cursor)) {
		hvpt_pte_decode(cursor.pte, cursor.level, cursor.leaf_first,
				&mapping);
		if (!fn(ctx, hvpt_iova(cursor.leaf_first), &mapping))
			return HVPT_ERR_STOPPED;
	}
	return HVPT_OK;
}

enum hvpt_status hvpt_pt_visit(const struct hvpt_pagetable *pt,
			       const struct hvpt_iova_range *range,
			       hvpt_visit_fn fn, void *ctx)
{
	enum hvpt_status status;

	if (range) {
		if (range->first.value > range->last.value)
			return HVPT_ERR_WRAP;
		if (!hvpt_pt_in_form(pt, range->first.value, range->last.value))
			return HVPT_ERR_IOVA_RANGE;
		return hvpt_visit_range(pt, range->first.value,
					range->last.value, fn, ctx);
	}
	status = hvpt_visit_range(pt, 0, pt->lower_last, fn, ctx);
	if (status == HVPT_OK && pt->upper_first)
		status = hvpt_visit_range(pt, pt->upper_first, ~(uint64_t)0, fn,
					  ctx);
	return status;
}
