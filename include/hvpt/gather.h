/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/gather.h - the invalidation a caller still owes.
 *
 * An IOMMU caches translations and table pointers. Whatever hvpt takes away
 * stays visible to devices until the caller has flushed it, so every change
 * which takes something away writes it into a gather: the IOVA ranges to
 * flush, and the table pages which left the tree and which the IOMMU may
 * still be reading.
 *
 *	struct hvpt_gather gather;
 *	uint64_t unmapped;
 *
 *	hvpt_gather_init(&gather);
 *	status = hvpt_pt_unmap(&pt, iova, length, &gather, &unmapped);
 *	if (hvpt_gather_publish(&gather)) {
 *		hvpt_pt_widen(&pt, &gather);
 *		if (flush(&gather) == HVPT_OK)
 *			hvpt_pt_release(&pt, &gather);
 *	}
 *
 * hvpt_domain_sync() does all of this from hvpt_gather_publish() on.
 *
 * One gather may collect any number of calls before one flush. Nothing in it
 * may be reused before the flush has succeeded: not the memory behind the
 * ranges, not the IOVAs, not the table pages. When a flush fails, keep the
 * gather and try again. Dropping a gather that holds table pages leaks them;
 * dropping one that holds ranges leaves devices with access; dropping one that
 * holds splits makes every later flush of the page table wider than it need be
 * (pagetable.h, "Split leaves"). hvpt_gather_must_release() tells whether a
 * gather holds more than ranges.
 *
 * The flush must reach the IOMMU's paging-structure caches when `tables` is
 * not NULL; translations alone do otherwise.
 *
 * A gather belongs to one thread at a time and to one page table. It holds no
 * pointer into itself: it may be copied, and the copy is then the gather.
 * hvpt_gather_move() adds one gather to another.
 */
#ifndef HVPT_GATHER_H
#define HVPT_GATHER_H

#include "hvpt/addr.h"

/* Ranges kept apart before the two nearest are joined. */
#define HVPT_GATHER_RANGES 8u

/**
 * struct hvpt_gather - ranges and table pages waiting for a flush
 * @tables: detached table pages, newest first. Word 0 of each holds the
 *	pointer to the next; its bit 0 is clear, so that a walker which still
 *	reads the page finds a non-present entry there.
 * @splits: leaves that were split, counted by level in HVPT_SPLIT() units
 * @table_count: how many pages that list has
 * @range_count: how many of @range are in use
 * @tables_end: the oldest of @tables; not set when there is none
 * @range: IOVA ranges to flush; disjoint, not adjacent, in no order. A call
 *	adds one range, from the first to the last thing it took away, holes
 *	between included; once more than HVPT_GATHER_RANGES are needed, gaps
 *	between calls are covered too.
 */
struct hvpt_gather {
	uint64_t *tables;
	uint64_t splits;
	uint32_t table_count;
	uint32_t range_count;
	uint64_t *tables_end;
	struct hvpt_iova_range range[HVPT_GATHER_RANGES];
};

/*
 * One leaf of @level, 1 or 2, that was split. Two counters of 32 bits share a
 * word, so that one load reads both. Each split takes a table page: 2^32 of
 * them are 16 TiB.
 */
#define HVPT_SPLIT(level) ((uint64_t)1 << (32u * ((level)-1u)))

HVPT_EXTERN_C_BEGIN

/* Out-of-line part of hvpt_gather_add(); not for callers. */
void hvpt_gather_join(struct hvpt_gather *gather, hvpt_iova_t first,
		      hvpt_iova_t last);

/**
 * hvpt_gather_move() - add all of one gather to another
 * @to: in/out: gets the ranges, table pages and splits
 * @from: in/out: empty on return; not @to, and of the same page table
 *
 * The cost does not depend on how many table pages there are. Any context.
 */
void hvpt_gather_move(struct hvpt_gather *to, struct hvpt_gather *from);

/**
 * hvpt_gather_covers() - are all bytes first .. last in one of the ranges?
 * @gather: in
 * @first: first IOVA, any alignment
 * @last: last IOVA, not below @first
 */
bool hvpt_gather_covers(const struct hvpt_gather *gather, hvpt_iova_t first,
			hvpt_iova_t last);

HVPT_EXTERN_C_END

/** hvpt_gather_init() - make @gather empty, whatever it held. Any context. */
HVPT_INLINE void hvpt_gather_init(struct hvpt_gather *gather)
{
	gather->tables = NULL;
	gather->splits = 0;
	gather->table_count = 0;
	gather->range_count = 0;
}

/** hvpt_gather_is_empty() - is nothing owed? Then no flush is needed. */
HVPT_INLINE bool hvpt_gather_is_empty(const struct hvpt_gather *gather)
{
	return gather->range_count == 0 && gather->tables == NULL;
}

/**
 * hvpt_gather_must_release() - is there more in it than ranges?
 *
 * Return: true when it holds table pages or splits, which are given back by
 * hvpt_pt_release() only, after a flush of the gather's ranges.
 */
HVPT_INLINE bool hvpt_gather_must_release(const struct hvpt_gather *gather)
{
	/* one branch: every unmap of a single page asks */
	return (gather->table_count | gather->splits) != 0;
}

/**
 * hvpt_gather_publish() - order the unmap before "is a device attached?"
 * @gather: what is owed
 *
 * A caller which skips the flush of a domain without devices must call this
 * between the unmap and that question, and the attaching side must likewise
 * fence between its attach and its first DMA: without a full fence on both
 * sides each can miss the other (store buffering; SDM vol. 3A 8.2.3.4).
 *
 * Return: whether anything is owed.
 */
HVPT_INLINE bool hvpt_gather_publish(const struct hvpt_gather *gather)
{
	if (hvpt_gather_is_empty(gather))
		return false;
	HVPT_PORT_FENCE();
	return true;
}

/**
 * hvpt_gather_add() - owe a flush of first .. last (inclusive)
 * @gather: where to note it
 * @first: first IOVA, any alignment
 * @last: last IOVA, not below @first
 *
 * Touching and overlapping ranges are joined. When HVPT_GATHER_RANGES are in
 * use, the new range is joined with the nearest one, gap included: a flush of
 * too much is slow, a flush of too little is a hole.
 */
HVPT_INLINE void hvpt_gather_add(struct hvpt_gather *gather, hvpt_iova_t first,
				 hvpt_iova_t last)
{
	if (HVPT_LIKELY(gather->range_count == 0)) {
		gather->range[0].first = first;
		gather->range[0].last = last;
		gather->range_count = 1;
		return;
	}
	hvpt_gather_join(gather, first, last);
}

#endif /* HVPT_GATHER_H */
