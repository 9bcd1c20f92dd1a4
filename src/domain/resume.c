/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * resume.c - making all anew after the hypervisor lost its state.
 *
 * The epoch counts such losses. A domain or device which carries an older one
 * has not been brought back yet; that is how a retry knows where to go on.
 */
#include "internal.h"

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
	const struct hvpt_domain *domain;
	struct hvpt_iommu_caps caps;
	uint32_t width;
	enum hvpt_status status = hvpt_iommu_probe(iommu, &caps, &width);

	if (status != HVPT_OK)
		return status;
	if (width < iommu->width)
		return HVPT_ERR_IOMMU_CAPS;
	for (domain = iommu->domains; domain; domain = domain->next)
		if (!hvpt_caps_suffice(&caps, domain))
			return HVPT_ERR_IOMMU_CAPS;
	iommu->caps.caps = caps.caps;
	iommu->caps.page_sizes = caps.page_sizes;
	iommu->caps.iova_width = caps.iova_width;
	iommu->caps.pasid_width = caps.pasid_width;
	return HVPT_OK;
}

/*
 * Nothing is attached any more, so no device is in doubt, and ATS is off. Those
 * which were detached are not blocked any more, and are to be.
 */
static void hvpt_resume_begin(struct hvpt_iommu *iommu)
{
	struct hvpt_device *device;

	iommu->epoch++;
	for (device = iommu->devices; device; device = device->next) {
		device->ats = false;
		if (device->detached)
			device->domain = &iommu->blocked;
		device->detached = false;
		if (device->tried && device->tried->kind == HVPT_DOMAIN_PAGING)
			device->tried->devices--;
		device->tried = NULL;
	}
}

static enum hvpt_status hvpt_resume_domain(struct hvpt_domain *domain)
{
	struct hvpt_iommu *iommu = domain->iommu;
	struct hvpt_answer answer;
	enum hvpt_status status;

	if (domain->epoch == iommu->epoch)
		return HVPT_OK;
	status = hvpt_hvcall_create_domain(&iommu->transport, domain->id,
					   &answer);
	hvpt_iommu_note(iommu, status, &answer);
	if (status != HVPT_OK && status != HVPT_ERR_HV_EXISTS)
		return status;
	status = hvpt_domain_configure(domain);
	if (status == HVPT_OK)
		domain->epoch = iommu->epoch;
	return status;
}

static enum hvpt_status hvpt_resume_device(struct hvpt_device *device)
{
	enum hvpt_status status;

	if (!device->domain || device->epoch == device->iommu->epoch)
		return HVPT_OK;
	status = hvpt_device_place(device, device->domain);
	if (status == HVPT_OK)
		device->epoch = device->iommu->epoch;
	return status;
}

enum hvpt_status hvpt_iommu_resume(struct hvpt_iommu *iommu, bool retry)
{
	struct hvpt_domain *domain;
	struct hvpt_device *device;
	enum hvpt_status status;

	/* first of all: a retry after any failure finds the epoch counted */
	if (!retry)
		hvpt_resume_begin(iommu);
	status = hvpt_resume_probe(iommu);
	if (status != HVPT_OK)
		return status;
	for (domain = iommu->domains; domain; domain = domain->next) {
		status = hvpt_resume_domain(domain);
		if (status != HVPT_OK)
			return status;
	}
	for (device = iommu->devices; device; device = device->next) {
		status = hvpt_resume_device(device);
		if (status != HVPT_OK)
			return status;
	}
	return HVPT_OK;
}
