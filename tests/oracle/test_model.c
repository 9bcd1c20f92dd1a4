/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The interval model of adapters/host: its rules one by one, and against an
 * array with one cell for each page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "oracle/model.h"
#include "tests/support/death.h"
#include "tests/support/prng.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define PAGE UINT64_C(0x1000)
#define RO 1u
#define RW 3u
#define MANY 60000u

static int set_up(void **state)
{
	*state = hvpt_model_create();
	return 0;
}

static int tear_down(void **state)
{
	hvpt_model_destroy(*state);
	return 0;
}

static void assert_maps_to(struct hvpt_model *model, uint64_t iova,
			   uint64_t gpa, unsigned prot)
{
	uint64_t got_gpa = 1;
	unsigned got_prot = 77;

	assert_true(hvpt_model_lookup(model, iova, &got_gpa, &got_prot));
	assert_int_equal(got_gpa, gpa);
	assert_int_equal(got_prot, prot);
}

static void assert_unmapped(struct hvpt_model *model, uint64_t iova)
{
	uint64_t gpa = 1;
	unsigned prot = 77;

	assert_false(hvpt_model_lookup(model, iova, &gpa, &prot));
	assert_int_equal(gpa, 1);
	assert_int_equal(prot, 77);
}

/* The interval that hvpt_model_next() finds at @from. */
static void assert_next(struct hvpt_model *model, uint64_t from, uint64_t first,
			uint64_t last, uint64_t gpa, unsigned prot)
{
	uint64_t got_first, got_last, got_gpa;
	unsigned got_prot;

	assert_true(hvpt_model_next(model, from, &got_first, &got_last,
				    &got_gpa, &got_prot));
	assert_int_equal(got_first, first);
	assert_int_equal(got_last, last);
	assert_int_equal(got_gpa, gpa);
	assert_int_equal(got_prot, prot);
}

static void assert_no_next(struct hvpt_model *model, uint64_t from)
{
	uint64_t first = 1, last = 2, gpa = 3;
	unsigned prot = 4;

	assert_false(hvpt_model_next(model, from, &first, &last, &gpa, &prot));
	assert_true(first == 1 && last == 2 && gpa == 3 && prot == 4);
}

/* ---- one by one ------------------------------------------------------ */

static void an_empty_model_has_nothing(void **state)
{
	assert_unmapped(*state, 0);
	assert_unmapped(*state, UINT64_MAX);
	assert_no_next(*state, 0);
	assert_no_next(*state, UINT64_MAX);
	assert_int_equal(hvpt_model_bytes(*state), 0);
	assert_int_equal(hvpt_model_unmap(*state, 0, PAGE), 0);
	assert_int_equal(hvpt_model_mapped_in(*state, 0, PAGE), 0);
	assert_false(hvpt_model_protect(*state, 0, PAGE, RW));
	hvpt_model_destroy(NULL);
}

static void a_mapping_is_exact_to_the_byte(void **state)
{
	assert_true(hvpt_model_map(*state, 0x10000, 0, 2 * PAGE, RO));
	assert_unmapped(*state, 0xffff);
	assert_maps_to(*state, 0x10000, 0, RO);
	assert_maps_to(*state, 0x10001, 1, RO);
	assert_maps_to(*state, 0x11fff, 0x1fff, RO);
	assert_unmapped(*state, 0x12000);
	assert_int_equal(hvpt_model_bytes(*state), 0x2000);
}

static void overlaps_are_refused_and_change_nothing(void **state)
{
	static const struct {
		uint64_t iova, length;
	} bad[] = {
		{ 0x10000, 0x1000 }, { 0x13000, 0x1000 }, { 0x10000, 0x4000 },
		{ 0xf000, 0x2000 },  { 0x13000, 0x2000 }, { 0xf000, 0x6000 },
		{ 0x11000, 0x2000 }, { 0, 0x100000 },	  { 0x14000, 0x9000 },
	};
	struct hvpt_model *model = *state;
	size_t i;

	assert_true(hvpt_model_map(model, 0x10000, 0x50000, 0x4000, RW));
	assert_true(hvpt_model_map(model, 0x1c000, 0x70000, 0x1000, RO));
	for (i = 0; i < COUNT(bad); i++) {
		assert_false(hvpt_model_map(model, bad[i].iova, 0x90000,
					    bad[i].length, RO));
		assert_next(model, 0, 0x10000, 0x13fff, 0x50000, RW);
		assert_next(model, 0x14000, 0x1c000, 0x1cfff, 0x70000, RO);
		assert_no_next(model, 0x1d000);
		assert_int_equal(hvpt_model_bytes(model), 0x5000);
	}
}

