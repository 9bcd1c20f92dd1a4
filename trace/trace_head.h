/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * trace_head.h - where on a line of a trace the event is.
 */
#ifndef TRACE_TRACE_HEAD_H
#define TRACE_TRACE_HEAD_H

#include "text.h"
#include "trace.h"

/** What an event is called. */
struct trace_name {
	const char *text;
	enum trace_kind kind;
	bool probe;
};

/**
 * struct trace_found - where an event's name may be
 * @name: NULL: nowhere
 * @head: the text before it
 * @payload: the text after it
 * @sure: what must follow the name follows it
 */
struct trace_found {
	const struct trace_name *name;
	struct span head;
	struct span payload;
	bool sure;
};

/** Finds the event; the last one which may be it. */
struct trace_found trace_find(struct span text);

/** An event of which only the name is missing: perf script -F trace. */
bool trace_is_nameless(struct span text);

/** Takes CPU and process from the text before an event. */
void trace_take_task(struct trace_event *event, struct span head);

#endif /* TRACE_TRACE_HEAD_H */
