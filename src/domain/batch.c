/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * batch.c - the hypercalls that flush what one or more callers ask for.
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

/**
 * struct hvpt_batch - the descriptors of several requests, one after another
 * @at: the request whose plan is next
 * @descriptors: so far
 */
struct hvpt_batch {
	struct hvpt_flush_request *at;
	uint64_t descriptors;
};

/* A hvpt_flush_source_fn. */
static bool hvpt_batch_next(void *ctx, uint64_t *entry)
{
	struct hvpt_batch *batch = (struct hvpt_batch *)ctx;

	while (!hvpt_flush_plan_next(&batch->at->plan, entry)) {
		if (!batch->at->next)
			return false;
		batch->at = batch->at->next;
	}
	batch->descriptors++;
	return true;
}

/* Flushes the ranges of all requests, in as few calls as hold them. */
static HVPT_NOINLINE enum hvpt_status
hvpt_batch_by_list(struct hvpt_domain *domain, struct hvpt_flush_request *first)
{
	struct hvpt_batch batch;
	struct hvpt_answer answer;
	enum hvpt_status status;

	batch.at = first;
	batch.descriptors = 0;
	status = hvpt_hvcall_flush_lists(&domain->iommu->transport, domain->id,
					 hvpt_batch_next, &batch, &answer);
	if (HVPT_LIKELY(status == HVPT_OK)) {
		hvpt_stats_list_done(domain->iommu, batch.descriptors);
		return HVPT_OK;
	}
	hvpt_stats_list_refused(domain->iommu, status, &answer);
	return hvpt_iommu_note(domain->iommu, status, &answer);
}

/* Flushes everything, because a list call failed or was not made. */
static enum hvpt_status hvpt_batch_fall_back(struct hvpt_domain *domain)
{
	enum hvpt_status status = hvpt_domain_flush_now(domain);

	if (status == HVPT_OK)
		HVPT_PORT_ADD(&domain->iommu->stats.fallbacks, 1);
	return status;
}

/* Does a request ask for everything, or are there too many ranges together? */
static bool hvpt_batch_is_full(const struct hvpt_flush_request *first)
{
	const struct hvpt_flush_request *request;
	uint32_t ranges = 0;

	if (HVPT_LIKELY(!first->next))
		return first->plan.count == 0;
	for (request = first; request; request = request->next) {
		ranges += request->plan.count;
		if (request->plan.count == 0 || ranges > HVPT_COMBINE_RANGES)
			return true;
	}
	return false;
}

enum hvpt_status hvpt_batch_flush(struct hvpt_domain *domain,
				  struct hvpt_flush_request *first)
{
	if (hvpt_batch_is_full(first))
		return hvpt_domain_flush_now(domain);
	if (hvpt_list_may_work(domain->iommu) &&
	    hvpt_batch_by_list(domain, first) == HVPT_OK)
		return HVPT_OK;
	return hvpt_batch_fall_back(domain);
}
