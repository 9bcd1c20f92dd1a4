/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Bugs other page-table code had in public, one test for each, by the number
 * of its row in a catalogue of such bugs.
 *
 * Rows tested elsewhere: 45, 49, 105, 112 (test_pt_threads), 57
 * (test_pt_protect), 106, 108 (test_pt_noncoherent). Rows about page tables
 * that do not apply: 5 (no dirty bitmap, so no granule to divide by), 25 and
 * 27 (no allocator of IOVAs), 95 (every access is one 64-bit atomic), 103 (no
 * queue), 145 (HVPT_MUST_CHECK and -Werror see to it).
 */
#include <string.h>

#include "tests/support/pt_check.h"

#define TOP_PAGE 0xfffffffffffff000ull

static const struct pt_params four = {
	4, 48, HVPT_IOVA_CANONICAL, PT_SIZES_ALL, 0, 0, false, false
};
static const struct pt_params five = {
	5, 57, HVPT_IOVA_CANONICAL, PT_SIZES_ALL, 0, 0, false, false
};

/* ---- overflow at the top --------------------------------------------- */

static void test_catalogue_001_gather_end_is_inclusive(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, TOP_PAGE, PT_DATA, PT_4K, PT_RW);
	assert_int_equal(pt_checked_unmap(f, TOP_PAGE, PT_4K), PT_4K);
	assert_false(hvpt_gather_is_empty(&f->gather));
	assert_true(pt_gather_is(&f->gather, TOP_PAGE, UINT64_MAX));
}

static void test_catalogue_003_page_size_at_the_top(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t iova = 0xffffffffc0000000;

	assert_int_equal(pt_checked_map(f, iova, 0, PT_1G, PT_RW), HVPT_OK);
	pt_expect_leaves(f, 0, 0, 1);
	pt_checked_unmap(f, iova, PT_1G);
	assert_int_equal(pt_try_map(f, iova, 0, PT_1G + PT_2M, PT_RW),
			 HVPT_ERR_WRAP);
}

static void test_catalogue_007_sum_of_segments_has_64_bits(void **state)
{
	static const struct hvpt_segment segments[] = {
		{ { 0x80000000 }, 0x80000000 },
		{ { 0x80000000 }, 0x80000000 },
		{ { 0x80000000 }, 0x80000000 },
	};
	struct pt_fixture *f = *state;

	assert_int_equal(pt_checked_map_list(f, f->base, segments, 3, PT_RW),
			 HVPT_OK);
	pt_expect_leaves(f, 0, 0, 6);
	assert_int_equal(pt_checked_unmap(f, f->base, 0x180000000),
			 0x180000000);
}

static void test_catalogue_008_range_ends_with_the_space(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t iova = 0 - PT_2M - PT_4K;

	assert_int_equal(pt_checked_map(f, iova, PT_DATA - PT_4K, PT_2M + PT_4K,
					PT_RW),
			 HVPT_OK);
	pt_expect(f, UINT64_MAX, PT_DATA + PT_2M - 1, PT_RW);
	pt_expect_leaves(f, 1, 1, 0);
}

static bool count_leaf(void *ctx, hvpt_iova_t iova,
		       const struct hvpt_mapping *mapping)
{
	unsigned *count = ctx;

	(void)iova;
	(void)mapping;
	return ++*count < 1000; /* an endless visit would stop here */
}

static void test_catalogue_010_iterating_to_the_last_page(void **state)
{
	struct pt_fixture *f = *state;
	const struct hvpt_iova_range range = { hvpt_iova(0xffffffffffffe000),
					       hvpt_iova(UINT64_MAX) };
	unsigned count = 0;

	pt_map(f, 0xffffffffffffe000, PT_DATA, 2 * PT_4K, PT_RW);
	pt_map(f, 0, PT_DATA, PT_4K, PT_RW);
	assert_int_equal(hvpt_pt_visit(&f->pt, &range, count_leaf, &count),
			 HVPT_OK);
	assert_int_equal(count, 2);
}

static void test_catalogue_012_lookup_of_any_address(void **state)
{
	static const uint64_t iovas[] = {
		1ull << 47,
		1ull << 48,
		1ull << 52,
		1ull << 56,
		1ull << 57,
		UINT64_MAX >> 1,
		1ull << 63,
		0xffff7fffffffffff,
		0xfeffffffffffffff,
		UINT64_MAX,
		0,
	};
	struct pt_fixture *f = *state;
	struct hvpt_mapping mapping;
	size_t i;

	for (i = 0; i < PT_COUNT(iovas); i++) {
		bool in = iovas[i] <= pt_lower_last(f->params) ||
			  iovas[i] >= pt_upper_first(f->params);

		assert_int_equal(
			hvpt_pt_lookup(&f->pt, hvpt_iova(iovas[i]), &mapping),
			in ? HVPT_ERR_NOT_MAPPED : HVPT_ERR_IOVA_RANGE);
	}
}

