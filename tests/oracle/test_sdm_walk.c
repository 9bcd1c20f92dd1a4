/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The walker of adapters/host, on tables written by hand from the tables of
 * SDM volume 3A, 4.5. No header of hvpt is used here: entries are numbers.
 *
 * One tree, all in five pages. The address 0x0005008080604567 has the indexes
 * 5 (PML5), 1, 2, 3, 4 (PTE) and the offset 0x567; with 4 levels it is
 * 0x0000008080604567 and the root is the PML4.
 *
 *	0x1000	PML5	[5] at 0x1028
 *	0x2000	PML4	[1] at 0x2008
 *	0x3000	PDPT	[2] at 0x3010
 *	0x4000	PD	[3] at 0x4018
 *	0x5000	PT	[4] at 0x5020
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "oracle/sdm_walk.h"
#include "tests/support/death.h"
#include "tests/support/prng.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define ADDRESS_4 UINT64_C(0x0000008080604567)
#define ADDRESS_5 UINT64_C(0x0005008080604567)
#define PAGE_PA UINT64_C(0x000abcdef0123000)

/* Where the entry of each level is: PTE, PDE, PDPTE, PML4E, PML5E. */
static const uint64_t entry_at[] = { 0x5020, 0x4018, 0x3010, 0x2008, 0x1028 };

struct memory {
	uint64_t word[5][512];
	unsigned reads;
};

static struct memory memory;

static bool read_memory(void *ctx, uint64_t pa, uint64_t *value)
{
	struct memory *from = ctx;

	assert_int_equal(pa % 8, 0);
	from->reads++;
	if (pa < 0x1000 || pa >= 0x6000)
		return false;
	*value = from->word[pa / 0x1000 - 1][pa % 0x1000 / 8];
	return true;
}

static void put(uint64_t pa, uint64_t entry)
{
	assert_true(pa >= 0x1000 && pa < 0x6000);
	memory.word[pa / 0x1000 - 1][pa % 0x1000 / 8] = entry;
}

static uint64_t get(uint64_t pa)
{
	return memory.word[pa / 0x1000 - 1][pa % 0x1000 / 8];
}

/* The tree of the head comment. Tables P R/W U/S A; the leaf also D. */
static int set_up(void **state)
{
	(void)state;
	memset(&memory, 0, sizeof(memory));
	put(0x1028, 0x0000000000002027);
	put(0x2008, 0x0000000000003027);
	put(0x3010, 0x0000000000004027);
	put(0x4018, 0x0000000000005027);
	put(0x5020, 0x000abcdef0123067);
	return 0;
}

static struct sdm_walker walker_of(unsigned levels)
{
	const struct sdm_walker walker = {
		.read64 = read_memory,
		.ctx = &memory,
		.root = levels == 4 ? 0x2000 : 0x1000,
		.levels = levels,
		.width = levels == 4 ? 48 : 57,
		.maxphyaddr = 52,
	};

	return walker;
}

static uint64_t address_of(unsigned levels)
{
	return levels == 4 ? ADDRESS_4 : ADDRESS_5;
}

/* All of a result that came without translation. */
static void assert_fault(struct sdm_result result, enum sdm_fault fault,
			 unsigned level, uint64_t entry)
{
	if (result.fault != fault)
		fail_msg("fault \"%s\" at level %u, not \"%s\" at level %u",
			 sdm_fault_text(result.fault), result.level,
			 sdm_fault_text(fault), level);
	assert_int_equal(result.level, level);
	assert_int_equal(result.entry, entry);
	assert_int_equal(result.pa, 0);
	assert_int_equal(result.page_lg2, 0);
}

static void assert_translates(struct sdm_result result, uint64_t pa,
			      unsigned level)
{
	static const unsigned lg2[] = { 12, 21, 30 };

	if (result.fault != SDM_FAULT_NONE)
		fail_msg("fault \"%s\" at level %u",
			 sdm_fault_text(result.fault), result.level);
	assert_int_equal(result.pa, pa);
	assert_int_equal(result.level, level);
	assert_int_equal(result.page_lg2, lg2[level]);
	assert_int_equal(result.entry, get(entry_at[level]));
}

/* Changes one entry, walks, changes it back. */
static struct sdm_result walk_with(const struct sdm_walker *walker,
				   unsigned level, uint64_t entry, bool write)
{
	uint64_t before = get(entry_at[level]);
	struct sdm_result result;

	put(entry_at[level], entry);
	result = sdm_walk(walker, address_of(walker->levels), write);
	put(entry_at[level], before);
	return result;
}

/* ---- translations ---------------------------------------------------- */

static void a_4k_page_translates(void **state)
{
	unsigned levels;
	int write;

	(void)state;
	for (levels = 4; levels <= 5; levels++) {
		struct sdm_walker walker = walker_of(levels);

		for (write = 0; write <= 1; write++) {
			struct sdm_result result = sdm_walk(
				&walker, address_of(levels), write);

			assert_translates(result, 0x000abcdef0123567, 0);
			assert_true(result.writable);
			assert_true(result.accessed);
			assert_true(result.dirty);
		}
		assert_int_equal(memory.reads, 2 * levels);
		memory.reads = 0;
	}
}

