/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What map, map_list and unmap of a domain do, and which of them make
 * hypercalls.
 */
#include "tests/support/hv_fixture.h"

static void test_map_makes_no_hypercall(void **state)
{
	struct hv_fixture *f = *state;

	hv_make(f, 0);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	hv_dma_faults(f, 0, f->base);
	hv_mark(f);
	hv_map(f, 0, f->base, HV_DATA, 3 * HV_4K);
	hv_map(f, 0, f->base + HV_1G, HV_DATA + HV_1G, HV_1G);
	assert_true(hvpt_gather_is_empty(&f->gather[0]));
	hv_sync(f, 0);
	assert_int_equal(hv_calls_since(f), 0);
	hv_dma_reaches(f, 0, f->base + 17, HV_DATA + 17);
	hv_dma_reaches(f, 0, f->base + 2 * HV_4K, HV_DATA + 2 * HV_4K);
	hv_dma_faults(f, 0, f->base + 3 * HV_4K);
	hv_dma_reaches(f, 0, f->base + 2 * HV_1G - 1, HV_DATA + 2 * HV_1G - 1);
	hv_lookup_is(&f->domain[0], f->base + 17, HV_DATA + 17);
	hv_lookup_none(&f->domain[0], f->base + 3 * HV_4K);
}

static void test_map_list(void **state)
{
	const struct hvpt_segment segments[] = {
		{ { HV_DATA + HV_4K }, HV_4K },
		{ { HV_DATA + HV_1G }, 2 * HV_4K },
		{ { HV_DATA }, HV_4K },
	};
	struct hv_fixture *f = *state;

	hv_make(f, 0);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	hv_ok(hvpt_domain_map_list(&f->domain[0], hvpt_iova(f->base), segments,
				   3, HV_RW, &f->gather[0]));
	hv_dma_reaches(f, 0, f->base, HV_DATA + HV_4K);
	hv_dma_reaches(f, 0, f->base + HV_4K, HV_DATA + HV_1G);
	hv_dma_reaches(f, 0, f->base + 2 * HV_4K, HV_DATA + HV_1G + HV_4K);
	hv_dma_reaches(f, 0, f->base + 3 * HV_4K, HV_DATA);
	hv_status(hvpt_domain_map_list(&f->domain[0],
				       hvpt_iova(f->base + 3 * HV_4K), segments,
				       3, HV_RW, &f->gather[0]),
		  HVPT_ERR_OVERLAP);
	hv_dma_faults(f, 0, f->base + 4 * HV_4K);
}

static void test_unmap_and_sync(void **state)
{
	struct hv_fixture *f = *state;

	hv_use_pages(f);
	hv_mark(f);
	assert_int_equal(hv_unmap(f, 0, f->base + HV_4K, HV_4K), HV_4K);
	assert_int_equal(hv_calls_since(f), 0);
	hv_dma_is_stale(f, 0, f->base + HV_4K, HV_DATA + HV_4K);
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	hv_sync(f, 0);
	hv_dma_faults(f, 0, f->base + HV_4K);
	hv_dma_reaches(f, 0, f->base + 2 * HV_4K, HV_DATA + 2 * HV_4K);
}

static void test_an_empty_gather_makes_no_hypercall(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_gather copy;

	hv_use_pages(f);
	/* An unmap of nothing leaves nothing to flush. */
	assert_int_equal(hv_unmap(f, 0, f->base + 3 * HV_1G, HV_2M), 0);
	hv_mark(f);
	hv_sync(f, 0);
	copy = f->gather[0];
	hv_ok(hvpt_domain_flush(&f->domain[0], &copy));
	assert_int_equal(hv_calls_since(f), 0);
}

/*
 * No descriptor is known to cover the tables, so the whole domain is flushed.
 */
static void test_tables_without_ranges_flush_the_domain(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_gather copy;

	hv_use_pages(f);
	hv_unmap(f, 0, f->base, HV_4K);
	copy = f->gather[0];
	copy.range_count = 0;
	copy.tables = f->domain[0].pt.root; /* not freed: no sync */
	hv_mark(f);
	hv_ok(hvpt_domain_flush(&f->domain[0], &copy));
	assert_int_equal(hv_since(f, HV_FLUSH), 1);
	assert_int_equal(hv_calls_since(f), 1);
	hv_sync(f, 0);
}

