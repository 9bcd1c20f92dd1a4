/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bridge_devices.h - the bridge's domains and devices, and where the VT-d has
 * them.
 */
#ifndef ORACLE_QEMU_BRIDGE_DEVICES_H
#define ORACLE_QEMU_BRIDGE_DEVICES_H

#include "bridge.h"

/** The domain with this id, or NULL; id 0: one not in use. */
struct bridge_domain *bridge_find_domain(struct bridge *bridge, uint32_t id);

/** The VT-d's tag of a domain; 0 is that of devices in none. */
uint16_t bridge_tag_of(const struct bridge *bridge,
		       const struct bridge_domain *domain);

/** The device with this id, or NULL. */
struct bridge_device *bridge_find_device(struct bridge *bridge, uint64_t id);

/** Tells the VT-d which domain a device is in. */
void bridge_set_context(struct bridge *bridge, struct bridge_device *device);

#endif /* ORACLE_QEMU_BRIDGE_DEVICES_H */
