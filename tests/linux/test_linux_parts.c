/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Long calls: a map goes in parts, after which others may run, and many
 * tables are freed by a worker, in parts too.
 */
#include "linux_fixture.h"

/* Where a part begins, above the window of interrupts. */
#define BASE (8 * G1)
/* As the limit of tables.c. */
#define AT_ONCE 512u

static uint64_t tables_of(struct iommu_domain *domain)
{
	return hvpt_pt_tables(&hvpt_linux_domain(domain)->core.pt);
}

/* ---- maps ------------------------------------------------------------ */

/* By pages, with a scheduling point after each part. */
static void test_map_parts(void **state)
{
	struct iommu_domain *domain;
	size_t mapped = 3;

	(void)state;
	load();
	domain = plug();
	/* From the middle of a part, and into the fourth. */
	assert_int_equal(map_gfp(domain, BASE - M2, FINE, 2 * G1 + 2 * M2,
				 GFP_KERNEL, &mapped),
			 0);
	assert_int_equal(mapped, 3 + 2 * G1 + 2 * M2);
	assert_int_equal(stub_host.rescheds, 4);
	expect_dma(BASE - M2, FINE);
	expect_dma(BASE, FINE + M2);
	expect_dma(BASE + 2 * G1 + M2 - K4, FINE + 2 * G1 + 2 * M2 - K4);
	expect_fault(BASE + 2 * G1 + M2);
	expect_sound(domain);
	unplug(domain);
	unload();
}

/* A caller that may not sleep gets the same, without those points. */
static void test_map_parts_atomic(void **state)
{
	struct iommu_domain *domain;
	size_t mapped = 0;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map_gfp(domain, BASE - K4, FINE, G1 + 2 * K4,
				 GFP_ATOMIC, &mapped),
			 0);
	assert_int_equal(mapped, G1 + 2 * K4);
	assert_int_equal(stub_host.rescheds, 0);
	expect_dma(BASE + G1, FINE + G1 + K4);
	unplug(domain);
	unload();
}

/* One part, and no leaf that is cut: nobody else runs, and none is smaller. */
static void test_map_one_part(void **state)
{
	struct iommu_domain *domain;
	size_t mapped = 0;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map_gfp(domain, BASE, FINE, G1, GFP_KERNEL, &mapped),
			 0);
	assert_int_equal(stub_host.rescheds, 0);
	unmap(domain, BASE, K4, G1 / K4);
	stub_run_work();
	stub_host.rescheds = 0;
	/* Also where a part would end in it. */
	assert_int_equal(
		map_gfp(domain, BASE - M2, FINE, G1, GFP_KERNEL, &mapped), 0);
	assert_int_equal(stub_host.rescheds, 0);
	assert_int_equal(map_gfp(domain, BASE + G1, DATA, 4 * G1, GFP_KERNEL,
				 &mapped),
			 0);
	assert_int_equal(stub_host.rescheds, 4);
	/* The root, one below it; then of pages alone: 2, and 512. */
	assert_int_equal(tables_of(domain), 2 + 2 + AT_ONCE);
	unplug(domain);
	unload();
}

/* What comes before a part that is refused stays, and is reported. */
static void test_map_parts_refused(void **state)
{
	struct iommu_domain *domain;
	size_t mapped = 0;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map(domain, BASE + 2 * G1 + M2, DATA, K4, 1), 0);
	assert_int_equal(map_gfp(domain, BASE, FINE, 4 * G1, GFP_KERNEL,
				 &mapped),
			 -EADDRINUSE);
	assert_int_equal(mapped, 2 * G1);
	assert_int_equal(stub_host.rescheds, 3);
	expect_dma(BASE + 2 * G1 - K4, FINE + 2 * G1 - K4);
	/* Of the part that was refused, nothing. */
	expect_fault(BASE + 2 * G1);
	expect_dma(BASE + 2 * G1 + M2, DATA);
	expect_fault(BASE + 3 * G1);
	/* Linux undoes that much. */
	unmap(domain, BASE, K4, mapped / K4);
	expect_fault(BASE);
	expect_fault(BASE + 2 * G1 - K4);
	expect_sound(domain);
	stub_run_work();
	unplug(domain);
	unload();
}

/* The same where memory ends, at each page of the second part's first ones. */
static void test_map_parts_no_memory(void **state)
{
	/* One below the root, and the 513 of the first part. */
	const unsigned int first = 1 + 1 + AT_ONCE;
	struct iommu_domain *domain;
	unsigned int at;
	size_t mapped;

	(void)state;
	load();
	for (at = 1; at <= AT_ONCE; at += AT_ONCE / 4) {
		domain = plug();
		hvpt_linux_pool_empty(&hvpt_linux_domain(domain)->pool);
		mapped = 0;
		stub_host.fail_at = first + at;
		assert_int_equal(map_gfp(domain, BASE, FINE, 2 * G1, GFP_KERNEL,
					 &mapped),
				 -ENOMEM);
		stub_host.fail_at = 0;
		assert_int_equal(mapped, G1);
		expect_dma(BASE + G1 - K4, FINE + G1 - K4);
		expect_fault(BASE + G1);
		unmap(domain, BASE, K4, mapped / K4);
		expect_fault(BASE);
		stub_run_work();
		unplug(domain);
	}
	unload();
}

