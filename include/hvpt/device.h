/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/device.h - devices, and moving them between domains.
 *
 * All functions: iommu lock held (iommu.h).
 *
 * A device which was never attached reaches all of memory, or whatever another
 * owner of the pvIOMMU (firmware, a kernel before this one) gave it. So attach
 * it to something before its driver gets it.
 *
 * ATS. A device with an address cache of its own (PCIe Address Translation
 * Services) may have it enabled only while it is known to be in a domain other
 * than blocked: enable it after the attach, disable it before the device is
 * blocked, detached or removed. hvpt does not touch configuration space, so
 * it says what is to be done, and the caller tells when it is:
 *
 *	if (hvpt_device_duty_before(&device, domain) == HVPT_ATS_DISABLE) {
 *		platform_disable_ats(pdev);
 *		hvpt_device_set_ats(&device, false);
 *	}
 *	status = hvpt_device_attach(&device, domain);
 *	if (status == HVPT_OK &&
 *	    hvpt_device_duty(&device) == HVPT_ATS_ENABLE &&
 *	    platform_enable_ats(pdev, HVPT_PAGE_LG2))
 *		hvpt_device_set_ats(&device, true);
 *
 * Moving between two domains which are not blocked leaves ATS as it is.
 *
 * Which calls for which occasion:
 *
 * Hot removal announced by the guest: hvpt_device_remove(), while the logical
 * id still means this device.
 *
 * Rescind, surprise removal: the host took the device away. Ask
 * hvpt_device_remove() first, which finds out by itself on most hosts; where it
 * fails and the bus knows that the device is gone, hvpt_device_gone(). Either
 * way the id can be probed again when the device comes back.
 *
 * Shutdown, kexec, hand-over by firmware to a system that may have no driver
 * for the pvIOMMU: stop DMA; hvpt_device_hand_over() each device, which leaves
 * it where iova = gpa; destroy the paging domains, then the pvIOMMU. To leave
 * no DMA at all, and no domain either: hvpt_device_detach(), then
 * hvpt_device_remove(), then destroy the domains and the pvIOMMU. The next
 * kernel passes over what stays behind (hvpt_iommu_init()).
 *
 * A kernel started by kexec: hvpt_iommu_init(), probe all devices,
 * hvpt_iommu_takeover(), then attach each to its domain.
 *
 * A kdump kernel: the crashed kernel's DMA goes on, into memory reserved from
 * this kernel. A device that is blocked in the middle of a transfer may fail
 * beyond repair; so hvpt_device_set_deferred() each after its probe, leave it
 * alone, and attach it when its driver has reset it.
 *
 * Hibernation: no unmap outstanding in a gather before the image is made. In
 * the restored kernel, and in the one that goes on after writing the image:
 * ATS off, hvpt_iommu_resume(). Where buses come back later than this call,
 * hvpt_device_resume() for each device on its bus.
 */
#ifndef HVPT_DEVICE_H
#define HVPT_DEVICE_H

#include "hvpt/iommu.h"

/**
 * enum hvpt_device_state - what is known of where a device is
 * @HVPT_DEVICE_NEW: never attached: where the hypervisor, or an owner before
 *	us, put it. It may reach all of memory.
 * @HVPT_DEVICE_ATTACHED: in hvpt_device_domain()
 * @HVPT_DEVICE_DETACHED: in none; its DMA is blocked
 * @HVPT_DEVICE_IN_DOUBT: a move was refused, or seemed to be: where it was, or
 *	where it was to go
 * @HVPT_DEVICE_LOST: anywhere; a resume has not reached it
 * @HVPT_DEVICE_PARKED: in the blocked domain, until a resume can attach it to
 *	its own
 *
 * docs/SPEC.md has what each call does in each state.
 */
enum hvpt_device_state {
	HVPT_DEVICE_NEW = 0,
	HVPT_DEVICE_ATTACHED = 1,
	HVPT_DEVICE_DETACHED = 2,
	HVPT_DEVICE_IN_DOUBT = 3,
	HVPT_DEVICE_LOST = 4,
	HVPT_DEVICE_PARKED = 5,
};

/** What the caller is to do about a device's ATS. */
enum hvpt_ats_duty {
	HVPT_ATS_NOTHING = 0,
	HVPT_ATS_ENABLE = 1,
	HVPT_ATS_DISABLE = 2,
};

/**
 * struct hvpt_device - one device; fields are hvpt's own
 * @iommu: whose
 * @next: in the list of all
 * @domain: where it is, or was when that was known last, or is to be brought
 *	back to; NULL: none
 * @tried: where an attach which failed may have put it, or NULL
 * @id: logical device id
 * @state: what is known
 * @ats: ATS is on
 * @ats_capable: the function has ATS
 * @deferred: hvpt_iommu_takeover() leaves it alone
 *
 * Linked: it must not be moved.
 */
