/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* hvpt_gather against a set of bits: nothing pending is ever lost. */
#include <string.h>

#include "tests/support/prng.h"
#include "tests/support/pt_fixture.h"

#define TOP (~(uint64_t)0)

static void add(struct hvpt_gather *gather, uint64_t first, uint64_t last)
{
	hvpt_gather_add(gather, hvpt_iova(first), hvpt_iova(last));
}

static bool has(const struct hvpt_gather *gather, uint64_t first, uint64_t last)
{
	uint32_t i;

	for (i = 0; i < gather->range_count; i++) {
		if (gather->range[i].first.value == first &&
		    gather->range[i].last.value == last)
			return true;
	}
	return false;
}

static void must_be_disjoint(const struct hvpt_gather *gather)
{
	uint32_t i, j;

	assert_int_in_range(gather->range_count, 0, HVPT_GATHER_RANGES);
	for (i = 0; i < gather->range_count; i++) {
		uint64_t first = gather->range[i].first.value;
		uint64_t last = gather->range[i].last.value;

		assert_true(first <= last);
		for (j = 0; j < gather->range_count; j++) {
			uint64_t other = gather->range[j].first.value;

			if (i == j)
				continue;
			/* Neither inside, nor right behind. */
			assert_true(other < first || other > last);
			assert_true(last == TOP || other != last + 1);
		}
	}
}

static void test_init_is_empty(void **state)
{
	struct hvpt_gather gather;

	(void)state;
	memset(&gather, 0xa5, sizeof(gather));
	hvpt_gather_init(&gather);
	assert_true(hvpt_gather_is_empty(&gather));
	assert_null(gather.tables);
	assert_int_equal(gather.table_count, 0);
	assert_int_equal(gather.range_count, 0);
	assert_false(hvpt_gather_publish(&gather));
}

static void test_publish_tells_what_is_pending(void **state)
{
	struct hvpt_gather gather;
	uint64_t page[512] = { 0 };

	(void)state;
	hvpt_gather_init(&gather);
	gather.tables = page;
	gather.table_count = 1;
	assert_false(hvpt_gather_is_empty(&gather));
	assert_true(hvpt_gather_publish(&gather));
	hvpt_gather_init(&gather);
	add(&gather, 0, 0xfff);
	assert_false(hvpt_gather_is_empty(&gather));
	assert_true(hvpt_gather_publish(&gather));
}

struct join {
	uint64_t first[2];
	uint64_t last[2];
	uint32_t ranges;
	uint64_t low, high; /* what one range must be */
};

static const struct join joins[] = {
	/* apart by one byte, on either side */
	{ { 0x1000, 0x3000 }, { 0x1fff, 0x3fff }, 2, 0, 0 },
	{ { 0x1000, 0x2001 }, { 0x1fff, 0x2fff }, 2, 0, 0 },
	{ { 0x2001, 0x1000 }, { 0x2fff, 0x1fff }, 2, 0, 0 },
	/* touching */
	{ { 0x1000, 0x2000 }, { 0x1fff, 0x2fff }, 1, 0x1000, 0x2fff },
	{ { 0x2000, 0x1000 }, { 0x2fff, 0x1fff }, 1, 0x1000, 0x2fff },
	/* overlapping, inside, equal */
	{ { 0x1000, 0x1800 }, { 0x1fff, 0x27ff }, 1, 0x1000, 0x27ff },
	{ { 0x1800, 0x1000 }, { 0x27ff, 0x1fff }, 1, 0x1000, 0x27ff },
	{ { 0x1000, 0x1800 }, { 0x1fff, 0x18ff }, 1, 0x1000, 0x1fff },
	{ { 0x1800, 0x1000 }, { 0x18ff, 0x1fff }, 1, 0x1000, 0x1fff },
	{ { 0x1000, 0x1000 }, { 0x1fff, 0x1fff }, 1, 0x1000, 0x1fff },
	/* both ends of the address space are not neighbours */
	{ { 0, TOP - 0xfff }, { 0xfff, TOP }, 2, 0, 0 },
	{ { TOP - 0xfff, 0 }, { TOP, 0xfff }, 2, 0, 0 },
	{ { TOP - 0x1fff, TOP - 0xfff },
	  { TOP - 0x1000, TOP },
	  1,
	  TOP - 0x1fff,
	  TOP },
	{ { 0, 5 }, { TOP, 5 }, 1, 0, TOP },
	{ { 5, 0 }, { 5, TOP }, 1, 0, TOP },
	/* one byte */
	{ { 7, 8 }, { 7, 8 }, 1, 7, 8 },
	{ { 7, 9 }, { 7, 9 }, 2, 0, 0 },
};

