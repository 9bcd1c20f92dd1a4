/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/device.h - devices, and moving them between domains.
 *
 * Locking. All functions: iommu lock held (iommu.h).
 *
 * A device that was never attached reaches all of memory, or whatever another
 * owner of the pvIOMMU (firmware, an earlier kernel) gave it. Attach it to a
 * domain before its driver gets it.
 *
 * ATS. A device with a translation cache of its own (PCIe Address Translation
 * Services) may have ATS enabled only while it is known to be in a domain other
 * than blocked: enable ATS after the attach, and disable it before the device
 * is blocked, detached or removed. hvpt does not touch configuration space. It
 * says what to do, and the caller reports what was done:
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
 * A move between two domains that are not blocked leaves ATS as it is.
 *
 * Which calls to make on which occasion:
 *
 * Hot removal by the guest: hvpt_device_remove(), while the logical id still
 * means this device.
 *
 * Rescind or surprise removal, where the host took the device away: try
 * hvpt_device_remove() first, which finds out by itself on most hosts. If it
 * fails and the bus knows that the device is gone, call hvpt_device_gone().
 * Afterwards the id can be probed again when the device comes back.
 *
 * Shutdown, kexec, or firmware that hands over to a system that may have no
 * driver for the pvIOMMU: stop DMA, call hvpt_device_hand_over() for each
 * device, which leaves it where the iova is the gpa, and destroy the paging
 * domains, then the pvIOMMU. To leave neither DMA nor a domain behind, call
 * hvpt_device_detach() and hvpt_device_remove() for each device instead. The
 * next kernel skips the ids of domains that remain (hvpt_iommu_init()).
 *
 * A kernel started by kexec: hvpt_iommu_init(), probe all devices,
 * hvpt_iommu_takeover(), then attach each device to its domain.
 *
 * A kdump kernel: the DMA of the crashed kernel continues, into memory that is
 * not this kernel's. A device that is blocked in the middle of a transfer may
 * fail beyond repair. So call hvpt_device_set_deferred() after each probe,
 * leave the device alone, and attach it after its driver has reset it.
 *
 * Hibernation: sync all gathers before the image is made. In the restored
 * kernel, and in the one that continues after it wrote the image, disable ATS
 * and call hvpt_iommu_resume(). Where buses come back later, call
 * hvpt_device_resume() for each device of such a bus.
 */
#ifndef HVPT_DEVICE_H
#define HVPT_DEVICE_H

#include "hvpt/iommu.h"

/**
 * enum hvpt_device_state - what is known about where a device is
 * @HVPT_DEVICE_NEW: never attached: where the hypervisor or an earlier owner
 *	put it. It may reach all of memory.
 * @HVPT_DEVICE_ATTACHED: in hvpt_device_domain()
 * @HVPT_DEVICE_DETACHED: in no domain; its DMA is blocked
 * @HVPT_DEVICE_IN_DOUBT: a move was refused, or was reported to be: either
 *	where it was or where it was to go
 * @HVPT_DEVICE_LOST: anywhere; a resume has not reached it
 * @HVPT_DEVICE_PARKED: in the blocked domain until a resume can attach it to
 *	its own domain
 *
 * docs/SPEC.md has a table of what each call does in each state.
 */
enum hvpt_device_state {
	HVPT_DEVICE_NEW = 0,
	HVPT_DEVICE_ATTACHED = 1,
	HVPT_DEVICE_DETACHED = 2,
	HVPT_DEVICE_IN_DOUBT = 3,
	HVPT_DEVICE_LOST = 4,
	HVPT_DEVICE_PARKED = 5,
};

/** What the caller must do about the ATS of a device. */
enum hvpt_ats_duty {
	HVPT_ATS_NOTHING = 0,
	HVPT_ATS_ENABLE = 1,
	HVPT_ATS_DISABLE = 2,
};

HVPT_EXTERN_C_BEGIN

/* ---- moving ---------------------------------------------------------- */

