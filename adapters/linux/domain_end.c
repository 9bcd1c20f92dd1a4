// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Destroying domains, when the hypervisor lets go of them. */
#include "linux_internal.h"

#include <linux/slab.h>

/* The lock is held. Tables waiting for a flush are freed after this one. */
static enum hvpt_status hvpt_linux_domain_end(struct hvpt_linux_domain *domain)
{
	enum hvpt_status status = hvpt_domain_flush_all(&domain->core);
	struct hvpt_gather gather;

	if (status != HVPT_OK)
		return status;
	/* There may be many tables, and nobody else maps. */
	domain->pool.ending = true;
	hvpt_gather_init(&gather);
	hvpt_linux_limbo_take(domain, &gather);
	hvpt_linux_limbo_flushed(domain, &gather, HVPT_OK);
	status = hvpt_domain_destroy(&domain->core);
	if (status == HVPT_OK)
		kfree(domain);
	return status;
}

/* The lock is held. Tries again to delete what could not be deleted so far. */
void hvpt_linux_domains_retry(void)
{
	struct hvpt_linux_domain *domain, *next;

	list_for_each_entry_safe(domain, next, &hvpt_linux.kept, link) {
		list_del(&domain->link);
		if (hvpt_linux_domain_end(domain) != HVPT_OK)
			list_add(&domain->link, &hvpt_linux.kept);
	}
	hvpt_linux_left_retry();
}

/*
 * The lock is held. A device that the host took away may still be in the
 * domain, and the hypervisor may read the tables. They are kept until it
 * deletes the domain.
 */
static void hvpt_linux_domain_close(struct hvpt_linux_domain *domain)
{
	u32 id = hvpt_domain_id(&domain->core);
	enum hvpt_status status;

	list_del(&domain->link);
	/* The kernel is about to end: leave the tables alone. */
	if (hvpt_linux.ended)
		return;
	status = hvpt_linux_domain_end(domain);
	if (status == HVPT_OK)
		return;
	pr_warn_ratelimited("domain %u cannot be deleted yet: %s\n", id,
			    hvpt_status_name(status));
	list_add(&domain->link, &hvpt_linux.kept);
}

void hvpt_linux_domain_free(struct iommu_domain *iodom)
{
	struct hvpt_linux_domain *domain = hvpt_linux_domain(iodom);

	hvpt_linux_tables_end(domain);
	hvpt_linux_pool_empty(&domain->pool);
	mutex_lock(&hvpt_linux.lock);
	hvpt_linux_domains_retry();
	hvpt_linux_domain_close(domain);
	mutex_unlock(&hvpt_linux.lock);
}
