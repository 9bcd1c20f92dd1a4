/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt_pt_audit(): each broken rule is planted and must be reported
 * as exactly that, with the place where it is.
 */
#include <string.h>

#include "tests/support/pt_scan.h"

static enum hvpt_status try_audit(struct pt_fixture *f,
				  struct hvpt_audit *report)
{
	memset(report, 0x5a, sizeof(*report));
	hvpt_arena_unclaim_all(f->arena);
	return hvpt_pt_audit(&f->pt, hvpt_arena_claim, f->arena, report);
}

static struct hvpt_audit audit(struct pt_fixture *f, enum hvpt_status want)
{
	struct hvpt_audit report;
	enum hvpt_status status = try_audit(f, &report);

	assert_int_equal(status, want);
	return report;
}

/* A page of each kind, all over the form. */
static void build(struct pt_fixture *f)
{
	pt_map(f, f->base, PT_DATA, 3 * PT_4K, PT_RW);
	if (f->sizes & PT_2M)
		pt_map(f, f->base + PT_2M, PT_DATA, PT_2M, PT_RO);
	if (f->sizes & PT_1G)
		pt_map(f, f->base + PT_1G, PT_DATA, PT_1G, PT_RW);
}

/* Plants @entry, audits, puts back what was; the place must be right. */
static enum hvpt_fault planted(struct pt_fixture *f, uint64_t iova,
			       unsigned level, uint64_t entry)
{
	uint64_t was = pt_entry(f, iova, level);
	uint64_t span = (uint64_t)1 << (12 + 9 * level);
	struct hvpt_audit report;
	enum hvpt_status status;

	pt_plant(f, iova, level, entry);
	status = try_audit(f, &report);
	/* Back first: the end of a failed test destroys the page table. */
	pt_plant(f, iova, level, was);
	audit(f, HVPT_OK);
	assert_int_equal(status, HVPT_ERR_CORRUPT);
	assert_int_equal(report.level, level);
	assert_int_equal(report.iova.value, iova & ~(span - 1));
	assert_int_equal(report.pte, entry);
	return report.fault;
}

static void plant(struct pt_fixture *f, uint64_t iova, unsigned level,
		  uint64_t entry, enum hvpt_fault want)
{
	enum hvpt_fault fault = planted(f, iova, level, entry);

	if (fault == want)
		return;
	print_error("level %u, entry %llx: %s, not %s\n", level,
		    (unsigned long long)entry, hvpt_fault_name(fault),
		    hvpt_fault_name(want));
	fail();
}

static void test_clean_tables(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_audit report = audit(f, HVPT_OK);

	assert_int_equal(report.fault, HVPT_FAULT_NONE);
	assert_int_equal(report.tables, 1);
	assert_int_equal(report.leaves[0], 0);
	build(f);
	report = audit(f, HVPT_OK);
	assert_int_equal(report.fault, HVPT_FAULT_NONE);
	assert_int_equal(report.tables, f->params->levels);
	assert_int_equal(report.leaves[0], 3);
	assert_int_equal(report.leaves[1], f->sizes & PT_2M ? 1 : 0);
	assert_int_equal(report.leaves[2], f->sizes & PT_1G ? 1 : 0);
	/* Trusting the tables finds the same. */
	assert_int_equal(hvpt_pt_audit(&f->pt, NULL, NULL, &report), HVPT_OK);
	assert_int_equal(report.tables, f->params->levels);
	assert_int_equal(report.leaves[0], 3);
}

/* A and D of a leaf are the device's; no value of them is a fault. */
static void test_accessed_and_dirty_are_free(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t entry;
	unsigned ad;

	build(f);
	entry = pt_entry(f, f->base, 0) & ~0x60ull;
	for (ad = 0; ad < 4; ad++) {
		pt_plant(f, f->base, 0, entry | ((uint64_t)ad << 5));
		audit(f, HVPT_OK);
	}
}

static void test_not_present_but_not_zero(void **state)
{
	struct pt_fixture *f = *state;
	unsigned level, bit;

	build(f);
	/* Another slot of each table but the root, all inside the form. */
	for (level = 0; level + 1 < f->params->levels; level++) {
		uint64_t empty = f->base ^ ((uint64_t)5 << (12 + 9 * level));

		for (bit = 1; bit < 64; bit += 3)
			plant(f, empty, level, (uint64_t)1 << bit,
			      HVPT_FAULT_NOT_PRESENT);
		plant(f, empty, level, ~(uint64_t)1, HVPT_FAULT_NOT_PRESENT);
	}
	plant(f, f->base, 0, pt_entry(f, f->base, 0) & ~(uint64_t)1,
	      HVPT_FAULT_NOT_PRESENT);
}

