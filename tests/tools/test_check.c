/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The checks of `hvpt replay`, tools/replay/check.h: each passes on a good page
 * table and each finds what it is there to find. Messages about mismatches on
 * standard error belong to it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tools/replay/replay_domain.h"
#include "tools/replay/check_dma.h"
#include "tools/replay/check.h"
#include "tools/options.h"
#include "tools/replay/report.h"
#include "tools/replay/session.h"
#include "tools/replay/teardown.h"

#define RW (HVPT_PROT_READ | HVPT_PROT_WRITE)
#define TABLE_PAGES ((size_t)EVENT_DOMAINS_MAX + 32)
#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)

/* What is mapped: one 4 KiB page, 2 MiB + 4 KiB read-only, 1 GiB. */
#define PAGE_IOVA ((uint64_t)0x7000)
#define BIG_IOVA (16 * MIB)
#define BIG_BYTES (2 * MIB + 0x1000)
#define HUGE_IOVA (512 * GIB)

struct fixture {
	struct replay_options options;
	struct replay_result result;
	struct session session;
	struct domain *domain;
	struct checker checker;
};

static void map(struct fixture *f, uint64_t iova, uint64_t gpa, uint64_t length,
		unsigned prot)
{
	enum hvpt_status status;

	status = hvpt_pt_map(f->domain->pt, hvpt_iova(iova), hvpt_gpa(gpa),
			     length, prot, NULL);
	assert_int_equal(status, HVPT_OK);
	assert_true(hvpt_model_map(f->domain->model, iova, gpa, length, prot));
}

static void set_up_form(struct fixture *f, enum hvpt_iova_form form)
{
	static const struct trace_event event = { .kind = TRACE_MAP };

	memset(f, 0, sizeof(*f));
	f->options.levels = 5;
	f->options.width = 50;
	f->options.form = form;
	f->options.lazy = 1;
	f->options.page_sizes = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M |
				HVPT_PAGE_SIZE_1G;
	f->result.file = "test";
	f->session.options = &f->options;
	f->session.result = &f->result;
	checker_init(&f->session.checker, "test", 1);
	assert_true(
		domain_set_init(&f->session.domains, &f->options, TABLE_PAGES));
	f->domain = domain_find(&f->session.domains, &event);
	assert_non_null(f->domain);
	checker_init(&f->checker, "test", 1);
	map(f, PAGE_IOVA, 0x123000, 0x1000, RW);
	map(f, BIG_IOVA, 64 * MIB, BIG_BYTES, HVPT_PROT_READ);
	map(f, HUGE_IOVA, 0, GIB, RW);
}

static int set_up(void **state)
{
	static struct fixture fixture;

	set_up_form(&fixture, HVPT_IOVA_PLAIN);
	*state = &fixture;
	return 0;
}

/* Everything comes apart again, whatever a test planted. */
static bool close_all(struct fixture *f)
{
	teardown(&f->session);
	domain_set_close(&f->session.domains);
	return f->session.checker.mismatches == 0;
}

static int tear_down(void **state)
{
	return close_all(*state) ? 0 : -1;
}

/* gpa of the entry that the walker reads last for @iova. */
static uint64_t entry_gpa(struct fixture *f, uint64_t iova)
{
	struct sdm_result end = sdm_walk(&f->domain->walker, iova, false);
	uint64_t table = f->domain->walker.root;
	unsigned level;

	for (level = 5; level-- > end.level;) {
		uint64_t slot = table + ((iova >> (12 + 9 * level)) & 511) * 8;
		uint64_t entry;

		assert_true(hvpt_arena_read64(f->session.domains.host.arena,
					      slot, &entry));
		if (level == end.level)
			return slot;
		table = entry & 0x000ffffffffff000;
	}
	fail();
	return 0;
}

static void flip(struct fixture *f, uint64_t iova, uint64_t bits)
{
	uint64_t slot = entry_gpa(f, iova);
	uint64_t entry;

	assert_true(
		hvpt_arena_read64(f->session.domains.host.arena, slot, &entry));
	assert_true(hvpt_arena_write64(f->session.domains.host.arena, slot,
				       entry ^ bits));
}

