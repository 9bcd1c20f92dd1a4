/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "sdm_scan.h"

#include <stdio.h>
#include <stdlib.h>

#define ENTRIES 512u
#define LEVELS_MAX 5u
#define WRITABLE (UINT64_C(1) << 1)
#define ACCESSED (UINT64_C(1) << 5)
#define DIRTY (UINT64_C(1) << 6)

/** struct table_set - addresses of tables, by hash; 0 is an empty place */
struct table_set {
	uint64_t *at;
	size_t count;
	size_t room;
};

/**
 * struct place - a table on the way down
 * @table: its address
 * @address: the first that its entries stand for
 * @all: AND of the entries that lead to it
 * @index: of the next entry
 */
struct place {
	uint64_t table;
	uint64_t address;
	uint64_t all;
	unsigned index;
};

/** The scan: @path has the table of each level, down to @level. */
struct scan {
	const struct sdm_walker *walker;
	sdm_seen_fn fn;
	void *ctx;
	struct table_set met;
	struct place path[LEVELS_MAX];
	unsigned level;
};

/* ---- tables that were met ------------------------------------------------ */

/* Where @table is, or belongs. A table at 0 is kept as 1. */
static uint64_t *place_of(const struct table_set *set, uint64_t table)
{
	size_t at = (size_t)((table >> 12) * UINT64_C(0x9e3779b97f4a7c15) >>
			     20);

	for (;; at++) {
		uint64_t *found = &set->at[at & (set->room - 1)];

		if (*found == 0 || *found == (table | 1))
			return found;
	}
}

static void grow(struct table_set *set)
{
	struct table_set old = *set;
	size_t i;

	set->room = old.room ? 2 * old.room : 1024;
	set->at = calloc(set->room, sizeof(*set->at));
	if (!set->at) {
		fprintf(stderr, "sdm_scan: out of memory\n");
		abort();
	}
	for (i = 0; i < old.room; i++) {
		if (old.at[i])
			*place_of(set, old.at[i] & ~UINT64_C(1)) = old.at[i];
	}
	free(old.at);
}

/* Return: false when it was there. */
static bool add_table(struct table_set *set, uint64_t table)
{
	uint64_t *at;

	if (2 * set->count >= set->room)
		grow(set);
	at = place_of(set, table);
	if (*at)
		return false;
	*at = table | 1;
	set->count++;
	return true;
}

/* ---- one entry -------------------------------------------------------- */

/* A canonical walker repeats the highest bit of an index above it. */
static uint64_t address_at(const struct scan *scan, unsigned level)
{
	const struct place *place = &scan->path[level];
	unsigned top = sdm_level_lg2(scan->walker->levels) - 1;
	uint64_t address = place->address | (uint64_t)place->index
						    << sdm_level_lg2(level);

	if (scan->walker->canonical && address >> top & 1)
		address |= ~UINT64_C(0) << top;
	return address;
}

/* No address from @first on, of what an entry spans, is one of the walker. */
static bool is_outside(const struct scan *scan, uint64_t first)
{
	uint64_t last = first +
			((UINT64_C(1) << sdm_level_lg2(scan->level)) - 1);

	return !sdm_is_address(scan->walker, first) &&
	       !sdm_is_address(scan->walker, last);
}

static bool is_above(const struct scan *scan, uint64_t table)
{
	unsigned level;

	for (level = scan->level; level < scan->walker->levels; level++) {
		if (scan->path[level].table == table)
			return true;
	}
	return false;
}

/* What an entry that points at a table is. */
static void classify_table(struct scan *scan, struct sdm_seen *seen)
{
	uint64_t value;

	seen->kind = SDM_SEEN_TABLE;
	seen->pa = sdm_table_of(scan->walker, seen->entry);
	if (is_above(scan, seen->pa)) {
		seen->kind = SDM_SEEN_LOOP;
	} else if (!scan->walker->read64(scan->walker->ctx, seen->pa, &value)) {
		seen->kind = SDM_SEEN_FAULT;
		seen->fault = SDM_FAULT_UNREADABLE;
	} else if (!add_table(&scan->met, seen->pa)) {
		seen->kind = SDM_SEEN_AGAIN;
	}
}

