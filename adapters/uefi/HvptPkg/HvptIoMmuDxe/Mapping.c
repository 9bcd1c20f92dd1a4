/** @file
  Mappings: their records, and what callers hold.

  A caller holds a number, not a pointer: what it passes is looked up, and a
  mapping which is gone, or was never there, is not found.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "HvptIoMmuDxe.h"

#define RECORDS_PER_CHUNK  64
#define CHUNKS             512
#define INDEX_BITS         16
#define INDEX_MASK         ((1 << INDEX_BITS) - 1)
#define NO_RECORD          MAX_UINT32

STATIC HVPT_MAPPING  *mChunks[CHUNKS];
STATIC UINT32        mChunkCount;
STATIC UINT32        mFirstFree = NO_RECORD;
STATIC UINT64        mGeneration;

/**
  A record by its number.

  @param[in]  Index  Below how many there are.

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
  The mapping of a handle.

  @param[in]  Handle  Whatever a caller passed.

  @return NULL if Map() did not return it, or Unmap() took it.
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
  Makes room for more records. They stay for good.

  @retval TRUE   There is room.
  @retval FALSE  No memory, or there are as many as there may be.
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
  Makes a mapping: a record, and a bounce buffer where one is needed.

  @param[in]   Operation  As in Map().
  @param[in]   Host       First byte.
  @param[in]   Bytes      How many; Host + Bytes does not wrap.
  @param[out]  Made       The mapping.

  @retval EFI_SUCCESS           Made; no device has access yet.
  @retval EFI_UNSUPPORTED       A common buffer that the device cannot address.
  @retval EFI_OUT_OF_RESOURCES  No record or buffer is left.
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
  EFI_STATUS    Status;
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
  Status             = HvptBounceTake (Mapping);
  if (EFI_ERROR (Status)) {
    return Status;
  }

  mFirstFree      = NextFree;
  Mapping->Handle = LShiftU64 (++mGeneration, INDEX_BITS) | (Index + 1);
  *Made           = Mapping;
  return EFI_SUCCESS;
}

/**
  Ends a mapping: takes it from all devices, flushes, copies back what they
  wrote, and gives all back.

  @param[in,out]  Mapping  The mapping.

  @retval EFI_SUCCESS       Gone.
  @retval EFI_DEVICE_ERROR  A flush failed. Nothing was given back, and the
                            mapping is there for another try.
**/
EFI_STATUS
HvptEndMapping (
  IN OUT HVPT_MAPPING  *Mapping
  )
{
  EFI_STATUS  Status;

  while ((gHvptPhase != HvptHandedOver) && (Mapping->Grants != NULL)) {
    Status = HvptRevoke (Mapping, Mapping->Grants->Device);
    if (EFI_ERROR (Status)) {
      return Status;
    }
  }

  HvptBounceCopyOut (Mapping);
  if (gHvptPhase == HvptRunning) {
    HvptBounceGive (Mapping);
  }

  Mapping->NextFree = mFirstFree;
  mFirstFree        = (UINT32)(Mapping->Handle & INDEX_MASK) - 1;
  Mapping->Handle   = 0;
  return EFI_SUCCESS;
}
