/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Every refusal of every call, at each boundary and one page to either side,
 * in all forms; which refusal comes first; and that a refusal leaves the page
 * table, the gather and the outputs alone.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/pt_scan.h"

#define TOP_PAGE 0xfffffffffffff000ull
#define GPA_END (1ull << 52)
#define UNTOUCHED 0x5a5a5a5a5a5a5a5aull

/* All that any of the calls takes. */
struct args {
	uint64_t iova;
	uint64_t gpa;
	uint64_t length;
	unsigned prot;
};

struct op {
	const char *name;
	enum hvpt_status (*call)(struct pt_fixture *f, const struct args *args);
	bool maps;
	bool has_prot;
};

static enum hvpt_status op_map(struct pt_fixture *f, const struct args *args)
{
	return pt_try_map(f, args->iova, args->gpa, args->length, args->prot);
}

static enum hvpt_status op_map_range(struct pt_fixture *f,
				     const struct args *args)
{
	return hvpt_pt_map_range(&f->pt, hvpt_iova(args->iova),
				 hvpt_gpa(args->gpa), args->length, args->prot,
				 NULL);
}

static enum hvpt_status op_map_list(struct pt_fixture *f,
				    const struct args *args)
{
	struct hvpt_segment segment = { hvpt_gpa(args->gpa), args->length };

	return hvpt_pt_map_list(&f->pt, hvpt_iova(args->iova), &segment, 1,
				args->prot, &f->gather);
}

static enum hvpt_status op_unmap(struct pt_fixture *f, const struct args *args)
{
	uint64_t unmapped = UNTOUCHED;
	enum hvpt_status status;

	status = hvpt_pt_unmap(&f->pt, hvpt_iova(args->iova), args->length,
			       &f->gather, &unmapped);
	assert_int_equal(unmapped == UNTOUCHED, status != HVPT_OK);
	return status;
}

static enum hvpt_status op_unmap_range(struct pt_fixture *f,
				       const struct args *args)
{
	uint64_t unmapped = UNTOUCHED;
	enum hvpt_status status;

	status = hvpt_pt_unmap_range(&f->pt, hvpt_iova(args->iova),
				     args->length, &f->gather, &unmapped);
	assert_int_equal(unmapped == UNTOUCHED, status != HVPT_OK);
	return status;
}

static enum hvpt_status op_protect(struct pt_fixture *f,
				   const struct args *args)
{
	return pt_try_protect(f, args->iova, args->length, args->prot);
}

static enum hvpt_status op_reclaim(struct pt_fixture *f,
				   const struct args *args)
{
	uint64_t reclaimed = UNTOUCHED;
	enum hvpt_status status;

	status = hvpt_pt_reclaim(&f->pt, hvpt_iova(args->iova), args->length,
				 &f->gather, &reclaimed);
	assert_int_equal(reclaimed == UNTOUCHED, status != HVPT_OK);
	return status;
}

static void no_dirty(void *ctx, hvpt_iova_t iova, uint64_t bytes)
{
	unsigned *calls = ctx;

	(void)iova;
	(void)bytes;
	(*calls)++;
}

static enum hvpt_status op_dirty(struct pt_fixture *f, const struct args *args)
{
	unsigned calls = 0;
	enum hvpt_status status;

	status = hvpt_pt_read_dirty(&f->pt, hvpt_iova(args->iova), args->length,
				    HVPT_DIRTY_KEEP, no_dirty, &calls,
				    &f->gather);
	if (status != HVPT_OK)
		assert_int_equal(calls, 0);
	return status;
}

static const struct op ops[] = {
	{ "map", op_map, true, true },
	{ "map_range", op_map_range, true, true },
	{ "map_list", op_map_list, true, true },
	{ "unmap", op_unmap, false, false },
	{ "unmap_range", op_unmap_range, false, false },
	{ "protect", op_protect, false, true },
	{ "reclaim", op_reclaim, false, false },
	{ "read_dirty", op_dirty, false, false },
};

/* What an operation says to a page-aligned range of an empty table. */
static enum hvpt_status on_empty(const struct op *op)
{
	return op->call == op_protect ? HVPT_ERR_NOT_MAPPED : HVPT_OK;
}

