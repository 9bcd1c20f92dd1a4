/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "trace_lost.h"

#include <stddef.h>

/* '#': some number; '%': the number of events. */
static const char *const patterns[] = {
	/* ftrace */
	"CPU:# [LOST % EVENTS]",
	"CPU:# [LOST EVENTS]",
	/* trace-cmd */
	"CPU:# [% EVENTS DROPPED]",
	"CPU:# [EVENTS DROPPED]",
	/* perf script --show-lost-events, and the summary of perf */
	"PERF_RECORD_LOST lost %",
	"PERF_RECORD_LOST_SAMPLES lost %",
	"Processed # events and lost # chunks!",
	/* the kernel's log, journald */
	"** % printk messages dropped **",
	"Missed % kernel messages",
};

/* Like any number, but any text may follow. */
static bool accept_number(struct span *text, uint64_t *value)
{
	struct span digits = { text->p, text->p };

	while (digits.end < text->end && text_is_digit(*digits.end))
		digits.end++;
	text->p = digits.end;
	return text_take_number(&digits, value) == TEXT_NUMBER_OK;
}

static bool matches(struct span text, const char *pattern, uint64_t *count)
{
	uint64_t ignored;

	*count = 0;
	for (; *pattern; pattern++) {
		if (*pattern == '#' || *pattern == '%') {
			if (!accept_number(&text,
					   *pattern == '%' ? count : &ignored))
				return false;
		} else if (text.p == text.end || *text.p++ != *pattern) {
			return false;
		}
	}
	return true;
}

bool trace_lost(struct span text, uint64_t *count)
{
	size_t i;

	for (; text.p < text.end; text.p++) {
		for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
			if (matches(text, patterns[i], count))
				return true;
		}
	}
	*count = 0;
	return false;
}

/* "IN/WRITTEN": entries in the buffer, and entries written. */
static bool take_difference(struct span text, uint64_t *count)
{
	uint64_t in, written;

	if (!accept_number(&text, &in) || !text_accept(&text, "/") ||
	    !accept_number(&text, &written) || written <= in)
		return false;
	*count = written - in;
	return true;
}

bool trace_overwritten(struct span text, uint64_t *count)
{
	uint64_t ignored;

	if (text_accept(&text, "# entries-in-buffer/entries-written: "))
		return take_difference(text, count);
	return text_accept(&text, "# latency: ") &&
	       accept_number(&text, &ignored) && text_accept(&text, " us, #") &&
	       take_difference(text, count);
}