static void every_offset_is_kept(void **state)
{
	static const uint64_t offsets[] = { 0, 1, 7, 8, 0x567, 0xffe, 0xfff };
	const struct sdm_walker walker = walker_of(4);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(offsets); i++) {
		uint64_t address = 0x0000008080604000 + offsets[i];

		assert_translates(sdm_walk(&walker, address, true),
				  PAGE_PA + offsets[i], 0);
	}
	assert_fault(sdm_walk(&walker, 0x0000008080605000, false),
		     SDM_FAULT_NOT_PRESENT, 0, 0);
	assert_fault(sdm_walk(&walker, 0x0000008080603fff, false),
		     SDM_FAULT_NOT_PRESENT, 0, 0);
}

static void a_2m_page_translates(void **state)
{
	unsigned levels;

	(void)state;
	put(0x4018, 0x00012345676000e7);
	for (levels = 4; levels <= 5; levels++) {
		const struct sdm_walker walker = walker_of(levels);
		uint64_t base = address_of(levels) & ~UINT64_C(0x1fffff);

		assert_translates(sdm_walk(&walker, base, true),
				  0x0001234567600000, 1);
		assert_translates(sdm_walk(&walker, base + 0x4567, true),
				  0x0001234567604567, 1);
		assert_translates(sdm_walk(&walker, base + 0x1fffff, true),
				  0x00012345677fffff, 1);
		assert_fault(sdm_walk(&walker, base + 0x200000, true),
			     SDM_FAULT_NOT_PRESENT, 1, 0);
		assert_fault(sdm_walk(&walker, base - 1, true),
			     SDM_FAULT_NOT_PRESENT, 1, 0);
	}
}

static void a_1g_page_translates(void **state)
{
	unsigned levels;

	(void)state;
	put(0x3010, 0x00012345400000e7);
	for (levels = 4; levels <= 5; levels++) {
		const struct sdm_walker walker = walker_of(levels);
		uint64_t base = address_of(levels) & ~UINT64_C(0x3fffffff);

		assert_translates(sdm_walk(&walker, base, true),
				  0x0001234540000000, 2);
		assert_translates(sdm_walk(&walker, base + 0x604567, true),
				  0x0001234540604567, 2);
		assert_translates(sdm_walk(&walker, base + 0x3fffffff, true),
				  0x000123457fffffff, 2);
		assert_fault(sdm_walk(&walker, base + 0x40000000, true),
			     SDM_FAULT_NOT_PRESENT, 2, 0);
		assert_fault(sdm_walk(&walker, base - 1, true),
			     SDM_FAULT_NOT_PRESENT, 2, 0);
	}
}

static void physical_0_and_the_top_are_addresses(void **state)
{
	static const struct {
		unsigned level;
		uint64_t entry, pa;
	} leaves[] = {
		{ 0, 0x0000000000000067, 0x0000000000000567 },
		{ 0, 0x000ffffffffff067, 0x000ffffffffff567 },
		{ 1, 0x00000000000000e7, 0x0000000000004567 },
		{ 1, 0x000fffffffe000e7, 0x000fffffffe04567 },
		{ 2, 0x00000000000000e7, 0x0000000000604567 },
		{ 2, 0x000fffffc00000e7, 0x000fffffc0604567 },
	};
	const struct sdm_walker walker = walker_of(5);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(leaves); i++) {
		struct sdm_result result = walk_with(&walker, leaves[i].level,
						     leaves[i].entry, true);

		assert_int_equal(result.fault, SDM_FAULT_NONE);
		assert_int_equal(result.level, leaves[i].level);
		assert_int_equal(result.pa, leaves[i].pa);
	}
}

/* Each level takes its own nine bits: move the entry to the ends. */
static void first_and_last_index_of_each_level(void **state)
{
	const struct sdm_walker walker = walker_of(5);
	unsigned level;

	(void)state;
	for (level = 0; level < 5; level++) {
		uint64_t field = UINT64_C(0x1ff) << (12 + 9 * level);
		uint64_t table = entry_at[level] & ~UINT64_C(0xfff);
		uint64_t entry = get(entry_at[level]);

		put(table, entry);
		put(entry_at[level], 0);
		assert_int_equal(sdm_walk(&walker, ADDRESS_5 & ~field, true).pa,
				 PAGE_PA + 0x567);
		put(table, 0);
		put(table + 0xff8, entry);
		assert_int_equal(sdm_walk(&walker, ADDRESS_5 | field, true).pa,
				 PAGE_PA + 0x567);
		put(table + 0xff8, 0);
		put(entry_at[level], entry);
	}
}

/* ---- faults ---------------------------------------------------------- */