static void expect(struct pt_fixture *f, const struct op *op, struct args args,
		   enum hvpt_status want)
{
	struct pt_snapshot before = pt_snapshot(f);
	enum hvpt_status got = op->call(f, &args);

	if (got != want) {
		print_error("%s(%llx, %llx, %llx, %x): %s, not %s\n", op->name,
			    (unsigned long long)args.iova,
			    (unsigned long long)args.gpa,
			    (unsigned long long)args.length, args.prot,
			    hvpt_status_name(got), hvpt_status_name(want));
		fail();
	}
	if (want != HVPT_OK) {
		pt_unchanged(f, &before);
		return;
	}
	pt_leaves_free(&before.leaves);
	if (op->maps) {
		assert_int_equal(pt_unmap(f, args.iova, args.length),
				 args.length);
		pt_flush(f);
	}
}

static struct args good(struct pt_fixture *f)
{
	struct args args = { 0, PT_DATA, PT_4K, PT_RW };

	if (f->params->form == HVPT_IOVA_CANONICAL)
		args.iova = pt_upper_first(f->params);
	return args;
}

static void test_good_is_good(void **state)
{
	struct pt_fixture *f = *state;
	size_t i;

	for (i = 0; i < PT_COUNT(ops); i++)
		expect(f, &ops[i], good(f), on_empty(&ops[i]));
}

static void test_empty(void **state)
{
	struct pt_fixture *f = *state;
	size_t i;

	for (i = 0; i < PT_COUNT(ops); i++) {
		struct args args = good(f);

		args.length = 0;
		expect(f, &ops[i], args, HVPT_ERR_EMPTY);
	}
}

static void test_alignment(void **state)
{
	static const uint64_t bits[] = { 1, 8, 0x200, 0x800, 0xfff };
	struct pt_fixture *f = *state;
	size_t i, k;

	for (i = 0; i < PT_COUNT(ops); i++) {
		for (k = 0; k < PT_COUNT(bits); k++) {
			struct args args = good(f);

			args.iova += bits[k];
			expect(f, &ops[i], args, HVPT_ERR_ALIGN);
			args = good(f);
			args.length = bits[k];
			expect(f, &ops[i], args, HVPT_ERR_ALIGN);
			args = good(f);
			args.gpa += bits[k];
			expect(f, &ops[i], args,
			       ops[i].maps ? HVPT_ERR_ALIGN :
					     on_empty(&ops[i]));
		}
	}
}

static void test_wrap(void **state)
{
	struct pt_fixture *f = *state;
	size_t i;

	for (i = 0; i < PT_COUNT(ops); i++) {
		struct args args = good(f);

		args.iova = TOP_PAGE;
		args.length = 2 * PT_4K;
		expect(f, &ops[i], args, HVPT_ERR_WRAP);
		args.iova = 2 * PT_4K;
		args.length = TOP_PAGE;
		expect(f, &ops[i], args, HVPT_ERR_WRAP);
		/* One page less just does not wrap, but is out of the form. */
		args.length = TOP_PAGE - PT_4K;
		expect(f, &ops[i], args, HVPT_ERR_IOVA_RANGE);
	}
}

struct edge {
	uint64_t iova;
	uint64_t length;
	bool inside;
};

static void run_edges(struct pt_fixture *f, const struct edge *edges,
		      size_t count)
{
	size_t i, k;

	for (i = 0; i < PT_COUNT(ops); i++) {
		for (k = 0; k < count; k++) {
			struct args args = good(f);

			args.iova = edges[k].iova;
			args.length = edges[k].length;
			expect(f, &ops[i], args,
			       edges[k].inside ? on_empty(&ops[i]) :
						 HVPT_ERR_IOVA_RANGE);
		}
	}
}

