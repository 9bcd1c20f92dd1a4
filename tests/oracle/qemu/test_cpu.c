/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Page tables of the library, read by the page walker of an emulated
 * processor, with 4 and 5 levels: every leaf by "info tlb", byte addresses by
 * "gva2gpa".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/qemu/cpu_walk.h"
#include "machine.h"
#include "tests/support/prng.h"

#define RANDOM_STEPS 800u
#define RANDOM_ASKED 200u

/* The emulated processor has 40 bits of physical address. */
#define GPA_END (UINT64_C(1) << 40)

static struct guest_ram ram;
static struct qemu *qemu;

static void open_table(struct hvpt_pagetable *pt, unsigned levels,
		       uint64_t sizes, unsigned flags)
{
	struct hvpt_pt_config config = {
		.ops = &guest_ram_ops,
		.ctx = &ram,
		.direct_map_offset = guest_ram_offset(&ram),
		.page_sizes = sizes,
		.levels = levels,
		.width = levels == 5 ? 57 : 48,
		.form = HVPT_IOVA_CANONICAL,
		.flags = flags,
	};

	guest_ram_reset(&ram);
	assert_int_equal(hvpt_pt_init(pt, &config), HVPT_OK);
	cpu_walk_load(qemu, hvpt_pt_root_gpa(pt).value, levels);
}

static void close_table(struct hvpt_pagetable *pt)
{
	hvpt_pt_destroy(pt);
	assert_int_equal(ram.in_use, 0);
}

static void map(struct hvpt_pagetable *pt, uint64_t iova, uint64_t gpa,
		uint64_t length, unsigned prot)
{
	assert_int_equal(hvpt_pt_map(pt, hvpt_iova(iova), hvpt_gpa(gpa), length,
				     prot, NULL),
			 HVPT_OK);
}

/* ---- the library's own view, and the processor's --------------------- */

/* What the walker must print for a leaf of the library. */
static bool same_leaf(const struct cpu_leaf *leaf, hvpt_iova_t iova,
		      const struct hvpt_mapping *mapping)
{
	return leaf->va == iova.value && leaf->pa == mapping->gpa.value &&
	       leaf->large == (mapping->leaf_lg2 != 12) &&
	       leaf->writable == (mapping->prot == RW) &&
	       leaf->dirty == mapping->dirty &&
	       leaf->accessed == mapping->accessed && leaf->user &&
	       !leaf->no_execute && !leaf->global && !leaf->cache_disable &&
	       !leaf->write_through;
}

/* Walks along the dump while the library shows its leaves. */
struct comparison {
	const struct cpu_leaf *leaf;
	size_t count;
	size_t at;
	uint64_t expected_next; /* sizes: the next leaf is not below it */
};

static bool compare_one(void *ctx, hvpt_iova_t iova,
			const struct hvpt_mapping *mapping)
{
	struct comparison *comparison = ctx;
	const struct cpu_leaf *leaf = &comparison->leaf[comparison->at];

	if (comparison->at < comparison->count &&
	    same_leaf(leaf, iova, mapping)) {
		comparison->at++;
		return true;
	}
	print_error("leaf %zu of %zu: the library has %#llx -> %#llx\n",
		    comparison->at, comparison->count,
		    (unsigned long long)iova.value,
		    (unsigned long long)mapping->gpa.value);
	if (comparison->at < comparison->count)
		print_error("the processor has %#llx -> %#llx\n",
			    (unsigned long long)leaf->va,
			    (unsigned long long)leaf->pa);
	return false;
}

/* Return: how many leaves there are, the same for both. */
static size_t expect_same(const struct hvpt_pagetable *pt)
{
	struct comparison comparison = { .at = 0 };
	struct cpu_leaf *leaves;
	enum hvpt_status status;

	comparison.count = cpu_walk_dump(qemu, &leaves);
	comparison.leaf = leaves;
	status = hvpt_pt_visit(pt, NULL, compare_one, &comparison);
	free(leaves);
	assert_int_equal(status, HVPT_OK);
	assert_int_equal(comparison.at, comparison.count);
	return comparison.count;
}

static void expect_goes(uint64_t va, uint64_t pa)
{
	uint64_t seen = ~UINT64_C(0);

	assert_true(cpu_walk_translate(qemu, va, &seen));
	assert_int_equal(seen, pa);
}

static void expect_nothing(uint64_t va)
{
	uint64_t seen;

	assert_false(cpu_walk_translate(qemu, va, &seen));
}

/* ---- one leaf of each kind ------------------------------------------- */

static void expect_leaf(unsigned levels, uint64_t iova, uint64_t size,
			unsigned prot, unsigned flags)
{
	const uint64_t gpa = 3 * GIB1;
	struct hvpt_pagetable pt;

	open_table(&pt, levels, SIZES_ALL, flags);
	map(&pt, iova, gpa, size, prot);
	assert_int_equal(expect_same(&pt), 1);
	expect_goes(iova, gpa);
	expect_goes(iova + 0x123, gpa + 0x123);
	expect_goes(iova + size - 1, gpa + size - 1);
	if (iova)
		expect_nothing(iova - 1);
	if (iova + size)
		expect_nothing(iova + size);
	close_table(&pt);
}

