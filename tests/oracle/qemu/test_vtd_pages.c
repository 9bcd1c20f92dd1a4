/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Page tables of the library, read by an emulated VT-d: what a device's write
 * does, for each kind of mapping and change.
 */
#include <string.h>

#include "machine.h"

#define DATA MACHINE_DATA
#define NOT_PRESENT VTD_REASON_NOT_PRESENT

static struct machine machine;

static void open_canonical(struct table *table)
{
	table_open(table, &machine, 4, 48, HVPT_IOVA_CANONICAL, 0);
}

/* ---- what a mapping is ------------------------------------------------ */

static void test_leaf_sizes(void **state)
{
	static const uint64_t sizes[] = { KIB4, MIB2, GIB1 };
	struct table table;
	size_t i;

	(void)state;
	open_canonical(&table);
	for (i = 0; i < 3; i++) {
		uint64_t size = sizes[i], iova = (i + 1) * 5 * GIB1;
		struct hvpt_mapping seen = { .leaf_lg2 = 0 };

		table_map(&table, iova, DATA, size, RW);
		assert_int_equal(hvpt_pt_lookup(&table.pt, hvpt_iova(iova),
						&seen),
				 HVPT_OK);
		assert_int_equal(UINT64_C(1) << seen.leaf_lg2, size);
		expect_range(&table, iova, DATA, size);
		expect_fault(&table, iova - 4, NOT_PRESENT);
		expect_fault(&table, iova + size, NOT_PRESENT);
	}
	table_close(&table);
}

static void test_mixed_sizes(void **state)
{
	const uint64_t iova = 7 * GIB1 - MIB2 - 3 * KIB4;
	const uint64_t gpa = DATA + MIB2 - 3 * KIB4;
	struct table table;
	uint64_t at;

	(void)state;
	open_canonical(&table);
	table_map(&table, iova, gpa, 2 * MIB2 + 5 * KIB4, RW);
	for (at = 0; at < 2 * MIB2 + 5 * KIB4; at += KIB4)
		expect_hit(&table, iova + at, gpa + at);
	expect_fault(&table, iova - 4, NOT_PRESENT);
	expect_fault(&table, iova + at, NOT_PRESENT);
	table_close(&table);
}

/* gpa 0 and iova 0 are pages like others; NULL is no mark for nothing. */
static void test_zero(void **state)
{
	struct table table;

	(void)state;
	open_canonical(&table);
	table_map(&table, 0, DATA, KIB4, RW);
	table_map(&table, 5 * KIB4, 0x80000, KIB4, RW);
	expect_hit(&table, 0, DATA);
	expect_hit(&table, 5 * KIB4 + 16, 0x80010);
	expect_fault(&table, KIB4, NOT_PRESENT);
	table_close(&table);
}

/* edu reads iova into its buffer and writes it to a page we can look at. */
static void expect_read(struct table *table, uint64_t iova, uint64_t gpa)
{
	const uint64_t window = 0x7000000000, page = DATA + 512 * MIB2 - KIB4;
	uint8_t *source = guest_ram_at(&machine.ram, gpa);
	uint8_t *target = guest_ram_at(&machine.ram, page);

	memset(source, 0x5a, 64);
	memset(target, 0, 64);
	table_map(table, window, page, KIB4, RW);
	dma_edu_read(&machine.dma, iova, 64);
	dma_edu_write(&machine.dma, window, 64);
	assert_memory_equal(source, target, 64);
	memset(source, 0xa5, 64);
	dma_edu_read(&machine.dma, iova, 64);
	dma_edu_write(&machine.dma, window, 64);
	assert_memory_equal(source, target, 64);
	table_unmap(table, window, KIB4);
	table_flush(table);
}

static void test_permissions(void **state)
{
	static const uint64_t sizes[] = { KIB4, MIB2, GIB1 };
	struct table table;
	size_t i;

	(void)state;
	open_canonical(&table);
	for (i = 0; i < 3; i++) {
		uint64_t iova = (i + 1) * 3 * GIB1, size = sizes[i];

		table_map(&table, iova, DATA, size, RO);
		expect_fault(&table, iova, VTD_REASON_WRITE);
		expect_fault(&table, iova + size - 4, VTD_REASON_WRITE);
		expect_read(&table, iova, DATA);
		expect_read(&table, iova + size - 64, DATA + size - 64);
	}
	table_map(&table, 0x100000, DATA, KIB4, RW);
	expect_hit(&table, 0x100000, DATA);
	expect_read(&table, 0x100000, DATA);
	table_close(&table);
}