static void neighbours_fit_and_are_not_joined(void **state)
{
	assert_true(hvpt_model_map(*state, 0x10000, 0x50000, PAGE, RW));
	assert_true(hvpt_model_map(*state, 0x11000, 0x51000, PAGE, RW));
	assert_true(hvpt_model_map(*state, 0xf000, 0x4f000, PAGE, RW));
	assert_next(*state, 0, 0xf000, 0xffff, 0x4f000, RW);
	assert_next(*state, 0xffff, 0xf000, 0xffff, 0x4f000, RW);
	assert_next(*state, 0x10000, 0x10000, 0x10fff, 0x50000, RW);
	assert_next(*state, 0x11000, 0x11000, 0x11fff, 0x51000, RW);
	assert_no_next(*state, 0x12000);
}

static void unmap_cuts_head_tail_and_middle(void **state)
{
	struct hvpt_model *model = *state;

	assert_true(hvpt_model_map(model, 0x10000, 0x50000, 0x8000, RW));
	assert_int_equal(hvpt_model_unmap(model, 0xe000, 0x3000), 0x1000);
	assert_int_equal(hvpt_model_unmap(model, 0x17000, 0x3000), 0x1000);
	assert_int_equal(hvpt_model_unmap(model, 0x13000, 0x2000), 0x2000);
	assert_next(model, 0, 0x11000, 0x12fff, 0x51000, RW);
	assert_next(model, 0x13000, 0x15000, 0x16fff, 0x55000, RW);
	assert_no_next(model, 0x17000);
	assert_int_equal(hvpt_model_bytes(model), 0x4000);
	assert_int_equal(hvpt_model_unmap(model, 0x13000, 0x2000), 0);
}

static void unmap_takes_several_with_holes(void **state)
{
	struct hvpt_model *model = *state;
	uint64_t i;

	for (i = 0; i < 10; i++)
		assert_true(hvpt_model_map(model, i * 0x4000, i * 0x8000,
					   0x2000, RO));
	assert_int_equal(hvpt_model_mapped_in(model, 0x1000, 0x10000), 0x8000);
	assert_int_equal(hvpt_model_unmap(model, 0x1000, 0x10000), 0x8000);
	assert_next(model, 0, 0, 0xfff, 0, RO);
	assert_next(model, 0x1000, 0x11000, 0x11fff, 0x21000, RO);
	assert_int_equal(hvpt_model_bytes(model), 0x14000 - 0x8000);
}

static void protect_cuts_and_needs_all_of_it(void **state)
{
	struct hvpt_model *model = *state;

	assert_true(hvpt_model_map(model, 0x10000, 0x50000, 0x4000, RW));
	assert_true(hvpt_model_map(model, 0x14000, 0x90000, 0x4000, RW));
	assert_false(hvpt_model_protect(model, 0xf000, 0x2000, RO));
	assert_false(hvpt_model_protect(model, 0x17000, 0x2000, RO));
	assert_next(model, 0, 0x10000, 0x13fff, 0x50000, RW);
	assert_next(model, 0x14000, 0x14000, 0x17fff, 0x90000, RW);

	assert_true(hvpt_model_protect(model, 0x12000, 0x3000, RO));
	assert_next(model, 0, 0x10000, 0x11fff, 0x50000, RW);
	assert_next(model, 0x12000, 0x12000, 0x13fff, 0x52000, RO);
	assert_next(model, 0x14000, 0x14000, 0x14fff, 0x90000, RO);
	assert_next(model, 0x15000, 0x15000, 0x17fff, 0x91000, RW);
	assert_int_equal(hvpt_model_bytes(model), 0x8000);
}

