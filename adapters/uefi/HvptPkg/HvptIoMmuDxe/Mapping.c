/** @file
  Mappings: records, device addresses, and handles.

  A handle is a number, not a pointer. It is looked up, so the handle of a
  mapping that was removed or never existed is not found.

  Each mapping has whole pages of device addresses of its own, even when two
  mappings share a page of memory. So the end of one does not affect the other.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "HvptIoMmuDxe.h"

#define RECORDS_PER_CHUNK  64
#define CHUNKS             512
#define INDEX_BITS         16
#define INDEX_MASK         ((1 << INDEX_BITS) - 1)
#define NO_RECORD          MAX_UINT32

//
// Writes here are interrupts and are not translated.
//
#define MSI_FIRST  0xfee00000ULL
#define MSI_LAST   0xfeefffffULL

STATIC HVPT_IOVA_SPACE  mLow;
STATIC HVPT_IOVA_SPACE  mHigh;
STATIC HVPT_MAPPING     *mChunks[CHUNKS];
STATIC UINT32           mChunkCount;
STATIC UINT32           mFirstFree = NO_RECORD;
STATIC UINT64           mGeneration;

/**
  Finds a record by its number.

  @param[in]  Index  Less than the number of records.

  @return The record.
**/
STATIC
HVPT_MAPPING *
Record (
  IN UINT32  Index
  )
{
  return &mChunks[Index / RECORDS_PER_CHUNK][Index % RECORDS_PER_CHUNK];
}

/**
  Adds the part of First .. Last that a device may use.

  @param[in,out]  Space      The space.
  @param[in]      First      First address.
  @param[in]      Last       Last address, inclusive.
  @param[in]      WidthLast  The last address that the pvIOMMU has.
**/
STATIC
VOID
AddAddresses (
  IN OUT HVPT_IOVA_SPACE  *Space,
  IN     UINT64           First,
  IN     UINT64           Last,
  IN     UINT64           WidthLast
  )
{
  Last  = MIN (Last, WidthLast);
  First = MAX (First, EFI_PAGE_SIZE);
  if ((First < MSI_FIRST) && (First <= Last)) {
    HvptIovaAdd (Space, First, MIN (Last, MSI_FIRST - 1));
  }

  First = MAX (First, MSI_LAST + 1);
  if (First <= Last) {
    HvptIovaAdd (Space, First, Last);
  }
}

/**
  Creates the IOVA spaces.

  @retval EFI_SUCCESS           Done.
  @retval EFI_UNSUPPORTED       The pvIOMMU's width leaves no addresses.
  @retval EFI_OUT_OF_RESOURCES  No memory.
**/
EFI_STATUS
HvptMappingsInit (
  VOID
  )
{
  EFI_STATUS  Status;
  UINT64      WidthLast;
  UINT64      Iova;
  UINTN       Order;

  Order = 0;
  while (Order < HVPT_IOVA_ORDER_MAX && EFI_PAGES_TO_SIZE ((UINTN)1 << Order) <= PcdGet32 (PcdHvptIovaLast)) {
    Order++;
  }

  //
  // Domains use the lower half, where the top bit cannot be a sign.
  //
  WidthLast = LShiftU64 (1, HvptIovaWidth () - 1) - 1;
  Status    = HvptIovaInit (&mLow, 0, Order);
  if (EFI_ERROR (Status)) {
    return Status;
  }

  AddAddresses (
    &mLow,
    PcdGet32 (PcdHvptIovaFirst),
    PcdGet32 (PcdHvptIovaLast),
    WidthLast
    );
  if (!HvptIovaTake (&mLow, 1, &Iova)) {
    DEBUG ((DEBUG_ERROR, "hvpt: no device addresses below 4 GiB\n"));
    HvptIovaDone (&mLow);
    return EFI_UNSUPPORTED;
  }

  HvptIovaGive (&mLow, Iova, 1);
  mLow.Peak = 0;

  //
  // Above 4 GiB, for 64-bit masters: a space of the same size, if there is one.
  // Without it their mappings are below 4 GiB.
  //
  if ((WidthLast > MAX_UINT32) && !EFI_ERROR (HvptIovaInit (&mHigh, SIZE_4GB, HVPT_IOVA_ORDER_MAX))) {
    AddAddresses (&mHigh, SIZE_4GB, MAX_UINT64, WidthLast);
  }

  return EFI_SUCCESS;
}

/**
  Frees the memory of the spaces, after a failed start.
**/
VOID
HvptMappingsDone (
  VOID
  )
{
  HvptIovaDone (&mLow);
  HvptIovaDone (&mHigh);
}

/**
  Returns how many pages of device addresses are in use, and the peak.

  @param[out]  InUse  Pages in use now.
  @param[out]  Peak   Sum of the peaks of all spaces.
**/
VOID
HvptIovaUse (
  OUT UINTN  *InUse,
  OUT UINTN  *Peak
  )
{
  *InUse = mLow.InUse + mHigh.InUse;
  *Peak  = mLow.Peak + mHigh.Peak;
}

