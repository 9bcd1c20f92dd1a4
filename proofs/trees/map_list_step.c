/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * map_list_step.c - mapping a list of two segments to a range of any tree, as
 * map_step.c: it translates as asked, or nothing changed at all. And which
 * lists are refused before anything is looked at.
 *
 * Functions: hvpt_pt_map_list
 * Contract: map.h: HVPT_ERR_EMPTY: no segment, or one of length 0;
 *	HVPT_ERR_WRAP: the sum of the lengths, or the range, passes 2^64.
 * Bounds: tables of 2 entries, 4 levels, 4 pages; any tree; of its pages the
 *	range 1-2, a segment for each page; any gpas below 512 KiB; for the run
 *	"refused", any list of up to 2 segments
 * Run: refused -DPROOF_REFUSED -DTREE_POOL=8u --unwind 5
 * Run: at_1_2 long -DPROOF_FIRST=1 -DPROOF_PAGES=2 -DTREE_POOL=16u --unwind 5
 *	--unwindset
 *	hvpt_walk_resume.0:4,hvpt_gather_join_.0:1,hvpt_gather_nearest.0:1,
 *	hvpt_lines_fill.0:1,hvpt_map_next_piece.0:2,hvpt_map_level.0:3,
 *	hvpt_map_reserve_step.0:4,hvpt_map_hash.0:3,hvpt_map_descend.0:4,
 *	hvpt_map_check.0:3,hvpt_map_part.0:1,hvpt_entries_zeros.0:1,
 *	hvpt_entries_zeros.1:2,hvpt_entries_fill.0:2,tree_check.0:17,
 *	tree_check_gather.0:1,tree_gathered.0:1,hvpt_pages_free.0:5,
 *	hvpt_map_locate.0:1,hvpt_map_scan.0:2,hvpt_map_reserve.0:2,
 *	hvpt_map_commit.0:2,hvpt_run_next_table.0:1,hvpt_run_next_table.1:1,
 *	hvpt_leaf_next.0:1,hvpt_sweep_tables.0:1,hvpt_sweep_run.0:1
 */
#include "proofs/any_tree.h"

#include "src/pagetable/entries.c"
#include "src/pagetable/gather.c"
#include "src/pagetable/map.c"
#include "src/pagetable/pages.c"
#include "src/pagetable/reclaim.c"
#include "src/pagetable/walk.c"

#ifdef PROOF_REFUSED

enum hvpt_status hvpt_map_steps(struct hvpt_pagetable *in,
				const struct hvpt_map_call *call)
{
	(void)in, (void)call;
	ASSERT(false);
	return HVPT_OK;
}

/* In the order of pagetable.h. */
static enum hvpt_status refuses(uint64_t iova,
				const struct hvpt_segment *segment,
				size_t count, unsigned prot)
{
	uint64_t sum = 0, high = 0;
	bool wraps = false, empty = count == 0, odd = iova % 4096;
	size_t i;

	for (i = 0; i < count; i++) {
		uint64_t gpa = segment[i].gpa.value, n = segment[i].length;

		empty |= n == 0;
		odd |= gpa % 4096 || n % 4096;
		wraps |= sum + n < sum;
		sum += n;
		high |= gpa >> 52 || (n - 1) >> 52 || (gpa + (n - 1)) >> 52;
	}
	if (empty)
		return HVPT_ERR_EMPTY;
	if (odd)
		return HVPT_ERR_ALIGN;
	if (wraps || iova + (sum - 1) < iova)
		return HVPT_ERR_WRAP;
	if (iova + (sum - 1) >= TREE_PAGES * 4096u)
		return HVPT_ERR_IOVA_RANGE;
	if (high)
		return HVPT_ERR_GPA_RANGE;
	if (prot == 0 || prot > 3)
		return HVPT_ERR_PROT;
	return prot == 2 ? HVPT_ERR_WRITE_ONLY : HVPT_OK;
}

