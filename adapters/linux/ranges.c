// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps and unmaps of whole ranges, from a kernel that makes such calls. */
#include "linux_internal.h"

#if HVPT_RANGES
static struct hvpt_linux_domain *hvpt_linux_table_domain(struct pt_iommu *table)
{
	return hvpt_linux_domain(&table->domain);
}

static int hvpt_linux_table_map(struct pt_iommu *table, dma_addr_t iova,
				phys_addr_t paddr, dma_addr_t len,
				unsigned int prot, gfp_t gfp, size_t *mapped)
{
	return hvpt_linux_map_range(hvpt_linux_table_domain(table), iova, paddr,
				    len, prot, gfp, mapped);
}

static size_t hvpt_linux_table_unmap(struct pt_iommu *table, dma_addr_t iova,
				     dma_addr_t len,
				     struct iommu_iotlb_gather *iogather)
{
	return hvpt_linux_unmap_range(hvpt_linux_table_domain(table), iova, len,
				      iogather);
}

/* The others are called by the driver itself and by tests of the kernel. */
const struct pt_iommu_ops hvpt_linux_range_ops = {
	.map_range = hvpt_linux_table_map,
	.unmap_range = hvpt_linux_table_unmap,
};
#endif
