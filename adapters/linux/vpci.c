// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Logical device ids of PCI devices.
 *
 * The parent of a virtual PCI bus's bridge is the VMBus device, which has the
 * GUID. Bus drivers register nothing with us: a built-in one cannot call a
 * module, and a module must work without this one.
 */
#include "linux_internal.h"

#include <linux/hyperv.h>

/* udev loads the module when VMBus offers a virtual PCI bus. */
static const struct hv_vmbus_device_id hvpt_vpci_ids[] __maybe_unused = {
	{ HV_PCIE_GUID },
	{},
};
MODULE_DEVICE_TABLE(vmbus, hvpt_vpci_ids);

/* Return: 0; -ENODEV: not a device of a virtual PCI bus. Context: any. */
int hvpt_vpci_device_id(struct pci_dev *pdev, u64 *id)
{
	struct device *parent = pci_find_host_bridge(pdev->bus)->dev.parent;
	enum hvpt_status status;
	struct hv_device *hv;

	if (!parent || !parent->bus || strcmp(parent->bus->name, "vmbus"))
		return -ENODEV;
	hv = device_to_hv_device(parent);
	status = hvpt_logical_id(hvpt_logical_prefix(hv->dev_instance.b),
				 PCI_FUNC(pdev->devfn), id);
	return status == HVPT_OK ? 0 : -ENODEV;
}
