/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference_tree.c - the abstract tree: which leaves and which tables there
 * ought to be.
 */
#include <string.h>

#include "reference_internal.h"

static uint64_t size_of(unsigned lg2)
{
	return UINT64_C(1) << lg2;
}

static unsigned lg2_of_level(unsigned level)
{
	return 12 + 9 * level;
}

/* Bytes which a table with entries of @level spans, less one. */
static uint64_t table_mask(unsigned level)
{
	return size_of(lg2_of_level(level + 1)) - 1;
}

void fz_shape_copy(struct fz_shape *to, const struct fz_shape *from)
{
	memcpy(to->run, from->run, from->runs * sizeof(*from->run));
	memcpy(to->table, from->table, from->tables * sizeof(*from->table));
	to->runs = from->runs;
	to->tables = from->tables;
	to->created = 0;
	to->full = false;
}

/* ---- leaves ---------------------------------------------------------- */

unsigned fz_shape_find(const struct fz_shape *shape, uint64_t address)
{
	unsigned low = 0, high = shape->runs;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (shape->run[middle].last < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct fz_run *fz_shape_at(const struct fz_shape *shape, uint64_t address)
{
	unsigned at = fz_shape_find(shape, address);

	if (at == shape->runs || shape->run[at].first > address)
		return NULL;
	return &shape->run[at];
}

bool fz_shape_meets(const struct fz_shape *shape, uint64_t first, uint64_t last)
{
	unsigned at = fz_shape_find(shape, first);

	return at < shape->runs && shape->run[at].first <= last;
}

static bool make_room(struct fz_shape *shape, unsigned at)
{
	if (shape->runs == FZ_RUNS) {
		shape->full = true;
		return false;
	}
	memmove(&shape->run[at + 1], &shape->run[at],
		(shape->runs - at) * sizeof(*shape->run));
	shape->runs++;
	return true;
}

static bool continues(const struct fz_run *low, const struct fz_run *high)
{
	return low->last + 1 == high->first && high->first != 0 &&
	       low->gpa + (high->first - low->first) == high->gpa &&
	       low->lg2 == high->lg2 && low->writable == high->writable &&
	       low->dirty == high->dirty;
}

void fz_shape_put(struct fz_shape *shape, const struct fz_run *run)
{
	unsigned at = fz_shape_find(shape, run->first);

	if (at > 0 && continues(&shape->run[at - 1], run)) {
		shape->run[at - 1].last = run->last;
		return;
	}
	if (make_room(shape, at))
		shape->run[at] = *run;
}

void fz_shape_split(struct fz_shape *shape, uint64_t address)
{
	unsigned at = fz_shape_find(shape, address);
	struct fz_run *run = &shape->run[at];

	if (at == shape->runs || run->first >= address)
		return;
	if (!make_room(shape, at))
		return;
	run[0].last = address - 1;
	run[1].gpa += address - run[1].first;
	run[1].first = address;
}

void fz_shape_cut(struct fz_shape *shape, uint64_t boundary, int keep)
{
	const struct fz_run *found = fz_shape_at(shape, boundary);
	uint64_t mask, leaf;
	struct fz_run *run;

	if (!found || found->writable == keep)
		return;
	mask = size_of(found->lg2) - 1;
	leaf = boundary & ~mask;
	if (!(boundary & mask))
		return;
	fz_shape_split(shape, leaf);
	if (leaf + mask != UINT64_MAX)
		fz_shape_split(shape, leaf + mask + 1);
	if (shape->full)
		return;
	run = &shape->run[fz_shape_find(shape, boundary)];
	while (boundary & (size_of(run->lg2) - 1)) {
		fz_shape_need_tables(shape, run->lg2 / 9u + 1, run->lg2 - 9u,
				     run->first);
		run->lg2 = (uint8_t)(run->lg2 - 9);
		leaf = boundary & ~(size_of(run->lg2) - 1);
		if (leaf == boundary)
			break;
		mask = size_of(run->lg2) - 1;
		fz_shape_split(shape, leaf);
		if (leaf + mask != UINT64_MAX)
			fz_shape_split(shape, leaf + mask + 1);
		if (shape->full)
			return;
		run = &shape->run[fz_shape_find(shape, boundary)];
	}
}

uint64_t fz_shape_remove(struct fz_shape *shape, uint64_t first, uint64_t last)
{
	unsigned from, to;
	uint64_t bytes = 0;

	fz_shape_split(shape, first);
	if (last != UINT64_MAX)
		fz_shape_split(shape, last + 1);
	from = fz_shape_find(shape, first);
	for (to = from; to < shape->runs && shape->run[to].first <= last; to++)
		bytes += shape->run[to].last - shape->run[to].first + 1;
	memmove(&shape->run[from], &shape->run[to],
		(shape->runs - to) * sizeof(*shape->run));
	shape->runs -= to - from;
	return bytes;
}

/* ---- tables ---------------------------------------------------------- */

uint64_t fz_table_last(const struct fz_table *table)
{
	return table->base | table_mask(table->level);
}

bool fz_shape_has_table(const struct fz_shape *shape, unsigned level,
			uint64_t address)
{
	uint64_t base = address & ~table_mask(level);
	unsigned i;

	for (i = shape->tables; i-- > 0;)
		if (shape->table[i].base == base &&
		    shape->table[i].level == level)
			return true;
	return false;
}

void fz_shape_need_tables(struct fz_shape *shape, unsigned levels, unsigned lg2,
			  uint64_t address)
{
	unsigned level;

	/* from below: where one is, those above it are too */
	for (level = (lg2 - 12) / 9; level + 1 < levels; level++) {
		struct fz_table *table = &shape->table[shape->tables];

		if (fz_shape_has_table(shape, level, address))
			return;
		shape->created++;
		if (shape->tables == FZ_PAGES) /* more than there are pages */
			continue;
		table->base = address & ~table_mask(level);
		table->level = (uint8_t)level;
		table->page = FZ_NO_PAGE;
		shape->tables++;
	}
}

unsigned fz_shape_drop_tables(struct fz_shape *shape, uint64_t first,
			      uint64_t last, struct fz_gone *gone)
{
	unsigned i, kept = 0, dropped = 0;

	for (i = 0; i < shape->tables; i++) {
		struct fz_table table = shape->table[i];
		uint64_t end = fz_table_last(&table);

		if (table.base < first || end > last ||
		    fz_shape_meets(shape, table.base, end)) {
			shape->table[kept++] = table;
			continue;
		}
		dropped++;
		if (gone->tables < FZ_PAGES)
			gone->table[gone->tables++] = table;
	}
	shape->tables = kept;
	return dropped;
}
