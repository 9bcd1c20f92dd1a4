/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * small_table.h - a page table that is small enough for exhaustive tests.
 *
 * The core's own sources are built with tables of 2^HVPT_INDEX_BITS entries.
 * Table pages come from a small pool. This code reads them: it knows the entry
 * format from the manuals, and of hvpt only the number of index bits.
 *
 * Addresses are page numbers here. L1 and L2 are how many pages the larger
 * leaves have; with 9 index bits they are 2 MiB and 1 GiB.
 */
#ifndef HVPT_TEST_EXHAUSTIVE_SMALL_TABLE_H
#define HVPT_TEST_EXHAUSTIVE_SMALL_TABLE_H

#include "hvpt/hvpt.h"

#define SMALL_BITS HVPT_INDEX_BITS
#define L1 (1ull << SMALL_BITS)
#define L2 (1ull << (2 * SMALL_BITS))
#define L3 (1ull << (3 * SMALL_BITS))
#define SMALL_ENTRIES (1u << SMALL_BITS)
#define SMALL_POOL 64u

/* What went wrong ends the program; it says where, and small_says runs. */
#define SMALL_CHECK(cond) small_check((cond), #cond, __FILE__, __LINE__)
void small_check(bool right, const char *what, const char *file, int line);
extern void (*small_says)(void);

/* If set: called after a page was taken, and before one is freed. */
extern void (*small_taken)(uint64_t *words);
extern void (*small_given)(void);

/**
 * struct small_page - a table page and its record
 * @used: hvpt has it
 * @seen: a walker has found it in the tree since hvpt took it, and may have
 *	cached a pointer to it
 * @level: of its entries, when a walker found it
 * @first: the first page that it spanned then
 */
struct small_page {
	bool used;
	bool seen;
	unsigned level;
	uint64_t first;
};

/**
 * struct small_table - a page table in its pool
 * @fail_at: the allocation that fails, counted down; 0: none
 * @takes: allocations so far
 * @quiet: pages that walkers have seen may not be freed now
 * @noncoherent: walkers see only what was written back
 */
struct small_table {
	struct hvpt_pagetable pt;
	struct hvpt_pt_config config;
	struct small_page page[SMALL_POOL];
	unsigned in_use;
	uint64_t fail_at;
	uint64_t takes;
	bool quiet;
	bool noncoherent;
};

extern struct small_table small;

/** What a walker finds at a page. */
struct small_leaf {
	bool mapped;
	bool writable;
	bool dirty;
	unsigned level;
	uint64_t gpa; /* page number */
};

/** An empty page table in an empty pool. */
void small_open(unsigned levels, uint64_t page_sizes, uint32_t flags,
		bool noncoherent);

/** Destroys it; every page must be free. */
void small_close(void);

/*
 * The words of a pool page; the words that a walker sees that does not snoop;
 * the gpa of a page; the page of a gpa (SMALL_POOL: none).
 */
uint64_t *small_words(unsigned page);
uint64_t *small_written_back(unsigned page);
uint64_t small_gpa(unsigned page);
unsigned small_index(uint64_t gpa);
unsigned small_index_of(const uint64_t *words);

/** Walks from the root. An entry that hvpt never writes ends the program. */
struct small_leaf small_walk(uint64_t page);

/** As above, from a table of @level on. */
struct small_leaf small_walk_from(unsigned table, unsigned level,
				  uint64_t page);

/**
 * small_tables() - counts the table pages of the tree
 *
 * Checks every entry, that each table has one parent, and that it is in use.
 */
unsigned small_tables(void);

/** A device writes to @page and sets A and D. Return: was it permitted? */
bool small_device_write(uint64_t page);

/** Does the gather cover this page? */
bool small_pending(const struct hvpt_gather *gather, uint64_t page);

#endif /* HVPT_TEST_EXHAUSTIVE_SMALL_TABLE_H */
