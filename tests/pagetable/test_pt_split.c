/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Leaves that one call splits and another takes a part of, beside an IOTLB
 * that drops an entry only for a descriptor that covers all of it.
 */
#include "tests/support/pt_check.h"

/* ---- the IOTLB ------------------------------------------------------- */

struct entry {
	uint64_t first;
	uint64_t last;
	bool writable;
};

struct iotlb {
	struct entry entry[16];
	unsigned count;
};

/* A device uses @iova: the leaf is cached, whole. */
static void touch(const struct pt_fixture *f, struct iotlb *iotlb,
		  uint64_t iova)
{
	struct sdm_result result = sdm_walk(&f->walker, iova, false);
	uint64_t mask;

	if (result.fault != SDM_FAULT_NONE)
		return;
	mask = ((uint64_t)1 << result.page_lg2) - 1;
	assert_int_in_range(iotlb->count, 0, PT_COUNT(iotlb->entry) - 1);
	iotlb->entry[iotlb->count].first = iova & ~mask;
	iotlb->entry[iotlb->count].last = iova | mask;
	iotlb->entry[iotlb->count++].writable = result.writable;
}

static void drop(struct iotlb *iotlb, uint64_t descriptor)
{
	uint64_t pages = (uint64_t)1 << (descriptor & 0x3f);
	uint64_t first = descriptor & ~(uint64_t)0xfff;
	uint64_t last = first + (pages * PT_4K - 1);
	unsigned i;

	for (i = 0; i < iotlb->count;)
		if (iotlb->entry[i].first >= first &&
		    iotlb->entry[i].last <= last)
			iotlb->entry[i] = iotlb->entry[--iotlb->count];
		else
			i++;
}

/* May a device still @write to @iova (or read it), with what is cached? */
static bool holds(const struct iotlb *iotlb, uint64_t iova, bool write)
{
	unsigned i;

	for (i = 0; i < iotlb->count; i++)
		if (iotlb->entry[i].first <= iova &&
		    iotlb->entry[i].last >= iova &&
		    (iotlb->entry[i].writable || !write))
			return true;
	return false;
}

/* ---- flushing -------------------------------------------------------- */

struct bench {
	struct pt_fixture *f;
	enum hvpt_flush_policy policy;
	struct iotlb iotlb;
};

/* A flush as gather.h describes it, by planning. Return: pages flushed. */
static uint64_t flush(struct bench *bench, struct hvpt_gather *gather)
{
	struct hvpt_flush_plan plan;
	uint64_t descriptor;

	assert_true(hvpt_gather_publish(gather));
	hvpt_pt_widen(&bench->f->pt, gather);
	assert_int_equal(hvpt_flush_plan_init(&plan, gather->range,
					      gather->range_count,
					      bench->policy),
			 HVPT_OK);
	while (hvpt_flush_plan_next(&plan, &descriptor))
		drop(&bench->iotlb, descriptor);
	return plan.pages;
}

static uint64_t sync(struct bench *bench, struct hvpt_gather *gather)
{
	uint64_t pages = flush(bench, gather);

	hvpt_pt_release(&bench->f->pt, gather);
	assert_true(hvpt_gather_is_empty(gather));
	return pages;
}

/* ---- two calls ------------------------------------------------------- */

/* A part of the leaf at base, or of the leaf before it. */
struct part {
	uint64_t offset;
	uint64_t length;
};

struct pair {
	uint64_t leaf; /* bytes, at base and again behind */
	struct part part[2];
};

static const struct pair pairs[] = {
	/* both halves, neighbours, both ends */
	{ PT_2M, { { 0, PT_2M / 2 }, { PT_2M / 2, PT_2M / 2 } } },
	{ PT_2M, { { PT_2M / 2, PT_2M / 2 }, { 0, PT_2M / 2 } } },
	{ PT_2M, { { 5 * PT_4K, PT_4K }, { 6 * PT_4K, PT_4K } } },
	{ PT_2M, { { PT_2M - PT_4K, PT_4K }, { 0, PT_4K } } },
	/* across two leaves */
	{ PT_2M, { { PT_2M - PT_4K, 2 * PT_4K }, { PT_4K, PT_4K } } },
	{ PT_2M, { { PT_4K, PT_4K }, { PT_2M - PT_4K, 2 * PT_4K } } },
	/* 1 GiB into 2 MiB */
	{ PT_1G, { { 0, PT_1G / 2 }, { PT_1G / 2, PT_1G / 2 } } },
	{ PT_1G, { { PT_2M, PT_2M }, { 0, PT_2M } } },
	/* 1 GiB into 2 MiB into 4 KiB; the other in the same 2 MiB, in */
	/* another, whole and in part */
	{ PT_1G, { { PT_4K, PT_4K }, { 2 * PT_4K, PT_4K } } },
	{ PT_1G, { { PT_4K, PT_4K }, { PT_2M, PT_2M } } },
	{ PT_1G, { { PT_4K, PT_4K }, { PT_1G - PT_4K, PT_4K } } },
	{ PT_1G, { { PT_1G - PT_4K, PT_4K }, { PT_4K, PT_2M } } },
	{ PT_1G, { { PT_1G - PT_4K, 2 * PT_4K }, { 0, PT_1G / 2 } } },
};

