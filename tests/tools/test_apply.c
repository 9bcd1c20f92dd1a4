/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Events and what `hvpt replay` makes of them: tools/replay/apply.h. A library
 * that answers wrongly is played by a model, or an arena, that was tampered
 * with; messages about mismatches on standard error belong to it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tools/replay/apply.h"
#include "tools/replay/replay_sync.h"
#include "tools/options.h"
#include "tools/replay/report.h"
#include "tools/replay/session.h"
#include "tools/replay/teardown.h"

#define RW (HVPT_PROT_READ | HVPT_PROT_WRITE)
#define TABLE_PAGES 16u
#define DOMAIN_FLUSH HVPT_HVCALL_FLUSH_DEVICE_DOMAIN
#define LIST_FLUSH HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST

struct fixture {
	struct replay_options options;
	struct replay_result result;
	struct session session;
};

static void prepare(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	f->options.levels = 4;
	f->options.width = 40;
	f->options.page_sizes = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M;
	f->options.lazy = 1;
	f->result.file = "test";
	f->session.options = &f->options;
	f->session.result = &f->result;
	checker_init(&f->session.checker, "test", 1);
}

static int set_up(void **state)
{
	static struct fixture fixture;
	struct fixture *f = &fixture;

	prepare(f);
	*state = f;
	return domain_set_init(&f->session.domains, &f->options, TABLE_PAGES) ?
		       0 :
		       -1;
}

/* The library's side always comes apart, whatever the models say. */
static int tear_down(void **state)
{
	struct fixture *f = *state;
	struct replay_host *host = &f->session.domains.host;
	size_t left;

	teardown(&f->session);
	left = hvpt_arena_in_use(host->arena) + hypervisor_domains(host->hv);
	domain_set_close(&f->session.domains);
	return left == 0 ? 0 : -1;
}

/* Starts anew with something that goes wrong, or with laziness. */
static void restart(struct fixture *f, uint64_t lazy, const char *const *specs)
{
	void *state = f;

	assert_int_equal(tear_down(&state), 0);
	prepare(f);
	f->options.lazy = lazy;
	for (; specs && *specs; specs++)
		assert_true(inject_parse(*specs, &f->options.inject));
	assert_true(
		domain_set_init(&f->session.domains, &f->options, TABLE_PAGES));
}

static struct trace_event make(enum trace_kind kind, uint64_t iova,
			       uint64_t size)
{
	struct trace_event event;

	memset(&event, 0, sizeof(event));
	event.kind = kind;
	event.iova = iova;
	event.size = size;
	event.line = 1;
	return event;
}

static void map(struct fixture *f, uint64_t iova, uint64_t gpa, uint64_t size)
{
	struct trace_event event = make(TRACE_MAP, iova, size);

	event.gpa = gpa;
	assert_true(apply_event(&f->session, &event));
}

static void unmap(struct fixture *f, uint64_t iova, uint64_t size)
{
	struct trace_event event = make(TRACE_UNMAP, iova, size);

	assert_true(apply_event(&f->session, &event));
}

static struct hvpt_model *model(struct fixture *f)
{
	return f->session.domains.list[0]->model;
}

static void assert_mismatches(struct fixture *f, uint64_t count)
{
	assert_int_equal(f->session.checker.mismatches, count);
}

static void test_figures(void **state)
{
	struct fixture *f = *state;

	map(f, 0x200000, 0x40000000, 0x201000);
	map(f, 0x1000, 0, 0x1000);
	unmap(f, 0x200000, 0x1000);
	unmap(f, 0x200000, 0x1000);
	unmap(f, 0, 0x3000);
	map(f, 0x400000, 0, 0x2000);
	map(f, (uint64_t)1 << 40, 0, 0x1000);
	map(f, 0xa000, (uint64_t)1 << 52, 0x1000);
	unmap(f, ((uint64_t)1 << 40) - 0x1000, 0x2000);
	assert_mismatches(f, 0);
	assert_int_equal(f->result.events, 9);
	assert_int_equal(f->result.maps, 5);
	assert_int_equal(f->result.unmaps, 4);
	assert_int_equal(f->result.map_bytes, 0x202000);
	assert_int_equal(f->result.unmap_bytes, 0x2000);
	assert_int_equal(f->result.peak_mapped_bytes, 0x202000);
	assert_int_equal(f->result.unknown_unmaps, 1);
	assert_int_equal(f->result.conflicts, 1);
	assert_int_equal(f->result.refused, 3);
	assert_int_equal(f->result.leaves[0], 2);
	assert_int_equal(f->result.leaves[1], 1);
	assert_int_equal(hvpt_model_bytes(model(f)), 0x200000);
}

