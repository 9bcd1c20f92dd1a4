/** @file
  Devices. Each has a domain of its own, created when it is first needed.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "HvptIoMmuDxe.h"

struct hvpt_iommu  gHvptIommu;
HVPT_DEVICE        *gHvptDevices = NULL;

//
// What a device writes there is an interrupt, and is not translated.
//
STATIC CONST struct hvpt_iova_range  mReserved[] = { HVPT_RESERVED_MSI };

/**
  Page hook: allocates a zeroed table page. Memory is identity-mapped.

  @param[in]  Context  Not used.

  @return The page; NULL when there is no memory.
**/
STATIC
VOID *
AllocTable (
  IN VOID  *Context
  )
{
  EFI_PHYSICAL_ADDRESS  Address;
  EFI_STATUS            Status;

  if (gHvptPhase != HvptRunning) {
    return NULL;
  }

  Status = gBS->AllocatePages (AllocateAnyPages, HvptMemoryType (EfiBootServicesData), 1, &Address);
  if (EFI_ERROR (Status)) {
    return NULL;
  }

  ZeroMem ((VOID *)(UINTN)Address, EFI_PAGE_SIZE);
  return (VOID *)(UINTN)Address;
}

/**
  Page hook: frees a table page. After ExitBootServices the OS has it already.

  @param[in]  Context  Not used.
  @param[in]  Page     The page.
**/
STATIC
VOID
FreeTable (
  IN VOID  *Context,
  IN VOID  *Page
  )
{
  if (gHvptPhase == HvptRunning) {
    gBS->FreePages ((UINTN)Page, 1);
  }
}

STATIC CONST struct hvpt_page_ops  mPageOps = {
  .alloc_page = AllocTable,
  .free_page  = FreeTable,
  .write_back = NULL
};

/**
  Converts a library status to one that the protocol may return.

  @param[in]  Status  The library's status.

  @retval EFI_SUCCESS           For HVPT_OK.
  @retval EFI_UNSUPPORTED       No such device or memory, or not supported.
  @retval EFI_OUT_OF_RESOURCES  No memory.
  @retval EFI_DEVICE_ERROR      Anything else.
**/
EFI_STATUS
HvptToEfi (
  IN enum hvpt_status  Status
  )
{
  if (Status == HVPT_OK) {
    return EFI_SUCCESS;
  }

  //
  // The hypervisor does not know the device, or the memory is out of reach.
  //
  if ((Status == HVPT_ERR_HV_DEVICE) || (Status == HVPT_ERR_GPA_RANGE) || (Status == HVPT_ERR_RESERVED)) {
    return EFI_UNSUPPORTED;
  }

  switch (hvpt_status_efi (Status)) {
    case HVPT_EFI_UNSUPPORTED:
      return EFI_UNSUPPORTED;
    case HVPT_EFI_OUT_OF_RESOURCES:
      return EFI_OUT_OF_RESOURCES;
    default:
      return EFI_DEVICE_ERROR;
  }
}

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
  )
{
  uint16_t  Code;
  uint16_t  Raw;

  Code = 0;
  Raw  = 0;
  if (!hvpt_iommu_last_failure (&gHvptIommu, &Code, &Raw)) {
    Code = 0;
  }

  DEBUG ((
    DEBUG_ERROR,
    "hvpt: %a of device %lx: %a (last refusal: call %x, status %x)\n",
    What,
    DeviceId,
    hvpt_status_name (Status),
    (UINT32)Code,
    (UINT32)Raw
    ));
}

/**
  Probes the pvIOMMU.

  @param[in]  Transport  How to make hypercalls.

  @retval EFI_SUCCESS      There is one, with stage 1.
  @retval EFI_UNSUPPORTED  There is none that can be used.
  @retval others           The hypervisor refused.
**/
EFI_STATUS
HvptDevicesInit (
  IN CONST struct hvpt_transport  *Transport
  )
{
  struct hvpt_iommu_config  Config;
  enum hvpt_status          Status;

  gHvptDevices             = NULL;
  Config.transport.ops = Transport->ops;
  Config.transport.ctx = Transport->ctx;
  Config.ids.first     = PcdGet32 (PcdHvptDomainIdFirst);
  Config.ids.last      = PcdGet32 (PcdHvptDomainIdLast);
  Config.width_limit   = 0;
  Status               = hvpt_iommu_init (&gHvptIommu, &Config);
  if (Status == HVPT_OK) {
    return EFI_SUCCESS;
  }

  DEBUG ((
    DEBUG_INFO,
    "hvpt: no pvIOMMU to use: %a\n",
    hvpt_status_name (Status)
    ));
  return HvptToEfi (Status);
}

/**
  Returns the last address that a device can use. Domains take the lower half
  of what the pvIOMMU has: it is right however the top bit is read.

  @return The address; below 4 GiB where the pvIOMMU is narrow.
**/
UINT64
HvptLastAddress (
  VOID
  )
{
  return LShiftU64 (1, hvpt_iommu_width (&gHvptIommu) - 1) - 1;
}

/**
  Finds the device of an id, if it is already known.

  @param[in]  DeviceId  Logical device id.

  @return NULL if it is not.
**/
HVPT_DEVICE *
HvptFindDevice (
  IN UINT64  DeviceId
  )
{
  HVPT_DEVICE  *Device;

  for (Device = gHvptDevices; Device != NULL; Device = Device->Next) {
    if (Device->Id == DeviceId) {
      return Device;
    }
  }

  return NULL;
}

