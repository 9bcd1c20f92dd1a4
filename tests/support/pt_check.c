/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "pt_check.h"

#include <stdlib.h>
#include <string.h>

/* What was there before a call. */
struct before {
	struct pt_leaves leaves;
	struct pt_leaves runs;
	struct pt_tables tables;
	uint64_t allocs;
};

static struct before look(struct pt_fixture *f)
{
	struct before before;
	size_t i;

	pt_flush(f);
	before.leaves = pt_scan(f);
	memset(&before.runs, 0, sizeof(before.runs));
	for (i = 0; i < before.leaves.count; i++)
		pt_leaves_add(&before.runs, before.leaves.leaf[i]);
	pt_runs_make(&before.runs);
	before.tables = pt_scan_tables(f);
	before.allocs = hvpt_arena_allocs(f->arena);
	return before;
}

static void forget(struct before *before)
{
	pt_leaves_free(&before->leaves);
	pt_leaves_free(&before->runs);
	pt_tables_free(&before->tables);
}

/* Are the translations now what @before.runs was made into? */
static void compare(struct pt_fixture *f, struct before *before)
{
	struct pt_leaves now = pt_scan(f);

	pt_runs_make(&now);
	pt_runs_make(&before->runs);
	assert_true(pt_leaves_equal(&before->runs, &now));
	pt_leaves_free(&now);
	forget(before);
	pt_check(f);
}

static bool meets(const struct pt_leaf *leaf, uint64_t first, uint64_t last)
{
	return leaf->last >= first && leaf->first <= last;
}

static bool inside(const struct pt_leaf *leaf, uint64_t first, uint64_t last)
{
	return leaf->first >= first && leaf->last <= last;
}

/* Does any table still lie wholly in the range? */
static bool tables_inside(const struct pt_tables *tables, uint64_t first,
			  uint64_t last)
{
	size_t i;

	for (i = 1; i < tables->count; i++) {
		if (tables->table[i].first >= first &&
		    tables->table[i].last <= last)
			return true;
	}
	return false;
}

/* Everything in @pending must be flushed, whole. */
static void expect_gather(struct pt_fixture *f, const struct pt_leaves *pending)
{
	size_t i;

	for (i = 0; i < pending->count; i++)
		assert_true(pt_gather_covers(&f->gather, pending->leaf[i].first,
					     pending->leaf[i].last));
	if (pending->count == 0 && !f->gather.tables)
		assert_int_equal(f->gather.range_count, 0);
	if (f->gather.tables)
		assert_int_not_equal(f->gather.range_count, 0);
}

/* The tables that lay wholly in the range went; their span is pending too. */
static void expect_tables_gone(struct pt_fixture *f,
			       const struct pt_tables *before, uint64_t first,
			       uint64_t last)
{
	struct pt_tables now = pt_scan_tables(f);
	uint32_t gone = 0;
	size_t i;

	assert_false(tables_inside(&now, first, last));
	pt_tables_free(&now);
	for (i = 1; i < before->count; i++) {
		const struct pt_table *table = &before->table[i];

		if (table->first < first || table->last > last)
			continue;
		gone++;
		assert_true(pt_gather_covers(&f->gather, table->first,
					     table->last));
	}
	assert_int_equal(f->gather.table_count, gone);
}

/* No range of the gather reaches beyond first .. last. */
static void expect_within(struct pt_fixture *f, uint64_t first, uint64_t last)
{
	uint32_t i;

	for (i = 0; i < f->gather.range_count; i++) {
		assert_true(f->gather.range[i].first.value >= first);
		assert_true(f->gather.range[i].last.value <= last);
	}
}

/* ---- map ------------------------------------------------------------- */

/* Length of the piece that starts with segment @i; segments that touch. */
static uint64_t piece(const struct hvpt_segment *segments, size_t count,
		      size_t *i)
{
	uint64_t length = segments[*i].length;
	uint64_t end = segments[*i].gpa.value + length;

	for (++*i; *i < count; ++*i) {
		if (segments[*i].gpa.value != end)
			break;
		length += segments[*i].length;
		end += segments[*i].length;
	}
	return length;
}

