/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* hvpt_pt_init() and hvpt_pt_destroy(): what is refused, what comes out. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/pt_scan.h"

static const struct pt_params defaults = { 4, 48, HVPT_IOVA_PLAIN, PT_SIZES_ALL,
					   0, 0,  false,	   false };

static int setup(void **state)
{
	static struct pt_fixture fixture;

	pt_prepare(&fixture, &defaults);
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	return pt_close(*state) ? -1 : 0;
}

static enum hvpt_status try_init(struct pt_fixture *f)
{
	enum hvpt_status status = hvpt_pt_init(&f->pt, &f->config);

	if (status == HVPT_OK) {
		assert_int_equal(hvpt_arena_in_use(f->arena), 1);
		assert_int_equal(hvpt_pt_tables(&f->pt), 1);
		hvpt_pt_destroy(&f->pt);
	}
	assert_int_equal(hvpt_arena_in_use(f->arena), 0);
	return status;
}

struct geometry {
	uint32_t levels;
	uint32_t width;
	enum hvpt_status status;
	uint32_t result; /* levels of the page table */
};

static const struct geometry geometries[] = {
	{ 4, 0, HVPT_ERR_WIDTH, 0 },
	{ 4, 12, HVPT_ERR_WIDTH, 0 },
	{ 4, 13, HVPT_OK, 4 },
	{ 4, 14, HVPT_OK, 4 },
	{ 4, 39, HVPT_OK, 4 },
	{ 4, 47, HVPT_OK, 4 },
	{ 4, 48, HVPT_OK, 4 },
	{ 4, 49, HVPT_ERR_WIDTH, 0 },
	{ 4, 57, HVPT_ERR_WIDTH, 0 },
	{ 4, 64, HVPT_ERR_WIDTH, 0 },
	{ 4, UINT32_MAX, HVPT_ERR_WIDTH, 0 },
	{ 5, 12, HVPT_ERR_WIDTH, 0 },
	{ 5, 13, HVPT_OK, 5 },
	{ 5, 48, HVPT_OK, 5 },
	{ 5, 49, HVPT_OK, 5 },
	{ 5, 56, HVPT_OK, 5 },
	{ 5, 57, HVPT_OK, 5 },
	{ 5, 58, HVPT_ERR_WIDTH, 0 },
	{ 5, 64, HVPT_ERR_WIDTH, 0 },
	{ 0, 12, HVPT_ERR_WIDTH, 0 },
	{ 0, 13, HVPT_OK, 4 },
	{ 0, 47, HVPT_OK, 4 },
	{ 0, 48, HVPT_OK, 4 },
	{ 0, 49, HVPT_OK, 5 },
	{ 0, 57, HVPT_OK, 5 },
	{ 0, 58, HVPT_ERR_WIDTH, 0 },
	{ 1, 20, HVPT_ERR_LEVELS, 0 },
	{ 2, 30, HVPT_ERR_LEVELS, 0 },
	{ 3, 39, HVPT_ERR_LEVELS, 0 },
	{ 6, 48, HVPT_ERR_LEVELS, 0 },
	{ UINT32_MAX, 48, HVPT_ERR_LEVELS, 0 },
};

/* Where the form ends, as lookups see it. */
static void expect_form(struct pt_fixture *f, const struct pt_params *params)
{
	uint64_t lower = pt_lower_last(params);
	uint64_t upper = pt_upper_first(params);
	struct hvpt_mapping mapping = { 0 };
	size_t i;
	const struct {
		uint64_t iova;
		bool inside;
	} spots[] = {
		{ 0, true },
		{ lower, true },
		{ lower + 1, false },
		{ upper - 1, false },
		{ upper, true }, /* 0 when there is no upper half */
		{ UINT64_MAX, upper != 0 },
	};

	for (i = 0; i < PT_COUNT(spots); i++)
		assert_int_equal(hvpt_pt_lookup(&f->pt,
						hvpt_iova(spots[i].iova),
						&mapping),
				 spots[i].inside ? HVPT_ERR_NOT_MAPPED :
						   HVPT_ERR_IOVA_RANGE);
}

