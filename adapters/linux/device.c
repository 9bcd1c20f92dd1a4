// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Devices: probing, moving between domains, releasing. */
#include "linux_internal.h"

#include <linux/slab.h>

/* Writes here are MSIs and not translated: never allocate it as an IOVA. */
#define HVPT_LINUX_MSI_FIRST 0xfee00000ul
#define HVPT_LINUX_MSI_BYTES 0x100000ul

static bool hvpt_linux_capable(struct device *dev, enum iommu_cap cap)
{
	switch (cap) {
	case IOMMU_CAP_CACHE_COHERENCY:
		return true;
#if HVPT_LINUX_6_12
	case IOMMU_CAP_DEFERRED_FLUSH:
		return true;
#endif
#if HVPT_DIRTY
	case IOMMU_CAP_DIRTY_TRACKING:
		return true;
#endif
	default:
		return false;
	}
}

/* ---- ATS ------------------------------------------------------------- */

static void hvpt_linux_ats_off(struct hvpt_linux_device *hdev)
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

/* Disable before a device is blocked, enable after any other attach. */
int hvpt_linux_attach(struct device *dev, struct hvpt_domain *domain)
{
	struct hvpt_linux_device *hdev = dev_iommu_priv_get(dev);
	enum hvpt_status status;

	mutex_lock(&hvpt_linux.lock);
	if (hvpt_device_duty_before(&hdev->core, domain) == HVPT_ATS_DISABLE)
		hvpt_linux_ats_off(hdev);
	status = hvpt_device_attach(&hdev->core, domain);
	if (hvpt_device_duty(&hdev->core) == HVPT_ATS_ENABLE)
		hvpt_linux_ats_on(hdev);
	mutex_unlock(&hvpt_linux.lock);
	if (status != HVPT_OK) {
		dev_err(dev, "cannot be put into domain %u: %s\n",
			hvpt_domain_id(domain), hvpt_status_name(status));
		return hvpt_linux_errno(status);
	}
	dev_dbg(dev, "in domain %u\n", hvpt_domain_id(domain));
	return 0;
}

/* ---- probe, release -------------------------------------------------- */

static int hvpt_linux_device_id(struct pci_dev *pdev, u64 *id)
{
	const struct hvpt_linux_platform *platform = hvpt_linux.platform;

	if (platform->device_id)
		return platform->device_id(platform->transport.ctx, pdev, id);
	return hvpt_vpci_device_id(pdev, id);
}

static enum hvpt_status hvpt_linux_device_open(struct hvpt_linux_device *hdev,
					       u64 id)
{
	enum hvpt_status status;

	mutex_lock(&hvpt_linux.lock);
	status = hvpt_device_probe(&hdev->core, &hvpt_linux.iommu, id,
				   pci_ats_supported(hdev->pdev));
	if (status == HVPT_OK)
		list_add_tail(&hdev->link, &hvpt_linux.devices);
	mutex_unlock(&hvpt_linux.lock);
	return status;
}

static struct iommu_device *hvpt_linux_probe_device(struct device *dev)
{
	struct hvpt_linux_device *hdev;
	enum hvpt_status status;
	u64 id;

	if (!dev_is_pci(dev))
		return ERR_PTR(-ENODEV);
	if (hvpt_linux_device_id(to_pci_dev(dev), &id))
		return ERR_PTR(-ENODEV);
	/* Its addresses would change meaning while its driver runs. */
	if (dev->driver) {
		dev_warn(dev, "has a driver (%s) already, left untranslated\n",
			 dev->driver->name);
		return ERR_PTR(-ENODEV);
	}
	hdev = kzalloc_obj(*hdev, GFP_KERNEL);
	if (!hdev)
		return ERR_PTR(-ENOMEM);
	hdev->pdev = to_pci_dev(dev);
	status = hvpt_linux_device_open(hdev, id);
	if (status != HVPT_OK) {
		dev_dbg(dev, "id %#llx: %s\n", id, hvpt_status_name(status));
		kfree(hdev);
		return ERR_PTR(-ENODEV);
	}
	dev_iommu_priv_set(dev, hdev);
	if (pci_ats_supported(hdev->pdev))
		hvpt_compat_prepare_ats(hdev->pdev);
	dev_dbg(dev, "has the logical id %#llx\n", id);
	return &hvpt_linux.iodev;
}

