/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * cut.c - splitting large leaves where a range begins or ends inside them.
 *
 * A boundary is an address which must not lie inside a leaf: the first
 * address of a range, and the one behind its last. A leaf that holds one is
 * replaced by a table of 512 leaves which mean the same, and again one level
 * further down, until the boundary falls between two leaves. Translations do
 * not change by this.
 *
 * The leaf may reach outside the range its caller owns, so another thread may
 * be splitting it for a boundary of its own, and the walker may be setting A
 * and D in it: it is replaced by compare-and-swap, from what it holds now.
 *
 * What others owe for a split leaf. Call X the leaf, T the table that took its
 * place, A the call that split it, and B any call on another part of X. An
 * IOMMU may hold X as one entry until one descriptor covers all of X. A's
 * gather has all of X, but B's has B's part only. No flush of B's may return
 * while X is held:
 *
 *  1. A adds 1 to pt->splits, then installs T with release order.
 *  2. B changes an entry of T, or below it. So B walked through the entry that
 *     points at T, and loaded it with acquire order: it sees the count raised,
 *     and so does B's flush, which comes after and loads the count. No fence
 *     is needed, for B cannot have work to do in T and not have seen T. Had B
 *     met X instead, B would have split it, or tried to; then B's own gather
 *     has all of X.
 *  3. Only hvpt_pt_release() of the gather that carries A's split lowers the
 *     count again, behind a fence, after that gather was flushed. If B's load
 *     finds it lowered, then that flush is over. It covered all of X, with one
 *     descriptor (plan.c shows that of any range that holds an aligned block),
 *     and no walk can have cached X since, for T was in the tree before the
 *     flush began.
 *  4. If B's load finds it raised, B's ranges are rounded outward to the size
 *     of X or of a larger leaf. So they hold all of X, and one descriptor of
 *     B's own flush covers it. T was in the tree before, as in 3.
 *
 * A table that a split puts in may be split again at once, for the same
 * boundary. Each split counts at its own level. A counter belongs to no leaf:
 * with several splits in flight it is lowered to 0 only by the last one.
 * Where a compare-and-swap is lost the count was raised in vain for a moment,
 * which makes flushes wider and nothing else. A gather that is dropped does so
 * for good. Where a domain has no device the flush is skipped and the count is
 * lowered all the same: nothing can hold X there (device.c).
 */
#include "pt_internal.h"

struct hvpt_cutter {
	struct hvpt_pagetable *pt;
	uint64_t keep;
	uint64_t splits; /* done, by level */
	struct hvpt_spares spares;
	struct hvpt_way way; /* what hvpt_cut_look() found */
};

/*
 * The level of the leaf which has @boundary inside it; 0 when there is none.
 * The address behind the last one of the address space wraps to 0, or to an
 * alias of it; no leaf has either inside.
 *
 * The walk ends at the lowest level at which an entry has @boundary inside.
 * Tables below it begin at @boundary: the call that owns what lies behind the
 * range may take them out and free them meanwhile.
 */
static unsigned hvpt_cut_look(struct hvpt_cutter *cutter, uint64_t boundary)
{
	unsigned stop = 1;
	uint64_t pte;

	if (!hvpt_level_offset(boundary, HVPT_LEAF_LEVELS - 1))
		return 0;
	while (!hvpt_level_offset(boundary, stop))
		stop++;
	hvpt_way_find(&cutter->way, cutter->pt, boundary, stop);
	pte = cutter->way.pte;
	if (!hvpt_pte_is_leaf(pte, cutter->way.at) ||
	    (pte & HVPT_PTE_WRITE) == cutter->keep)
		return 0;
	return cutter->way.at;
}

/*
 * Tables to split a leaf of @level down to @boundary. Those which the split
 * for @other, from @other_level down, makes as well are not counted.
 */
