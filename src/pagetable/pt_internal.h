/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * pt_internal.h - what the files of src/pagetable share.
 *
 * Ranges are first .. last, inclusive, as plain numbers: they have passed
 * hvpt_range_check() and the last byte of the address space can be named.
 *
 * Nothing here recurses. A call which works on a range goes over it once for
 * each level, lowest first, by way of runs: consecutive entries of one table.
 * When a level is done the tables below it are out of the tree, or known to
 * be empty, and the next level can deal with the entries that pointed at
 * them.
 */
#ifndef HVPT_PAGETABLE_INTERNAL_H
#define HVPT_PAGETABLE_INTERNAL_H

#include "hvpt/inspect.h"
#include "hvpt/map.h"

/* ---- ranges ---------------------------------------------------------- */

/** The smallest range which holds all that was noted; nothing at first. */
struct hvpt_hull {
	uint64_t first;
	uint64_t last;
};

/** An empty hull: any range noted replaces both ends. */
HVPT_INLINE void hvpt_hull_init(struct hvpt_hull *hull)
{
	hull->first = ~(uint64_t)0;
	hull->last = 0;
}

void hvpt_hull_note(struct hvpt_hull *hull, uint64_t first, uint64_t last);

/** Owes a flush of the hull, if anything was noted. */
void hvpt_hull_gather(const struct hvpt_hull *hull, struct hvpt_gather *gather);

/** EMPTY, ALIGN, WRAP, IOVA_RANGE, in this order. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_range_check(const struct hvpt_pagetable *pt, uint64_t iova,
		 uint64_t length);

bool hvpt_range_is_reserved(const struct hvpt_pagetable *pt, uint64_t first,
			    uint64_t last);

/** Offset of @address inside the entry of @level which spans it. */
HVPT_INLINE uint64_t hvpt_level_offset(uint64_t address, unsigned level)
{
	return address & (HVPT_LEVEL_BYTES(level) - 1);
}

/* ---- walking --------------------------------------------------------- */

/**
 * struct hvpt_way - where a walk ended
 * @slot: the entry
 * @pte: what it held; what is decided by it cannot change in between
 * @iova: walked to
 * @at: level of @slot
 * @table: the tables gone through, by level, from @at up; without the root
 */
struct hvpt_way {
	uint64_t *slot;
	uint64_t pte;
	uint64_t iova;
	unsigned at;
	uint64_t *table[HVPT_PORT_SMALL ? 1 : HVPT_MAX_LEVELS - 1];
};

/** To be walked from the root. */
HVPT_INLINE void hvpt_way_init(struct hvpt_way *way,
			       const struct hvpt_pagetable *pt)
{
	way->iova = 0;
	way->at = pt->levels - 1u;
}

/**
 * hvpt_way_go() - go down towards @iova, from the lowest table on the way
 * @stop: the level to stop at, at the latest
 *
 * Ends at @stop, or above it at an entry without a table. The tables gone
 * through before must still be in the tree.
 */
void hvpt_way_go(struct hvpt_way *way, const struct hvpt_pagetable *pt,
		 uint64_t iova, unsigned stop);

/** The same from the root. */
void hvpt_way_find(struct hvpt_way *way, const struct hvpt_pagetable *pt,
		   uint64_t iova, unsigned stop);

/** The level 0 slot of @iova; NULL when there is no table. */
uint64_t *hvpt_page_slot(const struct hvpt_pagetable *pt, uint64_t iova);

/**
 * hvpt_part_slot() - the short way to a part of one level 0 table
 *
 * Return: its first slot, when the range is right, covers some of the span of
 * one table but not all, and that table is there; else NULL.
 */
HVPT_INLINE uint64_t *hvpt_part_slot(const struct hvpt_pagetable *pt,
				     uint64_t iova, uint64_t length)
{
	if (HVPT_PORT_SMALL || length - 1 >= HVPT_LEVEL_BYTES(1) - 1 ||
	    ((iova | length) & (HVPT_PAGE_BYTES - 1)) ||
	    (iova ^ (iova + (length - 1))) >> HVPT_LEVEL_LG2(1) ||
	    !hvpt_pt_in_form(pt, iova, iova + (length - 1)))
		return NULL;
	return hvpt_pt_slot(pt, pt->levels, iova, 0);
}

/* ---- consecutive entries of one table -------------------------------- */

bool hvpt_entries_are_zero(const uint64_t *slot, unsigned count);

/** The first entry, from @i on, that a look at whole lines cannot rule out. */
unsigned hvpt_entries_skip(const uint64_t *slot, unsigned i, unsigned count);

/** Leaves of @level, one behind the other; @pte is the first. */
void hvpt_entries_fill(uint64_t *slot, unsigned count, uint64_t pte,
		       unsigned level);

/** How many of them are present. */
unsigned hvpt_entries_count(const uint64_t *slot, unsigned count);

