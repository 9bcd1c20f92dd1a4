/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hypervisor_ptes.h - cached PTEs of a domain, found by their page.
 *
 * A PTE holds for one page, so a flush never leaves a part of it. A page has
 * several when it was mapped otherwise before and not flushed. They come in
 * the order in which a hypervisor_tree has them.
 */
#ifndef ORACLE_HYPERVISOR_PTES_H
#define ORACLE_HYPERVISOR_PTES_H

#include "hypervisor_tree.h"

/**
 * struct hypervisor_pte - a cached PTE
 * @next: the next one of its page
 */
struct hypervisor_pte {
	struct hypervisor_piece piece;
	struct hypervisor_pte *next;
};

struct hypervisor_pte_group;

/**
 * struct hypervisor_ptes - PTEs; all zero is none
 * @bucket: groups of pages, by a hash of their address
 * @buckets: a power of two, or 0
 * @groups: those that have a PTE
 * @count: PTEs
 * @unused_group, @unused: to be used again
 */
struct hypervisor_ptes {
	struct hypervisor_pte_group **bucket;
	size_t buckets;
	size_t groups;
	size_t count;
	struct hypervisor_pte_group *unused_group;
	struct hypervisor_pte *unused;
};

/** Adds a PTE, which is one whole page, unless the very same one is there. */
void hypervisor_ptes_add(struct hypervisor_ptes *ptes,
			 const struct hypervisor_piece *piece);

/** The first PTE of the page that has @iova; or NULL. */
const struct hypervisor_pte *
hypervisor_ptes_at(const struct hypervisor_ptes *ptes, uint64_t iova);

/** Drops the PTEs of first .. last, which are whole pages. */
void hypervisor_ptes_flush(struct hypervisor_ptes *ptes, uint64_t first,
			   uint64_t last);

/** Drops all PTEs, and frees everything. */
void hypervisor_ptes_clear(struct hypervisor_ptes *ptes);

#endif /* ORACLE_HYPERVISOR_PTES_H */
