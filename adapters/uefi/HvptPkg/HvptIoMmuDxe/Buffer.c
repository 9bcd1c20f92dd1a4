/** @file
  AllocateBuffer() and FreeBuffer().

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "HvptIoMmuDxe.h"

#define BUCKETS  64

typedef struct _BUFFER BUFFER;

struct _BUFFER {
  BUFFER                  *Next;
  EFI_PHYSICAL_ADDRESS    Address;
  UINTN                   Pages;
};

STATIC BUFFER  *mBuffers[BUCKETS];

/**
  Finds the list that has the buffer of an address.

  @param[in]  Address  Address of a buffer.

  @return The head of the list.
**/
STATIC
BUFFER **
Bucket (
  IN EFI_PHYSICAL_ADDRESS  Address
  )
{
  return &mBuffers[(UINTN)(Address >> EFI_PAGE_SHIFT) % BUCKETS];
}

/**
  Checks the arguments of AllocateBuffer(). Attributes come first, as in other
  drivers.

  @param[in]  MemoryType   As in AllocateBuffer().
  @param[in]  Pages        As in AllocateBuffer().
  @param[in]  HostAddress  As in AllocateBuffer().
  @param[in]  Attributes   As in AllocateBuffer().

  @retval EFI_SUCCESS  They are valid.
  @return As AllocateBuffer().
**/
STATIC
EFI_STATUS
CheckBuffer (
  IN EFI_MEMORY_TYPE  MemoryType,
  IN UINTN            Pages,
  IN VOID             **HostAddress,
  IN UINT64           Attributes
  )
{
  if ((Attributes & EDKII_IOMMU_ATTRIBUTE_INVALID_FOR_ALLOCATE_BUFFER) != 0) {
    return EFI_UNSUPPORTED;
  }

  if ((HostAddress == NULL) || (Pages == 0) ||
      ((MemoryType != EfiBootServicesData) && (MemoryType != EfiRuntimeServicesData)))
  {
    return EFI_INVALID_PARAMETER;
  }

  return EFI_SUCCESS;
}

/**
  Allocates the pages of a buffer where devices can reach them. Drivers that do
  not declare 64-bit addressing may truncate the address.

  @param[in]      MemoryType  As in AllocateBuffer().
  @param[in]      Attributes  As in AllocateBuffer().
  @param[in,out]  Buffer      In: Pages. Out: Address.

  @retval EFI_SUCCESS  Allocated.
  @return Why not.
**/
STATIC
EFI_STATUS
TakePages (
  IN     EFI_MEMORY_TYPE  MemoryType,
  IN     UINT64           Attributes,
  IN OUT BUFFER           *Buffer
  )
{
  Buffer->Address = HvptLastAddress ();
  if ((Attributes & EDKII_IOMMU_ATTRIBUTE_DUAL_ADDRESS_CYCLE) == 0) {
    Buffer->Address = MIN (Buffer->Address, MAX_UINT32);
  }

  return gBS->AllocatePages (
                AllocateMaxAddress,
                HvptMemoryType (MemoryType),
                Buffer->Pages,
                &Buffer->Address
                );
}

/**
  Notes a buffer, for FreeBuffer().

  @param[in,out]  Buffer  The buffer.
**/
STATIC
VOID
AddBuffer (
  IN OUT BUFFER  *Buffer
  )
{
  BUFFER   **First;
  EFI_TPL  Tpl;

  First        = Bucket (Buffer->Address);
  Tpl          = gBS->RaiseTPL (TPL_NOTIFY);
  Buffer->Next = *First;
  *First       = Buffer;
  gBS->RestoreTPL (Tpl);
}

/**
  AllocateBuffer() of the protocol.

  @param[in]      This         The protocol.
  @param[in]      Type         Not used, as the specification says.
  @param[in]      MemoryType   EfiBootServicesData or EfiRuntimeServicesData.
  @param[in]      Pages        How many.
  @param[in,out]  HostAddress  The buffer.
  @param[in]      Attributes   EDKII_IOMMU_ATTRIBUTE_*.

  @retval EFI_SUCCESS            Allocated.
  @retval EFI_INVALID_PARAMETER  HostAddress is NULL, there are no pages, or the
                                 memory type is another.
  @retval EFI_UNSUPPORTED        An attribute that buffers cannot have.
  @retval EFI_OUT_OF_RESOURCES   No memory.
**/
EFI_STATUS
EFIAPI
HvptAllocateBuffer (
  IN     EDKII_IOMMU_PROTOCOL  *This,
  IN     EFI_ALLOCATE_TYPE     Type,
  IN     EFI_MEMORY_TYPE       MemoryType,
  IN     UINTN                 Pages,
  IN OUT VOID                  **HostAddress,
  IN     UINT64                Attributes
  )
{
  EFI_STATUS  Status;
  BUFFER      *Buffer;

  Status = CheckBuffer (MemoryType, Pages, HostAddress, Attributes);
  if (EFI_ERROR (Status)) {
    return Status;
  }

  if ((gHvptPhase != HvptRunning) ||
      EFI_ERROR (gBS->AllocatePool (EfiBootServicesData, sizeof (*Buffer), (VOID **)&Buffer)))
  {
    return EFI_OUT_OF_RESOURCES;
  }

  Buffer->Pages = Pages;
  if (EFI_ERROR (TakePages (MemoryType, Attributes, Buffer))) {
    gBS->FreePool (Buffer);
    return EFI_OUT_OF_RESOURCES;
  }

  AddBuffer (Buffer);
  *HostAddress = (VOID *)(UINTN)Buffer->Address;
  return EFI_SUCCESS;
}

/**
  FreeBuffer() of the protocol.

  @param[in]  This         The protocol.
  @param[in]  Pages        How many.
  @param[in]  HostAddress  As allocated.

  @retval EFI_SUCCESS            Freed.
  @retval EFI_INVALID_PARAMETER  No buffer of this driver with that many pages.
**/
EFI_STATUS
EFIAPI
HvptFreeBuffer (
  IN EDKII_IOMMU_PROTOCOL  *This,
  IN UINTN                 Pages,
  IN VOID                  *HostAddress
  )
{
  BUFFER   **Link;
  BUFFER   *Buffer;
  EFI_TPL  Tpl;

  Tpl = gBS->RaiseTPL (TPL_NOTIFY);
  for (Link = Bucket ((UINTN)HostAddress); *Link != NULL; Link = &(*Link)->Next) {
    if (((*Link)->Address == (UINTN)HostAddress) && ((*Link)->Pages == Pages)) {
      break;
    }
  }

  Buffer = *Link;
  if ((Buffer != NULL) && (gHvptPhase == HvptRunning)) {
    *Link = Buffer->Next;
  }

  gBS->RestoreTPL (Tpl);
  if (Buffer == NULL) {
    return EFI_INVALID_PARAMETER;
  }

  if (gHvptPhase == HvptRunning) {
    gBS->FreePages (Buffer->Address, Buffer->Pages);
    gBS->FreePool (Buffer);
  }

  return EFI_SUCCESS;
}