static void expect_every_leaf(unsigned levels)
{
	static const uint64_t sizes[] = { KIB4, MIB2, GIB1 };
	const uint64_t half = UINT64_C(1) << (levels == 5 ? 56 : 47);
	size_t i;

	for (i = 0; i < 3; i++) {
		uint64_t size = sizes[i];
		const uint64_t iovas[] = { 0,
					   5 * GIB1,
					   half / 3 * 2 - half / 3 * 2 % GIB1,
					   half - size,
					   0 - half,
					   0 - size };
		size_t k;

		for (k = 0; k < 6; k++) {
			expect_leaf(levels, iovas[k], size, RO, 0);
			expect_leaf(levels, iovas[k], size, RW, 0);
			expect_leaf(levels, iovas[k], size, RW,
				    HVPT_PT_TRACK_DIRTY);
		}
	}
}

static void test_every_leaf_4(void **state)
{
	(void)state;
	expect_every_leaf(4);
}

static void test_every_leaf_5(void **state)
{
	(void)state;
	expect_every_leaf(5);
}

/* A 5-level tree uses address bits that 4 levels do not have. */
static void test_fifth_level_counts(void **state)
{
	const uint64_t iova = UINT64_C(0x00ab000000000000) + 5 * MIB2;
	struct hvpt_pagetable pt;

	(void)state;
	open_table(&pt, 5, SIZES_ALL, 0);
	map(&pt, iova, 7 * MIB2, MIB2, RW);
	expect_goes(iova + 9, 7 * MIB2 + 9);
	expect_nothing(5 * MIB2);
	expect_nothing(iova + (UINT64_C(1) << 48));
	cpu_walk_load(qemu, hvpt_pt_root_gpa(&pt).value, 4);
	expect_nothing(5 * MIB2);
	close_table(&pt);
}

static void test_empty(void **state)
{
	struct hvpt_pagetable pt;

	(void)state;
	open_table(&pt, 5, SIZES_ALL, 0);
	assert_int_equal(expect_same(&pt), 0);
	expect_nothing(0);
	close_table(&pt);
}

static void test_split(void **state)
{
	const uint64_t iova = 5 * GIB1, hole = 100 * MIB2 + 7 * KIB4;
	struct hvpt_pagetable pt;
	struct hvpt_gather gather;
	uint64_t unmapped;
	unsigned levels;

	(void)state;
	for (levels = 4; levels <= 5; levels++) {
		open_table(&pt, levels, SIZES_ALL, 0);
		map(&pt, iova, GIB1, GIB1, RW);
		hvpt_gather_init(&gather);
		assert_int_equal(hvpt_pt_unmap(&pt, hvpt_iova(iova + hole),
					       KIB4, &gather, &unmapped),
				 HVPT_OK);
		hvpt_pt_release(&pt, &gather);
		assert_int_equal(expect_same(&pt), 511 + 511);
		expect_nothing(iova + hole);
		expect_goes(iova + hole - 1, GIB1 + hole - 1);
		expect_goes(iova + GIB1 - 1, 2 * GIB1 - 1);
		close_table(&pt);
	}
}

/* ---- random tables --------------------------------------------------- */

/* Near a few places, so that ranges meet; every place in either half. */
static uint64_t random_iova(uint64_t *prng, unsigned levels)
{
	unsigned bits = levels == 5 ? 57 : 48;
	uint64_t place = hvpt_random_below(prng, 12), iova;

	iova = place * UINT64_C(0x1555555555555) +
	       (hvpt_random_below(prng, UINT64_C(1) << 33) & ~(KIB4 - 1));
	iova &= (UINT64_C(1) << bits) - KIB4;
	return cpu_walk_sign_extend(iova & ~(KIB4 - 1), levels);
}

static uint64_t random_length(uint64_t *prng)
{
	switch (hvpt_random_below(prng, 8)) {
	case 0:
		return GIB1;
	case 1:
	case 2:
		return MIB2 * (1 + hvpt_random_below(prng, 4));
	case 3:
		return MIB2 + KIB4 * hvpt_random_below(prng, 1024);
	default:
		return KIB4 * (1 + hvpt_random_below(prng, 8));
	}
}

/* Makes a call, whatever its result, and checks the table afterwards. */
static void random_step(uint64_t *prng, struct hvpt_pagetable *pt,
			struct hvpt_gather *gather)
{
	uint64_t length = random_length(prng);
	uint64_t align = hvpt_random_below(prng, 2) && length >= MIB2 ? length :
									KIB4;
	uint64_t iova = random_iova(prng, pt->levels), gpa, unmapped;
	unsigned prot = hvpt_random_below(prng, 3) ? RW : RO;
	enum hvpt_status status;

