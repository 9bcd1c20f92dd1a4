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

/* Domain ids that a guest may use: all but the two reserved ones. */
#define HVPT_DOMAIN_ID_FIRST (HVPT_HV_DOMAIN_ID_DEFAULT + 1u)
#define HVPT_DOMAIN_ID_LAST (HVPT_HV_DOMAIN_ID_NULL - 1u)

/* Ranges of domain ids which can be in quarantine. */
#define HVPT_QUARANTINE_RANGES 16u

/*
 * How many ids that turn out to exist one creation passes over, and how many
 * of them one by one; behind those the distance doubles each time. So 64
 * hypercalls get past all ids of another owner which gave them out upwards,
 * however many there are: 2^0 + ... + 2^31 is the whole range.
 */
#define HVPT_ID_TRIES 64u
#define HVPT_ID_STEPS 32u

/*
 * After how many refusals in a row, of whatever kind, FLUSH_DEVICE_DOMAIN_LIST
 * is given up, and after how many full flushes it is then tried again: a host
 * that was short of memory gets precise flushes back, and one that will never
 * do it costs a call in 1024.
 */
#define HVPT_LIST_TRIES 8u
#define HVPT_LIST_AGAIN 1024u

/* It does not exist: as if refused that often. */
#define HVPT_LIST_NEVER ((uint64_t)1 << 63)

/** An inclusive range of domain ids. */
struct hvpt_id_range {
	uint32_t first;
	uint32_t last;
};

/**
 * struct hvpt_iommu_config - what hvpt_iommu_init() is told
 * @transport: how to make hypercalls
 * @ids: domain ids to use, both ends included; { 0, 0 } for all. Ids which
 *	exist already are passed over, so another kernel's domains need no
 *	range of their own.
 * @width_limit: use no more IOVA bits than these; 0: no limit. With one bit
 *	less than the host says, addresses are right also where the hardware
 *	takes the top bit for a sign.
 */
struct hvpt_iommu_config {
	struct hvpt_transport transport;
	struct hvpt_id_range ids;
	uint32_t width_limit;
};

/* The nine hypercalls, in order of their codes (hv_abi.h). */
#define HVPT_CALLS 9u

/**
 * struct hvpt_iommu_stats - what was done, since hvpt_iommu_init()
 * @list_flushes: flushes by descriptors that succeeded. This and the next are
 *	counted at each flush, without a locked operation: where flushes run at
 *	the same time some may be missing.
 * @descriptors: in those
 * @full_flushes: FLUSH_DEVICE_DOMAIN of a domain that succeeded
 * @fallbacks: of the latter, those made because a list was refused, or given up
 * @fallback_status: raw status of the newest list that was refused; 0: none was
 * @list_given_up: not 0: lists are not made any more, or hardly ever
 * @failures: hypercalls that were refused, by call: CREATE, ATTACH, DETACH,
 *	DELETE, CONFIGURE, FLUSH, FLUSH_LIST, GET_IOMMU_CAPABILITIES,
 *	GET_LOGICAL_DEVICE_PROPERTY. Refusals that are expected are left out,
 *	as in hvpt_iommu_last_failure().
 *
 * All are counted where a hypercall is made anyway; mapping, unmapping and
 * syncs without a flush count nothing.
 */
