/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sync.c - flushing what a gather holds.
 */
#include "domain_internal.h"

enum hvpt_status hvpt_domain_flush_now(struct hvpt_domain *domain)
{
	struct hvpt_answer answer;
	enum hvpt_status status;

	status = hvpt_hvcall_flush_domain(&domain->iommu->transport, domain->id,
					  &answer);
	if (status == HVPT_OK)
		HVPT_PORT_ADD(&domain->iommu->stats.full_flushes, 1);
	return hvpt_iommu_note(domain->iommu, status, &answer);
}

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

enum hvpt_status hvpt_domain_flush_all(struct hvpt_domain *domain)
{
	/* orders the caller's unmaps first, as in hvpt_gather_publish() */
	HVPT_PORT_FENCE();
	if (!hvpt_domain_is_cached(domain))
		return HVPT_OK;
	return hvpt_domain_is_lost(domain) ? HVPT_ERR_LOST :
					     hvpt_domain_flush_now(domain);
}

/* Flushes the ranges of the gather, in as few calls as hold them. */
static HVPT_NOINLINE enum hvpt_status
hvpt_domain_flush_ranges(struct hvpt_domain *domain,
			 const struct hvpt_gather *gather)
{
	struct hvpt_flush_plan plan;
	struct hvpt_answer answer;
	enum hvpt_status status;

	status = hvpt_flush_plan_init(&plan, gather->range, gather->range_count,
				      domain->policy);
	if (status != HVPT_OK)
		return status;
	status = hvpt_hvcall_flush_lists(&domain->iommu->transport, domain->id,
					 hvpt_flush_plan_next, &plan, &answer);
	if (HVPT_LIKELY(status == HVPT_OK)) {
		hvpt_stats_list_done(domain->iommu, plan.emitted);
		return HVPT_OK;
	}
	hvpt_stats_list_refused(domain->iommu, status, &answer);
	return hvpt_iommu_note(domain->iommu, status, &answer);
}

/* Flushes everything, because a list call failed or was not made. */
static enum hvpt_status hvpt_domain_fall_back(struct hvpt_domain *domain)
{
	enum hvpt_status status = hvpt_domain_flush_now(domain);

	if (status == HVPT_OK)
		HVPT_PORT_ADD(&domain->iommu->stats.fallbacks, 1);
	return status;
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
	return hvpt_domain_flush_ranges(domain, &wide);
}

enum hvpt_status hvpt_domain_flush(struct hvpt_domain *domain,
				   const struct hvpt_gather *gather)
{
	enum hvpt_status status;

	if (domain->kind != HVPT_DOMAIN_PAGING)
		return HVPT_ERR_KIND;
	if (!hvpt_gather_publish(gather) || !hvpt_domain_is_cached(domain))
		return HVPT_OK;
	if (hvpt_domain_is_lost(domain))
		return HVPT_ERR_LOST;
	if (gather->range_count == 0)
		return hvpt_domain_flush_now(domain);
	if (!hvpt_list_may_work(domain->iommu))
		return hvpt_domain_fall_back(domain);
	/* acquire: if there are none, the flushes of all are over */
	if (HVPT_LIKELY(HVPT_PORT_LOAD_ACQUIRE(&domain->pt.splits) == 0))
		status = hvpt_domain_flush_ranges(domain, gather);
	else
		status = hvpt_domain_flush_wide(domain, gather);
	return status == HVPT_OK ? HVPT_OK : hvpt_domain_fall_back(domain);
}

enum hvpt_status hvpt_domain_sync(struct hvpt_domain *domain,
				  struct hvpt_gather *gather)
{
	enum hvpt_status status = hvpt_domain_flush(domain, gather);

	if (status == HVPT_OK)
		hvpt_pt_release(&domain->pt, gather);
	return status;
}
