/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * left.h - a hypervisor outlives firmware: the bridge goes on with the state
 * that the one in adapters/uefi/HvptPkg/Library/HvptHypercallLibVtd left, and
 * with its VT-d as it is. Devices' logical ids are then those of firmware:
 * their PCI locations.
 */
#ifndef HVPT_GUEST_LEFT_H
#define HVPT_GUEST_LEFT_H

#include "oracle/qemu/bridge.h"

/* Return: 0; -ENODEV: firmware left nothing; -ENOMEM. */
int guest_left_open(struct qemu *access);

/* Takes the state over; @call_page is a page of this kernel's. */
void guest_left_load(struct bridge *bridge, struct vtd *vtd, u64 call_page);

#endif /* HVPT_GUEST_LEFT_H */