/* Shifts of 48 and 57 bits; the sanitizer sees a bad one. */
static void test_catalogue_014_widest_shifts(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t bytes = pt_lower_last(f->params) + 1;

	assert_int_equal(pt_checked_unmap(f, 0, bytes), 0);
	assert_int_equal(pt_checked_reclaim(f, ~(bytes - 1), bytes), 0);
	pt_map(f, bytes - PT_1G, PT_DATA, PT_1G, PT_RW);
	assert_int_equal(pt_checked_unmap(f, 0, bytes), PT_1G);
}

static void test_catalogue_016_gpa_plus_length_wraps(void **state)
{
	struct pt_fixture *f = *state;
	struct pt_snapshot before = pt_snapshot(f);

	assert_int_equal(pt_try_map(f, f->base, TOP_PAGE, 2 * PT_4K, PT_RW),
			 HVPT_ERR_GPA_RANGE);
	pt_unchanged(f, &before);
}

/* ---- ends, empty ranges ---------------------------------------------- */

static void test_catalogue_017_one_page_too_many(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, 16 * PT_4K, PT_RW);
	pt_expect(f, f->base + 16 * PT_4K - 1, PT_DATA + 16 * PT_4K - 1, PT_RW);
	pt_expect_none(f, f->base + 16 * PT_4K);
	pt_expect_none(f, f->base - 1);
}

static void test_catalogue_019_width_chooses_the_levels(void **state)
{
	static const struct {
		uint32_t width;
		uint32_t levels;
	} cases[] = {
		{ 38, 4 }, { 39, 4 }, { 40, 4 }, { 47, 4 },
		{ 48, 4 }, { 49, 5 }, { 56, 5 }, { 57, 5 },
	};
	struct pt_fixture *f = *state;
	size_t i;

	for (i = 0; i < PT_COUNT(cases); i++) {
		struct hvpt_pt_config config = f->config;
		struct hvpt_pagetable pt;

		config.levels = 0;
		config.width = cases[i].width;
		config.form = HVPT_IOVA_PLAIN;
		assert_int_equal(hvpt_pt_init(&pt, &config), HVPT_OK);
		assert_int_equal(pt.levels, cases[i].levels);
		hvpt_pt_destroy(&pt);
	}
}

/* All entries of a root, first to last, are used and given back. */
static void test_catalogue_021_every_root_entry(void **state)
{
	struct pt_fixture *f = *state;
	unsigned shift = 12 + 9 * (f->params->levels - 1);
	uint64_t entry;

	for (entry = 0; entry < 512; entry++) {
		uint64_t iova = entry << shift;

		if (entry >= 256)
			iova |= pt_upper_first(f->params);
		pt_map(f, iova, PT_DATA + entry * PT_4K, PT_4K, PT_RW);
	}
	assert_int_equal(hvpt_pt_tables(&f->pt),
			 1 + 512 * (f->params->levels - 1));
	pt_check(f);
	hvpt_pt_destroy(&f->pt);
	assert_int_equal(hvpt_arena_in_use(f->arena), 0);
	assert_int_equal(hvpt_pt_init(&f->pt, &f->config), HVPT_OK);
}

static void test_catalogue_023_last_address_of_the_lower_half(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t last = f->params->levels == 4 ? 0x00007fffffffffff :
						 0x00ffffffffffffff;

	assert_int_equal(pt_checked_map(f, last - 0xfff, PT_DATA, PT_4K, PT_RW),
			 HVPT_OK);
	pt_expect(f, last, PT_DATA + 0xfff, PT_RW);
	assert_int_equal(pt_try_map(f, last + 1, PT_DATA, PT_4K, PT_RW),
			 HVPT_ERR_IOVA_RANGE);
}

static void test_catalogue_029_exactly_length_over_page_size(void **state)
{
	struct pt_fixture *f = *state;
	unsigned count;

	for (count = 1; count < 20; count++) {
		struct pt_leaves leaves;

		pt_map(f, f->base, PT_DATA + PT_4K, count * PT_4K, PT_RO);
		leaves = pt_scan(f);
		assert_int_equal(leaves.count, count);
		pt_leaves_free(&leaves);
		pt_unmap(f, f->base, count * PT_4K);
	}
}

/* ---- page sizes ------------------------------------------------------ */

static void test_catalogue_031_gpa_not_aligned_for_a_large_leaf(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, 0, 0x2000, PT_1G, PT_RW);
	pt_expect_leaves(f, 262144, 0, 0);
	pt_expect(f, PT_1G - 1, 0x2000 + PT_1G - 1, PT_RW);
}

static void test_catalogue_033_page_size_boundary(void **state)
{
	struct pt_fixture *f = *state;

	assert_int_equal(pt_checked_map(f, 0xfef80000, 0x208b95d000, 0x20000,
					PT_RW),
			 HVPT_OK);
	pt_expect_range(f, 0xfef80000, 0x208b95d000, 0x20000, PT_RW);
}

