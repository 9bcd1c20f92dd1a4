/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "trace.h"

#include <stdio.h>
#include <string.h>

#include "hvpt/pte.h"
#include "text.h"

/* Bits of prot= which matter; cache, noexec, mmio and others do not. */
#define LINUX_READ 1u
#define LINUX_WRITE 2u

/* ---- fields ---------------------------------------------------------- */

static bool fail(struct trace_line *line, const char *text)
{
	line->class = TRACE_MALFORMED;
	snprintf(line->error, sizeof(line->error), "%s", text);
	return false;
}

static bool fail_field(struct trace_line *line, const char *name,
		       const char *text)
{
	line->class = TRACE_MALFORMED;
	snprintf(line->error, sizeof(line->error), "%s= %s", name, text);
	return false;
}

static bool take_field(struct trace_line *line, struct span *text,
		       const char *name, uint64_t *value)
{
	switch (text_take_number(text, value)) {
	case TEXT_NUMBER_BAD:
		return fail_field(line, name, "is not a number");
	case TEXT_NUMBER_BIG:
		return fail_field(line, name, "does not fit into 64 bits");
	case TEXT_NUMBER_OK:
		break;
	}
	return true;
}

/* Moves @text behind " name="; so size= is not found in unmapped_size=. */
static bool find_field(struct span *text, const char *name)
{
	struct span at = *text;

	for (; at.p < at.end; at.p++) {
		struct span word = at;

		if (!text_is_space(*word.p))
			continue;
		word.p++;
		if (text_accept(&word, name) && text_accept(&word, "=")) {
			*text = word;
			return true;
		}
	}
	return false;
}

static bool need_field(struct trace_line *line, struct span text,
		       const char *name, uint64_t *value)
{
	if (!find_field(&text, name))
		return fail_field(line, name, "is missing");
	return take_field(line, &text, name, value);
}

static bool check_address(struct trace_line *line, const char *name,
			  uint64_t first, uint64_t size)
{
	if (first & (HVPT_PAGE_BYTES - 1))
		return fail_field(line, name, "is not 4 KiB aligned");
	if (first + (size - 1) < first)
		return fail_field(line, name, "plus size= passes 2^64");
	return true;
}

/* The rules of both kinds of line, once all fields are read. */
static bool check_ranges(struct trace_line *line, const char *gpa_name)
{
	const struct trace_event *event = &line->event;

	if (event->size == 0)
		return fail(line, "size= is 0");
	if (event->size & (HVPT_PAGE_BYTES - 1))
		return fail(line, "size= is not a multiple of 4 KiB");
	if (!check_address(line, "iova", event->iova, event->size))
		return false;
	return event->kind == TRACE_UNMAP ||
	       check_address(line, gpa_name, event->gpa, event->size);
}

/* ---- tracepoints ----------------------------------------------------- */

/* "iova=FIRST - END": the only field with two numbers; END is exclusive. */
static bool take_iova_range(struct trace_line *line, struct span text,
			    uint64_t *end)
{
	if (!find_field(&text, "iova"))
		return fail_field(line, "iova", "is missing");
	if (!take_field(line, &text, "iova", &line->event.iova))
		return false;
	text = text_skip_spaces(text);
	if (!text_accept(&text, "- "))
		return fail(line, "the end of the iova range is missing");
	if (text_take_number(&text, end) != TEXT_NUMBER_OK)
		return fail(line, "the end of the iova range is not a 64-bit "
				  "number");
	return true;
}

static bool take_unmapped(struct trace_line *line, struct span text)
{
	uint64_t unmapped;

	if (!need_field(line, text, "unmapped_size", &unmapped))
		return false;
	if (unmapped > line->event.size)
		return fail(line, "unmapped_size= is larger than size=");
	return true;
}

static bool take_tracepoint(struct trace_line *line, struct span text)
{
	struct trace_event *event = &line->event;
	uint64_t end;

	if (!text_starts_with(text, " IOMMU: "))
		return fail(line, "IOMMU: is missing after the event's name");
	if (!take_iova_range(line, text, &end))
		return false;
	if (event->kind == TRACE_MAP &&
	    !need_field(line, text, "paddr", &event->gpa))
		return false;
	if (!need_field(line, text, "size", &event->size))
		return false;
	if (event->kind == TRACE_UNMAP && !take_unmapped(line, text))
		return false;
	if (!check_ranges(line, "paddr"))
		return false;
	if (end - event->iova != event->size)
		return fail(line, "the iova range is not size= bytes long");
	line->class = TRACE_EVENT;
	return true;
}

/* ---- kprobes --------------------------------------------------------- */

static bool take_prot(struct trace_line *line, struct span text)
{
	uint64_t prot;

	if (!need_field(line, text, "prot", &prot))
		return false;
	if (!(prot & (LINUX_READ | LINUX_WRITE)))
		return fail(line, "prot= allows neither read nor write");
	line->event.has_prot = true;
	line->event.prot = HVPT_PROT_READ;
	if (prot & LINUX_WRITE)
		line->event.prot |= HVPT_PROT_WRITE;
	return true;
}

static bool take_probe(struct trace_line *line, struct span text)
{
	struct trace_event *event = &line->event;

	if (!text_starts_with(text, " ("))
		return fail(line, "(function) is missing after the event's "
				  "name");
	if (!need_field(line, text, "dom", &event->dom) ||
	    !need_field(line, text, "iova", &event->iova))
		return false;
	event->has_dom = true;
	if (event->kind == TRACE_MAP &&
	    !need_field(line, text, "pa", &event->gpa))
		return false;
	if (!need_field(line, text, "size", &event->size))
		return false;
	if (event->kind == TRACE_MAP && !take_prot(line, text))
		return false;
	if (!check_ranges(line, "pa"))
		return false;
	line->class = TRACE_PROBE;
	return true;
}

