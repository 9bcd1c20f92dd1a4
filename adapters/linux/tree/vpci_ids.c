// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Logical device ids of PCI devices: the driver of their bus registers them. */
#include "linux_internal.h"

#include <linux/hv_logical_ids.h>

/* Return: 0; -ENODEV: not a device of a virtual PCI bus. Context: any. */
int hvpt_vpci_device_id(struct pci_dev *pdev, u64 *id)
{
	enum hvpt_status status;
	u32 prefix;

	if (hv_logical_ids_find(pci_domain_nr(pdev->bus), &prefix))
		return -ENODEV;
	status = hvpt_logical_id(prefix, PCI_FUNC(pdev->devfn), id);
	return status == HVPT_OK ? 0 : -ENODEV;
}
