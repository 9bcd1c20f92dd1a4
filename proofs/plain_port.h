/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * plain_port.h - an HVPT_PORT_HEADER for proofs: one thread, plain accesses.
 */
#ifndef HVPT_PROOF_PLAIN_PORT_H
#define HVPT_PROOF_PLAIN_PORT_H

#define HVPT_PORT_ASSERT(cond) __CPROVER_assert(cond, "HVPT_PORT_ASSERT")
#define HVPT_PORT_FENCE() ((void)0)

#define HVPT_PORT_LOAD(p) (*(p))
#define HVPT_PORT_LOAD_ACQUIRE(p) (*(p))
#define HVPT_PORT_STORE(p, v) ((void)(*(p) = (v)))
#define HVPT_PORT_STORE_RELEASE(p, v) ((void)(*(p) = (v)))
#define HVPT_PORT_ADD(p, v) ((void)(*(p) += (v)))

#endif /* HVPT_PROOF_PLAIN_PORT_H */