/*
 * Detach the device if possible, so that the hypervisor has it in no domain of
 * ours; otherwise leave it in the blocked domain. Either way it can do no DMA.
 */
static enum hvpt_status hvpt_linux_device_close(struct hvpt_linux_device *hdev)
{
	struct hvpt_domain *blocked = hvpt_iommu_blocked(&hvpt_linux.iommu);
	enum hvpt_status status = HVPT_OK;

	if (hdev->ats)
		hvpt_linux_ats_off(hdev);
	/* A device that was never attached must be attached before a detach. */
	if (!hvpt_device_domain(&hdev->core))
		status = hvpt_device_attach(&hdev->core, blocked);
	if (status == HVPT_OK)
		status = hvpt_device_detach(&hdev->core);
	if (status != HVPT_OK)
		dev_dbg(&hdev->pdev->dev, "not detached: %s\n",
			hvpt_status_name(status));
	status = hvpt_device_remove(&hdev->core);
	if (status == HVPT_OK)
		list_del(&hdev->link);
	return status;
}

static void hvpt_linux_release_device(struct device *dev)
{
	struct hvpt_linux_device *hdev = dev_iommu_priv_get(dev);
	enum hvpt_status status;

	mutex_lock(&hvpt_linux.lock);
	status = hvpt_linux_device_close(hdev);
	if (status != HVPT_OK)
		/* The library still has it in a list: keep the object. */
		hdev->pdev = NULL;
	mutex_unlock(&hvpt_linux.lock);
	/* Linux clears its pointer: it may be set only during the probe. */
	if (status == HVPT_OK)
		kfree(hdev);
	else
		dev_err(dev, "cannot be blocked (%s), may still do DMA\n",
			hvpt_status_name(status));
}

static struct iommu_group *hvpt_linux_device_group(struct device *dev)
{
	if (WARN_ON_ONCE(!dev_is_pci(dev)))
		return ERR_PTR(-ENODEV);
	return pci_device_group(dev);
}

static void hvpt_linux_get_resv_regions(struct device *dev,
					struct list_head *list)
{
	struct iommu_resv_region *region;

	region = iommu_alloc_resv_region(HVPT_LINUX_MSI_FIRST,
					 HVPT_LINUX_MSI_BYTES, 0,
					 IOMMU_RESV_MSI, GFP_KERNEL);
	if (region)
		list_add_tail(&region->list, list);
}

const struct iommu_ops hvpt_linux_ops_template = {
	.capable = hvpt_linux_capable,
	.probe_device = hvpt_linux_probe_device,
	.release_device = hvpt_linux_release_device,
	.device_group = hvpt_linux_device_group,
	.get_resv_regions = hvpt_linux_get_resv_regions,
	.default_domain_ops = &hvpt_linux_paging_ops,
#if HVPT_LINUX_7_3
	.domain_alloc_paging_flags = hvpt_linux_alloc_paging,
#elif HVPT_LINUX_6_12
	.domain_alloc_paging = hvpt_linux_alloc_paging,
	.domain_alloc_user = hvpt_linux_alloc_user,
#else
	.domain_alloc = hvpt_linux_alloc,
	.probe_finalize = hvpt_compat_probe_finalize,
#endif
#if HVPT_LINUX_6_12
	.identity_domain = &hvpt_linux_identity,
	.blocked_domain = &hvpt_linux_blocked,
	.release_domain = &hvpt_linux_blocked,
#endif
};