static unsigned largest(uint64_t sizes, uint64_t iova, uint64_t gpa,
			uint64_t left)
{
	unsigned lg2;

	for (lg2 = 30; lg2 > 12; lg2 -= 9) {
		uint64_t size = (uint64_t)1 << lg2;

		if ((sizes & size) && iova % size == 0 && gpa % size == 0 &&
		    left >= size)
			break;
	}
	return lg2;
}

struct pt_leaves pt_oracle(const struct pt_fixture *f, uint64_t iova,
			   const struct hvpt_segment *segments, size_t count,
			   unsigned prot)
{
	struct pt_leaves leaves = { 0 };
	size_t i = 0;

	while (i < count) {
		uint64_t gpa = segments[i].gpa.value;
		uint64_t left = piece(segments, count, &i);

		while (left) {
			unsigned lg2 = largest(f->sizes, iova, gpa, left);
			uint64_t size = (uint64_t)1 << lg2;
			struct pt_leaf leaf = { iova,
						iova + (size - 1),
						gpa,
						lg2,
						prot == PT_RW,
						true,
						prot == PT_RW &&
							!f->params->flags };

			pt_leaves_add(&leaves, leaf);
			iova += size;
			gpa += size;
			left -= size;
		}
	}
	return leaves;
}

/* The leaves inside first .. last, now. */
static struct pt_leaves leaves_in(struct pt_fixture *f, uint64_t first,
				  uint64_t last)
{
	struct pt_leaves all = pt_scan(f);
	struct pt_leaves some = { 0 };
	size_t i;

	for (i = 0; i < all.count; i++) {
		if (meets(&all.leaf[i], first, last))
			pt_leaves_add(&some, all.leaf[i]);
	}
	pt_leaves_free(&all);
	return some;
}

static void expect_mapped(struct pt_fixture *f, struct before *before,
			  uint64_t iova, struct pt_leaves *want)
{
	uint64_t last = want->leaf[want->count - 1].last;
	struct pt_leaves got = leaves_in(f, iova, last);
	uint64_t taken = hvpt_arena_allocs(f->arena) - before->allocs;
	size_t i;

	assert_true(pt_leaves_equal(want, &got));
	pt_leaves_free(&got);
	for (i = 0; i < want->count; i++)
		pt_runs_put(&before->runs, want->leaf[i]);
	/* Tables only come for what lacked them, and go for a large leaf. */
	assert_int_equal(hvpt_pt_tables(&f->pt),
			 before->tables.count + taken - f->gather.table_count);
	if (f->gather.table_count == 0)
		assert_int_equal(f->gather.range_count, 0);
	else
		assert_true(f->gather.range_count > 0);
	for (i = 0; i < f->gather.range_count; i++)
		assert_true(f->gather.range[i].first.value >= iova &&
			    f->gather.range[i].last.value <= last);
}

enum hvpt_status pt_checked_map_list(struct pt_fixture *f, uint64_t iova,
				     const struct hvpt_segment *segments,
				     size_t count, unsigned prot)
{
	struct before before = look(f);
	struct pt_leaves want = pt_oracle(f, iova, segments, count, prot);
	uint64_t last = want.leaf[want.count - 1].last;
	enum hvpt_status right = HVPT_OK;
	enum hvpt_status status;
	struct pt_snapshot shot;
	size_t i;

	for (i = 0; i < before.leaves.count; i++) {
		if (meets(&before.leaves.leaf[i], iova, last))
			right = HVPT_ERR_OVERLAP;
	}
	shot = pt_snapshot(f);
	if (count == 1)
		status = hvpt_pt_map(&f->pt, hvpt_iova(iova), segments->gpa,
				     segments->length, prot, &f->gather);
	else
		status = hvpt_pt_map_list(&f->pt, hvpt_iova(iova), segments,
					  count, prot, &f->gather);
	assert_int_equal(status, right);
	if (status == HVPT_OK) {
		pt_leaves_free(&shot.leaves);
		expect_mapped(f, &before, iova, &want);
	} else {
		pt_unchanged(f, &shot);
	}
	pt_leaves_free(&want);
	compare(f, &before);
	return status;
}

