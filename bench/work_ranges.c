/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * work_ranges.c - some maps of one length, then their unmaps, repeatedly.
 *
 * A live page far away keeps the upper tables. Level 0 tables that a range
 * covers completely are installed and freed.
 */
#include <stdio.h>

#include "work.h"

/**
 * struct ranges - which ones
 * @sizes: leaf sizes allowed
 * @first: IOVA of the first range
 * @pa: its target
 * @len: length of each; the next begins where it ends
 * @batch: how many
 * @rounds: at full effort
 */
struct ranges {
	uint64_t sizes;
	uint64_t first;
	uint64_t pa;
	uint64_t len;
	unsigned batch;
	unsigned rounds;
};

static void map_batch(const struct run *run, void *d, const struct ranges *r)
{
	for (unsigned i = 0; i < r->batch; i++)
		run_map(run, d, r->first + i * r->len, r->pa + i * r->len,
			r->len);
}

static void unmap_batch(const struct run *run, void *d, const struct ranges *r)
{
	for (unsigned i = 0; i < r->batch; i++)
		run_unmap(run, d, r->first + i * r->len, r->len);
}

static void work_ranges(struct run *run, const void *data)
{
	const struct ranges *r = data;
	unsigned rounds = run_rounds(run, r->rounds);
	uint64_t map = 0, unmap = 0, calls = (uint64_t)rounds * r->batch;
	void *d = run->backend->create(run->levels, r->sizes);

	if (!(run->backend->flags & BF_LIMIT))
		run_map(run, d, IOVA_FAR, PA, SZ_4K);
	map_batch(run, d, r);
	unmap_batch(run, d, r);
	for (unsigned i = 0; i < rounds; i++) {
		uint64_t t0 = clock_now(), t1;

		map_batch(run, d, r);
		t1 = clock_now();
		unmap_batch(run, d, r);
		map += t1 - t0;
		unmap += clock_now() - t1;
	}
	run_note(run, 0, map, rounds, calls);
	run_note(run, 1, unmap, rounds, calls);
	run->backend->destroy(d);
}

static const struct ranges map_256 = { ALL_SIZES, IOVA, PA_ODD, SZ_1M, 4, 400 };
static const struct ranges map_512 = { ALL_SIZES, IOVA, PA_ODD, SZ_2M, 4, 200 };
static const struct ranges across = { ALL_SIZES, IOVA + SZ_1M, PA_ODD, SZ_2M,
				      4,	 200 };
static const struct ranges map_2m = { ALL_SIZES, IOVA, PA, SZ_2M, 8, 2500 };
static const struct ranges map_1g = { ALL_SIZES, IOVA, PA, SZ_1G, 8, 2500 };
static const struct ranges new_64m = { ALL_SIZES, IOVA, PA_ODD, SZ_64M, 1, 30 };
static const struct ranges large_64m = { SZ_4K | SZ_2M, IOVA, PA,
					 SZ_64M,	1,    1000 };
static const struct ranges mixed_64m = {
	SZ_4K | SZ_2M, IOVA + SZ_64K, PA + SZ_64K, SZ_64M, 1, 300
};

static const struct work works[] = {
	{ work_ranges,
	  &map_256,
	  2,
	  false,
	  { { "map-256x4k", "map 256 x 4K, tables there", 256 },
	    { "unmap-256x4k", "unmap 256 x 4K", 256 } } },
	{ work_ranges,
	  &map_512,
	  2,
	  true,
	  { { "map-512x4k", "map 512 x 4K, 1 new table", 512 },
	    { "unmap-512x4k", "unmap 512 x 4K, its table freed", 512 } } },
	{ work_ranges,
	  &across,
	  2,
	  false,
	  { { "map-512x4k-across", "map 512 x 4K across 2 tables", 512 },
	    { "unmap-512x4k-across", "unmap them", 512 } } },
	{ work_ranges,
	  &map_2m,
	  2,
	  false,
	  { { "map-2m", "map one 2M leaf", 1 },
	    { "unmap-2m", "unmap it", 1 } } },
	{ work_ranges,
	  &map_1g,
	  2,
	  false,
	  { { "map-1g", "map one 1G leaf", 1 },
	    { "unmap-1g", "unmap it", 1 } } },
	{ work_ranges,
	  &new_64m,
	  2,
	  true,
	  { { "map-64m-new", "map 64M of 4K, 32 new tables", 16384 },
	    { "unmap-64m", "unmap it, tables freed", 16384 } } },
	{ work_ranges,
	  &large_64m,
	  2,
	  false,
	  { { "map-64m-2m", "map 64M by 2M leaves", 32 },
	    { "unmap-64m-2m", "unmap it", 32 } } },
	{ work_ranges,
	  &mixed_64m,
	  2,
	  false,
	  { { "map-64m-mixed", "map 64M, 64K off: 31 x 2M, 512 x 4K", 543 },
	    { "unmap-64m-mixed", "unmap it", 543 } } },
};

void work_add_ranges(void)
{
	for (unsigned i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		work_add(&works[i]);
}

/* ---- for a plot of ns/PTE over the length ------------------------------ */

#define SWEEP_MAX_LG2 18u
#define SWEEP_PAGES 256u /* short runs are timed this many pages at once */

static struct ranges sweep[SWEEP_MAX_LG2 + 1];

static void sweep_row(struct row *row, const char *what, unsigned long pages)
{
	snprintf(row->id, sizeof(row->id), "sweep-%s-%lu", what, pages);
	snprintf(row->text, sizeof(row->text), "%s %lu pages of 4K", what,
		 pages);
	row->entries = pages;
}

void work_add_sweep(void)
{
	for (unsigned i = 0; i <= SWEEP_MAX_LG2; i++) {
		unsigned pages = 1u << i;
		struct work work = { work_ranges,
				     &sweep[i],
				     2,
				     pages >= 512,
				     { { "", "", 0 } } };

		sweep[i] = map_256;
		sweep[i].len = pages * SZ_4K;
		sweep[i].batch = pages < SWEEP_PAGES ? SWEEP_PAGES / pages : 1;
		sweep[i].rounds = (pages < 4096 ? 400 : 400 * 4096 / pages) + 4;
		sweep_row(&work.row[0], "map", pages);
		sweep_row(&work.row[1], "unmap", pages);
		work_add(&work);
	}
}
