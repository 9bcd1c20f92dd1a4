/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Random calls of two or three threads on disjoint ranges of one domain, in
 * memory as weakly ordered as C11 allows (weak_memory.h). In parallel a device
 * walks, caches leaves and sets A and D, a thread attaches or detaches the
 * device, and a thread only reads. The same for the registry of segments, with
 * writers and lookups.
 *
 *	weak [CASES]             every case must follow the contracts; others
 *	                         with HVPT_SEED, more with HVPT_TEST_EFFORT
 *	weak --sites LIST CASES  removes the ordering of one access at a time,
 *	                         and each time a case must fail; LIST names the
 *	                         sites without which nothing fails, and why
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "port_hooks.h"
#include "tests/support/prng.h"
#include "weak_memory.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CALLERS 3u
#define DEVICE 4u
#define MOVER 5u
#define CACHED 64u
#define CASES 20000u

/*
 * Any calls; neighbours that take away what shares a large leaf; maps that
 * fill tables below a table that is there, and a lookup beside them; three that
 * flush at once.
 */
enum shape {
	ANY,
	SPLIT,
	BUILD,
	COMBINE
};

/* Calls of this test only, after those of calls.h. */
enum {
	EXPLAIN = END + 1
};

/**
 * struct job - the call of a thread
 * @synced: its call was made, and its flush succeeded
 * @full: the flush is hvpt_domain_flush_all()
 */
struct job {
	struct call call;
	struct done done;
	struct hvpt_fault_cause cause;
	bool full;
	bool synced;
};

/* What the IOMMU has cached: leaves. */
struct cached {
	uint64_t first;
	uint64_t pages;
	struct small_leaf leaf; /* gpa: of the first page */
};

/* A flush hypercall. */
struct flush {
	bool all;
	unsigned count;
	uint64_t entry[HVPT_HV_FLUSH_LIST_MAX];
};

static struct hvpt_iommu iommu;
static struct hvpt_domain domain;
static struct hvpt_device device;
static struct small_leaf before[WINDOW], after[WINDOW];
static struct job jobs[CALLERS + 1];
static unsigned callers;
static struct cached cache[CACHED];
static unsigned cached, flushes;
static unsigned running; /* callers that have not returned */
static bool refuse;	 /* most lists */
static enum shape shape;
static bool attached, reader, wrote[WINDOW];
static struct flush posted[WEAK_THREADS];
static uint64_t seed, case_number, lists_done, lists_refused, entries_done,
	fulls;
static uint64_t asked, calls_done, fallbacks, hits, combined;

static void say_case(void)
{
	unsigned i;

	fprintf(stderr, "  case %llu, thread %u\n",
		(unsigned long long)case_number, weak_current());
	for (i = 1; i <= callers; i++)
		fprintf(stderr, "  %u: %s %llu+%llu %s%s%s: %s%s\n", i,
			jobs[i].call.kind == (enum kind)EXPLAIN ?
				"explain" :
				call_name(&jobs[i].call),
			(unsigned long long)jobs[i].call.first,
			(unsigned long long)jobs[i].call.count,
			jobs[i].call.prot == RO ? "RO" : "RW",
			jobs[i].call.odd ? " odd" : "",
			jobs[i].call.alone ? " alone" : "",
			hvpt_status_name(jobs[i].done.status),
			jobs[i].synced ? ", synced" : "");
}

static bool is_change(const struct job *job)
{
	return job->call.kind < LOOKUP;
}

/* ---- the IOMMU ------------------------------------------------------- */

/* The translation of @page by the cached leaf. */
static struct small_leaf cached_leaf(const struct cached *entry, uint64_t page)
{
	struct small_leaf leaf = entry->leaf;

	leaf.gpa += page - entry->first;
	return leaf;
}

/* May a device still use @leaf at @page? */
static void check_use(uint64_t page, const struct small_leaf *leaf)
{
	unsigned i;

	if (call_same(leaf, &after[page]))
		return;
	SMALL_CHECK(call_same(leaf, &before[page]));
	for (i = 1; i <= callers; i++)
		SMALL_CHECK(!is_change(&jobs[i]) || !jobs[i].synced ||
			    !call_covers(&jobs[i].call, page));
}