struct hvpt_device {
	struct hvpt_iommu *iommu;
	struct hvpt_device *next;
	struct hvpt_domain *domain;
	struct hvpt_domain *tried;
	uint64_t id;
	enum hvpt_device_state state;
	bool ats;
	bool ats_capable;
	bool deferred;
};

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_device_probe() - does the pvIOMMU manage this device?
 * @device: out: storage of the caller's
 * @iommu: in/out: the pvIOMMU
 * @device_id: from hvpt_logical_id()
 * @ats_capable: the function has the ATS capability
 *
 * One GET_LOGICAL_DEVICE_PROPERTY. With HVPT_OK the device is linked, and in
 * state HVPT_DEVICE_NEW: until its first attach it reaches all of memory, or
 * what an owner before us gave it. Attach it to something next.
 *
 * Return: HVPT_OK; HVPT_ERR_DEVICE_ID; HVPT_ERR_EXISTS when a device of this
 * id is linked; HVPT_ERR_NOT_MANAGED; any status of
 * hvpt_hvcall_get_device_iommu().
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_device_probe(struct hvpt_device *device, struct hvpt_iommu *iommu,
		  uint64_t device_id, bool ats_capable);

/**
 * hvpt_device_attach() - move a device into a domain
 * @device: in/out
 * @domain: in/out: any kind, of the same pvIOMMU
 *
 * One ATTACH_DEVICE_DOMAIN, whatever it was in: the hypervisor switches. That
 * it is in the domain already is a success. When the last device leaves a
 * paging domain the domain is flushed as a whole, so that later unmaps in it
 * need no hypercall; if that fails, they do.
 *
 * Return: HVPT_OK; HVPT_ERR_FOREIGN; HVPT_ERR_LOST when @domain has not come
 * back (hvpt_iommu_resume()); HVPT_ERR_ATS_ON when @domain is blocked
 * and ATS is on; HVPT_ERR_BUSY for a third paging domain, see below;
 * HVPT_ERR_CALL_PAGE and HVPT_ERR_NO_HYPERVISOR: no hypercall was made, and
 * nothing changed; any status of hvpt_hvcall_attach_device(). After the latter
 * the device is in doubt: it counts as being in both, so neither domain can
 * be destroyed, until an attach or detach succeeds. Until then it can be
 * attached to one of the two, or to identity or blocked, and to no third
 * paging domain; and it is not known to be where ATS may be enabled.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_device_attach(struct hvpt_device *device,
						    struct hvpt_domain *domain);

/**
 * hvpt_device_detach() - take a device out of its domain, into none
 * @device: in/out
 *
 * ATTACH_DEVICE_DOMAIN to the blocked domain, then DETACH_DEVICE_DOMAIN: DMA is
 * blocked until the next attach. The blocked domain alone does the same, and is
 * what the merged Linux driver uses; but it cannot be deleted with a device in
 * it.
 *
 * The first makes the second one safe: from then on the device is in no paging
 * domain, whatever DETACH answers and whenever it takes effect; and the call
 * can be repeated, also where the device was detached and said not to be. Where
 * the blocked domain is refused, DETACH is tried all the same. When that
 * succeeds, the device reaches what it reached before until DETACH takes
 * effect; its domain goes on flushing, and cannot be destroyed until then.
 *
 * Return: HVPT_OK; HVPT_ERR_NOT_ATTACHED for one which is in no domain of ours
 * (HVPT_DEVICE_NEW, HVPT_DEVICE_DETACHED); HVPT_ERR_ATS_ON;
 * HVPT_ERR_CALL_PAGE and HVPT_ERR_NO_HYPERVISOR: no DETACH was made; any status
 * of hvpt_hvcall_detach_device(): then it is in doubt, in the blocked domain or
 * in none; or, if the former was refused too, perhaps where it was.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_device_detach(struct hvpt_device *device);

/**
 * hvpt_device_remove() - the device goes away
 * @device: not to be used afterwards, with HVPT_OK
 *
 * It is moved to the blocked domain, then forgotten; a device which was
 * detached is forgotten as it is, for its DMA is blocked. To be called while
 * the logical id still means this device: before its bus is unregistered.
 * Where the move is refused the hypervisor is asked for the device's property.
 * When it no longer answers for the device
 * (hvpt_hv_status_is_absence()), that is as hvpt_device_gone().
 *
 * A removed device stays in the blocked domain as long as the host has it, so
 * that domain cannot be deleted. Who means to end with hvpt_iommu_destroy()
 * while devices are there detaches them first.
 *
 * Return: HVPT_OK; HVPT_ERR_ATS_ON; HVPT_ERR_LOST while the blocked domain has
 * not come back; any other status of attach: then it is still linked, in
 * doubt, and counted where it was. Try again; or say that it is gone.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_device_remove(struct hvpt_device *device);

/**
 * hvpt_device_gone() - the host took the device away: the caller knows
 * @device: not to be used afterwards
 *
 * For a caller whose bus says so (a rescind, a surprise removal), whatever the
 * hypervisor answers; what it answers then is not documented. One DETACH is
 * made, and may fail; none for a device in no domain of ours (HVPT_DEVICE_NEW,
 * HVPT_DEVICE_DETACHED). ATS need not be off. The device is forgotten, so that
 * one of the same id can be probed, and its domains can be destroyed.
 *
 * The device may come back attached as it was. So every unmap in its domain is
 * flushed from now on, also when no device is left in it. hvpt_domain_destroy()
 * fails, and frees no table, as long as the hypervisor refuses to delete the
 * domain: on some hosts until the device has come back and is attached to
 * another.
 */
