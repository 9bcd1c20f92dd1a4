/** @file
  ExitBootServices: when the driver does what.

  Drivers stop their devices in handlers of the event group, at TPL_NOTIFY and at
  TPL_CALLBACK, in an order that nobody promises. They may take access away
  there. So the driver hands over later: its handler at TPL_CALLBACK signals an
  event of its own, at the same TPL. All handlers of the group were queued
  before that, so it comes after them.

  Memory must not be touched from the first handler on. Two handlers at
  TPL_NOTIFY say that it has begun, one as old as the driver, one as young as
  ReadyToBoot: edk2 notifies the youngest first, and nothing says that others do.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "HvptIoMmuDxe.h"
#include <Guid/EventGroup.h>

STATIC EFI_EVENT  mReady   = NULL;
STATIC EFI_EVENT  mOldest  = NULL;
STATIC EFI_EVENT  mNewest  = NULL;
STATIC EFI_EVENT  mSignal  = NULL;
STATIC EFI_EVENT  mLate    = NULL;

/**
  The first to come: memory is not touched any more.

  @param[in]  Event    Not used.
  @param[in]  Context  Not used.
**/
STATIC
VOID
EFIAPI
OnExiting (
  IN EFI_EVENT  Event,
  IN VOID       *Context
  )
{
  if (gHvptPhase == HvptRunning) {
    gHvptPhase = HvptExiting;
  }
}

/**
  Closes an event, if there is one.

  @param[in,out]  Event  The event.
**/
STATIC
VOID
Close (
  IN OUT EFI_EVENT  *Event
  )
{
  if (*Event != NULL) {
    gBS->CloseEvent (*Event);
    *Event = NULL;
  }
}

/**
  Creates an event of the group of ExitBootServices.

  @param[in]   Tpl      Of its handler.
  @param[in]   Handler  The handler.
  @param[out]  Event    The event.

  @retval EFI_SUCCESS  Created.
  @return Why not.
**/
STATIC
EFI_STATUS
CreateInGroup (
  IN  EFI_TPL           Tpl,
  IN  EFI_EVENT_NOTIFY  Handler,
  OUT EFI_EVENT         *Event
  )
{
  return gBS->CreateEventEx (
                EVT_NOTIFY_SIGNAL,
                Tpl,
                Handler,
                NULL,
                &gEfiEventExitBootServicesGuid,
                Event
                );
}

/**
  ReadyToBoot: drivers have created their events. Makes the younger of the two
  anew. Without memory the older has to do.

  @param[in]  Event    Not used.
  @param[in]  Context  Not used.
**/
STATIC
VOID
EFIAPI
OnReadyToBoot (
  IN EFI_EVENT  Event,
  IN VOID       *Context
  )
{
  Close (&mNewest);
  if (EFI_ERROR (CreateInGroup (TPL_NOTIFY, OnExiting, &mNewest))) {
    mNewest = NULL;
  }
}

/**
  The second: the third is queued behind the other drivers' handlers.

  @param[in]  Event    Not used.
  @param[in]  Context  Not used.
**/
STATIC
VOID
EFIAPI
OnSignal (
  IN EFI_EVENT  Event,
  IN VOID       *Context
  )
{
  gBS->SignalEvent (mLate);
}

/**
  The third, behind all other drivers' handlers: hands over.

  @param[in]  Event    Not used.
  @param[in]  Context  Not used.
**/
STATIC
VOID
EFIAPI
OnLate (
  IN EFI_EVENT  Event,
  IN VOID       *Context
  )
{
  if (gHvptPhase == HvptHandedOver) {
    return;
  }

  gHvptPhase = HvptExiting;
  DEBUG ((
    DEBUG_INFO,
    "hvpt: maps %ld bytes %ld bounced %ld copied %ld unmaps %ld accesses %ld\n",
    gHvptCounts.Maps,
    gHvptCounts.Bytes,
    gHvptCounts.Bounced,
    gHvptCounts.Copied,
    gHvptCounts.Unmaps,
    gHvptCounts.SetAttributes
    ));
  HvptHandOver (PcdGet8 (PcdHvptExitPolicy));
  HvptHypercallStop (TRUE);
  gHvptPhase = HvptHandedOver;
}

/**
  Closes the events, after a start that failed.
**/
VOID
HvptExitDone (
  VOID
  )
{
  Close (&mReady);
  Close (&mOldest);
  Close (&mNewest);
  Close (&mSignal);
  Close (&mLate);
}

/**
  Creates the events for ExitBootServices.

  @retval EFI_SUCCESS  Created.
  @return Why not; none is left then.
**/
EFI_STATUS
HvptExitInit (
  VOID
  )
{
  EFI_STATUS  Status;

  Status = gBS->CreateEvent (EVT_NOTIFY_SIGNAL, TPL_CALLBACK, OnLate, NULL, &mLate);
  if (!EFI_ERROR (Status)) {
    Status = CreateInGroup (TPL_NOTIFY, OnExiting, &mOldest);
  }

  if (!EFI_ERROR (Status)) {
    Status = CreateInGroup (TPL_CALLBACK, OnSignal, &mSignal);
  }

  if (!EFI_ERROR (Status)) {
    Status = gBS->CreateEventEx (
                    EVT_NOTIFY_SIGNAL,
                    TPL_CALLBACK,
                    OnReadyToBoot,
                    NULL,
                    &gEfiEventReadyToBootGuid,
                    &mReady
                    );
  }

  if (EFI_ERROR (Status)) {
    HvptExitDone ();
  }

  return Status;
}
