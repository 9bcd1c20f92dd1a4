/** @file
  The calls of the hypervisor inside the driver, for tests.

  It decodes the bytes of a call with offsets of its own, and refuses malformed
  calls. Device ids are PCI locations on bus 0. A device in no domain is
  blocked.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "Bridge.h"
#include "Vtd.h"
#include <Library/BaseLib.h>
#include <Library/BaseMemoryLib.h>

#define SELF           MAX_UINT64
#define CAPS           0x5
#define PAGE_SIZES     0x40201000
#define IOVA_WIDTH     48
#define PROPERTY       10
#define LIST_AT        4
#define LIST_MAX       508
#define DOMAINS        64
#define FUNCTIONS      256

typedef struct {
  UINT32     Id;
  BOOLEAN    Configured;
  UINTN      Kind;
  UINT64     Root;
} BRIDGE_DOMAIN;

STATIC BRIDGE_DOMAIN  mDomains[DOMAINS];
STATIC UINT8          mIn[FUNCTIONS];   // domain of a function, plus 1
STATIC UINTN          mFlushes;

/**
  Finds a domain by its id.

  @param[in]  Id  The id.

  @return NULL when there is none.
**/
STATIC
BRIDGE_DOMAIN *
FindDomain (
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
  Decodes the first 24 bytes of most calls: partition, flags, type and id.

  @param[in]   In      The call's input.
  @param[out]  Id      The id of the domain.
  @param[out]  Domain  The domain; NULL when there is none.

  @return The hypervisor's status.
**/
STATIC
UINTN
ReadHeader (
  IN  CONST UINT64   *In,
  OUT UINT32         *Id,
  OUT BRIDGE_DOMAIN  **Domain
  )
{
  if (In[0] != SELF) {
    return HV_INVALID_PARTITION;
  }

  if ((In[1] != 0) || ((UINT32)In[2] != 1)) {
    return HV_INVALID_INPUT;
  }

  *Id = (UINT32)RShiftU64 (In[2], 32);
  if ((*Id == 0) || (*Id == MAX_UINT32)) {
    return HV_INVALID_PARAMETER;
  }

  *Domain = FindDomain (*Id);
  return HV_SUCCESS;
}

/**
  CREATE_DEVICE_DOMAIN.

  @param[in]  Id        The id of the new domain.
  @param[in]  Flags     As in the call.
  @param[in]  Existing  The domain that has the id, or NULL.

  @return The hypervisor's status.
**/
STATIC
UINTN
Create (
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

  Domain = FindDomain (0);
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
STATIC
UINTN
Configure (
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
STATIC
UINTN
Attach (
  IN CONST BRIDGE_DOMAIN  *Domain,
  IN UINT64               Device
  )
{
  UINT16  Tag;

  if (Device >= FUNCTIONS) {
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
STATIC
UINTN
Detach (
  IN CONST UINT64  *In
  )
{
  if (In[0] != SELF) {
    return HV_INVALID_PARTITION;
  }

  if ((In[1] >= FUNCTIONS) || (mIn[In[1]] == 0)) {
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
STATIC
UINTN
Delete (
  IN OUT BRIDGE_DOMAIN  *Domain
  )
{
  UINTN  Index;

  for (Index = 0; Index < FUNCTIONS; Index++) {
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
STATIC
UINTN
FlushList (
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
 #ifndef HVPT_VTD_DROP_FLUSHES
  for (Index = Start; Index < Count; Index++) {
    Entry = In[LIST_AT + Index];
    VtdFlush (TagOf (Domain), Entry & ~(UINT64)EFI_PAGE_MASK, (UINTN)(Entry & 0x3f));
  }

 #endif
  return HV_SUCCESS;
}

/**
  GET_IOMMU_CAPABILITIES.

  @param[in]   In   The call's input.
  @param[out]  Out  The call's output.

  @return The hypervisor's status.
**/
STATIC
UINTN
GetCaps (
  IN  CONST UINT64  *In,
  OUT UINT64        *Out
  )
{
  if ((In[0] != SELF) || (In[1] != 0)) {
    return HV_INVALID_INPUT;
  }

  Out[0] = 24 | LShiftU64 (IOVA_WIDTH, 48);
  Out[1] = CAPS;
  Out[2] = PAGE_SIZES;
  return HV_SUCCESS;
}

/**
  GET_LOGICAL_DEVICE_PROPERTY.

  @param[in]   In   The call's input.
  @param[out]  Out  The call's output.

  @return The hypervisor's status.
**/
STATIC
UINTN
GetProperty (
  IN  CONST UINT64  *In,
  OUT UINT64        *Out
  )
{
  if (In[0] != SELF) {
    return HV_INVALID_PARTITION;
  }

  if (In[2] != PROPERTY) {
    return HV_INVALID_PARAMETER;
  }

  if (In[1] >= FUNCTIONS) {
    return HV_INVALID_DEVICE;
  }

  Out[0] = 1;
  Out[1] = 0;
  return HV_SUCCESS;
}

/**
  Carries out the calls that name a domain.

  @param[in]  Code   Of the call.
  @param[in]  In     The call's input.
  @param[in]  Start  The first item to do.
  @param[in]  Count  How many items.

  @return The hypervisor's status.
**/
STATIC
UINTN
OnDomain (
  IN UINTN         Code,
  IN CONST UINT64  *In,
  IN UINTN         Start,
  IN UINTN         Count
  )
{
  BRIDGE_DOMAIN  *Domain;
  UINT32         Id;
  UINTN          Status;

  Status = ReadHeader (In, &Id, &Domain);
  if (Status != HV_SUCCESS) {
    return Status;
  }

  if (Code == CALL_CREATE) {
    return Create (Id, In[3], Domain);
  }

  if (Domain == NULL) {
    return HV_INVALID_PARAMETER;
  }

  switch (Code) {
    case CALL_CONFIGURE:
      return Configure (Domain, In[3], In[4]);
    case CALL_ATTACH:
      return Attach (Domain, In[3]);
    case CALL_DELETE:
      return Delete (Domain);
    case CALL_FLUSH_LIST:
      return FlushList (Domain, In, Start, Count);
    default:
      mFlushes++;
 #ifndef HVPT_VTD_DROP_FLUSHES
      VtdFlush (TagOf (Domain), 0, 64);
 #endif
      return HV_SUCCESS;
  }
}

/**
  Carries out one call.

  @param[in]   Code   Of the call.
  @param[in]   In     Its input.
  @param[out]  Out    Its output, if it has one.
  @param[in]   Start  First element of a rep call.
  @param[in]   Count  Of its elements.

  @return HV_*.
**/
UINTN
BridgeCall (
  IN  UINTN         Code,
  IN  CONST UINT64  *In,
  OUT UINT64        *Out,
  IN  UINTN         Start,
  IN  UINTN         Count
  )
{
  switch (Code) {
    case CALL_GET_CAPS:
      return GetCaps (In, Out);
    case CALL_GET_PROPERTY:
      return GetProperty (In, Out);
    case CALL_DETACH:
      return Detach (In);
    case CALL_CREATE:
    case CALL_CONFIGURE:
    case CALL_ATTACH:
    case CALL_DELETE:
    case CALL_FLUSH:
    case CALL_FLUSH_LIST:
      return OnDomain (Code, In, Start, Count);
    default:
      return HV_INVALID_CODE;
  }
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
