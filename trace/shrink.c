/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "shrink.h"

#include <stdlib.h>
#include <string.h>

#include "hvpt/pte.h"

#define PAGE HVPT_PAGE_BYTES

/**
 * struct shrinker - a sequence being shrunk
 * @events, @count: the smallest sequence known to fail
 * @trial: room for a trial
 * @fails, @ctx: tells whether a trial fails
 */
struct shrinker {
	struct trace_event *events;
	size_t count;
	struct trace_event *trial;
	shrink_fn fails;
	void *ctx;
};

/* Does the trial fail, so that it is kept? */
static bool keep(struct shrinker *s, size_t count)
{
	if (!s->fails(s->ctx, s->trial, count))
		return false;
	memcpy(s->events, s->trial, count * sizeof(*s->events));
	s->count = count;
	return true;
}

/* ---- fewer events ---------------------------------------------------- */

/* Without events @at .. @at + @chunk - 1. */
static bool try_without(struct shrinker *s, size_t at, size_t chunk)
{
	size_t rest = s->count - at - chunk;

	if (s->count == chunk)
		return false;
	memcpy(s->trial, s->events, at * sizeof(*s->trial));
	memcpy(s->trial + at, s->events + at + chunk, rest * sizeof(*s->trial));
	return keep(s, s->count - chunk);
}

/* From the end, because events after the failure do not matter. */
static bool drop_chunks(struct shrinker *s, size_t chunk)
{
	bool better = false;
	size_t at = s->count;

	while (at > 0) {
		at = at > chunk ? at - chunk : 0;
		if (at + chunk <= s->count && try_without(s, at, chunk))
			better = true;
		if (at > s->count)
			at = s->count;
	}
	return better;
}

static bool drop(struct shrinker *s)
{
	bool better = false;
	size_t chunk;

	for (chunk = (s->count + 1) / 2; chunk > 0; chunk /= 2)
		better = drop_chunks(s, chunk) || better;
	return better;
}

/* Two at once, such as a map and its unmap. */
static bool try_without_both(struct shrinker *s, size_t a, size_t b)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < s->count; i++) {
		if (i != a && i != b)
			s->trial[count++] = s->events[i];
	}
	return count > 0 && keep(s, count);
}

static bool drop_pairs(struct shrinker *s)
{
	size_t a, b;

	for (a = 0; a < s->count; a++) {
		for (b = a + 1; b < s->count; b++) {
			if (try_without_both(s, a, b))
				return true;
		}
	}
	return false;
}

/* ---- simpler numbers ------------------------------------------------- */

/** A number in an event. */
enum field {
	FIELD_IOVA = 0,
	FIELD_SIZE = 1,
	FIELD_GPA = 2,
	FIELD_DOM = 3,
};

static uint64_t *field_of(struct trace_event *event, enum field field)
{
	switch (field) {
	case FIELD_IOVA:
		return &event->iova;
	case FIELD_SIZE:
		return &event->size;
	case FIELD_GPA:
		return &event->gpa;
	case FIELD_DOM:
		break;
	}
	return &event->dom;
}

/* A range must stay valid for the parser. */
static bool well_formed(const struct trace_event *event)
{
	uint64_t bits = event->iova | event->size | event->gpa;

	if (event->raw || event->kind == TRACE_SYNC)
		return true;
	if (event->size == 0 || (bits & (PAGE - 1)))
		return false;
	return event->iova + (event->size - 1) >= event->iova &&
	       event->gpa + (event->size - 1) >= event->gpa;
}

/*
 * Replaces @old by @new in event @only, or in all events if @only is the count.
 */
static bool try_value(struct shrinker *s, enum field field, size_t only,
		      uint64_t old, uint64_t new)
{
	bool changed = false;
	size_t i;

	if (old == new)
		return false;
	memcpy(s->trial, s->events, s->count * sizeof(*s->trial));
	for (i = 0; i < s->count; i++) {
		uint64_t *value = field_of(&s->trial[i], field);

		if (*value != old || (only < s->count && i != only))
			continue;
		*value = new;
		if (!well_formed(&s->trial[i]))
			return false;
		changed = true;
	}
	return changed && keep(s, s->count);
}

/* In all events first, so that related values stay equal. */
static bool try_both(struct shrinker *s, enum field field, size_t at,
		     uint64_t new)
{
	uint64_t old = *field_of(&s->events[at], field);

	return try_value(s, field, s->count, old, new) ||
	       try_value(s, field, at, old, new);
}

/* Tries values from the simplest up. Return: whether one failed. */
static bool simplify_size(struct shrinker *s, size_t at)
{
	static const uint64_t simple[] = { PAGE, 2 * PAGE, HVPT_PAGE_SIZE_2M,
					   2 * HVPT_PAGE_SIZE_2M,
					   HVPT_PAGE_SIZE_1G };
	uint64_t size = s->events[at].size;
	uint64_t step;
	size_t i;

	for (i = 0; i < sizeof(simple) / sizeof(simple[0]); i++) {
		if (simple[i] < size && try_both(s, FIELD_SIZE, at, simple[i]))
			return true;
	}
	for (step = size / 2 & ~(PAGE - 1); step > 0;
	     step = step / 2 & ~(PAGE - 1)) {
		if (try_both(s, FIELD_SIZE, at, size - step))
			return true;
	}
	return false;
}

