/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Mapping, unmapping and flushing. The model hypervisor keeps every translation
 * it may and calls a violation what a guest must never do: freeing a table it
 * may still read above all.
 */
#include "linux_fixture.h"

static void test_map_unmap(void **state)
{
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(domain->geometry.aperture_end, (1ull << 47) - 1);
	assert_int_equal(map(domain, 0x10000, DATA, K4, 4), 0);
	expect_dma(0x12345, DATA + 0x2345);
	assert_int_equal(domain->ops->iova_to_phys(domain, 0x12345),
			 DATA + 0x2345);
	assert_int_equal(map(domain, 0x11000, DATA, K4, 1), -EADDRINUSE);
	unmap(domain, 0x10000, K4, 4);
	expect_fault(0x12345);
	assert_int_equal(domain->ops->iova_to_phys(domain, 0x12345), 0);
	unplug(domain);
	unload();
	assert_int_equal(stub_errors, 0);
}

/* Tables leave with a large unmap; they are freed after the flush only. */
static void test_tables_strict(void **state)
{
	struct iommu_domain *domain;
	struct hvpt_linux_domain *mine;
	unsigned int round;

	(void)state;
	load();
	domain = plug();
	mine = hvpt_linux_domain(domain);
	for (round = 0; round < 3; round++) {
		assert_int_equal(map(domain, G1, FINE, K4, 2 * 512), 0);
		expect_dma(G1 + M2, FINE + M2);
		unmap(domain, G1, K4, 2 * 512);
		expect_fault(G1 + M2);
		assert_null(mine->limbo.tables);
		assert_int_equal(map(domain, G1, DATA, M2, 1), 0);
		expect_dma(G1, DATA);
		unmap(domain, G1, M2, 1);
	}
	unplug(domain);
	unload();
}

/* A domain with many tables lets others run while they are freed. */
static void test_tables_end(void **state)
{
	struct iommu_domain *domain;
	uint64_t tables;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map(domain, G1, FINE, K4, 8 * 512), 0);
	unmap(domain, G1, K4, 4 * 512);
	assert_int_equal(stub_host.rescheds, 0);
	tables = hvpt_pt_tables(
		hvpt_domain_pagetable(&hvpt_linux_domain(domain)->core));
	assert_true(tables > 4);
	unplug(domain);
	assert_int_equal(stub_host.rescheds, tables);
	unload();
}

/* Lazily: nothing is flushed by the unmap, all by the queue. */
static void test_tables_lazy(void **state)
{
	struct iommu_iotlb_gather gather;
	struct hvpt_linux_domain *mine;
	struct iommu_domain *domain;
	uint64_t flushes;

	(void)state;
	load();
	domain = plug();
	mine = hvpt_linux_domain(domain);
	assert_int_equal(map(domain, G1, FINE, K4, 2 * 512), 0);
	expect_sound(domain);
	expect_dma(G1, FINE);
	iommu_iotlb_gather_init(&gather);
	gather.queued = true;
	flushes = hypervisor_calls(stub_host.hv, HV_FLUSH);
	assert_int_equal(domain->ops->unmap_pages(domain, G1, K4, 2 * 512,
						  &gather),
			 2 * M2);
	assert_int_equal(hypervisor_calls(stub_host.hv, HV_FLUSH), flushes);
	assert_int_equal(hypervisor_calls(stub_host.hv, HV_FLUSH_LIST), 0);
	assert_int_equal(mine->limbo.table_count, 2);
	domain->ops->flush_iotlb_all(domain);
	assert_int_equal(mine->limbo.table_count, 0);
	expect_fault(G1);
	/* And once more, with the domain gone before the queue. */
	assert_int_equal(map(domain, G1, FINE, K4, 2 * 512), 0);
	expect_sound(domain);
	domain->ops->unmap_pages(domain, G1, K4, 2 * 512, &gather);
	assert_int_equal(mine->limbo.table_count, 2);
	unplug(domain);
	unload();
}

