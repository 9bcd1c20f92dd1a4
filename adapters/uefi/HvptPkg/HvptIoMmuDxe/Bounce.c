/** @file
  Partial pages in strict mode.

  A page of memory of which a mapping covers only a part holds bytes which the
  device has no business with. In strict mode a page of our own stands for it.
  A common buffer is used by both sides at once and is never bounced: it comes
  from AllocateBuffer(), which gives whole pages.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "HvptIoMmuDxe.h"

/**
  Is it a buffer which both sides use at once?

  @param[in]  Operation  As in Map().

  @retval TRUE   It is.
  @retval FALSE  It is not.
**/
STATIC
BOOLEAN
IsCommonBuffer (
  IN EDKII_IOMMU_OPERATION  Operation
  )
{
  return Operation == EdkiiIoMmuOperationBusMasterCommonBuffer ||
         Operation == EdkiiIoMmuOperationBusMasterCommonBuffer64;
}

/**
  Does the device write?

  @param[in]  Operation  As in Map().

  @retval TRUE   It does.
  @retval FALSE  It does not.
**/
STATIC
BOOLEAN
IsWrite (
  IN EDKII_IOMMU_OPERATION  Operation
  )
{
  return Operation == EdkiiIoMmuOperationBusMasterWrite ||
         Operation == EdkiiIoMmuOperationBusMasterWrite64;
}

/**
  Copies the partial pages, in or out.

  @param[in]  Mapping  The mapping.
  @param[in]  Out      TRUE: from our pages to the memory they stand for.
**/
STATIC
VOID
Copy (
  IN CONST HVPT_MAPPING  *Mapping,
  IN BOOLEAN             Out
  )
{
  UINT64  End;
  UINT64  From;
  UINT64  To;
  UINT8   *Page;
  UINTN   Index;

  End  = Mapping->Host + Mapping->Bytes;
  Page = Mapping->Bounce;
  for (Index = 0; Index < 2; Index++) {
    if ((Index == 0) ? !Mapping->HeadBounced : !Mapping->TailBounced) {
      continue;
    }

    //
    // The head starts where the mapping does; the tail with its page.
    //
    From = (Index == 0) ? Mapping->Host : (End - 1) & ~(UINT64)EFI_PAGE_MASK;
    To   = MIN (End, (From & ~(UINT64)EFI_PAGE_MASK) + EFI_PAGE_SIZE);
    if (Out) {
      CopyMem ((VOID *)(UINTN)From, Page + (From & EFI_PAGE_MASK), (UINTN)(To - From));
    } else {
      CopyMem (Page + (From & EFI_PAGE_MASK), (VOID *)(UINTN)From, (UINTN)(To - From));
    }

    Page += EFI_PAGE_SIZE;
  }
}

/**
  Takes pages for the partial ones of a mapping, and copies them in.

  @param[in,out]  Mapping  Host, Bytes, Pages and Operation are set.

  @retval EFI_SUCCESS           Done, or none is needed.
  @retval EFI_OUT_OF_RESOURCES  No memory.
**/
EFI_STATUS
HvptBounceTake (
  IN OUT HVPT_MAPPING  *Mapping
  )
{
  EFI_PHYSICAL_ADDRESS  Address;
  UINT64                End;

  if (!PcdGetBool (PcdHvptStrict) || IsCommonBuffer (Mapping->Operation)) {
    return EFI_SUCCESS;
  }

  End                  = Mapping->Host + Mapping->Bytes;
  Mapping->HeadBounced = (Mapping->Host & EFI_PAGE_MASK) != 0 ||
                         (Mapping->Pages == 1 && (End & EFI_PAGE_MASK) != 0);
  Mapping->TailBounced = Mapping->Pages > 1 && (End & EFI_PAGE_MASK) != 0;
  Mapping->BouncePages = (UINT8)(Mapping->HeadBounced + Mapping->TailBounced);
  if (Mapping->BouncePages == 0) {
    return EFI_SUCCESS;
  }

  if (EFI_ERROR (gBS->AllocatePages (AllocateAnyPages, EfiBootServicesData, Mapping->BouncePages, &Address))) {
    Mapping->BouncePages = 0;
    return EFI_OUT_OF_RESOURCES;
  }

  //
  // Copied in also where the device writes: what it leaves alone stays.
  //
  Mapping->Bounce = (UINT8 *)(UINTN)Address;
  ZeroMem (Mapping->Bounce, EFI_PAGES_TO_SIZE (Mapping->BouncePages));
  Copy (Mapping, FALSE);
  return EFI_SUCCESS;
}

/**
  Copies back what a device wrote. No device has access any more.

  @param[in]  Mapping  The mapping.
**/
VOID
HvptBounceCopyOut (
  IN CONST HVPT_MAPPING  *Mapping
  )
{
  if ((Mapping->BouncePages != 0) && IsWrite (Mapping->Operation)) {
    Copy (Mapping, TRUE);
  }
}

/**
  Gives the pages back.

  @param[in,out]  Mapping  The mapping.
**/
VOID
HvptBounceGive (
  IN OUT HVPT_MAPPING  *Mapping
  )
{
  if (Mapping->BouncePages != 0) {
    gBS->FreePages ((UINTN)Mapping->Bounce, Mapping->BouncePages);
    Mapping->BouncePages = 0;
  }
}

/**
  Appends a segment, unless it is empty.

  @param[out]  Segments  Where to.
  @param[in]   Count     How many there are.
  @param[in]   Address   Where it is.
  @param[in]   Pages     How many.

  @return How many there are now.
**/
STATIC
UINTN
AddSegment (
  OUT struct hvpt_segment  *Segments,
  IN  UINTN                Count,
  IN  UINT64               Address,
  IN  UINTN                Pages
  )
{
  if (Pages != 0) {
    Segments[Count].gpa    = hvpt_gpa (Address);
    Segments[Count].length = EFI_PAGES_TO_SIZE (Pages);
    Count++;
  }

  return Count;
}

/**
  Where each part of a mapping is in memory, page by page.

  @param[in]   Mapping   The mapping.
  @param[out]  Segments  Room for 3.

  @return How many there are.
**/
UINTN
HvptBounceSegments (
  IN  CONST HVPT_MAPPING   *Mapping,
  OUT struct hvpt_segment  *Segments
  )
{
  UINT64  Bounce;
  UINT64  Whole;
  UINTN   Count;

  Bounce = (UINTN)Mapping->Bounce;
  Whole  = Mapping->Host & ~(UINT64)EFI_PAGE_MASK;
  if (Mapping->HeadBounced) {
    Whole += EFI_PAGE_SIZE;
  }

  Count = AddSegment (Segments, 0, Bounce, Mapping->HeadBounced);
  Count = AddSegment (
            Segments,
            Count,
            Whole,
            Mapping->Pages - Mapping->HeadBounced - Mapping->TailBounced
            );
  return AddSegment (
           Segments,
           Count,
           Bounce + (Mapping->HeadBounced ? EFI_PAGE_SIZE : 0),
           Mapping->TailBounced
           );
}
