/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* UEFI 2.10, 9.1: the protocol of a program that was loaded. */
#ifndef HVPT_STUB_LOADED_IMAGE_H
#define HVPT_STUB_LOADED_IMAGE_H

#include <Uefi.h>

typedef struct {
	UINT32 Revision;
	EFI_HANDLE ParentHandle;
	EFI_SYSTEM_TABLE *SystemTable;
	EFI_HANDLE DeviceHandle;
	VOID *FilePath;
	VOID *Reserved;
	UINT32 LoadOptionsSize;
	VOID *LoadOptions;
} EFI_LOADED_IMAGE_PROTOCOL;

extern EFI_GUID gEfiLoadedImageProtocolGuid;

#endif /* HVPT_STUB_LOADED_IMAGE_H */
