/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "memory.h"

#define STORM_PAGES 100000u
#define STORM_WINDOW (1u << 20) /* pages: 4 GiB */

/* A whole number of 1 GiB by the largest of @sizes. */
static size_t pages_for_1g(const struct run *run, uint64_t sizes)
{
	void *d = run->backend->create(run->levels, sizes);
	size_t pages;

	run_map(run, d, IOVA, PA, SZ_1G);
	pages = run->backend->table_pages(d);
	run->backend->destroy(d);
	return pages;
}

/* The n-th random page: an odd factor visits each page once. */
static uint64_t storm_iova(unsigned n)
{
	return IOVA + (uint64_t)(n * 2654435761u % STORM_WINDOW) * SZ_4K;
}

static void storm(const struct run *run, struct memory *memory)
{
	const struct bench_backend *b = run->backend;
	unsigned pages = run_rounds(run, STORM_PAGES);
	void *d = run_create(run);

	memory->empty = b->table_pages(d);
	for (unsigned i = 0; i < pages; i++)
		run_map(run, d, storm_iova(i), PA, SZ_4K);
	for (unsigned i = 0; i < pages; i++)
		run_unmap(run, d, storm_iova(i), SZ_4K);
	memory->storm_left = b->table_pages(d);
	if (b->reclaim)
		b->reclaim(d, 0, run_lower_half(run));
	memory->storm_reclaimed = b->table_pages(d);
	b->destroy(d);
}

void memory_measure(const struct bench_backend *backend, unsigned levels,
		    unsigned effort, struct memory *memory)
{
	struct run run = { backend, levels, effort, { { 0, 0 } } };

	memory->gib_4k = pages_for_1g(&run, SZ_4K);
	memory->gib_2m = pages_for_1g(&run, SZ_4K | SZ_2M);
	memory->gib_1g = pages_for_1g(&run, ALL_SIZES);
	storm(&run, memory);
}
