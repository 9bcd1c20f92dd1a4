/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * resume.c - rebuilding everything after the hypervisor lost its state.
 *
 * The hypervisor may know none of the domains; or all of them, when nothing was
 * lost; or it may have domains of another kernel under the same ids, with our
 * devices in them. One order serves all three cases: create a blocked domain,
 * attach every device to it, rebuild the domains, which are empty now, and
 * attach the devices to their domains. A domain whose id exists is deleted and
 * created again, or gets another id. It is not deleted while a device may be in
 * it. It is not configured a second time, because what that does is not
 * defined; only the blocked domain is, when no other can be created.
 *
 * The epoch counts resumes. A domain with an older epoch has not been rebuilt;
 * a device's state says whether it has been brought back.
 */
#include "domain_internal.h"

/* ---- what the host offers -------------------------------------------- */

/* Does the host still offer what this domain uses? */
static bool hvpt_caps_suffice(const struct hvpt_iommu_caps *caps,
			      const struct hvpt_domain *domain)
{
	unsigned level;

	if (domain->kind != HVPT_DOMAIN_PAGING)
		return true;
	if (domain->pt.levels == HVPT_MAX_LEVELS &&
	    !(caps->caps & HVPT_HV_IOMMU_CAP_S1_5LVL))
		return false;
	for (level = 0; level < HVPT_LEAF_LEVELS; level++)
		if (((unsigned)domain->pt.leaf_levels >> level & 1u) &&
		    !(caps->page_sizes & HVPT_LEVEL_BYTES(level)))
			return false;
	return true;
}

static enum hvpt_status hvpt_resume_probe(struct hvpt_iommu *iommu)
{
	struct hvpt_iommu_caps caps;
	uint32_t width;
	enum hvpt_status status = hvpt_iommu_probe(iommu, &caps, &width);

	if (status != HVPT_OK)
		return status;
	if (width < iommu->width)
		return HVPT_ERR_IOMMU_CAPS;
	iommu->caps = caps;
	return HVPT_OK;
}

/*
 * From now on a device may be anywhere. A device in no domain must be blocked,
 * because it may be in one of another kernel. @tried stays, because perhaps
 * nothing was lost.
 */
static void hvpt_resume_begin(struct hvpt_iommu *iommu)
{
	struct hvpt_device *device;

	iommu->epoch++;
	for (device = iommu->devices; device; device = device->next) {
		device->ats = false;
		device->state = HVPT_DEVICE_LOST;
		if (!device->domain)
			device->domain = &iommu->blocked;
	}
}

/* ---- domains --------------------------------------------------------- */

/* DELETE of an id that exists. A refusal is expected, so it is not noted. */
static bool hvpt_resume_delete(struct hvpt_iommu *iommu, uint32_t id)
{
	struct hvpt_answer answer;

	return hvpt_hvcall_delete_domain(&iommu->transport, id, &answer) ==
	       HVPT_OK;
}

/* FLUSH, because CREATE may have returned a domain that existed. */
static enum hvpt_status hvpt_resume_configure(struct hvpt_domain *domain)
{
	enum hvpt_status status = hvpt_domain_configure(domain);

	if (status == HVPT_OK)
		status = hvpt_domain_flush_now(domain);
	if (status != HVPT_OK)
		return status;
	domain->epoch = domain->iommu->epoch;
	domain->left_behind = false;
	return HVPT_OK;
}

/* May a device be in @domain that could not be moved to the blocked domain? */
static bool hvpt_resume_may_hold_device(const struct hvpt_domain *domain)
{
	const struct hvpt_device *device = domain->iommu->devices;

	for (; device; device = device->next)
		if (device->state == HVPT_DEVICE_LOST &&
		    (device->domain == domain || device->tried == domain))
			return true;
	return false;
}

/*
 * An id that cannot be deleted is not used again; id 0 means that one has to be
 * chosen. The domain that has the old id may have our root, so the tables are
 * never freed.
 */
static void hvpt_resume_give_up_id(struct hvpt_domain *domain)
{
	hvpt_id_quarantine(domain->iommu, domain->id);
	domain->id = 0;
	domain->leaks = true;
}