static void the_top_of_the_space_works(void **state)
{
	const uint64_t top = UINT64_MAX - 0x2fff;
	struct hvpt_model *model = *state;

	assert_true(
		hvpt_model_map(model, top, UINT64_MAX - 0x2fff, 0x3000, RW));
	assert_maps_to(model, UINT64_MAX, UINT64_MAX, RW);
	assert_false(hvpt_model_map(model, UINT64_MAX - 0xfff, 0, PAGE, RW));
	assert_true(hvpt_model_map(model, 0, 0, PAGE, RO));
	assert_next(model, UINT64_MAX, top, UINT64_MAX, top, RW);
	assert_int_equal(hvpt_model_mapped_in(model, top, 0x3000), 0x3000);
	assert_true(hvpt_model_protect(model, top + 0x2000, PAGE, RO));
	assert_maps_to(model, UINT64_MAX, UINT64_MAX, RO);
	assert_maps_to(model, top + 0x1fff, top + 0x1fff, RW);
	assert_int_equal(hvpt_model_unmap(model, top + 0x1000, 0x2000), 0x2000);
	assert_next(model, PAGE, top, top + 0xfff, top, RW);
	assert_no_next(model, top + 0x1000);
	assert_maps_to(model, 0, 0, RO);
	assert_int_equal(hvpt_model_bytes(model), 2 * PAGE);
}

static void half_of_the_space_is_a_range(void **state)
{
	const uint64_t half = UINT64_C(1) << 63;
	struct hvpt_model *model = *state;

	assert_true(hvpt_model_map(model, half, 0, half, RW));
	assert_int_equal(hvpt_model_bytes(model), half);
	/* All but the first and the last page of the space. */
	assert_int_equal(hvpt_model_mapped_in(model, PAGE,
					      UINT64_C(0) - 2 * PAGE),
			 half - PAGE);
	assert_maps_to(model, UINT64_MAX, half - 1, RW);
	assert_int_equal(hvpt_model_unmap(model, half, half), half);
	assert_no_next(model, 0);
}

static void many_intervals_stay_in_order(void **state)
{
	struct hvpt_model *model = *state;
	const uint64_t count = 5000;
	uint64_t i;

	/* 1777 has no factor in common with 5000: each place once. */
	for (i = 0; i < count; i++) {
		uint64_t place = i * 1777 % count;

		assert_true(hvpt_model_map(model, place * 2 * PAGE,
					   place * PAGE, PAGE, RO));
	}
	for (i = 0; i < count; i++)
		assert_next(model, i * 2 * PAGE, i * 2 * PAGE,
			    i * 2 * PAGE + 0xfff, i * PAGE, RO);
	assert_no_next(model, 2 * count * PAGE);
	assert_int_equal(hvpt_model_unmap(model, 0, 2 * count * PAGE),
			 count * PAGE);
	assert_int_equal(hvpt_model_bytes(model), 0);
}

/* ---- misuse ---------------------------------------------------------- */

struct range {
	uint64_t iova, gpa, length;
};

static void map_range(void *state)
{
	const struct range *range = state;

	hvpt_model_map(hvpt_model_create(), range->iova, range->gpa,
		       range->length, RW);
}

static void unmap_range(void *state)
{
	const struct range *range = state;

	hvpt_model_unmap(hvpt_model_create(), range->iova, range->length);
}

static void protect_range(void *state)
{
	const struct range *range = state;

	hvpt_model_protect(hvpt_model_create(), range->iova, range->length, RW);
}

static void count_range(void *state)
{
	const struct range *range = state;

	hvpt_model_mapped_in(hvpt_model_create(), range->iova, range->length);
}

