/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* hvpt_pt_lookup() and hvpt_pt_visit(). */
#include <string.h>

#include "tests/support/pt_check.h"

/* ---- lookup ---------------------------------------------------------- */

static struct hvpt_mapping lookup(struct pt_fixture *f, uint64_t iova)
{
	struct hvpt_mapping mapping = { 0 };
	enum hvpt_status status;

	status = hvpt_pt_lookup(&f->pt, hvpt_iova(iova), &mapping);
	assert_int_equal(status, HVPT_OK);
	return mapping;
}

/* Every bit position of an offset inside a leaf of @bytes, and its ends. */
static void every_offset(struct pt_fixture *f, uint64_t iova, uint64_t gpa,
			 uint64_t bytes, unsigned lg2)
{
	uint64_t bit;

	for (bit = 1; bit < bytes; bit <<= 1) {
		struct hvpt_mapping mapping = lookup(f, iova + bit);

		assert_int_equal(mapping.gpa.value, gpa + bit);
		assert_int_equal(mapping.leaf_lg2, lg2);
		pt_expect(f, iova + bit, gpa + bit, PT_RW);
		pt_expect(f, iova + bit - 1, gpa + bit - 1, PT_RW);
		pt_expect(f, iova + (bytes - bit), gpa + (bytes - bit), PT_RW);
	}
	pt_expect_none(f, iova - 1);
	pt_expect_none(f, iova + bytes);
}

static void test_byte_exact(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t byte;

	pt_map(f, f->base, PT_DATA + PT_4K, PT_4K, PT_RW);
	for (byte = 0; byte < PT_4K; byte++)
		assert_int_equal(lookup(f, f->base + byte).gpa.value,
				 PT_DATA + PT_4K + byte);
	every_offset(f, f->base, PT_DATA + PT_4K, PT_4K, 12);
	if (f->sizes & PT_2M) {
		pt_map(f, f->base + PT_1G, PT_DATA, PT_2M, PT_RW);
		every_offset(f, f->base + PT_1G, PT_DATA, PT_2M, 21);
	}
	if (f->sizes & PT_1G) {
		pt_map(f, f->base + 3 * PT_1G, PT_DATA, PT_1G, PT_RW);
		every_offset(f, f->base + 3 * PT_1G, PT_DATA, PT_1G, 30);
	}
}

static void test_gpa_0_is_an_answer(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, 0, PT_4K, PT_RO);
	pt_expect(f, f->base, 0, PT_RO);
	assert_int_equal(lookup(f, f->base).gpa.value, 0);
	assert_int_equal(pt_unmap(f, f->base, PT_4K), PT_4K);
	pt_expect_none(f, f->base);
}

static void test_output_only_with_ok(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_mapping mapping, before;
	enum hvpt_status status;

	memset(&mapping, 0x5a, sizeof(mapping));
	before = mapping;
	status = hvpt_pt_lookup(&f->pt, hvpt_iova(f->base), &mapping);
	assert_int_equal(status, HVPT_ERR_NOT_MAPPED);
	assert_memory_equal(&mapping, &before, sizeof(mapping));
	status = hvpt_pt_lookup(&f->pt, hvpt_iova(pt_lower_last(f->params) + 1),
				&mapping);
	assert_int_equal(status, HVPT_ERR_IOVA_RANGE);
	assert_memory_equal(&mapping, &before, sizeof(mapping));
	/* A table above it is no answer. */
	pt_map(f, f->base + PT_4K, PT_DATA, PT_4K, PT_RW);
	status = hvpt_pt_lookup(&f->pt, hvpt_iova(f->base), &mapping);
	assert_int_equal(status, HVPT_ERR_NOT_MAPPED);
	assert_memory_equal(&mapping, &before, sizeof(mapping));
}

