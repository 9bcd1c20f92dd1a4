/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/gather.h - what a caller still has to flush.
 *
 * An IOMMU caches translations and table pointers. Devices may use what hvpt
 * took away until the caller has flushed it. So every change that takes
 * something away writes it into a gather: the IOVA ranges to flush, and the
 * table pages that left the tree and that the IOMMU may still read.
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
 * gather and try again. A gather must not be dropped. If it holds ranges,
 * devices keep their access; if it holds table pages, they leak; if it holds
 * splits, every later flush of the page table is wider than it need be
 * (pagetable.h, "Split leaves").
 *
 * When `tables` is not NULL, the flush must reach the IOMMU's paging-structure
 * caches as well; otherwise it need only reach translations.
 *
 * A gather belongs to one thread at a time and to one page table. It holds no
 * pointer into itself: it may be copied, and the copy is then the gather.
 */
#ifndef HVPT_GATHER_H
#define HVPT_GATHER_H

#include "hvpt/addr.h"

/* As many ranges are kept apart before the two nearest are joined. */
#define HVPT_GATHER_RANGES 8u

/**
 * struct hvpt_gather - ranges and table pages that wait for a flush
 * @tables: detached table pages, newest first. Word 0 of each holds the
 *	pointer to the next; its bit 0 is clear, so that a walker that still
 *	reads the page finds a non-present entry there.
 * @splits: how many leaves were split, by size; hvpt's own
 * @table_count: how many pages the list has
 * @range_count: how many of @range are in use
 * @tables_end: the oldest of @tables; not set when there is none
 * @range: IOVA ranges to flush; disjoint, not adjacent, in no order. A call
 *	adds one range, from the first to the last thing it took away, holes
 *	between included. Once more than HVPT_GATHER_RANGES are needed, gaps
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

/**
 * hvpt_gather_init() - make @gather empty, whatever it held
 * @gather: out: what it held is forgotten: its flush is lost, its tables leak
 *
 * Context: any.
 */
HVPT_INLINE void hvpt_gather_init(struct hvpt_gather *gather)
{
	gather->tables = NULL;
	gather->splits = 0;
	gather->table_count = 0;
	gather->range_count = 0;
}

/** hvpt_gather_is_empty() - is there nothing to flush? */
HVPT_INLINE bool hvpt_gather_is_empty(const struct hvpt_gather *gather)
{
	return gather->range_count == 0 && gather->tables == NULL;
}

/**
 * hvpt_gather_must_release() - is there more in it than ranges?
 * @gather: in
 *
 * Return: true when it holds table pages or splits. Only hvpt_pt_release()
 * gives these back, after a flush of the gather's ranges.
 */
HVPT_INLINE bool hvpt_gather_must_release(const struct hvpt_gather *gather)
{
	/* one branch: every unmap of a single page asks */
	return (gather->table_count | gather->splits) != 0;
}

/**
 * hvpt_gather_publish() - order the unmap before "is a device attached?"
 * @gather: what the unmap took away
 *
 * A caller that skips the flush of a domain without devices must call this
 * between the unmap and that question. The attaching side must likewise fence
 * between its attach and its first DMA. Without a full fence on both sides each
 * can miss the other (store buffering; SDM vol. 3A 8.2.3.4).
 *
 * Return: is there anything to flush?
 */
HVPT_INLINE bool hvpt_gather_publish(const struct hvpt_gather *gather)
{
	if (hvpt_gather_is_empty(gather))
		return false;
	HVPT_PORT_FENCE();
	return true;
}

HVPT_EXTERN_C_BEGIN

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

/* The rest of hvpt_gather_add(); not for users. */
void hvpt_gather_join_(struct hvpt_gather *gather, hvpt_iova_t first,
		       hvpt_iova_t last);

HVPT_EXTERN_C_END

/**
 * hvpt_gather_add() - add the range first .. last
 * @gather: in/out
 * @first: first IOVA, any alignment
 * @last: last IOVA, not below @first
 *
 * Ranges that touch or overlap are joined. When HVPT_GATHER_RANGES are in use,
 * the new range is joined with the nearest one, and the gap between them is
 * added: a flush of too much is slow, a flush of too little is a hole.
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
	hvpt_gather_join_(gather, first, last);
}

#endif /* HVPT_GATHER_H */
