/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Random sequences of all calls against the flat interval model.
 *
 * What happens is kept to a few windows where it is most likely to go wrong:
 * the ends of the form, and the borders of 1 GiB, 512 GiB and 256 TiB. Most
 * steps look at what the call says and at a few addresses; every eighth is
 * judged in full, and every sixteenth is followed by a comparison of
 * everything that is mapped.
 */
#include <stdlib.h>
#include <string.h>

#include "support/prng.h"
#include "support/pt_judge.h"

#define WINDOW (4 * PT_2M)
#define COARSE (6 * PT_1G)

struct window {
	uint64_t first;
	uint64_t bytes;
};

struct run {
	struct pt_fixture *f;
	uint64_t prng;
	struct hvpt_model *model;
	struct window windows[16];
	size_t count;
	bool judged; /* this step */
};

static void add_window(struct run *run, uint64_t first, uint64_t bytes)
{
	assert_true(run->count < PT_COUNT(run->windows));
	run->windows[run->count].first = first;
	run->windows[run->count].bytes = bytes;
	run->count++;
}

/* A window on both sides of the first multiple of @border in a segment. */
static void add_border(struct run *run, uint64_t segment, uint64_t bytes,
		       uint64_t border)
{
	if (bytes > border)
		add_window(run, segment + border - WINDOW / 2, WINDOW);
}

static void add_segment(struct run *run, uint64_t segment, uint64_t bytes)
{
	add_window(run, segment, WINDOW);
	add_window(run, segment + bytes - WINDOW, WINDOW);
	add_border(run, segment, bytes, PT_1G);
	add_border(run, segment, bytes, PT_512G);
	add_border(run, segment, bytes, 1ull << 48);
	if (run->f->sizes == PT_SIZES_ALL)
		add_window(run, segment + 32 * PT_1G, COARSE);
}

static void set_windows(struct run *run)
{
	const struct pt_params *params = run->f->params;
	uint64_t bytes = pt_lower_last(params) + 1;

	add_segment(run, 0, bytes);
	if (pt_upper_first(params))
		add_segment(run, pt_upper_first(params), bytes);
}

/* ---- what to do next ------------------------------------------------- */

struct target {
	uint64_t iova;
	uint64_t length;
	uint64_t gpa;
};

/* An offset and length in units of @grain which fit in @bytes. */
static void pick(uint64_t *prng, uint64_t bytes, uint64_t grain, uint64_t most,
		 uint64_t *offset, uint64_t *length)
{
	uint64_t units = bytes / grain;
	uint64_t start = hvpt_random_below(prng, units);
	uint64_t left = units - start;
	uint64_t size = 1 + hvpt_random_below(prng, most);

	*offset = start * grain;
	*length = (size < left ? size : left) * grain;
}

static struct target pick_target(struct run *run)
{
	uint64_t *prng = &run->prng;
	const struct window *window =
		&run->windows[hvpt_random_below(prng, run->count)];
	bool coarse = window->bytes == COARSE;
	struct target target;
	uint64_t offset;

	switch (hvpt_random_below(prng, 4)) {
	case 0:
		pick(prng, window->bytes, coarse ? PT_1G : PT_2M, 3, &offset,
		     &target.length);
		break;
	case 1:
		pick(prng, window->bytes, coarse ? PT_2M : PT_4K, 600, &offset,
		     &target.length);
		break;
	default:
		pick(prng, window->bytes, coarse ? PT_2M : PT_4K, 16, &offset,
		     &target.length);
		break;
	}
	target.iova = window->first + offset;
	/* Mostly such that large leaves fit. */
	target.gpa = PT_DATA + PT_512G * hvpt_random_below(prng, 4) +
		     target.iova % PT_512G;
	if (!coarse && hvpt_random_below(prng, 3) == 0)
		target.gpa = PT_4K * hvpt_random_below(prng, 1ull << 36);
	return target;
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
static void probe_around(struct run *run, const struct target *target)
{
	uint64_t last = target->iova + (target->length - 1);
	unsigned n;

	probe(run, target->iova);
	probe(run, last);
	for (n = 0; n < 4; n++)
		probe(run, target->iova + hvpt_random_below(&run->prng,
							    target->length));
	if (hvpt_pt_in_form(&run->f->pt, last + 1, last + 1))
		probe(run, last + 1);
	if (hvpt_pt_in_form(&run->f->pt, target->iova - 1, target->iova - 1))
		probe(run, target->iova - 1);
}

static unsigned pick_prot(struct run *run)
{
	return hvpt_random_below(&run->prng, 3) ? PT_RW : PT_RO;
}

static void step_map(struct run *run)
{
	struct target target = pick_target(run);
	unsigned prot = pick_prot(run);
	enum hvpt_status status;
	bool free;

	free = hvpt_model_map(run->model, target.iova, target.gpa,
			      target.length, prot);
	if (run->judged)
		status = pt_judge_map(run->f, target.iova, target.gpa,
				      target.length, prot);
	else
		status = pt_try_map(run->f, target.iova, target.gpa,
				    target.length, prot);
	assert_int_equal(status, free ? HVPT_OK : HVPT_ERR_OVERLAP);
	probe_around(run, &target);
}

/* The target's length in up to 8 pieces, half of which touch. */
static size_t scatter(struct run *run, const struct target *target,
		      struct hvpt_segment *segments)
{
	uint64_t grain = target->length % PT_2M ? PT_4K : PT_2M;
	uint64_t left = target->length / grain;
	uint64_t gpa = target->gpa;
	size_t count = 0;

