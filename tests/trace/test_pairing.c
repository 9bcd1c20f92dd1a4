/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Joining kprobe lines with tracepoints: trace/pairing.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "hvpt/pte.h"
#include "trace/pairing.h"

#define SEEN_MAX 256u

/**
 * struct seen - the events that came out
 * @stop_after: answer false to this many
 */
struct seen {
	unsigned count;
	unsigned stop_after;
	struct trace_event event[SEEN_MAX];
};

struct fixture {
	struct pairing pairing;
	struct seen seen;
};

static bool note(void *ctx, const struct trace_event *event)
{
	struct seen *seen = ctx;

	assert_true(seen->count < SEEN_MAX);
	seen->event[seen->count++] = *event;
	return seen->count != seen->stop_after;
}

static int set_up(void **state)
{
	static struct fixture fixture;

	memset(&fixture, 0, sizeof(fixture));
	pairing_init(&fixture.pairing);
	*state = &fixture;
	return 0;
}

static struct trace_line make(enum trace_class class, enum trace_kind kind,
			      uint64_t page, long cpu, long pid)
{
	struct trace_line line;

	memset(&line, 0, sizeof(line));
	line.class = class;
	line.event.kind = kind;
	line.event.iova = page * 4096;
	line.event.size = 4096;
	line.event.cpu = cpu;
	line.event.pid = pid;
	if (kind == TRACE_MAP)
		line.event.gpa = page * 8192;
	return line;
}

static bool add_probe(struct fixture *f, enum trace_kind kind, uint64_t page,
		      long cpu, long pid, uint64_t dom)
{
	struct trace_line line = make(TRACE_PROBE, kind, page, cpu, pid);

	line.event.has_dom = true;
	line.event.dom = dom;
	line.event.has_prot = kind == TRACE_MAP;
	line.event.prot = kind == TRACE_MAP ? HVPT_PROT_READ : 0;
	return pairing_add(&f->pairing, &line, note, &f->seen);
}

static bool add_event(struct fixture *f, enum trace_kind kind, uint64_t page,
		      long cpu, long pid)
{
	struct trace_line line = make(TRACE_EVENT, kind, page, cpu, pid);

	return pairing_add(&f->pairing, &line, note, &f->seen);
}

static void assert_last(const struct fixture *f, unsigned count, bool has_dom,
			uint64_t dom)
{
	const struct trace_event *event = &f->seen.event[count - 1];

	assert_int_equal(f->seen.count, count);
	assert_int_equal(event->has_dom, has_dom);
	if (has_dom)
		assert_int_equal(event->dom, dom);
	assert_int_equal(event->has_prot, has_dom && event->kind == TRACE_MAP);
}

static void test_pair(void **state)
{
	struct fixture *f = *state;

	assert_true(add_probe(f, TRACE_MAP, 1, 0, 10, 0xaa));
	assert_int_equal(f->seen.count, 0);
	assert_true(add_event(f, TRACE_MAP, 1, 0, 10));
	assert_last(f, 1, true, 0xaa);
	assert_int_equal(f->seen.event[0].prot, HVPT_PROT_READ);
	assert_true(add_probe(f, TRACE_UNMAP, 1, 0, 10, 0xaa));
	assert_true(add_event(f, TRACE_UNMAP, 1, 0, 10));
	assert_last(f, 2, true, 0xaa);
	/* Each is used once. */
	assert_true(add_event(f, TRACE_UNMAP, 1, 0, 10));
	assert_last(f, 3, false, 0);
}

/* The kprobe says what was asked; the size is then what was really unmapped. */
static void test_really_unmapped(void **state)
{
	static const uint64_t unmapped[] = { 0, 4096, 8192, 0x200000 };
	struct fixture *f = *state;
	unsigned i;

	for (i = 0; i < 4; i++) {
		struct trace_line line = make(TRACE_EVENT, TRACE_UNMAP, i, 0,
					      10);

		line.event.unmapped = unmapped[i];
		assert_true(add_probe(f, TRACE_UNMAP, i, 0, 10, 0xaa));
		assert_true(pairing_add(&f->pairing, &line, note, &f->seen));
		assert_last(f, i + 1, true, 0xaa);
		assert_int_equal(f->seen.event[i].size,
				 unmapped[i] ? unmapped[i] : 4096);
	}
}

