/** @file
  Hypercalls through the code page that the hypercall MSR names.

  Hyper-V's firmware has already enabled the interface; its page is used and
  left as it is. If nobody has enabled it, the library enables a page, and
  disables it at the end.

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

STATIC BOOLEAN  mPlaced   = FALSE;
STATIC BOOLEAN  mNamed    = FALSE;
STATIC UINT64   mBefore   = 0;

/**
  Reads a CPUID leaf in the form that the library needs.

  @param[in]   Leaf  Its number.
  @param[out]  Out   The four registers.
**/
STATIC
VOID
ReadLeaf (
  IN  UINT32             Leaf,
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

  ReadLeaf (HVPT_CPUID_FEATURES, &Leaves.features);
  ReadLeaf (HVPT_CPUID_HV_MAX, &Leaves.hv_max);
  ReadLeaf (HVPT_CPUID_HV_INTERFACE, &Leaves.hv_interface);
  ReadLeaf (HVPT_CPUID_HV_FEATURES, &Leaves.hv_features);
  ReadLeaf (HVPT_CPUID_HV_ADVICE, &Leaves.hv_advice);
  ReadLeaf (HVPT_CPUID_HV_HARDWARE, &Leaves.hv_hardware);
  ReadLeaf (HVPT_CPUID_HV_SVM, &Leaves.hv_svm);
  ReadLeaf (HVPT_CPUID_HV_ISOLATION, &Leaves.hv_isolation);
  Status = hvpt_discover (&Leaves, &Host);
  if ((Status == HVPT_OK) && (Host.isolation != HVPT_ISOLATION_NONE)) {
    //
    // A paravisor may forward calls. But it is not documented whether the
    // hypervisor can read tables in private memory.
    //
    Status = HVPT_ERR_ISOLATED;
  }

  if (Status == HVPT_OK) {
    return EFI_SUCCESS;
  }

  DEBUG ((DEBUG_INFO, "hvpt: no hypercalls here: %a\n", hvpt_status_name (Status)));
  return EFI_UNSUPPORTED;
}

/**
  Enables a hypercall page of the driver's own.

  @retval EFI_SUCCESS           Enabled.
  @retval EFI_OUT_OF_RESOURCES  No memory.
  @retval EFI_DEVICE_ERROR      The hypervisor does not accept it.
**/
STATIC
EFI_STATUS
PlacePage (
  VOID
  )
{
  EFI_PHYSICAL_ADDRESS  Address;
  EFI_STATUS            Status;
  uint64_t              Msr;

  Status = gBS->AllocatePages (AllocateAnyPages, EfiBootServicesCode, 1, &Address);
  if (EFI_ERROR (Status)) {
    return EFI_OUT_OF_RESOURCES;
  }

  mBefore = AsmReadMsr64 (HVPT_MSR_HYPERCALL);
  if (hvpt_hypercall_msr_place (mBefore, hvpt_gpa (Address), &Msr) == HVPT_OK) {
    if (AsmReadMsr64 (HVPT_MSR_GUEST_OS_ID) == 0) {
      AsmWriteMsr64 (HVPT_MSR_GUEST_OS_ID, hvpt_guest_os_id (0, 0, HVPT_VERSION_MINOR, 0));
      mNamed = TRUE;
    }

    AsmWriteMsr64 (HVPT_MSR_HYPERCALL, Msr);
    mPlaced = TRUE;
    if (hvpt_hypercall_msr_enabled (AsmReadMsr64 (HVPT_MSR_HYPERCALL))) {
      return EFI_SUCCESS;
    }

    HvptHypercallStop ();
  }

  DEBUG ((DEBUG_ERROR, "hvpt: the hypercall page cannot be placed\n"));
  gBS->FreePages (Address, 1);
  return EFI_UNSUPPORTED;
}

/**
  Finds the hypervisor and prepares to call it.

  Called once, at TPL_APPLICATION, before any other function.

  @retval EFI_SUCCESS           Hypercalls can be made.
  @retval EFI_UNSUPPORTED       No Hyper-V, no right to make hypercalls, or
                                an isolated VM. A DEBUG line says which.
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

  if (hvpt_hypercall_msr_enabled (AsmReadMsr64 (HVPT_MSR_HYPERCALL))) {
    return EFI_SUCCESS;
  }

  return PlacePage ();
}

/**
  Makes one memory-based hypercall.

  Any TPL up to TPL_NOTIFY; allocates nothing.

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
  UINT64               Msr;
  HVPT_HYPERCALL_PAGE  Page;

  //
  // Read each time: its owner disables it at ExitBootServices.
  //
  Msr = AsmReadMsr64 (HVPT_MSR_HYPERCALL);
  if (!hvpt_hypercall_msr_enabled (Msr)) {
    return HVPT_HV_NO_HYPERCALL;
  }

  Page = (HVPT_HYPERCALL_PAGE)(UINTN)hvpt_hypercall_msr_page (Msr).value;
  return Page (Control, Input, Output);
}

/**
  Undoes what HvptHypercallStart() set up, and nothing that existed before.

  Called at ExitBootServices, at TPL_NOTIFY; allocates and frees nothing.
**/
VOID
EFIAPI
HvptHypercallStop (
  VOID
  )
{
  if (mPlaced) {
    AsmWriteMsr64 (HVPT_MSR_HYPERCALL, mBefore);
    mPlaced = FALSE;
  }

  if (mNamed) {
    AsmWriteMsr64 (HVPT_MSR_GUEST_OS_ID, 0);
    mNamed = FALSE;
  }
}
