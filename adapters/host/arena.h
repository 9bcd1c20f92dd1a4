/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * arena.h - table pages for a page table in an ordinary process.
 *
 * Pages come from one reserved region and have fake guest-physical addresses,
 * gpa_base upward, so that a gpa used as a pointer (or the reverse) fails at
 * once. The arena counts, fails on request, poisons what is freed and keeps
 * books on which page is in use. All functions may be called by many threads.
 * Misuse (double free, a foreign page, a write to a page not in use) prints a
 * line to stderr and aborts.
 *
 * Each word of the poison has P and bit 63 set: a stale walker that meets it
 * faults on a reserved bit, an audit finds an entry hvpt never writes, and as
 * a pointer it is not canonical.
 */
#ifndef HVPT_HOST_ARENA_H
#define HVPT_HOST_ARENA_H

#include "hvpt/pagetable.h"

struct hvpt_arena;

/* Page hooks whose ctx is a struct hvpt_arena *. */
extern const struct hvpt_page_ops hvpt_arena_ops;

/*
 * The same for an IOMMU that does not snoop caches: write_back copies words
 * to a shadow, and what was not written back since the page was allocated is
 * poison there. Give a page back through the hooks it came from or the others.
 */
extern const struct hvpt_page_ops hvpt_arena_noncoherent_ops;

/**
 * hvpt_arena_create() - reserve room for @pages table pages
 * @pages: at most so many can be in use at once
 * @gpa_base: gpa of the first; 4 KiB aligned, gpa_base + pages * 4096 <= 2^52
 *
 * Memory is committed as pages are used. Return: the arena, NULL when the
 * arguments or the system refuse.
 */
struct hvpt_arena *hvpt_arena_create(size_t pages, uint64_t gpa_base);

/** Unmaps everything; pages still in use are the caller's business. */
void hvpt_arena_destroy(struct hvpt_arena *arena);

/** The direct_map_offset to put into a struct hvpt_pt_config. */
uint64_t hvpt_arena_offset(const struct hvpt_arena *arena);

/** Pages in use now; the most there ever were; calls of alloc_page so far. */
size_t hvpt_arena_in_use(struct hvpt_arena *arena);
size_t hvpt_arena_peak(struct hvpt_arena *arena);
uint64_t hvpt_arena_allocs(struct hvpt_arena *arena);

/** Makes the @n-th alloc_page from now on fail, once; 0: none. */
void hvpt_arena_fail_at(struct hvpt_arena *arena, uint64_t n);

/** Is this the gpa (first byte) of a page in use? Any value may be asked. */
bool hvpt_arena_owns(struct hvpt_arena *arena, uint64_t gpa);

/**
 * hvpt_arena_read64() - read table memory as an IOMMU would, by gpa
 * @arena: a struct hvpt_arena *, void so that it fits a callback
 * @gpa: 8-byte aligned
 * @value: out: one atomic load
 *
 * Return: false when the page is not in use: a walker must report it.
 */
bool hvpt_arena_read64(void *arena, uint64_t gpa, uint64_t *value);

/** As above, for tests that plant entries or flip A and D: atomic store. */
bool hvpt_arena_write64(void *arena, uint64_t gpa, uint64_t value);

/**
 * hvpt_arena_read_shadow64() - read as an IOMMU that does not snoop would
 *
 * As hvpt_arena_read64(), but false also for a page that did not come from
 * hvpt_arena_noncoherent_ops: it has no shadow.
 */
bool hvpt_arena_read_shadow64(void *arena, uint64_t gpa, uint64_t *value);

/**
 * hvpt_arena_claim() - a hvpt_table_check_fn that allows each page once
 *
 * True when @table is in use and was not claimed since the last
 * hvpt_arena_unclaim_all().
 */
bool hvpt_arena_claim(void *arena, hvpt_gpa_t table, unsigned level);
void hvpt_arena_unclaim_all(struct hvpt_arena *arena);

#endif /* HVPT_HOST_ARENA_H */
