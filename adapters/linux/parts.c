// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps of any length: a long one in parts, so that others can run. */
#include "linux_internal.h"

#include <linux/gfp.h>
#include <linux/sched.h>

/*
 * Each part to the next multiple of the largest leaf size, so that no leaf is
 * cut. Apart, because short maps would save its registers.
 */
static HVPT_NOINLINE int
hvpt_linux_map_parts(struct hvpt_linux_domain *domain, unsigned long iova,
		     phys_addr_t paddr, size_t size, int prot, gfp_t gfp,
		     size_t *mapped)
{
	size_t part;
	int err;

	do {
		part = hvpt_pt_part(&domain->core.pt, hvpt_iova(iova), size);
		err = hvpt_linux_map_whole(domain, iova, paddr, part, prot, gfp,
					   mapped);
		if (gfpflags_allow_blocking(gfp))
			cond_resched();
		iova += part;
		paddr += part;
		size -= part;
	} while (!err && size);
	return err;
}

/*
 * A range of 1 GiB at most is mapped as a whole or not at all: at most 262,144
 * leaves, and 519 tables that are taken in advance. A longer one is mapped in
 * parts that are no longer than that. After each part others may run, if @gfp
 * says that the caller may sleep.
 *
 * Adds to @mapped. Parts before one that fails stay, and count there: Linux
 * unmaps that much, and flushes.
 */
int hvpt_linux_map_range(struct hvpt_linux_domain *domain, unsigned long iova,
			 phys_addr_t paddr, size_t size, int prot, gfp_t gfp,
			 size_t *mapped)
{
	if (likely(size <= HVPT_LINUX_MAP_MOST))
		return hvpt_linux_map_whole(domain, iova, paddr, size, prot,
					    gfp, mapped);
	return hvpt_linux_map_parts(domain, iova, paddr, size, prot, gfp,
				    mapped);
}