static void test_catalogue_035_unmap_does_not_shatter(void **state)
{
	static const uint64_t sizes[] = { PT_2M, PT_1G };
	struct pt_fixture *f = *state;
	size_t i;

	for (i = 0; i < PT_COUNT(sizes); i++) {
		uint64_t allocs;

		pt_map(f, f->base, PT_DATA, sizes[i], PT_RW);
		allocs = hvpt_arena_allocs(f->arena);
		assert_int_equal(pt_checked_unmap(f, f->base, sizes[i]),
				 sizes[i]);
		assert_int_equal(hvpt_arena_allocs(f->arena), allocs);
		pt_expect_leaves(f, 0, 0, 0);
	}
}

static void test_catalogue_037_one_call_over_two_tables(void **state)
{
	struct pt_fixture *f = *state;

	assert_int_equal(pt_checked_map(f, f->base + 100 * PT_4K,
					PT_DATA + PT_4K, 512 * PT_4K, PT_RW),
			 HVPT_OK);
	pt_expect_leaves(f, 512, 0, 0);
}

static void test_catalogue_039_no_leaf_outside_the_bitmap(void **state)
{
	static const uint64_t bitmaps[] = {
		PT_SIZES_4K,
		PT_SIZES_2M,
		PT_SIZES_ALL,
	};
	struct pt_fixture *f = *state;
	size_t i;

	for (i = 0; i < PT_COUNT(bitmaps); i++) {
		struct hvpt_pt_config config = f->config;
		struct hvpt_pagetable pt;
		struct hvpt_audit report;

		config.page_sizes = bitmaps[i];
		assert_int_equal(hvpt_pt_init(&pt, &config), HVPT_OK);
		assert_int_equal(hvpt_pt_map(&pt, hvpt_iova(f->base),
					     hvpt_gpa(PT_DATA), PT_1G, PT_RW,
					     NULL),
				 HVPT_OK);
		assert_int_equal(hvpt_pt_audit(&pt, NULL, NULL, &report),
				 HVPT_OK);
		assert_int_equal(report.leaves[0], i == 0 ? 262144 : 0);
		assert_int_equal(report.leaves[1], i == 1 ? 512 : 0);
		assert_int_equal(report.leaves[2], i == 2 ? 1 : 0);
		hvpt_pt_destroy(&pt);
	}
}

static void test_catalogue_041_bitmap_without_4k(void **state)
{
	static const uint64_t bitmaps[] = { 0, PT_2M, PT_1G, PT_2M | PT_1G };
	struct pt_fixture *f = *state;
	size_t i;

	for (i = 0; i < PT_COUNT(bitmaps); i++) {
		struct hvpt_pt_config config = f->config;
		struct hvpt_pagetable pt;

		config.page_sizes = bitmaps[i];
		assert_int_equal(hvpt_pt_init(&pt, &config),
				 HVPT_ERR_PAGE_SIZES);
	}
}

/* ---- leaf or table, splits --------------------------------------------- */

/* Every page of the arena's first 2 MiB, as data a guest filled. */
static uint64_t take_2m_of_data(struct pt_fixture *f)
{
	uint64_t first = ~(uint64_t)0;
	uint64_t page[512];
	unsigned i, k;

	for (i = 0; i < 512; i++) {
		void *data = hvpt_arena_ops.alloc_page(f->arena);

		assert_non_null(data);
		page[i] = (uint64_t)(uintptr_t)data -
			  hvpt_arena_offset(f->arena);
		first = page[i] < first ? page[i] : first;
		/* As a table would look that maps all of low memory. */
		for (k = 0; k < 512; k++)
			((uint64_t *)data)[k] = (uint64_t)k * PT_4K | 0x67;
	}
	f->extra_pages = 512;
	return first & ~(PT_2M - 1);
}

static bool data_is_untouched(struct pt_fixture *f, uint64_t gpa)
{
	uint64_t at;

	for (at = gpa; at < gpa + PT_2M; at += 8) {
		uint64_t word;

		/* The first pages went to the root, not to data. */
		if (!hvpt_arena_read64(f->arena, at, &word))
			continue;
		if (at / PT_4K == hvpt_pt_root_gpa(&f->pt).value / PT_4K)
			continue;
		if (word != (at / 8 % 512 * PT_4K | 0x67))
			return false;
	}
	return true;
}

/* Mapped memory that looks like a table must never be read as one. */
static void test_catalogue_043_data_is_not_a_table(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t gpa = take_2m_of_data(f);

	pt_map(f, f->base, gpa, PT_2M, PT_RW);
	pt_unmap(f, f->base + PT_4K, PT_4K);
	assert_true(data_is_untouched(f, gpa));
	pt_map(f, f->base + PT_4K, gpa + PT_4K, PT_4K, PT_RW);
	pt_protect(f, f->base, PT_2M, PT_RO);
	pt_unmap(f, f->base, PT_2M);
	assert_true(data_is_untouched(f, gpa));
	pt_map(f, f->base, gpa, PT_2M, PT_RW);
	pt_unmap(f, f->base, PT_2M);
	assert_true(data_is_untouched(f, gpa));
	pt_flush(f);
	assert_true(data_is_untouched(f, gpa));
}

