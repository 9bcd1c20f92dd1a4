/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt_linux.h - what the module hvpt_iommu offers other parts of the kernel.
 *
 * It has the registry of virtual PCI buses, for a driver that knows a bus's
 * VMBus GUID (pci-hyperv), and lets tests replace Hyper-V's own hypercalls by
 * another platform.
 */
#ifndef HVPT_LINUX_H
#define HVPT_LINUX_H

#include <linux/module.h>
#include <linux/pci.h>

#include "hvpt/hvpt.h"

/* ---- virtual PCI buses ----------------------------------------------- */

/**
 * hvpt_vpci_register() - a virtual PCI bus is about to be scanned
 * @segment: its PCI domain number
 * @guid: the VMBus channel's instance GUID, 16 bytes as stored
 *
 * Call it before the root bus is created, so that the devices on the bus find
 * their ids. Context: may sleep. Return: 0; -EEXIST when the segment is
 * registered; -ENOMEM.
 */
int hvpt_vpci_register(u32 segment, const u8 guid[16]);

/**
 * hvpt_vpci_unregister() - a virtual PCI bus was removed
 *
 * Call it after the root bus was removed: each of its devices is blocked when
 * it is removed, and that needs its id. An unknown segment gives a warning.
 */
void hvpt_vpci_unregister(u32 segment);

/**
 * hvpt_vpci_device_id() - the logical device id, as hypercalls take it
 *
 * Also used to retarget interrupts. A bus that was not registered is recognised
 * by its parent, a device on the VMBus. Call it before interrupts are disabled
 * for the hypercall. Context: any.
 * Return: 0; -ENODEV: not a device of a virtual PCI bus.
 */
int hvpt_vpci_device_id(struct pci_dev *pdev, u64 *id);

/* ---- platforms ------------------------------------------------------- */

/**
 * struct hvpt_linux_platform - how to reach a hypervisor
 * @transport: makes hypercalls, in any context, interrupts off included
 * @owner: pinned by each device
 * @device_id: the hypervisor's id of a device; NULL: hvpt_vpci_device_id().
 *	Return: 0, or -ENODEV for an unknown device.
 */
struct hvpt_linux_platform {
	struct hvpt_transport transport;
	struct module *owner;
	int (*device_id)(void *ctx, struct pci_dev *pdev, u64 *id);
};

/**
 * hvpt_linux_start() - look for a pvIOMMU and take it over
 * @platform: must stay until hvpt_linux_stop()
 *
 * Context: may sleep. Return: 0; -EBUSY when already started; -ENODEV, without
 * a message, when there is no pvIOMMU.
 */
int hvpt_linux_start(const struct hvpt_linux_platform *platform);

/** hvpt_linux_stop() - release the pvIOMMU; no device may be claimed. */
void hvpt_linux_stop(void);

#endif /* HVPT_LINUX_H */