static void test_prot(void **state)
{
	struct fixture *f = *state;
	struct trace_event event = make(TRACE_MAP, 0x1000, 0x1000);
	unsigned prot;
	uint64_t gpa;

	event.has_prot = true;
	event.prot = HVPT_PROT_READ;
	assert_true(apply_event(&f->session, &event));
	assert_true(hvpt_model_lookup(model(f), 0x1000, &gpa, &prot));
	assert_int_equal(prot, HVPT_PROT_READ);
	map(f, 0x2000, 0, 0x1000);
	assert_true(hvpt_model_lookup(model(f), 0x2000, &gpa, &prot));
	assert_int_equal(prot, RW);
	assert_mismatches(f, 0);
}

/* A refusal without a reason, then a cut that cannot be made. */
static void test_no_memory(void **state)
{
	struct fixture *f = *state;

	map(f, 0, 0, 0x200000);
	hvpt_arena_fail_at(f->session.domains.host.arena, 2);
	map(f, (uint64_t)1 << 39, 0, 0x1000);
	assert_mismatches(f, 1);
	assert_int_equal(f->result.map_bytes, 0x200000);
	hvpt_arena_fail_at(f->session.domains.host.arena, 1);
	unmap(f, 0, 0x1000);
	assert_mismatches(f, 2);
	assert_int_equal(f->result.unmap_bytes, 0);
	assert_int_equal(hvpt_model_bytes(model(f)), 0x200000);
	session_audit(&f->session);
	assert_mismatches(f, 2);
}

/* The command's own supply is at its end: said, and no mismatch. */
static void test_ran_out(void **state)
{
	struct fixture *f = *state;
	struct trace_event event = make(TRACE_MAP, 0, 64 * 0x200000);

	event.gpa = 0x1000;
	assert_false(apply_event(&f->session, &event));
	assert_string_equal(f->result.error,
			    "line 1: needs more table pages than are "
			    "reserved");
	assert_mismatches(f, 0);
	assert_int_equal(f->result.map_bytes, 0);
	session_audit(&f->session);
	assert_mismatches(f, 0);
}

/* The library maps where it ought to refuse. */
static void test_wrongly_mapped(void **state)
{
	struct fixture *f = *state;

	map(f, 0x1000, 0, 0x1000);
	assert_true(hvpt_model_map(model(f), 0x2000, 0, 0x1000, RW));
	map(f, 0x2000, 0x5000, 0x1000);
	assert_mismatches(f, 1);
	assert_int_equal(f->result.conflicts, 1);
}

/* It refuses where it ought to map. */
static void test_wrongly_refused(void **state)
{
	struct fixture *f = *state;

	map(f, 0x1000, 0, 0x1000);
	hvpt_model_unmap(model(f), 0x1000, 0x1000);
	map(f, 0x1000, 0, 0x1000);
	assert_true(f->session.checker.mismatches > 0);
	assert_int_equal(f->result.map_bytes, 0x1000);
}

/* It unmaps less, or more, than there was. */
static void test_wrong_bytes(void **state)
{
	struct fixture *f = *state;

	map(f, 0x1000, 0, 0x3000);
	hvpt_model_unmap(model(f), 0x1000, 0x1000);
	unmap(f, 0x1000, 0x2000);
	/* The bytes; and DMA got to a page before which was not mapped. */
	assert_true(f->session.checker.mismatches > 1);
	checker_init(&f->session.checker, "expected", 1);
	assert_true(hvpt_model_map(model(f), 0x8000, 0, 0x1000, RW));
	unmap(f, 0x8000, 0x1000);
	/* Not the bytes, not in the gather, and DMA did not get there. */
	assert_true(f->session.checker.mismatches >= 3);
}

