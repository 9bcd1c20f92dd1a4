/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/port.h - everything hvpt needs from the compiler, one need at a time.
 *
 * The second of the two seams. A host replaces any of these by defining
 * HVPT_PORT_HEADER to the quoted name of a header which #defines the macros
 * it wants to supply; the rest keep the defaults below. The defaults are
 * gcc's and clang's builtins and pull in no symbol on x86-64. On aarch64, gcc
 * must be given -mno-outline-atomics for the same to hold.
 *
 * All memory needs act on one naturally aligned uint64_t and must be single
 * 64-bit accesses: an IOMMU, or another thread, may read or update the same
 * word at any time.
 */
#ifndef HVPT_PORT_H
#define HVPT_PORT_H

#include "hvpt/types.h"

#ifdef HVPT_PORT_HEADER
#include HVPT_PORT_HEADER
#endif

/* Is ThreadSanitizer watching? gcc and clang say so in different ways. */
#ifdef __SANITIZE_THREAD__
#define HVPT_PORT_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HVPT_PORT_TSAN 1
#endif
#endif

/*
 * Need: a function which folds into its callers wherever code is optimised.
 * Where it is not, folding would only make their frames larger.
 */
#ifndef HVPT_INLINE
#ifdef __OPTIMIZE__
#define HVPT_INLINE static inline __attribute__((always_inline, unused))
#else
#define HVPT_INLINE static inline __attribute__((unused))
#endif
#endif

/* Need: a warning when the caller drops a result. */
#ifndef HVPT_MUST_CHECK
#define HVPT_MUST_CHECK __attribute__((warn_unused_result))
#endif

/* Need: keep rare paths out of the hot ones. */
#ifndef HVPT_NOINLINE
#define HVPT_NOINLINE __attribute__((noinline))
#endif

/* Need: tell the compiler which way a branch usually goes. */
#ifndef HVPT_LIKELY
#define HVPT_LIKELY(x) __builtin_expect(!!(x), 1)
#define HVPT_UNLIKELY(x) __builtin_expect(!!(x), 0)
#endif

/*
 * Need: which way to trade. 1 leaves out what only saves time: loops unrolled
 * by the cache line and the short ways of short calls; 0 keeps them. By
 * default, what the compiler was asked for: 1 with -Os and -Oz.
 */
#ifndef HVPT_PORT_SMALL
#ifdef __OPTIMIZE_SIZE__
#define HVPT_PORT_SMALL 1
#else
#define HVPT_PORT_SMALL 0
#endif
#endif

/*
 * Need: load a word. ACQUIRE: later reads through the loaded pointer see what
 * its publisher wrote before (pairs with the release in HVPT_PORT_CAS).
 */
#ifndef HVPT_PORT_LOAD_ACQUIRE
#define HVPT_PORT_LOAD_ACQUIRE(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#endif
#ifndef HVPT_PORT_LOAD
#define HVPT_PORT_LOAD(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#endif

/* Need: store a word, no ordering with other words. */
#ifndef HVPT_PORT_STORE
#define HVPT_PORT_STORE(p, v) __atomic_store_n((p), (v), __ATOMIC_RELAXED)
#endif

/* Need: store a word which publishes: all earlier writes are visible before. */
#ifndef HVPT_PORT_STORE_RELEASE
#define HVPT_PORT_STORE_RELEASE(p, v)                                          \
	__atomic_store_n((p), (v), __ATOMIC_RELEASE)
#endif

/*
 * Need: compare *p with *expected; when equal store desired and yield true,
 * else put what was found into *expected and yield false. Strong (no spurious
 * failure). Release on success: all earlier writes are visible before it.
 * Acquire on failure: what was found may be followed as a pointer.
 */
#ifndef HVPT_PORT_CAS
#define HVPT_PORT_CAS(p, expected, desired)                                    \
	__atomic_compare_exchange_n((p), (expected), (desired), false,         \
				    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)
#endif

/* Need: atomically AND or OR a word; both yield the value before. */
#ifndef HVPT_PORT_FETCH_AND
#define HVPT_PORT_FETCH_AND(p, v) __atomic_fetch_and((p), (v), __ATOMIC_ACQ_REL)
#endif
#ifndef HVPT_PORT_FETCH_OR
#define HVPT_PORT_FETCH_OR(p, v) __atomic_fetch_or((p), (v), __ATOMIC_ACQ_REL)
#endif

/* Need: a counter many threads add to (modulo 2^64); no ordering. */
#ifndef HVPT_PORT_ADD
#define HVPT_PORT_ADD(p, v)                                                    \
	((void)__atomic_fetch_add((p), (v), __ATOMIC_RELAXED))
#endif

/*
 * Need: a full fence. No earlier load or store passes a later one, a store
 * followed by a load of another word included.
 *
 * Only write-back memory needs to be ordered: table pages, and the words of
 * hvpt's structures. There a locked instruction is a full fence (SDM vol. 3A
 * 8.2.2 and 8.2.3.9, APM vol. 2 7.4.2) and takes less time than MFENCE, which
 * clang emits for the builtin: MFENCE also orders write-combining memory, and
 * the stores and flushes of write_back hooks, which complete before the hook
 * returns. ORing 0 into a word of the stack changes nothing, below the stack
 * pointer too, where the word is in use by nobody or by a leaf function.
 * ThreadSanitizer does not look into assembly, so it gets the builtin.
 */
#ifndef HVPT_PORT_FENCE
#if defined(__x86_64__) && !defined(HVPT_PORT_TSAN)
#define HVPT_PORT_FENCE()                                                      \
	__asm__ __volatile__("lock; orl $0, -8(%%rsp)" ::: "memory", "cc")
#else
#define HVPT_PORT_FENCE() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#endif
#endif

/*
 * Need: report a bug of hvpt itself. Never reached by a caller's argument, by
 * table contents or by a hypervisor's answer: those get a status. Silent by
 * default; tests and fuzzers make it abort.
 */
#ifndef HVPT_PORT_ASSERT
#define HVPT_PORT_ASSERT(cond) ((void)0)
#endif

#endif /* HVPT_PORT_H */