/* Another's flush takes the tables of an unmap that is not synced yet. */
static void test_tables_shared(void **state)
{
	struct iommu_iotlb_gather gather;
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map(domain, G1, FINE, K4, 512), 0);
	assert_int_equal(map(domain, 0x10000, DATA, K4, 1), 0);
	expect_dma(G1, FINE);
	iommu_iotlb_gather_init(&gather);
	domain->ops->unmap_pages(domain, G1, K4, 512, &gather);
	unmap(domain, 0x10000, K4, 1);
	expect_fault(G1);
	domain->ops->iotlb_sync(domain, &gather);
	unplug(domain);
	unload();
}

/*
 * A handler that flushed the domain would wait for the flush it interrupts: so
 * interrupts are off for all of a flush, and on again when it is over.
 */
static void flush_with_interrupts(bool off)
{
	struct iommu_domain *domain;

	*stub_param_combine() = off;
	load();
	domain = plug();
	stub_host.flushes[0] = stub_host.flushes[1] = 0;
	assert_int_equal(map(domain, 0x10000, DATA, K4, 1), 0);
	expect_dma(0x10000, DATA);
	unmap(domain, 0x10000, K4, 1);
	expect_fault(0x10000);
	domain->ops->flush_iotlb_all(domain);
	assert_true(stub_host.flushes[off] >= 2);
	assert_int_equal(stub_host.flushes[!off], 0);
	assert_false(stub_host.irqs_off);
	unplug(domain);
	unload();
}

static void test_combine(void **state)
{
	(void)state;
	flush_with_interrupts(true);
}

static void test_combine_not(void **state)
{
	(void)state;
	flush_with_interrupts(false);
}

/* A reader of the whole table keeps tables from being freed. */
static void test_visitor(void **state)
{
	struct hvpt_linux_domain *mine;
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	mine = hvpt_linux_domain(domain);
	assert_int_equal(map(domain, G1, FINE, K4, 512), 0);
	hvpt_linux_visit_begin(mine);
	unmap(domain, G1, K4, 512);
	assert_int_equal(mine->limbo.table_count, 1);
	hvpt_linux_visit_end(mine);
	assert_int_equal(map(domain, 0x10000, DATA, K4, 1), 0);
	unmap(domain, 0x10000, K4, 1);
	assert_int_equal(mine->limbo.table_count, 0);
	unplug(domain);
	unload();
}

/* Flushes fail: it is said, tables stay, and a later flush frees them. */
static void test_flush_fails(void **state)
{
	struct hvpt_linux_domain *mine;
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	mine = hvpt_linux_domain(domain);
	assert_int_equal(map(domain, G1, FINE, K4, 512), 0);
	expect_dma(G1, FINE);
	inject(HV_FLUSH_LIST, 1);
	inject(HV_FLUSH, 1);
	unmap(domain, G1, K4, 512);
	assert_int_equal(mine->limbo.table_count, 1);
	assert_int_equal(stub_errors, 1);
	assert_true(stub_warnings > 0);
	assert_int_equal(map(domain, 0x10000, DATA, K4, 1), 0);
	unmap(domain, 0x10000, K4, 1);
	assert_int_equal(mine->limbo.table_count, 0);
	expect_fault(G1);
	unplug(domain);
	unload();
}

/* DELETE fails: the tables are kept, and freed when it is tried again. */
static void test_delete_fails(void **state)
{
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map(domain, G1, DATA, K4, 1), 0);
	inject(HV_DELETE, 2);
	unplug(domain);
	assert_int_equal(hvpt_arena_in_use(stub_host.arena), 4);
	assert_int_equal(hypervisor_domains(stub_host.hv), 3);
	domain = new_domain();
	domain->ops->free(domain);
	assert_int_equal(hvpt_arena_in_use(stub_host.arena), 4);
	domain = new_domain();
	domain->ops->free(domain);
	assert_int_equal(hvpt_arena_in_use(stub_host.arena), 0);
	assert_int_equal(stub_errors, 0);
	unload();
}