static void test_table_bits(void **state)
{
	/* PWT, PCD, G, 9, 10, 52, 59, 62, XD must be 0; RW, US be 1 */
	static const uint64_t toggles[] = {
		1ull << 1,  1ull << 2,	1ull << 3,  1ull << 4,
		1ull << 8,  1ull << 9,	1ull << 10, 1ull << 52,
		1ull << 59, 1ull << 62, 1ull << 63,
	};
	struct pt_fixture *f = *state;
	unsigned level;
	size_t i;

	build(f);
	for (level = 1; level < f->params->levels; level++) {
		uint64_t entry = pt_entry(f, f->base, level);

		for (i = 0; i < PT_COUNT(toggles); i++)
			plant(f, f->base, level, entry ^ toggles[i],
			      HVPT_FAULT_TABLE_BITS);
		if (!f->params->noncoherent)
			plant(f, f->base, level, entry | (1ull << 11),
			      HVPT_FAULT_TABLE_BITS);
	}
}

static void test_leaf_bits(void **state)
{
	/* US must be 1; PWT, PCD, G, 9 - 11, 52 - 63 be 0 */
	static const uint64_t toggles[] = {
		1ull << 2,  1ull << 3,	1ull << 4,  1ull << 8,
		1ull << 9,  1ull << 10, 1ull << 11, 1ull << 52,
		1ull << 58, 1ull << 59, 1ull << 62, 1ull << 63,
	};
	struct pt_fixture *f = *state;
	unsigned level;
	size_t i;

	build(f);
	for (level = 0; level < 3; level++) {
		uint64_t span = (uint64_t)1 << (12 + 9 * level);
		uint64_t iova = f->base + (level ? span : 0);
		uint64_t entry;

		if (!(f->sizes & span))
			continue;
		entry = pt_entry(f, iova, level);
		for (i = 0; i < PT_COUNT(toggles); i++)
			plant(f, iova, level, entry ^ toggles[i],
			      HVPT_FAULT_LEAF_BITS);
	}
	/* At level 0 bit 7 is PAT. */
	plant(f, f->base, 0, pt_entry(f, f->base, 0) | 0x80,
	      HVPT_FAULT_LEAF_BITS);
}

static void test_leaf_size(void **state)
{
	struct pt_fixture *f = *state;
	unsigned level;

	build(f);
	for (level = 1; level + 1 < f->params->levels; level++) {
		uint64_t span = (uint64_t)1 << (12 + 9 * level);
		uint64_t iova = f->base ^ (5 * span);

		if (level < 3 && (f->sizes & span))
			continue;
		plant(f, iova, level, 0xa7, HVPT_FAULT_LEAF_SIZE);
	}
}

/* In the root too, where no leaf can be. */
static void test_leaf_in_the_root(void **state)
{
	struct pt_fixture *f = *state;
	unsigned root = f->params->levels - 1;
	struct hvpt_audit report;
	enum hvpt_status status;

	pt_plant(f, f->base, root, 0xa7);
	status = try_audit(f, &report);
	pt_plant(f, f->base, root, 0);
	assert_int_equal(status, HVPT_ERR_CORRUPT);
	/* An entry that spans more than the form breaks two rules. */
	if (pt_lower_last(f->params) >> (12 + 9 * root))
		assert_int_equal(report.fault, HVPT_FAULT_LEAF_SIZE);
	else
		assert_true(report.fault == HVPT_FAULT_LEAF_SIZE ||
			    report.fault == HVPT_FAULT_OUTSIDE);
	assert_int_equal(report.level, root);
	audit(f, HVPT_OK);
}

static void test_leaf_address(void **state)
{
	struct pt_fixture *f = *state;
	unsigned bit;

	build(f);
	for (bit = 13; bit < 21 && (f->sizes & PT_2M); bit++)
		plant(f, f->base + PT_2M, 1,
		      pt_entry(f, f->base + PT_2M, 1) | ((uint64_t)1 << bit),
		      HVPT_FAULT_LEAF_ADDR);
	for (bit = 13; bit < 30 && (f->sizes & PT_1G); bit++)
		plant(f, f->base + PT_1G, 2,
		      pt_entry(f, f->base + PT_1G, 2) | ((uint64_t)1 << bit),
		      HVPT_FAULT_LEAF_ADDR);
}

static void test_wild_table_pointers(void **state)
{
	struct pt_fixture *f = *state;
	unsigned level;

	build(f);
	for (level = 1; level < f->params->levels; level++) {
		uint64_t entry = pt_entry(f, f->base, level);
		uint64_t low = entry & 0xfff;
		uint64_t mask = f->params->table_mask;

		/* nobody's memory; the top of it; gpa 0 */
		plant(f, f->base, level, low | mask | 0x7fff000,
		      HVPT_FAULT_TABLE_ADDR);
		plant(f, f->base, level, low | 0x000ffffffffff000,
		      HVPT_FAULT_TABLE_ADDR);
		plant(f, f->base, level, low | mask, HVPT_FAULT_TABLE_ADDR);
		if (mask)
			plant(f, f->base, level, entry & ~mask,
			      HVPT_FAULT_TABLE_ADDR);
	}
}

