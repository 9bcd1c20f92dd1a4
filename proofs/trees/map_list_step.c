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
 *	ranges 0-1 and 1-2, a segment for each page; any gpas below 512 KiB; for
 *	the run "refused", any list of up to 2 segments
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
 * Run: at_0_2 long -DPROOF_FIRST=0 -DPROOF_PAGES=2 -DTREE_POOL=8u --unwind 5
 *	--unwindset
 *	hvpt_entries_zeros.0:1,hvpt_entries_zeros.1:3,hvpt_walk_resume.0:4,
 *	hvpt_gather_join_.0:1,hvpt_gather_nearest.0:1,tree_check.0:9,
 *	tree_check_gather.0:2,tree_gathered.0:2,hvpt_lines_fill.0:1,
 *	hvpt_entries_fill.0:3,hvpt_pages_free.0:4,hvpt_map_next_piece.0:2,
 *	hvpt_map_level.0:3,hvpt_map_locate.0:2,hvpt_map_scan.0:2,
 *	hvpt_map_reserve_step.0:4,hvpt_map_reserve.0:2,hvpt_map_hash.0:3,
 *	hvpt_map_descend.0:4,hvpt_map_commit.0:2,hvpt_map_check.0:3,
 *	hvpt_map_part.0:1,hvpt_run_next_table.0:3,hvpt_run_next_table.1:2,
 *	hvpt_leaf_next.0:4,hvpt_sweep_tables.0:2,hvpt_sweep_tables.1:3,
 *	hvpt_sweep_run.0:2
 */
#ifdef PROOF_REFUSED

#include "proofs/any_tree.h"

#include "src/pagetable/gather.c"
#include "src/pagetable/map.c"
#include "src/pagetable/walk.c"

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

#include "proofs/any_map.h"

#define FIRST (PROOF_FIRST * 4096u)
#define BYTES (PROOF_PAGES * 4096u)

static struct hvpt_segment segment[2];

static enum hvpt_status refuses(unsigned prot)
{
	if (segment[0].gpa.value % 4096 || segment[1].gpa.value % 4096)
		return HVPT_ERR_ALIGN;
	return map_refuses(FIRST, BYTES, prot);
}

/* What can be one leaf: segments that touch, or the first. */
static uint64_t touching(void)
{
	return segment[1].gpa.value == segment[0].gpa.value + 4096 ? BYTES :
								     4096;
}

static void prove_range(uint64_t iova, uint64_t length)
{
	struct hvpt_gather gather;
	enum hvpt_status status;
	struct map_seen map;
	unsigned i;

	for (i = 0; i < 2; i++) {
		segment[i].gpa.value = nondet_u64() & (TREE_BITS >> 1);
		segment[i].length = 4096;
	}
	map_begin(&map, iova, length);
	map.level = map_level(iova, segment[0].gpa.value, touching());
	map.to = nondet_bool() ? &gather : NULL;
	map.refused = refuses(map.prot);
	hvpt_gather_init(&gather);
	status = hvpt_pt_map_list(&pt, hvpt_iova(iova), segment, 2, map.prot,
				  map.to ? &gather : NULL);
	map_check(&map, &gather, status,
		  segment[map.page > PROOF_FIRST].gpa.value);
#if PROOF_FIRST == 0
	if (status == HVPT_OK && tree_see(0).level == 1)
		REACHED("two segments in a large leaf");
#else
	if (status == HVPT_OK)
		REACHED("two segments in two tables");
#endif
}

#endif