static void test_catalogue_047_split_keeps_read_only(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, PT_2M, PT_RO);
	pt_checked_unmap(f, f->base + 7 * PT_4K, PT_4K);
	pt_expect_range(f, f->base, PT_DATA, 7 * PT_4K, PT_RO);
	pt_expect_range(f, f->base + 8 * PT_4K, PT_DATA + 8 * PT_4K,
			504 * PT_4K, PT_RO);
}

static void test_catalogue_051_unmap_of_nothing_makes_nothing(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t allocs;

	pt_map(f, f->base + PT_2M, PT_DATA, PT_2M, PT_RW);
	allocs = hvpt_arena_allocs(f->arena);
	assert_int_equal(pt_checked_unmap(f, f->base + PT_4K, PT_4K), 0);
	assert_int_equal(hvpt_arena_allocs(f->arena), allocs);
	assert_int_equal(pt_entry(f, f->base, 1), 0);
}

static void test_catalogue_053_split_without_memory(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t unmapped = 99;
	struct pt_snapshot before;

	pt_map(f, f->base, PT_DATA, PT_2M, PT_RW);
	before = pt_snapshot(f);
	hvpt_arena_fail_at(f->arena, 1);
	assert_int_equal(hvpt_pt_unmap(&f->pt, hvpt_iova(f->base), PT_4K,
				       &f->gather, &unmapped),
			 HVPT_ERR_NO_MEMORY);
	assert_int_equal(unmapped, 99);
	pt_unchanged(f, &before);
}

/* The hook maps beside the call it serves, in the same missing table. */
static void map_beside(struct pt_fixture *f)
{
	f->on_alloc = NULL;
	assert_int_equal(hvpt_pt_map(&f->pt, hvpt_iova(f->base + PT_4K),
				     hvpt_gpa(PT_DATA), PT_4K, PT_RW, NULL),
			 HVPT_OK);
}

static void test_catalogue_055_hook_enters_again(void **state)
{
	struct pt_fixture *f = *state;

	f->on_alloc = map_beside;
	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	pt_expect(f, f->base, PT_DATA, PT_RW);
	pt_expect(f, f->base + PT_4K, PT_DATA, PT_RW);
	/* No table was made twice, no page is lost. */
	assert_int_equal(hvpt_pt_tables(&f->pt), f->params->levels);
	pt_check(f);
}

static void test_catalogue_059_offset_inside_a_large_leaf(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t offset;

	pt_map(f, f->base, PT_DATA, PT_1G, PT_RW);
	pt_map(f, f->base + PT_1G, PT_DATA, PT_2M, PT_RW);
	for (offset = 1; offset < PT_1G; offset = offset * 3 + 1) {
		pt_expect(f, f->base + offset, PT_DATA + offset, PT_RW);
		if (offset < PT_2M)
			pt_expect(f, f->base + PT_1G + offset, PT_DATA + offset,
				  PT_RW);
	}
}

/* ---- flushes --------------------------------------------------------- */

static void test_catalogue_061_gather_covers_a_split_leaf(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, PT_2M, PT_RW);
	pt_checked_unmap(f, f->base, PT_4K);
	assert_true(pt_gather_is(&f->gather, f->base, f->base + PT_2M - 1));
	pt_map(f, f->base + PT_1G, PT_DATA, PT_1G, PT_RW);
	pt_checked_unmap(f, f->base + PT_1G + PT_2M, PT_4K);
	assert_true(pt_gather_is(&f->gather, f->base + PT_1G,
				 f->base + 2 * PT_1G - 1));
}

static void test_catalogue_063_hole_needs_no_flush(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	assert_int_equal(pt_checked_unmap(f, f->base + PT_4K, 3 * PT_4K), 0);
	assert_true(hvpt_gather_is_empty(&f->gather));
	assert_false(hvpt_gather_publish(&f->gather));
}

static void test_catalogue_069_less_is_flushed_more_mapped_is_not(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	assert_true(hvpt_gather_is_empty(&f->gather));
	pt_checked_protect(f, f->base, PT_4K, PT_RO);
	assert_true(pt_gather_is(&f->gather, f->base, f->base + PT_4K - 1));
	pt_checked_unmap(f, f->base, PT_4K);
	assert_true(pt_gather_is(&f->gather, f->base, f->base + PT_4K - 1));
}

static void test_catalogue_073_flush_starts_at_the_former_block(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, PT_2M, PT_RW);
	pt_checked_unmap(f, f->base + PT_2M - PT_4K, PT_4K);
	assert_true(pt_gather_covers(&f->gather, f->base, f->base));
}

/* ---- freeing tables -------------------------------------------------- */

/*
 * A walker with the old table pointer: until the release the page is not
 * given back, and its first entry reads as not present.
 */
