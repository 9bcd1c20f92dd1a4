// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What Linux asks of a device: its abilities and its group; all callbacks. */
#include "linux_internal.h"

static bool hvpt_linux_capable(struct device *dev, enum iommu_cap cap)
{
	return cap == IOMMU_CAP_CACHE_COHERENCY ||
	       hvpt_compat_is_deferred_flush(cap) ||
	       (hvpt_linux_dirty_tracking && hvpt_compat_is_dirty(cap));
}

static struct iommu_group *hvpt_linux_device_group(struct device *dev)
{
	if (WARN_ON_ONCE(!dev_is_pci(dev)))
		return ERR_PTR(-ENODEV);
	return pci_device_group(dev);
}

/*
 * There is no release domain, because hvpt_linux_release_device() must see
 * whether Linux ever attached the device.
 */
const struct iommu_ops hvpt_linux_ops_template = {
	.capable = hvpt_linux_capable,
	.probe_device = hvpt_linux_probe_device,
	.release_device = hvpt_linux_release_device,
	.is_attach_deferred = hvpt_linux_is_attach_deferred,
	.device_group = hvpt_linux_device_group,
	.get_resv_regions = hvpt_linux_get_resv_regions,
	.default_domain_ops = &hvpt_linux_paging_ops,
	HVPT_COMPAT_OPS
};
