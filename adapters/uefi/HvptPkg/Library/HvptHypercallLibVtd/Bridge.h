/** @file
  The calls of the hypervisor inside the driver, for tests.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#ifndef HVPT_BRIDGE_H_
#define HVPT_BRIDGE_H_

#include <Uefi.h>
#include "Left.h"

//
// Call codes and statuses: docs/SPEC.md of hvpt.
//
#define CALL_CREATE        0xb1
#define CALL_ATTACH        0xb2
#define CALL_DETACH        0xc4
#define CALL_DELETE        0xc5
#define CALL_CONFIGURE     0xce
#define CALL_FLUSH         0xd0
#define CALL_FLUSH_LIST    0xd1
#define CALL_GET_CAPS      0x125
#define CALL_GET_PROPERTY  0x127

#define HV_SUCCESS            0x00
#define HV_INVALID_CODE       0x02
#define HV_INVALID_INPUT      0x03
#define HV_INVALID_PARAMETER  0x05
#define HV_INVALID_PARTITION  0x0d
#define HV_IN_USE             0x19
#define HV_NO_DOMAINS         0x38
#define HV_INVALID_DEVICE     0x57
#define HV_EXISTS             0x65
#define HV_ALREADY_THERE      0x66

//
// A guest's own partition; the functions of bus 0, which are all devices.
//
#define BRIDGE_SELF       MAX_UINT64
#define BRIDGE_FUNCTIONS  HVPT_LEFT_FUNCTIONS

typedef struct {
  UINT32     Id;
  BOOLEAN    Configured;
  UINTN      Kind;
  UINT64     Root;
} BRIDGE_DOMAIN;

/**
  Finds a domain by its id.

  @param[in]  Id  The id.

  @return NULL when there is none.
**/
BRIDGE_DOMAIN *
BridgeFindDomain (
  IN UINT32  Id
  );

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
  );

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
  );

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
  );

/**
  DETACH_DEVICE_DOMAIN.

  @param[in]  In  The call's input.

  @return The hypervisor's status.
**/
UINTN
BridgeDetach (
  IN CONST UINT64  *In
  );

/**
  DELETE_DEVICE_DOMAIN.

  @param[in,out]  Domain  The domain.

  @return The hypervisor's status.
**/
UINTN
BridgeDelete (
  IN OUT BRIDGE_DOMAIN  *Domain
  );

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
  );

/**
  FLUSH_DEVICE_DOMAIN.

  @param[in]  Domain  The domain.

  @return The hypervisor's status.
**/
UINTN
BridgeFlushAll (
  IN CONST BRIDGE_DOMAIN  *Domain
  );

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
  );

/**
  Returns how many calls so far were flushes.

  @return The count.
**/
UINTN
BridgeFlushes (
  VOID
  );

/**
  Writes down all domains, and which devices are in them.

  @param[out]  Left  Gets them.
**/
VOID
BridgeLeave (
  OUT HVPT_LEFT  *Left
  );

#endif
