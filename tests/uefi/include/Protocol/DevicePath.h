/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* UEFI 10.3: types of device path nodes. */
#ifndef HVPT_STUB_DEVICE_PATH_H
#define HVPT_STUB_DEVICE_PATH_H

#include <Uefi.h>

#define HARDWARE_DEVICE_PATH 0x01
#define HW_PCI_DP 0x01
#define HW_VENDOR_DP 0x04
#define END_DEVICE_PATH_TYPE 0x7f

extern EFI_GUID gEfiDevicePathProtocolGuid;

#endif /* HVPT_STUB_DEVICE_PATH_H */
