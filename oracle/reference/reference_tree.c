/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference_tree.c - the abstract tree: the expected leaves and
 * tables.
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

/* Bytes that a table with entries of @level spans, less one. */
static uint64_t table_mask(unsigned level)
{
	return size_of(lg2_of_level(level + 1)) - 1;
}

void ref_tree_copy(struct ref_tree *to, const struct ref_tree *from)
{
	memcpy(to->run, from->run, from->runs * sizeof(*from->run));
	memcpy(to->table, from->table, from->tables * sizeof(*from->table));
	to->runs = from->runs;
	to->tables = from->tables;
	to->created = 0;
	to->full = false;
}

/* ---- leaves ---------------------------------------------------------- */

unsigned ref_tree_find(const struct ref_tree *tree, uint64_t address)
{
	unsigned low = 0, high = tree->runs;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (tree->run[middle].last < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct ref_run *ref_tree_at(const struct ref_tree *tree, uint64_t address)
{
	unsigned at = ref_tree_find(tree, address);

	if (at == tree->runs || tree->run[at].first > address)
		return NULL;
	return &tree->run[at];
}

bool ref_tree_meets(const struct ref_tree *tree, uint64_t first, uint64_t last)
{
	unsigned at = ref_tree_find(tree, first);

	return at < tree->runs && tree->run[at].first <= last;
}

static bool make_room(struct ref_tree *tree, unsigned at)
{
	if (tree->runs == REF_RUNS) {
		tree->full = true;
		return false;
	}
	memmove(&tree->run[at + 1], &tree->run[at],
		(tree->runs - at) * sizeof(*tree->run));
	tree->runs++;
	return true;
}

static bool continues(const struct ref_run *low, const struct ref_run *high)
{
	return low->last + 1 == high->first && high->first != 0 &&
	       low->gpa + (high->first - low->first) == high->gpa &&
	       low->lg2 == high->lg2 && low->writable == high->writable &&
	       low->dirty == high->dirty;
}

void ref_tree_put(struct ref_tree *tree, const struct ref_run *run)
{
	unsigned at = ref_tree_find(tree, run->first);

	if (at > 0 && continues(&tree->run[at - 1], run)) {
		tree->run[at - 1].last = run->last;
		return;
	}
	if (make_room(tree, at))
		tree->run[at] = *run;
}

void ref_tree_border(struct ref_tree *tree, uint64_t address)
{
	unsigned at = ref_tree_find(tree, address);
	struct ref_run *run = &tree->run[at];

	if (at == tree->runs || run->first >= address)
		return;
	if (!make_room(tree, at))
		return;
	run[0].last = address - 1;
	run[1].gpa += address - run[1].first;
	run[1].first = address;
}

void ref_tree_split(struct ref_tree *tree, uint64_t boundary, int keep)
{
	const struct ref_run *found = ref_tree_at(tree, boundary);
	uint64_t mask, leaf;
	struct ref_run *run;

	if (!found || found->writable == keep)
		return;
	mask = size_of(found->lg2) - 1;
	leaf = boundary & ~mask;
	if (!(boundary & mask))
		return;
	ref_tree_border(tree, leaf);
	if (leaf + mask != UINT64_MAX)
		ref_tree_border(tree, leaf + mask + 1);
	if (tree->full)
		return;
	run = &tree->run[ref_tree_find(tree, boundary)];
	while (boundary & (size_of(run->lg2) - 1)) {
		ref_tree_need_tables(tree, run->lg2 / 9u + 1, run->lg2 - 9u,
				     run->first);
		run->lg2 = (uint8_t)(run->lg2 - 9);
		leaf = boundary & ~(size_of(run->lg2) - 1);
		if (leaf == boundary)
			break;
		mask = size_of(run->lg2) - 1;
		ref_tree_border(tree, leaf);
		if (leaf + mask != UINT64_MAX)
			ref_tree_border(tree, leaf + mask + 1);
		if (tree->full)
			return;
		run = &tree->run[ref_tree_find(tree, boundary)];
	}
}

uint64_t ref_tree_remove(struct ref_tree *tree, uint64_t first, uint64_t last)
{
	unsigned from, to;
	uint64_t bytes = 0;

	ref_tree_border(tree, first);
	if (last != UINT64_MAX)
		ref_tree_border(tree, last + 1);
	from = ref_tree_find(tree, first);
	for (to = from; to < tree->runs && tree->run[to].first <= last; to++)
		bytes += tree->run[to].last - tree->run[to].first + 1;
	memmove(&tree->run[from], &tree->run[to],
		(tree->runs - to) * sizeof(*tree->run));
	tree->runs -= to - from;
	return bytes;
}

/* ---- tables ---------------------------------------------------------- */

uint64_t ref_table_last(const struct ref_table *table)
{
	return table->base | table_mask(table->level);
}

bool ref_tree_has_table(const struct ref_tree *tree, unsigned level,
			uint64_t address)
{
	uint64_t base = address & ~table_mask(level);
	unsigned i;

	for (i = tree->tables; i-- > 0;)
		if (tree->table[i].base == base &&
		    tree->table[i].level == level)
			return true;
	return false;
}

void ref_tree_need_tables(struct ref_tree *tree, unsigned levels, unsigned lg2,
			  uint64_t address)
{
	unsigned level;

	/* from below: where one is, those above it are too */
	for (level = (lg2 - 12) / 9; level + 1 < levels; level++) {
		struct ref_table *table = &tree->table[tree->tables];

		if (ref_tree_has_table(tree, level, address))
			return;
		tree->created++;
		if (tree->tables == REF_PAGES) /* more than there are pages */
			continue;
		table->base = address & ~table_mask(level);
		table->level = (uint8_t)level;
		table->page = REF_NO_PAGE;
		tree->tables++;
	}
}

unsigned ref_tree_drop_tables(struct ref_tree *tree, uint64_t first,
			      uint64_t last, struct ref_gone *gone)
{
	unsigned i, kept = 0, dropped = 0;

	for (i = 0; i < tree->tables; i++) {
		struct ref_table table = tree->table[i];
		uint64_t end = ref_table_last(&table);

		if (table.base < first || end > last ||
		    ref_tree_meets(tree, table.base, end)) {
			tree->table[kept++] = table;
			continue;
		}
		dropped++;
		if (gone->tables < REF_PAGES)
			gone->table[gone->tables++] = table;
	}
	tree->tables = kept;
	return dropped;
}
