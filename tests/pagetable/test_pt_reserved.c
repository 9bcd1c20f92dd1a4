/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Ranges that are never mapped: refused by every map, listed, audited. */
#include <string.h>

#include "tests/support/pt_check.h"

/* A part of the 2 MiB below base, and a byte in the middle of a page. */
#define HOLE_FIRST (PT_2M - 3 * PT_4K)
#define HOLE_LAST (PT_2M - 1)
#define BYTE (PT_1G + 5 * PT_4K + 7)

struct reserved {
	struct hvpt_iova_range range[4];
};

/* A page table whose ranges lie around the fixture's base. */
static void open_reserved(struct pt_fixture *f, struct reserved *reserved)
{
	const struct hvpt_iova_range ranges[] = {
		{ hvpt_iova(f->base + BYTE), hvpt_iova(f->base + BYTE) },
		HVPT_RESERVED_MSI,
		{ hvpt_iova(f->base + HOLE_FIRST),
		  hvpt_iova(f->base + HOLE_LAST) },
		/* overlaps the one before */
		{ hvpt_iova(f->base + HOLE_FIRST + PT_4K),
		  hvpt_iova(f->base + HOLE_LAST) },
	};

	memcpy(reserved->range, ranges, sizeof(ranges));
	pt_reserve(f, reserved->range, PT_COUNT(reserved->range));
}

/* All calls that map; none changes anything. */
static void must_refuse(struct pt_fixture *f, uint64_t iova, uint64_t length,
			enum hvpt_status status)
{
	struct hvpt_segment segment[] = {
		{ hvpt_gpa(PT_DATA), length - PT_4K },
		{ hvpt_gpa(PT_DATA + 2 * PT_1G), PT_4K },
	};
	size_t pages = hvpt_arena_in_use(f->arena);
	unsigned skip = length == PT_4K;

	assert_int_equal(pt_try_map(f, iova, PT_DATA, length, PT_RW), status);
	assert_int_equal(hvpt_pt_map_list(&f->pt, hvpt_iova(iova),
					  segment + skip, 2 - skip, PT_RW,
					  NULL),
			 status);
	assert_true(hvpt_gather_is_empty(&f->gather));
	assert_int_equal(hvpt_arena_in_use(f->arena), pages);
}

static void test_maps_are_refused(void **state)
{
	static const struct {
		uint64_t offset;
		uint64_t length;
	} refused[] = {
		{ HOLE_FIRST, PT_4K },
		{ PT_2M - PT_4K, PT_4K },
		{ HOLE_FIRST - PT_4K, 2 * PT_4K },
		{ PT_2M - PT_4K, 2 * PT_4K },
		{ 0, PT_2M },
		{ 0, 2 * PT_2M },
		{ 0, PT_1G },
		{ PT_1G + 5 * PT_4K, PT_4K },
		{ PT_1G, 6 * PT_4K },
		{ PT_1G + 5 * PT_4K, PT_2M },
		{ PT_1G, PT_1G },
		{ HOLE_FIRST - PT_4K, PT_1G + PT_2M },
	};
	struct pt_fixture *f = *state;
	struct reserved reserved;
	size_t i;
	unsigned tables;

	open_reserved(f, &reserved);
	/* without tables, and with all there can be */
	for (tables = 0; tables < 2; tables++) {
		for (i = 0; i < PT_COUNT(refused); i++)
			must_refuse(f, f->base + refused[i].offset,
				    refused[i].length, HVPT_ERR_RESERVED);
		pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
		pt_map(f, f->base + PT_1G, PT_DATA, PT_4K, PT_RW);
		pt_unmap(f, f->base, PT_4K);
		pt_unmap(f, f->base + PT_1G, PT_4K);
		pt_flush(f);
	}
	must_refuse(f, 0xfee00000, PT_4K, HVPT_ERR_RESERVED);
	must_refuse(f, 0xfeeff000, PT_4K, HVPT_ERR_RESERVED);
	must_refuse(f, 0xfec00000, PT_2M + PT_4K, HVPT_ERR_RESERVED);
	pt_check(f);
}

