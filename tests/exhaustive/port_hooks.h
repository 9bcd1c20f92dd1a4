/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * port_hooks.h - an HVPT_PORT_HEADER that shows each access to a test.
 *
 * hvpt built with it calls port_hooks before every load, store and atomic
 * access to table memory and to the page table's counters. So a test can run a
 * whole call of another thread, or a device's update, between any two accesses
 * of a call, and repeat that for each access. Only one thread runs at a time.
 *
 * A test can also simulate the accesses in weakly ordered memory
 * (weak_memory.h). Each place with an ordering access is then a site, and the
 * ordering of one site can be removed at run time.
 */
#ifndef HVPT_TEST_EXHAUSTIVE_PORT_HOOKS_H
#define HVPT_TEST_EXHAUSTIVE_PORT_HOOKS_H

#include "hvpt/types.h"

enum port_access {
	PORT_LOAD,
	PORT_LOAD_ACQUIRE,
	PORT_STORE,
	PORT_STORE_RELEASE,
	PORT_CAS,
	PORT_FETCH_AND,
	PORT_FETCH_OR,
	PORT_ADD,
	PORT_FENCE
};

/* What can be removed from an access. */
#define PORT_ACQUIRE 1u
#define PORT_RELEASE 2u
#define PORT_ATOMIC 4u /* the load and the store become two accesses */
#define PORT_FULL 8u   /* a fence does nothing */

/**
 * struct port_site - a place in the sources with an ordering access
 * @file: where
 * @function: where
 * @line: where
 * @access: what
 * @weak: PORT_*: what a test removed from it
 *
 * An inline function has one in each file that it is compiled into.
 */
struct port_site {
	const char *file;
	const char *function;
	unsigned line;
	enum port_access access;
	unsigned weak;
};

/* The linker names the ends of the list of all of them. */
extern struct port_site *__start_port_sites[], *__stop_port_sites[];

#define PORT_SITE(access)                                                      \
	__extension__({                                                        \
		static struct port_site port_site = { __FILE__, __func__,      \
						      __LINE__, access, 0 };   \
		static struct port_site *port_entry __attribute__((            \
			section("port_sites"), used)) = &port_site;            \
		&port_site;                                                    \
	})

/**
 * struct port_memory - simulated memory
 *
 * @weak: PORT_*: the ordering that the access lacks.
 */
struct port_memory {
	uint64_t (*load)(const uint64_t *slot, unsigned weak);
	void (*store)(uint64_t *slot, uint64_t value, unsigned weak);
	bool (*cas)(uint64_t *slot, uint64_t *expected, uint64_t desired,
		    unsigned weak);
	/* stores (old & keep | set) + add; returns old */
	uint64_t (*update)(uint64_t *slot, uint64_t keep, uint64_t set,
			   uint64_t add, unsigned weak);
	void (*fence)(void);
};

/**
 * struct port_hooks - the hooks, and counters of accesses
 * @before: called before each access while set, never from inside itself
 * @ctx: for @before
 * @memory: makes the accesses, while set
 * @count: accesses since @before was set, this one included
 * @writes: those that may have written
 * @lost: compare-and-swaps that found another value
 * @inside: @before is running
 */
struct port_hooks {
	void (*before)(void *ctx, enum port_access access, uint64_t *slot);
	void *ctx;
	const struct port_memory *memory;
	uint64_t count;
	uint64_t writes;
	uint64_t lost;
	bool inside;
};

extern struct port_hooks port_hooks;

static inline void port_tell(enum port_access access, uint64_t *slot)
{
	if (!port_hooks.before || port_hooks.inside)
		return;
	port_hooks.count++;
	port_hooks.inside = true;
	port_hooks.before(port_hooks.ctx, access, slot);
	port_hooks.inside = false;
	if (access >= PORT_STORE)
		port_hooks.writes++;
}

