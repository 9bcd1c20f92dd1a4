/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The driver under test, from outside. */
#ifndef HVPT_UEFI_DRIVER_H
#define HVPT_UEFI_DRIVER_H

#include <Uefi.h>

/** As after a reset of the machine. */
void driver_reset(void);

/** Calls the entry point. */
EFI_STATUS driver_start(void);

/** Pages of device addresses: now, at most; and what keeping books takes. */
struct driver_use {
	UINTN in_use;
	UINTN peak;
	UINTN bitmap_pages;
};

void driver_use(struct driver_use *use);

#endif /* HVPT_UEFI_DRIVER_H */