/* A table that is its own ancestor, at every depth. */
static void test_loops(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t root = hvpt_pt_root_gpa(&f->pt).value;
	unsigned level;

	build(f);
	for (level = 1; level < f->params->levels; level++) {
		uint64_t was = pt_entry(f, f->base, level);

		plant(f, f->base, level, root | (was & 0xfff),
		      HVPT_FAULT_TABLE_ADDR);
	}
}

/* With nobody to ask, a loop cannot always be seen; but it must end. */
static void test_trusted_loops_end(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t root = hvpt_pt_root_gpa(&f->pt).value;
	unsigned level;

	build(f);
	for (level = 1; level < f->params->levels; level++) {
		uint64_t was = pt_entry(f, f->base, level);
		struct hvpt_audit report;
		enum hvpt_status status;

		pt_plant(f, f->base, level, root | (was & 0xfff));
		status = hvpt_pt_audit(&f->pt, NULL, NULL, &report);
		pt_plant(f, f->base, level, was);
		assert_int_equal(status == HVPT_OK,
				 report.fault == HVPT_FAULT_NONE);
		assert_int_in_range(report.tables, 1, f->params->levels);
	}
	audit(f, HVPT_OK);
}

/* Many ways round: more references than tables are never followed. */
static void test_trusted_loops_are_not_followed(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t root = hvpt_pt_root_gpa(&f->pt).value;
	unsigned level = f->params->levels - 2;
	uint64_t span = (uint64_t)1 << (12 + 9 * level);
	struct hvpt_audit report;
	enum hvpt_status status;
	uint64_t bits, n;

	build(f);
	bits = pt_entry(f, f->base, level + 1) & 0xfff;
	for (n = 9; n < 17; n++)
		pt_plant(f, f->base ^ (n * span), level, root | bits);
	status = hvpt_pt_audit(&f->pt, NULL, NULL, &report);
	for (n = 9; n < 17; n++)
		pt_plant(f, f->base ^ (n * span), level, 0);
	assert_int_equal(status, HVPT_ERR_CORRUPT);
	assert_int_equal(report.fault, HVPT_FAULT_COUNT);
	assert_int_in_range(report.tables, 1, f->params->levels);
	audit(f, HVPT_OK);
}

struct asked {
	struct pt_fixture *f;
	unsigned of_level[HVPT_MAX_LEVELS];
};

static bool is_asked(void *ctx, hvpt_gpa_t table, unsigned level)
{
	struct asked *asked = ctx;

	assert_in_range(level, 0, HVPT_MAX_LEVELS - 1);
	asked->of_level[level]++;
	return hvpt_arena_claim(asked->f->arena, table, level);
}

/* The callback is asked about each table, by the level of its entries. */
static void test_levels_that_are_asked_about(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_audit report;
	struct asked asked;
	unsigned level;

	memset(&asked, 0, sizeof(asked));
	asked.f = f;
	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	hvpt_arena_unclaim_all(f->arena);
	assert_int_equal(hvpt_pt_audit(&f->pt, is_asked, &asked, &report),
			 HVPT_OK);
	for (level = 0; level < HVPT_MAX_LEVELS; level++)
		assert_int_equal(asked.of_level[level],
				 level < f->params->levels);
}

static bool is_refused(void *ctx, hvpt_gpa_t table, unsigned level)
{
	(void)ctx;
	(void)table;
	(void)level;
	return false;
}

static void test_a_root_that_is_refused(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_audit report;

	assert_int_equal(hvpt_pt_audit(&f->pt, is_refused, NULL, &report),
			 HVPT_ERR_CORRUPT);
	assert_int_equal(report.fault, HVPT_FAULT_TABLE_ADDR);
	assert_int_equal(report.level, f->params->levels);
	assert_true(report.pte == hvpt_pt_root_gpa(&f->pt).value);
}

/* One more reference than there are tables breaks two rules. */
static void test_shared_tables(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t iova = f->base + 9 * PT_2M;
	struct hvpt_audit report;
	enum hvpt_status status;
	enum hvpt_fault fault;
	uint64_t entry;

	build(f);
	entry = pt_entry(f, f->base, 1);
	fault = planted(f, iova, 1, entry);
	assert_true(fault == HVPT_FAULT_TABLE_ADDR ||
		    fault == HVPT_FAULT_COUNT);
	/* Trusted, it still is one table too many. */
	pt_plant(f, iova, 1, entry);
	status = hvpt_pt_audit(&f->pt, NULL, NULL, &report);
	pt_plant(f, iova, 1, 0);
	assert_int_equal(status, HVPT_ERR_CORRUPT);
	assert_int_equal(report.fault, HVPT_FAULT_COUNT);
}

