/** @file
  Map() and Unmap() of the protocol, and its table of members.

  Callers are at any TPL up to TPL_NOTIFY, and one may interrupt another. So the
  state is accessed only at TPL_NOTIFY.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "HvptIoMmuDxe.h"

HVPT_PHASE   gHvptPhase = HvptRunning;
HVPT_COUNTS  gHvptCounts;

/**
  Checks the arguments of Map().

  @param[in]  Operation      As in Map().
  @param[in]  HostAddress    As in Map().
  @param[in]  Bytes          How many bytes.
  @param[in]  DeviceAddress  As in Map().
  @param[in]  Mapping        As in Map().

  @retval TRUE   They are valid.
  @retval FALSE  One is NULL, there are no bytes or they wrap, or the operation
                 is unknown.
**/
STATIC
BOOLEAN
CheckMap (
  IN EDKII_IOMMU_OPERATION       Operation,
  IN CONST VOID                  *HostAddress,
  IN UINTN                       Bytes,
  IN CONST EFI_PHYSICAL_ADDRESS  *DeviceAddress,
  IN VOID                        **Mapping
  )
{
  if ((HostAddress == NULL) || (DeviceAddress == NULL) || (Mapping == NULL)) {
    return FALSE;
  }

  if ((UINT32)Operation >= EdkiiIoMmuOperationMaximum) {
    return FALSE;
  }

  return Bytes != 0 && (UINTN)HostAddress <= MAX_UINTN - (Bytes - 1);
}

/**
  Makes a mapping, and counts it.

  @param[in]   Operation  As in Map().
  @param[in]   Host       First byte.
  @param[in]   Bytes      How many; Host + Bytes does not wrap.
  @param[out]  Made       The mapping.

  @retval EFI_SUCCESS       Made.
  @retval EFI_DEVICE_ERROR  ExitBootServices was called.
  @return As HvptMakeMapping().
**/
STATIC
EFI_STATUS
MakeMapping (
  IN  EDKII_IOMMU_OPERATION  Operation,
  IN  UINTN                  Host,
  IN  UINTN                  Bytes,
  OUT HVPT_MAPPING           **Made
  )
{
  EFI_TPL     Tpl;
  EFI_STATUS  Status;

  Tpl    = gBS->RaiseTPL (TPL_NOTIFY);
  Status = EFI_DEVICE_ERROR;
  if (gHvptPhase == HvptRunning) {
    Status = HvptMakeMapping (Operation, Host, Bytes, Made);
  }

  if (!EFI_ERROR (Status)) {
    gHvptCounts.Maps++;
    gHvptCounts.Bytes += Bytes;
  }

  gBS->RestoreTPL (Tpl);
  return Status;
}

/**
  Map() of the protocol: maps everything that was asked for, or nothing.

  @param[in]      This           The protocol.
  @param[in]      Operation      What the device will do, and how far it can
                                 address.
  @param[in]      HostAddress    The memory.
  @param[in,out]  NumberOfBytes  In: how many bytes. Out: the same, or 0 on
                                 failure.
  @param[out]     DeviceAddress  The address for the device.
  @param[out]     Mapping        For SetAttribute() and Unmap().

  @retval EFI_SUCCESS            All of it is mapped.
  @retval EFI_INVALID_PARAMETER  An argument is NULL, there are no bytes or they
                                 wrap, or the operation is unknown.
  @retval EFI_UNSUPPORTED        A common buffer that the device cannot address.
  @retval EFI_OUT_OF_RESOURCES   No record or buffer is left.
  @retval EFI_DEVICE_ERROR       ExitBootServices was called.
**/
STATIC
EFI_STATUS
EFIAPI
Map (
  IN     EDKII_IOMMU_PROTOCOL   *This,
  IN     EDKII_IOMMU_OPERATION  Operation,
  IN     VOID                   *HostAddress,
  IN OUT UINTN                  *NumberOfBytes,
  OUT    EFI_PHYSICAL_ADDRESS   *DeviceAddress,
  OUT    VOID                   **Mapping
  )
{
  HVPT_MAPPING  *Made;
  EFI_STATUS    Status;
  UINTN         Bytes;

  if (NumberOfBytes == NULL) {
    return EFI_INVALID_PARAMETER;
  }

  Bytes          = *NumberOfBytes;
  *NumberOfBytes = 0;
  if (!CheckMap (Operation, HostAddress, Bytes, DeviceAddress, Mapping)) {
    return EFI_INVALID_PARAMETER;
  }

  Status = MakeMapping (Operation, (UINTN)HostAddress, Bytes, &Made);
  if (!EFI_ERROR (Status)) {
    *NumberOfBytes = Bytes;
    *DeviceAddress = Made->Address;
    *Mapping       = (VOID *)(UINTN)Made->Handle;
  }

  DEBUG ((
    DEBUG_VERBOSE,
    "hvpt: map op %d host %p bytes %lx: %r\n",
    (UINT32)Operation,
    HostAddress,
    (UINT64)Bytes,
    Status
    ));
  return Status;
}

/**
  Unmap() of the protocol.

  @param[in]  This     The protocol.
  @param[in]  Mapping  As Map() returned it.

  @retval EFI_SUCCESS            Gone.
  @retval EFI_INVALID_PARAMETER  No mapping of this driver.
  @retval EFI_DEVICE_ERROR       A flush failed. The call can be repeated.
**/
STATIC
EFI_STATUS
EFIAPI
Unmap (
  IN EDKII_IOMMU_PROTOCOL  *This,
  IN VOID                  *Mapping
  )
{
  HVPT_MAPPING  *Found;
  EFI_TPL       Tpl;
  EFI_STATUS    Status;

  Status = EFI_INVALID_PARAMETER;
  Tpl    = gBS->RaiseTPL (TPL_NOTIFY);
  Found  = HvptFindMapping (Mapping);
  if (Found != NULL) {
    gHvptCounts.Unmaps++;
    Status = HvptEndMapping (Found);
  }

  gBS->RestoreTPL (Tpl);
  DEBUG ((DEBUG_VERBOSE, "hvpt: unmap %p: %r\n", Mapping, Status));
  return Status;
}

EDKII_IOMMU_PROTOCOL  gHvptIoMmu = {
  EDKII_IOMMU_PROTOCOL_REVISION,
  HvptSetAttribute,
  Map,
  Unmap,
  HvptAllocateBuffer,
  HvptFreeBuffer,
 #if EDKII_IOMMU_PROTOCOL_REVISION >= 0x00010001
  HvptSetAttributeById,
 #endif
};
