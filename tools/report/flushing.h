/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * flushing.h - what each flush policy costs, strict and lazy.
 *
 * Strict flushes after each unmap. Lazy flushes after N unmaps of a domain, or
 * before an IOVA is mapped again whose unmap is not flushed. hvpt replay does
 * the same with a model of the hypervisor, and arrives at the same figures.
 */
#ifndef TOOLS_REPORT_FLUSHING_H
#define TOOLS_REPORT_FLUSHING_H

#include "hvpt/hvpt.h"

#define FLUSH_POLICIES 3u

enum flush_mode {
	FLUSH_STRICT = 0,
	FLUSH_LAZY = 1,
	FLUSH_MODES = 2,
};

/* Lazy: the most unmaps between two flushes. */
#define LAZY_MAX 1024u

/**
 * struct flush_cost - of one policy
 * @calls: hypercalls
 * @descriptors: in them
 * @over: pages that these flush beyond those that were asked for
 * @full: flushes of the whole domain
 */
struct flush_cost {
	uint64_t calls;
	uint64_t descriptors;
	uint64_t over;
	uint64_t full;
};

/**
 * struct flushing - of all domains
 * @lazy: unmaps between two flushes, by mode
 * @syncs: flushes; @forced: of those, the early ones, before a map
 * @asked: pages of the ranges that were flushed
 * @cost: by enum hvpt_flush_policy
 */
struct flushing {
	uint64_t lazy[FLUSH_MODES];
	uint64_t syncs[FLUSH_MODES];
	uint64_t forced[FLUSH_MODES];
	uint64_t asked[FLUSH_MODES];
	struct flush_cost cost[FLUSH_MODES][FLUSH_POLICIES];
};

/**
 * struct unflushed - what a domain has not flushed yet
 * @gather: the ranges
 * @tables: table pages wait for the flush, too
 * @granule: the ranges are flushed in multiples of this, because of splits
 * @unmaps: since the last flush
 * @count: how many of @range are in use
 * @range: what was unmapped since
 */
struct unflushed {
	struct hvpt_gather gather;
	bool tables;
	uint64_t granule;
	uint64_t unmaps;
	unsigned count;
	struct hvpt_iova_range range[LAZY_MAX];
};

void flushing_init(struct flushing *flushing, uint64_t lazy);
void unflushed_init(struct unflushed *unflushed);

/**
 * flushing_unmap() - what an unmap left in the gather of a page table
 * @gone: the bytes that were mapped in the range; 0: nothing was
 * @gather: released on return
 */
void flushing_unmap(struct flushing *flushing, struct unflushed *lazy,
		    struct hvpt_pagetable *pt, struct hvpt_gather *gather,
		    const struct hvpt_iova_range *range, uint64_t gone);

/**
 * flushing_before_map() - a range is about to be mapped
 *
 * Return: is it used while its unmap waits for a lazy flush?
 */
bool flushing_before_map(struct flushing *flushing, struct unflushed *lazy,
			 const struct hvpt_iova_range *range);

/** What a map left in the gather, which is released: replaced tables. */
void flushing_after_map(struct flushing *flushing, struct unflushed *lazy,
			struct hvpt_pagetable *pt, struct hvpt_gather *gather);

/** The last, lazy flush. */
void flushing_end(struct flushing *flushing, struct unflushed *lazy);

#endif /* TOOLS_REPORT_FLUSHING_H */
