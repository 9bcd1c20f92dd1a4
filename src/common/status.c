/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * status.c - statuses in words, and in the numbers of Linux and UEFI.
 *
 * No default label: the compiler tells when the list lacks a status.
 */
#include "hvpt/status_map.h"

#define HVPT_STATUS_NAME(name, linux_name, efi_name)                           \
	case HVPT_##name:                                                      \
		return "HVPT_" #name;
#define HVPT_STATUS_ERRNO(name, linux_name, efi_name)                          \
	case HVPT_##name:                                                      \
		return HVPT_ERRNO_##linux_name;
#define HVPT_STATUS_EFI(name, linux_name, efi_name)                            \
	case HVPT_##name:                                                      \
		return HVPT_EFI_##efi_name;

const char *hvpt_status_name(enum hvpt_status status)
{
	switch (status) {
		HVPT_STATUS_LIST(HVPT_STATUS_NAME)
	}
	return "HVPT_ERR_UNKNOWN";
}

int hvpt_status_errno(enum hvpt_status status)
{
	switch (status) {
		HVPT_STATUS_LIST(HVPT_STATUS_ERRNO)
	}
	return HVPT_ERRNO_EIO;
}

unsigned hvpt_status_efi(enum hvpt_status status)
{
	switch (status) {
		HVPT_STATUS_LIST(HVPT_STATUS_EFI)
	}
	return HVPT_EFI_DEVICE_ERROR;
}

#undef HVPT_STATUS_NAME
#undef HVPT_STATUS_ERRNO
#undef HVPT_STATUS_EFI
