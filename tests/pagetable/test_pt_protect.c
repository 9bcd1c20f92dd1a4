/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Permissions of live ranges change; pt_checked_protect() has the contract. */
#include "tests/support/pt_check.h"

static void test_back_and_forth(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t iova = f->base - 3 * PT_4K;

	pt_map(f, iova, PT_DATA, 7 * PT_4K, PT_RW);
	assert_int_equal(pt_checked_protect(f, iova + PT_4K, 5 * PT_4K, PT_RO),
			 HVPT_OK);
	assert_true(
		pt_gather_is(&f->gather, iova + PT_4K, iova + 6 * PT_4K - 1));
	pt_expect(f, iova, PT_DATA, PT_RW);
	pt_expect_range(f, iova + PT_4K, PT_DATA + PT_4K, 5 * PT_4K, PT_RO);
	pt_expect(f, iova + 6 * PT_4K, PT_DATA + 6 * PT_4K, PT_RW);
	/* When it grows a flush is needed as well: a refusal may be cached. */
	assert_int_equal(pt_checked_protect(f, iova, 7 * PT_4K, PT_RW),
			 HVPT_OK);
	assert_true(pt_gather_covers(&f->gather, iova + PT_4K,
				     iova + 6 * PT_4K - 1));
	pt_expect_range(f, iova, PT_DATA, 7 * PT_4K, PT_RW);
}

static void test_same_permission_is_left_alone(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, 3 * PT_4K, PT_RO);
	pt_map(f, f->base + PT_2M, PT_DATA, 2 * PT_2M, PT_RW);
	assert_int_equal(pt_checked_protect(f, f->base, 3 * PT_4K, PT_RO),
			 HVPT_OK);
	assert_true(hvpt_gather_is_empty(&f->gather));
	/* No split either. */
	assert_int_equal(pt_checked_protect(f, f->base + PT_2M + PT_4K, PT_2M,
					    PT_RW),
			 HVPT_OK);
	assert_true(hvpt_gather_is_empty(&f->gather));
}

static void test_holes_are_refused(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t hole;

	pt_map(f, f->base - 4 * PT_4K, PT_DATA, 8 * PT_4K, PT_RW);
	assert_int_equal(pt_checked_protect(f, f->base - 5 * PT_4K, 9 * PT_4K,
					    PT_RO),
			 HVPT_ERR_NOT_MAPPED);
	assert_int_equal(pt_checked_protect(f, f->base - 4 * PT_4K, 9 * PT_4K,
					    PT_RO),
			 HVPT_ERR_NOT_MAPPED);
	for (hole = 0; hole < 8; hole++) {
		uint64_t iova = f->base - 4 * PT_4K + hole * PT_4K;

		pt_unmap(f, iova, PT_4K);
		assert_int_equal(pt_checked_protect(f, f->base - 4 * PT_4K,
						    8 * PT_4K, PT_RO),
				 HVPT_ERR_NOT_MAPPED);
		pt_map(f, iova, PT_DATA, PT_4K, PT_RW);
	}
	/* A hole with no table, between two that are full. */
	pt_map(f, f->base + PT_1G - PT_4K, PT_DATA, PT_4K, PT_RW);
	pt_map(f, f->base + PT_1G + PT_2M, PT_DATA, PT_4K, PT_RW);
	assert_int_equal(pt_checked_protect(f, f->base + PT_1G - PT_4K,
					    PT_2M + 2 * PT_4K, PT_RO),
			 HVPT_ERR_NOT_MAPPED);
}

/* A refused change must not have split anything at the other end. */
static void test_hole_behind_a_large_leaf(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, PT_1G + PT_2M, PT_RW);
	assert_int_equal(pt_checked_protect(f, f->base + PT_4K, PT_1G + PT_2M,
					    PT_RO),
			 HVPT_ERR_NOT_MAPPED);
	assert_int_equal(pt_checked_protect(f, f->base - PT_4K, PT_2M, PT_RO),
			 HVPT_ERR_NOT_MAPPED);
	pt_expect_leaves(f, 0, 1, 1);
}

