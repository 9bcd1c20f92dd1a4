/** @file
  Mappings, their bounce buffers, and who has access to them.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#ifndef HVPT_MAPPING_H_
#define HVPT_MAPPING_H_

#include <Uefi.h>
#include <Protocol/IoMmu.h>
#include "Device.h"

//
// Handle is what the caller has instead of a pointer: 0 while not in use.
// Address is what the device uses: a guest-physical address, of the memory
// itself or of a bounce buffer. Pages are those that hold Address and the
// Bytes that follow.
//
typedef struct {
  UINT64                   Handle;
  UINT32                   NextFree;
  EDKII_IOMMU_OPERATION    Operation;
  UINT64                   Host;
  UINT64                   Bytes;
  UINT64                   Address;
  UINTN                    Pages;
  BOOLEAN                  Bounced;
  HVPT_GRANT               *Grants;
} HVPT_MAPPING;

//
// A mapping and a device that has access to it. It is in the lists of both.
//
struct _HVPT_GRANT {
  HVPT_GRANT      *NextOfMapping;
  HVPT_GRANT      *NextOfDevice;
  HVPT_MAPPING    *Mapping;
  HVPT_DEVICE     *Device;
  BOOLEAN         Given;   // FALSE: taken away, the flush is pending
};

// ---- Mapping.c -------------------------------------------------------------

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

// ---- Bounce.c --------------------------------------------------------------

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
  Gives the buffer back.

  @param[in,out]  Mapping  The mapping.
**/
VOID
HvptBounceGive (
  IN OUT HVPT_MAPPING  *Mapping
  );

// ---- Grant.c ---------------------------------------------------------------

/**
  Gives a device access to a mapping; the kind follows from the operation.

  @param[in,out]  Mapping  The mapping.
  @param[in,out]  Device   The device, ready.

  @retval EFI_SUCCESS           It has access, or had it before.
  @retval EFI_UNSUPPORTED       The memory cannot be reached.
  @retval EFI_OUT_OF_RESOURCES  No memory for tables.
  @retval EFI_DEVICE_ERROR      A flush failed.
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

// ---- Pages.c ---------------------------------------------------------------

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
  );

#endif
