/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/port.h - everything hvpt needs from the compiler, one need at a time.
 *
 * A host replaces any of these by defining HVPT_PORT_HEADER to the quoted name
 * of a header that #defines the macros it wants to supply. The others keep the
 * defaults below: gcc's and clang's builtins, which pull in no symbol on
 * x86-64. On aarch64, gcc needs -mno-outline-atomics for the same.
 *
 * Each access to memory must be a single 64-bit access to one naturally aligned
 * uint64_t: an IOMMU, or another thread, may read or update the same word at
 * any time.
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
 * Need: a function that is inlined wherever code is optimised. Without
 * optimisation, inlining would only make frames larger.
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

/* Need: tell the compiler whether a condition is usually true. */
#ifndef HVPT_LIKELY
#define HVPT_LIKELY(x) __builtin_expect(!!(x), 1)
#define HVPT_UNLIKELY(x) __builtin_expect(!!(x), 0)
#endif

/*
 * Need: is small code more important than fast code? 1 leaves out code that
 * only saves time: loops unrolled by the cache line, and the separate path of
 * short ranges. The default is 1 with -Os and -Oz, else 0.
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
 * was written before the pointer was published (pairs with the release in
 * HVPT_PORT_CAS and HVPT_PORT_STORE_RELEASE).
 */
#ifndef HVPT_PORT_LOAD_ACQUIRE
#define HVPT_PORT_LOAD_ACQUIRE(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#endif

/* Need: load a word, no ordering with other words. */
#ifndef HVPT_PORT_LOAD
#define HVPT_PORT_LOAD(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#endif

/* Need: store a word, no ordering with other words. */
#ifndef HVPT_PORT_STORE
#define HVPT_PORT_STORE(p, v) __atomic_store_n((p), (v), __ATOMIC_RELAXED)
#endif

/* Need: store a word after all earlier writes are visible. */
#ifndef HVPT_PORT_STORE_RELEASE
#define HVPT_PORT_STORE_RELEASE(p, v)                                          \
	__atomic_store_n((p), (v), __ATOMIC_RELEASE)
#endif

/*
 * Need: compare *p with *expected. If they are equal, store desired and yield
 * true; else put what was found into *expected and yield false. No spurious
 * failure. Release on success: all earlier writes are visible before it.
 * Acquire on failure: what was found may be followed as a pointer.
 */
#ifndef HVPT_PORT_CAS
#define HVPT_PORT_CAS(p, expected, desired)                                    \
	__atomic_compare_exchange_n((p), (expected), (desired), false,         \
				    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)
#endif

/* Need: atomically AND a word; yields the value before. */
#ifndef HVPT_PORT_FETCH_AND
#define HVPT_PORT_FETCH_AND(p, v) __atomic_fetch_and((p), (v), __ATOMIC_ACQ_REL)
#endif

/* Need: the same with OR. */
#ifndef HVPT_PORT_FETCH_OR
#define HVPT_PORT_FETCH_OR(p, v) __atomic_fetch_or((p), (v), __ATOMIC_ACQ_REL)
#endif

/* Need: a counter many threads add to (modulo 2^64); no ordering. */
#ifndef HVPT_PORT_ADD
#define HVPT_PORT_ADD(p, v)                                                    \
	((void)__atomic_fetch_add((p), (v), __ATOMIC_RELAXED))
#endif

/*
 * Need: add to a counter that only hvpt_iommu_read_stats() reads; no ordering.
 * It may lose an addition to one of another thread. It runs after each flush of
 * ranges. A port may count somewhere else, such as in memory of each processor;
 * then hvpt_iommu_read_stats() does not know what is there.
 */
#ifndef HVPT_PORT_COUNT
#define HVPT_PORT_COUNT(p, v) HVPT_PORT_STORE((p), HVPT_PORT_LOAD(p) + (v))
#endif

/*
 * Need: a full fence. No earlier load or store passes a later one, a store
 * followed by a load of another word included.
 *
 * Only write-back memory needs to be ordered: table pages, and hvpt's own
 * structures. There a locked instruction is a full fence (SDM vol. 3A 8.2.2 and
 * 8.2.3.9, APM vol. 2 7.4.2) and takes less time than MFENCE, which clang emits
 * for the builtin. MFENCE also orders write-combining memory and the flushes of
 * write_back hooks, but those complete before the hook returns. ORing 0 into a
 * word below the stack pointer changes nothing, even where a leaf function uses
 * that word. ThreadSanitizer cannot see into assembly, so it gets the builtin.
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
 * Need: report a bug of hvpt itself. No argument, table contents or answer of
 * the hypervisor leads here: those get a status. Silent by default; tests and
 * fuzzers make it abort.
 */
#ifndef HVPT_PORT_ASSERT
#define HVPT_PORT_ASSERT(cond) ((void)0)
#endif

#endif /* HVPT_PORT_H */
