/** @file
  Device ids as Hyper-V's firmware lets them be found.

  The platform's policy protocol is asked first. Then the device path: a node
  of the VMBus channel, which has the GUID of the virtual PCI bus, and below it
  the PCI node with the function number.

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
  Length of a node; 0 where the path ends, or makes no sense.

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
  The id of the device at a path's end.

  @param[in]   Node      The path's first node.
  @param[out]  DeviceId  Logical device id.

  @retval EFI_SUCCESS      Found.
  @retval EFI_UNSUPPORTED  It is no PCI function of a VMBus bus.
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
  The logical device id of the device behind a handle.

  Called at the caller's TPL, never above TPL_NOTIFY; may call protocols.

  @param[in]   Handle    As given to SetAttribute(). NULL is for the policy
                         protocol to judge.
  @param[out]  DeviceId  The id; written only with EFI_SUCCESS.

  @retval EFI_SUCCESS            Found.
  @retval EFI_INVALID_PARAMETER  Handle is NULL, or no handle.
  @retval EFI_UNSUPPORTED        A handle of no device which has an id.
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
  The logical device id of a device named as in SetAttributeById().

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
  // 0 stands for a device no IOMMU is to translate; ours cannot do that for a
  // mapping, for its addresses are not memory's.
  //
  if (IommuBase == 0) {
    return EFI_UNSUPPORTED;
  }

  *DeviceId = DmaId;
  return EFI_SUCCESS;
}
