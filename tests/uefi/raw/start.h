/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the programs with devices share. */
#ifndef HVPT_UEFI_RAW_START_H
#define HVPT_UEFI_RAW_START_H

#include "base.h"

/** A line with a status. */
void raw_say(const char *what, EFI_STATUS status);

/** Starts the driver in the program, unless the firmware has one. */
EFI_STATUS raw_start_driver(void);

/**
 * Connects the firmware's drivers to their devices again. Its bus driver looks
 * for the protocol only then. Handles of devices and disks are others after.
 */
void raw_reconnect(void);

/** ExitBootServices, with the memory map of the moment. */
EFI_STATUS raw_exit_boot_services(void);

#endif /* HVPT_UEFI_RAW_START_H */
