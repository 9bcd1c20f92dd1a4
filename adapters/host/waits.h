/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * waits.h - threads of a process wait for each other's flushes.
 */
#ifndef HVPT_HOST_WAITS_H
#define HVPT_HOST_WAITS_H

#include <pthread.h>

#include "hvpt/wait.h"

/** Where threads sleep; one for each domain. Outlives the domain. */
struct hvpt_host_waits {
	pthread_mutex_t lock;
	pthread_cond_t woken;
};

/* Wait hooks whose ctx is a struct hvpt_host_waits *. */
extern const struct hvpt_wait_ops hvpt_host_wait_ops;

void hvpt_host_waits_init(struct hvpt_host_waits *waits);

/** No thread waits any more. */
void hvpt_host_waits_destroy(struct hvpt_host_waits *waits);

#endif /* HVPT_HOST_WAITS_H */
