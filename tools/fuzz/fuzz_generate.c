/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "fuzz_generate.h"

#include <string.h>

#include "fuzz_check.h"
#include "oracle/random.h"

#define PAGE HVPT_PAGE_BYTES
#define SIZE_2M HVPT_PAGE_SIZE_2M
#define SIZE_1G HVPT_PAGE_SIZE_1G
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Ranges which later events come back to. */
#define MEMORY 16u

/** A range which was used before. */
struct seen {
	uint64_t iova;
	uint64_t size;
	uint64_t gpa;
	uint64_t dom;
};

/**
 * struct maker - of one sequence
 * @options: as asked
 * @random: the generator
 * @home: most addresses are near it
 * @domains: so many are used
 * @seen: some ranges of this sequence, @seen_count of them
 */
struct maker {
	const struct replay_options *options;
	uint64_t random;
	uint64_t home;
	uint64_t domains;
	struct seen seen[MEMORY];
	uint64_t seen_count;
};

static uint64_t below(struct maker *m, uint64_t bound)
{
	return hvpt_random_below(&m->random, bound);
}

/* True once in @times. */
static bool once_in(struct maker *m, uint64_t times)
{
	return below(m, times) == 0;
}

static uint64_t lower_end(const struct maker *m)
{
	unsigned bits = m->options->width -
			(m->options->form == HVPT_IOVA_PLAIN ? 0 : 1);

	return UINT64_C(1) << bits;
}

/* ---- sizes ----------------------------------------------------------- */

/* Around a border between two leaf sizes, or a few of one. */
static uint64_t odd_size(struct maker *m, uint64_t unit)
{
	uint64_t size = unit * (1 + below(m, 3));
	uint64_t pages = PAGE * (1 + below(m, 3));

	switch (below(m, 4)) {
	case 0:
		return size + pages;
	case 1:
		return size - pages;
	default:
		return size;
	}
}

static uint64_t pick_size(struct maker *m)
{
	uint64_t choice = below(m, 100);

	if (choice < 35)
		return PAGE;
	if (choice < 60)
		return PAGE * (1 + below(m, 16));
	if (choice < 90)
		return odd_size(m, SIZE_2M);
	if (choice < 92)
		return odd_size(m, SIZE_1G);
	return PAGE * (1 + below(m, 1024));
}

/* For what may be empty: much more than anything mapped. */
static uint64_t pick_wide_size(struct maker *m)
{
	switch (below(m, 8)) {
	case 0:
		return SIZE_1G * (1 + below(m, 512));
	case 1:
		return lower_end(m);
	case 2:
		return SIZE_1G;
	default:
		return pick_size(m);
	}
}

/* ---- addresses ------------------------------------------------------- */

/* A corner of what may be mapped; not always on this side of it. */
static uint64_t pick_corner(struct maker *m)
{
	static const unsigned borders[] = { 12, 21, 30, 39, 48, 52 };

	switch (below(m, 4)) {
	case 0:
		return 0;
	case 1:
		return lower_end(m);
	case 2:
		return UINT64_C(1) << borders[below(m, COUNT(borders))];
	default:
		return m->options->form == HVPT_IOVA_CANONICAL ?
			       0 - lower_end(m) :
			       (lower_end(m) / 2) & ~(PAGE - 1);
	}
}

static uint64_t near(struct maker *m, uint64_t address)
{
	static const uint64_t grains[] = { PAGE, PAGE, SIZE_2M, SIZE_1G };
	uint64_t grain = grains[below(m, COUNT(grains))];
	uint64_t by = grain * below(m, 5);

	return once_in(m, 2) ? address - by : address + by;
}

/* A place in, at the end of, or next to a range which was used. */
static uint64_t near_seen(struct maker *m, const struct seen *seen)
{
	switch (below(m, 6)) {
	case 0:
		return seen->iova + seen->size;
	case 1:
		return seen->iova - PAGE;
	case 2:
		return (seen->iova + seen->size - 1) & ~(PAGE - 1);
	case 3:
		return seen->iova + PAGE * below(m, seen->size / PAGE + 1);
	case 4:
		return (seen->iova & ~(SIZE_2M - 1)) +
		       (once_in(m, 2) ? SIZE_2M : 0);
	default:
		return seen->iova;
	}
}

static const struct seen *pick_seen(struct maker *m)
{
	uint64_t used = m->seen_count < MEMORY ? m->seen_count : MEMORY;

	return used ? &m->seen[below(m, used)] : NULL;
}

static uint64_t pick_iova(struct maker *m, const struct seen *seen)
{
	uint64_t choice = below(m, 20);

	if (seen && choice < 12)
		return near_seen(m, seen);
	if (choice < 17)
		return near(m, m->home);
	if (choice < 19)
		return near(m, pick_corner(m));
	return below(m, lower_end(m) / PAGE) * PAGE;
}

/* Where large leaves are possible, or just not. */
static uint64_t pick_gpa(struct maker *m, const struct trace_event *event)
{
	const uint64_t top = UINT64_C(1) << HVPT_GPA_LG2;
	uint64_t base = below(m, 64) * SIZE_1G;

	switch (below(m, 16)) {
	case 0:
		return 0;
	case 1:
		return top - event->size;
	case 2:
		return near(m, top);
	case 3:
		return base + below(m, 1 << 18) * PAGE;
	case 4:
		return base + (event->iova & (SIZE_2M - 1));
	case 5:
		return base + (event->iova & (SIZE_1G - 1)) + PAGE;
	default:
		return base + (event->iova & (SIZE_1G - 1));
	}
}

