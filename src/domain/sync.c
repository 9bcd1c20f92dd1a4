/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sync.c - flushing what a gather holds.
 */
#include "domain_internal.h"

/*
 * May an IOMMU have cached anything of it? To be called after a full fence.
 * Acquire: if not, the flush that made it so is over for what the caller does
 * next.
 */
static bool hvpt_domain_is_cached(const struct hvpt_domain *domain)
{
	return domain->kind != HVPT_DOMAIN_PAGING ||
	       HVPT_PORT_LOAD_ACQUIRE(&domain->cached) != 0;
}

/*
 * Asks for the ranges; @count 0: for everything. Ranges that make no plan are
 * flushed by everything, too.
 */
static HVPT_NOINLINE enum hvpt_status
hvpt_domain_flush_ranges(struct hvpt_domain *domain,
			 const struct hvpt_iova_range *range, uint32_t count)
{
	struct hvpt_flush_request request;

	if (hvpt_flush_plan_init(&request.plan, range, count, domain->policy) !=
	    HVPT_OK)
		request.plan.count = 0;
	return hvpt_request_flush(domain, &request);
}

enum hvpt_status hvpt_domain_flush_all(struct hvpt_domain *domain)
{
	/* orders the caller's unmaps first, as in hvpt_gather_publish() */
	HVPT_PORT_FENCE();
	if (!hvpt_domain_is_cached(domain))
		return HVPT_OK;
	return hvpt_domain_is_lost(domain) ?
		       HVPT_ERR_LOST :
		       hvpt_domain_flush_ranges(domain, NULL, 0);
}

/* As hvpt_domain_flush_ranges(), while splits are not flushed: see split.c. */
static HVPT_NOINLINE enum hvpt_status
hvpt_domain_flush_wide(struct hvpt_domain *domain,
		       const struct hvpt_gather *gather)
{
	struct hvpt_gather wide;
	uint32_t i;

	hvpt_gather_init(&wide);
	for (i = 0; i < gather->range_count; i++)
		hvpt_gather_add(&wide, gather->range[i].first,
				gather->range[i].last);
	hvpt_pt_widen(&domain->pt, &wide);
	return hvpt_domain_flush_ranges(domain, wide.range, wide.range_count);
}

enum hvpt_status hvpt_domain_flush(struct hvpt_domain *domain,
				   const struct hvpt_gather *gather)
{
	if (domain->kind != HVPT_DOMAIN_PAGING)
		return HVPT_ERR_KIND;
	if (!hvpt_gather_publish(gather) || !hvpt_domain_is_cached(domain))
		return HVPT_OK;
	if (hvpt_domain_is_lost(domain))
		return HVPT_ERR_LOST;
	/* acquire: if there are none, the flushes of all are over */
	if (HVPT_LIKELY(HVPT_PORT_LOAD_ACQUIRE(&domain->pt.splits) == 0))
		return hvpt_domain_flush_ranges(domain, gather->range,
						gather->range_count);
	return hvpt_domain_flush_wide(domain, gather);
}

enum hvpt_status hvpt_domain_sync(struct hvpt_domain *domain,
				  struct hvpt_gather *gather)
{
	enum hvpt_status status = hvpt_domain_flush(domain, gather);

	if (status == HVPT_OK)
		hvpt_pt_release(&domain->pt, gather);
	return status;
}
