/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference_changes.c - the calls that change the map: predicted, made,
 * compared.
 */
#include "reference_internal.h"

#define SENTINEL UINT64_C(0x5e4715e15e4715e1)

/* Nothing is done: the reference has no room for it. */
static enum hvpt_status skip(struct reference *ref)
{
	ref->stats.skipped++;
	ref->stales = ref->stales_before;
	ref->gone.tables = 0;
	return HVPT_ERR_BUSY;
}

static void begin(struct reference *ref)
{
	ref->stales_before = ref->stales;
	ref->gone.tables = 0;
	ref_tree_copy(ref->next, ref->now);
}

/* ---- map ------------------------------------------------------------- */

static uint64_t size_of(unsigned level)
{
	return UINT64_C(1) << (12 + 9 * level);
}

/* The largest leaf for this address, and how many come in a row. */
static unsigned pick_level(const struct reference *ref, uint64_t iova,
			   uint64_t gpa, uint64_t left, bool gather)
{
	unsigned level;

	for (level = 2; level > 0; level--) {
		uint64_t size = size_of(level);

		if (!ref->sizes[level] || (iova | gpa) & (size - 1) ||
		    left < size)
			continue;
		if (gather || !ref_tree_has_table(ref->next, level - 1, iova))
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
static bool put_piece(struct reference *ref, struct ref_run *run, uint64_t left,
		      bool gather, unsigned *steps)
{
	struct ref_tree *next = ref->next;

	while (left) {
		unsigned level = pick_level(ref, run->first, run->gpa, left,
					    gather);
		uint64_t bytes = run_bytes(run->first, left, level);

		*steps += level ? 1 : 8;
		if (*steps > REF_MAP_STEPS || next->full)
			return false;
		run->lg2 = (uint8_t)(12 + 9 * level);
		run->last = run->first + (bytes - 1);
		if (level)
			ref_tree_drop_tables(next, run->first, run->last,
					     &ref->gone);
		ref_tree_need_tables(next, ref->levels, run->lg2, run->first);
		ref_tree_put(next, run);
		run->first += bytes;
		run->gpa += bytes;
		left -= bytes;
	}
	return !next->full;
}

/* Segments that touch in gpa are one piece. */
static bool put_segments(struct reference *ref, const struct ref_op *op)
{
	bool gather = !(op->flags & REF_NO_GATHER);
	unsigned steps = 0;
	struct ref_run run;
	uint32_t i = 0;

	run.first = op->iova;
	run.writable = (op->prot & HVPT_PROT_WRITE) != 0;
	run.dirty = run.writable && !(ref->config.flags & HVPT_PT_TRACK_DIRTY);
	while (i < op->count) {
		uint64_t left = op->segments[i].length;

		run.gpa = op->segments[i].gpa.value;
		while (++i < op->count &&
		       op->segments[i].gpa.value == run.gpa + left)
			left += op->segments[i].length;
		if (!put_piece(ref, &run, left, gather, &steps))
			return false;
	}
	return true;
}

static enum hvpt_status call_map(struct reference *ref, const struct ref_op *op)
{
	struct hvpt_gather *gather = op->flags & REF_NO_GATHER ? NULL :
								 &ref->gather;

	if (op->kind == REF_MAP_LIST)
		return hvpt_pt_map_list(&ref->pt, hvpt_iova(op->iova),
					op->segments, op->count, op->prot,
					gather);
	return hvpt_pt_map(&ref->pt, hvpt_iova(op->iova), hvpt_gpa(op->gpa),
			   op->length, op->prot, gather);
}

enum hvpt_status ref_op_map(struct reference *ref, const struct ref_op *op)
{
	struct ref_op list = *op;
	enum hvpt_status want, got;
	uint64_t length, last;

	if (op->kind == REF_MAP) {
		list.segments[0].gpa = hvpt_gpa(op->gpa);
		list.segments[0].length = op->length;
		list.count = 1;
	} else if (op->count > REF_SEGMENTS) {
		list.count = REF_SEGMENTS;
	}
	begin(ref);
	want = ref_predict_map(ref, &list, &length);
	last = op->iova + (length - 1);
	if (want == HVPT_OK) {
		if (!put_segments(ref, &list))
			return skip(ref);
		want = ref_predict_pages(ref, ref->next->created);
		if (ref_tree_meets(ref->now, op->iova, last))
			want = HVPT_ERR_OVERLAP;
	}
	ref_call_begin(ref);
	list.kind = op->kind;
	got = call_map(ref, &list);
	if (ref_call_end(ref, got, want, op->iova, last))
		ref_probe_around(ref, op->iova, last);
	return got;
}

/* ---- unmap ----------------------------------------------------------- */

/* Leaves that meet the range were there, and may be cached, whole. */
static bool note_leaves(struct reference *ref, uint64_t first, uint64_t last,
			int keep, uint64_t *low, uint64_t *high)
{
	const struct ref_tree *tree = ref->now;
	unsigned i;

	*low = first;
	*high = last;
	for (i = ref_tree_find(tree, first);
	     i < tree->runs && tree->run[i].first <= last; i++) {
		const struct ref_run *run = &tree->run[i];
		uint64_t mask = (UINT64_C(1) << run->lg2) - 1;
		uint64_t from = run->first < first ? first & ~mask : run->first;
		uint64_t to = run->last > last ? last | mask : run->last;

		if (run->writable == keep)
			continue;
		if (!ref_stale_add(ref, from, to))
			return false;
		*low = from < *low ? from : *low;
		*high = to > *high ? to : *high;
	}
	return true;
}

/* No leaf lies across either end any more, but for those that are kept. */
static void split_ends(struct ref_tree *tree, uint64_t first, uint64_t last,
		       int keep)
{
	ref_tree_split(tree, first, keep);
	if (last != UINT64_MAX)
		ref_tree_split(tree, last + 1, keep);
}

enum hvpt_status ref_op_unmap(struct reference *ref, const struct ref_op *op)
{
	uint64_t last = op->iova + (op->length - 1);
	uint64_t low = op->iova, high = last, bytes = 0, got_bytes = SENTINEL;
	enum hvpt_status got;
	enum hvpt_status want = ref_predict_range(ref, op->iova, op->length);

	begin(ref);
	if (want == HVPT_OK) {
		if (!note_leaves(ref, op->iova, last, -1, &low, &high))
			return skip(ref);
		split_ends(ref->next, op->iova, last, -1);
		bytes = ref_tree_remove(ref->next, op->iova, last);
		if (ref->next->full)
			return skip(ref);
		ref_tree_drop_tables(ref->next, op->iova, last, &ref->gone);
		want = ref_predict_pages(ref, ref->next->created);
	}
	ref_call_begin(ref);
	got = hvpt_pt_unmap(&ref->pt, hvpt_iova(op->iova), op->length,
			    &ref->gather, &got_bytes);
	if (!ref_call_end(ref, got, want, low, high))
		return got;
	if (got_bytes != (got == HVPT_OK ? bytes : SENTINEL))
		ref_violate(ref, "%#llx bytes unmapped, not %#llx",
			    (unsigned long long)got_bytes,
			    (unsigned long long)bytes);
	ref_probe_around(ref, op->iova, last);
	return got;
}

/* ---- protect --------------------------------------------------------- */

static bool is_whole(const struct ref_tree *tree, uint64_t first, uint64_t last)
{
	unsigned i = ref_tree_find(tree, first);

	for (; i < tree->runs && tree->run[i].first <= first; i++) {
		if (tree->run[i].last >= last)
			return true;
		first = tree->run[i].last + 1;
	}
	return false;
}

/* A leaf that stays as it is may lie across the end of the range. */
static void split_changing(struct ref_tree *tree, uint64_t address, bool write)
{
	const struct ref_run *run = ref_tree_at(tree, address);

	if (run && run->writable != write)
		ref_tree_border(tree, address);
}

static void set_prot(struct reference *ref, uint64_t first, uint64_t last,
		     bool write)
{
	struct ref_tree *next = ref->next;
	bool preset = write && !(ref->config.flags & HVPT_PT_TRACK_DIRTY);
	unsigned i;

	split_changing(next, first, write);
	if (last != UINT64_MAX)
		split_changing(next, last + 1, write);
	if (next->full)
		return;
	for (i = ref_tree_find(next, first);
	     i < next->runs && next->run[i].first <= last; i++) {
		struct ref_run *run = &next->run[i];

		if (run->writable == write)
			continue;
		run->dirty = run->dirty || preset;
		run->writable = write;
	}
}

enum hvpt_status ref_op_protect(struct reference *ref, const struct ref_op *op)
{
	uint64_t last = op->iova + (op->length - 1);
	bool write = (op->prot & HVPT_PROT_WRITE) != 0;
	uint64_t low = op->iova, high = last;
	enum hvpt_status got;
	enum hvpt_status want = ref_predict_range(ref, op->iova, op->length);

	begin(ref);
	if (want == HVPT_OK)
		want = ref_predict_prot(op->prot);
	if (want == HVPT_OK && !is_whole(ref->now, op->iova, last))
		want = HVPT_ERR_NOT_MAPPED;
	if (want == HVPT_OK) {
		if (!note_leaves(ref, op->iova, last, write, &low, &high))
			return skip(ref);
		if (ref->stales != ref->stales_before)
			split_ends(ref->next, op->iova, last, write);
		set_prot(ref, op->iova, last, write);
		if (ref->next->full)
			return skip(ref);
		want = ref_predict_pages(ref, ref->next->created);
	}
	ref_call_begin(ref);
	got = hvpt_pt_protect(&ref->pt, hvpt_iova(op->iova), op->length,
			      op->prot, &ref->gather);
	if (ref_call_end(ref, got, want, low, high))
		ref_probe_around(ref, op->iova, last);
	return got;
}

/* ---- reclaim --------------------------------------------------------- */

enum hvpt_status ref_op_reclaim(struct reference *ref, const struct ref_op *op)
{
	uint64_t last = op->iova + (op->length - 1);
	uint64_t count = SENTINEL, got_count = SENTINEL;
	enum hvpt_status got;
	enum hvpt_status want = ref_predict_range(ref, op->iova, op->length);

	begin(ref);
	if (want == HVPT_OK)
		count = ref_tree_drop_tables(ref->next, op->iova, last,
					     &ref->gone);
	ref_call_begin(ref);
	got = hvpt_pt_reclaim(&ref->pt, hvpt_iova(op->iova), op->length,
			      &ref->gather, &got_count);
	if (!ref_call_end(ref, got, want, op->iova, last))
		return got;
	if (got_count != count)
		ref_violate(ref, "%llu tables reclaimed, not %llu",
			    (unsigned long long)got_count,
			    (unsigned long long)count);
	ref_probe_around(ref, op->iova, last);
	return got;
}
