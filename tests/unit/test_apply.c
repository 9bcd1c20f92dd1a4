/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Events and what `hvpt replay` makes of them: tools/apply.h. A library which
 * answers wrongly is played by a model, or an arena, that was tampered with;
 * messages about mismatches on standard error belong to it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "apply.h"

#define RW (HVPT_PROT_READ | HVPT_PROT_WRITE)
#define TABLE_PAGES 16u

struct fixture {
	struct replay_options options;
	struct replay_result result;
	struct apply apply;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	struct fixture *f = &fixture;

	memset(f, 0, sizeof(*f));
	f->options.levels = 4;
	f->options.width = 40;
	f->options.page_sizes = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M;
	f->result.file = "test";
	f->apply.options = &f->options;
	f->apply.result = &f->result;
	judge_init(&f->apply.judge, "test", 1);
	*state = f;
	return domain_set_init(&f->apply.domains, &f->options, TABLE_PAGES) ?
		       0 :
		       -1;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	return domain_set_close(&f->apply.domains) == 0 ? 0 : -1;
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
	assert_true(apply_event(&f->apply, &event));
}

static void unmap(struct fixture *f, uint64_t iova, uint64_t size)
{
	struct trace_event event = make(TRACE_UNMAP, iova, size);

	assert_true(apply_event(&f->apply, &event));
}

static struct hvpt_model *model(struct fixture *f)
{
	return f->apply.domains.list[0]->model;
}

static void assert_mismatches(struct fixture *f, uint64_t count)
{
	assert_int_equal(f->apply.judge.mismatches, count);
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
	assert_true(apply_event(&f->apply, &event));
	assert_true(hvpt_model_lookup(model(f), 0x1000, &gpa, &prot));
	assert_int_equal(prot, HVPT_PROT_READ);
	map(f, 0x2000, 0, 0x1000);
	assert_true(hvpt_model_lookup(model(f), 0x2000, &gpa, &prot));
	assert_int_equal(prot, RW);
	assert_mismatches(f, 0);
}

/* A refusal without a reason, then a cut which cannot be made. */
static void test_no_memory(void **state)
{
	struct fixture *f = *state;

	map(f, 0, 0, 0x200000);
	hvpt_arena_fail_at(f->apply.domains.arena, 2);
	map(f, (uint64_t)1 << 39, 0, 0x1000);
	assert_mismatches(f, 1);
	assert_int_equal(f->result.map_bytes, 0x200000);
	hvpt_arena_fail_at(f->apply.domains.arena, 1);
	unmap(f, 0, 0x1000);
	assert_mismatches(f, 2);
	assert_int_equal(f->result.unmap_bytes, 0);
	assert_int_equal(hvpt_model_bytes(model(f)), 0x200000);
	apply_audit(&f->apply);
	assert_mismatches(f, 2);
}

/* The command's own supply is at its end: said, and no mismatch. */
static void test_ran_out(void **state)
{
	struct fixture *f = *state;
	struct trace_event event = make(TRACE_MAP, 0, 64 * 0x200000);

	event.gpa = 0x1000;
	assert_false(apply_event(&f->apply, &event));
	assert_string_equal(f->result.error,
			    "line 1: needs more table pages than are set "
			    "aside");
	assert_mismatches(f, 0);
	assert_int_equal(f->result.map_bytes, 0);
	apply_audit(&f->apply);
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
	assert_true(f->apply.judge.mismatches > 0);
	assert_int_equal(f->result.map_bytes, 0x1000);
}

/* It unmaps less, or more, than there was. */
static void test_wrong_bytes(void **state)
{
	struct fixture *f = *state;

	map(f, 0x1000, 0, 0x3000);
	hvpt_model_unmap(model(f), 0x1000, 0x1000);
	unmap(f, 0x1000, 0x2000);
	assert_mismatches(f, 1);
	assert_true(hvpt_model_map(model(f), 0x8000, 0, 0x1000, RW));
	unmap(f, 0x8000, 0x1000);
	/* Not the bytes, and the gather is empty. */
	assert_mismatches(f, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_figures),	   TEST(test_prot),
		TEST(test_no_memory),	   TEST(test_ran_out),
		TEST(test_wrongly_mapped), TEST(test_wrongly_refused),
		TEST(test_wrong_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