static void check_all(struct fixture *f)
{
	uint64_t leaves[3] = { 0, 0, 0 };

	check_some(&f->checker, f->domain, PAGE_IOVA, PAGE_IOVA + 0xfff);
	check_some(&f->checker, f->domain, BIG_IOVA, BIG_IOVA + BIG_BYTES - 1);
	check_neighbours(&f->checker, f->domain, &f->options, HUGE_IOVA,
			 HUGE_IOVA + GIB - 1);
	check_absent(&f->checker, f->domain, 0, PAGE_IOVA - 1);
	check_absent(&f->checker, f->domain, BIG_IOVA + BIG_BYTES,
		     HUGE_IOVA - 1);
	check_leaves(&f->checker, f->domain, BIG_IOVA, BIG_IOVA + BIG_BYTES - 1,
		     leaves);
	assert_int_equal(leaves[0], 1);
	assert_int_equal(leaves[1], 1);
	assert_int_equal(leaves[2], 0);
	check_everything(&f->checker, f->domain);
	check_audit(&f->checker, &f->session.domains);
}

static void test_all_is_well(void **state)
{
	struct fixture *f = *state;

	check_all(f);
	assert_int_equal(f->checker.mismatches, 0);
	assert_true(f->checker.checks > 40);
}

static void test_all_is_well_canonical(void **state)
{
	struct fixture f;

	(void)state;
	set_up_form(&f, HVPT_IOVA_CANONICAL);
	map(&f, UINT64_MAX - 0xfff, 0x5000, 0x1000, RW);
	check_all(&f);
	check_some(&f.checker, f.domain, UINT64_MAX - 0xfff, UINT64_MAX);
	check_neighbours(&f.checker, f.domain, &f.options, UINT64_MAX - 0xfff,
			 UINT64_MAX);
	assert_int_equal(f.checker.mismatches, 0);
	hvpt_model_unmap(f.domain->model, UINT64_MAX - 0xfff, 0x1000);
	check_everything(&f.checker, f.domain);
	assert_true(f.checker.mismatches > 0);
	assert_true(close_all(&f));
}

/* One bit of one leaf: the page, everything, or the audit must show it. */
static void test_flipped_bits(void **state)
{
	static const struct {
		unsigned bit;
		bool translates_wrongly;
		bool looks_wrong;
	} cases[] = {
		{ 0, true, true },   { 1, true, false },  { 2, true, true },
		{ 7, false, true },  { 12, true, false }, { 51, true, false },
		{ 52, false, true }, { 63, true, true },
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		flip(f, PAGE_IOVA, 1ULL << cases[i].bit);
		checker_init(&f->checker, "expected", i);
		check_page(&f->checker, f->domain, PAGE_IOVA);
		assert_int_equal(f->checker.mismatches > 0,
				 cases[i].translates_wrongly);
		checker_init(&f->checker, "expected", i);
		check_everything(&f->checker, f->domain);
		assert_int_equal(f->checker.mismatches > 0,
				 cases[i].translates_wrongly);
		checker_init(&f->checker, "expected", i);
		check_audit(&f->checker, &f->session.domains);
		assert_int_equal(f->checker.mismatches > 0,
				 cases[i].looks_wrong);
		flip(f, PAGE_IOVA, 1ULL << cases[i].bit);
	}
	checker_init(&f->checker, "test", 1);
	check_all(f);
	assert_int_equal(f->checker.mismatches, 0);
}

