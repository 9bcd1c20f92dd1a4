/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which leaves a map makes. A slow oracle goes through the range page by
 * page's worth, always taking the largest leaf that fits; that is the least
 * number of leaves there can be. The tables must be the least as well.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/prng.h"
#include "tests/support/pt_check.h"

#define MAX_SEGMENTS 600u

struct list {
	struct hvpt_segment segment[MAX_SEGMENTS];
	size_t count;
};

static void list_add(struct list *list, uint64_t gpa, uint64_t length)
{
	assert_true(list->count < MAX_SEGMENTS);
	list->segment[list->count].gpa = hvpt_gpa(gpa);
	list->segment[list->count].length = length;
	list->count++;
}

static uint64_t list_bytes(const struct list *list)
{
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < list->count; i++)
		bytes += list->segment[i].length;
	return bytes;
}

/* Maps @list at @iova into an empty table, checks, unmaps, reclaims. */
static void run_list(struct pt_fixture *f, uint64_t iova,
		     const struct list *list, unsigned prot)
{
	struct pt_leaves want = pt_oracle(f, iova, list->segment, list->count,
					  prot);
	uint64_t bytes = list_bytes(list);
	struct pt_leaves got;
	enum hvpt_status status;

	status = hvpt_pt_map_list(&f->pt, hvpt_iova(iova), list->segment,
				  list->count, prot, &f->gather);
	assert_int_equal(status, HVPT_OK);
	assert_true(hvpt_gather_is_empty(&f->gather));
	got = pt_scan(f);
	assert_true(pt_leaves_equal(&want, &got));
	assert_int_equal(hvpt_pt_tables(&f->pt), pt_least_tables(f, &want));
	pt_leaves_free(&got);
	pt_leaves_free(&want);
	pt_check(f);
	assert_int_equal(pt_unmap(f, iova, bytes), bytes);
	pt_reclaim_all(f);
}

static void run_range(struct pt_fixture *f, uint64_t iova, uint64_t gpa,
		      uint64_t length, unsigned prot)
{
	struct list list = { .count = 0 };

	list_add(&list, gpa, length);
	run_list(f, iova, &list, prot);
}

/* How many leaves at least; to keep the loops below short. */
static bool is_long(const struct pt_fixture *f, uint64_t iova, uint64_t gpa,
		    uint64_t length)
{
	uint64_t apart = iova ^ gpa;

	if ((f->sizes & PT_2M) && apart % PT_2M == 0)
		return false;
	if ((f->sizes & PT_1G) && apart % PT_1G == 0)
		return length % PT_1G + iova % PT_1G > 8 * PT_2M;
	return length > 8 * PT_2M;
}

static void test_offsets_and_lengths(void **state)
{
	static const uint64_t offsets[] = {
		0, PT_4K, PT_2M - PT_4K, PT_2M, PT_1G - PT_2M, PT_1G - PT_4K,
	};
	static const uint64_t lengths[] = {
		PT_4K,	       2 * PT_4K,     PT_2M - PT_4K, PT_2M,
		PT_2M + PT_4K, 2 * PT_2M,     PT_1G - PT_4K, PT_1G - PT_2M,
		PT_1G,	       PT_1G + PT_4K, PT_1G + PT_2M, 2 * PT_1G + PT_4K,
	};
	struct pt_fixture *f = *state;
	size_t i, k, n;

	for (i = 0; i < PT_COUNT(offsets); i++) {
		for (k = 0; k < PT_COUNT(offsets); k++) {
			uint64_t iova = f->base + offsets[i];
			uint64_t gpa = PT_DATA + offsets[k];

			for (n = 0; n < PT_COUNT(lengths); n++) {
				if (!is_long(f, iova, gpa, lengths[n]))
					run_range(f, iova, gpa, lengths[n],
						  n & 1 ? PT_RO : PT_RW);
			}
		}
	}
}

static void test_ends_of_the_form(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t lower_end = pt_lower_last(f->params) + 1;

	run_range(f, 0, 0, PT_2M, PT_RW);
	run_range(f, 0, 0, PT_4K, PT_RW);
	run_range(f, lower_end - PT_2M, PT_2M, PT_2M, PT_RW);
	run_range(f, lower_end - PT_4K, PT_2M, PT_4K, PT_RO);
	if (f->sizes & PT_1G) {
		run_range(f, 0, 0, PT_1G, PT_RW);
		run_range(f, lower_end - PT_1G, PT_1G, PT_1G, PT_RO);
	}
	if (f->params->form == HVPT_IOVA_CANONICAL) {
		run_range(f, pt_upper_first(f->params), PT_2M, 2 * PT_2M,
			  PT_RW);
		run_range(f, 0 - PT_2M, PT_1G, PT_2M, PT_RW);
		run_range(f, 0 - PT_4K, PT_1G, PT_4K, PT_RO);
		run_range(f, 0 - PT_1G - PT_2M, PT_1G - PT_2M, PT_1G + PT_2M,
			  PT_RO);
	}
}

