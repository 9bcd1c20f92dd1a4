/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Random sequences of all calls against the flat interval model.
 *
 * The operations are those of the fuzz targets (oracle/reference/produce.h),
 * with a seed. Most steps check the result of the call and a few addresses.
 * Every eighth step is checked completely (pt_check.h), and after every
 * sixteenth all mappings are compared.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/prng.h"
#include "tests/support/pt_check.h"
#include "oracle/reference/produce.h"

/* The most leaves of one map: larger maps are left out. */
#define LEAVES 4096u

/* With a @fold all ranges are in so many bytes from @base on; 0: anywhere. */
struct run {
	struct pt_fixture *f;
	struct source source;
	struct ref_maker maker;
	struct hvpt_model *model;
	uint64_t fold;
	uint64_t base;
	bool full; /* check this step in full */
};

/* ---- what to do next ------------------------------------------------- */

static bool is_in_form(const struct run *run, uint64_t first, uint64_t last)
{
	return hvpt_pt_in_form(&run->f->pt, first, last);
}

static bool is_good_range(const struct run *run, uint64_t iova, uint64_t length)
{
	return length && (iova | length) % PT_4K == 0 &&
	       length - 1 <= UINT64_MAX - iova &&
	       is_in_form(run, iova, iova + (length - 1));
}

static bool is_good_map(const struct run *run, const struct ref_op *op,
			uint64_t *length)
{
	uint32_t i;

	*length = 0;
	if (op->prot != PT_RO && op->prot != PT_RW)
		return false;
	for (i = 0; i < op->count; i++) {
		const struct hvpt_segment *segment = &op->segments[i];
		uint64_t gpa = segment->gpa.value;

		if (segment->length == 0 ||
		    (gpa | segment->length) % PT_4K != 0 || gpa >= 1ull << 52 ||
		    segment->length > (1ull << 52) - gpa)
			return false;
		*length += segment->length;
	}
	return is_good_range(run, op->iova, *length);
}

/* Moves a range into the bytes of the fold. */
static void fold(const struct run *run, struct ref_op *op)
{
	uint64_t at = op->iova % run->fold & ~(PT_4K - 1);
	uint32_t i;

	op->iova = run->base + at;
	if (op->length > run->fold - at)
		op->length = run->fold - at;
	for (i = 0; i < op->count && i < REF_SEGMENTS; i++)
		if (op->segments[i].length > PT_4K * 64)
			op->segments[i].length = PT_4K * 64;
}

/* ---- one step -------------------------------------------------------- */

static void probe(struct run *run, uint64_t iova)
{
	uint64_t gpa;
	unsigned prot;

	if (hvpt_model_lookup(run->model, iova, &gpa, &prot))
		pt_expect(run->f, iova, gpa, prot);
	else
		pt_expect_none(run->f, iova);
}

/* The ends of the range, and somewhere inside; neighbours if there are any. */
static void probe_around(struct run *run, uint64_t iova, uint64_t length)
{
	uint64_t last = iova + (length - 1);
	unsigned n;

	probe(run, iova);
	probe(run, last);
	for (n = 0; n < 4; n++)
		probe(run, iova + source_number(&run->source, 8) % length);
	if (is_in_form(run, last + 1, last + 1))
		probe(run, last + 1);
	if (is_in_form(run, iova - 1, iova - 1))
		probe(run, iova - 1);
}

static enum hvpt_status try_map(struct run *run, const struct ref_op *op)
{
	if (op->kind == REF_MAP)
		return pt_try_map(run->f, op->iova, op->gpa, op->length,
				  op->prot);
	return hvpt_pt_map_list(&run->f->pt, hvpt_iova(op->iova), op->segments,
				op->count, op->prot, &run->f->gather);
}

static void step_good_map(struct run *run, const struct ref_op *op,
			  uint64_t length)
{
	const struct hvpt_segment *segments = op->segments;
	bool free = !hvpt_model_mapped_in(run->model, op->iova, length);
	uint64_t iova = op->iova;
	enum hvpt_status status;
	uint32_t i;

	if (run->full)
		status = pt_checked_map_list(run->f, iova, segments, op->count,
					     op->prot);
	else
		status = try_map(run, op);
	assert_int_equal(status, free ? HVPT_OK : HVPT_ERR_OVERLAP);
	for (i = 0; i < op->count && free; i++) {
		assert_true(hvpt_model_map(run->model, iova,
					   segments[i].gpa.value,
					   segments[i].length, op->prot));
		iova += segments[i].length;
	}
	probe_around(run, op->iova, length);
}

/* An invalid call is refused; later checks see that nothing changed. */
static void step_map(struct run *run, const struct ref_op *op)
{
	uint64_t length;

	if (!is_good_map(run, op, &length))
		assert_int_not_equal(try_map(run, op), HVPT_OK);
	else if (ref_map_leaves(run->f->sizes, op) <= LEAVES)
		step_good_map(run, op, length);
}

static void step_unmap(struct run *run, const struct ref_op *op)
{
	uint64_t want, got;

	want = hvpt_model_unmap(run->model, op->iova, op->length);
	if (run->full)
		got = pt_checked_unmap(run->f, op->iova, op->length);
	else
		got = pt_unmap(run->f, op->iova, op->length);
	assert_int_equal(got, want);
	if (got == op->length)
		assert_true(pt_gather_covers(&run->f->gather, op->iova,
					     op->iova + got - 1));
	probe_around(run, op->iova, op->length);
}

