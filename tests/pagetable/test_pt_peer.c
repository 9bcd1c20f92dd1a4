/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Things another page-table implementation was seen, or known, to get wrong.
 * Each is a test here that hvpt does it right.
 */
#include <string.h>

#include "tests/support/pt_check.h"

#define CANONICAL_ONLY(f)                                                      \
	do {                                                                   \
		if ((f)->params->form != HVPT_IOVA_CANONICAL)                  \
			return;                                                \
	} while (0)

/* A length that is no page multiple sent the walker below level 0. */
static void test_length_not_a_page_multiple(void **state)
{
	struct pt_fixture *f = *state;
	struct pt_snapshot before = pt_snapshot(f);
	uint64_t allocs = hvpt_arena_allocs(f->arena);

	assert_int_equal(pt_try_map(f, f->base, PT_DATA, 0x1800, PT_RW),
			 HVPT_ERR_ALIGN);
	assert_int_equal(hvpt_arena_allocs(f->arena), allocs);
	pt_unchanged(f, &before);
}

static void test_sub_page_addresses(void **state)
{
	struct pt_fixture *f = *state;

	assert_int_equal(pt_try_map(f, f->base + 0x800, PT_DATA, PT_4K, PT_RW),
			 HVPT_ERR_ALIGN);
	assert_int_equal(pt_try_map(f, f->base, PT_DATA + 0x800, 2 * PT_4K,
				    PT_RW),
			 HVPT_ERR_ALIGN);
	assert_int_equal(pt_try_map(f, f->base, PT_DATA, 0, PT_RW),
			 HVPT_ERR_EMPTY);
}

/* Only the first output address was checked; the second page mapped gpa 0. */
static void test_output_runs_past_2_to_the_52(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t last = (1ull << 52) - PT_4K;

	assert_int_equal(pt_try_map(f, f->base, last, 2 * PT_4K, PT_RW),
			 HVPT_ERR_GPA_RANGE);
	pt_expect_none(f, f->base);
	pt_expect_none(f, f->base + PT_4K);
	assert_int_equal(pt_try_map(f, f->base, 1ull << 52, PT_4K, PT_RW),
			 HVPT_ERR_GPA_RANGE);
	assert_int_equal(pt_checked_map(f, f->base, last, PT_4K, PT_RW),
			 HVPT_OK);
}

/* A range across the end of the lower half landed in the upper half. */
static void test_across_the_end_of_the_lower_half(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t end = pt_lower_last(f->params) + 1;

	CANONICAL_ONLY(f);
	assert_int_equal(pt_try_map(f, end - PT_4K, PT_DATA, 2 * PT_4K, PT_RW),
			 HVPT_ERR_IOVA_RANGE);
	pt_expect_none(f, end - PT_4K);
	pt_expect_none(f, pt_upper_first(f->params));
	assert_int_equal(pt_try_map(f, end, PT_DATA, PT_4K, PT_RW),
			 HVPT_ERR_IOVA_RANGE);
	assert_int_equal(pt_try_map(f, pt_upper_first(f->params) - PT_4K,
				    PT_DATA, PT_4K, PT_RW),
			 HVPT_ERR_IOVA_RANGE);
	assert_int_equal(pt_checked_map(f, 0 - PT_4K, PT_DATA, PT_4K, PT_RW),
			 HVPT_OK);
}

/* The sign test looked at too few bits: such an address became iova 0. */
static void test_not_canonical_is_not_an_alias(void **state)
{
	struct pt_fixture *f = *state;
	unsigned width = f->params->width;
	uint64_t high = ~(uint64_t)0 << width; /* bit width - 1 is clear */
	struct hvpt_mapping mapping;

	CANONICAL_ONLY(f);
	assert_int_equal(pt_try_map(f, high, PT_DATA, PT_4K, PT_RW),
			 HVPT_ERR_IOVA_RANGE);
	pt_expect_none(f, 0);
	assert_int_equal(pt_checked_map(f, 0, PT_DATA, PT_4K, PT_RW), HVPT_OK);
	assert_int_equal(hvpt_pt_lookup(&f->pt, hvpt_iova(high), &mapping),
			 HVPT_ERR_IOVA_RANGE);
	assert_int_equal(sdm_walk(&f->walker, high, false).fault,
			 SDM_FAULT_ADDRESS);
}