static void test_end_of_lower_segment(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t last = pt_lower_last(f->params);
	uint64_t page = last - 0xfff;
	const struct edge edges[] = {
		{ page, PT_4K, true },
		{ page, 2 * PT_4K, false },
		{ page, 0x100000000, false },
		{ last + 1, PT_4K, false },
		{ last + 1 + PT_4K, PT_4K, false },
		{ (last + 1) * 2, PT_4K, false },
		{ 0, last + 1 + PT_4K, false },
	};

	run_edges(f, edges, PT_COUNT(edges));
	if (page == 0)
		return;
	{
		const struct edge more[] = {
			{ page - PT_4K, 2 * PT_4K, true },
			{ page - PT_4K, 3 * PT_4K, false },
		};

		run_edges(f, more, PT_COUNT(more));
	}
}

static void test_upper_half(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t last = pt_lower_last(f->params);
	uint64_t mirror = ~last; /* where an upper half starts */
	uint64_t across = mirror - (last - 0xfff) + PT_4K; /* 0: 2^64 */
	bool there = f->params->form == HVPT_IOVA_CANONICAL;
	const struct edge edges[] = {
		{ mirror, PT_4K, there },
		{ mirror - PT_4K, PT_4K, false },
		{ mirror - PT_4K, 2 * PT_4K, false },
		{ TOP_PAGE, PT_4K, there },
		/* from the last lower page into the upper half */
		{ last - 0xfff, across ? across : TOP_PAGE, false },
		{ 0, TOP_PAGE, false },
		{ PT_4K, TOP_PAGE, false }, /* ends with the last byte */
	};
	const struct edge all[] = {
		{ mirror, 0 - mirror, true },
	};

	run_edges(f, edges, PT_COUNT(edges));
	if (there && f->params->width <= 22)
		run_edges(f, all, 1);
}

/* Bits above the width are looked at, not dropped. */
static void test_no_address_aliases_another(void **state)
{
	struct pt_fixture *f = *state;
	struct args args = good(f);
	unsigned bit;

	pt_map(f, 0, PT_DATA, PT_4K, PT_RW);
	for (bit = 12; bit < 64; bit++) {
		uint64_t iova = (uint64_t)1 << bit;
		struct hvpt_mapping mapping = { 0 };
		enum hvpt_status status;

		status = hvpt_pt_lookup(&f->pt, hvpt_iova(iova), &mapping);
		if (iova <= pt_lower_last(f->params)) {
			assert_int_equal(status, HVPT_ERR_NOT_MAPPED);
			continue;
		}
		if (iova == pt_upper_first(f->params))
			continue;
		assert_int_equal(status, HVPT_ERR_IOVA_RANGE);
		args.iova = iova;
		expect(f, &ops[0], args, HVPT_ERR_IOVA_RANGE);
		expect(f, &ops[3], args, HVPT_ERR_IOVA_RANGE);
	}
	assert_int_equal(pt_unmap(f, 0, PT_4K), PT_4K);
	pt_check(f);
}

/* The longest map is no bad argument; memory for its tables is missing. */
static void test_all_of_gpa_space(void **state)
{
	struct pt_fixture *f = *state;
	struct pt_snapshot before = pt_snapshot(f);
	enum hvpt_status status;

	if (pt_lower_last(f->params) < GPA_END)
		return;
	hvpt_arena_fail_at(f->arena, 1);
	status = hvpt_pt_map(&f->pt, hvpt_iova(0), hvpt_gpa(0), GPA_END, PT_RW,
			     &f->gather);
	assert_int_equal(status, HVPT_ERR_NO_MEMORY);
	status = hvpt_pt_map(&f->pt, hvpt_iova(0), hvpt_gpa(0), GPA_END + PT_4K,
			     PT_RW, &f->gather);
	assert_int_equal(status, HVPT_ERR_GPA_RANGE);
	pt_unchanged(f, &before);
}