static void test_no_pair(void **state)
{
	struct fixture *f = *state;

	assert_true(add_probe(f, TRACE_MAP, 1, 0, 10, 0xaa));
	assert_true(add_event(f, TRACE_MAP, 2, 0, 10));
	assert_last(f, 1, false, 0);
	assert_true(add_event(f, TRACE_UNMAP, 1, 0, 10));
	assert_last(f, 2, false, 0);
	assert_true(add_event(f, TRACE_MAP, 1, 0, 10));
	assert_last(f, 3, true, 0xaa);
}

/* An interrupt between a kprobe and its tracepoint, on the same CPU. */
static void test_nested(void **state)
{
	struct fixture *f = *state;

	add_probe(f, TRACE_MAP, 1, 0, 10, 0xaa);
	add_probe(f, TRACE_UNMAP, 2, 0, 10, 0xbb);
	add_event(f, TRACE_UNMAP, 2, 0, 10);
	assert_last(f, 1, true, 0xbb);
	add_event(f, TRACE_MAP, 1, 0, 10);
	assert_last(f, 2, true, 0xaa);
}

/* The same range in two domains at once: task first, then CPU, decide. */
static void test_interleaved(void **state)
{
	struct fixture *f = *state;

	add_probe(f, TRACE_MAP, 1, 0, 10, 0xaa);
	add_probe(f, TRACE_MAP, 1, 1, 11, 0xbb);
	add_event(f, TRACE_MAP, 1, 0, 10);
	assert_last(f, 1, true, 0xaa);
	add_event(f, TRACE_MAP, 1, 1, 11);
	assert_last(f, 2, true, 0xbb);
	/* Both tasks swapped CPUs meanwhile. */
	add_probe(f, TRACE_MAP, 1, 0, 10, 0xaa);
	add_probe(f, TRACE_MAP, 1, 1, 11, 0xbb);
	add_event(f, TRACE_MAP, 1, 1, 10);
	assert_last(f, 3, true, 0xaa);
	add_event(f, TRACE_MAP, 1, 0, 11);
	assert_last(f, 4, true, 0xbb);
	/* Same task 0 (idle) on two CPUs. */
	add_probe(f, TRACE_UNMAP, 1, 0, 0, 0xaa);
	add_probe(f, TRACE_UNMAP, 1, 1, 0, 0xbb);
	add_event(f, TRACE_UNMAP, 1, 0, 0);
	assert_last(f, 5, true, 0xaa);
	add_event(f, TRACE_UNMAP, 1, 1, 0);
	assert_last(f, 6, true, 0xbb);
}

/* A kprobe whose map failed waits in vain; the newer one is meant. */
static void test_newest(void **state)
{
	struct fixture *f = *state;

	add_probe(f, TRACE_MAP, 1, 0, 10, 0xaa);
	add_probe(f, TRACE_MAP, 1, 0, 10, 0xbb);
	add_event(f, TRACE_MAP, 1, 0, 10);
	assert_last(f, 1, true, 0xbb);
}

static void test_oldest_is_dropped(void **state)
{
	struct fixture *f = *state;
	unsigned i;

	add_event(f, TRACE_MAP, 1000, 0, 10);
	for (i = 0; i <= PAIRING_PENDING; i++)
		add_probe(f, TRACE_MAP, i, 0, 10, i);
	assert_int_equal(f->seen.count, 1);
	add_event(f, TRACE_MAP, 0, 0, 10);
	assert_last(f, 2, false, 0);
	add_event(f, TRACE_MAP, 1, 0, 10);
	assert_last(f, 3, true, 1);
	add_event(f, TRACE_MAP, PAIRING_PENDING, 0, 10);
	assert_last(f, 4, true, PAIRING_PENDING);
}

/* ---- captures with kprobes only -------------------------------------- */

