/** @file
  Device ids on Hyper-V's firmware.

  The platform's policy protocol is called first. Otherwise the device path is
  used: the node of the VMBus channel has the GUID of the virtual PCI bus, and
  the PCI node below it has the function number.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include <Uefi.h>
#include <Protocol/DevicePath.h>
#include <Protocol/HvptDeviceId.h>
#include <Library/BaseMemoryLib.h>
#include <Library/UefiBootServicesTableLib.h>
#include <Library/HvptDeviceIdLib.h>
#include <Library/HvptLib.h>

//
// A vendor node of Microsoft's firmware: header, this GUID, then the GUIDs of
// the channel's type and instance.
//
STATIC CONST EFI_GUID  mVmbusNode = {
  0x9b17e5a2, 0x0891, 0x42dd, { 0xb6, 0x53, 0x80, 0xb5, 0xc2, 0x28, 0x09, 0xba }
};

#define VMBUS_GUID_AT      4
#define VMBUS_INSTANCE_AT  36
#define VMBUS_BYTES        52
#define PCI_FUNCTION_AT    4
#define PCI_BYTES          6

/**
  Returns the length of a node; 0 at the end of the path, or if it is invalid.

  @param[in]  Node  The node.

  @return Bytes.
**/
STATIC
UINTN
NodeBytes (
  IN CONST UINT8  *Node
  )
{
  UINTN  Bytes;

  Bytes = Node[2] | (UINTN)Node[3] << 8;
  return ((Node[0] == END_DEVICE_PATH_TYPE) || (Bytes < 4)) ? 0 : Bytes;
}

/**
  Finds the id of the device at the end of a path.

  @param[in]   Node      The path's first node.
  @param[out]  DeviceId  Logical device id.

  @retval EFI_SUCCESS      Found.
  @retval EFI_UNSUPPORTED  Not a PCI function on a VMBus bus.
**/
STATIC
EFI_STATUS
FromPath (
  IN  CONST UINT8  *Node,
  OUT UINT64       *DeviceId
  )
{
  CONST UINT8  *Instance;
  UINTN        Bytes;
  uint64_t     Id;

  Instance = NULL;
  for ( ; (Bytes = NodeBytes (Node)) != 0; Node += Bytes) {
    if (Node[0] != HARDWARE_DEVICE_PATH) {
      continue;
    }

    if ((Node[1] == HW_VENDOR_DP) && (Bytes >= VMBUS_BYTES) &&
        (CompareMem (Node + VMBUS_GUID_AT, &mVmbusNode, sizeof (mVmbusNode)) == 0))
    {
      Instance = Node + VMBUS_INSTANCE_AT;
    } else if ((Node[1] == HW_PCI_DP) && (Bytes >= PCI_BYTES) && (Instance != NULL)) {
      if (hvpt_logical_id (hvpt_logical_prefix (Instance), Node[PCI_FUNCTION_AT], &Id) == HVPT_OK) {
        *DeviceId = Id;
        return EFI_SUCCESS;
      }
    }
  }

  return EFI_UNSUPPORTED;
}

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
  HVPT_DEVICE_ID_PROTOCOL  *Policy;
  EFI_STATUS               Status;
  VOID                     *Path;

  if (!EFI_ERROR (gBS->LocateProtocol (&gHvptDeviceIdProtocolGuid, NULL, (VOID **)&Policy))) {
    Status = Policy->GetDeviceId (Policy, Handle, DeviceId);
    if (Status != EFI_NOT_FOUND) {
      return EFI_ERROR (Status) ? EFI_UNSUPPORTED : EFI_SUCCESS;
    }
  }

  if (Handle == NULL) {
    return EFI_INVALID_PARAMETER;
  }

  Status = gBS->HandleProtocol (Handle, &gEfiDevicePathProtocolGuid, &Path);
  if (EFI_ERROR (Status)) {
    return (Status == EFI_INVALID_PARAMETER) ? Status : EFI_UNSUPPORTED;
  }

  return FromPath (Path, DeviceId);
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
  //
  // There is one pvIOMMU, and it knows devices by logical ids of 32 bits. Base
  // 0 means a device that no IOMMU translates. That is not possible for a
  // mapping of this driver, whose device addresses are not memory addresses.
  //
  if (IommuBase == 0) {
    return EFI_UNSUPPORTED;
  }

  *DeviceId = DmaId;
  return EFI_SUCCESS;
}