	if (align > MIB2 && align != GIB1)
		align = MIB2;
	iova &= ~(align - 1);
	gpa = hvpt_random_below(prng, GPA_END - length) & ~(align - 1);
	switch (hvpt_random_below(prng, 4)) {
	case 0:
		status = hvpt_pt_unmap(pt, hvpt_iova(iova), length, gather,
				       &unmapped);
		break;
	case 1:
		status = hvpt_pt_protect(pt, hvpt_iova(iova), length, prot,
					 gather);
		break;
	default:
		status = hvpt_pt_map(pt, hvpt_iova(iova), hvpt_gpa(gpa), length,
				     prot, gather);
	}
	assert_true(status == HVPT_OK || status == HVPT_ERR_OVERLAP ||
		    status == HVPT_ERR_NOT_MAPPED ||
		    status == HVPT_ERR_IOVA_RANGE || status == HVPT_ERR_WRAP);
	hvpt_pt_release(pt, gather);
}

static void ask_some(uint64_t *prng, const struct hvpt_pagetable *pt)
{
	unsigned i, mapped = 0;

	for (i = 0; i < RANDOM_ASKED; i++) {
		uint64_t iova = random_iova(prng, pt->levels) +
				hvpt_random_below(prng, KIB4);
		struct hvpt_mapping seen = { .leaf_lg2 = 0 };

		if (hvpt_pt_lookup(pt, hvpt_iova(iova), &seen) == HVPT_OK) {
			expect_goes(iova, seen.gpa.value);
			mapped++;
		} else {
			expect_nothing(iova);
		}
	}
	assert_true(mapped > 0 && mapped < RANDOM_ASKED);
}

static void expect_random(const char *name, unsigned levels, uint64_t sizes,
			  uint64_t otherwise)
{
	uint64_t prng = pt_seed(name, otherwise);
	struct hvpt_pagetable pt;
	struct hvpt_gather gather;
	unsigned i, steps = pt_effort(RANDOM_STEPS);
	size_t leaves;

	open_table(&pt, levels, sizes, 0);
	hvpt_gather_init(&gather);
	for (i = 0; i < steps; i++)
		random_step(&prng, &pt, &gather);
	leaves = expect_same(&pt);
	print_message("%u levels: %zu leaves, each the same for both\n", levels,
		      leaves);
	assert_true(leaves > steps);
	ask_some(&prng, &pt);
	close_table(&pt);
}

static void test_random_4(void **state)
{
	(void)state;
	expect_random("random 4-level table", 4, SIZES_ALL, 0x4c0ffee);
}

static void test_random_5(void **state)
{
	(void)state;
	expect_random("random 5-level table", 5, SIZES_ALL, 0x5c0ffee);
}

static void test_random_small(void **state)
{
	(void)state;
	expect_random("random table of 4 KiB and 2 MiB", 5, KIB4 | MIB2,
		      0x6c0ffee);
}

/* ---- the checks can fail --------------------------------------------- */

static void test_walker_says_no(void **state)
{
	const uint64_t iova = 3 * GIB1;
	struct hvpt_pagetable pt;
	struct hvpt_mapping mapping = { .leaf_lg2 = 0 };
	struct cpu_leaf *leaves;
	uint64_t *slot;
	unsigned bit;

	(void)state;
	open_table(&pt, 4, SIZES_ALL, 0);
	map(&pt, iova, GIB1, KIB4, RW);
	assert_int_equal(hvpt_pt_lookup(&pt, hvpt_iova(iova), &mapping),
			 HVPT_OK);
	slot = hvpt_pt_slot(&pt, 4, iova, 0);
	assert_non_null(slot);
	for (bit = 0; bit < 64; bit++) {
		/* PAT and what is left to software are not shown. */
		if (bit == 7 || (bit >= 9 && bit <= 11) ||
		    (bit >= 40 && bit <= 62))
			continue;
		*slot ^= UINT64_C(1) << bit;
		assert_false(cpu_walk_dump(qemu, &leaves) == 1 &&
			     same_leaf(leaves, hvpt_iova(iova), &mapping));
		free(leaves);
		*slot ^= UINT64_C(1) << bit;
	}
	close_table(&pt);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_every_leaf_4),
		cmocka_unit_test(test_every_leaf_5),
		cmocka_unit_test(test_fifth_level_counts),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_random_4),
		cmocka_unit_test(test_random_5),
		cmocka_unit_test(test_random_small),
		cmocka_unit_test(test_walker_says_no),
	};
	bool system = argc > 1 && strcmp(argv[1], "system") == 0;
	const char *program = qemu_find(system ? QEMU_SYSTEM : QEMU_FETCHED);
	int failed;

	if (!program) {
		printf("SKIP: no QEMU %s\n",
		       system ? "installed (package qemu-system-x86)" :
				"fetched (scripts/get-qemu)");
		return EXIT_SKIP;
	}
	guest_ram_open(&ram, MACHINE_BYTES, MACHINE_POOL, MACHINE_POOL_PAGES);
	qemu = qemu_start_cpu(program, &ram);
	if (!qemu)
		walker_die("%s does not answer", program);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	qemu_stop(qemu);
	guest_ram_close(&ram);
	return failed;
}
