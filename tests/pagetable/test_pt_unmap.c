/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Unmap: holes, partial ranges, splits of large leaves, tables that leave the
 * tree. pt_checked_unmap() knows the contract; the tests add exact numbers.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/pt_check.h"

static void test_all_of_it(void **state)
{
	static const uint64_t lengths[] = {
		PT_4K, 2 * PT_4K,     PT_2M - PT_4K,
		PT_2M, PT_2M + PT_4K, 5 * PT_2M,
	};
	struct pt_fixture *f = *state;
	size_t i;

	for (i = 0; i < PT_COUNT(lengths); i++) {
		uint64_t iova = f->base - PT_4K * i;

		pt_map(f, iova, PT_DATA - PT_4K * i, lengths[i], PT_RW);
		assert_int_equal(pt_checked_unmap(f, iova, lengths[i]),
				 lengths[i]);
		pt_expect_hole(f, iova, lengths[i]);
		if (f->gather.tables == NULL)
			assert_true(pt_gather_is(&f->gather, iova,
						 iova + lengths[i] - 1));
		assert_int_equal(pt_checked_unmap(f, iova, lengths[i]), 0);
		assert_true(hvpt_gather_is_empty(&f->gather));
	}
	pt_reclaim_all(f);
}

static void test_parts_of_small_pages(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t first, count;

	for (first = 0; first < 6; first++) {
		for (count = 1; first + count <= 6; count++) {
			uint64_t iova = f->base - 3 * PT_4K;

			pt_map(f, iova, PT_DATA + PT_4K, 6 * PT_4K, PT_RO);
			assert_int_equal(pt_checked_unmap(f,
							  iova + first * PT_4K,
							  count * PT_4K),
					 count * PT_4K);
			pt_checked_unmap(f, iova, 6 * PT_4K);
		}
	}
}

static void test_a_hole_is_passed_over(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t iova = f->base + 16 * PT_4K;

	pt_map(f, iova, PT_DATA, 3 * PT_4K, PT_RW);
	pt_map(f, iova + 4 * PT_4K, PT_DATA, 4 * PT_4K, PT_RW);
	pt_map(f, iova + 8 * PT_4K, PT_DATA, PT_4K, PT_RO);
	assert_int_equal(pt_checked_unmap(f, iova, 8 * PT_4K), 7 * PT_4K);
	pt_expect(f, iova + 8 * PT_4K, PT_DATA, PT_RO);
}

static void test_large_holes_are_passed_over(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t bytes = 0;
	unsigned n;

	for (n = 0; n < 10; n++) {
		pt_map(f, f->base + n * 6 * PT_1G, PT_DATA, (n + 1) * PT_4K,
		       PT_RW);
		bytes += (n + 1) * PT_4K;
	}
	assert_int_equal(pt_checked_unmap(f, f->base, 60 * PT_1G), bytes);
	pt_reclaim_all(f);
}

static void test_nothing_there(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t allocs = hvpt_arena_allocs(f->arena);

	assert_int_equal(pt_checked_unmap(f, f->base, PT_4K), 0);
	assert_int_equal(pt_checked_unmap(f, f->base, PT_2M), 0);
	assert_int_equal(pt_checked_unmap(f, f->base, 7 * PT_1G), 0);
	assert_int_equal(pt_checked_unmap(f, 0, pt_lower_last(f->params) + 1),
			 0);
	assert_int_equal(hvpt_arena_allocs(f->arena), allocs);
	assert_true(hvpt_gather_is_empty(&f->gather));
}

/* One call, or many calls into one gather: more pieces than ranges. */
static void test_more_than_eight_ranges(void **state)
{
	struct pt_fixture *f = *state;
	unsigned n;

	for (n = 0; n < 20; n++)
		pt_map(f, f->base + n * 3 * PT_4K, PT_DATA, PT_4K, PT_RW);
	assert_int_equal(pt_checked_unmap(f, f->base, 60 * PT_4K), 20 * PT_4K);
	pt_flush(f);
	for (n = 0; n < 20; n++)
		pt_map(f, f->base + n * 3 * PT_4K, PT_DATA, PT_4K, PT_RW);
	for (n = 0; n < 20; n++)
		pt_unmap(f, f->base + n * 3 * PT_4K, PT_4K);
	assert_int_equal(f->gather.range_count, HVPT_GATHER_RANGES);
	for (n = 0; n < 20; n++)
		assert_true(pt_gather_covers(&f->gather,
					     f->base + n * 3 * PT_4K,
					     f->base + n * 3 * PT_4K + 0xfff));
	pt_check(f);
}

