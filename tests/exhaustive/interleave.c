/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Two calls on disjoint ranges: the second call runs between any two accesses
 * of the first, for every page table of a list, every pair of calls and every
 * access. The same with a device's write instead of the second call.
 *
 * After each run both calls must have the results of the contract, as if they
 * had been made one after the other. At every moment in between, a walker must
 * find either the old or the new translation.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "port_hooks.h"
#include "tests/support/prng.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * Where the ranges of calls begin and end. With full tables a call makes
 * thousands of accesses: behind the first, only some of them are tried.
 */
#if HVPT_INDEX_BITS == 1
#define DENSE UINT64_MAX
static const uint64_t quick[] = { 0, 1, 2, 3, 4, 6, 8 };
static const uint64_t full[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8 };
#elif HVPT_INDEX_BITS == 2
#define DENSE UINT64_MAX
static const uint64_t quick[] = { 0, 1, 4, 5, 8, 16 };
static const uint64_t full[] = { 0, 1, 3, 4, 6, 8, 16, 17, 20, 32 };
#else
#define DENSE 16u
static const uint64_t quick[] = { 0, 1, L1, 2 * L1 };
static const uint64_t full[] = { 0, 1, L1, L1 + 1, 2 * L1, 4 * L1 };
#endif
#define STRIDE 97u
#define EDGES (COUNT(full) + 1)

/* ---- what there is and what there ought to be ------------------------ */

struct state {
	struct small_table small;
	uint64_t words[SMALL_POOL][SMALL_ENTRIES];
	uint64_t memory[SMALL_POOL][SMALL_ENTRIES];
	struct small_leaf leaf[WINDOW];
};

static struct state before;
static struct small_leaf after[WINDOW];
static const uint64_t *edges = quick;
static unsigned edge_count = COUNT(quick);
static uint64_t probe[3 * EDGES];
static unsigned probes;
static struct done one, other;
static const char *setup_name;
static uint64_t switch_at;
static uint64_t runs, alone, pairs, every = 1;

static void say(const char *what, const struct call *call)
{
	if (call)
		fprintf(stderr, "  %s: %s first %#llx count %#llx %s%s%s\n",
			what, call_name(call), (unsigned long long)call->first,
			(unsigned long long)call->count,
			call->prot == RO ? "RO" : "RW", call->odd ? " odd" : "",
			call->alone ? " alone" : "");
}

static void say_run(void)
{
	fprintf(stderr, "  %u index bits, setup %s, at access %llu\n",
		SMALL_BITS, setup_name, (unsigned long long)switch_at);
	say("call", one.call);
	say("other", other.call);
	fprintf(stderr, "  status %s, other %s\n", hvpt_status_name(one.status),
		hvpt_status_name(other.status));
}

static void save(void)
{
	unsigned i;

	before.small = small;
	for (i = 0; i < SMALL_POOL; i++) {
		if (!small.page[i].used)
			continue;
		memcpy(before.words[i], small_words(i),
		       sizeof(before.words[i]));
		memcpy(before.memory[i], small_written_back(i),
		       sizeof(before.memory[i]));
	}
}

static void restore(void)
{
	unsigned i;

	small = before.small;
	for (i = 0; i < SMALL_POOL; i++) {
		if (!small.page[i].used)
			continue;
		memcpy(small_words(i), before.words[i],
		       sizeof(before.words[i]));
		memcpy(small_written_back(i), before.memory[i],
		       sizeof(before.memory[i]));
	}
}

/* ---- calls ----------------------------------------------------------- */

static bool on_leaf(void *ctx, hvpt_iova_t iova,
		    const struct hvpt_mapping *mapping)
{
	struct done *done = ctx;
	uint64_t page = iova.value / PAGE, gpa = mapping->gpa.value / PAGE;
	uint64_t end = page + (1ull << (mapping->leaf_lg2 - 12));

	SMALL_CHECK(end > done->next);
	for (; page < end; page++, gpa++) {
		if (!call_covers(done->call, page))
			continue;
		SMALL_CHECK(page >= done->next);
		SMALL_CHECK(before.leaf[page].mapped &&
			    before.leaf[page].gpa == gpa);
		SMALL_CHECK(before.leaf[page].writable ==
			    ((mapping->prot & HVPT_PROT_WRITE) != 0));
		done->next = page + 1;
		done->shown++;
	}
	return true;
}

