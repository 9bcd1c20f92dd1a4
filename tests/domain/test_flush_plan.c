/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The flush planner. All ranges of a window of pages are tried, with windows at
 * the bottom, at the top and around each power of two; large ranges are random.
 * Expected results are computed here in 128 bits, by division and by search,
 * never by masks and shifts of addresses as in the planner.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/prng.h"
#include "tests/support/pt_fixture.h"

__extension__ typedef unsigned __int128 wide;

#define PAGE ((wide)4096)
#define ALL_PAGES ((wide)1 << 52)
#define TOP (~(uint64_t)0)
/* Two for each power of two from 1 to 2^51, without the largest: 2 * 51. */
#define MOST 102u
#define ROOM (MOST + 4u)

static const enum hvpt_flush_policy policies[] = { HVPT_FLUSH_TWO_BLOCK,
						   HVPT_FLUSH_COVER,
						   HVPT_FLUSH_EXACT };

/* Pages first .. end - 1. */
struct block {
	wide first;
	wide end;
};

struct blocks {
	struct block at[ROOM];
	unsigned count;
	uint64_t entry[ROOM];
	uint64_t pages; /* modulo 2^64 */
};

/* ---- running the planner --------------------------------------------- */

static wide power(unsigned exponent)
{
	wide value = 1;

	while (exponent--)
		value *= 2;
	return value;
}

/* Reads a descriptor, which must be well-formed. */
static struct block decode(uint64_t entry)
{
	uint64_t shift = entry % 64;
	struct block block;

	assert_int_equal(entry / 64 % 64, 0);
	assert_int_in_range(shift, 0, 52);
	block.first = entry / 4096;
	assert_true(block.first % power((unsigned)shift) == 0);
	block.end = block.first + power((unsigned)shift);
	assert_true(block.end <= ALL_PAGES);
	return block;
}

static void drain(struct hvpt_flush_plan *plan, struct blocks *out)
{
	uint64_t entry = 0;

	out->count = 0;
	out->pages = 0;
	while (hvpt_flush_plan_next(plan, &entry)) {
		assert_true(out->count < ROOM);
		out->entry[out->count] = entry;
		out->at[out->count] = decode(entry);
		out->pages += (uint64_t)(out->at[out->count].end -
					 out->at[out->count].first);
		out->count++;
	}
	assert_int_equal(plan->emitted, out->count);
	assert_int_equal(plan->pages, out->pages);
	/* After the end there is no more. */
	assert_false(hvpt_flush_plan_next(plan, &entry));
	assert_int_equal(plan->emitted, out->count);
}

static void plan_bytes(uint64_t first, uint64_t last,
		       enum hvpt_flush_policy policy, struct blocks *out)
{
	struct hvpt_iova_range range = { hvpt_iova(first), hvpt_iova(last) };
	struct hvpt_flush_plan plan;

	memset(&plan, 0xa5, sizeof(plan));
	assert_int_equal(hvpt_flush_plan_init(&plan, &range, 1, policy),
			 HVPT_OK);
	assert_int_equal(plan.emitted, 0);
	assert_int_equal(plan.pages, 0);
	drain(&plan, out);
}

/* Pages first .. last, whole. */
static void plan_pages(wide first, wide last, enum hvpt_flush_policy policy,
		       struct blocks *out)
{
	plan_bytes((uint64_t)(first * PAGE),
		   (uint64_t)(last * PAGE + (PAGE - 1)), policy, out);
}

/* ---- what must hold -------------------------------------------------- */

static int by_first(const void *left, const void *right)
{
	const struct block *a = left, *b = right;

	return a->first < b->first ? -1 : a->first > b->first;
}

/* Is each page of first .. last in one of the blocks? Sorts them. */
static bool covers(struct blocks *blocks, wide first, wide last)
{
	wide reached = first;
	unsigned i;

	qsort(blocks->at, blocks->count, sizeof(blocks->at[0]), by_first);
	for (i = 0; i < blocks->count && blocks->at[i].first <= reached; i++) {
		if (blocks->at[i].end > reached)
			reached = blocks->at[i].end;
	}
	return reached > last;
}

