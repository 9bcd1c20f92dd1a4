/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * split.c - splitting large leaves where a range begins or ends inside them.
 *
 * A boundary is an address that must not lie inside a leaf: the first address
 * of a range, and the one behind its last. A leaf with a boundary inside is
 * replaced by a table of 512 leaves that mean the same, and so on one level
 * further down, until the boundary falls between two leaves. No translation
 * changes.
 *
 * The leaf may reach outside the range that the call owns. Another thread may
 * be splitting it for a boundary of its own, and the walker may be setting A
 * and D in it. So compare-and-swap replaces it, from the value it was copied
 * from.
 *
 * Once a leaf was split, calls on other parts of it must flush all of it. Call
 * X the leaf, T the table that took its place, A the call that split it, and B
 * any call on another part of X. An IOMMU may hold X as one entry until one
 * descriptor covers all of X. A's gather holds all of X, but B's holds only B's
 * part. No flush of B's may return while an IOMMU holds X:
 *
 *  1. A adds 1 to pt->splits, then installs T with release order.
 *  2. B changes an entry of T, or below it. So B walked through the entry that
 *     points at T and loaded it with acquire order: it sees the raised count,
 *     and so does B's flush, which loads the count later. No fence is needed:
 *     B cannot change an entry of T without having seen T. If B met X
 *     instead, B split it or tried to, and B's own gather holds all of X.
 *  3. Only hvpt_pt_release() of the gather that carries A's split lowers the
 *     count, behind a fence, after the flush of that gather. If B's load finds
 *     the count lowered, that flush is over. It covered all of X with one
 *     descriptor (plan.c proves this of every range that holds an aligned
 *     block). No walk has cached X since, because T was in the tree before the
 *     flush began.
 *  4. If B's load finds the count raised, B's ranges are rounded outward to
 *     the size of X or of a larger leaf. So they hold all of X, and one
 *     descriptor of B's own flush covers it. T was in the tree before, as in 3.
 *
 * A leaf of the new table may be split at once, for the same boundary. Each
 * split counts at its own level. A counter belongs to no leaf: with several
 * splits in flight, only the release of the last one lowers it to 0. Where a
 * compare-and-swap is lost, the count was raised in vain for a moment, which
 * only makes flushes wider. A gather that is dropped makes them wider for good.
 * Where a domain has no device, the flush is skipped and the count is lowered
 * all the same: nothing can hold X there (device.c).
 */
#include "pt_internal.h"

struct hvpt_split {
	struct hvpt_pagetable *pt;
	uint64_t keep;
	uint64_t splits; /* made so far, in HVPT_SPLIT() units */
	struct hvpt_reserve reserve;
	struct hvpt_walk walk; /* where hvpt_split_find() ended */
};

/*
 * Finds the leaf that has @boundary inside. Return: its level; 0 if there is
 * none. The address behind the last of the address space wraps to 0, or to an
 * alias of 0; no leaf has either inside.
 *
 * The walk ends at the lowest level at which an entry has @boundary inside.
 * Tables below it begin at @boundary: the call that owns what lies behind the
 * range may take them out and free them meanwhile.
 */
static unsigned hvpt_split_find(struct hvpt_split *split, uint64_t boundary)
{
	unsigned stop = 1;
	uint64_t pte;

	if (!hvpt_level_offset(boundary, HVPT_LEAF_LEVELS - 1))
		return 0;
	while (!hvpt_level_offset(boundary, stop))
		stop++;
	hvpt_walk_find(&split->walk, split->pt, boundary, stop);
	pte = split->walk.pte;
	if (!hvpt_pte_is_leaf(pte, split->walk.at) ||
	    (pte & HVPT_PTE_WRITE) == split->keep)
		return 0;
	return split->walk.at;
}

/*
 * Counts the tables it takes to split a leaf of @level down to @boundary,
 * without those that the split for @other, from @other_level down, makes too.
 */
static unsigned hvpt_split_count(uint64_t boundary, unsigned level,
				 uint64_t other, unsigned other_level)
{
	unsigned count = 0;

	for (; level > 0 && hvpt_level_offset(boundary, level); level--)
		if (level > other_level || !hvpt_level_offset(other, level) ||
		    (boundary ^ other) >> HVPT_LEVEL_LG2(level))
			count++;
	return count;
}

/* Fills @table with leaves of @level that mean what @pte, one up, means. */
static void hvpt_split_fill(uint64_t *table, uint64_t pte, unsigned level)
{
	if (level == 0)
		pte &= ~HVPT_PTE_LARGE;
	hvpt_entries_fill(table, HVPT_TABLE_ENTRIES, pte, level);
}

/* Replaces the leaf of @level that was found by @table, which is filled. */
static void hvpt_split_install(struct hvpt_split *split, uint64_t *table,
			       unsigned level)
{
	struct hvpt_pagetable *pt = split->pt;

	/* whoever sees the table sees this count too: see above */
	HVPT_PORT_ADD(&pt->splits, HVPT_SPLIT(level));
	if (hvpt_table_install(pt, &split->reserve, split->walk.slot,
			       &split->walk.pte, table)) {
		split->splits += HVPT_SPLIT(level);
		return;
	}
	/* another thread split it, or the walker set A or D */
	HVPT_PORT_ADD(&pt->splits, 0 - HVPT_SPLIT(level));
}

static bool hvpt_split_at(struct hvpt_split *split, uint64_t boundary)
{
	unsigned level;

	while ((level = hvpt_split_find(split, boundary)) > 0) {
		uint64_t *table = hvpt_reserve_pop(&split->reserve);

		if (!table)
			return false;
		hvpt_split_fill(table, split->walk.pte, level - 1);
		hvpt_split_install(split, table, level);
	}
	return true;
}

static void hvpt_split_note(struct hvpt_iova_range *flush, uint64_t boundary,
			    unsigned level)
{
	uint64_t inside = HVPT_LEVEL_BYTES(level) - 1;

	if (level > 0)
		hvpt_range_extend(flush, boundary & ~inside, boundary | inside);
}

/* All pages for both ends, or none. */
static enum hvpt_status hvpt_split_take(struct hvpt_split *split,
					unsigned count)
{
	enum hvpt_status status = HVPT_OK;

	hvpt_reserve_init(&split->reserve);
	for (; count > 0 && status == HVPT_OK; count--)
		status = hvpt_reserve_take(split->pt, &split->reserve);
	if (status != HVPT_OK)
		hvpt_reserve_release(split->pt, &split->reserve);
	return status;
}

enum hvpt_status hvpt_split_leaves(struct hvpt_pagetable *pt, uint64_t first,
				   uint64_t end, uint64_t keep,
				   struct hvpt_iova_range *flush,
				   struct hvpt_gather *gather)
{
	struct hvpt_split split;
	unsigned first_level, end_level;
	enum hvpt_status status;

	split.pt = pt;
	split.keep = keep;
	split.splits = 0;
	first_level = hvpt_split_find(&split, first);
	end_level = hvpt_split_find(&split, end);
	if (HVPT_LIKELY(first_level + end_level == 0))
		return HVPT_OK;
	status = hvpt_split_take(&split,
				 hvpt_split_count(first, first_level, 0, 0) +
					 hvpt_split_count(end, end_level, first,
							  first_level));
	if (status != HVPT_OK)
		return status;
	if (!hvpt_split_at(&split, first) || !hvpt_split_at(&split, end))
		status = HVPT_ERR_CONCURRENT;
	hvpt_reserve_release(pt, &split.reserve);
	hvpt_split_note(flush, first, first_level);
	hvpt_split_note(flush, end, end_level);
	gather->splits += split.splits;
	return status;
}