static void test_attributes(void **state)
{
	struct pt_fixture *f = *state;
	bool track = f->params->flags & HVPT_PT_TRACK_DIRTY;
	struct hvpt_mapping mapping = { 0 };

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RO);
	mapping = lookup(f, f->base);
	assert_int_equal(mapping.prot, PT_RO);
	assert_true(mapping.accessed);
	assert_false(mapping.dirty);
	pt_map(f, f->base + PT_4K, PT_DATA, PT_4K, PT_RW);
	mapping = lookup(f, f->base + PT_4K);
	assert_int_equal(mapping.prot, PT_RW);
	assert_int_equal(mapping.dirty, !track);
	pt_device_write(f, f->base + PT_4K);
	assert_true(lookup(f, f->base + PT_4K).dirty);
	pt_plant(f, f->base, 0, pt_entry(f, f->base, 0) & ~0x20ull);
	assert_false(lookup(f, f->base).accessed);
}

static void test_constant_levels(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_mapping mapping = { 0 };
	enum hvpt_status status;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RO);
	if (f->params->levels == 4)
		status = hvpt_pt_lookup_levels(
			&f->pt, 4, hvpt_iova(f->base + 9), &mapping);
	else
		status = hvpt_pt_lookup_levels(
			&f->pt, 5, hvpt_iova(f->base + 9), &mapping);
	assert_int_equal(status, HVPT_OK);
	assert_int_equal(mapping.gpa.value, PT_DATA + 9);
}

/* ---- visit ----------------------------------------------------------- */

struct visit_log {
	uint64_t iova[64];
	uint64_t gpa[64];
	uint32_t lg2[64];
	size_t count;
	size_t stop_at; /* 0: never */
};

static bool note(void *ctx, hvpt_iova_t iova,
		 const struct hvpt_mapping *mapping)
{
	struct visit_log *log = ctx;

	assert_true(log->count < 64);
	log->iova[log->count] = iova.value;
	log->gpa[log->count] = mapping->gpa.value;
	log->lg2[log->count] = mapping->leaf_lg2;
	log->count++;
	return log->count != log->stop_at;
}

static struct visit_log visit(struct pt_fixture *f, uint64_t first,
			      uint64_t last)
{
	const struct hvpt_iova_range range = { hvpt_iova(first),
					       hvpt_iova(last) };
	struct visit_log log = { .count = 0 };

	assert_int_equal(hvpt_pt_visit(&f->pt, &range, note, &log), HVPT_OK);
	return log;
}

static void test_visit_sees_leaves_with_a_byte_in_range(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t a = f->base - PT_4K, b = f->base + 2 * PT_4K;
	struct visit_log log;

	pt_map(f, a, PT_DATA, 2 * PT_4K, PT_RW);
	pt_map(f, b, PT_DATA, PT_4K, PT_RO);
	assert_int_equal(visit(f, a, b + 0xfff).count, 3);
	assert_int_equal(visit(f, a + 0xfff, b).count, 3);
	assert_int_equal(visit(f, a + 0x1000, b - 1).count, 1);
	assert_int_equal(visit(f, a + 0x2000, b - 1).count, 0);
	assert_int_equal(visit(f, b + 0x1000, b + 0xfffff).count, 0);
	assert_int_equal(visit(f, a - 1, a - 1).count, 0);
	log = visit(f, a + 5, a + 5);
	assert_int_equal(log.count, 1);
	/* The leaf is shown whole. */
	assert_int_equal(log.iova[0], a);
	assert_int_equal(log.gpa[0], PT_DATA);
	assert_int_equal(log.lg2[0], 12);
}

static void test_visit_of_large_leaves(void **state)
{
	struct pt_fixture *f = *state;
	struct visit_log log;

	pt_map(f, f->base - PT_2M, PT_DATA - PT_2M, PT_2M + PT_1G, PT_RW);
	log = visit(f, f->base - 1, f->base);
	assert_int_equal(log.count, 2);
	assert_int_equal(log.iova[0], f->base - PT_2M);
	assert_int_equal(log.lg2[0], 21);
	assert_int_equal(log.iova[1], f->base);
	assert_int_equal(log.lg2[1], 30);
	log = visit(f, f->base + 12345678, f->base + 12345678);
	assert_int_equal(log.count, 1);
	assert_int_equal(log.iova[0], f->base);
	assert_int_equal(log.gpa[0], PT_DATA);
}

