/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt_linux.h - a platform: how the module reaches a hypervisor.
 *
 * Hyper-V's own hypercalls are one (platform.c). A build for tests waits for
 * another module to provide one, in guests of other hypervisors; no other build
 * exports anything.
 */
#ifndef HVPT_LINUX_H
#define HVPT_LINUX_H

#include <linux/module.h>
#include <linux/pci.h>

#include "hvpt/hvpt.h"

/**
 * struct hvpt_linux_platform - how to reach a hypervisor
 * @transport: makes hypercalls, in any context, interrupts off included
 * @owner: pinned by each device
 * @device_id: the hypervisor's id of a device; NULL: derive it from the
 *	device's virtual PCI bus. Return: 0, or -ENODEV for an unknown device.
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
 * Context: may sleep. Return: 0; -EBUSY when already started, or when another
 * driver translates a device of the pvIOMMU; -ENODEV, without a message, when
 * there is no pvIOMMU. Never -EEXIST, because modprobe takes it for success.
 */
int hvpt_linux_start(const struct hvpt_linux_platform *platform);

/** hvpt_linux_stop() - release the pvIOMMU; no device may be claimed. */
void hvpt_linux_stop(void);

/**
 * hvpt_linux_fault() - the hypervisor refused a device something: log it
 * @message: the hypervisor's message, header first
 * @bytes: how many can be read there
 *
 * Context: may sleep. Return: 0; -EINVAL: not the message of a fault.
 */
int hvpt_linux_fault(const void *message, size_t bytes);

#endif /* HVPT_LINUX_H */
