/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt_linux.h - what the module hvpt_iommu offers other parts of the kernel.
 *
 * Two things: the registry of virtual PCI buses, for whoever knows a bus's
 * VMBus GUID (pci-hyperv); and a platform other than Hyper-V's own hypercalls,
 * for tests.
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
 * To be called before the root bus is created, so that its devices find their
 * ids. Context: may sleep. Return: 0; -EEXIST when the segment is registered,
 * -ENOMEM.
 */
int hvpt_vpci_register(u32 segment, const u8 guid[16]);

/**
 * hvpt_vpci_unregister() - and now it is gone
 *
 * To be called after the root bus was removed: the last thing done to a device
 * is to block it, which takes its id. Unknown segments are warned about.
 */
void hvpt_vpci_unregister(u32 segment);

/**
 * hvpt_vpci_device_id() - the logical device id, as hypercalls take it
 *
 * Also for retargeting interrupts. A bus nobody registered is recognised by
 * its parent, a device on the VMBus. To be called before interrupts go off for
 * the hypercall. Context: any.
 * Return: 0; -ENODEV: not a device of a virtual PCI bus.
 */
int hvpt_vpci_device_id(struct pci_dev *pdev, u64 *id);

/* ---- platforms ------------------------------------------------------- */

/**
 * struct hvpt_linux_platform - how to get at a hypervisor
 * @transport: makes hypercalls, in any context, interrupts off included
 * @owner: pinned by each device
 * @device_id: what the hypervisor calls a device; NULL: hvpt_vpci_device_id().
 *	Return: 0, or -ENODEV for devices it does not know.
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
 * Context: may sleep. Return: 0; -EBUSY when started; -ENODEV when there is no
 * pvIOMMU, about which nothing is printed.
 */
int hvpt_linux_start(const struct hvpt_linux_platform *platform);

/** hvpt_linux_stop() - give it up; no device is claimed any more. */
void hvpt_linux_stop(void);

#endif /* HVPT_LINUX_H */