static void test_permission_bits(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t dirty = f->params->flags ? 0 : 0x40;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RO);
	pt_map(f, f->base + PT_4K, PT_DATA, PT_4K, PT_RW);
	/* D only where a device may write. */
	assert_int_equal(pt_entry(f, f->base, 0), PT_DATA | 0x25);
	assert_int_equal(pt_entry(f, f->base + PT_4K, 0),
			 PT_DATA | 0x27 | dirty);
	/* Write alone is not turned into both. */
	assert_int_equal(pt_try_map(f, f->base + PT_2M, PT_DATA, PT_4K,
				    HVPT_PROT_WRITE),
			 HVPT_ERR_WRITE_ONLY);
	/* Unknown wishes are not ignored. */
	assert_int_equal(pt_try_map(f, f->base + PT_2M, PT_DATA, PT_4K,
				    HVPT_PROT_READ | 8),
			 HVPT_ERR_PROT);
}

/* The start of a large page took all of it; the middle took nothing. */
static void test_unmap_part_of_a_large_page(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, PT_2M, PT_RW);
	assert_int_equal(pt_checked_unmap(f, f->base, PT_4K), PT_4K);
	pt_expect_none(f, f->base);
	pt_expect(f, f->base + PT_4K, PT_DATA + PT_4K, PT_RW);
	pt_map(f, f->base + PT_2M, PT_DATA, PT_2M, PT_RW);
	assert_int_equal(
		pt_checked_unmap(f, f->base + PT_2M + 5 * PT_4K, PT_4K), PT_4K);
	pt_expect_none(f, f->base + PT_2M + 5 * PT_4K);
}

static void test_unmap_from_middle_to_middle(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, 2 * PT_2M, PT_RW);
	assert_int_equal(pt_checked_unmap(f, f->base + PT_2M / 2, PT_2M),
			 PT_2M);
	pt_expect_range(f, f->base, PT_DATA, PT_2M / 2, PT_RW);
	pt_expect_hole(f, f->base + PT_2M / 2, PT_2M);
	pt_expect_range(f, f->base + PT_2M + PT_2M / 2,
			PT_DATA + PT_2M + PT_2M / 2, PT_2M / 2, PT_RW);
}

/* Unmap stopped at the first hole; the rest stayed mapped. */
static void test_unmap_goes_on_behind_a_hole(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, 8 * PT_4K, PT_RW);
	pt_unmap(f, f->base + 3 * PT_4K, PT_4K);
	assert_int_equal(pt_checked_unmap(f, f->base, 8 * PT_4K), 7 * PT_4K);
	pt_expect_hole(f, f->base, 8 * PT_4K);
}

static void test_unmap_of_never_mapped(void **state)
{
	struct pt_fixture *f = *state;

	assert_int_equal(pt_checked_unmap(f, f->base, PT_4K), 0);
	assert_int_equal(pt_checked_unmap(f, f->base, PT_2M), 0);
}

/* With a hole in it the table stayed. */
static void test_covered_table_goes_in_spite_of_holes(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t tables;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	tables = hvpt_pt_tables(&f->pt);
	assert_int_equal(pt_checked_unmap(f, f->base, PT_2M), PT_4K);
	assert_int_equal(hvpt_pt_tables(&f->pt), tables - 1);
	pt_map(f, f->base, PT_DATA + PT_4K, 100 * PT_4K, PT_RW);
	pt_unmap(f, f->base + 50 * PT_4K, PT_4K);
	assert_int_equal(pt_checked_unmap(f, f->base, PT_2M), 99 * PT_4K);
	assert_int_equal(hvpt_pt_tables(&f->pt), tables - 1);
}

