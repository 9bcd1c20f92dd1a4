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

/*
 * The level of the leaf which has @boundary inside it; 0 when there is none.
 * The address behind the last one of the address space wraps to 0, or to an
 * alias of it; no leaf has either inside.
 */
static unsigned hvpt_cut_level(const struct hvpt_pagetable *pt,
			       const struct hvpt_cut *cut, uint64_t boundary,
			       uint64_t **slot, uint64_t *pte)
{
	unsigned level;

	do { /* again, when another thread splits the leaf just found */
		*slot = hvpt_walk(pt, boundary, 0, &level);
		*pte = hvpt_pte_load(*slot);
	} while (HVPT_UNLIKELY(hvpt_pte_is_table(*pte, level)));
	if (!hvpt_pte_is_present(*pte) || !hvpt_level_offset(boundary, level))
		return 0;
	return (*pte & cut->keep_mask) == cut->keep_value ? 0 : level;
}

/* Would splitting from @top down for @boundary need a table of @level? */
static bool hvpt_cut_needs(uint64_t boundary, unsigned top, unsigned level)
{
	return level < top && hvpt_level_offset(boundary, level + 1) != 0;
}

/* Tables needed for both boundaries; one that serves both counts once. */
static uint64_t hvpt_cut_count(uint64_t first, unsigned first_level,
			       uint64_t end, unsigned end_level)
{
	unsigned level;
	uint64_t count = 0;

	for (level = 0; level < HVPT_LEAF_LEVELS - 1; level++) {
		unsigned lg2 = HVPT_LEVEL_LG2(level + 1);
		bool a = hvpt_cut_needs(first, first_level, level);
		bool b = hvpt_cut_needs(end, end_level, level);

		if (a && b && first >> lg2 == end >> lg2)
			count += 1;
		else
			count += (uint64_t)a + (uint64_t)b;
	}
	return count;
}

/* Fills @table with leaves one level below @pte, of @level, for the same. */
static void hvpt_cut_fill(uint64_t *table, uint64_t pte, unsigned level)
{
	uint64_t step = HVPT_LEVEL_BYTES(level - 1);
	unsigned i;

	if (level == 1)
		pte &= ~HVPT_PTE_LARGE;
	for (i = 0; i < HVPT_TABLE_ENTRIES; i++, pte += step)
		hvpt_pte_store(HVPT_SLOT(table, i), pte);
}

static void hvpt_cut_clear(uint64_t *table)
{
	unsigned i;

	for (i = 0; i < HVPT_TABLE_ENTRIES; i++)
		hvpt_pte_store(HVPT_SLOT(table, i), 0);
}

/* One split; when the slot changes meanwhile the caller looks again. */
static void hvpt_cut_split(struct hvpt_pagetable *pt,
			   struct hvpt_spares *spares, uint64_t *slot,
			   uint64_t pte, unsigned level)
{
	uint64_t *table = hvpt_spares_pop(spares);

	hvpt_cut_fill(table, pte, level);
	if (hvpt_table_install(pt, slot, &pte, table)) {
		spares->installed++;
		return;
	}
	hvpt_cut_clear(table);
	hvpt_spares_push(spares, table);
}

static void hvpt_cut_at(struct hvpt_pagetable *pt, const struct hvpt_cut *cut,
			struct hvpt_spares *spares, uint64_t boundary)
{
	uint64_t *slot, pte;
	unsigned level;

	while ((level = hvpt_cut_level(pt, cut, boundary, &slot, &pte)) > 0)
		hvpt_cut_split(pt, spares, slot, pte, level);
}

static void hvpt_cut_note(struct hvpt_hull *hull, uint64_t boundary,
			  unsigned level)
{
	uint64_t first = boundary - hvpt_level_offset(boundary, level);

	if (level > 0)
		hvpt_hull_note(hull, first,
			       first + HVPT_LEVEL_BYTES(level) - 1);
}

enum hvpt_status hvpt_cut_leaves(struct hvpt_pagetable *pt,
				 const struct hvpt_cut *cut,
				 struct hvpt_hull *hull)
{
	uint64_t end = cut->last + 1, pte, *slot;
	unsigned first_level, end_level;
	struct hvpt_spares spares;
	enum hvpt_status status;

	first_level = hvpt_cut_level(pt, cut, cut->first, &slot, &pte);
	end_level = hvpt_cut_level(pt, cut, end, &slot, &pte);
	if (HVPT_LIKELY(first_level + end_level == 0))
		return HVPT_OK;
	status = hvpt_spares_take(pt, &spares,
				  hvpt_cut_count(cut->first, first_level, end,
						 end_level));
	if (status != HVPT_OK)
		return status;
	hvpt_cut_at(pt, cut, &spares, cut->first);
	hvpt_cut_at(pt, cut, &spares, end);
	hvpt_spares_finish(pt, &spares);
	hvpt_cut_note(hull, cut->first, first_level);
	hvpt_cut_note(hull, end, end_level);
	return HVPT_OK;
}