static void test_last_gpa(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t end = 1ull << 52;

	run_range(f, f->base, end - PT_4K, PT_4K, PT_RW);
	run_range(f, f->base, end - PT_2M, PT_2M, PT_RW);
	if (f->sizes & PT_1G)
		run_range(f, f->base, end - PT_1G, PT_1G, PT_RW);
}

/* 2 MiB in 512 segments that touch is 2 MiB. */
static void test_touching_segments_are_one(void **state)
{
	struct pt_fixture *f = *state;
	struct list list = { .count = 0 };
	uint64_t offset;

	for (offset = 0; offset < PT_2M; offset += PT_4K)
		list_add(&list, PT_DATA + offset, PT_4K);
	run_list(f, f->base, &list, PT_RW);
	/* The same, the seams elsewhere. */
	list.count = 0;
	list_add(&list, PT_DATA - PT_4K, 2 * PT_4K);
	list_add(&list, PT_DATA + PT_4K, PT_2M - 2 * PT_4K);
	list_add(&list, PT_DATA + PT_2M - PT_4K, 2 * PT_4K);
	run_list(f, f->base - PT_4K, &list, PT_RW);
}

/* Right sizes, wrong order: nothing touches. */
static void test_segments_in_reverse(void **state)
{
	struct pt_fixture *f = *state;
	struct list list = { .count = 0 };
	uint64_t n;

	for (n = 32; n > 0; n--)
		list_add(&list, PT_DATA + n * PT_4K, PT_4K);
	run_list(f, f->base, &list, PT_RW);
	list.count = 0;
	list_add(&list, PT_DATA + PT_2M, PT_2M);
	list_add(&list, PT_DATA, PT_2M);
	run_list(f, f->base, &list, PT_RO);
}

/* One gpa many times: allowed, aliases are the caller's business. */
static void test_one_page_many_times(void **state)
{
	struct pt_fixture *f = *state;
	struct list list = { .count = 0 };
	unsigned n;

	for (n = 0; n < 40; n++)
		list_add(&list, PT_DATA, PT_4K);
	run_list(f, f->base + PT_2M - 20 * PT_4K, &list, PT_RW);
}

/* More than a short look at them can add up. */
static void test_thousands_of_segments(void **state)
{
	static struct hvpt_segment segments[3000];
	struct pt_fixture *f = *state;
	size_t n;

	for (n = 0; n < PT_COUNT(segments); n++) {
		segments[n].gpa = hvpt_gpa(PT_DATA + (n ^ 1) * PT_4K);
		segments[n].length = PT_4K;
	}
	assert_int_equal(hvpt_pt_map_list(&f->pt, hvpt_iova(f->base), segments,
					  PT_COUNT(segments), PT_RW,
					  &f->gather),
			 HVPT_OK);
	for (n = 0; n < PT_COUNT(segments); n++)
		pt_expect(f, f->base + n * PT_4K, PT_DATA + (n ^ 1) * PT_4K,
			  PT_RW);
}

static void test_segments_over_large_borders(void **state)
{
	struct pt_fixture *f = *state;
	struct list list = { .count = 0 };

	/* A seam inside what would be a 1G leaf; 2M leaves on both sides. */
	list_add(&list, PT_DATA, 8 * PT_2M);
	list_add(&list, PT_DATA + 9 * PT_2M, 8 * PT_2M);
	run_list(f, f->base - 8 * PT_2M, &list, PT_RW);
	/* A seam in the middle of a page-table page. */
	list.count = 0;
	list_add(&list, PT_DATA, PT_2M / 2);
	list_add(&list, PT_DATA + PT_2M, PT_2M + PT_2M / 2);
	run_list(f, f->base, &list, PT_RW);
	run_list(f, f->base + PT_2M / 2, &list, PT_RW);
}

/* A 1G leaf put together from pieces. */
static void test_a_huge_leaf_of_pieces(void **state)
{
	struct pt_fixture *f = *state;
	struct list list = { .count = 0 };

	if (!(f->sizes & PT_1G))
		return;
	list_add(&list, PT_DATA, PT_4K);
	list_add(&list, PT_DATA + PT_4K, PT_1G / 2);
	list_add(&list, PT_DATA + PT_4K + PT_1G / 2, PT_1G / 2 - PT_4K);
	run_list(f, f->base, &list, PT_RW);
}

static uint64_t random_length(uint64_t *prng)
{
	switch (hvpt_random_below(prng, 8)) {
	case 0:
		return PT_2M * (1 + hvpt_random_below(prng, 3));
	case 1:
		return PT_2M - PT_4K;
	case 2:
		return PT_2M + PT_4K * hvpt_random_below(prng, 512);
	default:
		return PT_4K * (1 + hvpt_random_below(prng, 40));
	}
}