/* 512 single unmaps left a table that nothing but destroy would free. */
static void test_tables_of_single_unmaps_come_back(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t tables = hvpt_pt_tables(&f->pt);
	unsigned n;

	pt_map(f, f->base, PT_DATA + PT_4K, PT_2M, PT_RW);
	for (n = 0; n < 512; n++)
		pt_unmap(f, f->base + n * PT_4K, PT_4K);
	assert_true(hvpt_pt_tables(&f->pt) > tables);
	pt_reclaim_all(f);
}

static void test_large_page_over_an_empty_table(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t tables;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	pt_unmap(f, f->base, PT_4K);
	tables = hvpt_pt_tables(&f->pt);
	assert_int_equal(pt_checked_map(f, f->base, PT_DATA, PT_2M, PT_RW),
			 HVPT_OK);
	assert_int_equal(hvpt_pt_tables(&f->pt),
			 f->sizes & PT_2M ? tables - 1 : tables);
}

/* "Unmapped" and gpa 0 were the same answer. */
static void test_gpa_0(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_mapping mapping = { 0 };

	mapping.gpa.value = 1;
	assert_int_equal(hvpt_pt_lookup(&f->pt, hvpt_iova(f->base), &mapping),
			 HVPT_ERR_NOT_MAPPED);
	pt_map(f, f->base, 0, PT_4K, PT_RW);
	assert_int_equal(hvpt_pt_lookup(&f->pt, hvpt_iova(f->base), &mapping),
			 HVPT_OK);
	assert_int_equal(mapping.gpa.value, 0);
}

/* A refused map left the part in front of the conflict mapped. */
static void test_overlap_keeps_nothing(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base + 5 * PT_4K, PT_DATA, PT_4K, PT_RO);
	assert_int_equal(pt_checked_map(f, f->base, PT_DATA, 8 * PT_4K, PT_RW),
			 HVPT_ERR_OVERLAP);
	pt_expect_hole(f, f->base, 5 * PT_4K);
	/* Not even over itself. */
	assert_int_equal(pt_checked_map(f, f->base + 5 * PT_4K, PT_DATA, PT_4K,
					PT_RO),
			 HVPT_ERR_OVERLAP);
}

/* 1 TiB in 1 GiB pages whose offset is no 2 MiB multiple of the gpa's. */
static void test_a_terabyte(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t length = 2 * PT_512G;
	uint64_t before = hvpt_pt_tables(&f->pt);

	if (!(f->sizes & PT_1G) || f->params->width < 47)
		return;
	assert_int_equal(pt_try_map(f, f->base, PT_DATA, length, PT_RW),
			 HVPT_OK);
	pt_expect_leaves(f, 0, 0, 1024);
	/* The path, and a level 2 table for each 512 GiB touched. */
	assert_int_equal(hvpt_pt_tables(&f->pt) - before,
			 f->params->levels - 4 + 3);
	assert_int_equal(pt_checked_unmap(f, f->base, length), length);
}

/* A mixed range of exactly 20 leaves: 14 and 3 of 2M around 3 of 1G. */
static void test_mixed_range_of_20_leaves(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t first = 0x3fe400000, end = 0x4c0600000;

	if (f->sizes != PT_SIZES_ALL)
		return;
	assert_int_equal(pt_checked_map(f, first, first, end - first, PT_RW),
			 HVPT_OK);
	pt_expect_leaves(f, 0, 17, 3);
}

/* A range on which one format's choice of page size failed. */
static void test_page_size_border(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t n;

	assert_int_equal(pt_checked_map(f, 0xfef80000, 0x208b95d000, 0x20000,
					PT_RW),
			 HVPT_OK);
	for (n = 0; n < 32; n++)
		pt_expect(f, 0xfef80000 + n * PT_4K, 0x208b95d000 + n * PT_4K,
			  PT_RW);
	pt_expect_leaves(f, 32, 0, 0);
}

