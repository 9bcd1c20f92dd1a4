/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Finds the event in a line, and the task that caused it. */
#include "trace_head.h"

#include <string.h>

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

/* @text as a small number; -1 if it is not one. */
static long small_number(struct span text)
{
	uint64_t value;

	if (text_take_number(&text, &value) != TEXT_NUMBER_OK ||
	    value > INT32_MAX)
		return -1;
	return (long)value;
}

static void skip_back(struct span *text, bool (*skip)(char c))
{
	while (text->end > text->p && skip(text->end[-1]))
		text->end--;
}

/* Takes the digits off the end of @text. */
static long take_number_back(struct span *text)
{
	struct span digits;

	skip_back(text, text_is_space);
	digits.end = text->end;
	skip_back(text, text_is_digit);
	digits.p = text->end;
	return small_number(digits);
}

/* "(TGID)" may be before the CPU. */
static void skip_group(struct span *text)
{
	const char *open;

	skip_back(text, text_is_space);
	if (text->end == text->p || text->end[-1] != ')')
		return;
	open = find_last(*text, '(');
	if (open)
		text->end = open;
}

/* What is before the pid: "NAME-" of ftrace, "NAME " of perf. */
static void take_name_back(struct trace_event *event, struct span head)
{
	size_t length;

	if (head.end > head.p && head.end[-1] == '-')
		head.end--;
	skip_back(&head, text_is_space);
	head = text_skip_spaces(head);
	length = (size_t)(head.end - head.p);
	if (length >= TRACE_TASK)
		length = TRACE_TASK - 1;
	memcpy(event->task, head.p, length);
	event->task[length] = '\0';
}

/* "NAME-PID [CPU]" of ftrace, "NAME PID [CPU]" of perf, before a timestamp. */
static bool take_brackets(struct trace_event *event, struct span head)
{
	struct span cpu;

	cpu.end = find_last(head, ']');
	if (!cpu.end)
		return false;
	head.end = cpu.end;
	cpu.p = find_last(head, '[');
	if (!cpu.p)
		return false;
	head.end = cpu.p++;
	event->cpu = small_number(cpu);
	if (event->cpu < 0)
		return false;
	skip_group(&head);
	event->pid = take_number_back(&head);
	if (event->pid >= 0)
		take_name_back(event, head);
	return true;
}

/* The digits at the front of @text. */
static struct span digits_of(struct span text)
{
	struct span digits = { text.p, text.p };

	while (digits.end < text.end && text_is_digit(*digits.end))
		digits.end++;
	return digits;
}

/* "NAME-PID CPUflags": the latency format, of ftrace and trace-cmd. */
static void take_latency(struct trace_event *event, struct span head)
{
	const char *start = head.p;

	for (; head.p < head.end; head.p++) {
		struct span rest = { head.p + 1, head.end };
		struct span pid = digits_of(rest);

		rest.p = pid.end;
		if (*head.p != '-' || pid.p == pid.end || rest.p == rest.end ||
		    !text_is_space(*rest.p))
			continue;
		event->pid = small_number(pid);
		event->cpu = small_number(digits_of(text_skip_spaces(rest)));
		take_name_back(event, (struct span){ start, head.p });
	}
}

void trace_take_task(struct trace_event *event, struct span head)
{
	if (!take_brackets(event, head)) {
		event->cpu = -1;
		event->pid = -1;
		event->task[0] = '\0';
		take_latency(event, head);
	}
}

/* ---- the time ---------------------------------------------------------- */

#define SECOND UINT64_C(1000000000)

/* The last word of @text. */
static struct span last_word(struct span text)
{
	struct span word;

	skip_back(&text, text_is_space);
	word.end = text.end;
	while (text.end > text.p && !text_is_space(text.end[-1]))
		text.end--;
	word.p = text.end;
	return word;
}

/* Digits after a point, of which the first 9 count: ".5" is 500000000. */
static bool take_fraction(struct span text, uint64_t *nanoseconds)
{
	uint64_t unit = SECOND;

	*nanoseconds = 0;
	if (text.p == text.end)
		return false;
	for (; text.p < text.end; text.p++) {
		if (!text_is_digit(*text.p))
			return false;
		unit /= 10;
		*nanoseconds += unit * (uint64_t)(*text.p - '0');
	}
	return true;
}

/* "8.182470", "8182470us", "8182470557" */
static bool take_time(struct span text, uint64_t *time)
{
	struct span whole = digits_of(text);
	uint64_t unit = 1, fraction = 0;

	text.p = whole.end;
	if (text_accept(&text, "us"))
		unit = 1000;
	else if (text_accept(&text, "."))
		unit = SECOND;
	if (text_take_number(&whole, time) != TEXT_NUMBER_OK ||
	    *time > UINT64_MAX / unit - 1)
		return false;
	*time *= unit;
	if (unit == SECOND && !take_fraction(text, &fraction))
		return false;
	*time += fraction;
	return unit != 1 || text.p == text.end;
}

