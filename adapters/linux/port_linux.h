/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * HVPT_PORT_HEADER: what the core needs from the kernel.
 *
 * These are the kernel's primitives, not the compiler's builtins, so that KCSAN
 * and KASAN see the accesses and the kernel's memory model holds. An atomic64_t
 * is one 64-bit word, like the core's words.
 */
#ifndef HVPT_LINUX_PORT_H
#define HVPT_LINUX_PORT_H

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/compiler.h>

#define HVPT_PORT_LOAD(p) READ_ONCE(*(p))
/* Pairs with the release store that published a table or a node. */
#define HVPT_PORT_LOAD_ACQUIRE(p) smp_load_acquire(p)
#define HVPT_PORT_STORE(p, v) WRITE_ONCE(*(p), (v))
/* Pairs with the acquire of walks and lookups. */
#define HVPT_PORT_STORE_RELEASE(p, v) smp_store_release((p), (v))
#define HVPT_PORT_CAS(p, expected, desired)                                    \
	try_cmpxchg((p), (expected), (desired))
#define HVPT_PORT_FETCH_AND(p, v)                                              \
	((uint64_t)atomic64_fetch_and((s64)(v), (atomic64_t *)(p)))
#define HVPT_PORT_FETCH_OR(p, v)                                               \
	((uint64_t)atomic64_fetch_or((s64)(v), (atomic64_t *)(p)))
/* A build may count elsewhere: HVPT_PORT_COUNT=hvpt_linux_count, counts.c. */
void hvpt_linux_count(uint64_t *counter, uint64_t more);
#define HVPT_PORT_ADD(p, v) atomic64_add((s64)(v), (atomic64_t *)(p))
/* Between entries and the flush; pairs with the hypervisor's ordering. */
#define HVPT_PORT_FENCE() smp_mb()
#define HVPT_PORT_ASSERT(cond) WARN_ON_ONCE(!(cond))

#define HVPT_MUST_CHECK __must_check
#define HVPT_NOINLINE noinline
#define HVPT_LIKELY(x) likely(x)
#define HVPT_UNLIKELY(x) unlikely(x)

#endif /* HVPT_LINUX_PORT_H */