static void not_present_at_each_level(void **state)
{
	/* With P clear nothing else counts, reserved bits included. */
	static const uint64_t absent[] = {
		0,
		0x000abcdef0123066,
		0xfffffffffffffffe,
		0x8000000000000000,
	};
	unsigned levels, level;
	size_t i;

	(void)state;
	for (levels = 4; levels <= 5; levels++) {
		const struct sdm_walker walker = walker_of(levels);

		for (level = 0; level < levels; level++)
			for (i = 0; i < COUNT(absent); i++)
				assert_fault(walk_with(&walker, level,
						       absent[i], true),
					     SDM_FAULT_NOT_PRESENT, level,
					     absent[i]);
	}
}

static void reserved_bits_at_each_level(void **state)
{
	static const struct {
		unsigned level;
		uint64_t entry;
	} bad[] = {
		/* XD, without NXE */
		{ 0, 0x800abcdef0123067 },
		{ 1, 0x8000000000005027 },
		{ 1, 0x80012345676000e7 },
		{ 2, 0x8000000000004027 },
		{ 2, 0x80012345400000e7 },
		{ 3, 0x8000000000003027 },
		{ 4, 0x8000000000002027 },
		/* PS where no page can be */
		{ 3, 0x00000000000030a7 },
		{ 4, 0x00000000000020a7 },
		/* 2 MiB page: bits 20:13 */
		{ 1, 0x00012345676020e7 },
		{ 1, 0x00012345676040e7 },
		{ 1, 0x00012345676800e7 },
		{ 1, 0x00012345677000e7 },
		/* 1 GiB page: bits 29:13 */
		{ 2, 0x00012345400020e7 },
		{ 2, 0x00012345401000e7 },
		{ 2, 0x00012345402000e7 },
		{ 2, 0x00012345600000e7 },
	};
	unsigned levels;
	size_t i;

	(void)state;
	for (levels = 4; levels <= 5; levels++) {
		const struct sdm_walker walker = walker_of(levels);

		for (i = 0; i < COUNT(bad); i++)
			if (bad[i].level < levels)
				assert_fault(walk_with(&walker, bad[i].level,
						       bad[i].entry, false),
					     SDM_FAULT_RESERVED, bad[i].level,
					     bad[i].entry);
	}
}

static void low_address_bits_of_large_pages_are_reserved(void **state)
{
	const struct sdm_walker walker = walker_of(4);
	unsigned bit;

	(void)state;
	for (bit = 13; bit <= 29; bit++) {
		uint64_t pde = 0x00012345400000e7 | UINT64_C(1) << bit;

		assert_int_equal(walk_with(&walker, 2, pde, false).fault,
				 SDM_FAULT_RESERVED);
		assert_int_equal(walk_with(&walker, 1, pde, false).fault,
				 bit <= 20 ? SDM_FAULT_RESERVED :
					     SDM_FAULT_NONE);
	}
}

static void bits_from_maxphyaddr_are_reserved(void **state)
{
	static const uint64_t tables[] = { 0, 0x5027, 0x4027, 0x3027, 0x2027 };
	struct sdm_walker walker = walker_of(5);
	unsigned level, bit;

	(void)state;
	put(0x5020, 0x0000000123456067);
	for (walker.maxphyaddr = 36; walker.maxphyaddr <= 52;
	     walker.maxphyaddr++) {
		for (bit = 35; bit <= 51; bit++) {
			uint64_t high = UINT64_C(1) << bit;
			bool reserved = bit >= walker.maxphyaddr;

			for (level = 1; level < 5; level++)
				assert_int_equal(
					walk_with(&walker, level,
						  tables[level] | high, false)
						.fault,
					reserved ? SDM_FAULT_RESERVED :
						   SDM_FAULT_UNREADABLE);
			for (level = 0; level < 3; level++)
				assert_int_equal(walk_with(&walker, level,
							   0xe7 | high, false)
							 .fault,
						 reserved ? SDM_FAULT_RESERVED :
							    SDM_FAULT_NONE);
		}
	}
}

static void other_bits_are_ignored(void **state)
{
	/*
	 * PWT, PCD; 11:8 (G and software's); 62:52. In table entries bit 6
	 * too; in leaves PAT, which is bit 7 of a PTE and else bit 12.
	 */
	static const struct {
		unsigned level;
		uint64_t entry, pa;
	} odd[] = {
		{ 0, 0x7ffabcdef0123f7f, 0x000abcdef0123567 },
		{ 0, 0x000abcdef01230e7, 0x000abcdef0123567 },
		{ 0, 0x7ffabcdef0123fff, 0x000abcdef0123567 },
		{ 1, 0x7ff0000000005f7f, 0x000abcdef0123567 },
		{ 2, 0x7ff0000000004f7f, 0x000abcdef0123567 },
		{ 3, 0x7ff0000000003f7f, 0x000abcdef0123567 },
		{ 4, 0x7ff0000000002f7f, 0x000abcdef0123567 },
		{ 1, 0x7ff1234567601fff, 0x0001234567604567 },
		{ 2, 0x7ff1234540001fff, 0x0001234540604567 },
	};
	const struct sdm_walker walker = walker_of(5);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(odd); i++) {
		struct sdm_result result = walk_with(&walker, odd[i].level,
						     odd[i].entry, true);

		assert_int_equal(result.fault, SDM_FAULT_NONE);
		assert_int_equal(result.pa, odd[i].pa);
	}
}

