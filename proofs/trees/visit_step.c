/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * visit_step.c - visiting any tree: each leaf of the range is shown once,
 * whole, in address order, until the function says to stop.
 *
 * Functions: hvpt_pt_visit
 * Bounds: tables of 2 entries, 4 levels, 4 pages; any tree; any range of it
 * Contract: inspect.h: HVPT_ERR_WRAP when first is above last
 * Contract: inspect.h: called for each leaf that has a byte in the
 *	range, whole
 * Run: all --unwind 5
 *	--unwindset hvpt_entries_zeros.0:1,hvpt_entries_zeros.1:3,
 *	hvpt_run_next_table.0:3,hvpt_run_next_table.1:3,hvpt_gather_join_.0:1,
 *	hvpt_gather_nearest.0:1,hvpt_walk_resume.0:1,tree_check.0:9,
 *	tree_gathered.0:2,
 *	hvpt_leaf_next.0:5,hvpt_visit_range.0:5,hvpt_pt_visit.0:2
 */
#define TREE_POOL 8u
#include "proofs/any_tree.h"

#include "src/pagetable/entries.c"
#include "src/pagetable/visit.c"
#include "src/pagetable/walk.c"

static unsigned page, shown;
static uint64_t behind; /* the last leaf */
static bool stopped;

static bool show(void *ctx, hvpt_iova_t iova, const struct hvpt_mapping *is)
{
	uint64_t bytes = (uint64_t)1 << is->leaf_lg2;
	struct tree_seen seen = tree_see(page);

	ASSERT(ctx == &shown && !stopped);
	ASSERT(iova.value >= behind && iova.value % bytes == 0);
	behind = iova.value + bytes;
	if (tree_holds(iova.value, bytes, page)) {
		shown++;
		ASSERT(seen.mapped && is->leaf_lg2 == 12 + seen.level);
		ASSERT(is->gpa.value + (page * 4096u - iova.value) == seen.gpa);
		ASSERT(is->prot == seen.prot && is->dirty == seen.dirty &&
		       is->accessed == seen.accessed);
	}
	stopped = nondet_bool();
	return !stopped;
}

void proof(void)
{
	struct hvpt_iova_range range;
	bool all = nondet_bool(), part;
	enum hvpt_status status;
	struct tree_seen seen;
	unsigned block;

	range.first = hvpt_iova(tree_any_bytes());
	range.last = hvpt_iova(tree_any_bytes());
	page = nondet_u8() % TREE_PAGES;
	tree_make();
	seen = tree_see(page);
	status = hvpt_pt_visit(&pt, all ? NULL : &range, show, &shown);
	ASSERT(tree_stores == 0 && shown <= 1);
	if (!all && range.first.value > range.last.value) {
		ASSERT(status == HVPT_ERR_WRAP && behind == 0);
		return;
	}
	if (!all && range.last.value >= TREE_PAGES * 4096u) {
		REACHED("outside");
		ASSERT(status == HVPT_ERR_IOVA_RANGE && behind == 0);
		return;
	}
	ASSERT(status == (stopped ? HVPT_ERR_STOPPED : HVPT_OK));
	block = page >> seen.level << seen.level;
	part = all ||
	       (range.first.value < (block + (1u << seen.level)) * 4096u &&
		range.last.value >= block * 4096u);
	ASSERT(!shown || part);
	ASSERT(shown || stopped || !part || !seen.mapped);
	if (stopped)
		REACHED("stopped");
	if (shown && seen.level == 1)
		REACHED("a leaf of 2 pages");
}
