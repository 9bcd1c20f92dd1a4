/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bench.h - the interface of a page table that is measured.
 *
 * Addresses and lengths are in bytes, and multiples of 4 KiB except in a
 * lookup.
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
 * @create: creates an empty table with 4 or 5 levels; bit n of @pgsizes allows
 *	leaves of 2^n bytes
 * @map: returns 0, or a negative error, and then nothing of the call is mapped
 * @unmap: unmaps whole earlier maps and returns the bytes unmapped. The flush
 *	does nothing: detached tables are back in the pool on return.
 * @iova_to_phys: returns 0 when nothing is mapped
 * @destroy: frees everything
 * @table_pages: table pages held, root included
 * @root_pa: where a walker starts
 * @flags: BF_*
 * @map_list: maps @n segments in a row, all or nothing; NULL: there is no such
 *	call, and each segment is mapped by a call of its own
 * @reclaim: frees empty tables; NULL: there is no such call
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

/* Ends with NULL. Others are compared to the first one named hvpt*. */
extern struct bench_backend *const bench_backends[];

/*
 * For backends of kind BF_LIMIT: each map needs new leaf tables, and each unmap
 * frees them.
 */
extern int bench_limit_cold;

#endif /* BENCH_H */
