/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The n-th allocation fails, for n = 1 until the call succeeds: after each
 * failure every translation, every table page and the gather are as before.
 * The same with the n-th page unusable instead.
 */
#include <string.h>

#include "tests/support/pt_check.h"

struct shape {
	const char *name;
	void (*build)(struct pt_fixture *f);
	enum hvpt_status (*call)(struct pt_fixture *f);
	bool large; /* needs 2M and 1G leaves */
};

static void build_nothing(struct pt_fixture *f)
{
	(void)f;
}

static void build_around(struct pt_fixture *f)
{
	pt_map(f, f->base - 5 * PT_1G, PT_DATA + PT_4K, 2 * PT_4K, PT_RO);
	pt_map(f, f->base + PT_1G, PT_DATA + PT_4K, PT_4K, PT_RW);
}

static void build_leftovers(struct pt_fixture *f)
{
	unsigned n;

	for (n = 0; n < 4; n++) {
		pt_map(f, f->base + n * PT_2M, PT_DATA, PT_4K, PT_RW);
		pt_unmap(f, f->base + n * PT_2M, PT_4K);
	}
	pt_flush(f);
}

static enum hvpt_status map_page(struct pt_fixture *f)
{
	return pt_try_map(f, f->base, PT_DATA, PT_4K, PT_RW);
}

/* Across a 1 GiB border, so with two level 1 tables. */
static enum hvpt_status map_pages(struct pt_fixture *f)
{
	return pt_try_map(f, f->base - 3 * PT_2M, PT_DATA + PT_4K, 7 * PT_2M,
			  PT_RW);
}

static enum hvpt_status map_mixed(struct pt_fixture *f)
{
	return pt_try_map(f, f->base - PT_1G - PT_4K, PT_DATA - PT_4K,
			  PT_1G + PT_2M + 2 * PT_4K, PT_RO);
}

static enum hvpt_status map_to_the_end(struct pt_fixture *f)
{
	uint64_t end = pt_lower_last(f->params) + 1;

	return pt_try_map(f, end - PT_2M - PT_4K, PT_DATA, PT_2M + PT_4K,
			  PT_RW);
}

static enum hvpt_status map_over_leftovers(struct pt_fixture *f)
{
	return pt_try_map(f, f->base + PT_2M - PT_4K, PT_DATA - PT_4K,
			  4 * PT_2M, PT_RW);
}

static enum hvpt_status map_without_gather(struct pt_fixture *f)
{
	return hvpt_pt_map(&f->pt, hvpt_iova(f->base), hvpt_gpa(PT_DATA),
			   6 * PT_2M + PT_4K, PT_RW, NULL);
}

static enum hvpt_status map_list(struct pt_fixture *f)
{
	static const struct hvpt_segment segments[] = {
		{ { PT_DATA }, PT_2M + 3 * PT_4K },
		{ { PT_DATA + PT_1G }, 2 * PT_2M },
		{ { PT_DATA }, PT_4K },
		{ { PT_DATA + PT_4K }, PT_2M },
	};

	return hvpt_pt_map_list(&f->pt, hvpt_iova(f->base - PT_2M), segments,
				PT_COUNT(segments), PT_RW, &f->gather);
}

static void build_huge(struct pt_fixture *f)
{
	pt_map(f, f->base, PT_DATA, 3 * PT_1G, PT_RW);
}

static void build_large(struct pt_fixture *f)
{
	pt_map(f, f->base, PT_DATA, 3 * PT_2M, PT_RW);
}

static enum hvpt_status unmap(struct pt_fixture *f, uint64_t first,
			      uint64_t length)
{
	uint64_t unmapped = 12345;
	enum hvpt_status status;

	status = hvpt_pt_unmap(&f->pt, hvpt_iova(f->base + first), length,
			       &f->gather, &unmapped);
	assert_int_equal(unmapped, status == HVPT_OK ? length : 12345);
	return status;
}

