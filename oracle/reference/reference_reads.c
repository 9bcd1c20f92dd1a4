/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference_reads.c - the calls that read, and the device.
 *
 * A callback of the library is told the next leaf; which one it has to be is
 * found in the abstract tree, from where the one before ended.
 */
#include "reference_internal.h"

static uint64_t mask_of(const struct ref_run *run)
{
	return (UINT64_C(1) << run->lg2) - 1;
}

static void seek_start(struct reference *ref, uint64_t first, uint64_t last)
{
	ref->seek = first;
	ref->seek_last = last;
	ref->seek_done = false;
}

/* The next leaf that has a byte in what is left; NULL: none. */
static const struct ref_run *seek_next(struct reference *ref, bool dirty,
				       uint64_t *first, uint64_t *last)
{
	const struct ref_tree *tree = ref->now;
	unsigned i = ref_tree_find(tree, ref->seek);

	if (ref->seek_done)
		return NULL;
	while (i < tree->runs && dirty && !tree->run[i].dirty)
		i++;
	if (i == tree->runs || tree->run[i].first > ref->seek_last)
		return NULL;
	*first = tree->run[i].first;
	if (*first < ref->seek)
		*first = ref->seek & ~mask_of(&tree->run[i]);
	*last = *first | mask_of(&tree->run[i]);
	ref->seek = *last + 1;
	ref->seek_done = *last >= ref->seek_last;
	return &tree->run[i];
}

enum hvpt_status ref_op_lookup(struct reference *ref, const struct ref_op *op)
{
	struct hvpt_mapping mapping;

	if (!ref_probe(ref, op->iova))
		return HVPT_ERR_BUSY;
	return hvpt_pt_lookup(&ref->pt, hvpt_iova(op->iova), &mapping);
}

/* ---- visit ----------------------------------------------------------- */

static bool visit_leaf(void *ctx, hvpt_iova_t iova,
		       const struct hvpt_mapping *mapping)
{
	struct reference *ref = ctx;
	uint64_t first = 0, last = 0;
	const struct ref_run *run = seek_next(ref, false, &first, &last);

	if (!run || iova.value != first || mapping->leaf_lg2 != run->lg2 ||
	    mapping->gpa.value != run->gpa + (first - run->first) ||
	    mapping->prot != (run->writable ? 3u : 1u) || !mapping->accessed ||
	    mapping->dirty != run->dirty)
		return ref_violate(ref, "visit: %#llx is not the leaf %#llx",
				   (unsigned long long)iova.value,
				   (unsigned long long)first);
	return ref->seek_stop == 0 || --ref->seek_stop != 0;
}

static enum hvpt_status predict_visit(struct reference *ref, uint64_t first,
				      uint64_t last)
{
	if (first > last)
		return HVPT_ERR_WRAP;
	if (!ref_in_form(ref, first, last))
		return HVPT_ERR_IOVA_RANGE;
	return HVPT_OK;
}

enum hvpt_status ref_op_visit(struct reference *ref, const struct ref_op *op)
{
	struct hvpt_iova_range range;
	enum hvpt_status want, got;
	uint64_t first = 0, last = 0;

	range.first = hvpt_iova(op->iova);
	range.last = hvpt_iova(op->iova + (op->length - 1));
	want = predict_visit(ref, range.first.value, range.last.value);
	seek_start(ref, range.first.value, range.last.value);
	ref->seek_stop = op->count;
	got = hvpt_pt_visit(&ref->pt, &range, visit_leaf, ref);
	if (ref->violated)
		return got;
	if (want == HVPT_OK && op->count && ref->seek_stop == 0)
		want = HVPT_ERR_STOPPED;
	if (got != want)
		ref_violate(ref, "visit: %s instead of %s",
			    hvpt_status_name(got), hvpt_status_name(want));
	else if (got == HVPT_OK && seek_next(ref, false, &first, &last))
		ref_violate(ref, "visit: the leaf %#llx was left out",
			    (unsigned long long)first);
	return got;
}

/* ---- dirty ----------------------------------------------------------- */

static void dirty_leaf(void *ctx, hvpt_iova_t iova, uint64_t bytes)
{
	struct reference *ref = ctx;
	uint64_t start = ref->seek, first = 0, last = 0;
	const struct ref_run *run = seek_next(ref, true, &first, &last);

	if (run) {
		first = first < start ? start : first;
		last = last > ref->seek_last ? ref->seek_last : last;
	}
	if (!run || iova.value != first || bytes != last - first + 1)
		ref_violate(ref, "dirty: %#llx, %#llx bytes, is not so",
			    (unsigned long long)iova.value,
			    (unsigned long long)bytes);
}

