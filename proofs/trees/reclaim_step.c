/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reclaim_step.c - taking empty tables out of any tree: no address changes its
 * meaning, and no empty table stays that lies wholly inside the range.
 *
 * Functions: hvpt_pt_reclaim
 * Bounds: tables of 2 entries, 4 levels, 4 pages; any tree; any range of it
 * Contract: map.h: Tables that lie wholly inside the range and map
 *	nothing are detached. No translation changes.
 * Contract: map.h: that table, at most one for each level and half
 * Run: all long --unwind 5
 *	--unwindset hvpt_entries_zeros.0:1,hvpt_entries_zeros.1:3,
 *	hvpt_run_next_table.0:3,hvpt_run_next_table.1:3,hvpt_gather_join_.0:1,
 *	hvpt_gather_nearest.0:1,hvpt_walk_resume.0:1,tree_check.0:9,
 *	tree_gathered.0:2,
 *	hvpt_lines_clear.0:1,hvpt_entries_clear.0:1,hvpt_entries_count.0:1,
 *	hvpt_sweep_tables.0:3,hvpt_sweep_tables.1:4,hvpt_sweep_run.0:3
 */
#define TREE_POOL 8u
#include "proofs/any_range.h"

#include "src/pagetable/entries.c"
#include "src/pagetable/gather.c"
#include "src/pagetable/pages.c"
#include "src/pagetable/reclaim.c"
#include "src/pagetable/walk.c"

static void prove_range(uint64_t iova, uint64_t length)
{
	unsigned page = nondet_u8() % TREE_PAGES;
	uint64_t reclaimed = 77, tables;
	struct tree_seen before, after;
	struct hvpt_gather gather;
	enum hvpt_status status;

	tables = pt.table_count;
	before = tree_see(page);
	hvpt_gather_init(&gather);
	status = hvpt_pt_reclaim(&pt, hvpt_iova(iova), length, &gather,
				 &reclaimed);
	ASSERT(status == tree_refuses(iova, length));
	after = tree_see(page);
	ASSERT(tree_same(&before, &after));
	tree_check(&gather, page);
	if (status != HVPT_OK) {
		REACHED("refused");
		ASSERT(tree_stores == 0 && reclaimed == 77);
		ASSERT(hvpt_gather_is_empty(&gather));
		return;
	}
	ASSERT(reclaimed == gather.table_count);
	ASSERT(pt.table_count + reclaimed == tables);
	/* a table was taken out above the page: it must be flushed */
	ASSERT(after.level <= before.level || tree_gathered(&gather, page));
	ASSERT(!before.mapped || before.level == after.level);
	if (after.level > before.level)
		REACHED("a table left the tree");
	if (reclaimed == 3)
		REACHED("all that can leave");
	/* the root stays, and the table below it, which reaches outside */
	if (iova == 0 && length == TREE_PAGES * 4096u &&
	    !tree_maps(0, TREE_PAGES, false))
		ASSERT(tree_reached <= 2);
}
