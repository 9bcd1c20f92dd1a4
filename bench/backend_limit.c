/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * backend_limit.c - the lower limit of the time: only the stores of entries.
 *
 * There is no walk and no check: flat arrays replace existing tables. With
 * bench_limit_cold, each 2 MiB of 4 KiB pages also takes a cleared page from
 * the pool and stores its address; unmap reads that page and gives it back.
 */
#define _GNU_SOURCE

#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "bench.h"
#include "pool.h"

#ifndef BENCH_NAME
#define BENCH_NAME "limit"
#endif

#define FIRST_IOVA 0x4000000000u
#define WINDOW ((uint64_t)16 << 30) /* addresses wrap in it */
#define ROOM (WINDOW + ((uint64_t)2 << 30))
#define LEAF_4K ((uint64_t)1 << 12)
#define LEAF_2M ((uint64_t)1 << 21)
#define LEAF_1G ((uint64_t)1 << 30)
#define LEAF_BITS 0x67u
#define LARGE_BIT 0x80u
#define ADDR_BITS 0xffffffffff000u

/** Entries of 4 KiB, 2 MiB and 1 GiB, and the tables of the cold case. */
struct limit {
	uint64_t *entry[3];
	uint64_t **table;
	uint64_t pgsizes;
	uint64_t largest; /* leaf mapped since the object was made */
};

static struct limit limit;

static void make_arrays(void)
{
	const unsigned shift[3] = { 12, 21, 30 };
	size_t bytes = (ROOM >> 12) * 9 + ((size_t)8 << 20);
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	limit.table = calloc(ROOM >> 21, sizeof(*limit.table));
	if (p == MAP_FAILED || !limit.table)
		abort();
	p = (char *)(((uintptr_t)p + LEAF_2M - 1) & ~(uintptr_t)(LEAF_2M - 1));
#ifdef MADV_HUGEPAGE
	(void)madvise(p, bytes - LEAF_2M, MADV_HUGEPAGE);
#endif
	for (unsigned i = 0; i < 3; i++) {
		limit.entry[i] = (uint64_t *)(void *)p;
		p += (ROOM >> shift[i]) * sizeof(uint64_t);
	}
}

static void *create(unsigned levels, uint64_t pgsizes)
{
	(void)levels;
	if (!limit.table)
		make_arrays();
	limit.pgsizes = pgsizes;
	limit.largest = 0;
	return &limit;
}

static void destroy(void *d)
{
	(void)d;
}

static inline void store(uint64_t *slot, uint64_t value)
{
	*(volatile uint64_t *)slot = value;
}

/* Inlined for each step and unrolled by hand, because compilers differ. */
static inline __attribute__((always_inline)) void
fill(uint64_t *slot, uint64_t n, uint64_t value, uint64_t step)
{
	for (; n >= 8; n -= 8) {
		store(slot, value);
		store(slot + 1, value + step);
		store(slot + 2, value + 2 * step);
		store(slot + 3, value + 3 * step);
		store(slot + 4, value + 4 * step);
		store(slot + 5, value + 5 * step);
		store(slot + 6, value + 6 * step);
		store(slot + 7, value + 7 * step);
		slot += 8;
		value += 8 * step;
	}
	for (; n; n--, value += step)
		store(slot++, value);
}

static void map_cold(struct limit *l, uint64_t at, uint64_t value, uint64_t len)
{
	while (len) {
		uint64_t *table = pool_alloc_zeroed();
		uint64_t first = at >> 12 & 511;
		uint64_t part = LEAF_2M - (at & (LEAF_2M - 1));

		if (part > len)
			part = len;
		l->table[at >> 21] = table;
		store(&l->entry[1][at >> 21], pool_pa(table) | LEAF_BITS);
		fill(table + first, part >> 12, value, LEAF_4K);
		at += part;
		value += part;
		len -= part;
	}
}

/* A table must be read once, to report how much was unmapped. */
static bool is_full(const uint64_t *slot)
{
	uint64_t all = 1;

	for (unsigned i = 0; i < 512; i += 8)
		all &= slot[i] & slot[i + 1] & slot[i + 2] & slot[i + 3] &
		       slot[i + 4] & slot[i + 5] & slot[i + 6] & slot[i + 7];
	return all != 0;
}

