/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * pairing.h - join kprobe lines with their tracepoints.
 *
 * The kprobe sits at the entry of the function which ends in the tracepoint,
 * so its line comes first; interrupts nest and CPUs interleave, so it need
 * not be the line right before. A tracepoint is an event; the kprobe only
 * adds domain and permission. A capture without tracepoints has the kprobes
 * for events instead: that is so when PAIRING_PENDING of them, or all there
 * are, come before any tracepoint. Protects, reclaims and syncs have no
 * tracepoints and are events in either case.
 *
 * An unmap's tracepoint says what was asked, which finds its kprobe, and what
 * was really unmapped, which is then the event's size: more when a part of a
 * large leaf was asked, less when there was a hole.
 */
#ifndef TRACE_PAIRING_H
#define TRACE_PAIRING_H

#include "trace.h"

/* Kprobes remembered; one whose map failed never gets its tracepoint. */
#define PAIRING_PENDING 64u

enum pairing_mode {
	PAIRING_UNDECIDED = 0,
	PAIRING_TRACEPOINTS = 1,
	PAIRING_PROBES = 2,
};

/** Takes one event. Return: false to get no more. */
typedef bool (*pairing_fn)(void *ctx, const struct trace_event *event);

/**
 * struct pairing - the kprobes which wait for a tracepoint
 * @mode: what the events of this file are
 * @count: how many of @pending are in use
 * @ignored: tracepoints passed over because kprobes are the events
 * @pending: oldest first
 */
struct pairing {
	enum pairing_mode mode;
	unsigned count;
	uint64_t ignored;
	struct trace_event pending[PAIRING_PENDING];
};

void pairing_init(struct pairing *pairing);

/** Takes a TRACE_EVENT or TRACE_PROBE line; hands on what is known by now. */
bool pairing_add(struct pairing *pairing, const struct trace_line *line,
		 pairing_fn fn, void *ctx);

/** At the end of the file: hands on what is left. */
bool pairing_finish(struct pairing *pairing, pairing_fn fn, void *ctx);

#endif /* TRACE_PAIRING_H */