/* Pages are taken in advance for one part, not for all of the range. */
static void test_map_parts_pool(void **state)
{
	struct iommu_domain *domain;
	struct hvpt_linux_pool *pool;
	size_t mapped = 0;

	(void)state;
	load();
	domain = plug();
	pool = &hvpt_linux_domain(domain)->pool;
	hvpt_linux_pool_empty(pool);
	stub_host.fail_at = 0;
	stub_host.allocations = 0;
	assert_int_equal(
		map_gfp(domain, BASE, FINE, 3 * G1, GFP_KERNEL, &mapped), 0);
	/* What a part asks for besides may be there: it goes back. */
	assert_true(stub_host.allocations <= 3 * (AT_ONCE + 2));
	assert_true(stub_host.counted[0] <= 3 + 3 * (long)AT_ONCE + 8);
	assert_true(pool->count <= 8);
	assert_int_equal(pool->wanted, 0);
	unplug(domain);
	unload();
}

/* ---- tables ---------------------------------------------------------- */

/* Of the tables, and of what the pool keeps: 8 at most. */
static long pages(void)
{
	return stub_host.counted[NR_SECONDARY_PAGETABLE];
}

static void map_tables(struct iommu_domain *domain, unsigned int count)
{
	size_t mapped = 0;

	assert_int_equal(map_gfp(domain, BASE, FINE, count * M2, GFP_KERNEL,
				 &mapped),
			 0);
	expect_dma(BASE, FINE);
	stub_host.rescheds = 0;
}

/* 512 tables are free when the flush is over. */
static void test_free_few(void **state)
{
	struct iommu_domain *domain;
	size_t mapped = 0;
	long before;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map(domain, BASE - K4, DATA, K4, 1), 0);
	before = pages();
	/* Those above them are not unmapped whole. */
	assert_int_equal(
		map_gfp(domain, BASE + M2, FINE, G1, GFP_KERNEL, &mapped), 0);
	expect_dma(BASE + M2, FINE);
	unmap(domain, BASE + M2, K4, G1 / K4);
	assert_false(stub_host.work);
	assert_true(pages() <= before + 2 + 8);
	expect_fault(BASE + M2);
	assert_int_equal(stub_host.rescheds, 0);
	unplug(domain);
	unload();
}

/* Many wait for the worker, which lets others run after each part. */
static void test_free_many(void **state)
{
	struct iommu_domain *domain;
	long all;

	(void)state;
	load();
	domain = plug();
	map_tables(domain, 2 * AT_ONCE + 1);
	all = pages();
	unmap(domain, BASE, K4, (2 * AT_ONCE + 1) * 512);
	expect_fault(BASE);
	assert_true(stub_host.work);
	assert_int_equal(pages(), all);
	assert_int_equal(stub_host.rescheds, 0);
	/* More, before the worker has begun: 512, and the one above them. */
	map_tables(domain, AT_ONCE);
	unmap(domain, BASE, K4, AT_ONCE * 512);
	assert_true(pages() > all + (long)AT_ONCE);
	stub_run_work();
	assert_false(stub_host.work);
	assert_true(pages() <= 12);
	/* Whole parts, and a last one that is not whole. */
	assert_int_equal(stub_host.rescheds, 4);
	assert_int_equal(map(domain, BASE, DATA, K4, 1), 0);
	expect_dma(BASE, DATA);
	unplug(domain);
	unload();
}

/* The queue of lazy flushes runs in a timer: it frees no more than that. */
static void test_free_lazy(void **state)
{
	struct iommu_iotlb_gather gather;
	struct iommu_domain *domain;
	long all;

	(void)state;
	load();
	domain = plug();
	map_tables(domain, AT_ONCE + 1);
	all = pages();
	iommu_iotlb_gather_init(&gather);
	gather.queued = true;
	assert_int_equal(domain->ops->unmap_pages(domain, BASE, K4,
						  (AT_ONCE + 1) * 512, &gather),
			 (AT_ONCE + 1) * M2);
	assert_false(stub_host.work);
	domain->ops->flush_iotlb_all(domain);
	assert_true(stub_host.work);
	assert_int_equal(pages(), all);
	stub_run_work();
	assert_true(pages() <= 12);
	unplug(domain);
	unload();
}

/* A flush that fails gives the worker nothing. */
static void test_free_not_flushed(void **state)
{
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	map_tables(domain, AT_ONCE + 1);
	inject(HV_FLUSH_LIST, 1);
	inject(HV_FLUSH, 1);
	unmap(domain, BASE, K4, (AT_ONCE + 1) * 512);
	assert_false(stub_host.work);
	assert_true(hvpt_linux_domain(domain)->limbo.table_count > AT_ONCE);
	assert_int_equal(map(domain, K4, DATA, K4, 1), 0);
	unmap(domain, K4, K4, 1);
	assert_true(stub_host.work);
	stub_run_work();
	expect_fault(BASE);
	unplug(domain);
	unload();
}

/* A domain ends only after the worker has freed its tables. */
static void test_free_end(void **state)
{
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	map_tables(domain, AT_ONCE + 1);
	unmap(domain, BASE, K4, (AT_ONCE + 1) * 512);
	assert_true(stub_host.work);
	unplug(domain);
	assert_false(stub_host.work);
	/* In limbo when the domain ends: freed then, and not later. */
	domain = plug();
	map_tables(domain, AT_ONCE + 1);
	inject(HV_FLUSH_LIST, 1);
	inject(HV_FLUSH, 1);
	unmap(domain, BASE, K4, (AT_ONCE + 1) * 512);
	unplug(domain);
	assert_false(stub_host.work);
	unload();
}

int test_linux_parts(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_map_parts),
		FIXTURE_TEST(test_map_parts_atomic),
		FIXTURE_TEST(test_map_one_part),
		FIXTURE_TEST(test_map_parts_refused),
		FIXTURE_TEST(test_map_parts_no_memory),
		FIXTURE_TEST(test_map_parts_pool),
		FIXTURE_TEST(test_free_few),
		FIXTURE_TEST(test_free_many),
		FIXTURE_TEST(test_free_lazy),
		FIXTURE_TEST(test_free_not_flushed),
		FIXTURE_TEST(test_free_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
