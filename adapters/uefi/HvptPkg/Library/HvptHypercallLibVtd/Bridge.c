/** @file
  The calls of the hypervisor inside the driver, for tests.

  It decodes the bytes of a call with offsets of its own, and refuses malformed
  calls. Device ids are PCI locations on bus 0. A device that was never
  attached reaches all of memory; one that was detached is blocked.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "Bridge.h"
#include <Library/BaseLib.h>

#define CAPS           0x5
#define PAGE_SIZES     0x40201000
#define IOVA_WIDTH     48
#define PROPERTY       10

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
  if (In[0] != BRIDGE_SELF) {
    return HV_INVALID_PARTITION;
  }

  if ((In[1] != 0) || ((UINT32)In[2] != 1)) {
    return HV_INVALID_INPUT;
  }

  *Id = (UINT32)RShiftU64 (In[2], 32);
  if ((*Id == 0) || (*Id == MAX_UINT32)) {
    return HV_INVALID_PARAMETER;
  }

  *Domain = BridgeFindDomain (*Id);
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
  if ((In[0] != BRIDGE_SELF) || (In[1] != 0)) {
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
  if (In[0] != BRIDGE_SELF) {
    return HV_INVALID_PARTITION;
  }

  if (In[2] != PROPERTY) {
    return HV_INVALID_PARAMETER;
  }

  if (In[1] >= BRIDGE_FUNCTIONS) {
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
    return BridgeCreate (Id, In[3], Domain);
  }

  if (Domain == NULL) {
    return HV_INVALID_PARAMETER;
  }

  switch (Code) {
    case CALL_CONFIGURE:
      return BridgeConfigure (Domain, In[3], In[4]);
    case CALL_ATTACH:
      return BridgeAttach (Domain, In[3]);
    case CALL_DELETE:
      return BridgeDelete (Domain);
    case CALL_FLUSH_LIST:
      return BridgeFlushList (Domain, In, Start, Count);
    default:
      return BridgeFlushAll (Domain);
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
      return BridgeDetach (In);
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
