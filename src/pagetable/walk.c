/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * walk.c - checking ranges, finding entries.
 */
#include "pt_internal.h"

enum hvpt_status hvpt_range_check(const struct hvpt_pagetable *pt,
				  uint64_t iova, uint64_t length)
{
	uint64_t last = iova + (length - 1);

	if (!length)
		return HVPT_ERR_EMPTY;
	if ((iova | length) & (HVPT_PAGE_BYTES - 1))
		return HVPT_ERR_ALIGN;
	if (last < iova)
		return HVPT_ERR_WRAP;
	return hvpt_pt_in_form(pt, iova, last) ? HVPT_OK : HVPT_ERR_IOVA_RANGE;
}

bool hvpt_range_is_reserved(const struct hvpt_pagetable *pt, uint64_t first,
			    uint64_t last)
{
	uint32_t i;

	for (i = 0; i < pt->reserved_count; i++)
		if (pt->reserved[i].first.value <= last &&
		    pt->reserved[i].last.value >= first)
			return true;
	return false;
}

/* The level, not below @stop, of the lowest table that spans @iova too. */
static unsigned hvpt_walk_resume(const struct hvpt_walk *walk, unsigned top,
				 uint64_t iova, unsigned stop)
{
	unsigned at = walk->at > stop ? walk->at : stop;

	while (at < top && (walk->iova ^ iova) >> HVPT_LEVEL_LG2(at + 1))
		at++;
	return at;
}

void hvpt_walk_to(struct hvpt_walk *walk, const struct hvpt_pagetable *pt,
		  uint64_t iova, unsigned stop)
{
	unsigned at = pt->levels - 1u, top = at;
	uint64_t *table = pt->root, *slot, pte;

	if (!HVPT_PORT_SMALL)
		at = hvpt_walk_resume(walk, top, iova, stop);
	if (at < top)
		table = walk->table[at];
	for (;;) {
		slot = HVPT_SLOT(table, hvpt_pte_index(iova, at));
		pte = hvpt_pte_load_table(slot);
		if (at == stop || !hvpt_pte_is_table(pte, at))
			break;
		table = hvpt_pt_table(pt, pte);
		at--;
		if (!HVPT_PORT_SMALL)
			walk->table[at] = table;
	}
	walk->slot = slot;
	walk->pte = pte;
	walk->iova = iova;
	walk->at = at;
}

void hvpt_walk_find(struct hvpt_walk *walk, const struct hvpt_pagetable *pt,
		    uint64_t iova, unsigned stop)
{
	hvpt_walk_init(walk, pt);
	hvpt_walk_to(walk, pt, iova, stop);
}

void hvpt_cursor_init(struct hvpt_cursor *cursor,
		      const struct hvpt_pagetable *pt, uint64_t first,
		      uint64_t last, unsigned stop)
{
	cursor->pt = pt;
	cursor->first = first;
	cursor->last = last;
	cursor->next = first;
	cursor->stop = stop;
	cursor->count = 0;
	cursor->done = false;
}

bool hvpt_run_next(struct hvpt_cursor *cursor)
{
	uint64_t next = cursor->next, wanted, last;
	struct hvpt_walk walk;
	unsigned lg2, room;

	if (cursor->done)
		return false;
	hvpt_walk_find(&walk, cursor->pt, next, cursor->stop);
	cursor->slot = walk.slot;
	cursor->level = walk.at;
	lg2 = HVPT_LEVEL_LG2(cursor->level);
	room = HVPT_TABLE_ENTRIES - hvpt_pte_index(next, cursor->level);
	wanted = (cursor->last >> lg2) - (next >> lg2) + 1;
	cursor->count = wanted < room ? (unsigned)wanted : room;
	cursor->at = next >> lg2 << lg2;
	last = cursor->at + (((uint64_t)cursor->count << lg2) - 1);
	cursor->done = last >= cursor->last;
	cursor->next = last + 1;
	return true;
}

/* The next run begins at the entry that was looked at: it has a table. */
static void hvpt_cursor_enter(struct hvpt_cursor *cursor)
{
	cursor->next = cursor->at < cursor->first ? cursor->first : cursor->at;
	cursor->count = 0;
	cursor->done = false;
}

/*
 * Looks at the next entry of the run; if it holds nothing, passes over all that
 * hold nothing.
 */
static void hvpt_cursor_look(struct hvpt_cursor *cursor)
{
	unsigned lg2 = HVPT_LEVEL_LG2(cursor->level), n = 1;

	cursor->leaf = cursor->slot;
	cursor->pte = hvpt_pte_load(cursor->slot);
	if (HVPT_UNLIKELY(hvpt_pte_is_table(cursor->pte, cursor->level))) {
		hvpt_cursor_enter(cursor);
		return;
	}
	if (cursor->pte == 0)
		n += hvpt_entries_zeros(HVPT_SLOT(cursor->slot, 1),
					cursor->count - 1);
	cursor->leaf_first = cursor->at;
	cursor->leaf_last = cursor->at + (((uint64_t)1 << lg2) - 1);
	cursor->at += (uint64_t)n << lg2;
	cursor->slot = HVPT_SLOT(cursor->slot, n);
	cursor->count -= n;
}

bool hvpt_run_next_table(struct hvpt_cursor *cursor)
{
	while (hvpt_run_next(cursor)) {
		if (cursor->level == cursor->stop)
			return true;
		while (cursor->count > 0)
			hvpt_cursor_look(cursor);
	}
	return false;
}

bool hvpt_leaf_next(struct hvpt_cursor *cursor)
{
	do {
		if (!cursor->count && !hvpt_run_next(cursor))
			return false;
		hvpt_cursor_look(cursor);
	} while (!hvpt_pte_is_leaf(cursor->pte, cursor->level));
	return true;
}

bool hvpt_range_is_empty(const struct hvpt_pagetable *pt, uint64_t first,
			 uint64_t last)
{
	struct hvpt_cursor cursor;

	hvpt_cursor_init(&cursor, pt, first, last, 0);
	return !hvpt_leaf_next(&cursor);
}
