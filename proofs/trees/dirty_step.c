/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dirty_step.c - reading what was written, in any tree: each dirty leaf of the
 * range is reported once, D is cleared and gathered where the leaf lies inside,
 * and nothing else changes.
 *
 * Functions: hvpt_pt_read_dirty
 * Bounds: tables of 2 entries, 4 levels, 4 pages; any tree; any range of it
 * Contract: inspect.h: D of a leaf that is only partly inside the range
 *	is reported but not cleared
 * Run: all long --unwind 5
 *	--unwindset hvpt_entries_zeros.0:1,hvpt_entries_zeros.1:3,
 *	hvpt_run_next_table.0:3,hvpt_run_next_table.1:3,hvpt_gather_join_.0:1,
 *	hvpt_gather_nearest.0:1,hvpt_walk_resume.0:1,tree_check.0:9,
 *	tree_gathered.0:2,
 *	hvpt_leaf_next.0:5,hvpt_pt_read_dirty.0:5
 */
#define TREE_POOL 8u
#include "proofs/any_range.h"

#include "src/pagetable/dirty.c"
#include "src/pagetable/entries.c"
#include "src/pagetable/gather.c"
#include "src/pagetable/pages.c"
#include "src/pagetable/walk.c"

static unsigned page, reports;

static void report(void *ctx, hvpt_iova_t iova, uint64_t bytes)
{
	ASSERT(ctx == &reports && bytes > 0);
	ASSERT(iova.value % 4096 == 0 && bytes % 4096 == 0);
	if (tree_holds(iova.value, bytes, page))
		reports++;
}

static enum hvpt_status refuses(uint64_t iova, uint64_t length, unsigned flags)
{
	enum hvpt_status status = tree_refuses(iova, length);

	return status == HVPT_OK && flags > 1 ? HVPT_ERR_FLAGS : status;
}

static void prove_range(uint64_t iova, uint64_t length)
{
	unsigned flags = nondet_u32();
	struct tree_seen before, after;
	struct hvpt_gather gather;
	enum hvpt_status status;
	bool inside, clear;

	page = nondet_u8() % TREE_PAGES;
	before = tree_see(page);
	hvpt_gather_init(&gather);
	status = hvpt_pt_read_dirty(&pt, hvpt_iova(iova), length, flags, report,
				    &reports, &gather);
	ASSERT(status == refuses(iova, length, flags));
	inside = status == HVPT_OK && tree_holds(iova, length, page);
	clear = inside && before.mapped && before.dirty && flags == 0 &&
		tree_holds_block(iova, length, page, before.level);
	ASSERT(reports == (inside && before.mapped && before.dirty));
	after = tree_see(page);
	ASSERT(before.level == after.level);
	ASSERT(!clear || (!after.dirty && tree_gathered(&gather, page)));
	if (clear) {
		REACHED("D was cleared");
		after.dirty = true;
	} else if (reports) {
		REACHED("D stays");
	}
	ASSERT(tree_same(&before, &after));
	ASSERT(status == HVPT_OK ||
	       (tree_stores == 0 && hvpt_gather_is_empty(&gather)));
	tree_check(&gather, page);
}
