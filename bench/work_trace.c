/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * work_trace.c - a recorded trace, call by call, starting with empty tables.
 */
#include <stdio.h>

#include "work.h"

static void create_all(const struct run *run, unsigned domains, void **d)
{
	for (unsigned i = 0; i < domains; i++)
		d[i] = run_create(run);
}

static void replay(const struct run *run, const struct traffic *t, void **d)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct traffic_call *c = &t->call[i];

		if (c->map)
			run_map(run, d[c->domain], c->iova, c->pa, c->len);
		else
			run_unmap(run, d[c->domain], c->iova, c->len);
	}
}

static void work_trace(struct run *run, const void *data)
{
	const struct traffic *t = data;
	unsigned rounds = run_rounds(run, 3);
	void *d[TRAFFIC_DOMAINS];
	uint64_t ticks = 0;

	for (unsigned i = 0; i < rounds + 1; i++) {
		uint64_t start;

		create_all(run, t->domains, d);
		start = clock_now();
		replay(run, t, d);
		ticks += i ? clock_now() - start : 0;
		for (unsigned j = 0; j < t->domains; j++)
			run->backend->destroy(d[j]);
	}
	run_note(run, 0, ticks, rounds, rounds * t->count);
}

void work_add_trace(const char *name, const struct traffic *traffic)
{
	struct work work = { work_trace, traffic, 1, false, { { "", "", 0 } } };
	struct row *row = &work.row[0];

	snprintf(row->id, sizeof(row->id), "trace-%.16s", name);
	snprintf(row->text, sizeof(row->text), "trace %.16s, %zu calls", name,
		 traffic->count);
	work_add(&work);
}