static void test_catalogue_085_tables_outlive_the_flush(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t table, entry;
	size_t in_use;

	pt_map(f, f->base, PT_DATA + PT_4K, PT_2M, PT_RW);
	table = pt_entry(f, f->base, 1) & HVPT_PTE_ADDR;
	in_use = hvpt_arena_in_use(f->arena);
	pt_unmap(f, f->base, PT_2M);
	assert_int_equal(f->gather.table_count, 1);
	assert_int_equal(hvpt_arena_in_use(f->arena), in_use);
	assert_true(hvpt_arena_read64(f->arena, table, &entry));
	assert_int_equal(entry & 1, 0);
	pt_flush(f);
	assert_false(hvpt_arena_read64(f->arena, table, &entry));
}

/* Without memory too: what a failing call frees was never visible. */
static void test_catalogue_087_errors_free_nothing_visible(void **state)
{
	struct pt_fixture *f = *state;
	struct pt_snapshot before;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	before = pt_snapshot(f);
	hvpt_arena_fail_at(f->arena, 2);
	assert_int_equal(pt_try_map(f, f->base + PT_2M - PT_4K, PT_DATA,
				    2 * PT_2M, PT_RW),
			 HVPT_ERR_NO_MEMORY);
	pt_unchanged(f, &before);
	pt_check(f);
}

/* Tables under tables, and leaves of each size beside them. */
static void test_catalogue_089_no_table_is_forgotten(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base - PT_4K, PT_DATA - PT_4K, 2 * PT_1G + PT_2M + PT_4K,
	       PT_RW);
	pt_map(f, 0 - PT_2M - PT_4K, PT_DATA, PT_2M + PT_4K, PT_RO);
	pt_unmap(f, f->base + PT_4K, PT_4K);
	pt_flush(f);
	hvpt_pt_destroy(&f->pt);
	assert_int_equal(hvpt_arena_in_use(f->arena), 0);
	assert_int_equal(hvpt_pt_init(&f->pt, &f->config), HVPT_OK);
}

static void test_catalogue_091_unmap_frees_tables_not_data(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t gpa = take_2m_of_data(f);

	pt_map(f, f->base, gpa, PT_2M, PT_RW);
	pt_unmap(f, f->base, PT_4K);
	pt_unmap(f, f->base, PT_2M);
	pt_flush(f);
	/* The pages of data are all still there, and as they were. */
	assert_int_equal(hvpt_arena_in_use(f->arena),
			 512 + hvpt_pt_tables(&f->pt));
	assert_true(data_is_untouched(f, gpa));
}

/* A flush that failed: the gather is kept, the next one adds to it. */
static void test_catalogue_093_failed_flush_keeps_the_pages(void **state)
{
	struct pt_fixture *f = *state;
	size_t in_use;

	pt_map(f, f->base, PT_DATA + PT_4K, 2 * PT_2M, PT_RW);
	in_use = hvpt_arena_in_use(f->arena);
	pt_unmap(f, f->base, PT_2M);
	pt_unmap(f, f->base + PT_2M, PT_2M);
	assert_int_equal(f->gather.table_count, 2);
	assert_true(pt_gather_is(&f->gather, f->base, f->base + 2 * PT_2M - 1));
	assert_int_equal(hvpt_arena_in_use(f->arena), in_use);
	pt_check(f);
}

/* ---- concurrency, made certain (the races run in test_pt_threads) ---- */

static void test_catalogue_097_lost_table_install(void **state)
{
	struct pt_fixture *f = *state;

	/* The neighbour's table comes first: this call must use it. */
	pt_map(f, f->base + PT_1G, PT_DATA, PT_4K, PT_RW);
	f->on_alloc = map_beside;
	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	pt_expect(f, f->base + PT_4K, PT_DATA, PT_RW);
	assert_int_equal(hvpt_pt_tables(&f->pt), f->params->levels + 2);
	pt_check(f);
}

/* An empty table is taken away only by a call that owns all of it. */
static void test_catalogue_099_table_in_part_owned_stays(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	pt_unmap(f, f->base, PT_4K);
	pt_flush(f);
	assert_int_equal(pt_checked_reclaim(f, f->base, PT_2M - PT_4K), 0);
	assert_int_equal(pt_checked_unmap(f, f->base, PT_2M - PT_4K), 0);
	assert_int_equal(pt_checked_map(f, f->base, PT_DATA, PT_2M - PT_4K,
					PT_RW),
			 HVPT_OK);
	pt_expect_leaves(f, 511, 0, 0);
}

/* What a call looked at before it took pages may have changed since. */
static void dirty_and_map(struct pt_fixture *f)
{
	map_beside(f);
	pt_device_write(f, f->base + PT_4K);
}

static void test_catalogue_101_check_then_use(void **state)
{
	struct pt_fixture *f = *state;

	f->on_alloc = dirty_and_map;
	pt_map(f, f->base + 2 * PT_4K, PT_DATA, PT_2M, PT_RW);
	pt_expect(f, f->base + PT_4K, PT_DATA, PT_RW);
	pt_expect(f, f->base + 2 * PT_4K, PT_DATA, PT_RW);
	pt_check(f);
}

/* ---- accessed, dirty, software bits ---------------------------------- */

