/** @file
  Devices and their domains.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#ifndef HVPT_DEVICE_H_
#define HVPT_DEVICE_H_

#include <Uefi.h>
#include <Library/HvptLib.h>

//
// Values of PcdHvptExitPolicy: where devices are left for the OS.
//
#define HVPT_EXIT_IDENTITY  0
#define HVPT_EXIT_BLOCKED   1
#define HVPT_EXIT_DETACHED  2
#define HVPT_EXIT_KEEP      3

typedef struct _HVPT_GRANT  HVPT_GRANT;
typedef struct _HVPT_DEVICE HVPT_DEVICE;

//
// Pending is what was taken away and is not flushed yet. It is empty but after
// a flush that failed.
//
struct _HVPT_DEVICE {
  HVPT_DEVICE           *Next;
  UINT64                Id;
  BOOLEAN               HasDomain;
  BOOLEAN               Attached;
  HVPT_GRANT            *Grants;
  struct hvpt_device    Device;
  struct hvpt_domain    Domain;
  struct hvpt_gather    Pending;
};

//
// The pvIOMMU, and the devices known so far.
//
extern struct hvpt_iommu  gHvptIommu;
extern HVPT_DEVICE        *gHvptDevices;

/**
  Probes the pvIOMMU.

  @param[in]  Transport  How to make hypercalls.

  @retval EFI_SUCCESS      There is one, with stage 1.
  @retval EFI_UNSUPPORTED  There is none which could be used.
  @retval others           The hypervisor refused.
**/
EFI_STATUS
HvptDevicesInit (
  IN CONST struct hvpt_transport  *Transport
  );

/**
  The last address that a device can use.

  @return The address; below 4 GiB where the pvIOMMU is narrow.
**/
UINT64
HvptLastAddress (
  VOID
  );

/**
  The device of an id, if it is known already.

  @param[in]  DeviceId  Logical device id.

  @return NULL if it is not.
**/
HVPT_DEVICE *
HvptFindDevice (
  IN UINT64  DeviceId
  );

/**
  The device of an id, in a domain of its own.

  @param[in]   DeviceId  Logical device id.
  @param[out]  Ready     The device.

  @retval EFI_SUCCESS           It is attached.
  @retval EFI_UNSUPPORTED       The pvIOMMU does not manage it.
  @retval EFI_OUT_OF_RESOURCES  No memory.
  @retval EFI_DEVICE_ERROR      The hypervisor refused. What was done is kept,
                                and the next call goes on from there.
**/
EFI_STATUS
HvptReadyDevice (
  IN  UINT64       DeviceId,
  OUT HVPT_DEVICE  **Ready
  );

/**
  Flushes what was taken away from a device.

  @param[in,out]  Device  The device.

  @retval EFI_SUCCESS       Nothing is pending any more.
  @retval EFI_DEVICE_ERROR  The hypervisor refused; nothing may be reused.
**/
EFI_STATUS
HvptFlushDevice (
  IN OUT HVPT_DEVICE  *Device
  );

/**
  Leaves every device where the policy says, and deletes what is not needed for
  that. For ExitBootServices: allocates and frees nothing.

  @param[in]  Policy  HVPT_EXIT_*; another value is as HVPT_EXIT_BLOCKED.
**/
VOID
HvptHandOver (
  IN UINT8  Policy
  );

/**
  Deletes the special domains, but for those that have devices in them.
**/
VOID
HvptDeleteSpecialDomains (
  VOID
  );

/**
  The type of memory that devices reach, and of tables. When domains are kept,
  the operating system must not take it. It never takes runtime memory.

  @param[in]  Type  What it is otherwise.

  @return The type.
**/
EFI_MEMORY_TYPE
HvptMemoryType (
  IN EFI_MEMORY_TYPE  Type
  );

// ---- HandOverTable.c -------------------------------------------------------

/**
  Installs the table, which says that nothing was left.

  @retval EFI_SUCCESS  Installed.
  @return Why not.
**/
EFI_STATUS
HvptTableInit (
  VOID
  );

/**
  Removes the table, after a start that failed.
**/
VOID
HvptTableDone (
  VOID
  );

/**
  Adds a device that stays in its domain.

  @param[in]  Device  The device; it is attached.

  @retval TRUE   It is in the table.
  @retval FALSE  The table is full.
**/
BOOLEAN
HvptTableAdd (
  IN HVPT_DEVICE  *Device
  );

/**
  Ends the table.

  @param[in]  Policy    HVPT_EXIT_*.
  @param[in]  Identity  Id of the identity domain; 0 if it was not left.
  @param[in]  Blocked   Id of the blocked domain; 0 if it was not left.
**/
VOID
HvptTableFinish (
  IN UINT8   Policy,
  IN UINT32  Identity,
  IN UINT32  Blocked
  );

// ---- Device.c --------------------------------------------------------------

/**
  Logs a failure, with the hypervisor's status.

  @param[in]  What      What failed.
  @param[in]  DeviceId  Logical device id.
  @param[in]  Status    The library's status.
**/
VOID
HvptLogFailure (
  IN CONST CHAR8       *What,
  IN UINT64            DeviceId,
  IN enum hvpt_status  Status
  );

/**
  Converts a library status to one that the protocol may return.

  @param[in]  Status  The library's status.

  @retval EFI_SUCCESS           For HVPT_OK.
  @retval EFI_UNSUPPORTED       There is no such device or memory, or no way.
  @retval EFI_OUT_OF_RESOURCES  No memory.
  @retval EFI_DEVICE_ERROR      Anything else.
**/
EFI_STATUS
HvptToEfi (
  IN enum hvpt_status  Status
  );

#endif
