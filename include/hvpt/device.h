/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/device.h - devices, and moving them between domains.
 *
 * All functions: iommu lock held (iommu.h).
 *
 * ATS. A device with an address cache of its own (PCIe Address Translation
 * Services) may have it enabled only while it is in a domain other than
 * blocked: enable it after the attach, disable it before the device is
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
 *	    platform_enable_ats(pdev, 12))     (smallest unit: 4 KiB)
 *		hvpt_device_set_ats(&device, true);
 *
 * Moving between two domains which are not blocked leaves ATS as it is.
 */
#ifndef HVPT_DEVICE_H
#define HVPT_DEVICE_H

#include "hvpt/iommu.h"

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
 * @domain: where it is; NULL: where the hypervisor put it, or detached
 * @tried: where an attach which failed may have put it, or NULL
 * @id: logical device id
 * @epoch: in which it was attached
 * @ats: ATS is on
 * @ats_capable: the function has ATS
 * @detached: hvpt took it out of its domain, and did not try to put it into
 *	another since: its DMA is blocked
 *
 * Linked: it must not be moved.
 */
struct hvpt_device {
	struct hvpt_iommu *iommu;
	struct hvpt_device *next;
	struct hvpt_domain *domain;
	struct hvpt_domain *tried;
	uint64_t id;
	uint32_t epoch;
	bool ats;
	bool ats_capable;
	bool detached;
};

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_device_probe() - does the pvIOMMU manage this device?
 * @device: out: storage of the caller's
 * @iommu: in/out: the pvIOMMU
 * @device_id: from hvpt_logical_id()
 * @ats_capable: the function has the ATS capability
 *
 * One GET_LOGICAL_DEVICE_PROPERTY. With HVPT_OK the device is linked, and
 * still where the hypervisor put it: attach it to something next.
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
 * Return: HVPT_OK; HVPT_ERR_FOREIGN; HVPT_ERR_ATS_ON when @domain is blocked
 * and ATS is on; HVPT_ERR_BUSY for a third paging domain, see below; any
 * status of hvpt_hvcall_attach_device(). After the latter it is not known
 * whether the device moved: it counts as being in both, so neither domain can
 * be destroyed, until an attach or detach succeeds. Until then it can be
 * attached to one of the two, or to identity or blocked, and to no third
 * paging domain.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_device_attach(struct hvpt_device *device,
						    struct hvpt_domain *domain);

/**
 * hvpt_device_detach() - take a device out of its domain, into none
 * @device: in/out
 *
 * DETACH_DEVICE_DOMAIN: DMA is blocked until the next attach. The blocked
 * domain does the same and is what the merged Linux driver uses.
 *
 * Return: HVPT_OK; HVPT_ERR_NOT_ATTACHED; HVPT_ERR_ATS_ON; any status of
 * hvpt_hvcall_detach_device(): then it counts as where it was.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_device_detach(struct hvpt_device *device);

/**
 * hvpt_device_remove() - the device goes away
 * @device: not to be used afterwards, with HVPT_OK
 *
 * It is moved to the blocked domain, then forgotten; a device which was
 * detached is forgotten as it is, for its DMA is blocked. To be called while
 * the logical id still means this device: before its bus is unregistered.
 *
 * A removed device stays in the blocked domain as long as the host has it, so
 * that domain cannot be deleted. Who means to end with hvpt_iommu_destroy()
 * while devices are there detaches them first.
 *
 * Return: HVPT_OK, also when the hypervisor no longer knows the device
 * (HVPT_ERR_HV_DEVICE): then it can do no DMA; HVPT_ERR_ATS_ON; any other
 * status of attach: then it is still linked, and counted where it was.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_device_remove(struct hvpt_device *device);

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

/** hvpt_device_domain() - where it is; NULL when in none. */
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

/** hvpt_device_duty() - what to do where it is now. */
HVPT_INLINE enum hvpt_ats_duty
hvpt_device_duty(const struct hvpt_device *device)
{
	if (device->ats || !device->ats_capable || !device->domain ||
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
