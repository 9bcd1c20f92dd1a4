/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"
#include "work.h"

#define PAGES 8192u /* 32 MiB: 16 tables of level 0 */
#define FAR_APART 16u

/**
 * struct window - a range of IOVAs and its expected mappings
 * @base: its first IOVA
 * @sizes: leaf sizes that are allowed
 * @walker: reads the tables
 * @pa: target of each page
 * @owner: number of the map call that mapped it; 0: not mapped
 * @writable: as that call asked
 * @calls: map calls so far
 */
struct window {
	const struct bench_backend *b;
	void *d;
	uint64_t base;
	uint64_t sizes;
	uint64_t seed;
	struct sdm_walker walker;
	uint64_t pa[PAGES];
	unsigned owner[PAGES];
	bool writable[PAGES];
	unsigned calls;
};

/** Part of a window, in pages. */
struct part {
	unsigned first;
	unsigned count;
};

static void fail(const struct bench_backend *b, uint64_t iova, const char *what)
{
	fprintf(stderr, "hvpt-bench: %s is wrong at iova %#" PRIx64 ": %s\n",
		b->name, iova, what);
	exit(EXIT_FAILURE);
}

static bool read_pool(void *ctx, uint64_t pa, uint64_t *value)
{
	(void)ctx;
	if (!pool_has(pa & ~(uint64_t)4095))
		return false;
	*value = *(const volatile uint64_t *)pool_va(pa);
	return true;
}

void verify_walker_init(struct sdm_walker *walker,
			const struct bench_backend *b, void *d, unsigned levels)
{
	memset(walker, 0, sizeof(*walker));
	walker->read64 = read_pool;
	walker->root = b->root_pa(d);
	walker->levels = levels;
	walker->width = levels == 5 ? 57 : 48;
	walker->maxphyaddr = 52;
	walker->canonical = true;
}

static uint64_t iova_of(const struct window *w, unsigned page)
{
	return w->base + page * SZ_4K;
}

static void check_mapped(const struct window *w, unsigned page,
			 const struct sdm_result *seen)
{
	uint64_t iova = iova_of(w, page) + 0x123;

	if (seen->fault != SDM_FAULT_NONE)
		fail(w->b, iova, sdm_fault_text(seen->fault));
	if (seen->pa != w->pa[page] + 0x123)
		fail(w->b, iova, "the walker comes to another page");
	if (!(w->sizes >> seen->page_lg2 & 1))
		fail(w->b, iova, "a leaf of a size that is not allowed");
	if (seen->writable != w->writable[page])
		fail(w->b, iova, "wrong permission");
	if (w->b->iova_to_phys(w->d, iova) != w->pa[page] + 0x123)
		fail(w->b, iova, "its lookup gives another page");
}

static void check(const struct window *w)
{
	for (unsigned i = 0; i < PAGES; i++) {
		uint64_t iova = iova_of(w, i) + 0x123;
		struct sdm_result seen = sdm_walk(&w->walker, iova, false);

		if (w->owner[i]) {
			check_mapped(w, i, &seen);
			continue;
		}
		if (seen.fault != SDM_FAULT_NOT_PRESENT || seen.entry != 0)
			fail(w->b, iova, "not an empty entry after unmap");
		if (w->b->iova_to_phys(w->d, iova) != 0)
			fail(w->b, iova, "its lookup finds what is not there");
	}
}

static uint64_t chance(struct window *w, uint64_t of)
{
	return work_random(&w->seed) % of;
}

/* One page, a few, many, or whole tables. */
static struct part choose_part(struct window *w)
{
	struct part part = { (unsigned)chance(w, PAGES), 1 };

	switch (chance(w, 4)) {
	case 0:
		break;
	case 1:
		part.count += (unsigned)chance(w, 64);
		break;
	case 2:
		part.count += (unsigned)chance(w, 2000);
		break;
	default:
		part.first &= ~511u;
		part.count = 512u * (1 + (unsigned)chance(w, 3));
		break;
	}
	if (part.count > PAGES - part.first)
		part.count = PAGES - part.first;
	return part;
}

static bool is_free(const struct window *w, struct part part)
{
	for (unsigned i = 0; i < part.count; i++)
		if (w->owner[part.first + i])
			return false;
	return true;
}

static void do_map(struct window *w, struct part part)
{
	uint64_t iova = iova_of(w, part.first);
	uint64_t pa = PA + (chance(w, 4096) << 21);
	unsigned prot = BENCH_PROT_READ;

	pa += chance(w, 2) ? iova & (SZ_2M - 1) : chance(w, 512) << 12;
	prot |= chance(w, 2) ? BENCH_PROT_WRITE : 0;
	w->calls++;
	if (w->b->map(w->d, iova, pa, part.count * SZ_4K, prot) != 0)
		fail(w->b, iova, "map failed");
	for (unsigned i = 0; i < part.count; i++) {
		w->owner[part.first + i] = w->calls;
		w->pa[part.first + i] = pa + i * SZ_4K;
		w->writable[part.first + i] = (prot & BENCH_PROT_WRITE) != 0;
	}
}

