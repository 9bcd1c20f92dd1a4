/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* hvpt_pt_read_dirty(); pt_checked_dirty() knows the contract. */
#include "tests/support/prng.h"
#include "tests/support/pt_check.h"

static bool tracks(const struct pt_fixture *f)
{
	return f->params->flags & HVPT_PT_TRACK_DIRTY;
}

/* New writable pages are dirty once, unless dirty is tracked. */
static void test_first_report(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t iova = f->base - 2 * PT_4K;

	pt_map(f, iova, PT_DATA, 4 * PT_4K, PT_RW);
	pt_map(f, iova + 4 * PT_4K, PT_DATA, PT_4K, PT_RO);
	assert_int_equal(pt_checked_dirty(f, iova, 5 * PT_4K, 0),
			 tracks(f) ? 0 : 4 * PT_4K);
	assert_int_equal(pt_checked_dirty(f, iova, 5 * PT_4K, 0), 0);
	assert_true(hvpt_gather_is_empty(&f->gather));
	pt_expect_range(f, iova, PT_DATA, 4 * PT_4K, PT_RW);
}

static void test_what_a_device_wrote(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, 16 * PT_4K, PT_RW);
	pt_checked_dirty(f, f->base, 16 * PT_4K, 0);
	pt_device_write(f, f->base + 3 * PT_4K + 17);
	pt_device_write(f, f->base + 15 * PT_4K + 0xfff);
	/* Not asked about: not reported, not cleared. */
	assert_int_equal(pt_checked_dirty(f, f->base, 3 * PT_4K, 0), 0);
	assert_int_equal(
		pt_checked_dirty(f, f->base + 4 * PT_4K, 11 * PT_4K, 0), 0);
	assert_int_equal(pt_checked_dirty(f, f->base, 16 * PT_4K, 0),
			 2 * PT_4K);
	assert_true(pt_gather_covers(&f->gather, f->base + 3 * PT_4K,
				     f->base + 4 * PT_4K - 1));
	assert_int_equal(pt_checked_dirty(f, f->base, 16 * PT_4K, 0), 0);
	pt_device_write(f, f->base + 3 * PT_4K);
	assert_int_equal(pt_checked_dirty(f, f->base, 16 * PT_4K, 0), PT_4K);
}

static void test_keep(void **state)
{
	struct pt_fixture *f = *state;
	int again;

	pt_map(f, f->base, PT_DATA, 4 * PT_4K, PT_RW);
	pt_checked_dirty(f, f->base, 4 * PT_4K, 0);
	pt_device_write(f, f->base + PT_4K);
	for (again = 0; again < 3; again++) {
		assert_int_equal(pt_checked_dirty(f, f->base, 4 * PT_4K,
						  HVPT_DIRTY_KEEP),
				 PT_4K);
		assert_true(hvpt_gather_is_empty(&f->gather));
	}
	assert_int_equal(pt_checked_dirty(f, f->base, 4 * PT_4K, 0), PT_4K);
	assert_int_equal(
		pt_checked_dirty(f, f->base, 4 * PT_4K, HVPT_DIRTY_KEEP), 0);
}

static void test_holes(void **state)
{
	struct pt_fixture *f = *state;

	assert_int_equal(pt_checked_dirty(f, f->base, 5 * PT_1G, 0), 0);
	pt_map(f, f->base + PT_4K, PT_DATA, PT_4K, PT_RW);
	pt_map(f, f->base + 4 * PT_1G, PT_DATA, PT_4K, PT_RW);
	pt_checked_dirty(f, f->base, 5 * PT_1G, 0);
	pt_device_write(f, f->base + PT_4K);
	pt_device_write(f, f->base + 4 * PT_1G);
	assert_int_equal(pt_checked_dirty(f, f->base, 5 * PT_1G, 0), 2 * PT_4K);
}