static void supervisor_at_each_level(void **state)
{
	unsigned levels, level;

	(void)state;
	for (levels = 4; levels <= 5; levels++) {
		const struct sdm_walker walker = walker_of(levels);

		for (level = 0; level < levels; level++) {
			uint64_t entry = get(entry_at[level]) & ~UINT64_C(4);

			assert_fault(walk_with(&walker, level, entry, false),
				     SDM_FAULT_SUPERVISOR, level, entry);
		}
	}
}

static void read_only_at_each_level(void **state)
{
	unsigned levels, level;

	(void)state;
	for (levels = 4; levels <= 5; levels++) {
		const struct sdm_walker walker = walker_of(levels);

		for (level = 0; level < levels; level++) {
			uint64_t entry = get(entry_at[level]) & ~UINT64_C(2);
			uint64_t leaf = level ? get(0x5020) : entry;
			struct sdm_result result = walk_with(&walker, level,
							     entry, false);

			assert_int_equal(result.fault, SDM_FAULT_NONE);
			assert_int_equal(result.pa, PAGE_PA + 0x567);
			assert_false(result.writable);
			result = walk_with(&walker, level, entry, true);
			assert_fault(result, SDM_FAULT_WRITE, 0, leaf);
			assert_false(result.writable);
		}
	}
}

static void read_only_large_pages(void **state)
{
	static const struct {
		unsigned level;
		uint64_t entry;
	} leaves[] = {
		{ 1, 0x00012345676000a5 },
		{ 2, 0x00012345400000a5 },
	};
	const struct sdm_walker walker = walker_of(4);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(leaves); i++) {
		struct sdm_result result = walk_with(&walker, leaves[i].level,
						     leaves[i].entry, false);

		assert_int_equal(result.fault, SDM_FAULT_NONE);
		assert_false(result.writable);
		assert_false(result.dirty);
		assert_fault(walk_with(&walker, leaves[i].level,
				       leaves[i].entry, true),
			     SDM_FAULT_WRITE, leaves[i].level, leaves[i].entry);
	}
}

static void accessed_is_of_all_levels_dirty_of_the_leaf(void **state)
{
	const struct sdm_walker walker = walker_of(5);
	unsigned level;

	(void)state;
	for (level = 0; level < 5; level++) {
		uint64_t entry = get(entry_at[level]) & ~UINT64_C(0x60);
		struct sdm_result result = walk_with(&walker, level, entry,
						     true);

		assert_int_equal(result.fault, SDM_FAULT_NONE);
		assert_false(result.accessed);
		assert_int_equal(result.dirty, level != 0);
	}
}

/* At one entry: P, then reserved, then U/S; R/W only at the end. */
static void the_first_rule_broken_decides(void **state)
{
	const struct sdm_walker walker = walker_of(5);
	unsigned level;

	(void)state;
	for (level = 0; level < 5; level++) {
		uint64_t xd = UINT64_C(1) << 63;
		uint64_t entry = get(entry_at[level]);

		assert_int_equal(walk_with(&walker, level, (entry | xd) & ~7ull,
					   true)
					 .fault,
				 SDM_FAULT_NOT_PRESENT);
		assert_int_equal(walk_with(&walker, level, (entry | xd) & ~6ull,
					   true)
					 .fault,
				 SDM_FAULT_RESERVED);
		assert_int_equal(
			walk_with(&walker, level, entry & ~6ull, true).fault,
			SDM_FAULT_SUPERVISOR);
		assert_int_equal(
			walk_with(&walker, level, entry & ~2ull, true).fault,
			SDM_FAULT_WRITE);
	}
	put(0x5020, 0);
	assert_fault(walk_with(&walker, 4, 0x2025, true), SDM_FAULT_NOT_PRESENT,
		     0, 0);
}

static void tables_outside_memory(void **state)
{
	struct sdm_walker walker = walker_of(5);
	unsigned level;

	(void)state;
	for (level = 1; level < 5; level++)
		assert_fault(walk_with(&walker, level, 0x0000000777777027,
				       false),
			     SDM_FAULT_UNREADABLE, level, 0x0000000777777027);
	walker.root = 0x777777000;
	assert_fault(sdm_walk(&walker, ADDRESS_5, false), SDM_FAULT_UNREADABLE,
		     5, 0);
}

static void a_root_that_is_none(void **state)
{
	static const uint64_t bad[] = {
		0x1001,
		0x1008,
		0x1800,
		0x0010000000001000,
		0x8000000000001000,
		0x0000100000001000,
	};
	struct sdm_walker walker = walker_of(5);
	size_t i;

	(void)state;
	walker.maxphyaddr = 44;
	for (i = 0; i < COUNT(bad); i++) {
		walker.root = bad[i];
		assert_fault(sdm_walk(&walker, ADDRESS_5, false),
			     SDM_FAULT_UNREADABLE, 5, 0);
	}
	assert_int_equal(memory.reads, 0);
}