/* What waits for a flush is freed with its domain, and after a flush. */
static void test_flush_fails_at_the_end(void **state)
{
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map(domain, G1, FINE, K4, 512), 0);
	expect_dma(G1, FINE);
	inject(HV_FLUSH_LIST, 1);
	inject(HV_FLUSH, 3);
	unmap(domain, G1, K4, 512);
	unplug(domain);
	assert_false(list_empty(&hvpt_linux.kept));
	unload();
	assert_true(list_empty(&hvpt_linux.kept));
}

/* Each allocation of a first map fails once: refused, nothing changed. */
static void test_map_no_memory(void **state)
{
	struct iommu_domain *domain;
	uint64_t at;
	int err = -ENOMEM;

	(void)state;
	load();
	for (at = 1; err; at++) {
		domain = plug();
		stub_host.fail_at = at;
		err = map(domain, G1 - M2, FINE, K4, 2 * 512);
		stub_host.fail_at = 0;
		if (err) {
			assert_int_equal(err, -ENOMEM);
			expect_fault(G1 - M2);
		} else {
			expect_dma(G1, FINE + M2);
		}
		unplug(domain);
	}
	assert_true(at > 5);
	unload();
}

/* Domains fail to be made at each allocation; nothing is left. */
static void test_domain_no_memory(void **state)
{
	struct iommu_domain *domain = NULL;
	uint64_t at;

	(void)state;
	load();
	for (at = 1; !domain; at++) {
		stub_host.fail_at = at;
		domain = new_domain();
	}
	stub_host.fail_at = 0;
	assert_int_equal(at, 4);
	domain->ops->free(domain);
	inject(HV_CREATE, 1);
	assert_null(new_domain());
	unload();
}

/* Takes pages of any zone but the caller's, as many as can be needed. */
static void test_pool(void **state)
{
	struct iommu_iotlb_gather gather;
	struct hvpt_linux_domain *mine;
	struct iommu_domain *domain;
	uint64_t before;
	size_t mapped = 0;

	(void)state;
	load();
	domain = plug();
	mine = hvpt_linux_domain(domain);
	before = stub_host.allocations;
	assert_int_equal(
		domain->ops->map_pages(domain, G1, FINE, K4, 40 * 512, RW,
				       GFP_KERNEL | __GFP_DMA32 | __GFP_HIGHMEM,
				       &mapped),
		0);
	/* 40 tables of leaves, and 2 above them. */
	assert_int_equal(stub_host.allocations, before + 40 + 2);
	assert_int_equal(mine->pool.count, 0);
	assert_int_equal(mine->pool.wanted, 0);
	expect_sound(domain);
	/* Tables that are there are asked for too, and go back. */
	assert_int_equal(map(domain, G1 + 40 * M2, FINE, K4, 1), 0);
	assert_true(mine->pool.count <= 8);
	/* A sync with nothing gathered makes no call. */
	iommu_iotlb_gather_init(&gather);
	domain->ops->iotlb_sync(domain, &gather);
	assert_int_equal(hypervisor_calls(stub_host.hv, HV_FLUSH_LIST), 0);
	unplug(domain);
	unload();
}

/* A large leaf takes no tables below it. */
static void test_pool_large(void **state)
{
	struct iommu_domain *domain;
	uint64_t before;

	(void)state;
	load();
	domain = plug();
	before = stub_host.allocations;
	assert_int_equal(map(domain, 8 * G1, DATA, G1, 3), 0);
	assert_int_equal(stub_host.allocations, before + 1);
	assert_int_equal(map(domain, 5 * G1, DATA, M2, 512), 0);
	assert_true(stub_host.allocations <= before + 3);
	unplug(domain);
	unload();
}