static uint64_t unmap_cold(struct limit *l, uint64_t at, uint64_t len)
{
	bool full = true;

	for (uint64_t i = at >> 21; i << 21 < at + len; i++) {
		full &= is_full(l->table[i]);
		store(&l->entry[1][i], 0);
		pool_free(l->table[i]);
	}
	return full ? len : 0;
}

/* Bytes before the first 2 MiB border, or all if the border is not inside. */
static uint64_t head_of(uint64_t at, uint64_t len)
{
	uint64_t head = -at & (LEAF_2M - 1);

	return head + LEAF_2M <= len ? head : len;
}

/* A head of 4 KiB entries, a middle of 2 MiB ones, a tail of 4 KiB ones. */
static inline __attribute__((always_inline)) void
fill_mixed(struct limit *l, uint64_t at, uint64_t len, uint64_t value,
	   uint64_t large, bool clear)
{
	uint64_t head = head_of(at, len);
	uint64_t middle = (len - head) & ~(LEAF_2M - 1);
	uint64_t small = clear ? 0 : LEAF_4K, step = clear ? 0 : LEAF_2M;

	if (head)
		fill(l->entry[0] + (at >> 12), head >> 12, value, small);
	at += head;
	value += clear ? 0 : head;
	fill(l->entry[1] + (at >> 21), middle >> 21, value | large, step);
	at += middle;
	value += clear ? 0 : middle;
	len -= head + middle;
	if (len)
		fill(l->entry[0] + (at >> 12), len >> 12, value, small);
}

/* The largest leaf that both addresses and the length allow. */
static inline uint64_t leaf_size(const struct limit *l, uint64_t at,
				 uint64_t pa, uint64_t len)
{
	if (len < LEAF_2M || ((at ^ pa) & (LEAF_2M - 1)) ||
	    !(l->pgsizes & LEAF_2M))
		return LEAF_4K;
	if (len == LEAF_1G && !((at | pa) & (LEAF_1G - 1)) &&
	    (l->pgsizes & LEAF_1G))
		return LEAF_1G;
	return LEAF_2M;
}

static int map(void *d, uint64_t iova, uint64_t pa, uint64_t len, unsigned prot)
{
	struct limit *l = d;
	uint64_t at = (iova - FIRST_IOVA) & (WINDOW - 1);
	uint64_t value = pa | LEAF_BITS;
	uint64_t size = leaf_size(l, at, pa, len);

	(void)prot;
	if (bench_limit_cold) {
		map_cold(l, at, value, len);
		return 0;
	}
	if (size == LEAF_4K) {
		fill(l->entry[0] + (at >> 12), len >> 12, value, LEAF_4K);
		return 0;
	}
	l->largest = size;
	if (size == LEAF_1G)
		store(&l->entry[2][at >> 30], value | LARGE_BIT);
	else
		fill_mixed(l, at, len, value, LARGE_BIT, false);
	return 0;
}

static uint64_t unmap(void *d, uint64_t iova, uint64_t len)
{
	struct limit *l = d;
	uint64_t at = (iova - FIRST_IOVA) & (WINDOW - 1);

	if (bench_limit_cold)
		return unmap_cold(l, at, len);
	if (l->largest == LEAF_1G)
		store(&l->entry[2][at >> 30], 0);
	else if (l->largest == LEAF_2M)
		fill_mixed(l, at, len, 0, 0, true);
	else
		fill(l->entry[0] + (at >> 12), len >> 12, 0, 0);
	return len;
}

static uint64_t iova_to_phys(void *d, uint64_t iova)
{
	const struct limit *l = d;
	uint64_t at = (iova - FIRST_IOVA) & (WINDOW - 1);

	return (l->entry[0][at >> 12] & ADDR_BITS) | (iova & (LEAF_4K - 1));
}

static size_t table_pages(void *d)
{
	(void)d;
	return 0;
}

struct bench_backend bench_backend_limit = {
	.name = BENCH_NAME,
	.create = create,
	.map = map,
	.unmap = unmap,
	.iova_to_phys = iova_to_phys,
	.destroy = destroy,
	.table_pages = table_pages,
	.flags = BF_LIMIT,
};
