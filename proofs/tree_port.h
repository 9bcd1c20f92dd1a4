/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tree_port.h - an HVPT_PORT_HEADER for proofs about whole trees of small
 * tables: table memory is the pool of any_tree.h. One thread, plain accesses.
 */
#ifndef HVPT_PROOF_TREE_PORT_H
#define HVPT_PROOF_TREE_PORT_H

#include "hvpt/types.h"

/* Tables of two entries. */
#define HVPT_INDEX_BITS 1u

/* What the core may reach: words of the pool, and counters of the object. */
uint64_t tree_load(const uint64_t *slot);
void tree_store(uint64_t *slot, uint64_t value);
bool tree_swap(uint64_t *slot, uint64_t *seen, uint64_t value);

/* Addresses are numbers here: no table is an object of CBMC. */
#define HVPT_SLOT(table, index)                                                \
	((uint64_t *)((uintptr_t)(table) + 8 * (uintptr_t)(index)))
#define HVPT_PORT_LOAD(p) tree_load(p)
#define HVPT_PORT_LOAD_ACQUIRE(p) tree_load(p)
#define HVPT_PORT_STORE(p, v) tree_store((p), (v))
#define HVPT_PORT_CAS(p, seen, v) tree_swap((p), (seen), (v))
#define HVPT_PORT_FETCH_AND(p, v) tree_store((p), tree_load((p)) & (v))
#define HVPT_PORT_FETCH_OR(p, v) tree_store((p), tree_load((p)) | (v))
/* only counters are added to */
#define HVPT_PORT_ADD(p, v) ((void)(*(p) += (v)))
#define HVPT_PORT_ASSERT(cond) __CPROVER_assert(cond, "HVPT_PORT_ASSERT")
#define HVPT_PORT_FENCE() ((void)0)

#endif /* HVPT_PROOF_TREE_PORT_H */