/* ---- which addresses ------------------------------------------------- */

/* Fills the tree so that every address a walker accepts translates. */
static void map_everything(void)
{
	size_t i;

	for (i = 0; i < 512; i++) {
		memory.word[0][i] = 0x2027;
		memory.word[1][i] = 0x3027;
		memory.word[2][i] = 0x00012345400000e7;
	}
}

static void addresses_of_each_form(void **state)
{
	static const struct {
		unsigned levels, width;
		bool canonical;
		uint64_t address;
		bool good;
	} cases[] = {
		{ 4, 48, false, 0x0000000000000000, true },
		{ 4, 48, false, 0x0000ffffffffffff, true },
		{ 4, 48, false, 0x0001000000000000, false },
		{ 4, 48, false, 0xffff800000000000, false },
		{ 4, 48, false, 0xffffffffffffffff, false },
		{ 4, 48, false, 0x8000000000000000, false },
		{ 4, 39, false, 0x0000007fffffffff, true },
		{ 4, 39, false, 0x0000008000000000, false },
		{ 4, 13, false, 0x0000000000001fff, true },
		{ 4, 13, false, 0x0000000000002000, false },
		{ 5, 57, false, 0x01ffffffffffffff, true },
		{ 5, 57, false, 0x0200000000000000, false },
		{ 5, 48, false, 0x0000ffffffffffff, true },
		{ 5, 48, false, 0x0001000000000000, false },
		{ 4, 48, true, 0x0000000000000000, true },
		{ 4, 48, true, 0x00007fffffffffff, true },
		{ 4, 48, true, 0x0000800000000000, false },
		{ 4, 48, true, 0x0000ffffffffffff, false },
		{ 4, 48, true, 0xffff000000000000, false },
		{ 4, 48, true, 0xffff7fffffffffff, false },
		{ 4, 48, true, 0xffff800000000000, true },
		{ 4, 48, true, 0xffffffffffffffff, true },
		{ 4, 48, true, 0x7fffffffffffffff, false },
		{ 4, 48, true, 0x7fff800000000000, false },
		{ 4, 40, true, 0x0000007fffffffff, true },
		{ 4, 40, true, 0x0000008000000000, false },
		{ 4, 40, true, 0xffffff7fffffffff, false },
		{ 4, 40, true, 0xffffff8000000000, true },
		{ 5, 57, true, 0x00ffffffffffffff, true },
		{ 5, 57, true, 0x0100000000000000, false },
		{ 5, 57, true, 0xfeffffffffffffff, false },
		{ 5, 57, true, 0xff00000000000000, true },
		{ 5, 57, true, 0xffffffffffffffff, true },
	};
	size_t i;

	(void)state;
	map_everything();
	for (i = 0; i < COUNT(cases); i++) {
		struct sdm_walker walker = walker_of(cases[i].levels);
		struct sdm_result result;

		walker.width = cases[i].width;
		walker.canonical = cases[i].canonical;
		memory.reads = 0;
		result = sdm_walk(&walker, cases[i].address, true);
		if (cases[i].good) {
			assert_int_equal(result.fault, SDM_FAULT_NONE);
			assert_int_equal(result.pa, 0x0001234540000000 |
							    (cases[i].address &
							     0x3fffffff));
			continue;
		}
		assert_fault(result, SDM_FAULT_ADDRESS, cases[i].levels, 0);
		assert_int_equal(memory.reads, 0);
	}
}

/* The upper half of 4 levels uses the upper half of the root. */
static void upper_half_uses_upper_entries(void **state)
{
	struct sdm_walker walker = walker_of(4);

	(void)state;
	walker.canonical = true;
	put(0x2800, 0x3027);
	put(0x2008, 0);
	assert_translates(sdm_walk(&walker, 0xffff800080604567, true),
			  PAGE_PA + 0x567, 0);
	assert_fault(sdm_walk(&walker, 0xffff808080604567, true),
		     SDM_FAULT_NOT_PRESENT, 3, 0);
}

/* ---- the mask -------------------------------------------------------- */

static void masked_bits_are_dropped_from_tables(void **state)
{
	struct sdm_walker walker = walker_of(5);

	(void)state;
	walker.address_mask = UINT64_C(1) << 47;
	walker.root = 0x0000800000001000;
	put(0x1028, 0x0000800000002027);
	put(0x2008, 0x0000800000003027);
	put(0x3010, 0x0000800000004027);
	put(0x4018, 0x0000800000005027);
	put(0x5020, 0x0000000000123067);
	assert_translates(sdm_walk(&walker, ADDRESS_5, true), 0x123567, 0);
	walker.address_mask = 0;
	assert_fault(sdm_walk(&walker, ADDRESS_5, true), SDM_FAULT_UNREADABLE,
		     5, 0);
	walker.root = 0x1000;
	assert_fault(sdm_walk(&walker, ADDRESS_5, true), SDM_FAULT_UNREADABLE,
		     4, 0x0000800000002027);
}