static void step_protect(struct run *run, const struct ref_op *op)
{
	enum hvpt_status status;
	bool whole;

	whole = hvpt_model_protect(run->model, op->iova, op->length, op->prot);
	if (run->full)
		status = pt_checked_protect(run->f, op->iova, op->length,
					    op->prot);
	else
		status = pt_try_protect(run->f, op->iova, op->length, op->prot);
	assert_int_equal(status, whole ? HVPT_OK : HVPT_ERR_NOT_MAPPED);
	probe_around(run, op->iova, op->length);
}

static void step_device_write(struct run *run, uint64_t iova)
{
	uint64_t gpa;
	unsigned prot;

	if (hvpt_model_lookup(run->model, iova, &gpa, &prot) && prot == PT_RW)
		pt_device_write(run->f, iova);
}

/* The calls on a valid range. */
static void step_range(struct run *run, const struct ref_op *op)
{
	unsigned keep = op->flags & 1 ? HVPT_DIRTY_KEEP : 0;

	switch (op->kind) {
	case REF_UNMAP:
		step_unmap(run, op);
		break;
	case REF_PROTECT:
		if (op->prot == PT_RO || op->prot == PT_RW)
			step_protect(run, op);
		break;
	case REF_RECLAIM:
		pt_checked_reclaim(run->f, op->iova, op->length);
		break;
	case REF_READ_DIRTY:
		pt_checked_dirty(run->f, op->iova, op->length, keep);
		break;
	default:
		probe_around(run, op->iova, op->length);
		break;
	}
}

static void step_bad_range(struct run *run, const struct ref_op *op)
{
	struct hvpt_gather *gather = &run->f->gather;
	uint64_t unmapped;

	assert_int_not_equal(hvpt_pt_unmap(&run->f->pt, hvpt_iova(op->iova),
					   op->length, gather, &unmapped),
			     HVPT_OK);
	assert_int_not_equal(
		pt_try_protect(run->f, op->iova, op->length, PT_RO), HVPT_OK);
}

static void step(struct run *run)
{
	struct ref_op op;

	assert_true(ref_make_op(&run->maker, &op));
	if (run->fold)
		fold(run, &op);
	if (op.kind == REF_MAP) {
		op.count = 1;
		op.segments[0].gpa = hvpt_gpa(op.gpa);
		op.segments[0].length = op.length;
	}
	if (op.kind <= REF_MAP_LIST) {
		step_map(run, &op);
	} else if (op.kind == REF_DEVICE) {
		step_device_write(run, op.iova);
	} else if (op.kind == REF_SYNC) {
		pt_flush(run->f);
	} else if (op.kind >= REF_FAIL_ALLOC) {
		return;
	} else if (is_good_range(run, op.iova, op.length)) {
		step_range(run, &op);
	} else {
		step_bad_range(run, &op);
	}
}

/* ---- all of it --------------------------------------------------------- */

static void compare_all(struct run *run)
{
	struct pt_leaves leaves = pt_scan(run->f);

	pt_expect_model(&leaves, run->model);
	pt_leaves_free(&leaves);
	pt_check(run->f);
}

static void finish(struct run *run)
{
	struct hvpt_gather *gather = &run->f->gather;
	uint64_t first, last, gpa;
	unsigned prot;

	while (hvpt_model_next(run->model, 0, &first, &last, &gpa, &prot)) {
		uint64_t bytes = last - first + 1;

		assert_int_equal(pt_unmap(run->f, first, bytes), bytes);
		assert_int_equal(hvpt_model_unmap(run->model, first, bytes),
				 bytes);
	}
	assert_int_equal(hvpt_model_bytes(run->model), 0);
	assert_true(gather->range_count <= HVPT_GATHER_RANGES);
	pt_reclaim_all(run->f);
	hvpt_model_destroy(run->model);
}

static void run_steps(struct run *run, unsigned steps)
{
	const struct pt_params *params = run->f->params;
	struct ref_config config;
	unsigned n;

	memset(&config, 0, sizeof(config));
	config.width = params->width;
	config.form = (uint32_t)params->form;
	ref_maker_start(&run->maker, &run->source, &config);
	run->model = hvpt_model_create();
	for (n = 0; n < steps; n++) {
		run->full = n % 8 == 7;
		step(run);
		if (n % 16 == 15)
			compare_all(run);
	}
	compare_all(run);
	finish(run);
}

static void test_random_steps(void **state)
{
	struct run run = { .f = *state };

	run.source = source_of_seed(pt_seed("test_random_steps", 0x5eed));
	run_steps(&run, pt_effort(600));
}

/* Only one small, dense place, so that ranges overlap. */
static void test_random_steps_in_one_place(void **state)
{
	struct run run = { .f = *state, .fold = 2 * PT_2M };

	run.base = run.f->base - PT_2M;
	run.source = source_of_seed(
		pt_seed("test_random_steps_in_one_place", 0xdeed));
	run_steps(&run, pt_effort(450));
}

int main(void)
{
	static const struct pt_case cases[] = {
		PT_CASE(test_random_steps),
		PT_CASE(test_random_steps_in_one_place),
	};

	return pt_run("pt_random", cases, PT_COUNT(cases), pt_main,
		      pt_main_count);
}
