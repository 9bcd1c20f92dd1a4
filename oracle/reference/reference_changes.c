/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference_changes.c - the calls which change the map: predicted, made,
 * compared.
 */
#include "reference_internal.h"

#define SENTINEL UINT64_C(0x5e4715e15e4715e1)

/* Nothing is done: the world has no room for it. */
static enum hvpt_status skip(struct fz_world *world)
{
	world->stats.skipped++;
	world->stales = world->stales_before;
	world->gone.tables = 0;
	return HVPT_ERR_BUSY;
}

static void begin(struct fz_world *world)
{
	world->stales_before = world->stales;
	world->gone.tables = 0;
	fz_shape_copy(world->next, world->now);
}

/* ---- map ------------------------------------------------------------- */

static uint64_t size_of(unsigned level)
{
	return UINT64_C(1) << (12 + 9 * level);
}

/* The largest leaf for this address, and how many come in a row. */
static unsigned pick_level(const struct fz_world *world, uint64_t iova,
			   uint64_t gpa, uint64_t left, bool gather)
{
	unsigned level;

	for (level = 2; level > 0; level--) {
		uint64_t size = size_of(level);

		if (!world->sizes[level] || (iova | gpa) & (size - 1) ||
		    left < size)
			continue;
		if (gather || !fz_shape_has_table(world->next, level - 1, iova))
			break;
	}
	return level;
}

/* Bytes of leaves of @level up to the end of their table, or of the piece. */
static uint64_t run_bytes(uint64_t iova, uint64_t left, unsigned level)
{
	uint64_t span = size_of(level + 1);
	uint64_t room = span - (iova & (span - 1));

	if (left < room)
		room = left;
	return level ? size_of(level) : room & ~UINT64_C(4095);
}

/*
 * Leaves of one contiguous piece. Large ones go one by one, as each may find
 * tables in its place. Small ones go up to the end of their table: that is
 * where a larger one could come next.
 */
static bool put_piece(struct fz_world *world, struct fz_run *run, uint64_t left,
		      bool gather, unsigned *steps)
{
	struct fz_shape *next = world->next;

	while (left) {
		unsigned level = pick_level(world, run->first, run->gpa, left,
					    gather);
		uint64_t bytes = run_bytes(run->first, left, level);

		*steps += level ? 1 : 8;
		if (*steps > FZ_MAP_STEPS || next->full)
			return false;
		run->lg2 = (uint8_t)(12 + 9 * level);
		run->last = run->first + (bytes - 1);
		if (level)
			fz_shape_drop_tables(next, run->first, run->last,
					     &world->gone);
		fz_shape_need_tables(next, world->levels, run->lg2, run->first);
		fz_shape_put(next, run);
		run->first += bytes;
		run->gpa += bytes;
		left -= bytes;
	}
	return !next->full;
}

/* Segments which touch in gpa are one piece. */
static bool put_segments(struct fz_world *world, const struct fz_op *op)
{
	bool gather = !(op->flags & FZ_NO_GATHER);
	unsigned steps = 0;
	struct fz_run run;
	uint32_t i = 0;

	run.first = op->iova;
	run.writable = (op->prot & HVPT_PROT_WRITE) != 0;
	run.dirty = run.writable &&
		    !(world->config.flags & HVPT_PT_TRACK_DIRTY);
	while (i < op->count) {
		uint64_t left = op->segments[i].length;

		run.gpa = op->segments[i].gpa.value;
		while (++i < op->count &&
		       op->segments[i].gpa.value == run.gpa + left)
			left += op->segments[i].length;
		if (!put_piece(world, &run, left, gather, &steps))
			return false;
	}
	return true;
}

static enum hvpt_status call_map(struct fz_world *world, const struct fz_op *op)
{
	struct hvpt_gather *gather = op->flags & FZ_NO_GATHER ? NULL :
								&world->gather;

	if (op->kind == FZ_MAP_LIST)
		return hvpt_pt_map_list(&world->pt, hvpt_iova(op->iova),
					op->segments, op->count, op->prot,
					gather);
	return hvpt_pt_map(&world->pt, hvpt_iova(op->iova), hvpt_gpa(op->gpa),
			   op->length, op->prot, gather);
}

enum hvpt_status fz_op_map(struct fz_world *world, const struct fz_op *op)
{
	struct fz_op list = *op;
	enum hvpt_status want, got;
	uint64_t length, last;

	if (op->kind == FZ_MAP) {
		list.segments[0].gpa = hvpt_gpa(op->gpa);
		list.segments[0].length = op->length;
		list.count = 1;
	} else if (op->count > FZ_SEGMENTS) {
		list.count = FZ_SEGMENTS;
	}
	begin(world);
	want = fz_predict_map(world, &list, &length);
	last = op->iova + (length - 1);
	if (want == HVPT_OK) {
		if (!put_segments(world, &list))
			return skip(world);
		want = fz_predict_pages(world, world->next->created);
		if (fz_shape_meets(world->now, op->iova, last))
			want = HVPT_ERR_OVERLAP;
	}
	fz_call_begin(world);
	list.kind = op->kind;
	got = call_map(world, &list);
	if (fz_call_end(world, got, want, op->iova, last))
		fz_probe_around(world, op->iova, last);
	return got;
}

/* ---- unmap ----------------------------------------------------------- */

