/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Empty tables: what small unmaps leave behind, what a large leaf replaces,
 * what reclaim takes, and that destroy gives every page back.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/prng.h"
#include "tests/support/pt_check.h"

/* Leaves an empty level 0 table at @iova, which is 2M aligned. */
static void leave_table(struct pt_fixture *f, uint64_t iova)
{
	pt_map(f, iova + PT_4K, PT_DATA, PT_4K, PT_RW);
	assert_int_equal(pt_unmap(f, iova + PT_4K, PT_4K), PT_4K);
	assert_null(f->gather.tables);
	pt_flush(f);
}

static void test_small_unmaps_leave_tables(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t offset;

	pt_map(f, f->base, PT_DATA + PT_4K, PT_2M, PT_RW);
	for (offset = 0; offset < PT_2M; offset += PT_4K)
		pt_unmap(f, f->base + offset, PT_4K);
	assert_int_equal(hvpt_pt_tables(&f->pt), f->params->levels);
	assert_int_equal(pt_checked_reclaim(f, f->base, PT_2M), 1);
	pt_reclaim_all(f);
}

static void test_the_next_map_finds_them(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t allocs;

	leave_table(f, f->base);
	allocs = hvpt_arena_allocs(f->arena);
	assert_int_equal(pt_checked_map(f, f->base, PT_DATA, 3 * PT_4K, PT_RO),
			 HVPT_OK);
	assert_int_equal(hvpt_arena_allocs(f->arena), allocs);
}

/* ---- replacement ----------------------------------------------------- */

static void test_2m_replaces_an_empty_table(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t tables;

	leave_table(f, f->base);
	tables = hvpt_pt_tables(&f->pt);
	assert_int_equal(pt_checked_map(f, f->base, PT_DATA, PT_2M, PT_RW),
			 HVPT_OK);
	pt_expect_leaves(f, 0, 1, 0);
	assert_int_equal(f->gather.table_count, 1);
	assert_true(pt_gather_covers(&f->gather, f->base, f->base + PT_2M - 1));
	assert_int_equal(hvpt_pt_tables(&f->pt), tables - 1);
}

static void test_1g_replaces_empty_tables(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t tables;
	unsigned n;

	for (n = 0; n < 5; n++)
		leave_table(f, f->base + n * 100 * PT_2M);
	tables = hvpt_pt_tables(&f->pt);
	assert_int_equal(pt_checked_map(f, f->base, PT_DATA, PT_1G, PT_RO),
			 HVPT_OK);
	pt_expect_leaves(f, 0, 0, 1);
	assert_int_equal(f->gather.table_count, 6);
	assert_true(pt_gather_covers(&f->gather, f->base, f->base + PT_1G - 1));
	assert_int_equal(hvpt_pt_tables(&f->pt), tables - 6);
}

static void test_a_mixed_map_replaces_what_it_covers(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t first = f->base - PT_2M - PT_4K;

	leave_table(f, f->base - 2 * PT_2M); /* partly used: stays */
	leave_table(f, f->base - PT_2M);
	leave_table(f, f->base + PT_2M);
	leave_table(f, f->base + PT_1G); /* partly used: stays */
	assert_int_equal(pt_checked_map(f, first, PT_DATA - PT_2M - PT_4K,
					PT_1G + PT_2M + 2 * PT_4K, PT_RW),
			 HVPT_OK);
	pt_expect_leaves(f, 2, 1, 1);
	/* 2M at -2M; two at base: level 0 and level 1 */
	assert_int_equal(f->gather.table_count, 3);
}