static void test_levels_and_width(void **state)
{
	struct pt_fixture *f = *state;
	uint32_t form;
	size_t i;

	for (i = 0; i < PT_COUNT(geometries) * 3; i++) {
		const struct geometry *geometry = &geometries[i / 3];
		struct pt_params params = defaults;
		enum hvpt_status status;

		form = (uint32_t)(i % 3);
		f->config.levels = geometry->levels;
		f->config.width = geometry->width;
		f->config.form = (enum hvpt_iova_form)form;
		status = hvpt_pt_init(&f->pt, &f->config);
		assert_int_equal(status, geometry->status);
		if (status != HVPT_OK) {
			assert_int_equal(hvpt_arena_in_use(f->arena), 0);
			continue;
		}
		assert_int_equal(f->pt.levels, geometry->result);
		params.levels = geometry->result;
		params.width = geometry->width;
		params.form = f->config.form;
		expect_form(f, &params);
		hvpt_pt_destroy(&f->pt);
	}
}

static void test_forms(void **state)
{
	static const uint32_t bad[] = { 3, 4, 255, 256, UINT32_MAX };
	struct pt_fixture *f = *state;
	uint32_t form;
	size_t i;

	for (form = 0; form < 3; form++) {
		f->config.form = (enum hvpt_iova_form)form;
		assert_int_equal(try_init(f), HVPT_OK);
	}
	for (i = 0; i < PT_COUNT(bad); i++) {
		memcpy(&f->config.form, &bad[i], sizeof(bad[i]));
		assert_int_equal(try_init(f), HVPT_ERR_IOVA_FORM);
	}
	assert_int_equal(hvpt_arena_allocs(f->arena), 3);
}

static void test_page_sizes(void **state)
{
	static const struct {
		uint64_t sizes;
		enum hvpt_status status;
	} cases[] = {
		{ 0, HVPT_ERR_PAGE_SIZES },
		{ PT_2M, HVPT_ERR_PAGE_SIZES },
		{ PT_1G, HVPT_ERR_PAGE_SIZES },
		{ PT_2M | PT_1G, HVPT_ERR_PAGE_SIZES },
		{ PT_4K >> 1, HVPT_ERR_PAGE_SIZES },
		{ PT_4K << 1, HVPT_ERR_PAGE_SIZES },
		{ ~PT_4K, HVPT_ERR_PAGE_SIZES },
		{ PT_4K, HVPT_OK },
		{ PT_4K | PT_2M, HVPT_OK },
		{ PT_4K | PT_1G, HVPT_OK },
		{ PT_SIZES_ALL, HVPT_OK },
		{ PT_4K | 1, HVPT_OK },
		{ PT_4K | PT_512G | (1ull << 63), HVPT_OK },
		{ UINT64_MAX, HVPT_OK },
	};
	struct pt_fixture *f = *state;
	size_t i;

	for (i = 0; i < PT_COUNT(cases); i++) {
		f->config.page_sizes = cases[i].sizes;
		assert_int_equal(try_init(f), cases[i].status);
	}
}

/* Sizes nobody has leaves of change nothing. */
static void test_other_page_size_bits_have_no_effect(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_mapping mapping = { 0 };
	uint64_t iova;

	f->config.page_sizes = ~PT_2M; /* 1G has no effect without 2M */
	assert_int_equal(hvpt_pt_init(&f->pt, &f->config), HVPT_OK);
	f->live = true;
	pt_map(f, 0, 0, PT_1G, PT_RW);
	for (iova = 0; iova < PT_1G; iova += 127 * PT_2M) {
		assert_int_equal(hvpt_pt_lookup(&f->pt, hvpt_iova(iova),
						&mapping),
				 HVPT_OK);
		assert_int_equal(mapping.leaf_lg2, 12);
	}
}