/**
 * hvpt_device_probe() - ask whether the pvIOMMU manages a device
 * @device: out: storage of the caller's. It must not be a device in use, whose
 *	links would be lost: only its id is checked
 * @iommu: in/out: the pvIOMMU, from hvpt_iommu_init()
 * @device_id: from hvpt_logical_id()
 * @ats_capable: the function has the ATS capability
 *
 * One GET_LOGICAL_DEVICE_PROPERTY. With HVPT_OK the device is linked and in
 * state HVPT_DEVICE_NEW: attach it next.
 *
 * Return: HVPT_OK; HVPT_ERR_DEVICE_ID; HVPT_ERR_EXISTS when a device with this
 * id is linked; HVPT_ERR_NOT_MANAGED; any status of
 * hvpt_hvcall_get_device_iommu(). On failure *@device is unchanged.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_device_probe(struct hvpt_device *device, struct hvpt_iommu *iommu,
		  uint64_t device_id, bool ats_capable);

/**
 * hvpt_device_attach() - move a device into a domain
 * @device: in/out
 * @domain: in/out: of any kind, of the same pvIOMMU
 *
 * One ATTACH_DEVICE_DOMAIN, wherever the device was: the hypervisor moves it.
 * If the device is in the domain already, that is a success. When the last
 * device leaves a paging domain, the domain is flushed as a whole, so that
 * later unmaps in it need no hypercall; if that flush fails, they do.
 *
 * Return: HVPT_OK; HVPT_ERR_FOREIGN; HVPT_ERR_LOST when @domain has not come
 * back (hvpt_iommu_resume()); HVPT_ERR_ATS_ON when @domain is blocked and ATS
 * is on; HVPT_ERR_BUSY for a third paging domain, see below; HVPT_ERR_CALL_PAGE
 * and HVPT_ERR_NO_HYPERVISOR: no hypercall was made and nothing changed; any
 * other status of hvpt_hvcall_attach_device(): the device is in doubt.
 *
 * A device in doubt counts in both domains, so neither can be destroyed, until
 * an attach or detach succeeds. It can be attached to either of the two, and to
 * the identity and the blocked domain, but not to a third paging domain. Its
 * ATS must not be enabled.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_device_attach(struct hvpt_device *device,
						    struct hvpt_domain *domain);

/**
 * hvpt_device_detach() - take a device out of its domain, into none
 * @device: in/out
 *
 * ATTACH_DEVICE_DOMAIN to the blocked domain, then DETACH_DEVICE_DOMAIN. DMA is
 * blocked until the next attach. The blocked domain alone has the same effect
 * and is what the merged Linux driver uses, but it cannot be deleted while a
 * device is in it.
 *
 * The ATTACH makes the DETACH safe. After it the device is in no paging domain,
 * whatever DETACH answers and whenever DETACH takes effect. It also allows the
 * call to be repeated when the device was detached but DETACH reported a
 * failure. When the ATTACH is refused, DETACH is still tried. If DETACH then
 * succeeds, the device keeps its access until DETACH takes effect; its domain
 * is flushed at each sync and cannot be deleted until then.
 *
 * Return: HVPT_OK; HVPT_ERR_NOT_ATTACHED for a device that hvpt has in no
 * domain (HVPT_DEVICE_NEW, HVPT_DEVICE_DETACHED); HVPT_ERR_ATS_ON;
 * HVPT_ERR_CALL_PAGE and HVPT_ERR_NO_HYPERVISOR: no DETACH was made; any status
 * of hvpt_hvcall_detach_device(): the device is in doubt, in the blocked domain
 * or in none; or, if the ATTACH was refused too, possibly where it was.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_device_detach(struct hvpt_device *device);

/* ---- ending ---------------------------------------------------------- */

/**
 * hvpt_device_remove() - release a device that goes away
 * @device: not to be used after HVPT_OK
 *
 * Moves the device to the blocked domain and unlinks it. A detached device is
 * unlinked without a move, because its DMA is blocked. Call it while the
 * logical id still means this device, before its bus is unregistered.
 *
 * When the move is refused, the property of the device is read. If the
 * hypervisor does not know the device any more (hvpt_hv_status_is_absence()),
 * this call does what hvpt_device_gone() does.
 *
 * A removed device stays in the blocked domain as long as the host has it, so
 * that domain cannot be deleted. To end with hvpt_iommu_destroy() while the
 * host has devices, detach them first.
 *
 * Return: HVPT_OK; HVPT_ERR_ATS_ON; HVPT_ERR_LOST while the blocked domain has
 * not come back; any other status of hvpt_device_attach(): the device is still
 * linked, in doubt, and counted where it was. Call again, or call
 * hvpt_device_gone().
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_device_remove(struct hvpt_device *device);

/**
 * hvpt_device_gone() - release a device that the host took away
 * @device: not to be used afterwards
 *
 * For a caller whose bus reports that the device is gone (a rescind, a surprise
 * removal). What the hypervisor answers for such a device is not documented. So
 * one DETACH is made, which may fail; none is made for a device that hvpt has
 * in no domain (HVPT_DEVICE_NEW, HVPT_DEVICE_DETACHED). ATS need not be off.
 * The device is unlinked: a device with the same id can be probed.
 *
 * The device may come back attached as it was. So every unmap in its domain is
 * flushed from now on, even when no device is left in it. As long as the
 * hypervisor refuses to delete the domain, hvpt_domain_destroy() fails and
 * frees no table. On some hosts that lasts until the device has come back and
 * is attached to another domain.
 */
void hvpt_device_gone(struct hvpt_device *device);

