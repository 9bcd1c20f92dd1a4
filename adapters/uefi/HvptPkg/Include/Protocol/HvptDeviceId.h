/** @file
  Lets a platform name the device of a handle.

  Optional. A platform produces it if callers pass handles without a device path
  of Hyper-V's form, or no handle at all. It is called first.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#ifndef HVPT_DEVICE_ID_PROTOCOL_H_
#define HVPT_DEVICE_ID_PROTOCOL_H_

#define HVPT_DEVICE_ID_PROTOCOL_GUID \
  { \
    0x5a1d6b0e, 0x93c4, 0x4c1f, { 0x8e, 0x27, 0x51, 0xd0, 0x3b, 0x6c, 0xf4, 0x19 } \
  }

typedef struct _HVPT_DEVICE_ID_PROTOCOL HVPT_DEVICE_ID_PROTOCOL;

/**
  Finds the logical device id of the device of a handle.

  @param[in]   This      The protocol.
  @param[in]   Handle    As given to SetAttribute(); may be NULL.
  @param[out]  DeviceId  The id; written only with EFI_SUCCESS.

  @retval EFI_SUCCESS      This is the device.
  @retval EFI_NOT_FOUND    Unknown here: use the device path.
  @retval EFI_UNSUPPORTED  The device must not be translated.
**/
typedef
EFI_STATUS
(EFIAPI *HVPT_DEVICE_ID_GET)(
  IN  HVPT_DEVICE_ID_PROTOCOL  *This,
  IN  EFI_HANDLE               Handle OPTIONAL,
  OUT UINT64                   *DeviceId
  );

struct _HVPT_DEVICE_ID_PROTOCOL {
  HVPT_DEVICE_ID_GET    GetDeviceId;
};

extern EFI_GUID  gHvptDeviceIdProtocolGuid;

#endif
