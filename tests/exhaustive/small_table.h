/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * small_table.h - a page table small enough to try everything on.
 *
 * The core's own sources, built with tables of 2^HVPT_INDEX_BITS entries. Its
 * table pages come from a small pool; what they hold is read by code of this
 * file's own, which knows the entry format from the manuals and nothing of
 * hvpt but the number of index bits.
 *
 * Addresses are page numbers here. L1 and L2 are how many pages the larger
 * leaves have; with 9 index bits they are 2 MiB and 1 GiB.
 */
#ifndef HVPT_TEST_EXHAUSTIVE_SMALL_TABLE_H
#define HVPT_TEST_EXHAUSTIVE_SMALL_TABLE_H

#include "hvpt/hvpt.h"

#define WORLD_BITS HVPT_INDEX_BITS
#define L1 (1ull << WORLD_BITS)
#define L2 (1ull << (2 * WORLD_BITS))
#define L3 (1ull << (3 * WORLD_BITS))
#define WORLD_ENTRIES (1u << WORLD_BITS)
#define WORLD_POOL 64u

/* What went wrong ends the program; it says where, and world_says runs. */
#define WORLD_CHECK(cond) world_check((cond), #cond, __FILE__, __LINE__)
void world_check(bool right, const char *what, const char *file, int line);
extern void (*world_says)(void);

/* While set: called when a page was taken, and before one is given back. */
extern void (*world_taken)(uint64_t *words);
extern void (*world_given)(void);

/**
 * struct world_page - one table page and its books
 * @used: hvpt has it
 * @seen: a walker has met it in the tree since hvpt took it, and so may
 *	have kept a pointer to it
 * @level: of its entries, when it was met
 * @first: the first page it spanned then
 */
struct world_page {
	bool used;
	bool seen;
	unsigned level;
	uint64_t first;
};

/**
 * struct world - a page table in its pool
 * @fail_at: the allocation which fails, counted down; 0: none
 * @takes: allocations so far
 * @quiet: pages which walkers have seen may not be freed now
 * @noncoherent: walkers see what was written back, and nothing else
 */
struct world {
	struct hvpt_pagetable pt;
	struct hvpt_pt_config config;
	struct world_page page[WORLD_POOL];
	unsigned in_use;
	uint64_t fail_at;
	uint64_t takes;
	bool quiet;
	bool noncoherent;
};

extern struct world world;

/** What a walker finds at a page. */
struct world_leaf {
	bool mapped;
	bool writable;
	bool dirty;
	unsigned level;
	uint64_t gpa; /* page number */
};

/** An empty page table in an empty pool. */
void world_open(unsigned levels, uint64_t page_sizes, uint32_t flags,
		bool noncoherent);

/** Destroys it; every page must be back. */
void world_close(void);

/*
 * The words of a pool page, and those a walker which does not snoop sees; the
 * page's gpa; and back (WORLD_POOL: none).
 */
uint64_t *world_words(unsigned page);
uint64_t *world_written_back(unsigned page);
uint64_t world_gpa(unsigned page);
unsigned world_index(uint64_t gpa);
unsigned world_index_of(const uint64_t *words);

/** Walks from the root. Anything hvpt never writes ends the program. */
struct world_leaf world_walk(uint64_t page);

/** As above, from a table of @level on. */
struct world_leaf world_walk_from(unsigned table, unsigned level,
				  uint64_t page);

/**
 * world_tables() - counts the table pages of the tree
 *
 * Checks every entry, that none has two parents, that each is in use.
 */
unsigned world_tables(void);

/** A device writes to @page: A and D are set where it may. Was it mapped? */
bool world_device_write(uint64_t page);

/** Does the gather hold all of this page? */
bool world_owes(const struct hvpt_gather *gather, uint64_t page);

#endif /* HVPT_TEST_EXHAUSTIVE_SMALL_TABLE_H */
