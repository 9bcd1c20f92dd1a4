/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt_pt_adopt(): trees of every shape go from one object to another, and
 * hostile ones are refused. The fixture's own object builds the tree; it is
 * put away before the adopted one is used.
 */
#include <string.h>

#include "tests/support/pt_check.h"

/* Adopts the fixture's tree with its own config. */
static enum hvpt_status adopt(struct pt_fixture *f, struct hvpt_pagetable *pt,
			      struct hvpt_audit *report)
{
	hvpt_arena_unclaim_all(f->arena);
	return hvpt_pt_adopt(pt, &f->config, hvpt_pt_root_gpa(&f->pt),
			     hvpt_arena_claim, f->arena, report);
}

/* From here on the fixture uses the adopted object. */
static void take_over(struct pt_fixture *f)
{
	struct pt_snapshot before = pt_snapshot(f);
	struct hvpt_pagetable adopted;
	struct hvpt_audit report;
	uint64_t allocs = hvpt_arena_allocs(f->arena);

	memset(&adopted, 0xa5, sizeof(adopted));
	assert_int_equal(adopt(f, &adopted, &report), HVPT_OK);
	assert_int_equal(report.fault, HVPT_FAULT_NONE);
	assert_int_equal(report.tables, hvpt_pt_tables(&f->pt));
	assert_int_equal(hvpt_pt_tables(&adopted), hvpt_pt_tables(&f->pt));
	assert_int_equal(hvpt_pt_root_gpa(&adopted).value,
			 hvpt_pt_root_gpa(&f->pt).value);
	assert_int_equal(hvpt_arena_allocs(f->arena), allocs);
	memset(&f->pt, 0xff, sizeof(f->pt));
	f->pt = adopted;
	pt_unchanged(f, &before);
	pt_check(f);
}

static void test_empty_tree(void **state)
{
	struct pt_fixture *f = *state;

	take_over(f);
	assert_int_equal(pt_checked_map(f, f->base, PT_DATA, PT_4K, PT_RW),
			 HVPT_OK);
	assert_int_equal(pt_checked_unmap(f, f->base, PT_4K), PT_4K);
	pt_reclaim_all(f);
}

static void test_go_on_where_the_first_stopped(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t iova = f->base - PT_2M - 3 * PT_4K;

	pt_map(f, iova, PT_DATA - PT_2M - 3 * PT_4K, 2 * PT_2M + 6 * PT_4K,
	       PT_RW);
	pt_map(f, f->base + PT_1G, PT_DATA, PT_4K, PT_RO);
	pt_unmap(f, f->base + PT_1G, PT_4K); /* an empty table */
	pt_flush(f);
	take_over(f);
	assert_int_equal(pt_checked_map(f, f->base, PT_DATA, PT_4K, PT_RW),
			 HVPT_ERR_OVERLAP);
	assert_int_equal(pt_checked_map(f, f->base + PT_1G, PT_DATA, PT_2M,
					PT_RW),
			 HVPT_OK);
	assert_int_equal(pt_checked_protect(f, f->base, 5 * PT_4K, PT_RO),
			 HVPT_OK);
	take_over(f);
	assert_int_equal(pt_checked_unmap(f, f->base + PT_4K, 2 * PT_4K),
			 2 * PT_4K);
	assert_int_equal(pt_checked_unmap(f, iova, 3 * PT_1G),
			 3 * PT_2M + 4 * PT_4K);
	pt_reclaim_all(f);
}

static void test_huge_leaves_and_splits(void **state)
{
	struct pt_fixture *f = *state;

	if (!(f->sizes & PT_1G) || !(f->sizes & PT_2M))
		return;
	pt_map(f, f->base, PT_DATA, 2 * PT_1G, PT_RW);
	take_over(f);
	pt_checked_unmap(f, f->base + PT_4K, PT_4K);
	take_over(f);
	pt_checked_protect(f, f->base + PT_1G, PT_2M, PT_RO);
	take_over(f);
	pt_expect_leaves(f, 511, 511 + 512, 0);
	assert_int_equal(pt_checked_unmap(f, f->base, 2 * PT_1G),
			 2 * PT_1G - PT_4K);
}

