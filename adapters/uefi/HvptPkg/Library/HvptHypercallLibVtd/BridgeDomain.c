/** @file
  The domains of the hypervisor inside the driver, for tests.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "Bridge.h"
#include "Vtd.h"
#include <Library/BaseLib.h>
#include <Library/BaseMemoryLib.h>

#define LIST_AT        4
#define LIST_MAX       508
#define DOMAINS        HVPT_LEFT_DOMAINS

STATIC BRIDGE_DOMAIN  mDomains[DOMAINS];
STATIC UINT8          mIn[BRIDGE_FUNCTIONS];   // domain of a function, plus 1
STATIC UINTN          mFlushes;

/**
  Finds a domain by its id.

  @param[in]  Id  The id.

  @return NULL when there is none.
**/
BRIDGE_DOMAIN *
BridgeFindDomain (
  IN UINT32  Id
  )
{
  UINTN  Index;

  for (Index = 0; Index < DOMAINS; Index++) {
    if (mDomains[Index].Id == Id) {
      return &mDomains[Index];
    }
  }

  return NULL;
}

/**
  Returns the tag of a domain in the VT-d's caches.

  @param[in]  Domain  The domain.

  @return The tag; not 0.
**/
STATIC
UINT16
TagOf (
  IN CONST BRIDGE_DOMAIN  *Domain
  )
{
  return (UINT16)(Domain - mDomains + 1);
}

/**
  CREATE_DEVICE_DOMAIN.

  @param[in]  Id        The id of the new domain.
  @param[in]  Flags     As in the call.
  @param[in]  Existing  The domain that has the id, or NULL.

  @return The hypervisor's status.
**/
UINTN
BridgeCreate (
  IN UINT32        Id,
  IN UINT64        Flags,
  IN CONST VOID    *Existing
  )
{
  BRIDGE_DOMAIN  *Domain;

  if (Flags != 1) {
    return HV_INVALID_INPUT;
  }

  if (Existing != NULL) {
    return HV_EXISTS;
  }

  Domain = BridgeFindDomain (0);
  if (Domain == NULL) {
    return HV_NO_DOMAINS;
  }

  ZeroMem (Domain, sizeof (*Domain));
  Domain->Id = Id;
  return HV_SUCCESS;
}

/**
  CONFIGURE_DEVICE_DOMAIN.

  @param[in,out]  Domain  The domain.
  @param[in]      Flags   As in the call.
  @param[in]      Root    Address of the root table.

  @return The hypervisor's status.
**/
UINTN
BridgeConfigure (
  IN OUT BRIDGE_DOMAIN  *Domain,
  IN     UINT64         Flags,
  IN     UINT64         Root
  )
{
  if (((Flags != 0) && (Flags != 1) && (Flags != 3)) ||
      ((Flags == 1) != (Root != 0)) || ((Root & EFI_PAGE_MASK) != 0))
  {
    return HV_INVALID_PARAMETER;
  }

  Domain->Kind = VTD_BLOCKED;
  if (Flags != 3) {
    Domain->Kind = (Flags == 1) ? VTD_FIRST_STAGE : VTD_PASS_THROUGH;
  }

  Domain->Root       = Root;
  Domain->Configured = TRUE;
  return HV_SUCCESS;
}

/**
  ATTACH_DEVICE_DOMAIN.

  @param[in]  Domain  The domain.
  @param[in]  Device  Logical device id.

  @return The hypervisor's status.
**/
UINTN
BridgeAttach (
  IN CONST BRIDGE_DOMAIN  *Domain,
  IN UINT64               Device
  )
{
  UINT16  Tag;

  if (Device >= BRIDGE_FUNCTIONS) {
    return HV_INVALID_DEVICE;
  }

  if (!Domain->Configured) {
    return HV_INVALID_PARAMETER;
  }

  Tag = TagOf (Domain);
  if (mIn[Device] == Tag) {
    return HV_ALREADY_THERE;
  }

  mIn[Device] = (UINT8)Tag;
  VtdSetContext ((UINT16)Device, Domain->Kind, Tag, Domain->Root);
  return HV_SUCCESS;
}