static void check_cache(const struct call *call)
{
	uint64_t page;
	unsigned i;

	for (page = call->first; page < call->first + call->count; page++)
		for (i = 0; i < cached; i++) {
			struct small_leaf leaf = cached_leaf(&cache[i], page);

			if (page - cache[i].first < cache[i].pages)
				check_use(page, &leaf);
		}
}

/* One block holds all of the entry. */
static bool is_flushed(const struct flush *flush, const struct cached *entry)
{
	unsigned i;

	for (i = 0; i < flush->count; i++) {
		uint64_t page = flush->entry[i] >> 12;
		uint64_t end = page + (1ull << (flush->entry[i] & 63));

		if (page <= entry->first && end >= entry->first + entry->pages)
			return true;
	}
	return flush->all;
}

/* Walks that have begun are over; the device knows what the thread knows. */
static void flush(void *ctx)
{
	const struct flush *what = ctx;
	unsigned i;

	for (i = cached; i-- > 0;)
		if (is_flushed(what, &cache[i]))
			cache[i] = cache[--cached];
	flushes++;
	weak_teach(DEVICE);
}

static void keep(uint64_t page, unsigned level, uint64_t entry)
{
	struct cached *slot;

	if (cached == CACHED)
		cached--;
	slot = &cache[cached++];
	slot->pages = 1ull << (level * SMALL_BITS);
	slot->first = page & ~(slot->pages - 1);
	memset(&slot->leaf, 0, sizeof(slot->leaf));
	slot->leaf.mapped = true;
	slot->leaf.writable = (entry & HVPT_PTE_WRITE) != 0;
	slot->leaf.gpa = (entry & 0x000ffffffffff000ull) >> 12;
}

/* SDM vol. 3A, 4.5: P, R/W, U/S, A, D, PS and the address. */
static bool walk(uint64_t page, uint64_t **slot, uint64_t *entry,
		 unsigned *level)
{
	uint64_t *table = domain.pt.root;
	unsigned begun = flushes;

	for (*level = 3;; --*level) {
		*slot = &table[(page >> (*level * SMALL_BITS)) % SMALL_ENTRIES];
		weak_point();
		if (flushes != begun)
			return false;
		*entry = weak_device_load(*slot);
		if (!(*entry & 1))
			return false;
		if (*level == 0 || (*entry & 0x80))
			return true;
		table = small_words(small_index(*entry & ~0xfffull));
	}
}

static void access_page(uint64_t page)
{
	struct small_leaf leaf;
	unsigned level, begun;
	uint64_t *slot, entry;

	begun = flushes;
	if (!walk(page, &slot, &entry, &level))
		return;
	SMALL_CHECK(level < 3);
	weak_point();
	if (flushes != begun)
		return;
	if (entry & 2) {
		if (!weak_device_update(slot, entry, entry | 0x60))
			return;
		wrote[page] |= !(entry & 0x40);
	}
	keep(page, level, entry);
	leaf = cached_leaf(&cache[cached - 1], page);
	check_use(page, &leaf);
	hits++;
}

static void run_device(void *ctx)
{
	unsigned i;

	(void)ctx;
	for (i = 0; i < 10 || (running > 0 && i < 60); i++) {
		weak_point();
		if (attached)
			access_page(weak_below(WINDOW));
	}
}

/* ---- hypercalls ------------------------------------------------------ */

static _Alignas(4096) uint8_t call_pages[WEAK_THREADS][4096];

static bool borrow(void *ctx, struct hvpt_call_page *page)
{
	(void)ctx;
	page->va = call_pages[weak_current()];
	page->gpa = hvpt_gpa(0x10000);
	return true;
}

static uint64_t issue_list(struct flush *flush_of, unsigned count)
{
	if (weak_below(8) < (refuse ? 7 : 1)) {
		lists_refused++;
		return 5; /* HV_STATUS_INVALID_PARAMETER */
	}
	flush_of->all = false;
	flush_of->count = count;
	memcpy(flush_of->entry, call_pages[weak_current()] + 32,
	       (size_t)count * 8);
	weak_post(flush, flush_of);
	lists_done++;
	calls_done++;
	entries_done += count;
	return (uint64_t)count << 32;
}