static void test_both_ends_of_the_form(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t end = pt_lower_last(f->params) + 1;

	pt_map(f, 0, PT_DATA, PT_4K, PT_RW);
	pt_map(f, end - PT_4K, PT_DATA, PT_4K, PT_RW);
	if (pt_upper_first(f->params)) {
		pt_map(f, pt_upper_first(f->params), PT_DATA, PT_4K, PT_RW);
		pt_map(f, 0 - PT_4K, PT_DATA, PT_4K, PT_RW);
	}
	take_over(f);
	pt_expect(f, end - 1, PT_DATA + 0xfff, PT_RW);
}

/* The adopted object destroys what the first one took. */
static void test_destroy_gives_all_back(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base - PT_4K, PT_DATA - PT_4K, 4 * PT_2M, PT_RW);
	take_over(f);
	pt_map(f, f->base + 5 * PT_1G, PT_DATA, PT_4K, PT_RW);
	hvpt_pt_destroy(&f->pt);
	assert_int_equal(hvpt_arena_in_use(f->arena), 0);
	f->live = false;
}

/* Leaves a device, or nobody, has touched: any A and D. */
static void test_any_accessed_and_dirty(void **state)
{
	struct pt_fixture *f = *state;
	unsigned n;

	pt_map(f, f->base, PT_DATA + PT_4K, 8 * PT_4K, PT_RW);
	for (n = 0; n < 8; n++) {
		uint64_t iova = f->base + n * PT_4K;
		uint64_t entry = pt_entry(f, iova, 0) & ~0x60ull;

		pt_plant(f, iova, 0, entry | ((uint64_t)(n & 3) << 5));
	}
	take_over(f);
	for (n = 0; n < 8; n++) {
		struct hvpt_mapping mapping = { 0 };

		assert_int_equal(hvpt_pt_lookup(&f->pt,
						hvpt_iova(f->base + n * PT_4K),
						&mapping),
				 HVPT_OK);
		assert_int_equal(mapping.accessed, n & 1);
		assert_int_equal(mapping.dirty, (n >> 1) & 1);
	}
	pt_checked_dirty(f, f->base, 8 * PT_4K, 0);
	pt_checked_protect(f, f->base, 8 * PT_4K, PT_RO);
	pt_checked_unmap(f, f->base, 8 * PT_4K);
}

/* ---- refusals -------------------------------------------------------- */

#define MARK 0x6b

/* Written, and nothing is in it but @fault, @level and @pte. */
static void must_be_blank(const struct hvpt_audit *report,
			  enum hvpt_fault fault, unsigned level, uint64_t pte)
{
	unsigned i;

	assert_int_equal(report->fault, fault);
	assert_int_equal(report->level, level);
	assert_int_equal(report->iova.value, 0);
	assert_int_equal(report->pte, pte);
	assert_int_equal(report->tables, 0);
	for (i = 0; i < HVPT_LEAF_LEVELS; i++)
		assert_int_equal(report->leaves[i], 0);
}