/* Pages of the smallest aligned block that holds both, found by trying. */
static wide cover_pages(wide first, wide last)
{
	wide size = 1;

	while (first / size != last / size)
		size *= 2;
	return size;
}

/* The largest power of two that divides the page; for page 0 all of it. */
static wide alignment(wide page)
{
	wide size = 1;

	while (size < ALL_PAGES && page % (2 * size) == 0)
		size *= 2;
	return size;
}

static void check_cover(struct blocks *blocks, wide first, wide last)
{
	assert_int_equal(blocks->count, 1);
	assert_true(blocks->at[0].end - blocks->at[0].first ==
		    cover_pages(first, last));
}

/*
 * One descriptor covers at most twice the pages, two cover less; and there is
 * one whenever one is enough.
 */
static void check_two_block(struct blocks *blocks, wide first, wide last)
{
	wide asked = last - first + 1, cover = cover_pages(first, last);
	wide split = blocks->at[0].end, total;

	if (cover <= 2 * asked) {
		check_cover(blocks, first, last);
		return;
	}
	assert_int_equal(blocks->count, 2);
	total = blocks->at[0].end - blocks->at[0].first + blocks->at[1].end -
		blocks->at[1].first;
	assert_true(total < 2 * asked);
	/* Adjacent at a page inside; each as small as possible. */
	assert_true(blocks->at[1].first == split);
	assert_true(split > first && split <= last);
	assert_true(cover_pages(first, split - 1) ==
		    split - blocks->at[0].first);
	assert_true(cover_pages(split, last) == blocks->at[1].end - split);
	/* That page is the most aligned one: half the cover divides it. */
	assert_true(alignment(split) >= cover / 2);
}

/*
 * The least number of blocks that make up first .. last, level by level: at
 * each level a block stands alone where its buddy is not in the range.
 */
static unsigned least_by_levels(wide first, wide last)
{
	wide from = first, end = last + 1;
	unsigned count = 0;

	while (from < end) {
		if (from % 2 == 1) {
			from++;
			count++;
		}
		if (end % 2 == 1) {
			end--;
			count++;
		}
		from /= 2;
		end /= 2;
	}
	return count;
}

static void check_exact(struct blocks *blocks, wide first, wide last,
			unsigned least)
{
	unsigned i;

	/* Sorted by covers(). */
	assert_true(blocks->at[0].first == first);
	for (i = 1; i < blocks->count; i++)
		assert_true(blocks->at[i].first == blocks->at[i - 1].end);
	assert_true(blocks->at[blocks->count - 1].end == last + 1);
	assert_int_equal(blocks->count, least);
}

/*
 * No aligned block inside first .. last, such as a large leaf, is in several
 * descriptors. The smallest aligned block that a boundary between descriptors
 * divides has the boundary in its middle. If that block is not in the range, no
 * block that the boundary divides is. Sorted by covers().
 */
static void check_whole_blocks(const struct blocks *blocks, wide first,
			       wide last)
{
	unsigned i;

	for (i = 1; i < blocks->count; i++) {
		wide at = blocks->at[i].first, half = alignment(at);

		assert_true(at - first < half || last - at + 1 < half);
	}
}

static void check(struct blocks *blocks, enum hvpt_flush_policy policy,
		  wide first, wide last, unsigned least)
{
	assert_true(blocks->count > 0);
	assert_true(covers(blocks, first, last));
	check_whole_blocks(blocks, first, last);
	switch (policy) {
	case HVPT_FLUSH_TWO_BLOCK:
		check_two_block(blocks, first, last);
		break;
	case HVPT_FLUSH_COVER:
		check_cover(blocks, first, last);
		break;
	case HVPT_FLUSH_EXACT:
		check_exact(blocks, first, last, least);
		break;
	}
}

static void check_all(wide first, wide last, unsigned least)
{
	struct blocks blocks;
	size_t i;

	for (i = 0; i < PT_COUNT(policies); i++) {
		plan_pages(first, last, policies[i], &blocks);
		check(&blocks, policies[i], first, last, least);
	}
}