static unsigned hvpt_cut_count(uint64_t boundary, unsigned level,
			       uint64_t other, unsigned other_level)
{
	unsigned count = 0;

	for (; level > 0 && hvpt_level_offset(boundary, level); level--)
		if (level > other_level || !hvpt_level_offset(other, level) ||
		    (boundary ^ other) >> HVPT_LEVEL_LG2(level))
			count++;
	return count;
}

/* Fills @table with leaves of @level which mean what @pte, one up, means. */
static void hvpt_cut_fill(uint64_t *table, uint64_t pte, unsigned level)
{
	if (level == 0)
		pte &= ~HVPT_PTE_LARGE;
	hvpt_entries_fill(table, HVPT_TABLE_ENTRIES, pte, level);
}

/* Puts @table, filled, in the place of the leaf of @level which was found. */
static void hvpt_cut_install(struct hvpt_cutter *cutter, uint64_t *table,
			     unsigned level)
{
	struct hvpt_pagetable *pt = cutter->pt;

	/* whoever sees the table sees this, too: see above */
	HVPT_PORT_ADD(&pt->splits, HVPT_SPLIT(level));
	if (hvpt_table_install(pt, &cutter->spares, cutter->way.slot,
			       &cutter->way.pte, table)) {
		cutter->splits += HVPT_SPLIT(level);
		return;
	}
	/* lost to another thread, or to the A or D bit */
	HVPT_PORT_ADD(&pt->splits, 0 - HVPT_SPLIT(level));
}

static bool hvpt_cut_at(struct hvpt_cutter *cutter, uint64_t boundary)
{
	unsigned level;

	while ((level = hvpt_cut_look(cutter, boundary)) > 0) {
		uint64_t *table = hvpt_spares_pop(&cutter->spares);

		if (!table)
			return false;
		hvpt_cut_fill(table, cutter->way.pte, level - 1);
		hvpt_cut_install(cutter, table, level);
	}
	return true;
}

static void hvpt_cut_note(struct hvpt_hull *hull, uint64_t boundary,
			  unsigned level)
{
	uint64_t inside = HVPT_LEVEL_BYTES(level) - 1;

	if (level > 0)
		hvpt_hull_note(hull, boundary & ~inside, boundary | inside);
}

/* All pages for both ends, or none. */
static enum hvpt_status hvpt_cut_take(struct hvpt_cutter *cutter,
				      unsigned count)
{
	enum hvpt_status status = HVPT_OK;

	hvpt_spares_init(&cutter->spares);
	for (; count > 0 && status == HVPT_OK; count--)
		status = hvpt_spares_take(cutter->pt, &cutter->spares);
	if (status != HVPT_OK)
		hvpt_spares_finish(cutter->pt, &cutter->spares);
	return status;
}

enum hvpt_status hvpt_cut_leaves(struct hvpt_pagetable *pt, uint64_t first,
				 uint64_t end, uint64_t keep,
				 struct hvpt_hull *hull,
				 struct hvpt_gather *gather)
{
	struct hvpt_cutter cutter;
	unsigned first_level, end_level;
	enum hvpt_status status;

	cutter.pt = pt;
	cutter.keep = keep;
	cutter.splits = 0;
	first_level = hvpt_cut_look(&cutter, first);
	end_level = hvpt_cut_look(&cutter, end);
	if (HVPT_LIKELY(first_level + end_level == 0))
		return HVPT_OK;
	status = hvpt_cut_take(&cutter,
			       hvpt_cut_count(first, first_level, 0, 0) +
				       hvpt_cut_count(end, end_level, first,
						      first_level));
	if (status != HVPT_OK)
		return status;
	if (!hvpt_cut_at(&cutter, first) || !hvpt_cut_at(&cutter, end))
		status = HVPT_ERR_CONCURRENT;
	hvpt_spares_finish(pt, &cutter.spares);
	hvpt_cut_note(hull, first, first_level);
	hvpt_cut_note(hull, end, end_level);
	gather->splits += cutter.splits;
	return status;
}
