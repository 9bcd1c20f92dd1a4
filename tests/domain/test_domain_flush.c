/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which hypercall flushes what: by policy, with and without the list call, and
 * when some of them fail.
 */
#include "tests/support/hv_fixture.h"

/* ---- flushing -------------------------------------------------------- */

static void test_which_calls_a_sync_makes(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	hv_use_pages(f);
	for (n = 0; n < 4; n++) {
		hv_unmap(f, 0, f->base + n * HV_4K, HV_4K);
		hv_mark(f);
		hv_sync(f, 0);
		hv_dma_faults(f, 0, f->base + n * HV_4K);
		/* That there is no list call is found out only once. */
		if (f->params->no_list) {
			assert_int_equal(hv_since(f, HV_FLUSH_LIST), n == 0);
			assert_int_equal(hv_since(f, HV_FLUSH), 1);
		} else {
			assert_int_equal(hv_since(f, HV_FLUSH_LIST), 1);
			assert_int_equal(hv_since(f, HV_FLUSH), 0);
		}
	}
}

/* For all domains of the pvIOMMU, not only for the one that found out. */
static void test_that_there_is_no_list_is_remembered(void **state)
{
	struct hv_fixture *f = *state;

	hv_use_pages(f);
	hv_make(f, 1);
	hv_device(f, 1);
	hv_map(f, 1, f->base, HV_DATA, 4 * HV_4K);
	hv_attach(f, 1, &f->domain[1]);
	hv_fail(f, HV_FLUSH_LIST, HV_RAW_CODE);
	hv_mark(f);
	hv_unmap(f, 0, f->base, HV_4K);
	hv_sync(f, 0);
	hv_unmap(f, 1, f->base, HV_4K);
	hv_sync(f, 1);
	hv_unmap(f, 0, f->base + HV_4K, HV_4K);
	hv_sync(f, 0);
	assert_int_equal(hv_since(f, HV_FLUSH_LIST), 1);
	assert_int_equal(hv_since(f, HV_FLUSH), 3);
}

static void test_a_list_that_fails_is_tried_next_time(void **state)
{
	static const uint16_t raw[] = { HV_RAW_PARAMETER, HV_RAW_MEMORY,
					HV_RAW_TIMEOUT, HV_RAW_NO_CALL };
	struct hv_fixture *f = *state;
	size_t i;

	hv_use_pages(f);
	for (i = 0; i < HV_COUNT(raw); i++) {
		hv_unmap(f, 0, f->base + i * HV_4K, HV_4K);
		hv_fail(f, HV_FLUSH_LIST, raw[i]);
		hv_mark(f);
		hv_sync(f, 0);
		assert_int_equal(hv_since(f, HV_FLUSH_LIST), 1);
		assert_int_equal(hv_since(f, HV_FLUSH), 1);
		hv_last_failure_is(f, HV_FLUSH_LIST, raw[i]);
		hv_dma_faults(f, 0, f->base + i * HV_4K);
		hv_map(f, 0, f->base + i * HV_4K, HV_DATA, HV_4K);
		hv_heal(f);
		hv_unmap(f, 0, f->base + i * HV_4K, HV_4K);
		hv_mark(f);
		hv_sync(f, 0);
		assert_int_equal(hv_since(f, HV_FLUSH_LIST), 1);
		assert_int_equal(hv_since(f, HV_FLUSH), 0);
	}
}

static struct hvpt_iommu_stats stats_of(struct hv_fixture *f)
{
	struct hvpt_iommu_stats stats;

	hvpt_iommu_read_stats(&f->iommu, &stats);
	return stats;
}

static void flush_pages(struct hv_fixture *f, unsigned times)
{
	while (times-- > 0) {
		hv_unmap(f, 0, f->base, HV_4K);
		hv_sync(f, 0);
		hv_dma_faults(f, 0, f->base);
		hv_map(f, 0, f->base, HV_DATA, HV_4K);
	}
}

/*
 * Any refusal is reported and counted. After some in a row list calls are given
 * up, then tried from time to time, and used again when one succeeds.
 */
