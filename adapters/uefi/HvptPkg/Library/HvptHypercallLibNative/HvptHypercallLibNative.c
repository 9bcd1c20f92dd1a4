/** @file
  Hypercalls through the code page that the hypercall MSR names.

  Hyper-V's firmware enables a page, in a driver of its own, and disables it at
  ExitBootServices. While it is enabled it is used, and left as it is. Before
  and after, each call enables a page of the library's, and disables it again:
  between calls nobody finds a page that is not his. So the firmware's driver
  may start before this one or after it.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include <Uefi.h>
#include <Library/BaseLib.h>
#include <Library/DebugLib.h>
#include <Library/UefiBootServicesTableLib.h>
#include <Library/HvptHypercallLib.h>
#include <Library/HvptLib.h>

//
// TLFS: control in RCX, input in RDX, output in R8, result in RAX. The calling
// convention of UEFI is the same.
//
typedef
UINT64
(EFIAPI *HVPT_HYPERCALL_PAGE)(
  IN UINT64  Control,
  IN UINT64  Input,
  IN UINT64  Output
  );

//
// Page is for calls that find no page enabled. While it is, Before is what the
// MSR was, and Named says that the guest OS id was 0.
//
STATIC EFI_PHYSICAL_ADDRESS  mPage   = 0;
STATIC UINT64                mBefore = 0;
STATIC BOOLEAN               mNamed  = FALSE;

/**
  Reads a CPUID leaf in the form that the library needs.

  @param[in]   Leaf  Its number.
  @param[out]  Out   The four registers.
**/
STATIC
VOID
ReadLeaf (
  IN  uint32_t           Leaf,
  OUT struct hvpt_cpuid  *Out
  )
{
  AsmCpuid (Leaf, &Out->eax, &Out->ebx, &Out->ecx, &Out->edx);
}

/**
  Is there a Hyper-V that allows hypercalls?

  @retval EFI_SUCCESS      There is.
  @retval EFI_UNSUPPORTED  There is not.
**/
STATIC
EFI_STATUS
FindHypervisor (
  VOID
  )
{
  struct hvpt_cpuid_leaves  Leaves;
  struct hvpt_host          Host;
  enum hvpt_status          Status;

  hvpt_cpuid_read (&Leaves, ReadLeaf);
  Status = hvpt_discover (&Leaves, &Host);
  if ((Status == HVPT_OK) && (Host.isolation != HVPT_ISOLATION_NONE)) {
    //
    // A paravisor may forward calls. But it is not documented whether the
    // hypervisor can read tables in private memory.
    //
    Status = HVPT_ERR_ISOLATED;
  }

  if ((Status == HVPT_OK) && Host.gpa_pinning) {
    //
    // The layout of the hypercall that pins is not public. The platform's own
    // driver makes it.
    //
    DEBUG ((DEBUG_INFO, "hvpt: the platform wants DMA memory pinned: left to its own driver\n"));
    return EFI_UNSUPPORTED;
  }

  if (Status == HVPT_OK) {
    return EFI_SUCCESS;
  }

  DEBUG ((DEBUG_INFO, "hvpt: no hypercalls here: %a\n", hvpt_status_name (Status)));
  return EFI_UNSUPPORTED;
}

/**
  Disables the library's page, and puts back what was there before.
**/
STATIC
VOID
DisablePage (
  VOID
  )
{
  AsmWriteMsr64 (HVPT_MSR_HYPERCALL, mBefore);
  if (mNamed) {
    AsmWriteMsr64 (HVPT_MSR_GUEST_OS_ID, 0);
    mNamed = FALSE;
  }
}

/**
  Enables the library's page.

  @retval TRUE   It is enabled.
  @retval FALSE  The MSR is locked, or does not take it; it is as it was.
**/
STATIC
BOOLEAN
EnablePage (
  VOID
  )
{
  uint64_t  Msr;

  mBefore = AsmReadMsr64 (HVPT_MSR_HYPERCALL);
  if (hvpt_hypercall_msr_place (mBefore, hvpt_gpa (mPage), &Msr) != HVPT_OK) {
    return FALSE;
  }

  if (AsmReadMsr64 (HVPT_MSR_GUEST_OS_ID) == 0) {
    AsmWriteMsr64 (HVPT_MSR_GUEST_OS_ID, hvpt_guest_os_id (0, 0, HVPT_VERSION_MINOR, 0));
    mNamed = TRUE;
  }

  AsmWriteMsr64 (HVPT_MSR_HYPERCALL, Msr);
  if (hvpt_hypercall_msr_enabled (AsmReadMsr64 (HVPT_MSR_HYPERCALL))) {
    return TRUE;
  }

  DisablePage ();
  return FALSE;
}

/**
  Tries whether calls could be made if nobody had enabled a page.

  @retval TRUE   They could, or a page is enabled.
  @retval FALSE  They could not.
**/
STATIC
BOOLEAN
TryPage (
  VOID
  )
{
  if (hvpt_hypercall_msr_enabled (AsmReadMsr64 (HVPT_MSR_HYPERCALL))) {
    return TRUE;
  }

  if (!EnablePage ()) {
    return FALSE;
  }

  DisablePage ();
  return TRUE;
}

/**
  Finds the hypervisor and prepares to make hypercalls.

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
  EFI_STATUS  Status;

  Status = FindHypervisor ();
  if (EFI_ERROR (Status)) {
    return Status;
  }

  if (EFI_ERROR (gBS->AllocatePages (AllocateAnyPages, EfiBootServicesCode, 1, &mPage))) {
    return EFI_OUT_OF_RESOURCES;
  }

  if (TryPage ()) {
    return EFI_SUCCESS;
  }

  DEBUG ((DEBUG_ERROR, "hvpt: the hypercall page cannot be placed\n"));
  HvptHypercallStop (FALSE);
  return EFI_UNSUPPORTED;
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
  UINT64   Msr;
  UINT64   Result;
  BOOLEAN  Own;

  //
  // Looked at each time: the firmware's driver enables its page and disables
  // it when it likes.
  //
  Msr = AsmReadMsr64 (HVPT_MSR_HYPERCALL);
  Own = !hvpt_hypercall_msr_enabled (Msr);
  if (Own) {
    if (!EnablePage ()) {
      return HVPT_HV_NO_HYPERCALL;
    }

    Msr = AsmReadMsr64 (HVPT_MSR_HYPERCALL);
  }

  Result = ((HVPT_HYPERCALL_PAGE)(UINTN)hvpt_hypercall_msr_page (Msr).value)(Control, Input, Output);
  if (Own) {
    DisablePage ();
  }

  return Result;
}

/**
  Ends the library. Nothing of it is enabled.

  @param[in]  Exiting  TRUE at ExitBootServices: nothing is freed.
**/
VOID
EFIAPI
HvptHypercallStop (
  IN BOOLEAN  Exiting
  )
{
  if (!Exiting) {
    gBS->FreePages (mPage, 1);
  }
}