static void test_table_masks(void **state)
{
	static const struct {
		uint64_t mask;
		enum hvpt_status status;
	} cases[] = {
		{ 0, HVPT_OK },
		{ 1, HVPT_ERR_TABLE_MASK },
		{ 1ull << 11, HVPT_ERR_TABLE_MASK },
		{ 1ull << 51, HVPT_OK },
		{ 1ull << 47, HVPT_OK },
		{ (1ull << 51) | (1ull << 47), HVPT_OK },
		{ 1ull << 52, HVPT_ERR_TABLE_MASK },
		{ 1ull << 63, HVPT_ERR_TABLE_MASK },
		{ (1ull << 51) | (1ull << 11), HVPT_ERR_TABLE_MASK },
		{ UINT64_MAX, HVPT_ERR_TABLE_MASK },
	};
	struct pt_fixture *f = *state;
	size_t i;

	for (i = 0; i < PT_COUNT(cases); i++) {
		f->config.table_gpa_mask = cases[i].mask;
		assert_int_equal(try_init(f), cases[i].status);
	}
}

static void test_flags(void **state)
{
	struct pt_fixture *f = *state;
	unsigned bit;

	for (bit = 0; bit < 32; bit++) {
		uint32_t flag = (uint32_t)1 << bit;

		f->config.flags = flag;
		assert_int_equal(try_init(f), flag == HVPT_PT_TRACK_DIRTY ?
						      HVPT_OK :
						      HVPT_ERR_FLAGS);
	}
	f->config.flags = HVPT_PT_TRACK_DIRTY | 2;
	assert_int_equal(try_init(f), HVPT_ERR_FLAGS);
}

static void test_missing_hooks(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_page_ops ops = *f->config.ops;

	f->config.ops = NULL;
	assert_int_equal(try_init(f), HVPT_ERR_OPS);
	f->config.ops = &ops;
	ops.alloc_page = NULL;
	assert_int_equal(try_init(f), HVPT_ERR_OPS);
	ops.free_page = NULL;
	assert_int_equal(try_init(f), HVPT_ERR_OPS);
	ops.alloc_page = hvpt_arena_ops.alloc_page;
	assert_int_equal(try_init(f), HVPT_ERR_OPS);
	assert_int_equal(hvpt_arena_allocs(f->arena), 0);
}

static void test_no_page(void **state)
{
	struct pt_fixture *f = *state;

	hvpt_arena_fail_at(f->arena, 1);
	assert_int_equal(try_init(f), HVPT_ERR_NO_MEMORY);
	assert_int_equal(try_init(f), HVPT_OK);
}

/* One page at a known address, from a hook that counts. */
struct one_page {
	void *page;
	int taken;
	int given;
};

static void *one_alloc(void *ctx)
{
	struct one_page *one = ctx;

	one->taken++;
	return one->page;
}

static void one_free(void *ctx, void *page)
{
	struct one_page *one = ctx;

	assert_ptr_equal(page, one->page);
	one->given++;
}

static const struct hvpt_page_ops one_ops = { one_alloc, one_free, NULL };

static void test_unusable_root(void **state)
{
	static const struct {
		uint64_t gpa;
		uint64_t skew; /* of the pointer, so of the gpa as well */
		uint64_t mask;
		enum hvpt_status status;
	} cases[] = {
		{ 0, 0, 0, HVPT_OK }, /* gpa 0 is a page like any other */
		{ 0x1000, 0, 0, HVPT_OK },
		{ 0x1000, 8, 0, HVPT_ERR_TABLE_PAGE },
		{ 0x1000, 1, 0, HVPT_ERR_TABLE_PAGE },
		{ 0x1000, 0x800, 0, HVPT_ERR_TABLE_PAGE },
		{ 0x1000, 0xfff, 0, HVPT_ERR_TABLE_PAGE },
		{ (1ull << 52) - 0x1000, 0, 0, HVPT_OK },
		{ 1ull << 52, 0, 0, HVPT_ERR_TABLE_PAGE },
		{ 1ull << 63, 0, 0, HVPT_ERR_TABLE_PAGE },
		{ -0x1000ull, 0, 0, HVPT_ERR_TABLE_PAGE },
		{ (1ull << 51) - 0x1000, 0, 1ull << 51, HVPT_OK },
		{ 1ull << 51, 0, 1ull << 51, HVPT_ERR_TABLE_PAGE },
		{ 0x1000, 0, 0x1000, HVPT_ERR_TABLE_PAGE },
		{ 0x2000, 0, 0x1000, HVPT_OK },
	};
	struct pt_fixture *f = *state;
	static _Alignas(4096) uint64_t memory[1024];
	size_t i;

	for (i = 0; i < PT_COUNT(cases); i++) {
		struct one_page one = { (char *)memory + cases[i].skew, 0, 0 };
		enum hvpt_status status;

		memset(memory, 0, sizeof(memory));
		f->config.ops = &one_ops;
		f->config.ctx = &one;
		f->config.table_gpa_mask = cases[i].mask;
		f->config.direct_map_offset = (uint64_t)(uintptr_t)memory -
					      cases[i].gpa;
		status = hvpt_pt_init(&f->pt, &f->config);
		assert_int_equal(status, cases[i].status);
		if (status == HVPT_OK) {
			assert_int_equal(hvpt_pt_root_gpa(&f->pt).value,
					 cases[i].gpa | cases[i].mask);
			assert_int_equal(one.given, 0);
			hvpt_pt_destroy(&f->pt);
		}
		assert_int_equal(one.taken, 1);
		assert_int_equal(one.given, 1);
	}
}