static void test_a_domain_without_devices_makes_no_hypercall(void **state)
{
	struct hv_fixture *f = *state;
	size_t pages;

	hv_make(f, 0);
	hv_map(f, 0, f->base, HV_DATA, HV_1G + HV_4K);
	pages = hvpt_arena_in_use(f->arena);
	hv_mark(f);
	assert_int_equal(hv_unmap(f, 0, f->base, 2 * HV_1G), HV_1G + HV_4K);
	assert_true(f->gather[0].tables != NULL);
	hv_ok(hvpt_domain_flush(&f->domain[0], &f->gather[0]));
	hv_ok(hvpt_domain_flush_all(&f->domain[0]));
	assert_int_equal(hvpt_arena_in_use(f->arena), pages);
	hv_sync(f, 0);
	assert_true(hvpt_arena_in_use(f->arena) < pages);
	assert_int_equal(hv_calls_since(f), 0);
}

static bool has_2m(const struct hv_params *params)
{
	return (params->page_sizes & HV_2M) != 0;
}

/* A large leaf where an empty table was: the table must be flushed. */
static void test_a_map_that_needs_a_flush(void **state)
{
	struct hv_fixture *f = *state;
	uint64_t iova = f->base;

	hv_use_pages(f);
	assert_int_equal(hv_unmap(f, 0, iova, 4 * HV_4K), 4 * HV_4K);
	hv_sync(f, 0);
	hv_map(f, 0, iova, HV_DATA + HV_1G, HV_2M);
	assert_false(hvpt_gather_is_empty(&f->gather[0]));
	hv_dma_pending(f, 0, iova, HV_DATA + HV_1G);
	hv_mark(f);
	hv_sync(f, 0);
	assert_true(hv_calls_since(f) > 0);
	hv_dma_reaches(f, 0, iova, HV_DATA + HV_1G);
}

static void test_a_large_leaf_is_split(void **state)
{
	struct hv_fixture *f = *state;
	uint64_t cut = f->base + 100 * HV_4K;

	hv_make(f, 0);
	hv_device(f, 0);
	hv_map(f, 0, f->base, HV_DATA, HV_1G);
	hv_attach(f, 0, &f->domain[0]);
	hv_dma_reaches(f, 0, cut, HV_DATA + 100 * HV_4K);
	hv_dma_reaches(f, 0, f->base + HV_1G - 1, HV_DATA + HV_1G - 1);
	assert_int_equal(hv_unmap(f, 0, cut, HV_4K), HV_4K);
	hv_dma_is_stale(f, 0, cut, HV_DATA + 100 * HV_4K);
	hv_sync(f, 0);
	hv_dma_faults(f, 0, cut);
	hv_dma_reaches(f, 0, cut + HV_4K, HV_DATA + 101 * HV_4K);
	hv_dma_reaches(f, 0, f->base + HV_1G - 1, HV_DATA + HV_1G - 1);
	hv_no_violation(f);
}

/* One of two calls on one leaf: a page of it is unmapped or made read-only. */
struct share {
	uint64_t page;
	struct hvpt_gather gather;
};

static void take_share(struct hv_fixture *f, struct share *share, bool protect)
{
	hvpt_iova_t iova = hvpt_iova(f->base + share->page);
	uint64_t bytes;

	hvpt_gather_init(&share->gather);
	if (protect)
		hv_ok(hvpt_pt_protect(hvpt_domain_pagetable(&f->domain[0]),
				      iova, HV_4K, HV_RO, &share->gather));
	else
		hv_ok(hvpt_domain_unmap(&f->domain[0], iova, HV_4K,
					&share->gather, &bytes));
}

/* No device may write there any more, neither by memory nor by a cache. */
static void share_is_gone(struct hv_fixture *f, const struct share *share)
{
	struct hypervisor_dma seen;

	hypervisor_dma(f->hv, hv_device_id(0), f->base + share->page, true,
		       &seen);
	assert_false(seen.fresh.translated);
	assert_int_equal(seen.stale_count, 0);
}

static void share_a_leaf(struct hv_fixture *f, uint64_t leaf,
			 const uint64_t *page, unsigned how)
{
	struct share share[2] = { { .page = page[0] }, { .page = page[1] } };
	unsigned first = how >> 2;

	/* it may take an empty table out */
	hv_map(f, 0, f->base, HV_DATA, leaf);
	hv_sync(f, 0);
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	take_share(f, &share[0], how & 1);
	take_share(f, &share[1], how & 2);
	hv_ok(hvpt_domain_sync(&f->domain[0], &share[first].gather));
	share_is_gone(f, &share[first]);
	hv_ok(hvpt_domain_sync(&f->domain[0], &share[!first].gather));
	share_is_gone(f, &share[0]);
	share_is_gone(f, &share[1]);
	assert_int_equal(f->domain[0].pt.splits, 0);
	hv_unmap(f, 0, f->base, leaf);
	hv_sync(f, 0);
	hv_no_violation(f);
}

