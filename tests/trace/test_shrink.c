/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Making a failing sequence small: trace/shrink.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "hvpt/pte.h"
#include "trace/shrink.h"
#include "tests/support/prng.h"
#include "trace/trace_write.h"

#define EVENTS 200u
#define PAGE HVPT_PAGE_BYTES
#define RW HVPT_PROT_MASK

/**
 * struct fixture - a sequence, and what is asked about it
 * @tries: how often
 * @limit: answer false from this many on; 0: never
 * @last: the last that failed
 */
struct fixture {
	struct trace_event events[EVENTS];
	unsigned tries;
	unsigned limit;
	struct trace_event last[EVENTS];
	size_t last_count;
};

static int set_up(void **state)
{
	static struct fixture fixture;

	memset(&fixture, 0, sizeof(fixture));
	*state = &fixture;
	return 0;
}

static struct trace_event make(enum trace_kind kind, uint64_t iova,
			       uint64_t size)
{
	struct trace_event event;

	memset(&event, 0, sizeof(event));
	event.kind = kind;
	event.iova = iova;
	event.size = size;
	event.has_dom = true;
	event.dom = 1;
	if (kind == TRACE_MAP) {
		event.gpa = iova + 0x5000;
		event.has_prot = true;
		event.prot = RW;
	}
	return event;
}

/* Random events that are all well formed. */
static void fill(struct fixture *f, uint64_t seed)
{
	uint64_t prng = seed;
	size_t i;

	for (i = 0; i < EVENTS; i++) {
		f->events[i] = make(
			(enum trace_kind)hvpt_random_below(&prng, 4),
			hvpt_random_below(&prng, 1 << 20) * PAGE,
			(1 + hvpt_random_below(&prng, 1000)) * PAGE);
		f->events[i].dom = 1 + hvpt_random_below(&prng, 3);
	}
}

/* Every try must be one that can be written, and is read as the same. */
static void check_try(const struct trace_event *events, size_t count)
{
	char text[TRACE_TEXT_MAX];
	size_t i;

	assert_true(count > 0);
	for (i = 0; i < count; i++) {
		struct trace_line line;

		trace_print(text, &events[i], i);
		trace_parse(text, strlen(text), &line);
		assert_int_equal(line.class, TRACE_PROBE);
		assert_int_equal(line.event.iova, events[i].iova);
		assert_int_equal(line.event.size, events[i].size);
	}
}

static bool answer(struct fixture *f, const struct trace_event *events,
		   size_t count, bool fails)
{
	f->tries++;
	check_try(events, count);
	if (f->limit && f->tries > f->limit)
		return false;
	if (!fails)
		return false;
	memcpy(f->last, events, count * sizeof(*events));
	f->last_count = count;
	return true;
}

static size_t run(struct fixture *f, size_t count, shrink_fn fails)
{
	size_t left = shrink(f->events, count, fails, f);

	/* What comes back is what was last said to fail. */
	if (f->last_count) {
		assert_int_equal(left, f->last_count);
		assert_memory_equal(f->events, f->last,
				    left * sizeof(f->events[0]));
	}
	return left;
}

/* ---- predicates ------------------------------------------------------ */

static bool always(void *ctx, const struct trace_event *events, size_t count)
{
	return answer(ctx, events, count, true);
}

static bool never(void *ctx, const struct trace_event *events, size_t count)
{
	return answer(ctx, events, count, false);
}

/* A protect that comes after a map of the same domain that covers it. */
static bool map_then_protect(void *ctx, const struct trace_event *events,
			     size_t count)
{
	bool found = false;
	size_t i, j;

	for (i = 0; i < count; i++) {
		for (j = i + 1; j < count; j++)
			found = found || (events[i].kind == TRACE_MAP &&
					  events[j].kind == TRACE_PROTECT &&
					  events[i].dom == events[j].dom);
	}
	return answer(ctx, events, count, found);
}

/* As many maps as unmaps, and one of each at least: they go in pairs. */
static bool balanced(void *ctx, const struct trace_event *events, size_t count)
{
	int sum = 0;
	size_t i;

	for (i = 0; i < count; i++)
		sum += events[i].kind == TRACE_MAP ? 1 : -1;
	return answer(ctx, events, count, sum == 0);
}

/* An unmap inside a map of 2 MiB or more, which both are of one domain. */
static bool cuts_large(void *ctx, const struct trace_event *events,
		       size_t count)
{
	bool found = false;
	size_t i;

	for (i = 1; i < count; i++) {
		const struct trace_event *map = &events[i - 1];

		found = found ||
			(map->kind == TRACE_MAP && map->dom == events[i].dom &&
			 events[i].kind == TRACE_UNMAP &&
			 map->size >= HVPT_PAGE_SIZE_2M &&
			 (map->iova & (HVPT_PAGE_SIZE_2M - 1)) == 0 &&
			 events[i].iova > map->iova &&
			 events[i].iova + events[i].size <=
				 map->iova + map->size);
	}
	return answer(ctx, events, count, found);
}

