/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvpt/hvpt.h"

/* Table pages come from the heap; a gpa is the address in this process. */
static void *alloc_page(void *ctx)
{
	void *page = aligned_alloc(4096, 4096);

	(void)ctx;
	return page ? memset(page, 0, 4096) : NULL;
}

static void free_page(void *ctx, void *page)
{
	(void)ctx;
	free(page);
}

static const struct hvpt_page_ops ops = {
	.alloc_page = alloc_page,
	.free_page = free_page,
};

int main(void)
{
	const struct hvpt_pt_config config = {
		.ops = &ops,
		.page_sizes = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M,
		.width = 48, /* levels follow from it: 4 */
	};
	struct hvpt_pagetable pt;
	struct hvpt_mapping seen;
	struct hvpt_gather gather;
	uint64_t unmapped;

	if (hvpt_pt_init(&pt, &config) != HVPT_OK)
		return 1;
	if (hvpt_pt_map(&pt, hvpt_iova(0x100000), hvpt_gpa(0x4000000), 0x8000,
			HVPT_PROT_READ | HVPT_PROT_WRITE, NULL) != HVPT_OK)
		return 1;
	if (hvpt_pt_lookup(&pt, hvpt_iova(0x100000), &seen) == HVPT_OK)
		printf("iova 0x100000 -> gpa 0x%llx\n",
		       (unsigned long long)seen.gpa.value);

	hvpt_gather_init(&gather);
	if (hvpt_pt_unmap(&pt, hvpt_iova(0x100000), 0x8000, &gather,
			  &unmapped) != HVPT_OK)
		return 1;
	/* Flush the IOMMU here; only then may the gather be released. */
	hvpt_pt_release(&pt, &gather);
	hvpt_pt_destroy(&pt);
	return 0;
}
