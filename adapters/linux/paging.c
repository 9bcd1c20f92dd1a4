// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Unmapping and flushing: paths that drivers wait for. The third is map.c. */
#include "linux_internal.h"

/* Splitting large leaves at both ends takes at most that many pages. */
#define HVPT_LINUX_SPLIT_PAGES 4u

/* ---- map ------------------------------------------------------------- */

static int hvpt_linux_map_pages(struct iommu_domain *iodom, unsigned long iova,
				phys_addr_t paddr, size_t pgsize,
				size_t pgcount, int prot, gfp_t gfp,
				size_t *mapped)
{
	size_t size;

	if (check_mul_overflow(pgsize, pgcount, &size))
		return -EINVAL;
	return hvpt_linux_map_range(hvpt_linux_domain(iodom), iova, paddr, size,
				    prot, gfp, mapped);
}

/* ---- unmap ----------------------------------------------------------- */

/* Adds the ranges of the library's gather to that of Linux. */
void hvpt_linux_gather_add(struct iommu_iotlb_gather *iogather,
			   const struct hvpt_gather *gather)
{
	u64 first, last;
	u32 i;

	for (i = 0; i < gather->range_count; i++) {
		first = gather->range[i].first.value;
		last = gather->range[i].last.value;
		iommu_iotlb_gather_add_range(iogather, first, last - first + 1);
	}
}

static void hvpt_linux_gathered(struct hvpt_linux_domain *domain,
				struct iommu_iotlb_gather *iogather,
				struct hvpt_gather *gather)
{
	/* Queued: everything is flushed later, and ranges do not matter. */
	if (iogather && !iommu_iotlb_gather_queued(iogather))
		hvpt_linux_gather_add(iogather, gather);
	if (hvpt_gather_must_release(gather) || !iogather)
		hvpt_linux_limbo_put(domain, gather);
}

/* Pages that are mapped from @iova on, whose entries @slot begins. */
static unsigned long
hvpt_linux_mapped_pages(const u64 *slot, unsigned long iova, unsigned long most)
{
	unsigned long left = HVPT_TABLE_ENTRIES - hvpt_pte_index(iova, 0);
	unsigned long i;

	for (i = 0; i < min(left, most); i++)
		if (!hvpt_pte_is_leaf(hvpt_pte_load(&slot[i]), 0))
			break;
	return i;
}

/*
 * How many bytes are mapped from @iova on, as far as one step sees: to the end
 * of a level 0 table, or of a large leaf. 0: nothing is mapped there.
 */
static size_t hvpt_linux_mapped_step(struct hvpt_linux_domain *domain,
				     unsigned long iova, size_t size)
{
	struct hvpt_pagetable *pt = hvpt_domain_pagetable(&domain->core);
	const u64 *slot = hvpt_pt_leaf_slot(pt, pt->levels, iova,
					    HVPT_PAGE_BYTES);
	struct hvpt_mapping mapping;
	u64 leaf;

	if (slot)
		return hvpt_linux_mapped_pages(slot, iova,
					       size >> HVPT_PAGE_LG2)
		       << HVPT_PAGE_LG2;
	if (hvpt_domain_lookup(&domain->core, hvpt_iova(iova), &mapping))
		return 0;
	leaf = 1ull << mapping.leaf_lg2;
	return leaf - (iova & (leaf - 1));
}

/*
 * How many bytes are mapped, from the start of the range to the first hole?
 * Linux expects an unmap to stop there; the library's unmap does not.
 */
static size_t hvpt_linux_mapped(struct hvpt_linux_domain *domain,
				unsigned long iova, size_t size)
{
	size_t done = 0, step;

	do {
		step = hvpt_linux_mapped_step(domain, iova + done, size - done);
		done += step;
	} while (step && done < size);
	return min(done, size);
}

static enum hvpt_status
hvpt_linux_unmap(struct hvpt_linux_domain *domain, unsigned long iova,
		 size_t size, struct hvpt_gather *gather, u64 *unmapped)
{
	enum hvpt_status status;

	status = hvpt_domain_unmap(&domain->core, hvpt_iova(iova), size, gather,
				   unmapped);
	if (status != HVPT_ERR_NO_MEMORY)
		return status;
	if (hvpt_linux_pool_reserve(&domain->pool, HVPT_LINUX_SPLIT_PAGES,
				    GFP_ATOMIC))
		status = hvpt_domain_unmap(&domain->core, hvpt_iova(iova), size,
					   gather, unmapped);
	hvpt_linux_pool_done(&domain->pool, HVPT_LINUX_SPLIT_PAGES);
	return status;
}