/* Up to the last page before, and from the first behind. */
static void test_what_is_around_can_be_mapped(void **state)
{
	struct pt_fixture *f = *state;
	struct reserved reserved;

	open_reserved(f, &reserved);
	pt_map(f, f->base, PT_DATA, HOLE_FIRST, PT_RW);
	pt_map(f, f->base + PT_2M, PT_DATA + PT_2M, PT_1G - PT_2M, PT_RW);
	pt_map(f, f->base + PT_1G, PT_DATA + PT_1G, 5 * PT_4K, PT_RW);
	pt_map(f, f->base + PT_1G + 6 * PT_4K, PT_DATA, PT_2M, PT_RO);
	pt_expect_range(f, f->base, PT_DATA, HOLE_FIRST, PT_RW);
	pt_expect_hole(f, f->base + HOLE_FIRST, 3 * PT_4K);
	pt_expect(f, f->base + PT_2M, PT_DATA + PT_2M, PT_RW);
	pt_expect_none(f, f->base + PT_1G + 5 * PT_4K);
	if (f->pt.lower_last > 0xffffffff) {
		pt_map(f, 0xfedff000, PT_DATA, PT_4K, PT_RW);
		pt_map(f, 0xfef00000, PT_DATA, PT_4K, PT_RW);
	}
	pt_check(f);
	/* Everything else works across them. */
	assert_true(pt_unmap(f, f->base, 2 * PT_1G) > PT_1G - 3 * PT_4K);
	pt_check(f);
}

/* A range that ends there has no address behind it. */
static void test_the_end_of_the_address_space(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_iova_range top = { hvpt_iova(~(uint64_t)0),
				       hvpt_iova(~(uint64_t)0) };

	if (f->params->form != HVPT_IOVA_CANONICAL)
		return;
	pt_reserve(f, &top, 1);
	pt_map(f, 0 - 2 * PT_4K, PT_DATA, PT_4K, PT_RW);
	must_refuse(f, 0 - PT_4K, PT_4K, HVPT_ERR_RESERVED);
	must_refuse(f, 0 - PT_2M, PT_2M, HVPT_ERR_RESERVED);
	must_refuse(f, 0 - PT_1G, PT_1G, HVPT_ERR_RESERVED);
	pt_check(f);
}

/* Addresses that are smaller than the length. */
static void test_the_beginning_of_the_address_space(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_iova_range second = { hvpt_iova(PT_4K),
					  hvpt_iova(2 * PT_4K - 1) };

	pt_reserve(f, &second, 1);
	pt_map(f, 5 * PT_4K, PT_DATA, PT_4K, PT_RW);
	must_refuse(f, PT_4K, PT_4K, HVPT_ERR_RESERVED);
	must_refuse(f, 0, 2 * PT_4K, HVPT_ERR_RESERVED);
	must_refuse(f, PT_4K, 3 * PT_4K, HVPT_ERR_RESERVED);
	pt_map(f, 0, PT_DATA, PT_4K, PT_RW);
	pt_map(f, 2 * PT_4K, PT_DATA, 3 * PT_4K, PT_RW);
	pt_check(f);
}

static void test_the_order_of_errors(void **state)
{
	struct pt_fixture *f = *state;
	struct reserved reserved;
	uint64_t iova;

	open_reserved(f, &reserved);
	iova = f->base + HOLE_FIRST;
	pt_map(f, f->base + PT_2M, PT_DATA, PT_4K, PT_RW);
	assert_int_equal(pt_try_map(f, iova, PT_DATA, 0, 0), HVPT_ERR_EMPTY);
	assert_int_equal(pt_try_map(f, iova + 1, PT_DATA, PT_4K, 0),
			 HVPT_ERR_ALIGN);
	assert_int_equal(pt_try_map(f, iova, PT_DATA, 0 - PT_4K, 0),
			 HVPT_ERR_WRAP);
	assert_int_equal(pt_try_map(f, iova, ~(uint64_t)0xfff, PT_4K, 0),
			 HVPT_ERR_RESERVED);
	assert_int_equal(pt_try_map(f, iova, PT_DATA, PT_2M, HVPT_PROT_WRITE),
			 HVPT_ERR_RESERVED);
	hvpt_arena_fail_at(f->arena, 1);
	assert_int_equal(pt_try_map(f, iova, PT_DATA, PT_1G, PT_RW),
			 HVPT_ERR_RESERVED);
	hvpt_arena_fail_at(f->arena, 0);
}

/* The last byte of all: an address behind it would be a small one. */
static void test_the_last_page(void **state)
{
	const struct hvpt_iova_range range = { hvpt_iova(0 - PT_4K),
					       hvpt_iova(~(uint64_t)0) };
	struct pt_fixture *f = *state;
	unsigned tables;

	if (!f->pt.upper_first)
		return;
	pt_reserve(f, &range, 1);
	for (tables = 0; tables < 2; tables++) {
		must_refuse(f, 0 - PT_4K, PT_4K, HVPT_ERR_RESERVED);
		must_refuse(f, 0 - 2 * PT_4K, 2 * PT_4K, HVPT_ERR_RESERVED);
		must_refuse(f, 0 - 2 * PT_2M, 2 * PT_2M, HVPT_ERR_RESERVED);
		pt_map(f, 0 - 2 * PT_4K, PT_DATA, PT_4K, PT_RW);
		pt_unmap(f, 0 - 2 * PT_4K, PT_4K);
		pt_flush(f);
	}
	pt_reserve(f, NULL, 0);
}