/* Once the tables are there: no lock is taken, and no memory. */
static void test_steady(void **state)
{
	uint64_t allocations, locks;
	struct iommu_domain *domain;
	unsigned int i;

	(void)state;
	load();
	domain = plug();
	/* Tables on the way to both pages stay when a neighbour is mapped. */
	assert_int_equal(map(domain, G1, FINE, K4, 1), 0);
	assert_int_equal(map(domain, 2 * G1, DATA, M2, 1), 0);
	allocations = stub_host.allocations;
	locks = stub_host.locks;
	for (i = 1; i < 100; i++) {
		assert_int_equal(map(domain, G1 + i * K4, FINE, K4, 32), 0);
		expect_dma(G1 + i * K4, FINE);
		unmap(domain, G1 + i * K4, K4, 32);
		expect_fault(G1 + i * K4);
		assert_int_equal(map(domain, 2 * G1 + M2, DATA, M2, 1), 0);
		unmap(domain, 2 * G1 + M2, M2, 1);
	}
	assert_int_equal(stub_host.allocations, allocations);
	assert_int_equal(stub_host.locks, locks);
	unmap(domain, G1, K4, 1);
	unmap(domain, 2 * G1, M2, 1);
	unplug(domain);
	unload();
}

/* Unmaps end where nothing is mapped, as iommu_unmap() wants. */
static void test_holes(void **state)
{
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map(domain, G1, FINE, K4, 4), 0);
	assert_int_equal(map(domain, G1 + 8 * K4, FINE + 8 * K4, K4, 4), 0);
	assert_int_equal(unmap_some(domain, G1 - K4, K4, 13), 0);
	expect_dma(G1, FINE);
	assert_int_equal(unmap_some(domain, G1, K4, 12), 4 * K4);
	expect_fault(G1);
	expect_dma(G1 + 8 * K4, FINE + 8 * K4);
	assert_int_equal(unmap_some(domain, G1 + 10 * K4, K4, 512), 2 * K4);
	assert_int_equal(unmap_some(domain, G1 + 8 * K4, K4, 4), 2 * K4);
	/* A hole where a table ends. */
	assert_int_equal(map(domain, G1 + M2 - 4 * K4, FINE, K4, 4), 0);
	assert_int_equal(map(domain, G1 + M2 + K4, FINE, K4, 2), 0);
	assert_int_equal(unmap_some(domain, G1 + M2 - 3 * K4, K4, 8), 3 * K4);
	expect_dma(G1 + M2 + K4, FINE);
	/* None there: through two tables, into a large leaf. */
	assert_int_equal(map(domain, G1 + M2, FINE, K4, 1), 0);
	assert_int_equal(map(domain, G1 + M2 + 3 * K4, FINE, K4, 509), 0);
	assert_int_equal(map(domain, G1 + 2 * M2, DATA, M2, 1), 0);
	assert_int_equal(unmap_some(domain, G1 + M2 - 4 * K4, K4, 2 * 512), K4);
	assert_int_equal(map(domain, G1 + M2 - 4 * K4, FINE, K4, 4), 0);
	assert_int_equal(unmap_some(domain, G1 + M2 - 4 * K4, K4, 2 * 512),
			 1024 * K4);
	assert_int_equal(unmap_some(domain, G1 + 2 * M2, K4, 1024), 0);
	expect_dma(G1 + 3 * M2 - 4 * K4, DATA + M2 - 4 * K4);
	unmap(domain, G1 + 3 * M2 - 4 * K4, K4, 4);
	/* Large leaves, one of them begun in its middle. */
	assert_int_equal(map(domain, G1, DATA, M2, 2), 0);
	assert_int_equal(unmap_some(domain, G1 + K4, K4, 3 * 512), 2 * M2 - K4);
	expect_dma(G1, DATA);
	unmap(domain, G1, K4, 1);
	unplug(domain);
	unload();
}

/* More bytes than there are: nothing is mapped, or unmapped. */
static void test_overflow(void **state)
{
	struct iommu_iotlb_gather gather;
	struct iommu_domain *domain;
	size_t mapped = 0;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(domain->ops->map_pages(domain, 0, DATA, G1, 1ull << 34,
						RW, GFP_ATOMIC, &mapped),
			 -EINVAL);
	assert_int_equal(domain->ops->map_pages(domain, 0, DATA, K4,
						(1ull << 52) + 1, RW,
						GFP_ATOMIC, &mapped),
			 -EINVAL);
	assert_int_equal(mapped, 0);
	expect_fault(0);
	assert_int_equal(map(domain, 0, DATA, K4, 1), 0);
	iommu_iotlb_gather_init(&gather);
	assert_int_equal(domain->ops->unmap_pages(domain, 0, K4,
						  (1ull << 52) + 1, &gather),
			 0);
	expect_dma(0, DATA);
	unplug(domain);
	unload();
}

