/** @file
  Bounce buffers.

  A device that reaches a page of memory reaches all of it. So a mapping that
  covers a page only in part gets a buffer in its stead, in pages of its own,
  and is copied there and back. The same goes for memory above what the device
  can address. A common buffer is used by both sides at once and cannot be
  copied: it comes from AllocateBuffer(), in whole pages that devices reach.

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
  The last address that a device doing such an operation can use.

  @param[in]  Operation  As in Map().

  @return The address.
**/
STATIC
UINT64
LastAddress (
  IN EDKII_IOMMU_OPERATION  Operation
  )
{
  if (Operation >= EdkiiIoMmuOperationBusMasterRead64) {
    return HvptLastAddress ();
  }

  return MIN (HvptLastAddress (), MAX_UINT32);
}

/**
  Does a mapping cover a page only in part, and does that matter?

  @param[in]  Mapping  Host, Bytes and Operation are set.

  @retval TRUE   The device would reach bytes that were not mapped.
  @retval FALSE  Whole pages, a common buffer, or the platform exposes them.
**/
STATIC
BOOLEAN
ExposesMore (
  IN CONST HVPT_MAPPING  *Mapping
  )
{
  if (IsCommonBuffer (Mapping->Operation) || PcdGetBool (PcdHvptExposePartialPages)) {
    return FALSE;
  }

  return ((Mapping->Host | Mapping->Bytes) & EFI_PAGE_MASK) != 0;
}

/**
  Takes a buffer for a mapping, and copies the memory to it.

  @param[in,out]  Mapping  Host, Bytes and Operation are set.

  @retval EFI_SUCCESS           Address, Pages and Bounced are set.
  @retval EFI_OUT_OF_RESOURCES  No memory.
**/
STATIC
EFI_STATUS
TakeBuffer (
  IN OUT HVPT_MAPPING  *Mapping
  )
{
  EFI_PHYSICAL_ADDRESS  Address;
  UINTN                 Pages;
  UINT8                 *Buffer;

  Pages   = EFI_SIZE_TO_PAGES ((UINTN)Mapping->Bytes);
  Address = LastAddress (Mapping->Operation);
  if (EFI_ERROR (gBS->AllocatePages (AllocateMaxAddress, HvptMemoryType (EfiBootServicesData), Pages, &Address))) {
    return EFI_OUT_OF_RESOURCES;
  }

  //
  // Copied in also where the device writes: what it leaves alone stays.
  //
  Buffer = (UINT8 *)(UINTN)Address;
  CopyMem (Buffer, (VOID *)(UINTN)Mapping->Host, (UINTN)Mapping->Bytes);
  ZeroMem (Buffer + Mapping->Bytes, EFI_PAGES_TO_SIZE (Pages) - (UINTN)Mapping->Bytes);
  Mapping->Address     = Address;
  Mapping->Pages       = Pages;
  Mapping->Bounced     = TRUE;
  gHvptCounts.Bounced += 1;
  gHvptCounts.Copied  += Mapping->Bytes;
  return EFI_SUCCESS;
}

/**
  Decides what the device uses: the memory itself, or a buffer in its stead,
  to which the memory is copied.

  @param[in,out]  Mapping  Host, Bytes and Operation are set; Address, Pages
                           and Bounced are set on success.

  @retval EFI_SUCCESS           Done.
  @retval EFI_UNSUPPORTED       A common buffer that the device cannot address.
  @retval EFI_OUT_OF_RESOURCES  No memory.
**/
EFI_STATUS
HvptBounceTake (
  IN OUT HVPT_MAPPING  *Mapping
  )
{
  UINT64  Last;

  Last = Mapping->Host + Mapping->Bytes - 1;
  if ((Last <= LastAddress (Mapping->Operation)) && !ExposesMore (Mapping)) {
    Mapping->Address = Mapping->Host;
    Mapping->Pages   = (UINTN)((Last >> EFI_PAGE_SHIFT) - (Mapping->Host >> EFI_PAGE_SHIFT) + 1);
    return EFI_SUCCESS;
  }

  if (IsCommonBuffer (Mapping->Operation)) {
    return EFI_UNSUPPORTED;
  }

  return TakeBuffer (Mapping);
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
  if (Mapping->Bounced && IsWrite (Mapping->Operation)) {
    CopyMem ((VOID *)(UINTN)Mapping->Host, (VOID *)(UINTN)Mapping->Address, (UINTN)Mapping->Bytes);
    gHvptCounts.Copied += Mapping->Bytes;
  }
}

/**
  Gives the buffer back.

  @param[in,out]  Mapping  The mapping.
**/
VOID
HvptBounceGive (
  IN OUT HVPT_MAPPING  *Mapping
  )
{
  if (Mapping->Bounced) {
    gBS->FreePages (Mapping->Address, Mapping->Pages);
    Mapping->Bounced = FALSE;
  }
}
