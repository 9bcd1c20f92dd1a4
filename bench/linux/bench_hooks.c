// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Hooks around the operations of the domain in which a device is. A domain has
 * its own map and unmap, or those of generic_pt, which Linux calls directly.
 */
#include "bench_module.h"

#include <linux/generic_pt/iommu.h>
#include <linux/iommu.h>
#include <linux/module.h>

#include <asm/msr.h>

static struct iommu_domain *bench_domain; /* with hooks; or NULL */
static struct iommu_domain_ops bench_ops;
static const struct iommu_domain_ops *bench_true_ops;
static struct pt_iommu_ops bench_pt_ops;
static const struct pt_iommu_ops *bench_true_pt_ops;

static DEFINE_PER_CPU(struct bench_counts, bench_counts);
/* Instructions of a pair of readings with nothing between them. */
static u64 bench_empty;

/* ---- the counts -------------------------------------------------------- */

static void bench_count(enum bench_part part, u64 begin)
{
	u64 spent = rdtsc() - begin - bench_empty;

	this_cpu_add(bench_counts.part[part], spent);
	this_cpu_inc(bench_counts.calls[part]);
}

void bench_counts_clear(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(&bench_counts, cpu), 0,
		       sizeof(struct bench_counts));
}

void bench_counts_read(struct bench_counts *counts)
{
	const struct bench_counts *each;
	int cpu, part;

	memset(counts, 0, sizeof(*counts));
	for_each_possible_cpu(cpu) {
		each = per_cpu_ptr(&bench_counts, cpu);
		for (part = 0; part < BENCH_PARTS; part++) {
			counts->part[part] += each->part[part];
			counts->calls[part] += each->calls[part];
		}
	}
}

/* ---- the hooks --------------------------------------------------------- */

static int bench_map_pages(struct iommu_domain *domain, unsigned long iova,
			   phys_addr_t paddr, size_t pgsize, size_t pgcount,
			   int prot, gfp_t gfp, size_t *mapped)
{
	u64 begin = rdtsc();
	int err = bench_true_ops->map_pages(domain, iova, paddr, pgsize,
					    pgcount, prot, gfp, mapped);

	bench_count(BENCH_TABLE, begin);
	return err;
}

static size_t bench_unmap_pages(struct iommu_domain *domain, unsigned long iova,
				size_t pgsize, size_t pgcount,
				struct iommu_iotlb_gather *gather)
{
	u64 begin = rdtsc();
	size_t done = bench_true_ops->unmap_pages(domain, iova, pgsize, pgcount,
						  gather);

	bench_count(BENCH_TABLE, begin);
	return done;
}

static int bench_map_range(struct pt_iommu *table, dma_addr_t iova,
			   phys_addr_t paddr, dma_addr_t len, unsigned int prot,
			   gfp_t gfp, size_t *mapped)
{
	u64 begin = rdtsc();
	int err = bench_true_pt_ops->map_range(table, iova, paddr, len, prot,
					       gfp, mapped);

	bench_count(BENCH_TABLE, begin);
	return err;
}

static size_t bench_unmap_range(struct pt_iommu *table, dma_addr_t iova,
				dma_addr_t len,
				struct iommu_iotlb_gather *gather)
{
	u64 begin = rdtsc();
	size_t done = bench_true_pt_ops->unmap_range(table, iova, len, gather);

	bench_count(BENCH_TABLE, begin);
	return done;
}

#ifdef HVPT_LINUX_LISTS
static int bench_map_sg(struct iommu_domain *domain, unsigned long iova,
			struct scatterlist *sg, unsigned int nents, int prot,
			gfp_t gfp, size_t *mapped)
{
	u64 begin = rdtsc();
	int err = bench_true_ops->map_sg(domain, iova, sg, nents, prot, gfp,
					 mapped);

	bench_count(BENCH_TABLE, begin);
	return err;
}
#endif

static void bench_flush_all(struct iommu_domain *domain)
{
	u64 begin = rdtsc();

	bench_true_ops->flush_iotlb_all(domain);
	bench_count(BENCH_FLUSH, begin);
}

static int bench_sync_map(struct iommu_domain *domain, unsigned long iova,
			  size_t size)
{
	u64 begin = rdtsc();
	int err = bench_true_ops->iotlb_sync_map(domain, iova, size);

	bench_count(BENCH_FLUSH, begin);
	return err;
}

static void bench_sync(struct iommu_domain *domain,
		       struct iommu_iotlb_gather *gather)
{
	u64 begin = rdtsc();

	bench_true_ops->iotlb_sync(domain, gather);
	bench_count(BENCH_FLUSH, begin);
}

static void bench_hook_ops(struct iommu_domain *domain)
{
	bench_true_ops = domain->ops;
	bench_ops = *domain->ops;
	if (bench_ops.map_pages)
		bench_ops.map_pages = bench_map_pages;
	if (bench_ops.unmap_pages)
		bench_ops.unmap_pages = bench_unmap_pages;
#ifdef HVPT_LINUX_LISTS
	if (bench_ops.map_sg)
		bench_ops.map_sg = bench_map_sg;
#endif
	if (bench_ops.flush_iotlb_all)
		bench_ops.flush_iotlb_all = bench_flush_all;
	if (bench_ops.iotlb_sync_map)
		bench_ops.iotlb_sync_map = bench_sync_map;
	if (bench_ops.iotlb_sync)
		bench_ops.iotlb_sync = bench_sync;
	WRITE_ONCE(domain->ops, &bench_ops);
}

static void bench_hook_pt_ops(struct pt_iommu *table)
{
	bench_true_pt_ops = table->ops;
	bench_pt_ops = *table->ops;
	bench_pt_ops.map_range = bench_map_range;
	bench_pt_ops.unmap_range = bench_unmap_range;
	WRITE_ONCE(table->ops, &bench_pt_ops);
}

int bench_hooks_put(struct pci_dev *pdev)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(&pdev->dev);

	if (!domain || !(domain->type & __IOMMU_DOMAIN_PAGING))
		return -ENODEV;
	if (bench_domain)
		return -EBUSY;
	bench_hook_ops(domain);
	if (iommupt_from_domain(domain))
		bench_hook_pt_ops(iommupt_from_domain(domain));
	bench_domain = domain;
	return 0;
}

void bench_hooks_take_away(void)
{
	if (!bench_domain)
		return;
	WRITE_ONCE(bench_domain->ops, bench_true_ops);
	if (iommupt_from_domain(bench_domain))
		WRITE_ONCE(iommupt_from_domain(bench_domain)->ops,
			   bench_true_pt_ops);
	bench_domain = NULL;
}

/* ---- life -------------------------------------------------------------- */

void bench_hooks_open(void)
{
	u64 begin = rdtsc();

	bench_empty = rdtsc() - begin;
}
