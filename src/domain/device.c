/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * device.c - moving devices between domains.
 *
 * Only paging domains count their devices: the two special domains live as
 * long as the pvIOMMU. A device whose move failed may be in either domain, so
 * it counts in both until a later call succeeds. docs/SPEC.md, "Where a device
 * is", lists what each call does in each state.
 */
#include "domain_internal.h"

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
	device->state = HVPT_DEVICE_NEW;
	device->ats = false;
	device->deferred = false;
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

/* Is the device in @domain, or may it be? */
static bool hvpt_device_may_be_in(const struct hvpt_device *device,
				  const struct hvpt_domain *domain)
{
	return device->domain == domain || device->tried == domain;
}

/* A device has left @domain. Does nothing for NULL and for other kinds. */
static void hvpt_domain_leave(struct hvpt_domain *domain)
{
	if (!hvpt_domain_counts(domain) || --domain->devices > 0 ||
	    domain->left_behind || hvpt_domain_is_lost(domain))
		return;
	/*
	 * No walk can start any more. Once the caches are empty too, unmaps
	 * need no flush until a device is attached again.
	 */
	if (hvpt_domain_flush_now(domain) != HVPT_OK)
		return;
	/* the flush is over before anybody learns that it is */
	HVPT_PORT_FENCE();
	HVPT_PORT_STORE(&domain->cached, 0);
}

void hvpt_device_record(struct hvpt_device *device, struct hvpt_domain *domain,
			enum hvpt_device_state state)
{
	struct hvpt_domain *old = device->domain;
	struct hvpt_domain *tried = device->tried;

	device->domain = domain;
	device->tried = NULL;
	device->state = state;
	if (old != domain)
		hvpt_domain_leave(old);
	if (tried != domain)
		hvpt_domain_leave(tried);
}

/* A move to @domain failed, but the hypervisor may have made it. */
static void hvpt_device_doubt(struct hvpt_device *device,
			      struct hvpt_domain *domain)
{
	device->state = hvpt_device_is_lost(device) ? HVPT_DEVICE_LOST :
						      HVPT_DEVICE_IN_DOUBT;
	if (hvpt_device_may_be_in(device, domain))
		return;
	if (hvpt_domain_counts(domain))
		domain->devices++;
	else if (device->tried)
		return;
	device->tried = domain;
}

/* ---- moving ---------------------------------------------------------- */

enum hvpt_status hvpt_device_place(struct hvpt_device *device,
				   struct hvpt_domain *domain)
{
	struct hvpt_answer answer;
	enum hvpt_status status;

	/*
	 * Pairs with the fence in hvpt_gather_publish(): either the unmap sees
	 * this store and flushes, or the device's first walk sees the unmap.
	 */
	HVPT_PORT_STORE(&domain->cached, 1);
	HVPT_PORT_FENCE();
	status = hvpt_hvcall_attach_device(&device->iommu->transport,
					   domain->id, device->id, &answer);
	if (hvpt_hv_result_status(answer.result) ==
	    HVPT_HV_STATUS_DEVICE_ALREADY_IN_DOMAIN)
		return HVPT_OK;
	if (status != HVPT_OK && hvpt_answer_is_heard(&answer))
		hvpt_device_doubt(device, domain);
	return hvpt_iommu_note(device->iommu, status, &answer);
}

static enum hvpt_status
hvpt_device_attach_check(const struct hvpt_device *device,
			 const struct hvpt_domain *domain)
{
	if (domain->iommu != device->iommu)
		return HVPT_ERR_FOREIGN;
	if (hvpt_domain_is_lost(domain))
		return HVPT_ERR_LOST;
	if (hvpt_device_duty_before(device, domain) == HVPT_ATS_DISABLE)
		return HVPT_ERR_ATS_ON;
	/* @tried can record only one paging domain */
	if (hvpt_domain_counts(device->tried) && hvpt_domain_counts(domain) &&
	    !hvpt_device_may_be_in(device, domain))
		return HVPT_ERR_BUSY;
	return HVPT_OK;
}

enum hvpt_status hvpt_device_attach(struct hvpt_device *device,
				    struct hvpt_domain *domain)
{
	enum hvpt_status status = hvpt_device_attach_check(device, domain);

