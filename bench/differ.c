/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "differ.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/sdm_walk.h"
#include "pool.h"
#include "verify.h"
#include "work.h"

#define TABLES 8u
#define LIVE 192u	    /* mappings at once */
#define WINDOW (4 * SZ_1G)  /* they are all in here */
#define LARGEST (2 * SZ_1G) /* a call with large pages */
#define MOST_PAGES 2048u    /* a call without */
#define ELSEWHERE 4u	    /* further addresses walked after each call */
#define WINDOW_CALLS 20000u /* calls in a window */

/** A page table that takes part. */
struct table {
	const struct bench_backend *b;
	void *d;
	struct sdm_walker walker;
};

/** A range that one call mapped. */
struct mapping {
	uint64_t iova;
	uint64_t len;
};

static struct {
	struct table table[TABLES];
	struct mapping live[LIVE];
	unsigned lives;
	unsigned levels;
	uint64_t base;
	uint64_t seed;
	struct differ_done done;
} s;

static uint64_t chance(uint64_t of)
{
	return work_random(&s.seed) % of;
}

static void say_walk(const struct table *t, const struct sdm_result *seen)
{
	fprintf(stderr,
		"  %s: %s at level %u, entry %#" PRIx64 ", pa %#" PRIx64
		", leaf of 2^%u, %s\n",
		t->b->name, sdm_fault_text(seen->fault), seen->level,
		seen->entry, seen->pa, seen->page_lg2,
		seen->writable ? "writable" : "read-only");
}

static void fail(uint64_t iova, const char *what)
{
	fprintf(stderr,
		"hvpt-bench: page tables differ at iova %#" PRIx64
		" after %" PRIu64 " maps and %" PRIu64 " unmaps: %s\n",
		iova, s.done.maps, s.done.unmaps, what);
	for (unsigned i = 0; i < s.done.tables; i++) {
		struct sdm_result seen = sdm_walk(&s.table[i].walker, iova,
						  false);

		say_walk(&s.table[i], &seen);
	}
	exit(EXIT_FAILURE);
}

static bool same(const struct sdm_result *a, const struct sdm_result *b)
{
	if (a->fault != b->fault)
		return false;
	return a->fault != SDM_FAULT_NONE ||
	       (a->pa == b->pa && a->page_lg2 == b->page_lg2 &&
		a->writable == b->writable);
}

static void compare_at(uint64_t iova)
{
	struct sdm_result first = sdm_walk(&s.table[0].walker, iova, false);
	uint64_t found = first.fault == SDM_FAULT_NONE ? first.pa : 0;

	s.done.walks++;
	for (unsigned i = 0; i < s.done.tables; i++) {
		const struct table *t = &s.table[i];
		struct sdm_result seen = sdm_walk(&t->walker, iova, false);

		if (!same(&first, &seen))
			fail(iova, "the walker");
		if (t->b->iova_to_phys(t->d, iova) != found)
			fail(iova, t->b->name);
	}
}

/* @iova is a multiple of 4 KiB; the byte within the page does not matter. */
static void compare_page(uint64_t iova)
{
	if (iova - s.base < WINDOW)
		compare_at(iova + chance(SZ_4K));
}

static void compare_around(const struct mapping *m)
{
	compare_page(m->iova - SZ_4K);
	compare_page(m->iova);
	compare_page(m->iova + m->len - SZ_4K);
	compare_page(m->iova + m->len);
	for (unsigned i = 0; i < ELSEWHERE; i++)
		compare_page(s.base + chance(WINDOW / SZ_4K) * SZ_4K);
}

/* In pages: one, some, many, or a length that large leaves can map. */
static uint64_t choose_length(void)
{
	switch (chance(8)) {
	case 0:
	case 1:
	case 2:
		return SZ_4K;
	case 3:
	case 4:
		return (1 + chance(64)) * SZ_4K;
	case 5:
		return (1 + chance(MOST_PAGES)) * SZ_4K;
	case 6:
		return (1 + chance(32)) * SZ_2M + chance(3) * SZ_4K;
	default:
		return chance(16) ? SZ_2M :
				    (1 + chance(LARGEST / SZ_1G)) * SZ_1G;
	}
}

static struct mapping choose_range(void)
{
	struct mapping m = { 0, choose_length() };
	uint64_t unit = chance(3) ? SZ_4K : SZ_2M;

	if (m.len >= SZ_1G)
		unit = SZ_1G;
	m.iova = s.base + chance((WINDOW - m.len) / unit + 1) * unit;
	return m;
}

/*
 * Addresses that agree with the iova in more or fewer of the low bits. A long
 * range always agrees: in pages of 4 KiB it would need too many tables.
 */