/* Two callers that do not know of each other: whichever syncs first is safe. */
static void test_two_callers_share_a_leaf(void **state)
{
	static const uint64_t leaf[] = { HV_2M, HV_1G, HV_1G };
	static const uint64_t page[][2] = {
		{ 3 * HV_4K, HV_2M - HV_4K },
		{ 3 * HV_4K, HV_2M - HV_4K },
		{ HV_1G - HV_4K, 0 },
	};
	struct hv_fixture *f = *state;
	unsigned how;
	size_t i;

	hv_make(f, 0);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	for (i = 0; i < HV_COUNT(leaf); i++)
		for (how = 0; how < 8; how++)
			share_a_leaf(f, leaf[i], page[i], how);
}

/*
 * The flush of the call that split the leaf fails; that of the other does not.
 */
static void test_the_splitter_cannot_flush(void **state)
{
	struct hv_fixture *f = *state;
	struct share share[2] = { { .page = 0 }, { .page = HV_1G - HV_4K } };
	struct hvpt_gather copy;

	hv_make(f, 0);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	hv_map(f, 0, f->base, HV_DATA, HV_1G);
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	take_share(f, &share[0], false);
	hv_fail(f, HV_FLUSH_LIST, HV_RAW_MEMORY);
	hv_fail(f, HV_FLUSH, HV_RAW_MEMORY);
	hv_status(hvpt_domain_sync(&f->domain[0], &share[0].gather),
		  HVPT_ERR_HV_MEMORY);
	hv_heal(f);
	take_share(f, &share[1], false);
	copy = share[1].gather;
	hv_ok(hvpt_domain_flush(&f->domain[0], &share[1].gather));
	assert_true(gather_equal(&copy, &share[1].gather));
	share_is_gone(f, &share[1]);
	hvpt_pt_release(hvpt_domain_pagetable(&f->domain[0]), &share[1].gather);
	hv_ok(hvpt_domain_sync(&f->domain[0], &share[0].gather));
	share_is_gone(f, &share[0]);
	assert_int_equal(f->domain[0].pt.splits, 0);
	hv_no_violation(f);
}

/* Protect and reclaim on the page table; their gathers are synced as usual. */
static void test_calls_on_the_page_table(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_pagetable *pt;
	struct hypervisor_dma seen;
	uint64_t reclaimed = 0;

	hv_use_pages(f);
	pt = hvpt_domain_pagetable(&f->domain[0]);
	hv_ok(hvpt_pt_protect(pt, hvpt_iova(f->base), 2 * HV_4K, HV_RO,
			      &f->gather[0]));
	hv_sync(f, 0);
	hypervisor_dma(f->hv, hv_device_id(0), f->base, true, &seen);
	assert_false(seen.fresh.translated);
	assert_int_equal(seen.stale_count, 0);
	hypervisor_dma(f->hv, hv_device_id(0), f->base, false, &seen);
	assert_true(seen.fresh.translated);
	hv_unmap(f, 0, f->base, 4 * HV_4K);
	hv_ok(hvpt_pt_reclaim(pt, hvpt_iova(f->base), HV_1G, &f->gather[0],
			      &reclaimed));
	assert_int_equal(reclaimed, 2);
	hv_sync(f, 0);
	hv_dma_faults(f, 0, f->base);
	hv_no_violation(f);
}

int main(void)
{
	static const struct hv_case every[] = {
		HV_CASE(test_map_makes_no_hypercall),
		HV_CASE(test_map_list),
		HV_CASE(test_unmap_and_sync),
		HV_CASE(test_an_empty_gather_makes_no_hypercall),
		HV_CASE(test_tables_without_ranges_flush_the_domain),
		HV_CASE(test_a_domain_without_devices_makes_no_hypercall),
		HV_CASE_IF(test_a_map_that_needs_a_flush, has_2m),
		HV_CASE(test_a_large_leaf_is_split),
		HV_CASE_IF(test_two_callers_share_a_leaf, has_2m),
		HV_CASE_IF(test_the_splitter_cannot_flush, has_2m),
		HV_CASE(test_calls_on_the_page_table),
	};

	return hv_run("domain_map", every, HV_COUNT(every), hv_main,
		      hv_main_count);
}
