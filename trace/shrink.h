/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * shrink.h - make a sequence of events which fails as small as it gets.
 *
 * Delta debugging: events are dropped, in halves, quarters, down to one by
 * one; then what is left is made simpler: shorter ranges, lower addresses, one
 * domain, no oddities. Each try is the caller's to judge, so nothing is known
 * here about what fails. The same sequence and the same answers give the same
 * result.
 */
#ifndef TRACE_SHRINK_H
#define TRACE_SHRINK_H

#include "trace.h"

/**
 * typedef shrink_fn - does this sequence still fail?
 *
 * Return: true when it does, false when it does not, or when it is time to
 * end: all further tries are then to be answered with false.
 */
typedef bool (*shrink_fn)(void *ctx, const struct trace_event *events,
			  size_t count);

/**
 * shrink() - make a failing sequence smaller
 * @events: in/out: it fails; and does so afterwards
 * @count: events in it
 * @fails: asked about each try
 *
 * Events stay in their order. Needs room for as many events again; running
 * out of memory ends the process.
 *
 * Return: events left.
 */
size_t shrink(struct trace_event *events, size_t count, shrink_fn fails,
	      void *ctx);

#endif /* TRACE_SHRINK_H */