static inline uint64_t port_load(const uint64_t *slot, enum port_access access,
				 unsigned weak)
{
	port_tell(access, (uint64_t *)(uintptr_t)slot);
	if (port_hooks.memory)
		return port_hooks.memory->load(slot, weak);
	return __atomic_load_n(slot, __ATOMIC_ACQUIRE);
}

static inline void port_store(uint64_t *slot, uint64_t value, unsigned weak)
{
	port_tell(PORT_STORE, slot);
	if (port_hooks.memory)
		port_hooks.memory->store(slot, value, weak);
	else
		__atomic_store_n(slot, value, __ATOMIC_RELEASE);
}

static inline bool port_cas(uint64_t *slot, uint64_t *expected,
			    uint64_t desired, unsigned weak)
{
	bool done;

	port_tell(PORT_CAS, slot);
	if (port_hooks.memory)
		return port_hooks.memory->cas(slot, expected, desired, weak);
#ifdef PORT_BROKEN_CAS /* a store instead, which must be detected */
	port_store(slot, desired, 0);
	return true;
#endif
	done = __atomic_compare_exchange_n(slot, expected, desired, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
	port_hooks.lost += !done && !port_hooks.inside;
	return done;
}

static inline uint64_t port_fetch_and(uint64_t *slot, uint64_t value,
				      unsigned weak)
{
	port_tell(PORT_FETCH_AND, slot);
	if (port_hooks.memory)
		return port_hooks.memory->update(slot, value, 0, 0, weak);
	return __atomic_fetch_and(slot, value, __ATOMIC_ACQ_REL);
}

static inline uint64_t port_fetch_or(uint64_t *slot, uint64_t value,
				     unsigned weak)
{
	port_tell(PORT_FETCH_OR, slot);
	if (port_hooks.memory)
		return port_hooks.memory->update(slot, ~(uint64_t)0, value, 0,
						 weak);
	return __atomic_fetch_or(slot, value, __ATOMIC_ACQ_REL);
}

static inline void port_add(uint64_t *counter, uint64_t value, unsigned weak)
{
	port_tell(PORT_ADD, counter);
	if (port_hooks.memory)
		port_hooks.memory->update(counter, ~(uint64_t)0, 0, value,
					  weak | PORT_ACQUIRE | PORT_RELEASE);
	else
		__atomic_fetch_add(counter, value, __ATOMIC_RELAXED);
}

static inline void port_fence(unsigned weak)
{
	if (port_hooks.memory && !weak)
		port_hooks.memory->fence();
}

#define PORT_WEAK(access) (PORT_SITE(access)->weak)
#define HVPT_PORT_LOAD(p) port_load((p), PORT_LOAD, PORT_ACQUIRE)
#define HVPT_PORT_LOAD_ACQUIRE(p)                                              \
	port_load((p), PORT_LOAD_ACQUIRE, PORT_WEAK(PORT_LOAD_ACQUIRE))
#define HVPT_PORT_STORE(p, v) port_store((p), (v), PORT_RELEASE)
#define HVPT_PORT_STORE_RELEASE(p, v)                                          \
	port_store((p), (v), PORT_WEAK(PORT_STORE_RELEASE))
#define HVPT_PORT_CAS(p, expected, desired)                                    \
	port_cas((p), (expected), (desired), PORT_WEAK(PORT_CAS))
#define HVPT_PORT_FETCH_AND(p, v)                                              \
	port_fetch_and((p), (v), PORT_WEAK(PORT_FETCH_AND))
#define HVPT_PORT_FETCH_OR(p, v)                                               \
	port_fetch_or((p), (v), PORT_WEAK(PORT_FETCH_OR))
#define HVPT_PORT_ADD(p, v) port_add((p), (v), PORT_WEAK(PORT_ADD))
#define HVPT_PORT_FENCE() port_fence(PORT_WEAK(PORT_FENCE))

/* A bug of hvpt ends the test at once. */
#define HVPT_PORT_ASSERT(cond) ((cond) ? (void)0 : __builtin_trap())

#endif /* HVPT_TEST_EXHAUSTIVE_PORT_HOOKS_H */
