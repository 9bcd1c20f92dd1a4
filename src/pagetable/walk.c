/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * walk.c - range checks and runs.
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

/* The lowest table gone through which spans @iova too, not below @stop. */
static unsigned hvpt_way_back(const struct hvpt_way *way, unsigned top,
			      uint64_t iova, unsigned stop)
{
	unsigned at = way->at > stop ? way->at : stop;

	while (at < top && (way->iova ^ iova) >> HVPT_LEVEL_LG2(at + 1))
		at++;
	return at;
}

void hvpt_way_go(struct hvpt_way *way, const struct hvpt_pagetable *pt,
		 uint64_t iova, unsigned stop)
{
	unsigned at = pt->levels - 1u, top = at;
	uint64_t *table = pt->root;

	if (!HVPT_PORT_SMALL)
		at = hvpt_way_back(way, top, iova, stop);
	if (at < top)
		table = way->table[at];
	for (;;) {
		way->slot = HVPT_SLOT(table, hvpt_pte_index(iova, at));
		way->pte = hvpt_pte_load_table(way->slot);
		if (at == stop || !hvpt_pte_is_table(way->pte, at))
			break;
		table = hvpt_pt_table(pt, way->pte);
		at--;
		if (!HVPT_PORT_SMALL)
			way->table[at] = table;
	}
	way->iova = iova;
	way->at = at;
}

void hvpt_way_find(struct hvpt_way *way, const struct hvpt_pagetable *pt,
		   uint64_t iova, unsigned stop)
{
	hvpt_way_init(way, pt);
	hvpt_way_go(way, pt, iova, stop);
}

uint64_t *hvpt_page_slot(const struct hvpt_pagetable *pt, uint64_t iova)
{
	struct hvpt_way way;

	if (!HVPT_PORT_SMALL)
		return hvpt_pt_slot(pt, pt->levels, iova, 0);
	hvpt_way_find(&way, pt, iova, 0);
	return way.at == 0 ? way.slot : NULL;
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

/* How many of @limit entries come before the first which holds a table. */
static unsigned hvpt_run_without_table(const uint64_t *slot, unsigned level,
				       unsigned limit)
{
	unsigned i;

	for (i = 1; i < limit; i++)
		if (hvpt_pte_is_table(hvpt_pte_load(HVPT_SLOT(slot, i)), level))
			break;
	return i;
}

bool hvpt_run_next(struct hvpt_cursor *cursor)
{
	uint64_t next = cursor->next, wanted, last;
	struct hvpt_way way;
	unsigned lg2, room;

	if (cursor->done)
		return false;
	hvpt_way_find(&way, cursor->pt, next, cursor->stop);
	cursor->slot = way.slot;
	cursor->level = way.at;
	lg2 = HVPT_LEVEL_LG2(cursor->level);
	room = HVPT_TABLE_ENTRIES - hvpt_pte_index(next, cursor->level);
	wanted = (cursor->last >> lg2) - (next >> lg2) + 1;
	cursor->count = wanted < room ? (unsigned)wanted : room;
	if (cursor->level > cursor->stop)
		cursor->count = hvpt_run_without_table(
			cursor->slot, cursor->level, cursor->count);
	cursor->at = next >> lg2 << lg2;
	last = cursor->at + (((uint64_t)cursor->count << lg2) - 1);
	cursor->done = last >= cursor->last;
	cursor->next = last + 1;
	return true;
}

bool hvpt_run_next_table(struct hvpt_cursor *cursor)
{
	while (hvpt_run_next(cursor))
		if (cursor->level == cursor->stop)
			return true;
	return false;
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

bool hvpt_leaf_next(struct hvpt_cursor *cursor)
{
	for (;;) {
		if (!cursor->count && !hvpt_run_next(cursor))
			return false;
		if (hvpt_leaf_look(cursor)) {
			if (hvpt_pte_is_present(cursor->pte))
				return true;
			continue;
		}
		/* a leaf was split meanwhile: go on inside its table */
		cursor->next = cursor->at < cursor->first ? cursor->first :
							    cursor->at;
		cursor->count = 0;
		cursor->done = false;
	}
}

bool hvpt_range_is_empty(const struct hvpt_pagetable *pt, uint64_t first,
			 uint64_t last)
{
	struct hvpt_cursor cursor;

	hvpt_cursor_init(&cursor, pt, first, last, 0);
	return !hvpt_leaf_next(&cursor);
}
