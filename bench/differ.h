/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * differ.h - the same calls to every page table; all must translate alike.
 */
#ifndef BENCH_DIFFER_H
#define BENCH_DIFFER_H

#include <stdint.h>

/**
 * struct differ_done - what was compared
 * @tables: page tables that took part
 * @maps: maps that succeeded
 * @refused: maps over a live range
 * @unmaps: unmaps
 * @walks: addresses that were walked, in each of the tables
 */
struct differ_done {
	unsigned tables;
	uint64_t maps;
	uint64_t refused;
	uint64_t unmaps;
	uint64_t walks;
};

/**
 * differ() - makes @calls random maps and unmaps in all backends
 *
 * Backends that cannot be verified, or have no @levels, take no part. After
 * each call an independent walker reads the ends of the range, the pages beside
 * it and some others in every table: the fault, the physical address, the leaf
 * size and the permission must be the same, and so must the backends' own
 * lookups. On a difference it prints both and ends the program.
 */
struct differ_done differ(unsigned levels, uint64_t calls, uint64_t seed);

#endif /* BENCH_DIFFER_H */
