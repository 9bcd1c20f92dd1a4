/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference_reads.c - the calls which read, and the device.
 *
 * A callback of the library is told the next leaf; which one it has to be is
 * found in the abstract tree, from where the one before ended.
 */
#include "reference_internal.h"

static uint64_t mask_of(const struct fz_run *run)
{
	return (UINT64_C(1) << run->lg2) - 1;
}

static void seek_start(struct fz_world *world, uint64_t first, uint64_t last)
{
	world->seek = first;
	world->seek_last = last;
	world->seek_done = false;
}

/* The next leaf which has a byte in what is left; NULL: none. */
static const struct fz_run *seek_next(struct fz_world *world, bool dirty,
				      uint64_t *first, uint64_t *last)
{
	const struct fz_shape *shape = world->now;
	unsigned i = fz_shape_find(shape, world->seek);

	if (world->seek_done)
		return NULL;
	while (i < shape->runs && dirty && !shape->run[i].dirty)
		i++;
	if (i == shape->runs || shape->run[i].first > world->seek_last)
		return NULL;
	*first = shape->run[i].first;
	if (*first < world->seek)
		*first = world->seek & ~mask_of(&shape->run[i]);
	*last = *first | mask_of(&shape->run[i]);
	world->seek = *last + 1;
	world->seek_done = *last >= world->seek_last;
	return &shape->run[i];
}

enum hvpt_status fz_op_lookup(struct fz_world *world, const struct fz_op *op)
{
	struct hvpt_mapping mapping;

	if (!fz_probe(world, op->iova))
		return HVPT_ERR_BUSY;
	return hvpt_pt_lookup(&world->pt, hvpt_iova(op->iova), &mapping);
}

/* ---- visit ----------------------------------------------------------- */

static bool visit_leaf(void *ctx, hvpt_iova_t iova,
		       const struct hvpt_mapping *mapping)
{
	struct fz_world *world = ctx;
	uint64_t first = 0, last = 0;
	const struct fz_run *run = seek_next(world, false, &first, &last);

	if (!run || iova.value != first || mapping->leaf_lg2 != run->lg2 ||
	    mapping->gpa.value != run->gpa + (first - run->first) ||
	    mapping->prot != (run->writable ? 3u : 1u) || !mapping->accessed ||
	    mapping->dirty != run->dirty)
		return fz_violate(world, "visit: %#llx is not the leaf %#llx",
				  (unsigned long long)iova.value,
				  (unsigned long long)first);
	return world->seek_stop == 0 || --world->seek_stop != 0;
}

static enum hvpt_status predict_visit(struct fz_world *world, uint64_t first,
				      uint64_t last)
{
	if (first > last)
		return HVPT_ERR_WRAP;
	if (!fz_in_form(world, first, last))
		return HVPT_ERR_IOVA_RANGE;
	return HVPT_OK;
}

enum hvpt_status fz_op_visit(struct fz_world *world, const struct fz_op *op)
{
	struct hvpt_iova_range range;
	enum hvpt_status want, got;
	uint64_t first = 0, last = 0;

	range.first = hvpt_iova(op->iova);
	range.last = hvpt_iova(op->iova + (op->length - 1));
	want = predict_visit(world, range.first.value, range.last.value);
	seek_start(world, range.first.value, range.last.value);
	world->seek_stop = op->count;
	got = hvpt_pt_visit(&world->pt, &range, visit_leaf, world);
	if (world->violated)
		return got;
	if (want == HVPT_OK && op->count && world->seek_stop == 0)
		want = HVPT_ERR_STOPPED;
	if (got != want)
		fz_violate(world, "visit: %s instead of %s",
			   hvpt_status_name(got), hvpt_status_name(want));
	else if (got == HVPT_OK && seek_next(world, false, &first, &last))
		fz_violate(world, "visit: the leaf %#llx was left out",
			   (unsigned long long)first);
	return got;
}

/* ---- dirty ----------------------------------------------------------- */

static void dirty_leaf(void *ctx, hvpt_iova_t iova, uint64_t bytes)
{
	struct fz_world *world = ctx;
	uint64_t start = world->seek, first = 0, last = 0;
	const struct fz_run *run = seek_next(world, true, &first, &last);

	if (run) {
		first = first < start ? start : first;
		last = last > world->seek_last ? world->seek_last : last;
	}
	if (!run || iova.value != first || bytes != last - first + 1)
		fz_violate(world, "dirty: %#llx, %#llx bytes, is not so",
			   (unsigned long long)iova.value,
			   (unsigned long long)bytes);
}