static void test_end_of_gpa_space(void **state)
{
	static const struct {
		uint64_t gpa;
		uint64_t length;
		enum hvpt_status status;
	} cases[] = {
		{ GPA_END - PT_4K, PT_4K, HVPT_OK },
		{ 0, PT_4K, HVPT_OK },
		{ GPA_END - PT_4K, 2 * PT_4K, HVPT_ERR_GPA_RANGE },
		{ GPA_END, PT_4K, HVPT_ERR_GPA_RANGE },
		{ GPA_END + PT_4K, PT_4K, HVPT_ERR_GPA_RANGE },
		{ 1ull << 63, PT_4K, HVPT_ERR_GPA_RANGE },
		{ TOP_PAGE, PT_4K, HVPT_ERR_GPA_RANGE },
		/* the end wraps to small numbers again */
		{ TOP_PAGE, 2 * PT_4K, HVPT_ERR_GPA_RANGE },
	};
	struct pt_fixture *f = *state;
	uint64_t room = pt_lower_last(f->params) + 1;
	size_t i, k;

	for (i = 0; i < 3; i++) {
		for (k = 0; k < PT_COUNT(cases); k++) {
			struct args args = good(f);

			if (cases[k].length > room)
				continue;
			args.gpa = cases[k].gpa;
			args.length = cases[k].length;
			expect(f, &ops[i], args, cases[k].status);
		}
	}
}

static void test_prot(void **state)
{
	static const struct {
		unsigned prot;
		enum hvpt_status status;
	} cases[] = {
		{ 0, HVPT_ERR_PROT },		{ 1, HVPT_OK },
		{ 2, HVPT_ERR_WRITE_ONLY },	{ 3, HVPT_OK },
		{ 4, HVPT_ERR_PROT },		{ 5, HVPT_ERR_PROT },
		{ 6, HVPT_ERR_PROT },		{ 7, HVPT_ERR_PROT },
		{ 0x80000000u, HVPT_ERR_PROT }, { 0x80000003u, HVPT_ERR_PROT },
		{ UINT32_MAX, HVPT_ERR_PROT },
	};
	struct pt_fixture *f = *state;
	size_t i, k;

	for (i = 0; i < PT_COUNT(ops); i++) {
		for (k = 0; k < PT_COUNT(cases); k++) {
			struct args args = good(f);
			enum hvpt_status want = cases[k].status;

			args.prot = cases[k].prot;
			if (!ops[i].has_prot || want == HVPT_OK)
				want = on_empty(&ops[i]);
			expect(f, &ops[i], args, want);
		}
	}
}

/* A table that exists makes the inline paths run; they refuse as well. */
static void test_refusals_with_a_table_there(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t iova = good(f).iova;
	struct args args;

	pt_map(f, iova, PT_DATA, PT_4K, PT_RW);
	assert_int_equal(pt_unmap(f, iova, PT_4K), PT_4K);
	test_alignment(state);
	test_prot(state);
	test_end_of_gpa_space(state);
	test_end_of_lower_segment(state);
	test_empty(state);
	args = good(f);
	expect(f, &ops[0], args, HVPT_OK);
}

/*
 * Each step breaks one rule; later ones first. Broken together, the earlier
 * rule must be the one reported.
 */
static void test_order_of_checks(void **state)
{
	struct pt_fixture *f = *state;
	struct args args = good(f);
	uint64_t outside = pt_lower_last(f->params) + 1 + PT_4K;
	size_t i;

	pt_map(f, args.iova, PT_DATA, PT_4K, PT_RW);
	for (i = 0; i < 3; i++) {
		args = good(f);
		expect(f, &ops[i], args, HVPT_ERR_OVERLAP);
		args.prot = 2;
		expect(f, &ops[i], args, HVPT_ERR_WRITE_ONLY);
		args.prot = 2 | 8;
		expect(f, &ops[i], args, HVPT_ERR_PROT);
		args.gpa = GPA_END;
		expect(f, &ops[i], args, HVPT_ERR_GPA_RANGE);
		args.iova = outside;
		expect(f, &ops[i], args, HVPT_ERR_IOVA_RANGE);
		args.length = TOP_PAGE;
		expect(f, &ops[i], args, HVPT_ERR_WRAP);
		args.gpa |= 1;
		expect(f, &ops[i], args, HVPT_ERR_ALIGN);
		args.length = 0;
		expect(f, &ops[i], args, HVPT_ERR_EMPTY);
	}
}