static void test_the_last_page(void **state)
{
	struct pt_fixture *f = *state;
	bool upper = f->params->form == HVPT_IOVA_CANONICAL;
	uint64_t last = upper ? UINT64_MAX : pt_lower_last(f->params);

	pt_map(f, last - 0xfff, 0, PT_4K, PT_RW);
	pt_expect(f, last, 0xfff, PT_RW);
	assert_int_equal(pt_checked_unmap(f, last - 0xfff, PT_4K), PT_4K);
	assert_true(pt_gather_is(&f->gather, last - 0xfff, last));
	pt_map(f, last - 0x1fffff, 0, PT_2M, PT_RW);
	assert_int_equal(pt_checked_unmap(f, last - 0x1fffff, PT_2M), PT_2M);
	assert_true(pt_gather_covers(&f->gather, last - 0x1fffff, last));
}

/* ---- splits ------------------------------------------------------------ */

/* Takes pages @first .. @first + @count - 1 out of a fresh 2M leaf. */
static void split_2m(struct pt_fixture *f, uint64_t first, uint64_t count,
		     unsigned prot)
{
	uint64_t allocs;

	pt_map(f, f->base, PT_DATA, PT_2M, prot);
	pt_expect_leaves(f, 0, 1, 0);
	allocs = hvpt_arena_allocs(f->arena);
	assert_int_equal(pt_checked_unmap(f, f->base + first * PT_4K,
					  count * PT_4K),
			 count * PT_4K);
	assert_int_equal(hvpt_arena_allocs(f->arena) - allocs, 1);
	pt_expect_leaves(f, 512 - count, 0, 0);
	assert_true(pt_gather_is(&f->gather, f->base, f->base + PT_2M - 1));
	assert_null(f->gather.tables);
	assert_int_equal(pt_checked_unmap(f, f->base, PT_2M),
			 (512 - count) * PT_4K);
	/* The table lies wholly inside: it went. */
	assert_int_equal(f->gather.table_count, 1);
}

static void test_split_of_2m(void **state)
{
	static const struct {
		uint64_t first;
		uint64_t count;
	} splits[] = {
		{ 0, 1 },   { 1, 1 },	{ 511, 1 }, { 0, 511 },	  { 1, 511 },
		{ 1, 510 }, { 255, 2 }, { 0, 256 }, { 256, 256 },
	};
	struct pt_fixture *f = *state;
	size_t i;

	for (i = 0; i < PT_COUNT(splits); i++) {
		split_2m(f, splits[i].first, splits[i].count, PT_RW);
		split_2m(f, splits[i].first, splits[i].count, PT_RO);
	}
}

static void test_whole_large_leaves_take_no_page(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t allocs;

	pt_map(f, f->base, PT_DATA, 2 * PT_2M, PT_RW);
	pt_map(f, f->base + PT_1G, PT_DATA, 2 * PT_1G, PT_RW);
	pt_expect_leaves(f, 0, 2, 2);
	allocs = hvpt_arena_allocs(f->arena);
	hvpt_arena_fail_at(f->arena, 1);
	assert_int_equal(pt_checked_unmap(f, f->base, PT_2M), PT_2M);
	assert_int_equal(pt_checked_unmap(f, f->base + PT_1G, PT_1G), PT_1G);
	assert_int_equal(pt_checked_unmap(f, f->base, 4 * PT_1G),
			 PT_2M + PT_1G);
	assert_int_equal(hvpt_arena_allocs(f->arena), allocs);
	hvpt_arena_fail_at(f->arena, 0);
}

struct split {
	uint64_t first;
	uint64_t length;
	unsigned taken; /* pages */
	unsigned small; /* leaves left */
	unsigned large;
};