/* A page too many, in an empty slot next to a mapped one. */
static void test_extra_page(void **state)
{
	struct fixture *f = *state;
	uint64_t iova = PAGE_IOVA + 0x1000;

	flip(f, iova, 0x200067);
	check_neighbours(&f->checker, f->domain, &f->options, PAGE_IOVA,
			 PAGE_IOVA + 0xfff);
	assert_int_equal(f->checker.mismatches, 2);
	checker_init(&f->checker, "expected", 1);
	check_absent(&f->checker, f->domain, iova, iova + 0xfff);
	assert_int_equal(f->checker.mismatches, 2);
	checker_init(&f->checker, "expected", 1);
	check_absent(&f->checker, f->domain, iova, BIG_IOVA - 1);
	assert_int_equal(f->checker.mismatches, 2);
	checker_init(&f->checker, "expected", 1);
	check_absent(&f->checker, f->domain, PAGE_IOVA, iova + 4 * GIB - 1);
	assert_true(f->checker.mismatches >= 4);
	checker_init(&f->checker, "expected", 1);
	check_everything(&f->checker, f->domain);
	assert_true(f->checker.mismatches > 0);
	flip(f, iova, 0x200067);
}

/* The model is the other side of each comparison. */
static void test_wrong_model(void **state)
{
	struct fixture *f = *state;
	struct hvpt_model *model = f->domain->model;
	uint64_t leaves[3] = { 0, 0, 0 };

	hvpt_model_unmap(model, PAGE_IOVA, 0x1000);
	check_page(&f->checker, f->domain, PAGE_IOVA);
	assert_int_equal(f->checker.mismatches, 2);
	assert_true(hvpt_model_map(model, PAGE_IOVA, 0x124000, 0x1000, RW));
	check_page(&f->checker, f->domain, PAGE_IOVA);
	assert_int_equal(f->checker.mismatches, 4);
	check_everything(&f->checker, f->domain);
	assert_int_equal(f->checker.mismatches, 5);
	check_leaves(&f->checker, f->domain, BIG_IOVA,
		     BIG_IOVA + BIG_BYTES + 0xfff, leaves);
	assert_int_equal(f->checker.mismatches, 6);
}

/* One page inside a large leaf: only a look at all of the leaf finds it. */
static void test_hole_in_leaf(void **state)
{
	struct fixture *f = *state;

	hvpt_model_unmap(f->domain->model, HUGE_IOVA + 5 * MIB, 0x1000);
	check_everything(&f->checker, f->domain);
	assert_true(f->checker.mismatches >= 1);
	checker_init(&f->checker, "expected", 1);
	assert_true(hvpt_model_map(f->domain->model, HUGE_IOVA + 5 * MIB,
				   6 * MIB, 0x1000, RW));
	check_everything(&f->checker, f->domain);
	assert_int_equal(f->checker.mismatches, 1);
}

/* A table page that is in no tree. */
static void test_leaked_page(void **state)
{
	struct fixture *f = *state;
	void *page = hvpt_arena_ops.alloc_page(f->session.domains.host.arena);

	assert_non_null(page);
	check_audit(&f->checker, &f->session.domains);
	assert_int_equal(f->checker.mismatches, 1);
	hvpt_arena_ops.free_page(f->session.domains.host.arena, page);
}

/* ---- DMA ------------------------------------------------------------- */

static void test_dma_is_well(void **state)
{
	struct fixture *f = *state;
	const struct stale_range all = { 0, UINT64_MAX, 0 };
	struct stale *runs = stale_create();

	stale_add(runs, f->domain->model, &all, 0);
	check_dma_some(&f->checker, f->domain, PAGE_IOVA, PAGE_IOVA + 0xfff);
	check_dma_some(&f->checker, f->domain, BIG_IOVA,
		       BIG_IOVA + BIG_BYTES - 1);
	check_dma_some(&f->checker, f->domain, HUGE_IOVA - GIB, HUGE_IOVA - 1);
	check_dma_touch(&f->checker, f->domain, PAGE_IOVA, BIG_IOVA + 0xfff);
	assert_int_in_range(f->domain->touched.count, 2, 4);
	check_dma_touched(&f->checker, f->domain, 0);
	check_dma_runs(&f->checker, f->domain, runs, &f->options);
	assert_int_equal(f->checker.mismatches, 0);
	assert_true(f->checker.checks > 40);
	f->checker.checks = 0;
	stale_flushed(runs, 0);
	check_dma_runs(&f->checker, f->domain, runs, &f->options);
	assert_int_equal(f->checker.checks, 0);
	stale_destroy(runs);
	check_dma_violations(&f->checker, &f->session.domains.host);
	assert_int_equal(f->checker.mismatches, 0);
}

