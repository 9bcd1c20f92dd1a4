/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ends.c - the beginning and the end of a page table, and of what a gather
 * holds: every page that was taken goes back, once.
 *
 * Functions: hvpt_pt_init, hvpt_pt_destroy, hvpt_pt_release, hvpt_pt_tables
 * Bounds: tables of 2 entries, 4 levels, 4 pages; any tree; a gather of up to 3
 *	table pages
 * Contract: pagetable.h: HVPT_ERR_TABLE_PAGE when the root came
 *	misaligned
 * Run: init -DPROOF_END=0 --unwind 5 --unwindset
 *	hvpt_entries_zeros.0:1,hvpt_entries_zeros.1:3,pages_in_use.0:9,
 *	hvpt_destroy_tables.0:15
 * Run: destroy -DPROOF_END=1 --unwind 5 --unwindset
 *	hvpt_entries_zeros.0:1,hvpt_entries_zeros.1:3,pages_in_use.0:9,
 *	hvpt_destroy_tables.0:15
 * Run: release -DPROOF_END=2 --unwind 5 --unwindset
 *	hvpt_entries_zeros.0:1,hvpt_entries_zeros.1:3,pages_in_use.0:9,
 *	hvpt_destroy_tables.0:15
 */
#define TREE_POOL 8u
#include "proofs/any_tree.h"

#include "src/pagetable/entries.c"
#include "src/pagetable/gather.c"
#include "src/pagetable/init.c"
#include "src/pagetable/pages.c"
#include "src/pagetable/walk.c"

static unsigned pages_in_use(void)
{
	unsigned i, count = tree_odd;

	for (i = 0; i < TREE_POOL; i++)
		count += tree_used[i];
	return count;
}

#if PROOF_END == 0

static void prove_one(void)
{
	struct hvpt_pt_config config = {
		.ops = &tree_ops,
		.direct_map_offset = TREE_BASE,
		.page_sizes = nondet_u64(),
		.levels = nondet_bool() ? 0 : TREE_LEVELS,
		.width = nondet_u32(),
		.form = nondet_bool() ? HVPT_IOVA_PLAIN : HVPT_IOVA_CANONICAL,
	};
	enum hvpt_status status;

	status = hvpt_pt_init(&pt, &config);
	if (status != HVPT_OK) {
		/* what is refused takes no page; configure.c has the rest */
		ASSERT(pages_in_use() == 0);
		ASSERT(status == HVPT_ERR_WIDTH ||
		       status == HVPT_ERR_PAGE_SIZES ||
		       status == HVPT_ERR_NO_MEMORY ||
		       status == HVPT_ERR_TABLE_PAGE);
		if (status == HVPT_ERR_TABLE_PAGE)
			REACHED("a page that is no table");
		return;
	}
	REACHED("a page table");
	ASSERT(pages_in_use() == 1 && hvpt_pt_tables(&pt) == 1);
	ASSERT(tree_see(0).mapped == false && tree_see(3).mapped == false);
	hvpt_pt_destroy(&pt);
	ASSERT(pages_in_use() == 0);
}

#elif PROOF_END == 1

static void prove_one(void)
{
	tree_make();
	ASSERT(hvpt_pt_tables(&pt) == pages_in_use());
	if (pages_in_use() == TREE_FRESH)
		REACHED("a tree of all tables");
	if (pages_in_use() == 1)
		REACHED("a root alone");
	hvpt_pt_destroy(&pt);
	ASSERT(pages_in_use() == 0 && pt.root == NULL);
}

#else

static void prove_one(void)
{
	unsigned page = nondet_u8() % TREE_PAGES, count, tables, i;
	struct tree_seen before, after;
	struct hvpt_gather gather;
	uint64_t splits = nondet_u64();

	tree_make();
	tables = pages_in_use();
	before = tree_see(page);
	hvpt_gather_init(&gather);
	gather.splits = nondet_u64();
	pt.splits = splits + gather.splits;
	count = nondet_u8() % 4;
	for (i = 0; i < 3; i++)
		if (i < count) {
			unsigned at = TREE_FRESH + i;

			tree_used[at] = true;
			tree_word[2 * at] = (uintptr_t)gather.tables;
			tree_word[2 * at + 1] = nondet_u32();
			gather.tables = (uint64_t *)(uintptr_t)(TREE_BASE +
								4096 * at);
			gather.table_count++;
		}
	hvpt_pt_release(&pt, &gather);
	if (count == 3)
		REACHED("three pages");
	ASSERT(pages_in_use() == tables && pt.splits == splits);
	ASSERT(hvpt_gather_is_empty(&gather) &&
	       !hvpt_gather_must_release(&gather));
	after = tree_see(page);
	ASSERT(tree_same(&before, &after) && before.level == after.level);
}

#endif

void proof(void)
{
	prove_one();
}
