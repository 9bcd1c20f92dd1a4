/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * shrink.h - reduces a failing sequence of events.
 *
 * Delta debugging: events are dropped, in halves, quarters, down to single
 * events. The rest is then simplified: shorter ranges, lower addresses, one
 * domain, no unusual values. The caller tells for each trial whether it fails.
 * The same sequence and the same answers give the same result.
 */
#ifndef TRACE_SHRINK_H
#define TRACE_SHRINK_H

#include "trace.h"

/**
 * typedef shrink_fn - does this sequence still fail?
 *
 * Return: true if it does; false if it does not, or to stop. To stop, all
 * further trials must get false.
 */
typedef bool (*shrink_fn)(void *ctx, const struct trace_event *events,
			  size_t count);

/**
 * shrink() - reduces a failing sequence
 * @events: in/out: a failing sequence
 * @count: number of events
 * @fails: called for each trial
 *
 * Events keep their order. Allocates room for @count events; running out of
 * memory ends the process.
 *
 * Return: number of events that remain.
 */
size_t shrink(struct trace_event *events, size_t count, shrink_fn fails,
	      void *ctx);

#endif /* TRACE_SHRINK_H */
