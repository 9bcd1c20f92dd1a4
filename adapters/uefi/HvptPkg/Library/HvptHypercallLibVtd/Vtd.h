/** @file
  A firmware driver for the VT-d that QEMU emulates.

  Scalable mode, first-stage translation, queued invalidation. Section numbers
  are those of the VT-d specification, revision 4.1. One root bus is known.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#ifndef HVPT_VTD_H_
#define HVPT_VTD_H_

#include <Uefi.h>
#include "Left.h"

//
// How a device's requests are treated: 9.6, PGTT.
//
#define VTD_BLOCKED       0
#define VTD_FIRST_STAGE   1
#define VTD_PASS_THROUGH  4

/**
  Finds the unit and turns it on. Every device of bus 0 reaches all of memory, as
  those do which a hypervisor has not attached to anything.

  @retval EFI_SUCCESS           It translates.
  @retval EFI_UNSUPPORTED       There is none, or it has no first stage.
  @retval EFI_OUT_OF_RESOURCES  No memory.
**/
EFI_STATUS
VtdStart (
  VOID
  );

/**
  Memory that goes to the operating system with the unit's structures.

  @return A page; NULL if the unit was not started.
**/
HVPT_LEFT *
VtdLeft (
  VOID
  );

/**
  Turns it off again.
**/
VOID
VtdStop (
  VOID
  );

/**
  Sets how requests of a device are translated, and drops what was cached.

  @param[in]  Bdf   Bus 15:8, device 7:3, function 2:0; bus 0 only.
  @param[in]  Kind  VTD_*.
  @param[in]  Tag   Tag of cached translations; not 0.
  @param[in]  Root  With VTD_FIRST_STAGE the top table.

  @retval TRUE   Done.
  @retval FALSE  The bus is another, or there was no memory at the start.
**/
BOOLEAN
VtdSetContext (
  IN UINT16  Bdf,
  IN UINTN   Kind,
  IN UINT16  Tag,
  IN UINT64  Root
  );

/**
  Invalidates 2^Order pages under a tag.

  @param[in]  Tag      The tag.
  @param[in]  Address  A multiple of them.
  @param[in]  Order    Above 18, everything under the tag.
**/
VOID
VtdFlush (
  IN UINT16  Tag,
  IN UINT64  Address,
  IN UINTN   Order
  );

/**
  Counts the requests that the unit refused since the last call, and prints the
  first ones.

  @return The count.
**/
UINTN
VtdFaults (
  VOID
  );

#endif