static void test_catalogue_110_accessed_and_dirty_are_preset(void **state)
{
	struct pt_fixture *f = *state;
	struct sdm_result result;
	unsigned level;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	pt_map(f, f->base + PT_2M, PT_DATA, PT_2M, PT_RW);
	pt_map(f, f->base + PT_1G, PT_DATA, PT_1G, PT_RW);
	for (level = 0; level < 3; level++) {
		result = sdm_walk(
			&f->walker,
			f->base + (level ? 1ull << (12 + 9 * level) : 0), true);
		assert_int_equal(result.fault, SDM_FAULT_NONE);
		/* accessed: at every level */
		assert_true(result.accessed);
		assert_true(result.dirty);
	}
}

static void test_catalogue_114_software_bits_stay_zero(void **state)
{
	struct pt_fixture *f = *state;
	unsigned level;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	pt_map(f, f->base + PT_2M, PT_DATA, PT_2M, PT_RO);
	for (level = 0; level < f->params->levels; level++)
		assert_int_equal(
			pt_entry(f, f->base, level) & 0xfff0000000000f18, 0);
	assert_int_equal(pt_entry(f, f->base + PT_2M, 1) & 0xfff0000000000f18,
			 0);
}

/* ---- permissions, encoding ------------------------------------------- */

static void test_catalogue_115_tables_allow_everything(void **state)
{
	struct pt_fixture *f = *state;
	unsigned level;

	/* The first page through these tables is read-only. */
	pt_map(f, f->base, PT_DATA, PT_4K, PT_RO);
	for (level = 1; level < f->params->levels; level++)
		assert_int_equal(pt_entry(f, f->base, level) & 7, 7);
	pt_map(f, f->base + PT_4K, PT_DATA, PT_4K, PT_RW);
	pt_expect(f, f->base + PT_4K, PT_DATA, PT_RW);
}

static void test_catalogue_117_user_bit_everywhere(void **state)
{
	struct pt_fixture *f = *state;
	unsigned level;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RO);
	for (level = 0; level < f->params->levels; level++)
		assert_int_equal(pt_entry(f, f->base, level) & 4, 4);
}

static void test_catalogue_119_write_only_is_refused(void **state)
{
	struct pt_fixture *f = *state;

	assert_int_equal(pt_try_map(f, f->base, PT_DATA, PT_4K,
				    HVPT_PROT_WRITE),
			 HVPT_ERR_WRITE_ONLY);
	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	assert_int_equal(pt_try_protect(f, f->base, PT_4K, HVPT_PROT_WRITE),
			 HVPT_ERR_WRITE_ONLY);
	pt_expect(f, f->base, PT_DATA, PT_RW);
}

static void test_catalogue_121_stray_bits_are_refused(void **state)
{
	struct pt_fixture *f = *state;
	unsigned bit;

	for (bit = 2; bit < 32; bit++)
		assert_int_equal(pt_try_map(f, f->base, PT_DATA, PT_4K,
					    PT_RW | 1u << bit),
				 HVPT_ERR_PROT);
}

static void test_catalogue_123_gpa_0(void **state)
{
	struct pt_fixture *f = *state;

	assert_int_equal(pt_checked_map(f, f->base, 0, PT_1G, PT_RW), HVPT_OK);
	pt_expect(f, f->base, 0, PT_RW);
	assert_int_equal(pt_checked_map(f, f->base, 0, PT_4K, PT_RW),
			 HVPT_ERR_OVERLAP);
}

/* Neighbours in IOVA with gpas apart are not one leaf. */
static void test_catalogue_125_no_merge_over_a_gap(void **state)
{
	static const struct hvpt_segment segments[] = {
		{ { PT_DATA }, PT_1G / 2 },
		{ { PT_DATA + PT_1G }, PT_1G / 2 },
	};
	struct pt_fixture *f = *state;

	assert_int_equal(pt_checked_map_list(f, f->base, segments, 2, PT_RW),
			 HVPT_OK);
	pt_expect_leaves(f, 0, 512, 0);
}

/* ---- canonical addresses, width -------------------------------------- */

static void test_catalogue_126_upper_half_is_sign_extended(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t upper = pt_upper_first(f->params);
	uint64_t bare = pt_lower_last(f->params) + 1;

	assert_int_equal(pt_checked_map(f, upper, PT_DATA, PT_4K, PT_RW),
			 HVPT_OK);
	pt_expect(f, upper, PT_DATA, PT_RW);
	assert_int_equal(pt_try_map(f, bare, PT_DATA, PT_4K, PT_RW),
			 HVPT_ERR_IOVA_RANGE);
}

static void test_catalogue_128_high_bits_do_not_alias(void **state)
{
	struct pt_fixture *f = *state;
	unsigned bit;

	pt_map(f, 0x1000, PT_DATA, PT_4K, PT_RW);
	for (bit = f->params->width - 1; bit < 64; bit++) {
		uint64_t iova = ((uint64_t)1 << bit) | 0x1000;
		struct hvpt_mapping mapping;

		assert_int_equal(pt_try_map(f, iova, PT_DATA, PT_4K, PT_RW),
				 HVPT_ERR_IOVA_RANGE);
		assert_int_equal(hvpt_pt_lookup(&f->pt, hvpt_iova(iova),
						&mapping),
				 HVPT_ERR_IOVA_RANGE);
	}
}

