/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where on a line an event is, and who caused it. */
#include "trace_head.h"

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
void trace_take_task(struct trace_event *event, struct span head)
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

/* perf puts a group in front; the tracepoints' is fixed, a kprobe's is not. */
static const struct trace_name event_names[] = {
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
	{ "kprotect:", TRACE_PROTECT, true },
	{ "kreclaim:", TRACE_RECLAIM, true },
	{ "ksync:", TRACE_SYNC, true },
};

static const struct trace_name *take_name(struct span *text)
{
	size_t i;

	*text = text_skip_spaces(*text);
	for (i = 0; i < sizeof(event_names) / sizeof(event_names[0]); i++) {
		if (text_accept(text, event_names[i].text))
			return &event_names[i];
	}
	return NULL;
}

/*
 * The last one counts, for what looks like an event in a task's name comes
 * before the event; one which is followed by the right text counts more.
 */
struct trace_found trace_find(struct span text)
{
	struct trace_found best = {
		NULL, { NULL, NULL }, { NULL, NULL }, false
	};
	struct span rest = text;

	do {
		struct trace_found found;

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