/**
  Adds a device that the pvIOMMU manages and that is not known yet.

  @param[in]   DeviceId  Logical device id.
  @param[out]  Added     The device, in the list; in no domain yet.

  @retval EFI_SUCCESS           Added.
  @retval EFI_UNSUPPORTED       The pvIOMMU does not manage it.
  @retval EFI_OUT_OF_RESOURCES  No memory.
  @retval EFI_DEVICE_ERROR      The hypervisor refused.
**/
STATIC
EFI_STATUS
AddDevice (
  IN  UINT64       DeviceId,
  OUT HVPT_DEVICE  **Added
  )
{
  HVPT_DEVICE       *Device;
  enum hvpt_status  Status;

  if (EFI_ERROR (gBS->AllocatePool (EfiBootServicesData, sizeof (*Device), (VOID **)&Device))) {
    return EFI_OUT_OF_RESOURCES;
  }

  ZeroMem (Device, sizeof (*Device));
  Device->Id = DeviceId;
  hvpt_gather_init (&Device->Pending);
  Status = hvpt_device_probe (&Device->Device, &gHvptIommu, DeviceId, false);
  if (Status != HVPT_OK) {
    HvptLogFailure ("probe", DeviceId, Status);
    gBS->FreePool (Device);
    return HvptToEfi (Status);
  }

  Device->Next = gHvptDevices;
  gHvptDevices     = Device;
  *Added       = Device;
  return EFI_SUCCESS;
}

/**
  Makes the domain of a device.

  @param[in,out]  Device  The device.

  @retval EFI_SUCCESS           Made.
  @retval EFI_OUT_OF_RESOURCES  No memory.
  @retval EFI_DEVICE_ERROR      The hypervisor refused.
**/
STATIC
EFI_STATUS
AddDomain (
  IN OUT HVPT_DEVICE  *Device
  )
{
  struct hvpt_domain_config  Config;
  enum hvpt_status           Status;

  //
  // No large leaves: removing a part of one would take memory.
  //
  ZeroMem (&Config, sizeof (Config));
  Config.pt.ops            = &mPageOps;
  Config.pt.page_sizes     = EFI_PAGE_SIZE;
  Config.pt.form           = HVPT_IOVA_LOWER;
  Config.pt.reserved       = mReserved;
  Config.pt.reserved_count = sizeof (mReserved) / sizeof (mReserved[0]);
  Config.policy            = HVPT_FLUSH_TWO_BLOCK;
  Status                   = hvpt_domain_init (&Device->Domain, &gHvptIommu, &Config);
  if (Status != HVPT_OK) {
    HvptLogFailure ("domain", Device->Id, Status);
    return HvptToEfi (Status);
  }

  Device->HasDomain = TRUE;
  return EFI_SUCCESS;
}

/**
  Finds the device of an id, and attaches it to a domain of its own.

  @param[in]   DeviceId  Logical device id.
  @param[out]  Ready     The device.

  @retval EFI_SUCCESS           It is attached.
  @retval EFI_UNSUPPORTED       The pvIOMMU does not manage it.
  @retval EFI_OUT_OF_RESOURCES  No memory.
  @retval EFI_DEVICE_ERROR      The hypervisor refused. What was done is kept,
                                and the next call continues from there.
**/
EFI_STATUS
HvptReadyDevice (
  IN  UINT64       DeviceId,
  OUT HVPT_DEVICE  **Ready
  )
{
  HVPT_DEVICE       *Device;
  EFI_STATUS        Status;
  enum hvpt_status  Attached;

  Status = EFI_SUCCESS;
  Device = HvptFindDevice (DeviceId);
  if (Device == NULL) {
    Status = AddDevice (DeviceId, &Device);
  }

  if (!EFI_ERROR (Status) && !Device->HasDomain) {
    Status = AddDomain (Device);
  }

  if (EFI_ERROR (Status)) {
    return Status;
  }

  if (!Device->Attached) {
    Attached = hvpt_device_attach (&Device->Device, &Device->Domain);
    if (Attached != HVPT_OK) {
      HvptLogFailure ("attach", DeviceId, Attached);
      return HvptToEfi (Attached);
    }

    Device->Attached = TRUE;
    DEBUG ((
      DEBUG_INFO,
      "hvpt: device %lx in domain %x\n",
      DeviceId,
      hvpt_domain_id (&Device->Domain)
      ));
  }

  *Ready = Device;
  return EFI_SUCCESS;
}

/**
  Flushes the pending invalidations of a device's domain.

  @param[in,out]  Device  The device.

  @retval EFI_SUCCESS       Nothing is pending any more.
  @retval EFI_DEVICE_ERROR  The hypervisor refused; nothing may be reused.
**/
EFI_STATUS
HvptFlushDevice (
  IN OUT HVPT_DEVICE  *Device
  )
{
  enum hvpt_status  Status;

  Status = hvpt_domain_sync (&Device->Domain, &Device->Pending);
  if (Status == HVPT_OK) {
    return EFI_SUCCESS;
  }

  HvptLogFailure ("flush", Device->Id, Status);
  return EFI_DEVICE_ERROR;
}
