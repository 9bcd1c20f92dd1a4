/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sdm_walk.h - an independent reader of x86-64 stage-1 tables.
 *
 * Written from the Intel SDM, volume 3A, section 4.5 (4- and 5-level paging)
 * and the VT-d specification, 3.6 and 9.7 (first-stage translation), without
 * any part of hvpt: it includes no header of it, so that a misreading of the
 * format there does not repeat here. It checks hvpt in tests and in the hvpt
 * command.
 */
#ifndef ORACLE_SDM_WALK_H
#define ORACLE_SDM_WALK_H

#include <stdbool.h>
#include <stdint.h>

/* Why a walk ended without a translation. */
enum sdm_fault {
	SDM_FAULT_NONE = 0,
	SDM_FAULT_ADDRESS,     /* not canonical, or beyond the width */
	SDM_FAULT_UNREADABLE,  /* table page outside memory */
	SDM_FAULT_NOT_PRESENT, /* P clear */
	SDM_FAULT_RESERVED,    /* a reserved bit is set */
	SDM_FAULT_SUPERVISOR,  /* U/S clear at some level: VT-d refuses */
	SDM_FAULT_WRITE,       /* write asked, R/W clear at some level */
};

/**
 * struct sdm_walker - what a walk needs to know
 * @read64: loads 8 bytes of memory by physical address; false: no memory
 * @ctx: for @read64
 * @root: physical address of the top table
 * @address_mask: bits to drop from table addresses (a C-bit); usually 0
 * @levels: 4 or 5
 * @width: IOVA bits that are translated
 * @maxphyaddr: physical address bits, 36 .. 52; higher address bits are
 *	reserved
 * @canonical: true: bits 63:width-1 must be equal; false: bits 63:width must
 *	be 0
 */
struct sdm_walker {
	bool (*read64)(void *ctx, uint64_t pa, uint64_t *value);
	void *ctx;
	uint64_t root;
	uint64_t address_mask;
	unsigned levels;
	unsigned width;
	unsigned maxphyaddr;
	bool canonical;
};

/**
 * struct sdm_result - where a walk ended
 * @fault: SDM_FAULT_NONE when the address translates
 * @level: level of the last entry read: 0 PTE, 1 PDE, 2 PDPTE, 3 PML4E,
 *	4 PML5E; the walker's levels when none was read
 * @entry: that entry; an unreadable table is the one it points at
 * @pa: the physical address, byte exact; valid without a fault
 * @page_lg2: 12, 21 or 30; valid without a fault
 * @writable: R/W was set at every level; false when the walk met no leaf
 * @accessed: A was set at every level; false when the walk met no leaf
 * @dirty: D of the leaf
 */
struct sdm_result {
	enum sdm_fault fault;
	unsigned level;
	uint64_t entry;
	uint64_t pa;
	unsigned page_lg2;
	bool writable;
	bool accessed;
	bool dirty;
};

/**
 * sdm_walk() - translate one address, for a write when @write
 *
 * A walker whose numbers are outside what is said above prints a line to
 * stderr and aborts.
 */
struct sdm_result sdm_walk(const struct sdm_walker *walker, uint64_t address,
			   bool write);

/**
 * struct sdm_start - a walk that does not begin at the root
 * @table: physical address of a table, such as a cached pointer has it
 * @level: of its entries, below the walker's levels
 * @writable: R/W was set at every level above
 * @met: told of each entry that points at a lower table, or NULL: the level
 *	of the entry, what it points at, whether R/W was set from the root on
 * @met_ctx: for @met
 */
struct sdm_start {
	uint64_t table;
	unsigned level;
	bool writable;
	void (*met)(void *ctx, unsigned level, uint64_t table, bool writable);
	void *met_ctx;
};

/**
 * sdm_walk_from() - as sdm_walk(), from some table on
 *
 * The walker's root is not looked at. In the result, writable counts in what
 * @start says; accessed is about the entries read.
 */
struct sdm_result sdm_walk_from(const struct sdm_walker *walker,
				const struct sdm_start *start, uint64_t address,
				bool write);

/**
 * struct sdm_near - where the next walk may begin; all zero at first
 * @known: there was a walk, and it can be
 * @address: of the last one
 * @start: the lowest table that it read
 */
struct sdm_near {
	bool known;
	uint64_t address;
	struct sdm_start start;
};

/**
 * sdm_walk_near() - as sdm_walk() for a read, faster for addresses in a row
 *
 * For an address of the same lowest table as the last one the entries above it
 * are not read again. So neither the tables nor the walker may change while
 * @near is used. In the result, accessed is about the entries read.
 */
struct sdm_result sdm_walk_near(const struct sdm_walker *walker,
				struct sdm_near *near, uint64_t address);

/* ---- entries ------------------------------------------------------------ */

/** Is this a value of the walker's addresses? */
bool sdm_is_address(const struct sdm_walker *walker, uint64_t address);

/** Does a present entry end the walk, with a translation? */
bool sdm_is_leaf(uint64_t entry, unsigned level);

/** The bits that must be 0 in a present entry, at its level. */
uint64_t sdm_reserved_bits(const struct sdm_walker *walker, uint64_t entry,
			   unsigned level);

/**
 * Why a walk ends at an entry, for a read: NONE, NOT_PRESENT, RESERVED or
 * SUPERVISOR.
 */
enum sdm_fault sdm_check_entry(const struct sdm_walker *walker, uint64_t entry,
			       unsigned level);

/** The table that an entry points at. */
uint64_t sdm_table_of(const struct sdm_walker *walker, uint64_t entry);

/** What a leaf maps its first byte to. */
uint64_t sdm_leaf_pa(uint64_t entry, unsigned level);

/** A leaf of a level, or what a table below an entry spans: 2^n bytes. */
unsigned sdm_level_lg2(unsigned level);

/**
 * sdm_write_fault() - what sdm_walk() says for a write, by what it says for a
 * read
 *
 * The two read the same entries. They differ only in @fault, and only where a
 * page translates that is not writable; see finish() in sdm_walk.c.
 */
enum sdm_fault sdm_write_fault(const struct sdm_result *read);

/** A short text for logs, such as "not present". */
const char *sdm_fault_text(enum sdm_fault fault);

#endif /* ORACLE_SDM_WALK_H */
