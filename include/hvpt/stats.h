/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/stats.h - what a pvIOMMU has done, and what the hypervisor refused.
 *
 * For logs and debug files. Context of all functions: any; no lock.
 */
#ifndef HVPT_STATS_H
#define HVPT_STATS_H

#include "hvpt/status.h"

struct hvpt_iommu;

/* The nine hypercalls that hvpt makes, in order of their codes (hv_abi.h). */
#define HVPT_CALLS 9u

/**
 * struct hvpt_iommu_stats - counts since hvpt_iommu_init()
 * @list_flushes: flushes by descriptors that succeeded. This count and the next
 *	are incremented without a locked operation, at each flush, so they may
 *	miss some where flushes run in parallel.
 * @descriptors: how many descriptors those had
 * @full_flushes: FLUSH_DEVICE_DOMAIN calls that succeeded
 * @fallbacks: full flushes that were made because a list call failed, or
 *	because list calls were given up
 * @combined: flushes that a call of another caller made (wait.h): so many calls
 *	were saved
 * @fallback_status: raw status of the last list call that failed; 0: none did
 * @list_given_up: not 0: list calls are made rarely, or not at all any more
 * @failures: hypercalls that were refused, by call: CREATE, ATTACH, DETACH,
 *	DELETE, CONFIGURE, FLUSH, FLUSH_LIST, GET_IOMMU_CAPABILITIES,
 *	GET_LOGICAL_DEVICE_PROPERTY; without expected refusals, as in
 *	hvpt_iommu_last_failure()
 *
 * Only hypercalls count. Mapping, unmapping and syncs without a flush do not.
 */
struct hvpt_iommu_stats {
	uint64_t list_flushes;
	uint64_t descriptors;
	uint64_t full_flushes;
	uint64_t fallbacks;
	uint64_t combined;
	uint64_t fallback_status;
	uint64_t list_given_up;
	uint64_t failures[HVPT_CALLS];
};

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_iommu_read_stats() - read all counters, each by itself
 * @iommu: in
 * @stats: out
 */
void hvpt_iommu_read_stats(const struct hvpt_iommu *iommu,
			   struct hvpt_iommu_stats *stats);

/**
 * hvpt_iommu_last_failure() - the last refusal of the hypervisor
 * @iommu: in
 * @code: out: the call
 * @hv_status: out: its raw status; 0xffff when the transport could make no
 *	hypercall; 0 (SUCCESS) when a rep call succeeded but did nothing
 *
 * Covers all hypercalls of this pvIOMMU, from any thread, except those whose
 * refusal is expected: a DELETE that cleans up after another failure, a CREATE
 * that finds an existing id, and what is asked about a device that may be gone.
 * A call for which no hypercall was made (HVPT_ERR_CALL_PAGE) is not recorded.
 *
 * Return: false when there was none; then nothing is written.
 */
bool hvpt_iommu_last_failure(const struct hvpt_iommu *iommu, uint16_t *code,
			     uint16_t *hv_status);

HVPT_EXTERN_C_END

#endif /* HVPT_STATS_H */
