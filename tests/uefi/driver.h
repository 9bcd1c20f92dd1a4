/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The driver under test, from outside. */
#ifndef HVPT_UEFI_DRIVER_H
#define HVPT_UEFI_DRIVER_H

#include <Uefi.h>

#include <stdint.h>

/** As after a reset of the machine. */
void driver_reset(void);

/** Calls the entry point. */
EFI_STATUS driver_start(void);

/** How many mappings were bounced, and how many bytes copied for them. */
void driver_copies(uint64_t *bounced, uint64_t *copied);

#endif /* HVPT_UEFI_DRIVER_H */
