/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * work_pages.c - single pages of 4 KiB: the next one in each call, the same
 * one again and again, and lookups in order.
 */
#include "work.h"

#define PAGES 256u

struct pages {
	uint64_t pa[PAGES]; /* targets, in random order */
};

static void choose_targets(struct pages *p)
{
	uint64_t seed = 7777;

	for (unsigned i = 0; i < PAGES; i++)
		p->pa[i] = PA + ((work_random(&seed) & 0xfffff) << 12);
}

static void one_round(const struct run *run, void *d, const struct pages *p,
		      uint64_t *map, uint64_t *unmap)
{
	uint64_t t0 = clock_now(), t1;

	for (unsigned i = 0; i < PAGES; i++)
		run_map(run, d, IOVA + i * SZ_4K, p->pa[i], SZ_4K);
	t1 = clock_now();
	for (unsigned i = 0; i < PAGES; i++)
		run_unmap(run, d, IOVA + i * SZ_4K, SZ_4K);
	*map += t1 - t0;
	*unmap += clock_now() - t1;
}

static void work_next_page(struct run *run, const void *data)
{
	unsigned rounds = run_rounds(run, 150);
	uint64_t map = 0, unmap = 0, calls = (uint64_t)rounds * PAGES;
	void *d = run_create(run);
	struct pages p;

	(void)data;
	choose_targets(&p);
	run_map(run, d, IOVA + 300 * SZ_4K, PA, SZ_4K);
	for (unsigned i = 0; i < rounds / 10 + 1; i++)
		one_round(run, d, &p, &map, &unmap);
	map = 0;
	unmap = 0;
	for (unsigned i = 0; i < rounds; i++)
		one_round(run, d, &p, &map, &unmap);
	run_note(run, 0, map, rounds, calls);
	run_note(run, 1, unmap, rounds, calls);
	run->backend->destroy(d);
}

static void work_same_page(struct run *run, const void *data)
{
	unsigned calls = run_rounds(run, 30000);
	void *d = run_create(run);
	struct pages p;
	uint64_t start;

	(void)data;
	choose_targets(&p);
	run_map(run, d, IOVA + 300 * SZ_4K, PA, SZ_4K);
	start = clock_now();
	for (unsigned i = 0; i < calls; i++) {
		run_map(run, d, IOVA + 8 * SZ_4K, p.pa[i % PAGES], SZ_4K);
		run_unmap(run, d, IOVA + 8 * SZ_4K, SZ_4K);
	}
	run_note(run, 0, clock_now() - start, 1, calls);
	run->backend->destroy(d);
}

static void work_lookup_next(struct run *run, const void *data)
{
	const struct bench_backend *b = run->backend;
	unsigned rounds = run_rounds(run, 4);
	uint64_t start, sum = 0;
	void *d = run_create(run);

	(void)data;
	run_map(run, d, IOVA, PA_ODD, SZ_64M);
	start = clock_now();
	for (unsigned i = 0; i < rounds; i++)
		for (uint64_t at = 0; at < SZ_64M; at += SZ_4K)
			sum += b->iova_to_phys(d, IOVA + at);
	run_note(run, 0, clock_now() - start, 1, rounds * (SZ_64M / SZ_4K));
	RUN_CHECK(run, sum != 0);
	b->destroy(d);
}

static const struct work works[] = {
	{ work_next_page,
	  NULL,
	  2,
	  false,
	  { { "map-4k", "map 4K, the next page in each call", 1 },
	    { "unmap-4k", "unmap 4K", 1 } } },
	{ work_same_page,
	  NULL,
	  1,
	  false,
	  { { "pair-4k", "map and unmap the same 4K page", 1 } } },
	{ work_lookup_next,
	  NULL,
	  1,
	  false,
	  { { "lookup-next", "lookup, page after page in 64M", 1 } } },
};

void work_add_pages(void)
{
	for (unsigned i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		work_add(&works[i]);
}
