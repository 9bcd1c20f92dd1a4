// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Dirty tracking for live migration, through iommufd. */
#include "linux_internal.h"

#if HVPT_DIRTY
/* struct hvpt_linux_dirty - where to report dirty pages */
struct hvpt_linux_dirty {
	struct iommu_dirty_bitmap *bitmap;
};

static void hvpt_linux_dirty_found(void *ctx, hvpt_iova_t iova, uint64_t bytes)
{
	struct hvpt_linux_dirty *dirty = ctx;

	/* The range to flush is in hvpt's gather, not in that of Linux. */
	if (dirty->bitmap->bitmap)
		iova_bitmap_set(dirty->bitmap->bitmap, iova.value, bytes);
}

/*
 * In a domain made for dirty tracking, walkers always track, and Linux clears
 * what was dirty before. So there is nothing to switch on or off.
 */
static int hvpt_linux_set_dirty_tracking(struct iommu_domain *iodom,
					 bool enabled)
{
	return 0;
}

static int hvpt_linux_read_and_clear_dirty(struct iommu_domain *iodom,
					   unsigned long iova, size_t size,
					   unsigned long flags,
					   struct iommu_dirty_bitmap *bitmap)
{
	struct hvpt_linux_domain *domain = hvpt_linux_domain(iodom);
	struct hvpt_linux_dirty dirty = { .bitmap = bitmap };
	struct hvpt_pagetable *pt = hvpt_domain_pagetable(&domain->core);
	unsigned int keep = flags & IOMMU_DIRTY_NO_CLEAR ? HVPT_DIRTY_KEEP : 0;
	struct hvpt_gather gather;
	enum hvpt_status status;

	hvpt_gather_init(&gather);
	hvpt_linux_visit_begin(domain);
	status = hvpt_pt_read_dirty(pt, hvpt_iova(iova), size, keep,
				    hvpt_linux_dirty_found, &dirty, &gather);
	hvpt_linux_visit_end(domain);
	/* Linux flushes its own gather after it has read all ranges. */
	if (bitmap->gather)
		hvpt_linux_gather_add(bitmap->gather, &gather);
	else
		hvpt_linux_sync(domain, &gather);
	return hvpt_linux_errno(status);
}

const struct iommu_dirty_ops hvpt_linux_dirty_ops = {
	.set_dirty_tracking = hvpt_linux_set_dirty_tracking,
	.read_and_clear_dirty = hvpt_linux_read_and_clear_dirty,
};
#endif