/* Walks that have begun go on until a flush. */
static uint64_t issue_attach(void)
{
	struct hvpt_hv_attach_device_domain input;

	memcpy(&input, call_pages[weak_current()], sizeof(input));
	attached = input.domain.domain_id >> 32 == domain.id;
	weak_teach(DEVICE);
	return 0;
}

/* A call takes time: long where others are to find it in flight. */
static void take_time(void)
{
	unsigned i;

	for (i = domain.wait_ops ? weak_below(2) * 400 : 0; i > 0; i--)
		weak_point();
	weak_point();
}

static uint64_t issue(void *ctx, uint64_t control, hvpt_gpa_t input,
		      hvpt_gpa_t output)
{
	struct flush *flush_of = &posted[weak_current()];

	(void)ctx;
	(void)input;
	(void)output;
	take_time();
	weak_arrive();
	switch (control & 0xffff) {
	case HVPT_HVCALL_ATTACH_DEVICE_DOMAIN:
		return issue_attach();
	case HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST:
		return issue_list(flush_of, control >> 32 & 0xfff);
	default:
		SMALL_CHECK((control & 0xffff) ==
			    HVPT_HVCALL_FLUSH_DEVICE_DOMAIN);
		flush_of->all = true;
		flush_of->count = 0;
		weak_post(flush, flush_of);
		fulls++;
		calls_done += weak_current() <= callers;
		fallbacks += weak_current() <= callers &&
			     !jobs[weak_current()].full;
		return 0;
	}
}

static void give_back(void *ctx, struct hvpt_call_page *page)
{
	(void)ctx;
	(void)page;
}

static const struct hvpt_transport_ops transport = { borrow, issue, give_back };

/* ---- waiting --------------------------------------------------------- */

static bool wait_begin(void *ctx, struct hvpt_waiter *waiter)
{
	(void)ctx;
	asked++;
	if (weak_below(8) == 0)
		return false;
	weak_object(&waiter->word, sizeof(waiter->word));
	return true;
}

static void wait_wait(void *ctx, struct hvpt_waiter *waiter)
{
	(void)ctx;
	(void)waiter;
	weak_point();
}

static void wait_end(void *ctx, struct hvpt_waiter *waiter)
{
	(void)ctx;
	(void)waiter;
}

static const struct hvpt_wait_ops waits = { wait_begin, wait_wait, NULL,
					    wait_end };

/* ---- callers --------------------------------------------------------- */

static bool on_leaf(void *ctx, hvpt_iova_t iova,
		    const struct hvpt_mapping *mapping)
{
	const struct done *done = ctx;
	uint64_t page = iova.value / PAGE, gpa = mapping->gpa.value / PAGE;
	uint64_t end = page + (1ull << (mapping->leaf_lg2 - 12));

	for (; page < end; page++, gpa++) {
		struct small_leaf leaf = { 0 };

		if (!call_covers(done->call, page))
			continue;
		leaf.mapped = true;
		leaf.gpa = gpa;
		leaf.writable = (mapping->prot & HVPT_PROT_WRITE) != 0;
		SMALL_CHECK(call_same(&leaf, &before[page]) ||
			    call_same(&leaf, &after[page]));
	}
	return true;
}

static void on_dirty(void *ctx, hvpt_iova_t iova, uint64_t length)
{
	struct done *done = ctx;
	uint64_t page = iova.value / PAGE, end = page + length / PAGE;

	for (; page < end; page++) {
		SMALL_CHECK(call_covers(done->call, page));
		done->reported[page] = true;
	}
}

static const struct call_hooks hooks = { on_leaf, on_dirty };

/* A lookup, or an explanation, of a page that others may be changing. */
static void check_found(uint64_t page, bool found, uint64_t gpa)
{
	struct small_leaf leaf = { 0 };
	bool was, is;

	leaf.mapped = found;
	leaf.gpa = gpa / PAGE;
	leaf.writable = before[page].writable;
	was = call_same(&leaf, &before[page]);
	leaf.writable = after[page].writable;
	is = call_same(&leaf, &after[page]);
	SMALL_CHECK(was || is);
}