/* CREATE under the id that the domain has, or under a new one. */
static enum hvpt_status hvpt_resume_create_any(struct hvpt_domain *domain)
{
	return domain->id == 0 ? hvpt_domain_create_fresh(domain) :
				 hvpt_domain_create_same(domain);
}

/* Deletes what has the domain's id, or gives the id up. */
static enum hvpt_status hvpt_resume_clear_id(struct hvpt_domain *domain)
{
	domain->delete_failed = !hvpt_resume_delete(domain->iommu, domain->id);
	if (!domain->delete_failed)
		return HVPT_OK;
	if (hvpt_resume_may_hold_device(domain))
		return HVPT_ERR_LOST;
	domain->delete_failed = false;
	hvpt_resume_give_up_id(domain);
	return HVPT_OK;
}

static enum hvpt_status hvpt_resume_create(struct hvpt_domain *domain)
{
	enum hvpt_status status = HVPT_ERR_HV_EXISTS;

	if (!domain->delete_failed)
		status = hvpt_resume_create_any(domain);
	if (status != HVPT_ERR_HV_EXISTS || domain->id == 0)
		return status;
	status = hvpt_resume_clear_id(domain);
	return status == HVPT_OK ? hvpt_resume_create_any(domain) : status;
}

/* CONFIGURE and FLUSH a new domain; on failure DELETE it, for a retry. */
static enum hvpt_status hvpt_resume_configure_new(struct hvpt_domain *domain)
{
	enum hvpt_status status = hvpt_resume_configure(domain);

	if (status != HVPT_OK)
		domain->delete_failed = !hvpt_resume_delete(domain->iommu,
							    domain->id);
	return status;
}

static enum hvpt_status hvpt_resume_domain(struct hvpt_domain *domain)
{
	enum hvpt_status status;

	if (!hvpt_domain_is_lost(domain))
		return HVPT_OK;
	if (!hvpt_caps_suffice(&domain->iommu->caps, domain))
		return HVPT_ERR_IOMMU_CAPS;
	status = hvpt_resume_create(domain);
	return status == HVPT_OK ? hvpt_resume_configure_new(domain) : status;
}

/*
 * Devices may be in the domain that has the id of the blocked domain. So
 * another one is created, and the old one is deleted when it is empty. If no
 * other can be created, the old one is configured as it is: to refuse DMA is
 * right for any device that is in it.
 */
static enum hvpt_status hvpt_resume_replace_blocked(struct hvpt_domain *blocked)
{
	uint32_t id = blocked->id;
	enum hvpt_status status = hvpt_domain_create_fresh(blocked);

	if (status == HVPT_OK) {
		if (blocked->iommu->old_blocked != 0)
			hvpt_id_quarantine(blocked->iommu,
					   blocked->iommu->old_blocked);
		blocked->iommu->old_blocked = id;
		return hvpt_resume_configure_new(blocked);
	}
	blocked->id = id;
	if (status == HVPT_ERR_NO_IDS || status == HVPT_ERR_HV_DOMAINS)
		status = hvpt_resume_configure(blocked);
	return status;
}

static enum hvpt_status hvpt_resume_blocked(struct hvpt_domain *blocked)
{
	enum hvpt_status status;

	if (!hvpt_domain_is_lost(blocked))
		return HVPT_OK;
	if (blocked->delete_failed &&
	    !hvpt_resume_delete(blocked->iommu, blocked->id))
		hvpt_resume_give_up_id(blocked);
	blocked->delete_failed = false;
	status = hvpt_resume_create_any(blocked);
	if (status == HVPT_ERR_HV_EXISTS && blocked->id != 0)
		return hvpt_resume_replace_blocked(blocked);
	return status == HVPT_OK ? hvpt_resume_configure_new(blocked) : status;
}

/* Fails while a device is in it; then it is tried again later. */
void hvpt_resume_old_blocked(struct hvpt_iommu *iommu)
{
	if (iommu->old_blocked != 0 &&
	    hvpt_resume_delete(iommu, iommu->old_blocked))
		iommu->old_blocked = 0;
}