/* CVE-2026-31735: the gather had the length asked for, not what went. */
static void test_gather_covers_the_large_page(void **state)
{
	struct pt_fixture *f = *state;

	if (!(f->sizes & PT_2M))
		return;
	pt_map(f, f->base, PT_DATA, PT_2M, PT_RW);
	pt_unmap(f, f->base + PT_4K, PT_4K);
	assert_true(pt_gather_is(&f->gather, f->base, f->base + PT_2M - 1));
}

/* Some users were given an empty gather for a real unmap. */
static void test_gather_is_never_empty_after_an_unmap(void **state)
{
	static const uint64_t lengths[] = { PT_4K, 3 * PT_4K, PT_2M };
	struct pt_fixture *f = *state;
	size_t i;

	for (i = 0; i < PT_COUNT(lengths); i++) {
		pt_flush(f);
		pt_map(f, f->base, PT_DATA, lengths[i], PT_RW);
		pt_flush(f);
		pt_unmap(f, f->base, lengths[i]);
		assert_true(pt_gather_covers(&f->gather, f->base,
					     f->base + lengths[i] - 1));
	}
}

/*
 * CVE-2026-64151: the fast path for single pages ignored the bitmap. A bitmap
 * without 4K is refused at init; the other sizes are looked at on each map.
 */
static void test_fast_path_obeys_the_bitmap(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_mapping mapping = { 0 };

	/* The tables are there, so that the fast path could be taken. */
	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	pt_map(f, f->base + PT_2M, PT_DATA, PT_2M, PT_RW);
	assert_int_equal(hvpt_pt_lookup(&f->pt, hvpt_iova(f->base + PT_2M),
					&mapping),
			 HVPT_OK);
	assert_int_equal(mapping.leaf_lg2, f->sizes & PT_2M ? 21 : 12);
	pt_map(f, f->base + PT_1G, PT_DATA, PT_1G, PT_RW);
	assert_int_equal(hvpt_pt_lookup(&f->pt, hvpt_iova(f->base + PT_1G),
					&mapping),
			 HVPT_OK);
	if (f->sizes & PT_1G)
		assert_int_equal(mapping.leaf_lg2, 30);
	else
		assert_int_not_equal(mapping.leaf_lg2, 30);
}

/* The bit for encrypted memory was put on device memory as well. */
static void test_table_mask_is_for_tables_only(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	assert_int_equal(pt_entry(f, f->base, 0) & HVPT_PTE_ADDR, PT_DATA);
}

int main(void)
{
	static const struct pt_case cases[] = {
		PT_CASE(test_length_not_a_page_multiple),
		PT_CASE(test_sub_page_addresses),
		PT_CASE(test_output_runs_past_2_to_the_52),
		PT_CASE(test_across_the_end_of_the_lower_half),
		PT_CASE(test_not_canonical_is_not_an_alias),
		PT_CASE(test_permission_bits),
		PT_CASE(test_unmap_part_of_a_large_page),
		PT_CASE(test_unmap_from_middle_to_middle),
		PT_CASE(test_unmap_goes_on_behind_a_hole),
		PT_CASE(test_unmap_of_never_mapped),
		PT_CASE(test_covered_table_goes_in_spite_of_holes),
		PT_CASE(test_tables_of_single_unmaps_come_back),
		PT_CASE(test_large_page_over_an_empty_table),
		PT_CASE(test_gpa_0),
		PT_CASE(test_overlap_keeps_nothing),
		PT_CASE(test_a_terabyte),
		PT_CASE(test_mixed_range_of_20_leaves),
		PT_CASE(test_page_size_border),
		PT_CASE(test_gather_covers_the_large_page),
		PT_CASE(test_gather_is_never_empty_after_an_unmap),
		PT_CASE(test_fast_path_obeys_the_bitmap),
		PT_CASE(test_table_mask_is_for_tables_only),
	};

	return pt_run("pt_peer", cases, PT_COUNT(cases), pt_main,
		      pt_main_count);
}
