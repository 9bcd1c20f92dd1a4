// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Mapping: the path that drivers wait for. */
#include "linux_internal.h"

/* A map that reserved nothing may take the pages of one that did: try again. */
#define HVPT_LINUX_FILL_ROUNDS 4u

/*
 * The format has no write-only, so a device that may write may also read, as
 * with other x86 IOMMUs. NOEXEC and MMIO have no meaning here.
 */
unsigned int hvpt_linux_prot(int prot)
{
	unsigned int hvpt_prot = 0;

	if (prot & IOMMU_READ)
		hvpt_prot |= HVPT_PROT_READ;
	if (prot & IOMMU_WRITE)
		hvpt_prot |= HVPT_PROT_READ | HVPT_PROT_WRITE;
	return hvpt_prot;
}

/*
 * The most tables that a map needs below the entries of @level: one for each
 * entry that the range touches. Where leaves of this level fit, only an entry
 * at an end of the range may need one.
 */
static unsigned int
hvpt_linux_tables_below(const struct iommu_domain *iodom, unsigned int level,
			unsigned long iova, phys_addr_t paddr, size_t size)
{
	unsigned long bytes = HVPT_LEVEL_BYTES(level), last = iova + (size - 1);
	unsigned int touched = last / bytes - iova / bytes + 1, ends = 0;

	if (!(iodom->pgsize_bitmap & bytes) || (iova ^ paddr) % bytes)
		return touched;
	ends += iova % bytes != 0;
	ends += (last + 1) % bytes != 0;
	return min(touched, ends);
}

/* At all levels. The root exists. */
static unsigned int hvpt_linux_tables(struct hvpt_linux_domain *domain,
				      unsigned long iova, phys_addr_t paddr,
				      size_t size)
{
	unsigned int levels = hvpt_domain_pagetable(&domain->core)->levels;
	unsigned int level, tables = 0;

	for (level = 1; level < levels; level++)
		tables += hvpt_linux_tables_below(&domain->iodom, level, iova,
						  paddr, size);
	return tables;
}

/*
 * Maps with as many pages as the range can need, if memory allows. With more
 * than one segment, each entry that the range touches may need a table: leaves
 * that are not aligned have none that is large.
 */
enum hvpt_status
hvpt_linux_map_fill(struct hvpt_linux_domain *domain, unsigned long iova,
		    const struct hvpt_segment *segment, unsigned int count,
		    size_t size, unsigned int prot, gfp_t gfp,
		    struct hvpt_gather *gather)
{
	phys_addr_t paddr = count == 1 ? segment->gpa.value : ~iova;
	unsigned int need = hvpt_linux_tables(domain, iova, paddr, size);
	enum hvpt_status status = HVPT_ERR_NO_MEMORY;
	unsigned int round;
	bool full = true;

	for (round = 0; round < HVPT_LINUX_FILL_ROUNDS && full &&
			status == HVPT_ERR_NO_MEMORY;
	     round++) {
		full = hvpt_linux_pool_reserve(&domain->pool, need, gfp);
		status = hvpt_domain_map_list(&domain->core, hvpt_iova(iova),
					      segment, count, prot, gather);
		hvpt_linux_pool_done(&domain->pool, need);
	}
	return status;
}

static enum hvpt_status
hvpt_linux_map_fill_one(struct hvpt_linux_domain *domain, unsigned long iova,
			phys_addr_t paddr, size_t size, unsigned int prot,
			gfp_t gfp, struct hvpt_gather *gather)
{
	const struct hvpt_segment one = { hvpt_gpa(paddr), size };

	return hvpt_linux_map_fill(domain, iova, &one, 1, size, prot, gfp,
				   gather);
}

/*
 * A large leaf replaced an empty table that the IOMMU may have cached: the
 * mapping is valid only after a flush.
 */
enum hvpt_status hvpt_linux_map_flush(struct hvpt_linux_domain *domain,
				      unsigned long iova, size_t size,
				      struct hvpt_gather *gather)
{
	enum hvpt_status status;
	u64 unmapped;

	status = hvpt_domain_flush(&domain->core, gather);
	if (status != HVPT_OK)
		WARN_ON_ONCE(hvpt_domain_unmap(&domain->core, hvpt_iova(iova),
					       size, gather, &unmapped));
	hvpt_linux_limbo_flushed(domain, gather, status);
	return status;
}

static enum hvpt_status hvpt_linux_map(struct hvpt_linux_domain *domain,
				       unsigned long iova, phys_addr_t paddr,
				       size_t size, int prot, gfp_t gfp)
{
	unsigned int hvpt_prot = hvpt_linux_prot(prot);
	struct hvpt_gather gather;
	enum hvpt_status status;

	hvpt_gather_init(&gather);
	status = hvpt_domain_map(&domain->core, hvpt_iova(iova),
				 hvpt_gpa(paddr), size, hvpt_prot, &gather);
	if (status == HVPT_ERR_NO_MEMORY)
		status = hvpt_linux_map_fill_one(domain, iova, paddr, size,
						 hvpt_prot, gfp, &gather);
	if (status == HVPT_OK && !hvpt_gather_is_empty(&gather))
		status = hvpt_linux_map_flush(domain, iova, size, &gather);
	return status;
}

/* All of the range or, with an error, nothing. Adds to @mapped. */
int hvpt_linux_map_whole(struct hvpt_linux_domain *domain, unsigned long iova,
			 phys_addr_t paddr, size_t size, int prot, gfp_t gfp,
			 size_t *mapped)
{
	enum hvpt_status status = hvpt_linux_map(domain, iova, paddr, size,
						 prot, gfp);

	if (status != HVPT_OK) {
		pr_debug("map %#lx+%#zx: %s\n", iova, size,
			 hvpt_status_name(status));
		return hvpt_linux_errno(status);
	}
	*mapped += size;
	return 0;
}