static void test_probes_only_short(void **state)
{
	struct fixture *f = *state;

	add_probe(f, TRACE_MAP, 1, 0, 10, 0xaa);
	add_probe(f, TRACE_UNMAP, 1, 0, 10, 0xaa);
	assert_int_equal(f->seen.count, 0);
	assert_true(pairing_finish(&f->pairing, note, &f->seen));
	assert_int_equal(f->seen.count, 2);
	assert_int_equal(f->seen.event[0].kind, TRACE_MAP);
	assert_int_equal(f->seen.event[1].kind, TRACE_UNMAP);
}

static void test_probes_only_long(void **state)
{
	struct fixture *f = *state;
	unsigned i;

	for (i = 0; i < PAIRING_PENDING - 1; i++)
		add_probe(f, TRACE_MAP, i, 0, 10, 0xaa);
	assert_int_equal(f->seen.count, 0);
	add_probe(f, TRACE_MAP, i++, 0, 10, 0xaa);
	assert_int_equal(f->seen.count, PAIRING_PENDING);
	add_probe(f, TRACE_MAP, i++, 0, 10, 0xaa);
	assert_int_equal(f->seen.count, i);
	/* Now tracepoints say nothing new. */
	add_event(f, TRACE_MAP, 0, 0, 10);
	assert_int_equal(f->seen.count, i);
	assert_int_equal(f->pairing.ignored, 1);
	assert_true(pairing_finish(&f->pairing, note, &f->seen));
	assert_int_equal(f->seen.count, i);
	while (i-- > 0)
		assert_int_equal(f->seen.event[i].iova, i * 4096);
}

/* With tracepoints, kprobes left over at the end are no events. */
static void test_leftover_is_no_event(void **state)
{
	struct fixture *f = *state;

	add_event(f, TRACE_MAP, 1, 0, 10);
	add_probe(f, TRACE_MAP, 2, 0, 10, 0xaa);
	assert_true(pairing_finish(&f->pairing, note, &f->seen));
	assert_int_equal(f->seen.count, 1);
}

/* What has no tracepoint waits for none, in either mode. */
static void test_without_tracepoint(void **state)
{
	struct fixture *f = *state;

	add_probe(f, TRACE_PROTECT, 1, 0, 10, 0xaa);
	add_probe(f, TRACE_MAP, 2, 0, 10, 0xaa);
	add_probe(f, TRACE_SYNC, 3, 0, 10, 0xaa);
	assert_int_equal(f->seen.count, 0);
	add_event(f, TRACE_MAP, 2, 0, 10);
	assert_int_equal(f->seen.count, 3);
	assert_int_equal(f->seen.event[0].kind, TRACE_PROTECT);
	assert_int_equal(f->seen.event[1].kind, TRACE_SYNC);
	assert_true(f->seen.event[2].has_dom);
	add_probe(f, TRACE_RECLAIM, 4, 0, 10, 0xaa);
	assert_int_equal(f->seen.count, 4);
}

static void test_stop(void **state)
{
	struct fixture *f = *state;

	f->seen.stop_after = 2;
	assert_true(add_event(f, TRACE_MAP, 1, 0, 10));
	assert_false(add_event(f, TRACE_MAP, 2, 0, 10));
}

static void test_stop_in_finish(void **state)
{
	struct fixture *f = *state;

	f->seen.stop_after = 1;
	add_probe(f, TRACE_MAP, 1, 0, 10, 0xaa);
	add_probe(f, TRACE_MAP, 2, 0, 10, 0xaa);
	assert_false(pairing_finish(&f->pairing, note, &f->seen));
	assert_int_equal(f->seen.count, 1);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pair),
		TEST(test_really_unmapped),
		TEST(test_no_pair),
		TEST(test_nested),
		TEST(test_interleaved),
		TEST(test_newest),
		TEST(test_oldest_is_dropped),
		TEST(test_probes_only_short),
		TEST(test_probes_only_long),
		TEST(test_leftover_is_no_event),
		TEST(test_without_tracepoint),
		TEST(test_stop),
		TEST(test_stop_in_finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