/* ---- devices --------------------------------------------------------- */

/* Moves a lost device to the blocked domain. */
static enum hvpt_status hvpt_resume_park(struct hvpt_device *device)
{
	struct hvpt_domain *domain = device->domain;
	enum hvpt_status status;

	if (device->state != HVPT_DEVICE_LOST)
		return HVPT_OK;
	status = hvpt_device_place(device, &device->iommu->blocked);
	if (status == HVPT_OK)
		hvpt_device_record(device, domain, HVPT_DEVICE_PARKED);
	return status;
}

enum hvpt_status hvpt_device_resume(struct hvpt_device *device)
{
	struct hvpt_iommu *iommu = device->iommu;
	struct hvpt_domain *domain = device->domain;
	enum hvpt_status status;

	if (!hvpt_device_is_lost(device))
		return HVPT_OK;
	if (hvpt_domain_is_lost(&iommu->blocked))
		return HVPT_ERR_LOST;
	status = hvpt_resume_park(device);
	if (status == HVPT_OK && hvpt_domain_is_lost(domain))
		status = HVPT_ERR_LOST;
	if (status == HVPT_OK && domain != &iommu->blocked)
		status = hvpt_device_place(device, domain);
	if (status == HVPT_OK)
		device->state = HVPT_DEVICE_ATTACHED;
	return status;
}

/* ---- everything ------------------------------------------------------ */

/* A device that cannot be moved now is tried again by hvpt_resume_all(). */
static void hvpt_resume_park_all(struct hvpt_iommu *iommu)
{
	enum hvpt_status ignored;
	struct hvpt_device *device;

	for (device = iommu->devices; device; device = device->next) {
		ignored = hvpt_resume_park(device);
		(void)ignored;
	}
	hvpt_resume_old_blocked(iommu);
}

/* Continues after failures. Return: the first of them. */
static enum hvpt_status hvpt_resume_all(struct hvpt_iommu *iommu)
{
	enum hvpt_status first = HVPT_OK, status;
	struct hvpt_domain *domain;
	struct hvpt_device *device;

	for (domain = iommu->domains; domain; domain = domain->next) {
		status = hvpt_resume_domain(domain);
		if (first == HVPT_OK)
			first = status;
	}
	for (device = iommu->devices; device; device = device->next) {
		status = hvpt_device_resume(device);
		if (first == HVPT_OK)
			first = status;
	}
	return first;
}

enum hvpt_status hvpt_iommu_resume(struct hvpt_iommu *iommu, bool retry)
{
	enum hvpt_status offers, status;

	/* before anything can fail: a retry does not count the epoch again */
	if (!retry)
		hvpt_resume_begin(iommu);
	offers = hvpt_resume_probe(iommu);
	if (offers != HVPT_OK && offers != HVPT_ERR_IOMMU_CAPS)
		return offers;
	/* this may be another host */
	status = hvpt_iommu_probe_flush(iommu);
	if (status == HVPT_OK)
		status = hvpt_resume_blocked(&iommu->blocked);
	if (status != HVPT_OK)
		return status;
	hvpt_resume_park_all(iommu);
	return offers == HVPT_OK ? hvpt_resume_all(iommu) : offers;
}

/* May it still be where an earlier owner put it? */
static bool hvpt_device_is_others(const struct hvpt_device *device)
{
	return device->state == HVPT_DEVICE_NEW ||
	       (device->state == HVPT_DEVICE_IN_DOUBT && !device->domain);
}

enum hvpt_status hvpt_iommu_takeover(struct hvpt_iommu *iommu)
{
	enum hvpt_status first = HVPT_OK, status;
	struct hvpt_device *device;

	for (device = iommu->devices; device; device = device->next) {
		if (!hvpt_device_is_others(device) || device->deferred)
			continue;
		status = hvpt_device_attach(device, &iommu->blocked);
		if (first == HVPT_OK)
			first = status;
	}
	return first;
}