static enum hvpt_status unmap_page(struct pt_fixture *f)
{
	return unmap(f, PT_2M, PT_4K);
}

static enum hvpt_status unmap_two_ends(struct pt_fixture *f)
{
	return unmap(f, PT_1G - PT_4K, PT_1G + 2 * PT_4K);
}

static enum hvpt_status unmap_inside(struct pt_fixture *f)
{
	return unmap(f, PT_4K, 2 * PT_2M);
}

static enum hvpt_status protect_page(struct pt_fixture *f)
{
	return pt_try_protect(f, f->base + PT_2M + PT_4K, PT_4K, PT_RO);
}

static enum hvpt_status protect_two_ends(struct pt_fixture *f)
{
	return pt_try_protect(f, f->base + PT_4K, 3 * PT_1G - 2 * PT_4K, PT_RO);
}

static enum hvpt_status protect_inside(struct pt_fixture *f)
{
	return pt_try_protect(f, f->base + PT_4K, 2 * PT_2M, PT_RO);
}

static const struct shape shapes[] = {
	{ "one page", build_nothing, map_page, false },
	{ "one page beside others", build_around, map_page, false },
	{ "small leaves", build_nothing, map_pages, false },
	{ "small leaves beside others", build_around, map_pages, false },
	{ "all sizes", build_nothing, map_mixed, true },
	{ "all sizes beside others", build_around, map_mixed, true },
	{ "the end", build_nothing, map_to_the_end, false },
	{ "over leftovers", build_leftovers, map_over_leftovers, false },
	{ "no gather", build_leftovers, map_without_gather, false },
	{ "list", build_nothing, map_list, false },
	{ "list over leftovers", build_leftovers, map_list, false },
	{ "unmap a page of 1G", build_huge, unmap_page, true },
	{ "unmap two ends of 1G", build_huge, unmap_two_ends, true },
	{ "unmap inside 1G", build_huge, unmap_inside, true },
	{ "unmap a page of 2M", build_large, unmap_page, true },
	{ "unmap two ends of 2M", build_large, unmap_inside, true },
	{ "protect a page of 1G", build_huge, protect_page, true },
	{ "protect two ends of 1G", build_huge, protect_two_ends, true },
	{ "protect inside 1G", build_huge, protect_inside, true },
	{ "protect a page of 2M", build_large, protect_page, true },
	{ "protect two ends of 2M", build_large, protect_inside, true },
};

/* Makes the @n-th allocation from now on useless in some way. */
typedef void (*arm_fn)(struct pt_fixture *f, uint64_t n);

static void arm_fail(struct pt_fixture *f, uint64_t n)
{
	hvpt_arena_fail_at(f->arena, n);
}

static void arm_misaligned(struct pt_fixture *f, uint64_t n)
{
	f->pointer_offset = 0x10;
	f->spoil_at = n;
}

/* Its gpa ends up at or above 2^52. */
static void arm_too_high(struct pt_fixture *f, uint64_t n)
{
	f->pointer_offset = 1ull << 52;
	f->spoil_at = n;
}

/* Its gpa has a bit of the table mask, if there is one. */
static void arm_masked(struct pt_fixture *f, uint64_t n)
{
	f->pointer_offset = f->params->table_mask;
	f->spoil_at = n;
}

static uint64_t sweep(struct pt_fixture *f, const struct shape *shape,
		      arm_fn arm, enum hvpt_status want)
{
	uint64_t n;

	for (n = 1;; n++) {
		struct pt_snapshot before = pt_snapshot(f);
		uint64_t allocs = hvpt_arena_allocs(f->arena);
		enum hvpt_status status;

		arm(f, n);
		status = shape->call(f);
		arm_fail(f, 0);
		f->spoil_at = 0;
		if (status == HVPT_OK) {
			pt_leaves_free(&before.leaves);
			/* Each page it took had its turn to fail. */
			assert_int_equal(hvpt_arena_allocs(f->arena) - allocs,
					 n - 1);
			pt_check(f);
			return n - 1;
		}
		if (status != want)
			print_error("%s, page %u: %s\n", shape->name,
				    (unsigned)n, hvpt_status_name(status));
		assert_int_equal(status, want);
		pt_unchanged(f, &before);
	}
}

