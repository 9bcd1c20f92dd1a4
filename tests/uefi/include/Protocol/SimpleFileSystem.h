/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* UEFI 2.10, 13.4 and 13.5: volumes and files. */
#ifndef HVPT_STUB_SIMPLE_FILE_SYSTEM_H
#define HVPT_STUB_SIMPLE_FILE_SYSTEM_H

#include <Uefi.h>

#define EFI_FILE_MODE_READ 1ULL
#define EFI_FILE_MODE_WRITE 2ULL
#define EFI_FILE_MODE_CREATE 0x8000000000000000ULL

typedef struct efi_file_protocol {
	UINT64 Revision;
	EFI_STATUS(EFIAPI *Open)
	(struct efi_file_protocol *, struct efi_file_protocol **, CHAR16 *,
	 UINT64, UINT64);
	EFI_STATUS(EFIAPI *Close)(struct efi_file_protocol *);
	EFI_STATUS(EFIAPI *Delete)(struct efi_file_protocol *);
	EFI_STATUS(EFIAPI *Read)(struct efi_file_protocol *, UINTN *, VOID *);
	EFI_STATUS(EFIAPI *Write)(struct efi_file_protocol *, UINTN *, VOID *);
} EFI_FILE_PROTOCOL;

typedef struct efi_simple_file_system_protocol {
	UINT64 Revision;
	EFI_STATUS(EFIAPI *OpenVolume)
	(struct efi_simple_file_system_protocol *, EFI_FILE_PROTOCOL **);
} EFI_SIMPLE_FILE_SYSTEM_PROTOCOL;

extern EFI_GUID gEfiSimpleFileSystemProtocolGuid;

#endif /* HVPT_STUB_SIMPLE_FILE_SYSTEM_H */