/* Leaves which lie wholly in the range become clean. */
static bool clean(struct fz_world *world, uint64_t first, uint64_t last)
{
	struct fz_shape *next = world->next;
	unsigned i;

	for (i = fz_shape_find(next, first);
	     i < next->runs && next->run[i].first <= last; i++) {
		struct fz_run run = next->run[i];
		uint64_t mask = mask_of(&run);

		if (run.first < first)
			run.first += (first - run.first + mask) & ~mask;
		if (run.last > last)
			run.last = ((last + 1) & ~mask) - 1;
		if (!run.dirty || run.first > run.last ||
		    run.last < next->run[i].first || run.last > last)
			continue;
		if (!fz_stale_add(world, run.first, run.last))
			return false;
		fz_shape_split(next, run.first);
		if (run.last != UINT64_MAX)
			fz_shape_split(next, run.last + 1);
		if (next->full)
			return false;
		i = fz_shape_find(next, run.first);
		next->run[i].dirty = false;
	}
	return true;
}

static enum hvpt_status skip(struct fz_world *world)
{
	world->stats.skipped++;
	world->stales = world->stales_before;
	return HVPT_ERR_BUSY;
}

enum hvpt_status fz_op_dirty(struct fz_world *world, const struct fz_op *op)
{
	uint64_t last = op->iova + (op->length - 1), first = 0, end = 0;
	enum hvpt_status got;
	enum hvpt_status want = fz_predict_range(world, op->iova, op->length);

	world->stales_before = world->stales;
	world->gone.tables = 0;
	fz_shape_copy(world->next, world->now);
	if (want == HVPT_OK && ((op->flags & ~HVPT_DIRTY_KEEP) ||
				(world->config.noncoherent && !op->flags)))
		want = HVPT_ERR_FLAGS;
	if (want == HVPT_OK && !op->flags && !clean(world, op->iova, last))
		return skip(world);
	seek_start(world, op->iova, last);
	fz_call_begin(world);
	got = hvpt_pt_read_dirty(&world->pt, hvpt_iova(op->iova), op->length,
				 op->flags, dirty_leaf, world, &world->gather);
	if (got == HVPT_OK && seek_next(world, true, &first, &end))
		fz_violate(world, "dirty: the leaf %#llx was left out",
			   (unsigned long long)first);
	if (fz_call_end(world, got, want, op->iova, last))
		fz_probe_around(world, op->iova, last);
	return got;
}

/* ---- a device -------------------------------------------------------- */

/* Address of the leaf entry which @iova ends at. */
static uint64_t entry_of(const struct fz_world *world, uint64_t iova,
			 unsigned lg2)
{
	uint64_t table = world->walker.root & ~world->config.table_mask;
	unsigned level = world->levels;

	for (;;) {
		uint64_t at, pte = 0;

		level--;
		at = table + ((iova >> (12 + 9 * level) & 511) << 3);
		if (12 + 9 * level == lg2 ||
		    !fz_read64((void *)(uintptr_t)world, at, &pte))
			return at;
		table = pte & UINT64_C(0x000ffffffffff000) &
			~world->config.table_mask;
	}
}

/* A write to a page the device may write to sets D in its leaf. */
enum hvpt_status fz_op_device(struct fz_world *world, const struct fz_op *op)
{
	const struct fz_run *run = fz_shape_at(world->now, op->iova);
	uint64_t leaf, last;

	if (!fz_probe(world, op->iova) || !run || !run->writable ||
	    !(op->prot & HVPT_PROT_WRITE))
		return HVPT_OK;
	if (run->dirty)
		return HVPT_OK;
	leaf = op->iova & ~mask_of(run);
	last = op->iova | mask_of(run);
	if (world->now->runs + 2 > FZ_RUNS)
		return HVPT_OK;
	fz_device_or(world, entry_of(world, leaf, run->lg2), 0x40);
	fz_shape_split(world->now, leaf);
	if (last != UINT64_MAX)
		fz_shape_split(world->now, last + 1);
	world->now->run[fz_shape_find(world->now, leaf)].dirty = true;
	fz_probe(world, op->iova);
	return HVPT_OK;
}
