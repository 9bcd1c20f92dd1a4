/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The reference (oracle/reference): sequences are clean over the library as it
 * is, and a library with a fault is found out, for every kind of fault.
 *
 * The linker puts the functions here between the reference and the library
 * (--wrap), so that a fault can be switched on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hvpt/inspect.h"
#include "tests/support/prng.h"
#include "oracle/reference/produce.h"

#define OPS 48u

enum fault {
	NO_FAULT,
	UNMAP_FORGETS_RANGE,
	UNMAP_FREES_TABLE_EARLY,
	UNMAP_LEAVES_LAST_PAGE,
	UNMAP_COUNTS_WRONGLY,
	UNMAP_TAKES_MORE,
	UNMAP_GATHERS_TOO_MUCH,
	MAP_IN_SMALL_LEAVES,
	MAP_LEAKS_A_PAGE,
	MAP_GATHERS_IN_FAILURE,
	MAP_CLAMPS,
	MAP_IGNORES_OVERLAP,
	MAP_WRONG_GPA,
	MAP_WRONG_STATUS,
	PROTECT_DOES_NOTHING,
	PROTECT_FORGETS_RANGE,
	RECLAIM_DOES_NOTHING,
	DIRTY_CLEARS_KEPT,
	DIRTY_FORGETS_RANGE,
	VISIT_SKIPS_FIRST,
	RELEASE_LEAKS,
	DESTROY_LEAKS,
	INIT_ACCEPTS_ALL,
	FAULTS,
};

static enum fault fault;

/* ---- between the reference and the library ------------------------------- */

#define WRAP(type, name, ...)                                                  \
	type __real_##name(__VA_ARGS__);                                       \
	type __wrap_##name(__VA_ARGS__);                                       \
	type __wrap_##name(__VA_ARGS__)

WRAP(enum hvpt_status, hvpt_pt_unmap_range, struct hvpt_pagetable *pt,
     hvpt_iova_t iova, uint64_t length, struct hvpt_gather *gather,
     uint64_t *unmapped)
{
	struct hvpt_gather before = *gather;
	enum hvpt_status status;

	if (fault == UNMAP_LEAVES_LAST_PAGE && length > 8192)
		length -= 4096;
	if (fault == UNMAP_TAKES_MORE && length > 8192)
		length += 4096;
	status = __real_hvpt_pt_unmap_range(pt, iova, length, gather, unmapped);
	if (status != HVPT_OK)
		return status;
	if (fault == UNMAP_FORGETS_RANGE)
		gather->range_count = before.range_count;
	if (fault == UNMAP_COUNTS_WRONGLY)
		*unmapped += 4096;
	if (fault == UNMAP_GATHERS_TOO_MUCH)
		hvpt_gather_add(gather, hvpt_iova(0), hvpt_iova(UINT64_MAX));
	if (fault == UNMAP_FREES_TABLE_EARLY && gather->tables) {
		uint64_t *table = gather->tables;

		gather->tables = (uint64_t *)(uintptr_t)table[0];
		gather->table_count--;
		pt->ops->free_page(pt->ctx, table);
	}
	return status;
}

static enum hvpt_status in_small_leaves(struct hvpt_pagetable *pt,
					hvpt_iova_t iova, hvpt_gpa_t gpa,
					uint64_t length, unsigned prot)
{
	uint8_t levels = pt->leaf_levels;
	struct hvpt_segment segment;
	enum hvpt_status status;

	segment.gpa = gpa;
	segment.length = length;
	pt->leaf_levels = 1;
	status = hvpt_pt_map_list(pt, iova, &segment, 1, prot, NULL);
	pt->leaf_levels = levels;
	return status;
}

WRAP(enum hvpt_status, hvpt_pt_map_range, struct hvpt_pagetable *pt,
     hvpt_iova_t iova, hvpt_gpa_t gpa, uint64_t length, unsigned prot,
     struct hvpt_gather *gather)
{
	enum hvpt_status status;

	if (fault == MAP_IN_SMALL_LEAVES && length < 0x800000)
		return in_small_leaves(pt, iova, gpa, length, prot);
	if (fault == MAP_CLAMPS && gpa.value < (uint64_t)1 << 52 &&
	    length > ((uint64_t)1 << 52) - gpa.value)
		length = ((uint64_t)1 << 52) - gpa.value;
	if (fault == MAP_WRONG_GPA)
		gpa.value ^= 0x1000;
	status = __real_hvpt_pt_map_range(pt, iova, gpa, length, prot, gather);
	if (fault == MAP_LEAKS_A_PAGE && status == HVPT_OK)
		(void)pt->ops->alloc_page(pt->ctx);
	if (fault == MAP_GATHERS_IN_FAILURE && status == HVPT_ERR_OVERLAP &&
	    gather)
		hvpt_gather_add(gather, iova, iova);
	if (fault == MAP_IGNORES_OVERLAP && status == HVPT_ERR_OVERLAP)
		return HVPT_OK;
	if (fault == MAP_WRONG_STATUS && status == HVPT_ERR_WRAP)
		return HVPT_ERR_IOVA_RANGE;
	return status;
}