/* Without a gather the tables stay, and smaller leaves go into them. */
static void test_without_gather_tables_stay(void **state)
{
	struct pt_fixture *f = *state;
	enum hvpt_status status;
	uint64_t tables;

	leave_table(f, f->base);
	leave_table(f, f->base + PT_1G);
	tables = hvpt_pt_tables(&f->pt);
	status = hvpt_pt_map(&f->pt, hvpt_iova(f->base), hvpt_gpa(PT_DATA),
			     2 * PT_2M, PT_RW, NULL);
	assert_int_equal(status, HVPT_OK);
	pt_expect_leaves(f, 512, 1, 0);
	assert_int_equal(hvpt_pt_tables(&f->pt), tables);
	status = hvpt_pt_map(&f->pt, hvpt_iova(f->base + PT_1G),
			     hvpt_gpa(PT_DATA), 2 * PT_1G, PT_RW, NULL);
	assert_int_equal(status, HVPT_OK);
	assert_int_equal(hvpt_pt_tables(&f->pt), tables);
	pt_expect_leaves(f, 512 + 512, 1 + 511, 1);
	pt_expect_range(f, f->base, PT_DATA, 2 * PT_2M, PT_RW);
	pt_expect_range(f, f->base + PT_1G, PT_DATA, 2 * PT_1G, PT_RW);
	pt_check(f);
}

static void test_a_table_in_use_is_not_replaced(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base + 5 * PT_4K, PT_DATA, PT_4K, PT_RW);
	assert_int_equal(pt_checked_map(f, f->base, PT_DATA, PT_2M, PT_RW),
			 HVPT_ERR_OVERLAP);
	assert_int_equal(pt_checked_map(f, f->base, PT_DATA, PT_1G, PT_RW),
			 HVPT_ERR_OVERLAP);
	assert_int_equal(pt_checked_map(f, f->base - PT_1G, PT_DATA, 3 * PT_1G,
					PT_RW),
			 HVPT_ERR_OVERLAP);
}

/* A map adds one range for all it replaces: it maps what lies between. */
static void test_replacements_gather_one_range(void **state)
{
	struct pt_fixture *f = *state;
	unsigned n;

	for (n = 1; n < 10; n += 4)
		leave_table(f, f->base + n * PT_2M);
	pt_flush(f);
	pt_map(f, f->base, PT_DATA, 12 * PT_2M, PT_RW);
	assert_int_equal(f->gather.table_count, 3);
	assert_true(pt_gather_is(&f->gather, f->base + PT_2M,
				 f->base + 10 * PT_2M - 1));
	pt_expect_leaves(f, 0, 12, 0);
}

/* A full gather takes the tables all the same. */
static void test_replacement_with_a_full_gather(void **state)
{
	struct pt_fixture *f = *state;
	unsigned n;

	for (n = 0; n < 12; n++) {
		leave_table(f, f->base + 2 * n * PT_2M);
		pt_map(f, f->base - PT_1G + 2 * n * PT_2M, PT_DATA, PT_2M,
		       PT_RW);
	}
	for (n = 0; n < 12; n++)
		pt_unmap(f, f->base - PT_1G + 2 * n * PT_2M, PT_2M);
	assert_int_equal(f->gather.range_count, HVPT_GATHER_RANGES);
	for (n = 0; n < 12; n++) {
		pt_map(f, f->base + 2 * n * PT_2M, PT_DATA, PT_2M, PT_RW);
		assert_int_equal(f->gather.table_count, n + 1);
		pt_check(f);
	}
	pt_expect_leaves(f, 0, 12, 0);
}

/* ---- reclaim --------------------------------------------------------- */

static void test_nothing_to_reclaim(void **state)
{
	struct pt_fixture *f = *state;

	assert_int_equal(pt_checked_reclaim(f, f->base, PT_4K), 0);
	assert_int_equal(pt_checked_reclaim(f, f->base, PT_1G), 0);
	pt_map(f, f->base, PT_DATA + PT_4K, PT_2M, PT_RW);
	assert_int_equal(pt_checked_reclaim(f, f->base, PT_1G), 0);
	assert_int_equal(pt_checked_reclaim(f, 0, pt_lower_last(f->params) + 1),
			 0);
}

