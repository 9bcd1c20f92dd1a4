/** @file
  EDKII_IOMMU_PROTOCOL on top of Hyper-V's pvIOMMU.

  Map() is not told the device, so it allocates device addresses (IOVAs) from
  one space for all devices. SetAttribute() writes the entries into the tables
  of the device's domain, which is created when it is first needed.

  The functions in this header run at TPL_NOTIFY, except in the entry point
  before the protocol is installed.

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
#include "IovaSpace.h"

//
// Values of PcdHvptExitPolicy: where devices are left for the OS.
//
#define HVPT_EXIT_DETACHED  0
#define HVPT_EXIT_BLOCKED   1
#define HVPT_EXIT_IDENTITY  2

// ---- Device.c: devices and their domains ----------------------------------

typedef struct _HVPT_DEVICE HVPT_DEVICE;

//
// Pending has what was removed and not flushed yet. It is empty, except after a
// flush that failed.
//
struct _HVPT_DEVICE {
  HVPT_DEVICE           *Next;
  UINT64                Id;
  BOOLEAN               HasDomain;
  BOOLEAN               Attached;
  struct hvpt_device    Device;
  struct hvpt_domain    Domain;
  struct hvpt_gather    Pending;
};

/**
  Probes the pvIOMMU.

  @param[in]  Transport  How to make hypercalls.

  @retval EFI_SUCCESS      There is one, with stage 1.
  @retval EFI_UNSUPPORTED  There is none that can be used.
  @retval others           The hypervisor refused.
**/
EFI_STATUS
HvptDevicesInit (
  IN CONST struct hvpt_transport  *Transport
  );

/**
  Returns how many bits a device address may have.

  @return Bits, 13 to 57.
**/
UINTN
HvptIovaWidth (
  VOID
  );

/**
  Finds the device of an id, if it is already known.

  @param[in]  DeviceId  Logical device id.

  @return NULL if it is not.
**/
HVPT_DEVICE *
HvptFindDevice (
  IN UINT64  DeviceId
  );

/**
  Finds the device of an id, and attaches it to a domain of its own.

  @param[in]   DeviceId  Logical device id.
  @param[out]  Device    The device.

  @retval EFI_SUCCESS           It is attached.
  @retval EFI_UNSUPPORTED       The pvIOMMU does not manage it.
  @retval EFI_OUT_OF_RESOURCES  No memory.
  @retval EFI_DEVICE_ERROR      The hypervisor refused. What was done is kept,
                                and the next call continues from there.
**/
EFI_STATUS
HvptReadyDevice (
  IN  UINT64       DeviceId,
  OUT HVPT_DEVICE  **Device
  );

/**
  Flushes the pending invalidations of a device's domain.

  @param[in,out]  Device  The device.

  @retval EFI_SUCCESS       Nothing is pending any more.
  @retval EFI_DEVICE_ERROR  The hypervisor refused; nothing may be reused.
**/
EFI_STATUS
HvptFlushDevice (
  IN OUT HVPT_DEVICE  *Device
  );

/**
  Takes every device out of its domain and deletes the domains. For
  ExitBootServices: allocates and frees nothing.

  @param[in]  Policy  HVPT_EXIT_*.
**/
VOID
HvptDevicesExit (
  IN UINT8  Policy
  );

/**
  Converts a library status to one that the protocol may return.

  @param[in]  Status  The library's status.

  @retval EFI_SUCCESS           For HVPT_OK.
  @retval EFI_UNSUPPORTED       No such device or memory, or not supported.
  @retval EFI_OUT_OF_RESOURCES  No memory.
  @retval EFI_DEVICE_ERROR      Anything else.
**/
EFI_STATUS
HvptToEfi (
  IN enum hvpt_status  Status
  );

// ---- Mapping.c: mappings --------------------------------------------------

//
// A mapping and a device that has, or had, access to it.
//
typedef struct _HVPT_GRANT HVPT_GRANT;

struct _HVPT_GRANT {
  HVPT_GRANT     *Next;
  HVPT_DEVICE    *Device;
  BOOLEAN        Mapped;   // FALSE: removed, the flush is pending
};