void hvpt_device_gone(struct hvpt_device *device);

/**
 * hvpt_device_hand_over() - leave the device to whoever comes next
 * @device: not to be used afterwards, with HVPT_OK
 *
 * It is moved to the identity domain, where its addresses are gpas, then
 * forgotten; hvpt_iommu_destroy() leaves that domain alone. Its DMA must have
 * stopped: an address that meant something in its domain means other memory
 * now.
 *
 * Return: HVPT_OK; any status of hvpt_device_attach(): then it is still linked.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_device_hand_over(struct hvpt_device *device);

/**
 * hvpt_device_resume() - bring one device back which a resume left behind
 * @device: in/out
 *
 * What hvpt_iommu_resume() does to each: into the blocked domain, then to the
 * domain it was in. For devices whose bus comes back later than that call.
 *
 * Return: HVPT_OK, also for one which is not lost; HVPT_ERR_LOST when its
 * domain, or the blocked one, has not come back: hvpt_iommu_resume() first;
 * any status of hvpt_hvcall_attach_device(): it is still lost.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_device_resume(struct hvpt_device *device);

HVPT_EXTERN_C_END

/** hvpt_device_id() - its logical device id. */
HVPT_INLINE uint64_t hvpt_device_id(const struct hvpt_device *device)
{
	return device->id;
}

/** hvpt_device_has_ats_on() - as the caller last told, or a resume left it. */
HVPT_INLINE bool hvpt_device_has_ats_on(const struct hvpt_device *device)
{
	return device->ats;
}

/** hvpt_device_state() - what is known of where it is. */
HVPT_INLINE enum hvpt_device_state
hvpt_device_state(const struct hvpt_device *device)
{
	return device->state;
}

/** hvpt_device_is_lost() - has a resume not brought it back yet? */
HVPT_INLINE bool hvpt_device_is_lost(const struct hvpt_device *device)
{
	return device->state == HVPT_DEVICE_LOST ||
	       device->state == HVPT_DEVICE_PARKED;
}

/** hvpt_device_set_deferred() - is hvpt_iommu_takeover() to leave it alone? */
HVPT_INLINE void hvpt_device_set_deferred(struct hvpt_device *device,
					  bool deferred)
{
	device->deferred = deferred;
}

/**
 * hvpt_device_domain() - the domain a device is in
 *
 * In doubt: where it was when that was known last. Lost or parked: where a
 * resume is to bring it. NULL when in none.
 */
HVPT_INLINE struct hvpt_domain *
hvpt_device_domain(const struct hvpt_device *device)
{
	return device->domain;
}

/** hvpt_device_duty_before() - what to do before attaching it to @domain. */
HVPT_INLINE enum hvpt_ats_duty
hvpt_device_duty_before(const struct hvpt_device *device,
			const struct hvpt_domain *domain)
{
	if (device->ats && domain->kind == HVPT_DOMAIN_BLOCKED)
		return HVPT_ATS_DISABLE;
	return HVPT_ATS_NOTHING;
}

/** hvpt_device_duty() - what to do where it is now; in doubt: nothing. */
HVPT_INLINE enum hvpt_ats_duty
hvpt_device_duty(const struct hvpt_device *device)
{
	if (device->ats || !device->ats_capable ||
	    device->state != HVPT_DEVICE_ATTACHED ||
	    device->domain->kind == HVPT_DOMAIN_BLOCKED ||
	    !hvpt_iommu_has_ats(device->iommu))
		return HVPT_ATS_NOTHING;
	return HVPT_ATS_ENABLE;
}

/** hvpt_device_set_ats() - the caller has switched ATS on, or off. */
HVPT_INLINE void hvpt_device_set_ats(struct hvpt_device *device, bool on)
{
	device->ats = on;
}

#endif /* HVPT_DEVICE_H */