static void test_order_without_mapping(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t outside = pt_lower_last(f->params) + 1 + PT_4K;
	size_t i;

	for (i = 3; i < PT_COUNT(ops); i++) {
		struct args args = good(f);

		args.prot = 8;
		if (ops[i].has_prot)
			expect(f, &ops[i], args, HVPT_ERR_PROT);
		args.iova = outside;
		expect(f, &ops[i], args, HVPT_ERR_IOVA_RANGE);
		args.length = TOP_PAGE;
		expect(f, &ops[i], args, HVPT_ERR_WRAP);
		args.iova |= 4;
		expect(f, &ops[i], args, HVPT_ERR_ALIGN);
		args.length = 0;
		expect(f, &ops[i], args, HVPT_ERR_EMPTY);
	}
}

/* Overlap comes before memory: nothing is asked for in vain. */
static void test_overlap_before_memory(void **state)
{
	struct pt_fixture *f = *state;
	struct args args = good(f);
	uint64_t allocs;
	size_t i;

	if (f->params->width < 23)
		return;
	pt_map(f, args.iova, PT_DATA, PT_4K, PT_RW);
	args.length = PT_2M + PT_4K; /* lacks a table at its end */
	allocs = hvpt_arena_allocs(f->arena);
	for (i = 0; i < 3; i++)
		expect(f, &ops[i], args, HVPT_ERR_OVERLAP);
	assert_int_equal(hvpt_arena_allocs(f->arena), allocs);
	args.iova += PT_4K;
	args.gpa += PT_4K;
	for (i = 0; i < 3; i++) {
		hvpt_arena_fail_at(f->arena, 1);
		expect(f, &ops[i], args, HVPT_ERR_NO_MEMORY);
		f->spoil_at = 1;
		f->pointer_offset = 8;
		expect(f, &ops[i], args, HVPT_ERR_TABLE_PAGE);
	}
}

static const struct {
	struct hvpt_segment segment[3];
	size_t count;
	enum hvpt_status status;
} lists[] = {
	{ { { { 0 }, 0 } }, 0, HVPT_ERR_EMPTY },
	{ { { { 0 }, 0 } }, 1, HVPT_ERR_EMPTY },
	{ { { { 0 }, PT_4K }, { { PT_4K }, 0 } }, 2, HVPT_ERR_EMPTY },
	/* the order of rules, not of segments, decides */
	{ { { { 1 }, PT_4K }, { { PT_4K }, 0 } }, 2, HVPT_ERR_EMPTY },
	{ { { { GPA_END }, PT_4K }, { { 8 }, PT_4K } }, 2, HVPT_ERR_ALIGN },
	{ { { { 0 }, PT_4K }, { { 0 }, 0x800 } }, 2, HVPT_ERR_ALIGN },
	{ { { { 0 }, 0x800 }, { { 0 }, 0x800 } }, 2, HVPT_ERR_ALIGN },
	{ { { { 0 }, PT_4K }, { { 0x1800 }, PT_4K } }, 2, HVPT_ERR_ALIGN },
	{ { { { 0 }, 1ull << 63 }, { { 0 }, 1ull << 63 }, { { 0 }, PT_4K } },
	  3,
	  HVPT_ERR_WRAP },
	{ { { { 0 }, 1ull << 63 },
	    { { 0 }, 1ull << 63 },
	    { { 0 }, 1ull << 63 } },
	  3,
	  HVPT_ERR_WRAP },
	{ { { { 0 }, TOP_PAGE }, { { 0 }, TOP_PAGE } }, 2, HVPT_ERR_WRAP },
	{ { { { GPA_END }, PT_4K }, { { 0 }, 1ull << 62 } },
	  2,
	  HVPT_ERR_IOVA_RANGE },
	{ { { { GPA_END }, PT_4K } }, 1, HVPT_ERR_GPA_RANGE },
};

static void test_lists(void **state)
{
	struct pt_fixture *f = *state;
	size_t i;

	for (i = 0; i < PT_COUNT(lists); i++) {
		struct pt_snapshot before = pt_snapshot(f);
		enum hvpt_status status;

		status = hvpt_pt_map_list(&f->pt, hvpt_iova(0),
					  lists[i].segment, lists[i].count,
					  PT_RW, &f->gather);
		assert_int_equal(status, lists[i].status);
		pt_unchanged(f, &before);
	}
}