static void test_a_list_that_always_fails_is_given_up(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_iommu_stats stats, start;

	hv_use_pages(f);
	start = stats_of(f);
	assert_int_equal(start.list_given_up, 0);
	hv_fail_always(f, HV_FLUSH_LIST, HV_RAW_PARAMETER);
	hv_mark(f);
	flush_pages(f, HVPT_LIST_TRIES - 1);
	assert_int_equal(stats_of(f).list_given_up, 0);
	flush_pages(f, 1);
	assert_int_equal(stats_of(f).list_given_up, 1);
	flush_pages(f, 100);
	stats = stats_of(f);
	assert_int_equal(hv_since(f, HV_FLUSH_LIST), HVPT_LIST_TRIES);
	assert_int_equal(stats.fallback_status, HV_RAW_PARAMETER);
	assert_int_equal(stats.fallbacks, HVPT_LIST_TRIES + 100);
	assert_int_equal(stats.full_flushes - start.full_flushes,
			 HVPT_LIST_TRIES + 100);
	assert_int_equal(stats.list_flushes, start.list_flushes);
	assert_int_equal(stats.failures[6], HVPT_LIST_TRIES);
	/* From time to time one is tried again. */
	hv_mark(f);
	flush_pages(f, HVPT_LIST_AGAIN);
	assert_int_equal(hv_since(f, HV_FLUSH_LIST), 1);
	hv_heal(f);
	flush_pages(f, HVPT_LIST_AGAIN);
	stats = stats_of(f);
	assert_int_equal(stats.list_given_up, 0);
	assert_true(stats.list_flushes > 0);
	assert_int_equal(stats.descriptors, stats.list_flushes);
	hv_mark(f);
	flush_pages(f, 3);
	assert_int_equal(hv_since(f, HV_FLUSH_LIST), 3);
}

/*
 * However many full flushes are made between two syncs, a list call is tried
 * again as soon as there were HVPT_LIST_AGAIN of them, and not earlier.
 */
static void test_a_retry_is_not_stepped_over(void **state)
{
	struct hv_fixture *f = *state;
	unsigned step, n;

	hv_use_pages(f);
	hv_fail_always(f, HV_FLUSH_LIST, HV_RAW_PARAMETER);
	flush_pages(f, HVPT_LIST_TRIES);
	assert_int_equal(stats_of(f).list_given_up, 1);
	for (step = 1; step <= 4; step++) {
		/* the refused one made a full flush itself */
		uint64_t due = stats_of(f).full_flushes - 1 + HVPT_LIST_AGAIN;

		hv_mark(f);
		while (stats_of(f).full_flushes < due) {
			assert_int_equal(hv_since(f, HV_FLUSH_LIST), 0);
			flush_pages(f, 1);
			for (n = 0; n < step; n++)
				hv_ok(hvpt_domain_flush_all(&f->domain[0]));
		}
		assert_int_equal(hv_since(f, HV_FLUSH_LIST), 0);
		flush_pages(f, 1);
		assert_int_equal(hv_since(f, HV_FLUSH_LIST), 1);
	}
}

/* After a success the count starts again. */
static void test_refusals_in_a_row(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	hv_use_pages(f);
	for (n = 0; n < 4; n++) {
		hv_inject(f, HV_FLUSH_LIST, 1, HVPT_LIST_TRIES - 1,
			  HYPERVISOR_FAIL, HV_RAW_MEMORY);
		hv_mark(f);
		flush_pages(f, HVPT_LIST_TRIES);
		assert_int_equal(hv_since(f, HV_FLUSH_LIST), HVPT_LIST_TRIES);
		assert_int_equal(stats_of(f).list_given_up, 0);
	}
	assert_int_equal(stats_of(f).list_flushes, 4);
}

/* A list call that does not exist is never tried again. */
static void test_a_list_that_does_not_exist(void **state)
{
	struct hv_fixture *f = *state;

	hv_use_pages(f);
	hv_fail(f, HV_FLUSH_LIST, HV_RAW_CODE);
	flush_pages(f, 1);
	assert_int_equal(stats_of(f).list_given_up, 1);
	assert_int_equal(stats_of(f).fallback_status, HV_RAW_CODE);
	hv_mark(f);
	flush_pages(f, 2 * HVPT_LIST_AGAIN);
	assert_int_equal(hv_since(f, HV_FLUSH_LIST), 0);
}

static const struct hvpt_transport_ops *talking;

