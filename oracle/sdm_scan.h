/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sdm_scan.h - reads all of the tables that sdm_walk() walks.
 *
 * No contents of memory make it loop or work without end: a table is read once,
 * and so many tables at most.
 */
#ifndef ORACLE_SDM_SCAN_H
#define ORACLE_SDM_SCAN_H

#include <stddef.h>

#include "sdm_walk.h"

/* The most tables that a scan reads: 4 GiB of them. */
#define SDM_SCAN_TABLES ((size_t)1 << 20)

/** What a scan meets. */
enum sdm_seen_kind {
	SDM_SEEN_LEAF = 0,  /* translates */
	SDM_SEEN_TABLE = 1, /* a table, whose entries come next */
	SDM_SEEN_FAULT = 2, /* ends each walk that reads it */
	SDM_SEEN_LOOP = 3,  /* points at a table on the way to it */
	SDM_SEEN_AGAIN = 4, /* points at a table that was read already */
};

/**
 * struct sdm_seen - a present entry
 * @fault: of SDM_SEEN_FAULT: RESERVED, SUPERVISOR; ADDRESS: it stands for no
 *	address of the walker; UNREADABLE: the table it points at is not there
 * @level: of the entry
 * @address: the first that it stands for
 * @entry: its value
 * @entry_pa: where it is
 * @pa: what a leaf maps @address to; else the table that it points at
 * @writable: R/W is set in it and in all above it
 * @accessed: so is A
 * @dirty: D of a leaf
 */
struct sdm_seen {
	enum sdm_seen_kind kind;
	enum sdm_fault fault;
	unsigned level;
	uint64_t address;
	uint64_t entry;
	uint64_t entry_pa;
	uint64_t pa;
	bool writable;
	bool accessed;
	bool dirty;
};

/** Sees an entry. Return: false to stop. */
typedef bool (*sdm_seen_fn)(void *ctx, const struct sdm_seen *seen);

enum sdm_scan_end {
	SDM_SCAN_WHOLE = 0,
	SDM_SCAN_STOPPED = 1,	 /* by the function */
	SDM_SCAN_UNREADABLE = 2, /* the root is not there */
	SDM_SCAN_TABLES_MAX = 3, /* more than SDM_SCAN_TABLES */
};

/**
 * sdm_scan() - see each present entry, in the order of addresses
 *
 * Entries below one that ends a walk, loops or comes again are not read.
 * Running out of memory prints a line to stderr and aborts.
 */
enum sdm_scan_end sdm_scan(const struct sdm_walker *walker, sdm_seen_fn fn,
			   void *ctx);

#endif /* ORACLE_SDM_SCAN_H */
