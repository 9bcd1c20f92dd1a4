/** @file
  SetAttribute() and SetAttributeById() of the protocol.

  The state is accessed only at TPL_NOTIFY, and no protocol is called at that
  TPL: the device of a handle is found before.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "HvptIoMmuDxe.h"

/**
  Does the access fit the operation? No access always does.

  @param[in]  Operation  As in Map().
  @param[in]  Access     EDKII_IOMMU_ACCESS_*.

  @retval TRUE   It does.
  @retval FALSE  It does not.
**/
STATIC
BOOLEAN
AccessFits (
  IN EDKII_IOMMU_OPERATION  Operation,
  IN UINT64                 Access
  )
{
  switch (Operation) {
    case EdkiiIoMmuOperationBusMasterRead:
    case EdkiiIoMmuOperationBusMasterRead64:
      return Access == 0 || Access == EDKII_IOMMU_ACCESS_READ;
    case EdkiiIoMmuOperationBusMasterWrite:
    case EdkiiIoMmuOperationBusMasterWrite64:
      return Access == 0 || Access == EDKII_IOMMU_ACCESS_WRITE;
    default:
      return Access == 0 ||
             Access == (EDKII_IOMMU_ACCESS_READ | EDKII_IOMMU_ACCESS_WRITE);
  }
}

/**
  Checks the arguments of SetAttribute(), except the device.

  @param[in]  Mapping  Whatever a caller passed.
  @param[in]  Access   EDKII_IOMMU_ACCESS_*.

  @retval EFI_SUCCESS            They are valid.
  @retval EFI_INVALID_PARAMETER  No mapping of this driver, or an access that
                                 does not fit its operation.
**/
STATIC
EFI_STATUS
CheckAccess (
  IN VOID    *Mapping,
  IN UINT64  Access
  )
{
  HVPT_MAPPING  *Found;
  EFI_TPL       Tpl;
  EFI_STATUS    Status;

  Status = EFI_INVALID_PARAMETER;
  Tpl    = gBS->RaiseTPL (TPL_NOTIFY);
  Found  = HvptFindMapping (Mapping);
  if ((Found != NULL) && AccessFits (Found->Operation, Access)) {
    Status = EFI_SUCCESS;
  }

  gBS->RestoreTPL (Tpl);
  return Status;
}

/**
  Grants or removes access. At TPL_NOTIFY.

  @param[in]  DeviceId  Logical device id.
  @param[in]  Mapping   Whatever a caller passed.
  @param[in]  Access    EDKII_IOMMU_ACCESS_*.

  @retval EFI_SUCCESS            Done.
  @retval EFI_INVALID_PARAMETER  As CheckAccess().
  @return Why not.
**/
STATIC
EFI_STATUS
ChangeAccess (
  IN UINT64  DeviceId,
  IN VOID    *Mapping,
  IN UINT64  Access
  )
{
  HVPT_MAPPING  *Found;
  HVPT_DEVICE   *Device;
  EFI_STATUS    Status;

  //
  // The mapping may have been removed since it was checked.
  //
  Found = HvptFindMapping (Mapping);
  if ((Found == NULL) || !AccessFits (Found->Operation, Access)) {
    return EFI_INVALID_PARAMETER;
  }

  if (Access == 0) {
    Device = HvptFindDevice (DeviceId);
    return (Device == NULL) ? EFI_SUCCESS : HvptRevoke (Found, Device);
  }

  if (gHvptPhase != HvptRunning) {
    return EFI_DEVICE_ERROR;
  }

  Status = HvptReadyDevice (DeviceId, &Device);
  return EFI_ERROR (Status) ? Status : HvptGrant (Found, Device);
}

/**
  SetAttribute(), when the device is known.

  @param[in]  DeviceId  Logical device id.
  @param[in]  Mapping   Whatever a caller passed.
  @param[in]  Access    EDKII_IOMMU_ACCESS_*.

  @return As ChangeAccess().
**/
STATIC
EFI_STATUS
SetById (
  IN UINT64  DeviceId,
  IN VOID    *Mapping,
  IN UINT64  Access
  )
{
  EFI_TPL     Tpl;
  EFI_STATUS  Status;

  Tpl = gBS->RaiseTPL (TPL_NOTIFY);
  gHvptCounts.SetAttributes++;
  Status = ChangeAccess (DeviceId, Mapping, Access);
  gBS->RestoreTPL (Tpl);
  DEBUG ((
    DEBUG_VERBOSE,
    "hvpt: device %lx mapping %p access %lx: %r\n",
    DeviceId,
    Mapping,
    Access,
    Status
    ));
  return Status;
}

/**
  SetAttribute() of the protocol.

  @param[in]  This          The protocol.
  @param[in]  DeviceHandle  Of the PCI device.
  @param[in]  Mapping       As Map() returned it.
  @param[in]  IoMmuAccess   EDKII_IOMMU_ACCESS_*; 0 removes access.

  @retval EFI_SUCCESS            Done.
  @retval EFI_INVALID_PARAMETER  No mapping of this driver, no handle of a PCI
                                 device, or an access that does not fit the
                                 operation.
  @retval EFI_UNSUPPORTED        The pvIOMMU does not manage the device.
  @retval EFI_OUT_OF_RESOURCES   No memory.
  @retval EFI_DEVICE_ERROR       The hypervisor refused.
**/
EFI_STATUS
EFIAPI
HvptSetAttribute (
  IN EDKII_IOMMU_PROTOCOL  *This,
  IN EFI_HANDLE            DeviceHandle,
  IN VOID                  *Mapping,
  IN UINT64                IoMmuAccess
  )
{
  EFI_STATUS  Status;
  UINT64      DeviceId;

  Status = CheckAccess (Mapping, IoMmuAccess);
  if (EFI_ERROR (Status)) {
    return Status;
  }

  Status = HvptDeviceIdFromHandle (DeviceHandle, &DeviceId);
  if (EFI_ERROR (Status)) {
    return Status;
  }

  return SetById (DeviceId, Mapping, IoMmuAccess);
}

#if EDKII_IOMMU_PROTOCOL_REVISION >= 0x00010001

/**
  SetAttributeById() of the protocol.

  @param[in]  This         The protocol.
  @param[in]  IommuBase    Base address that names the IOMMU.
  @param[in]  DmaId        The device's id there.
  @param[in]  Mapping      As Map() returned it.
  @param[in]  IoMmuAccess  EDKII_IOMMU_ACCESS_*; 0 removes access.

  @return As SetAttribute().
**/
EFI_STATUS
EFIAPI
HvptSetAttributeById (
  IN EDKII_IOMMU_PROTOCOL  *This,
  IN UINT64                IommuBase,
  IN UINT32                DmaId,
  IN VOID                  *Mapping,
  IN UINT64                IoMmuAccess
  )
{
  EFI_STATUS  Status;
  UINT64      DeviceId;

  Status = CheckAccess (Mapping, IoMmuAccess);
  if (EFI_ERROR (Status)) {
    return Status;
  }

  Status = HvptDeviceIdFromDmaId (IommuBase, DmaId, &DeviceId);
  if (EFI_ERROR (Status)) {
    return Status;
  }

  return SetById (DeviceId, Mapping, IoMmuAccess);
}

#endif
