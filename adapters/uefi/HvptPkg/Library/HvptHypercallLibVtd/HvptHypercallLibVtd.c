/** @file
  For tests: a hypervisor inside the driver, which carries out hypercalls on the
  VT-d that QEMU emulates. So the driver runs unmodified, and emulated devices
  do DMA through its tables.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include <Uefi.h>
#include <Library/BaseLib.h>
#include <Library/DebugLib.h>
#include <Library/HvptHypercallLib.h>
#include "Bridge.h"
#include "Vtd.h"

STATIC UINTN  mCalls;
STATIC UINTN  mRefused;
STATIC UINTN  mFaults;

/**
  Finds the hypervisor and prepares to call it.

  Called once, at TPL_APPLICATION, before any other function.

  @retval EFI_SUCCESS           Hypercalls can be made.
  @retval EFI_UNSUPPORTED       No Hyper-V, no right to make hypercalls, an
                                isolated VM, or a platform that wants memory
                                pinned. A DEBUG line says which.
  @retval EFI_OUT_OF_RESOURCES  No memory for the hypercall page.
**/
EFI_STATUS
EFIAPI
HvptHypercallStart (
  VOID
  )
{
  return VtdStart ();
}

/**
  Makes one memory-based hypercall.

  At TPL_NOTIFY; allocates nothing.

  @param[in]  Control  The hypercall input value.
  @param[in]  Input    Guest-physical address of the input.
  @param[in]  Output   Guest-physical address of the output, or 0.

  @return The hypercall result value; all ones when none can be made.
**/
UINT64
EFIAPI
HvptHypercallIssue (
  IN UINT64  Control,
  IN UINT64  Input,
  IN UINT64  Output
  )
{
  UINTN  Status;
  UINTN  Start;
  UINTN  Count;

  mCalls++;
  mFaults += VtdFaults ();
  Count    = (UINTN)RShiftU64 (Control, 32) & 0xfff;
  Start    = (UINTN)RShiftU64 (Control, 48) & 0xfff;
  Status   = HV_INVALID_INPUT;
  if (((Control & 0xf000f000ffff0000ULL) == 0) && ((Input & 7) == 0) && ((Output & 7) == 0)) {
    Status = BridgeCall (
               (UINTN)(Control & 0xffff),
               (CONST UINT64 *)(UINTN)Input,
               (UINT64 *)(UINTN)Output,
               Start,
               Count
               );
  }

  if ((Status != HV_SUCCESS) && (Status != HV_ALREADY_THERE)) {
    mRefused++;
  }

  return Status | ((Status == HV_SUCCESS) ? LShiftU64 (Count, 32) : 0);
}

/**
  Ends the library: after a start that failed, or at ExitBootServices when the
  last call was made. Then devices stay where they were left.

  @param[in]  Exiting  TRUE at ExitBootServices: nothing is freed.
**/
VOID
EFIAPI
HvptHypercallStop (
  IN BOOLEAN  Exiting
  )
{
  mFaults += VtdFaults ();
  DEBUG ((
    DEBUG_INFO,
    "vtd: calls %ld flushes %ld refused %ld faults %ld\n",
    (UINT64)mCalls,
    (UINT64)BridgeFlushes (),
    (UINT64)mRefused,
    (UINT64)mFaults
    ));
  if (Exiting) {
    BridgeLeave (VtdLeft ());
  } else {
    VtdStop ();
  }
}