static void on_dirty(void *ctx, hvpt_iova_t iova, uint64_t length)
{
	struct done *done = ctx;
	uint64_t page = iova.value / PAGE, end = page + length / PAGE;

	for (; page < end; page++) {
		SMALL_CHECK(call_covers(done->call, page) && page < WINDOW);
		SMALL_CHECK(!done->reported[page]);
		SMALL_CHECK(before.leaf[page].mapped);
		done->reported[page] = true;
		done->shown++;
	}
}

static const struct call_hooks hooks = { on_leaf, on_dirty };

static void make(struct done *done, const struct call *call)
{
	call_make(&small.pt, done, call, &hooks);
	if (call->kind == LOOKUP && done->status == HVPT_OK)
		SMALL_CHECK(done->mapping.gpa.value ==
			    before.leaf[call->first].gpa * PAGE);
}

/* ---- checks ---------------------------------------------------------- */

/* Between two accesses a walker finds the old or the new translation. */
static void check_now(void)
{
	unsigned i;

	for (i = 0; i < probes; i++) {
		struct small_leaf leaf = small_walk(probe[i]);

		SMALL_CHECK(call_same(&leaf, &before.leaf[probe[i]]) ||
			    call_same(&leaf, &after[probe[i]]));
	}
}

/*
 * The flush of a call that returned: where it changed a part of what was a
 * large leaf, it covers all of the leaf, whoever split it.
 */
static void check_flush(const struct done *done)
{
	struct hvpt_gather wide = done->gather;
	unsigned i;

	hvpt_pt_widen(&small.pt, &wide);
	for (i = 0; i < probes; i++) {
		const struct small_leaf *was = &before.leaf[probe[i]];
		uint64_t pages = 1ull << (was->level * SMALL_BITS);
		uint64_t first = probe[i] & ~(pages - 1);

		if (!call_covers(done->call, probe[i]) || !was->mapped ||
		    call_same(was, &after[probe[i]]))
			continue;
		SMALL_CHECK(hvpt_gather_covers(
			&wide, hvpt_iova(first * PAGE),
			hvpt_iova((first + pages) * PAGE - 1)));
	}
}

/* The other call has returned: its mappings can be used, or are gone. */
static void check_other(void)
{
	unsigned i;

	check_flush(&other);
	for (i = 0; i < probes; i++) {
		struct small_leaf leaf;

		if (!call_covers(other.call, probe[i]))
			continue;
		leaf = small_walk(probe[i]);
		SMALL_CHECK(call_same(&leaf, &after[probe[i]]));
	}
}

/* Tables that left the tree wait in the gather, which covers what they span. */
static void check_detached(const struct hvpt_gather *gather)
{
	const uint64_t *words = gather->tables;
	unsigned i, n = 0;

	for (; words; words = (const uint64_t *)(uintptr_t)words[0], n++) {
		unsigned table = small_index_of(words);
		struct small_page *page = &small.page[table];
		unsigned level = page->level;
		uint64_t first = page->first;
		uint64_t end = first + (1ull << ((level + 1) * SMALL_BITS));

		SMALL_CHECK(page->used && page->seen);
		for (i = 0; i < probes; i++) {
			struct small_leaf leaf;

			if (probe[i] < first || probe[i] >= end)
				continue;
			SMALL_CHECK(small_pending(gather, probe[i]));
			/* a walker may go on reading it */
			leaf = small_walk_from(table, level, probe[i]);
			SMALL_CHECK(!leaf.mapped ||
				    call_same(&leaf, &before.leaf[probe[i]]));
		}
		page->level = level;
		page->first = first;
	}
	SMALL_CHECK(n == gather->table_count);
}

static uint64_t mapped_in(const struct call *call)
{
	uint64_t i, n = 0;

	for (i = call->first; i < call->first + call->count; i++)
		n += before.leaf[i].mapped;
	return n;
}

static uint64_t dirty_in(const struct call *call)
{
	uint64_t i, n = 0;

	for (i = call->first; i < call->first + call->count; i++)
		n += before.leaf[i].mapped && before.leaf[i].dirty;
	return n;
}