static const struct split splits_1g[] = {
	{ 0, PT_2M, 1, 0, 511 },
	{ PT_1G - PT_2M, PT_2M, 1, 0, 511 },
	{ 5 * PT_2M, 3 * PT_2M, 1, 0, 509 },
	{ 0, PT_1G / 2, 1, 0, 256 },
	{ 0, PT_4K, 2, 511, 511 },
	{ PT_1G - PT_4K, PT_4K, 2, 511, 511 },
	{ 7 * PT_2M + PT_4K, PT_4K, 2, 511, 511 },
	/* both ends in the same 2M */
	{ 7 * PT_2M + PT_4K, 510 * PT_4K, 2, 2, 511 },
	/* both ends split, in neighbours and far apart */
	{ 7 * PT_2M + PT_4K, PT_2M, 3, 512, 510 },
	{ PT_4K, PT_1G - 2 * PT_4K, 3, 2, 0 },
	{ PT_2M + PT_4K, PT_1G - 3 * PT_2M, 3, 512, 2 },
	/* one end on a 2M border */
	{ 0, PT_1G - PT_4K, 2, 1, 0 },
	{ PT_4K, PT_1G - PT_4K, 2, 1, 0 },
	{ 0, PT_2M + PT_4K, 2, 511, 510 },
	{ PT_4K, PT_2M - PT_4K, 2, 1, 511 },
};

static void test_split_of_1g(void **state)
{
	struct pt_fixture *f = *state;
	size_t i;

	for (i = 0; i < PT_COUNT(splits_1g); i++) {
		const struct split *split = &splits_1g[i];
		unsigned prot = i & 1 ? PT_RO : PT_RW;
		uint64_t allocs;

		pt_map(f, f->base, PT_DATA, PT_1G, prot);
		allocs = hvpt_arena_allocs(f->arena);
		assert_int_equal(pt_checked_unmap(f, f->base + split->first,
						  split->length),
				 split->length);
		assert_int_equal(hvpt_arena_allocs(f->arena) - allocs,
				 split->taken);
		pt_expect_leaves(f, split->small, split->large, 0);
		assert_true(
			pt_gather_is(&f->gather, f->base, f->base + PT_1G - 1));
		pt_checked_unmap(f, f->base, PT_1G);
	}
	pt_reclaim_all(f);
}

/* From the middle of one 1G leaf to the middle of another: the most pages. */
static void test_split_of_two_1g(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t allocs;

	pt_map(f, f->base, PT_DATA, 3 * PT_1G, PT_RW);
	allocs = hvpt_arena_allocs(f->arena);
	pt_checked_unmap(f, f->base + PT_1G - PT_4K, PT_1G + 2 * PT_4K);
	assert_int_equal(hvpt_arena_allocs(f->arena) - allocs, 4);
	pt_expect_leaves(f, 2 * 511, 2 * 511, 0);
	assert_true(pt_gather_is(&f->gather, f->base, f->base + 3 * PT_1G - 1));
}

/* 2M at one end, 1G at the other. */
static void test_split_of_a_mixed_range(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t iova = f->base - 3 * PT_2M;
	uint64_t allocs;

	pt_map(f, iova, PT_DATA - 3 * PT_2M, 3 * PT_2M + PT_1G, PT_RO);
	pt_expect_leaves(f, 0, 3, 1);
	allocs = hvpt_arena_allocs(f->arena);
	pt_checked_unmap(f, iova + PT_2M + PT_4K, 2 * PT_2M);
	assert_int_equal(hvpt_arena_allocs(f->arena) - allocs, 3);
	pt_expect_leaves(f, 1 + 511, 1 + 511, 0);
}

/* Without 2M there are no 1G leaves, which only 513 tables could split. */
static void test_1g_without_2m(void **state)
{
	struct pt_fixture *f = *state;

	if (f->params->page_sizes != PT_SIZES_1G)
		return;
	pt_map(f, f->base, PT_DATA, PT_1G, PT_RW);
	pt_expect_leaves(f, 512 * 512, 0, 0);
	assert_int_equal(pt_checked_unmap(f, f->base + PT_2M, PT_2M), PT_2M);
	pt_protect(f, f->base + PT_4K, PT_4K, PT_RO);
	pt_check(f);
}

/* A second split finds the small leaves of the first; it takes nothing. */
static void test_split_again(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t allocs;

	pt_map(f, f->base, PT_DATA, PT_2M, PT_RW);
	pt_checked_unmap(f, f->base + PT_4K, PT_4K);
	allocs = hvpt_arena_allocs(f->arena);
	pt_checked_unmap(f, f->base + 3 * PT_4K, PT_4K);
	assert_int_equal(hvpt_arena_allocs(f->arena), allocs);
	assert_true(pt_gather_is(&f->gather, f->base + 3 * PT_4K,
				 f->base + 4 * PT_4K - 1));
	pt_expect_leaves(f, 510, 0, 0);
}