/* Memory is not what was mapped: target, permission, nothing there. */
static void test_dma_wrong_memory(void **state)
{
	struct fixture *f = *state;
	struct hvpt_model *model = f->domain->model;

	hvpt_model_unmap(model, PAGE_IOVA, 0x1000);
	check_dma_page(&f->checker, f->domain, PAGE_IOVA);
	assert_int_equal(f->checker.mismatches, 2);
	assert_true(hvpt_model_map(model, PAGE_IOVA, 0x124000, 0x1000, RW));
	check_dma_page(&f->checker, f->domain, PAGE_IOVA);
	assert_int_equal(f->checker.mismatches, 4);
	assert_true(hvpt_model_protect(model, BIG_IOVA, 0x1000, RW));
	check_dma_page(&f->checker, f->domain, BIG_IOVA);
	assert_int_equal(f->checker.mismatches, 5);
	assert_true(hvpt_model_map(model, 0, 0, 0x1000, HVPT_PROT_READ));
	check_dma_page(&f->checker, f->domain, 0);
	assert_int_equal(f->checker.mismatches, 6);
}

/* A page was mapped so, and is to be flushed. */
static void make_stale(struct domain *domain, uint64_t iova, uint64_t gpa,
		       unsigned prot)
{
	const struct stale_range gone = { iova, iova + 0xfff, 0 };
	struct hvpt_model *before = hvpt_model_create();

	assert_true(hvpt_model_map(before, iova, gpa, 0x1000, prot));
	stale_add(domain->stale, before, &gone, 0);
	hvpt_model_destroy(before);
}

/* A cache holds what memory no longer has: allowed only while it is stale. */
static void test_dma_stale(void **state)
{
	struct fixture *f = *state;
	struct domain *domain = f->domain;
	uint64_t unmapped;

	check_dma_page(&f->checker, domain, PAGE_IOVA);
	assert_int_equal(hvpt_domain_unmap(&domain->domain,
					   hvpt_iova(PAGE_IOVA), 0x1000,
					   &domain->gather, &unmapped),
			 HVPT_OK);
	hvpt_model_unmap(domain->model, PAGE_IOVA, 0x1000);
	make_stale(domain, PAGE_IOVA, 0x123000, RW);
	check_dma_page(&f->checker, domain, PAGE_IOVA);
	assert_int_equal(f->checker.mismatches, 0);
	assert_int_equal(f->session.domains.host.model.stale, 2);
	/* Not where the page was. */
	stale_flushed(domain->stale, 0);
	make_stale(domain, PAGE_IOVA, 0x125000, RW);
	check_dma_page(&f->checker, domain, PAGE_IOVA);
	assert_int_equal(f->checker.mismatches, 2);
	assert_int_equal(f->checker.stale_after, 2);
	/* It is not stale. */
	stale_flushed(domain->stale, 0);
	check_dma_page(&f->checker, domain, PAGE_IOVA);
	assert_int_equal(f->checker.mismatches, 4);
	assert_int_equal(f->checker.stale_after, 4);
	assert_int_equal(f->session.domains.host.model.stale, 2);
}

/* A device that is still in its domain is not blocked. */
static void test_dma_not_blocked(void **state)
{
	struct fixture *f = *state;

	check_dma_blocked(&f->checker, f->domain, ", in a test");
	/* reads of all three runs, writes of the two that are writable */
	assert_int_equal(f->checker.mismatches, 10);
}

/* ---- backends -------------------------------------------------------- */

/** A backend that says what it is told to say of a read, or of a write. */
struct fake {
	struct backend base;
	struct sight sight;
	bool write;
};

/* In the place of a gpa: the one that is expected. */
#define EXPECTED 0u
#define OTHER 0x7777000u

static void fake_access(struct backend *backend, const struct domain *domain,
			const struct access *access, struct seen seen[2])
{
	const struct fake *fake = (const struct fake *)backend;

	(void)domain;
	seen[!fake->write].count = 0;
	seen[fake->write].count = 1;
	seen[fake->write].at[0] = fake->sight;
	if (fake->sight.gpa == EXPECTED)
		seen[fake->write].at[0].gpa = access->expected;
}