//
// Handle is what the caller gets instead of a pointer: 0 while not in use.
// Bounce has the pages that replace partial pages at the head and the tail.
//
typedef struct {
  UINT64                   Handle;
  UINT32                   NextFree;
  EDKII_IOMMU_OPERATION    Operation;
  UINT64                   Host;
  UINT64                   Bytes;
  UINT64                   Iova;
  UINTN                    Pages;
  HVPT_IOVA_SPACE          *Space;
  UINT8                    *Bounce;
  UINT8                    BouncePages;
  BOOLEAN                  HeadBounced;
  BOOLEAN                  TailBounced;
  HVPT_GRANT               *Grants;
} HVPT_MAPPING;

/**
  Creates the IOVA spaces.

  @retval EFI_SUCCESS           Done.
  @retval EFI_UNSUPPORTED       The pvIOMMU's width leaves no addresses.
  @retval EFI_OUT_OF_RESOURCES  No memory.
**/
EFI_STATUS
HvptMappingsInit (
  VOID
  );

/**
  Frees the memory of the spaces, after a failed start.
**/
VOID
HvptMappingsDone (
  VOID
  );

/**
  Finds the mapping of a handle.

  @param[in]  Handle  Whatever a caller passed.

  @return NULL if Map() did not return it, or Unmap() removed it.
**/
HVPT_MAPPING *
HvptFindMapping (
  IN VOID  *Handle
  );

/**
  Creates a mapping: a record, device addresses, and bounce pages.

  @param[in]   Operation  As in Map().
  @param[in]   Host       First byte.
  @param[in]   Bytes      How many; Host + Bytes does not wrap.
  @param[out]  Mapping    The mapping.

  @retval EFI_SUCCESS           Made; no device has access yet.
  @retval EFI_OUT_OF_RESOURCES  No record, address or page is left.
**/
EFI_STATUS
HvptMakeMapping (
  IN  EDKII_IOMMU_OPERATION  Operation,
  IN  UINT64                 Host,
  IN  UINT64                 Bytes,
  OUT HVPT_MAPPING           **Mapping
  );

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
  );

// ---- Grant.c: who has access ----------------------------------------------

/**
  Gives a device access to a mapping; the kind follows from the operation.

  @param[in,out]  Mapping  The mapping.
  @param[in,out]  Device   The device, ready.

  @retval EFI_SUCCESS           It has access, or had it before.
  @retval EFI_UNSUPPORTED       The memory cannot be reached.
  @retval EFI_OUT_OF_RESOURCES  No memory for tables.
  @retval EFI_DEVICE_ERROR      The flush of an earlier removal failed again.
**/
EFI_STATUS
HvptGrant (
  IN OUT HVPT_MAPPING  *Mapping,
  IN OUT HVPT_DEVICE   *Device
  );

/**
  Removes the access of a device, and flushes.

  @param[in,out]  Mapping  The mapping.
  @param[in,out]  Device   The device.

  @retval EFI_SUCCESS       It has no access, or had none.
  @retval EFI_DEVICE_ERROR  The flush failed: it may still have access.
**/
EFI_STATUS
HvptRevoke (
  IN OUT HVPT_MAPPING  *Mapping,
  IN OUT HVPT_DEVICE   *Device
  );

// ---- Bounce.c: partial pages in strict mode -------------------------------

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
  );

/**
  Copies back what a device wrote. No device may still have access.

  @param[in]  Mapping  The mapping.
**/
VOID
HvptBounceCopyOut (
  IN CONST HVPT_MAPPING  *Mapping
  );

/**
  Frees the bounce pages.

  @param[in,out]  Mapping  The mapping.
**/
VOID
HvptBounceGive (
  IN OUT HVPT_MAPPING  *Mapping
  );

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
  );

// ---- Buffer.c, Protocol.c, Entry.c ----------------------------------------

extern EDKII_IOMMU_PROTOCOL  gHvptIoMmu;

//
// ExitBootServices was called: nothing may be allocated or freed any more.
//
extern BOOLEAN  gHvptExited;

//
// Counts of requests, for the log.
//
typedef struct {
  UINT64    Maps;
  UINT64    Bytes;
  UINT64    Unmaps;
  UINT64    SetAttributes;
} HVPT_COUNTS;

extern HVPT_COUNTS  gHvptCounts;

/**
  Returns how many pages of device addresses are in use, and the peak.

  @param[out]  InUse  Pages in use now.
  @param[out]  Peak   Sum of the peaks of all spaces.
**/
VOID
HvptIovaUse (
  OUT UINTN  *InUse,
  OUT UINTN  *Peak
  );

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
  );

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
  );

#endif