static void test_split_keeps_dirty(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, PT_2M, PT_RW);
	pt_map(f, f->base + PT_2M, PT_DATA, PT_2M, PT_RW);
	pt_map(f, f->base + PT_1G, PT_DATA, PT_1G, PT_RW);
	/* The check compares D of every page that stays. */
	pt_device_write(f, f->base + 5);
	pt_device_write(f, f->base + PT_1G + 99);
	pt_checked_unmap(f, f->base + PT_4K, PT_4K);
	pt_checked_unmap(f, f->base + PT_2M + PT_4K, PT_4K);
	pt_checked_unmap(f, f->base + PT_1G + PT_2M, PT_4K);
}

/* A leaf whose A is clear was adopted; the pieces must not gain it. */
static void test_split_keeps_accessed(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, PT_2M, PT_RW);
	pt_map(f, f->base + PT_1G, PT_DATA, PT_1G, PT_RO);
	pt_plant(f, f->base, 1, pt_entry(f, f->base, 1) & ~0x20ull);
	pt_plant(f, f->base + PT_1G, 2,
		 pt_entry(f, f->base + PT_1G, 2) & ~0x20ull);
	pt_checked_unmap(f, f->base + PT_4K, PT_4K);
	pt_checked_unmap(f, f->base + PT_1G + PT_4K, PT_4K);
	assert_int_equal(pt_entry(f, f->base, 0) & 0x20, 0);
	assert_int_equal(pt_entry(f, f->base + PT_1G, 0) & 0x20, 0);
	assert_int_equal(pt_entry(f, f->base + PT_1G + PT_2M, 1) & 0x20, 0);
}

/* A device writes after the scan, before the leaf is split: still not lost. */
static void write_on_alloc(struct pt_fixture *f)
{
	uint64_t *iova = f->test_data;

	if (*iova)
		pt_device_write(f, *iova);
	*iova = 0;
}

static void test_split_sees_a_late_dirty(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t iova = f->base;

	pt_map(f, f->base, PT_DATA, PT_2M, PT_RW);
	f->test_data = &iova;
	f->on_alloc = write_on_alloc;
	assert_int_equal(pt_unmap(f, f->base + PT_4K, PT_4K), PT_4K);
	assert_int_equal(iova, 0);
	assert_int_equal(pt_entry(f, f->base, 0) & 0x40, 0x40);
	assert_int_equal(pt_entry(f, f->base + PT_2M - PT_4K, 0) & 0x40, 0x40);
	pt_check(f);
}

/* ---- tables ---------------------------------------------------------- */

static void test_tables_leave_with_their_range(void **state)
{
	struct pt_fixture *f = *state;
	size_t in_use;

	/* 1 page in front, 2 whole tables, 1 page behind. */
	pt_map(f, f->base + PT_2M - PT_4K, PT_DATA, 2 * PT_2M + 2 * PT_4K,
	       PT_RW);
	assert_int_equal(hvpt_pt_tables(&f->pt), f->params->levels + 3);
	in_use = hvpt_arena_in_use(f->arena);
	pt_checked_unmap(f, f->base + PT_2M - PT_4K, 2 * PT_2M + 2 * PT_4K);
	assert_int_equal(f->gather.table_count, 2);
	assert_int_equal(hvpt_pt_tables(&f->pt), f->params->levels + 1);
	/* Nothing is given back before the flush. */
	assert_int_equal(hvpt_arena_in_use(f->arena), in_use);
	pt_flush(f);
	assert_int_equal(hvpt_arena_in_use(f->arena), in_use - 2);
}

static void test_a_page_short_keeps_the_table(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t page = f->base + PT_4K;

	pt_map(f, page, PT_DATA, PT_4K, PT_RW);
	pt_checked_unmap(f, f->base, PT_2M - PT_4K);
	assert_int_equal(f->gather.table_count, 0);
	pt_map(f, page, PT_DATA, PT_4K, PT_RW);
	pt_checked_unmap(f, f->base + PT_4K, PT_2M - PT_4K);
	assert_int_equal(f->gather.table_count, 0);
	pt_map(f, page, PT_DATA, PT_4K, PT_RW);
	pt_checked_unmap(f, f->base, PT_2M);
	assert_int_equal(f->gather.table_count, 1);
}