static void explain(struct job *job)
{
	uint64_t page = job->call.first, pages;

	hvpt_pt_explain(&domain.pt, hvpt_iova(page * PAGE), false, &job->cause);
	SMALL_CHECK(job->cause.reason == HVPT_REASON_MAPPED_NOW ||
		    job->cause.reason == HVPT_REASON_NOT_PRESENT);
	pages = 1ull << (job->cause.level * SMALL_BITS);
	check_found(page, job->cause.reason == HVPT_REASON_MAPPED_NOW,
		    (job->cause.entry & 0x000ffffffffff000ull) +
			    (page & (pages - 1)) * PAGE);
}

/* A walker that does not snoop finds what was asked for. */
static void check_written_back(const struct call *call)
{
	uint64_t page;

	for (page = call->first; page < call->first + call->count; page++) {
		struct small_leaf leaf = small_walk(page);

		SMALL_CHECK(call_same(&leaf, &after[page]));
	}
}

/* While lookups run, tables are not given back: the grace period. */
static enum hvpt_status sync_job(struct job *job)
{
	enum hvpt_status status;

	if (!job->full)
		return reader ? hvpt_domain_flush(&domain, &job->done.gather) :
				hvpt_domain_sync(&domain, &job->done.gather);
	status = hvpt_domain_flush_all(&domain);
	if (status == HVPT_OK && !reader)
		hvpt_pt_release(&domain.pt, &job->done.gather);
	return status;
}

/* A while passes before the caller learns that the call returned. */
static void pause_job(void)
{
	unsigned i;

	for (i = weak_below(2) * weak_below(80); i > 0; i--)
		weak_point();
	weak_arrive();
}

/* Attaches the device, or takes it out of the domain. */
static void run_mover(void *ctx)
{
	SMALL_CHECK(hvpt_device_attach(&device, ctx) == HVPT_OK);
	pause_job();
}

static void change(struct job *job)
{
	SMALL_CHECK(job->done.status == call_right_status(&job->call, before));
	if (small.noncoherent)
		check_written_back(&job->call);
	SMALL_CHECK(sync_job(job) == HVPT_OK);
	pause_job();
	job->synced = true;
	check_cache(&job->call);
}

static void run_caller(void *ctx)
{
	struct job *job = ctx;

	if (job->call.kind == (enum kind)EXPLAIN)
		explain(job);
	else
		call_make(&domain.pt, &job->done, &job->call, &hooks);
	if (job->call.kind == LOOKUP)
		check_found(job->call.first, job->done.status == HVPT_OK,
			    job->done.mapping.gpa.value);
	if (is_change(job))
		change(job);
	running--;
}

/* ---- a case ---------------------------------------------------------- */

static void draw_call(struct call *call, unsigned first, unsigned end)
{
	memset(call, 0, sizeof(*call));
	call->kind = (enum kind)weak_below(LOOKUP);
	call->first = first + (weak_below(2) ? 0 : weak_below(end - first));
	call->count = end - call->first;
	if (weak_below(2))
		call->count = 1 + weak_below((unsigned)call->count);
	call->prot = weak_below(2) ? RW : RO;
	call->odd = weak_below(3) == 0;
	call->alone = weak_below(2);
}

static void draw_reader(struct call *call)
{
	draw_call(call, 0, WINDOW);
	call->kind = (enum kind)(LOOKUP + weak_below(3));
	if (call->kind == END)
		call->kind = (enum kind)EXPLAIN;
}

static void draw_set_up(struct call *call, unsigned i)
{
	draw_call(call, 0, WINDOW);
	if (shape == ANY && weak_below(2))
		return;
	call->kind = MAP;
	call->first = i % 2 * L2;
	call->count = weak_below(3) ? L2 : 1;
	if (shape == SPLIT || shape == COMBINE) {
		call->count = L2;
		call->odd = false;
	} else if (shape == BUILD) {
		call->count = 1;
	}
}