/* A read-only page keeps the D it once got, and can be cleaned. */
static void test_read_only_but_dirty(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, 2 * PT_4K, PT_RW);
	pt_checked_dirty(f, f->base, 2 * PT_4K, 0);
	pt_device_write(f, f->base);
	pt_checked_protect(f, f->base, 2 * PT_4K, PT_RO);
	assert_int_equal(pt_checked_dirty(f, f->base, 2 * PT_4K, 0), PT_4K);
	assert_int_equal(pt_checked_dirty(f, f->base, 2 * PT_4K, 0), 0);
}

static void test_large_leaves(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, 2 * PT_2M, PT_RW);
	pt_map(f, f->base + PT_1G, PT_DATA, PT_1G, PT_RW);
	pt_checked_dirty(f, f->base, 2 * PT_1G, 0);
	pt_device_write(f, f->base + PT_2M + 5);
	pt_device_write(f, f->base + PT_1G + 5);
	assert_int_equal(pt_checked_dirty(f, f->base, 2 * PT_1G, 0),
			 PT_2M + PT_1G);
	assert_int_equal(pt_checked_dirty(f, f->base, 2 * PT_1G, 0), 0);
}

/* Reading part of a leaf must not forget the rest of it. */
static void test_parts_of_large_leaves(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t huge = f->base + PT_1G;

	pt_map(f, f->base, PT_DATA, PT_2M, PT_RW);
	pt_map(f, huge, PT_DATA, PT_1G, PT_RW);
	pt_checked_dirty(f, f->base, 2 * PT_1G, 0);
	pt_device_write(f, f->base);
	pt_device_write(f, huge);
	assert_int_equal(pt_checked_dirty(f, f->base, PT_4K, 0), PT_4K);
	assert_int_equal(pt_checked_dirty(f, f->base, PT_2M - PT_4K, 0),
			 PT_2M - PT_4K);
	assert_int_equal(pt_checked_dirty(f, f->base + PT_4K, PT_2M - PT_4K, 0),
			 PT_2M - PT_4K);
	assert_int_equal(pt_checked_dirty(f, huge + PT_2M, 3 * PT_4K, 0),
			 3 * PT_4K);
	/* In one call: the 1G leaf in part, the 2M leaf whole. */
	assert_int_equal(pt_checked_dirty(f, f->base, PT_1G + PT_4K, 0),
			 PT_2M + PT_4K);
	assert_int_equal(pt_checked_dirty(f, f->base, PT_2M, 0), 0);
	assert_int_equal(pt_checked_dirty(f, huge, PT_1G, 0), PT_1G);
	assert_int_equal(pt_checked_dirty(f, huge, PT_1G, 0), 0);
}

static void test_ends_of_the_form(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t bytes = pt_lower_last(f->params) + 1;
	uint64_t upper = pt_upper_first(f->params);

	pt_map(f, 0, PT_DATA, PT_4K, PT_RW);
	pt_map(f, bytes - PT_4K, PT_DATA, PT_4K, PT_RW);
	pt_checked_dirty(f, 0, bytes, 0);
	pt_device_write(f, 0);
	pt_device_write(f, bytes - 1);
	assert_int_equal(pt_checked_dirty(f, 0, bytes, 0), 2 * PT_4K);
	if (!upper)
		return;
	pt_map(f, upper, PT_DATA, PT_4K, PT_RW);
	pt_map(f, 0 - PT_4K, PT_DATA, PT_4K, PT_RW);
	pt_checked_dirty(f, upper, bytes, 0);
	pt_device_write(f, UINT64_MAX);
	assert_int_equal(pt_checked_dirty(f, upper, bytes, 0), PT_4K);
}

/* A device reads the page while it is being reported: A must not be lost. */
static void access_meanwhile(void *ctx, hvpt_iova_t iova, uint64_t bytes)
{
	struct pt_fixture *f = ctx;
	uint64_t slot = pt_slot_gpa(f, iova.value, 0);
	uint64_t *entry = pt_pointer(f, slot);

	assert_int_equal(bytes, PT_4K);
	__atomic_fetch_or(entry, 0x20, __ATOMIC_ACQ_REL);
}