/* ---- where mappings can be ---------------------------------------------- */

static void test_both_halves(void **state)
{
	static const uint64_t firsts[] = { 0, UINT64_C(0x7ffffffff000),
					   UINT64_C(0xffff800000000000),
					   UINT64_C(0xfffffffffffff000),
					   UINT64_C(0x8000000000) };
	struct table table;
	size_t i;

	(void)state;
	open_canonical(&table);
	for (i = 0; i < 5; i++)
		table_map(&table, firsts[i], DATA + i * KIB4, KIB4, RW);
	for (i = 0; i < 5; i++)
		expect_range(&table, firsts[i], DATA + i * KIB4, KIB4);
	expect_fault(&table, UINT64_C(0x7fffffffeffc), NOT_PRESENT);
	expect_fault(&table, UINT64_C(0xffff800000001000), NOT_PRESENT);
	expect_fault(&table, UINT64_C(0xffffffffffffeffc), NOT_PRESENT);
	expect_fault(&table, UINT64_C(0x800000000000),
		     VTD_REASON_NOT_CANONICAL);
	expect_fault(&table, UINT64_C(0xffff7ffffffff000),
		     VTD_REASON_NOT_CANONICAL);
	table_close(&table);
}

/*
 * The plain form counts on hardware that takes all 48 bits for an address.
 * This one takes the top bit for a sign: what is mapped above it is found at
 * the sign-extended address only. A width of 47, or the lower form, keeps
 * clear of the question.
 */
static void test_plain_upper_half(void **state)
{
	const uint64_t iova = UINT64_C(0x800000000000) + 5 * MIB2;
	struct table table;

	(void)state;
	table_open(&table, &machine, 4, 48, HVPT_IOVA_PLAIN, 0);
	table_map(&table, iova, DATA, MIB2, RW);
	expect_fault(&table, iova, VTD_REASON_NOT_CANONICAL);
	expect_range(&table, iova | UINT64_C(0xffff) << 48, DATA, MIB2);
	table_close(&table);
}

static void expect_aperture(unsigned width, enum hvpt_iova_form form)
{
	unsigned bits = form == HVPT_IOVA_PLAIN ? width : width - 1;
	uint64_t end = UINT64_C(1) << bits;
	struct table table;

	table_open(&table, &machine, 4, width, form, 0);
	assert_int_equal(hvpt_pt_map(&table.pt, hvpt_iova(end), hvpt_gpa(DATA),
				     KIB4, RW, &table.gather),
			 HVPT_ERR_IOVA_RANGE);
	assert_int_equal(hvpt_pt_map(&table.pt, hvpt_iova(end - KIB4),
				     hvpt_gpa(DATA), 2 * KIB4, RW,
				     &table.gather),
			 HVPT_ERR_IOVA_RANGE);
	expect_fault(&table, end - KIB4, NOT_PRESENT);
	table_map(&table, end - KIB4, DATA, KIB4, RW);
	expect_range(&table, end - KIB4, DATA, KIB4);
	if (bits < 47)
		expect_fault(&table, end, NOT_PRESENT);
	else
		expect_fault(&table, end, VTD_REASON_NOT_CANONICAL);
	table_close(&table);
}

static void test_apertures(void **state)
{
	(void)state;
	expect_aperture(47, HVPT_IOVA_PLAIN);
	expect_aperture(48, HVPT_IOVA_LOWER);
	expect_aperture(39, HVPT_IOVA_PLAIN);
	expect_aperture(13, HVPT_IOVA_PLAIN);
	expect_aperture(32, HVPT_IOVA_LOWER);
}

/*
 * QEMU's VT-d walks 4 levels. Each PML4 below a 5-level root is a table it can
 * begin at: so is all of a 5-level tree walked but for the top entry, which is
 * read here as the specification has it.
 */
