/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * weak_memory.h - memory as weakly ordered as C11 allows, and threads on it.
 *
 * A word has all values that were ever stored into it, in order. A thread has
 * a view: for each word, the oldest value that it may still load. A release
 * stores the view with the value; an acquire merges that view into the
 * loader's. A relaxed load may find an old value and learns nothing from it.
 * Fences go through one view that they all share. A load never finds a value
 * that is stored later.
 *
 * Threads are coroutines. Before each access another may take over.
 *
 * A thread can post one action, such as a flush, which takes effect before its
 * next access that orders later writes behind it, or at weak_arrive().
 */
#ifndef HVPT_TEST_EXHAUSTIVE_WEAK_MEMORY_H
#define HVPT_TEST_EXHAUSTIVE_WEAK_MEMORY_H

#include "small_table.h"

#define WEAK_THREADS 6u /* thread 0 is the one that calls weak_run() */

/** Forgets all; words hold now what they hold, and everybody knows it. */
void weak_reset(uint64_t seed);

/** Words outside the pool that may be accessed, also on a thread's stack. */
void weak_object(void *start, size_t bytes);

/** A random number below @n. */
unsigned weak_below(unsigned n);

/** Thread @i, from 1, 2, .., runs @run(ctx) in the next weak_run(). */
void weak_thread(unsigned i, void (*run)(void *ctx), void *ctx);

/** Runs the threads to their ends. Then memory is as usual again. */
void weak_run(void);

/* ---- from inside threads --------------------------------------------- */

/** Another thread may take over here. */
void weak_point(void);

/** Which thread runs. */
unsigned weak_current(void);

/** The running thread knows all that @thread knows, as by a lock. */
void weak_learn(unsigned thread);

/** @thread knows all that the running thread knows. */
void weak_teach(unsigned thread);

/** A page was taken from the pool, or is about to go back: by a lock. */
void weak_page_taken(uint64_t *page);
void weak_page_given(void);

/** Posts @action. An earlier one takes effect now. */
void weak_post(void (*action)(void *ctx), void *ctx);

/** What was posted takes effect. */
void weak_arrive(void);

/**
 * One access of the running thread; @weak as in port_hooks.h. No other thread
 * takes over before those of a device.
 */
uint64_t weak_load(const uint64_t *slot, unsigned weak);
void weak_store(uint64_t *slot, uint64_t value, unsigned weak);

/** As a device loads an entry: what it points at is loaded after it. */
uint64_t weak_device_load(const uint64_t *slot);

/** Stores @to if the newest value is @from, as a device sets A and D. */
bool weak_device_update(uint64_t *slot, uint64_t from, uint64_t to);

/** Loads that found an old value, since the start of the program. */
extern uint64_t weak_stale;

#endif /* HVPT_TEST_EXHAUSTIVE_WEAK_MEMORY_H */