enum hvpt_status pt_checked_map(struct pt_fixture *f, uint64_t iova,
				uint64_t gpa, uint64_t length, unsigned prot)
{
	struct hvpt_segment segment = { hvpt_gpa(gpa), length };

	return pt_checked_map_list(f, iova, &segment, 1, prot);
}

/* ---- unmap ----------------------------------------------------------- */

uint64_t pt_checked_unmap(struct pt_fixture *f, uint64_t iova, uint64_t length)
{
	struct before before = look(f);
	uint64_t last = iova + (length - 1);
	uint64_t low = iova, high = last;
	struct pt_leaves pending = { 0 };
	bool cut = false;
	uint64_t unmapped;
	size_t i;

	for (i = 0; i < before.leaves.count; i++) {
		const struct pt_leaf *leaf = &before.leaves.leaf[i];

		if (!meets(leaf, iova, last))
			continue;
		pt_leaves_add(&pending, *leaf);
		cut = cut || !inside(leaf, iova, last);
		low = leaf->first < low ? leaf->first : low;
		high = leaf->last > high ? leaf->last : high;
	}
	unmapped = pt_unmap(f, iova, length);
	assert_int_equal(unmapped, pt_runs_cut(&before.runs, iova, last));
	if (!cut)
		assert_int_equal(hvpt_arena_allocs(f->arena), before.allocs);
	expect_gather(f, &pending);
	expect_within(f, low, high);
	expect_tables_gone(f, &before.tables, iova, last);
	assert_int_equal(hvpt_pt_tables(&f->pt) + f->gather.table_count,
			 before.tables.count +
				 (hvpt_arena_allocs(f->arena) - before.allocs));
	pt_leaves_free(&pending);
	compare(f, &before);
	return unmapped;
}

/* ---- protect --------------------------------------------------------- */

/* Makes the runs what a protect should; notes the leaves it changes. */
static uint64_t model_protect(struct pt_fixture *f, struct before *before,
			      uint64_t first, uint64_t last, unsigned prot,
			      struct pt_leaves *changed)
{
	bool write = prot == PT_RW;
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < before->leaves.count; i++) {
		struct pt_leaf leaf = before->leaves.leaf[i];

		if (!meets(&leaf, first, last))
			continue;
		if (leaf.first < first) {
			leaf.gpa += first - leaf.first;
			leaf.first = first;
		}
		if (leaf.last > last)
			leaf.last = last;
		bytes += leaf.last - leaf.first + 1;
		if (leaf.writable == write)
			continue;
		pt_leaves_add(changed, leaf);
		pt_runs_cut(&before->runs, leaf.first, leaf.last);
		leaf.writable = write;
		leaf.dirty = leaf.dirty || (write && !f->params->flags);
		pt_runs_put(&before->runs, leaf);
	}
	return bytes;
}

enum hvpt_status pt_checked_protect(struct pt_fixture *f, uint64_t iova,
				    uint64_t length, unsigned prot)
{
	struct before before = look(f);
	struct pt_snapshot shot = pt_snapshot(f);
	uint64_t last = iova + (length - 1);
	struct pt_leaves changed = { 0 };
	enum hvpt_status right = HVPT_OK;
	enum hvpt_status status;
	uint64_t taken;

	if (model_protect(f, &before, iova, last, prot, &changed) != length)
		right = HVPT_ERR_NOT_MAPPED;
	status = pt_try_protect(f, iova, length, prot);
	assert_int_equal(status, right);
	taken = hvpt_arena_allocs(f->arena) - before.allocs;
	if (status != HVPT_OK || changed.count == 0) {
		pt_unchanged(f, &shot);
		pt_leaves_free(&changed);
		forget(&before);
		return status;
	}
	pt_leaves_free(&shot.leaves);
	expect_gather(f, &changed);
	assert_null(f->gather.tables);
	assert_int_equal(hvpt_pt_tables(&f->pt), before.tables.count + taken);
	if (f->sizes & PT_2M)
		assert_int_in_range(taken, 0, 4);
	pt_leaves_free(&changed);
	compare(f, &before);
	return status;
}

/* ---- reclaim --------------------------------------------------------- */