/* What is mapped at first: often large leaves. */
static void set_up(void)
{
	static const unsigned counts[] = { 5, 1, 2, 2 };
	unsigned i, count = counts[shape];
	struct done done;
	struct call call;

	for (i = 0; i < count; i++) {
		draw_set_up(&call, i);
		call_make(&small.pt, &done, &call, &hooks);
		hvpt_pt_release(&small.pt, &done.gather);
	}
	small_tables(); /* checks them */
	for (i = 0; i < WINDOW; i++)
		before[i] = small_walk(i);
	memcpy(after, before, sizeof(after));
}

static void set_up_domain(void)
{
	memset(&iommu, 0, sizeof(iommu));
	memset(&domain, 0, sizeof(domain));
	memset(&device, 0, sizeof(device));
	iommu.transport.ops = &transport;
	domain.iommu = &iommu;
	domain.kind = HVPT_DOMAIN_PAGING;
	domain.id = 5;
	domain.policy = (enum hvpt_flush_policy)weak_below(3);
	domain.wait_ops = shape == COMBINE || weak_below(2) ? &waits : NULL;
	domain.pt = small.pt;
	device.iommu = &iommu;
	attached = !small.noncoherent && (shape != ANY || weak_below(2));
	domain.cached = attached;
	domain.devices = attached;
	device.domain = attached ? &domain : NULL;
	device.state = attached ? HVPT_DEVICE_ATTACHED : HVPT_DEVICE_NEW;
	iommu.blocked.iommu = &iommu;
	iommu.blocked.kind = HVPT_DOMAIN_BLOCKED;
	iommu.blocked.id = 1;
}

static void draw_any(void)
{
	unsigned cut = 1 + weak_below(WINDOW - 2);
	unsigned end = cut + 1 + weak_below(WINDOW - cut - 1);

	callers = 2 + weak_below(2);
	reader = weak_below(3) == 0;
	draw_call(&jobs[1].call, 0, cut);
	draw_call(&jobs[2].call, cut, reader || callers < 3 ? WINDOW : end);
	if (callers == 3 && reader)
		draw_reader(&jobs[3].call);
	else if (callers == 3)
		draw_call(&jobs[3].call, end, WINDOW);
}

static void draw_split(void)
{
	unsigned cut = 1 + weak_below(L2 - 1), i;

	callers = 2;
	reader = false;
	draw_call(&jobs[1].call, 0, cut);
	draw_call(&jobs[2].call, cut, L2);
	for (i = 1; i <= callers; i++) {
		jobs[i].call.kind = weak_below(2) ? UNMAP : PROTECT;
		jobs[i].call.prot = RO;
	}
}

/* The first page of a table of level 0, but not of the first such table. */
static unsigned draw_table(void)
{
	return (unsigned)L1 * (1 + weak_below(SMALL_ENTRIES - 1));
}

static void draw_build(void)
{
	callers = 3;
	reader = true;
	draw_call(&jobs[1].call, draw_table(), L2);
	draw_call(&jobs[2].call, L2 + draw_table(), WINDOW);
	jobs[1].call.kind = jobs[2].call.kind = MAP;
	jobs[1].call.odd = jobs[2].call.odd = true;
	draw_reader(&jobs[3].call);
}

static void draw_combine(void)
{
	unsigned cut = 1 + weak_below(L2 - 1), i;

	callers = 3;
	reader = false;
	draw_call(&jobs[1].call, 0, cut);
	draw_call(&jobs[2].call, cut, L2);
	draw_call(&jobs[3].call, L2, WINDOW);
	for (i = 1; i <= callers; i++)
		jobs[i].call.kind = UNMAP;
}

static void draw_jobs(void)
{
	static void (*const draw[])(void) = { draw_any, draw_split, draw_build,
					      draw_combine };

	memset(jobs, 0, sizeof(jobs));
	draw[shape]();
}