enum kind {
	UNMAP,
	PROTECT
};

static void take(struct bench *bench, enum kind kind, const struct part *part,
		 struct hvpt_gather *gather)
{
	hvpt_iova_t iova = hvpt_iova(bench->f->base + part->offset);
	uint64_t bytes;

	hvpt_gather_init(gather);
	if (kind == UNMAP) {
		assert_int_equal(hvpt_pt_unmap(&bench->f->pt, iova,
					       part->length, gather, &bytes),
				 HVPT_OK);
		assert_int_equal(bytes, part->length);
		return;
	}
	assert_int_equal(hvpt_pt_protect(&bench->f->pt, iova, part->length,
					 PT_RO, gather),
			 HVPT_OK);
}

/* What was taken is out of reach; the rest is as it was. */
static void must_be_gone(const struct bench *bench, enum kind kind,
			 const struct part *part)
{
	uint64_t first = bench->f->base + part->offset;
	uint64_t last = first + part->length - 1;

	assert_false(holds(&bench->iotlb, first, kind == PROTECT));
	assert_false(holds(&bench->iotlb, last, kind == PROTECT));
}

static void open_leaves(struct bench *bench, uint64_t leaf)
{
	struct pt_fixture *f = bench->f;

	pt_map(f, f->base, PT_DATA, 2 * leaf, PT_RW);
	bench->iotlb.count = 0;
	touch(f, &bench->iotlb, f->base);
	touch(f, &bench->iotlb, f->base + leaf);
	assert_int_equal(bench->iotlb.count, 2);
	assert_int_equal(bench->iotlb.entry[0].last, f->base + leaf - 1);
}

static void close_leaves(struct bench *bench, uint64_t leaf)
{
	struct pt_fixture *f = bench->f;
	uint64_t bytes;

	assert_int_equal(f->pt.splits, 0);
	assert_int_equal(hvpt_pt_unmap(&f->pt, hvpt_iova(f->base), 2 * leaf,
				       &f->gather, &bytes),
			 HVPT_OK);
	assert_int_equal(f->pt.splits, 0);
	pt_reclaim_all(f);
	pt_check(f);
}

/* Whoever flushes first, and whether or not a device goes on: none is stale. */
static void run_pair(struct bench *bench, const struct pair *pair,
		     enum kind kind, enum kind other, unsigned first)
{
	struct hvpt_gather gather[2];

	open_leaves(bench, pair->leaf);
	take(bench, kind, &pair->part[0], &gather[0]);
	assert_true(bench->f->pt.splits != 0);
	take(bench, other, &pair->part[1], &gather[1]);
	sync(bench, &gather[first]);
	must_be_gone(bench, first ? other : kind, &pair->part[first]);
	touch(bench->f, &bench->iotlb, bench->f->base + pair->part[0].offset);
	touch(bench->f, &bench->iotlb, bench->f->base + pair->part[1].offset);
	sync(bench, &gather[!first]);
	must_be_gone(bench, kind, &pair->part[0]);
	must_be_gone(bench, other, &pair->part[1]);
	close_leaves(bench, pair->leaf);
}

static void test_two_calls_on_one_leaf(void **state)
{
	struct bench bench = { .f = *state };
	unsigned i, kinds;

	for (i = 0; i < PT_COUNT(pairs); i++)
		for (bench.policy = HVPT_FLUSH_TWO_BLOCK;
		     bench.policy <= HVPT_FLUSH_EXACT; bench.policy++)
			for (kinds = 0; kinds < 8; kinds++)
				run_pair(&bench, &pairs[i],
					 kinds & 1 ? PROTECT : UNMAP,
					 kinds & 2 ? PROTECT : UNMAP,
					 kinds >> 2);
}

/* ---- how wide, and for how long -------------------------------------- */