uint64_t pt_checked_reclaim(struct pt_fixture *f, uint64_t iova,
			    uint64_t length)
{
	struct before before = look(f);
	uint64_t last = iova + (length - 1);
	struct pt_leaves now;
	uint64_t empty = 0;
	uint64_t got;
	size_t i;

	got = pt_reclaim(f, iova, length);
	for (i = 1; i < before.tables.count; i++) {
		const struct pt_table *table = &before.tables.table[i];

		if (table->live || table->first < iova || table->last > last)
			continue;
		empty++;
		assert_true(pt_gather_covers(&f->gather, table->first,
					     table->last));
	}
	assert_int_equal(got, empty);
	assert_int_equal(f->gather.table_count, empty);
	if (empty == 0)
		assert_true(hvpt_gather_is_empty(&f->gather));
	expect_within(f, iova, last);
	assert_int_equal(hvpt_pt_tables(&f->pt), before.tables.count - empty);
	assert_int_equal(hvpt_arena_allocs(f->arena), before.allocs);
	now = pt_scan(f);
	assert_true(pt_leaves_equal(&before.leaves, &now));
	pt_leaves_free(&now);
	compare(f, &before);
	return got;
}

/* ---- dirty ----------------------------------------------------------- */

struct dirty_log {
	struct pt_leaves reports;
};

static void note_dirty(void *ctx, hvpt_iova_t iova, uint64_t bytes)
{
	struct dirty_log *log = ctx;
	struct pt_leaf leaf = { 0 };

	leaf.first = iova.value;
	leaf.last = iova.value + (bytes - 1);
	pt_leaves_add(&log->reports, leaf);
}

/* Each dirty leaf gives a report; whole ones are cleaned unless kept. */
static uint64_t model_dirty(struct before *before, uint64_t first,
			    uint64_t last, bool keep, struct pt_leaves *reports,
			    struct pt_leaves *cleaned)
{
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < before->leaves.count; i++) {
		struct pt_leaf leaf = before->leaves.leaf[i];
		struct pt_leaf report = { 0 };

		if (!meets(&leaf, first, last) || !leaf.dirty)
			continue;
		report.first = leaf.first < first ? first : leaf.first;
		report.last = leaf.last > last ? last : leaf.last;
		bytes += report.last - report.first + 1;
		pt_leaves_add(reports, report);
		if (keep || !inside(&leaf, first, last))
			continue;
		pt_leaves_add(cleaned, leaf);
		pt_runs_cut(&before->runs, leaf.first, leaf.last);
		leaf.dirty = false;
		pt_runs_put(&before->runs, leaf);
	}
	return bytes;
}

uint64_t pt_checked_dirty(struct pt_fixture *f, uint64_t iova, uint64_t length,
			  unsigned flags)
{
	struct before before = look(f);
	uint64_t last = iova + (length - 1);
	struct dirty_log log = { { 0 } };
	struct pt_leaves reports = { 0 };
	struct pt_leaves cleaned = { 0 };
	uint64_t bytes;

	if (f->params->noncoherent && !flags) {
		assert_int_equal(hvpt_pt_read_dirty(&f->pt, hvpt_iova(iova),
						    length, 0, note_dirty, &log,
						    &f->gather),
				 HVPT_ERR_FLAGS);
		flags = HVPT_DIRTY_KEEP;
	}
	bytes = model_dirty(&before, iova, last, flags & HVPT_DIRTY_KEEP,
			    &reports, &cleaned);
	assert_int_equal(hvpt_pt_read_dirty(&f->pt, hvpt_iova(iova), length,
					    flags, note_dirty, &log,
					    &f->gather),
			 HVPT_OK);
	assert_true(pt_leaves_equal(&reports, &log.reports));
	assert_null(f->gather.tables);
	expect_gather(f, &cleaned);
	expect_within(f, iova, last);
	assert_int_equal(hvpt_arena_allocs(f->arena), before.allocs);
	assert_int_equal(hvpt_pt_tables(&f->pt), before.tables.count);
	pt_leaves_free(&reports);
	pt_leaves_free(&log.reports);
	pt_leaves_free(&cleaned);
	compare(f, &before);
	return bytes;
}