static void random_list(uint64_t *prng, struct list *list)
{
	size_t count = 1 + hvpt_random_below(prng, 32);
	uint64_t gpa = PT_DATA;
	size_t i;

	list->count = 0;
	for (i = 0; i < count; i++) {
		uint64_t length = random_length(prng);

		switch (hvpt_random_below(prng, 4)) {
		case 0:
			gpa = PT_DATA + PT_2M * hvpt_random_below(prng, 4096);
			break;
		case 1:
			gpa = PT_DATA +
			      PT_4K * hvpt_random_below(prng, 1u << 20);
			break;
		default:
			break; /* goes on where the last ended */
		}
		list_add(list, gpa, length);
		gpa += length;
	}
}

static void test_random_lists(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t prng = pt_seed("test_random_lists", 0x1ea4);
	struct list *list = malloc(sizeof(*list));
	unsigned round;

	assert_non_null(list);
	for (round = 0; round < pt_effort(25); round++) {
		uint64_t iova = f->base - PT_2M * hvpt_random_below(&prng, 8);

		random_list(&prng, list);
		/* Now and then aligned with the first segment. */
		if (round & 1)
			iova += list->segment[0].gpa.value % PT_2M;
		else
			iova += PT_4K * hvpt_random_below(&prng, 512);
		run_list(f, iova, list, round & 2 ? PT_RW : PT_RO);
	}
	free(list);
}

/* The contract's bound on table pages, for a range with nothing around it. */
static void test_tables_taken(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t allocs = hvpt_arena_allocs(f->arena);
	uint64_t lower = f->params->levels - 1; /* tables on one path */

	pt_map(f, f->base - PT_4K, PT_DATA, 2 * PT_4K, PT_RW);
	/* Two level-0 and two level-1 tables; the rest in common. */
	if ((f->base & (PT_512G - 1)) != 0)
		assert_int_equal(hvpt_arena_allocs(f->arena) - allocs,
				 lower + 2);
	allocs = hvpt_arena_allocs(f->arena);
	/* The tables are there: nothing is asked for. */
	pt_map(f, f->base + PT_4K, PT_DATA, PT_2M - PT_4K, PT_RW);
	assert_int_equal(hvpt_arena_allocs(f->arena), allocs);
	/* One more page needs one more table. */
	pt_map(f, f->base + PT_2M, PT_DATA + PT_4K, PT_4K, PT_RW);
	assert_int_equal(hvpt_arena_allocs(f->arena), allocs + 1);
	pt_check(f);
}

/* The entries, bit by bit: SDM tables 4-16 to 4-20, VT-d 9.7. */
static void test_exact_entries(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t dirty = f->params->flags & HVPT_PT_TRACK_DIRTY ? 0 : 0x40;
	uint64_t clean = f->params->noncoherent ? 0x800 : 0;
	unsigned level;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	pt_map(f, f->base + PT_4K, PT_DATA, PT_4K, PT_RO);
	assert_int_equal(pt_entry(f, f->base, 0), PT_DATA | 0x27 | dirty);
	assert_int_equal(pt_entry(f, f->base + PT_4K, 0), PT_DATA | 0x25);
	assert_int_equal(pt_entry(f, f->base + 2 * PT_4K, 0), 0);
	for (level = 1; level < f->params->levels; level++) {
		uint64_t entry = pt_entry(f, f->base, level);

		assert_int_equal(entry & 0xfff, 0x27 | clean);
		assert_int_equal(entry >> 52, 0);
		assert_int_equal(entry & f->params->table_mask,
				 f->params->table_mask);
	}
	if (f->sizes & PT_2M) {
		pt_map(f, f->base + PT_2M, PT_DATA, PT_2M, PT_RW);
		pt_map(f, f->base + 2 * PT_2M, PT_DATA, PT_2M, PT_RO);
		assert_int_equal(pt_entry(f, f->base + PT_2M, 1),
				 PT_DATA | 0xa7 | dirty);
		assert_int_equal(pt_entry(f, f->base + 2 * PT_2M, 1),
				 PT_DATA | 0xa5);
	}
	if (f->sizes & PT_1G) {
		pt_map(f, f->base + PT_1G, PT_DATA, PT_1G, PT_RW);
		pt_map(f, f->base + 2 * PT_1G, PT_DATA, PT_1G, PT_RO);
		assert_int_equal(pt_entry(f, f->base + PT_1G, 2),
				 PT_DATA | 0xa7 | dirty);
		assert_int_equal(pt_entry(f, f->base + 2 * PT_1G, 2),
				 PT_DATA | 0xa5);
	}
}

int main(void)
{
	static const struct pt_case cases[] = {
		PT_CASE(test_offsets_and_lengths),
		PT_CASE(test_ends_of_the_form),
		PT_CASE(test_last_gpa),
		PT_CASE(test_touching_segments_are_one),
		PT_CASE(test_segments_in_reverse),
		PT_CASE(test_one_page_many_times),
		PT_CASE(test_thousands_of_segments),
		PT_CASE(test_segments_over_large_borders),
		PT_CASE(test_a_huge_leaf_of_pieces),
		PT_CASE(test_random_lists),
		PT_CASE(test_tables_taken),
		PT_CASE(test_exact_entries),
	};

	return pt_run("pt_leaf", cases, PT_COUNT(cases), pt_main,
		      pt_main_count);
}