WRAP(enum hvpt_status, hvpt_pt_protect, struct hvpt_pagetable *pt,
     hvpt_iova_t iova, uint64_t length, unsigned prot,
     struct hvpt_gather *gather)
{
	uint32_t ranges = gather->range_count;
	enum hvpt_status status;

	if (fault == PROTECT_DOES_NOTHING)
		prot = 3;
	status = __real_hvpt_pt_protect(pt, iova, length, prot, gather);
	if (fault == PROTECT_FORGETS_RANGE)
		gather->range_count = ranges;
	return status;
}

WRAP(enum hvpt_status, hvpt_pt_reclaim, struct hvpt_pagetable *pt,
     hvpt_iova_t iova, uint64_t length, struct hvpt_gather *gather,
     uint64_t *reclaimed)
{
	if (fault == RECLAIM_DOES_NOTHING)
		length = 4096;
	return __real_hvpt_pt_reclaim(pt, iova, length, gather, reclaimed);
}

WRAP(enum hvpt_status, hvpt_pt_read_dirty, struct hvpt_pagetable *pt,
     hvpt_iova_t iova, uint64_t length, unsigned flags, hvpt_dirty_fn fn,
     void *ctx, struct hvpt_gather *gather)
{
	uint32_t ranges = gather->range_count;
	enum hvpt_status status;

	if (fault == DIRTY_CLEARS_KEPT && flags == HVPT_DIRTY_KEEP)
		flags = 0;
	status = __real_hvpt_pt_read_dirty(pt, iova, length, flags, fn, ctx,
					   gather);
	if (fault == DIRTY_FORGETS_RANGE)
		gather->range_count = ranges;
	return status;
}

WRAP(enum hvpt_status, hvpt_pt_visit, const struct hvpt_pagetable *pt,
     const struct hvpt_iova_range *range, hvpt_visit_fn fn, void *ctx)
{
	struct hvpt_iova_range later = *range;

	if (fault == VISIT_SKIPS_FIRST &&
	    range->last.value - range->first.value > 0x1000)
		later.first.value += 0x1000;
	return __real_hvpt_pt_visit(pt, &later, fn, ctx);
}

WRAP(void, hvpt_pt_release, struct hvpt_pagetable *pt,
     struct hvpt_gather *gather)
{
	if (fault == RELEASE_LEAKS && gather->tables) {
		gather->tables = (uint64_t *)(uintptr_t)gather->tables[0];
		gather->table_count--;
	}
	__real_hvpt_pt_release(pt, gather);
}

WRAP(void, hvpt_pt_destroy, struct hvpt_pagetable *pt)
{
	if (fault != DESTROY_LEAKS)
		__real_hvpt_pt_destroy(pt);
}

WRAP(enum hvpt_status, hvpt_pt_init, struct hvpt_pagetable *pt,
     const struct hvpt_pt_config *config)
{
	enum hvpt_status status = __real_hvpt_pt_init(pt, config);

	return fault == INIT_ACCEPTS_ALL ? HVPT_OK : status;
}

/* ---- sequences ------------------------------------------------------- */

static struct reference *ref;
static unsigned told;

static void count_violation(void *ctx, const char *text)
{
	(void)ctx;
	assert_string_equal(text, reference_violation(ref));
	told++;
}

/* One random sequence. Return: no violation. */
static bool run_one(uint64_t *prng, bool scan_each)
{
	struct source source = source_of_seed(hvpt_random(prng));
	struct ref_maker maker;
	struct ref_config config;
	struct ref_op op;
	unsigned i;

	ref_make_config(&source, &config);
	config.scan_every = scan_each ? 1 : 0;
	if (!reference_start(ref, &config))
		return !reference_violation(ref);
	ref_maker_start(&maker, &source, &config);
	for (i = 0; i < OPS && ref_make_op(&maker, &op); i++)
		reference_apply(ref, &op);
	return reference_finish(ref);
}

static int set_up(void **state)
{
	(void)state;
	fault = NO_FAULT;
	told = 0;
	ref = reference_create();
	reference_on_violation(ref, count_violation, NULL);
	return ref ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	reference_destroy(ref);
	return 0;
}