/* As many references as tables, but two to one and none to the other. */
static void test_swapped_tables(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t iova = f->base + 9 * PT_2M;

	build(f);
	pt_map(f, iova, PT_DATA + PT_4K, PT_4K, PT_RW);
	plant(f, iova, 1, pt_entry(f, f->base, 1), HVPT_FAULT_TABLE_ADDR);
}

/* A table that vanished from the tree. */
static void test_leaked_tables(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_audit report;
	unsigned level;

	build(f);
	for (level = 1; level < f->params->levels; level++) {
		uint64_t was = pt_entry(f, f->base, level);

		enum hvpt_status status;

		pt_plant(f, f->base, level, 0);
		status = try_audit(f, &report);
		pt_plant(f, f->base, level, was);
		assert_int_equal(status, HVPT_ERR_CORRUPT);
		assert_int_equal(report.fault, HVPT_FAULT_COUNT);
		assert_int_equal(report.tables, f->params->levels - level);
	}
	audit(f, HVPT_OK);
}

/* Entries that a walker of another width would find. */
static void test_outside_the_form(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t outside = pt_lower_last(f->params) + 1;
	unsigned planted_at = 0;
	unsigned level;

	pt_map(f, outside - PT_4K, PT_DATA, PT_4K, PT_RO);
	/* Of the tables up there only the end may be inside the form. */
	if (f->params->form == HVPT_IOVA_CANONICAL)
		pt_map(f, 0 - PT_4K, PT_DATA, PT_4K, PT_RO);
	audit(f, HVPT_OK);
	for (level = 0; level < f->params->levels; level++) {
		uint64_t span = (uint64_t)1 << (12 + 9 * level);
		uint64_t table_bytes = span << 9;

		/* The first entry behind the form, in a table we have. */
		if (outside % span || outside % table_bytes == 0)
			continue;
		plant(f, outside, level, pt_entry(f, outside - PT_4K, level),
		      HVPT_FAULT_OUTSIDE);
		planted_at++;
	}
	assert_int_equal(planted_at, 1);
}

int main(void)
{
	static const struct pt_params narrow[] = {
		{ 4, 39, HVPT_IOVA_PLAIN, PT_SIZES_ALL, 0, 0, false, false },
		{ 4, 21, HVPT_IOVA_CANONICAL, PT_SIZES_ALL, 0, 0, false,
		  false },
		{ 4, 39, HVPT_IOVA_LOWER, PT_SIZES_ALL, 0, 0, false, false },
		{ 4, 40, HVPT_IOVA_CANONICAL, PT_SIZES_ALL, 0, 0, false,
		  false },
		{ 4, 37, HVPT_IOVA_PLAIN, PT_SIZES_ALL, 0, 0, false, false },
		{ 5, 48, HVPT_IOVA_LOWER, PT_SIZES_ALL, 0, 0, false, false },
		{ 5, 52, HVPT_IOVA_CANONICAL, PT_SIZES_ALL, 0, 0, false,
		  false },
		{ 4, 30, HVPT_IOVA_LOWER, PT_SIZES_4K, 0, 0, false, false },
		{ 5, 21, HVPT_IOVA_LOWER, PT_SIZES_ALL, 0, 0, false, false },
		{ 4, 13, HVPT_IOVA_PLAIN, PT_SIZES_ALL, 0, 0, false, false },
	};
	static const struct pt_case narrow_cases[] = {
		PT_CASE(test_outside_the_form),
	};
	static const struct pt_case cases[] = {
		PT_CASE(test_clean_tables),
		PT_CASE(test_accessed_and_dirty_are_free),
		PT_CASE(test_not_present_but_not_zero),
		PT_CASE(test_table_bits),
		PT_CASE(test_leaf_bits),
		PT_CASE(test_leaf_size),
		PT_CASE(test_leaf_in_the_root),
		PT_CASE(test_leaf_address),
		PT_CASE(test_wild_table_pointers),
		PT_CASE(test_loops),
		PT_CASE(test_trusted_loops_end),
		PT_CASE(test_trusted_loops_are_not_followed),
		PT_CASE(test_levels_that_are_asked_about),
		PT_CASE(test_a_root_that_is_refused),
		PT_CASE(test_shared_tables),
		PT_CASE(test_swapped_tables),
		PT_CASE(test_leaked_tables),
	};
	int failed;

	failed = pt_run("pt_audit", cases, PT_COUNT(cases), pt_main,
			pt_main_count);
	failed += pt_run("pt_audit_narrow", narrow_cases,
			 PT_COUNT(narrow_cases), narrow, PT_COUNT(narrow));
	return failed;
}