/* A list call returns a result word of 0: success, nothing done. */
static uint64_t say_nothing(void *ctx, uint64_t control, hvpt_gpa_t input,
			    hvpt_gpa_t output)
{
	if ((control & 0xffff) == HV_FLUSH_LIST)
		return 0;
	return talking->issue(ctx, control, input, output);
}

/* Success with nothing done is reported, and not as "no hypercall was made". */
static void test_a_success_that_does_nothing(void **state)
{
	static struct hvpt_transport_ops silent;
	struct hv_fixture *f = *state;

	talking = f->config.transport.ops;
	silent = *talking;
	silent.issue = say_nothing;
	f->config.transport.ops = &silent;
	hv_ok(hv_try_init(f));
	hv_use_pages(f);
	flush_pages(f, 1);
	hv_last_failure_is(f, HV_FLUSH_LIST, 0);
	assert_int_equal(stats_of(f).failures[6], 1);
	assert_int_equal(stats_of(f).fallbacks, 1);
	flush_pages(f, HVPT_LIST_TRIES);
	assert_int_equal(stats_of(f).list_given_up, 1);
}

/* Each refusal is counted for its call. */
static void test_failures_by_call(void **state)
{
	static const uint16_t codes[HVPT_CALLS] = {
		HV_CREATE,     HV_ATTACH,    HV_DETACH,
		HV_DELETE,     HV_CONFIGURE, HV_FLUSH,
		HV_FLUSH_LIST, HV_GET_CAPS,  HV_GET_DEVICE,
	};
	struct hv_fixture *f = *state;
	struct hvpt_iommu_stats before, after;
	unsigned i, k;

	hv_use_pages(f);
	for (i = 0; i < HVPT_CALLS; i++) {
		before = stats_of(f);
		hv_fail(f, codes[i], HV_RAW_DENIED);
		hypervisor_set_ats(f->hv, hv_device_id(0), false);
		hvpt_device_set_ats(&f->device[0], false);
		flush_pages(f, 1);
		/* before the flush by which an id is looked for */
		(void)!hvpt_domain_flush_all(&f->domain[0]);
		if (hv_try_make(f, 1) == HVPT_OK)
			(void)!hv_try_destroy(f, 1);
		(void)!hvpt_device_detach(&f->device[0]);
		hv_add_device(f, 3);
		if (hv_try_probe(f, 3) == HVPT_OK)
			hv_ok(hv_try_remove(f, 3));
		else
			hypervisor_remove_device(f->hv, hv_device_id(3));
		if (codes[i] == HV_GET_CAPS)
			(void)!hvpt_iommu_resume(&f->iommu, false);
		hv_heal(f);
		hv_ok(hvpt_iommu_resume(&f->iommu, true));
		hv_attach(f, 0, &f->domain[0]);
		if (f->domain_live[1])
			hv_ok(hv_try_destroy(f, 1));
		after = stats_of(f);
		for (k = 0; k < HVPT_CALLS; k++)
			assert_int_equal(after.failures[k] - before.failures[k],
					 k == i);
	}
}

/*
 * The call page is missing for the list call, not for the flush. The hypervisor
 * refused nothing, so list calls are not given up.
 */
static void test_a_list_without_a_call_page(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	hv_use_pages(f);
	for (n = 0; n < HVPT_LIST_TRIES; n++) {
		hv_mark(f);
		f->borrow_fail_at = 1;
		flush_pages(f, 1);
		assert_int_equal(hv_since(f, HV_FLUSH), 1);
		assert_int_equal(hv_since(f, HV_FLUSH_LIST), 0);
	}
	assert_int_equal(stats_of(f).fallback_status, 0);
	assert_int_equal(stats_of(f).list_given_up, 0);
}

/* A device uses 2 MiB of 4 KiB pages, and all of them are unmapped. */
static void unmap_a_table(struct hv_fixture *f)
{
	hv_make(f, 0);
	hv_device(f, 0);
	hv_map(f, 0, f->base, HV_DATA + HV_4K, HV_2M);
	hv_attach(f, 0, &f->domain[0]);
	hv_dma_reaches(f, 0, f->base, HV_DATA + HV_4K);
	hv_dma_reaches(f, 0, f->base + HV_2M - 1, HV_DATA + HV_4K + HV_2M - 1);
	assert_int_equal(hv_unmap(f, 0, f->base, HV_2M), HV_2M);
	assert_int_equal(f->gather[0].table_count, 1);
}