static void test_visit_is_in_order_over_both_halves(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t end = pt_lower_last(f->params) + 1;
	uint64_t upper = pt_upper_first(f->params);
	uint64_t iovas[8];
	struct visit_log log = { .count = 0 };
	size_t i, count = 0;

	iovas[count++] = 0;
	iovas[count++] = 5 * PT_2M;
	iovas[count++] = 3 * PT_1G;
	iovas[count++] = end - PT_4K;
	if (upper) {
		iovas[count++] = upper;
		iovas[count++] = upper + PT_1G;
		iovas[count++] = 0 - PT_1G;
		iovas[count++] = 0 - PT_4K;
	}
	/* Mapped backwards, so that order is not an accident. */
	for (i = count; i > 0; i--)
		pt_map(f, iovas[i - 1], PT_DATA + i * PT_4K, PT_4K, PT_RW);
	assert_int_equal(hvpt_pt_visit(&f->pt, NULL, note, &log), HVPT_OK);
	assert_int_equal(log.count, count);
	for (i = 0; i < count; i++) {
		assert_int_equal(log.iova[i], iovas[i]);
		assert_int_equal(log.gpa[i], PT_DATA + (i + 1) * PT_4K);
	}
	log = visit(f, 0, end - 1);
	assert_int_equal(log.count, 4);
	if (!upper)
		return;
	log = visit(f, upper, UINT64_MAX);
	assert_int_equal(log.count, 4);
	log = visit(f, UINT64_MAX, UINT64_MAX);
	assert_int_equal(log.count, 1);
}

static void test_visit_stops(void **state)
{
	struct pt_fixture *f = *state;
	const struct hvpt_iova_range range = { hvpt_iova(f->base),
					       hvpt_iova(f->base + PT_1G) };
	size_t stop;

	pt_map(f, f->base, PT_DATA + PT_4K, 10 * PT_4K, PT_RW);
	for (stop = 1; stop <= 10; stop++) {
		struct visit_log log = { .stop_at = stop };

		/* Also when the last leaf of all said stop. */
		assert_int_equal(hvpt_pt_visit(&f->pt, &range, note, &log),
				 HVPT_ERR_STOPPED);
		assert_int_equal(log.count, stop);
	}
}

static void test_visit_changes_nothing(void **state)
{
	struct pt_fixture *f = *state;
	struct pt_snapshot before;

	pt_map(f, f->base, PT_DATA + PT_4K, 40 * PT_4K, PT_RW);
	before = pt_snapshot(f);
	visit(f, f->base, f->base + 30 * PT_4K);
	pt_unchanged(f, &before);
}

int main(void)
{
	static const struct pt_case cases[] = {
		PT_CASE(test_byte_exact),
		PT_CASE(test_gpa_0_is_an_answer),
		PT_CASE(test_output_only_with_ok),
		PT_CASE(test_attributes),
		PT_CASE(test_constant_levels),
		PT_CASE(test_visit_sees_leaves_with_a_byte_in_range),
		PT_CASE(test_visit_is_in_order_over_both_halves),
		PT_CASE(test_visit_stops),
		PT_CASE(test_visit_changes_nothing),
	};
	static const struct pt_case large_cases[] = {
		PT_CASE(test_visit_of_large_leaves),
	};
	int failed;

	failed = pt_run("pt_lookup", cases, PT_COUNT(cases), pt_main,
			pt_main_count);
	failed += pt_run("pt_lookup_large", large_cases, PT_COUNT(large_cases),
			 pt_main, pt_main_large_count);
	return failed;
}
