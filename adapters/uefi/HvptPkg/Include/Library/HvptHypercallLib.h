/** @file
  How a hypercall reaches the hypervisor.

  Instances: HvptHypercallLibNative calls the code page that the hypercall MSR
  names; HvptHypercallLibVtd, for tests, carries out the calls on QEMU's VT-d.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#ifndef HVPT_HYPERCALL_LIB_H_
#define HVPT_HYPERCALL_LIB_H_

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
  );

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
  );

/**
  Ends the library: after a start that failed, or at ExitBootServices when the
  last call was made.

  @param[in]  Exiting  TRUE at ExitBootServices: nothing is freed.
**/
VOID
EFIAPI
HvptHypercallStop (
  IN BOOLEAN  Exiting
  );

#endif