/* The root is right for each number of levels: an independent walk agrees. */
static void test_catalogue_130_root_for_each_levels(void **state)
{
	struct pt_fixture *f = *state;
	struct sdm_walker other = f->walker;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	pt_expect(f, f->base, PT_DATA, PT_RW);
	/* Read with the other number of levels it makes no sense. */
	other.levels = 9 - f->params->levels;
	other.width = other.levels == 4 ? 48 : 57;
	assert_int_not_equal(sdm_walk(&other, f->base, false).fault,
			     SDM_FAULT_NONE);
}

static void test_catalogue_132_highest_gpa(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t last = (1ull << 52) - PT_4K;

	assert_int_equal(pt_checked_map(f, f->base, last, PT_4K, PT_RW),
			 HVPT_OK);
	pt_expect(f, f->base + 0xfff, last + 0xfff, PT_RW);
	assert_int_equal(pt_checked_map(f, f->base + PT_1G,
					(1ull << 52) - PT_1G, PT_1G, PT_RW),
			 HVPT_OK);
	pt_expect_leaves(f, 1, 0, 1);
}

/* Width counts bits of a byte address, not of a page number. */
static void test_catalogue_134_width_is_in_bytes(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_pt_config config = f->config;
	struct hvpt_pagetable pt;
	struct hvpt_mapping mapping;

	config.width = 32;
	config.form = HVPT_IOVA_PLAIN;
	assert_int_equal(hvpt_pt_init(&pt, &config), HVPT_OK);
	assert_int_equal(hvpt_pt_lookup(&pt, hvpt_iova(0xffffffff), &mapping),
			 HVPT_ERR_NOT_MAPPED);
	assert_int_equal(hvpt_pt_lookup(&pt, hvpt_iova(0x100000000), &mapping),
			 HVPT_ERR_IOVA_RANGE);
	hvpt_pt_destroy(&pt);
}

/* ---- error paths ----------------------------------------------------- */

static void test_catalogue_135_rollback_is_exact(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t n;

	pt_map(f, f->base - PT_2M, PT_DATA, PT_4K, PT_RW);
	for (n = 1; n <= 4; n++) {
		struct pt_snapshot before = pt_snapshot(f);

		hvpt_arena_fail_at(f->arena, n);
		assert_int_equal(pt_try_map(f, f->base - PT_2M + PT_4K, PT_DATA,
					    4 * PT_2M, PT_RW),
				 HVPT_ERR_NO_MEMORY);
		pt_unchanged(f, &before);
	}
	hvpt_arena_fail_at(f->arena, 0);
}

/* Success means all of it; there is no success of nothing. */
static void test_catalogue_137_ok_means_all_of_it(void **state)
{
	struct pt_fixture *f = *state;
	struct pt_leaves leaves;
	uint64_t bytes = 0;
	size_t i;

	pt_map(f, f->base + PT_4K, PT_DATA, PT_2M + 3 * PT_4K, PT_RW);
	leaves = pt_scan(f);
	for (i = 0; i < leaves.count; i++)
		bytes += leaves.leaf[i].last - leaves.leaf[i].first + 1;
	pt_leaves_free(&leaves);
	assert_int_equal(bytes, PT_2M + 3 * PT_4K);
	assert_int_equal(pt_try_map(f, f->base, PT_DATA, 0, PT_RW),
			 HVPT_ERR_EMPTY);
}

static void test_catalogue_139_unmap_over_holes_ends(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	pt_map(f, f->base + 2 * PT_4K, PT_DATA, PT_4K, PT_RW);
	assert_int_equal(pt_checked_unmap(f, f->base, 3 * PT_4K), 2 * PT_4K);
	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	pt_map(f, f->base + 7 * PT_1G, PT_DATA, PT_4K, PT_RW);
	assert_int_equal(pt_checked_unmap(f, f->base, 8 * PT_1G), 2 * PT_4K);
}

static void test_catalogue_141_every_exit_is_balanced(void **state)
{
	struct pt_fixture *f = *state;
	size_t in_use;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	in_use = hvpt_arena_in_use(f->arena);
	assert_int_equal(pt_try_map(f, f->base - PT_1G, PT_DATA, 2 * PT_1G,
				    PT_RW),
			 HVPT_ERR_OVERLAP);
	f->pointer_offset = 8;
	f->spoil_at = 2;
	assert_int_equal(pt_try_map(f, f->base + PT_2M, PT_DATA + PT_4K,
				    3 * PT_2M, PT_RW),
			 HVPT_ERR_TABLE_PAGE);
	hvpt_arena_fail_at(f->arena, 3);
	assert_int_equal(pt_try_map(f, f->base + PT_2M, PT_DATA + PT_4K,
				    3 * PT_2M, PT_RW),
			 HVPT_ERR_NO_MEMORY);
	assert_int_equal(hvpt_arena_in_use(f->arena), in_use);
	pt_check(f);
}