/* ---- the head of a line ---------------------------------------------- */

/* The last @c of @text; NULL: none. */
static const char *find_last(struct span text, char c)
{
	while (text.end > text.p) {
		text.end--;
		if (*text.end == c)
			return text.end;
	}
	return NULL;
}

/* @text as a small number; -1: it is none. */
static long small_number(struct span text)
{
	uint64_t value;

	if (text_take_number(&text, &value) != TEXT_NUMBER_OK ||
	    value > INT32_MAX)
		return -1;
	return (long)value;
}

/* "NAME-PID [CPU]" of ftrace, "NAME PID [CPU]" of perf, before a timestamp. */
static void take_task(struct trace_event *event, struct span head)
{
	struct span cpu, pid;

	cpu.end = find_last(head, ']');
	if (!cpu.end)
		return;
	head.end = cpu.end;
	cpu.p = find_last(head, '[');
	if (!cpu.p)
		return;
	pid.end = cpu.p++;
	event->cpu = small_number(cpu);
	while (pid.end > head.p && text_is_space(pid.end[-1]))
		pid.end--;
	pid.p = pid.end;
	while (pid.p > head.p && text_is_digit(pid.p[-1]))
		pid.p--;
	event->pid = small_number(pid);
}

/*
 * Looks for ": " after a digit: where a timestamp ends and the event's name
 * begins. Task names may hold colons and spaces, so any later one may be it.
 */
static bool next_name(struct span *text)
{
	const char *p = text->p;

	for (; p + 2 < text->end; p++) {
		if (text_is_digit(p[0]) && p[1] == ':' && text_is_space(p[2])) {
			text->p = p + 2;
			return true;
		}
	}
	return false;
}

struct event_name {
	const char *text;
	enum trace_kind kind;
	bool probe;
};

/* perf puts a group in front; the tracepoints' is fixed, a kprobe's is not. */
static const struct event_name event_names[] = {
	{ "map:", TRACE_MAP, false },
	{ "unmap:", TRACE_UNMAP, false },
	{ "iommu:map:", TRACE_MAP, false },
	{ "iommu:unmap:", TRACE_UNMAP, false },
	{ "kmap:", TRACE_MAP, true },
	{ "kunmap:", TRACE_UNMAP, true },
	{ "probe:kmap:", TRACE_MAP, true },
	{ "probe:kunmap:", TRACE_UNMAP, true },
	{ "kprobes:kmap:", TRACE_MAP, true },
	{ "kprobes:kunmap:", TRACE_UNMAP, true },
};

static const struct event_name *take_name(struct span *text)
{
	size_t i;

	*text = text_skip_spaces(*text);
	for (i = 0; i < sizeof(event_names) / sizeof(event_names[0]); i++) {
		if (text_accept(text, event_names[i].text))
			return &event_names[i];
	}
	return NULL;
}

/* "CPU:1 [LOST 120 EVENTS]" */
static bool take_lost(struct trace_line *line, struct span text)
{
	uint64_t ignored;

	if (!text_accept(&text, "CPU:") ||
	    text_take_number(&text, &ignored) != TEXT_NUMBER_OK)
		return false;
	text = text_skip_spaces(text);
	if (!text_accept(&text, "[LOST ") ||
	    text_take_number(&text, &line->lost) != TEXT_NUMBER_OK ||
	    !text_starts_with(text, " EVENTS]"))
		return false;
	line->class = TRACE_LOST;
	return true;
}

/**
 * struct candidate - where an event's name may be
 * @name: NULL: nowhere
 * @head: the text before it
 * @payload: the text after it
 * @sure: what must follow the name follows it
 */
struct candidate {
	const struct event_name *name;
	struct span head;
	struct span payload;
	bool sure;
};

/*
 * The last one counts, for what looks like an event in a task's name comes
 * before the event; one which is followed by the right text counts more.
 */
static struct candidate find_event(struct span text)
{
	struct candidate best = { NULL, { NULL, NULL }, { NULL, NULL }, false };
	struct span rest = text;

	do {
		struct candidate found;

		found.head.p = text.p;
		found.head.end = rest.p;
		found.name = take_name(&rest);
		if (!found.name)
			continue;
		found.payload = rest;
		found.sure = text_starts_with(
			rest, found.name->probe ? " (" : " IOMMU: ");
		if (found.sure || (!best.sure && found.head.end > text.p))
			best = found;
	} while (next_name(&rest));
	return best;
}

void trace_parse(const char *text, size_t length, struct trace_line *line)
{
	struct span all = { text, text + length };
	struct candidate found;

	memset(line, 0, sizeof(*line));
	line->event.cpu = -1;
	line->event.pid = -1;
	all = text_skip_spaces(all);
	if (all.p == all.end || *all.p == '#')
		return;
	line->class = TRACE_OTHER;
	if (take_lost(line, all))
		return;
	found = find_event(all);
	if (!found.name)
		return;
	take_task(&line->event, found.head);
	line->event.kind = found.name->kind;
	if (found.name->probe)
		take_probe(line, found.payload);
	else
		take_tracepoint(line, found.payload);
}
