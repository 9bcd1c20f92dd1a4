/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "pairing.h"

#include <string.h>

#include "hvpt/pte.h"

void pairing_init(struct pairing *pairing)
{
	memset(pairing, 0, sizeof(*pairing));
}

static void drop(struct pairing *pairing, unsigned index)
{
	pairing->count--;
	memmove(&pairing->pending[index], &pairing->pending[index + 1],
		(pairing->count - index) * sizeof(pairing->pending[0]));
}

static bool same_range(const struct trace_event *a, const struct trace_event *b)
{
	return a->kind == b->kind && a->iova == b->iova && a->size == b->size &&
	       (a->kind == TRACE_UNMAP || a->gpa == b->gpa);
}

/* The task may move to another CPU in between, so none is required. */
static int likeness(const struct trace_event *probe,
		    const struct trace_event *event)
{
	if (!same_range(probe, event))
		return 0;
	return 1 + (probe->pid == event->pid ? 2 : 0) +
	       (probe->cpu == event->cpu ? 1 : 0);
}

/* The newest of equals: an interrupt ends before what it interrupted. */
static void complete(struct pairing *pairing, struct trace_event *event)
{
	unsigned best = 0;
	int best_likeness = 0;
	unsigned i;

	for (i = pairing->count; i-- > 0;) {
		int found = likeness(&pairing->pending[i], event);

		if (found > best_likeness) {
			best_likeness = found;
			best = i;
		}
	}
	if (best_likeness == 0)
		return;
	event->has_dom = true;
	event->dom = pairing->pending[best].dom;
	event->has_prot = pairing->pending[best].has_prot;
	event->prot = pairing->pending[best].prot;
	drop(pairing, best);
}

/* The pending kprobes turned out to be the events. */
static bool hand_on(struct pairing *pairing, pairing_fn fn, void *ctx)
{
	unsigned i;

	pairing->mode = PAIRING_PROBES;
	for (i = 0; i < pairing->count; i++) {
		if (!fn(ctx, &pairing->pending[i]))
			return false;
	}
	pairing->count = 0;
	return true;
}

/* Linux has no tracepoint for these, so they do not wait for one. */
static bool waits(const struct trace_event *event)
{
	return event->kind == TRACE_MAP || event->kind == TRACE_UNMAP;
}

/* The first tracepoint: events before it that need none are passed on. */
static bool begin_tracepoints(struct pairing *pairing, pairing_fn fn, void *ctx)
{
	unsigned i = 0;

	pairing->mode = PAIRING_TRACEPOINTS;
	while (i < pairing->count) {
		struct trace_event event = pairing->pending[i];

		if (waits(&event)) {
			i++;
			continue;
		}
		drop(pairing, i);
		if (!fn(ctx, &event))
			return false;
	}
	return true;
}

static bool add_probe(struct pairing *pairing, const struct trace_event *probe,
		      pairing_fn fn, void *ctx)
{
	if (pairing->mode == PAIRING_PROBES ||
	    (pairing->mode == PAIRING_TRACEPOINTS && !waits(probe)))
		return fn(ctx, probe);
	if (pairing->count == PAIRING_PENDING)
		drop(pairing, 0);
	pairing->pending[pairing->count++] = *probe;
	if (pairing->mode == PAIRING_UNDECIDED &&
	    pairing->count == PAIRING_PENDING)
		return hand_on(pairing, fn, ctx);
	return true;
}

/*
 * The bytes really unmapped count. Linux ends at the first page that is not
 * mapped. If it unmapped nothing, the event is of that page.
 */
static void take_unmapped(struct trace_event *event)
{
	if (event->kind == TRACE_UNMAP)
		event->size = event->unmapped ? event->unmapped :
						HVPT_PAGE_BYTES;
}

bool pairing_add(struct pairing *pairing, const struct trace_line *line,
		 pairing_fn fn, void *ctx)
{
	struct trace_event event = line->event;

	if (line->class == TRACE_PROBE)
		return add_probe(pairing, &event, fn, ctx);
	if (pairing->mode == PAIRING_PROBES) {
		pairing->ignored++;
		return true;
	}
	if (pairing->mode == PAIRING_UNDECIDED &&
	    !begin_tracepoints(pairing, fn, ctx))
		return false;
	complete(pairing, &event);
	take_unmapped(&event);
	return fn(ctx, &event);
}

bool pairing_finish(struct pairing *pairing, pairing_fn fn, void *ctx)
{
	if (pairing->mode == PAIRING_UNDECIDED)
		return hand_on(pairing, fn, ctx);
	return true;
}