static void test_catalogue_143_no_page_for_no_change(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t allocs;

	pt_map(f, f->base, PT_DATA, PT_2M, PT_RO);
	allocs = hvpt_arena_allocs(f->arena);
	/* Same permission over part of a large leaf: nothing is split. */
	assert_int_equal(pt_checked_protect(f, f->base + PT_4K, PT_4K, PT_RO),
			 HVPT_OK);
	assert_int_equal(pt_checked_unmap(f, f->base + PT_2M, PT_4K), 0);
	assert_int_equal(pt_checked_map(f, f->base, PT_DATA, PT_1G, PT_RW),
			 HVPT_ERR_OVERLAP);
	assert_int_equal(hvpt_arena_allocs(f->arena), allocs);
	pt_expect_leaves(f, 0, 1, 0);
}

int main(void)
{
	const struct pt_params params[] = { four, five };
	static const struct pt_case cases[] = {
		PT_CASE(test_catalogue_001_gather_end_is_inclusive),
		PT_CASE(test_catalogue_003_page_size_at_the_top),
		PT_CASE(test_catalogue_007_sum_of_segments_has_64_bits),
		PT_CASE(test_catalogue_008_range_ends_with_the_space),
		PT_CASE(test_catalogue_010_iterating_to_the_last_page),
		PT_CASE(test_catalogue_012_lookup_of_any_address),
		PT_CASE(test_catalogue_014_widest_shifts),
		PT_CASE(test_catalogue_016_gpa_plus_length_wraps),
		PT_CASE(test_catalogue_017_one_page_too_many),
		PT_CASE(test_catalogue_019_width_chooses_the_levels),
		PT_CASE(test_catalogue_021_every_root_entry),
		PT_CASE(test_catalogue_023_last_address_of_the_lower_half),
		PT_CASE(test_catalogue_029_exactly_length_over_page_size),
		PT_CASE(test_catalogue_031_gpa_not_aligned_for_a_large_leaf),
		PT_CASE(test_catalogue_033_page_size_boundary),
		PT_CASE(test_catalogue_035_unmap_does_not_shatter),
		PT_CASE(test_catalogue_037_one_call_over_two_tables),
		PT_CASE(test_catalogue_039_no_leaf_outside_the_bitmap),
		PT_CASE(test_catalogue_041_bitmap_without_4k),
		PT_CASE(test_catalogue_043_data_is_not_a_table),
		PT_CASE(test_catalogue_047_split_keeps_read_only),
		PT_CASE(test_catalogue_051_unmap_of_nothing_makes_nothing),
		PT_CASE(test_catalogue_053_split_without_memory),
		PT_CASE(test_catalogue_055_hook_enters_again),
		PT_CASE(test_catalogue_059_offset_inside_a_large_leaf),
		PT_CASE(test_catalogue_061_gather_covers_a_split_leaf),
		PT_CASE(test_catalogue_063_hole_needs_no_flush),
		PT_CASE(test_catalogue_069_less_is_flushed_more_mapped_is_not),
		PT_CASE(test_catalogue_073_flush_starts_at_the_former_block),
		PT_CASE(test_catalogue_085_tables_outlive_the_flush),
		PT_CASE(test_catalogue_087_errors_free_nothing_visible),
		PT_CASE(test_catalogue_089_no_table_is_forgotten),
		PT_CASE(test_catalogue_091_unmap_frees_tables_not_data),
		PT_CASE(test_catalogue_093_failed_flush_keeps_the_pages),
		PT_CASE(test_catalogue_097_lost_table_install),
		PT_CASE(test_catalogue_099_table_in_part_owned_stays),
		PT_CASE(test_catalogue_101_check_then_use),
		PT_CASE(test_catalogue_110_accessed_and_dirty_are_preset),
		PT_CASE(test_catalogue_114_software_bits_stay_zero),
		PT_CASE(test_catalogue_115_tables_allow_everything),
		PT_CASE(test_catalogue_117_user_bit_everywhere),
		PT_CASE(test_catalogue_119_write_only_is_refused),
		PT_CASE(test_catalogue_121_stray_bits_are_refused),
		PT_CASE(test_catalogue_123_gpa_0),
		PT_CASE(test_catalogue_125_no_merge_over_a_gap),
		PT_CASE(test_catalogue_126_upper_half_is_sign_extended),
		PT_CASE(test_catalogue_128_high_bits_do_not_alias),
		PT_CASE(test_catalogue_130_root_for_each_levels),
		PT_CASE(test_catalogue_132_highest_gpa),
		PT_CASE(test_catalogue_134_width_is_in_bytes),
		PT_CASE(test_catalogue_135_rollback_is_exact),
		PT_CASE(test_catalogue_137_ok_means_all_of_it),
		PT_CASE(test_catalogue_139_unmap_over_holes_ends),
		PT_CASE(test_catalogue_141_every_exit_is_balanced),
		PT_CASE(test_catalogue_143_no_page_for_no_change),
	};

	return pt_run("pt_catalogue", cases, PT_COUNT(cases), params,
		      PT_COUNT(params));
}