static void bad_ranges_abort(void **state)
{
	static void (*const calls[])(void *) = { map_range, unmap_range,
						 protect_range, count_range };
	static const struct {
		struct range range;
		const char *message;
	} bad[] = {
		{ { 0x1000, 0, 0 }, "empty" },
		{ { 0x1001, 0, 0x1000 }, "4 KiB" },
		{ { 0x1000, 0, 0x1800 }, "4 KiB" },
		{ { 0x1000, 0, 1 }, "4 KiB" },
		{ { UINT64_MAX - 0xfff, 0, 0x2000 }, "2^64" },
		{ { 0x2000, 0, UINT64_MAX - 0xfff }, "2^64" },
		/* From here on only of interest to a map. */
		{ { 0x1000, 0x800, 0x1000 }, "4 KiB" },
		{ { 0x1000, UINT64_MAX - 0xfff, 0x2000 }, "2^64" },
	};
	size_t i, call;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		struct range range = bad[i].range;

		for (call = 0; call < (i < 6 ? COUNT(calls) : 1); call++)
			expect_abort(calls[call], &range, bad[i].message);
	}
}

/* ---- against a cell for each page ------------------------------------ */

#define CELLS 128

/* @base: IOVA of the first cell; cells may reach the top of the space */
struct twin {
	struct hvpt_model *model;
	uint64_t prng;
	uint64_t base;
	struct {
		bool mapped;
		uint64_t gpa;
		unsigned prot;
	} cell[CELLS];
};

static size_t mapped_cells(const struct twin *twin, size_t first, size_t count)
{
	size_t i, mapped = 0;

	for (i = first; i < first + count; i++)
		mapped += twin->cell[i].mapped;
	return mapped;
}

static void twin_map(struct twin *twin, size_t first, size_t count)
{
	uint64_t gpa = hvpt_random_below(&twin->prng, UINT64_C(1) << 40) * PAGE;
	unsigned prot = (unsigned)hvpt_random_below(&twin->prng, 4);
	bool fits = mapped_cells(twin, first, count) == 0;
	size_t i;

	assert_int_equal(hvpt_model_map(twin->model, twin->base + first * PAGE,
					gpa, count * PAGE, prot),
			 fits);
	for (i = 0; fits && i < count; i++) {
		twin->cell[first + i].mapped = true;
		twin->cell[first + i].gpa = gpa + i * PAGE;
		twin->cell[first + i].prot = prot;
	}
}

static void twin_unmap(struct twin *twin, size_t first, size_t count)
{
	uint64_t bytes = mapped_cells(twin, first, count) * PAGE;
	size_t i;

	assert_int_equal(hvpt_model_unmap(twin->model,
					  twin->base + first * PAGE,
					  count * PAGE),
			 bytes);
	for (i = first; i < first + count; i++)
		twin->cell[i].mapped = false;
}

static void twin_protect(struct twin *twin, size_t first, size_t count)
{
	unsigned prot = (unsigned)hvpt_random_below(&twin->prng, 4);
	bool whole = mapped_cells(twin, first, count) == count;
	size_t i;

	assert_int_equal(hvpt_model_protect(twin->model,
					    twin->base + first * PAGE,
					    count * PAGE, prot),
			 whole);
	for (i = first; whole && i < first + count; i++)
		twin->cell[i].prot = prot;
}

/* The intervals must be ordered, disjoint and cover what lookups found. */
static uint64_t bytes_by_next(const struct twin *twin)
{
	uint64_t from = 0, first, last, gpa, bytes = 0;
	unsigned prot;

	while (hvpt_model_next(twin->model, from, &first, &last, &gpa, &prot)) {
		assert_true(first >= from && last > first);
		assert_int_equal((last - first + 1) % PAGE, 0);
		assert_true(first >= twin->base);
		assert_int_equal(gpa,
				 twin->cell[(first - twin->base) / PAGE].gpa);
		assert_int_equal(prot,
				 twin->cell[(first - twin->base) / PAGE].prot);
		bytes += last - first + 1;
		from = last + 1;
		if (from == 0)
			break;
	}
	return bytes;
}

