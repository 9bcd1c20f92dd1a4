/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bench.h - what a page table must offer to be measured.
 *
 * Addresses and lengths are bytes, all multiples of 4 KiB but for a lookup's.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

#define BENCH_PROT_READ 1u
#define BENCH_PROT_WRITE 2u

/* Properties of a backend. */
#define BF_LIMIT 1u	/* stores without a page table: never verified */
#define BF_NO5 2u	/* 4 levels only */
#define BF_LOWER 4u	/* the lower half of the address space only */
#define BF_OVERWRITE 8u /* a map over a live range is not refused */

/* There is a member reclaim below. */
#define BENCH_HAS_RECLAIM 1

/** One piece of a scatter list. */
struct bench_segment {
	uint64_t pa;
	uint64_t len;
};

/**
 * struct bench_backend - one page table, seen by the benchmark
 * @name: for tables
 * @create: an empty one, with 4 or 5 levels; bit n of @pgsizes allows leaves
 *	of 2^n bytes
 * @map: 0, or a negative error; then nothing of this call is left mapped
 * @unmap: whole earlier maps; the bytes unmapped. The flush is empty: tables
 *	that left the tree are back in the pool on return.
 * @iova_to_phys: 0 when nothing is mapped
 * @destroy: gives everything back
 * @table_pages: table pages held, root included
 * @root_pa: where a walker begins
 * @flags: BF_*
 * @map_list: maps @n segments back to back, all or nothing; NULL: there is no
 *	such call, and each segment is mapped by itself
 * @reclaim: takes empty tables out of the tree; NULL: there is no such call
 */
struct bench_backend {
	const char *name;
	void *(*create)(unsigned levels, uint64_t pgsizes);
	int (*map)(void *d, uint64_t iova, uint64_t pa, uint64_t len,
		   unsigned prot);
	uint64_t (*unmap)(void *d, uint64_t iova, uint64_t len);
	uint64_t (*iova_to_phys)(void *d, uint64_t iova);
	void (*destroy)(void *d);
	size_t (*table_pages)(void *d);
	uint64_t (*root_pa)(void *d);
	unsigned flags;
	int (*map_list)(void *d, uint64_t iova, const struct bench_segment *seg,
			unsigned n, unsigned prot);
	void (*reclaim)(void *d, uint64_t iova, uint64_t len);
};

/* Ends with NULL. The first one named hvpt* is what others are compared to. */
extern struct bench_backend *const bench_backends[];

/*
 * Told to backends of kind BF_LIMIT: each map needs new leaf tables, each
 * unmap gives them back.
 */
extern int bench_limit_cold;

#endif /* BENCH_H */
