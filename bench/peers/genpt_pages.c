/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * genpt_pages.c - generic_pt's table pages come from the pool. This is a file
 * of its own because the kernel's functions are not inline either.
 */
#include "kernel.h"

#include "iommu-pages.h"

u64 peers_encryption;

void *iommu_alloc_pages_node_sz(int nid, gfp_t gfp, size_t size)
{
	void *page = pool_alloc_zeroed();

	(void)nid;
	(void)gfp;
	if (size > PAGE_SIZE)
		__builtin_trap();
	virt_to_ioptdesc(page)->incoherent = 0;
	return page;
}

void iommu_free_pages(void *page)
{
	if (page)
		pool_free(page);
}

void iommu_put_pages_list(struct iommu_pages_list *list)
{
	struct list_head *at = list->pages.next;

	while (at != &list->pages) {
		struct ioptdesc *desc = container_of(at, struct ioptdesc,
						     iopt_freelist_elm);
		unsigned long n = ((unsigned long)desc - pool_info) /
				  POOL_INFO_BYTES;

		at = at->next;
		pool_free((void *)(pool_base + n * PAGE_SIZE));
	}
}

/* The rest is for walkers that do not snoop, and for dirty tracking. */

int iommu_pages_start_incoherent(void *page, struct device *device)
{
	(void)page;
	(void)device;
	__builtin_trap();
}

int iommu_pages_start_incoherent_list(struct iommu_pages_list *list,
				      struct device *device)
{
	(void)list;
	(void)device;
	__builtin_trap();
}

void iova_bitmap_set(struct iova_bitmap *bitmap, unsigned long iova,
		     size_t bytes)
{
	(void)bitmap;
	(void)iova;
	(void)bytes;
	__builtin_trap();
}