struct hvpt_iommu_stats {
	uint64_t list_flushes;
	uint64_t descriptors;
	uint64_t full_flushes;
	uint64_t fallbacks;
	uint64_t fallback_status;
	uint64_t list_given_up;
	uint64_t failures[HVPT_CALLS];
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
 * @old_blocked: id the blocked domain had before this resume, to be deleted;
 *	0: none
 * @flush_tells: a FLUSH_DEVICE_DOMAIN is refused where there is no domain
 * @handed_over: a device stays in the identity domain when all is destroyed
 * @list_refused: refusals of FLUSH_DEVICE_DOMAIN_LIST in a row, or
 *	HVPT_LIST_NEVER; atomic
 * @list_due: count of full flushes from which a list that was given up is
 *	tried again; atomic
 * @stats: what hvpt_iommu_read_stats() gives; each number atomic
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
	uint64_t list_refused;
	uint64_t list_due;
	uint64_t last_failure;
	struct hvpt_iommu_stats stats;
	uint32_t epoch;
	uint32_t old_blocked;
	uint32_t width;
	bool lapped;
	bool forgotten;
	bool handed_over;
	bool flush_tells;
};

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_iommu_init() - probe the pvIOMMU and make its two special domains
 * @iommu: out: storage of the caller's
 * @config: in: may be gone when the call returns, but for the hooks
 *
 * To be done before any device is bound to a driver: a device which did DMA
 * with raw gpas would later be translated. In this order: the configuration
 * is checked; GET_IOMMU_CAPABILITIES; the refusals below; one FLUSH of the
 * last domain id, to see whether the host refuses it; identity and blocked
 * are created and configured. Without S1_5LVL at most 48 bits are used, with
 * it at most 57: the host's width is that of its devices, and tables span less.
 *
 * What others left in the hypervisor (firmware, a kernel before kexec, a
 * kernel that crashed) is no obstacle: an id which exists is passed over,
 * HVPT_ID_TRIES of them for each domain. CREATE tells (HVPT_ERR_HV_EXISTS).
 * Some hosts may answer otherwise, or let CREATE succeed; so a FLUSH of the id
 * is made before each CREATE, also of hvpt_domain_init() and of a resume: it
 * succeeds only where there is a domain. Where the host does not refuse the
 * FLUSH of the last id it is left out. Devices of others stay where they are
 * until hvpt_iommu_takeover() or an attach moves them.
 *
 * Return: HVPT_OK;
 * HVPT_ERR_OPS when a transport hook is missing;
 * HVPT_ERR_DOMAIN_ID when @ids holds 0 or 0xffffffff, is reversed, or has
 * fewer than 2 ids;
 * HVPT_ERR_WIDTH when @width_limit is neither 0 nor 13 .. 57;
 * HVPT_ERR_NO_IOMMU when the call does not exist (INVALID_HYPERCALL_CODE) or
 * PRESENT is clear: an ordinary host, say nothing;
 * HVPT_ERR_NO_STAGE1 when S1 is clear;
 * HVPT_ERR_IOMMU_CAPS when page_sizes lacks 4 KiB, or iova_width is below 13;
 * HVPT_ERR_HV_EXISTS when HVPT_ID_TRIES ids in a row exist;
 * any status of hvpt_hvcall_get_caps(), create or configure.
 *
 * On failure *@iommu is not to be used, but for hvpt_iommu_last_failure(); the
 * domains made until then were deleted. If that failed too they stay behind,
 * with no device in them, and the next init passes over their ids.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_iommu_init(struct hvpt_iommu *iommu,
		const struct hvpt_iommu_config *config);