static void test_two_ranges(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < PT_COUNT(joins); i++) {
		const struct join *join = &joins[i];
		struct hvpt_gather gather;

		hvpt_gather_init(&gather);
		add(&gather, join->first[0], join->last[0]);
		add(&gather, join->first[1], join->last[1]);
		assert_int_equal(gather.range_count, join->ranges);
		if (join->ranges == 1) {
			assert_true(has(&gather, join->low, join->high));
			continue;
		}
		assert_true(has(&gather, join->first[0], join->last[0]));
		assert_true(has(&gather, join->first[1], join->last[1]));
	}
}

static void test_a_bridge_joins_both_sides(void **state)
{
	struct hvpt_gather gather;

	(void)state;
	hvpt_gather_init(&gather);
	add(&gather, 0x1000, 0x1fff);
	add(&gather, 0x3000, 0x3fff);
	add(&gather, 0x8000, 0x8fff);
	add(&gather, 0x2000, 0x2fff);
	assert_int_equal(gather.range_count, 2);
	assert_true(has(&gather, 0x1000, 0x3fff));
	assert_true(has(&gather, 0x8000, 0x8fff));
	/* One range that swallows everything. */
	add(&gather, 0x500, 0x9000);
	assert_int_equal(gather.range_count, 1);
	assert_true(has(&gather, 0x500, 0x9000));
}

/* Ranges at 0x10000 * n, n = 1 .. 8. */
static void fill(struct hvpt_gather *gather)
{
	uint64_t n;

	hvpt_gather_init(gather);
	for (n = 1; n <= HVPT_GATHER_RANGES; n++)
		add(gather, n * 0x10000, n * 0x10000 + 0xfff);
	assert_int_equal(gather->range_count, HVPT_GATHER_RANGES);
}

static void test_the_ninth_joins_the_nearest(void **state)
{
	static const struct {
		uint64_t first, last; /* what is added */
		uint64_t low, high;   /* what it becomes */
	} cases[] = {
		{ 0x22000, 0x22fff, 0x20000, 0x22fff }, /* above one */
		{ 0x2e000, 0x2efff, 0x2e000, 0x30fff }, /* below one */
		{ 0, 0xfff, 0, 0x10fff },
		{ TOP - 0xfff, TOP, 0x80000, TOP },
		/* inside one, and touching one: no gap at all */
		{ 0x30800, 0x308ff, 0x30000, 0x30fff },
		{ 0x31000, 0x31fff, 0x30000, 0x31fff },
	};
	size_t i;
	uint64_t n;

	(void)state;
	for (i = 0; i < PT_COUNT(cases); i++) {
		struct hvpt_gather gather;

		fill(&gather);
		add(&gather, cases[i].first, cases[i].last);
		assert_int_equal(gather.range_count, HVPT_GATHER_RANGES);
		assert_true(has(&gather, cases[i].low, cases[i].high));
		must_be_disjoint(&gather);
		for (n = 1; n <= HVPT_GATHER_RANGES; n++)
			assert_true(pt_gather_covers(&gather, n * 0x10000,
						     n * 0x10000 + 0xfff));
	}
}

static void test_a_ninth_may_free_room(void **state)
{
	struct hvpt_gather gather;

	(void)state;
	fill(&gather);
	add(&gather, 0x20800, 0x507ff);
	assert_int_equal(gather.range_count, HVPT_GATHER_RANGES - 3);
	assert_true(has(&gather, 0x20000, 0x50fff));
	must_be_disjoint(&gather);
}

static void test_copy_is_the_gather(void **state)
{
	struct hvpt_gather gather, copy;

	(void)state;
	fill(&gather);
	copy = gather;
	hvpt_gather_init(&gather);
	add(&copy, 0x20000, 0x5ffff);
	must_be_disjoint(&copy);
	assert_true(has(&copy, 0x20000, 0x60fff));
}