static void test_they_are_listed(void **state)
{
	struct pt_fixture *f = *state;
	struct reserved reserved;
	uint32_t i;

	assert_null(hvpt_pt_reserved(&f->pt, 0));
	assert_null(hvpt_pt_reserved(&f->pt, UINT32_MAX));
	open_reserved(f, &reserved);
	for (i = 0; i < PT_COUNT(reserved.range); i++)
		assert_ptr_equal(hvpt_pt_reserved(&f->pt, i),
				 &reserved.range[i]);
	assert_null(hvpt_pt_reserved(&f->pt, i));
	assert_int_equal(reserved.range[1].first.value, 0xfee00000);
	assert_int_equal(reserved.range[1].last.value, 0xfeefffff);
}

static void test_a_reversed_range_is_refused(void **state)
{
	struct hvpt_iova_range range[] = {
		HVPT_RESERVED_HT,
		{ hvpt_iova(0x2000), hvpt_iova(0x1fff) },
	};
	struct pt_fixture *f = *state;
	struct hvpt_pagetable pt;

	f->config.reserved = range;
	f->config.reserved_count = 2;
	assert_int_equal(hvpt_pt_init(&pt, &f->config), HVPT_ERR_WRAP);
	f->config.flags |= 0x80000000;
	assert_int_equal(hvpt_pt_init(&pt, &f->config), HVPT_ERR_FLAGS);
	f->config.flags &= 0x7fffffff;
	range[1].first = range[1].last;
	assert_int_equal(hvpt_pt_init(&pt, &f->config), HVPT_OK);
	hvpt_pt_destroy(&pt);
	assert_int_equal(range[0].first.value, 0xfd00000000);
	assert_int_equal(range[0].last.value, 0xffffffffff);
}

static bool any_page(void *ctx, hvpt_gpa_t table, unsigned level)
{
	(void)ctx;
	(void)table;
	(void)level;
	return true;
}

/* A tree that maps one is not taken over. */
static void test_adopt_refuses_them(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_iova_range range = { hvpt_iova(f->base + PT_4K + 7),
					 hvpt_iova(f->base + PT_4K + 7) };
	hvpt_gpa_t root = hvpt_pt_root_gpa(&f->pt);
	struct hvpt_pagetable adopted;
	struct hvpt_audit report;

	f->config.reserved = &range;
	f->config.reserved_count = 1;
	pt_map(f, f->base, PT_DATA + PT_4K, PT_4K, PT_RW);
	pt_map(f, f->base + 2 * PT_4K, PT_DATA, PT_4K, PT_RW);
	assert_int_equal(hvpt_pt_adopt(&adopted, &f->config, root, any_page,
				       NULL, &report),
			 HVPT_OK);
	pt_map(f, f->base + PT_4K, PT_DATA, PT_4K, PT_RO);
	assert_int_equal(hvpt_pt_adopt(&adopted, &f->config, root, any_page,
				       NULL, &report),
			 HVPT_ERR_CORRUPT);
	assert_int_equal(report.fault, HVPT_FAULT_RESERVED);
	assert_int_equal(report.iova.value, f->base + PT_4K);
	assert_int_equal(report.level, 0);
	pt_unmap(f, f->base, PT_2M);
	pt_flush(f);
	/* A large leaf that holds it, and one beside it. */
	pt_map(f, f->base, PT_DATA, PT_2M, PT_RW);
	assert_int_equal(hvpt_pt_adopt(&adopted, &f->config, root, any_page,
				       NULL, &report),
			 HVPT_ERR_CORRUPT);
	assert_int_equal(report.fault, HVPT_FAULT_RESERVED);
	pt_unmap(f, f->base, PT_2M);
	pt_map(f, f->base + PT_2M, PT_DATA, PT_2M, PT_RW);
	assert_int_equal(hvpt_pt_adopt(&adopted, &f->config, root, any_page,
				       NULL, &report),
			 HVPT_OK);
}

int main(void)
{
	static const struct pt_case cases[] = {
		PT_CASE(test_maps_are_refused),
		PT_CASE(test_what_is_around_can_be_mapped),
		PT_CASE(test_the_end_of_the_address_space),
		PT_CASE(test_the_beginning_of_the_address_space),
		PT_CASE(test_the_order_of_errors),
		PT_CASE(test_the_last_page),
		PT_CASE(test_they_are_listed),
		PT_CASE(test_a_reversed_range_is_refused),
		PT_CASE(test_adopt_refuses_them),
	};

	return pt_run("pt_reserved", cases, PT_COUNT(cases), pt_main,
		      pt_main_large_count);
}
