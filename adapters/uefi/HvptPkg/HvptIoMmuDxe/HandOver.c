/** @file
  What the driver leaves to the operating system.

  Nothing is allocated or freed here. The tables of the domains that are deleted
  stay where they are, in memory that the operating system takes.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "HvptIoMmuDxe.h"

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
  Status = hvpt_device_remove (&Device->Device);
  if (Status != HVPT_OK) {
    HvptLogFailure ("block", Device->Id, Status);
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
  HVPT_DEVICE       *Device;
  enum hvpt_status  Status;

  for (Device = gHvptDevices; Device != NULL; Device = Device->Next) {
    LeaveDomain (Device, Policy);
    Status = Device->HasDomain ? hvpt_domain_destroy (&Device->Domain) : HVPT_OK;
    if (Status != HVPT_OK) {
      HvptLogFailure ("delete domain", Device->Id, Status);
    }
  }

  //
  // The domain that has devices in it stays. Nobody needs the other.
  //
  gHvptDevices = NULL;
  Status       = hvpt_iommu_destroy (&gHvptIommu);
  if (Status != HVPT_OK) {
    DEBUG ((DEBUG_INFO, "hvpt: special domains stay: %a\n", hvpt_status_name (Status)));
  }
}