static void enter_slot(struct table *table, uint64_t iova)
{
	uint64_t root = hvpt_pt_root_gpa(&table->pt).value;
	uint64_t entry = guest_ram_load(&machine.ram,
					root + (iova >> 48 & 511) * 8);

	assert_int_equal(entry & 0xfff & ~UINT64_C(0x800), 0x27);
	vtd_set_context(&machine.vtd, VTD_DEVICE_TEST, VTD_FIRST_STAGE,
			table->domain, entry & UINT64_C(0xffffffffff000));
}

static uint64_t below_slot(uint64_t iova)
{
	return (uint64_t)((int64_t)(iova << 16) >> 16);
}

static void test_five_levels(void **state)
{
	static const struct {
		uint64_t iova, size;
	} maps[] = {
		{ UINT64_C(0x0000000000000000), KIB4 },
		{ UINT64_C(0x0000800000000000), MIB2 },
		{ UINT64_C(0x0001000000000000), KIB4 },
		{ UINT64_C(0x00ab7f1234567000), KIB4 },
		{ UINT64_C(0x0012923440000000), GIB1 },
		{ UINT64_C(0x00ffffffffe00000), MIB2 },
		{ UINT64_C(0xff00000000000000), KIB4 },
		{ UINT64_C(0xffffffffffe00000), MIB2 },
	};
	struct table table;
	size_t i;

	(void)state;
	table_open(&table, &machine, 5, 57, HVPT_IOVA_CANONICAL, 0);
	for (i = 0; i < 8; i++)
		table_map(&table, maps[i].iova, DATA, maps[i].size, RW);
	for (i = 0; i < 8; i++) {
		uint64_t iova = below_slot(maps[i].iova), size = maps[i].size;

		enter_slot(&table, maps[i].iova);
		expect_range(&table, iova, DATA, size);
		if (below_slot(iova + size) == iova + size)
			expect_fault(&table, iova + size, NOT_PRESENT);
		if (below_slot(iova - 4) == iova - 4)
			expect_fault(&table, iova - 4, NOT_PRESENT);
	}
	table_close(&table);
}

/* ---- changes --------------------------------------------------------- */

static void test_unmap(void **state)
{
	static const uint64_t sizes[] = { KIB4, MIB2, GIB1 };
	struct table table;
	size_t i;

	(void)state;
	open_canonical(&table);
	for (i = 0; i < 3; i++) {
		uint64_t iova = (i + 1) * 3 * GIB1, size = sizes[i];

		table_map(&table, iova, DATA, size, RW);
		expect_range(&table, iova, DATA, size);
		table_unmap(&table, iova, size);
		/* Cached: seen until it is flushed. */
		expect_hit(&table, iova, DATA);
		expect_hit(&table, iova + size - 4, DATA + size - 4);
		table_flush(&table);
		expect_fault(&table, iova, NOT_PRESENT);
		expect_fault(&table, iova + size - 4, NOT_PRESENT);
		/* What is not present is not cached: a map needs no flush. */
		table_map(&table, iova, DATA + KIB4, KIB4, RW);
		expect_hit(&table, iova, DATA + KIB4);
	}
	table_close(&table);
}

/* Table pages that leave the tree are poison once they are released. */
static void test_unmap_tables(void **state)
{
	const uint64_t iova = 11 * GIB1 - MIB2;
	struct table table;
	uint64_t at;

	(void)state;
	open_canonical(&table);
	for (at = 0; at < 4 * MIB2; at += 2 * KIB4)
		table_map(&table, iova + at, DATA + at, KIB4, RW);
	for (at = 0; at < 4 * MIB2; at += 32 * KIB4)
		expect_hit(&table, iova + at, DATA + at);
	table_unmap(&table, iova, 4 * MIB2);
	assert_non_null(table.gather.tables);
	expect_hit(&table, iova, DATA);
	table_flush(&table);
	for (at = 0; at < 4 * MIB2; at += 32 * KIB4)
		expect_fault(&table, iova + at, NOT_PRESENT);
	/* The tables are used again, for something else. */
	table_map(&table, iova + 64 * GIB1, DATA, 4 * MIB2 - KIB4, RW);
	expect_range(&table, iova + 64 * GIB1, DATA, 4 * MIB2 - KIB4);
	expect_fault(&table, iova, NOT_PRESENT);
	table_close(&table);
}

