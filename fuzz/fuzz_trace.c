/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz_trace.c - the trace parser of the hvpt command, on lines of any bytes.
 *
 * Each line is copied to memory of its own length, so that a byte read beyond
 * its end is seen.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "hvpt/pte.h"
#include "trace/trace_write.h"

#define PAGE_MASK UINT64_C(4095)

static void check_range(uint64_t first, uint64_t size)
{
	FUZZ_CHECK(((first | size) & PAGE_MASK) == 0, "not whole pages");
	FUZZ_CHECK(size != 0, "an empty event");
	FUZZ_CHECK(size - 1 <= UINT64_MAX - first, "an event that wraps");
}

/* Without raw=1 all numbers keep the rules. */
static void check_numbers(const struct trace_event *event)
{
	check_range(event->iova, event->size);
	if (event->kind == TRACE_MAP)
		check_range(event->gpa, event->size);
	if (event->has_prot)
		FUZZ_CHECK(event->prot == HVPT_PROT_READ ||
				   event->prot == HVPT_PROT_MASK,
			   "a permission");
}

static void check_event(const struct trace_event *event)
{
	FUZZ_CHECK((unsigned)event->kind <= TRACE_SYNC, "an event of no kind");
	FUZZ_CHECK(event->cpu >= -1 && event->pid >= -1, "cpu or pid");
	if (event->has_prot)
		FUZZ_CHECK(event->kind == TRACE_MAP ||
				   event->kind == TRACE_PROTECT,
			   "a permission nobody asked for");
	if (!event->raw && event->kind != TRACE_SYNC)
		check_numbers(event);
}

static void parse(const char *text, size_t length, struct trace_line *line)
{
	char *copy = malloc(length ? length : 1);

	FUZZ_CHECK(copy, "no memory");
	memcpy(copy, text, length);
	memset(line, 0xa5, sizeof(*line));
	trace_parse(copy, length, line);
	free(copy);
}

/* An event that is written is read as the same one. */
static void check_written(const struct trace_event *event)
{
	char text[TRACE_TEXT_MAX];
	struct trace_line again;

	trace_print(text, event, 1);
	parse(text, strlen(text), &again);
	FUZZ_CHECK(again.class == TRACE_PROBE, "what is written is no event");
	FUZZ_CHECK(again.event.kind == event->kind &&
			   again.event.iova == event->iova &&
			   again.event.size == event->size &&
			   again.event.gpa == event->gpa &&
			   again.event.dom == event->dom &&
			   again.event.raw == event->raw &&
			   again.event.nomem == event->nomem,
		   "what is written is another event");
}

static void check_line(const char *text, size_t length)
{
	struct trace_line line, again;

	parse(text, length, &line);
	switch (line.class) {
	case TRACE_EVENT:
	case TRACE_PROBE:
		check_event(&line.event);
		check_written(&line.event);
		break;
	case TRACE_MALFORMED:
		FUZZ_CHECK(memchr(line.error, 0, sizeof(line.error)),
			   "an error without an end");
		FUZZ_CHECK(line.error[0], "an error without words");
		break;
	case TRACE_BLANK:
	case TRACE_OTHER:
	case TRACE_LOST:
		break;
	default:
		FUZZ_CHECK(0, "a line of no class");
	}
	parse(text, length, &again);
	FUZZ_CHECK(again.class == line.class, "the same line, another class");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	while (size) {
		const char *newline = memchr(text, '\n', size);
		size_t length = newline ? (size_t)(newline - text) : size;

		check_line(text, length);
		if (newline) /* with it, too */
			check_line(text, ++length);
		text += length;
		size -= length;
	}
	return 0;
}