static void start_threads(void)
{
	unsigned i;

	running = callers;
	refuse = weak_below(8) == 0;
	for (i = 1; i <= callers; i++) {
		jobs[i].full = weak_below(4) == 0;
		if (is_change(&jobs[i]))
			call_apply(&jobs[i].call, after);
		weak_thread(i, run_caller, &jobs[i]);
	}
	if (small.noncoherent)
		return;
	weak_thread(DEVICE, run_device, NULL);
	if (!attached && weak_below(4))
		weak_thread(MOVER, run_mover, &domain);
	else if (attached && weak_below(4) == 0)
		weak_thread(MOVER, run_mover, &iommu.blocked);
}

/* D that a device has set is still there, or was reported, or is not asked. */
static void check_dirty(unsigned page, const struct small_leaf *leaf)
{
	unsigned i;

	if (!wrote[page] || !leaf->mapped || leaf->dirty ||
	    !before[page].mapped)
		return;
	for (i = 1; i <= callers; i++)
		if (jobs[i].done.reported[page])
			return;
	SMALL_CHECK(leaf->dirty);
}

static void check_counts(void)
{
	const struct hvpt_iommu_stats *stats = &iommu.stats;

	/* these two are not exact where threads flush at once (iommu.h) */
	SMALL_CHECK(stats->list_flushes <= lists_done);
	SMALL_CHECK(stats->descriptors <= entries_done);
	SMALL_CHECK(stats->full_flushes == fulls);
	/* a call of several callers is full when one of them asks for that */
	SMALL_CHECK(stats->fallbacks == fallbacks ||
		    (domain.wait_ops && stats->fallbacks < fallbacks));
	combined += stats->combined;
	if (domain.wait_ops)
		SMALL_CHECK(asked == calls_done + stats->combined);
	SMALL_CHECK(stats->failures[6] == lists_refused);
}

static void check(void)
{
	unsigned i;

	small.pt = domain.pt;
	SMALL_CHECK(small_tables() == hvpt_pt_tables(&small.pt));
	for (i = 0; i < WINDOW; i++) {
		struct small_leaf leaf = small_walk(i);

		SMALL_CHECK(call_same(&leaf, &after[i]));
		check_dirty(i, &leaf);
	}
	for (i = 1; i <= callers; i++)
		hvpt_pt_release(&small.pt, &jobs[i].done.gather);
	SMALL_CHECK(small.pt.splits == 0);
	check_counts();
}

static void run_domain(void)
{
	static const uint64_t sizes[] = {
		HVPT_PAGE_SIZE_4K,
		HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M,
		HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M | HVPT_PAGE_SIZE_1G,
	};
	bool noncoherent;

	shape = (enum shape)(weak_below(7) % 4);
	noncoherent = shape != COMBINE && weak_below(4) == 0;
	small_open(4, sizes[shape == SPLIT ? 1 + weak_below(2) : weak_below(3)],
		   !noncoherent && weak_below(2) ? HVPT_PT_TRACK_DIRTY : 0,
		   noncoherent);
	set_up();
	set_up_domain();
	cached = flushes = 0;
	lists_done = lists_refused = entries_done = fulls = fallbacks = 0;
	asked = calls_done = 0;
	memset(wrote, 0, sizeof(wrote));
	weak_object(&domain, sizeof(domain));
	weak_object(&iommu, sizeof(iommu));
	draw_jobs();
	start_threads();
	weak_run();
	check();
	small_close();
}

/* ---- the registry ---------------------------------------------------- */

#define NODES 3u

/* All in the list of one bucket. */
static const uint32_t segments[NODES] = { 7, 62, 151 };
static struct hvpt_registry registry;
static struct hvpt_segment_id nodes[NODES];
static uint64_t made[NODES]; /* set before a node is added */
static bool added;

static void run_adder(void *ctx)
{
	unsigned i;

	(void)ctx;
	for (i = 0; i < NODES; i++) {
		weak_store(&made[i], 1, PORT_RELEASE);
		SMALL_CHECK(hvpt_registry_add(&registry, &nodes[i], segments[i],
					      i << 3) == HVPT_OK);
	}
	added = true;
}

/* Writers are serialised; by a lock, which is where it learns. */
static void run_remover(void *ctx)
{
	(void)ctx;
	while (!added)
		weak_point();
	weak_learn(1);
	SMALL_CHECK(hvpt_registry_remove(&registry, &nodes[NODES - 1]) ==
		    HVPT_OK);
}

