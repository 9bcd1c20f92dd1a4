/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * amd_iommu_types.h - the types and numbers that AMD's page table uses; see
 * kernel.h. Its index of level n takes bits 12 + 9n and up: the callers count
 * from 0, PAGE_MODE_n_LEVEL from 1.
 */
#ifndef PEERS_AMD_IOMMU_TYPES_H
#define PEERS_AMD_IOMMU_TYPES_H

#include "kernel.h"

enum {
	PAGE_MODE_1_LEVEL = 1,
	PAGE_MODE_2_LEVEL = 2,
	PAGE_MODE_3_LEVEL = 3,
	PAGE_MODE_4_LEVEL = 4,
};

#define IOMMU_PROT_IR 1
#define IOMMU_PROT_IW 2
#define IOMMU_PROT_MASK 3
#define IOMMU_PTE_PRESENT(pte) ((pte)&1u)
#define PD_IOMMUV2_MASK BIT(3)
#define AMD_IOMMU_PGSIZES_V2 (BIT(12) | BIT(21) | BIT(30))
#define IOMMU_IN_ADDR_BIT_SIZE 52
#define IOMMU_OUT_ADDR_BIT_SIZE 52
#define PM_ADDR_MASK GENMASK_ULL(51, 12)
#define PM_LEVEL_INDEX(level, iova) (((u64)(iova) >> (12 + 9 * (level))) & 511)
#define PAGE_SIZE_ALIGN(address, size) ((address) & ~((u64)(size)-1))

struct io_pgtable;

struct iommu_flush_ops {
	void (*tlb_flush_all)(void *cookie);
	void (*tlb_flush_walk)(unsigned long iova, size_t size, size_t granule,
			       void *cookie);
	void (*tlb_add_page)(struct iommu_iotlb_gather *gather,
			     unsigned long iova, size_t granule, void *cookie);
};

struct io_pgtable_cfg {
	unsigned long pgsize_bitmap;
	unsigned int ias;
	unsigned int oas;
	const struct iommu_flush_ops *tlb;
};

struct io_pgtable_ops {
	int (*map_pages)(struct io_pgtable_ops *ops, unsigned long iova,
			 phys_addr_t pa, size_t size, size_t count, int prot,
			 gfp_t gfp, size_t *mapped);
	size_t (*unmap_pages)(struct io_pgtable_ops *ops, unsigned long iova,
			      size_t size, size_t count,
			      struct iommu_iotlb_gather *gather);
	phys_addr_t (*iova_to_phys)(struct io_pgtable_ops *ops,
				    unsigned long iova);
};

struct io_pgtable {
	struct io_pgtable_cfg cfg;
	struct io_pgtable_ops ops;
};

struct amd_io_pgtable {
	struct io_pgtable_cfg pgtbl_cfg;
	struct io_pgtable iop;
	u64 *pgd;
};

struct protection_domain {
	struct iommu_domain domain;
	struct amd_io_pgtable iop;
	unsigned long flags;
};

struct io_pgtable_init_fns {
	struct io_pgtable *(*alloc)(struct io_pgtable_cfg *cfg, void *cookie);
	void (*free)(struct io_pgtable *table);
};

extern struct io_pgtable_init_fns io_pgtable_amd_iommu_v2_init_fns;

#define io_pgtable_cfg_to_data(c)                                              \
	container_of(c, struct amd_io_pgtable, pgtbl_cfg)
#define io_pgtable_ops_to_data(o)                                              \
	container_of(o, struct amd_io_pgtable, iop.ops)
#define io_pgtable_ops_to_domain(o)                                            \
	container_of(o, struct protection_domain, iop.iop.ops)

static inline unsigned long get_zeroed_page(gfp_t gfp)
{
	(void)gfp;
	return (unsigned long)pool_alloc_zeroed();
}

static inline void free_page(unsigned long page)
{
	pool_free((void *)page);
}

static inline u64 iommu_virt_to_phys(void *va)
{
	return __sme_set(virt_to_phys(va));
}

static inline void *iommu_phys_to_virt(unsigned long pa)
{
	return __va(__sme_clr(pa));
}

#endif /* PEERS_AMD_IOMMU_TYPES_H */