void proof(void)
{
	struct hvpt_segment segment[2];
	size_t count = nondet_u8() % 3, i;
	unsigned prot = nondet_u32();
	uint64_t iova = nondet_u64();
	struct hvpt_gather gather;
	enum hvpt_status refused;

	tree_make();
	hvpt_gather_init(&gather);
	for (i = 0; i < 2; i++) {
		segment[i].gpa.value = nondet_u64();
		segment[i].length = nondet_u64();
	}
	refused = refuses(iova, segment, count, prot);
	ASSUME(refused != HVPT_OK);
	ASSERT(hvpt_pt_map_list(&pt, hvpt_iova(iova), segment, count, prot,
				&gather) == refused);
	ASSERT(tree_stores == 0 && tree_next == TREE_FRESH && !tree_odd);
	ASSERT(hvpt_gather_is_empty(&gather));
	if (refused == HVPT_ERR_WRAP && count == 2)
		REACHED("the sum wraps");
	if (refused == HVPT_ERR_GPA_RANGE)
		REACHED("a gpa that is too high");
}

#else

#include "src/pagetable/map_steps.c"

#define FIRST (PROOF_FIRST * 4096u)
#define BYTES (PROOF_PAGES * 4096u)

static struct hvpt_segment segment[2];
static unsigned prot;

static enum hvpt_status refuses(void)
{
	if (segment[0].gpa.value % 4096 || segment[1].gpa.value % 4096)
		return HVPT_ERR_ALIGN;
	if (prot == 0 || prot > 3)
		return HVPT_ERR_PROT;
	if (prot == 2)
		return HVPT_ERR_WRITE_ONLY;
	return tree_maps(PROOF_FIRST, PROOF_PAGES, false) ? HVPT_ERR_OVERLAP :
							    HVPT_OK;
}

/* Can a leaf of two pages map the list? */
static bool takes_large(void)
{
	return (pt.leaf_levels & 2) && FIRST % 8192 == 0 &&
	       segment[0].gpa.value % 8192 == 0 &&
	       segment[1].gpa.value == segment[0].gpa.value + 4096;
}

static void check_mapped(unsigned page)
{
	struct tree_seen after = tree_see(page);

	ASSERT(after.mapped && after.prot == prot && after.accessed);
	ASSERT(after.gpa == segment[page - PROOF_FIRST].gpa.value);
	ASSERT(after.dirty == (prot == 3 && !pt.track_dirty));
}

static void check_done(unsigned page, const struct tree_seen *before,
		       const struct hvpt_gather *gather, bool given)
{
	struct tree_seen after = tree_see(page);
	bool large = takes_large();

	/* only a large leaf takes tables out, and they are flushed */
	ASSERT(gather->table_count || hvpt_gather_is_empty(gather));
	ASSERT(after.level <= before->level || tree_gathered(gather, page));
	if (!tree_holds(FIRST, BYTES, page)) {
		ASSERT(tree_same(before, &after));
		ASSERT(!before->mapped || before->level == after.level);
		return;
	}
	check_mapped(page);
	/* without a gather, the table of smaller leaves stays */
	ASSERT(after.level == large || (!given && large && before->level == 0));
#if PROOF_FIRST == 0
	if (after.level == 1)
		REACHED("two segments in a large leaf");
#else
	REACHED("two segments in two tables");
#endif
}

void proof(void)
{
	unsigned page = nondet_u8() % TREE_PAGES, i;
	struct hvpt_gather gather, *to = nondet_bool() ? &gather : NULL;
	struct tree_seen after, before;
	enum hvpt_status status, refused;
	uint64_t tables;

	tree_make();
	tables = pt.table_count;
	before = tree_see(page);
	prot = nondet_u32();
	for (i = 0; i < 2; i++) {
		segment[i].gpa.value = nondet_u64() & (TREE_BITS >> 1);
		segment[i].length = 4096;
	}
	refused = refuses();
	hvpt_gather_init(&gather);
	status = hvpt_pt_map_list(&pt, hvpt_iova(FIRST), segment, 2, prot, to);
	tree_check(&gather, page);
	ASSERT(gather.splits == 0 && (takes_large() || !gather.table_count));
	if (status == HVPT_OK) {
		ASSERT(refused == HVPT_OK);
		check_done(page, &before, &gather, to != NULL);
		return;
	}
	if (refused != HVPT_OK)
		ASSERT(status == refused && tree_next == TREE_FRESH);
	else
		ASSERT(status == HVPT_ERR_NO_MEMORY ||
		       status == HVPT_ERR_TABLE_PAGE);
	if (status == HVPT_ERR_NO_MEMORY)
		REACHED("no page");
	after = tree_see(page);
	ASSERT(tree_same(&before, &after) && before.level == after.level);
	ASSERT(pt.table_count == tables && hvpt_gather_is_empty(&gather));
}

#endif
