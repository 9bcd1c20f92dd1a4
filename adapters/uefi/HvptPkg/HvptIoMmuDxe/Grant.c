/** @file
  Which device has access to which mapping.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "HvptIoMmuDxe.h"

/**
  The grant of a mapping to a device.

  @param[in]  Mapping  The mapping.
  @param[in]  Device   The device.

  @return NULL when there is none.
**/
STATIC
HVPT_GRANT *
FindGrant (
  IN CONST HVPT_MAPPING  *Mapping,
  IN CONST HVPT_DEVICE   *Device
  )
{
  HVPT_GRANT  *Grant;

  for (Grant = Mapping->Grants; Grant != NULL; Grant = Grant->NextOfMapping) {
    if (Grant->Device == Device) {
      break;
    }
  }

  return Grant;
}

/**
  A grant that gives nothing yet, in both lists.

  @param[in,out]  Mapping  The mapping.
  @param[in,out]  Device   The device.

  @return NULL when there is no memory.
**/
STATIC
HVPT_GRANT *
AddGrant (
  IN OUT HVPT_MAPPING  *Mapping,
  IN OUT HVPT_DEVICE   *Device
  )
{
  HVPT_GRANT  *Grant;

  if (EFI_ERROR (gBS->AllocatePool (EfiBootServicesData, sizeof (*Grant), (VOID **)&Grant))) {
    return NULL;
  }

  Grant->Mapping       = Mapping;
  Grant->Device        = Device;
  Grant->Given         = FALSE;
  Grant->NextOfMapping = Mapping->Grants;
  Mapping->Grants      = Grant;
  Grant->NextOfDevice  = Device->Grants;
  Device->Grants       = Grant;
  return Grant;
}

/**
  Takes a grant out of both lists.

  @param[in]  Grant  The grant; it gives nothing, and nothing is pending.
**/
STATIC
VOID
RemoveGrant (
  IN HVPT_GRANT  *Grant
  )
{
  HVPT_GRANT  **Link;

  for (Link = &Grant->Mapping->Grants; *Link != Grant; Link = &(*Link)->NextOfMapping) {
  }

  *Link = Grant->NextOfMapping;
  for (Link = &Grant->Device->Grants; *Link != Grant; Link = &(*Link)->NextOfDevice) {
  }

  *Link = Grant->NextOfDevice;
  if (gHvptPhase == HvptRunning) {
    gBS->FreePool (Grant);
  }
}

/**
  Gives a device access to a mapping it has no grant of.

  @param[in,out]  Mapping  The mapping.
  @param[in,out]  Device   The device.

  @retval EFI_SUCCESS  It has access, or will after the next flush.
  @return Why not; it has none then, and a flush may be pending.
**/
STATIC
EFI_STATUS
Give (
  IN OUT HVPT_MAPPING  *Mapping,
  IN OUT HVPT_DEVICE   *Device
  )
{
  HVPT_GRANT  *Grant;
  EFI_STATUS  Status;
  UINTN       Pages;

  Grant = AddGrant (Mapping, Device);
  if (Grant == NULL) {
    return EFI_OUT_OF_RESOURCES;
  }

  Pages  = Mapping->Pages;
  Status = HvptChangePages (Grant, TRUE, &Pages);
  if (!EFI_ERROR (Status)) {
    Grant->Given = TRUE;
    return EFI_SUCCESS;
  }

  HvptChangePages (Grant, FALSE, &Pages);
  HvptRevoke (Mapping, Device);
  return Status;
}

/**
  Gives a device access to a mapping; the kind follows from the operation.

  @param[in,out]  Mapping  The mapping.
  @param[in,out]  Device   The device, ready.

  @retval EFI_SUCCESS           It has access, or had it before.
  @retval EFI_UNSUPPORTED       The memory cannot be reached.
  @retval EFI_OUT_OF_RESOURCES  No memory for tables.
  @retval EFI_DEVICE_ERROR      A flush failed.
**/
EFI_STATUS
HvptGrant (
  IN OUT HVPT_MAPPING  *Mapping,
  IN OUT HVPT_DEVICE   *Device
  )
{
  CONST HVPT_GRANT  *Grant;
  EFI_STATUS        Status;

  //
  // Taken away before, and the flush failed: it comes first.
  //
  Status = EFI_SUCCESS;
  Grant  = FindGrant (Mapping, Device);
  if ((Grant != NULL) && !Grant->Given) {
    Status = HvptRevoke (Mapping, Device);
    Grant  = NULL;
  }

  if (!EFI_ERROR (Status) && (Grant == NULL)) {
    Status = Give (Mapping, Device);
  }

  //
  // A page of which the device gets more than before is flushed too: a refusal
  // may be cached.
  //
  return EFI_ERROR (Status) ? Status : HvptFlushDevice (Device);
}

/**
  Takes access away, and flushes.

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
  HVPT_GRANT  *Grant;
  UINTN       Pages;

  Grant = FindGrant (Mapping, Device);
  if (Grant == NULL) {
    return EFI_SUCCESS;
  }

  if (Grant->Given) {
    Pages = Mapping->Pages;
    if (EFI_ERROR (HvptChangePages (Grant, FALSE, &Pages))) {
      return EFI_DEVICE_ERROR;
    }

    Grant->Given = FALSE;
  }

  if (EFI_ERROR (HvptFlushDevice (Device))) {
    return EFI_DEVICE_ERROR;
  }

  RemoveGrant (Grant);
  return EFI_SUCCESS;
}
