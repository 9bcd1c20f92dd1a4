/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The events `hvpt fuzz` makes: tools/fuzz/fuzz_generate.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tools/fuzz/fuzz_generate.h"
#include "tests/support/prng.h"
#include "trace/trace_write.h"

#define SEQUENCES 600u

static struct replay_options make_options(unsigned levels, unsigned width,
					  enum hvpt_iova_form form)
{
	struct replay_options options;

	memset(&options, 0, sizeof(options));
	options.levels = levels;
	options.width = width;
	options.form = form;
	options.page_sizes = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M;
	return options;
}

/* All that the checkers look at comes back from the text. */
static void assert_written(const struct trace_event *event)
{
	char text[TRACE_TEXT_MAX];
	struct trace_line line;

	trace_print(text, event, 1);
	trace_parse(text, strlen(text), &line);
	if (line.class != TRACE_PROBE)
		fail_msg("%s: %s", line.error, text);
	assert_int_equal(line.event.kind, event->kind);
	assert_int_equal(line.event.dom, event->dom);
	assert_int_equal(line.event.iova, event->iova);
	assert_int_equal(line.event.size, event->size);
	assert_int_equal(line.event.gpa, event->gpa);
	assert_int_equal(line.event.has_prot, event->has_prot);
	assert_int_equal(line.event.prot, event->prot);
	assert_int_equal(line.event.raw, event->raw);
	assert_int_equal(line.event.nomem, event->nomem);
}

static void test_can_be_written(void **state)
{
	static const struct {
		unsigned levels;
		unsigned width;
		enum hvpt_iova_form form;
	} tables[] = { { 4, 48, HVPT_IOVA_PLAIN },
		       { 5, 57, HVPT_IOVA_CANONICAL },
		       { 4, 13, HVPT_IOVA_LOWER },
		       { 4, 39, HVPT_IOVA_CANONICAL } };
	struct trace_event events[FUZZ_EVENTS_MAX];
	uint64_t seed = pt_seed("fuzz_generate", 1);
	unsigned rounds = pt_effort(SEQUENCES);
	size_t t, i, count;
	unsigned round;

	(void)state;
	for (round = 0; round < rounds; round++) {
		for (t = 0; t < 4; t++) {
			struct replay_options options = make_options(
				tables[t].levels, tables[t].width,
				tables[t].form);

			count = fuzz_generate(&options, seed, round, events);
			assert_int_in_range(count, 1, FUZZ_EVENTS_MAX);
			for (i = 0; i < count; i++)
				assert_written(&events[i]);
		}
	}
}

static void test_repeatable(void **state)
{
	struct replay_options options = make_options(4, 48, HVPT_IOVA_PLAIN);
	struct trace_event events[2][FUZZ_EVENTS_MAX];
	uint64_t number;

	(void)state;
	for (number = 0; number < 50; number++) {
		size_t count;

		memset(events, 0, sizeof(events));
		count = fuzz_generate(&options, 9, number, events[0]);
		assert_int_equal(fuzz_generate(&options, 9, number, events[1]),
				 count);
		assert_memory_equal(events[0], events[1], sizeof(events[0]));
	}
}

/* The second process has other sequences than the first has later. */
static void test_seeds_differ(void **state)
{
	struct replay_options options = make_options(4, 48, HVPT_IOVA_PLAIN);
	static struct trace_event first[32][FUZZ_EVENTS_MAX];
	struct trace_event events[FUZZ_EVENTS_MAX];
	uint64_t number, other;
	unsigned compared = 0;

	(void)state;
	for (number = 0; number < 32; number++)
		(void)fuzz_generate(&options, 1, number, first[number]);
	for (number = 0; number < 32; number++) {
		/* Very short ones may be the same by chance. */
		if (fuzz_generate(&options, 2, number, events) < 4)
			continue;
		compared++;
		for (other = 0; other < 32; other++)
			assert_memory_not_equal(events, first[other],
						4 * sizeof(events[0]));
	}
	assert_true(compared > 16);
}

/* What is not asked for is drawn, such that it fits; what is stays. */
static void test_draw(void **state)
{
	struct fuzz_options options = { .draw_levels = true,
					.draw_width = true,
					.draw_form = true };
	unsigned levels[6] = { 0 }, forms[3] = { 0 };
	struct fuzz_options drawn, again;
	uint64_t number;

	(void)state;
	for (number = 0; number < 200; number++) {
		fuzz_draw(&options, 3, number, &drawn);
		fuzz_draw(&options, 3, number, &again);
		assert_int_in_range(drawn.replay.levels, 4, 5);
		assert_int_equal(drawn.replay.width,
				 drawn.replay.levels == 4 ? 48 : 57);
		assert_int_equal(drawn.replay.levels, again.replay.levels);
		assert_int_equal(drawn.replay.form, again.replay.form);
		assert_false(drawn.draw_levels || drawn.draw_form);
		levels[drawn.replay.levels]++;
		forms[drawn.replay.form]++;
	}
	assert_true(levels[4] > 50 && levels[5] > 50);
	assert_true(forms[0] > 30 && forms[1] > 30 && forms[2] > 30);
	options.draw_width = false;
	options.draw_form = false;
	options.replay.width = 50;
	options.replay.form = HVPT_IOVA_LOWER;
	for (number = 0; number < 50; number++) {
		fuzz_draw(&options, 3, number, &drawn);
		assert_int_equal(drawn.replay.levels, 5);
		assert_int_equal(drawn.replay.width, 50);
		assert_int_equal(drawn.replay.form, HVPT_IOVA_LOWER);
	}
}

/* Everything there is comes up: no kind, corner or oddity is forgotten. */
static void test_variety(void **state)
{
	struct replay_options options = make_options(4, 48, HVPT_IOVA_PLAIN);
	struct trace_event events[FUZZ_EVENTS_MAX];
	unsigned kinds[TRACE_SYNC + 1] = { 0 };
	unsigned raw = 0, nomem = 0, top = 0, beyond = 0, high = 0, large = 0;
	uint64_t number;
	size_t i, count;

	(void)state;
	for (number = 0; number < SEQUENCES; number++) {
		count = fuzz_generate(&options, 1, number, events);
		for (i = 0; i < count; i++) {
			const struct trace_event *event = &events[i];
			uint64_t end = event->iova + event->size;

			kinds[event->kind]++;
			raw += event->raw;
			nomem += event->nomem != 0;
			top += end == (uint64_t)1 << 48;
			beyond += !event->raw && end > (uint64_t)1 << 48;
			high += event->gpa + event->size == (uint64_t)1 << 52;
			large += event->size >= HVPT_PAGE_SIZE_1G &&
				 event->kind == TRACE_MAP &&
				 ((event->iova | event->gpa) &
				  (HVPT_PAGE_SIZE_1G - 1)) == 0;
		}
	}
	for (i = 0; i <= TRACE_SYNC; i++)
		assert_true(kinds[i] > 100);
	assert_true(raw > 20 && nomem > 20 && top > 20 && beyond > 20);
	assert_true(high > 20 && large > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_can_be_written),
		cmocka_unit_test(test_repeatable),
		cmocka_unit_test(test_seeds_differ),
		cmocka_unit_test(test_draw),
		cmocka_unit_test(test_variety),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