static const struct backend_ops fake_device = {
	.name = "a device",
	.cache_name = "a device's cache",
	.device = true,
	.access = fake_access,
};

static const struct backend_ops fake_processor = {
	.name = "a processor",
	.access = fake_access,
};

static void set_backend(struct fixture *f, struct fake *fake,
			const struct backend_ops *ops)
{
	fake->base = (struct backend){ .ops = ops };
	f->session.domains.host.backend[1] = &fake->base;
}

enum verdict {
	GOOD,  /* as it is mapped */
	LAGS,  /* as it was, which may be seen until a sync */
	WRONG, /* neither */
	HOLE,  /* neither, and a cache let it through */
};

struct sight_case {
	uint64_t iova;
	unsigned stale; /* permission of what is stale; 0: nothing */
	bool write;
	struct sight sight;
	enum verdict verdict;
};

#define RO HVPT_PROT_READ
#define READ_ONLY_IOVA BIG_IOVA
#define EMPTY_IOVA ((uint64_t)0x9000)

static const struct sight_case sight_cases[] = {
	/* mapped, readable and writable */
	{ PAGE_IOVA, 0, true, { SIGHT_AT, false, EXPECTED }, GOOD },
	{ PAGE_IOVA, 0, true, { SIGHT_AT, true, EXPECTED }, GOOD },
	{ PAGE_IOVA, 0, true, { SIGHT_AT, false, OTHER }, WRONG },
	{ PAGE_IOVA, RW, true, { SIGHT_AT, false, OTHER }, WRONG },
	{ PAGE_IOVA, 0, true, { SIGHT_AT, true, OTHER }, HOLE },
	{ PAGE_IOVA, 0, true, { SIGHT_ELSEWHERE, true, 0 }, HOLE },
	{ PAGE_IOVA, 0, true, { SIGHT_NOTHING, true, 0 }, WRONG },
	{ PAGE_IOVA, RO, true, { SIGHT_NOTHING, true, 0 }, WRONG },
	{ PAGE_IOVA, 0, true, { SIGHT_REFUSED, true, 0 }, HOLE },
	{ PAGE_IOVA, RO, true, { SIGHT_REFUSED, true, 0 }, LAGS },
	{ PAGE_IOVA, RO, true, { SIGHT_READ_ONLY, true, 0 }, LAGS },
	{ PAGE_IOVA, RO, true, { SIGHT_REFUSED, false, 0 }, WRONG },
	{ PAGE_IOVA, RO, false, { SIGHT_REFUSED, true, 0 }, HOLE },
	/* mapped read-only */
	{ READ_ONLY_IOVA, 0, true, { SIGHT_READ_ONLY, true, 0 }, GOOD },
	{ READ_ONLY_IOVA, 0, true, { SIGHT_REFUSED, false, 0 }, GOOD },
	{ READ_ONLY_IOVA, 0, true, { SIGHT_NOTHING, true, 0 }, WRONG },
	{ READ_ONLY_IOVA, RW, true, { SIGHT_AT, true, EXPECTED }, LAGS },
	{ READ_ONLY_IOVA, RW, true, { SIGHT_AT, false, EXPECTED }, WRONG },
	{ READ_ONLY_IOVA, 0, true, { SIGHT_AT, true, EXPECTED }, HOLE },
	{ READ_ONLY_IOVA, 0, false, { SIGHT_AT, false, EXPECTED }, GOOD },
	/* not mapped */
	{ EMPTY_IOVA, 0, true, { SIGHT_NOTHING, true, 0 }, GOOD },
	{ EMPTY_IOVA, 0, false, { SIGHT_REFUSED, false, 0 }, GOOD },
	{ EMPTY_IOVA, RW, true, { SIGHT_AT, true, EXPECTED }, LAGS },
	{ EMPTY_IOVA, RW, true, { SIGHT_AT, false, EXPECTED }, WRONG },
	{ EMPTY_IOVA, RW, true, { SIGHT_AT, true, OTHER }, HOLE },
	{ EMPTY_IOVA, RO, true, { SIGHT_AT, true, EXPECTED }, HOLE },
	{ EMPTY_IOVA, RO, true, { SIGHT_READ_ONLY, true, 0 }, LAGS },
	{ EMPTY_IOVA, 0, true, { SIGHT_READ_ONLY, true, 0 }, HOLE },
};