/* ---- every range of a window ----------------------------------------- */

#define WINDOW 520u

/*
 * least[n]: the fewest aligned blocks that make up pages first .. first+n-1,
 * found by trying each possible last block. Up to @pages pages.
 */
static void least_by_search(wide first, unsigned pages, unsigned *least)
{
	unsigned n, size;

	least[0] = 0;
	for (n = 1; n <= pages; n++) {
		least[n] = n;
		for (size = 1; size <= n; size *= 2) {
			if ((first + n) % size == 0 &&
			    least[n - size] + 1 < least[n])
				least[n] = least[n - size] + 1;
		}
	}
}

/* All ranges inside @pages pages from @base on. Return: how many there were. */
static unsigned window(wide base, unsigned pages)
{
	unsigned least[WINDOW + 1], from, n, count = 0;

	assert_true(pages <= WINDOW && base + pages <= ALL_PAGES);
	for (from = 0; from < pages; from++) {
		least_by_search(base + from, pages - from, least);
		for (n = 1; n <= pages - from; n++) {
			assert_int_equal(least_by_levels(base + from,
							 base + from + n - 1),
					 least[n]);
			check_all(base + from, base + from + n - 1, least[n]);
			count++;
		}
	}
	assert_int_equal(count, pages * (pages + 1) / 2);
	return count;
}

static void test_every_range_at_the_bottom(void **state)
{
	(void)state;
	print_message("%u ranges\n", window(0, WINDOW));
}

static void test_every_range_at_the_top(void **state)
{
	(void)state;
	print_message("%u ranges\n", window(ALL_PAGES - WINDOW, WINDOW));
}

static void test_every_range_across_the_middle(void **state)
{
	/* Where the canonical lower half ends, and where the hole ends. */
	static const unsigned exponents[] = { 35, 44, 51 };
	unsigned i, count = 0;

	(void)state;
	for (i = 0; i < PT_COUNT(exponents); i++)
		count += window(power(exponents[i]) - 200, 320);
	count += window(ALL_PAGES - power(35) - 200, 320);
	print_message("%u ranges\n", count);
}

static void test_every_range_around_each_power_of_two(void **state)
{
	unsigned exponent, count = 0;

	(void)state;
	for (exponent = 6; exponent < 52; exponent++) {
		count += window(power(exponent) - 32, 64);
		count += window(power(exponent) * 3 / 2 - 32, 64);
	}
	print_message("%u ranges\n", count);
}

/* Pairs of pages at and beside powers of two: all lengths, all orders. */
static void test_ends_at_powers_of_two(void **state)
{
	wide page[3 * 53];
	unsigned i, j, count = 0;

	(void)state;
	for (i = 0; i <= 52; i++) {
		page[count++] = power(i) - 1;
		if (i < 52) {
			page[count++] = power(i);
			page[count++] = power(i) + 1;
		}
	}
	for (i = 0; i < count; i++) {
		for (j = 0; j < count; j++) {
			if (page[i] > page[j])
				continue;
			check_all(page[i], page[j],
				  least_by_levels(page[i], page[j]));
		}
	}
}

/* ---- single facts ---------------------------------------------------- */

static void must_be(uint64_t first, uint64_t last,
		    enum hvpt_flush_policy policy, unsigned count, uint64_t one,
		    uint64_t two)
{
	struct blocks blocks;

	plan_bytes(first, last, policy, &blocks);
	assert_int_equal(blocks.count, count);
	assert_int_equal(blocks.entry[0], one);
	if (count > 1)
		assert_int_equal(blocks.entry[1], two);
}

