/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which domain an event belongs to: trace/event_domains.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "trace/event_domains.h"

#define UNNAMED UINT64_MAX

/**
 * struct fixture - domains, each of which maps one range
 * @bytes: what each maps of any range
 */
struct fixture {
	struct event_domains domains;
	uint64_t bytes[EVENT_DOMAINS_MAX];
};

static int set_up(void **state)
{
	static struct fixture fixture;

	memset(&fixture, 0, sizeof(fixture));
	*state = &fixture;
	return 0;
}

static uint64_t mapped(void *ctx, size_t number, uint64_t iova, uint64_t size)
{
	struct fixture *f = ctx;

	assert_true(number < f->domains.count);
	assert_int_equal(iova, 0x5000);
	assert_int_equal(size, 0x2000);
	return f->bytes[number];
}

static size_t find(struct fixture *f, enum trace_kind kind, uint64_t dom)
{
	struct trace_event event;

	memset(&event, 0, sizeof(event));
	event.kind = kind;
	event.iova = 0x5000;
	event.size = 0x2000;
	event.has_dom = dom != UNNAMED;
	event.dom = event.has_dom ? dom : 0;
	return event_domains_find(&f->domains, &event, mapped, f);
}

static void test_names(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(find(f, TRACE_MAP, 7), 0);
	assert_int_equal(find(f, TRACE_MAP, 0), 1);
	assert_int_equal(find(f, TRACE_UNMAP, 7), 0);
	assert_int_equal(find(f, TRACE_SYNC, 9), 2);
	assert_int_equal(f->domains.count, 3);
	assert_int_equal(f->domains.list[1].id, 0);
	assert_true(f->domains.list[1].named);
}

/* The first name also names what came before. */
static void test_first_name(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(find(f, TRACE_UNMAP, UNNAMED), 0);
	assert_false(f->domains.list[0].named);
	assert_int_equal(find(f, TRACE_MAP, UNNAMED), 0);
	assert_int_equal(find(f, TRACE_MAP, 7), 0);
	assert_true(f->domains.list[0].named);
	assert_int_equal(f->domains.list[0].id, 7);
	assert_int_equal(find(f, TRACE_MAP, 8), 1);
}

/* Without a name: who maps all of it, else any of it, else the most recent. */
static void test_holder(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(find(f, TRACE_MAP, 7), 0);
	assert_int_equal(find(f, TRACE_MAP, 8), 1);
	assert_int_equal(find(f, TRACE_MAP, 9), 2);
	f->bytes[0] = 0x2000;
	f->bytes[1] = 0x1000;
	assert_int_equal(find(f, TRACE_MAP, UNNAMED), 2);
	assert_int_equal(find(f, TRACE_UNMAP, UNNAMED), 0);
	assert_int_equal(find(f, TRACE_MAP, UNNAMED), 0);
	f->bytes[0] = 0;
	assert_int_equal(find(f, TRACE_UNMAP, UNNAMED), 1);
	f->bytes[0] = 0x1000;
	assert_int_equal(find(f, TRACE_MAP, 9), 2);
	assert_int_equal(find(f, TRACE_UNMAP, UNNAMED), 2);
	f->bytes[0] = 0x2000;
	f->bytes[1] = 0x2000;
	assert_int_equal(find(f, TRACE_UNMAP, UNNAMED), 2);
}

static void test_too_many(void **state)
{
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < EVENT_DOMAINS_MAX; i++)
		assert_int_equal(find(f, TRACE_MAP, 1 + i), i);
	assert_int_equal(find(f, TRACE_MAP, 5), 4);
	assert_int_equal(find(f, TRACE_MAP, 0), EVENT_DOMAINS_MAX);
	assert_int_equal(f->domains.count, EVENT_DOMAINS_MAX);
	assert_int_equal(find(f, TRACE_MAP, UNNAMED), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_names, set_up),
		cmocka_unit_test_setup(test_first_name, set_up),
		cmocka_unit_test_setup(test_holder, set_up),
		cmocka_unit_test_setup(test_too_many, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
