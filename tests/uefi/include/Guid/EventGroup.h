/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef HVPT_STUB_EVENT_GROUP_H
#define HVPT_STUB_EVENT_GROUP_H

#include <Uefi.h>

extern EFI_GUID gEfiEventExitBootServicesGuid;
extern EFI_GUID gEfiEventReadyToBootGuid;

#endif /* HVPT_STUB_EVENT_GROUP_H */
