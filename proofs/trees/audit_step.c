/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * audit_step.c - a tree that passes is well formed, and one that is well formed
 * passes; whatever one of its entries is, nothing is read but the caller's
 * tables. Nothing is written. What is adopted has all its tables, counted.
 *
 * Functions: hvpt_pt_audit, hvpt_pt_adopt
 * Bounds: tables of 2 entries, 4 levels, 4 pages; any tree, in which any one
 *	entry has any value below 1 MiB
 * Contract: inspect.h: Nothing is written to the tree
 * Contract: inspect.h: all zero when @config is refused, or @check is NULL
 * Run: audit long --unwind 5 --unwindset
 *	hvpt_entries_zeros.0:1,hvpt_entries_zeros.1:3,hvpt_walk_resume.0:1,
 *	hvpt_run_next_table.0:3,hvpt_run_next_table.1:5,tree_check.0:9,
 *	hvpt_audit_level.0:3,hvpt_audit_run.0:3,proof.0:9
 * Run: adopt long -DPROOF_ADOPT --unwind 5 --unwindset
 *	hvpt_entries_zeros.0:1,hvpt_entries_zeros.1:3,hvpt_walk_resume.0:1,
 *	hvpt_run_next_table.0:3,hvpt_run_next_table.1:5,tree_check.0:9,
 *	hvpt_audit_level.0:3,hvpt_audit_run.0:3,proof.0:9
 * Run: refused -DPROOF_REFUSED --unwind 5 --unwindset
 *	hvpt_entries_zeros.0:1,hvpt_entries_zeros.1:3,hvpt_walk_resume.0:1,
 *	hvpt_run_next_table.0:3,hvpt_run_next_table.1:5,tree_check.0:9,
 *	hvpt_audit_level.0:3,hvpt_audit_run.0:3,proof.0:9
 */
#define TREE_POOL 8u
#include "proofs/any_tree.h"

#include "src/pagetable/audit.c"
#include "src/pagetable/entries.c"
#include "src/pagetable/gather.c"
#include "src/pagetable/init.c"
#include "src/pagetable/pages.c"
#include "src/pagetable/walk.c"

static bool asked[TREE_POOL];

/* The caller's own pages, each once. */
static bool is_ours(void *ctx, hvpt_gpa_t table, unsigned level)
{
	uint64_t at = table.value / 4096;

	ASSERT(ctx == asked && table.value % 4096 == 0 && level < TREE_LEVELS);
	if (at >= TREE_POOL || !tree_used[at] || asked[at])
		return false;
	asked[at] = true;
	return true;
}

/* One entry becomes anything. Return: is it another than before? */
static bool spoil(void)
{
	unsigned at = nondet_u8() % (2 * TREE_FRESH);
	uint32_t pte = nondet_u32() & TREE_BITS;

	if (!tree_used[at / 2] || tree_word[at] == pte)
		return false;
	tree_word[at] = pte;
	return true;
}

static void check_counts(const struct hvpt_audit *report)
{
	uint64_t leaves[HVPT_LEAF_LEVELS] = { 0 };
	unsigned page;

	for (page = 0; page < TREE_PAGES; page++)
		if (tree_see(page).mapped)
			leaves[tree_see(page).level]++;
	ASSERT(report->fault == HVPT_FAULT_NONE);
	ASSERT(report->tables == tree_reached);
	ASSERT(report->leaves[0] == leaves[0] &&
	       report->leaves[1] == leaves[1] / 2 &&
	       report->leaves[2] == leaves[2] / 4);
}

/* What describes the tree. */
static struct hvpt_pt_config any_config(void)
{
	const struct hvpt_pt_config config = {
		.ops = &tree_ops,
		.direct_map_offset = TREE_BASE,
		.page_sizes = (uint64_t)pt.leaf_levels << 12,
		.levels = TREE_LEVELS,
		.width = 12 + TREE_LG2,
	};

	return config;
}

#ifdef PROOF_ADOPT

static enum hvpt_status call(struct hvpt_audit *report)
{
	struct hvpt_pt_config config = any_config();

	pt.root = NULL;
	pt.table_count = 99;
	return hvpt_pt_adopt(&pt, &config, hvpt_gpa(0), is_ours, asked, report);
}

#else

static enum hvpt_status call(struct hvpt_audit *report)
{
	return hvpt_pt_audit(&pt, is_ours, asked, report);
}

#endif

#ifdef PROOF_REFUSED

static bool is_blank(const struct hvpt_audit *report)
{
	return report->fault == HVPT_FAULT_NONE && report->level == 0 &&
	       report->iova.value == 0 && report->pte == 0 &&
	       report->tables == 0 && report->leaves[0] == 0 &&
	       report->leaves[1] == 0 && report->leaves[2] == 0;
}

/* A root that is misaligned, or above what an entry can hold. */
static void check_root(uint64_t root)
{
	struct hvpt_pt_config config = any_config();
	struct hvpt_audit report;

	ASSERT(hvpt_pt_adopt(&pt, &config, hvpt_gpa(root), is_ours, asked,
			     &report) == HVPT_ERR_TABLE_PAGE);
	ASSERT(report.fault == HVPT_FAULT_TABLE_ADDR &&
	       report.level == TREE_LEVELS && report.pte == root);
}

void proof(void)
{
	struct hvpt_pt_config config;
	struct hvpt_audit report;

	tree_make();
	pt.leaf_levels = 1;
	config = any_config();
	ASSERT(hvpt_pt_adopt(&pt, &config, hvpt_gpa(0), NULL, asked, &report) ==
	       HVPT_ERR_OPS);
	ASSERT(is_blank(&report));
	config.page_sizes = 0;
	ASSERT(hvpt_pt_adopt(&pt, &config, hvpt_gpa(0), is_ours, asked,
			     &report) == HVPT_ERR_PAGE_SIZES);
	ASSERT(is_blank(&report));
	check_root(8);
	check_root((uint64_t)1 << 52);
	ASSERT(tree_stores == 0 && !asked[0]);
	REACHED("the end");
}

#else

void proof(void)
{
	unsigned page = nondet_u8() % TREE_PAGES;
	struct hvpt_audit report;
	enum hvpt_status status;
	bool spoiled;

	tree_make();
	spoiled = spoil();
	status = call(&report);
	ASSERT(tree_stores == 0);
	if (status == HVPT_OK) {
		unsigned i;

		for (i = 0; i < TREE_POOL; i++)
			tree_used[i] = asked[i];
		tree_check(NULL, page);
		check_counts(&report);
		if (spoiled)
			REACHED("another tree");
		return;
	}
	ASSERT(status == HVPT_ERR_CORRUPT && spoiled);
	ASSERT(report.fault != HVPT_FAULT_NONE);
	REACHED("a fault");
}

#endif
