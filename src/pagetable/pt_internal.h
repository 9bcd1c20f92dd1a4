/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * pt_internal.h - what the files of src/pagetable share.
 *
 * A range is first .. last, both inclusive, so that the last byte of the
 * address space can be named. Addresses are plain numbers here: the calls
 * checked them.
 *
 * Nothing here recurses. A call that works on a range goes over it once for
 * each level, lowest level first, in runs: consecutive entries of one table.
 * When a level is done, the tables below it have left the tree or are empty,
 * and the next level can deal with the entries that pointed at them.
 */
#ifndef HVPT_PAGETABLE_INTERNAL_H
#define HVPT_PAGETABLE_INTERNAL_H

#include "hvpt/inspect.h"
#include "hvpt/map.h"

/* ---- ranges ---------------------------------------------------------- */

/** Makes *@range empty, for hvpt_range_extend(): first lies above last. */
HVPT_INLINE void hvpt_range_init(struct hvpt_iova_range *range)
{
	range->first = hvpt_iova(~(uint64_t)0);
	range->last = hvpt_iova(0);
}

/** Grows *@range, which may be empty, to hold first .. last as well. */
void hvpt_range_extend(struct hvpt_iova_range *range, uint64_t first,
		       uint64_t last);

/** Adds *@range to @gather, unless it is empty. */
void hvpt_range_gather(const struct hvpt_iova_range *range,
		       struct hvpt_gather *gather);

/** Checks for EMPTY, ALIGN, WRAP and IOVA_RANGE, in this order. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_range_check(const struct hvpt_pagetable *pt, uint64_t iova,
		 uint64_t length);

bool hvpt_range_is_reserved(const struct hvpt_pagetable *pt, uint64_t first,
			    uint64_t last);

/** The offset of @address in the span of an entry of @level. */
HVPT_INLINE uint64_t hvpt_level_offset(uint64_t address, unsigned level)
{
	return address & (HVPT_LEVEL_BYTES(level) - 1);
}

/* ---- walking --------------------------------------------------------- */

/**
 * struct hvpt_walk - where a walk ended
 * @slot: the entry
 * @pte: what the entry held. Decide by this value: the entry may change.
 * @iova: the address the walk went to
 * @at: the level of @slot
 * @table: the tables the walk went through, by level, from @at up, but for the
 *	root
 */
struct hvpt_walk {
	uint64_t *slot;
	uint64_t pte;
	uint64_t iova;
	unsigned at;
	uint64_t *table[HVPT_PORT_SMALL ? 1 : HVPT_MAX_LEVELS - 1];
};

/** The next walk begins at the root. */
HVPT_INLINE void hvpt_walk_init(struct hvpt_walk *walk,
				const struct hvpt_pagetable *pt)
{
	walk->iova = 0;
	walk->at = pt->levels - 1u;
}

/*
 * hvpt_walk_to() - walk down towards @iova
 * @stop: the level to end at
 *
 * Ends at @stop, or above it at an entry that points at no table. Begins at the
 * lowest table of the walk before that spans @iova too; that walk's tables must
 * still be in the tree.
 */
void hvpt_walk_to(struct hvpt_walk *walk, const struct hvpt_pagetable *pt,
		  uint64_t iova, unsigned stop);

/** Walks down towards @iova from the root. */
void hvpt_walk_find(struct hvpt_walk *walk, const struct hvpt_pagetable *pt,
		    uint64_t iova, unsigned stop);

/*
 * hvpt_part_slot() - find a range that is a part of one level 0 table
 *
 * Return: the slot of its first page, if the range is valid, covers a part of
 * one table's span, not all of it, and the table is there; else NULL, which
 * says nothing about why.
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

/** How many entries come before the first that holds anything. */
unsigned hvpt_entries_zeros(const uint64_t *slot, unsigned count);

HVPT_INLINE bool hvpt_entries_are_zero(const uint64_t *slot, unsigned count)
{
	return hvpt_entries_zeros(slot, count) == count;
}

/** Writes consecutive leaves of @level; @pte is the first. */
void hvpt_entries_fill(uint64_t *slot, unsigned count, uint64_t pte,
		       unsigned level);

