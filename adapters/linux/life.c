// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Probe and release of devices. The host takes devices away and gives them back
 * in any order.
 *
 * A released device is detached and stays in the list, so that it can be handed
 * over when the module ends (handover.c): a kernel without a driver for the
 * pvIOMMU cannot use a detached device. The device is dropped when its id is
 * probed again.
 *
 * A host may give a device back before Linux has released the old one with the
 * same id. From then on the id is the new device's. The old one is dropped, and
 * Linux's later calls for it make no hypercall.
 */
#include "linux_internal.h"

#include <linux/crash_dump.h>
#include <linux/slab.h>

/* ---- probe ----------------------------------------------------------- */

int hvpt_linux_device_id(const struct hvpt_linux_platform *platform,
			 struct pci_dev *pdev, u64 *id)
{
	if (platform->device_id)
		return platform->device_id(platform->transport.ctx, pdev, id);
	return hvpt_vpci_device_id(pdev, id);
}

/* The lock is held here and in the functions below. */
static struct hvpt_linux_device *hvpt_linux_device_find(u64 id)
{
	struct hvpt_linux_device *hdev;

	list_for_each_entry(hdev, &hvpt_linux.devices, link)
		if (hvpt_device_id(&hdev->core) == id)
			return hdev;
	return NULL;
}

/* The library no longer has it. While Linux has it, it stays allocated. */
void hvpt_linux_device_unlink(struct hvpt_linux_device *hdev)
{
	hdev->known = false;
	list_del(&hdev->link);
	if (!hdev->pdev)
		kfree(hdev);
}

/* Is @id free? A device that is no longer there gives it up. */
static bool hvpt_linux_device_room(u64 id)
{
	struct hvpt_linux_device *old = hvpt_linux_device_find(id);

	if (!old)
		return true;
	if (old->pdev && pci_device_is_present(old->pdev)) {
		pci_warn(old->pdev, "another device has its id %#llx too\n",
			 id);
		return false;
	}
	hvpt_device_gone(&old->core);
	hvpt_linux_device_unlink(old);
	return true;
}

static enum hvpt_status hvpt_linux_device_link(struct hvpt_linux_device *hdev,
					       u64 id)
{
	enum hvpt_status status;

	if (hvpt_linux.ended || !hvpt_linux_device_room(id))
		return HVPT_ERR_BUSY;
	status = hvpt_device_probe(&hdev->core, &hvpt_linux.iommu, id,
				   pci_ats_supported(hdev->pdev));
	if (status != HVPT_OK)
		return status;
	/* DMA of a crashed kernel continues until a driver resets it. */
	hvpt_device_set_deferred(&hdev->core, is_kdump_kernel());
	hdev->known = true;
	list_add_tail(&hdev->link, &hvpt_linux.devices);
	hvpt_linux_left_join(hdev);
	return HVPT_OK;
}

static struct hvpt_linux_device *hvpt_linux_device_new(struct pci_dev *pdev,
						       u64 id)
{
	struct hvpt_linux_device *hdev = kzalloc_obj(*hdev, GFP_KERNEL);
	enum hvpt_status status;

	if (!hdev)
		return ERR_PTR(-ENOMEM);
	hdev->pdev = pdev;
	mutex_lock(&hvpt_linux.lock);
	status = hvpt_linux_device_link(hdev, id);
	mutex_unlock(&hvpt_linux.lock);
	if (status == HVPT_OK)
		return hdev;
	pci_dbg(pdev, "id %#llx: %s\n", id, hvpt_status_name(status));
	kfree(hdev);
	return ERR_PTR(-ENODEV);
}

struct iommu_device *hvpt_linux_probe_device(struct device *dev)
{
	struct hvpt_linux_device *hdev;
	u64 id;

	if (!dev_is_pci(dev))
		return ERR_PTR(-ENODEV);
	if (hvpt_linux_device_id(hvpt_linux.platform, to_pci_dev(dev), &id))
		return ERR_PTR(-ENODEV);
	/* Its addresses would change meaning while its driver runs. */
	if (dev->driver) {
		dev_warn(dev, "has a driver (%s) already, left untranslated\n",
			 dev->driver->name);
		return ERR_PTR(-ENODEV);
	}
	hdev = hvpt_linux_device_new(to_pci_dev(dev), id);
	if (IS_ERR(hdev))
		return ERR_CAST(hdev);
	dev_iommu_priv_set(dev, hdev);
	if (pci_ats_supported(hdev->pdev))
		hvpt_compat_prepare_ats(hdev->pdev);
	dev_dbg(dev, "has the logical id %#llx\n", id);
	return &hvpt_linux.iodev;
}

/* Linux then attaches the device when its driver first maps memory. */
bool hvpt_linux_is_attach_deferred(struct device *dev)
{
	struct hvpt_linux_device *hdev = dev_iommu_priv_get(dev);

	return is_kdump_kernel() &&
	       hvpt_device_state(&hdev->core) == HVPT_DEVICE_NEW;
}

/* ---- release --------------------------------------------------------- */

/* It could not be blocked or detached: report that if it is still there. */
static void hvpt_linux_device_lose(struct hvpt_linux_device *hdev,
				   enum hvpt_status status)
{
	hvpt_device_gone(&hdev->core);
	if (pci_device_is_present(hdev->pdev))
		pci_err(hdev->pdev,
			"cannot be blocked (%s), may still do DMA\n",
			hvpt_status_name(status));
	else
		pci_dbg(hdev->pdev, "gone: %s\n", hvpt_status_name(status));
}

/*
 * The probe failed in Linux, which continues without an IOMMU for this device.
 * If it was never moved, leave it, but not in firmware's domain, which Linux
 * does not map for. Otherwise make iova = gpa again.
 */
static void hvpt_linux_device_give_up(struct hvpt_linux_device *hdev)
{
	if (hvpt_device_state(&hdev->core) == HVPT_DEVICE_NEW ||
	    hvpt_device_hand_over(&hdev->core) != HVPT_OK)
		hvpt_device_gone(&hdev->core);
}

/* Return: true if it stays in the list, detached or blocked. */
static bool hvpt_linux_device_park(struct hvpt_linux_device *hdev)
{
	struct hvpt_domain *blocked = hvpt_iommu_blocked(&hvpt_linux.iommu);
	enum hvpt_status status = hvpt_device_detach(&hdev->core);

	if (status == HVPT_OK || hvpt_device_domain(&hdev->core) == blocked)
		return true;
	status = hvpt_device_remove(&hdev->core);
	if (status != HVPT_OK)
		hvpt_linux_device_lose(hdev, status);
	return false;
}

static void hvpt_linux_device_close(struct hvpt_linux_device *hdev)
{
	struct hvpt_domain *domain = hvpt_device_domain(&hdev->core);

	if (hdev->ats)
		hvpt_linux_ats_off(hdev);
	if (!domain || hvpt_linux_is_left(domain)) {
		hvpt_linux_device_give_up(hdev);
	} else if (hvpt_linux_device_park(hdev)) {
		hdev->pdev = NULL;
		return;
	}
	hdev->pdev = NULL;
	hvpt_linux_device_unlink(hdev);
}

void hvpt_linux_release_device(struct device *dev)
{
	struct hvpt_linux_device *hdev = dev_iommu_priv_get(dev);

	/* Linux clears its pointer: it may be set only during the probe. */
	mutex_lock(&hvpt_linux.lock);
	if (hdev->known)
		hvpt_linux_device_close(hdev);
	else
		kfree(hdev);
	mutex_unlock(&hvpt_linux.lock);
}
