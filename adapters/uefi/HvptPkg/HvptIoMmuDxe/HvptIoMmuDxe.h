/** @file
  EDKII_IOMMU_PROTOCOL on top of Hyper-V's pvIOMMU.

  Map() gives out device addresses (IOVAs) from one space for all devices, for
  it is not told the device. SetAttribute() writes the entries into the tables
  of that device's domain, which is made when it is first needed.

  What is in this header is touched at TPL_NOTIFY only, but for the entry point
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
// Owed is what was taken away and not flushed yet; it is empty but after a
// flush which failed.
//
struct _HVPT_DEVICE {
  HVPT_DEVICE           *Next;
  UINT64                Id;
  BOOLEAN               HasDomain;
  BOOLEAN               Attached;
  struct hvpt_device    Device;
  struct hvpt_domain    Domain;
  struct hvpt_gather    Owed;
};

/**
  Probes the pvIOMMU.

  @param[in]  Transport  How to make hypercalls.

  @retval EFI_SUCCESS      There is one, with stage 1.
  @retval EFI_UNSUPPORTED  There is none which could be used.
  @retval others           The hypervisor refused.
**/
EFI_STATUS
HvptDevicesInit (
  IN CONST struct hvpt_transport  *Transport
  );

/**
  How many bits a device address may have.

  @return Bits, 13 to 57.
**/
UINTN
HvptIovaWidth (
  VOID
  );

/**
  The device of an id, if it is known already.

  @param[in]  DeviceId  Logical device id.

  @return NULL if it is not.
**/
HVPT_DEVICE *
HvptFindDevice (
  IN UINT64  DeviceId
  );

/**
  The device of an id, in a domain of its own.

  @param[in]   DeviceId  Logical device id.
  @param[out]  Device    The device.

  @retval EFI_SUCCESS           It is attached.
  @retval EFI_UNSUPPORTED       The pvIOMMU does not manage it.
  @retval EFI_OUT_OF_RESOURCES  No memory.
  @retval EFI_DEVICE_ERROR      The hypervisor refused. What was done is kept,
                                and the next call goes on from there.
**/
EFI_STATUS
HvptReadyDevice (
  IN  UINT64       DeviceId,
  OUT HVPT_DEVICE  **Device
  );

/**
  Flushes what a device's domain owes.

  @param[in,out]  Device  The device.

  @retval EFI_SUCCESS       Nothing is owed any more.
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
  The members of the protocol may return few statuses: finds the one.

  @param[in]  Status  Of the library.

  @retval EFI_SUCCESS           For HVPT_OK.
  @retval EFI_UNSUPPORTED       There is no such device or memory, or no way.
  @retval EFI_OUT_OF_RESOURCES  No memory.
  @retval EFI_DEVICE_ERROR      Anything else.
**/
EFI_STATUS
HvptToEfi (
  IN enum hvpt_status  Status
  );

// ---- Mapping.c: mappings --------------------------------------------------

//
// A mapping and a device which has, or had, access to it.
//
typedef struct _HVPT_GRANT HVPT_GRANT;

struct _HVPT_GRANT {
  HVPT_GRANT     *Next;
  HVPT_DEVICE    *Device;
  BOOLEAN        Mapped;   // FALSE: taken away, the flush is owed
};

//
// Handle is what the caller has instead of a pointer: 0 while not in use.
// Bounce has the pages which stand for partial ones at the head and the tail.
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
  Makes the IOVA spaces.

  @retval EFI_SUCCESS           Done.
  @retval EFI_UNSUPPORTED       The pvIOMMU's width leaves no addresses.
  @retval EFI_OUT_OF_RESOURCES  No memory.
**/
EFI_STATUS
HvptMappingsInit (
  VOID
  );

/**
  Gives back the memory of the spaces, after a failed start.
**/
VOID
HvptMappingsDone (
  VOID
  );

/**
  The mapping of a handle.

  @param[in]  Handle  Whatever a caller passed.

  @return NULL if Map() did not return it, or Unmap() took it.
**/
HVPT_MAPPING *
HvptFindMapping (
  IN VOID  *Handle
  );

/**
  Makes a mapping: a record, device addresses, and pages to bounce.

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
  );

// ---- Grant.c: who has access ----------------------------------------------

/**
  Gives a device access to a mapping; the kind follows from the operation.

  @param[in,out]  Mapping  The mapping.
  @param[in,out]  Device   The device, ready.

  @retval EFI_SUCCESS           It has access, or had it before.
  @retval EFI_UNSUPPORTED       The memory cannot be reached.
  @retval EFI_OUT_OF_RESOURCES  No memory for tables.
  @retval EFI_DEVICE_ERROR      An earlier flush could not be made up for.
**/
EFI_STATUS
HvptGrant (
  IN OUT HVPT_MAPPING  *Mapping,
  IN OUT HVPT_DEVICE   *Device
  );

/**
  Takes access away, and flushes.

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
  Takes pages for the partial ones of a mapping, and copies them in.

  @param[in,out]  Mapping  Host, Bytes, Pages and Operation are set.

  @retval EFI_SUCCESS           Done, or none is needed.
  @retval EFI_OUT_OF_RESOURCES  No memory.
**/
EFI_STATUS
HvptBounceTake (
  IN OUT HVPT_MAPPING  *Mapping
  );

/**
  Copies back what a device wrote. No device has access any more.

  @param[in]  Mapping  The mapping.
**/
VOID
HvptBounceCopyOut (
  IN CONST HVPT_MAPPING  *Mapping
  );

/**
  Gives the pages back.

  @param[in,out]  Mapping  The mapping.
**/
VOID
HvptBounceGive (
  IN OUT HVPT_MAPPING  *Mapping
  );

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
  );

// ---- Buffer.c, Protocol.c, Entry.c ----------------------------------------

extern EDKII_IOMMU_PROTOCOL  gHvptIoMmu;

//
// ExitBootServices has come: nothing may be allocated or freed any more.
//
extern BOOLEAN  gHvptExited;

//
// What was asked for so far, for the log.
//
typedef struct {
  UINT64    Maps;
  UINT64    Bytes;
  UINT64    Unmaps;
  UINT64    SetAttributes;
} HVPT_COUNTS;

extern HVPT_COUNTS  gHvptCounts;

/**
  Pages of device addresses in use, and the most there ever were.

  @param[out]  InUse  Now.
  @param[out]  Peak   Of each space, added up.
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
