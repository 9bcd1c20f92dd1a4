/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * work_lives.c - whole domains: created and destroyed; filled with 1 GiB of
 * 4 KiB pages, emptied, filled again, destroyed while full.
 */
#include "work.h"

static void work_empty(struct run *run, const void *data)
{
	const struct bench_backend *b = run->backend;
	unsigned calls = run_rounds(run, 2000);
	uint64_t start;

	(void)data;
	b->destroy(run_create(run));
	start = clock_now();
	for (unsigned i = 0; i < calls; i++)
		b->destroy(b->create(run->levels, ALL_SIZES));
	run_note(run, 0, clock_now() - start, 1, calls);
}

static void work_1g_cold(struct run *run, const void *data)
{
	unsigned rounds = run_rounds(run, 4);
	uint64_t map = 0, unmap = 0;

	(void)data;
	for (unsigned i = 0; i < rounds; i++) {
		void *d = run_create(run);
		uint64_t t0 = clock_now(), t1;

		run_map(run, d, IOVA, PA_ODD, SZ_1G);
		t1 = clock_now();
		run_unmap(run, d, IOVA, SZ_1G);
		map += t1 - t0;
		unmap += clock_now() - t1;
		run->backend->destroy(d);
	}
	run_note(run, 0, map, rounds, rounds);
	run_note(run, 1, unmap, rounds, rounds);
}

/* No piece covers a whole table, so all tables stay. */
static void unmap_in_pieces(const struct run *run, void *d, uint64_t len)
{
	for (uint64_t at = 0; at < len; at += SZ_1M)
		run_unmap(run, d, IOVA + at, SZ_1M);
}

static void work_1g_warm(struct run *run, const void *data)
{
	unsigned rounds = run_rounds(run, 4);
	uint64_t map = 0, destroy = 0;

	(void)data;
	for (unsigned i = 0; i < rounds; i++) {
		void *d = run_create(run);
		uint64_t start;

		run_map(run, d, IOVA, PA_ODD, SZ_1G);
		unmap_in_pieces(run, d, SZ_1G);
		start = clock_now();
		run_map(run, d, IOVA, PA_ODD, SZ_1G);
		map += clock_now() - start;
		start = clock_now();
		run->backend->destroy(d);
		destroy += clock_now() - start;
	}
	run_note(run, 0, map, rounds, rounds);
	if (!(run->backend->flags & BF_LIMIT))
		run_note(run, 1, destroy, rounds, rounds);
}

static void work_64m_warm(struct run *run, const void *data)
{
	unsigned rounds = run_rounds(run, 30);
	uint64_t map = 0;
	void *d = run_create(run);

	(void)data;
	run_map(run, d, IOVA, PA_ODD, SZ_64M);
	for (unsigned i = 0; i < rounds; i++) {
		uint64_t start;

		unmap_in_pieces(run, d, SZ_64M);
		start = clock_now();
		run_map(run, d, IOVA, PA_ODD, SZ_64M);
		map += clock_now() - start;
	}
	run_note(run, 0, map, rounds, rounds);
	run->backend->destroy(d);
}

static const struct work works[] = {
	{ work_64m_warm,
	  NULL,
	  1,
	  false,
	  { { "map-64m", "map 64M of 4K, tables there", 16384 } } },
	{ work_1g_cold,
	  NULL,
	  2,
	  true,
	  { { "map-1gib-new", "map 1G of 4K, 512 new tables", 262144 },
	    { "unmap-1gib", "unmap it, tables freed", 262144 } } },
	{ work_1g_warm,
	  NULL,
	  2,
	  false,
	  { { "map-1gib", "map 1G of 4K, tables there", 262144 },
	    { "destroy-1gib", "destroy a domain with 1G of 4K", 262144 } } },
	{ work_empty,
	  NULL,
	  1,
	  false,
	  { { "create-destroy", "create and destroy, empty", 0 } } },
};

void work_add_lives(void)
{
	for (unsigned i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		work_add(&works[i]);
}