static void must_list(const struct hvpt_gather *gather, uint64_t *const pages[],
		      uint32_t count)
{
	const uint64_t *table = gather->tables;
	uint32_t i;

	assert_int_equal(gather->table_count, count);
	for (i = 0; i < count; i++) {
		assert_ptr_equal(table, pages[i]);
		table = (const uint64_t *)(uintptr_t)table[0];
	}
	assert_null(table);
}

/* As the page table would: newest first. */
static void detach(struct hvpt_gather *gather, uint64_t *page)
{
	page[0] = (uint64_t)(uintptr_t)gather->tables;
	if (!gather->tables)
		gather->tables_end = page;
	gather->tables = page;
	gather->table_count++;
}

static void test_move_takes_all(void **state)
{
	uint64_t page[5][512] = { { 0 } };
	uint64_t *const order[] = { page[4], page[3], page[1], page[0],
				    page[2] };
	struct hvpt_gather to, from, empty;

	(void)state;
	hvpt_gather_init(&to);
	hvpt_gather_init(&from);
	hvpt_gather_init(&empty);
	/* from nothing, to nothing */
	hvpt_gather_move(&to, &empty);
	assert_true(hvpt_gather_is_empty(&to));
	detach(&from, page[2]);
	assert_true(hvpt_gather_must_release(&from));
	from.splits = HVPT_SPLIT(1);
	add(&from, 0x1000, 0x1fff);
	hvpt_gather_move(&to, &from);
	assert_true(hvpt_gather_is_empty(&from));
	assert_false(hvpt_gather_must_release(&from));
	must_list(&to, &order[4], 1);
	/* two in front of one, then two in front of three */
	detach(&from, page[0]);
	detach(&from, page[1]);
	from.splits = 2 * HVPT_SPLIT(2);
	add(&from, 0x2000, 0x2fff);
	hvpt_gather_move(&to, &from);
	must_list(&to, &order[2], 3);
	detach(&from, page[3]);
	detach(&from, page[4]);
	add(&from, 0x8000, 0x8fff);
	hvpt_gather_move(&to, &from);
	must_list(&to, order, 5);
	/* what has no table leaves the list alone */
	add(&from, 0x9000, 0x9fff);
	add(&from, 0x20000, 0x20fff);
	add(&from, 0x30000, 0x30fff);
	hvpt_gather_move(&to, &from);
	must_list(&to, order, 5);
	assert_int_equal(to.splits, HVPT_SPLIT(1) + 2 * HVPT_SPLIT(2));
	assert_int_equal(to.range_count, 4);
	assert_true(has(&to, 0x1000, 0x2fff));
	assert_true(has(&to, 0x8000, 0x9fff));
	assert_true(has(&to, 0x20000, 0x20fff));
	assert_true(has(&to, 0x30000, 0x30fff));
	/* the end is still known */
	hvpt_gather_move(&empty, &to);
	detach(&to, page[0]);
	hvpt_gather_move(&to, &empty);
	assert_int_equal(to.table_count, 6);
	assert_ptr_equal(to.tables_end, page[0]);
}

static void test_covers(void **state)
{
	struct hvpt_gather gather;

	(void)state;
	hvpt_gather_init(&gather);
	assert_false(hvpt_gather_covers(&gather, hvpt_iova(0), hvpt_iova(0)));
	add(&gather, 0x1000, 0x1fff);
	add(&gather, 0x3000, TOP);
	assert_true(hvpt_gather_covers(&gather, hvpt_iova(0x1000),
				       hvpt_iova(0x1fff)));
	assert_true(hvpt_gather_covers(&gather, hvpt_iova(0x1fff),
				       hvpt_iova(0x1fff)));
	assert_true(
		hvpt_gather_covers(&gather, hvpt_iova(0x3000), hvpt_iova(TOP)));
	assert_false(hvpt_gather_covers(&gather, hvpt_iova(0xfff),
					hvpt_iova(0x1000)));
	assert_false(hvpt_gather_covers(&gather, hvpt_iova(0x1fff),
					hvpt_iova(0x2000)));
	/* two ranges, a gap between them */
	assert_false(hvpt_gather_covers(&gather, hvpt_iova(0x1000),
					hvpt_iova(0x3fff)));
	assert_false(hvpt_gather_covers(&gather, hvpt_iova(0x2000),
					hvpt_iova(0x2fff)));
}

