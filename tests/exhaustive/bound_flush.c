/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bound_flush.c - plans of flushes of one range and of lists, under each
 * policy, in the shapes that cost most: ranges that take the most descriptors,
 * that lie near each other, in each other, and that are the same.
 *
 * instructions_flush.py counts and compares. No time is measured.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bound.h"

#define PAGE 4096ull
/* More than the neighbours of a range; and as many as one hypercall takes. */
#define MOST 508u

static struct hvpt_iova_range range[MOST];

/* Page numbers, of which the last may be all bits. */
typedef void shape_fn(uint32_t i, uint64_t *first, uint64_t *last);

void bound_check(bool right, const char *what, int line)
{
	if (right)
		return;
	fprintf(stderr, "bound: line %d: %s\n", line, what);
	exit(1);
}

static void page(uint32_t i, uint64_t *first, uint64_t *last)
{
	*first = *last = 1000 + 2ull * i;
}

static void same(uint32_t i, uint64_t *first, uint64_t *last)
{
	(void)i;
	*first = 1023;
	*last = 1024;
}

/* Each in the one before it, or around it, and across the same boundary. */
static void nested(uint32_t i, uint64_t *first, uint64_t *last)
{
	*first = (1ull << 40) - 1 - i;
	*last = (1ull << 40) + i;
}

static void around(uint32_t i, uint64_t *first, uint64_t *last)
{
	nested(MOST - i, first, last);
}

/* As nested, eight sizes in turn: the larger one comes before the smaller. */
static void turns(uint32_t i, uint64_t *first, uint64_t *last)
{
	nested((128u >> i % 8) - 1, first, last);
}

/* Neighbours of any size, none of them aligned. */
static void uneven(uint32_t i, uint64_t *first, uint64_t *last)
{
	*first = (1ull << 30) + 4099ull * i;
	*last = *first + 4097;
}

/* All but both ends: 2 * 51 descriptors, if they are exact. */
static void all(uint32_t i, uint64_t *first, uint64_t *last)
{
	*first = 1 + i % 2;
	*last = (1ull << 52) - 2 - i % 3;
}

static const struct {
	const char *name;
	shape_fn *make;
} shapes[] = {
	{ "pages", page },    { "the same", same }, { "nested", nested },
	{ "around", around }, { "turns", turns },   { "uneven", uneven },
	{ "all", all },
};

static const char *const names[] = { "TWO_BLOCK", "COVER", "EXACT" };

static void run(enum hvpt_flush_policy policy, size_t shape, uint32_t count)
{
	struct bound_size size = { .entries = count, .large = count > 1 };
	struct hvpt_flush_plan plan;
	enum hvpt_status status;
	uint64_t entry, first, last;
	uint32_t i;

	for (i = 0; i < count; i++) {
		shapes[shape].make(i, &first, &last);
		range[i].first = hvpt_iova(first * PAGE);
		range[i].last = hvpt_iova(last * PAGE + PAGE - 1);
	}
	snprintf(size.text, sizeof(size.text), "%u: %s", count,
		 shapes[shape].name);
	bound_start(names[policy]);
	status = hvpt_flush_plan_init(&plan, range, count, policy);
	while (hvpt_flush_plan_next(&plan, &entry))
		;
	size.tables = plan.emitted;
	bound_stop(&size);
	BOUND_CHECK(status == HVPT_OK && plan.emitted > 0);
}

int main(void)
{
	static const uint32_t counts[] = { 1, 2, 8, MOST };
	size_t shape, i;
	unsigned policy;

	for (policy = 0; policy < 3; policy++)
		for (shape = 0; shape < sizeof(shapes) / sizeof(*shapes);
		     shape++)
			for (i = 0; i < sizeof(counts) / sizeof(*counts); i++)
				run((enum hvpt_flush_policy)policy, shape,
				    counts[i]);
	return 0;
}
