/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Scatter lists, in a kernel that passes them to the driver. */
#include "linux_fixture.h"

#ifdef HVPT_LINUX_LISTS
#define BASE (8 * G1)
/* As many are mapped in one walk: lists.c. */
#define AT_ONCE 32u
#define LIST (3 * AT_ONCE + 5)

static struct scatterlist list[LIST];

/* Every second page, in the order of their addresses turned around. */
static u64 page_of(unsigned int i)
{
	return DATA + 2 * (LIST - i) * K4;
}

static void make_list(void)
{
	unsigned int i;

	for (i = 0; i < LIST; i++)
		list[i] = (struct scatterlist){ page_of(i), K4, false };
}

static int map_sg(struct iommu_domain *domain, u64 iova, unsigned int nents,
		  gfp_t gfp, size_t *mapped)
{
	return domain->ops->map_sg(domain, iova, list, nents, RW, gfp, mapped);
}

/* Each count of segments: all are there, in their order, and no more. */
static void test_each_count(void **state)
{
	struct iommu_domain *domain;
	unsigned int count, i;
	size_t mapped;

	(void)state;
	load();
	domain = plug();
	make_list();
	for (count = 1; count <= LIST; count++) {
		mapped = 7;
		assert_int_equal(map_sg(domain, BASE - 9 * K4, count,
					GFP_ATOMIC, &mapped),
				 0);
		assert_int_equal(mapped, 7 + count * K4);
		for (i = 0; i < count; i++)
			expect_dma(BASE + i * K4 - 9 * K4, page_of(i));
		expect_fault(BASE + count * K4 - 9 * K4);
		unmap(domain, BASE - 9 * K4, K4, count);
	}
	mapped = 0;
	assert_int_equal(map_sg(domain, BASE, 0, GFP_ATOMIC, &mapped), 0);
	assert_int_equal(mapped, 0);
	assert_int_equal(stub_host.rescheds, 0);
	expect_sound(domain);
	unplug(domain);
	unload();
}

/* What a device reaches by its bus has no address here. */
static void test_bus_addresses(void **state)
{
	struct iommu_domain *domain;
	size_t mapped = 0;
	unsigned int i;

	(void)state;
	load();
	domain = plug();
	make_list();
	list[0].bus = list[2].bus = list[3].bus = list[LIST - 1].bus = true;
	assert_int_equal(map_sg(domain, BASE, LIST, GFP_KERNEL, &mapped), 0);
	assert_int_equal(mapped, (LIST - 4) * K4);
	assert_int_equal(stub_host.rescheds, 4);
	expect_dma(BASE, page_of(1));
	for (i = 4; i < LIST - 1; i++)
		expect_dma(BASE + (i - 3) * K4, page_of(i));
	expect_fault(BASE + (LIST - 4) * K4);
	/* Nothing else. */
	mapped = 0;
	assert_int_equal(map_sg(domain, G1, 1, GFP_KERNEL, &mapped), 0);
	assert_int_equal(mapped, 0);
	unplug(domain);
	unload();
}

/* Segments of any length; one of them is mapped in parts. */
static void test_long_segments(void **state)
{
	struct iommu_domain *domain;
	size_t mapped = 0;

	(void)state;
	load();
	domain = plug();
	list[0] = (struct scatterlist){ DATA, G1 / 2, false };
	list[1] = (struct scatterlist){ DATA + 2 * G1, G1 / 2, false };
	list[2] = (struct scatterlist){ DATA + 4 * G1, G1 + M2, false };
	list[3] = (struct scatterlist){ DATA + 8 * G1, K4, false };
	assert_int_equal(map_sg(domain, BASE, 4, GFP_KERNEL, &mapped), 0);
	assert_int_equal(mapped, 2 * G1 + M2 + K4);
	/* The first two; the parts of the third, and all; the fourth. */
	assert_int_equal(stub_host.rescheds, 1 + 2 + 1 + 1);
	expect_dma(BASE + G1 / 2 - K4, DATA + G1 / 2 - K4);
	expect_dma(BASE + G1 / 2, DATA + 2 * G1);
	expect_dma(BASE + G1, DATA + 4 * G1);
	expect_dma(BASE + 2 * G1 + M2 - K4, DATA + 5 * G1 + M2 - K4);
	expect_dma(BASE + 2 * G1 + M2, DATA + 8 * G1);
	expect_sound(domain);
	unplug(domain);
	unload();
}

/* In the third walk a page is mapped already: two walks stay, and count. */
static void test_refused(void **state)
{
	struct iommu_domain *domain;
	size_t mapped = 0;

	(void)state;
	load();
	domain = plug();
	make_list();
	assert_int_equal(
		map(domain, BASE + (2 * AT_ONCE + 3) * K4, DATA, K4, 1), 0);
	assert_int_equal(map_sg(domain, BASE, LIST, GFP_ATOMIC, &mapped),
			 -EADDRINUSE);
	assert_int_equal(mapped, 2 * AT_ONCE * K4);
	expect_dma(BASE + mapped - K4, page_of(2 * AT_ONCE - 1));
	expect_fault(BASE + mapped);
	unmap(domain, BASE, K4, mapped / K4);
	expect_fault(BASE);
	unplug(domain);
	unload();
}

/* Each allocation fails once, with a table that begins inside the list. */
static void test_no_memory(void **state)
{
	struct iommu_domain *domain;
	int err = -ENOMEM;
	uint64_t at;
	size_t mapped;

	(void)state;
	load();
	make_list();
	for (at = 1; err; at++) {
		domain = plug();
		hvpt_linux_pool_empty(&hvpt_linux_domain(domain)->pool);
		stub_host.fail_at = at;
		mapped = 0;
		err = map_sg(domain, BASE + M2 - (AT_ONCE + 9) * K4, LIST,
			     GFP_ATOMIC, &mapped);
		stub_host.fail_at = 0;
		assert_true(!err || err == -ENOMEM);
		assert_int_equal(mapped % (AT_ONCE * K4),
				 err ? 0 : LIST % AT_ONCE * K4);
		expect_fault(BASE + M2 - (AT_ONCE + 9) * K4 + mapped);
		if (mapped)
			expect_dma(BASE + M2 - (AT_ONCE + 9) * K4, page_of(0));
		expect_sound(domain);
		unplug(domain);
	}
	assert_true(at > 5);
	unload();
}

/* Once the tables are there, a list takes no memory, and no lock. */
static void test_steady(void **state)
{
	struct iommu_domain *domain;
	uint64_t allocations, locks;
	size_t mapped = 0;

	(void)state;
	load();
	domain = plug();
	make_list();
	assert_int_equal(map(domain, BASE + LIST * K4, DATA, K4, 1), 0);
	allocations = stub_host.allocations;
	locks = stub_host.locks;
	assert_int_equal(map_sg(domain, BASE, LIST, GFP_ATOMIC, &mapped), 0);
	assert_int_equal(stub_host.allocations, allocations);
	assert_int_equal(stub_host.locks, locks);
	unplug(domain);
	unload();
}

int test_linux_lists(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_each_count),
		FIXTURE_TEST(test_bus_addresses),
		FIXTURE_TEST(test_long_segments),
		FIXTURE_TEST(test_refused),
		FIXTURE_TEST(test_no_memory),
		FIXTURE_TEST(test_steady),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
int test_linux_lists(void)
{
	return 0;
}
#endif
