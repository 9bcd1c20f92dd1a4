/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * backend_hvpt.c - the calls of bench.h with hvpt, as a driver makes them.
 *
 * Map, unmap and lookup use the inline functions of the headers. Each unmap has
 * a gather of its own and releases the detached tables; the flush in between
 * does nothing here. Maps have no gather, as in a driver that never flushes on
 * map, so they keep empty tables. The interrupt window is reserved.
 */
#include <errno.h>
#include <stdlib.h>

#include "bench.h"
#include "hvpt/hvpt.h"
#include "pool.h"

#ifndef BENCH_NAME
#define BENCH_NAME "hvpt"
#endif

HVPT_STATIC_ASSERT(sizeof(struct bench_segment) == sizeof(struct hvpt_segment),
		   "a segment is a gpa and a length in both");

static void *take_page(void *ctx)
{
	(void)ctx;
	return pool_alloc_zeroed();
}

static void give_page(void *ctx, void *page)
{
	(void)ctx;
	pool_free(page);
}

static const struct hvpt_page_ops page_ops = {
	.alloc_page = take_page,
	.free_page = give_page,
};

static const struct hvpt_iova_range reserved[] = { HVPT_RESERVED_MSI };

static void *create(unsigned levels, uint64_t pgsizes)
{
	struct hvpt_pagetable *pt = malloc(sizeof(*pt));
	const struct hvpt_pt_config config = {
		.ops = &page_ops,
		.direct_map_offset = page_offset_base,
		.page_sizes = pgsizes,
		.levels = levels,
		.width = levels == 5 ? 57 : 48,
		.form = HVPT_IOVA_CANONICAL,
		.reserved = reserved,
		.reserved_count = sizeof(reserved) / sizeof(reserved[0]),
	};

	if (!pt || hvpt_pt_init(pt, &config) != HVPT_OK)
		abort();
	return pt;
}

static void destroy(void *d)
{
	hvpt_pt_destroy(d);
	free(d);
}

static int map(void *d, uint64_t iova, uint64_t pa, uint64_t len, unsigned prot)
{
	enum hvpt_status status = hvpt_pt_map(d, hvpt_iova(iova), hvpt_gpa(pa),
					      len, prot, NULL);

	return HVPT_LIKELY(status == HVPT_OK) ? 0 : -EINVAL;
}

static int map_list(void *d, uint64_t iova, const struct bench_segment *seg,
		    unsigned n, unsigned prot)
{
	const struct hvpt_segment *list = (const void *)seg;
	enum hvpt_status status = hvpt_pt_map_list(d, hvpt_iova(iova), list, n,
						   prot, NULL);

	return HVPT_LIKELY(status == HVPT_OK) ? 0 : -EINVAL;
}

static uint64_t unmap(void *d, uint64_t iova, uint64_t len)
{
	struct hvpt_gather gather;
	uint64_t unmapped;

	hvpt_gather_init(&gather);
	if (HVPT_UNLIKELY(hvpt_pt_unmap(d, hvpt_iova(iova), len, &gather,
					&unmapped) != HVPT_OK))
		return 0;
	/* Here a driver flushes the gather. */
	if (hvpt_gather_must_release(&gather))
		hvpt_pt_release(d, &gather);
	return unmapped;
}

/* A driver knows its number of levels; here a branch selects it. */
static uint64_t iova_to_phys(void *d, uint64_t iova)
{
	const struct hvpt_pagetable *pt = d;
	struct hvpt_mapping seen;
	enum hvpt_status status;

	if (pt->levels == 4)
		status = hvpt_pt_lookup_levels(pt, 4, hvpt_iova(iova), &seen);
	else
		status = hvpt_pt_lookup_levels(pt, 5, hvpt_iova(iova), &seen);
	return HVPT_LIKELY(status == HVPT_OK) ? seen.gpa.value : 0;
}

#ifdef BENCH_HAS_RECLAIM
static void reclaim(void *d, uint64_t iova, uint64_t len)
{
	struct hvpt_gather gather;
	uint64_t tables;

	hvpt_gather_init(&gather);
	if (hvpt_pt_reclaim(d, hvpt_iova(iova), len, &gather, &tables) !=
	    HVPT_OK)
		abort();
	hvpt_pt_release(d, &gather);
}
#endif

static size_t table_pages(void *d)
{
	return (size_t)hvpt_pt_tables(d);
}

static uint64_t root_pa(void *d)
{
	return hvpt_pt_root_gpa(d).value;
}

struct bench_backend bench_backend_extra = {
	.name = BENCH_NAME,
	.create = create,
	.map = map,
	.unmap = unmap,
	.iova_to_phys = iova_to_phys,
	.destroy = destroy,
	.table_pages = table_pages,
	.root_pa = root_pa,
	.map_list = map_list,
#ifdef BENCH_HAS_RECLAIM
	.reclaim = reclaim,
#endif
};