static void test_whole_subtrees_leave(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t iova = f->base + PT_1G;
	unsigned n;

	for (n = 0; n < 5; n++)
		pt_map(f, iova + n * 100 * PT_2M, PT_DATA, PT_4K, PT_RW);
	/* 5 level-0 tables, 1 level-1 table, the path to them */
	assert_int_equal(hvpt_pt_tables(&f->pt), f->params->levels + 4);
	pt_checked_unmap(f, iova, PT_1G);
	assert_int_equal(f->gather.table_count, 6);
	pt_flush(f);
	assert_int_equal(hvpt_pt_tables(&f->pt), f->params->levels - 2);
	pt_reclaim_all(f);
}

/* Everything at once, from the first byte of the form to the last. */
static void test_the_whole_form(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t bytes = pt_lower_last(f->params) + 1;
	uint64_t upper = pt_upper_first(f->params);

	pt_map(f, 0, PT_DATA, 3 * PT_2M + PT_4K, PT_RW);
	pt_map(f, bytes / 2, PT_DATA, PT_4K, PT_RW);
	pt_map(f, bytes - PT_1G - PT_4K, PT_DATA + PT_4K, PT_1G + PT_4K, PT_RO);
	assert_int_equal(pt_checked_unmap(f, 0, bytes),
			 3 * PT_2M + 3 * PT_4K + PT_1G);
	if (!upper)
		return;
	pt_map(f, upper, PT_DATA, 3 * PT_2M + PT_4K, PT_RW);
	pt_map(f, 0 - PT_1G - PT_4K, PT_DATA - PT_4K, PT_1G + PT_4K, PT_RO);
	assert_int_equal(pt_checked_unmap(f, upper, bytes),
			 3 * PT_2M + 2 * PT_4K + PT_1G);
	assert_true(pt_gather_covers(&f->gather, UINT64_MAX, UINT64_MAX));
}

/* ---- inline and general path ----------------------------------------- */

struct both {
	uint64_t unmapped;
	struct hvpt_gather gather;
	struct pt_leaves leaves;
	uint64_t tables;
};

static struct both unmap_one(struct pt_fixture *f, uint64_t length,
			     bool general)
{
	struct both result;
	enum hvpt_status status;

	pt_flush(f);
	pt_map(f, f->base, PT_DATA, length, PT_RW);
	if (general)
		status = hvpt_pt_unmap_range(&f->pt, hvpt_iova(f->base), length,
					     &f->gather, &result.unmapped);
	else
		status = hvpt_pt_unmap(&f->pt, hvpt_iova(f->base), length,
				       &f->gather, &result.unmapped);
	assert_int_equal(status, HVPT_OK);
	result.gather = f->gather;
	result.leaves = pt_scan(f);
	result.tables = hvpt_pt_tables(&f->pt);
	return result;
}

static void test_inline_path_is_the_general_path(void **state)
{
	static const uint64_t lengths[] = { PT_4K, PT_2M, PT_1G };
	struct pt_fixture *f = *state;
	size_t i;

	/* A neighbour in each table keeps them all alive. */
	pt_map(f, f->base - PT_4K, PT_DATA, PT_4K, PT_RW);
	for (i = 0; i < PT_COUNT(lengths); i++) {
		struct both a, b;

		if (!(f->sizes & lengths[i]))
			continue;
		a = unmap_one(f, lengths[i], false);
		b = unmap_one(f, lengths[i], true);
		assert_int_equal(a.unmapped, b.unmapped);
		assert_true(pt_leaves_equal(&a.leaves, &b.leaves));
		assert_int_equal(a.tables, b.tables);
		assert_true(pt_gather_is(&a.gather, f->base,
					 f->base + lengths[i] - 1));
		assert_true(pt_gather_is(&b.gather, f->base,
					 f->base + lengths[i] - 1));
		pt_leaves_free(&a.leaves);
		pt_leaves_free(&b.leaves);
	}
}

/* A table where a leaf of that size could be is not a leaf. */
static void test_a_table_is_not_taken_for_a_leaf(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base + PT_4K, PT_DATA, PT_4K, PT_RW);
	assert_int_equal(pt_checked_unmap(f, f->base, PT_2M), PT_4K);
	pt_map(f, f->base + PT_4K, PT_DATA, PT_4K, PT_RW);
	pt_map(f, f->base + PT_2M, PT_DATA, PT_2M, PT_RW);
	assert_int_equal(pt_checked_unmap(f, f->base, PT_1G), PT_4K + PT_2M);
}