/* 256 numbered places, as bytes scattered over the address space. */
#define PLACES 256u

static uint64_t place(unsigned n, bool high)
{
	return high ? TOP - (PLACES - 1 - n) : n;
}

static void must_cover(const struct hvpt_gather *gather, const bool *pending,
		       bool high)
{
	unsigned n;

	for (n = 0; n < PLACES; n++) {
		if (pending[n])
			assert_true(pt_gather_covers(gather, place(n, high),
						     place(n, high)));
	}
}

static uint32_t islands(const bool *pending)
{
	uint32_t count = 0;
	unsigned n;

	for (n = 0; n < PLACES; n++) {
		if (pending[n] && (n == 0 || !pending[n - 1]))
			count++;
	}
	return count;
}

static unsigned covered(const struct hvpt_gather *gather)
{
	uint64_t bytes = 0;
	uint32_t i;

	for (i = 0; i < gather->range_count; i++)
		bytes += gather->range[i].last.value -
			 gather->range[i].first.value + 1;
	return (unsigned)bytes;
}

static void random_gather(uint64_t *prng, bool high)
{
	bool pending[PLACES] = { false };
	bool exact = true;
	struct hvpt_gather gather;
	unsigned step, n, count;

	hvpt_gather_init(&gather);
	for (step = 0; step < 24; step++) {
		unsigned first = (unsigned)hvpt_random_below(prng, PLACES);
		unsigned last = first + (unsigned)hvpt_random_below(prng, 6);

		if (last >= PLACES)
			last = PLACES - 1;
		for (n = first; n <= last; n++)
			pending[n] = true;
		add(&gather, place(first, high), place(last, high));
		must_be_disjoint(&gather);
		must_cover(&gather, pending, high);
		if (islands(pending) > HVPT_GATHER_RANGES)
			exact = false;
		if (!exact)
			continue;
		/* While they fit, nothing more than what is pending. */
		assert_int_equal(gather.range_count, islands(pending));
		for (count = 0, n = 0; n < PLACES; n++)
			count += pending[n];
		assert_int_equal(covered(&gather), count);
	}
}

static void test_random_against_bits(void **state)
{
	uint64_t prng = pt_seed("test_random_against_bits", 0x6a7);
	unsigned round;

	(void)state;
	for (round = 0; round < pt_effort(3000); round++)
		random_gather(&prng, round & 1);
}

/* With 8 ranges in use, is the join really with the nearest? */
static void test_random_nearest(void **state)
{
	uint64_t prng = pt_seed("test_random_nearest", 0x6a8);
	unsigned round;

	(void)state;
	for (round = 0; round < pt_effort(3000); round++) {
		struct hvpt_gather gather, before;
		uint64_t at, best = TOP;
		unsigned n, added;

		hvpt_gather_init(&gather);
		for (n = 0; n < HVPT_GATHER_RANGES; n++) {
			at = n * 0x100000 + hvpt_random_below(&prng, 0xf0000);
			add(&gather, at, at + hvpt_random_below(&prng, 0x4000));
		}
		before = gather;
		do {
			at = hvpt_random_below(&prng,
					       HVPT_GATHER_RANGES * 0x100000);
		} while (pt_gather_covers(&before, at, at));
		for (n = 0; n < HVPT_GATHER_RANGES; n++) {
			uint64_t first = before.range[n].first.value;
			uint64_t last = before.range[n].last.value;
			uint64_t gap = at < first ? first - at : at - last;

			if (gap < best)
				best = gap;
		}
		added = covered(&before);
		add(&gather, at, at);
		assert_int_equal(gather.range_count, HVPT_GATHER_RANGES);
		assert_int_equal(covered(&gather) - added, best);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_init_is_empty),
		cmocka_unit_test(test_publish_tells_what_is_pending),
		cmocka_unit_test(test_two_ranges),
		cmocka_unit_test(test_a_bridge_joins_both_sides),
		cmocka_unit_test(test_the_ninth_joins_the_nearest),
		cmocka_unit_test(test_a_ninth_may_free_room),
		cmocka_unit_test(test_copy_is_the_gather),
		cmocka_unit_test(test_move_takes_all),
		cmocka_unit_test(test_covers),
		cmocka_unit_test(test_random_against_bits),
		cmocka_unit_test(test_random_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
