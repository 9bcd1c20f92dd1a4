/** @file
  Finds the hypervisor's logical device id of a UEFI handle.

  Instances: HvptDeviceIdLib uses the policy protocol and then the device path
  of Hyper-V's firmware; HvptDeviceIdLibPci uses the PCI location.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#ifndef HVPT_DEVICE_ID_LIB_H_
#define HVPT_DEVICE_ID_LIB_H_

/**
  Finds the logical device id of the device of a handle.

  Called at the caller's TPL, never above TPL_NOTIFY; may call protocols.

  @param[in]   Handle    As given to SetAttribute(). Only the policy protocol
                         can know the device of NULL.
  @param[out]  DeviceId  The id; written only with EFI_SUCCESS.

  @retval EFI_SUCCESS            Found.
  @retval EFI_INVALID_PARAMETER  Handle is NULL or invalid.
  @retval EFI_UNSUPPORTED        The device of the handle has no id.
**/
EFI_STATUS
EFIAPI
HvptDeviceIdFromHandle (
  IN  EFI_HANDLE  Handle OPTIONAL,
  OUT UINT64      *DeviceId
  );

/**
  Finds the logical device id of a device named as in SetAttributeById().

  @param[in]   IommuBase  Which IOMMU.
  @param[in]   DmaId      The device's number there.
  @param[out]  DeviceId   The id; written only with EFI_SUCCESS.

  @retval EFI_SUCCESS      Found.
  @retval EFI_UNSUPPORTED  There is no such device.
**/
EFI_STATUS
EFIAPI
HvptDeviceIdFromDmaId (
  IN  UINT64  IommuBase,
  IN  UINT32  DmaId,
  OUT UINT64  *DeviceId
  );

#endif