static void check_call(const struct done *done)
{
	const struct call *call = done->call;

	SMALL_CHECK(done->status == call_right_status(call, before.leaf));
	if (call->kind == UNMAP)
		SMALL_CHECK(done->bytes == mapped_in(call) * PAGE);
	if (call->kind == RECLAIM)
		SMALL_CHECK(done->bytes == done->gather.table_count);
	if (call->kind == VISIT)
		SMALL_CHECK(done->shown == mapped_in(call));
	check_detached(&done->gather);
}

static void check_page(uint64_t page, bool has_other)
{
	struct small_leaf *was = &before.leaf[page];
	struct small_leaf leaf = small_walk(page);
	bool pending = small_pending(&one.gather, page);
	bool other_pending = has_other && small_pending(&other.gather, page);

	SMALL_CHECK(call_same(&leaf, &after[page]));
	/* what went away is in the gather of the call that took it */
	if (was->mapped && !call_same(was, &leaf))
		SMALL_CHECK(call_covers(one.call, page) ? pending :
							  other_pending);
	/* and so is all of a large leaf, in one of them */
	if (was->mapped && leaf.mapped && was->level > leaf.level)
		SMALL_CHECK(pending || other_pending);
}

static void check(bool has_other)
{
	unsigned tables = small_tables(), i;

	SMALL_CHECK(tables == hvpt_pt_tables(&small.pt));
	check_call(&one);
	if (has_other)
		check_call(&other);
	else
		hvpt_gather_init(&other.gather);
	SMALL_CHECK(small.in_use ==
		    tables + one.gather.table_count + other.gather.table_count);
	for (i = 0; i < probes; i++)
		check_page(probe[i], has_other);
	small.quiet = false;
	check_flush(&one);
	hvpt_pt_release(&small.pt, &one.gather);
	hvpt_pt_release(&small.pt, &other.gather);
	SMALL_CHECK(small.in_use == tables);
	SMALL_CHECK(small.pt.splits == 0);
}

/* ---- runs ------------------------------------------------------------ */

/* Runs at the access where the calls are switched. */
struct plan {
	const struct call *other;
	uint64_t page; /* without another call: a device writes here */
	uint64_t writes;
	bool wrote;
};

static void before_access(void *ctx, enum port_access access, uint64_t *slot)
{
	struct plan *plan = ctx;

	(void)access;
	(void)slot;
	if (port_hooks.writes != plan->writes) {
		plan->writes = port_hooks.writes;
		check_now();
	}
	if (port_hooks.count != switch_at)
		return;
	if (plan->other) {
		make(&other, plan->other);
		check_other();
	} else {
		plan->wrote = small_device_write(plan->page);
	}
	check_now();
}

/* Return: false when the call has no such access. */
static bool run_one(const struct call *call, struct plan *plan)
{
	restore();
	plan->writes = 0;
	plan->wrote = false;
	other.call = plan->other;
	small.quiet = true;
	port_hooks.count = 0;
	port_hooks.writes = 0;
	port_hooks.ctx = plan;
	port_hooks.before = before_access;
	make(&one, call);
	port_hooks.before = NULL;
	if (port_hooks.count < switch_at)
		return false;
	runs++;
	return true;
}

static void expect_after(const struct call *call, const struct call *also)
{
	memcpy(after, before.leaf, sizeof(after));
	call_apply(call, after);
	if (also)
		call_apply(also, after);
}

/* ---- who writes -------------------------------------------------------- */

static uint64_t shadow[SMALL_POOL][SMALL_ENTRIES];
static uint64_t *written;

/* In existing tables only the word just written may have changed. */
static void check_words(void)
{
	unsigned i, j;

	for (i = 0; i < SMALL_POOL; i++) {
		uint64_t *words = small_words(i);

		if (!before.small.page[i].used)
			continue;
		for (j = 0; j < SMALL_ENTRIES; j++)
			SMALL_CHECK(words[j] == shadow[i][j] ||
				    &words[j] == written);
		memcpy(shadow[i], words, sizeof(shadow[i]));
	}
}

static void watch_words(void *ctx, enum port_access access, uint64_t *slot)
{
	(void)ctx;
	check_words();
	written = access >= PORT_STORE ? slot : NULL;
}

