/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the example needs of UEFI 2.10, chapters 4, 7, 8 and 12. A project with
 * edk2 includes <Uefi.h> and does without this.
 */
#ifndef EFI_H
#define EFI_H

#include "hvpt/types.h"

typedef uint64_t efi_status;

#define EFI_SUCCESS 0u
#define EFI_ALLOCATE_ANY 0
#define EFI_BOOT_SERVICES_DATA 4
#define EFI_RESET_SHUTDOWN 2

struct efi_header {
	uint64_t signature;
	uint32_t revision;
	uint32_t size;
	uint32_t crc;
	uint32_t reserved;
};

struct efi_text_output {
	void *reset;
	efi_status (*output_string)(struct efi_text_output *self,
				    const uint16_t *text);
};

struct efi_boot_services {
	struct efi_header header;
	void *task_priority[2];
	efi_status (*allocate_pages)(int kind, int memory, size_t pages,
				     uint64_t *address);
	efi_status (*free_pages)(uint64_t address, size_t pages);
	void *others[38];
	void (*set_memory)(void *buffer, size_t bytes, uint8_t value);
};

struct efi_runtime_services {
	struct efi_header header;
	void *others[10];
	void (*reset_system)(int kind, efi_status status, size_t bytes,
			     void *data);
};

struct efi_system_table {
	struct efi_header header;
	uint16_t *vendor;
	uint32_t revision;
	void *console_in[2];
	void *console_out_handle;
	struct efi_text_output *console_out;
	void *standard_error[2];
	struct efi_runtime_services *runtime;
	struct efi_boot_services *boot;
};

HVPT_STATIC_ASSERT(__builtin_offsetof(struct efi_boot_services, set_memory) ==
			   24 + 42 * 8,
		   "SetMem() is the 43rd boot service");
HVPT_STATIC_ASSERT(__builtin_offsetof(struct efi_runtime_services,
				      reset_system) == 24 + 10 * 8,
		   "ResetSystem() is the 11th runtime service");

#endif /* EFI_H */
