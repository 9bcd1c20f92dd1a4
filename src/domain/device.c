/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * device.c - moving devices between domains.
 *
 * Only paging domains count their devices: the two special ones live as long
 * as the pvIOMMU. A device whose attach failed may be in either domain, so it
 * counts in both until some later call settles where it is.
 */
#include "internal.h"

/* ---- probe ----------------------------------------------------------- */

static bool hvpt_device_is_known(const struct hvpt_iommu *iommu, uint64_t id)
{
	const struct hvpt_device *device = iommu->devices;

	while (device && device->id != id)
		device = device->next;
	return device != NULL;
}

static void hvpt_device_link(struct hvpt_device *device,
			     struct hvpt_iommu *iommu, uint64_t id)
{
	device->iommu = iommu;
	device->next = iommu->devices;
	device->domain = NULL;
	device->tried = NULL;
	device->id = id;
	device->epoch = iommu->epoch;
	device->ats = false;
	device->detached = false;
	iommu->devices = device;
}

enum hvpt_status hvpt_device_probe(struct hvpt_device *device,
				   struct hvpt_iommu *iommu, uint64_t device_id,
				   bool ats_capable)
{
	struct hvpt_answer answer;
	enum hvpt_status status;
	bool managed;

	if (hvpt_device_is_known(iommu, device_id))
		return HVPT_ERR_EXISTS;
	status = hvpt_hvcall_get_device_iommu(&iommu->transport, device_id,
					      &managed, &answer);
	if (hvpt_iommu_note(iommu, status, &answer) != HVPT_OK)
		return status;
	if (!managed)
		return HVPT_ERR_NOT_MANAGED;
	hvpt_device_link(device, iommu, device_id);
	device->ats_capable = ats_capable;
	return HVPT_OK;
}

/* ---- counting -------------------------------------------------------- */

static bool hvpt_domain_counts(const struct hvpt_domain *domain)
{
	return domain && domain->kind == HVPT_DOMAIN_PAGING;
}

/* Is it, as far as is known, or may it be, in @domain? */
static bool hvpt_device_may_be_in(const struct hvpt_device *device,
				  const struct hvpt_domain *domain)
{
	return device->domain == domain || device->tried == domain;
}

/* One device less, of a paging domain; NULL and other kinds: nothing. */
static void hvpt_domain_leave(struct hvpt_domain *domain)
{
	if (!hvpt_domain_counts(domain) || --domain->devices > 0)
		return;
	/*
	 * No walk can start any more; once the caches are empty too nothing
	 * of the domain is to be flushed until a device comes again.
	 */
	if (hvpt_domain_flush_now(domain) == HVPT_OK)
		HVPT_PORT_STORE(&domain->cached, 0);
}

/* It is known to be in @domain, and nowhere else. */
static void hvpt_device_settle(struct hvpt_device *device,
			       struct hvpt_domain *domain)
{
	struct hvpt_domain *old = device->domain;
	struct hvpt_domain *tried = device->tried;

	device->domain = domain;
	device->tried = NULL;
	device->detached = false;
	device->epoch = device->iommu->epoch;
	if (old != domain)
		hvpt_domain_leave(old);
	if (tried != domain)
		hvpt_domain_leave(tried);
}

/* ---- moving ---------------------------------------------------------- */

enum hvpt_status hvpt_device_place(const struct hvpt_device *device,
				   struct hvpt_domain *domain)
{
	struct hvpt_answer answer;
	enum hvpt_status status;

	/*
	 * Pairs with the fence of hvpt_gather_publish(): either an unmap sees
	 * this and flushes, or the device's first walk sees the unmap.
	 */
	HVPT_PORT_STORE(&domain->cached, 1);
	HVPT_PORT_FENCE();
	status = hvpt_hvcall_attach_device(&device->iommu->transport,
					   domain->id, device->id, &answer);
	if (hvpt_hv_result_status(answer.result) ==
	    HVPT_HV_STATUS_DEVICE_ALREADY_IN_DOMAIN)
		return HVPT_OK;
	return hvpt_iommu_note(device->iommu, status, &answer);
}

static enum hvpt_status
hvpt_device_attach_check(const struct hvpt_device *device,
			 const struct hvpt_domain *domain)
{
	if (domain->iommu != device->iommu)
		return HVPT_ERR_FOREIGN;
	if (hvpt_device_duty_before(device, domain) == HVPT_ATS_DISABLE)
		return HVPT_ERR_ATS_ON;
	/* where else it may be is written down for one paging domain only */
	if (hvpt_domain_counts(device->tried) && hvpt_domain_counts(domain) &&
	    !hvpt_device_may_be_in(device, domain))
		return HVPT_ERR_BUSY;
	return HVPT_OK;
}

/* From now on it may be in @domain. A paging domain is what must be known. */
static void hvpt_device_try(struct hvpt_device *device,
			    struct hvpt_domain *domain)
{
	device->detached = false;
	if (hvpt_device_may_be_in(device, domain))
		return;
	if (hvpt_domain_counts(domain))
		domain->devices++;
	else if (device->tried)
		return;
	device->tried = domain;
}

enum hvpt_status hvpt_device_attach(struct hvpt_device *device,
				    struct hvpt_domain *domain)
{
	enum hvpt_status status = hvpt_device_attach_check(device, domain);

	if (status != HVPT_OK)
		return status;
	hvpt_device_try(device, domain);
	status = hvpt_device_place(device, domain);
	if (status == HVPT_OK)
		hvpt_device_settle(device, domain);
	return status;
}

enum hvpt_status hvpt_device_detach(struct hvpt_device *device)
{
	struct hvpt_answer answer;
	enum hvpt_status status;

	if (!device->domain && !device->tried)
		return HVPT_ERR_NOT_ATTACHED;
	if (device->ats)
		return HVPT_ERR_ATS_ON;
	status = hvpt_hvcall_detach_device(&device->iommu->transport,
					   device->id, &answer);
	if (status == HVPT_OK) {
		hvpt_device_settle(device, NULL);
		device->detached = true;
	}
	return hvpt_iommu_note(device->iommu, status, &answer);
}

static void hvpt_device_unlink(struct hvpt_device *device)
{
	struct hvpt_device **link = &device->iommu->devices;

	while (*link && *link != device)
		link = &(*link)->next;
	if (*link)
		*link = device->next;
}

enum hvpt_status hvpt_device_remove(struct hvpt_device *device)
{
	enum hvpt_status status = HVPT_OK;

	if (!device->detached)
		status = hvpt_device_attach(device, &device->iommu->blocked);
	/* a device the hypervisor does not know reaches no memory */
	if (status == HVPT_ERR_HV_DEVICE) {
		hvpt_device_settle(device, NULL);
		status = HVPT_OK;
	}
	if (status == HVPT_OK)
		hvpt_device_unlink(device);
	return status;
}
