// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Attaching a device to a domain, with its ATS. */
#include "linux_internal.h"

/* ---- ATS ------------------------------------------------------------- */

void hvpt_linux_ats_off(struct hvpt_linux_device *hdev)
{
	pci_disable_ats(hdev->pdev);
	hdev->ats = false;
	hvpt_device_set_ats(&hdev->core, false);
}

/* A device that cannot enable ATS works without it. */
static void hvpt_linux_ats_on(struct hvpt_linux_device *hdev)
{
	hdev->ats = pci_enable_ats(hdev->pdev, HVPT_PAGE_LG2) == 0;
	hvpt_device_set_ats(&hdev->core, hdev->ats);
}

/* ---- moving ---------------------------------------------------------- */

/*
 * The lock is held. ATS is disabled before a device is blocked, and enabled
 * after any other attach.
 */
static enum hvpt_status hvpt_linux_move(struct hvpt_linux_device *hdev,
					struct hvpt_domain *domain)
{
	enum hvpt_status status;

	if (hvpt_device_duty_before(&hdev->core, domain) == HVPT_ATS_DISABLE)
		hvpt_linux_ats_off(hdev);
	status = hvpt_device_attach(&hdev->core, domain);
	if (hvpt_device_duty(&hdev->core) == HVPT_ATS_ENABLE)
		hvpt_linux_ats_on(hdev);
	/* The device may have kept one of these from being deleted. */
	if (status == HVPT_OK)
		hvpt_linux_domains_retry();
	return status;
}

/* For a device whose id another device has now, or that was handed over. */
static enum hvpt_status hvpt_linux_move_nobody(struct hvpt_domain *domain)
{
	return domain == hvpt_iommu_blocked(&hvpt_linux.iommu) ?
		       HVPT_OK :
		       HVPT_ERR_NOT_ATTACHED;
}

/* The errors that struct iommu_domain_ops allows for attach_dev. */
static int hvpt_linux_attach_errno(enum hvpt_status status)
{
	switch (status) {
	case HVPT_OK:
		return 0;
	case HVPT_ERR_CALL_PAGE:
	case HVPT_ERR_HV_MEMORY:
		return -ENOMEM;
	case HVPT_ERR_HV_DOMAINS:
		return -ENOSPC;
	case HVPT_ERR_ATS_ON:
	case HVPT_ERR_BUSY:
		return -EBUSY;
	default:
		return -ENODEV;
	}
}

int hvpt_linux_attach(struct device *dev, struct hvpt_domain *domain)
{
	struct hvpt_linux_device *hdev = dev_iommu_priv_get(dev);
	enum hvpt_status status;

	mutex_lock(&hvpt_linux.lock);
	status = hdev->known ? hvpt_linux_move(hdev, domain) :
			       hvpt_linux_move_nobody(domain);
	mutex_unlock(&hvpt_linux.lock);
	if (status == HVPT_OK)
		dev_dbg(dev, "in domain %u\n", hvpt_domain_id(domain));
	else if (hdev->known && pci_device_is_present(to_pci_dev(dev)))
		dev_err(dev, "cannot be put into domain %u: %s\n",
			hvpt_domain_id(domain), hvpt_status_name(status));
	return hvpt_linux_attach_errno(status);
}
