/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * unmap_step.c - unmapping a range of any tree, while pages are given or not:
 * what is inside is gone and gathered, what is outside stays as it was; or
 * nothing changed at all.
 *
 * Functions: hvpt_pt_unmap
 * Parts: hvpt_split_leaves
 * Bounds: tables of 2 entries, 4 levels, 4 pages; any tree; of its pages the
 *	ranges 0, 1-2 and 0-3
 * Contract: map.h: @gather then covers the whole former leaf, which an
 *	IOMMU may have cached as one, and carries the split
 * Run: at_0_1 -DPROOF_FIRST=0 -DPROOF_PAGES=1 --unwind 5 --unwindset
 *	hvpt_entries_zeros.0:1,hvpt_entries_zeros.1:3,hvpt_walk_resume.0:1,
 *	hvpt_gather_join_.0:1,hvpt_gather_nearest.0:1,tree_check.0:9,
 *	tree_gathered.0:2,hvpt_lines_fill.0:1,hvpt_entries_fill.0:3,
 *	hvpt_pages_free.0:5,
 *	hvpt_run_next_table.0:3,hvpt_run_next_table.1:4,
 *	hvpt_lines_clear.0:1,hvpt_entries_clear.0:3,hvpt_entries_count.0:3,
 *	hvpt_sweep_tables.0:3,hvpt_sweep_tables.1:4,hvpt_sweep_run.0:3,
 *	hvpt_split_find.0:4,hvpt_split_count.0:3,
 *	hvpt_split_take.0:4,hvpt_split_at.0:4
 * Run: at_1_2 -DPROOF_FIRST=1 -DPROOF_PAGES=2 --unwind 5 --unwindset
 *	hvpt_entries_zeros.0:1,hvpt_entries_zeros.1:3,hvpt_walk_resume.0:1,
 *	hvpt_gather_join_.0:1,hvpt_gather_nearest.0:1,tree_check.0:9,
 *	tree_gathered.0:2,hvpt_lines_fill.0:1,hvpt_entries_fill.0:3,
 *	hvpt_pages_free.0:5,
 *	hvpt_run_next_table.0:3,hvpt_run_next_table.1:4,
 *	hvpt_lines_clear.0:1,hvpt_entries_clear.0:3,hvpt_entries_count.0:3,
 *	hvpt_sweep_tables.0:3,hvpt_sweep_tables.1:4,hvpt_sweep_run.0:3,
 *	hvpt_split_find.0:4,hvpt_split_count.0:3,
 *	hvpt_split_take.0:4,hvpt_split_at.0:4
 * Run: at_0_4 long -DPROOF_FIRST=0 -DPROOF_PAGES=4 --unwind 5 --unwindset
 *	hvpt_entries_zeros.0:1,hvpt_entries_zeros.1:3,hvpt_walk_resume.0:1,
 *	hvpt_gather_join_.0:1,hvpt_gather_nearest.0:1,tree_check.0:9,
 *	tree_gathered.0:2,hvpt_lines_fill.0:1,hvpt_entries_fill.0:3,
 *	hvpt_pages_free.0:5,
 *	hvpt_run_next_table.0:3,hvpt_run_next_table.1:4,
 *	hvpt_lines_clear.0:1,hvpt_entries_clear.0:3,hvpt_entries_count.0:3,
 *	hvpt_sweep_tables.0:3,hvpt_sweep_tables.1:4,hvpt_sweep_run.0:3,
 *	hvpt_split_find.0:4,hvpt_split_count.0:3,
 *	hvpt_split_take.0:4,hvpt_split_at.0:4
 */
#define TREE_POOL 8u
#include "proofs/any_range.h"

#include "src/pagetable/entries.c"
#include "src/pagetable/gather.c"
#include "src/pagetable/pages.c"
#include "src/pagetable/reclaim.c"
#include "src/pagetable/split.c"
#include "src/pagetable/unmap.c"
#include "src/pagetable/walk.c"

/* Pages of the range that are mapped. */
static unsigned mapped(uint64_t iova, uint64_t length)
{
	unsigned page, count = 0;

	for (page = 0; page < TREE_PAGES; page++)
		count += tree_holds(iova, length, page) &&
			 tree_see(page).mapped;
	return count;
}

static void check_done(uint64_t iova, uint64_t length, unsigned page,
		       const struct tree_seen *before,
		       const struct hvpt_gather *gather)
{
	struct tree_seen after = tree_see(page);

	ASSERT(gather->splits == pt.splits);
	if (!tree_holds(iova, length, page)) {
		ASSERT(tree_same(before, &after));
		/* its leaf was split, or a table left above it */
		ASSERT(before->level == after.level ||
		       tree_gathered(gather, page));
#if PROOF_PAGES < 4
		if (before->level > after.level)
			REACHED("the rest of a leaf");
#endif
		return;
	}
	ASSERT(!after.mapped);
	ASSERT(!before->mapped || tree_gathered(gather, page));
	ASSERT(before->level == after.level || tree_gathered(gather, page));
	/* no table stays that lies wholly inside */
	ASSERT(!tree_holds_block(iova, length, page, after.level + 1));
	if (before->mapped)
		REACHED("unmapped");
}

static void prove_range(uint64_t iova, uint64_t length)
{
	unsigned page = nondet_u8() % TREE_PAGES, pages;
	uint64_t unmapped = 77, tables;
	struct tree_seen before, after;
	enum hvpt_status status, refused = tree_refuses(iova, length);
	struct hvpt_gather gather;
	bool cut;

	tables = pt.table_count;
	before = tree_see(page);
	pages = mapped(iova, length);
	cut = refused == HVPT_OK && tree_is_cut(iova, length, 0);
	hvpt_gather_init(&gather);
	status = hvpt_pt_unmap(&pt, hvpt_iova(iova), length, &gather,
			       &unmapped);
	tree_check(&gather, page);
	if (status == HVPT_OK) {
		ASSERT(refused == HVPT_OK);
		ASSERT(unmapped == pages * 4096u);
		ASSERT(pages || gather.table_count ||
		       hvpt_gather_is_empty(&gather));
		check_done(iova, length, page, &before, &gather);
		return;
	}
	if (refused != HVPT_OK)
		ASSERT(status == refused);
	else
		ASSERT(cut && (status == HVPT_ERR_NO_MEMORY ||
			       status == HVPT_ERR_TABLE_PAGE));
#if PROOF_PAGES < 4
	if (status == HVPT_ERR_NO_MEMORY)
		REACHED("no page");
#endif
	after = tree_see(page);
	ASSERT(tree_same(&before, &after) && before.level == after.level);
	ASSERT(unmapped == 77 && pt.table_count == tables && pt.splits == 0);
	ASSERT(hvpt_gather_is_empty(&gather) && gather.splits == 0);
}