/** Leaves which were cleared; @first and @end (the one behind) with @count. */
struct hvpt_cleared {
	unsigned count;
	unsigned first;
	unsigned end;
};

/**
 * hvpt_entries_clear() - clear leaves up to the first table
 * @cleared: out: which there were
 *
 * Return: how many entries come before a table; @count without one.
 */
unsigned hvpt_entries_clear(uint64_t *slot, unsigned count, unsigned level,
			    struct hvpt_cleared *cleared);

/**
 * struct hvpt_cursor - goes over a range, run by run or leaf by leaf
 * @pt: the page table
 * @first: first address of the range
 * @last: its last
 * @next: where the next run starts
 * @stop: the level wanted
 * @done: there is no next run
 *
 * The run: consecutive entries of one table.
 * @slot: the first
 * @at: first address the first entry spans; may lie before the range
 * @level: the level wanted; or above it, and then no entry is a table
 * @count: how many entries
 *
 * Leaf by leaf, @slot, @at and @count stand for the entries still to be
 * looked at, and the leaf is in:
 * @leaf: its slot
 * @pte: what it held when it was looked at
 * @leaf_first: first address it maps; may lie before the range
 * @leaf_last: last address it maps; may lie behind the range
 */
struct hvpt_cursor {
	const struct hvpt_pagetable *pt;
	uint64_t first;
	uint64_t last;
	uint64_t next;
	uint64_t at;
	uint64_t *slot;
	uint64_t *leaf;
	uint64_t pte;
	uint64_t leaf_first;
	uint64_t leaf_last;
	unsigned stop;
	unsigned level;
	unsigned count;
	bool done;
};

void hvpt_cursor_init(struct hvpt_cursor *cursor,
		      const struct hvpt_pagetable *pt, uint64_t first,
		      uint64_t last, unsigned stop);

/** The next run of the wanted level, or above. Return: false at the end. */
bool hvpt_run_next(struct hvpt_cursor *cursor);

/** The next run of exactly the wanted level. Return: false at the end. */
bool hvpt_run_next_table(struct hvpt_cursor *cursor);

/**
 * hvpt_leaf_next() - the next leaf which has a byte in the range
 *
 * For cursors of level 0. Copes with a leaf which reaches outside the range
 * being split, meanwhile, by a call on another range.
 *
 * Return: false at the end.
 */
bool hvpt_leaf_next(struct hvpt_cursor *cursor);

/** Is nothing mapped in the range? Costs what its tables have entries. */
bool hvpt_range_is_empty(const struct hvpt_pagetable *pt, uint64_t first,
			 uint64_t last);

/* ---- table pages ----------------------------------------------------- */

/**
 * struct hvpt_spares - pages taken before a change, all zero but word 0
 * @head: linked through word 0
 * @installed: how many of them are in the tree by now
 */
struct hvpt_spares {
	uint64_t *head;
	uint64_t installed;
};

/** No page yet. */
HVPT_INLINE void hvpt_spares_init(struct hvpt_spares *spares)
{
	spares->head = NULL;
	spares->installed = 0;
}

/** Takes one page more: NO_MEMORY, TABLE_PAGE. */
HVPT_MUST_CHECK enum hvpt_status hvpt_spares_take(struct hvpt_pagetable *pt,
						  struct hvpt_spares *spares);

/** Takes one page and checks it can serve as a table. */
HVPT_MUST_CHECK enum hvpt_status hvpt_page_take(struct hvpt_pagetable *pt,
						uint64_t **page);

/**
 * One all-zero page; NULL when all are used. That takes a table which was
 * there when they were counted to be gone: the range was not owned.
 */
uint64_t *hvpt_spares_pop(struct hvpt_spares *spares);

/** Gives back a list linked through word 0. */
void hvpt_pages_free(struct hvpt_pagetable *pt, uint64_t *page);

/** Counts what was installed, gives the rest back. */
void hvpt_spares_finish(struct hvpt_pagetable *pt, struct hvpt_spares *spares);

/**
 * hvpt_table_install() - put a popped page, filled or empty, into a slot
 * @spares: where it came from, and goes back to when it is not used
 * @slot: where
 * @seen: in: what must be there; out, on false: what was there instead
 * @page: the table page
 *
 * Return: false when the slot had changed.
 */
bool hvpt_table_install(struct hvpt_pagetable *pt, struct hvpt_spares *spares,
			uint64_t *slot, uint64_t *seen, uint64_t *page);

/** The entry which points at @page. */
uint64_t hvpt_table_pte(const struct hvpt_pagetable *pt, const uint64_t *page);

/** Marks the entry of a table as written back, if that matters. */
void hvpt_table_settle(const struct hvpt_pagetable *pt, uint64_t *slot);

/** Makes written entries visible to a walker that does not snoop. */
void hvpt_write_back(const struct hvpt_pagetable *pt, const uint64_t *start,
		     unsigned count);