/**
  DETACH_DEVICE_DOMAIN.

  @param[in]  In  The call's input.

  @return The hypervisor's status.
**/
UINTN
BridgeDetach (
  IN CONST UINT64  *In
  )
{
  if (In[0] != BRIDGE_SELF) {
    return HV_INVALID_PARTITION;
  }

  if ((In[1] >= BRIDGE_FUNCTIONS) || (mIn[In[1]] == 0)) {
    return HV_INVALID_DEVICE;
  }

  VtdSetContext ((UINT16)In[1], VTD_BLOCKED, mIn[In[1]], 0);
  mIn[In[1]] = 0;
  return HV_SUCCESS;
}

/**
  DELETE_DEVICE_DOMAIN.

  @param[in,out]  Domain  The domain.

  @return The hypervisor's status.
**/
UINTN
BridgeDelete (
  IN OUT BRIDGE_DOMAIN  *Domain
  )
{
  UINTN  Index;

  for (Index = 0; Index < BRIDGE_FUNCTIONS; Index++) {
    if (mIn[Index] == TagOf (Domain)) {
      return HV_IN_USE;
    }
  }

  VtdFlush (TagOf (Domain), 0, 64);
  Domain->Id = 0;
  return HV_SUCCESS;
}

/**
  FLUSH_DEVICE_DOMAIN_LIST.

  @param[in]  Domain  The domain.
  @param[in]  In      The call's input.
  @param[in]  Start   The first item to do.
  @param[in]  Count   How many items.

  @return The hypervisor's status.
**/
UINTN
BridgeFlushList (
  IN CONST BRIDGE_DOMAIN  *Domain,
  IN CONST UINT64         *In,
  IN UINTN                Start,
  IN UINTN                Count
  )
{
  UINTN   Index;
  UINT64  Entry;
  UINTN   Order;

  if ((In[3] != 1) || (Count > LIST_MAX) || (Start >= Count)) {
    return HV_INVALID_INPUT;
  }

  for (Index = Start; Index < Count; Index++) {
    Entry = In[LIST_AT + Index];
    Order = (UINTN)(Entry & 0x3f);
    if (((Entry & 0xfc0) != 0) || (Order > 52) ||
        ((RShiftU64 (Entry, 12) & (LShiftU64 (1, Order) - 1)) != 0))
    {
      return HV_INVALID_PARAMETER;
    }
  }

  mFlushes++;
  for (Index = Start; Index < Count; Index++) {
    Entry = In[LIST_AT + Index];
    VtdFlush (TagOf (Domain), Entry & ~(UINT64)EFI_PAGE_MASK, (UINTN)(Entry & 0x3f));
  }

  return HV_SUCCESS;
}

/**
  FLUSH_DEVICE_DOMAIN.

  @param[in]  Domain  The domain.

  @return The hypervisor's status.
**/
UINTN
BridgeFlushAll (
  IN CONST BRIDGE_DOMAIN  *Domain
  )
{
  mFlushes++;
  VtdFlush (TagOf (Domain), 0, 64);
  return HV_SUCCESS;
}

/**
  Returns how many calls so far were flushes.

  @return The count.
**/
UINTN
BridgeFlushes (
  VOID
  )
{
  return mFlushes;
}

/**
  Writes down all domains, and which devices are in them.

  @param[out]  Left  Gets them.
**/
VOID
BridgeLeave (
  OUT HVPT_LEFT  *Left
  )
{
  UINTN  Index;

  for (Index = 0; Index < DOMAINS; Index++) {
    Left->Domain[Index].Id   = mDomains[Index].Id;
    Left->Domain[Index].Kind = (UINT32)mDomains[Index].Kind;
    Left->Domain[Index].Root = mDomains[Index].Root;
  }

  CopyMem (Left->In, mIn, sizeof (mIn));
  Left->Magic = HVPT_LEFT_MAGIC;
}