/**
 * hvpt_iommu_takeover() - block the devices which another owner may have left
 *	in domains of its own
 * @iommu: in/out
 *
 * For a kernel which finds devices attached by a kernel or firmware before it.
 * Every device that was probed and never attached since is attached to the
 * blocked domain; those deferred (hvpt_device_set_deferred()) are left alone.
 * After HVPT_OK no other device known to hvpt does DMA through tables of
 * another owner, and their memory may be used for something else. To be called
 * when the devices were probed, and their ATS is off, which an owner before may
 * have left on. One of which the caller says that it is on
 * (hvpt_device_set_ats()) is not moved: HVPT_ERR_ATS_ON.
 *
 * Iommu lock held. Return: HVPT_OK; else the first failure of
 * hvpt_device_attach(), all devices having been tried: hvpt_device_state()
 * tells which are not in the blocked domain. May be repeated: a device whose
 * first attach was refused is tried again.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_iommu_takeover(struct hvpt_iommu *iommu);

/**
 * hvpt_iommu_destroy() - delete the two special domains
 * @iommu: not to be used afterwards, with HVPT_OK
 *
 * The identity domain is left where it is when devices were left in it
 * (hvpt_device_hand_over()). A former blocked domain that a resume could not
 * delete is tried once more; it may stay behind.
 *
 * Iommu lock held, and for the last time. Return: HVPT_OK; HVPT_ERR_BUSY while
 * a paging domain or a device is left; HVPT_ERR_LOST between a resume that
 * failed and its retry; any status of delete, HVPT_ERR_HV_STATE
 * among them while the host has a device in the blocked domain (see
 * hvpt_device_remove()). The call may be made again, or the object be dropped:
 * then the special domains stay behind, and nothing of the guest's is in them.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_iommu_destroy(struct hvpt_iommu *iommu);

/**
 * hvpt_iommu_resume() - make all anew after the hypervisor lost its state
 * @iommu: in/out
 * @retry: false: domains and attachments may be gone; true: go on with what
 *	an earlier call, which failed, has not done yet
 *
 * After hibernation, or whatever else may have left a hypervisor which knows
 * none of the domains, or has those of another kernel (the one which loaded
 * the image) under the same ids, with devices in them. Also right when nothing
 * was lost, as in the kernel that goes on after it has written the image.
 *
 * What the host offers is asked again. A blocked domain is made, and every
 * device attached to it: from here on none is in tables that are not its own.
 * Then each domain is created and configured, and flushed. One which exists is
 * deleted first; if that is refused the domain gets another id, and its tables
 * are leaked when it is destroyed, for what has the old id may be ours. At last
 * every device is attached to the domain it was in. One which was in doubt goes
 * to where it was before; one which was in no domain, detached or never
 * attached, stays in the blocked domain. Page tables are taken as they are.
 *
 * ATS must be off on every device when this is called, as it is after a reset;
 * each counts as off afterwards, and the caller asks hvpt_device_duty() of
 * each what to do.
 *
 * Iommu lock held; nothing is mapped, unmapped or flushed meanwhile.
 *
 * Return: HVPT_OK: all is back; HVPT_ERR_IOMMU_CAPS when the host no longer
 * offers the width in use (all devices stay blocked), or the levels or leaf
 * sizes of some domain (its devices do); the other refusals of
 * hvpt_iommu_init(); HVPT_ERR_LOST when a domain's old id cannot be deleted
 * while a device may be in it; any status of a hypercall. A domain or device
 * which fails does not keep the others from coming back; the first failure is
 * returned, and hvpt_device_is_lost() and hvpt_domain_is_lost() tell what has
 * not come back. Call again with @retry, as often as it takes, or
 * hvpt_device_resume() for one device, as when its bus comes back later.
 *
 * Until then: mapping, unmapping and looking up work as ever. What was
 * unmapped in a lost domain is not flushed: syncs return HVPT_ERR_LOST, and
 * gathers stay as they are. A lost domain cannot be attached to or destroyed. A
 * lost device can be attached to a domain which is back, removed, or declared
 * gone (hvpt_device_gone()).
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_iommu_resume(struct hvpt_iommu *iommu,
						   bool retry);

/**
 * hvpt_iommu_read_stats() - all counters, each read by itself
 * @stats: out
 *
 * Context: any; no lock.
 */
void hvpt_iommu_read_stats(const struct hvpt_iommu *iommu,
			   struct hvpt_iommu_stats *stats);

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

/** hvpt_domain_is_lost() - has a resume not brought it back yet? */
HVPT_INLINE bool hvpt_domain_is_lost(const struct hvpt_domain *domain)
{
	return domain->epoch != domain->iommu->epoch;
}

/** hvpt_iommu_has_ats() - may devices use ATS at all? */
HVPT_INLINE bool hvpt_iommu_has_ats(const struct hvpt_iommu *iommu)
{
	return (iommu->caps.caps & HVPT_HV_IOMMU_CAP_ATS) != 0;
}

/**
 * hvpt_iommu_last_failure() - the newest refusal of the hypervisor, for logs
 * @code: out: the call
 * @hv_status: out: its raw status; 0xffff when the transport could make no
 *	hypercall; 0 (SUCCESS) when a rep call succeeded and did nothing
 *
 * Of any hypercall of this pvIOMMU, from any thread, but for those whose
 * refusal is expected: the DELETE which cleans up after another failure, a
 * CREATE which finds an id taken, what is asked of a device that may be gone.
 * Where no hypercall was made at all (HVPT_ERR_CALL_PAGE) nothing is recorded.
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