/**
 * hvpt_tables_settle() - table entries on the way to @iova are visible
 * @level: down to, not including, this one
 *
 * For walkers that do not snoop: other threads may have installed them and
 * not yet written them back. Where there is no table the way ends.
 */
void hvpt_tables_settle(const struct hvpt_pagetable *pt, uint64_t iova,
			unsigned level);

/** The same, down to level 0, and then @count entries there from @slot on. */
void hvpt_pages_settle(const struct hvpt_pagetable *pt, uint64_t iova,
		       const uint64_t *slot, unsigned count);

/**
 * hvpt_ends_settle() - table entries on the way to both ends of a range
 *
 * For walkers that do not snoop. Another call may just have split a leaf that
 * reaches into the range. Until the entry of the leaf's table is written back,
 * a walker that does not snoop still finds the leaf, even after the flush of
 * this range.
 */
void hvpt_ends_settle(const struct hvpt_pagetable *pt, uint64_t first,
		      uint64_t last);

/* ---- shared steps ---------------------------------------------------- */

/** Tells segments that were checked from what a page hook made of them. */
uint64_t hvpt_segments_hash(const struct hvpt_segment *segments, size_t count);

/**
 * struct hvpt_map_call - what is asked of a map; it has been checked
 * @range: where to
 * @segments: what, the caller's array
 * @count: of segments
 * @bits: all of a 4 KiB leaf but its address
 * @gather: the caller's, or NULL
 */
struct hvpt_map_call {
	struct hvpt_iova_range range;
	const struct hvpt_segment *segments;
	size_t count;
	uint64_t bits;
	struct hvpt_gather *gather;
};

/** A map of any range. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_map_long(struct hvpt_pagetable *pt, const struct hvpt_map_call *call);

/* For hvpt_cut_leaves(): no leaf is left alone. */
#define HVPT_CUT_ANY (~(uint64_t)0)

/**
 * hvpt_cut_leaves() - split the large leaves which a range cuts
 * @first: first address of the range
 * @end: the address behind it; 0 behind the last of all
 * @keep: leaves whose R/W bit has this value are left alone
 * @hull: in/out: notes the former leaves
 * @gather: in/out: counts the splits; their ranges are in @hull only
 *
 * Return: HVPT_OK; NO_MEMORY, TABLE_PAGE: nothing changed, nothing noted;
 * CONCURRENT: what was split is noted.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_cut_leaves(struct hvpt_pagetable *pt, uint64_t first, uint64_t end,
		uint64_t keep, struct hvpt_hull *hull,
		struct hvpt_gather *gather);

/**
 * struct hvpt_sweep - take things out of a range, level by level
 * @pt: the page table
 * @gather: receives tables
 * @hull: notes what they, and leaves, spanned
 * @first: first address of the range
 * @last: its last
 * @bytes: of leaves removed
 * @tables: removed
 * @leaves: true: remove everything; false: empty tables only
 */
struct hvpt_sweep {
	struct hvpt_pagetable *pt;
	struct hvpt_gather *gather;
	struct hvpt_hull hull;
	uint64_t first;
	uint64_t last;
	uint64_t bytes;
	uint64_t tables;
	bool leaves;
};

/** For empty tables only, until @leaves is set. */
void hvpt_sweep_init(struct hvpt_sweep *sweep, struct hvpt_pagetable *pt,
		     uint64_t first, uint64_t last, struct hvpt_gather *gather);

/** Leaves of one table were cleared, if any; @first goes with @slot. */
void hvpt_sweep_note(struct hvpt_sweep *sweep, uint64_t first,
		     const uint64_t *slot, unsigned level,
		     const struct hvpt_cleared *cleared);

/** Levels 1 and up: entries which lie wholly inside the range. */
void hvpt_sweep_tables(struct hvpt_sweep *sweep);

/**
 * hvpt_reclaim_range() - detach empty tables of a range into @gather
 * @hull: in/out: notes what they spanned, for the caller to gather
 *
 * Return: how many.
 */
uint64_t hvpt_reclaim_range(struct hvpt_pagetable *pt, uint64_t first,
			    uint64_t last, struct hvpt_gather *gather,
			    struct hvpt_hull *hull);

/**
 * hvpt_pt_configure() - fill in all of *@pt but the root, or refuse @config
 * @width: used instead of @config's
 * @page_sizes: used instead of @config's
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_configure(struct hvpt_pagetable *pt,
		  const struct hvpt_pt_config *config, uint32_t width,
		  uint64_t page_sizes);

/** Can a table live at this gpa? */
HVPT_INLINE bool hvpt_table_gpa_ok(const struct hvpt_pagetable *pt,
				   uint64_t gpa)
{
	return (gpa & ~pt->addr_mask) == 0;
}

#endif /* HVPT_PAGETABLE_INTERNAL_H */
