/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An IOMMU that does not snoop caches. It sees the arena's shadow, which has
 * only what was written back; what never was is poison there. All other tests
 * of this directory look through the shadow too when the parameters say so;
 * here it is about order, and about what is written back.
 */
#include <string.h>

#include "tests/support/pt_check.h"

/* What the hook saw; cmocka must not be left by a jump out of a hook. */
struct watch {
	unsigned calls;
	unsigned bad_range;
	unsigned too_early; /* a table reachable before it was written back */
	uint64_t nested;    /* IOVA to map from the hook; 0: none */
	unsigned nested_at; /* at this call */
	unsigned nested_bad;
};

/* The arena's poison, as the shadow of a page never written back. */
static bool is_poison(uint64_t word)
{
	return (word & 1) && (word >> 63);
}

/*
 * A line may leave the cache at any time: what memory reaches, the IOMMU may
 * reach. So each table linked in memory must be in the shadow already.
 */
static unsigned unwritten(struct pt_fixture *f)
{
	struct pt_tables tables = pt_scan_tables(f);
	unsigned count = 0;
	size_t i;

	for (i = 0; i < tables.count; i++) {
		uint64_t word;
		unsigned k;

		for (k = 0; k < 512; k++) {
			if (!hvpt_arena_read_shadow64(
				    f->arena, tables.table[i].gpa + 8 * k,
				    &word) ||
			    is_poison(word))
				count++;
		}
	}
	pt_tables_free(&tables);
	return count;
}

/*
 * Words of tables in the tree that the shadow has otherwise. The walker does
 * not look at CLEAN, which is set once the entry has been written back.
 */
static unsigned different(struct pt_fixture *f)
{
	struct pt_tables tables = pt_scan_tables(f);
	unsigned count = 0;
	size_t i;

	for (i = 0; i < tables.count * 512; i++) {
		uint64_t gpa = tables.table[i / 512].gpa + 8 * (i % 512);
		uint64_t memory, shadow;

		if (!hvpt_arena_read64(f->arena, gpa, &memory) ||
		    !hvpt_arena_read_shadow64(f->arena, gpa, &shadow) ||
		    ((memory ^ shadow) & ~HVPT_PTE_CLEAN))
			count++;
	}
	pt_tables_free(&tables);
	return count;
}

static void nested_map(struct pt_fixture *f, struct watch *watch)
{
	uint64_t iova = watch->nested;
	enum hvpt_status status;

	watch->nested = 0;
	status = hvpt_pt_map(&f->pt, hvpt_iova(iova), hvpt_gpa(PT_DATA), PT_4K,
			     PT_RW, NULL);
	/* It returned: the IOMMU must see the page, whoever made the tables. */
	if (status != HVPT_OK ||
	    sdm_walk(&f->walker, iova, true).fault != SDM_FAULT_NONE)
		watch->nested_bad++;
}

static void on_write_back(struct pt_fixture *f, const void *start, size_t bytes)
{
	struct watch *watch = f->test_data;
	uint64_t at = (uint64_t)(uintptr_t)start;

	watch->calls++;
	if (at % 8 || bytes % 8 || bytes == 0 ||
	    at / PT_4K != (at + bytes - 1) / PT_4K)
		watch->bad_range++;
	watch->too_early += unwritten(f);
	if (watch->nested && watch->calls == watch->nested_at)
		nested_map(f, watch);
}

static void start(struct pt_fixture *f, struct watch *watch)
{
	memset(watch, 0, sizeof(*watch));
	f->test_data = watch;
	f->on_write_back = on_write_back;
}

static void done(struct pt_fixture *f, const struct watch *watch)
{
	assert_int_equal(watch->bad_range, 0);
	assert_int_equal(watch->too_early, 0);
	assert_int_equal(watch->nested_bad, 0);
	assert_int_equal(unwritten(f), 0);
	assert_int_equal(different(f), 0);
}

static void test_root_is_written_back(void **state)
{
	struct pt_fixture *f = *state;

	assert_int_equal(unwritten(f), 0);
	pt_expect_none(f, f->base);
}