static void test_split(void **state)
{
	const uint64_t iova = 5 * GIB1, hole = 100 * MIB2 + 7 * KIB4;
	struct table table;

	(void)state;
	open_canonical(&table);
	table_map(&table, iova, DATA, GIB1, RW);
	expect_hit(&table, iova + hole, DATA + hole);
	table_unmap(&table, iova + hole, KIB4);
	expect_hit(&table, iova + hole, DATA + hole);
	table_flush(&table);
	expect_fault(&table, iova + hole, NOT_PRESENT);
	expect_range(&table, iova, DATA, hole);
	expect_range(&table, iova + hole + KIB4, DATA + hole + KIB4,
		     GIB1 - hole - KIB4);
	/* The pieces: 4 KiB around the hole, 2 MiB beside them. */
	expect_hit(&table, iova + 101 * MIB2 - 4, DATA + 101 * MIB2 - 4);
	expect_hit(&table, iova + 101 * MIB2, DATA + 101 * MIB2);
	table_close(&table);
}

static void test_protect(void **state)
{
	static const uint64_t sizes[] = { KIB4, MIB2, GIB1 };
	struct table table;
	size_t i;

	(void)state;
	open_canonical(&table);
	for (i = 0; i < 3; i++) {
		uint64_t iova = (i + 1) * 3 * GIB1, size = sizes[i];

		table_map(&table, iova, DATA, size, RW);
		expect_hit(&table, iova, DATA);
		table_protect(&table, iova, size, RO);
		expect_hit(&table, iova, DATA);
		table_flush(&table);
		expect_fault(&table, iova, VTD_REASON_WRITE);
		expect_fault(&table, iova + size - 4, VTD_REASON_WRITE);
		expect_read(&table, iova, DATA);
		table_protect(&table, iova, size, RW);
		table_flush(&table);
		expect_range(&table, iova, DATA, size);
	}
	table_close(&table);
}

static void test_protect_cuts(void **state)
{
	const uint64_t iova = 5 * GIB1, at = 3 * MIB2 + KIB4;
	struct table table;

	(void)state;
	open_canonical(&table);
	table_map(&table, iova, DATA, GIB1, RW);
	expect_hit(&table, iova + at, DATA + at);
	table_protect(&table, iova + at, MIB2, RO);
	table_flush(&table);
	expect_range(&table, iova, DATA, at);
	expect_fault(&table, iova + at, VTD_REASON_WRITE);
	expect_fault(&table, iova + at + MIB2 - 4, VTD_REASON_WRITE);
	expect_range(&table, iova + at + MIB2, DATA + at + MIB2,
		     GIB1 - at - MIB2);
	expect_read(&table, iova + at + KIB4, DATA + at + KIB4);
	table_close(&table);
}

/* A large leaf takes the place of an empty table. */
static void test_large_over_table(void **state)
{
	const uint64_t iova = 9 * GIB1;
	struct table table;
	struct hvpt_mapping seen = { .leaf_lg2 = 0 };

	(void)state;
	open_canonical(&table);
	table_map(&table, iova, DATA, KIB4, RW);
	expect_hit(&table, iova, DATA);
	table_unmap(&table, iova, KIB4);
	table_flush(&table);
	table_map(&table, iova, DATA, MIB2, RW);
	assert_non_null(table.gather.tables);
	table_flush(&table);
	assert_int_equal(hvpt_pt_lookup(&table.pt, hvpt_iova(iova), &seen),
			 HVPT_OK);
	assert_int_equal(seen.leaf_lg2, 21);
	expect_range(&table, iova, DATA, MIB2);
	table_close(&table);
}

static void test_reclaim(void **state)
{
	struct table table;
	uint64_t reclaimed;

	(void)state;
	open_canonical(&table);
	table_map(&table, 6 * GIB1, DATA, KIB4, RW);
	table_map(&table, 6 * GIB1 + MIB2, DATA + KIB4, KIB4, RW);
	table_unmap(&table, 6 * GIB1, KIB4);
	table_flush(&table);
	assert_int_equal(hvpt_pt_reclaim(&table.pt, hvpt_iova(0),
					 UINT64_C(1) << 47, &table.gather,
					 &reclaimed),
			 HVPT_OK);
	assert_int_equal(reclaimed, 1);
	table_flush(&table);
	expect_fault(&table, 6 * GIB1, NOT_PRESENT);
	expect_hit(&table, 6 * GIB1 + MIB2, DATA + KIB4);
	table_close(&table);
}

