/** @file
  The configuration table that says what the driver left in the hypervisor.

  docs/SPEC.md of hvpt, "Hand-over by firmware", describes it.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#ifndef HVPT_HAND_OVER_GUID_H_
#define HVPT_HAND_OVER_GUID_H_

#define HVPT_HAND_OVER_GUID \
  { \
    0x3f6c1e52, 0x8d0b, 0x4b7a, { 0x9e, 0x14, 0x6a, 0x2f, 0xc7, 0x05, 0xb1, 0xd8 } \
  }

#define HVPT_HAND_OVER_SIGNATURE  0x444e414854505648ULL   // "HVPTHAND"
#define HVPT_HAND_OVER_VERSION    1

typedef struct {
  UINT64    DeviceId;
  UINT32    DomainId;
  UINT32    Levels;
  UINT64    Root;
  UINT32    Width;
  UINT32    Reserved;
} HVPT_HAND_OVER_DEVICE;

typedef struct {
  UINT64    Signature;
  UINT32    Version;
  UINT32    Bytes;
  UINT32    Checksum;
  UINT32    Policy;
  UINT32    IdentityId;
  UINT32    BlockedId;
  UINT32    Devices;
  UINT32    DeviceBytes;
  UINT64    Reserved[3];
  //
  // HVPT_HAND_OVER_DEVICE  Device[Devices];
  //
} HVPT_HAND_OVER_TABLE;

extern EFI_GUID  gHvptHandOverGuid;

#endif
