/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * table_gpa_mask: every table address, the root's too, carries it; leaves
 * carry what the caller gives, and nothing of it shows in a lookup.
 */
#include "tests/support/pt_check.h"

static void expect_masked(struct pt_fixture *f, uint64_t iova)
{
	uint64_t mask = f->params->table_mask;
	unsigned level;

	for (level = f->params->levels - 1; level > 0; level--) {
		uint64_t entry = pt_entry(f, iova, level);

		if (entry & 0x80)
			return;
		assert_int_equal(entry & mask, mask);
		assert_true(hvpt_arena_owns(
			f->arena, entry & 0x000ffffffffff000ull & ~mask));
	}
}

static void test_root_and_tables_carry_it(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t mask = f->params->table_mask;
	uint64_t root = hvpt_pt_root_gpa(&f->pt).value;

	assert_int_equal(root & mask, mask);
	assert_true(hvpt_arena_owns(f->arena, root & ~mask));
	pt_map(f, f->base, PT_DATA + PT_4K, 2 * PT_2M, PT_RW);
	pt_map(f, f->base + PT_1G, PT_DATA, PT_1G, PT_RW);
	expect_masked(f, f->base);
	expect_masked(f, f->base + 2 * PT_2M - 1);
	expect_masked(f, f->base + PT_1G);
	pt_check(f);
}

static void test_tables_made_by_a_split_carry_it(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, PT_1G, PT_RW);
	pt_checked_unmap(f, f->base + PT_2M + PT_4K, PT_4K);
	expect_masked(f, f->base + PT_2M);
	pt_checked_protect(f, f->base + 9 * PT_2M, PT_4K, PT_RO);
	expect_masked(f, f->base + 9 * PT_2M);
}

static void test_leaves_do_not(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	pt_map(f, f->base + PT_2M, PT_DATA, PT_2M, PT_RO);
	assert_int_equal(pt_entry(f, f->base, 0) & f->params->table_mask, 0);
	assert_int_equal(
		pt_entry(f, f->base + PT_2M, 1) & f->params->table_mask, 0);
	pt_expect(f, f->base + 7, PT_DATA + 7, PT_RW);
	pt_expect(f, f->base + PT_2M + 7, PT_DATA + 7, PT_RO);
}

/* The caller may set the bits in a leaf's gpa: they are part of it. */
static void test_leaves_keep_the_callers_bits(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t gpa = PT_DATA | f->params->table_mask;
	struct hvpt_mapping mapping = { 0 };

	assert_int_equal(pt_checked_map(f, f->base, gpa, 3 * PT_4K, PT_RW),
			 HVPT_OK);
	assert_int_equal(hvpt_pt_lookup(&f->pt, hvpt_iova(f->base + 3),
					&mapping),
			 HVPT_OK);
	assert_int_equal(mapping.gpa.value, gpa + 3);
	pt_expect(f, f->base + 3, gpa + 3, PT_RW);
}

/* What a split leaf held is handed down, mask bits and all. */
static void test_split_leaves_keep_the_callers_bits(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t gpa = PT_DATA | f->params->table_mask;

	pt_map(f, f->base, gpa, PT_2M, PT_RW);
	pt_checked_unmap(f, f->base, PT_4K);
	pt_expect_range(f, f->base + PT_4K, gpa + PT_4K, PT_2M - PT_4K, PT_RW);
}

/* A table pointer that lost its bits is a fault, wherever it is. */
static void test_missing_bits_are_found(void **state)
{
	struct pt_fixture *f = *state;
	unsigned level;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	for (level = 1; level < f->params->levels; level++) {
		uint64_t was = pt_entry(f, f->base, level);
		struct hvpt_audit report;
		enum hvpt_status status;

		pt_plant(f, f->base, level, was & ~f->params->table_mask);
		status = hvpt_pt_audit(&f->pt, NULL, NULL, &report);
		pt_plant(f, f->base, level, was);
		assert_int_equal(status, HVPT_ERR_CORRUPT);
		assert_int_equal(report.fault, HVPT_FAULT_TABLE_ADDR);
		assert_int_equal(report.level, level);
	}
	pt_check(f);
}

/* The walker without the mask ends up in memory nobody has. */
static void test_the_mask_is_really_there(void **state)
{
	struct pt_fixture *f = *state;
	struct sdm_walker walker = f->walker;
	struct sdm_result result;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	walker.address_mask = 0;
	result = sdm_walk(&walker, f->base, false);
	assert_int_equal(result.fault, SDM_FAULT_UNREADABLE);
}

int main(void)
{
	static const struct pt_params params[] = {
		{ 4, 48, HVPT_IOVA_PLAIN, PT_SIZES_ALL, 0, 1ull << 51, false,
		  false },
		{ 5, 57, HVPT_IOVA_CANONICAL, PT_SIZES_ALL, 0, 1ull << 47,
		  false, true },
		{ 4, 48, HVPT_IOVA_LOWER, PT_SIZES_ALL, 0,
		  (1ull << 51) | (1ull << 48) | (1ull << 40), true, false },
	};
	static const struct pt_case cases[] = {
		PT_CASE(test_root_and_tables_carry_it),
		PT_CASE(test_tables_made_by_a_split_carry_it),
		PT_CASE(test_leaves_do_not),
		PT_CASE(test_leaves_keep_the_callers_bits),
		PT_CASE(test_split_leaves_keep_the_callers_bits),
		PT_CASE(test_missing_bits_are_found),
		PT_CASE(test_the_mask_is_really_there),
	};

	return pt_run("pt_mask", cases, PT_COUNT(cases), params,
		      PT_COUNT(params));
}