/* All pages of the map call that mapped @page. */
static void do_unmap(struct window *w, unsigned page)
{
	unsigned owner = w->owner[page], end = page;
	uint64_t iova, len;

	while (page > 0 && w->owner[page - 1] == owner)
		page--;
	for (; end < PAGES && w->owner[end] == owner; end++)
		w->owner[end] = 0;
	for (unsigned i = page; i < end; i++)
		w->owner[i] = 0;
	iova = iova_of(w, page);
	len = (end - page) * SZ_4K;
	if (w->b->unmap(w->d, iova, len) != len)
		fail(w->b, iova, "unmap of a whole map call failed");
}

static void step(struct window *w)
{
	struct part part = choose_part(w);
	uint64_t iova = iova_of(w, part.first);
	uint64_t len = part.count * SZ_4K;

	if (is_free(w, part)) {
		do_map(w, part);
		return;
	}
	if (!(w->b->flags & BF_OVERWRITE) &&
	    w->b->map(w->d, iova, PA, len, RW) == 0)
		fail(w->b, iova, "map over a live range was not refused");
	for (unsigned i = part.first; i < part.first + part.count; i++)
		if (w->owner[i])
			do_unmap(w, i);
}

static void verify_window(const struct bench_backend *b, unsigned levels,
			  uint64_t base, uint64_t sizes, unsigned steps)
{
	static struct window w;
	long before = pool_in_use();

	memset(&w, 0, sizeof(w));
	w.b = b;
	w.base = base;
	w.sizes = sizes;
	w.seed = 20250901 + base + sizes;
	w.d = b->create(levels, sizes);
	verify_walker_init(&w.walker, b, w.d, levels);
	for (unsigned i = 0; i < steps; i++) {
		step(&w);
		if (i % FAR_APART == 0 || i + FAR_APART > steps)
			check(&w);
	}
	b->destroy(w.d);
	if (pool_in_use() != before)
		fail(b, base, "table pages are missing after destroy");
}

void verify_backend(const struct bench_backend *b, unsigned levels,
		    unsigned steps)
{
	uint64_t half = (uint64_t)1 << (levels == 5 ? 56 : 47);
	uint64_t top = half - PAGES * SZ_4K;

	verify_window(b, levels, IOVA, ALL_SIZES, steps);
	verify_window(b, levels, IOVA, SZ_4K | SZ_2M, steps);
	verify_window(b, levels, IOVA, SZ_4K, steps);
	verify_window(b, levels, top, ALL_SIZES, steps);
	if (!(b->flags & BF_LOWER))
		verify_window(b, levels, 0 - half, ALL_SIZES, steps);
}

static void check_end(const struct bench_backend *b,
		      const struct sdm_walker *walker, void *d, uint64_t iova,
		      uint64_t pa)
{
	struct sdm_result seen = sdm_walk(walker, iova, false);

	if (b->iova_to_phys(d, iova) != pa)
		fail(b, iova, "wrong lookup in a trace");
	if (pa ? seen.fault != SDM_FAULT_NONE || seen.pa != pa :
		 seen.fault != SDM_FAULT_NOT_PRESENT)
		fail(b, iova, "wrong translation in a trace");
}

void verify_traffic(const struct bench_backend *b, unsigned levels,
		    const struct traffic *t)
{
	void *d[TRAFFIC_DOMAINS];
	struct sdm_walker walker[TRAFFIC_DOMAINS];

	for (unsigned i = 0; i < t->domains; i++) {
		d[i] = b->create(levels, ALL_SIZES);
		verify_walker_init(&walker[i], b, d[i], levels);
	}
	for (size_t i = 0; i < t->count; i++) {
		const struct traffic_call *c = &t->call[i];
		void *at = d[c->domain];
		uint64_t last = c->len - 1;

		if (c->map ? b->map(at, c->iova, c->pa, c->len, RW) != 0 :
			     b->unmap(at, c->iova, c->len) != c->len)
			fail(b, c->iova, "a call of a trace failed");
		check_end(b, &walker[c->domain], at, c->iova,
			  c->map ? c->pa : 0);
		check_end(b, &walker[c->domain], at, c->iova + last,
			  c->map ? c->pa + last : 0);
	}
	for (unsigned i = 0; i < t->domains; i++)
		b->destroy(d[i]);
}
