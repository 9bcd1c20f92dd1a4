/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * amdv2.c - AMD's v2 page table of Linux 6.1 as a backend.
 *
 * A call maps leaves of one size, so a request is first divided, as the core of
 * that kernel did. The wrappers of its driver are left out.
 */
#include "kernel.h"

#include <stdlib.h>

#include "amd_iommu_types.h"
#include "bench.h"

#ifndef BENCH_NAME
#define BENCH_NAME "amdv2"
#endif

u64 peers_encryption;

/** Leaves of one size. */
struct piece {
	size_t size;
	size_t count;
};

/*
 * Takes the largest size that fits at the start of the rest, as many times as
 * no larger size fits. Not inline, because it was not inline there.
 */
static noinline struct piece next_piece(u64 sizes, u64 iova, u64 pa, u64 len)
{
	struct piece piece;
	u64 fits = sizes & (((iova | pa) & -(iova | pa)) * 2 - 1);
	u64 larger;

	if (!(iova | pa))
		fits = sizes;
	if (fls64(len) < 64)
		fits &= BIT_ULL(fls64(len)) - 1;
	piece.size = BIT_ULL(fls64(fits) - 1);
	larger = sizes & ~(piece.size * 2 - 1);
	if (larger) {
		larger &= -larger;
		if (((iova ^ pa) & (larger - 1)) == 0) {
			u64 before = larger - (iova & (larger - 1));

			if (before + larger <= len)
				len = before;
		}
	}
	piece.count = len >> __ffs(piece.size);
	return piece;
}

static void *create(unsigned levels, uint64_t pgsizes)
{
	struct protection_domain *domain = calloc(1, sizeof(*domain));
	struct io_pgtable_init_fns *init = &io_pgtable_amd_iommu_v2_init_fns;

	if (!domain || levels != 4)
		abort();
	domain->flags = PD_IOMMUV2_MASK;
	if (!init->alloc(&domain->iop.pgtbl_cfg, domain))
		abort();
	domain->iop.iop.cfg = domain->iop.pgtbl_cfg;
	domain->domain.pgsize_bitmap = pgsizes & AMD_IOMMU_PGSIZES_V2;
	return domain;
}

static void destroy(void *d)
{
	struct protection_domain *domain = d;

	io_pgtable_amd_iommu_v2_init_fns.free(&domain->iop.iop);
	free(domain);
}

static uint64_t unmap(void *d, uint64_t iova, uint64_t len)
{
	struct protection_domain *domain = d;
	struct io_pgtable_ops *ops = &domain->iop.iop.ops;
	struct iommu_iotlb_gather gather;
	uint64_t done = 0;

	iommu_iotlb_gather_init(&gather);
	while (done < len) {
		struct piece piece = next_piece(domain->domain.pgsize_bitmap,
						iova + done, iova + done,
						len - done);
		size_t bytes = ops->unmap_pages(ops, iova + done, piece.size,
						piece.count, &gather);

		if (!bytes)
			break;
		iommu_iotlb_gather_add_range(&gather, iova + done, bytes);
		done += bytes;
	}
	return done;
}

static int map(void *d, uint64_t iova, uint64_t pa, uint64_t len, unsigned prot)
{
	struct protection_domain *domain = d;
	struct io_pgtable_ops *ops = &domain->iop.iop.ops;
	uint64_t done = 0;

	while (done < len) {
		struct piece piece = next_piece(domain->domain.pgsize_bitmap,
						iova + done, pa + done,
						len - done);
		size_t bytes = 0;
		int error = ops->map_pages(ops, iova + done, pa + done,
					   piece.size, piece.count, (int)prot,
					   GFP_KERNEL, &bytes);

		done += bytes;
		if (error) {
			(void)unmap(d, iova, done);
			return error;
		}
	}
	return 0;
}

static uint64_t iova_to_phys(void *d, uint64_t iova)
{
	struct protection_domain *domain = d;
	struct io_pgtable_ops *ops = &domain->iop.iop.ops;

	return ops->iova_to_phys(ops, iova);
}

static size_t table_pages(void *d)
{
	(void)d;
	return (size_t)pool_in_use();
}

static uint64_t root_pa(void *d)
{
	struct protection_domain *domain = d;

	return virt_to_phys(domain->iop.pgd);
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
	.flags = BF_NO5 | BF_LOWER | BF_OVERWRITE,
};
