/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * path_port.h - an HVPT_PORT_HEADER for proofs about one address: table memory
 * is the entries on the way to it, and nothing else (path.h).
 */
#ifndef HVPT_PROOF_PATH_PORT_H
#define HVPT_PROOF_PATH_PORT_H

#include "hvpt/types.h"

uint64_t path_load(uint64_t address);
void path_store(uint64_t address, uint64_t value);

/* Addresses are numbers here: no table is an object of CBMC. */
#define HVPT_SLOT(table, index)                                                \
	((uint64_t *)((uintptr_t)(table) + 8 * (uintptr_t)(index)))
#define HVPT_PORT_LOAD(p) path_load((uintptr_t)(p))
#define HVPT_PORT_LOAD_ACQUIRE(p) path_load((uintptr_t)(p))
#define HVPT_PORT_STORE(p, v) path_store((uintptr_t)(p), (v))
#define HVPT_PORT_ASSERT(cond) __CPROVER_assert(cond, "HVPT_PORT_ASSERT")
#define HVPT_PORT_FENCE() ((void)0)

#endif /* HVPT_PROOF_PATH_PORT_H */