/* The second page of its 2 MiB, for addresses inside of a leaf. */
static bool first_inside(struct shrinker *s, enum field field, size_t at)
{
	uint64_t old = *field_of(&s->events[at], field);
	uint64_t new = (old & ~(HVPT_PAGE_SIZE_2M - 1)) + PAGE;

	return new < old &&try_both(s, field, at, new);
}

/* Keeps the low bits first, then drops them too. */
static bool simplify_address(struct shrinker *s, enum field field, size_t at)
{
	static const unsigned bits[] = { 0, 12, 21, 30, 39, 48 };
	uint64_t old = *field_of(&s->events[at], field);
	size_t i;

	for (i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		uint64_t low = old & ((UINT64_C(1) << bits[i]) - 1);

		if (low < old && try_both(s, field, at, low))
			return true;
	}
	if (old > PAGE &&
	    (try_both(s, field, at, PAGE) || first_inside(s, field, at)))
		return true;
	for (i = sizeof(bits) / sizeof(bits[0]); i-- > 0;) {
		uint64_t high = old & ~((UINT64_C(1) << bits[i]) - 1);

		if (high < old && try_both(s, field, at, high))
			return true;
	}
	return false;
}

/* Moves all addresses of a field by the same distance. */
static bool shift_all(struct shrinker *s, enum field field, uint64_t by)
{
	size_t i;

	memcpy(s->trial, s->events, s->count * sizeof(*s->trial));
	for (i = 0; i < s->count; i++) {
		uint64_t *value = field_of(&s->trial[i], field);

		if (s->trial[i].kind == TRACE_SYNC ||
		    (field == FIELD_GPA && s->trial[i].kind != TRACE_MAP))
			continue;
		if (*value < by)
			return false;
		*value -= by;
		if (!well_formed(&s->trial[i]))
			return false;
	}
	return keep(s, s->count);
}

static bool shift(struct shrinker *s, enum field field)
{
	static const unsigned bits[] = { 12, 21, 30, 39, 48 };
	uint64_t least = UINT64_MAX;
	size_t i;

	for (i = 0; i < s->count; i++) {
		if (s->events[i].kind == TRACE_MAP &&
		    *field_of(&s->events[i], field) < least)
			least = *field_of(&s->events[i], field);
	}
	for (i = 0; least != UINT64_MAX && i < 5; i++) {
		uint64_t by = least & ~((UINT64_C(1) << bits[i]) - 1);

		if (by != 0 && shift_all(s, field, by))
			return true;
	}
	return false;
}

/* ---- fewer oddities -------------------------------------------------- */

/* One event, changed. */
static bool try_event(struct shrinker *s, size_t at,
		      const struct trace_event *event)
{
	memcpy(s->trial, s->events, s->count * sizeof(*s->trial));
	s->trial[at] = *event;
	return well_formed(event) && keep(s, s->count);
}

static bool simplify_oddities(struct shrinker *s, size_t at)
{
	struct trace_event event = s->events[at];
	bool better = false;

	if (event.nomem) {
		event.nomem = 0;
		better = try_event(s, at, &event);
		event = s->events[at];
	}
	if (event.raw) {
		event.raw = false;
		better = try_event(s, at, &event) || better;
		event = s->events[at];
	}
	if (event.kind == TRACE_MAP && event.has_prot &&
	    event.prot != HVPT_PROT_MASK) {
		event.prot = HVPT_PROT_MASK;
		better = try_event(s, at, &event) || better;
	}
	return better;
}

static bool simplify_event(struct shrinker *s, size_t at)
{
	bool better = simplify_oddities(s, at);

	if (s->events[at].dom > 1)
		better = try_both(s, FIELD_DOM, at, 1) || better;
	if (s->events[at].kind == TRACE_SYNC)
		return better;
	while (simplify_size(s, at))
		better = true;
	while (simplify_address(s, FIELD_IOVA, at))
		better = true;
	while (s->events[at].kind == TRACE_MAP &&
	       simplify_address(s, FIELD_GPA, at))
		better = true;
	return better;
}

static bool simplify(struct shrinker *s)
{
	bool better = shift(s, FIELD_IOVA);
	size_t i;

	better = shift(s, FIELD_GPA) || better;
	for (i = 0; i < s->count; i++)
		better = simplify_event(s, i) || better;
	return better;
}

size_t shrink(struct trace_event *events, size_t count, shrink_fn fails,
	      void *ctx)
{
	struct shrinker s = { events, count, NULL, fails, ctx };
	bool better = true;

	s.trial = malloc(count * sizeof(*s.trial));
	if (!s.trial)
		abort();
	while (better) {
		better = drop(&s);
		better = simplify(&s) || better;
		if (!better)
			better = drop_pairs(&s);
	}
	free(s.trial);
	return s.count;
}