/* Descriptors as numbers, computed by hand. */
static void test_worked_examples(void **state)
{
	(void)state;
	/* One page: shift 0. */
	must_be(0x5000, 0x5fff, HVPT_FLUSH_TWO_BLOCK, 1, 0x5000, 0);
	must_be(0x5000, 0x5fff, HVPT_FLUSH_COVER, 1, 0x5000, 0);
	must_be(0x5000, 0x5fff, HVPT_FLUSH_EXACT, 1, 0x5000, 0);
	/* Pages 3 and 4: 8 pages hold them, which is more than twice 2. */
	must_be(0x3000, 0x4fff, HVPT_FLUSH_TWO_BLOCK, 2, 0x3000, 0x4000);
	must_be(0x3000, 0x4fff, HVPT_FLUSH_COVER, 1, 0x0003, 0);
	must_be(0x3000, 0x4fff, HVPT_FLUSH_EXACT, 2, 0x3000, 0x4000);
	/* Pages 1 and 2: 4 pages hold them, which is exactly twice 2. */
	must_be(0x1000, 0x2fff, HVPT_FLUSH_TWO_BLOCK, 1, 0x0002, 0);
	must_be(0x1000, 0x2fff, HVPT_FLUSH_EXACT, 2, 0x1000, 0x2000);
	/* Pages 5 to 10: 16 hold them, split at 8 into 4 .. 7 and 8 .. 11. */
	must_be(0x5000, 0xafff, HVPT_FLUSH_TWO_BLOCK, 2, 0x4002, 0x8002);
	/* 2 MiB, aligned. */
	must_be(0x200000, 0x3fffff, HVPT_FLUSH_TWO_BLOCK, 1, 0x200009, 0);
	/* 2 pages across half of all: covering them costs everything. */
	must_be(0x7ffffffffffff000, 0x8000000000000fff, HVPT_FLUSH_COVER, 1, 52,
		0);
	must_be(0x7ffffffffffff000, 0x8000000000000fff, HVPT_FLUSH_TWO_BLOCK, 2,
		0x7ffffffffffff000, 0x8000000000000000);
	/* The topmost page. */
	must_be(0xfffffffffffff000, TOP, HVPT_FLUSH_TWO_BLOCK, 1,
		0xfffffffffffff000, 0);
}

static void test_whole_space_is_one_descriptor(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < PT_COUNT(policies); i++) {
		must_be(0, TOP, policies[i], 1, 52, 0);
		/* Ranges that end inside a page. */
		must_be(0xfff, TOP - 0xfff, policies[i], 1, 52, 0);
	}
	/* Half of it is one descriptor too, on either side. */
	for (i = 0; i < PT_COUNT(policies); i++) {
		must_be(0, TOP / 2, policies[i], 1, 51, 0);
		must_be(TOP / 2 + 1, TOP, policies[i], 1, TOP / 2 + 1 + 51, 0);
	}
}

static void test_all_but_the_ends_is_the_most_exact(void **state)
{
	struct blocks blocks;

	(void)state;
	plan_pages(1, ALL_PAGES - 2, HVPT_FLUSH_EXACT, &blocks);
	assert_int_equal(blocks.count, MOST);
	check_all(1, ALL_PAGES - 2, MOST);
	must_be(0x1000, TOP - 0x1000, HVPT_FLUSH_TWO_BLOCK, 1, 52, 0);
}

/* A byte stands for its page: neither the first nor the last is lost. */
static void test_ends_inside_pages(void **state)
{
	static const uint64_t offsets[] = { 0, 1, 0x7ff, 0xffe, 0xfff };
	static const uint64_t pages[][2] = {
		{ 0, 0 },
		{ 3, 4 },
		{ 5, 10 },
		{ 7, 8 },
		{ 0x7ffffffff, 0x800000000 },
		{ 0xffffffffffffe, 0xfffffffffffff },
		{ 0, 0xfffffffffffff },
	};
	size_t i, j, k, p;

	(void)state;
	for (p = 0; p < PT_COUNT(policies); p++) {
		for (k = 0; k < PT_COUNT(pages); k++) {
			struct blocks whole;

			plan_pages(pages[k][0], pages[k][1], policies[p],
				   &whole);
			for (i = 0; i < PT_COUNT(offsets); i++) {
				for (j = 0; j < PT_COUNT(offsets); j++) {
					uint64_t first = pages[k][0] * 4096 +
							 offsets[i];
					uint64_t last = pages[k][1] * 4096 +
							offsets[j];
					struct blocks got;

					if (first > last)
						continue;
					plan_bytes(first, last, policies[p],
						   &got);
					assert_int_equal(got.count,
							 whole.count);
					assert_memory_equal(
						got.entry, whole.entry,
						got.count * sizeof(uint64_t));
				}
			}
		}
	}
}