static void test_only_whole_tables_are_reclaimed(void **state)
{
	struct pt_fixture *f = *state;

	leave_table(f, f->base);
	assert_int_equal(pt_checked_reclaim(f, f->base, PT_2M - PT_4K), 0);
	assert_int_equal(pt_checked_reclaim(f, f->base + PT_4K, PT_2M - PT_4K),
			 0);
	assert_int_equal(pt_checked_reclaim(f, f->base - PT_4K, PT_2M), 0);
	assert_int_equal(
		pt_checked_reclaim(f, f->base - PT_4K, PT_2M + 2 * PT_4K), 1);
	/* Now the level 1 table is empty. */
	assert_int_equal(pt_checked_reclaim(f, f->base, PT_1G - PT_2M), 0);
	assert_int_equal(pt_checked_reclaim(f, f->base, PT_1G), 1);
}

static void test_live_neighbours_stay(void **state)
{
	struct pt_fixture *f = *state;

	leave_table(f, f->base);
	leave_table(f, f->base + PT_2M);
	pt_map(f, f->base + 2 * PT_2M + PT_4K, PT_DATA, PT_4K, PT_RO);
	pt_map(f, f->base - PT_4K, PT_DATA, PT_4K, PT_RW);
	assert_int_equal(pt_checked_reclaim(f, f->base - PT_1G, 3 * PT_1G), 2);
	pt_expect(f, f->base - PT_4K, PT_DATA, PT_RW);
	pt_expect(f, f->base + 2 * PT_2M + PT_4K, PT_DATA, PT_RO);
}

/* A pattern that pins a table per page it ever used. */
static void test_storm(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t prng = pt_seed("test_storm", 0x570);
	unsigned round;

	for (round = 0; round < pt_effort(400); round++) {
		uint64_t page = hvpt_random_below(&prng, 16ull << 18);
		uint64_t iova = f->base + page * PT_4K;

		pt_map(f, iova, PT_DATA, PT_4K, PT_RW);
		assert_int_equal(pt_unmap(f, iova, PT_4K), PT_4K);
		if (round % 3 == 0)
			pt_flush(f);
	}
	assert_true(hvpt_pt_tables(&f->pt) > round / 8);
	pt_checked_reclaim(f, f->base, 3 * PT_1G);
	pt_reclaim_all(f);
}

/* Reclaim in small steps comes to the same. */
static void test_reclaim_step_by_step(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t sum = 0;
	unsigned n;

	for (n = 0; n < 6; n++)
		leave_table(f, f->base + n * 85 * PT_2M);
	for (n = 0; n < 512; n++)
		sum += pt_reclaim(f, f->base + n * PT_2M, PT_2M);
	assert_int_equal(sum, 6);
	assert_int_equal(pt_checked_reclaim(f, f->base, PT_1G), 1);
	pt_reclaim_all(f);
}

/* ---- destroy --------------------------------------------------------- */

static void shape_empty(struct pt_fixture *f)
{
	assert_int_equal(hvpt_pt_tables(&f->pt), 1);
}

static void shape_one_page(struct pt_fixture *f)
{
	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
}

static void shape_ends(struct pt_fixture *f)
{
	uint64_t last = pt_lower_last(f->params);

	pt_map(f, 0, PT_DATA, PT_4K, PT_RW);
	pt_map(f, last - 0xfff, PT_DATA, PT_4K, PT_RW);
	if (!pt_upper_first(f->params))
		return;
	pt_map(f, ~last, PT_DATA, PT_4K, PT_RW);
	pt_map(f, 0 - PT_4K, PT_DATA, PT_4K, PT_RW);
}

static void shape_mixed(struct pt_fixture *f)
{
	pt_map(f, f->base - PT_4K, PT_DATA - PT_4K, 3 * PT_1G + PT_2M + PT_4K,
	       PT_RW);
}