static void test_both_flushes_fail(void **state)
{
	static const uint16_t raw[] = { HV_RAW_MEMORY, HV_RAW_PARAMETER,
					HV_RAW_TIMEOUT, HV_RAW_NO_CALL,
					HV_RAW_CODE };
	struct hv_fixture *f = *state;
	uint64_t full_flushes;
	struct hvpt_gather copy;
	size_t pages, i;

	unmap_a_table(f);
	copy = f->gather[0];
	pages = hvpt_arena_in_use(f->arena);
	full_flushes = stats_of(f).full_flushes;
	for (i = 0; i < HV_COUNT(raw); i++) {
		hv_fail(f, HV_FLUSH_LIST, HV_RAW_DENIED);
		hv_fail(f, HV_FLUSH, raw[i]);
		hv_status(hv_try_sync(f, 0), hv_mapped(raw[i]));
		hv_last_failure_is(f, HV_FLUSH, raw[i]);
		hv_heal(f);
		assert_true(gather_equal(&copy, &f->gather[0]));
		assert_int_equal(hvpt_arena_in_use(f->arena), pages);
		hv_dma_is_stale(f, 0, f->base, HV_DATA + HV_4K);
		hv_fail(f, HV_FLUSH_LIST, HV_RAW_DENIED);
		hv_fail(f, HV_FLUSH, raw[i]);
		hv_status(hvpt_domain_flush(&f->domain[0], &f->gather[0]),
			  hv_mapped(raw[i]));
		hv_heal(f);
		assert_true(gather_equal(&copy, &f->gather[0]));
	}
	assert_int_equal(stats_of(f).fallbacks, 0);
	assert_int_equal(stats_of(f).full_flushes, full_flushes);
	hv_sync(f, 0);
	assert_int_equal(hvpt_arena_in_use(f->arena), pages - 1);
	hv_dma_faults(f, 0, f->base);
	hv_dma_faults(f, 0, f->base + HV_2M - 1);
}

static void test_no_call_page_for_both_flushes(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_gather copy;

	unmap_a_table(f);
	copy = f->gather[0];
	hv_fail(f, HV_FLUSH_LIST, HV_RAW_CODE);
	hv_fail(f, HV_FLUSH, HV_RAW_MEMORY);
	hv_status(hv_try_sync(f, 0), HVPT_ERR_HV_MEMORY);
	hv_heal(f);
	/* From here on there is only the flush of the whole domain. */
	f->borrow_fail_at = 1;
	hv_status(hv_try_sync(f, 0), HVPT_ERR_CALL_PAGE);
	assert_true(gather_equal(&copy, &f->gather[0]));
	hv_sync(f, 0);
	hv_dma_faults(f, 0, f->base);
}

static void test_flush_keeps_the_gather(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_gather copy;
	size_t pages;

	unmap_a_table(f);
	copy = f->gather[0];
	pages = hvpt_arena_in_use(f->arena);
	hv_ok(hvpt_domain_flush(&f->domain[0], &f->gather[0]));
	assert_true(gather_equal(&copy, &f->gather[0]));
	assert_int_equal(hvpt_arena_in_use(f->arena), pages);
	hv_dma_faults(f, 0, f->base);
	hvpt_pt_release(hvpt_domain_pagetable(&f->domain[0]), &f->gather[0]);
	assert_int_equal(hvpt_arena_in_use(f->arena), pages - 1);
	hv_dma_faults(f, 0, f->base);
	hv_no_violation(f);
}

static void test_flush_all(void **state)
{
	struct hv_fixture *f = *state;

	unmap_a_table(f);
	hv_mark(f);
	hv_ok(hvpt_domain_flush_all(&f->domain[0]));
	assert_int_equal(hv_since(f, HV_FLUSH), 1);
	assert_int_equal(hv_calls_since(f), 1);
	hv_dma_faults(f, 0, f->base);
	hv_fail(f, HV_FLUSH, HV_RAW_MEMORY);
	hv_status(hvpt_domain_flush_all(&f->domain[0]), HVPT_ERR_HV_MEMORY);
	hv_last_failure_is(f, HV_FLUSH, HV_RAW_MEMORY);
}

