/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * map_step.c - mapping a range of any tree, while pages are given or not: it
 * translates as asked, by the largest leaves, and what else is mapped stays as
 * it was; or nothing changed at all. The tables that were lacking are in the
 * tree, each once, and no other page was kept.
 *
 * Functions: hvpt_pt_map
 * Bounds: tables of 2 entries, 4 levels, 4 pages; any tree; of its pages the
 *	ranges 0, 3, 0-1 and 1-2; any gpa below 512 KiB
 * Contract: map.h: No page is taken before all of the range was found empty.
 * Run: at_0_1 -DPROOF_FIRST=0 -DPROOF_PAGES=1 -DTREE_POOL=8u --unwind 5
 *	--unwindset
 *	hvpt_walk_resume.0:4,hvpt_gather_join_.0:1,hvpt_gather_nearest.0:1,
 *	hvpt_lines_fill.0:1,hvpt_map_next_piece.0:1,hvpt_map_level.0:3,
 *	hvpt_map_reserve_step.0:4,hvpt_map_hash.0:2,hvpt_map_descend.0:4,
 *	hvpt_map_check.0:2,hvpt_map_part.0:1,hvpt_entries_zeros.0:1,
 *	hvpt_entries_zeros.1:2,hvpt_entries_fill.0:2,tree_check.0:9,
 *	tree_check_gather.0:1,tree_gathered.0:1,hvpt_pages_free.0:4,
 *	hvpt_map_locate.0:1,hvpt_map_scan.0:1,hvpt_map_reserve.0:1,
 *	hvpt_map_commit.0:1,hvpt_run_next_table.0:1,hvpt_run_next_table.1:1,
 *	hvpt_leaf_next.0:1,hvpt_sweep_tables.0:1,hvpt_sweep_run.0:1
 * Run: at_3_1 -DPROOF_FIRST=3 -DPROOF_PAGES=1 -DTREE_POOL=8u --unwind 5
 *	--unwindset
 *	hvpt_walk_resume.0:4,hvpt_gather_join_.0:1,hvpt_gather_nearest.0:1,
 *	hvpt_lines_fill.0:1,hvpt_map_next_piece.0:1,hvpt_map_level.0:3,
 *	hvpt_map_reserve_step.0:4,hvpt_map_hash.0:2,hvpt_map_descend.0:4,
 *	hvpt_map_check.0:2,hvpt_map_part.0:1,hvpt_entries_zeros.0:1,
 *	hvpt_entries_zeros.1:2,hvpt_entries_fill.0:2,tree_check.0:9,
 *	tree_check_gather.0:1,tree_gathered.0:1,hvpt_pages_free.0:4,
 *	hvpt_map_locate.0:1,hvpt_map_scan.0:1,hvpt_map_reserve.0:1,
 *	hvpt_map_commit.0:1,hvpt_run_next_table.0:1,hvpt_run_next_table.1:1,
 *	hvpt_leaf_next.0:1,hvpt_sweep_tables.0:1,hvpt_sweep_run.0:1
 * Run: at_1_2 long -DPROOF_FIRST=1 -DPROOF_PAGES=2 -DTREE_POOL=16u --unwind 5
 *	--unwindset
 *	hvpt_walk_resume.0:4,hvpt_gather_join_.0:1,hvpt_gather_nearest.0:1,
 *	hvpt_lines_fill.0:1,hvpt_map_next_piece.0:1,hvpt_map_level.0:3,
 *	hvpt_map_reserve_step.0:4,hvpt_map_hash.0:2,hvpt_map_descend.0:4,
 *	hvpt_map_check.0:2,hvpt_map_part.0:1,hvpt_entries_zeros.0:1,
 *	hvpt_entries_zeros.1:2,hvpt_entries_fill.0:2,tree_check.0:17,
 *	tree_check_gather.0:1,tree_gathered.0:1,hvpt_pages_free.0:5,
 *	hvpt_map_locate.0:1,hvpt_map_scan.0:2,hvpt_map_reserve.0:2,
 *	hvpt_map_commit.0:2,hvpt_run_next_table.0:1,hvpt_run_next_table.1:1,
 *	hvpt_leaf_next.0:1,hvpt_sweep_tables.0:1,hvpt_sweep_run.0:1
 * Run: at_0_2 long -DPROOF_FIRST=0 -DPROOF_PAGES=2 -DTREE_POOL=8u --unwind 5
 *	--unwindset
 *	hvpt_entries_zeros.0:1,hvpt_entries_zeros.1:3,hvpt_walk_resume.0:4,
 *	hvpt_gather_join_.0:1,hvpt_gather_nearest.0:1,tree_check.0:9,
 *	tree_check_gather.0:2,tree_gathered.0:2,hvpt_lines_fill.0:1,
 *	hvpt_entries_fill.0:3,hvpt_pages_free.0:4,hvpt_map_next_piece.0:1,
 *	hvpt_map_level.0:3,hvpt_map_locate.0:2,hvpt_map_scan.0:1,
 *	hvpt_map_reserve_step.0:4,hvpt_map_reserve.0:1,hvpt_map_hash.0:2,
 *	hvpt_map_descend.0:4,hvpt_map_commit.0:1,hvpt_map_check.0:2,
 *	hvpt_map_part.0:1,hvpt_run_next_table.0:3,hvpt_run_next_table.1:2,
 *	hvpt_leaf_next.0:4,hvpt_sweep_tables.0:2,hvpt_sweep_tables.1:3,
 *	hvpt_sweep_run.0:2
 */