static uint64_t choose_target(const struct mapping *m)
{
	uint64_t pa = PA + (chance(1024) << 30);

	if (m->len >= SZ_1G || chance(2))
		return pa + (m->iova & (SZ_1G - 1));
	if (m->len > MOST_PAGES * SZ_4K || chance(2))
		return pa + (chance(512) << 21) + (m->iova & (SZ_2M - 1));
	return pa + (chance(1u << 18) << 12);
}

static unsigned first_overlap(const struct mapping *m)
{
	unsigned i = 0;

	while (i < s.lives && (s.live[i].iova >= m->iova + m->len ||
			       m->iova >= s.live[i].iova + s.live[i].len))
		i++;
	return i;
}

static void map_all(const struct mapping *m, bool refused)
{
	uint64_t pa = choose_target(m);
	unsigned prot = BENCH_PROT_READ | (chance(2) ? BENCH_PROT_WRITE : 0);

	for (unsigned i = 0; i < s.done.tables; i++) {
		const struct table *t = &s.table[i];

		if (refused && (t->b->flags & BF_OVERWRITE))
			continue;
		if ((t->b->map(t->d, m->iova, pa, m->len, prot) != 0) !=
		    refused)
			fail(m->iova, refused ? "map over a live range was "
						"not refused" :
						"map failed");
	}
}

/* Some put a large leaf in the place of an empty table only after this. */
static void reclaim_around(const struct table *t, const struct mapping *m)
{
	uint64_t first = m->iova & ~(SZ_1G - 1);
	uint64_t end = (m->iova + m->len + SZ_1G - 1) & ~(SZ_1G - 1);

	if (t->b->reclaim)
		t->b->reclaim(t->d, first, end - first);
}

static void unmap_one(unsigned index)
{
	struct mapping m = s.live[index];

	for (unsigned i = 0; i < s.done.tables; i++) {
		const struct table *t = &s.table[i];

		if (t->b->unmap(t->d, m.iova, m.len) != m.len)
			fail(m.iova, "unmap failed");
		reclaim_around(t, &m);
	}
	s.live[index] = s.live[--s.lives];
	s.done.unmaps++;
	compare_around(&m);
}

static void step(void)
{
	struct mapping m = choose_range();
	unsigned over = first_overlap(&m);

	if (over == s.lives && s.lives < LIVE) {
		map_all(&m, false);
		s.live[s.lives++] = m;
		s.done.maps++;
		compare_around(&m);
		return;
	}
	if (over < s.lives) {
		map_all(&m, true);
		s.done.refused++;
		compare_around(&m);
	}
	unmap_one(over < s.lives ? over : (unsigned)chance(LIVE));
}

/* Somewhere else in the lower half, at its ends too. */
static uint64_t choose_base(void)
{
	uint64_t half = (uint64_t)1 << (s.levels == 5 ? 56 : 47);
	uint64_t last = half / WINDOW - 1;

	switch (chance(4)) {
	case 0:
		return WINDOW;
	case 1:
		return last * WINDOW;
	default:
		return (1 + chance(last)) * WINDOW;
	}
}

static void take_part(const struct bench_backend *b)
{
	struct table *t = &s.table[s.done.tables];

	if ((b->flags & BF_LIMIT) || (s.levels == 5 && (b->flags & BF_NO5)))
		return;
	if (s.done.tables++ == TABLES) {
		fprintf(stderr, "hvpt-bench: more than %u page tables\n",
			TABLES);
		exit(EXIT_FAILURE);
	}
	t->b = b;
}

static void create_all(void)
{
	for (unsigned i = 0; i < s.done.tables; i++) {
		struct table *t = &s.table[i];

		t->d = t->b->create(s.levels, ALL_SIZES);
		verify_walker_init(&t->walker, t->b, t->d, s.levels);
	}
}

static void destroy_all(void)
{
	for (unsigned i = 0; i < s.done.tables; i++)
		s.table[i].b->destroy(s.table[i].d);
}

static void run_window(uint64_t calls)
{
	long before = pool_in_use();

	s.base = choose_base();
	create_all();
	for (uint64_t i = 0; i < calls; i++)
		step();
	while (s.lives > 0)
		unmap_one(s.lives - 1);
	destroy_all();
	if (pool_in_use() != before) {
		fprintf(stderr, "hvpt-bench: table pages are missing after "
				"destroy\n");
		exit(EXIT_FAILURE);
	}
}

struct differ_done differ(unsigned levels, uint64_t calls, uint64_t seed)
{
	memset(&s, 0, sizeof(s));
	s.levels = levels;
	s.seed = seed;
	for (unsigned k = 0; bench_backends[k]; k++)
		take_part(bench_backends[k]);
	while (calls > 0) {
		uint64_t now = calls < WINDOW_CALLS ? calls : WINDOW_CALLS;

		run_window(now);
		calls -= now;
	}
	return s.done;
}