#if STUB_7_3
/*
 * The kernel makes one call for a range, with leaves of all sizes: no more
 * tables are asked for than the ends of its parts need.
 */
static void test_ranges(void **state)
{
	struct iommu_domain *domain;
	struct hvpt_linux_domain *mine;
	struct pt_iommu *table;
	size_t mapped = 5;
	uint64_t before;

	(void)state;
	load();
	domain = plug();
	mine = hvpt_linux_domain(domain);
	table = &mine->table;
	hvpt_linux_pool_empty(&mine->pool);
	before = stub_host.allocations;
	/* Pages, 2 MiB, 1 GiB, 2 MiB, pages. */
	assert_int_equal(table->ops->map_range(
				 table, 8 * G1 - M2 - K4, DATA + G1 - M2 - K4,
				 G1 + 2 * M2 + 2 * K4, RW, GFP_ATOMIC, &mapped),
			 0);
	assert_int_equal(mapped, 5 + G1 + 2 * M2 + 2 * K4);
	/*
	 * Below 512 GiB, below 1 GiB at both ends, and below 2 MiB. The last
	 * part asks for the first again.
	 */
	assert_int_equal(stub_host.allocations, before + 1 + 2 + 2 + 1);
	assert_int_equal(mine->pool.count, 1);
	expect_dma(8 * G1 - M2 - K4, DATA + G1 - M2 - K4);
	expect_dma(9 * G1 + M2, DATA + 2 * G1 + M2);
	/* Refused as a whole. */
	mapped = 0;
	assert_int_equal(table->ops->map_range(table, 7 * G1, DATA, G1, RW,
					       GFP_ATOMIC, &mapped),
			 -EADDRINUSE);
	assert_int_equal(table->ops->map_range(table, 0, DATA, 0, RW,
					       GFP_ATOMIC, &mapped),
			 -EINVAL);
	assert_int_equal(table->ops->map_range(table, 0, DATA, K4 + 1, RW,
					       GFP_ATOMIC, &mapped),
			 -EINVAL);
	assert_int_equal(mapped, 0);
	assert_int_equal(unmap_some(domain, 7 * G1, K4, 0), 0);
	unmap(domain, 8 * G1 - M2 - K4, K4, 512 * 512 + 2 * 512 + 2);
	expect_fault(8 * G1);
	unplug(domain);
	unload();
}
#endif

/* A processor's counts of flushes are added to the library's. */
static void test_counts(void **state)
{
	struct hvpt_iommu_stats stats;
	struct iommu_domain *domain;

	(void)state;
	load();
	hvpt_linux_count(&hvpt_linux.iommu.stats.list_flushes, 2);
	hvpt_linux_count(&hvpt_linux.iommu.stats.descriptors, 3);
	unload();
	/* Since the start. */
	load();
	domain = plug();
	hvpt_linux_read_stats(&stats);
	assert_int_equal(stats.list_flushes, 0);
	assert_int_equal(stats.descriptors, 0);
	hvpt_linux_count(&hvpt_linux.iommu.stats.list_flushes, 2);
	hvpt_linux_count(&hvpt_linux.iommu.stats.descriptors, 3);
	assert_int_equal(map(domain, G1, FINE, K4, 1), 0);
	unmap(domain, G1, K4, 1);
	hvpt_linux_read_stats(&stats);
	assert_int_equal(stats.list_flushes, 3);
	assert_int_equal(stats.descriptors, 4);
	assert_int_equal(stats.full_flushes,
			 hvpt_linux.iommu.stats.full_flushes);
	unplug(domain);
	unload();
}

