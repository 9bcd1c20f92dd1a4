/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/wait.h - how a caller waits for the flush of another caller.
 *
 * A domain with these hooks combines flushes. At most one caller at a time
 * makes the hypercall; those that ask meanwhile wait. When the call returns,
 * the newest of them makes one call for all of them. So each caller returns
 * after a call that began after it asked, and waits for at most two calls: the
 * one in flight and its own.
 *
 * A platform that cannot wait has no hooks: each caller makes a call of its
 * own.
 */
#ifndef HVPT_WAIT_H
#define HVPT_WAIT_H

#include "hvpt/types.h"

/**
 * struct hvpt_waiter - one caller, on its stack
 * @word: not 0: it need not wait any more; atomic
 * @cookie: for the hooks, such as saved interrupt flags
 */
struct hvpt_waiter {
	uint64_t word;
	uint64_t cookie;
};

/**
 * struct hvpt_wait_ops - waiting on this platform
 *
 * Example, a kernel whose drivers unmap in interrupt handlers: `begin` disables
 * interrupts, `wait` pauses the processor, `wake` is NULL, `end` enables
 * interrupts. Threads of a process: `wait` and `wake` use a condition variable.
 */
struct hvpt_wait_ops {
	/**
	 * @begin: may this caller wait, and let others wait for it?
	 * @waiter: only @cookie may be written
	 *
	 * Until @end no other flush of the domain may begin on this processor
	 * (or thread): it would wait for a caller that it has interrupted.
	 * Return: false when this caller cannot wait. It makes a call of its
	 * own, and @end is not called.
	 */
	bool (*begin)(void *ctx, struct hvpt_waiter *waiter);

	/**
	 * @wait: return when @word may have become other than 0
	 *
	 * May return earlier; then it is called again. It loads @word with
	 * HVPT_PORT_LOAD_ACQUIRE() if it loads it at all.
	 */
	void (*wait)(void *ctx, struct hvpt_waiter *waiter);

	/**
	 * @wake: @word of @waiter is other than 0 now
	 * @waiter: may be gone already: only its address may be used
	 *
	 * NULL where @wait does not sleep.
	 */
	void (*wake)(void *ctx, struct hvpt_waiter *waiter);

	/** @end: undo @begin. */
	void (*end)(void *ctx, struct hvpt_waiter *waiter);
};

#endif /* HVPT_WAIT_H */