/**
 * hvpt_device_hand_over() - leave a device to the next owner
 * @device: not to be used after HVPT_OK
 *
 * Moves the device to the identity domain, where its addresses are gpas, and
 * unlinks it. hvpt_iommu_destroy() then leaves that domain alone. The DMA of
 * the device must have stopped: an address of its domain now means other
 * memory.
 *
 * Return: HVPT_OK; any status of hvpt_device_attach(): it is still linked.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_device_hand_over(struct hvpt_device *device);

/* ---- resuming -------------------------------------------------------- */

/**
 * hvpt_device_resume() - bring back a device that a resume left behind
 * @device: in/out
 *
 * Does what hvpt_iommu_resume() does for each device: attaches it to the
 * blocked domain, then to the domain that it was in. For devices whose bus
 * comes back after that call.
 *
 * Return: HVPT_OK, also for a device that is not lost; HVPT_ERR_LOST when its
 * domain or the blocked domain has not come back: call hvpt_iommu_resume()
 * first; any status of hvpt_hvcall_attach_device(): it is still lost.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_device_resume(struct hvpt_device *device);

HVPT_EXTERN_C_END

/* ---- what it is ------------------------------------------------------ */

/** hvpt_device_id() - its logical device id. */
HVPT_INLINE uint64_t hvpt_device_id(const struct hvpt_device *device);

/** hvpt_device_state() - what is known about where it is. */
HVPT_INLINE enum hvpt_device_state
hvpt_device_state(const struct hvpt_device *device);

/**
 * hvpt_device_domain() - the domain that a device is in
 * @device: in
 *
 * In doubt: where it was when that was last known. Lost or parked: where a
 * resume is to bring it. NULL when it is in none.
 */
HVPT_INLINE struct hvpt_domain *
hvpt_device_domain(const struct hvpt_device *device);

/** hvpt_device_is_lost() - has a resume not brought it back yet? */
HVPT_INLINE bool hvpt_device_is_lost(const struct hvpt_device *device);

/** hvpt_device_set_deferred() - must hvpt_iommu_takeover() leave it alone? */
HVPT_INLINE void hvpt_device_set_deferred(struct hvpt_device *device,
					  bool deferred);

/** hvpt_device_duty_before() - what to do before it is attached to @domain. */
HVPT_INLINE enum hvpt_ats_duty
hvpt_device_duty_before(const struct hvpt_device *device,
			const struct hvpt_domain *domain);

/** hvpt_device_duty() - what to do where it is now; in doubt: nothing. */
HVPT_INLINE enum hvpt_ats_duty
hvpt_device_duty(const struct hvpt_device *device);

/** hvpt_device_set_ats() - the caller has switched ATS on or off. */
HVPT_INLINE void hvpt_device_set_ats(struct hvpt_device *device, bool on);

/** hvpt_device_has_ats_on() - as last set by the caller or by a resume. */
HVPT_INLINE bool hvpt_device_has_ats_on(const struct hvpt_device *device);

/* ---- internal: the object, and the inline functions ------------------ */

/**
 * struct hvpt_device - one device; its fields are not for callers
 * @iommu: the pvIOMMU that it belongs to
 * @next: in the list of all devices
 * @domain: where it is, or where it was when that was last known, or where a
 *	resume is to bring it; NULL: none
 * @tried: where a failed attach may have put it; or NULL
 * @id: logical device id
 * @state: what is known about where it is
 * @ats: ATS is on
 * @ats_capable: the function has ATS
 * @deferred: hvpt_iommu_takeover() leaves it alone
 *
 * It is linked, so it must not be moved.
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

HVPT_INLINE uint64_t hvpt_device_id(const struct hvpt_device *device)
{
	return device->id;
}

HVPT_INLINE enum hvpt_device_state
hvpt_device_state(const struct hvpt_device *device)
{
	return device->state;
}

HVPT_INLINE struct hvpt_domain *
hvpt_device_domain(const struct hvpt_device *device)
{
	return device->domain;
}

HVPT_INLINE bool hvpt_device_is_lost(const struct hvpt_device *device)
{
	return device->state == HVPT_DEVICE_LOST ||
	       device->state == HVPT_DEVICE_PARKED;
}

HVPT_INLINE void hvpt_device_set_deferred(struct hvpt_device *device,
					  bool deferred)
{
	device->deferred = deferred;
}

HVPT_INLINE enum hvpt_ats_duty
hvpt_device_duty_before(const struct hvpt_device *device,
			const struct hvpt_domain *domain)
{
	if (device->ats && domain->kind == HVPT_DOMAIN_BLOCKED)
		return HVPT_ATS_DISABLE;
	return HVPT_ATS_NOTHING;
}

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

HVPT_INLINE void hvpt_device_set_ats(struct hvpt_device *device, bool on)
{
	device->ats = on;
}

HVPT_INLINE bool hvpt_device_has_ats_on(const struct hvpt_device *device)
{
	return device->ats;
}

#endif /* HVPT_DEVICE_H */
