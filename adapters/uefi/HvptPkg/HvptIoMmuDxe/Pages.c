/** @file
  The pages of a device's tables that grants share.

  Two mappings of one device may cover the same page: two common buffers in it,
  the same memory mapped twice, or, where the platform exposes partial pages,
  neighbours. The tables have what all of them together give.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "HvptIoMmuDxe.h"

/**
  What a mapping gives. The entries have no write-only: a device that may write
  may read as well.

  @param[in]  Mapping  The mapping.

  @return HVPT_PROT_*.
**/
STATIC
unsigned
ProtectionOf (
  IN CONST HVPT_MAPPING  *Mapping
  )
{
  if ((Mapping->Operation == EdkiiIoMmuOperationBusMasterRead) ||
      (Mapping->Operation == EdkiiIoMmuOperationBusMasterRead64))
  {
    return HVPT_PROT_READ;
  }

  return HVPT_PROT_READ | HVPT_PROT_WRITE;
}

/**
  What other grants of the device give to a page, and for how many pages from
  there on that stays the same.

  @param[in]      Grant  The grant that does not count.
  @param[in]      Page   Number of the page.
  @param[in,out]  Run    In: at most so many. Out: the pages alike.

  @return HVPT_PROT_*; 0 when no other covers the page.
**/
STATIC
unsigned
OthersGive (
  IN     CONST HVPT_GRANT  *Grant,
  IN     UINT64            Page,
  IN OUT UINTN             *Run
  )
{
  CONST HVPT_GRANT  *Other;
  UINT64            First;
  UINT64            End;
  unsigned          Protection;

  Protection = 0;
  for (Other = Grant->Device->Grants; Other != NULL; Other = Other->NextOfDevice) {
    First = Other->Mapping->Address >> EFI_PAGE_SHIFT;
    End   = First + Other->Mapping->Pages;
    if ((Other == Grant) || !Other->Given || (End <= Page)) {
      continue;
    }

    if (First <= Page) {
      Protection |= ProtectionOf (Other->Mapping);
      *Run        = (UINTN)MIN (*Run, End - Page);
    } else {
      *Run = (UINTN)MIN (*Run, First - Page);
    }
  }

  return Protection;
}

/**
  Changes what a device may do with some pages.

  @param[in,out]  Device  The device.
  @param[in]      Page    Number of the first page.
  @param[in]      Pages   How many.
  @param[in]      From    What it may do now, the same in all: HVPT_PROT_*.
  @param[in]      To      What it is to be.

  @return HVPT_OK, or why nothing was changed.
**/
STATIC
enum hvpt_status
ChangeRun (
  IN OUT HVPT_DEVICE  *Device,
  IN     UINT64       Page,
  IN     UINTN        Pages,
  IN     unsigned     From,
  IN     unsigned     To
  )
{
  hvpt_iova_t  Iova;
  UINT64       Bytes;
  uint64_t     Unmapped;

  Iova  = hvpt_iova (Page << EFI_PAGE_SHIFT);
  Bytes = EFI_PAGES_TO_SIZE (Pages);
  if (From == To) {
    return HVPT_OK;
  }

  if (From == 0) {
    return hvpt_domain_map (&Device->Domain, Iova, hvpt_gpa (Iova.value), Bytes, To, NULL);
  }

  if (To == 0) {
    return hvpt_domain_unmap (&Device->Domain, Iova, Bytes, &Device->Pending, &Unmapped);
  }

  return hvpt_pt_protect (
           hvpt_domain_pagetable (&Device->Domain),
           Iova,
           Bytes,
           To,
           &Device->Pending
           );
}

/**
  Writes a grant's pages into its device's tables, or takes them out. A page
  that other grants of the device cover keeps what those give.

  @param[in]      Grant  The grant; not counted itself.
  @param[in]      Give   TRUE: write; FALSE: take out.
  @param[in,out]  Pages  In: how many, from the first on. Out: how many are
                         done.

  @retval EFI_SUCCESS  All are done. What is to be flushed is pending.
  @return Why not.
**/
EFI_STATUS
HvptChangePages (
  IN     CONST HVPT_GRANT  *Grant,
  IN     BOOLEAN           Give,
  IN OUT UINTN             *Pages
  )
{
  enum hvpt_status  Status;
  UINT64            First;
  UINTN             Done;
  UINTN             Run;
  unsigned          Without;
  unsigned          With;

  First  = Grant->Mapping->Address >> EFI_PAGE_SHIFT;
  Status = HVPT_OK;
  for (Done = 0; Done < *Pages; Done += Run) {
    Run     = *Pages - Done;
    Without = OthersGive (Grant, First + Done, &Run);
    With    = Without | ProtectionOf (Grant->Mapping);
    Status  = ChangeRun (
                Grant->Device,
                First + Done,
                Run,
                Give ? Without : With,
                Give ? With : Without
                );
    if (Status != HVPT_OK) {
      break;
    }
  }

  *Pages = Done;
  return HvptToEfi (Status);
}