	if (status != HVPT_OK)
		return status;
	status = hvpt_device_place(device, domain);
	if (status != HVPT_OK)
		return status;
	if (hvpt_domain_counts(domain) &&
	    !hvpt_device_may_be_in(device, domain))
		domain->devices++;
	hvpt_device_record(device, domain, HVPT_DEVICE_ATTACHED);
	return HVPT_OK;
}

/* The hypervisor may still have a device in @domain, or bring it back there. */
static void hvpt_domain_leave_behind(struct hvpt_domain *domain)
{
	if (domain)
		domain->left_behind = true;
}

/* DETACH succeeded or the device is gone. The hypervisor may be late. */
static void hvpt_device_record_detached(struct hvpt_device *device)
{
	hvpt_domain_leave_behind(device->domain);
	hvpt_domain_leave_behind(device->tried);
	hvpt_device_record(device, NULL, HVPT_DEVICE_DETACHED);
}

/*
 * The device goes to the blocked domain first. DETACH alone cannot be repeated
 * safely, because its answer for a detached device looks like any other
 * refusal, and the host decides when it takes effect. ATTACH can be repeated.
 * Once it has succeeded, the device has no access whatever DETACH does.
 */
enum hvpt_status hvpt_device_detach(struct hvpt_device *device)
{
	struct hvpt_answer answer;
	enum hvpt_status status;

	if (device->state == HVPT_DEVICE_NEW ||
	    device->state == HVPT_DEVICE_DETACHED)
		return HVPT_ERR_NOT_ATTACHED;
	if (device->ats)
		return HVPT_ERR_ATS_ON;
	status = hvpt_device_attach(device, &device->iommu->blocked);
	if (status == HVPT_ERR_CALL_PAGE || status == HVPT_ERR_NO_HYPERVISOR)
		return status;
	status = hvpt_hvcall_detach_device(&device->iommu->transport,
					   device->id, &answer);
	if (status == HVPT_OK)
		hvpt_device_record_detached(device);
	else if (hvpt_answer_is_heard(&answer))
		hvpt_device_doubt(device, device->domain);
	return hvpt_iommu_note(device->iommu, status, &answer);
}

/* ---- the end --------------------------------------------------------- */

static void hvpt_device_unlink(struct hvpt_device *device)
{
	struct hvpt_device **link = &device->iommu->devices;

	while (*link && *link != device)
		link = &(*link)->next;
	if (*link)
		*link = device->next;
}

void hvpt_device_gone(struct hvpt_device *device)
{
	enum hvpt_status ignored;
	struct hvpt_answer answer;

	/* a failure is expected and not noted: the device may be gone */
	if (device->state != HVPT_DEVICE_NEW &&
	    device->state != HVPT_DEVICE_DETACHED) {
		ignored = hvpt_hvcall_detach_device(&device->iommu->transport,
						    device->id, &answer);
		(void)ignored;
		hvpt_device_record_detached(device);
	}
	hvpt_device_unlink(device);
}

/*
 * The call succeeded for this device when it was probed, and it has no other
 * argument. So one of these statuses now is about the device.
 */
static bool hvpt_device_is_absent(struct hvpt_device *device)
{
	struct hvpt_answer answer;
	bool managed;

	return hvpt_hvcall_get_device_iommu(&device->iommu->transport,
					    device->id, &managed,
					    &answer) != HVPT_OK &&
	       hvpt_answer_is_heard(&answer) &&
	       hvpt_hv_status_is_absence(hvpt_hv_result_status(answer.result));
}

enum hvpt_status hvpt_device_remove(struct hvpt_device *device)
{
	enum hvpt_status status = HVPT_OK;

	if (device->state != HVPT_DEVICE_DETACHED)
		status = hvpt_device_attach(device, &device->iommu->blocked);
	if (status == HVPT_OK)
		hvpt_device_unlink(device);
	if (status < HVPT_ERR_HV_CODE || !hvpt_device_is_absent(device))
		return status;
	hvpt_device_gone(device);
	return HVPT_OK;
}

enum hvpt_status hvpt_device_hand_over(struct hvpt_device *device)
{
	struct hvpt_iommu *iommu = device->iommu;
	enum hvpt_status status = hvpt_device_attach(device, &iommu->identity);

	if (status != HVPT_OK)
		return status;
	iommu->handed_over = true;
	hvpt_device_unlink(device);
	return HVPT_OK;
}
