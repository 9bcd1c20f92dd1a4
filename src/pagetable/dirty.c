/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dirty.c - reading and clearing what devices wrote.
 */
#include "pt_internal.h"

/* Reports the part of the cursor's leaf that lies inside the range. */
static void hvpt_dirty_report(const struct hvpt_cursor *cursor,
			      hvpt_dirty_fn fn, void *ctx)
{
	uint64_t first = cursor->leaf_first, last = cursor->leaf_last;

	if (first < cursor->first)
		first = cursor->first;
	if (last > cursor->last)
		last = cursor->last;
	fn(ctx, hvpt_iova(first), last - first + 1);
}

/* One atomic step: the walker may be setting A meanwhile. */
static void hvpt_dirty_clear(const struct hvpt_cursor *cursor,
			     struct hvpt_iova_range *flush)
{
	if (cursor->leaf_first < cursor->first ||
	    cursor->leaf_last > cursor->last)
		return;
	HVPT_PORT_FETCH_AND(cursor->leaf, ~HVPT_PTE_DIRTY);
	hvpt_range_extend(flush, cursor->leaf_first, cursor->leaf_last);
}

enum hvpt_status hvpt_pt_read_dirty(struct hvpt_pagetable *pt, hvpt_iova_t iova,
				    uint64_t length, unsigned flags,
				    hvpt_dirty_fn fn, void *ctx,
				    struct hvpt_gather *gather)
{
	enum hvpt_status status = hvpt_range_check(pt, iova.value, length);
	struct hvpt_cursor cursor;
	struct hvpt_iova_range flush;

	if (status != HVPT_OK)
		return status;
	if ((flags & ~HVPT_DIRTY_KEEP) || (pt->noncoherent && !flags))
		return HVPT_ERR_FLAGS;
	hvpt_range_init(&flush);
	hvpt_cursor_init(&cursor, pt, iova.value, iova.value + (length - 1), 0);
	while (hvpt_leaf_next(&cursor)) {
		if (!(cursor.pte & HVPT_PTE_DIRTY))
			continue;
		if (!(flags & HVPT_DIRTY_KEEP))
			hvpt_dirty_clear(&cursor, &flush);
		hvpt_dirty_report(&cursor, fn, ctx);
	}
	hvpt_range_gather(&flush, gather);
	return HVPT_OK;
}
