/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "fuzz_generate.h"

#include <string.h>

#include "fuzz_check.h"
#include "oracle/random.h"
#include "oracle/reference/produce.h"

#define PAGE_MASK (HVPT_PAGE_BYTES - 1)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The most leaves of one map: the replay of larger maps is slow. */
#define LEAVES_MAX 4096u

/**
 * struct sequence - while it is made
 * @page_sizes: of leaves there are
 * @domains: how many are used; each returns to ranges of its own
 * @nomem: which table page is refused to the next event
 * @events, @count, @room: what is made
 */
struct sequence {
	struct source source;
	struct ref_maker maker[FUZZ_DOMAINS];
	uint64_t page_sizes;
	unsigned domains;
	unsigned nomem;
	struct trace_event *events;
	size_t count;
	size_t room;
};

/* Does the trace format need raw=1 for it? */
static bool is_odd(const struct trace_event *event)
{
	return event->size == 0 ||
	       ((event->iova | event->size | event->gpa) & PAGE_MASK) ||
	       event->iova + (event->size - 1) < event->iova ||
	       event->gpa + (event->size - 1) < event->gpa ||
	       (event->has_prot && event->prot != HVPT_PROT_READ &&
		event->prot != HVPT_PROT_MASK);
}

static void add(struct sequence *sequence, const struct trace_event *event)
{
	struct trace_event *to = &sequence->events[sequence->count];

	if (sequence->count == sequence->room)
		return;
	*to = *event;
	to->has_dom = true;
	sequence->count++;
	if (event->kind == TRACE_SYNC)
		return;
	to->raw = is_odd(event);
	to->nomem = sequence->nomem;
	sequence->nomem = 0;
}

/* A list becomes one map per segment. */
static void add_list(struct sequence *sequence, struct trace_event *event,
		     const struct ref_op *op)
{
	uint32_t i;

	for (i = 0; i < op->count; i++) {
		event->gpa = op->segments[i].gpa.value;
		event->size = op->segments[i].length;
		add(sequence, event);
		event->iova += event->size;
	}
}

static void add_map(struct sequence *sequence, struct trace_event *event,
		    const struct ref_op *op)
{
	if (ref_map_leaves(sequence->page_sizes, op) > LEAVES_MAX)
		return;
	event->kind = TRACE_MAP;
	event->has_prot = true;
	if (op->kind == REF_MAP_LIST) {
		add_list(sequence, event, op);
		return;
	}
	event->gpa = op->gpa;
	add(sequence, event);
}

/* Operations that a trace cannot express are left out. */
static void add_op(struct sequence *sequence, const struct ref_op *op,
		   uint64_t dom)
{
	struct trace_event event;

	memset(&event, 0, sizeof(event));
	event.dom = dom;
	event.iova = op->iova;
	event.size = op->length;
	event.prot = op->prot;
	switch (op->kind) {
	case REF_MAP:
	case REF_MAP_LIST:
		add_map(sequence, &event, op);
		return;
	case REF_UNMAP:
		event.kind = TRACE_UNMAP;
		break;
	case REF_PROTECT:
		event.kind = TRACE_PROTECT;
		event.has_prot = true;
		break;
	case REF_RECLAIM:
		event.kind = TRACE_RECLAIM;
		break;
	case REF_SYNC:
		event.kind = TRACE_SYNC;
		break;
	case REF_FAIL_ALLOC:
	case REF_BAD_PAGE:
		sequence->nomem = op->count;
		return;
	default:
		return;
	}
	add(sequence, &event);
}

static void start(struct sequence *sequence,
		  const struct replay_options *options, uint64_t seed,
		  struct trace_event *events)
{
	static const unsigned rooms[] = { 8, 32, FUZZ_EVENTS_MAX };
	struct ref_config config;
	unsigned i;

	memset(sequence, 0, sizeof(*sequence));
	memset(&config, 0, sizeof(config));
	config.width = options->width;
	config.form = (uint32_t)options->form;
	sequence->source = source_of_seed(seed);
	for (i = 0; i < FUZZ_DOMAINS; i++)
		ref_maker_start(&sequence->maker[i], &sequence->source,
				&config);
	sequence->page_sizes = options->page_sizes;
	sequence->domains = source_below(&sequence->source, 4) ? 1 :
								 FUZZ_DOMAINS;
	sequence->events = events;
	sequence->room =
		1 +
		source_below(
			&sequence->source,
			rooms[source_below(&sequence->source, COUNT(rooms))]);
}

size_t fuzz_generate(const struct replay_options *options, uint64_t seed,
		     uint64_t number, struct trace_event *events)
{
	uint64_t scrambled = seed;
	struct sequence sequence;

	/* Neighbouring seeds must not share their sequences. */
	scrambled = hvpt_random(&scrambled) + number;
	start(&sequence, options, hvpt_random(&scrambled), events);
	while (sequence.count < sequence.room) {
		unsigned n = source_below(&sequence.source, sequence.domains);
		struct ref_op op;

		(void)ref_make_op(&sequence.maker[n], &op);
		add_op(&sequence, &op, n + 1);
	}
	return sequence.count;
}