static void test_whole_large_leaves(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t allocs;

	pt_map(f, f->base, PT_DATA, 2 * PT_2M, PT_RO);
	pt_map(f, f->base + PT_1G, PT_DATA, PT_1G, PT_RO);
	allocs = hvpt_arena_allocs(f->arena);
	assert_int_equal(pt_checked_protect(f, f->base, 2 * PT_2M, PT_RW),
			 HVPT_OK);
	assert_int_equal(pt_checked_protect(f, f->base + PT_1G, PT_1G, PT_RW),
			 HVPT_OK);
	assert_int_equal(hvpt_arena_allocs(f->arena), allocs);
	pt_expect_leaves(f, 0, 2, 1);
	assert_true(pt_gather_is(&f->gather, f->base + PT_1G,
				 f->base + 2 * PT_1G - 1));
}

struct split {
	uint64_t first;
	uint64_t length;
	unsigned taken;
	unsigned small;
	unsigned large;
};

static void run_splits(struct pt_fixture *f, uint64_t leaf,
		       const struct split *splits, size_t count)
{
	size_t i;

	for (i = 0; i < count * 2; i++) {
		const struct split *split = &splits[i / 2];
		unsigned from = i & 1 ? PT_RO : PT_RW;
		uint64_t allocs;

		pt_map(f, f->base, PT_DATA, leaf, from);
		allocs = hvpt_arena_allocs(f->arena);
		assert_int_equal(pt_checked_protect(f, f->base + split->first,
						    split->length, from ^ 2),
				 HVPT_OK);
		assert_int_equal(hvpt_arena_allocs(f->arena) - allocs,
				 split->taken);
		pt_expect_leaves(f, split->small, split->large, 0);
		pt_unmap(f, f->base, leaf);
		pt_flush(f);
	}
}

static void test_splits_of_2m(void **state)
{
	static const struct split splits[] = {
		{ 0, PT_4K, 1, 512, 0 },
		{ PT_4K, PT_4K, 1, 512, 0 },
		{ PT_2M - PT_4K, PT_4K, 1, 512, 0 },
		{ PT_4K, PT_2M - 2 * PT_4K, 1, 512, 0 },
		{ 0, PT_2M - PT_4K, 1, 512, 0 },
		{ PT_4K, PT_2M - PT_4K, 1, 512, 0 },
	};

	run_splits(*state, PT_2M, splits, PT_COUNT(splits));
}

static void test_splits_of_1g(void **state)
{
	static const struct split splits[] = {
		{ 0, PT_2M, 1, 0, 512 },
		{ PT_1G - PT_2M, PT_2M, 1, 0, 512 },
		{ PT_1G / 2, PT_4K, 2, 512, 511 },
		{ PT_4K, PT_4K, 2, 512, 511 },
		{ PT_1G - PT_4K, PT_4K, 2, 512, 511 },
		{ PT_4K, PT_1G - 2 * PT_4K, 3, 1024, 510 },
		{ PT_4K, PT_2M - 2 * PT_4K, 2, 512, 511 },
	};

	run_splits(*state, PT_1G, splits, PT_COUNT(splits));
}

static void test_split_of_two_1g(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t allocs;

	pt_map(f, f->base, PT_DATA, 3 * PT_1G, PT_RW);
	allocs = hvpt_arena_allocs(f->arena);
	assert_int_equal(pt_checked_protect(f, f->base + PT_4K,
					    3 * PT_1G - 2 * PT_4K, PT_RO),
			 HVPT_OK);
	assert_int_equal(hvpt_arena_allocs(f->arena) - allocs, 4);
	pt_expect_leaves(f, 1024, 1022, 1);
}

/* Only the end whose permission differs is split. */
static void test_a_leaf_with_the_permission_is_not_split(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t allocs;

	pt_map(f, f->base, PT_DATA, PT_2M, PT_RO);
	pt_map(f, f->base + PT_2M, PT_DATA, PT_2M, PT_RW);
	allocs = hvpt_arena_allocs(f->arena);
	assert_int_equal(pt_checked_protect(f, f->base + PT_4K, PT_2M, PT_RO),
			 HVPT_OK);
	assert_int_equal(hvpt_arena_allocs(f->arena) - allocs, 1);
	pt_expect_leaves(f, 512, 1, 0);
}

/* D of pages a device wrote stays through every change. */
static void test_dirty_stays(void **state)
{
	struct pt_fixture *f = *state;
	bool track = f->params->flags & HVPT_PT_TRACK_DIRTY;

	pt_map(f, f->base, PT_DATA, 3 * PT_4K, PT_RW);
	pt_device_write(f, f->base + PT_4K);
	pt_checked_protect(f, f->base, 3 * PT_4K, PT_RO);
	assert_int_equal(pt_entry(f, f->base + PT_4K, 0) & 0x40, 0x40);
	pt_checked_protect(f, f->base, 3 * PT_4K, PT_RW);
	assert_int_equal(pt_entry(f, f->base + PT_4K, 0) & 0x40, 0x40);
	assert_int_equal(pt_entry(f, f->base, 0) & 0x40, track ? 0 : 0x40);
}

