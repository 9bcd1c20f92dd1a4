/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/status_map.h - a status in the words of Linux and of UEFI.
 *
 * For adapters, and for the names. No error number is defined by the core's
 * surroundings: there may be none.
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

/*
 * HVPT_STATUS_LIST(ROW) - ROW(status, Linux errno, EFI status)
 *
 * Every status there is, in order, without HVPT_, HVPT_ERRNO_ and HVPT_EFI_.
 */
#define HVPT_STATUS_LIST(ROW)                                                  \
	ROW(OK, SUCCESS, SUCCESS)                                              \
	ROW(ERR_EMPTY, EINVAL, INVALID_PARAMETER)                              \
	ROW(ERR_ALIGN, EINVAL, INVALID_PARAMETER)                              \
	ROW(ERR_WRAP, EOVERFLOW, INVALID_PARAMETER)                            \
	ROW(ERR_IOVA_RANGE, ERANGE, INVALID_PARAMETER)                         \
	ROW(ERR_GPA_RANGE, ERANGE, INVALID_PARAMETER)                          \
	ROW(ERR_PROT, EINVAL, INVALID_PARAMETER)                               \
	ROW(ERR_WRITE_ONLY, EOPNOTSUPP, UNSUPPORTED)                           \
	ROW(ERR_LEVELS, EINVAL, INVALID_PARAMETER)                             \
	ROW(ERR_WIDTH, EINVAL, INVALID_PARAMETER)                              \
	ROW(ERR_PAGE_SIZES, EINVAL, INVALID_PARAMETER)                         \
	ROW(ERR_IOVA_FORM, EINVAL, INVALID_PARAMETER)                          \
	ROW(ERR_FLAGS, EINVAL, INVALID_PARAMETER)                              \
	ROW(ERR_TABLE_MASK, EINVAL, INVALID_PARAMETER)                         \
	ROW(ERR_OPS, EINVAL, INVALID_PARAMETER)                                \
	ROW(ERR_POLICY, EINVAL, INVALID_PARAMETER)                             \
	ROW(ERR_DOMAIN_ID, EINVAL, INVALID_PARAMETER)                          \
	ROW(ERR_DEVICE_ID, EINVAL, INVALID_PARAMETER)                          \
	ROW(ERR_PREFIX, EINVAL, INVALID_PARAMETER)                             \
	ROW(ERR_FUNCTION, EINVAL, INVALID_PARAMETER)                           \
	ROW(ERR_SETTINGS, EINVAL, INVALID_PARAMETER)                           \
	ROW(ERR_FOREIGN, EINVAL, INVALID_PARAMETER)                            \
	ROW(ERR_KIND, EINVAL, INVALID_PARAMETER)                               \
	ROW(ERR_FLUSH_ENTRY, EINVAL, INVALID_PARAMETER)                        \
	ROW(ERR_MESSAGE_TYPE, EINVAL, INVALID_PARAMETER)                       \
	ROW(ERR_MESSAGE_SIZE, EINVAL, INVALID_PARAMETER)                       \
	ROW(ERR_RESERVED, ERANGE, INVALID_PARAMETER)                           \
	ROW(ERR_OVERLAP, EADDRINUSE, ALREADY_STARTED)                          \
	ROW(ERR_NOT_MAPPED, ENOENT, NOT_FOUND)                                 \
	ROW(ERR_CORRUPT, EIO, DEVICE_ERROR)                                    \
	ROW(ERR_STOPPED, ECANCELED, ABORTED)                                   \
	ROW(ERR_CONCURRENT, EBUSY, NOT_READY)                                  \
	ROW(ERR_EXISTS, EEXIST, ALREADY_STARTED)                               \
	ROW(ERR_UNKNOWN_SEGMENT, ENODEV, NOT_FOUND)                            \
	ROW(ERR_STALE, ESTALE, NOT_FOUND)                                      \
	ROW(ERR_BUSY, EBUSY, NOT_READY)                                        \
	ROW(ERR_ATS_ON, EBUSY, NOT_READY)                                      \
	ROW(ERR_NOT_ATTACHED, ENODEV, NOT_STARTED)                             \
	ROW(ERR_LOST, ESTALE, NOT_READY)                                       \
	ROW(ERR_NO_MEMORY, ENOMEM, OUT_OF_RESOURCES)                           \
	ROW(ERR_TABLE_PAGE, ENOMEM, OUT_OF_RESOURCES)                          \
	ROW(ERR_NO_IDS, ENOSPC, OUT_OF_RESOURCES)                              \
	ROW(ERR_CALL_PAGE, ENOMEM, OUT_OF_RESOURCES)                           \
	ROW(ERR_NO_HYPERVISOR, EOPNOTSUPP, UNSUPPORTED)                        \
	ROW(ERR_ISOLATED, EOPNOTSUPP, UNSUPPORTED)                             \
	ROW(ERR_NO_IOMMU, ENODEV, UNSUPPORTED)                                 \
	ROW(ERR_NO_STAGE1, ENODEV, UNSUPPORTED)                                \
	ROW(ERR_IOMMU_CAPS, ENODEV, UNSUPPORTED)                               \
	ROW(ERR_NOT_MANAGED, ENODEV, UNSUPPORTED)                              \
	ROW(ERR_HV_CODE, EOPNOTSUPP, UNSUPPORTED)                              \
	ROW(ERR_HV_INPUT, EINVAL, DEVICE_ERROR)                                \
	ROW(ERR_HV_DENIED, EACCES, ACCESS_DENIED)                              \
	ROW(ERR_HV_MEMORY, ENOMEM, OUT_OF_RESOURCES)                           \
	ROW(ERR_HV_DOMAINS, ENOSPC, OUT_OF_RESOURCES)                          \
	ROW(ERR_HV_DEVICE, ENODEV, NOT_FOUND)                                  \
	ROW(ERR_HV_EXISTS, EEXIST, ALREADY_STARTED)                            \
	ROW(ERR_HV_STATE, EBUSY, NOT_READY)                                    \
	ROW(ERR_HV_TIMEOUT, ETIMEDOUT, TIMEOUT)                                \
	ROW(ERR_HV_PROGRESS, EIO, DEVICE_ERROR)                                \
	ROW(ERR_HV_FAILED, EIO, DEVICE_ERROR)

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_status_errno() - the Linux error number of a status
 * @status: any value
 *
 * Context: any. Return: positive, to be negated by the caller; 0 for HVPT_OK;
 * EIO for a value which is no status. See also hvpt_hv_status_errno().
 */
int hvpt_status_errno(enum hvpt_status status);

/**
 * hvpt_status_efi() - the EFI status code of a status
 * @status: any value
 *
 * Context: any. Return: without the error bit, bit 63, which the caller adds
 * unless it is 0; 0 (EFI_SUCCESS) for HVPT_OK; EFI_DEVICE_ERROR for a value
 * which is no status.
 */
unsigned hvpt_status_efi(enum hvpt_status status);

HVPT_EXTERN_C_END

#endif /* HVPT_STATUS_MAP_H */