/* ---- what Linux has no event for ------------------------------------- */

static void protect(struct fixture *f, uint64_t iova, uint64_t size,
		    unsigned prot)
{
	struct trace_event event = make(TRACE_PROTECT, iova, size);

	event.has_prot = true;
	event.prot = prot;
	assert_true(apply_event(&f->session, &event));
}

static void other(struct fixture *f, enum trace_kind kind, uint64_t iova,
		  uint64_t size)
{
	struct trace_event event = make(kind, iova, size);

	assert_true(apply_event(&f->session, &event));
}

/* A leaf that is cut, a hole, a permission that goes and comes back. */
static void test_protect(void **state)
{
	struct fixture *f = *state;
	unsigned prot;
	uint64_t gpa;

	restart(f, 1000, NULL);
	map(f, 0x200000, 0x200000, 0x200000);
	protect(f, 0x201000, 0x1000, HVPT_PROT_READ);
	assert_true(hvpt_model_lookup(model(f), 0x201000, &gpa, &prot));
	assert_int_equal(prot, HVPT_PROT_READ);
	protect(f, 0x200000, 0x3000, RW);
	protect(f, 0x200000, 0x400000, RW);
	protect(f, 0x200000, 0x200000, HVPT_PROT_READ);
	unmap(f, 0x200000, 0x2000);
	protect(f, 0x202000, 0x2000, RW);
	assert_int_equal(f->result.syncs, 0);
	assert_true(f->session.domains.host.model.stale > 0);
	other(f, TRACE_SYNC, 0, 0);
	assert_int_equal(f->result.syncs, 1);
	assert_int_equal(f->result.protects, 5);
	assert_int_equal(f->result.asked_syncs, 1);
	assert_int_equal(f->result.refused, 1);
	assert_mismatches(f, 0);
	assert_int_equal(f->session.checker.stale_after, 0);
}

/* The flush of a permission that was taken away is lost: that shows. */
static void test_protect_not_flushed(void **state)
{
	struct fixture *f = *state;
	struct domain *domain;

	restart(f, 1000, NULL);
	map(f, 0x1000, 0x1000, 0x1000);
	protect(f, 0x1000, 0x1000, HVPT_PROT_READ);
	domain = f->session.domains.list[0];
	domain->gather.range[0].first = hvpt_iova(0x8000);
	domain->gather.range[0].last = hvpt_iova(0x8fff);
	other(f, TRACE_SYNC, 0, 0);
	assert_true(f->session.checker.mismatches > 0);
	assert_true(f->session.checker.stale_after > 0);
}

/* Tables that are taken out are not mapped into before the flush. */
static void test_reclaim(void **state)
{
	struct fixture *f = *state;

	restart(f, 1000, NULL);
	map(f, 0x1000, 0x1000, 0x1000);
	unmap(f, 0x1000, 0x1000);
	other(f, TRACE_SYNC, 0, 0);
	other(f, TRACE_RECLAIM, 0, 0x200000);
	assert_int_equal(f->session.domains.list[0]->gather.table_count, 1);
	assert_int_equal(f->result.forced_syncs, 0);
	map(f, 0x5000, 0x1000, 0x1000);
	assert_int_equal(f->result.forced_syncs, 1);
	other(f, TRACE_RECLAIM, 0, 0x200000);
	other(f, TRACE_RECLAIM, (uint64_t)1 << 40, 0x1000);
	assert_int_equal(f->result.reclaims, 3);
	assert_int_equal(f->result.refused, 1);
	assert_mismatches(f, 0);
}

/* A page that is refused to one event, and is asked for or not. */
static void test_nomem(void **state)
{
	struct fixture *f = *state;
	struct trace_event event = make(TRACE_MAP, 0x1000, 0x1000);

	event.nomem = 2;
	assert_true(apply_event(&f->session, &event));
	assert_int_equal(f->result.failed_calls, 1);
	event.nomem = 4;
	assert_true(apply_event(&f->session, &event));
	assert_int_equal(f->result.failed_calls, 1);
	assert_int_equal(f->result.map_bytes, 0x1000);
	map(f, 0x40000000, 0, 0x1000);
	assert_int_equal(f->result.map_bytes, 0x2000);
	assert_mismatches(f, 0);
}

