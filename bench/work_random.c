/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * work_random.c - 100,000 live pages spread over 4 GiB: lookups, and unmap of
 * one page with a map of another.
 */
#include <stdlib.h>

#include "work.h"

#define WINDOW_PAGES (1u << 20)
#define LIVE 100000u
#define LOOKUPS 65536u

/* The first 2 * LIVE entries are different pages of the window, at random. */
static const uint32_t *choose_pages(void)
{
	static uint32_t page[WINDOW_PAGES];
	uint64_t seed = 424242;

	if (page[0] | page[1])
		return page;
	for (uint32_t i = 0; i < WINDOW_PAGES; i++)
		page[i] = i;
	for (uint32_t i = 0; i < 2 * LIVE; i++) {
		uint32_t left = WINDOW_PAGES - i;
		uint32_t j = i + (uint32_t)(work_random(&seed) % left);
		uint32_t other = page[j];

		page[j] = page[i];
		page[i] = other;
	}
	return page;
}

/* Instructions are counted with all pages, so that tables are as full. */
static unsigned live_pages(const struct run *run)
{
	return clock_counting ? LIVE : run_rounds(run, LIVE);
}

static void time_lookups(struct run *run, void *d, const uint32_t *page,
			 unsigned live)
{
	static uint32_t query[LOOKUPS];
	const struct bench_backend *b = run->backend;
	uint64_t seed = 99, sum = 0, start, ticks;

	RUN_CHECK(run, live > 0);
	for (unsigned i = 0; i < LOOKUPS; i++)
		query[i] = page[work_random(&seed) % live];
	start = clock_now();
	for (unsigned i = 0; i < LOOKUPS; i++)
		sum += b->iova_to_phys(d, IOVA + query[i] * SZ_4K + 8);
	ticks = clock_now() - start;
	for (unsigned i = 0; i < LOOKUPS; i++)
		sum -= PA + query[i] * SZ_4K + 8;
	RUN_CHECK(run, sum == 0 || (b->flags & BF_LIMIT));
	run_note(run, 0, ticks, 1, LOOKUPS);
}

static void work_random_pages(struct run *run, const void *data)
{
	const uint32_t *page = choose_pages();
	unsigned live = live_pages(run);
	void *d = run_create(run);
	uint64_t start;

	(void)data;
	for (unsigned i = 0; i < live; i++)
		run_map(run, d, IOVA + page[i] * SZ_4K, PA + page[i] * SZ_4K,
			SZ_4K);
	time_lookups(run, d, page, live);
	/* no page is mapped a second time */
	start = clock_now();
	for (unsigned i = 0; i < live; i++) {
		run_unmap(run, d, IOVA + page[i] * SZ_4K, SZ_4K);
		run_map(run, d, IOVA + page[live + i] * SZ_4K, PA + i * SZ_4K,
			SZ_4K);
	}
	run_note(run, 1, clock_now() - start, 1, live);
	run->backend->destroy(d);
}

/* What many single pages leave behind, and the time to reclaim it. */
static void work_reclaim(struct run *run, const void *data)
{
	const struct bench_backend *b = run->backend;
	const uint32_t *page = choose_pages();
	unsigned live = live_pages(run);
	void *d = run_create(run);
	size_t before, after;
	uint64_t start;

	(void)data;
	for (unsigned i = 0; i < live; i++)
		run_map(run, d, IOVA + page[i] * SZ_4K, PA, SZ_4K);
	for (unsigned i = 0; i < live; i++)
		run_unmap(run, d, IOVA + page[i] * SZ_4K, SZ_4K);
	before = b->table_pages(d);
	if (b->reclaim) {
		start = clock_now();
		b->reclaim(d, 0, run_lower_half(run));
		start = clock_now() - start;
		after = b->table_pages(d);
		if (before > after)
			run_note(run, 0, start, 1, before - after);
	}
	b->destroy(d);
}

static const struct work works[] = {
	{ work_random_pages,
	  NULL,
	  2,
	  false,
	  { { "lookup-random", "lookup, random, 100,000 pages live", 1 },
	    { "pair-random", "unmap and map 4K, random, 100,000 live", 2 } } },
	{ work_reclaim,
	  NULL,
	  1,
	  false,
	  { { "reclaim", "reclaim after that, for each table freed", 0 } } },
};

void work_add_random(void)
{
	for (unsigned i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		work_add(&works[i]);
}