/* The last word that is a time: a period or a delay may follow it. */
void trace_take_time(struct trace_event *event, struct span head)
{
	struct span word;
	const char *colon;

	while (!event->has_time && (colon = find_last(head, ':')) != NULL) {
		head.end = colon;
		word = last_word(head);
		event->has_time = take_time(word, &event->time);
	}
	if (!event->has_time)
		event->time = 0;
}

/* ---- the event --------------------------------------------------------- */

/** A name without its group. */
#define NAME(text) text, sizeof(text) - 1
static const struct trace_name names[] = {
	{ NAME("map:"), TRACE_MAP, false },
	{ NAME("unmap:"), TRACE_UNMAP, false },
	{ NAME("kmap:"), TRACE_MAP, true },
	{ NAME("kunmap:"), TRACE_UNMAP, true },
	{ NAME("kprotect:"), TRACE_PROTECT, true },
	{ NAME("kreclaim:"), TRACE_RECLAIM, true },
	{ NAME("ksync:"), TRACE_SYNC, true },
};

static bool is_word(char c)
{
	return text_is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

/* Takes a word and its colon off the front of @text; "" when there is none. */
static struct span take_word(struct span *text)
{
	struct span word = { text->p, text->p };

	while (word.end < text->end && is_word(*word.end))
		word.end++;
	if (word.end == text->end || *word.end != ':')
		return (struct span){ text->p, text->p };
	text->p = ++word.end;
	return word;
}

static bool is_exactly(struct span word, const char *text)
{
	return text_accept(&word, text) && word.p == word.end;
}

static const struct trace_name *name_of(struct span word)
{
	size_t length = (size_t)(word.end - word.p);
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].length == length &&
		    is_exactly(word, names[i].text))
			return &names[i];
	}
	return NULL;
}

/* perf adds a group: fixed for tracepoints, any or none for a kprobe. */
static const struct trace_name *take_name(struct span *text)
{
	struct span group = take_word(text);
	const struct trace_name *name;

	if (group.p == group.end)
		return NULL;
	name = name_of(group);
	if (name)
		return name;
	name = name_of(take_word(text));
	if (name && !name->probe && !is_exactly(group, "iommu:"))
		return NULL;
	return name;
}

/* The text that follows the name of an event. */
static bool is_payload(struct span text, bool probe)
{
	if (text.p == text.end || !text_is_space(*text.p))
		return false;
	text = text_skip_spaces(text);
	if (probe)
		return text_starts_with(text, "(") ||
		       text_starts_with(text, "__probe_ip=");
	return text_starts_with(text, "IOMMU: ") ||
	       text_starts_with(text, "iova=");
}

/* Does @head end as a timestamp does: "1.5: ", "15us+: ", "(+0.5ms): "? */
static bool ends_a_time(struct span head)
{
	skip_back(&head, text_is_space);
	if (head.end - head.p < 2 || head.end[-1] != ':')
		return false;
	head.end--;
	return text_is_digit(head.end[-1]) || head.end[-1] == ')' ||
	       (head.end - head.p > 3 && head.end[-2] == 's' &&
		head.end[-3] == 'u');
}

/* The next word, for task names hold spaces and anything else. */
static bool next_word(struct span *text)
{
	while (text->p < text->end && !text_is_space(*text->p))
		text->p++;
	*text = text_skip_spaces(*text);
	return text->p < text->end;
}

/*
 * Moves @rest to the next word with a colon, for a name has one; all before it
 * is before that word. Return: its first colon; NULL: there is none.
 */
static const char *find_colon(struct span *rest)
{
	const char *colon = text_find(*rest, ':');
	const char *start = colon;

	if (!colon)
		return NULL;
	while (start > rest->p && !text_is_space(start[-1]))
		start--;
	rest->p = start;
	return colon;
}

/*
 * The last name counts, because a task name that looks like an event comes
 * before the event. A name that is followed by the right text counts more.
 */
struct trace_found trace_find(struct span text)
{
	struct trace_found best = {
		NULL, { NULL, NULL }, { NULL, NULL }, false
	};
	struct span rest = text;
	const char *colon;

	while ((colon = find_colon(&rest)) != NULL) {
		struct trace_found found;

		found.head.p = text.p;
		found.head.end = rest.p;
		found.payload = rest;
		found.name = take_name(&found.payload);
		rest.p = colon;
		(void)next_word(&rest);
		if (!found.name)
			continue;
		found.sure = is_payload(found.payload, found.name->probe);
		if (found.sure || (!best.sure && ends_a_time(found.head)))
			best = found;
	}
	return best;
}

bool trace_is_nameless(struct span text)
{
	struct span rest = text;

	do {
		struct span head = { text.p, rest.p };

		if (!text_starts_with(rest, "IOMMU: iova="))
			continue;
		if (ends_a_time(head))
			return true;
		skip_back(&head, text_is_space);
		return head.p == head.end || head.end[-1] != ':';
	} while (next_word(&rest));
	return false;
}