/* Hypercalls are traced, and lists of ranges that are refused. */
static void test_trace(void **state)
{
	struct iommu_domain *domain;
	unsigned int calls;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map(domain, G1, FINE, K4, 4), 0);
	calls = stub_traced("hvpt_hypercall");
	unmap(domain, G1, K4, 1);
	assert_int_equal(stub_traced("hvpt_hypercall"), calls + 1);
	assert_int_equal(stub_traced("hvpt_fallback"), 0);
	inject(HV_FLUSH_LIST, 1);
	unmap(domain, G1 + K4, K4, 1);
	assert_int_equal(stub_traced("hvpt_hypercall"), calls + 3);
	assert_int_equal(stub_traced("hvpt_fallback"), 1);
	unplug(domain);
	unload();
}

/* A large leaf is cut, with and without memory for it. */
static void test_cut(void **state)
{
	struct iommu_iotlb_gather gather;
	struct iommu_domain *domain;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map(domain, G1, DATA, M2, 1), 0);
	hvpt_linux_pool_empty(&hvpt_linux_domain(domain)->pool);
	iommu_iotlb_gather_init(&gather);
	stub_host.fail_at = 1;
	assert_int_equal(domain->ops->unmap_pages(domain, G1, K4, 1, &gather),
			 0);
	expect_dma(G1, DATA);
	unmap(domain, G1, K4, 1);
	expect_fault(G1);
	expect_dma(G1 + K4, DATA + K4);
	unplug(domain);
	unload();
}

static void test_prot(void **state)
{
	struct hypervisor_dma dma;
	struct iommu_domain *domain;
	size_t mapped = 0;

	(void)state;
	load();
	domain = plug();
	assert_int_equal(domain->ops->map_pages(domain, 0, DATA, K4, 1,
						IOMMU_READ, GFP_KERNEL,
						&mapped),
			 0);
	assert_int_equal(domain->ops->map_pages(domain, K4, DATA, K4, 1,
						IOMMU_WRITE, GFP_KERNEL,
						&mapped),
			 0);
	hypervisor_dma(stub_host.hv, ID, 0, true, &dma);
	assert_false(dma.fresh.translated);
	expect_dma(K4, DATA);
	assert_int_equal(domain->ops->map_pages(domain, M2, DATA, K4, 1, 0,
						GFP_KERNEL, &mapped),
			 -EINVAL);
	unplug(domain);
	unload();
}

#if STUB_7_3
static void test_dirty(void **state)
{
	struct iommu_dirty_bitmap bitmap = { 0 };
	struct iommu_iotlb_gather gather;
	struct iommu_domain *domain;

	(void)state;
	load();
	/* Not unless somebody says that the host does it. */
	assert_false(stub_ops->capable(&pdev.dev, IOMMU_CAP_DIRTY_TRACKING));
	domain = stub_ops->domain_alloc_paging_flags(
		&pdev.dev, IOMMU_HWPT_ALLOC_DIRTY_TRACKING, NULL);
	assert_int_equal(PTR_ERR(domain), -EOPNOTSUPP);
	*stub_param_dirty_tracking() = true;
	assert_true(stub_ops->capable(&pdev.dev, IOMMU_CAP_DIRTY_TRACKING));
	domain = stub_ops->domain_alloc_paging_flags(
		&pdev.dev, IOMMU_HWPT_ALLOC_NEST_PARENT, NULL);
	assert_int_equal(PTR_ERR(domain), -EOPNOTSUPP);
	domain = stub_ops->domain_alloc_paging_flags(
		&pdev.dev, IOMMU_HWPT_ALLOC_DIRTY_TRACKING, NULL);
	assert_false(IS_ERR(domain));
	assert_non_null(domain->dirty_ops);
	assert_int_equal(domain->dirty_ops->set_dirty_tracking(domain, true),
			 0);
	assert_int_equal(map(domain, 0, DATA, K4, 4), 0);
	/* As the walker would. */
	hvpt_pt_slot(&hvpt_linux_domain(domain)->core.pt, 4, K4,
		     0)[0] |= HVPT_PTE_DIRTY;
	iommu_iotlb_gather_init(&gather);
	bitmap.gather = &gather;
	bitmap.bitmap = (struct iova_bitmap *)&bitmap;
	assert_int_equal(domain->dirty_ops->read_and_clear_dirty(
				 domain, 0, 4 * K4, IOMMU_DIRTY_NO_CLEAR,
				 &bitmap),
			 0);
	assert_int_equal(stub_host.dirty_bytes, K4);
	assert_true(gather.start > gather.end);
	assert_int_equal(domain->dirty_ops->read_and_clear_dirty(
				 domain, 0, 4 * K4, 0, &bitmap),
			 0);
	assert_int_equal(stub_host.dirty_bytes, 2 * K4);
	assert_int_equal(gather.start, K4);
	assert_int_equal(domain->dirty_ops->read_and_clear_dirty(
				 domain, 0, 4 * K4, 0, &bitmap),
			 0);
	assert_int_equal(stub_host.dirty_bytes, 2 * K4);
	domain->ops->free(domain);
	unload();
}
#endif

