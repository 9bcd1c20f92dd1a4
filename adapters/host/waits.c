/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "waits.h"

#include "hvpt/port.h"

static bool waits_begin(void *ctx, struct hvpt_waiter *waiter)
{
	(void)ctx;
	(void)waiter;
	return true;
}

/* The lock orders the question before the wake: none is missed. */
static void waits_wait(void *ctx, struct hvpt_waiter *waiter)
{
	struct hvpt_host_waits *waits = ctx;

	pthread_mutex_lock(&waits->lock);
	while (HVPT_PORT_LOAD_ACQUIRE(&waiter->word) == 0)
		pthread_cond_wait(&waits->woken, &waits->lock);
	pthread_mutex_unlock(&waits->lock);
}

static void waits_wake(void *ctx, struct hvpt_waiter *waiter)
{
	struct hvpt_host_waits *waits = ctx;

	(void)waiter;
	pthread_mutex_lock(&waits->lock);
	pthread_cond_broadcast(&waits->woken);
	pthread_mutex_unlock(&waits->lock);
}

static void waits_end(void *ctx, struct hvpt_waiter *waiter)
{
	(void)ctx;
	(void)waiter;
}

const struct hvpt_wait_ops hvpt_host_wait_ops = {
	.begin = waits_begin,
	.wait = waits_wait,
	.wake = waits_wake,
	.end = waits_end,
};

/* Neither can fail on Linux. */
void hvpt_host_waits_init(struct hvpt_host_waits *waits)
{
	pthread_mutex_init(&waits->lock, NULL);
	pthread_cond_init(&waits->woken, NULL);
}

void hvpt_host_waits_destroy(struct hvpt_host_waits *waits)
{
	pthread_cond_destroy(&waits->woken);
	pthread_mutex_destroy(&waits->lock);
}