/* ---- random ---------------------------------------------------------- */

/* A page of random magnitude, so that there are lengths of all kinds. */
static wide random_page(uint64_t *prng)
{
	return hvpt_random(prng) >> (12 + hvpt_random_below(prng, 52));
}

static void random_ends(uint64_t *prng, wide *first, wide *last)
{
	wide base = hvpt_random(prng) / 4096, span = random_page(prng);

	*first = base;
	*last = base + span < ALL_PAGES ? base + span : ALL_PAGES - 1;
}

static void test_random_ranges(void **state)
{
	uint64_t prng = pt_seed("test_random_ranges", 0xf1a5);
	unsigned round, rounds = pt_effort(300000);

	(void)state;
	for (round = 0; round < rounds; round++) {
		wide first, last;

		random_ends(&prng, &first, &last);
		check_all(first, last, least_by_levels(first, last));
	}
}

/* ---- lists of ranges ------------------------------------------------- */

#define RANGES 40u

/* All that the ranges of a list give when each is planned alone. */
struct alone {
	struct blocks of[RANGES];
	uint32_t count;
};

/* Is the block inside one of another range near by? Of equal ones the first. */
static bool is_held(const struct alone *alone, uint32_t at,
		    const struct block *block)
{
	uint32_t i;
	unsigned j;

	for (i = 0; i < alone->count; i++) {
		if (i == at || i > at + 7 || at > i + 7)
			continue;
		for (j = 0; j < alone->of[i].count; j++) {
			const struct block *other = &alone->of[i].at[j];
			wide more = other->end - other->first;

			more -= block->end - block->first;
			if (other->first <= block->first &&
			    other->end >= block->end && (more > 0 || i < at))
				return true;
		}
	}
	return false;
}

/* The blocks of the list hold all those of the ranges, each in one block. */
static void must_hold(const struct alone *alone, const struct block *got,
		      unsigned count)
{
	uint32_t i;
	unsigned j, k;

	for (i = 0; i < alone->count; i++)
		for (j = 0; j < alone->of[i].count; j++) {
			for (k = 0; k < count; k++)
				if (got[k].first <= alone->of[i].at[j].first &&
				    got[k].end >= alone->of[i].at[j].end)
					break;
			assert_true(k < count);
		}
}

/*
 * A list gives what its ranges give, one after the other, without what others
 * hold. Return: how many descriptors were omitted.
 */
static unsigned check_list(const struct hvpt_iova_range *range, uint32_t count,
			   enum hvpt_flush_policy policy)
{
	/* As the flush hypercall calls it. */
	bool (*const next)(void *ctx, uint64_t *entry) = hvpt_flush_plan_next;
	static struct block got[RANGES * MOST];
	static struct alone alone;
	unsigned j, count_got = 0, left_out = 0;
	struct hvpt_flush_plan plan;
	uint64_t pages = 0, entry = 0;
	uint32_t i;

	alone.count = count;
	for (i = 0; i < count; i++)
		plan_bytes(range[i].first.value, range[i].last.value, policy,
			   &alone.of[i]);
	assert_int_equal(hvpt_flush_plan_init(&plan, range, count, policy),
			 HVPT_OK);
	for (i = 0; i < count; i++) {
		for (j = 0; j < alone.of[i].count; j++) {
			const struct block *block = &alone.of[i].at[j];

			if (policy != HVPT_FLUSH_EXACT &&
			    is_held(&alone, i, block)) {
				left_out++;
				continue;
			}
			assert_true(next(&plan, &entry));
			assert_int_equal(entry, alone.of[i].entry[j]);
			pages += (uint64_t)(block->end - block->first);
			got[count_got++] = *block;
		}
	}
	assert_false(next(&plan, &entry));
	assert_int_equal(plan.emitted, count_got);
	assert_int_equal(plan.pages, pages);
	if (left_out)
		must_hold(&alone, got, count_got);
	return left_out;
}