struct wrong {
	uint64_t iova;
	uint64_t gpa;
	uint64_t size;
	unsigned prot;
};

/* Each is refused, by every call that it concerns. */
static void test_raw(void **state)
{
	static const struct wrong wrongs[] = {
		{ 0x1000, 0, 0, RW },
		{ 1, 0, 0x1000, RW },
		{ 0x1000, 0, 0x1001, RW },
		{ UINT64_MAX - 0xfff, 0, 0x2000, RW },
		{ 0, 0, UINT64_MAX - 0xfff, RW },
	};
	struct fixture *f = *state;
	enum trace_kind kind;
	size_t i;

	for (i = 0; i < 5; i++) {
		for (kind = TRACE_MAP; kind <= TRACE_RECLAIM; kind++) {
			struct trace_event event = make(kind, wrongs[i].iova,
							wrongs[i].size);

			event.raw = true;
			assert_true(apply_event(&f->session, &event));
		}
	}
	assert_int_equal(f->result.refused, 20);
	protect(f, 0x1000, 0x1000, 0);
	protect(f, 0x1000, 0x1000, HVPT_PROT_WRITE);
	protect(f, 0x1000, 0x1000, 4);
	map(f, 0x1000, 0x1234, 0x1000);
	map(f, 0x1000, UINT64_MAX - 0xfff, 0x2000);
	assert_int_equal(f->result.refused, 25);
	assert_int_equal(f->result.map_bytes, 0);
	assert_mismatches(f, 0);
}

/* ---- syncs ----------------------------------------------------------- */

static uint64_t calls(struct fixture *f, uint16_t code)
{
	return hypervisor_calls(f->session.domains.host.hv, code);
}

static void test_strict(void **state)
{
	struct fixture *f = *state;

	map(f, 0x1000, 0x5000, 0x3000);
	assert_int_equal(calls(f, LIST_FLUSH), 0);
	unmap(f, 0x1000, 0x1000);
	assert_int_equal(calls(f, LIST_FLUSH), 1);
	unmap(f, 0x2000, 0x2000);
	unmap(f, 0x2000, 0x2000);
	assert_int_equal(calls(f, LIST_FLUSH), 2);
	assert_int_equal(f->result.syncs, 2);
	assert_int_equal(f->result.flush_calls, 2);
	assert_int_equal(f->result.pages_asked, 3);
	assert_int_equal(f->result.over_flushed_pages, 0);
	assert_true(f->session.domains.host.model.stale > 0);
	assert_int_equal(f->session.checker.stale_after, 0);
	assert_mismatches(f, 0);
}

static void test_lazy(void **state)
{
	struct fixture *f = *state;
	uint64_t i;

	restart(f, 3, NULL);
	map(f, 0x1000, 0x5000, 0x8000);
	for (i = 1; i <= 7; i++)
		unmap(f, i * 0x1000, 0x1000);
	assert_int_equal(f->result.syncs, 2);
	assert_int_equal(f->result.forced_syncs, 0);
	/* A waiting IOVA is not used again; another is. */
	map(f, 0x10000, 0, 0x1000);
	assert_int_equal(f->result.forced_syncs, 0);
	map(f, 0x7000, 0x9000, 0x1000);
	assert_int_equal(f->result.forced_syncs, 1);
	assert_int_equal(f->result.syncs, 3);
	assert_int_equal(f->session.checker.stale_after, 0);
	assert_mismatches(f, 0);
}

/* An empty table makes way for a leaf: not before a sync. */
static void test_table_goes(void **state)
{
	struct fixture *f = *state;

	map(f, 0x200000, 0, 0x1000);
	unmap(f, 0x200000, 0x1000);
	assert_int_equal(f->result.forced_syncs, 0);
	map(f, 0x200000, 0x400000, 0x200000);
	assert_int_equal(f->result.forced_syncs, 1);
	assert_mismatches(f, 0);
}