/** Counts the entries that are present. */
unsigned hvpt_entries_count(const uint64_t *slot, unsigned count);

/** The leaves that were cleared: how many, the first, and one past the last. */
struct hvpt_cleared {
	unsigned count;
	unsigned first;
	unsigned end;
};

/*
 * hvpt_entries_clear() - clear leaves up to the first table
 * @cleared: out: the leaves there were
 *
 * Return: how many entries come before the first table; @count if there is no
 * table.
 */
unsigned hvpt_entries_clear(uint64_t *slot, unsigned count, unsigned level,
			    struct hvpt_cleared *cleared);

/**
 * struct hvpt_cursor - goes over a range, run by run or leaf by leaf
 * @pt: the page table
 * @first: the first address of the range
 * @last: the last address of the range
 * @next: where the next run starts
 * @stop: the level wanted
 * @done: there is no next run
 *
 * The current run, consecutive entries of one table:
 * @slot: its first entry
 * @at: the first address that entry spans; may lie before the range
 * @level: the level wanted, or above it
 * @count: how many entries
 *
 * hvpt_leaf_next() advances @slot, @at and @count past each entry it looks at,
 * and returns the leaf in:
 * @leaf: its slot
 * @pte: what the slot held
 * @leaf_first: the first address it maps; may lie before the range
 * @leaf_last: the last address it maps; may lie behind the range
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

/** Goes to the next run, of level @stop or above. Return: false at the end. */
bool hvpt_run_next(struct hvpt_cursor *cursor);

/** Goes to the next run of level @stop. Return: false at the end. */
bool hvpt_run_next_table(struct hvpt_cursor *cursor);

/*
 * hvpt_leaf_next() - go to the next leaf that has a byte in the range
 *
 * For cursors of level 0. A call on another range may meanwhile split a leaf
 * that reaches outside this one.
 *
 * Return: false at the end.
 */
bool hvpt_leaf_next(struct hvpt_cursor *cursor);

/** Is nothing mapped in the range? Reads the tables that are there. */
bool hvpt_range_is_empty(const struct hvpt_pagetable *pt, uint64_t first,
			 uint64_t last);

/* ---- table pages ----------------------------------------------------- */

/**
 * struct hvpt_reserve - table pages taken before anything is changed
 * @head: the pages, all zero but for word 0, which links them
 * @installed: how many went into the tree
 */
struct hvpt_reserve {
	uint64_t *head;
	uint64_t installed;
};

/** No page yet. */
HVPT_INLINE void hvpt_reserve_init(struct hvpt_reserve *reserve)
{
	reserve->head = NULL;
	reserve->installed = 0;
}

/** Adds one page: NO_MEMORY, TABLE_PAGE. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_reserve_take(struct hvpt_pagetable *pt, struct hvpt_reserve *reserve);

/** Takes one page from the hook and checks that it can be a table. */
HVPT_MUST_CHECK enum hvpt_status hvpt_page_take(struct hvpt_pagetable *pt,
						uint64_t **page);

/*
 * Removes one page, all zero. Return: NULL if none is left. A call reserves
 * all it needs, so it does not own its range if that happens: somebody else
 * took a table out of it.
 */
uint64_t *hvpt_reserve_pop(struct hvpt_reserve *reserve);

/** Gives back a list of pages that are linked through word 0. */
void hvpt_pages_free(struct hvpt_pagetable *pt, uint64_t *page);

/** Counts the pages that were installed and gives the others back. */
void hvpt_reserve_release(struct hvpt_pagetable *pt,
			  struct hvpt_reserve *reserve);

/*
 * hvpt_table_install() - put a page of the reserve into a slot, as a table
 * @reserve: where the page came from; it goes back there if it is not used
 * @slot: the slot
 * @seen: in: what the slot must hold; out, on false: what it held instead
 * @page: the page, filled or empty
 *
 * Return: false if the slot had changed.
 */
bool hvpt_table_install(struct hvpt_pagetable *pt, struct hvpt_reserve *reserve,
			uint64_t *slot, uint64_t *seen, uint64_t *page);

/** The entry that points at @page. */
uint64_t hvpt_table_pte(const struct hvpt_pagetable *pt, const uint64_t *page);

