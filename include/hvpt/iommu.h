/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/iommu.h - the pvIOMMU of this partition: probing it, its two special
 * domains, and rebuilding all of it after the hypervisor lost its state.
 *
 * A partition has one pvIOMMU; hypercalls carry no number for it. An object of
 * this type stands for it and is the root of all others: domains (domain.h) and
 * devices (device.h) are storage of the caller's that is linked into it.
 *
 *	status = hvpt_iommu_init(&iommu, &config);
 *	status = hvpt_domain_init(&domain, &iommu, &paging);
 *	status = hvpt_device_probe(&device, &iommu, id, ats_capable);
 *	status = hvpt_device_attach(&device, &domain);
 *	...
 *	status = hvpt_device_detach(&device);
 *	status = hvpt_device_remove(&device);
 *	status = hvpt_domain_destroy(&domain);
 *	status = hvpt_iommu_destroy(&iommu);
 *
 * Locking. The iommu lock is a lock of the caller's, one for each struct
 * hvpt_iommu and of any kind; hvpt has none. Functions that say "iommu lock
 * held" must not run in parallel for one pvIOMMU. They make hypercalls and call
 * page hooks, so use a mutex where the hooks may sleep. Firmware, where nothing
 * runs in parallel, needs no lock. Mapping, unmapping, looking up and flushing
 * do not take it: see domain.h.
 *
 * Nothing here allocates anything but table pages, which come from page hooks.
 * All of it can be used before there is an operating system.
 */
#ifndef HVPT_IOMMU_H
#define HVPT_IOMMU_H

#include "hvpt/domain.h"
#include "hvpt/hvcall.h"
#include "hvpt/stats.h"

struct hvpt_device;

/* ---- creating -------------------------------------------------------- */

/* Domain ids that a guest may use: all but the two reserved ones. */
#define HVPT_DOMAIN_ID_FIRST (HVPT_HV_DOMAIN_ID_DEFAULT + 1u)
#define HVPT_DOMAIN_ID_LAST (HVPT_HV_DOMAIN_ID_NULL - 1u)

/** An inclusive range of domain ids. */
struct hvpt_id_range {
	uint32_t first;
	uint32_t last;
};

/**
 * struct hvpt_iommu_config - what hvpt_iommu_init() needs to know
 * @transport: how to make hypercalls
 * @ids: domain ids to use, both ends included; { 0, 0 } for all. Ids that
 *	already exist are skipped, so the domains of another kernel need no
 *	range of their own.
 * @width_limit: the most IOVA bits to use; 0: no limit. With one bit less than
 *	the host reports, addresses are right even where the hardware takes the
 *	top bit as a sign.
 */
struct hvpt_iommu_config {
	struct hvpt_transport transport;
	struct hvpt_id_range ids;
	uint32_t width_limit;
};

/*
 * How many existing ids the creation of one domain skips, and how many of them
 * one at a time. After those the step doubles each time. 64 hypercalls thus get
 * past any number of ids that another owner gave out in ascending order:
 * 2^0 + ... + 2^31 is the whole range.
 */
#define HVPT_ID_TRIES 64u
#define HVPT_ID_STEPS 32u

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_iommu_init() - probe the pvIOMMU and create its two special domains
 * @iommu: out: storage of the caller's. It must not be a pvIOMMU in use, whose
 *	domains and devices would be lost: this is not checked
 * @config: in: need not outlive the call, but the hooks must
 *
 * Call it before any device is bound to a driver: the DMA of a device that
 * used gpas until then would later be translated.
 *
 * The steps, in this order: the configuration is checked; the hypercall
 * GET_IOMMU_CAPABILITIES is made; the capabilities are checked; one FLUSH of
 * the last domain id finds out whether the host refuses it; the identity and
 * the blocked domain are created and configured. At most 48 IOVA bits are used
 * without S1_5LVL and at most 57 with it: the width that the host reports is
 * that of its devices, and the tables may span less.
 *
 * Domains that others left in the hypervisor (firmware, a kernel before kexec,
 * a kernel that crashed) are no obstacle: up to HVPT_ID_TRIES ids that exist
 * are skipped for each domain. CREATE reports them (HVPT_ERR_HV_EXISTS), but
 * some hosts may answer otherwise or let CREATE succeed. So a FLUSH of the id
 * precedes each CREATE, including those of hvpt_domain_init() and
 * hvpt_iommu_resume(): it succeeds only where there is a domain. A host that
 * does not refuse the FLUSH of the last id, or refuses it for a reason that
 * says nothing about the domain (ACCESS_DENIED, INVALID_HYPERCALL_CODE), gets
 * no such FLUSH. Devices of others stay where they are until
 * hvpt_iommu_takeover() or an attach moves them.
 *
 * Return: HVPT_OK;
 * HVPT_ERR_OPS when a transport hook is missing;
 * HVPT_ERR_DOMAIN_ID when @ids holds 0 or 0xffffffff, is reversed, or has
 * fewer than 2 ids;
 * HVPT_ERR_WIDTH when @width_limit is neither 0 nor 13 .. 57;
 * HVPT_ERR_NO_IOMMU when the hypercall does not exist (INVALID_HYPERCALL_CODE)
 * or PRESENT is clear: this is an ordinary host, so report nothing;
 * HVPT_ERR_NO_STAGE1 when S1 is clear;
 * HVPT_ERR_IOMMU_CAPS when page_sizes lacks 4 KiB, or iova_width is below 13;
 * HVPT_ERR_HV_EXISTS when HVPT_ID_TRIES ids in a row exist;
 * HVPT_ERR_HV_DENIED also when the FLUSH of an id is denied: it is not known
 * whether another owner has a domain with it;
 * any status of hvpt_hvcall_get_caps(), hvpt_hvcall_create_domain() and
 * hvpt_hvcall_configure_domain().
 *
 * On failure *@iommu may be used for hvpt_iommu_last_failure() only, and the
 * domains created until then were deleted. If that failed too they remain,
 * without devices, and the next init skips their ids.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_iommu_init(struct hvpt_iommu *iommu,
		const struct hvpt_iommu_config *config);

