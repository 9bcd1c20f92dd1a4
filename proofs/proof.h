/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * proof.h - what all proofs share. CBMC reads them; they are never compiled.
 *
 * A proof has a function proof(). Its inputs are any values, nondet_*(), about
 * which it may assume something. It asserts what must hold. Each REACHED() is a
 * probe that CBMC must reach: where it cannot, the assumptions are
 * contradictory, and whatever is asserted behind them holds for no reason.
 */
#ifndef HVPT_PROOF_H
#define HVPT_PROOF_H

/* What accesses to memory are. */
#ifndef PROOF_PORT
#define PROOF_PORT "proofs/plain_port.h"
#endif
#define HVPT_PORT_HEADER PROOF_PORT
#include "hvpt/types.h"

uint64_t nondet_u64(void);
uint32_t nondet_u32(void);
uint16_t nondet_u16(void);
uint8_t nondet_u8(void);
bool nondet_bool(void);

#define ASSUME(condition) __CPROVER_assume(condition)
#define ASSERT(condition) __CPROVER_assert(condition, #condition)

#ifdef PROOF_NO_PROBES
#define REACHED(what) ((void)0)
#else
#define REACHED(what) __CPROVER_assert(0, "reached: " what)
#endif

/* Does @a imply @b? */
#define IMPLIES(a, b) (!(a) || (b))

void proof(void);

#endif /* HVPT_PROOF_H */