static void a_masked_bit_is_not_reserved(void **state)
{
	struct sdm_walker walker = walker_of(4);

	(void)state;
	put(0x5020, 0x0000000000123067);
	walker.maxphyaddr = 43;
	assert_fault(walk_with(&walker, 1, 0x0000800000005027, true),
		     SDM_FAULT_RESERVED, 1, 0x0000800000005027);
	walker.address_mask = UINT64_C(1) << 47;
	assert_int_equal(walk_with(&walker, 1, 0x0000800000005027, true).pa,
			 0x123567);
	assert_fault(walk_with(&walker, 1, 0x0000400000005027, true),
		     SDM_FAULT_RESERVED, 1, 0x0000400000005027);
}

/* A page's address is what the entry says; only tables are masked. */
static void a_masked_bit_stays_in_the_page_address(void **state)
{
	struct sdm_walker walker = walker_of(4);

	(void)state;
	walker.maxphyaddr = 43;
	walker.address_mask = UINT64_C(1) << 47;
	assert_int_equal(walk_with(&walker, 0, 0x0000800000123067, true).pa,
			 0x0000800000123567);
	assert_int_equal(walk_with(&walker, 1, 0x00008000002000e7, true).pa,
			 0x0000800000204567);
}

/* ---- misuse and texts ------------------------------------------------ */

static void walk_once(void *state)
{
	(void)sdm_walk(state, 0, false);
}

