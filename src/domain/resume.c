/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * resume.c - making all anew after the hypervisor lost its state.
 *
 * The hypervisor may know nothing of us; or still all of it, when nothing was
 * lost; or domains of another kernel under the ids we have, with our devices
 * in them. One order serves all three: a blocked domain, every device into it,
 * then the domains, which nobody of ours is in any more, then the devices to
 * where they belong. A domain is taken over by DELETE and CREATE, or gets
 * another id; never by CONFIGURE, for which there is no rule when it is
 * repeated, and never with devices in it.
 *
 * The epoch counts losses. A domain of an older one has not been brought back;
 * a device says so by its state.
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
 * From now on a device may be anywhere. What is in no domain is to be blocked:
 * it may be in another kernel's. Doubts stay, for perhaps nothing was lost.
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

/* DELETE of an id which was found to be there; its refusal is no news. */
static bool hvpt_resume_delete(struct hvpt_iommu *iommu, uint32_t id)
{
	struct hvpt_answer answer;

	return hvpt_hvcall_delete_domain(&iommu->transport, id, &answer) ==
	       HVPT_OK;
}

/* The flush: hosts differ in what a CREATE finds under the id. */
static enum hvpt_status hvpt_resume_fill(struct hvpt_domain *domain)
{
	enum hvpt_status status = hvpt_domain_configure(domain);

	if (status == HVPT_OK)
		status = hvpt_domain_flush_now(domain);
	if (status == HVPT_OK)
		domain->epoch = domain->iommu->epoch;
	return status;
}

/* A device which could not be moved out of where it was may be in @domain. */
static bool hvpt_resume_is_held(const struct hvpt_domain *domain)
{
	const struct hvpt_device *device = domain->iommu->devices;

	for (; device; device = device->next)
		if (device->state == HVPT_DEVICE_LOST &&
		    (device->domain == domain || device->tried == domain))
			return true;
	return false;
}

/*
 * An id which cannot be deleted is not used again; 0 stands for one to be
 * chosen. What has it may be ours, with our root: the tables are never freed.
 */
static void hvpt_resume_give_up_id(struct hvpt_domain *domain)
{
	hvpt_id_quarantine(domain->iommu, domain->id);
	domain->id = 0;
	domain->leaks = true;
}

/* Under the id it had, or a new one. */
static enum hvpt_status hvpt_resume_create_any(struct hvpt_domain *domain)
{
	return domain->id == 0 ? hvpt_domain_create_fresh(domain) :
				 hvpt_domain_create_same(domain);
}

/* Of an id which exists, or for which a DELETE failed. */
static enum hvpt_status hvpt_resume_clear_id(struct hvpt_domain *domain)
{
	domain->undead = !hvpt_resume_delete(domain->iommu, domain->id);
	if (!domain->undead)
		return HVPT_OK;
	if (hvpt_resume_is_held(domain))
		return HVPT_ERR_LOST;
	domain->undead = false;
	hvpt_resume_give_up_id(domain);
	return HVPT_OK;
}

static enum hvpt_status hvpt_resume_create(struct hvpt_domain *domain)
{
	enum hvpt_status status = HVPT_ERR_HV_EXISTS;

	if (!domain->undead)
		status = hvpt_resume_create_any(domain);
	if (status != HVPT_ERR_HV_EXISTS || domain->id == 0)
		return status;
	status = hvpt_resume_clear_id(domain);
	return status == HVPT_OK ? hvpt_resume_create_any(domain) : status;
}

/* CONFIGURE and FLUSH of one just created; else DELETE, to try it again. */
static enum hvpt_status hvpt_resume_fill_new(struct hvpt_domain *domain)
{
	enum hvpt_status status = hvpt_resume_fill(domain);

	if (status != HVPT_OK)
		domain->undead = !hvpt_resume_delete(domain->iommu, domain->id);
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
	if (status == HVPT_OK)
		status = hvpt_resume_fill_new(domain);
	if (status == HVPT_OK)
		domain->left_behind = false;
	return status;
}

/*
 * Devices may be in what has the id of the blocked domain, so another comes
 * first and that goes last. Without room for another it is taken as it is:
 * settings which let nothing through harm nobody in it.
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
		return hvpt_resume_fill_new(blocked);
	}
	blocked->id = id;
	if (status == HVPT_ERR_NO_IDS || status == HVPT_ERR_HV_DOMAINS)
		status = hvpt_resume_fill(blocked);
	return status;
}

static enum hvpt_status hvpt_resume_blocked(struct hvpt_domain *blocked)
{
	enum hvpt_status status;

	if (!hvpt_domain_is_lost(blocked))
		return HVPT_OK;
	if (blocked->undead && !hvpt_resume_delete(blocked->iommu, blocked->id))
		hvpt_resume_give_up_id(blocked);
	blocked->undead = false;
	status = hvpt_resume_create_any(blocked);
	if (status == HVPT_ERR_HV_EXISTS && blocked->id != 0)
		return hvpt_resume_replace_blocked(blocked);
	return status == HVPT_OK ? hvpt_resume_fill_new(blocked) : status;
}

/* Until nobody is in it any more; another one in line is left to itself. */
void hvpt_resume_old_blocked(struct hvpt_iommu *iommu)
{
	if (iommu->old_blocked != 0 &&
	    hvpt_resume_delete(iommu, iommu->old_blocked))
		iommu->old_blocked = 0;
}

/* ---- devices --------------------------------------------------------- */

/* Into the blocked domain, out of whatever it is in. */
static enum hvpt_status hvpt_resume_park(struct hvpt_device *device)
{
	struct hvpt_domain *domain = device->domain;
	enum hvpt_status status;

	if (device->state != HVPT_DEVICE_LOST)
		return HVPT_OK;
	status = hvpt_device_place(device, &device->iommu->blocked);
	if (status == HVPT_OK)
		hvpt_device_settle(device, domain, HVPT_DEVICE_PARKED);
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

/* ---- all of it ------------------------------------------------------- */

/* Out of all tables; what cannot be moved now is tried again at the end. */
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

/* Past what fails. Return: the first failure. */
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

	/* first of all: a retry after any failure finds the epoch counted */
	if (!retry)
		hvpt_resume_begin(iommu);
	offers = hvpt_resume_probe(iommu);
	if (offers != HVPT_OK && offers != HVPT_ERR_IOMMU_CAPS)
		return offers;
	/* it may be another host now */
	status = hvpt_iommu_try_flush(iommu);
	if (status == HVPT_OK)
		status = hvpt_resume_blocked(&iommu->blocked);
	if (status != HVPT_OK)
		return status;
	hvpt_resume_park_all(iommu);
	return offers == HVPT_OK ? hvpt_resume_all(iommu) : offers;
}

/* May it be where an owner before us put it? In doubt: if in none of ours. */
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
