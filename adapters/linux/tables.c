// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The end of table pages that no IOMMU reads any more.
 *
 * The caller of a flush may not sleep: it may be a timer. So it frees 512 pages
 * at most, which is the tables of 1 GiB in pages of 4 KiB. If there are more, a
 * worker frees them all, and lets others run after each 512.
 */
#include "linux_internal.h"

#include <linux/sched.h>

/* Tables that are freed in one go. */
#define HVPT_LINUX_FREE_PART 512u

/* Moves the first part of the tables of @from to @part, which is empty. */
static void hvpt_linux_tables_cut(struct hvpt_gather *from,
				  struct hvpt_gather *part)
{
	u64 *last = from->tables;
	u32 count;

	if (from->table_count <= HVPT_LINUX_FREE_PART) {
		hvpt_gather_move(part, from);
		return;
	}
	for (count = 1; count < HVPT_LINUX_FREE_PART; count++)
		last = (u64 *)(uintptr_t)last[0];
	part->tables = from->tables;
	part->tables_end = last;
	part->table_count = count;
	from->tables = (u64 *)(uintptr_t)last[0];
	from->table_count -= count;
	last[0] = 0;
}

static void hvpt_linux_tables_work(struct work_struct *work)
{
	struct hvpt_linux_domain *domain = container_of(
		work, struct hvpt_linux_domain, free_work);
	struct hvpt_gather all, part;
	unsigned long flags;

	hvpt_gather_init(&all);
	hvpt_gather_init(&part);
	spin_lock_irqsave(&domain->limbo_lock, flags);
	hvpt_gather_move(&all, &domain->flushed);
	spin_unlock_irqrestore(&domain->limbo_lock, flags);
	while (all.tables) {
		hvpt_linux_tables_cut(&all, &part);
		hvpt_pt_release(&domain->core.pt, &part);
		cond_resched();
	}
}

void hvpt_linux_tables_init(struct hvpt_linux_domain *domain)
{
	hvpt_gather_init(&domain->flushed);
	INIT_WORK(&domain->free_work, hvpt_linux_tables_work);
}

/* Waits for the worker. Nobody maps, unmaps or flushes any more. */
void hvpt_linux_tables_end(struct hvpt_linux_domain *domain)
{
	flush_work(&domain->free_work);
}

/* No IOMMU reads the tables of @gather any more. */
void hvpt_linux_tables_free(struct hvpt_linux_domain *domain,
			    struct hvpt_gather *gather)
{
	unsigned long flags;

	/* At the end of a domain the page hook lets others run. */
	if (gather->table_count <= HVPT_LINUX_FREE_PART ||
	    domain->pool.ending) {
		hvpt_pt_release(&domain->core.pt, gather);
		return;
	}
	spin_lock_irqsave(&domain->limbo_lock, flags);
	hvpt_gather_move(&domain->flushed, gather);
	spin_unlock_irqrestore(&domain->limbo_lock, flags);
	queue_work(HVPT_COMPAT_WORKERS, &domain->free_work);
}