#include "proofs/any_range.h"

#include "src/pagetable/entries.c"
#include "src/pagetable/gather.c"
#include "src/pagetable/map.c"
#include "src/pagetable/map_steps.c"
#include "src/pagetable/pages.c"
#include "src/pagetable/reclaim.c"
#include "src/pagetable/walk.c"

static enum hvpt_status refuses(uint64_t iova, uint64_t gpa, uint64_t length,
				unsigned prot)
{
	enum hvpt_status status = tree_refuses(iova, length);

	if (status == HVPT_OK && gpa % 4096)
		return HVPT_ERR_ALIGN;
	if (status != HVPT_OK)
		return status;
	if (prot == 0 || prot > 3)
		return HVPT_ERR_PROT;
	if (prot == 2)
		return HVPT_ERR_WRITE_ONLY;
	return tree_maps(iova / 4096, length / 4096, false) ? HVPT_ERR_OVERLAP :
							      HVPT_OK;
}

/* Can a leaf of two pages map the range? */
static bool takes_large(uint64_t iova, uint64_t gpa, uint64_t length)
{
	return (pt.leaf_levels & 2) && length == 8192 &&
	       (iova | gpa) % 8192 == 0;
}

static void check_mapped(uint64_t iova, uint64_t gpa, unsigned page,
			 unsigned prot)
{
	struct tree_seen after = tree_see(page);

	ASSERT(after.mapped && after.prot == prot && after.accessed);
	ASSERT(after.gpa == gpa + (page * 4096u - iova));
	ASSERT(after.dirty == (prot == 3 && !pt.track_dirty));
}

static void check_done(uint64_t iova, uint64_t length, unsigned page,
		       const struct tree_seen *before,
		       const struct hvpt_gather *gather)
{
	struct tree_seen after = tree_see(page);

	/* only a large leaf takes tables out, and they are flushed */
	ASSERT(gather->table_count || hvpt_gather_is_empty(gather));
	ASSERT(after.level <= before->level || tree_gathered(gather, page));
	if (tree_holds(iova, length, page))
		return;
	ASSERT(tree_same(before, &after));
	ASSERT(!before->mapped || before->level == after.level);
}

static void prove_range(uint64_t iova, uint64_t length)
{
	unsigned page = nondet_u8() % TREE_PAGES, prot = nondet_u32();
	uint64_t gpa = nondet_u64() & (TREE_BITS >> 1), tables = pt.table_count;
	enum hvpt_status status, refused = refuses(iova, gpa, length, prot);
	struct tree_seen after, before = tree_see(page);
	struct hvpt_gather gather, *to = nondet_bool() ? &gather : NULL;
	bool large = takes_large(iova, gpa, length);

	hvpt_gather_init(&gather);
	status = hvpt_pt_map(&pt, hvpt_iova(iova), hvpt_gpa(gpa), length, prot,
			     to);
	tree_check(&gather, page);
	ASSERT(gather.splits == 0 && (large || gather.table_count == 0));
	after = tree_see(page);
	if (status == HVPT_OK) {
		ASSERT(refused == HVPT_OK);
		if (pt.table_count == tables + 3)
			REACHED("three tables were lacking");
		check_done(iova, length, page, &before, &gather);
		if (!tree_holds(iova, length, page))
			return;
		check_mapped(iova, gpa, page, prot);
		/* without a gather, the table of smaller leaves stays */
		ASSERT(after.level == large ||
		       (!to && large && before.level == 0));
#if PROOF_FIRST == 0 && PROOF_PAGES == 2
		if (after.level == 1)
			REACHED("a large leaf");
		if (gather.table_count)
			REACHED("an empty table left");
#endif
		return;
	}
	if (refused != HVPT_OK)
		ASSERT(status == refused && tree_next == TREE_FRESH);
	else
		ASSERT(status == HVPT_ERR_NO_MEMORY ||
		       status == HVPT_ERR_TABLE_PAGE);
	if (status == HVPT_ERR_OVERLAP)
		REACHED("something is mapped");
	if (status == HVPT_ERR_NO_MEMORY)
		REACHED("no page");
	ASSERT(tree_same(&before, &after) && before.level == after.level);
	ASSERT(pt.table_count == tables && hvpt_gather_is_empty(&gather));
}
