/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * work_threads.c - one thread, and two on ranges of their own in one domain:
 * each has 64 buffers of 128 KiB live.
 */
#define _GNU_SOURCE

#include <pthread.h>
#include <stdlib.h>

#include "cpu.h"
#include "pool.h"
#include "work.h"

#define DEPTH 64u
#define RING (DEPTH + 1)

struct worker {
	const struct run *run;
	void *d;
	uint64_t base;
	unsigned cpu;
	unsigned calls;
	uint64_t ticks;
	pthread_barrier_t *barrier;
};

static void one_call(const struct worker *w, unsigned i)
{
	run_map(w->run, w->d, w->base + i % RING * SZ_128K,
		PA_ODD + i % 256 * SZ_128K, SZ_128K);
	if (i >= DEPTH)
		run_unmap(w->run, w->d, w->base + (i + 1) % RING * SZ_128K,
			  SZ_128K);
}

static void *worker(void *arg)
{
	struct worker *w = arg;
	unsigned i = 0;

	cpu_pin(w->cpu);
	while (i < DEPTH + w->calls / 8)
		one_call(w, i++);
	pthread_barrier_wait(w->barrier);
	w->ticks = clock_now();
	for (unsigned n = 0; n < w->calls; n++)
		one_call(w, i++);
	w->ticks = clock_now() - w->ticks;
	pthread_barrier_wait(w->barrier);
	pool_thread_exit();
	return NULL;
}

/* The mean of @threads threads' ticks. */
static uint64_t run_workers(const struct run *run, void *d, unsigned threads,
			    unsigned calls)
{
	pthread_barrier_t barrier;
	struct worker w[2];
	pthread_t id[2];
	uint64_t sum = 0;

	pthread_barrier_init(&barrier, NULL, threads);
	for (unsigned i = 0; i < threads; i++) {
		w[i].run = run;
		w[i].d = d;
		w[i].base = IOVA + (threads * 4 + i) * SZ_1G;
		w[i].cpu = i;
		w[i].calls = calls;
		w[i].barrier = &barrier;
		if (pthread_create(&id[i], NULL, worker, &w[i]))
			run_fail(run, "pthread_create");
	}
	for (unsigned i = 0; i < threads; i++) {
		pthread_join(id[i], NULL);
		sum += w[i].ticks;
	}
	pthread_barrier_destroy(&barrier);
	return sum / threads;
}

static void work_threads(struct run *run, const void *data)
{
	unsigned calls = run_rounds(run, 6000);
	void *d = run_create(run);

	(void)data;
	if (clock_counting) {
		/* the order of the threads' readings varies */
		run->backend->destroy(d);
		return;
	}
	run_note(run, 0, run_workers(run, d, 1, calls), 1, calls);
	if (cpu_count() >= 2)
		run_note(run, 1, run_workers(run, d, 2, calls), 1, calls);
	run->backend->destroy(d);
}

static const struct work works[] = {
	{ work_threads,
	  NULL,
	  2,
	  false,
	  { { "threads-1", "map and unmap 128K, one thread", 32 },
	    { "threads-2", "two threads, for each of them", 32 } } },
};

void work_add_threads(void)
{
	work_add(&works[0]);
}
