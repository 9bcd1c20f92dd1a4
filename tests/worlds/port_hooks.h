/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * port_hooks.h - an HVPT_PORT_HEADER through which a test sees each access.
 *
 * Built with it, hvpt tells port_hooks about every load, store and atomic of
 * table memory and of the page table's counters before it is made. So a test can put another thread's whole
 * call, or a device's update, between any two accesses of a call, and repeat
 * that for each of them. One thread at a time.
 */
#ifndef HVPT_TEST_PORT_HOOKS_H
#define HVPT_TEST_PORT_HOOKS_H

#include "hvpt/types.h"

enum port_access {
	PORT_LOAD,
	PORT_LOAD_ACQUIRE,
	PORT_STORE,
	PORT_CAS,
	PORT_FETCH_AND,
	PORT_FETCH_OR,
	PORT_ADD
};

/**
 * struct port_hooks - what is watched, and what was seen
 * @before: called before each access while set, never from inside itself
 * @ctx: for @before
 * @count: accesses since @before was set, this one included
 * @writes: those among them which may have written
 * @lost: compare-and-swaps which found something else
 * @inside: @before is running
 */
struct port_hooks {
	void (*before)(void *ctx, enum port_access access, uint64_t *slot);
	void *ctx;
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

static inline uint64_t port_load(const uint64_t *slot, enum port_access access)
{
	port_tell(access, (uint64_t *)(uintptr_t)slot);
	return __atomic_load_n(slot, __ATOMIC_ACQUIRE);
}

static inline void port_store(uint64_t *slot, uint64_t value)
{
	port_tell(PORT_STORE, slot);
	__atomic_store_n(slot, value, __ATOMIC_RELEASE);
}

static inline bool port_cas(uint64_t *slot, uint64_t *expected,
			    uint64_t desired)
{
	bool done;

	port_tell(PORT_CAS, slot);
#ifdef PORT_BROKEN_CAS /* a store in its place: to be noticed */
	port_store(slot, desired);
	return true;
#endif
	done = __atomic_compare_exchange_n(slot, expected, desired, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
	port_hooks.lost += !done && !port_hooks.inside;
	return done;
}

static inline uint64_t port_fetch_and(uint64_t *slot, uint64_t value)
{
	port_tell(PORT_FETCH_AND, slot);
	return __atomic_fetch_and(slot, value, __ATOMIC_ACQ_REL);
}

static inline uint64_t port_fetch_or(uint64_t *slot, uint64_t value)
{
	port_tell(PORT_FETCH_OR, slot);
	return __atomic_fetch_or(slot, value, __ATOMIC_ACQ_REL);
}

static inline void port_add(uint64_t *counter, uint64_t value)
{
	port_tell(PORT_ADD, counter);
	__atomic_fetch_add(counter, value, __ATOMIC_RELAXED);
}

#define HVPT_PORT_LOAD(p) port_load((p), PORT_LOAD)
#define HVPT_PORT_LOAD_ACQUIRE(p) port_load((p), PORT_LOAD_ACQUIRE)
#define HVPT_PORT_STORE(p, v) port_store((p), (v))
#define HVPT_PORT_STORE_RELEASE(p, v) port_store((p), (v))
#define HVPT_PORT_CAS(p, expected, desired) port_cas((p), (expected), (desired))
#define HVPT_PORT_FETCH_AND(p, v) port_fetch_and((p), (v))
#define HVPT_PORT_FETCH_OR(p, v) port_fetch_or((p), (v))
#define HVPT_PORT_ADD(p, v) port_add((p), (v))

/* A bug of hvpt ends the test at once. */
#define HVPT_PORT_ASSERT(cond) ((cond) ? (void)0 : __builtin_trap())

#endif /* HVPT_TEST_PORT_HOOKS_H */
