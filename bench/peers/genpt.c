/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * genpt.c - Linux's generic_pt in its x86_64 format as a backend, used as an
 * IOMMU driver uses it: the map and unmap of its ops, a gather for each unmap,
 * and a sync that frees detached tables.
 */
#include "kernel.h"

#include <linux/generic_pt/iommu.h>
#include <stdlib.h>

#include "bench.h"
#include "iommu-pages.h"

#ifndef BENCH_NAME
#define BENCH_NAME "genpt"
#endif

/* The domain is the first part of the table's structure. */
struct genpt {
	union {
		struct iommu_domain domain;
		struct pt_iommu_x86_64 table;
	};
	struct device device;
};

static void sync_pages(struct iommu_domain *domain,
		       struct iommu_iotlb_gather *gather)
{
	(void)domain;
	iommu_put_pages_list(&gather->freelist);
}

static const struct iommu_domain_ops domain_ops = {
	.iotlb_sync = sync_pages,
	.iova_to_phys = pt_iommu_x86_64_iova_to_phys,
};

static void *create(unsigned levels, uint64_t pgsizes)
{
	struct genpt *g = calloc(1, sizeof(*g));
	struct pt_iommu_x86_64_cfg config;

	memset(&config, 0, sizeof(config));
	config.common.features = BIT(PT_FEAT_SIGN_EXTEND) |
				 BIT(PT_FEAT_FLUSH_RANGE);
	config.common.hw_max_vasz_lg2 = levels == 5 ? 57 : 48;
	config.common.hw_max_oasz_lg2 = 52;
	config.top_level = levels - 1;
	if (!g)
		abort();
	g->table.iommu.nid = NUMA_NO_NODE;
	g->table.iommu.iommu_device = &g->device;
	g->domain.ops = &domain_ops;
	if (pt_iommu_x86_64_init(&g->table, &config, GFP_KERNEL) != 0)
		abort();
	g->domain.pgsize_bitmap &= pgsizes;
	return g;
}

static void destroy(void *d)
{
	struct genpt *g = d;

	pt_iommu_deinit(&g->table.iommu);
	free(g);
}

static uint64_t unmap(void *d, uint64_t iova, uint64_t len)
{
	struct genpt *g = d;
	struct pt_iommu *table = &g->table.iommu;
	struct iommu_iotlb_gather gather;
	size_t bytes;

	iommu_iotlb_gather_init(&gather);
	bytes = table->ops->unmap_range(table, iova, len, &gather);
	iommu_iotlb_sync(&g->domain, &gather);
	return bytes;
}

static int map(void *d, uint64_t iova, uint64_t pa, uint64_t len, unsigned prot)
{
	struct genpt *g = d;
	struct pt_iommu *table = &g->table.iommu;
	size_t done = 0;
	int error = table->ops->map_range(table, iova, pa, len, (int)prot,
					  GFP_KERNEL, &done);

	if (unlikely(error != 0) && done != 0)
		(void)unmap(d, iova, done);
	return error;
}

static uint64_t iova_to_phys(void *d, uint64_t iova)
{
	struct genpt *g = d;

	return g->domain.ops->iova_to_phys(&g->domain, iova);
}

/* Whenever this is called, only one domain has pages of the pool. */
static size_t table_pages(void *d)
{
	(void)d;
	return (size_t)pool_in_use();
}

static uint64_t root_pa(void *d)
{
	struct genpt *g = d;
	struct pt_iommu_x86_64_hw_info info;

	pt_iommu_x86_64_hw_info(&g->table, &info);
	return info.gcr3_pt;
}

struct bench_backend bench_backend_peer = {
	.name = BENCH_NAME,
	.create = create,
	.map = map,
	.unmap = unmap,
	.iova_to_phys = iova_to_phys,
	.destroy = destroy,
	.table_pages = table_pages,
	.root_pa = root_pa,
};
