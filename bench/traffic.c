/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "traffic.h"

#include <stdio.h>
#include <string.h>

#include "trace/input.h"
#include "live.h"
#include "trace/pairing.h"
#include "trace/say.h"

/** A file being read; each domain has its own live ranges. */
struct reader {
	struct traffic *traffic;
	size_t room;
	uint64_t dom[TRAFFIC_DOMAINS];
	struct live live[TRAFFIC_DOMAINS];
};

/* The number of a domain; TRAFFIC_DOMAINS when there are too many. */
static unsigned domain_of(struct reader *r, const struct trace_event *event)
{
	uint64_t dom = event->has_dom ? event->dom : 0;
	unsigned i;

	for (i = 0; i < r->traffic->domains; i++)
		if (r->dom[i] == dom)
			return i;
	if (i < TRAFFIC_DOMAINS) {
		r->dom[i] = dom;
		r->traffic->domains++;
	}
	return i;
}

static bool possible(struct live *live, const struct trace_event *event)
{
	uint64_t last = event->iova + (event->size - 1);

	/* a backend with 4 levels and the lower half can do it */
	if (last >> 47 != 0)
		return false;
	if (event->kind == TRACE_MAP)
		return live_add(live, event->iova, last);
	return live_remove(live, event->iova, last);
}

static bool take_event(void *ctx, const struct trace_event *event)
{
	struct reader *r = ctx;
	struct traffic *t = r->traffic;
	unsigned domain = domain_of(r, event);
	struct traffic_call *call;

	if (domain == TRAFFIC_DOMAINS || !possible(&r->live[domain], event)) {
		t->dropped++;
		return true;
	}
	t->call = live_room(t->call, t->count, &r->room, sizeof(*t->call));
	call = &t->call[t->count++];
	call->iova = event->iova;
	call->pa = event->gpa;
	call->len = event->size;
	call->domain = domain;
	call->map = event->kind == TRACE_MAP;
	t->maps += call->map;
	return true;
}

/* Lines that are not events are skipped, malformed ones too. */
static enum input_status read_lines(struct input *input, struct reader *r)
{
	struct pairing pairing;
	struct trace_line line;
	enum input_status status;
	const char *text;
	size_t length;

	pairing_init(&pairing);
	while ((status = input_line(input, &text, &length)) == INPUT_LINE) {
		trace_parse(text, length, &line);
		if ((line.class == TRACE_EVENT || line.class == TRACE_PROBE) &&
		    line.event.kind <= TRACE_UNMAP && !line.event.raw)
			pairing_add(&pairing, &line, take_event, r);
	}
	pairing_finish(&pairing, take_event, r);
	return status;
}

static void forget_live(struct reader *r)
{
	for (unsigned i = 0; i < TRAFFIC_DOMAINS; i++)
		live_free(&r->live[i]);
}

bool traffic_load(const char *path, struct traffic *traffic)
{
	static struct reader reader;
	const char *error;
	struct input *input = input_open(path, &error);
	bool good;

	memset(traffic, 0, sizeof(*traffic));
	memset(&reader, 0, sizeof(reader));
	reader.traffic = traffic;
	if (!input) {
		say("hvpt-bench: %s: %s", path, error);
		return false;
	}
	good = read_lines(input, &reader) == INPUT_END;
	if (!good)
		say("hvpt-bench: %s: %s", path, input_error(input));
	input_close(input);
	forget_live(&reader);
	if (good && traffic->count == 0) {
		say("hvpt-bench: %s: no map and unmap events", path);
		good = false;
	}
	return good;
}
