/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/iommu.h - the pvIOMMU of this partition: probing it, its two special
 * domains, and bringing everything back after the hypervisor lost its state.
 *
 * There is one pvIOMMU in a partition; hypercalls carry no number for it. An
 * object of this type stands for it and is the root of all others: domains
 * (domain.h) and devices (device.h) are caller-owned nodes linked into it.
 *
 * Who holds what. The *iommu lock* is the caller's, one for each struct
 * hvpt_iommu, of any kind; hvpt has none. Every function which says "iommu
 * lock held" must not run beside another such function of the same pvIOMMU.
 * They issue hypercalls and call page hooks, so a mutex is the natural kind
 * where hooks may sleep. Mapping, unmapping, looking up and flushing do not
 * take it: see domain.h. Nothing is locked where nothing can run in parallel,
 * as in firmware.
 *
 * Nothing here allocates but table pages, through the page hooks; all can be
 * used before there is an operating system.
 */
#ifndef HVPT_IOMMU_H
#define HVPT_IOMMU_H

#include "hvpt/domain.h"
#include "hvpt/hvcall.h"

/* Domain ids guests may use: 0 and 0xffffffff are reserved (hv_abi.h). */
#define HVPT_DOMAIN_ID_FIRST 1u
#define HVPT_DOMAIN_ID_LAST 0xfffffffeu

/* Ranges of domain ids which can be in quarantine. */
#define HVPT_QUARANTINE_RANGES 16u

/** An inclusive range of domain ids. */
struct hvpt_id_range {
	uint32_t first;
	uint32_t last;
};

/**
 * struct hvpt_iommu_config - what hvpt_iommu_init() is told
 * @transport: how to make hypercalls
 * @ids: domain ids to use, both ends included; { 0, 0 } for all. A kernel
 *	started by another (kexec) whose domains may still exist takes a range
 *	the other did not use.
 * @width_limit: use no more IOVA bits than these; 0: no limit. With one bit
 *	less than the host says, addresses are right also where the hardware
 *	takes the top bit for a sign.
 */
struct hvpt_iommu_config {
	struct hvpt_transport transport;
	struct hvpt_id_range ids;
	uint32_t width_limit;
};

/**
 * struct hvpt_iommu - the pvIOMMU; fields are hvpt's own
 * @transport: as configured
 * @caps: as the host gave them
 * @identity: the domain in which iova is gpa
 * @blocked: the domain in which nothing gets through
 * @domains: all domains, the two included
 * @devices: all devices
 * @ids: which may be used
 * @next_id: where the search for the next starts
 * @lapped: ids were given out once around
 * @quarantine: ids never to be used again
 * @quarantined: how many ranges of it are in use
 * @forgotten: a quarantined id did not fit: no second lap
 * @epoch: of the hypervisor's state; counts resumes
 * @no_list: FLUSH_DEVICE_DOMAIN_LIST does not exist; atomic
 * @last_failure: see hvpt_iommu_last_failure(); atomic
 * @width: IOVA bits in use
 *
 * Domains and devices point at it: it must not be moved.
 */
struct hvpt_iommu {
	struct hvpt_transport transport;
	struct hvpt_iommu_caps caps;
	struct hvpt_domain identity;
	struct hvpt_domain blocked;
	struct hvpt_domain *domains;
	struct hvpt_device *devices;
	struct hvpt_id_range ids;
	uint32_t next_id;
	uint32_t quarantined;
	struct hvpt_id_range quarantine[HVPT_QUARANTINE_RANGES];
	uint64_t no_list;
	uint64_t last_failure;
	uint32_t epoch;
	uint32_t width;
	bool lapped;
	bool forgotten;
};

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_iommu_init() - probe the pvIOMMU and make its two special domains
 * @iommu: out: storage of the caller's
 * @config: in: may be gone when the call returns, but for the hooks
 *
 * To be done before any device is bound to a driver: a device which did DMA
 * with raw gpas would later be translated. In this order: the configuration
 * is checked; GET_IOMMU_CAPABILITIES; the refusals below; identity and blocked
 * are created and configured. Without S1_5LVL at most 48 bits are used.
 *
 * Return: HVPT_OK;
 * HVPT_ERR_OPS when a transport hook is missing;
 * HVPT_ERR_DOMAIN_ID when @ids holds 0 or 0xffffffff, is reversed, or has
 * fewer than 2 ids;
 * HVPT_ERR_WIDTH when @width_limit is neither 0 nor 13 .. 57;
 * HVPT_ERR_NO_IOMMU when the call does not exist (INVALID_HYPERCALL_CODE) or
 * PRESENT is clear: an ordinary host, say nothing;
 * HVPT_ERR_NO_STAGE1 when S1 is clear;
 * HVPT_ERR_IOMMU_CAPS when page_sizes lacks 4 KiB, or iova_width is below 13,
 * or above 57 with S1_5LVL;
 * any status of hvpt_hvcall_get_caps(), create or configure.
 *
 * On failure *@iommu is not to be used, but for hvpt_iommu_last_failure(); the
 * domains made until then were deleted. If that failed too they stay behind,
 * configured, with no device in them.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_iommu_init(struct hvpt_iommu *iommu,
		const struct hvpt_iommu_config *config);

