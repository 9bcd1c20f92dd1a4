/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/status_map.h - statuses as error numbers of Linux and UEFI.
 *
 * For adapters. The numbers are defined here because the core includes no
 * header of its surroundings. HVPT_STATUS_LIST says which status becomes which
 * number.
 */
#ifndef HVPT_STATUS_MAP_H
#define HVPT_STATUS_MAP_H

#include "hvpt/status.h"

/* Linux, include/uapi/asm-generic/errno-base.h and errno.h. */
#define HVPT_ERRNO_SUCCESS 0
#define HVPT_ERRNO_ENOENT 2
#define HVPT_ERRNO_EIO 5
#define HVPT_ERRNO_ENOMEM 12
#define HVPT_ERRNO_EACCES 13
#define HVPT_ERRNO_EBUSY 16
#define HVPT_ERRNO_EEXIST 17
#define HVPT_ERRNO_ENODEV 19
#define HVPT_ERRNO_EINVAL 22
#define HVPT_ERRNO_ENOSPC 28
#define HVPT_ERRNO_ERANGE 34
#define HVPT_ERRNO_EOVERFLOW 75
#define HVPT_ERRNO_EOPNOTSUPP 95
#define HVPT_ERRNO_EADDRINUSE 98
#define HVPT_ERRNO_ETIMEDOUT 110
#define HVPT_ERRNO_ESTALE 116
#define HVPT_ERRNO_ECANCELED 125

/* UEFI specification, appendix D, without the error bit. */
#define HVPT_EFI_SUCCESS 0u
#define HVPT_EFI_INVALID_PARAMETER 2u
#define HVPT_EFI_UNSUPPORTED 3u
#define HVPT_EFI_NOT_READY 6u
#define HVPT_EFI_DEVICE_ERROR 7u
#define HVPT_EFI_OUT_OF_RESOURCES 9u
#define HVPT_EFI_NOT_FOUND 14u
#define HVPT_EFI_ACCESS_DENIED 15u
#define HVPT_EFI_TIMEOUT 18u
#define HVPT_EFI_NOT_STARTED 19u
#define HVPT_EFI_ALREADY_STARTED 20u
#define HVPT_EFI_ABORTED 21u

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_status_errno() - the Linux error number of a status
 * @status: any value
 *
 * Context: any.
 * Return: positive, for the caller to negate; 0 for HVPT_OK; EIO for a value
 * that is not a status. See also hvpt_hv_status_errno().
 */
int hvpt_status_errno(enum hvpt_status status);

/**
 * hvpt_status_efi() - the EFI status code of a status
 * @status: any value
 *
 * Context: any.
 * Return: without the error bit, bit 63, which the caller sets unless the value
 * is 0; 0 (EFI_SUCCESS) for HVPT_OK; EFI_DEVICE_ERROR for a value that is not a
 * status.
 */
unsigned hvpt_status_efi(enum hvpt_status status);

HVPT_EXTERN_C_END

#endif /* HVPT_STATUS_MAP_H */
