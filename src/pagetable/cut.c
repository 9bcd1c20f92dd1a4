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
 */
#include "internal.h"

struct hvpt_cutter {
	struct hvpt_pagetable *pt;
	uint64_t keep;
	struct hvpt_spares spares;
	struct hvpt_way way; /* what hvpt_cut_look() found */
};

/*
 * The level of the leaf which has @boundary inside it; 0 when there is none.
 * The address behind the last one of the address space wraps to 0, or to an
 * alias of it; no leaf has either inside.
 */
static unsigned hvpt_cut_look(struct hvpt_cutter *cutter, uint64_t boundary)
{
	uint64_t pte;

	if (!hvpt_level_offset(boundary, HVPT_LEAF_LEVELS - 1))
		return 0;
	hvpt_way_find(&cutter->way, cutter->pt, boundary, 0);
	pte = cutter->way.pte;
	if (!hvpt_pte_is_present(pte) ||
	    (pte & HVPT_PTE_WRITE) == cutter->keep ||
	    !hvpt_level_offset(boundary, cutter->way.at))
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

static bool hvpt_cut_at(struct hvpt_cutter *cutter, uint64_t boundary)
{
	unsigned level;

	while ((level = hvpt_cut_look(cutter, boundary)) > 0) {
		uint64_t *table = hvpt_spares_pop(&cutter->spares);

		if (!table)
			return false;
		hvpt_cut_fill(table, cutter->way.pte, level - 1);
		/* lost to another thread, or to the A or D bit? look again */
		(void)hvpt_table_install(cutter->pt, &cutter->spares,
					 cutter->way.slot, &cutter->way.pte,
					 table);
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

enum hvpt_status hvpt_cut_leaves(struct hvpt_pagetable *pt, uint64_t first,
				 uint64_t end, uint64_t keep,
				 struct hvpt_hull *hull)
{
	struct hvpt_cutter cutter;
	unsigned first_level, end_level;
	enum hvpt_status status;

	cutter.pt = pt;
	cutter.keep = keep;
	first_level = hvpt_cut_look(&cutter, first);
	end_level = hvpt_cut_look(&cutter, end);
	if (HVPT_LIKELY(first_level + end_level == 0))
		return HVPT_OK;
	status = hvpt_spares_take(pt, &cutter.spares,
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
	return status;
}