/**
 * hvpt_iommu_destroy() - delete the two special domains
 * @iommu: not to be used afterwards, with HVPT_OK
 *
 * Iommu lock held, and for the last time. Return: HVPT_OK; HVPT_ERR_BUSY while
 * a paging domain or a device is left; any status of delete, HVPT_ERR_HV_STATE
 * among them while the host has a device in the blocked domain (see
 * hvpt_device_remove()). The call may be made again, or the object be dropped:
 * then the special domains stay behind, and nothing of the guest's is in them.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_iommu_destroy(struct hvpt_iommu *iommu);

/**
 * hvpt_iommu_resume() - make all anew after the hypervisor lost its state
 * @iommu: in/out
 * @retry: false: all domains and attachments are gone; true: go on with what
 *	an earlier call, which failed, has not done yet
 *
 * After hibernation, or whatever else left a hypervisor which knows none of
 * the domains. Every domain is created and configured again with the id it
 * had, then every device is attached to the domain it was in, a detached one to
 * the blocked domain. Page tables are memory and are taken as they are. A domain which turns out to exist
 * (HVPT_ERR_HV_EXISTS) is configured all the same.
 *
 * ATS was reset with the devices: each counts as off afterwards, and the
 * caller asks hvpt_device_duty() of each what to do.
 *
 * Iommu lock held; nothing is mapped, unmapped or flushed meanwhile. What the
 * host offers is asked again first.
 *
 * Return: HVPT_OK; HVPT_ERR_IOMMU_CAPS when it no longer offers the width in
 * use, or the levels and leaf sizes of some domain; the refusals of
 * hvpt_iommu_init(); any status of create, configure or attach. After a failure
 * devices not yet attached are where the hypervisor put them: call again with
 * @retry. A CONFIGURE which took effect and was reported as failed cannot be
 * repeated on a hypervisor which refuses a second one; whether there is such a
 * one is not known.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_iommu_resume(struct hvpt_iommu *iommu,
						   bool retry);

HVPT_EXTERN_C_END

/** hvpt_iommu_identity() - the domain in which an iova is a gpa. */
HVPT_INLINE struct hvpt_domain *hvpt_iommu_identity(struct hvpt_iommu *iommu)
{
	return &iommu->identity;
}

/** hvpt_iommu_blocked() - the domain in which all DMA is refused. */
HVPT_INLINE struct hvpt_domain *hvpt_iommu_blocked(struct hvpt_iommu *iommu)
{
	return &iommu->blocked;
}

/** hvpt_iommu_width() - IOVA bits in use, 13 to 57; a domain has no more. */
HVPT_INLINE uint32_t hvpt_iommu_width(const struct hvpt_iommu *iommu)
{
	return iommu->width;
}

/**
 * hvpt_iommu_page_sizes() - sizes of leaves which the host said it knows
 *
 * A bit each, as the host gave them: also of sizes which hvpt does not make.
 */
HVPT_INLINE uint64_t hvpt_iommu_page_sizes(const struct hvpt_iommu *iommu)
{
	return iommu->caps.page_sizes;
}

/** hvpt_iommu_has_ats() - may devices use ATS at all? */
HVPT_INLINE bool hvpt_iommu_has_ats(const struct hvpt_iommu *iommu)
{
	return (iommu->caps.caps & HVPT_HV_IOMMU_CAP_ATS) != 0;
}

/**
 * hvpt_iommu_last_failure() - the newest refusal of the hypervisor, for logs
 * @code: out: the call
 * @hv_status: out: its raw status, 0xffff when there was no hypercall
 *
 * Of any hypercall of this pvIOMMU, from any thread, but for the DELETE which
 * cleans up after another failure: the cause is told, not its consequence.
 * Context: any.
 * Return: false when there was none; then nothing is written.
 */
HVPT_INLINE bool hvpt_iommu_last_failure(const struct hvpt_iommu *iommu,
					 uint16_t *code, uint16_t *hv_status)
{
	uint64_t word = HVPT_PORT_LOAD(&iommu->last_failure);

	if (word == 0)
		return false;
	*code = (uint16_t)(word >> 16);
	*hv_status = (uint16_t)(word & 0xffffu);
	return true;
}

#endif /* HVPT_IOMMU_H */