static void impossible_walkers_abort(void **state)
{
	static const struct {
		unsigned levels, width, maxphyaddr;
		uint64_t mask;
	} bad[] = {
		{ 0, 48, 52, 0 },
		{ 3, 39, 52, 0 },
		{ 6, 57, 52, 0 },
		{ 4, 12, 52, 0 },
		{ 4, 49, 52, 0 },
		{ 5, 58, 52, 0 },
		{ 4, 64, 52, 0 },
		{ 4, 0, 52, 0 },
		{ 4, 48, 35, 0 },
		{ 4, 48, 53, 0 },
		{ 4, 48, 52, 1 },
		{ 4, 48, 52, 0x800 },
		{ 4, 48, 52, UINT64_C(1) << 52 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		struct sdm_walker walker = walker_of(5);

		walker.levels = bad[i].levels;
		walker.width = bad[i].width;
		walker.maxphyaddr = bad[i].maxphyaddr;
		walker.address_mask = bad[i].mask;
		expect_abort(walk_once, &walker, "no such walker");
	}
}

/* ---- from some table on ---------------------------------------------- */

struct met {
	unsigned count;
	unsigned level[5];
	uint64_t table[5];
	bool writable[5];
};

static void note_met(void *ctx, unsigned level, uint64_t table, bool writable)
{
	struct met *met = ctx;

	assert_true(met->count < COUNT(met->level));
	met->level[met->count] = level;
	met->table[met->count] = table;
	met->writable[met->count++] = writable;
}

/* Tables of level 4 .. 0 of the tree are at 0x1000 .. 0x5000. */
static uint64_t table_of(unsigned level)
{
	return 0x1000 * (uint64_t)(5 - level);
}

static void a_walk_may_begin_at_each_level(void **state)
{
	struct sdm_walker walker = walker_of(5);
	struct met met;
	unsigned level, i;

	(void)state;
	walker.root = 0x7000; /* outside memory, and not looked at */
	for (level = 0; level < 5; level++) {
		const struct sdm_start start = {
			.table = table_of(level),
			.level = level,
			.writable = true,
			.met = note_met,
			.met_ctx = &met,
		};

		memset(&met, 0, sizeof(met));
		memory.reads = 0;
		assert_translates(sdm_walk_from(&walker, &start, ADDRESS_5,
						true),
				  PAGE_PA + 0x567, 0);
		assert_int_equal(memory.reads, level + 1);
		assert_int_equal(met.count, level);
		for (i = 0; i < level; i++) {
			assert_int_equal(met.level[i], level - i);
			assert_int_equal(met.table[i], table_of(level - i - 1));
			assert_true(met.writable[i]);
		}
	}
}

static void what_was_read_only_above_stays_so(void **state)
{
	const struct sdm_walker walker = walker_of(4);
	struct met met = { 0 };
	struct sdm_start start = {
		.table = 0x3000,
		.level = 2,
		.met = note_met,
		.met_ctx = &met,
	};
	struct sdm_result result;

	(void)state;
	result = sdm_walk_from(&walker, &start, ADDRESS_4, true);
	assert_fault(result, SDM_FAULT_WRITE, 0, get(0x5020));
	assert_int_equal(met.count, 2);
	assert_false(met.writable[0]);
	assert_false(met.writable[1]);
	result = sdm_walk_from(&walker, &start, ADDRESS_4, false);
	assert_translates(result, PAGE_PA + 0x567, 0);
	assert_false(result.writable);
	/* Told from the entry that took the permission away on. */
	start.writable = true;
	put(0x4018, 0x5025);
	met.count = 0;
	result = sdm_walk_from(&walker, &start, ADDRESS_4, false);
	assert_false(result.writable);
	assert_true(met.writable[0]);
	assert_false(met.writable[1]);
}

static void an_entry_a_walk_ends_at_is_not_met(void **state)
{
	const struct sdm_walker walker = walker_of(4);
	struct met met = { 0 };
	const struct sdm_start start = {
		.table = 0x3000,
		.level = 2,
		.writable = true,
		.met = note_met,
		.met_ctx = &met,
	};

	(void)state;
	put(0x4018, get(0x4018) & ~UINT64_C(4));
	assert_fault(sdm_walk_from(&walker, &start, ADDRESS_4, false),
		     SDM_FAULT_SUPERVISOR, 1, get(0x4018));
	assert_int_equal(met.count, 1);
	put(0x3010, 0);
	assert_fault(sdm_walk_from(&walker, &start, ADDRESS_4, false),
		     SDM_FAULT_NOT_PRESENT, 2, 0);
	assert_int_equal(met.count, 1);
}

static void a_start_is_checked_like_a_root(void **state)
{
	const struct sdm_walker walker = walker_of(4);
	struct sdm_start start = { .table = 0x3008, .level = 2 };

	(void)state;
	assert_fault(sdm_walk_from(&walker, &start, ADDRESS_4, false),
		     SDM_FAULT_UNREADABLE, 3, 0);
	start.table = 0x7000;
	assert_fault(sdm_walk_from(&walker, &start, ADDRESS_4, false),
		     SDM_FAULT_UNREADABLE, 3, 0);
	start.table = 0x3000;
	assert_fault(sdm_walk_from(&walker, &start, UINT64_C(1) << 48, false),
		     SDM_FAULT_ADDRESS, 3, 0);
}

static void walk_from_once(void *state)
{
	const struct sdm_walker walker = walker_of(4);

	(void)sdm_walk_from(&walker, state, ADDRESS_4, false);
}

static void a_start_above_the_root_aborts(void **state)
{
	struct sdm_start start = { .table = 0x1000, .level = 4 };

	(void)state;
	expect_abort(walk_from_once, &start, "no table has entries of level 4");
}

/* ---- faster walks beside plain ones ---------------------------------- */

/* An entry's fault is what sdm_check_entry() says, which looks at all of it. */
static void each_entry_is_checked_as_a_whole(void **state)
{
	uint64_t prng = pt_seed("entries", 11);
	unsigned rounds = pt_effort(50000), good = 0, i;

	(void)state;
	for (i = 0; i < rounds; i++) {
		struct sdm_walker walker = walker_of(4 + (unsigned)(i & 1));
		unsigned level = (unsigned)hvpt_random_below(&prng, 4);
		uint64_t entry = get(entry_at[level]);
		struct sdm_result result;
		enum sdm_fault fault;

		walker.maxphyaddr = 36 + (unsigned)hvpt_random_below(&prng, 17);
		if (hvpt_random_below(&prng, 2))
			walker.address_mask = UINT64_C(1)
					      << (36 +
						  hvpt_random_below(&prng, 16));
		entry &= (UINT64_C(1) << 36) - 1;
		entry ^= UINT64_C(1) << hvpt_random_below(&prng, 64);
		entry ^= UINT64_C(1) << hvpt_random_below(&prng, 64);
		entry ^= UINT64_C(1) << hvpt_random_below(&prng, 8);
		fault = sdm_check_entry(&walker, entry, level);
		result = walk_with(&walker, level, entry, false);
		if (fault != SDM_FAULT_NONE) {
			assert_fault(result, fault, level, entry);
			continue;
		}
		assert_true(result.level < level ||
			    result.fault == SDM_FAULT_NONE ||
			    result.fault == SDM_FAULT_UNREADABLE);
		good++;
	}
	assert_true(good > rounds / 100 && good < rounds);
}

/* Random entries in the tree, of which few walks reach the end. */
static void draw_tree(uint64_t *prng)
{
	unsigned table, i;

	(void)set_up(NULL);
	for (table = 0; table < 5; table++)
		for (i = 0; i < 64; i++) {
			uint64_t entry = hvpt_random_below(prng, 8) << 12 | 5;

			entry |= hvpt_random_below(prng, 2) << 1;
			entry |= hvpt_random_below(prng, 2) << 5;
			entry |= (uint64_t)!hvpt_random_below(prng, 4) << 7;
			entry ^= (uint64_t)!hvpt_random_below(prng, 8);
			put(0x1000 * (table + 1) + 8 * (i % 8), entry);
		}
}

/* All but accessed, which is of the entries read. */
static void assert_same(const struct sdm_result *a, const struct sdm_result *b)
{
	assert_int_equal(a->fault, b->fault);
	assert_int_equal(a->level, b->level);
	assert_int_equal(a->entry, b->entry);
	assert_int_equal(a->pa, b->pa);
	assert_int_equal(a->page_lg2, b->page_lg2);
	assert_int_equal(a->writable, b->writable);
	assert_int_equal(a->dirty, b->dirty);
	assert_true(a->accessed || !b->accessed);
}

/* Moves an address on by a few of the entries of some level. */
static uint64_t step_aside(uint64_t *prng, uint64_t address)
{
	unsigned lg2 = 12 + 9 * (unsigned)hvpt_random_below(prng, 5);
	uint64_t index = hvpt_random_below(prng, 8);

	return (address & ~(UINT64_C(511) << lg2)) | index << lg2;
}

static void walks_near_each_other_end_alike(void **state)
{
	uint64_t prng = pt_seed("near", 12);
	unsigned rounds = pt_effort(400), reads = 0, near_reads = 0, i, k;

	(void)state;
	for (i = 0; i < rounds; i++) {
		struct sdm_walker walker = walker_of(4 + (i & 1));
		struct sdm_near near = { .known = false };
		uint64_t address = 0;

		walker.canonical = hvpt_random_below(&prng, 2) != 0;
		draw_tree(&prng);
		for (k = 0; k < 100; k++) {
			struct sdm_result plain, fast;

			address = step_aside(&prng, address);
			memory.reads = 0;
			plain = sdm_walk(&walker, address, false);
			reads += memory.reads;
			memory.reads = 0;
			fast = sdm_walk_near(&walker, &near, address);
			near_reads += memory.reads;
			assert_same(&fast, &plain);
		}
	}
	assert_true(near_reads < reads);
}

/* ---- texts ----------------------------------------------------------- */

static void each_fault_has_a_text_of_its_own(void **state)
{
	int i, n;

	(void)state;
	for (i = SDM_FAULT_NONE; i <= SDM_FAULT_WRITE + 1; i++) {
		const char *text = sdm_fault_text((enum sdm_fault)i);

		assert_non_null(text);
		assert_true(strlen(text) > 0);
		for (n = SDM_FAULT_NONE; n < i; n++)
			assert_string_not_equal(
				text, sdm_fault_text((enum sdm_fault)n));
	}
	assert_string_equal(sdm_fault_text((enum sdm_fault)100),
			    "unknown fault");
	assert_string_equal(sdm_fault_text(SDM_FAULT_NOT_PRESENT),
			    "not present");
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

/* What a write says follows from what a read says. */
static void a_write_differs_only_by_its_fault(void **state)
{
	uint64_t prng = pt_seed("writes", 5);
	unsigned rounds = pt_effort(20000), denied = 0, i;

	(void)state;
	for (i = 0; i < rounds; i++) {
		struct sdm_walker walker = walker_of(4 + (unsigned)(prng & 1));
		unsigned level = (unsigned)(hvpt_random(&prng) >> 32) % 4;
		uint64_t entry = get(entry_at[level]);
		struct sdm_result read, write;

		entry ^= UINT64_C(1) << (hvpt_random(&prng) >> 58);
		entry ^= UINT64_C(1) << (hvpt_random(&prng) >> 61);
		read = walk_with(&walker, level, entry, false);
		write = walk_with(&walker, level, entry, true);
		assert_int_equal(write.fault, sdm_write_fault(&read));
		assert_int_equal(write.level, read.level);
		assert_int_equal(write.entry, read.entry);
		assert_int_equal(write.writable, read.writable);
		if (write.fault == SDM_FAULT_NONE)
			assert_int_equal(write.pa, read.pa);
		denied += write.fault == SDM_FAULT_WRITE;
	}
	assert_true(denied > rounds / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_4k_page_translates),
		TEST(every_offset_is_kept),
		TEST(a_2m_page_translates),
		TEST(a_1g_page_translates),
		TEST(physical_0_and_the_top_are_addresses),
		TEST(first_and_last_index_of_each_level),
		TEST(not_present_at_each_level),
		TEST(reserved_bits_at_each_level),
		TEST(low_address_bits_of_large_pages_are_reserved),
		TEST(bits_from_maxphyaddr_are_reserved),
		TEST(other_bits_are_ignored),
		TEST(supervisor_at_each_level),
		TEST(read_only_at_each_level),
		TEST(read_only_large_pages),
		TEST(accessed_is_of_all_levels_dirty_of_the_leaf),
		TEST(the_first_rule_broken_decides),
		TEST(tables_outside_memory),
		TEST(a_root_that_is_none),
		TEST(addresses_of_each_form),
		TEST(upper_half_uses_upper_entries),
		TEST(masked_bits_are_dropped_from_tables),
		TEST(a_masked_bit_is_not_reserved),
		TEST(a_masked_bit_stays_in_the_page_address),
		TEST(impossible_walkers_abort),
		TEST(a_walk_may_begin_at_each_level),
		TEST(what_was_read_only_above_stays_so),
		TEST(an_entry_a_walk_ends_at_is_not_met),
		TEST(a_start_is_checked_like_a_root),
		TEST(a_start_above_the_root_aborts),
		TEST(a_write_differs_only_by_its_fault),
		TEST(each_entry_is_checked_as_a_whole),
		TEST(walks_near_each_other_end_alike),
		TEST(each_fault_has_a_text_of_its_own),
	};

	return cmocka_run_group_tests_name("sdm_walk", tests, NULL, NULL);
}