/* The gpa is aligned because the offset is not. */
static void test_misaligned_pointer(void **state)
{
	static const uint64_t skews[] = { 1, 2, 8, 0x800 };
	struct pt_fixture *f = *state;
	static _Alignas(4096) uint64_t memory[1024];
	size_t i;

	for (i = 0; i < PT_COUNT(skews); i++) {
		struct one_page one = { (char *)memory + skews[i], 0, 0 };

		f->config.ops = &one_ops;
		f->config.ctx = &one;
		f->config.direct_map_offset = (uint64_t)(uintptr_t)one.page -
					      0x1000;
		assert_int_equal(hvpt_pt_init(&f->pt, &f->config),
				 HVPT_ERR_TABLE_PAGE);
		assert_int_equal(one.given, 1);
	}
}

/* A misaligned gpa with an aligned pointer is no table address either. */
static void test_misaligned_offset(void **state)
{
	struct pt_fixture *f = *state;

	f->config.direct_map_offset += 8;
	assert_int_equal(try_init(f), HVPT_ERR_TABLE_PAGE);
}

static void test_config_is_not_kept(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_pt_config *config = malloc(sizeof(*config));

	assert_non_null(config);
	*config = f->config;
	assert_int_equal(hvpt_pt_init(&f->pt, config), HVPT_OK);
	f->live = true;
	memset(config, 0xff, sizeof(*config));
	free(config);
	f->walker.root = hvpt_pt_root_gpa(&f->pt).value;
	pt_map(f, 0x1000, 0x2000, 0x1000, PT_RW);
	pt_expect(f, 0x1000, 0x2000, PT_RW);
	pt_check(f);
}

static void test_object_may_move(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_pagetable first;

	assert_int_equal(hvpt_pt_init(&first, &f->config), HVPT_OK);
	f->pt = first;
	memset(&first, 0xff, sizeof(first));
	f->live = true;
	f->walker.root = hvpt_pt_root_gpa(&f->pt).value;
	pt_map(f, 0x1000, 0x2000, 0x1000, PT_RW);
	first = f->pt;
	memset(&f->pt, 0xff, sizeof(f->pt));
	f->pt = first;
	assert_int_equal(pt_unmap(f, 0x1000, 0x1000), 0x1000);
	pt_check(f);
}

static void test_root_gpa(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t gpa;

	assert_int_equal(hvpt_pt_init(&f->pt, &f->config), HVPT_OK);
	f->live = true;
	gpa = hvpt_pt_root_gpa(&f->pt).value;
	assert_true(hvpt_arena_owns(f->arena, gpa));
}

#define CASE(function)                                                         \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(test_levels_and_width),
		CASE(test_forms),
		CASE(test_page_sizes),
		CASE(test_other_page_size_bits_have_no_effect),
		CASE(test_table_masks),
		CASE(test_flags),
		CASE(test_missing_hooks),
		CASE(test_no_page),
		CASE(test_unusable_root),
		CASE(test_misaligned_pointer),
		CASE(test_misaligned_offset),
		CASE(test_config_is_not_kept),
		CASE(test_object_may_move),
		CASE(test_root_gpa),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
