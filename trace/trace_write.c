/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "trace_write.h"

#include <inttypes.h>
#include <stdarg.h>

#include "hvpt/pte.h"

static const char *const names[] = {
	[TRACE_MAP] = "kmap",	      [TRACE_UNMAP] = "kunmap",
	[TRACE_PROTECT] = "kprotect", [TRACE_RECLAIM] = "kreclaim",
	[TRACE_SYNC] = "ksync",
};

/** A line being written. */
struct text {
	char *at;
	size_t room;
};

/* There is room for the longest line. */
static void add(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct text *text, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text->at, text->room, format, args);
	va_end(args);
	if (length < 0 || (size_t)length >= text->room)
		return;
	text->at += length;
	text->room -= (size_t)length;
}

void trace_print(char out[TRACE_TEXT_MAX], const struct trace_event *event,
		 uint64_t number)
{
	struct text text = { out, TRACE_TEXT_MAX };
	unsigned prot = event->has_prot ? event->prot : HVPT_PROT_MASK;

	add(&text, "hvpt-1 [000] %" PRIu64 ".%06" PRIu64 ": %s: (hvpt)",
	    number / 1000000, number % 1000000, names[event->kind]);
	add(&text, " dom=0x%" PRIx64, event->has_dom ? event->dom : 0);
	if (event->kind != TRACE_SYNC)
		add(&text, " iova=0x%" PRIx64, event->iova);
	if (event->kind == TRACE_MAP)
		add(&text, " pa=0x%" PRIx64, event->gpa);
	if (event->kind != TRACE_SYNC)
		add(&text, " size=0x%" PRIx64, event->size);
	if (event->kind == TRACE_MAP || event->kind == TRACE_PROTECT)
		add(&text, " prot=0x%x", prot);
	if (event->nomem)
		add(&text, " nomem=%u", event->nomem);
	if (event->raw)
		add(&text, " raw=1");
	add(&text, "\n");
}

bool trace_write(FILE *out, const struct trace_event *events, size_t count)
{
	char text[TRACE_TEXT_MAX];
	size_t i;

	for (i = 0; i < count; i++) {
		trace_print(text, &events[i], i + 1);
		fputs(text, out);
	}
	return !ferror(out);
}
