/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt's page tables with a mistake in them, for a test: `hvpt fuzz` must find
 * it, and shrink it.
 *
 * Linked before the library, this takes the place of one source of it. Which
 * mistake is chosen when it is compiled:
 *
 *	HVPT_BROKEN_GATHER	a call gathers all but its last page
 *	HVPT_BROKEN_FREED	reclaim frees its tables, the flush comes later
 *	HVPT_BROKEN_SPLIT	pages split off a 2 MiB leaf can only be read
 *	HVPT_BROKEN_LEAK	pages taken in vain are not given back
 *	HVPT_BROKEN_CRASH	an unmap of three pages ends the process
 */
#if defined(HVPT_BROKEN_GATHER)

#define hvpt_range_gather hvpt_right_gather
#include "src/pagetable/gather.c"
#undef hvpt_range_gather

void hvpt_range_gather(const struct hvpt_iova_range *range,
		       struct hvpt_gather *gather);

void hvpt_range_gather(const struct hvpt_iova_range *range,
		       struct hvpt_gather *gather)
{
	struct hvpt_iova_range less = *range;

	if (less.last.value - less.first.value >= HVPT_PAGE_BYTES)
		less.last.value -= HVPT_PAGE_BYTES;
	hvpt_right_gather(&less, gather);
}

#elif defined(HVPT_BROKEN_FREED)

#define hvpt_pt_reclaim hvpt_right_reclaim
#include "src/pagetable/reclaim.c"
#undef hvpt_pt_reclaim

enum hvpt_status hvpt_pt_reclaim(struct hvpt_pagetable *pt, hvpt_iova_t iova,
				 uint64_t length, struct hvpt_gather *gather,
				 uint64_t *reclaimed);

enum hvpt_status hvpt_pt_reclaim(struct hvpt_pagetable *pt, hvpt_iova_t iova,
				 uint64_t length, struct hvpt_gather *gather,
				 uint64_t *reclaimed)
{
	struct hvpt_gather tables;
	enum hvpt_status status;
	uint32_t i;

	hvpt_gather_init(&tables);
	status = hvpt_right_reclaim(pt, iova, length, &tables, reclaimed);
	for (i = 0; i < tables.range_count; i++)
		hvpt_gather_add(gather, tables.range[i].first,
				tables.range[i].last);
	hvpt_pt_release(pt, &tables);
	return status;
}

#elif defined(HVPT_BROKEN_SPLIT)

#include "src/pagetable/pt_internal.h"
/* What is cleared when a leaf goes down to 4 KiB. */
#undef HVPT_PTE_LARGE
#define HVPT_PTE_LARGE (((uint64_t)1 << 7) | HVPT_PTE_WRITE)
#include "src/pagetable/split.c"

#elif defined(HVPT_BROKEN_LEAK)

#define hvpt_reserve_release hvpt_right_finish
#include "src/pagetable/pages.c"
#undef hvpt_reserve_release

void hvpt_reserve_release(struct hvpt_pagetable *pt,
			  struct hvpt_reserve *reserve);

void hvpt_reserve_release(struct hvpt_pagetable *pt,
			  struct hvpt_reserve *reserve)
{
	reserve->head = NULL;
	hvpt_right_finish(pt, reserve);
}

#elif defined(HVPT_BROKEN_CRASH)

#define hvpt_pt_unmap_range hvpt_right_unmap
#include "src/pagetable/unmap.c"
#undef hvpt_pt_unmap_range

enum hvpt_status hvpt_pt_unmap_range(struct hvpt_pagetable *pt,
				     hvpt_iova_t iova, uint64_t length,
				     struct hvpt_gather *gather,
				     uint64_t *unmapped);

enum hvpt_status hvpt_pt_unmap_range(struct hvpt_pagetable *pt,
				     hvpt_iova_t iova, uint64_t length,
				     struct hvpt_gather *gather,
				     uint64_t *unmapped)
{
	if (length == 3 * HVPT_PAGE_BYTES)
		__builtin_trap();
	return hvpt_right_unmap(pt, iova, length, gather, unmapped);
}

#endif