/* Nothing is rounded before a split, nor when its flush is over. */
static void test_only_while_it_is_needed(void **state)
{
	static const struct part page = { PT_4K, PT_4K };
	static const struct part other = { PT_2M - PT_4K, PT_4K };
	static const struct part third = { 9 * PT_4K, PT_4K };
	struct bench bench = { .f = *state, .policy = HVPT_FLUSH_EXACT };
	struct hvpt_gather splitter, gather;

	open_leaves(&bench, PT_2M);
	take(&bench, UNMAP, &page, &splitter);
	assert_int_equal(splitter.splits, HVPT_SPLIT(1));
	assert_true(hvpt_gather_must_release(&splitter));
	take(&bench, UNMAP, &other, &gather);
	assert_int_equal(gather.splits, 0);
	assert_false(hvpt_gather_must_release(&gather));
	assert_int_equal(sync(&bench, &gather), PT_2M / PT_4K);
	assert_int_equal(sync(&bench, &splitter), PT_2M / PT_4K);
	take(&bench, UNMAP, &third, &gather);
	assert_int_equal(sync(&bench, &gather), 1);
	must_be_gone(&bench, UNMAP, &third);
	close_leaves(&bench, PT_2M);
}

/* A flush that failed: its gather, and so the count, stay. */
static void test_a_failed_flush_keeps_the_count(void **state)
{
	static const struct part page = { PT_4K, PT_4K };
	static const struct part other = { PT_1G - PT_4K, PT_4K };
	struct bench bench = { .f = *state, .policy = HVPT_FLUSH_COVER };
	struct hvpt_gather splitter, gather, copy;

	open_leaves(&bench, PT_1G);
	take(&bench, UNMAP, &page, &splitter);
	assert_int_equal(splitter.splits, HVPT_SPLIT(2) + HVPT_SPLIT(1));
	take(&bench, UNMAP, &other, &gather);
	assert_int_equal(gather.splits, HVPT_SPLIT(1));
	assert_int_equal(bench.f->pt.splits, splitter.splits + gather.splits);
	copy = gather;
	/* flushed and not released: others go on as before */
	assert_int_equal(flush(&bench, &gather), PT_1G / PT_4K);
	assert_int_equal(bench.f->pt.splits, splitter.splits + copy.splits);
	hvpt_pt_release(&bench.f->pt, &gather);
	assert_int_equal(bench.f->pt.splits, splitter.splits);
	sync(&bench, &splitter);
	close_leaves(&bench, PT_1G);
}

/* Splits travel with the ranges they belong to. */
static void test_a_moved_gather_carries_the_splits(void **state)
{
	static const struct part parts[] = { { PT_4K, PT_4K },
					     { PT_2M + PT_4K, PT_2M },
					     { 3 * PT_4K, PT_4K } };
	struct bench bench = { .f = *state };
	struct hvpt_gather first, second, third, limbo;

	open_leaves(&bench, PT_2M);
	pt_map(bench.f, bench.f->base + 2 * PT_2M, PT_DATA + 2 * PT_2M, PT_2M,
	       PT_RW);
	take(&bench, UNMAP, &parts[0], &first);
	take(&bench, UNMAP, &parts[1], &second);
	take(&bench, PROTECT, &parts[2], &third);
	hvpt_gather_init(&limbo);
	hvpt_gather_move(&limbo, &first);
	assert_true(hvpt_gather_is_empty(&first));
	assert_int_equal(first.splits, 0);
	hvpt_gather_move(&limbo, &second);
	assert_int_equal(limbo.splits, 3 * HVPT_SPLIT(1));
	assert_int_equal(bench.f->pt.splits, limbo.splits);
	sync(&bench, &third);
	must_be_gone(&bench, PROTECT, &parts[2]);
	sync(&bench, &limbo);
	must_be_gone(&bench, UNMAP, &parts[0]);
	must_be_gone(&bench, UNMAP, &parts[1]);
	close_leaves(&bench, 2 * PT_2M);
}

/* ---- what a split that fails leaves ---------------------------------- */

static void test_no_page_no_split(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t bytes = 7;

	pt_map(f, f->base, PT_DATA, PT_1G, PT_RW);
	hvpt_arena_fail_at(f->arena, 2);
	assert_int_equal(hvpt_pt_unmap(&f->pt, hvpt_iova(f->base + PT_4K),
				       PT_4K, &f->gather, &bytes),
			 HVPT_ERR_NO_MEMORY);
	assert_int_equal(bytes, 7);
	assert_true(hvpt_gather_is_empty(&f->gather));
	assert_int_equal(f->gather.splits, 0);
	assert_int_equal(f->pt.splits, 0);
}

/* The page hook takes the leaf away and puts a larger one in its place. */
static void grow_underneath(struct pt_fixture *f)
{
	f->on_alloc = NULL;
	pt_unmap(f, f->base, PT_2M);
	assert_int_equal(pt_reclaim(f, f->base, PT_1G), 1);
	pt_map(f, f->base, PT_DATA, PT_1G, PT_RW);
	pt_flush(f);
}

