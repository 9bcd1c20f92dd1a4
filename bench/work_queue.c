/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * work_queue.c - the queue of a block device: 64 buffers of 128 KiB are live.
 * Each pair of calls maps one and unmaps the oldest.
 */
#include "work.h"

#define DEPTH 64u
#define RING (DEPTH + 1)
#define TARGETS 1024u
#define SEGMENTS 32u

/** How a buffer is mapped, and how often. */
struct queue {
	bool scattered; /* as 32 pages that are not contiguous */
	unsigned rounds;
};

struct targets {
	uint64_t pa[TARGETS];
};

static void choose_targets(struct targets *t)
{
	uint64_t seed = 99;

	for (unsigned i = 0; i < TARGETS; i++)
		t->pa[i] = PA + ((work_random(&seed) & 0xffffff) << 12);
}

/* IOVAs descend, as those of a kernel's allocator do. */
static uint64_t buffer(unsigned i)
{
	return IOVA + 4 * SZ_1G - (i % RING + 1) * SZ_128K;
}

static inline void map_scattered(const struct run *run, void *d, uint64_t iova,
				 const struct targets *t, unsigned i)
{
	const struct bench_backend *b = run->backend;
	struct bench_segment segment[SEGMENTS];

	for (unsigned j = 0; j < SEGMENTS; j++) {
		segment[j].pa = t->pa[(i * SEGMENTS + j) % TARGETS];
		segment[j].len = SZ_4K;
	}
	if (b->map_list) {
		RUN_CHECK(run, !b->map_list(d, iova, segment, SEGMENTS, RW));
		return;
	}
	for (unsigned j = 0; j < SEGMENTS; j++)
		run_map(run, d, iova + j * SZ_4K, segment[j].pa, SZ_4K);
}

static void work_queue(struct run *run, const void *data)
{
	const struct queue *q = data;
	unsigned calls = run_rounds(run, q->rounds);
	unsigned warm = 2 * RING + calls / 8;
	void *d = run_create(run);
	uint64_t start = 0;
	struct targets t;

	choose_targets(&t);
	for (unsigned i = 0; i < warm + calls; i++) {
		if (i == warm)
			start = clock_now();
		if (q->scattered)
			map_scattered(run, d, buffer(i), &t, i);
		else
			run_map(run, d, buffer(i), t.pa[i % TARGETS], SZ_128K);
		if (i >= DEPTH)
			run_unmap(run, d, buffer(i + 1), SZ_128K);
	}
	run_note(run, 0, clock_now() - start, 1, calls);
	run->backend->destroy(d);
}

static const struct queue whole = { false, 8000 };
static const struct queue scattered = { true, 3000 };

static const struct work works[] = {
	{ work_queue,
	  &whole,
	  1,
	  false,
	  { { "pair-128k", "map and unmap 128K, one call each", 32 } } },
	{ work_queue,
	  &scattered,
	  1,
	  false,
	  { { "list-32x4k", "map a list of 32 x 4K, unmap 128K", 32 } } },
};

void work_add_queue(void)
{
	for (unsigned i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		work_add(&works[i]);
}