static void test_map(void **state)
{
	struct pt_fixture *f = *state;
	struct watch watch;

	start(f, &watch);
	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	done(f, &watch);
	assert_true(watch.calls >= f->params->levels);
	start(f, &watch);
	pt_map(f, f->base + PT_2M - 9 * PT_4K, PT_DATA + PT_4K,
	       2 * PT_2M + 17 * PT_4K, PT_RO);
	done(f, &watch);
	start(f, &watch);
	pt_map(f, f->base + PT_1G, PT_DATA, PT_1G + PT_2M, PT_RO);
	done(f, &watch);
}

/* Every slot of a table, so also the last of each cache line. */
static void test_every_slot(void **state)
{
	struct pt_fixture *f = *state;
	struct watch watch;
	uint64_t page;

	for (page = 0; page < 512; page++) {
		uint64_t iova = f->base + page * PT_4K;

		start(f, &watch);
		f->on_write_back = NULL; /* the order is tested elsewhere */
		pt_map(f, iova, PT_DATA, PT_4K, PT_RW);
		pt_expect(f, iova, PT_DATA, PT_RW);
		if (page % 64 == 0)
			done(f, &watch);
	}
	for (page = 0; page < 512; page++) {
		assert_int_equal(pt_unmap(f, f->base + page * PT_4K, PT_4K),
				 PT_4K);
		pt_expect_none(f, f->base + page * PT_4K);
	}
	assert_int_equal(different(f), 0);
}

static void test_runs_over_cache_lines(void **state)
{
	static const struct {
		uint64_t first;
		uint64_t count;
	} runs[] = {
		{ 0, 8 },   { 7, 1 },	{ 7, 2 },   { 1, 7 },	{ 5, 11 },
		{ 511, 1 }, { 504, 8 }, { 503, 9 }, { 511, 2 }, { 1, 510 },
	};
	struct pt_fixture *f = *state;
	struct watch watch;
	size_t i;

	for (i = 0; i < PT_COUNT(runs); i++) {
		uint64_t iova = f->base + runs[i].first * PT_4K;
		uint64_t length = runs[i].count * PT_4K;

		start(f, &watch);
		pt_map(f, iova, PT_DATA + PT_4K, length, PT_RW);
		done(f, &watch);
		pt_protect(f, iova, length, PT_RO);
		done(f, &watch);
		assert_int_equal(pt_unmap(f, iova, length), length);
		done(f, &watch);
	}
}

static void test_map_list(void **state)
{
	static const struct hvpt_segment segments[] = {
		{ { PT_DATA }, 3 * PT_4K },
		{ { PT_DATA + PT_1G }, PT_2M },
		{ { PT_DATA }, PT_4K },
	};
	struct pt_fixture *f = *state;
	struct watch watch;
	enum hvpt_status status;

	start(f, &watch);
	status = hvpt_pt_map_list(&f->pt, hvpt_iova(f->base - PT_4K), segments,
				  PT_COUNT(segments), PT_RW, &f->gather);
	assert_int_equal(status, HVPT_OK);
	done(f, &watch);
}

static void test_unmap_protect_reclaim_dirty(void **state)
{
	struct pt_fixture *f = *state;
	struct watch watch;

	pt_map(f, f->base, PT_DATA, 3 * PT_1G + 3 * PT_2M + 5 * PT_4K, PT_RW);
	start(f, &watch);
	pt_unmap(f, f->base + PT_4K, PT_4K); /* a split of 1G */
	done(f, &watch);
	pt_unmap(f, f->base + PT_1G, PT_1G); /* a whole leaf */
	done(f, &watch);
	pt_protect(f, f->base + 2 * PT_1G + PT_2M, PT_2M, PT_RO);
	done(f, &watch);
	pt_checked_dirty(f, f->base, 3 * PT_1G, 0);
	done(f, &watch);
	pt_unmap(f, f->base, 4 * PT_1G);
	done(f, &watch);
	pt_reclaim(f, f->base, 8 * PT_1G);
	done(f, &watch);
	pt_flush(f);
	pt_expect_hole(f, f->base, 4 * PT_1G);
}

