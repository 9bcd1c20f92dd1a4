/** @file
  Device ids made from PCI locations: segment 31:16, bus 15:8, device 7:3,
  function 2:0.

  For hypervisors that number devices like this, as that of the tests does. Not
  for Hyper-V, whose firmware does not know the location.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include <Uefi.h>
#include <Protocol/PciIo.h>
#include <Library/UefiBootServicesTableLib.h>
#include <Library/HvptDeviceIdLib.h>

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
  )
{
  EFI_PCI_IO_PROTOCOL  *PciIo;
  EFI_STATUS           Status;
  UINTN                Segment;
  UINTN                Bus;
  UINTN                Device;
  UINTN                Function;

  if (Handle == NULL) {
    return EFI_INVALID_PARAMETER;
  }

  Status = gBS->HandleProtocol (Handle, &gEfiPciIoProtocolGuid, (VOID **)&PciIo);
  if (EFI_ERROR (Status)) {
    return (Status == EFI_INVALID_PARAMETER) ? Status : EFI_UNSUPPORTED;
  }

  Status = PciIo->GetLocation (PciIo, &Segment, &Bus, &Device, &Function);
  if (EFI_ERROR (Status)) {
    return EFI_UNSUPPORTED;
  }

  *DeviceId = (UINT64)Segment << 16 | (UINT64)Bus << 8 | Device << 3 | Function;
  return EFI_SUCCESS;
}

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
  )
{
  *DeviceId = DmaId;
  return EFI_SUCCESS;
}
