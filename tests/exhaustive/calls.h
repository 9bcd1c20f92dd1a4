/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * calls.h - calls of a page table as data, with their expected results.
 *
 * Addresses are page numbers, as in small_table.h.
 */
#ifndef HVPT_TEST_EXHAUSTIVE_CALLS_H
#define HVPT_TEST_EXHAUSTIVE_CALLS_H

#include "small_table.h"

#define PAGE 4096ull
#define RO HVPT_PROT_READ
#define RW (HVPT_PROT_READ | HVPT_PROT_WRITE)

/* The pages of a call. */
#if HVPT_INDEX_BITS == 1
#define WINDOW 8u
#elif HVPT_INDEX_BITS == 2
#define WINDOW 32u
#else
#define WINDOW 2048u
#endif

enum kind {
	MAP,
	MAP_LIST,
	UNMAP,
	PROTECT,
	RECLAIM,
	DIRTY,
	LOOKUP,
	VISIT,
	END
};

/**
 * struct call - one call
 * @odd: for maps: a gpa that allows no large leaf
 * @alone: for maps: no gather
 */
struct call {
	enum kind kind;
	uint64_t first;
	uint64_t count;
	unsigned prot;
	bool odd;
	bool alone;
};

/**
 * struct done - the result of a call, and the records of its callbacks
 * @mapping: what a lookup found
 */
struct done {
	const struct call *call;
	enum hvpt_status status;
	struct hvpt_gather gather;
	struct hvpt_mapping mapping;
	uint64_t bytes;
	uint64_t shown;
	uint64_t next;
	bool reported[WINDOW];
};

/** Callbacks of visit and read_dirty; @ctx is the struct done. */
struct call_hooks {
	hvpt_visit_fn leaf;
	hvpt_dirty_fn dirty;
};

/** Do both translate alike? */
bool call_same(const struct small_leaf *a, const struct small_leaf *b);

/** Is @page in the range of @call, which may be NULL? */
bool call_covers(const struct call *call, uint64_t page);

/** The expected status in the state @leaf. */
enum hvpt_status call_right_status(const struct call *call,
				   const struct small_leaf *leaf);

/** Applies the call to the state @leaf. */
void call_apply(const struct call *call, struct small_leaf *leaf);

/** Makes the call. A lookup reads the first page, a visit the range. */
void call_make(struct hvpt_pagetable *pt, struct done *done,
	       const struct call *call, const struct call_hooks *hooks);

/** Its name. */
const char *call_name(const struct call *call);

#endif /* HVPT_TEST_EXHAUSTIVE_CALLS_H */