/* ---- events ---------------------------------------------------------- */

static void remember(struct maker *m, const struct trace_event *event)
{
	struct seen *seen = &m->seen[m->seen_count++ % MEMORY];

	seen->iova = event->iova;
	seen->size = event->size;
	seen->gpa = event->gpa;
	seen->dom = event->dom;
}

static unsigned pick_prot(struct maker *m)
{
	return once_in(m, 3) ? HVPT_PROT_READ : HVPT_PROT_MASK;
}

/* What is mapped right behind a range which is there, goes on with it. */
static void continue_seen(struct trace_event *event, const struct seen *seen)
{
	event->iova = seen->iova + seen->size;
	event->gpa = seen->gpa + seen->size;
	event->dom = seen->dom;
}

static void make_map(struct maker *m, struct trace_event *event)
{
	const struct seen *seen = pick_seen(m);

	event->kind = TRACE_MAP;
	event->size = pick_size(m);
	event->iova = pick_iova(m, seen);
	/* Large leaves need a good place. */
	if (event->size >= SIZE_2M && !once_in(m, 3))
		event->iova &= ~((event->size >= SIZE_1G ? SIZE_1G : SIZE_2M) -
				 1);
	event->gpa = pick_gpa(m, event);
	if (seen && once_in(m, 8))
		continue_seen(event, seen);
	event->has_prot = true;
	event->prot = pick_prot(m);
}

/* What was used before, part of it, or more. */
static void pick_range(struct maker *m, struct trace_event *event, bool wide)
{
	const struct seen *seen = pick_seen(m);

	if (seen && !once_in(m, 4))
		event->dom = seen->dom;
	if (seen && once_in(m, 3)) {
		event->iova = seen->iova;
		event->size = seen->size;
		return;
	}
	event->iova = pick_iova(m, seen);
	event->size = wide ? pick_wide_size(m) : pick_size(m);
}

/* One of the rules of a range, or of a permission, is broken. */
static void spoil(struct maker *m, struct trace_event *event)
{
	event->raw = true;
	switch (below(m, 7)) {
	case 0:
		event->iova += 1 + below(m, PAGE - 1);
		break;
	case 1:
		event->size = 0;
		break;
	case 2:
		event->size += 1 + below(m, PAGE - 1);
		break;
	case 3:
		event->size = 0 - event->iova + PAGE * below(m, 3);
		break;
	case 4:
		event->gpa += 1 + below(m, PAGE - 1);
		break;
	case 5:
		event->gpa = 0 - PAGE * below(m, 3);
		break;
	default:
		event->prot = (unsigned)below(m, 9);
		break;
	}
	if (event->kind != TRACE_MAP)
		event->gpa = 0;
	if (!event->has_prot)
		event->prot = 0;
}

/* What the trace's format cannot say without raw=1. */
static bool is_odd(const struct trace_event *event)
{
	return event->size == 0 ||
	       event->iova + (event->size - 1) < event->iova ||
	       event->gpa + (event->size - 1) < event->gpa;
}

static void make_event(struct maker *m, struct trace_event *event)
{
	uint64_t choice = below(m, 100);

	memset(event, 0, sizeof(*event));
	event->has_dom = true;
	event->dom = 1 + below(m, m->domains);
	if (choice < 45) {
		make_map(m, event);
	} else if (choice < 72) {
		event->kind = TRACE_UNMAP;
		pick_range(m, event, true);
	} else if (choice < 84) {
		event->kind = TRACE_PROTECT;
		pick_range(m, event, false);
		event->has_prot = true;
		event->prot = pick_prot(m);
	} else if (choice < 90) {
		event->kind = TRACE_RECLAIM;
		pick_range(m, event, true);
	} else {
		event->kind = TRACE_SYNC;
		return;
	}
	if (once_in(m, 24))
		event->nomem = 1 + (unsigned)below(m, 4);
	if (once_in(m, 40))
		spoil(m, event);
	else if (is_odd(event))
		event->raw = true;
	else if (event->kind == TRACE_MAP || once_in(m, 4))
		remember(m, event);
}

static uint64_t pick_home(struct maker *m)
{
	return once_in(m, 2) ? near(m, pick_corner(m)) :
			       below(m, 1 + lower_end(m) / SIZE_1G) * SIZE_1G;
}

size_t fuzz_generate(const struct replay_options *options, uint64_t seed,
		     uint64_t number, struct trace_event *events)
{
	static const uint64_t lengths[] = { 8, 32, FUZZ_EVENTS_MAX };
	uint64_t scrambled = seed;
	struct maker maker;
	size_t count;
	size_t i;

	memset(&maker, 0, sizeof(maker));
	maker.options = options;
	/* Neighbouring seeds must not share their sequences. */
	maker.random = hvpt_random(&scrambled) + number;
	maker.random = hvpt_random(&maker.random);
	maker.domains = once_in(&maker, 4) ? FUZZ_DOMAINS : 1;
	maker.home = pick_home(&maker);
	count = 1 + below(&maker, lengths[below(&maker, COUNT(lengths))]);
	for (i = 0; i < count; i++)
		make_event(&maker, &events[i]);
	return count;
}
