/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Long ranges in the parts of hvpt_pt_part(): the same translations as after
 * one call, no leaf is cut, and what is left when a part fails.
 */
#include <string.h>

#include "tests/support/pt_check.h"

/* Begins and ends inside a part, and holds whole ones. */
#define FIRST(f) ((f)->base - 3 * PT_4K)
#define LENGTH (2 * PT_1G + 5 * PT_4K)

static uint64_t step_of(const struct pt_fixture *f)
{
	return f->sizes & PT_1G ? PT_1G : PT_2M;
}

static uint64_t part_of(struct pt_fixture *f, uint64_t iova, uint64_t length)
{
	return hvpt_pt_part(&f->pt, hvpt_iova(iova), length);
}

static void test_how_long(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t step = step_of(f);

	assert_int_equal(part_of(f, f->base, 3 * step), step);
	assert_int_equal(part_of(f, f->base, step), step);
	assert_int_equal(part_of(f, f->base, step - PT_4K), step - PT_4K);
	assert_int_equal(part_of(f, f->base + PT_4K, 3 * step), step - PT_4K);
	assert_int_equal(part_of(f, f->base - PT_4K, 3 * step), PT_4K);
	assert_int_equal(part_of(f, f->base, 0), 0);
	/* the last of all addresses */
	assert_int_equal(part_of(f, 0 - PT_4K, PT_4K), PT_4K);
	assert_int_equal(part_of(f, 0 - step, step), step);
}

/* Maps part by part, as map.h shows. Return: how far that came. */
static uint64_t map_parts(struct pt_fixture *f, uint64_t iova, uint64_t gpa,
			  uint64_t length)
{
	uint64_t done, part;

	for (done = 0; done < length; done += part) {
		part = part_of(f, iova + done, length - done);
		if (pt_try_map(f, iova + done, gpa + done, part, PT_RW) !=
		    HVPT_OK)
			break;
	}
	return done;
}

/* Return: bytes that were mapped. */
static uint64_t unmap_parts(struct pt_fixture *f, uint64_t iova,
			    uint64_t length)
{
	uint64_t done, part, unmapped = 0;

	for (done = 0; done < length; done += part) {
		part = part_of(f, iova + done, length - done);
		unmapped += pt_unmap(f, iova + done, part);
	}
	return unmapped;
}

static void test_map(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t iova = FIRST(f), gpa = PT_DATA - 3 * PT_4K;
	uint64_t tables;

	pt_map(f, iova, gpa, LENGTH, PT_RW);
	tables = hvpt_pt_tables(&f->pt);
	assert_int_equal(pt_unmap(f, iova, LENGTH), LENGTH);
	pt_flush(f);
	pt_reclaim(f, f->base - PT_1G, 4 * PT_1G);
	pt_flush(f);
	assert_int_equal(map_parts(f, iova, gpa, LENGTH), LENGTH);
	assert_int_equal(hvpt_pt_tables(&f->pt), tables);
	pt_expect_range(f, iova, gpa, LENGTH, PT_RW);
	pt_expect_none(f, iova - 1);
	pt_expect_none(f, iova + LENGTH);
	pt_check(f);
}

/* Without a page, because no leaf is cut; and one gather covers all. */
static void test_unmap(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t iova = FIRST(f);

	pt_map(f, iova, PT_DATA - 3 * PT_4K, LENGTH, PT_RW);
	hvpt_arena_fail_at(f->arena, 1);
	assert_int_equal(unmap_parts(f, iova, LENGTH), LENGTH);
	hvpt_arena_fail_at(f->arena, 0);
	assert_true(pt_gather_covers(&f->gather, iova, iova + LENGTH - 1));
	pt_expect_hole(f, iova, LENGTH);
	pt_reclaim_all(f);
}

static void test_protect(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t iova = FIRST(f), gpa = PT_DATA - 3 * PT_4K, done, part;

	pt_map(f, iova, gpa, LENGTH, PT_RW);
	hvpt_arena_fail_at(f->arena, 1);
	for (done = 0; done < LENGTH; done += part) {
		part = part_of(f, iova + done, LENGTH - done);
		assert_int_equal(pt_try_protect(f, iova + done, part, PT_RO),
				 HVPT_OK);
	}
	hvpt_arena_fail_at(f->arena, 0);
	assert_true(pt_gather_covers(&f->gather, iova, iova + LENGTH - 1));
	pt_expect_range(f, iova, gpa, LENGTH, PT_RO);
	pt_check(f);
}

/* A page in the way: what came before it stays, and can be undone. */
static void test_a_map_that_stops(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t iova = FIRST(f), gpa = PT_DATA - 3 * PT_4K;
	uint64_t way = f->base + step_of(f) + PT_4K, done;

	pt_map(f, way, PT_DATA + 8 * PT_1G, PT_4K, PT_RO);
	done = map_parts(f, iova, gpa, LENGTH);
	assert_int_equal(done, 3 * PT_4K + step_of(f));
	pt_expect_range(f, iova, gpa, done, PT_RW);
	pt_expect_none(f, iova + done);
	pt_expect(f, way, PT_DATA + 8 * PT_1G, PT_RO);
	assert_int_equal(unmap_parts(f, iova, done), done);
	pt_expect_hole(f, iova, done);
	pt_expect(f, way, PT_DATA + 8 * PT_1G, PT_RO);
	pt_check(f);
}

int main(void)
{
	static const struct pt_case any_sizes[] = {
		PT_CASE(test_how_long),
	};
	static const struct pt_case cases[] = {
		PT_CASE(test_map),
		PT_CASE(test_unmap),
		PT_CASE(test_protect),
		PT_CASE(test_a_map_that_stops),
	};

	int failed;

	failed = pt_run("pt_part", any_sizes, PT_COUNT(any_sizes), pt_main,
			pt_main_count);
	failed += pt_run("pt_parts", cases, PT_COUNT(cases), pt_main,
			 pt_main_large_count);
	return failed;
}