/* Tables are written through the port, word by word, and by no other means. */
static void run_alone(const struct call *call)
{
	restore();
	written = NULL;
	memcpy(shadow, before.words, sizeof(shadow));
	port_hooks.before = watch_words;
	make(&one, call);
	port_hooks.before = NULL;
	check_words();
	hvpt_pt_release(&small.pt, &one.gather);
	alone++;
}

static void next_switch(void)
{
	switch_at += switch_at < DENSE ? 1 : STRIDE;
}

static void run_calls(const struct call *call, const struct call *also)
{
	struct plan plan = { 0 };

	plan.other = also;
	expect_after(call, also);
	for (switch_at = 1; run_one(call, &plan); next_switch()) {
		if (call->kind == DIRTY)
			SMALL_CHECK(one.shown == dirty_in(call));
		check(true);
	}
}

/* In the end a written page is dirty, reported, or not mapped. */
static void run_device(const struct call *call, uint64_t page)
{
	struct plan plan = { 0 };

	plan.page = page;
	expect_after(call, NULL);
	for (switch_at = 1; run_one(call, &plan); next_switch()) {
		struct small_leaf leaf = small_walk(page);

		if (plan.wrote && leaf.mapped)
			SMALL_CHECK(leaf.dirty || one.reported[page]);
		check(false);
	}
}

/* ---- everything ------------------------------------------------------ */

struct setup {
	const char *name;
	struct call call[6];
};

static const struct setup setups[] = {
	{ "empty", { { END, 0, 0, 0, 0, 0 } } },
	{ "a page",
	  { { MAP, 0, 1, RW, true, false }, { END, 0, 0, 0, 0, 0 } } },
	{ "a page further on",
	  { { MAP, L1 + 1, 1, RW, true, false }, { END, 0, 0, 0, 0, 0 } } },
	{ "a large leaf",
	  { { MAP, 0, L1, RW, false, false }, { END, 0, 0, 0, 0, 0 } } },
	{ "two large leaves, RO and RW",
	  { { MAP, 0, L1, RO, false, false },
	    { MAP, L1, L1, RW, false, false },
	    { END, 0, 0, 0, 0, 0 } } },
	{ "a huge leaf",
	  { { MAP, 0, L2, RW, false, false }, { END, 0, 0, 0, 0, 0 } } },
	{ "small leaves",
	  { { MAP, 0, 2 * L1, RW, true, false }, { END, 0, 0, 0, 0, 0 } } },
	{ "empty tables",
	  { { MAP, 0, 2 * L1, RW, true, false },
	    { UNMAP, 0, 1, 0, 0, 0 },
	    { UNMAP, 1, L1, 0, 0, 0 },
	    { UNMAP, L1 + 1, L1 - 1, 0, 0, 0 },
	    { END, 0, 0, 0, 0, 0 } } },
	{ "half empty",
	  { { MAP, 0, 2 * L1, RW, true, false },
	    { UNMAP, 0, 1, 0, 0, 0 },
	    { UNMAP, 1, L1 - 1, 0, 0, 0 },
	    { END, 0, 0, 0, 0, 0 } } },
	{ "a split leaf with a hole",
	  { { MAP, 0, 2 * L1, RW, false, false },
	    { UNMAP, 1, 1, 0, 0, 0 },
	    { END, 0, 0, 0, 0, 0 } } },
	{ "a split huge leaf, mixed",
	  { { MAP, 0, L2, RW, false, false },
	    { PROTECT, 1, 1, RO, 0, 0 },
	    { END, 0, 0, 0, 0, 0 } } },
	{ "the upper table empty",
	  { { MAP, 0, 1, RW, true, false },
	    { UNMAP, 0, L1, 0, 0, 0 },
	    { END, 0, 0, 0, 0, 0 } } },
};

/* Everything but the range. */
static const struct call calls[] = {
	{ MAP, 0, 0, RW, false, false },
	{ MAP, 0, 0, RW, false, true },
	{ MAP, 0, 0, RO, true, false },
	{ MAP_LIST, 0, 0, RW, false, false },
	{ UNMAP, 0, 0, RW, false, false },
	{ PROTECT, 0, 0, RO, false, false },
	{ PROTECT, 0, 0, RW, false, false },
	{ RECLAIM, 0, 0, RW, false, false },
	{ DIRTY, 0, 0, RW, false, false },
	{ LOOKUP, 0, 0, RW, false, false },
	{ VISIT, 0, 0, RW, false, false },
};

