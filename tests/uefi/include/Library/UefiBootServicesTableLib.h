/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef HVPT_STUB_BOOT_SERVICES_LIB_H
#define HVPT_STUB_BOOT_SERVICES_LIB_H

#include <Uefi.h>

extern EFI_BOOT_SERVICES *gBS;
extern EFI_HANDLE gImageHandle;

#endif /* HVPT_STUB_BOOT_SERVICES_LIB_H */