/* @seen has level, entry and address. */
static void classify(struct scan *scan, struct sdm_seen *seen)
{
	uint64_t all = seen->entry & scan->path[seen->level].all;

	seen->writable = (all & WRITABLE) != 0;
	seen->accessed = (all & ACCESSED) != 0;
	seen->fault = sdm_check_entry(scan->walker, seen->entry, seen->level);
	if (seen->fault == SDM_FAULT_NONE && is_outside(scan, seen->address))
		seen->fault = SDM_FAULT_ADDRESS;
	seen->kind = SDM_SEEN_FAULT;
	seen->pa = sdm_table_of(scan->walker, seen->entry);
	seen->dirty = sdm_is_leaf(seen->entry, seen->level) &&
		      (seen->entry & DIRTY) != 0;
	if (seen->fault != SDM_FAULT_NONE)
		return;
	if (!sdm_is_leaf(seen->entry, seen->level)) {
		classify_table(scan, seen);
		return;
	}
	seen->kind = SDM_SEEN_LEAF;
	seen->pa = sdm_leaf_pa(seen->entry, seen->level);
}

/* ---- all of them ------------------------------------------------------ */

static void go_down(struct scan *scan, const struct sdm_seen *seen)
{
	const struct place *above = &scan->path[scan->level];
	struct place *place = &scan->path[--scan->level];

	place->table = seen->pa;
	place->address = above->address | (uint64_t)above->index
						  << sdm_level_lg2(seen->level);
	place->all = above->all & seen->entry;
	place->index = 0;
}

/* The next entry of the lowest table. Return: whether to go on. */
static bool step(struct scan *scan, enum sdm_scan_end *end)
{
	struct place *place = &scan->path[scan->level];
	struct sdm_seen seen = { .level = scan->level };
	bool down = false;

	seen.entry_pa = place->table + place->index * sizeof(seen.entry);
	if (scan->walker->read64(scan->walker->ctx, seen.entry_pa,
				 &seen.entry) &&
	    (seen.entry & 1)) {
		seen.address = address_at(scan, scan->level);
		classify(scan, &seen);
		down = seen.kind == SDM_SEEN_TABLE;
		*end = scan->fn(scan->ctx, &seen) ? SDM_SCAN_WHOLE :
						    SDM_SCAN_STOPPED;
	}
	if (scan->met.count > SDM_SCAN_TABLES)
		*end = SDM_SCAN_TABLES_MAX;
	if (down)
		go_down(scan, &seen);
	else
		place->index++;
	return *end == SDM_SCAN_WHOLE;
}

/* Leaves tables that were read. Return: whether there is another entry. */
static bool go_up(struct scan *scan)
{
	while (scan->path[scan->level].index == ENTRIES) {
		if (++scan->level == scan->walker->levels)
			return false;
		scan->path[scan->level].index++;
	}
	return true;
}

enum sdm_scan_end sdm_scan(const struct sdm_walker *walker, sdm_seen_fn fn,
			   void *ctx)
{
	struct scan scan = { .walker = walker, .fn = fn, .ctx = ctx };
	enum sdm_scan_end end = SDM_SCAN_WHOLE;
	uint64_t value;

	scan.level = walker->levels - 1;
	scan.path[scan.level].table = walker->root & ~walker->address_mask;
	scan.path[scan.level].all = ~UINT64_C(0);
	if (!walker->read64(walker->ctx, scan.path[scan.level].table, &value))
		return SDM_SCAN_UNREADABLE;
	(void)add_table(&scan.met, scan.path[scan.level].table);
	while (step(&scan, &end) && go_up(&scan))
		;
	free(scan.met.at);
	return end;
}
