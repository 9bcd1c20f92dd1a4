/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Entry bits, from SDM volume 3A, tables 4-14 .. 4-20:
 *
 *   0 P, 1 R/W, 2 U/S, 5 A, 6 D (leaf), 7 PS where a leaf is possible above
 *   the PTE, 12 PAT of a large leaf, M-1:12 address (M is MAXPHYADDR).
 *   Reserved: 51:M everywhere; 7 in PML5E and PML4E; 29:13 of a 1 GiB leaf,
 *   20:13 of a 2 MiB leaf; 63 while no-execute is off (NXE of the
 *   PASID entry in VT-d).
 *   All other bits are ignored or choose a memory type.
 *
 * A not-present or reserved entry ends the walk at its level. U/S does too:
 * DMA is a user access (VT-d 3.6), and the level that denies it is worth
 * knowing. R/W of all levels is checked once the leaf is known (SDM 4.6).
 */
#include "sdm_walk.h"

#include <stdio.h>
#include <stdlib.h>

#define BIT(n) (UINT64_C(1) << (n))
/* Bits high .. low, both included. */
#define BITS(high, low)                                                        \
	((~UINT64_C(0) >> (63 - (high))) & (~UINT64_C(0) << (low)))

#define E_P BIT(0)
#define E_RW BIT(1)
#define E_US BIT(2)
#define E_A BIT(5)
#define E_D BIT(6)
#define E_PS BIT(7)
#define E_XD BIT(63)

enum {
	LEVEL_PTE,
	LEVEL_PDE,
	LEVEL_PDPTE
};

/**
 * struct path - the entries on the way down
 * @table: where the next one is
 * @all: AND of them: what all of them allow
 * @pointer: the bits that point at a table
 * @reserved: bits that are reserved in an entry of any level
 */
struct path {
	uint64_t table;
	uint64_t all;
	uint64_t pointer;
	uint64_t reserved;
};

static void check_walker(const struct sdm_walker *walker)
{
	if ((walker->levels == 4 || walker->levels == 5) &&
	    walker->width > 12 && walker->width <= 12 + 9 * walker->levels &&
	    walker->maxphyaddr >= 36 && walker->maxphyaddr <= 52 &&
	    (walker->address_mask & ~BITS(51, 12)) == 0)
		return;
	fprintf(stderr,
		"sdm_walk: no such walker: %u levels, width %u, "
		"maxphyaddr %u, address mask %#llx\n",
		walker->levels, walker->width, walker->maxphyaddr,
		(unsigned long long)walker->address_mask);
	abort();
}

_Noreturn static void die_no_start(const struct sdm_start *start)
{
	fprintf(stderr, "sdm_walk: no table has entries of level %u here\n",
		start->level);
	abort();
}

/* SDM 3.3.7.1 for canonical; VT-d 3.6 asks the same of a DMA address. */
bool sdm_is_address(const struct sdm_walker *walker, uint64_t address)
{
	uint64_t high = BITS(63, walker->width - 1);

	if (walker->canonical)
		return (address & high) == 0 || (address & high) == high;
	return (address >> walker->width) == 0;
}

/* Does a present entry of @level end the walk? */
bool sdm_is_leaf(uint64_t entry, unsigned level)
{
	return level == LEVEL_PTE ||
	       (level <= LEVEL_PDPTE && (entry & E_PS) != 0);
}

unsigned sdm_level_lg2(unsigned level)
{
	return 12 + 9 * level;
}

/* The bits that must be 0 in a present entry, whatever its level. */
static inline uint64_t always_reserved(const struct sdm_walker *walker)
{
	uint64_t bits = E_XD;

	if (walker->maxphyaddr < 52)
		bits |= BITS(51, walker->maxphyaddr);
	return bits & ~walker->address_mask;
}

uint64_t sdm_reserved_bits(const struct sdm_walker *walker, uint64_t entry,
			   unsigned level)
{
	uint64_t bits = always_reserved(walker);

	if (level > LEVEL_PDPTE)
		bits |= E_PS;
	else if (level > LEVEL_PTE && sdm_is_leaf(entry, level))
		bits |= BITS(sdm_level_lg2(level) - 1, 13) &
			~walker->address_mask;
	return bits;
}

enum sdm_fault sdm_check_entry(const struct sdm_walker *walker, uint64_t entry,
			       unsigned level)
{
	if (!(entry & E_P))
		return SDM_FAULT_NOT_PRESENT;
	if (entry & sdm_reserved_bits(walker, entry, level))
		return SDM_FAULT_RESERVED;
	if (!(entry & E_US))
		return SDM_FAULT_SUPERVISOR;
	return SDM_FAULT_NONE;
}

/*
 * Is it an entry without a fault, at any level? Most are: then what its level
 * reserves need not be known. Without PS that is nothing more.
 */
static inline bool is_plain(uint64_t entry, uint64_t reserved)
{
	return (entry & (E_P | E_US | E_PS | reserved)) == (E_P | E_US);
}

/* The bits of an entry that point at a table. */
static inline uint64_t pointer_bits(const struct sdm_walker *walker)
{
	return BITS(51, 12) & ~walker->address_mask;
}

uint64_t sdm_table_of(const struct sdm_walker *walker, uint64_t entry)
{
	return entry & pointer_bits(walker);
}

uint64_t sdm_leaf_pa(uint64_t entry, unsigned level)
{
	return entry & BITS(51, 12) & ~BITS(sdm_level_lg2(level) - 1, 0);
}