static void run(struct pt_fixture *f, arm_fn arm, enum hvpt_status want)
{
	size_t i;

	for (i = 0; i < PT_COUNT(shapes); i++) {
		const struct shape *shape = &shapes[i];

		if (shape->large && f->sizes != PT_SIZES_ALL)
			continue;
		shape->build(f);
		sweep(f, shape, arm, want);
		/* Start over, with an empty tree. */
		pt_flush(f);
		hvpt_pt_destroy(&f->pt);
		assert_int_equal(hvpt_arena_in_use(f->arena), 0);
		assert_int_equal(hvpt_pt_init(&f->pt, &f->config), HVPT_OK);
	}
}

static void test_no_memory(void **state)
{
	run(*state, arm_fail, HVPT_ERR_NO_MEMORY);
}

static void test_misaligned_page(void **state)
{
	run(*state, arm_misaligned, HVPT_ERR_TABLE_PAGE);
}

static void test_page_above_2_to_the_52(void **state)
{
	run(*state, arm_too_high, HVPT_ERR_TABLE_PAGE);
}

static void test_page_inside_the_table_mask(void **state)
{
	struct pt_fixture *f = *state;

	if (f->params->table_mask)
		run(f, arm_masked, HVPT_ERR_TABLE_PAGE);
}

/* Calls that need no page do not ask for one. */
static void test_no_page_needed(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t allocs;

	pt_map(f, f->base, PT_DATA + PT_4K, 10 * PT_4K, PT_RW);
	allocs = hvpt_arena_allocs(f->arena);
	pt_checked_map(f, f->base + 10 * PT_4K, PT_DATA, PT_4K, PT_RW);
	pt_checked_map(f, f->base + 10 * PT_4K, PT_DATA, PT_4K, PT_RW);
	pt_checked_map(f, f->base, PT_DATA, PT_2M, PT_RW);
	pt_checked_protect(f, f->base, 5 * PT_4K, PT_RO);
	pt_checked_dirty(f, f->base, 10 * PT_4K, 0);
	pt_checked_unmap(f, f->base + PT_4K, PT_4K);
	pt_checked_unmap(f, f->base, PT_2M);
	pt_checked_unmap(f, f->base, PT_1G);
	pt_checked_reclaim(f, f->base, PT_1G);
	assert_int_equal(hvpt_arena_allocs(f->arena), allocs);
}

/* A map takes no page before all of its range was found empty. */
static void test_no_page_before_a_conflict(void **state)
{
	struct pt_fixture *f = *state;
	const uint64_t last = f->base + 5 * PT_2M - PT_4K;
	uint64_t allocs;

	pt_map(f, last, PT_DATA, PT_4K, PT_RW);
	allocs = hvpt_arena_allocs(f->arena);
	assert_int_equal(pt_try_map(f, f->base - PT_1G, PT_DATA + PT_4K,
				    PT_1G + 5 * PT_2M, PT_RW),
			 HVPT_ERR_OVERLAP);
	assert_int_equal(pt_try_map(f, f->base, PT_DATA, 5 * PT_2M, PT_RW),
			 HVPT_ERR_OVERLAP);
	assert_int_equal(hvpt_arena_allocs(f->arena), allocs);
}

int main(void)
{
	static const struct pt_case cases[] = {
		PT_CASE(test_no_memory),
		PT_CASE(test_misaligned_page),
		PT_CASE(test_page_above_2_to_the_52),
		PT_CASE(test_page_inside_the_table_mask),
		PT_CASE(test_no_page_needed),
		PT_CASE(test_no_page_before_a_conflict),
	};

	return pt_run("pt_nomem", cases, PT_COUNT(cases), pt_main,
		      pt_main_count);
}