static void test_config_refusals(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_page_ops no_alloc = *f->config.ops;
	struct hvpt_page_ops no_free = *f->config.ops;
	struct hvpt_pt_config c[9];
	static const enum hvpt_status want[PT_COUNT(c)] = {
		HVPT_ERR_OPS,	     HVPT_ERR_OPS,	  HVPT_ERR_LEVELS,
		HVPT_ERR_WIDTH,	     HVPT_ERR_WIDTH,	  HVPT_ERR_IOVA_FORM,
		HVPT_ERR_PAGE_SIZES, HVPT_ERR_TABLE_MASK, HVPT_ERR_FLAGS,
	};
	struct pt_snapshot before = pt_snapshot(f);
	size_t i;

	for (i = 0; i < PT_COUNT(c); i++)
		c[i] = f->config;
	no_alloc.alloc_page = NULL;
	no_free.free_page = NULL;
	c[0].ops = &no_alloc;
	c[1].ops = &no_free;
	c[2].levels = 3;
	c[3].width = 12;
	c[4].width = 58;
	c[5].form = (enum hvpt_iova_form)3;
	c[6].page_sizes = PT_2M;
	c[7].table_gpa_mask = 1;
	c[8].flags = 2;
	for (i = 0; i < PT_COUNT(c); i++) {
		struct hvpt_pagetable pt;
		struct hvpt_audit report;

		memset(&report, MARK, sizeof(report));
		assert_int_equal(
			hvpt_pt_adopt(&pt, &c[i], hvpt_pt_root_gpa(&f->pt),
				      hvpt_arena_claim, f->arena, &report),
			want[i]);
		must_be_blank(&report, HVPT_FAULT_NONE, 0, 0);
	}
	pt_unchanged(f, &before);
}

static void test_check_is_required(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_pagetable pt;
	struct hvpt_audit report;

	memset(&report, MARK, sizeof(report));
	assert_int_equal(hvpt_pt_adopt(&pt, &f->config,
				       hvpt_pt_root_gpa(&f->pt), NULL, NULL,
				       &report),
			 HVPT_ERR_OPS);
	must_be_blank(&report, HVPT_FAULT_NONE, 0, 0);
}

static void test_bad_roots(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t root = hvpt_pt_root_gpa(&f->pt).value;
	const struct {
		uint64_t root;
		enum hvpt_status status;
	} cases[] = {
		{ root + 1, HVPT_ERR_TABLE_PAGE },
		{ root + 0x800, HVPT_ERR_TABLE_PAGE },
		{ root | (1ull << 52), HVPT_ERR_TABLE_PAGE },
		{ root | (1ull << 63), HVPT_ERR_TABLE_PAGE },
		/* not the caller's: the check says no */
		{ f->params->table_mask, HVPT_ERR_CORRUPT },
		{ f->params->table_mask | 0x7fff000, HVPT_ERR_CORRUPT },
	};
	size_t i;

	for (i = 0; i < PT_COUNT(cases); i++) {
		struct hvpt_pagetable pt;
		struct hvpt_audit report;

		memset(&report, MARK, sizeof(report));
		assert_int_equal(
			hvpt_pt_adopt(&pt, &f->config, hvpt_gpa(cases[i].root),
				      hvpt_arena_claim, f->arena, &report),
			cases[i].status);
		if (cases[i].status == HVPT_ERR_CORRUPT)
			assert_int_equal(report.fault, HVPT_FAULT_TABLE_ADDR);
		else
			must_be_blank(&report, HVPT_FAULT_TABLE_ADDR,
				      f->pt.levels, cases[i].root);
	}
	if (f->params->table_mask) {
		struct hvpt_pagetable pt;
		struct hvpt_audit report;

		assert_int_equal(
			hvpt_pt_adopt(&pt, &f->config,
				      hvpt_gpa(root & ~f->params->table_mask),
				      hvpt_arena_claim, f->arena, &report),
			HVPT_ERR_TABLE_PAGE);
	}
}

