// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps of scatter lists, from a kernel that passes them to the driver. */
#include "linux_internal.h"

#ifdef HVPT_LINUX_LISTS
#include <linux/gfp.h>
#include <linux/scatterlist.h>
#include <linux/sched.h>

/* As many are mapped in one walk. They are on the stack: 512 bytes. */
#define HVPT_LINUX_SEGMENTS 32u

/* struct hvpt_linux_list - a part of a scatter list, as the library wants it */
struct hvpt_linux_list {
	struct hvpt_segment segment[HVPT_LINUX_SEGMENTS];
	unsigned int count;
	size_t size;
};

/*
 * Takes what fits into @list, and is no longer than a map that is made in one
 * part, or is one segment. Return: where to go on.
 */
static struct scatterlist *hvpt_linux_list_take(struct hvpt_linux_list *list,
						struct scatterlist *sg,
						unsigned int *nents)
{
	list->count = 0;
	list->size = 0;
	for (; *nents && list->count < HVPT_LINUX_SEGMENTS;
	     sg = sg_next(sg), --*nents) {
		if (sg_dma_is_bus_address(sg))
			continue;
		if (list->count &&
		    list->size + sg->length > HVPT_LINUX_MAP_MOST)
			break;
		list->segment[list->count].gpa = hvpt_gpa(sg_phys(sg));
		list->segment[list->count].length = sg->length;
		list->count++;
		list->size += sg->length;
	}
	return sg;
}

/* All of @list or nothing; a single segment may be mapped in parts. */
static int hvpt_linux_list_map(struct hvpt_linux_domain *domain,
			       unsigned long iova,
			       const struct hvpt_linux_list *list, int prot,
			       gfp_t gfp, size_t *mapped)
{
	unsigned int hvpt_prot = hvpt_linux_prot(prot);
	struct hvpt_gather gather;
	enum hvpt_status status;

	if (list->count == 1)
		return hvpt_linux_map_range(domain, iova,
					    list->segment[0].gpa.value,
					    list->size, prot, gfp, mapped);
	hvpt_gather_init(&gather);
	status = hvpt_domain_map_list(&domain->core, hvpt_iova(iova),
				      list->segment, list->count, hvpt_prot,
				      &gather);
	if (status == HVPT_ERR_NO_MEMORY)
		status = hvpt_linux_map_fill(domain, iova, list->segment,
					     list->count, list->size, hvpt_prot,
					     gfp, &gather);
	if (status == HVPT_OK && !hvpt_gather_is_empty(&gather))
		status = hvpt_linux_map_flush(domain, iova, list->size,
					      &gather);
	if (status != HVPT_OK) {
		pr_debug("map list %#lx+%#zx: %s\n", iova, list->size,
			 hvpt_status_name(status));
		return hvpt_linux_errno(status);
	}
	*mapped += list->size;
	return 0;
}

/*
 * Adds to @mapped. What was mapped before an error stays, and counts there:
 * Linux unmaps that much, and flushes. After each 32 segments others may run,
 * if @gfp says that the caller may sleep.
 */
int hvpt_linux_map_sg(struct iommu_domain *iodom, unsigned long iova,
		      struct scatterlist *sg, unsigned int nents, int prot,
		      gfp_t gfp, size_t *mapped)
{
	struct hvpt_linux_domain *domain = hvpt_linux_domain(iodom);
	struct hvpt_linux_list list;
	int err = 0;

	while (!err && nents) {
		sg = hvpt_linux_list_take(&list, sg, &nents);
		/* Bus addresses may be all that is left. */
		if (!list.count)
			break;
		err = hvpt_linux_list_map(domain, iova, &list, prot, gfp,
					  mapped);
		iova += list.size;
		if (gfpflags_allow_blocking(gfp))
			cond_resched();
	}
	return err;
}
#endif
