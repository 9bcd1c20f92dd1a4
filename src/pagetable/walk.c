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
	uint64_t *table = pt->root;

	if (!HVPT_PORT_SMALL)
		at = hvpt_walk_resume(walk, top, iova, stop);
	if (at < top)
		table = walk->table[at];
	for (;;) {
		walk->slot = HVPT_SLOT(table, hvpt_pte_index(iova, at));
		walk->pte = hvpt_pte_load_table(walk->slot);
		if (at == stop || !hvpt_pte_is_table(walk->pte, at))
			break;
		table = hvpt_pt_table(pt, walk->pte);
		at--;
		if (!HVPT_PORT_SMALL)
			walk->table[at] = table;
	}
	walk->iova = iova;
	walk->at = at;
}

void hvpt_walk_find(struct hvpt_walk *walk, const struct hvpt_pagetable *pt,
		    uint64_t iova, unsigned stop)
{
	hvpt_walk_init(walk, pt);
	hvpt_walk_to(walk, pt, iova, stop);
}

uint64_t *hvpt_page_slot(const struct hvpt_pagetable *pt, uint64_t iova)
{
	struct hvpt_walk walk;

	if (!HVPT_PORT_SMALL)
		return hvpt_pt_slot(pt, pt->levels, iova, 0);
	hvpt_walk_find(&walk, pt, iova, 0);
	return walk.at == 0 ? walk.slot : NULL;
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
	cursor->above = false;
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
	cursor->above |= cursor->level > cursor->stop;
	cursor->at = next >> lg2 << lg2;
	last = cursor->at + (((uint64_t)cursor->count << lg2) - 1);
	cursor->done = last >= cursor->last;
	cursor->next = last + 1;
	return true;
}

/* Passes over one entry of the run. Return: false if it holds a table. */
static bool hvpt_leaf_look(struct hvpt_cursor *cursor)
{
	cursor->leaf = cursor->slot;
	cursor->pte = hvpt_pte_load(cursor->slot);
	if (HVPT_UNLIKELY(hvpt_pte_is_table(cursor->pte, cursor->level)))
		return false;
	cursor->leaf_first = cursor->at;
	cursor->at += HVPT_LEVEL_BYTES(cursor->level);
	cursor->leaf_last = cursor->at - 1;
	cursor->slot = HVPT_SLOT(cursor->slot, 1);
	cursor->count--;
	return true;
}

/* The next run begins at the entry that was looked at: it has a table now. */
static void hvpt_cursor_enter(struct hvpt_cursor *cursor)
{
	cursor->next = cursor->at < cursor->first ? cursor->first : cursor->at;
	cursor->count = 0;
	cursor->done = false;
}

/* Passes over entries that hold nothing. */
static void hvpt_cursor_skip(struct hvpt_cursor *cursor)
{
	unsigned n = hvpt_entries_zeros(cursor->slot, cursor->count);

	cursor->slot = HVPT_SLOT(cursor->slot, n);
	cursor->at += (uint64_t)n << HVPT_LEVEL_LG2(cursor->level);
	cursor->count -= n;
}

bool hvpt_run_next_table(struct hvpt_cursor *cursor)
{
	while (hvpt_run_next(cursor)) {
		if (cursor->level == cursor->stop)
			return true;
		do {
			if (!hvpt_leaf_look(cursor))
				hvpt_cursor_enter(cursor);
			else
				hvpt_cursor_skip(cursor);
		} while (cursor->count > 0);
	}
	return false;
}

bool hvpt_leaf_next(struct hvpt_cursor *cursor)
{
	for (;;) {
		if (!cursor->count && !hvpt_run_next(cursor))
			return false;
		if (!hvpt_leaf_look(cursor))
			hvpt_cursor_enter(cursor);
		else if (hvpt_pte_is_present(cursor->pte))
			return true;
		else
			hvpt_cursor_skip(cursor);
	}
}

bool hvpt_range_is_empty(const struct hvpt_pagetable *pt, uint64_t first,
			 uint64_t last, bool *complete)
{
	struct hvpt_cursor cursor;

	hvpt_cursor_init(&cursor, pt, first, last, 0);
	if (hvpt_leaf_next(&cursor))
		return false;
	*complete = !cursor.above;
	return true;
}
