/** @file
  Which device has access to which mapping.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "HvptIoMmuDxe.h"

/**
  Finds the link that points at a grant, or the end of the list.

  @param[in]  Mapping  The mapping.
  @param[in]  Device   The device.

  @return The link; it holds NULL when there is no grant.
**/
STATIC
HVPT_GRANT **
FindGrant (
  IN HVPT_MAPPING       *Mapping,
  IN CONST HVPT_DEVICE  *Device
  )
{
  HVPT_GRANT  **Link;

  for (Link = &Mapping->Grants; *Link != NULL; Link = &(*Link)->Next) {
    if ((*Link)->Device == Device) {
      break;
    }
  }

  return Link;
}

/**
  Writes the entries. The format has no write-only: a device that may write may
  also read.

  @param[in]      Mapping  The mapping.
  @param[in,out]  Device   The device.

  @retval EFI_SUCCESS  Written.
  @return Why not; nothing was written then.
**/
STATIC
EFI_STATUS
MapIn (
  IN     CONST HVPT_MAPPING  *Mapping,
  IN OUT HVPT_DEVICE         *Device
  )
{
  struct hvpt_segment  Segments[3];
  UINTN                Count;
  unsigned             Prot;

  Prot = HVPT_PROT_READ | HVPT_PROT_WRITE;
  if ((Mapping->Operation == EdkiiIoMmuOperationBusMasterRead) ||
      (Mapping->Operation == EdkiiIoMmuOperationBusMasterRead64))
  {
    Prot = HVPT_PROT_READ;
  }

  Count = HvptBounceSegments (Mapping, Segments);
  return HvptToEfi (
           hvpt_domain_map_list (
             &Device->Domain,
             hvpt_iova (Mapping->Iova),
             Segments,
             Count,
             Prot,
             NULL
             )
           );
}

/**
  Gives a device access to a mapping; the kind follows from the operation.

  @param[in,out]  Mapping  The mapping.
  @param[in,out]  Device   The device, ready.

  @retval EFI_SUCCESS           It has access, or had it before.
  @retval EFI_UNSUPPORTED       The memory cannot be reached.
  @retval EFI_OUT_OF_RESOURCES  No memory for tables.
  @retval EFI_DEVICE_ERROR      The flush of an earlier removal failed again.
**/
EFI_STATUS
HvptGrant (
  IN OUT HVPT_MAPPING  *Mapping,
  IN OUT HVPT_DEVICE   *Device
  )
{
  HVPT_GRANT  **Link;
  HVPT_GRANT  *Grant;
  EFI_STATUS  Status;

  Link = FindGrant (Mapping, Device);
  if (*Link != NULL) {
    if ((*Link)->Mapped) {
      return EFI_SUCCESS;
    }

    //
    // It was removed before, and the flush failed: flush first.
    //
    Status = HvptRevoke (Mapping, Device);
    if (EFI_ERROR (Status)) {
      return Status;
    }

    Link = FindGrant (Mapping, Device);
  }

  if (EFI_ERROR (gBS->AllocatePool (EfiBootServicesData, sizeof (*Grant), (VOID **)&Grant))) {
    return EFI_OUT_OF_RESOURCES;
  }

  Status = MapIn (Mapping, Device);
  if (EFI_ERROR (Status)) {
    gBS->FreePool (Grant);
    return Status;
  }

  Grant->Next   = NULL;
  Grant->Device = Device;
  Grant->Mapped = TRUE;
  *Link         = Grant;
  return EFI_SUCCESS;
}

/**
  Removes the access of a device, and flushes.

  @param[in,out]  Mapping  The mapping.
  @param[in,out]  Device   The device.

  @retval EFI_SUCCESS       It has no access, or had none.
  @retval EFI_DEVICE_ERROR  The flush failed: it may still have access.
**/
EFI_STATUS
HvptRevoke (
  IN OUT HVPT_MAPPING  *Mapping,
  IN OUT HVPT_DEVICE   *Device
  )
{
  HVPT_GRANT        **Link;
  HVPT_GRANT        *Grant;
  EFI_STATUS        Status;
  enum hvpt_status  Unmapped;
  uint64_t          Bytes;

  Link  = FindGrant (Mapping, Device);
  Grant = *Link;
  if (Grant == NULL) {
    return EFI_SUCCESS;
  }

  if (Grant->Mapped) {
    Unmapped = hvpt_domain_unmap (
                 &Device->Domain,
                 hvpt_iova (Mapping->Iova),
                 EFI_PAGES_TO_SIZE (Mapping->Pages),
                 &Device->Pending,
                 &Bytes
                 );
    if (Unmapped != HVPT_OK) {
      return EFI_DEVICE_ERROR;
    }

    Grant->Mapped = FALSE;
  }

  Status = HvptFlushDevice (Device);
  if (EFI_ERROR (Status)) {
    return Status;
  }

  *Link = Grant->Next;
  gBS->FreePool (Grant);
  return EFI_SUCCESS;
}