static void test_gather_collects_several_calls(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, 8 * PT_4K, PT_RW);
	pt_map(f, f->base + PT_1G, PT_DATA, 2 * PT_2M, PT_RW);
	pt_unmap(f, f->base, PT_4K);
	pt_unmap(f, f->base + PT_4K, PT_4K);
	assert_true(pt_gather_is(&f->gather, f->base, f->base + 2 * PT_4K - 1));
	pt_unmap(f, f->base + PT_1G, 2 * PT_2M);
	assert_true(
		pt_gather_covers(&f->gather, f->base, f->base + 2 * PT_4K - 1));
	assert_true(pt_gather_covers(&f->gather, f->base + PT_1G,
				     f->base + PT_1G + 2 * PT_2M - 1));
	pt_unmap(f, f->base + 3 * PT_4K, 5 * PT_4K);
	assert_int_equal(f->gather.range_count, 3);
	pt_check(f);
}

/* Tables of two gathers, each with several: all are given back. */
static void test_tables_of_moved_gathers(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_gather other;
	uint64_t unmapped;

	pt_map(f, f->base, PT_DATA + PT_4K, 7 * PT_2M, PT_RW);
	pt_unmap(f, f->base, 4 * PT_2M);
	hvpt_gather_init(&other);
	assert_int_equal(hvpt_pt_unmap(&f->pt, hvpt_iova(f->base + 4 * PT_2M),
				       3 * PT_2M, &other, &unmapped),
			 HVPT_OK);
	assert_int_equal(f->gather.table_count, 4);
	assert_int_equal(other.table_count, 3);
	hvpt_gather_move(&f->gather, &other);
	assert_int_equal(f->gather.table_count, 7);
	pt_reclaim_all(f);
}

/* Of one table: the gather begins and ends with what was mapped. */
static void unmap_with_holes(struct pt_fixture *f, uint64_t page)
{
	uint64_t iova = f->base + 16 * page, last = f->base + 40 * page;

	pt_map(f, iova, PT_DATA, 16 * page, PT_RW);
	pt_map(f, last, PT_DATA, page, PT_RW);
	assert_int_equal(pt_checked_unmap(f, f->base + page, 62 * page),
			 17 * page);
	assert_true(pt_gather_is(&f->gather, iova, last + page - 1));
	pt_flush(f);
}

static void test_holes_at_both_ends_are_not_gathered(void **state)
{
	struct pt_fixture *f = *state;

	unmap_with_holes(f, PT_4K);
	pt_reclaim_all(f);
	if (f->params->page_sizes & PT_2M)
		unmap_with_holes(f, PT_2M);
}

int main(void)
{
	static const struct pt_case cases[] = {
		PT_CASE(test_all_of_it),
		PT_CASE(test_parts_of_small_pages),
		PT_CASE(test_a_hole_is_passed_over),
		PT_CASE(test_large_holes_are_passed_over),
		PT_CASE(test_nothing_there),
		PT_CASE(test_more_than_eight_ranges),
		PT_CASE(test_the_last_page),
		PT_CASE(test_1g_without_2m),
		PT_CASE(test_inline_path_is_the_general_path),
		PT_CASE(test_gather_collects_several_calls),
		PT_CASE(test_tables_of_moved_gathers),
		PT_CASE(test_holes_at_both_ends_are_not_gathered),
	};
	static const struct pt_case large_cases[] = {
		PT_CASE(test_split_of_2m),
		PT_CASE(test_whole_large_leaves_take_no_page),
		PT_CASE(test_split_of_1g),
		PT_CASE(test_split_of_two_1g),
		PT_CASE(test_split_of_a_mixed_range),
		PT_CASE(test_split_again),
		PT_CASE(test_split_keeps_dirty),
		PT_CASE(test_split_keeps_accessed),
		PT_CASE(test_split_sees_a_late_dirty),
		PT_CASE(test_tables_leave_with_their_range),
		PT_CASE(test_a_page_short_keeps_the_table),
		PT_CASE(test_whole_subtrees_leave),
		PT_CASE(test_the_whole_form),
		PT_CASE(test_a_table_is_not_taken_for_a_leaf),
	};
	int failed;

	failed = pt_run("pt_unmap", cases, PT_COUNT(cases), pt_main,
			pt_main_count);
	failed += pt_run("pt_unmap_large", large_cases, PT_COUNT(large_cases),
			 pt_main, pt_main_large_count);
	return failed;
}