/* Leaves that lie wholly in the range become clean. */
static bool clean(struct reference *ref, uint64_t first, uint64_t last)
{
	struct ref_tree *next = ref->next;
	unsigned i;

	for (i = ref_tree_find(next, first);
	     i < next->runs && next->run[i].first <= last; i++) {
		struct ref_run run = next->run[i];
		uint64_t mask = mask_of(&run);

		if (run.first < first)
			run.first += (first - run.first + mask) & ~mask;
		if (run.last > last)
			run.last = ((last + 1) & ~mask) - 1;
		if (!run.dirty || run.first > run.last ||
		    run.last < next->run[i].first || run.last > last)
			continue;
		if (!ref_stale_add(ref, run.first, run.last))
			return false;
		ref_tree_border(next, run.first);
		if (run.last != UINT64_MAX)
			ref_tree_border(next, run.last + 1);
		if (next->full)
			return false;
		i = ref_tree_find(next, run.first);
		next->run[i].dirty = false;
	}
	return true;
}

static enum hvpt_status skip(struct reference *ref)
{
	ref->stats.skipped++;
	ref->stales = ref->stales_before;
	return HVPT_ERR_BUSY;
}

enum hvpt_status ref_op_dirty(struct reference *ref, const struct ref_op *op)
{
	uint64_t last = op->iova + (op->length - 1), first = 0, end = 0;
	enum hvpt_status got;
	enum hvpt_status want = ref_predict_range(ref, op->iova, op->length);

	ref->stales_before = ref->stales;
	ref->gone.tables = 0;
	ref_tree_copy(ref->next, ref->now);
	if (want == HVPT_OK && ((op->flags & ~HVPT_DIRTY_KEEP) ||
				(ref->config.noncoherent && !op->flags)))
		want = HVPT_ERR_FLAGS;
	if (want == HVPT_OK && !op->flags && !clean(ref, op->iova, last))
		return skip(ref);
	seek_start(ref, op->iova, last);
	ref_call_begin(ref);
	got = hvpt_pt_read_dirty(&ref->pt, hvpt_iova(op->iova), op->length,
				 op->flags, dirty_leaf, ref, &ref->gather);
	if (got == HVPT_OK && seek_next(ref, true, &first, &end))
		ref_violate(ref, "dirty: the leaf %#llx was left out",
			    (unsigned long long)first);
	if (ref_call_end(ref, got, want, op->iova, last))
		ref_probe_around(ref, op->iova, last);
	return got;
}

/* ---- a device -------------------------------------------------------- */

/* Address of the leaf entry which @iova ends at. */
static uint64_t entry_of(const struct reference *ref, uint64_t iova,
			 unsigned lg2)
{
	uint64_t table = ref->walker.root & ~ref->config.table_mask;
	unsigned level = ref->levels;

	for (;;) {
		uint64_t at, pte = 0;

		level--;
		at = table + ((iova >> (12 + 9 * level) & 511) << 3);
		if (12 + 9 * level == lg2 ||
		    !ref_read64((void *)(uintptr_t)ref, at, &pte))
			return at;
		table = pte & UINT64_C(0x000ffffffffff000) &
			~ref->config.table_mask;
	}
}

/* A write to a page the device may write to sets D in its leaf. */
enum hvpt_status ref_op_device(struct reference *ref, const struct ref_op *op)
{
	const struct ref_run *run = ref_tree_at(ref->now, op->iova);
	uint64_t leaf, last;

	if (!ref_probe(ref, op->iova) || !run || !run->writable ||
	    !(op->prot & HVPT_PROT_WRITE))
		return HVPT_OK;
	if (run->dirty)
		return HVPT_OK;
	leaf = op->iova & ~mask_of(run);
	last = op->iova | mask_of(run);
	if (ref->now->runs + 2 > REF_RUNS)
		return HVPT_OK;
	ref_device_or(ref, entry_of(ref, leaf, run->lg2), 0x40);
	ref_tree_border(ref->now, leaf);
	if (last != UINT64_MAX)
		ref_tree_border(ref->now, last + 1);
	ref->now->run[ref_tree_find(ref->now, leaf)].dirty = true;
	ref_probe(ref, op->iova);
	return HVPT_OK;
}