	while (left) {
		uint64_t units = 1 + hvpt_random_below(&run->prng, left);

		if (count == 7)
			units = left;
		segments[count].gpa = hvpt_gpa(gpa);
		segments[count].length = units * grain;
		count++;
		left -= units;
		gpa += units * grain;
		if (hvpt_random_below(&run->prng, 2))
			gpa += grain * hvpt_random_below(&run->prng, 5);
	}
	return count;
}

static void step_map_list(struct run *run)
{
	struct target target = pick_target(run);
	unsigned prot = pick_prot(run);
	struct hvpt_segment segments[8];
	size_t count = scatter(run, &target, segments);
	uint64_t iova = target.iova;
	enum hvpt_status status;
	bool free;
	size_t i;

	free = !hvpt_model_mapped_in(run->model, target.iova, target.length);
	if (run->judged)
		status = pt_judge_map_list(run->f, iova, segments, count, prot);
	else
		status = hvpt_pt_map_list(&run->f->pt, hvpt_iova(iova),
					  segments, count, prot,
					  &run->f->gather);
	assert_int_equal(status, free ? HVPT_OK : HVPT_ERR_OVERLAP);
	for (i = 0; i < count && free; i++) {
		assert_true(hvpt_model_map(run->model, iova,
					   segments[i].gpa.value,
					   segments[i].length, prot));
		iova += segments[i].length;
	}
	probe_around(run, &target);
}

static void step_unmap(struct run *run)
{
	struct target target = pick_target(run);
	uint64_t want, got;

	want = hvpt_model_unmap(run->model, target.iova, target.length);
	if (run->judged)
		got = pt_judge_unmap(run->f, target.iova, target.length);
	else
		got = pt_unmap(run->f, target.iova, target.length);
	assert_int_equal(got, want);
	if (got == target.length)
		assert_true(pt_gather_covers(&run->f->gather, target.iova,
					     target.iova + got - 1));
	probe_around(run, &target);
}

static void step_protect(struct run *run)
{
	struct target target = pick_target(run);
	unsigned prot = pick_prot(run);
	enum hvpt_status status;
	bool whole;

	whole = hvpt_model_protect(run->model, target.iova, target.length,
				   prot);
	if (run->judged)
		status = pt_judge_protect(run->f, target.iova, target.length,
					  prot);
	else
		status = pt_try_protect(run->f, target.iova, target.length,
					prot);
	assert_int_equal(status, whole ? HVPT_OK : HVPT_ERR_NOT_MAPPED);
	probe_around(run, &target);
}

static void step_device_write(struct run *run)
{
	struct target target = pick_target(run);
	uint64_t gpa;
	unsigned prot;

	if (hvpt_model_lookup(run->model, target.iova, &gpa, &prot) &&
	    prot == PT_RW)
		pt_device_write(run->f, target.iova);
}

static void step(struct run *run)
{
	struct target target;

	run->judged = hvpt_random_below(&run->prng, 8) == 0;
	switch (hvpt_random_below(&run->prng, 20)) {
	default:
		step_map(run);
		break;
	case 7:
	case 8:
		step_map_list(run);
		break;
	case 9:
	case 10:
	case 11:
	case 12:
	case 13:
	case 14:
		step_unmap(run);
		break;
	case 15:
	case 16:
		step_protect(run);
		break;
	case 17:
		target = pick_target(run);
		pt_judge_reclaim(run->f, target.iova, target.length);
		break;
	case 18:
		target = pick_target(run);
		pt_judge_dirty(
			run->f, target.iova, target.length,
			hvpt_random_below(&run->prng, 3) ? 0 : HVPT_DIRTY_KEEP);
		break;
	case 19:
		step_device_write(run);
		break;
	}
	if (hvpt_random_below(&run->prng, 4) == 0)
		pt_flush(run->f);
}

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
	size_t i;

	for (i = 0; i < run->count; i++) {
		const struct window *window = &run->windows[i];

		assert_int_equal(pt_unmap(run->f, window->first, window->bytes),
				 hvpt_model_unmap(run->model, window->first,
						  window->bytes));
	}
	assert_int_equal(hvpt_model_bytes(run->model), 0);
	assert_true(gather->range_count <= HVPT_GATHER_RANGES);
	pt_reclaim_all(run->f);
	hvpt_model_destroy(run->model);
}

static void test_random_steps(void **state)
{
	struct run run = { .f = *state };
	unsigned steps = pt_effort(400);
	unsigned n;

	run.prng = pt_seed("test_random_steps", 0x5eed);
	run.model = hvpt_model_create();
	set_windows(&run);
	for (n = 0; n < steps; n++) {
		step(&run);
		if (n % 16 == 15)
			compare_all(&run);
	}
	compare_all(&run);
	finish(&run);
}

/* One small window only: dense, so that everything meets everything. */
static void test_random_steps_in_one_place(void **state)
{
	struct run run = { .f = *state };
	unsigned steps = pt_effort(300);
	unsigned n;

	run.prng = pt_seed("test_random_steps_in_one_place", 0xdeed);
	run.model = hvpt_model_create();
	add_window(&run, run.f->base - PT_2M, 2 * PT_2M);
	for (n = 0; n < steps; n++) {
		step(&run);
		if (n % 16 == 15)
			compare_all(&run);
	}
	finish(&run);
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