/* Plants @entry, expects the tree to be refused for @fault there. */
static void hostile(struct pt_fixture *f, uint64_t iova, unsigned level,
		    uint64_t entry, enum hvpt_fault fault)
{
	uint64_t was = pt_entry(f, iova, level);
	uint64_t span = (uint64_t)1 << (12 + 9 * level);
	size_t in_use = hvpt_arena_in_use(f->arena);
	struct hvpt_pagetable pt;
	struct hvpt_audit report;
	enum hvpt_status status;

	pt_plant(f, iova, level, entry);
	status = adopt(f, &pt, &report);
	/* Nothing is written, not even to what was refused. */
	assert_int_equal(pt_entry(f, iova, level), entry);
	pt_plant(f, iova, level, was);
	assert_int_equal(status, HVPT_ERR_CORRUPT);
	assert_int_equal(report.fault, fault);
	assert_int_equal(report.level, level);
	assert_int_equal(report.iova.value, iova & ~(span - 1));
	assert_int_equal(report.pte, entry);
	assert_int_equal(hvpt_arena_in_use(f->arena), in_use);
}

static void test_hostile_entries(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t root = hvpt_pt_root_gpa(&f->pt).value;
	uint64_t far = f->base ^ (3 * PT_2M);
	uint64_t leaf, table;
	unsigned level;

	pt_map(f, f->base, PT_DATA + PT_4K, 2 * PT_4K, PT_RW);
	leaf = pt_entry(f, f->base, 0);
	hostile(f, f->base, 0, leaf & ~1ull, HVPT_FAULT_NOT_PRESENT);
	hostile(f, f->base, 0, leaf & ~4ull, HVPT_FAULT_LEAF_BITS);
	hostile(f, f->base, 0, leaf | (1ull << 63), HVPT_FAULT_LEAF_BITS);
	hostile(f, f->base, 0, leaf | (1ull << 52), HVPT_FAULT_LEAF_BITS);
	for (level = 1; level < f->params->levels; level++) {
		table = pt_entry(f, f->base, level);
		hostile(f, f->base, level, table & ~2ull,
			HVPT_FAULT_TABLE_BITS);
		hostile(f, f->base, level, table | 0x10, HVPT_FAULT_TABLE_BITS);
		/* a loop to the root; a pointer into nowhere */
		hostile(f, f->base, level, root | (table & 0xfff),
			HVPT_FAULT_TABLE_ADDR);
		hostile(f, f->base, level, table | 0x0007fffff0000000ull,
			HVPT_FAULT_TABLE_ADDR);
	}
	/* A second way to the same table: sharing. */
	hostile(f, far, 1, pt_entry(f, f->base, 1), HVPT_FAULT_TABLE_ADDR);
	hostile(f, far, 1, pt_entry(f, f->base, 2), HVPT_FAULT_TABLE_ADDR);
	if (f->sizes & PT_2M) {
		hostile(f, far, 1, (PT_DATA + PT_4K * 2) | 0xa7,
			HVPT_FAULT_LEAF_ADDR);
	} else {
		hostile(f, far, 1, PT_DATA | 0xa7, HVPT_FAULT_LEAF_SIZE);
	}
	pt_check(f);
}

/* Leaf sizes the new owner does not allow. */
static void test_narrower_page_sizes(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_pagetable pt;
	struct hvpt_audit report;

	if (!(f->sizes & PT_2M))
		return;
	pt_map(f, f->base, PT_DATA, PT_2M, PT_RW);
	f->config.page_sizes = PT_SIZES_1G;
	assert_int_equal(adopt(f, &pt, &report), HVPT_ERR_CORRUPT);
	assert_int_equal(report.fault, HVPT_FAULT_LEAF_SIZE);
	assert_int_equal(report.level, 1);
	assert_int_equal(report.iova.value, f->base);
	f->config.page_sizes = PT_SIZES_2M;
	assert_int_equal(adopt(f, &pt, &report), HVPT_OK);
	assert_int_equal(report.leaves[1], 1);
}