/**
  Finds the mapping of a handle.

  @param[in]  Handle  Whatever a caller passed.

  @return NULL if Map() did not return it, or Unmap() removed it.
**/
HVPT_MAPPING *
HvptFindMapping (
  IN VOID  *Handle
  )
{
  HVPT_MAPPING  *Mapping;
  UINT64        Value;
  UINT64        Index;

  Value = (UINTN)Handle;
  Index = (Value & INDEX_MASK) - 1;
  if (Index >= (UINT64)mChunkCount * RECORDS_PER_CHUNK) {
    return NULL;
  }

  Mapping = Record ((UINT32)Index);
  return (Value == Mapping->Handle) ? Mapping : NULL;
}

/**
  Allocates more records. They are never freed.

  @retval TRUE   Done.
  @retval FALSE  No memory, or the limit is reached.
**/
STATIC
BOOLEAN
AddChunk (
  VOID
  )
{
  HVPT_MAPPING  *Chunk;
  UINT32        Index;

  if ((mChunkCount == CHUNKS) ||
      EFI_ERROR (gBS->AllocatePool (EfiBootServicesData, RECORDS_PER_CHUNK * sizeof (*Chunk), (VOID **)&Chunk)))
  {
    return FALSE;
  }

  ZeroMem (Chunk, RECORDS_PER_CHUNK * sizeof (*Chunk));
  mChunks[mChunkCount] = Chunk;
  for (Index = RECORDS_PER_CHUNK; Index-- > 0;) {
    Chunk[Index].NextFree = mFirstFree;
    mFirstFree            = mChunkCount * RECORDS_PER_CHUNK + Index;
  }

  mChunkCount++;
  return TRUE;
}

/**
  Allocates the addresses of a mapping: above 4 GiB only for 64-bit masters.

  @param[in,out]  Mapping  The mapping.

  @retval TRUE   Allocated.
  @retval FALSE  None are left.
**/
STATIC
BOOLEAN
TakeAddresses (
  IN OUT HVPT_MAPPING  *Mapping
  )
{
  if ((Mapping->Operation >= EdkiiIoMmuOperationBusMasterRead64) &&
      HvptIovaTake (&mHigh, Mapping->Pages, &Mapping->Iova))
  {
    Mapping->Space = &mHigh;
    return TRUE;
  }

  Mapping->Space = &mLow;
  return HvptIovaTake (&mLow, Mapping->Pages, &Mapping->Iova);
}

/**
  Creates a mapping: a record, device addresses, and bounce pages.

  @param[in]   Operation  As in Map().
  @param[in]   Host       First byte.
  @param[in]   Bytes      How many; Host + Bytes does not wrap.
  @param[out]  Made       The mapping.

  @retval EFI_SUCCESS           Made; no device has access yet.
  @retval EFI_OUT_OF_RESOURCES  No record, address or page is left.
**/
EFI_STATUS
HvptMakeMapping (
  IN  EDKII_IOMMU_OPERATION  Operation,
  IN  UINT64                 Host,
  IN  UINT64                 Bytes,
  OUT HVPT_MAPPING           **Made
  )
{
  HVPT_MAPPING  *Mapping;
  UINT32        Index;
  UINT32        NextFree;

  if ((mFirstFree == NO_RECORD) && !AddChunk ()) {
    return EFI_OUT_OF_RESOURCES;
  }

  Index    = mFirstFree;
  Mapping  = Record (Index);
  NextFree = Mapping->NextFree;
  ZeroMem (Mapping, sizeof (*Mapping));
  Mapping->NextFree  = NextFree;
  Mapping->Operation = Operation;
  Mapping->Host      = Host;
  Mapping->Bytes     = Bytes;
  Mapping->Pages     = (UINTN)(((Host + Bytes - 1) >> EFI_PAGE_SHIFT) - (Host >> EFI_PAGE_SHIFT) + 1);
  if (!TakeAddresses (Mapping)) {
    DEBUG ((DEBUG_WARN, "hvpt: no device addresses for %ld pages\n", (UINT64)Mapping->Pages));
    return EFI_OUT_OF_RESOURCES;
  }

  if (EFI_ERROR (HvptBounceTake (Mapping))) {
    HvptIovaGive (Mapping->Space, Mapping->Iova, Mapping->Pages);
    return EFI_OUT_OF_RESOURCES;
  }

  mFirstFree      = NextFree;
  Mapping->Handle = LShiftU64 (++mGeneration, INDEX_BITS) | (Index + 1);
  *Made           = Mapping;
  return EFI_SUCCESS;
}

/**
  Ends a mapping: removes it from all devices, flushes, copies back what they
  wrote, and frees everything.

  @param[in,out]  Mapping  The mapping.

  @retval EFI_SUCCESS       Gone.
  @retval EFI_DEVICE_ERROR  A flush failed. Nothing was freed, and the call
                            can be repeated.
**/
EFI_STATUS
HvptEndMapping (
  IN OUT HVPT_MAPPING  *Mapping
  )
{
  EFI_STATUS  Status;

  while (!gHvptExited && Mapping->Grants != NULL) {
    Status = HvptRevoke (Mapping, Mapping->Grants->Device);
    if (EFI_ERROR (Status)) {
      return Status;
    }
  }

  HvptBounceCopyOut (Mapping);
  if (!gHvptExited) {
    HvptBounceGive (Mapping);
  }

  HvptIovaGive (Mapping->Space, Mapping->Iova, Mapping->Pages);
  Mapping->NextFree = mFirstFree;
  mFirstFree        = (UINT32)(Mapping->Handle & INDEX_MASK) - 1;
  Mapping->Handle   = 0;
  return EFI_SUCCESS;
}
