/** @file
  EDKII_IOMMU_PROTOCOL on top of Hyper-V's pvIOMMU.

  Map() is not told the device. What it gives out is the guest-physical address
  of the memory, or of a bounce buffer: it means the same to a device that is
  translated and to one that is not. SetAttribute() writes the entries into the
  tables of that device's domain, which is made when it is first needed.

  State is touched at TPL_NOTIFY only, but for the entry point before the
  protocol is installed.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#ifndef HVPT_IO_MMU_DXE_H_
#define HVPT_IO_MMU_DXE_H_

#include <Uefi.h>
#include <Protocol/IoMmu.h>
#include <Library/BaseLib.h>
#include <Library/BaseMemoryLib.h>
#include <Library/DebugLib.h>
#include <Library/PcdLib.h>
#include <Library/UefiBootServicesTableLib.h>
#include <Library/HvptDeviceIdLib.h>
#include <Library/HvptHypercallLib.h>
#include <Library/HvptLib.h>
#include "Device.h"
#include "Mapping.h"

extern EDKII_IOMMU_PROTOCOL  gHvptIoMmu;

//
// From HvptExiting on nothing may be allocated or freed, and no access is
// given; it is still taken away. From HvptHandedOver on no hypercall is made:
// the pvIOMMU is the operating system's.
//
typedef enum {
  HvptRunning,
  HvptExiting,
  HvptHandedOver
} HVPT_PHASE;

extern HVPT_PHASE  gHvptPhase;

//
// What was asked for so far, for the log.
//
typedef struct {
  UINT64    Maps;
  UINT64    Bytes;
  UINT64    Bounced;
  UINT64    Copied;
  UINT64    Unmaps;
  UINT64    SetAttributes;
} HVPT_COUNTS;

extern HVPT_COUNTS  gHvptCounts;

/**
  Creates the events for ExitBootServices.

  @retval EFI_SUCCESS  Created.
  @return Why not; none is left then.
**/
EFI_STATUS
HvptExitInit (
  VOID
  );

/**
  Closes the events, after a start that failed.
**/
VOID
HvptExitDone (
  VOID
  );

/**
  SetAttribute() of the protocol.

  @param[in]  This          The protocol.
  @param[in]  DeviceHandle  Of the PCI device.
  @param[in]  Mapping       As Map() returned it.
  @param[in]  IoMmuAccess   EDKII_IOMMU_ACCESS_*; 0 removes access.

  @retval EFI_SUCCESS            Done.
  @retval EFI_INVALID_PARAMETER  No mapping of this driver, no handle of a PCI
                                 device, or an access that does not fit the
                                 operation.
  @retval EFI_UNSUPPORTED        The pvIOMMU does not manage the device.
  @retval EFI_OUT_OF_RESOURCES   No memory.
  @retval EFI_DEVICE_ERROR       The hypervisor refused.
**/
EFI_STATUS
EFIAPI
HvptSetAttribute (
  IN EDKII_IOMMU_PROTOCOL  *This,
  IN EFI_HANDLE            DeviceHandle,
  IN VOID                  *Mapping,
  IN UINT64                IoMmuAccess
  );

#if EDKII_IOMMU_PROTOCOL_REVISION >= 0x00010001

/**
  SetAttributeById() of the protocol.

  @param[in]  This         The protocol.
  @param[in]  IommuBase    Base address that names the IOMMU.
  @param[in]  DmaId        The device's id there.
  @param[in]  Mapping      As Map() returned it.
  @param[in]  IoMmuAccess  EDKII_IOMMU_ACCESS_*; 0 removes access.

  @return As SetAttribute().
**/
EFI_STATUS
EFIAPI
HvptSetAttributeById (
  IN EDKII_IOMMU_PROTOCOL  *This,
  IN UINT64                IommuBase,
  IN UINT32                DmaId,
  IN VOID                  *Mapping,
  IN UINT64                IoMmuAccess
  );

#endif

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
  @retval EFI_UNSUPPORTED        An attribute which buffers do not have.
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
  );

/**
  FreeBuffer() of the protocol.

  @param[in]  This         The protocol.
  @param[in]  Pages        How many.
  @param[in]  HostAddress  As allocated.

  @retval EFI_SUCCESS            Freed.
  @retval EFI_INVALID_PARAMETER  It is no buffer of ours of that many pages.
**/
EFI_STATUS
EFIAPI
HvptFreeBuffer (
  IN EDKII_IOMMU_PROTOCOL  *This,
  IN UINTN                 Pages,
  IN VOID                  *HostAddress
  );

#endif