/* Physical address of the entry for @address in @table. SDM figure 4-8. */
static uint64_t entry_pa(uint64_t table, uint64_t address, unsigned level)
{
	uint64_t index = (address >> sdm_level_lg2(level)) & BITS(8, 0);

	return table + index * 8;
}

/* Reads and checks the entry of the level below the last one read. */
static inline enum sdm_fault step_down(const struct sdm_walker *walker,
				       struct path *path, uint64_t address,
				       struct sdm_result *result)
{
	unsigned level = result->level - 1;
	uint64_t entry;

	if (!walker->read64(walker->ctx, entry_pa(path->table, address, level),
			    &entry))
		return SDM_FAULT_UNREADABLE;
	result->level = level;
	result->entry = entry;
	path->all &= entry;
	path->table = entry & path->pointer;
	if (is_plain(entry, path->reserved))
		return SDM_FAULT_NONE;
	return sdm_check_entry(walker, entry, level);
}

enum sdm_fault sdm_write_fault(const struct sdm_result *read)
{
	if (read->fault == SDM_FAULT_NONE && !read->writable)
		return SDM_FAULT_WRITE;
	return read->fault;
}

static void finish(const struct path *path, uint64_t address, bool write,
		   struct sdm_result *result)
{
	unsigned lg2 = sdm_level_lg2(result->level);
	uint64_t offset = BITS(lg2 - 1, 0);

	result->writable = (path->all & E_RW) != 0;
	result->accessed = (path->all & E_A) != 0;
	result->dirty = (result->entry & E_D) != 0;
	if (write)
		result->fault = sdm_write_fault(result);
	if (result->fault != SDM_FAULT_NONE)
		return;
	result->page_lg2 = lg2;
	result->pa = sdm_leaf_pa(result->entry, result->level) |
		     (address & offset);
}

/* A root register with other bits than an address has no table. */
static bool is_table(const struct sdm_walker *walker, uint64_t table)
{
	return (table & ~BITS(walker->maxphyaddr - 1, 12)) == 0;
}

static struct path path_of(const struct sdm_walker *walker,
			   const struct sdm_start *start)
{
	struct path path = {
		.table = start->table & ~walker->address_mask,
		.all = ~UINT64_C(0),
		.pointer = pointer_bits(walker),
		.reserved = always_reserved(walker),
	};

	if (!start->writable)
		path.all &= ~E_RW;
	return path;
}

static void tell_met(const struct sdm_start *start, const struct path *path,
		     const struct sdm_result *result)
{
	if (start->met)
		start->met(start->met_ctx, result->level, path->table,
			   (path->all & E_RW) != 0);
}

struct sdm_result sdm_walk_from(const struct sdm_walker *walker,
				const struct sdm_start *start, uint64_t address,
				bool write)
{
	struct sdm_result result = { .level = start->level + 1 };
	struct path path;

	check_walker(walker);
	if (result.level > walker->levels)
		die_no_start(start);
	path = path_of(walker, start);
	if (!sdm_is_address(walker, address))
		result.fault = SDM_FAULT_ADDRESS;
	else if (!is_table(walker, path.table))
		result.fault = SDM_FAULT_UNREADABLE;
	while (result.fault == SDM_FAULT_NONE) {
		result.fault = step_down(walker, &path, address, &result);
		if (result.fault != SDM_FAULT_NONE ||
		    sdm_is_leaf(result.entry, result.level))
			break;
		tell_met(start, &path, &result);
	}
	if (result.fault == SDM_FAULT_NONE)
		finish(&path, address, write, &result);
	return result;
}

static struct sdm_start root_of(const struct sdm_walker *walker)
{
	const struct sdm_start start = {
		.table = walker->root,
		.level = walker->levels - 1,
		.writable = true,
	};

	return start;
}

struct sdm_result sdm_walk(const struct sdm_walker *walker, uint64_t address,
			   bool write)
{
	const struct sdm_start start = root_of(walker);

	return sdm_walk_from(walker, &start, address, write);
}

/* ---- walks of addresses that are near each other --------------------- */

/* The met of a sdm_start: the next walk may begin at this table. */
static void note_table(void *ctx, unsigned level, uint64_t table, bool writable)
{
	struct sdm_near *near = ctx;

	near->start.table = table;
	near->start.level = level - 1;
	near->start.writable = writable;
}

static bool has_table_of(const struct sdm_near *near, uint64_t address)
{
	unsigned above = near->start.level + 1;

	return near->known &&
	       (near->address ^ address) >> sdm_level_lg2(above) == 0;
}

struct sdm_result sdm_walk_near(const struct sdm_walker *walker,
				struct sdm_near *near, uint64_t address)
{
	struct sdm_result result;
	struct sdm_start start;

	if (!has_table_of(near, address))
		near->start = root_of(walker);
	start = near->start;
	start.met = note_table;
	start.met_ctx = near;
	result = sdm_walk_from(walker, &start, address, false);
	/* The result has to name the entry that points out of memory. */
	near->known = result.fault != SDM_FAULT_UNREADABLE;
	near->address = address;
	return result;
}

const char *sdm_fault_text(enum sdm_fault fault)
{
	switch (fault) {
	case SDM_FAULT_NONE:
		return "no fault";
	case SDM_FAULT_ADDRESS:
		return "address not canonical or too wide";
	case SDM_FAULT_UNREADABLE:
		return "table outside memory";
	case SDM_FAULT_NOT_PRESENT:
		return "not present";
	case SDM_FAULT_RESERVED:
		return "reserved bit set";
	case SDM_FAULT_SUPERVISOR:
		return "supervisor only";
	case SDM_FAULT_WRITE:
		return "write to read-only";
	}
	return "unknown fault";
}