/* The last segment is looked at as closely as the first. */
static void test_bad_gpa_in_last_segment(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_segment segments[2] = {
		{ { PT_DATA }, PT_4K },
		{ { GPA_END - PT_4K }, PT_4K },
	};
	struct pt_snapshot before;
	enum hvpt_status status;

	if (f->params->width < 21)
		return;
	before = pt_snapshot(f);
	segments[1].length = 2 * PT_4K;
	status = hvpt_pt_map_list(&f->pt, hvpt_iova(0), segments, 2, PT_RW,
				  &f->gather);
	assert_int_equal(status, HVPT_ERR_GPA_RANGE);
	pt_unchanged(f, &before);
	segments[1].length = PT_4K;
	status = hvpt_pt_map_list(&f->pt, hvpt_iova(0), segments, 2, PT_RW,
				  &f->gather);
	assert_int_equal(status, HVPT_OK);
	pt_expect(f, PT_4K + 5, GPA_END - PT_4K + 5, PT_RW);
}

/* A whole that wraps to 0 must not pass for a small range. */
static void test_list_of_2_to_the_64(void **state)
{
	static const struct hvpt_segment segments[2] = {
		{ { 0 }, 1ull << 63 },
		{ { 0 }, 1ull << 63 },
	};
	struct pt_fixture *f = *state;
	struct pt_snapshot before = pt_snapshot(f);
	enum hvpt_status status;

	status = hvpt_pt_map_list(&f->pt, hvpt_iova(0), segments, 2, PT_RW,
				  &f->gather);
	assert_true(status == HVPT_ERR_WRAP || status == HVPT_ERR_IOVA_RANGE);
	pt_unchanged(f, &before);
}

/* 4096 times 2^52 are 2^64: the sum of all is one page again. */
static void test_lists_beyond_2_to_the_64(void **state)
{
	enum {
		COUNT = 4097
	};
	struct hvpt_segment *segment = calloc(COUNT, sizeof(*segment));
	struct pt_fixture *f = *state;
	struct pt_snapshot before;
	size_t i;

	assert_non_null(segment);
	/* leaves a table, so that a page would be mapped by the short path */
	pt_map(f, good(f).iova, PT_DATA, PT_4K, PT_RW);
	pt_unmap(f, good(f).iova, PT_4K);
	pt_flush(f);
	before = pt_snapshot(f);
	for (i = 0; i < COUNT - 1; i++)
		segment[i].length = 1ull << 52;
	segment[COUNT - 1].gpa = hvpt_gpa(PT_DATA);
	segment[COUNT - 1].length = PT_4K;
	assert_int_equal(hvpt_pt_map_list(&f->pt, hvpt_iova(good(f).iova),
					  segment, COUNT, PT_RW, &f->gather),
			 HVPT_ERR_WRAP);
	/* one of length 0 comes first, wherever it is */
	segment[COUNT - 1].length = 0;
	assert_int_equal(hvpt_pt_map_list(&f->pt, hvpt_iova(good(f).iova),
					  segment, COUNT, PT_RW, &f->gather),
			 HVPT_ERR_EMPTY);
	free(segment);
	pt_unchanged(f, &before);
}

/* The last table and the first are not next to each other. */
static void test_the_end_is_not_before_the_beginning(void **state)
{
	struct pt_fixture *f = *state;
	struct pt_snapshot before;

	/* both tables are there, and the pages at both ends are free */
	pt_map(f, 0, PT_DATA, PT_4K, PT_RW);
	pt_unmap(f, 0, PT_4K);
	if (pt_upper_first(f->params)) {
		pt_map(f, TOP_PAGE, PT_DATA, PT_4K, PT_RW);
		pt_unmap(f, TOP_PAGE, PT_4K);
	}
	pt_flush(f);
	before = pt_snapshot(f);
	assert_int_equal(pt_try_map(f, TOP_PAGE, PT_DATA, 2 * PT_4K, PT_RW),
			 HVPT_ERR_WRAP);
	pt_unchanged(f, &before);
}