static void test_lists_are_planned_range_by_range(void **state)
{
	uint64_t prng = pt_seed("test_lists", 0x11575);
	unsigned round, rounds = pt_effort(2000);
	struct hvpt_iova_range range[RANGES];

	(void)state;
	for (round = 0; round < rounds; round++) {
		uint32_t count = (uint32_t)hvpt_random_below(&prng, RANGES + 1),
			 i;

		for (i = 0; i < count; i++) {
			wide first, last;

			random_ends(&prng, &first, &last);
			range[i].first = hvpt_iova((uint64_t)(first * PAGE));
			range[i].last = hvpt_iova(
				(uint64_t)(last * PAGE + 0xfff));
		}
		(void)check_list(range, count, policies[round % 3]);
	}
}

/*
 * Ranges as a gather has them: up to 8, disjoint, in any order, and so close
 * that the blocks of one may extend over others.
 */
static void test_ranges_of_a_gather(void **state)
{
	uint64_t prng = pt_seed("test_ranges_of_a_gather", 0x6a7e);
	unsigned round, rounds = pt_effort(60000), left_out[3] = { 0 };

	(void)state;
	for (round = 0; round < rounds; round++) {
		struct hvpt_gather gather;
		unsigned i, lg2 = (unsigned)hvpt_random_below(&prng, 48);

		hvpt_gather_init(&gather);
		for (i = 0; i < 8; i++) {
			uint64_t first = hvpt_random_below(&prng, 200) << lg2;
			uint64_t span = 1 + hvpt_random_below(&prng, 20);

			hvpt_gather_add(&gather, hvpt_iova(first),
					hvpt_iova(first + (span << lg2) - 1));
		}
		left_out[round % 3] += check_list(
			gather.range, gather.range_count, policies[round % 3]);
	}
	/* Both policies that flush more than their ranges have met the case. */
	assert_true(left_out[0] > 0 && left_out[1] > 0);
	assert_int_equal(left_out[2], 0);
}

/* One block holds the other; ranges far apart in the list are not compared. */
static void test_only_near_ranges_are_compared(void **state)
{
	struct hvpt_iova_range range[9];
	unsigned i;

	(void)state;
	for (i = 0; i < PT_COUNT(range); i++) {
		range[i].first = hvpt_iova(0x1000000 * (i + 1));
		range[i].last = hvpt_iova(0x1000000 * (i + 1) + 0xfff);
	}
	range[0].first = hvpt_iova(0x800000600000);
	range[0].last = hvpt_iova(0x8000009fffff);
	range[8].first = hvpt_iova(0x800000c00000);
	range[8].last = hvpt_iova(0x800000dfffff);
	assert_int_equal(check_list(range, 9, HVPT_FLUSH_COVER), 0);
	assert_int_equal(check_list(range + 1, 8, HVPT_FLUSH_COVER), 0);
	range[7] = range[8];
	assert_int_equal(check_list(range, 8, HVPT_FLUSH_COVER), 1);
	range[7] = range[0];
	range[0] = range[8];
	assert_int_equal(check_list(range, 8, HVPT_FLUSH_COVER), 1);
}

/* Adjacent, equal, overlapping and descending ranges are not joined. */
static void test_ranges_are_not_joined(void **state)
{
	const struct hvpt_iova_range range[] = {
		{ hvpt_iova(0x4000), hvpt_iova(0x4fff) },
		{ hvpt_iova(0x5000), hvpt_iova(0x5fff) },
		{ hvpt_iova(0x5000), hvpt_iova(0x5fff) },
		{ hvpt_iova(0x4fff), hvpt_iova(0x5000) },
		{ hvpt_iova(0), hvpt_iova(TOP) },
		{ hvpt_iova(TOP), hvpt_iova(TOP) },
		{ hvpt_iova(0), hvpt_iova(0) },
	};
	size_t i;

	(void)state;
	for (i = 0; i < PT_COUNT(policies); i++)
		(void)check_list(range, PT_COUNT(range), policies[i]);
}