static bool odd(void *ctx, const struct trace_event *events, size_t count)
{
	bool found = false;
	size_t i;

	for (i = 0; i < count; i++)
		found = found ||
			(events[i].nomem != 0 && events[i].kind == TRACE_MAP);
	return answer(ctx, events, count, found);
}

/* ---- tests ----------------------------------------------------------- */

static void test_one_is_left(void **state)
{
	struct fixture *f = *state;
	size_t left;

	fill(f, 1);
	left = run(f, EVENTS, always);
	assert_int_equal(left, 1);
	assert_int_equal(f->events[0].iova, 0);
	assert_int_equal(f->events[0].dom, 1);
	if (f->events[0].kind != TRACE_SYNC)
		assert_int_equal(f->events[0].size, PAGE);
	/* Fewer tries than there are events: halves are tried first. */
	assert_true(f->tries < EVENTS);
}

/* What does not fail any more is not taken, and nothing is lost. */
static void test_nothing_helps(void **state)
{
	struct fixture *f = *state;
	static struct trace_event before[EVENTS];

	fill(f, 2);
	memcpy(before, f->events, sizeof(before));
	assert_int_equal(run(f, 20, never), 20);
	assert_memory_equal(f->events, before, sizeof(before));
	assert_true(f->tries > 20);
}

static void test_two_of_many(void **state)
{
	struct fixture *f = *state;
	uint64_t seed = pt_seed("shrink", 1);
	unsigned i, rounds = pt_effort(50);

	for (i = 0; i < rounds; i++) {
		fill(f, seed + i);
		f->events[3] = make(TRACE_MAP, 0x1000, PAGE);
		f->events[EVENTS - 2] = make(TRACE_PROTECT, 0x1000, PAGE);
		f->tries = 0;
		assert_int_equal(run(f, EVENTS, map_then_protect), 2);
		assert_int_equal(f->events[0].kind, TRACE_MAP);
		assert_int_equal(f->events[1].kind, TRACE_PROTECT);
		assert_int_equal(f->events[0].dom, 1);
		assert_int_equal(f->events[0].iova, 0);
		assert_int_equal(f->events[0].gpa, 0);
		assert_int_equal(f->events[1].size, PAGE);
	}
}

static void test_pairs(void **state)
{
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < 8; i++)
		f->events[i] = make(i & 1 ? TRACE_UNMAP : TRACE_MAP,
				    (i | 1) * PAGE, PAGE);
	assert_int_equal(run(f, 8, balanced), 2);
}

static void test_addresses(void **state)
{
	struct fixture *f = *state;
	uint64_t base = 0x7f1234400000;

	f->events[0] = make(TRACE_MAP, base, 3 * HVPT_PAGE_SIZE_2M);
	f->events[1] = make(TRACE_UNMAP, base + 0x403000, 0x5000);
	assert_int_equal(run(f, 2, cuts_large), 2);
	assert_int_equal(f->events[0].iova, 0);
	assert_int_equal(f->events[0].size, HVPT_PAGE_SIZE_2M);
	assert_int_equal(f->events[1].iova, PAGE);
	assert_int_equal(f->events[1].size, PAGE);
}

/* What matters stays; what is odd beside it goes. */
static void test_oddities(void **state)
{
	struct fixture *f = *state;

	f->events[0] = make(TRACE_MAP, 0x1234, 0x2001);
	f->events[0].nomem = 3;
	f->events[0].raw = true;
	f->events[0].prot = 7;
	f->events[0].dom = 2;
	assert_int_equal(run(f, 1, odd), 1);
	assert_int_equal(f->events[0].nomem, 3);
	assert_false(f->events[0].raw);
	assert_int_equal(f->events[0].prot, RW);
	assert_int_equal(f->events[0].iova, 0);
	assert_int_equal(f->events[0].dom, 1);
}

/* When it is time to end, what was found until then is kept. */
static void test_out_of_time(void **state)
{
	struct fixture *f = *state;

	fill(f, 3);
	f->limit = 3;
	assert_int_equal(run(f, EVENTS, always), EVENTS / 8);
}

static void test_repeatable(void **state)
{
	struct fixture *f = *state;
	static struct trace_event first[EVENTS];
	unsigned tries;
	size_t left;

	fill(f, 4);
	left = run(f, EVENTS, map_then_protect);
	memcpy(first, f->events, sizeof(first));
	tries = f->tries;
	set_up(state);
	fill(f, 4);
	assert_int_equal(run(f, EVENTS, map_then_protect), left);
	assert_memory_equal(f->events, first, left * sizeof(first[0]));
	assert_int_equal(f->tries, tries);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_one_is_left), TEST(test_nothing_helps),
		TEST(test_two_of_many), TEST(test_pairs),
		TEST(test_addresses),	TEST(test_oddities),
		TEST(test_out_of_time), TEST(test_repeatable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
