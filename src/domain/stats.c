/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * stats.c - counters, and when list calls are given up.
 *
 * Only hypercalls count. The counters share cache lines with each other, not
 * with what a map, an unmap or a sync without a flush reads.
 */
#include "domain_internal.h"

/* The calls in the order of failures[], which is that of their codes. */
static const uint16_t hvpt_stats_codes[HVPT_CALLS] = {
	HVPT_HVCALL_CREATE_DEVICE_DOMAIN,
	HVPT_HVCALL_ATTACH_DEVICE_DOMAIN,
	HVPT_HVCALL_DETACH_DEVICE_DOMAIN,
	HVPT_HVCALL_DELETE_DEVICE_DOMAIN,
	HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN,
	HVPT_HVCALL_FLUSH_DEVICE_DOMAIN,
	HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST,
	HVPT_HVCALL_GET_IOMMU_CAPABILITIES,
	HVPT_HVCALL_GET_LOGICAL_DEVICE_PROPERTY,
};

void hvpt_stats_init(struct hvpt_iommu *iommu)
{
	struct hvpt_iommu_stats *stats = &iommu->stats;
	unsigned i;

	iommu->list_refused = 0;
	iommu->list_due = 0;
	stats->list_flushes = 0;
	stats->descriptors = 0;
	stats->full_flushes = 0;
	stats->fallbacks = 0;
	stats->combined = 0;
	stats->fallback_status = 0;
	for (i = 0; i < HVPT_CALLS; i++)
		stats->failures[i] = 0;
}

void hvpt_stats_failed(struct hvpt_iommu *iommu, uint16_t code)
{
	unsigned i;

	for (i = 0; i < HVPT_CALLS; i++)
		if (hvpt_stats_codes[i] == code)
			HVPT_PORT_ADD(&iommu->stats.failures[i], 1);
}

static bool hvpt_list_is_given_up(const struct hvpt_iommu *iommu)
{
	return HVPT_PORT_LOAD(&iommu->list_refused) >= HVPT_LIST_TRIES;
}

/* A call that does not exist is never due; one that was refused is at times. */
bool hvpt_list_is_due(const struct hvpt_iommu *iommu)
{
	return HVPT_PORT_LOAD(&iommu->list_refused) < HVPT_LIST_NEVER &&
	       HVPT_PORT_LOAD(&iommu->stats.full_flushes) >=
		       HVPT_PORT_LOAD(&iommu->list_due);
}

void hvpt_stats_list_refused(struct hvpt_iommu *iommu, enum hvpt_status status,
			     const struct hvpt_answer *answer)
{
	/* the hypervisor was not asked */
	if (!hvpt_answer_is_heard(answer))
		return;
	HVPT_PORT_STORE(&iommu->stats.fallback_status,
			(uint64_t)hvpt_hv_result_status(answer->result));
	/* full flushes are made elsewhere too, so the count may skip this */
	HVPT_PORT_STORE(&iommu->list_due,
			HVPT_PORT_LOAD(&iommu->stats.full_flushes) +
				HVPT_LIST_AGAIN);
	if (status == HVPT_ERR_HV_CODE)
		HVPT_PORT_STORE(&iommu->list_refused, HVPT_LIST_NEVER);
	else
		HVPT_PORT_ADD(&iommu->list_refused, 1);
}

bool hvpt_iommu_last_failure(const struct hvpt_iommu *iommu, uint16_t *code,
			     uint16_t *hv_status)
{
	uint64_t word = HVPT_PORT_LOAD(&iommu->last_failure);

	if (word == 0)
		return false;
	*code = (uint16_t)(word >> 16);
	*hv_status = (uint16_t)(word & 0xffffu);
	return true;
}

void hvpt_iommu_read_stats(const struct hvpt_iommu *iommu,
			   struct hvpt_iommu_stats *stats)
{
	const struct hvpt_iommu_stats *from = &iommu->stats;
	unsigned i;

	stats->list_flushes = HVPT_PORT_LOAD(&from->list_flushes);
	stats->descriptors = HVPT_PORT_LOAD(&from->descriptors);
	stats->full_flushes = HVPT_PORT_LOAD(&from->full_flushes);
	stats->fallbacks = HVPT_PORT_LOAD(&from->fallbacks);
	stats->combined = HVPT_PORT_LOAD(&from->combined);
	stats->fallback_status = HVPT_PORT_LOAD(&from->fallback_status);
	stats->list_given_up = hvpt_list_is_given_up(iommu);
	for (i = 0; i < HVPT_CALLS; i++)
		stats->failures[i] = HVPT_PORT_LOAD(&from->failures[i]);
}