/* A large leaf takes the place of empty tables. */
static void test_replacement(void **state)
{
	struct pt_fixture *f = *state;
	struct watch watch;

	pt_map(f, f->base + PT_4K, PT_DATA, PT_4K, PT_RW);
	pt_unmap(f, f->base + PT_4K, PT_4K);
	start(f, &watch);
	pt_map(f, f->base, PT_DATA, PT_1G, PT_RW);
	done(f, &watch);
	pt_expect_leaves(f, 0, 0, 1);
	assert_int_equal(f->gather.table_count, 2);
}

/*
 * Two mappers share a new table. The second one finds it in memory, linked
 * by the first, who has not yet written the link back: when the second
 * returns, its page must be visible all the same.
 */
static void test_a_map_inside_another(void **state)
{
	struct pt_fixture *f = *state;
	unsigned calls, n;
	struct watch watch;

	start(f, &watch);
	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	calls = watch.calls;
	pt_unmap(f, f->base, PT_4K);
	pt_reclaim_all(f);
	for (n = 1; n <= calls; n++) {
		start(f, &watch);
		watch.nested = f->base + PT_4K;
		watch.nested_at = n;
		pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
		assert_int_equal(watch.nested, 0);
		done(f, &watch);
		pt_expect(f, f->base, PT_DATA, PT_RW);
		pt_expect(f, f->base + PT_4K, PT_DATA, PT_RW);
		pt_check(f);
		assert_int_equal(pt_unmap(f, f->base, 2 * PT_4K), 2 * PT_4K);
		pt_reclaim_all(f);
	}
}

/* The same while a large leaf is being split. */
static void test_a_map_inside_a_split(void **state)
{
	struct pt_fixture *f = *state;
	unsigned calls, n;
	struct watch watch;

	pt_map(f, f->base, PT_DATA, PT_1G, PT_RW);
	start(f, &watch);
	pt_unmap(f, f->base + PT_4K, PT_4K);
	calls = watch.calls;
	pt_unmap(f, f->base, PT_1G);
	pt_flush(f);
	for (n = 1; n <= calls; n++) {
		pt_map(f, f->base, PT_DATA, PT_1G, PT_RW);
		start(f, &watch);
		watch.nested = f->base + PT_1G + PT_4K;
		watch.nested_at = n;
		pt_unmap(f, f->base + PT_4K, PT_4K);
		assert_int_equal(watch.nested, 0);
		done(f, &watch);
		pt_check(f);
		pt_unmap(f, f->base, 2 * PT_1G);
		pt_flush(f);
	}
}

/* After an error nothing may be half visible. */
static void test_errors_leave_the_shadow_alone(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t n;

	pt_map(f, f->base + 5 * PT_2M, PT_DATA, PT_2M, PT_RW);
	for (n = 1; n <= 3; n++) {
		struct pt_snapshot before = pt_snapshot(f);
		struct watch watch;

		start(f, &watch);
		hvpt_arena_fail_at(f->arena, n);
		assert_int_equal(pt_try_map(f, f->base - PT_2M, PT_DATA + PT_4K,
					    5 * PT_2M, PT_RW),
				 HVPT_ERR_NO_MEMORY);
		assert_int_equal(watch.too_early, 0);
		pt_unchanged(f, &before);
		assert_int_equal(different(f), 0);
	}
	hvpt_arena_fail_at(f->arena, 0);
}

int main(void)
{
	static const struct pt_params params[] = {
		{ 4, 48, HVPT_IOVA_PLAIN, PT_SIZES_ALL, 0, 0, true, false },
		{ 5, 57, HVPT_IOVA_CANONICAL, PT_SIZES_ALL, 0, 1ull << 51, true,
		  true },
	};
	static const struct pt_case cases[] = {
		PT_CASE(test_root_is_written_back),
		PT_CASE(test_map),
		PT_CASE(test_every_slot),
		PT_CASE(test_runs_over_cache_lines),
		PT_CASE(test_map_list),
		PT_CASE(test_unmap_protect_reclaim_dirty),
		PT_CASE(test_replacement),
		PT_CASE(test_a_map_inside_another),
		PT_CASE(test_a_map_inside_a_split),
		PT_CASE(test_errors_leave_the_shadow_alone),
	};

	return pt_run("pt_noncoherent", cases, PT_COUNT(cases), params,
		      PT_COUNT(params));
}