static void test_random_sequences_are_clean(void **state)
{
	const struct ref_stats *stats;
	unsigned rounds = pt_effort(3000), i;
	uint64_t prng;
	char text[400];

	(void)state;
	prng = pt_seed("test_random_sequences_are_clean", 0xf022);
	for (i = 0; i < rounds; i++)
		if (!run_one(&prng, i % 8 == 0))
			fail_msg("sequence %u: %s", i,
				 reference_violation(ref));
	stats = reference_stats(ref);
	/* Each kind succeeds, and not too much is skipped. */
	for (i = 0; i < REF_KINDS && rounds >= 500; i++)
		if (stats->succeeded[i] < rounds / 50)
			fail_msg("%s succeeded %llu times",
				 ref_kind_name((enum ref_kind)i),
				 (unsigned long long)stats->succeeded[i]);
	assert_true(stats->skipped < stats->ops / 20);
	assert_int_equal(told, 0);
	snprintf(text, sizeof(text), "%llu operations, %llu probes",
		 (unsigned long long)stats->ops,
		 (unsigned long long)stats->probes);
	puts(text);
}

/* Two references of one seed do the same, whatever the memory is like. */
static void test_it_is_deterministic(void **state)
{
	struct ref_stats first, second;
	unsigned pass, i;

	(void)state;
	for (pass = 0; pass < 2; pass++) {
		uint64_t prng = 0xde7e;

		for (i = 0; i < 50; i++)
			assert_true(run_one(&prng, false));
		if (pass == 0)
			first = *reference_stats(ref);
	}
	second = *reference_stats(ref);
	assert_int_equal(second.ops, 2 * first.ops);
	assert_int_equal(second.probes, 2 * first.probes);
	assert_int_equal(second.skipped, 2 * first.skipped);
}

static const char *const fault_names[FAULTS] = {
	"none",
	"an unmap forgets its range",
	"an unmap frees a table before the flush",
	"an unmap leaves the last page",
	"an unmap counts wrongly",
	"an unmap takes a page more",
	"an unmap gathers too much",
	"a map uses small leaves",
	"a map leaks a page",
	"a map that fails gathers",
	"a map clamps",
	"a map takes an overlap for success",
	"a map goes elsewhere",
	"a map has the wrong status",
	"a protect does not take away",
	"a protect forgets its range",
	"a reclaim does nothing",
	"a dirty read clears what is to be kept",
	"a dirty read forgets its range",
	"a visit leaves a leaf out",
	"a release leaks",
	"a destroy leaks",
	"an init takes anything",
};

static void test_every_fault_is_found(void **state)
{
	unsigned planted, i;

	(void)state;
	for (planted = 1; planted < FAULTS; planted++) {
		uint64_t prng = planted;

		fault = (enum fault)planted;
		told = 0;
		for (i = 0; i < 2000 && run_one(&prng, false); i++)
			;
		if (i == 2000)
			fail_msg("not found: %s", fault_names[planted]);
		assert_int_equal(told, 1);
		assert_non_null(reference_violation(ref));
		printf("%s: sequence %u, operation %llu: %s\n",
		       fault_names[planted], i,
		       (unsigned long long)reference_violation_op(ref),
		       reference_violation(ref));
	}
	/* What a broken run leaves behind does not harm the next. */
	fault = NO_FAULT;
	told = 0;
	test_random_sequences_are_clean(state);
}

/* After a violation nothing is done any more, until the next start. */
static void test_it_stops(void **state)
{
	struct ref_config config = { .page_sizes = 0x40201000, .width = 48 };
	struct ref_op map = { .kind = REF_MAP, .prot = 3, .length = 0x1000 };
	uint64_t ops;

	(void)state;
	fault = MAP_WRONG_GPA;
	assert_true(reference_start(ref, &config));
	assert_int_equal(reference_apply(ref, &map), HVPT_OK);
	assert_non_null(reference_violation(ref));
	assert_int_equal(reference_violation_op(ref), 0);
	ops = reference_stats(ref)->ops;
	assert_int_equal(reference_apply(ref, &map), HVPT_ERR_BUSY);
	assert_int_equal(reference_stats(ref)->ops, ops);
	assert_false(reference_finish(ref));
	fault = NO_FAULT;
	assert_true(reference_start(ref, &config));
	assert_null(reference_violation(ref));
	assert_int_equal(reference_apply(ref, &map), HVPT_OK);
	assert_true(reference_finish(ref));
}

static void test_print(void **state)
{
	struct ref_op op = { .kind = REF_MAP_LIST, .iova = 0x1000, .count = 1 };
	char text[64];
	size_t length;

	(void)state;
	op.segments[0].gpa = hvpt_gpa(0x2000);
	op.segments[0].length = 0x3000;
	length = ref_op_print(&op, text, sizeof(text));
	assert_int_equal(length, strlen(text));
	assert_string_equal(text, "map_list iova=0x1000 prot=0 flags=0 "
				  "0x2000+0x3000");
	assert_int_equal(ref_op_print(&op, text, 5), 4);
	assert_string_equal(text, "map_");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(test_random_sequences_are_clean),
		TEST(test_it_is_deterministic),
		TEST(test_every_fault_is_found),
		TEST(test_it_stops),
		TEST(test_print),
	};

	return cmocka_run_group_tests_name("reference", tests, NULL, NULL);
}
