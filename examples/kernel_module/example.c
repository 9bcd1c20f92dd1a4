// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The page table of one device, in a kernel: makes it, maps a page, looks it
 * up, unmaps it. Table pages come from the page allocator.
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/module.h>

#include "hvpt/hvpt.h"

#define IOVA 0x100000ull
#define GPA 0x4000000ull

static void *alloc_page_hook(void *ctx)
{
	return (void *)get_zeroed_page(GFP_KERNEL);
}

static void free_page_hook(void *ctx, void *page)
{
	free_page((unsigned long)page);
}

static const struct hvpt_page_ops ops = {
	.alloc_page = alloc_page_hook,
	.free_page = free_page_hook,
};

static enum hvpt_status map_and_unmap(struct hvpt_pagetable *pt)
{
	struct hvpt_mapping seen;
	struct hvpt_gather gather;
	enum hvpt_status status;
	uint64_t unmapped;

	status = hvpt_pt_map(pt, hvpt_iova(IOVA), hvpt_gpa(GPA), PAGE_SIZE,
			     HVPT_PROT_READ | HVPT_PROT_WRITE, NULL);
	if (status != HVPT_OK)
		return status;
	status = hvpt_pt_lookup(pt, hvpt_iova(IOVA), &seen);
	if (status != HVPT_OK)
		return status;
	pr_info("hvpt_example: iova 0x%llx -> gpa 0x%llx\n", IOVA,
		seen.gpa.value);
	hvpt_gather_init(&gather);
	status = hvpt_pt_unmap(pt, hvpt_iova(IOVA), PAGE_SIZE, &gather,
			       &unmapped);
	if (status != HVPT_OK)
		return status;
	/* Flush the IOMMU here; only then may the gather be released. */
	hvpt_pt_release(pt, &gather);
	return hvpt_pt_lookup(pt, hvpt_iova(IOVA), &seen);
}

static int __init example_init(void)
{
	const struct hvpt_pt_config config = {
		.ops = &ops,
		.direct_map_offset = (uint64_t)(uintptr_t)phys_to_virt(0),
		.page_sizes = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M,
		.width = 48, /* levels follow from it: 4 */
	};
	struct hvpt_pagetable pt;
	enum hvpt_status status;

	status = hvpt_pt_init(&pt, &config);
	if (status != HVPT_OK)
		return -hvpt_status_errno(status);
	status = map_and_unmap(&pt);
	pr_info("hvpt_example: at the end: %s\n", hvpt_status_name(status));
	hvpt_pt_destroy(&pt);
	return status == HVPT_ERR_NOT_MAPPED ? 0 : -hvpt_status_errno(status);
}

static void __exit example_exit(void)
{
}

module_init(example_init);
module_exit(example_exit);
MODULE_DESCRIPTION("Maps a page with hvpt");
MODULE_LICENSE("Dual BSD/GPL");
