/** @file
  Start of the driver.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "HvptIoMmuDxe.h"

STATIC VOID     *mCallPage = NULL;
STATIC BOOLEAN  mLent      = FALSE;

/**
  Transport hook: lends the call page, at TPL_NOTIFY.

  @param[in]   Context  Not used.
  @param[out]  Page     Gets the addresses of the call page.

  @retval true   It is lent.
  @retval false  It is lent already; the TPL is as it was.
**/
STATIC
bool
Borrow (
  IN  VOID                   *Context,
  OUT struct hvpt_call_page  *Page
  )
{
  Page->cookie = gBS->RaiseTPL (TPL_NOTIFY);
  if (mLent) {
    gBS->RestoreTPL ((EFI_TPL)Page->cookie);
    return false;
  }

  mLent     = TRUE;
  Page->va  = mCallPage;
  Page->gpa = hvpt_gpa ((UINTN)mCallPage);
  return true;
}

/**
  Transport hook: makes the hypercall.

  @param[in]  Context  Not used.
  @param[in]  Control  The hypercall's control word.
  @param[in]  Input    Address of the input page.
  @param[in]  Output   Address of the output page.

  @return The hypercall's result word.
**/
STATIC
uint64_t
Issue (
  IN VOID        *Context,
  IN uint64_t    Control,
  IN hvpt_gpa_t  Input,
  IN hvpt_gpa_t  Output
  )
{
  return HvptHypercallIssue (Control, Input.value, Output.value);
}

/**
  Transport hook: takes the call page back.

  @param[in]  Context  Not used.
  @param[in]  Page     As borrowed.
**/
STATIC
VOID
GiveBack (
  IN VOID                   *Context,
  IN struct hvpt_call_page  *Page
  )
{
  mLent = FALSE;
  gBS->RestoreTPL ((EFI_TPL)Page->cookie);
}

STATIC CONST struct hvpt_transport_ops  mTransportOps = {
  .borrow    = Borrow,
  .issue     = Issue,
  .give_back = GiveBack
};

/**
  Prepares the pvIOMMU, and what is needed to use it.

  @retval EFI_SUCCESS      Done.
  @retval EFI_UNSUPPORTED  No Hyper-V, no pvIOMMU, or none with stage 1.
  @return Why something else failed.
**/
STATIC
EFI_STATUS
Start (
  VOID
  )
{
  struct hvpt_transport  Transport;
  EFI_PHYSICAL_ADDRESS   Address;
  EFI_STATUS             Status;

  Status = gBS->AllocatePages (AllocateAnyPages, EfiBootServicesData, 1, &Address);
  if (EFI_ERROR (Status)) {
    return EFI_OUT_OF_RESOURCES;
  }

  mCallPage     = (VOID *)(UINTN)Address;
  Transport.ops = &mTransportOps;
  Transport.ctx = NULL;
  Status        = HvptDevicesInit (&Transport);
  if (EFI_ERROR (Status)) {
    gBS->FreePages (Address, 1);
    mCallPage = NULL;
  }

  return Status;
}

/**
  Installs the table, the events for ExitBootServices and the protocol. This
  cannot be undone, because callers keep the pointer.

  @retval EFI_SUCCESS  Installed.
  @return Why not; nothing is installed then.
**/
STATIC
EFI_STATUS
Install (
  VOID
  )
{
  EFI_STATUS  Status;
  EFI_HANDLE  Handle;

  Status = HvptTableInit ();
  if (EFI_ERROR (Status)) {
    return Status;
  }

  Handle = NULL;
  Status = HvptExitInit ();
  if (!EFI_ERROR (Status)) {
    Status = gBS->InstallMultipleProtocolInterfaces (
                    &Handle,
                    &gEdkiiIoMmuProtocolGuid,
                    &gHvptIoMmu,
                    NULL
                    );
  }

  if (EFI_ERROR (Status)) {
    HvptExitDone ();
    HvptTableDone ();
  }

  return Status;
}

/**
  Entry point of the driver.

  @param[in]  ImageHandle  The image.
  @param[in]  SystemTable  The system table.

  @retval EFI_SUCCESS      The protocol is installed.
  @retval EFI_UNSUPPORTED  There is no pvIOMMU that this driver can use, or
                           another driver has installed the protocol.
  @retval others           Out of memory, or the hypervisor refused.
**/
EFI_STATUS
EFIAPI
HvptIoMmuEntry (
  IN EFI_HANDLE        ImageHandle,
  IN EFI_SYSTEM_TABLE  *SystemTable
  )
{
  EFI_STATUS  Status;
  VOID        *Other;

  if (!EFI_ERROR (gBS->LocateProtocol (&gEdkiiIoMmuProtocolGuid, NULL, &Other))) {
    DEBUG ((DEBUG_ERROR, "hvpt: another driver has installed the IOMMU protocol\n"));
    return EFI_UNSUPPORTED;
  }

  Status = HvptHypercallStart ();
  if (EFI_ERROR (Status)) {
    return Status;
  }

  Status = Start ();
  if (!EFI_ERROR (Status)) {
    Status = Install ();
    if (EFI_ERROR (Status)) {
      HvptDeleteSpecialDomains ();
      gBS->FreePages ((UINTN)mCallPage, 1);
    }
  }

  if (EFI_ERROR (Status)) {
    DEBUG ((DEBUG_INFO, "hvpt: not started: %r\n", Status));
    HvptHypercallStop (FALSE);
    return Status;
  }

  DEBUG ((DEBUG_INFO, "hvpt: started, devices reach up to %lx\n", HvptLastAddress ()));
  return EFI_SUCCESS;
}