static void twin_compare(struct twin *twin)
{
	size_t first = (size_t)hvpt_random_below(&twin->prng, CELLS);
	size_t count = 1 +
		       (size_t)hvpt_random_below(&twin->prng, CELLS - first);
	uint64_t bytes = mapped_cells(twin, 0, CELLS) * PAGE;
	size_t i;

	for (i = 0; i < CELLS; i++) {
		uint64_t offset = hvpt_random_below(&twin->prng, PAGE);
		uint64_t iova = twin->base + i * PAGE + offset;

		if (twin->cell[i].mapped)
			assert_maps_to(twin->model, iova,
				       twin->cell[i].gpa + offset,
				       twin->cell[i].prot);
		else
			assert_unmapped(twin->model, iova);
	}
	assert_int_equal(hvpt_model_bytes(twin->model), bytes);
	assert_int_equal(bytes_by_next(twin), bytes);
	assert_int_equal(hvpt_model_mapped_in(twin->model,
					      twin->base + first * PAGE,
					      count * PAGE),
			 mapped_cells(twin, first, count) * PAGE);
}

static void twin_step(struct twin *twin)
{
	size_t first = (size_t)hvpt_random_below(&twin->prng, CELLS);
	size_t room = CELLS - first < 16 ? CELLS - first : 16;
	size_t count = 1 + (size_t)hvpt_random_below(&twin->prng, room);

	switch (hvpt_random_below(&twin->prng, 4)) {
	case 0:
	case 1:
		twin_map(twin, first, count);
		break;
	case 2:
		twin_unmap(twin, first, count);
		break;
	default:
		twin_protect(twin, first, (count + 3) / 4);
		break;
	}
}

/* Processor time to map single pages @step apart, and unmap them backwards. */
static double time_of(uint64_t first, uint64_t step)
{
	struct hvpt_model *model = hvpt_model_create();
	clock_t start = clock();
	uint64_t i, gpa;
	unsigned prot;

	for (i = 0; i < MANY; i++)
		assert_true(
			hvpt_model_map(model, first + i * step, 0, PAGE, RW));
	for (i = MANY; i-- > 0;) {
		uint64_t iova = first + i * step;

		assert_true(hvpt_model_lookup(model, iova, &gpa, &prot));
		assert_int_equal(hvpt_model_unmap(model, iova, PAGE), PAGE);
	}
	assert_int_equal(hvpt_model_bytes(model), 0);
	hvpt_model_destroy(model);
	return (double)(clock() - start);
}

/* Linux hands out IOVAs from the top down. A sorted array is 1000 times off. */
static void no_order_of_addresses_is_slow(void **state)
{
	uint64_t top = UINT64_C(1) << 40;
	double up, down;

	(void)state;
	up = time_of(0, 2 * PAGE);
	down = time_of(top, UINT64_C(0) - 2 * PAGE);
	assert_true(down < 50 * up + CLOCKS_PER_SEC / 100);
	assert_true(up < 50 * down + CLOCKS_PER_SEC / 100);
}

static void random_calls_agree_with_cells(void **state)
{
	static const uint64_t bases[] = {
		0,
		UINT64_C(0x7fffffffc0000),
		UINT64_C(0) - CELLS * PAGE,
	};
	uint64_t seed = pt_seed("model", 0x5eed0f0de1);
	unsigned rounds = pt_effort(4000);
	size_t i;

	for (i = 0; i < COUNT(bases); i++) {
		struct twin twin = { .model = *state, .base = bases[i] };
		unsigned round;

		twin.prng = seed + i;
		for (round = 0; round < rounds; round++) {
			twin_step(&twin);
			twin_compare(&twin);
		}
		twin_unmap(&twin, 0, CELLS);
		twin_compare(&twin);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_model_has_nothing),
		TEST(a_mapping_is_exact_to_the_byte),
		TEST(overlaps_are_refused_and_change_nothing),
		TEST(neighbours_fit_and_are_not_joined),
		TEST(unmap_cuts_head_tail_and_middle),
		TEST(unmap_takes_several_with_holes),
		TEST(protect_cuts_and_needs_all_of_it),
		TEST(the_top_of_the_space_works),
		TEST(half_of_the_space_is_a_range),
		TEST(many_intervals_stay_in_order),
		TEST(bad_ranges_abort),
		TEST(no_order_of_addresses_is_slow),
		TEST(random_calls_agree_with_cells),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