static const char *show(const char *name, char *text, size_t room)
{
	struct seq_file seq = { .text = text, .room = room };
	size_t i;

	text[0] = 0;
	for (i = 0; i < stub_host.files; i++)
		if (!strcmp(stub_host.file[i].name, name))
			stub_host.file[i].fops->show(&seq, NULL);
	return text;
}

static void test_debugfs(void **state)
{
	struct iommu_domain *domain;
	static char text[1 << 20];

	(void)state;
	load();
	domain = plug();
	assert_int_equal(map(domain, K4, DATA, K4, 1), 0);
	assert_non_null(strstr(show("domains", text, sizeof(text)),
			       "3 devices 1 tables 4"));
	assert_non_null(strstr(show("devices", text, sizeof(text)),
			       "id 0x66558f70 attached domain 3 ats 1"));
	assert_non_null(strstr(show("tables", text, sizeof(text)),
			       "domain 3 last 0x7fffffffffff\n"
			       "  0x1000 -> 0x1000000000 2^12 rwad\n"
			       "end 1\n"));
	assert_non_null(strstr(show("flushes", text, sizeof(text)),
			       "failed_flushes 0"));
	assert_non_null(strstr(text, "range_flushes 0"));
	assert_non_null(strstr(text, "combined 0"));
	assert_non_null(strstr(text, "refused_attach 0"));
	assert_int_equal(map(domain, G1, FINE, K4, 5000), 0);
	assert_non_null(strstr(show("tables", text, sizeof(text)),
			       "  ...\nend 4096\n"));
	unplug(domain);
	unload();
}

int test_linux_paging(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_map_unmap),
		FIXTURE_TEST(test_tables_strict),
		FIXTURE_TEST(test_tables_end),
		FIXTURE_TEST(test_tables_lazy),
		FIXTURE_TEST(test_tables_shared),
		FIXTURE_TEST(test_combine),
		FIXTURE_TEST(test_combine_not),
		FIXTURE_TEST(test_visitor),
		FIXTURE_TEST(test_flush_fails),
		FIXTURE_TEST(test_delete_fails),
		FIXTURE_TEST(test_flush_fails_at_the_end),
		FIXTURE_TEST(test_map_no_memory),
		FIXTURE_TEST(test_domain_no_memory),
		FIXTURE_TEST(test_pool),
		FIXTURE_TEST(test_pool_large),
		FIXTURE_TEST(test_steady),
		FIXTURE_TEST(test_holes),
		FIXTURE_TEST(test_overflow),
#if STUB_7_3
		FIXTURE_TEST(test_ranges),
#endif
		FIXTURE_TEST(test_counts),
		FIXTURE_TEST(test_trace),
		FIXTURE_TEST(test_cut),
		FIXTURE_TEST(test_prot),
#if STUB_7_3
		FIXTURE_TEST(test_dirty),
#endif
		FIXTURE_TEST(test_debugfs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