/* One page was taken, for 2 MiB; it serves the first of two splits. */
static void test_half_a_split_is_gathered(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_gather gather;
	uint64_t bytes = 7;
	unsigned protect;

	for (protect = 0; protect < 2; protect++) {
		hvpt_iova_t iova = hvpt_iova(f->base + PT_4K);

		hvpt_gather_init(&gather);
		pt_map(f, f->base, PT_DATA, PT_2M, PT_RW);
		f->on_alloc = grow_underneath;
		if (protect)
			assert_int_equal(hvpt_pt_protect(&f->pt, iova, PT_4K,
							 PT_RO, &gather),
					 HVPT_ERR_CONCURRENT);
		else
			assert_int_equal(hvpt_pt_unmap(&f->pt, iova, PT_4K,
						       &gather, &bytes),
					 HVPT_ERR_CONCURRENT);
		assert_int_equal(bytes, 7);
		assert_int_equal(gather.splits, HVPT_SPLIT(2));
		assert_int_equal(f->pt.splits, HVPT_SPLIT(2));
		assert_true(pt_gather_covers(&gather, f->base,
					     f->base + PT_2M - 1));
		hvpt_pt_widen(&f->pt, &gather);
		assert_true(
			pt_gather_is(&gather, f->base, f->base + PT_1G - 1));
		hvpt_pt_release(&f->pt, &gather);
		assert_int_equal(f->pt.splits, 0);
		assert_int_equal(pt_unmap(f, f->base, PT_1G), PT_1G);
		pt_reclaim_all(f);
	}
}

/* ---- rounding -------------------------------------------------------- */

static void test_ranges_are_rounded_and_joined(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_gather gather, empty;
	uint64_t top = ~(uint64_t)0;

	hvpt_gather_init(&gather);
	hvpt_gather_add(&gather, hvpt_iova(PT_2M + 5), hvpt_iova(PT_2M + 7));
	hvpt_gather_add(&gather, hvpt_iova(3 * PT_2M - 1),
			hvpt_iova(3 * PT_2M - 1));
	hvpt_gather_add(&gather, hvpt_iova(PT_1G), hvpt_iova(PT_1G));
	hvpt_gather_add(&gather, hvpt_iova(top), hvpt_iova(top));
	hvpt_pt_widen(&f->pt, &gather);
	assert_int_equal(gather.range_count, 4);
	f->pt.splits = HVPT_SPLIT(1);
	hvpt_gather_init(&empty);
	hvpt_pt_widen(&f->pt, &empty);
	assert_true(hvpt_gather_is_empty(&empty));
	hvpt_pt_widen(&f->pt, &gather);
	assert_int_equal(gather.range_count, 3);
	assert_true(hvpt_gather_covers(&gather, hvpt_iova(PT_2M),
				       hvpt_iova(3 * PT_2M - 1)));
	assert_false(hvpt_gather_covers(&gather, hvpt_iova(PT_2M - 1),
					hvpt_iova(PT_2M)));
	assert_false(hvpt_gather_covers(&gather, hvpt_iova(3 * PT_2M),
					hvpt_iova(3 * PT_2M)));
	assert_true(hvpt_gather_covers(&gather, hvpt_iova(PT_1G),
				       hvpt_iova(PT_1G + PT_2M - 1)));
	assert_true(hvpt_gather_covers(&gather, hvpt_iova(top - PT_2M + 1),
				       hvpt_iova(top)));
	/* Of two sizes the larger decides, whichever came first. */
	f->pt.splits = 3 * HVPT_SPLIT(1) + HVPT_SPLIT(2);
	hvpt_pt_widen(&f->pt, &gather);
	assert_int_equal(gather.range_count, 2);
	assert_true(hvpt_gather_covers(&gather, hvpt_iova(0),
				       hvpt_iova(2 * PT_1G - 1)));
	assert_true(hvpt_gather_covers(&gather, hvpt_iova(top - PT_1G + 1),
				       hvpt_iova(top)));
	f->pt.splits = 0;
}

int main(void)
{
	static const struct pt_case cases[] = {
		PT_CASE(test_two_calls_on_one_leaf),
		PT_CASE(test_only_while_it_is_needed),
		PT_CASE(test_a_failed_flush_keeps_the_count),
		PT_CASE(test_a_moved_gather_carries_the_splits),
		PT_CASE(test_no_page_no_split),
		PT_CASE(test_half_a_split_is_gathered),
		PT_CASE(test_ranges_are_rounded_and_joined),
	};

	return pt_run("pt_split", cases, PT_COUNT(cases), pt_main,
		      pt_main_large_count);
}
