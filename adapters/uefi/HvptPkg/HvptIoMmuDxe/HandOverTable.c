/** @file
  The table that tells the operating system what was left.

  It is installed when the driver starts, for nothing may be allocated later, and
  written at the end. Until then it says that nothing was left.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "HvptIoMmuDxe.h"
#include <Guid/HvptHandOver.h>

#define WIDTH_OF_4_LEVELS  48
#define TABLE_DEVICES \
  ((EFI_PAGE_SIZE - sizeof (HVPT_HAND_OVER_TABLE)) / sizeof (HVPT_HAND_OVER_DEVICE))

STATIC HVPT_HAND_OVER_TABLE  *mTable = NULL;

/**
  Makes the sum of all 32-bit words of the table 0.
**/
STATIC
VOID
PutChecksum (
  VOID
  )
{
  CONST UINT32  *Word;
  UINT32        Sum;
  UINTN         Index;

  Word             = (CONST UINT32 *)mTable;
  Sum              = 0;
  mTable->Checksum = 0;
  for (Index = 0; Index < mTable->Bytes / sizeof (UINT32); Index++) {
    Sum += Word[Index];
  }

  mTable->Checksum = 0 - Sum;
}

/**
  Installs the table, which says that nothing was left.

  @retval EFI_SUCCESS  Installed.
  @return Why not.
**/
EFI_STATUS
HvptTableInit (
  VOID
  )
{
  EFI_PHYSICAL_ADDRESS  Address;
  EFI_STATUS            Status;

  Status = gBS->AllocatePages (AllocateAnyPages, EfiACPIReclaimMemory, 1, &Address);
  if (EFI_ERROR (Status)) {
    return EFI_OUT_OF_RESOURCES;
  }

  mTable = (HVPT_HAND_OVER_TABLE *)(UINTN)Address;
  ZeroMem (mTable, EFI_PAGE_SIZE);
  mTable->Signature   = HVPT_HAND_OVER_SIGNATURE;
  mTable->Version     = HVPT_HAND_OVER_VERSION;
  mTable->Bytes       = sizeof (*mTable);
  mTable->Policy      = HVPT_EXIT_DETACHED;
  mTable->DeviceBytes = sizeof (HVPT_HAND_OVER_DEVICE);
  PutChecksum ();
  Status = gBS->InstallConfigurationTable (&gHvptHandOverGuid, mTable);
  if (EFI_ERROR (Status)) {
    gBS->FreePages (Address, 1);
    mTable = NULL;
  }

  return Status;
}

/**
  Removes the table, after a start that failed.
**/
VOID
HvptTableDone (
  VOID
  )
{
  gBS->InstallConfigurationTable (&gHvptHandOverGuid, NULL);
  gBS->FreePages ((UINTN)mTable, 1);
  mTable = NULL;
}

/**
  Adds a device that stays in its domain.

  @param[in]  Device  The device; it is attached.

  @retval TRUE   It is in the table.
  @retval FALSE  The table is full.
**/
BOOLEAN
HvptTableAdd (
  IN HVPT_DEVICE  *Device
  )
{
  HVPT_HAND_OVER_DEVICE  *Entry;
  UINT32                 Width;

  if (mTable->Devices == TABLE_DEVICES) {
    return FALSE;
  }

  //
  // Tables have the least levels that span the width.
  //
  Width           = hvpt_iommu_width (&gHvptIommu);
  Entry           = (HVPT_HAND_OVER_DEVICE *)(mTable + 1) + mTable->Devices;
  Entry->DeviceId = Device->Id;
  Entry->DomainId = hvpt_domain_id (&Device->Domain);
  Entry->Levels   = (Width > WIDTH_OF_4_LEVELS) ? 5 : 4;
  Entry->Root     = hvpt_pt_root_gpa (hvpt_domain_pagetable (&Device->Domain)).value;
  Entry->Width    = Width;
  mTable->Devices++;
  mTable->Bytes += sizeof (*Entry);
  return TRUE;
}

/**
  Ends the table.

  @param[in]  Policy    HVPT_EXIT_*.
  @param[in]  Identity  Id of the identity domain; 0 if it was not left.
  @param[in]  Blocked   Id of the blocked domain; 0 if it was not left.
**/
VOID
HvptTableFinish (
  IN UINT8   Policy,
  IN UINT32  Identity,
  IN UINT32  Blocked
  )
{
  mTable->Policy     = Policy;
  mTable->IdentityId = Identity;
  mTable->BlockedId  = Blocked;
  PutChecksum ();
}