static void run_finder(void *ctx)
{
	struct hvpt_segment_ref ref;
	unsigned i, n;

	(void)ctx;
	for (n = 0; n < 4; n++) {
		i = weak_below(NODES);
		if (hvpt_registry_lookup(&registry, segments[i], &ref) !=
		    HVPT_OK)
			continue;
		SMALL_CHECK(ref.prefix == i << 3);
		SMALL_CHECK(weak_load(&made[i], PORT_ACQUIRE) == 1);
	}
}

static void run_registry(void)
{
	memset(nodes, 0, sizeof(nodes));
	memset(made, 0, sizeof(made));
	hvpt_registry_init(&registry);
	callers = 0;
	added = false;
	weak_object(&registry, sizeof(registry));
	weak_object(nodes, sizeof(nodes));
	weak_object(made, sizeof(made));
	weak_thread(1, run_adder, NULL);
	weak_thread(2, run_remover, NULL);
	weak_thread(3, run_finder, NULL);
	weak_run();
}

static void run_cases(uint64_t cases)
{
	for (case_number = 0; case_number < cases; case_number++) {
		weak_reset(seed + case_number);
		if (case_number % 8 == 7)
			run_registry();
		else
			run_domain();
	}
}

/* ---- sites ----------------------------------------------------------- */

static const char *const accesses[] = {
	"load",	     "load_acquire", "store", "store_release", "cas",
	"fetch_and", "fetch_or",     "add",   "fence"
};

/* What an access of each kind has that can be taken away. */
static const unsigned parts_of[] = {
	0,
	PORT_ACQUIRE,
	0,
	PORT_RELEASE,
	PORT_ACQUIRE | PORT_RELEASE | PORT_ATOMIC,
	PORT_ACQUIRE | PORT_RELEASE | PORT_ATOMIC,
	PORT_ACQUIRE | PORT_RELEASE | PORT_ATOMIC,
	PORT_ATOMIC,
	PORT_FULL,
};

static const char *part_name(unsigned part)
{
	return part == PORT_ACQUIRE ? "acquire" :
	       part == PORT_RELEASE ? "release" :
	       part == PORT_ATOMIC  ? "atomic" :
				      "full";
}

static bool same_place(const struct port_site *a, const struct port_site *b)
{
	return a->line == b->line && a->access == b->access &&
	       strcmp(a->file, b->file) == 0;
}

/* Sites of inline functions are there once for each file. */
static bool is_first(struct port_site **at)
{
	struct port_site **other;

	for (other = __start_port_sites; other < at; other++)
		if (same_place(*other, *at))
			return false;
	return true;
}

/* From the folder of sources on; NULL: not one of hvpt's. */
static const char *source_of(const struct port_site *site)
{
	const char *at = strstr(site->file, "/src/");

	if (!at)
		at = strstr(site->file, "/include/hvpt/");
	return at ? at + 1 : NULL;
}

static void weaken(const struct port_site *site, unsigned part)
{
	struct port_site **other;

	for (other = __start_port_sites; other < __stop_port_sites; other++)
		if (same_place(*other, site))
			(*other)->weak |= part;
}