static bool no_leaf(void *ctx, hvpt_iova_t iova,
		    const struct hvpt_mapping *mapping)
{
	(void)ctx;
	(void)iova;
	(void)mapping;
	fail();
	return false;
}

static enum hvpt_status visit(struct pt_fixture *f, uint64_t first,
			      uint64_t last)
{
	const struct hvpt_iova_range range = { hvpt_iova(first),
					       hvpt_iova(last) };

	return hvpt_pt_visit(&f->pt, &range, no_leaf, NULL);
}

static void test_visit_ranges(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t last = pt_lower_last(f->params);
	uint64_t upper = ~last;
	enum hvpt_status high = f->params->form == HVPT_IOVA_CANONICAL ?
					HVPT_OK :
					HVPT_ERR_IOVA_RANGE;

	assert_int_equal(visit(f, 0, 0), HVPT_OK);
	assert_int_equal(visit(f, 0, last), HVPT_OK);
	assert_int_equal(visit(f, last, last), HVPT_OK);
	assert_int_equal(visit(f, 1, 0), HVPT_ERR_WRAP);
	assert_int_equal(visit(f, UINT64_MAX, 0), HVPT_ERR_WRAP);
	assert_int_equal(visit(f, last + 2, last + 1), HVPT_ERR_WRAP);
	assert_int_equal(visit(f, 0, last + 1), HVPT_ERR_IOVA_RANGE);
	assert_int_equal(visit(f, last, last + 1), HVPT_ERR_IOVA_RANGE);
	assert_int_equal(visit(f, last + 1, last + 1), HVPT_ERR_IOVA_RANGE);
	assert_int_equal(visit(f, upper - 1, upper), HVPT_ERR_IOVA_RANGE);
	assert_int_equal(visit(f, 0, UINT64_MAX), HVPT_ERR_IOVA_RANGE);
	assert_int_equal(visit(f, upper, UINT64_MAX), high);
	assert_int_equal(visit(f, UINT64_MAX, UINT64_MAX), high);
	assert_int_equal(hvpt_pt_visit(&f->pt, NULL, no_leaf, NULL), HVPT_OK);
}

static void test_dirty_flags(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t iova = good(f).iova;
	struct pt_snapshot before;
	unsigned bit, calls = 0;

	pt_map(f, iova, PT_DATA, PT_4K, PT_RW);
	pt_device_write(f, iova);
	before = pt_snapshot(f);
	for (bit = 1; bit < 32; bit++)
		assert_int_equal(hvpt_pt_read_dirty(&f->pt, hvpt_iova(iova),
						    PT_4K, 1u << bit, no_dirty,
						    &calls, &f->gather),
				 HVPT_ERR_FLAGS);
	assert_int_equal(calls, 0);
	pt_unchanged(f, &before);
}

int main(void)
{
	static const struct pt_case cases[] = {
		PT_CASE(test_good_is_good),
		PT_CASE(test_empty),
		PT_CASE(test_alignment),
		PT_CASE(test_wrap),
		PT_CASE(test_end_of_lower_segment),
		PT_CASE(test_upper_half),
		PT_CASE(test_no_address_aliases_another),
		PT_CASE(test_all_of_gpa_space),
		PT_CASE(test_end_of_gpa_space),
		PT_CASE(test_prot),
		PT_CASE(test_refusals_with_a_table_there),
		PT_CASE(test_order_of_checks),
		PT_CASE(test_order_without_mapping),
		PT_CASE(test_overlap_before_memory),
		PT_CASE(test_lists),
		PT_CASE(test_bad_gpa_in_last_segment),
		PT_CASE(test_list_of_2_to_the_64),
		PT_CASE(test_lists_beyond_2_to_the_64),
		PT_CASE(test_the_end_is_not_before_the_beginning),
		PT_CASE(test_visit_ranges),
		PT_CASE(test_dirty_flags),
	};

	return pt_run("pt_args", cases, PT_COUNT(cases), pt_all_forms,
		      pt_all_forms_count);
}
