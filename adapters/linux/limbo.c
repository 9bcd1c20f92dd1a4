// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Table pages between leaving the tree and being free.
 *
 * They wait, with their ranges, in the domain's limbo. The next flush takes all
 * of the limbo, flushes its ranges together with its own, and frees the pages.
 * If the flush fails, the pages go back to the limbo. So a page is freed only
 * after a flush that began after the page had left the tree. A lazy flush
 * queue, which flushes everything, takes them from the limbo too.
 */
#include "linux_internal.h"

void hvpt_linux_limbo_init(struct hvpt_linux_domain *domain)
{
	spin_lock_init(&domain->limbo_lock);
	hvpt_gather_init(&domain->limbo);
	hvpt_linux_tables_init(domain);
}

/* The lock is held. */
static void hvpt_linux_limbo_keep(struct hvpt_linux_domain *domain,
				  struct hvpt_gather *gather)
{
	hvpt_gather_move(&domain->limbo, gather);
	WRITE_ONCE(domain->limbo_used, true);
}

void hvpt_linux_limbo_put(struct hvpt_linux_domain *domain,
			  struct hvpt_gather *gather)
{
	unsigned long flags;

	spin_lock_irqsave(&domain->limbo_lock, flags);
	hvpt_linux_limbo_keep(domain, gather);
	spin_unlock_irqrestore(&domain->limbo_lock, flags);
}

/*
 * Moves the limbo to @gather. The lock is not taken while nothing is there. The
 * caller sees what it put there itself; what another caller puts there at the
 * same time waits for a later flush.
 */
void hvpt_linux_limbo_take(struct hvpt_linux_domain *domain,
			   struct hvpt_gather *gather)
{
	unsigned long flags;

	if (!READ_ONCE(domain->limbo_used))
		return;
	spin_lock_irqsave(&domain->limbo_lock, flags);
	if (!hvpt_gather_is_empty(&domain->limbo))
		hvpt_gather_move(gather, &domain->limbo);
	WRITE_ONCE(domain->limbo_used, false);
	spin_unlock_irqrestore(&domain->limbo_lock, flags);
}

/* The flush of @gather ended with @status: frees its tables or keeps them. */
void hvpt_linux_limbo_flushed(struct hvpt_linux_domain *domain,
			      struct hvpt_gather *gather,
			      enum hvpt_status status)
{
	unsigned long flags;
	bool keep;

	/* Ranges alone need nothing more, once they are flushed. */
	if (status == HVPT_OK && !hvpt_gather_must_release(gather)) {
		hvpt_gather_init(gather);
		return;
	}
	if (hvpt_gather_is_empty(gather))
		return;
	spin_lock_irqsave(&domain->limbo_lock, flags);
	keep = status != HVPT_OK || (domain->visitors && gather->tables);
	if (keep)
		hvpt_linux_limbo_keep(domain, gather);
	spin_unlock_irqrestore(&domain->limbo_lock, flags);
	if (keep)
		return;
	hvpt_linux_tables_free(domain, gather);
}

/*
 * The visitor cannot reach a table that left the tree before this call. A table
 * that leaves the tree later is not freed while the visitor is counted here.
 */
void hvpt_linux_visit_begin(struct hvpt_linux_domain *domain)
{
	unsigned long flags;

	spin_lock_irqsave(&domain->limbo_lock, flags);
	domain->visitors++;
	spin_unlock_irqrestore(&domain->limbo_lock, flags);
}

void hvpt_linux_visit_end(struct hvpt_linux_domain *domain)
{
	unsigned long flags;

	spin_lock_irqsave(&domain->limbo_lock, flags);
	domain->visitors--;
	spin_unlock_irqrestore(&domain->limbo_lock, flags);
}
