/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * amd_iommu.h - what AMD's page table needs from its driver: empty here.
 */
#ifndef PEERS_AMD_IOMMU_H
#define PEERS_AMD_IOMMU_H

#include "amd_iommu_types.h"

static inline void amd_iommu_domain_update(struct protection_domain *domain)
{
	(void)domain;
}

static inline int amd_iommu_domain_set_gcr3(struct iommu_domain *domain,
					    u32 pasid, unsigned long root)
{
	(void)domain;
	(void)pasid;
	(void)root;
	return 0;
}

static inline int amd_iommu_flush_tlb(struct iommu_domain *domain, u32 pasid)
{
	(void)domain;
	(void)pasid;
	return 0;
}

static inline int amd_iommu_flush_page(struct iommu_domain *domain, u32 pasid,
				       u64 address)
{
	(void)domain;
	(void)pasid;
	(void)address;
	return 0;
}

#endif /* PEERS_AMD_IOMMU_H */