/**
 * hvpt_iommu_takeover() - block the devices that another owner may have left
 *	in domains of its own
 * @iommu: in/out
 *
 * For a kernel that finds devices attached by firmware or by an earlier kernel.
 * It attaches to the blocked domain every device that was probed and never
 * attached since, except those deferred by hvpt_device_set_deferred(). After
 * HVPT_OK no other device known to hvpt does DMA through tables of another
 * owner, so their memory may be reused.
 *
 * Call it when the devices were probed and their ATS, which an earlier owner
 * may have left on, is off. A device whose ATS is on according to
 * hvpt_device_set_ats() is not moved: HVPT_ERR_ATS_ON.
 *
 * Context: iommu lock held.
 * Return: HVPT_OK; otherwise the first failure of hvpt_device_attach(), after
 * all devices were tried. hvpt_device_state() tells which are not in the
 * blocked domain. The call may be repeated; a device whose first attach was
 * refused is tried again.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_iommu_takeover(struct hvpt_iommu *iommu);

HVPT_EXTERN_C_END

/* ---- what it is ------------------------------------------------------ */

/** hvpt_iommu_identity() - the domain in which the iova is the gpa. */
HVPT_INLINE struct hvpt_domain *hvpt_iommu_identity(struct hvpt_iommu *iommu);

/** hvpt_iommu_blocked() - the domain in which all DMA is refused. */
HVPT_INLINE struct hvpt_domain *hvpt_iommu_blocked(struct hvpt_iommu *iommu);

/** hvpt_iommu_width() - IOVA bits in use, 13 to 57; no domain has more. */
HVPT_INLINE uint32_t hvpt_iommu_width(const struct hvpt_iommu *iommu);

/**
 * hvpt_iommu_page_sizes() - the leaf sizes that the host reported
 * @iommu: in
 *
 * Bit n: leaves of 2^n bytes. Includes sizes that hvpt does not use.
 */
HVPT_INLINE uint64_t hvpt_iommu_page_sizes(const struct hvpt_iommu *iommu);

/** hvpt_iommu_has_ats() - may devices use ATS at all? */
HVPT_INLINE bool hvpt_iommu_has_ats(const struct hvpt_iommu *iommu);

/* ---- resuming -------------------------------------------------------- */

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_iommu_resume() - rebuild everything after the hypervisor lost its state
 * @iommu: in/out
 * @retry: false: domains and attachments may be gone; true: continue with what
 *	an earlier call, which failed, has not done yet
 *
 * For hibernation, and for anything else after which the hypervisor may know
 * none of the domains, or may have domains of another kernel (the one that
 * loaded the image) under the same ids, with devices in them. It is also right
 * when nothing was lost, as in the kernel that continues after it wrote the
 * image.
 *
 * The capabilities of the host are read again. A blocked domain is created and
 * every device is attached to it: from then on no device is in tables that are
 * not its own. Then each domain is created, configured and flushed. A domain
 * that exists is deleted first. If that is refused the domain gets another id,
 * and its tables are leaked when it is destroyed, because the domain with the
 * old id may have the same root. Finally every device is attached to the domain
 * that it was in. A device in doubt goes to where it was before. A device that
 * was in no domain, detached or never attached, stays in the blocked domain.
 * Page tables are used as they are.
 *
 * ATS must be off on every device when this is called, as it is after a reset.
 * Afterwards it counts as off, and the caller asks hvpt_device_duty() of each
 * device what to do.
 *
 * Context: iommu lock held; nothing is mapped, unmapped or flushed meanwhile.
 * Return: HVPT_OK: all is back; HVPT_ERR_IOMMU_CAPS when the host no longer
 * offers the width in use (then all devices stay blocked), or the levels or
 * leaf sizes of a domain (then its devices do); the other refusals of
 * hvpt_iommu_init(); HVPT_ERR_LOST when the old id of a domain cannot be
 * deleted while a device may be in it; HVPT_ERR_NO_IDS when a domain needs
 * another id and none is left; any status of a hypercall. A domain or device
 * that fails does not keep the others from coming back. The first failure is
 * returned; hvpt_domain_is_lost() and hvpt_device_is_lost() tell what is still
 * missing. Call again with @retry as often as it takes, or call
 * hvpt_device_resume() for one device, for example when its bus comes back
 * later.
 *
 * Until then mapping, unmapping and looking up work as usual. What was unmapped
 * in a lost domain is not flushed: syncs return HVPT_ERR_LOST and leave the
 * gather as it is. A lost domain cannot be attached to or destroyed. A lost
 * device can be attached to a domain that is back, be removed, or be declared
 * gone (hvpt_device_gone()).
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_iommu_resume(struct hvpt_iommu *iommu,
						   bool retry);

