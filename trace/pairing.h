/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * pairing.h - joins kprobe lines with their tracepoints.
 *
 * A kprobe is at the entry of the function that ends with the tracepoint, so
 * its line comes first. Interrupts nest and CPUs interleave, so it need not be
 * the line directly before. A tracepoint is an event; the kprobe only adds the
 * domain and the permission. In a recording without tracepoints the kprobes are
 * the events. That is assumed when PAIRING_PENDING of them, or all there are,
 * come before any tracepoint. Protects, reclaims and syncs have no tracepoints
 * and are always events.
 *
 * An unmap's tracepoint has the size that was asked, by which its kprobe is
 * found, and the size that was unmapped, which becomes the size of the event:
 * it is larger if only a part of a large leaf was asked, and smaller if there
 * was a hole.
 */
#ifndef TRACE_PAIRING_H
#define TRACE_PAIRING_H

#include "trace.h"

/* Pending kprobes; one whose map failed never gets a tracepoint. */
#define PAIRING_PENDING 64u

enum pairing_mode {
	PAIRING_UNDECIDED = 0,
	PAIRING_TRACEPOINTS = 1,
	PAIRING_PROBES = 2,
};

/** Takes one event. Return: false to get no more. */
typedef bool (*pairing_fn)(void *ctx, const struct trace_event *event);

/**
 * struct pairing - the kprobes that wait for a tracepoint
 * @mode: what the events of this file are
 * @count: how many of @pending are in use
 * @ignored: tracepoints ignored because kprobes are the events
 * @pending: oldest first
 */
struct pairing {
	enum pairing_mode mode;
	unsigned count;
	uint64_t ignored;
	struct trace_event pending[PAIRING_PENDING];
};

void pairing_init(struct pairing *pairing);

/** Takes a TRACE_EVENT or TRACE_PROBE line; passes on complete events. */
bool pairing_add(struct pairing *pairing, const struct trace_line *line,
		 pairing_fn fn, void *ctx);

/** At the end of the file: passes on the remaining events. */
bool pairing_finish(struct pairing *pairing, pairing_fn fn, void *ctx);

#endif /* TRACE_PAIRING_H */