/* A 1G leaf could not be split without 2M, so it is refused as well. */
static void test_1g_without_2m(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_pagetable pt;
	struct hvpt_audit report;

	if (!(f->sizes & PT_1G))
		return;
	pt_map(f, f->base, PT_DATA, PT_1G, PT_RW);
	f->config.page_sizes = PT_SIZES_1G;
	assert_int_equal(adopt(f, &pt, &report), HVPT_ERR_CORRUPT);
	assert_int_equal(report.fault, HVPT_FAULT_LEAF_SIZE);
	assert_int_equal(report.level, 2);
	assert_int_equal(report.iova.value, f->base);
	f->config.page_sizes = PT_SIZES_ALL;
	assert_int_equal(adopt(f, &pt, &report), HVPT_OK);
	assert_int_equal(report.leaves[2], 1);
}

/* A tree that maps more than the new owner's form has. */
static void test_narrower_form(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_pagetable pt;
	struct hvpt_audit report;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	f->config.width = 30;
	assert_int_equal(adopt(f, &pt, &report), HVPT_ERR_CORRUPT);
	assert_int_equal(report.fault, HVPT_FAULT_OUTSIDE);
}

/* The check decides, one page at a time, in level order from the root. */
struct order {
	unsigned levels[64];
	uint64_t tables[64];
	size_t count;
	size_t refuse; /* the call to answer false, counted from 1 */
};

static bool record(void *ctx, hvpt_gpa_t table, unsigned level)
{
	struct order *order = ctx;

	assert_true(order->count < 64);
	order->levels[order->count] = level;
	order->tables[order->count] = table.value;
	return ++order->count != order->refuse;
}

static void test_check_is_asked_once_for_each_table(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t root = hvpt_pt_root_gpa(&f->pt).value;
	struct order order = { .count = 0 };
	struct hvpt_pagetable pt;
	struct hvpt_audit report;
	size_t tables, i, k;

	pt_map(f, f->base, PT_DATA + PT_4K, 3 * PT_2M, PT_RW);
	pt_map(f, f->base + 3 * PT_1G, PT_DATA + PT_4K, PT_2M, PT_RW);
	tables = hvpt_pt_tables(&f->pt);
	assert_int_equal(hvpt_pt_adopt(&pt, &f->config, hvpt_gpa(root), record,
				       &order, &report),
			 HVPT_OK);
	assert_int_equal(order.count, tables);
	assert_int_equal(order.tables[0], root & ~f->params->table_mask);
	assert_int_equal(order.levels[0], f->params->levels - 1);
	for (i = 1; i < tables; i++) {
		assert_true(order.levels[i] <= order.levels[i - 1]);
		assert_int_equal(order.tables[i] & 0xfff, 0);
		assert_true(hvpt_arena_owns(f->arena, order.tables[i]));
		for (k = 0; k < i; k++)
			assert_int_not_equal(order.tables[i], order.tables[k]);
	}
	/* Whichever is refused, the tree is. */
	for (i = 1; i <= tables; i++) {
		order.count = 0;
		order.refuse = i;
		assert_int_equal(hvpt_pt_adopt(&pt, &f->config, hvpt_gpa(root),
					       record, &order, &report),
				 HVPT_ERR_CORRUPT);
		assert_int_equal(report.fault, HVPT_FAULT_TABLE_ADDR);
		assert_int_equal(order.count, i);
	}
}

int main(void)
{
	static const struct pt_case cases[] = {
		PT_CASE(test_empty_tree),
		PT_CASE(test_go_on_where_the_first_stopped),
		PT_CASE(test_huge_leaves_and_splits),
		PT_CASE(test_both_ends_of_the_form),
		PT_CASE(test_destroy_gives_all_back),
		PT_CASE(test_any_accessed_and_dirty),
		PT_CASE(test_config_refusals),
		PT_CASE(test_check_is_required),
		PT_CASE(test_bad_roots),
		PT_CASE(test_hostile_entries),
		PT_CASE(test_narrower_page_sizes),
		PT_CASE(test_1g_without_2m),
		PT_CASE(test_narrower_form),
		PT_CASE(test_check_is_asked_once_for_each_table),
	};

	return pt_run("pt_adopt", cases, PT_COUNT(cases), pt_main,
		      pt_main_count);
}