/* ---- dirty ----------------------------------------------------------- */

static void add_bytes(void *total, hvpt_iova_t iova, uint64_t bytes)
{
	(void)iova;
	*(uint64_t *)total += bytes;
}

static uint64_t dirty_bytes(struct table *table, uint64_t iova, uint64_t size)
{
	uint64_t total = 0;

	assert_int_equal(hvpt_pt_read_dirty(&table->pt, hvpt_iova(iova), size,
					    0, add_bytes, &total,
					    &table->gather),
			 HVPT_OK);
	return total;
}

/*
 * QEMU sets D of a leaf only in the walk that sets A too, so what the library
 * presets is taken away first: as in a tree that was adopted.
 */
static void clear_accessed(struct table *table, uint64_t iova, unsigned level)
{
	uint64_t slot = table_slot(table, iova, level);

	guest_ram_store(&machine.ram, slot,
			guest_ram_load(&machine.ram, slot) &
				~HVPT_PTE_ACCESSED);
}

static void test_dirty(void **state)
{
	static const uint64_t sizes[] = { KIB4, MIB2, GIB1 };
	struct table table;
	unsigned level;

	(void)state;
	table_open(&table, &machine, 4, 48, HVPT_IOVA_CANONICAL,
		   HVPT_PT_TRACK_DIRTY);
	for (level = 0; level < 3; level++) {
		uint64_t iova = (level + 1) * 3 * GIB1, size = sizes[level];

		table_map(&table, iova, DATA, size, RW);
		clear_accessed(&table, iova, level);
		dma_edu_read(&machine.dma, iova, 16);
		assert_int_equal(dirty_bytes(&table, iova, size), 0);
		clear_accessed(&table, iova, level);
		vtd_flush_domain(&machine.vtd, table.domain);

		expect_hit(&table, iova, DATA);
		assert_int_equal(dirty_bytes(&table, iova, size), size);
		/* Still cached as dirty: a write before the flush is lost. */
		clear_accessed(&table, iova, level);
		expect_hit(&table, iova, DATA);
		assert_int_equal(dirty_bytes(&table, iova, size), 0);
		table_flush(&table);
		vtd_flush_domain(&machine.vtd, table.domain);
		expect_hit(&table, iova, DATA);
		assert_int_equal(dirty_bytes(&table, iova, size), size);
		table_flush(&table);
	}
	table_close(&table);
}

/* A walker's own A and D bits survive what the library does beside them. */
static void test_dirty_survives(void **state)
{
	const uint64_t iova = 5 * GIB1;
	struct table table;
	struct hvpt_mapping seen = { .leaf_lg2 = 0 };

	(void)state;
	table_open(&table, &machine, 4, 48, HVPT_IOVA_CANONICAL,
		   HVPT_PT_TRACK_DIRTY);
	table_map(&table, iova, DATA, MIB2, RW);
	clear_accessed(&table, iova, 1);
	expect_hit(&table, iova + 64 * KIB4, DATA + 64 * KIB4);
	table_protect(&table, iova, KIB4, RO);
	table_flush(&table);
	assert_int_equal(hvpt_pt_lookup(&table.pt, hvpt_iova(iova + 64 * KIB4),
					&seen),
			 HVPT_OK);
	assert_int_equal(seen.leaf_lg2, 12);
	assert_true(seen.dirty && seen.accessed);
	table_close(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leaf_sizes),
		cmocka_unit_test(test_mixed_sizes),
		cmocka_unit_test(test_zero),
		cmocka_unit_test(test_permissions),
		cmocka_unit_test(test_both_halves),
		cmocka_unit_test(test_plain_upper_half),
		cmocka_unit_test(test_apertures),
		cmocka_unit_test(test_five_levels),
		cmocka_unit_test(test_unmap),
		cmocka_unit_test(test_unmap_tables),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_protect),
		cmocka_unit_test(test_protect_cuts),
		cmocka_unit_test(test_large_over_table),
		cmocka_unit_test(test_reclaim),
		cmocka_unit_test(test_dirty),
		cmocka_unit_test(test_dirty_survives),
	};
	int failed;

	if (!machine_open(&machine))
		return EXIT_SKIP;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	machine_close(&machine);
	return failed;
}