static void test_a_sync_frees_after_the_flush(void **state)
{
	struct hv_fixture *f = *state;

	unmap_a_table(f);
	hv_mark(f);
	hv_sync(f, 0);
	assert_int_equal(hv_since(f, HV_PAGE_FREED), 1);
	assert_true(hv_first(f, HV_PAGE_FREED) >
		    hv_first(f, f->params->no_list ? HV_FLUSH : HV_FLUSH_LIST));
}

/* Domains are flushed one by one: the flush of one does not cover another. */
static void test_a_sync_flushes_its_own_domain(void **state)
{
	struct hv_fixture *f = *state;

	hv_use_pages(f);
	hv_make(f, 1);
	hv_device(f, 1);
	hv_map(f, 1, f->base, HV_DATA + HV_1G, HV_4K);
	hv_attach(f, 1, &f->domain[1]);
	hv_dma_reaches(f, 1, f->base, HV_DATA + HV_1G);
	hv_unmap(f, 0, f->base, HV_4K);
	hv_unmap(f, 1, f->base, HV_4K);
	hv_sync(f, 0);
	hv_dma_faults(f, 0, f->base);
	hv_dma_is_stale(f, 1, f->base, HV_DATA + HV_1G);
	hv_sync(f, 1);
	hv_dma_faults(f, 1, f->base);
}

/* ---- descriptors ----------------------------------------------------- */

/* How many descriptors one sync of @count pages at @offset pages takes. */
static uint64_t descriptors(struct hv_fixture *f, uint64_t offset,
			    uint64_t count, uint64_t *pages)
{
	struct hypervisor_stats before, after;
	uint64_t iova = f->base + offset * HV_4K;

	hv_map(f, 0, iova, HV_DATA + offset * HV_4K, count * HV_4K);
	hv_dma_reaches(f, 0, iova, HV_DATA + offset * HV_4K);
	hv_unmap(f, 0, iova, count * HV_4K);
	hypervisor_read_stats(f->hv, &before);
	hv_sync(f, 0);
	hypervisor_read_stats(f->hv, &after);
	hv_dma_faults(f, 0, iova);
	*pages = after.flushed_pages - before.flushed_pages;
	return after.descriptors - before.descriptors;
}

static void test_policies(void **state)
{
	static const struct {
		enum hvpt_flush_policy policy;
		uint64_t offset;
		uint64_t count;
		uint64_t want;
		uint64_t pages;
	} cost[] = {
		{ HVPT_FLUSH_COVER, 0, 1, 1, 1 },
		{ HVPT_FLUSH_COVER, 511, 2, 1, 1024 },
		{ HVPT_FLUSH_COVER, 1, 7, 1, 8 },
		{ HVPT_FLUSH_EXACT, 0, 1, 1, 1 },
		{ HVPT_FLUSH_EXACT, 511, 2, 2, 2 },
		{ HVPT_FLUSH_EXACT, 1, 7, 3, 7 },
		{ HVPT_FLUSH_EXACT, 1, 14, 6, 14 },
		{ HVPT_FLUSH_TWO_BLOCK, 0, 1, 1, 1 },
		{ HVPT_FLUSH_TWO_BLOCK, 511, 2, 2, 2 },
		{ HVPT_FLUSH_TWO_BLOCK, 1, 7, 1, 8 },
		{ HVPT_FLUSH_TWO_BLOCK, 0, 512, 1, 512 },
	};
	struct hv_fixture *f = *state;
	uint64_t pages;
	size_t i;

	hv_device(f, 0);
	for (i = 0; i < HV_COUNT(cost); i++) {
		f->domain_config.policy = cost[i].policy;
		hv_make(f, 0);
		hv_attach(f, 0, &f->domain[0]);
		assert_int_equal(descriptors(f, cost[i].offset, cost[i].count,
					     &pages),
				 cost[i].want);
		assert_int_equal(pages, cost[i].pages);
		hv_attach(f, 0, hvpt_iommu_blocked(&f->iommu));
		hv_ok(hv_try_destroy(f, 0));
	}
}