static void test_accessed_is_not_lost(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	pt_device_write(f, f->base);
	pt_plant(f, f->base, 0, pt_entry(f, f->base, 0) & ~0x20ull);
	assert_int_equal(hvpt_pt_read_dirty(&f->pt, hvpt_iova(f->base), PT_4K,
					    0, access_meanwhile, f, &f->gather),
			 HVPT_OK);
	assert_int_equal(pt_entry(f, f->base, 0) & 0x60, 0x20);
}

static void test_random(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t prng = pt_seed("test_random", 0xd127);
	unsigned round;

	pt_map(f, f->base - 20 * PT_4K, PT_DATA - 20 * PT_4K,
	       2 * PT_2M + 40 * PT_4K, PT_RW);
	for (round = 0; round < pt_effort(30); round++) {
		uint64_t first = f->base - 20 * PT_4K +
				 hvpt_random_below(&prng, 1024) * PT_4K;
		unsigned n;

		for (n = 0; n < 5; n++)
			pt_device_write(
				f, f->base - 20 * PT_4K +
					   hvpt_random_below(&prng, 2 * PT_2M));
		pt_checked_dirty(
			f, first, PT_4K * (1 + hvpt_random_below(&prng, 700)),
			hvpt_random_below(&prng, 4) ? 0 : HVPT_DIRTY_KEEP);
	}
}

/*
 * An IOMMU that does not snoop: what is writable is reported, again and again;
 * D can be neither tracked nor cleared.
 */
static void test_without_snooping(void **state)
{
	struct pt_fixture *f = *state;
	struct hvpt_pt_config config = f->config;
	struct hvpt_pagetable pt;
	unsigned again;

	pt_map(f, f->base, PT_DATA, 4 * PT_4K, PT_RW);
	pt_map(f, f->base + 4 * PT_4K, PT_DATA, PT_4K, PT_RO);
	pt_map(f, f->base + PT_2M, PT_DATA, PT_2M, PT_RW);
	for (again = 0; again < 3; again++) {
		assert_int_equal(pt_checked_dirty(f, f->base, 2 * PT_2M, 0),
				 4 * PT_4K + PT_2M);
		assert_true(hvpt_gather_is_empty(&f->gather));
	}
	config.flags = HVPT_PT_TRACK_DIRTY;
	assert_int_equal(hvpt_pt_init(&pt, &config), HVPT_ERR_FLAGS);
}

/* Those of pt_main that snoop, and those that do not. */
static size_t choose(struct pt_params *params, bool noncoherent)
{
	size_t i, count = 0;

	for (i = 0; i < pt_main_large_count; i++)
		if (pt_main[i].noncoherent == noncoherent)
			params[count++] = pt_main[i];
	return count;
}

int main(void)
{
	static struct pt_params params[2][16];
	size_t coherent = choose(params[0], false);
	size_t noncoherent = choose(params[1], true);
	static const struct pt_case cases[] = {
		PT_CASE(test_first_report),
		PT_CASE(test_what_a_device_wrote),
		PT_CASE(test_keep),
		PT_CASE(test_holes),
		PT_CASE(test_read_only_but_dirty),
		PT_CASE(test_ends_of_the_form),
		PT_CASE(test_accessed_is_not_lost),
		PT_CASE(test_random),
	};
	static const struct pt_case large_cases[] = {
		PT_CASE(test_large_leaves),
		PT_CASE(test_parts_of_large_leaves),
	};
	static const struct pt_case noncoherent_cases[] = {
		PT_CASE(test_without_snooping),
		PT_CASE(test_random),
	};
	int failed;

	failed = pt_run("pt_dirty", cases, PT_COUNT(cases), params[0],
			coherent);
	failed += pt_run("pt_dirty_small_leaves", cases, PT_COUNT(cases),
			 pt_main + pt_main_large_count,
			 pt_main_count - pt_main_large_count);
	failed += pt_run("pt_dirty_large", large_cases, PT_COUNT(large_cases),
			 params[0], coherent);
	failed += pt_run("pt_dirty_noncoherent", noncoherent_cases,
			 PT_COUNT(noncoherent_cases), params[1], noncoherent);
	return failed;
}