/* Leaves which meet the range were there, and may be cached, whole. */
static bool note_leaves(struct fz_world *world, uint64_t first, uint64_t last,
			int keep, uint64_t *low, uint64_t *high)
{
	const struct fz_shape *shape = world->now;
	unsigned i;

	*low = first;
	*high = last;
	for (i = fz_shape_find(shape, first);
	     i < shape->runs && shape->run[i].first <= last; i++) {
		const struct fz_run *run = &shape->run[i];
		uint64_t mask = (UINT64_C(1) << run->lg2) - 1;
		uint64_t from = run->first < first ? first & ~mask : run->first;
		uint64_t to = run->last > last ? last | mask : run->last;

		if (run->writable == keep)
			continue;
		if (!fz_stale_add(world, from, to))
			return false;
		*low = from < *low ? from : *low;
		*high = to > *high ? to : *high;
	}
	return true;
}

/* No leaf lies across either end any more, but for those which are kept. */
static void cut_ends(struct fz_shape *shape, uint64_t first, uint64_t last,
		     int keep)
{
	fz_shape_cut(shape, first, keep);
	if (last != UINT64_MAX)
		fz_shape_cut(shape, last + 1, keep);
}

enum hvpt_status fz_op_unmap(struct fz_world *world, const struct fz_op *op)
{
	uint64_t last = op->iova + (op->length - 1);
	uint64_t low = op->iova, high = last, bytes = 0, got_bytes = SENTINEL;
	enum hvpt_status got;
	enum hvpt_status want = fz_predict_range(world, op->iova, op->length);

	begin(world);
	if (want == HVPT_OK) {
		if (!note_leaves(world, op->iova, last, -1, &low, &high))
			return skip(world);
		cut_ends(world->next, op->iova, last, -1);
		bytes = fz_shape_remove(world->next, op->iova, last);
		if (world->next->full)
			return skip(world);
		fz_shape_drop_tables(world->next, op->iova, last, &world->gone);
		want = fz_predict_pages(world, world->next->created);
	}
	fz_call_begin(world);
	got = hvpt_pt_unmap(&world->pt, hvpt_iova(op->iova), op->length,
			    &world->gather, &got_bytes);
	if (!fz_call_end(world, got, want, low, high))
		return got;
	if (got_bytes != (got == HVPT_OK ? bytes : SENTINEL))
		fz_violate(world, "%#llx bytes unmapped, not %#llx",
			   (unsigned long long)got_bytes,
			   (unsigned long long)bytes);
	fz_probe_around(world, op->iova, last);
	return got;
}

/* ---- protect --------------------------------------------------------- */

static bool is_whole(const struct fz_shape *shape, uint64_t first,
		     uint64_t last)
{
	unsigned i = fz_shape_find(shape, first);

	for (; i < shape->runs && shape->run[i].first <= first; i++) {
		if (shape->run[i].last >= last)
			return true;
		first = shape->run[i].last + 1;
	}
	return false;
}

/* A leaf which stays as it is may lie across the end of the range. */
static void split_changing(struct fz_shape *shape, uint64_t address, bool write)
{
	const struct fz_run *run = fz_shape_at(shape, address);

	if (run && run->writable != write)
		fz_shape_split(shape, address);
}

static void set_prot(struct fz_world *world, uint64_t first, uint64_t last,
		     bool write)
{
	struct fz_shape *next = world->next;
	bool preset = write && !(world->config.flags & HVPT_PT_TRACK_DIRTY);
	unsigned i;

	split_changing(next, first, write);
	if (last != UINT64_MAX)
		split_changing(next, last + 1, write);
	if (next->full)
		return;
	for (i = fz_shape_find(next, first);
	     i < next->runs && next->run[i].first <= last; i++) {
		struct fz_run *run = &next->run[i];

		if (run->writable == write)
			continue;
		run->dirty = run->dirty || preset;
		run->writable = write;
	}
}

enum hvpt_status fz_op_protect(struct fz_world *world, const struct fz_op *op)
{
	uint64_t last = op->iova + (op->length - 1);
	bool write = (op->prot & HVPT_PROT_WRITE) != 0;
	uint64_t low = op->iova, high = last;
	enum hvpt_status got;
	enum hvpt_status want = fz_predict_range(world, op->iova, op->length);

	begin(world);
	if (want == HVPT_OK)
		want = fz_predict_prot(op->prot);
	if (want == HVPT_OK && !is_whole(world->now, op->iova, last))
		want = HVPT_ERR_NOT_MAPPED;
	if (want == HVPT_OK) {
		if (!note_leaves(world, op->iova, last, write, &low, &high))
			return skip(world);
		if (world->stales != world->stales_before)
			cut_ends(world->next, op->iova, last, write);
		set_prot(world, op->iova, last, write);
		if (world->next->full)
			return skip(world);
		want = fz_predict_pages(world, world->next->created);
	}
	fz_call_begin(world);
	got = hvpt_pt_protect(&world->pt, hvpt_iova(op->iova), op->length,
			      op->prot, &world->gather);
	if (fz_call_end(world, got, want, low, high))
		fz_probe_around(world, op->iova, last);
	return got;
}

/* ---- reclaim --------------------------------------------------------- */

enum hvpt_status fz_op_reclaim(struct fz_world *world, const struct fz_op *op)
{
	uint64_t last = op->iova + (op->length - 1);
	uint64_t count = SENTINEL, got_count = SENTINEL;
	enum hvpt_status got;
	enum hvpt_status want = fz_predict_range(world, op->iova, op->length);

	begin(world);
	if (want == HVPT_OK)
		count = fz_shape_drop_tables(world->next, op->iova, last,
					     &world->gone);
	fz_call_begin(world);
	got = hvpt_pt_reclaim(&world->pt, hvpt_iova(op->iova), op->length,
			      &world->gather, &got_count);
	if (!fz_call_end(world, got, want, op->iova, last))
		return got;
	if (got_count != count)
		fz_violate(world, "%llu tables reclaimed, not %llu",
			   (unsigned long long)got_count,
			   (unsigned long long)count);
	fz_probe_around(world, op->iova, last);
	return got;
}