/* A cache that holds on: what a library that does not flush leaves. */
static void test_not_flushed(void **state)
{
	struct fixture *f = *state;
	struct domain *domain;

	restart(f, 10, NULL);
	map(f, 0x1000, 0x5000, 0x1000);
	unmap(f, 0x1000, 0x1000);
	domain = f->session.domains.list[0];
	hvpt_pt_release(domain->pt, &domain->gather);
	assert_true(sync_until_done(&f->session, domain));
	assert_mismatches(f, 0);
	restart(f, 10, NULL);
	map(f, 0x1000, 0x5000, 0x1000);
	unmap(f, 0x1000, 0x1000);
	domain = f->session.domains.list[0];
	/* Another page is flushed. */
	domain->gather.range[0].first = hvpt_iova(0x8000);
	domain->gather.range[0].last = hvpt_iova(0x8fff);
	assert_true(sync_until_done(&f->session, domain));
	assert_true(f->session.checker.mismatches > 0);
	assert_true(f->session.checker.stale_after > 0);
}

/*
 * The list fails, the domain is flushed; then both fail, once. Four flushes
 * before asked whether domains exist.
 */
static void test_failed_flush(void **state)
{
	static const char *const specs[] = { "flush-list:1:0x0b",
					     "flush-list:2:0x0b",
					     "flush:6:0x0b", NULL };
	struct fixture *f = *state;
	uint64_t before;

	restart(f, 1, specs);
	map(f, 0x1000, 0x5000, 0x3000);
	before = calls(f, DOMAIN_FLUSH);
	unmap(f, 0x1000, 0x1000);
	assert_int_equal(calls(f, DOMAIN_FLUSH), before + 1);
	assert_int_equal(f->result.failed_syncs, 0);
	unmap(f, 0x2000, 0x1000);
	assert_int_equal(f->result.failed_syncs, 1);
	map(f, 0x2000, 0xa000, 0x1000);
	assert_int_equal(f->result.forced_syncs, 1);
	assert_int_equal(f->result.syncs, 2);
	assert_int_equal(f->session.checker.stale_after, 0);
	assert_mismatches(f, 0);
}

/* A page allocation fails: nothing changes, and that is no mismatch. */
static void test_injected_no_memory(void **state)
{
	static const char *const specs[] = { "alloc:3", NULL };
	struct fixture *f = *state;

	restart(f, 1, specs);
	map(f, 0x1000, 0x5000, 0x3000);
	assert_int_equal(f->result.failed_calls, 1);
	assert_int_equal(f->result.map_bytes, 0);
	map(f, 0x1000, 0x5000, 0x3000);
	assert_int_equal(f->result.map_bytes, 0x3000);
	assert_mismatches(f, 0);
}

/* For ever: an error, and everything comes apart all the same. */
static void test_failing_for_ever(void **state)
{
	static const char *const specs[] = { "flush-list:1:5:always",
					     "flush:1:5:always",
					     "detach:1:8:always", NULL };
	struct fixture *f = *state;

	restart(f, 1, specs);
	map(f, 0x1000, 0x5000, 0x3000);
	unmap(f, 0x1000, 0x1000);
	f->session.checker.line = 0;
	teardown(&f->session);
	assert_string_equal(f->result.error,
			    "cannot flush: HVPT_ERR_HV_INPUT; the hypervisor "
			    "answered 0x0005 (INVALID_PARAMETER) to "
			    "FLUSH_DEVICE_DOMAIN");
	assert_mismatches(f, 0);
	domain_set_close(&f->session.domains);
	prepare(f);
	assert_true(
		domain_set_init(&f->session.domains, &f->options, TABLE_PAGES));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_figures),
		TEST(test_prot),
		TEST(test_no_memory),
		TEST(test_ran_out),
		TEST(test_protect),
		TEST(test_protect_not_flushed),
		TEST(test_reclaim),
		TEST(test_nomem),
		TEST(test_raw),
		TEST(test_wrongly_mapped),
		TEST(test_wrongly_refused),
		TEST(test_wrong_bytes),
		TEST(test_strict),
		TEST(test_lazy),
		TEST(test_table_goes),
		TEST(test_not_flushed),
		TEST(test_failed_flush),
		TEST(test_injected_no_memory),
		TEST(test_failing_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
