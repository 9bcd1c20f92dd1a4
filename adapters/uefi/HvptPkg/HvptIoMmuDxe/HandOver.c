/** @file
  What the driver leaves to the operating system.

  Nothing is allocated or freed here. The tables of the domains that are deleted
  stay where they are, in memory that the operating system takes.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "HvptIoMmuDxe.h"

//
// Devices were left in these domains.
//
STATIC BOOLEAN  mIdentityUsed;
STATIC BOOLEAN  mBlockedUsed;

/**
  The type of memory that devices reach, and of tables. When domains are kept,
  the operating system must not take it. It never takes runtime memory.

  @param[in]  Type  What it is otherwise.

  @return The type.
**/
EFI_MEMORY_TYPE
HvptMemoryType (
  IN EFI_MEMORY_TYPE  Type
  )
{
  if ((Type == EfiBootServicesData) && (PcdGet8 (PcdHvptExitPolicy) == HVPT_EXIT_KEEP)) {
    return EfiReservedMemoryType;
  }

  return Type;
}

/**
  Detaches a device.

  @param[in,out]  Device  The device.

  @return HVPT_OK, or why it may be where it was.
**/
STATIC
enum hvpt_status
DetachDevice (
  IN OUT HVPT_DEVICE  *Device
  )
{
  enum hvpt_status  Status;

  //
  // One that was never attached reaches all of memory. Only from a domain of
  // the driver's can it be detached.
  //
  if (!Device->Attached) {
    Status = hvpt_device_attach (&Device->Device, hvpt_iommu_blocked (&gHvptIommu));
    if (Status != HVPT_OK) {
      return Status;
    }
  }

  return hvpt_device_detach (&Device->Device);
}

/**
  Leaves a device in its domain, if that is wanted and can be.

  @param[in,out]  Device  The device.
  @param[in]      Policy  HVPT_EXIT_*.

  @retval TRUE   It stays, and is in the table.
  @retval FALSE  It has to leave.
**/
STATIC
BOOLEAN
KeepDomain (
  IN OUT HVPT_DEVICE  *Device,
  IN     UINT8        Policy
  )
{
  if ((Policy != HVPT_EXIT_KEEP) || !Device->Attached) {
    return FALSE;
  }

  return !EFI_ERROR (HvptFlushDevice (Device)) && HvptTableAdd (Device);
}

/**
  Takes one device out of its domain. If that fails, blocks it.

  @param[in,out]  Device  The device.
  @param[in]      Policy  HVPT_EXIT_*.
**/
STATIC
VOID
LeaveDomain (
  IN OUT HVPT_DEVICE  *Device,
  IN     UINT8        Policy
  )
{
  enum hvpt_status  Status;

  Status = HVPT_OK;
  if (Policy == HVPT_EXIT_IDENTITY) {
    Status = hvpt_device_hand_over (&Device->Device);
    if (Status == HVPT_OK) {
      mIdentityUsed = TRUE;
      return;
    }
  } else if (Policy == HVPT_EXIT_DETACHED) {
    Status = DetachDevice (Device);
  }

  if (Status != HVPT_OK) {
    HvptLogFailure ("hand over", Device->Id, Status);
  }

  //
  // A detached device is forgotten directly; any other is blocked first.
  //
  mBlockedUsed |= (hvpt_device_state (&Device->Device) != HVPT_DEVICE_DETACHED);
  Status        = hvpt_device_remove (&Device->Device);
  if (Status != HVPT_OK) {
    HvptLogFailure ("block", Device->Id, Status);
  }
}

/**
  Deletes the domain of a device that has left it.

  @param[in,out]  Device  The device.
**/
STATIC
VOID
DeleteDomain (
  IN OUT HVPT_DEVICE  *Device
  )
{
  enum hvpt_status  Status;

  if (Device->HasDomain) {
    Status = hvpt_domain_destroy (&Device->Domain);
    if (Status != HVPT_OK) {
      HvptLogFailure ("delete domain", Device->Id, Status);
    }
  }
}

/**
  Deletes the special domains, but for those that have devices in them.
**/
VOID
HvptDeleteSpecialDomains (
  VOID
  )
{
  enum hvpt_status  Status;

  Status = hvpt_iommu_destroy (&gHvptIommu);
  if (Status != HVPT_OK) {
    DEBUG ((DEBUG_INFO, "hvpt: special domains stay: %a\n", hvpt_status_name (Status)));
  }
}

/**
  Leaves every device where the policy says, and deletes what is not needed for
  that.

  @param[in]  Policy  HVPT_EXIT_*; another value is as HVPT_EXIT_BLOCKED.
**/
VOID
HvptHandOver (
  IN UINT8  Policy
  )
{
  HVPT_DEVICE  *Device;
  BOOLEAN      Kept;

  mIdentityUsed = FALSE;
  mBlockedUsed  = FALSE;
  Kept          = FALSE;
  for (Device = gHvptDevices; Device != NULL; Device = Device->Next) {
    if (KeepDomain (Device, Policy)) {
      Kept = TRUE;
    } else {
      LeaveDomain (Device, Policy);
      DeleteDomain (Device);
    }
  }

  //
  // A pvIOMMU with domains that stay keeps both special ones.
  //
  gHvptDevices = NULL;
  if (!Kept) {
    HvptDeleteSpecialDomains ();
  }

  HvptTableFinish (
    Policy,
    (Kept || mIdentityUsed) ? hvpt_domain_id (hvpt_iommu_identity (&gHvptIommu)) : 0,
    (Kept || mBlockedUsed) ? hvpt_domain_id (hvpt_iommu_blocked (&gHvptIommu)) : 0
    );
}