static void add_probe(uint64_t page)
{
	unsigned i;

	for (i = 0; i < probes; i++)
		if (probe[i] == page)
			return;
	if (page < WINDOW)
		probe[probes++] = page;
}

static void make_probes(void)
{
	unsigned i;

	for (i = 0; i < edge_count; i++) {
		add_probe(edges[i] - 1);
		add_probe(edges[i]);
		add_probe(edges[i] + 1);
	}
}

static void open_setup(const struct setup *setup, uint32_t flags,
		       bool noncoherent)
{
	const struct call *call;
	uint64_t i;

	small_open(4, HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M | HVPT_PAGE_SIZE_1G,
		   flags, noncoherent);
	setup_name = setup->name;
	for (call = setup->call; call->kind != END; call++) {
		make(&one, call);
		SMALL_CHECK(one.status == HVPT_OK);
		hvpt_pt_release(&small.pt, &one.gather);
	}
	small_tables(); /* walkers have seen all of them */
	for (i = 0; i < WINDOW; i++)
		before.leaf[i] = small_walk(i);
	save();
}

static bool is_change(const struct call *call)
{
	return call->kind != LOOKUP && call->kind != VISIT;
}

/* Calls in parallel with @call, on each range that is disjoint from its own. */
static void run_others(const struct call *call)
{
	unsigned kind, i, j;

	for (kind = 0; kind < COUNT(calls); kind++)
		for (i = 0; i < edge_count; i++)
			for (j = i + 1; j < edge_count; j++) {
				struct call also = calls[kind];

				also.first = edges[i];
				also.count = edges[j] - edges[i];
				if (is_change(&also) &&
				    (edges[j] <= call->first ||
				     edges[i] >= call->first + call->count) &&
				    pairs++ % every == 0)
					run_calls(call, &also);
			}
}

static void run_range(uint64_t first, uint64_t count, bool device)
{
	unsigned kind, i;

	for (kind = 0; kind < COUNT(calls); kind++) {
		struct call call = calls[kind];

		call.first = first;
		call.count = count;
		if (SMALL_BITS < 9)
			run_alone(&call);
		if (!device)
			run_others(&call);
		else
			for (i = 0; i < probes; i++)
				if (before.leaf[probe[i]].mapped &&
				    before.leaf[probe[i]].writable)
					run_device(&call, probe[i]);
	}
}

static void run_setup(const struct setup *setup, bool device, bool noncoherent)
{
	unsigned i, j;

	open_setup(setup, device ? HVPT_PT_TRACK_DIRTY : 0, noncoherent);
	for (i = 0; i < edge_count; i++)
		for (j = i + 1; j < edge_count; j++)
			run_range(edges[i], edges[j] - edges[i], device);
	restore();
	small_close();
}

int main(int argc, char **argv)
{
	uint64_t made[3];
	unsigned i;

	if (pt_effort_percent() < 100)
		every = 7; /* pairs of calls */
	if (argc > 1 && strcmp(argv[1], "--full") == 0) {
		edges = full;
		edge_count = COUNT(full);
	}
	small_says = say_run;
	make_probes();
	for (i = 0; i < COUNT(setups); i++)
		run_setup(&setups[i], false, false);
	made[0] = runs;
	for (i = 0; SMALL_BITS < 9 && i < COUNT(setups); i++)
		run_setup(&setups[i], false, true);
	made[1] = runs - made[0];
	for (i = 0; i < COUNT(setups); i++)
		run_setup(&setups[i], true, false);
	made[2] = runs - made[0] - made[1];
	SMALL_CHECK(port_hooks.lost > 0);
	SMALL_CHECK(SMALL_BITS == 9 || alone > 0);
	printf("%u index bits: %llu interleavings of two calls, %llu beside a"
	       " walker that does not snoop, %llu of a call and a device's"
	       " write; %llu compare-and-swaps lost\n",
	       SMALL_BITS, (unsigned long long)made[0],
	       (unsigned long long)made[1], (unsigned long long)made[2],
	       (unsigned long long)port_hooks.lost);
	return 0;
}
