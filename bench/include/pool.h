/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * pool.h - the page allocator that all backends share.
 *
 * Each thread has a stack of free 4 KiB pages: the last page freed is the first
 * to be reused. The links are outside the pages, so a freed page keeps its
 * contents. The physical address of a page is its pointer minus
 * page_offset_base.
 */
#ifndef POOL_H
#define POOL_H

#include <stddef.h>
#include <stdint.h>

/* Each page has POOL_INFO_BYTES at pool_info; the pool uses the last word. */
#define POOL_INFO_BYTES 64u

extern unsigned long pool_base, pool_info, page_offset_base;

/** Reserves and touches @bytes; once, before any other call. */
void pool_init(size_t bytes);

/** Returns a zeroed page. Ends the program when there is none. */
void *pool_alloc_zeroed(void);

/** Clears a page; how often this thread did. */
void pool_clear(void *page);
unsigned long pool_clears(void);

void pool_free(void *page);

/** Must be the last call of a thread that used the pool. */
void pool_thread_exit(void);

/** Pages in use by all threads; no other thread may use the pool now. */
long pool_in_use(void);

/** Is @pa the first byte of a page of the pool? */
int pool_has(uint64_t pa);

static inline uint64_t pool_pa(const void *va)
{
	return (uint64_t)(uintptr_t)va - page_offset_base;
}

static inline void *pool_va(uint64_t pa)
{
	return (void *)(uintptr_t)(pa + page_offset_base);
}

#endif /* POOL_H */