/*
 * In one call, however long the range is: Linux says neither that the caller
 * may sleep nor takes less than all of the range, up to the first hole. No lock
 * is held, so a kernel that preempts may do so. Tables are only detached here;
 * tables.c bounds what their end takes.
 *
 * Return: how many bytes were mapped, up to the first hole.
 */
size_t hvpt_linux_unmap_range(struct hvpt_linux_domain *domain,
			      unsigned long iova, size_t size,
			      struct iommu_iotlb_gather *iogather)
{
	struct hvpt_gather gather;
	enum hvpt_status status;
	u64 unmapped = 0;

	/* A single page has no holes. */
	if (size > HVPT_PAGE_BYTES)
		size = hvpt_linux_mapped(domain, iova, size);
	if (!size)
		return 0;
	hvpt_gather_init(&gather);
	status = hvpt_linux_unmap(domain, iova, size, &gather, &unmapped);
	if (status != HVPT_OK) {
		pr_debug("unmap %#lx+%#zx: %s\n", iova, size,
			 hvpt_status_name(status));
		return 0;
	}
	hvpt_linux_gathered(domain, iogather, &gather);
	return unmapped;
}

static size_t hvpt_linux_unmap_pages(struct iommu_domain *iodom,
				     unsigned long iova, size_t pgsize,
				     size_t pgcount,
				     struct iommu_iotlb_gather *iogather)
{
	size_t size;

	if (check_mul_overflow(pgsize, pgcount, &size))
		return 0;
	return hvpt_linux_unmap_range(hvpt_linux_domain(iodom), iova, size,
				      iogather);
}

/* ---- flush ----------------------------------------------------------- */

/* Linux cannot be told of a failed flush: it reuses the range anyway. */
static void hvpt_linux_flushed(enum hvpt_status status)
{
	if (likely(status == HVPT_OK))
		return;
	atomic64_inc(&hvpt_linux.failed_flushes);
	hvpt_linux_complain("flush failed, devices may see freed memory",
			    status);
	WARN_ONCE(1, "an IOTLB flush failed\n");
}

/* Flushes @gather and the limbo, and frees the tables of both. */
void hvpt_linux_sync(struct hvpt_linux_domain *domain,
		     struct hvpt_gather *gather)
{
	enum hvpt_status status;

	hvpt_linux_limbo_take(domain, gather);
	if (hvpt_gather_is_empty(gather))
		return;
	status = hvpt_domain_flush(&domain->core, gather);
	hvpt_linux_flushed(status);
	hvpt_linux_limbo_flushed(domain, gather, status);
}

static void hvpt_linux_iotlb_sync(struct iommu_domain *iodom,
				  struct iommu_iotlb_gather *iogather)
{
	struct hvpt_gather gather;

	hvpt_gather_init(&gather);
	/* An empty gather starts above its end: nothing to flush. */
	if (iogather->start <= iogather->end)
		hvpt_gather_add(&gather, hvpt_iova(iogather->start),
				hvpt_iova(iogather->end));
	hvpt_linux_sync(hvpt_linux_domain(iodom), &gather);
}

static void hvpt_linux_flush_iotlb_all(struct iommu_domain *iodom)
{
	struct hvpt_linux_domain *domain = hvpt_linux_domain(iodom);
	struct hvpt_gather gather;
	enum hvpt_status status;

	hvpt_gather_init(&gather);
	hvpt_linux_limbo_take(domain, &gather);
	/* Orders the unmaps before it against an attach; see gather.h. */
	smp_mb();
	status = hvpt_domain_flush_all(&domain->core);
	hvpt_linux_flushed(status);
	hvpt_linux_limbo_flushed(domain, &gather, status);
}

/* ---- look up --------------------------------------------------------- */

static phys_addr_t hvpt_linux_iova_to_phys(struct iommu_domain *iodom,
					   dma_addr_t iova)
{
	struct hvpt_mapping mapping;

	if (hvpt_domain_lookup(&hvpt_linux_domain(iodom)->core, hvpt_iova(iova),
			       &mapping) != HVPT_OK)
		return 0;
	return mapping.gpa.value;
}

static int hvpt_linux_paging_attach(HVPT_ATTACH_ARGS)
{
	return hvpt_linux_attach(dev, &hvpt_linux_domain(iodom)->core);
}

const struct iommu_domain_ops hvpt_linux_paging_ops = {
	.attach_dev = hvpt_linux_paging_attach,
	.map_pages = hvpt_linux_map_pages,
	.unmap_pages = hvpt_linux_unmap_pages,
	.flush_iotlb_all = hvpt_linux_flush_iotlb_all,
	.iotlb_sync = hvpt_linux_iotlb_sync,
	.iova_to_phys = hvpt_linux_iova_to_phys,
	.free = hvpt_linux_domain_free,
	HVPT_COMPAT_LIST_OPS
};