static void test_dirty_of_what_becomes_writable(void **state)
{
	struct pt_fixture *f = *state;
	bool track = f->params->flags & HVPT_PT_TRACK_DIRTY;

	pt_map(f, f->base, PT_DATA, 2 * PT_4K, PT_RO);
	assert_int_equal(pt_entry(f, f->base, 0) & 0x40, 0);
	pt_checked_protect(f, f->base, PT_4K, PT_RW);
	assert_int_equal(pt_entry(f, f->base, 0) & 0x40, track ? 0 : 0x40);
	assert_int_equal(pt_entry(f, f->base + PT_4K, 0) & 0x40, 0);
}

static void test_split_keeps_dirty_and_accessed(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, PT_2M, PT_RW);
	pt_map(f, f->base + PT_1G, PT_DATA, PT_1G, PT_RO);
	pt_device_write(f, f->base + PT_2M - 1);
	pt_plant(f, f->base + PT_1G, 2,
		 pt_entry(f, f->base + PT_1G, 2) & ~0x20ull);
	pt_checked_protect(f, f->base + PT_4K, PT_4K, PT_RO);
	pt_checked_protect(f, f->base + PT_1G + PT_4K, PT_2M, PT_RW);
	assert_int_equal(pt_entry(f, f->base + PT_4K, 0) & 0x60, 0x60);
	assert_int_equal(pt_entry(f, f->base + PT_1G + PT_4K, 0) & 0x20, 0);
}

/* A device writes after the scan, before the split. */
static void write_on_alloc(struct pt_fixture *f)
{
	pt_device_write(f, f->base + 77);
	f->on_alloc = NULL;
}

static void test_split_sees_a_late_dirty(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, PT_2M, PT_RW);
	f->on_alloc = write_on_alloc;
	pt_protect(f, f->base + PT_4K, PT_4K, PT_RO);
	assert_true(f->on_alloc == NULL);
	assert_int_equal(pt_entry(f, f->base, 0) & 0x40, 0x40);
	assert_int_equal(pt_entry(f, f->base + PT_4K, 0) & 0x42, 0x40);
	pt_check(f);
}

static void test_ends_of_the_form(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t end = pt_lower_last(f->params) + 1;

	pt_map(f, end - 2 * PT_4K, PT_DATA, 2 * PT_4K, PT_RW);
	assert_int_equal(pt_checked_protect(f, end - PT_4K, PT_4K, PT_RO),
			 HVPT_OK);
	if (!pt_upper_first(f->params))
		return;
	pt_map(f, 0 - 2 * PT_4K, PT_DATA, 2 * PT_4K, PT_RO);
	assert_int_equal(pt_checked_protect(f, 0 - PT_4K, PT_4K, PT_RW),
			 HVPT_OK);
	assert_true(pt_gather_is(&f->gather, 0 - PT_4K, UINT64_MAX));
}

int main(void)
{
	static const struct pt_case cases[] = {
		PT_CASE(test_back_and_forth),
		PT_CASE(test_same_permission_is_left_alone),
		PT_CASE(test_holes_are_refused),
		PT_CASE(test_dirty_stays),
		PT_CASE(test_dirty_of_what_becomes_writable),
		PT_CASE(test_ends_of_the_form),
	};
	static const struct pt_case large_cases[] = {
		PT_CASE(test_hole_behind_a_large_leaf),
		PT_CASE(test_whole_large_leaves),
		PT_CASE(test_splits_of_2m),
		PT_CASE(test_splits_of_1g),
		PT_CASE(test_split_of_two_1g),
		PT_CASE(test_a_leaf_with_the_permission_is_not_split),
		PT_CASE(test_split_keeps_dirty_and_accessed),
		PT_CASE(test_split_sees_a_late_dirty),
	};
	int failed;

	failed = pt_run("pt_protect", cases, PT_COUNT(cases), pt_main,
			pt_main_count);
	failed += pt_run("pt_protect_large", large_cases, PT_COUNT(large_cases),
			 pt_main, pt_main_large_count);
	return failed;
}