static void check_case(struct fixture *f, struct fake *fake,
		       const struct sight_case *one)
{
	struct domain *domain = f->domain;
	unsigned prot;
	uint64_t gpa = 0x555000;

	(void)hvpt_model_lookup(domain->model, one->iova, &gpa, &prot);
	if (one->stale)
		make_stale(domain, one->iova, gpa, one->stale);
	fake->sight = one->sight;
	fake->write = one->write;
	fake->base.stale = 0;
	checker_init(&f->checker, "test", 1);
	check_dma_page(&f->checker, domain, one->iova);
	assert_int_equal(f->checker.mismatches, one->verdict >= WRONG);
	assert_int_equal(f->checker.stale_after, one->verdict == HOLE);
	assert_int_equal(fake->base.stale, one->verdict == LAGS);
	stale_flushed(domain->stale, 0);
}

/* Whoever carries an access out: what may come of it is one set of rules. */
static void test_sights(void **state)
{
	struct fixture *f = *state;
	size_t count = sizeof(sight_cases) / sizeof(sight_cases[0]), i;
	static struct fake fake;

	set_backend(f, &fake, &fake_device);
	for (i = 0; i < count; i++)
		check_case(f, &fake, &sight_cases[i]);
	assert_int_equal(fake.base.accesses, count);
	f->session.domains.host.backend[1] = NULL;
}

/* A blocked device is tried by each backend that has devices. */
static void test_blocked_by_backend(void **state)
{
	struct fixture *f = *state;
	static struct fake fake = { .sight = { SIGHT_AT, true, OTHER } };

	set_backend(f, &fake, &fake_device);
	check_dma_blocked(&f->checker, f->domain, ", in a test");
	assert_int_equal(fake.base.accesses, 7);
	assert_int_equal(f->checker.mismatches, 10 + 7);
	assert_int_equal(f->checker.stale_after, 7);
	set_backend(f, &fake, &fake_processor);
	check_dma_blocked(&f->checker, f->domain, ", in a test");
	assert_int_equal(fake.base.accesses, 0);
	assert_int_equal(f->checker.mismatches, 2 * 10 + 7);
	f->session.domains.host.backend[1] = NULL;
}

static void test_dma_violation(void **state)
{
	struct fixture *f = *state;
	struct replay_host *host = &f->session.domains.host;

	hypervisor_page_freed(host->hv, f->domain->walker.root);
	check_dma_violations(&f->checker, host);
	assert_int_equal(f->checker.mismatches, 1);
	check_dma_violations(&f->checker, host);
	assert_int_equal(f->checker.mismatches, 1);
}

/* ---- which domain ---------------------------------------------------- */

static struct domain *find(struct domain_set *set, enum trace_kind kind,
			   uint64_t iova, uint64_t dom)
{
	struct trace_event event;

	memset(&event, 0, sizeof(event));
	event.kind = kind;
	event.iova = iova;
	event.size = 0x1000;
	event.has_dom = dom != 0;
	event.dom = dom;
	return domain_find(set, &event);
}

