/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * protect_step.c - changing the permission of a range of any tree, while pages
 * are given or not: all of the range has it and what changed is gathered, and
 * the rest stays as it was; or nothing changed at all.
 *
 * Functions: hvpt_pt_protect
 * Parts: hvpt_split_leaves
 * Bounds: tables of 2 entries, 4 levels, 4 pages; any tree; of its pages the
 *	ranges 1-2 and 0-3
 * Run: at_1_2 long -DPROOF_FIRST=1 -DPROOF_PAGES=2 --unwind 5 --unwindset
 *	hvpt_entries_zeros.0:1,hvpt_entries_zeros.1:3,hvpt_walk_resume.0:1,
 *	hvpt_gather_join_.0:1,hvpt_gather_nearest.0:1,tree_check.0:9,
 *	tree_gathered.0:2,hvpt_lines_fill.0:1,hvpt_entries_fill.0:3,
 *	hvpt_pages_free.0:5,
 *	hvpt_leaf_next.0:5,hvpt_protect_pass.0:5,hvpt_protect_leaf.0:2,
 *	hvpt_split_find.0:4,hvpt_split_count.0:3,
 *	hvpt_split_take.0:4,hvpt_split_at.0:4
 * Run: at_0_4 long -DPROOF_FIRST=0 -DPROOF_PAGES=4 --unwind 5 --unwindset
 *	hvpt_entries_zeros.0:1,hvpt_entries_zeros.1:3,hvpt_walk_resume.0:1,
 *	hvpt_gather_join_.0:1,hvpt_gather_nearest.0:1,tree_check.0:9,
 *	tree_gathered.0:2,hvpt_lines_fill.0:1,hvpt_entries_fill.0:3,
 *	hvpt_pages_free.0:5,
 *	hvpt_leaf_next.0:5,hvpt_protect_pass.0:5,hvpt_protect_leaf.0:2,
 *	hvpt_split_find.0:4,hvpt_split_count.0:3,
 *	hvpt_split_take.0:4,hvpt_split_at.0:4
 */
#define TREE_POOL 8u
#include "proofs/any_range.h"

#include "src/pagetable/entries.c"
#include "src/pagetable/gather.c"
#include "src/pagetable/pages.c"
#include "src/pagetable/protect.c"
#include "src/pagetable/split.c"
#include "src/pagetable/walk.c"

static enum hvpt_status refuses(uint64_t iova, uint64_t length, unsigned prot)
{
	enum hvpt_status status = tree_refuses(iova, length);

	if (status != HVPT_OK)
		return status;
	if (prot == 0 || prot > 3)
		return HVPT_ERR_PROT;
	if (prot == 2)
		return HVPT_ERR_WRITE_ONLY;
	return tree_maps(iova / 4096, length / 4096, true) ?
		       HVPT_OK :
		       HVPT_ERR_NOT_MAPPED;
}

static void check_done(bool inside, unsigned page, unsigned prot,
		       const struct tree_seen *before,
		       const struct hvpt_gather *gather)
{
	struct tree_seen after = tree_see(page), wanted = *before;

	if (inside && before->prot != prot) {
		wanted.prot = prot;
		wanted.dirty |= prot == 3 && !pt.track_dirty;
		ASSERT(tree_gathered(gather, page));
		REACHED("another permission");
	}
	ASSERT(tree_same(&wanted, &after));
	ASSERT(gather->splits == pt.splits);
	/* its leaf was split */
	ASSERT(before->level == after.level ||
	       (before->level > after.level && tree_gathered(gather, page)));
#if PROOF_PAGES < 4
	if (!inside && before->level > after.level)
		REACHED("the rest of a leaf");
#endif
}

static void prove_range(uint64_t iova, uint64_t length)
{
	uint64_t tables;
	unsigned page = nondet_u8() % TREE_PAGES, prot = nondet_u32();
	enum hvpt_status status, refused;
	struct tree_seen before, after;
	struct hvpt_gather gather;
	bool cut;

	tables = pt.table_count;
	before = tree_see(page);
	refused = refuses(iova, length, prot);
	cut = refused == HVPT_OK && tree_is_cut(iova, length, prot);
	hvpt_gather_init(&gather);
	status = hvpt_pt_protect(&pt, hvpt_iova(iova), length, prot, &gather);
	tree_check(&gather, page);
	ASSERT(gather.table_count == 0);
	if (status == HVPT_OK) {
		ASSERT(refused == HVPT_OK);
		check_done(tree_holds(iova, length, page), page, prot, &before,
			   &gather);
		return;
	}
	if (refused != HVPT_OK)
		ASSERT(status == refused);
	else
		ASSERT(cut && (status == HVPT_ERR_NO_MEMORY ||
			       status == HVPT_ERR_TABLE_PAGE));
#if PROOF_PAGES < 4
	if (status == HVPT_ERR_TABLE_PAGE)
		REACHED("a page that is no table");
#endif
	after = tree_see(page);
	ASSERT(tree_same(&before, &after) && before.level == after.level);
	ASSERT(pt.table_count == tables && pt.splits == 0);
	ASSERT(hvpt_gather_is_empty(&gather) && gather.splits == 0);
}
