/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "flushing.h"

#include <string.h>

#include "hvpt/flush.h"
#include "hvpt/hv_abi.h"
#include "tools/gather_pages.h"

void flushing_init(struct flushing *flushing, uint64_t lazy)
{
	memset(flushing, 0, sizeof(*flushing));
	flushing->lazy[FLUSH_STRICT] = 1;
	flushing->lazy[FLUSH_LAZY] = lazy;
}

void unflushed_init(struct unflushed *unflushed)
{
	hvpt_gather_init(&unflushed->gather);
	unflushed->tables = false;
	unflushed->granule = HVPT_PAGE_BYTES;
	unflushed->unmaps = 0;
	unflushed->count = 0;
}

/* ---- one flush ------------------------------------------------------- */

/* The ranges of @gather, rounded outward. */
static void widen(struct hvpt_gather *wide, const struct hvpt_gather *gather,
		  uint64_t granule)
{
	uint32_t i;

	hvpt_gather_init(wide);
	for (i = 0; i < gather->range_count; i++)
		hvpt_gather_add(wide,
				hvpt_iova(gather->range[i].first.value &
					  ~(granule - 1)),
				hvpt_iova(gather->range[i].last.value |
					  (granule - 1)));
}

static void plan(struct flush_cost *cost, const struct hvpt_gather *wide,
		 enum hvpt_flush_policy policy, uint64_t asked)
{
	struct hvpt_flush_plan plan;
	uint64_t entry;

	if (hvpt_flush_plan_init(&plan, wide->range, wide->range_count,
				 policy) != HVPT_OK)
		return;
	while (hvpt_flush_plan_next(&plan, &entry))
		continue;
	cost->descriptors += plan.emitted;
	cost->calls += (plan.emitted + HVPT_HV_FLUSH_LIST_MAX - 1) /
		       HVPT_HV_FLUSH_LIST_MAX;
	cost->over += plan.pages - asked;
}

/* Without ranges there are only table pages, for which all is flushed. */
static void flush(struct flushing *flushing, enum flush_mode mode,
		  const struct hvpt_gather *gather, uint64_t granule)
{
	uint64_t asked = gather_pages(gather);
	struct hvpt_gather wide;
	unsigned policy;

	flushing->syncs[mode]++;
	flushing->asked[mode] += asked;
	widen(&wide, gather, granule);
	for (policy = 0; policy < FLUSH_POLICIES; policy++) {
		struct flush_cost *cost = &flushing->cost[mode][policy];

		if (gather->range_count != 0) {
			plan(cost, &wide, (enum hvpt_flush_policy)policy,
			     asked);
			continue;
		}
		cost->full++;
		cost->calls++;
	}
}

static void flush_lazy(struct flushing *flushing, struct unflushed *lazy)
{
	if (lazy->gather.range_count != 0 || lazy->tables)
		flush(flushing, FLUSH_LAZY, &lazy->gather, lazy->granule);
	unflushed_init(lazy);
}

/* ---- what was unmapped ----------------------------------------------- */

/* The page table rounds ranges to the largest leaf that was split. */
static uint64_t granule_of(const struct hvpt_pagetable *pt)
{
	struct hvpt_gather probe;

	hvpt_gather_init(&probe);
	hvpt_gather_add(&probe, hvpt_iova(0), hvpt_iova(0));
	hvpt_pt_widen(pt, &probe);
	return gather_pages(&probe) * HVPT_PAGE_BYTES;
}

/* Moves what a call took away to the lazy flush, and flushes it strictly. */
static void take(struct flushing *flushing, struct unflushed *lazy,
		 struct hvpt_pagetable *pt, struct hvpt_gather *gather)
{
	uint64_t granule = granule_of(pt);
	uint32_t i;

	flush(flushing, FLUSH_STRICT, gather, granule);
	for (i = 0; i < gather->range_count; i++)
		hvpt_gather_add(&lazy->gather, gather->range[i].first,
				gather->range[i].last);
	lazy->tables = lazy->tables || gather->tables;
	if (granule > lazy->granule)
		lazy->granule = granule;
	hvpt_pt_release(pt, gather);
}

void flushing_unmap(struct flushing *flushing, struct unflushed *lazy,
		    struct hvpt_pagetable *pt, struct hvpt_gather *gather,
		    const struct hvpt_iova_range *range, uint64_t gone)
{
	if (!hvpt_gather_is_empty(gather))
		take(flushing, lazy, pt, gather);
	if (gone != 0)
		lazy->range[lazy->count++] = *range;
	if (++lazy->unmaps >= flushing->lazy[FLUSH_LAZY])
		flush_lazy(flushing, lazy);
}

/* ---- maps ------------------------------------------------------------ */

static bool meets(const struct hvpt_iova_range *list, unsigned count,
		  const struct hvpt_iova_range *range)
{
	unsigned i;

	for (i = 0; i < count; i++) {
		if (list[i].first.value <= range->last.value &&
		    list[i].last.value >= range->first.value)
			return true;
	}
	return false;
}

bool flushing_before_map(struct flushing *flushing, struct unflushed *lazy,
			 const struct hvpt_iova_range *range)
{
	bool reused = meets(lazy->range, lazy->count, range);

	if (reused ||
	    (lazy->tables &&
	     meets(lazy->gather.range, lazy->gather.range_count, range))) {
		flushing->forced[FLUSH_LAZY]++;
		flush_lazy(flushing, lazy);
	}
	return reused;
}

void flushing_after_map(struct flushing *flushing, struct unflushed *lazy,
			struct hvpt_pagetable *pt, struct hvpt_gather *gather)
{
	if (hvpt_gather_is_empty(gather))
		return;
	take(flushing, lazy, pt, gather);
	flushing->forced[FLUSH_STRICT]++;
	flushing->forced[FLUSH_LAZY]++;
	flush_lazy(flushing, lazy);
}

void flushing_end(struct flushing *flushing, struct unflushed *lazy)
{
	flush_lazy(flushing, lazy);
}