static void shape_cut(struct pt_fixture *f)
{
	pt_map(f, f->base, PT_DATA, 2 * PT_1G, PT_RW);
	pt_unmap(f, f->base + PT_1G - PT_4K, 2 * PT_4K);
}

static void shape_leftovers(struct pt_fixture *f)
{
	unsigned n;

	for (n = 0; n < 9; n++)
		leave_table(f, f->base + n * 7 * PT_1G);
}

static void shape_many(struct pt_fixture *f)
{
	unsigned n;

	for (n = 0; n < 700; n++)
		pt_map(f, f->base + n * (PT_2M + PT_4K), PT_DATA, PT_4K, PT_RO);
}

static void test_destroy_gives_all_back(void **state)
{
	static void (*const shapes[])(struct pt_fixture * f) = {
		shape_empty, shape_one_page, shape_ends,      shape_mixed,
		shape_cut,   shape_many,     shape_leftovers,
	};
	struct pt_fixture *f = *state;
	size_t i;

	for (i = 0; i < PT_COUNT(shapes); i++) {
		shapes[i](f);
		pt_check(f);
		pt_flush(f);
		assert_int_equal(hvpt_arena_in_use(f->arena),
				 hvpt_pt_tables(&f->pt));
		hvpt_pt_destroy(&f->pt);
		assert_int_equal(hvpt_arena_in_use(f->arena), 0);
		assert_int_equal(hvpt_pt_init(&f->pt, &f->config), HVPT_OK);
	}
}

/* What a gather holds is not destroy's, and outlives it until release. */
static void test_destroy_leaves_the_gather_alone(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA + PT_4K, PT_2M, PT_RW);
	pt_map(f, f->base + PT_2M, PT_DATA, PT_4K, PT_RW);
	pt_unmap(f, f->base, PT_2M);
	assert_int_equal(f->gather.table_count, 1);
	pt_check(f);
}

static void test_release_of_an_empty_gather(void **state)
{
	struct pt_fixture *f = *state;
	struct pt_snapshot before = pt_snapshot(f);

	hvpt_pt_release(&f->pt, &f->gather);
	pt_unchanged(f, &before);
	/* Ranges alone: no page comes back, the gather is empty. */
	hvpt_gather_add(&f->gather, hvpt_iova(0), hvpt_iova(0xfff));
	hvpt_pt_release(&f->pt, &f->gather);
	assert_true(hvpt_gather_is_empty(&f->gather));
	assert_int_equal(hvpt_arena_in_use(f->arena), 1);
}

int main(void)
{
	static const struct pt_case cases[] = {
		PT_CASE(test_small_unmaps_leave_tables),
		PT_CASE(test_the_next_map_finds_them),
		PT_CASE(test_nothing_to_reclaim),
		PT_CASE(test_only_whole_tables_are_reclaimed),
		PT_CASE(test_live_neighbours_stay),
		PT_CASE(test_storm),
		PT_CASE(test_reclaim_step_by_step),
		PT_CASE(test_destroy_leaves_the_gather_alone),
		PT_CASE(test_release_of_an_empty_gather),
	};
	static const struct pt_case large_cases[] = {
		PT_CASE(test_2m_replaces_an_empty_table),
		PT_CASE(test_1g_replaces_empty_tables),
		PT_CASE(test_a_mixed_map_replaces_what_it_covers),
		PT_CASE(test_without_gather_tables_stay),
		PT_CASE(test_a_table_in_use_is_not_replaced),
		PT_CASE(test_replacements_gather_one_range),
		PT_CASE(test_replacement_with_a_full_gather),
		PT_CASE(test_destroy_gives_all_back),
	};
	int failed;

	failed = pt_run("pt_reclaim", cases, PT_COUNT(cases), pt_main,
			pt_main_count);
	failed += pt_run("pt_reclaim_large", large_cases, PT_COUNT(large_cases),
			 pt_main, pt_main_large_count);
	return failed;
}