HVPT_EXTERN_C_END

/** hvpt_domain_is_lost() - has a resume not brought the domain back yet? */
HVPT_INLINE bool hvpt_domain_is_lost(const struct hvpt_domain *domain);

/* ---- ending ---------------------------------------------------------- */

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_iommu_destroy() - delete the two special domains
 * @iommu: not to be used after HVPT_OK
 *
 * The identity domain is not deleted when devices were left in it
 * (hvpt_device_hand_over()). If a resume could not delete an earlier blocked
 * domain, this call tries once more; that domain may remain.
 *
 * Context: iommu lock held, for the last time.
 * Return: HVPT_OK; HVPT_ERR_BUSY while there is a paging domain or a device;
 * HVPT_ERR_LOST between a failed resume and its retry; any status of
 * hvpt_hvcall_delete_domain(), such as HVPT_ERR_HV_STATE while the host has a
 * device in one of the two: in the blocked domain after hvpt_device_remove(),
 * in either after hvpt_device_gone(). The call may be made again. The object
 * may also be dropped: then the special domains remain, with nothing of the
 * guest's in them.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_iommu_destroy(struct hvpt_iommu *iommu);

HVPT_EXTERN_C_END

/* ---- internal: the object, and the inline functions ------------------ */

/* The list call does not exist: stands for this many refusals. */
#define HVPT_LIST_NEVER ((uint64_t)1 << 63)

/* Ranges of domain ids that can be in quarantine. */
#define HVPT_QUARANTINE_RANGES 16u

/**
 * struct hvpt_iommu - the pvIOMMU; its fields are not for callers
 * @transport: as configured
 * @caps: as the host reported them
 * @identity: the domain in which the iova is the gpa
 * @blocked: the domain in which all DMA is refused
 * @domains: all domains, these two included
 * @devices: all devices
 * @ids: which ids may be used
 * @next_id: where the search for a free id starts
 * @quarantined: how many elements of @quarantine are in use
 * @quarantine: ids that are never used again
 * @list_refused: how many list calls in a row were refused, or HVPT_LIST_NEVER;
 *	atomic
 * @list_due: the count of full flushes at which a list call is tried again;
 *	atomic
 * @last_failure: what hvpt_iommu_last_failure() returns; atomic
 * @stats: what hvpt_iommu_read_stats() returns; each number atomic
 * @epoch: how many resumes there were
 * @old_blocked: id of the blocked domain before this resume, still to be
 *	deleted; 0: none
 * @width: IOVA bits in use
 * @ids_wrapped: the search for ids has passed the last id, so an id may have
 *	been used before
 * @quarantine_full: an id did not fit into @quarantine, so no id is used a
 *	second time
 * @handed_over: a device stays in the identity domain when all is destroyed
 * @flush_probes: a FLUSH is refused where there is no domain
 *
 * Domains and devices point at it, so it must not be moved.
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
	bool ids_wrapped;
	bool quarantine_full;
	bool handed_over;
	bool flush_probes;
};

HVPT_INLINE struct hvpt_domain *hvpt_iommu_identity(struct hvpt_iommu *iommu)
{
	return &iommu->identity;
}

HVPT_INLINE struct hvpt_domain *hvpt_iommu_blocked(struct hvpt_iommu *iommu)
{
	return &iommu->blocked;
}

HVPT_INLINE uint32_t hvpt_iommu_width(const struct hvpt_iommu *iommu)
{
	return iommu->width;
}

HVPT_INLINE uint64_t hvpt_iommu_page_sizes(const struct hvpt_iommu *iommu)
{
	return iommu->caps.page_sizes;
}

HVPT_INLINE bool hvpt_iommu_has_ats(const struct hvpt_iommu *iommu)
{
	return (iommu->caps.caps & HVPT_HV_IOMMU_CAP_ATS) != 0;
}

HVPT_INLINE bool hvpt_domain_is_lost(const struct hvpt_domain *domain)
{
	return domain->epoch != domain->iommu->epoch;
}

#endif /* HVPT_IOMMU_H */