/* Does a case fail without @part of @site? */
static bool is_noticed(const struct port_site *site, unsigned part,
		       uint64_t cases)
{
	pid_t child;
	int status;

	fflush(NULL);
	child = fork();
	SMALL_CHECK(child >= 0);
	if (child == 0) {
		weaken(site, part);
		if (!freopen("/dev/null", "w", stderr))
			_exit(2);
		run_cases(cases);
		_exit(0);
	}
	SMALL_CHECK(waitpid(child, &status, 0) == child);
	SMALL_CHECK(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
	return WEXITSTATUS(status) == 1;
}

struct listed {
	char file[64], function[64], access[16], part[16];
	bool met;
};

static struct listed listed[64];
static unsigned listed_count;

static void read_list(const char *name)
{
	FILE *file = fopen(name, "r");
	char line[256], reason[8];

	SMALL_CHECK(file);
	while (fgets(line, sizeof(line), file)) {
		struct listed *entry = &listed[listed_count];

		if (line[0] == '#' || line[0] == '\n' || line[0] == '\t')
			continue;
		SMALL_CHECK(listed_count < COUNT(listed));
		if (sscanf(line, "%63s %63s %15s %15s %7s", entry->file,
			   entry->function, entry->access, entry->part,
			   reason) != 4) {
			fprintf(stderr, "%s: not an entry: %s", name, line);
			exit(1);
		}
		listed_count++;
	}
	fclose(file);
}

static bool is_listed(const struct port_site *site, unsigned part)
{
	bool found = false;
	unsigned i;

	for (i = 0; i < listed_count; i++)
		if (strcmp(listed[i].file, source_of(site)) == 0 &&
		    strcmp(listed[i].function, site->function) == 0 &&
		    strcmp(listed[i].access, accesses[site->access]) == 0 &&
		    strcmp(listed[i].part, part_name(part)) == 0)
			listed[i].met = found = true;
	return found;
}

static bool try_part(const struct port_site *site, unsigned part,
		     uint64_t cases)
{
	bool harmless = is_listed(site, part);
	bool noticed = is_noticed(site, part, cases);

	printf("%s:%u: %s: %s without %s: %s\n", source_of(site), site->line,
	       site->function, accesses[site->access], part_name(part),
	       noticed	? (harmless ? "noticed, and listed" : "noticed") :
	       harmless ? "listed" :
			  "NOT NOTICED");
	return noticed != harmless;
}

/* The sites and what they have, one line for each part. */
static void list_sites(void)
{
	struct port_site **at;
	unsigned part;

	for (at = __start_port_sites; at < __stop_port_sites; at++)
		for (part = 1; part <= PORT_FULL; part *= 2)
			if (source_of(*at) && parts_of[(*at)->access] & part)
				printf("%s %s %s %s\n", source_of(*at),
				       (*at)->function, accesses[(*at)->access],
				       part_name(part));
}

static unsigned try_sites(uint64_t cases)
{
	struct port_site **at;
	unsigned wrong = 0, tried = 0, part, i;

	/* with all ordering nothing fails */
	SMALL_CHECK(!is_noticed(*__start_port_sites, 0, cases));
	for (at = __start_port_sites; at < __stop_port_sites; at++) {
		if (!source_of(*at) || !is_first(at))
			continue;
		for (part = 1; part <= PORT_FULL; part *= 2)
			if (parts_of[(*at)->access] & part) {
				tried++;
				wrong += !try_part(*at, part, cases);
			}
	}
	for (i = 0; i < listed_count; i++)
		if (!listed[i].met) {
			printf("no such site: %s %s %s %s\n", listed[i].file,
			       listed[i].function, listed[i].access,
			       listed[i].part);
			wrong++;
		}
	printf("%u weakened sites, %u listed, %u wrong\n", tried, listed_count,
	       wrong);
	return wrong;
}

/* Never fewer: a check at the end wants one of each. */
static uint64_t cases_asked(int argc, char **argv)
{
	uint64_t asked_for = pt_effort(CASES);

	if (argc > 1)
		return strtoull(argv[1], NULL, 10);
	return asked_for < CASES ? CASES : asked_for;
}

int main(int argc, char **argv)
{
	small_says = say_case;
	small_taken = weak_page_taken;
	small_given = weak_page_given;
	if (argc == 4 && strcmp(argv[1], "--sites") == 0) {
		read_list(argv[2]);
		return try_sites(strtoull(argv[3], NULL, 10)) != 0;
	}
	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		list_sites();
		return 0;
	}
	seed = pt_seed("weak", 0);
	run_cases(cases_asked(argc, argv));
	SMALL_CHECK(weak_stale > 0 && hits > 0 && combined > 0);
	printf("%llu cases, %llu old values loaded, %llu accesses of a"
	       " device, %llu flushes by calls of others\n",
	       (unsigned long long)case_number, (unsigned long long)weak_stale,
	       (unsigned long long)hits, (unsigned long long)combined);
	return 0;
}
