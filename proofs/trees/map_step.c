/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * map_step.c - mapping a range of any tree, while pages are given or not: it
 * translates as asked, by the largest leaves, and what else is mapped stays as
 * it was; or nothing changed at all. The tables that were lacking are in the
 * tree, each once, and no other page was kept.
 *
 * Functions: hvpt_pt_map
 * Bounds: tables of 2 entries, 4 levels, 4 pages; any tree; of its pages the
 *	ranges 0, 3, 0-1 and 1-2; any gpa below 512 KiB; for the run "at_0_4",
 *	a leaf of the third size for the range 0-3, with a gather
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
 * Run: at_0_4 long -DPROOF_FIRST=0 -DPROOF_PAGES=4 -DTREE_POOL=8u --unwind 5
 *	--unwindset
 *	hvpt_entries_zeros.0:1,hvpt_entries_zeros.1:3,hvpt_walk_resume.0:4,
 *	hvpt_gather_join_.0:1,hvpt_gather_nearest.0:1,tree_check.0:9,
 *	tree_check_gather.0:4,tree_gathered.0:2,hvpt_lines_fill.0:1,
 *	hvpt_entries_fill.0:3,hvpt_pages_free.0:4,hvpt_map_next_piece.0:1,
 *	hvpt_map_level.0:3,hvpt_map_locate.0:1,hvpt_map_scan.0:1,
 *	hvpt_map_reserve_step.0:4,hvpt_map_reserve.0:1,hvpt_map_hash.0:2,
 *	hvpt_map_descend.0:4,hvpt_map_commit.0:1,hvpt_map_check.0:2,
 *	hvpt_map_part.0:1,hvpt_run_next_table.0:4,hvpt_run_next_table.1:4,
 *	hvpt_leaf_next.0:5,hvpt_sweep_tables.0:4,hvpt_sweep_tables.1:4,
 *	hvpt_sweep_run.0:4
 */
#include "proofs/any_map.h"

static enum hvpt_status refuses(uint64_t iova, uint64_t gpa, uint64_t length,
				unsigned prot)
{
	enum hvpt_status status = tree_refuses(iova, length);

	if (status == HVPT_OK && gpa % 4096)
		return HVPT_ERR_ALIGN;
	return status == HVPT_OK ? map_refuses(iova, length, prot) : status;
}

static void prove_range(uint64_t iova, uint64_t length)
{
	uint64_t gpa = nondet_u64() & (TREE_BITS >> 1);
	struct hvpt_gather gather;
	enum hvpt_status status;
	struct map_seen map;

#if PROOF_PAGES == 4
	/* a leaf of the third size, and whatever it replaces is taken out */
	ASSUME(map_level(iova, gpa, length) == 2);
#endif
	map_begin(&map, iova, length);
	map.level = map_level(iova, gpa, length);
	map.to = PROOF_PAGES == 4 || nondet_bool() ? &gather : NULL;
	map.refused = refuses(iova, gpa, length, map.prot);
	hvpt_gather_init(&gather);
	status = hvpt_pt_map(&pt, hvpt_iova(iova), hvpt_gpa(gpa), length,
			     map.prot, map.to ? &gather : NULL);
	map_check(&map, &gather, status, gpa + (map.page * 4096u - iova));
	if (status != HVPT_OK)
		return;
#if PROOF_PAGES < 4
	if (pt.table_count == map.tables + 3)
		REACHED("three tables were lacking");
#endif
#if PROOF_FIRST == 0 && PROOF_PAGES > 1
	if (tree_see(0).level == PROOF_PAGES / 2)
		REACHED("a large leaf");
	if (gather.table_count)
		REACHED("an empty table left");
#endif
}