/*
 * While another thread splits a leaf of 2 MiB, one descriptor for that is made
 * of an unmap, and none of what else is in the gather's storage.
 */
static void test_a_wide_flush_is_of_the_ranges(void **state)
{
	struct hv_fixture *f = *state;
	uint64_t before;

	hv_use_pages(f);
	hv_unmap(f, 0, f->base, HV_4K);
	f->gather[0].range[1].first = hvpt_iova(f->base + HV_1G);
	f->gather[0].range[1].last = hvpt_iova(f->base + HV_1G);
	f->domain[0].pt.splits = HVPT_SPLIT(1);
	before = stats_of(f).descriptors;
	hv_mark(f);
	hv_sync(f, 0);
	assert_int_equal(hv_since(f, HV_FLUSH_LIST), 1);
	assert_int_equal(hv_since(f, HV_FLUSH), 0);
	assert_int_equal(stats_of(f).descriptors, before + 1);
	f->domain[0].pt.splits = 0;
}

/* The same for an unmap whose ends are below two tables. */
static void test_a_wide_flush_has_both_ends(void **state)
{
	struct hv_fixture *f = *state;
	uint64_t at = f->base + HV_1G + HV_2M - HV_4K;

	hv_use_pages(f);
	hv_map(f, 0, at, HV_DATA, 2 * HV_4K);
	hv_dma_reaches(f, 0, at, HV_DATA);
	hv_dma_reaches(f, 0, at + HV_4K, HV_DATA + HV_4K);
	hv_unmap(f, 0, at, 2 * HV_4K);
	f->domain[0].pt.splits = HVPT_SPLIT(1);
	hv_mark(f);
	hv_sync(f, 0);
	assert_int_equal(hv_since(f, HV_FLUSH_LIST), 1);
	assert_int_equal(hv_since(f, HV_FLUSH), 0);
	hv_dma_faults(f, 0, at);
	hv_dma_faults(f, 0, at + HV_4K);
	f->domain[0].pt.splits = 0;
}

/* All ranges of a gather go into one call. */
static void test_several_ranges_in_one_call(void **state)
{
	struct hv_fixture *f = *state;
	uint64_t at;
	unsigned n;

	hv_use_pages(f);
	for (n = 0; n < HVPT_GATHER_RANGES; n++) {
		at = f->base + HV_1G * (n + 1);
		hv_map(f, 0, at, HV_DATA, HV_4K);
		hv_dma_reaches(f, 0, at, HV_DATA);
	}
	for (n = 0; n < HVPT_GATHER_RANGES; n++)
		hv_unmap(f, 0, f->base + HV_1G * (n + 1), HV_4K);
	assert_int_equal(f->gather[0].range_count, HVPT_GATHER_RANGES);
	hv_mark(f);
	hv_sync(f, 0);
	assert_int_equal(hv_since(f, HV_FLUSH_LIST), 1);
	assert_int_equal(hv_calls_since(f), 1);
	for (n = 0; n < HVPT_GATHER_RANGES; n++)
		hv_dma_faults(f, 0, f->base + HV_1G * (n + 1));
}

/*
 * A range of pages 1 .. 2^n - 2 of a block of 2^n pages takes 2 * (n - 1)
 * descriptors. An eighth of the 2^36 pages is such a block for n = 33, which
 * takes 64 descriptors.
 */
#define EIGHTH (1ull << 45)

static void unmap_inside(struct hv_fixture *f, uint64_t at, uint64_t bytes)
{
	uint64_t last = at + bytes - 2 * HV_4K;

	hv_map(f, 0, at + HV_4K, HV_DATA, HV_4K);
	hv_map(f, 0, last, HV_DATA + HV_4K, HV_4K);
	hv_dma_reaches(f, 0, at + HV_4K, HV_DATA);
	hv_dma_reaches(f, 0, last, HV_DATA + HV_4K);
	assert_int_equal(hv_unmap(f, 0, at + HV_4K, bytes - 2 * HV_4K),
			 2 * HV_4K);
}

