/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reuse.h - how soon an IOVA is mapped again after its unmap.
 *
 * The distance is the number of unmaps of the domain between the two. It
 * decides what a lazy flush can save: an IOVA that comes back within the window
 * must wait for a flush. A fixed number of unmaps is remembered. Of maps that
 * continue each other only the first counts: they are unmapped as one.
 */
#ifndef TOOLS_REPORT_REUSE_H
#define TOOLS_REPORT_REUSE_H

#include <stdbool.h>
#include <stdint.h>

#define REUSE_SLOTS 16384u
#define REUSE_LOG2 64u

/** An IOVA that was unmapped; @after: unmaps of its domain up to that. */
struct reuse_slot {
	bool used;
	uint32_t domain;
	uint64_t iova;
	uint64_t after;
};

/**
 * struct reuse - what was unmapped last, and the distances
 * @soon: maps of the IOVA that the last unmap freed
 * @again: maps at greater distances, by their log2
 * @fresh: maps of an IOVA that was never unmapped, or is forgotten
 * @forgotten: unmaps that others replaced
 */
struct reuse {
	uint64_t soon;
	uint64_t again[REUSE_LOG2];
	uint64_t fresh;
	uint64_t forgotten;
	struct reuse_slot slot[REUSE_SLOTS];
};

/** @unmaps: of the domain, up to this one. */
void reuse_unmap(struct reuse *reuse, uint32_t domain, uint64_t iova,
		 uint64_t unmaps);

void reuse_map(struct reuse *reuse, uint32_t domain, uint64_t iova,
	       uint64_t unmaps);

#endif /* TOOLS_REPORT_REUSE_H */