static void test_domains(void **state)
{
	struct fixture *f = *state;
	struct domain_set *set = &f->session.domains;
	struct domain *first = f->domain;
	struct domain *second;

	/* What came without a name gets the first one. */
	assert_ptr_equal(find(set, TRACE_MAP, 0x1000, 0), first);
	assert_ptr_equal(find(set, TRACE_MAP, 0x1000, 0xaa), first);
	second = find(set, TRACE_MAP, 0x1000, 0xbb);
	assert_ptr_not_equal(second, first);
	assert_int_equal(set->count, 2);
	/* Later ones without a name: the recent one for a map. */
	assert_ptr_equal(find(set, TRACE_MAP, 0x1000, 0), second);
	/* An unmap finds who has the range, if just one has. */
	assert_ptr_equal(find(set, TRACE_UNMAP, PAGE_IOVA, 0), first);
	assert_ptr_equal(find(set, TRACE_UNMAP, PAGE_IOVA - 0x1000, 0xbb),
			 second);
	assert_true(hvpt_model_map(second->model, PAGE_IOVA, 0, 0x1000, RW));
	assert_ptr_equal(find(set, TRACE_UNMAP, PAGE_IOVA, 0), second);
	assert_ptr_equal(find(set, TRACE_UNMAP, PAGE_IOVA, 0xaa), first);
	assert_ptr_equal(find(set, TRACE_UNMAP, PAGE_IOVA, 0), first);
	assert_int_equal(set->count, 2);
}

static void test_too_many_domains(void **state)
{
	struct fixture *f = *state;
	uint64_t dom;

	for (dom = 1; dom <= EVENT_DOMAINS_MAX; dom++)
		assert_non_null(
			find(&f->session.domains, TRACE_MAP, 0x1000, dom));
	assert_null(find(&f->session.domains, TRACE_MAP, 0x1000, dom));
	assert_non_null(f->session.domains.error);
	assert_non_null(find(&f->session.domains, TRACE_MAP, 0x1000, 1));
}

/* ---- the form, worked out for itself --------------------------------- */

static void test_in_form(void **state)
{
	static const struct {
		enum hvpt_iova_form form;
		unsigned width;
		uint64_t first;
		uint64_t last;
		bool in;
	} cases[] = {
		{ HVPT_IOVA_PLAIN, 48, 0, 0xffffffffffff, true },
		{ HVPT_IOVA_PLAIN, 48, 0, 0x1000000000000, false },
		{ HVPT_IOVA_PLAIN, 48, UINT64_MAX, UINT64_MAX, false },
		{ HVPT_IOVA_LOWER, 48, 0, 0x7fffffffffff, true },
		{ HVPT_IOVA_LOWER, 48, 0, 0x800000000000, false },
		{ HVPT_IOVA_LOWER, 48, 0xffff800000000000, UINT64_MAX, false },
		{ HVPT_IOVA_CANONICAL, 48, 0, 0x7fffffffffff, true },
		{ HVPT_IOVA_CANONICAL, 48, 0, 0x800000000000, false },
		{ HVPT_IOVA_CANONICAL, 48, 0xffff800000000000, UINT64_MAX,
		  true },
		{ HVPT_IOVA_CANONICAL, 48, 0xffff7fffffffffff, UINT64_MAX,
		  false },
		{ HVPT_IOVA_CANONICAL, 48, 0, UINT64_MAX, false },
		{ HVPT_IOVA_CANONICAL, 57, 0, 0x00ffffffffffffff, true },
		{ HVPT_IOVA_CANONICAL, 13, 0xfffffffffffff000, UINT64_MAX,
		  true },
		{ HVPT_IOVA_CANONICAL, 13, 0xffffffffffffe000, UINT64_MAX,
		  false },
	};
	struct replay_options options;
	size_t i;

	(void)state;
	memset(&options, 0, sizeof(options));
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		options.form = cases[i].form;
		options.width = cases[i].width;
		if (options_in_form(&options, cases[i].first, cases[i].last) !=
		    cases[i].in)
			fail_msg("case %zu", i);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_all_is_well),
		cmocka_unit_test(test_all_is_well_canonical),
		TEST(test_flipped_bits),
		TEST(test_extra_page),
		TEST(test_wrong_model),
		TEST(test_hole_in_leaf),
		TEST(test_leaked_page),
		TEST(test_dma_is_well),
		TEST(test_dma_wrong_memory),
		TEST(test_dma_stale),
		TEST(test_sights),
		TEST(test_blocked_by_backend),
		TEST(test_dma_not_blocked),
		TEST(test_dma_violation),
		TEST(test_domains),
		TEST(test_too_many_domains),
		cmocka_unit_test(test_in_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