/* Seven such ranges, and one in a block of 2^@pages_lg2 pages. */
static void fill_the_gather(struct hv_fixture *f, unsigned pages_lg2)
{
	unsigned n;

	f->domain_config.policy = HVPT_FLUSH_EXACT;
	hv_make(f, 0);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	for (n = 0; n < 7; n++)
		unmap_inside(f, n * EIGHTH, EIGHTH);
	unmap_inside(f, n * EIGHTH, HV_4K << pages_lg2);
	assert_int_equal(f->gather[0].range_count, 8);
}

static void sync_it(struct hv_fixture *f, unsigned pages_lg2)
{
	unsigned n;

	hv_mark(f);
	hv_sync(f, 0);
	for (n = 0; n < 7; n++) {
		hv_dma_faults(f, 0, n * EIGHTH + HV_4K);
		hv_dma_faults(f, 0, (n + 1) * EIGHTH - 2 * HV_4K);
	}
	hv_dma_faults(f, 0, n * EIGHTH + HV_4K);
	hv_dma_faults(f, 0, n * EIGHTH + (HV_4K << pages_lg2) - 2 * HV_4K);
}

static void test_as_many_descriptors_as_one_page_holds(void **state)
{
	static const struct {
		unsigned pages_lg2;
		unsigned calls;
	} fill[] = { { 30, 1 }, { 31, 1 }, { 32, 2 }, { 33, 2 } };
	struct hypervisor_stats before, after;
	struct hv_fixture *f = *state;
	size_t i;

	/* 506, 508, 510 and 512 descriptors. */
	for (i = 0; i < HV_COUNT(fill); i++) {
		fill_the_gather(f, fill[i].pages_lg2);
		hypervisor_read_stats(f->hv, &before);
		sync_it(f, fill[i].pages_lg2);
		hypervisor_read_stats(f->hv, &after);
		assert_int_equal(after.descriptors - before.descriptors,
				 506 + 2 * i);
		assert_int_equal(hv_since(f, HV_FLUSH_LIST), fill[i].calls);
		assert_int_equal(hv_calls_since(f), fill[i].calls);
		hv_attach(f, 0, hvpt_iommu_blocked(&f->iommu));
		hv_ok(hv_try_destroy(f, 0));
		hv_ok(hv_try_remove(f, 0));
	}
}

/* The second of the two calls fails. */
static void test_the_second_list_fails(void **state)
{
	struct hv_fixture *f = *state;

	fill_the_gather(f, 33);
	hv_inject(f, HV_FLUSH_LIST, 2, 1, HYPERVISOR_FAIL, HV_RAW_MEMORY);
	sync_it(f, 33);
	assert_int_equal(hv_since(f, HV_FLUSH_LIST), 2);
	assert_int_equal(hv_since(f, HV_FLUSH), 1);
}

int main(void)
{
	static const struct hv_case every[] = {
		HV_CASE(test_which_calls_a_sync_makes),
		HV_CASE(test_both_flushes_fail),
		HV_CASE(test_no_call_page_for_both_flushes),
		HV_CASE(test_flush_keeps_the_gather),
		HV_CASE(test_flush_all),
		HV_CASE(test_a_sync_frees_after_the_flush),
		HV_CASE(test_a_sync_flushes_its_own_domain),
	};
	static const struct hv_case plain[] = {
		HV_CASE(test_that_there_is_no_list_is_remembered),
		HV_CASE(test_a_list_that_fails_is_tried_next_time),
		HV_CASE(test_a_list_that_always_fails_is_given_up),
		HV_CASE(test_a_retry_is_not_stepped_over),
		HV_CASE(test_refusals_in_a_row),
		HV_CASE(test_a_list_that_does_not_exist),
		HV_PREPARED(test_a_success_that_does_nothing),
		HV_CASE(test_failures_by_call),
		HV_CASE(test_a_list_without_a_call_page),
		HV_CASE(test_policies),
		HV_CASE(test_a_wide_flush_is_of_the_ranges),
		HV_CASE(test_a_wide_flush_has_both_ends),
		HV_CASE(test_several_ranges_in_one_call),
		HV_CASE(test_as_many_descriptors_as_one_page_holds),
		HV_CASE(test_the_second_list_fails),
	};
	int failed = hv_run("domain_flush", every, HV_COUNT(every), hv_main,
			    hv_main_count);

	return failed + hv_run("domain_flush_plain", plain, HV_COUNT(plain),
			       hv_plain, 1);
}
