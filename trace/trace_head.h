/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * trace_head.h - finds the event in a line of a trace.
 */
#ifndef TRACE_TRACE_HEAD_H
#define TRACE_TRACE_HEAD_H

#include "text.h"
#include "trace.h"

/** A name of an event, and its length. */
struct trace_name {
	const char *text;
	size_t length;
	enum trace_kind kind;
	bool probe;
};

/**
 * struct trace_found - the place of an event's name
 * @name: NULL: none found
 * @head: the text before it
 * @payload: the text after it
 * @sure: the right text follows the name
 */
struct trace_found {
	const struct trace_name *name;
	struct span head;
	struct span payload;
	bool sure;
};

/** Finds the event: the last name that may be one. */
struct trace_found trace_find(struct span text);

/** An event that lacks only its name: perf script -F trace. */
bool trace_is_nameless(struct span text);

/** Takes CPU and process from the text before an event. */
void trace_take_task(struct trace_event *event, struct span head);

/**
 * Takes the time from the text before an event: "8.182470:" of most tracers,
 * "8182470us+:" of the latency format, "8182470557:" of a raw clock, which
 * counts nanoseconds.
 */
void trace_take_time(struct trace_event *event, struct span head);

#endif /* TRACE_TRACE_HEAD_H */