/** Writes a table entry back and marks it CLEAN, unless it is marked. */
void hvpt_entry_write_back(const struct hvpt_pagetable *pt, uint64_t *slot);

/** Makes entries visible to a walker that does not snoop. */
void hvpt_write_back(const struct hvpt_pagetable *pt, const uint64_t *start,
		     unsigned count);

/*
 * hvpt_path_write_back() - write back the table entries that lead to @iova
 * @level: those above this level
 *
 * For walkers that do not snoop: another thread may have installed a table and
 * not yet written its entry back.
 */
void hvpt_path_write_back(const struct hvpt_pagetable *pt, uint64_t iova,
			  unsigned level);

/** Writes back @count leaves of level 0, and the tables that lead to them. */
void hvpt_leaves_write_back(const struct hvpt_pagetable *pt, uint64_t iova,
			    const uint64_t *slot, unsigned count);

/*
 * hvpt_ends_write_back() - write back the tables that lead to a range's ends
 *
 * For walkers that do not snoop. Another call may just have split a leaf that
 * reaches into the range. Until the entry that replaced the leaf is written
 * back, the walker still finds the leaf, even after the flush of this range.
 */
void hvpt_ends_write_back(const struct hvpt_pagetable *pt, uint64_t first,
			  uint64_t last);

/* ---- shared steps ---------------------------------------------------- */

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

/** Maps any range, see map_steps.c. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_map_steps(struct hvpt_pagetable *pt, const struct hvpt_map_call *call);

/* For hvpt_split_leaves(): split leaves of either permission. */
#define HVPT_SPLIT_ANY (~(uint64_t)0)

/*
 * hvpt_split_leaves() - split the large leaves that a range cuts
 * @first: the first address of the range
 * @end: the address behind it; 0 behind the last of all
 * @keep: leaves whose R/W bit has this value are not split
 * @flush: in/out: grows to hold the leaves that were split
 * @gather: in/out: counts the splits; their ranges go into @flush only
 *
 * Return: HVPT_OK; NO_MEMORY, TABLE_PAGE: nothing changed; CONCURRENT: @flush
 * and @gather have what was split.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_split_leaves(struct hvpt_pagetable *pt, uint64_t first, uint64_t end,
		  uint64_t keep, struct hvpt_iova_range *flush,
		  struct hvpt_gather *gather);

/**
 * struct hvpt_sweep - removes leaves and tables from a range, level by level
 * @pt: the page table
 * @gather: gets the tables
 * @flush: what the removed leaves and tables spanned
 * @first: the first address of the range
 * @last: the last address of the range
 * @bytes: how much the removed leaves mapped
 * @tables: how many tables were removed
 * @leaves: true: remove everything; false: empty tables only
 */
struct hvpt_sweep {
	struct hvpt_pagetable *pt;
	struct hvpt_gather *gather;
	struct hvpt_iova_range flush;
	uint64_t first;
	uint64_t last;
	uint64_t bytes;
	uint64_t tables;
	bool leaves;
};

/** Begins a sweep that removes empty tables; set @leaves to remove all. */
void hvpt_sweep_init(struct hvpt_sweep *sweep, struct hvpt_pagetable *pt,
		     uint64_t first, uint64_t last, struct hvpt_gather *gather);

/** Accounts for leaves that were cleared; @first is the address of @slot. */
void hvpt_sweep_note(struct hvpt_sweep *sweep, uint64_t first,
		     const uint64_t *slot, unsigned level,
		     const struct hvpt_cleared *cleared);

/** Sweeps levels 1 and up: the entries that lie wholly inside the range. */
void hvpt_sweep_tables(struct hvpt_sweep *sweep);

/*
 * hvpt_reclaim_range() - detach the empty tables of a range into @gather
 * @flush: in/out: grows to hold what they spanned; the caller gathers it
 *
 * Return: how many tables.
 */
uint64_t hvpt_reclaim_range(struct hvpt_pagetable *pt, uint64_t first,
			    uint64_t last, struct hvpt_gather *gather,
			    struct hvpt_iova_range *flush);

/*
 * hvpt_pt_configure() - check @config and fill in all of *@pt but the root
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