static void test_no_range_no_descriptor(void **state)
{
	struct hvpt_flush_plan plan;
	struct blocks blocks;
	size_t i;

	(void)state;
	for (i = 0; i < PT_COUNT(policies); i++) {
		memset(&plan, 0xa5, sizeof(plan));
		assert_int_equal(hvpt_flush_plan_init(&plan, NULL, 0,
						      policies[i]),
				 HVPT_OK);
		drain(&plan, &blocks);
		assert_int_equal(blocks.count, 0);
	}
}

/* ---- refusals -------------------------------------------------------- */

static void must_refuse(const struct hvpt_iova_range *range, uint32_t count,
			enum hvpt_flush_policy policy, enum hvpt_status status)
{
	struct hvpt_flush_plan plan, before;

	memset(&plan, 0xa5, sizeof(plan));
	before = plan;
	assert_int_equal(hvpt_flush_plan_init(&plan, range, count, policy),
			 status);
	assert_memory_equal(&plan, &before, sizeof(plan));
}

static void test_unknown_policies_are_refused(void **state)
{
	static const unsigned unknown[] = {
		3, 4, 0x100, 0x7fffffff, 0x80000000, 0xffffffff
	};
	const struct hvpt_iova_range range[] = {
		{ hvpt_iova(0), hvpt_iova(0) },
		{ hvpt_iova(1), hvpt_iova(0) },
	};
	size_t i;

	(void)state;
	for (i = 0; i < PT_COUNT(unknown); i++) {
		enum hvpt_flush_policy policy =
			(enum hvpt_flush_policy)unknown[i];

		must_refuse(range, 1, policy, HVPT_ERR_POLICY);
		must_refuse(NULL, 0, policy, HVPT_ERR_POLICY);
		/* The first rule that is broken decides. */
		must_refuse(range, 2, policy, HVPT_ERR_POLICY);
	}
}

static void test_reversed_ranges_are_refused(void **state)
{
	static const uint64_t ends[][2] = {
		{ 1, 0 },	    { 0x5001, 0x5000 }, { 0x5fff, 0x5000 },
		{ 0x6000, 0x5fff }, { TOP, 0 },		{ TOP, TOP - 1 },
	};
	struct hvpt_iova_range range[3];
	size_t i, at, p;

	(void)state;
	for (p = 0; p < PT_COUNT(policies); p++) {
		for (i = 0; i < PT_COUNT(ends); i++) {
			for (at = 0; at < PT_COUNT(range); at++) {
				memset(range, 0, sizeof(range));
				range[at].first = hvpt_iova(ends[i][0]);
				range[at].last = hvpt_iova(ends[i][1]);
				must_refuse(range, PT_COUNT(range), policies[p],
					    HVPT_ERR_WRAP);
			}
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worked_examples),
		cmocka_unit_test(test_whole_space_is_one_descriptor),
		cmocka_unit_test(test_all_but_the_ends_is_the_most_exact),
		cmocka_unit_test(test_ends_inside_pages),
		cmocka_unit_test(test_every_range_at_the_bottom),
		cmocka_unit_test(test_every_range_at_the_top),
		cmocka_unit_test(test_every_range_across_the_middle),
		cmocka_unit_test(test_every_range_around_each_power_of_two),
		cmocka_unit_test(test_ends_at_powers_of_two),
		cmocka_unit_test(test_random_ranges),
		cmocka_unit_test(test_lists_are_planned_range_by_range),
		cmocka_unit_test(test_ranges_of_a_gather),
		cmocka_unit_test(test_only_near_ranges_are_compared),
		cmocka_unit_test(test_ranges_are_not_joined),
		cmocka_unit_test(test_no_range_no_descriptor),
		cmocka_unit_test(test_unknown_policies_are_refused),
		cmocka_unit_test(test_reversed_ranges_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
