/** @file
  Partial pages in strict mode.

  When a mapping covers only a part of a page, the device has no right to the
  other bytes of that page. In strict mode it gets a bounce page instead. A
  common buffer, which both sides use at once, is never bounced: it comes from
  AllocateBuffer(), which allocates whole pages.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "HvptIoMmuDxe.h"

/**
  Is it a common buffer, which the processor and the device use at once?

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
  Copies the partial pages of a mapping in or out.

  @param[in]  Mapping  The mapping.
  @param[in]  Out      TRUE: from the bounce pages to the memory.
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
    // The head starts at the first byte of the mapping, the tail at its page.
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
  Allocates bounce pages for the partial pages of a mapping, and copies the
  memory in.

  @param[in,out]  Mapping  Host, Bytes, Pages and Operation are set.

  @retval EFI_SUCCESS           Done, or none are needed.
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
  // Copy in also when the device writes: it may leave some bytes unwritten.
  //
  Mapping->Bounce = (UINT8 *)(UINTN)Address;
  ZeroMem (Mapping->Bounce, EFI_PAGES_TO_SIZE (Mapping->BouncePages));
  Copy (Mapping, FALSE);
  return EFI_SUCCESS;
}

/**
  Copies back what a device wrote. No device may still have access.

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
  Frees the bounce pages.

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

  @param[out]  Segments  The segments.
  @param[in]   Count     Number of segments so far.
  @param[in]   Address   Address of the new one.
  @param[in]   Pages     Pages of the new one.

  @return Number of segments now.
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
  Lists the memory behind the pages of a mapping.

  @param[in]   Mapping   The mapping.
  @param[out]  Segments  Room for 3.

  @return Number of segments.
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
