/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/status.h - the one error type of hvpt.
 *
 * Values are part of the binary interface: they never change and are never
 * reused. They are grouped by who is at fault. Unless a function says
 * otherwise, any status but HVPT_OK means that nothing changed: no translation,
 * no table page, no output argument, no gather. For a status of the last group
 * struct hvpt_answer (hvcall.h) has the hypervisor's raw answer.
 */
#ifndef HVPT_STATUS_H
#define HVPT_STATUS_H

#include "hvpt/port.h"

/*
 * HVPT_STATUS_LIST(ROW) - ROW(name, value, errno, EFI status)
 *
 * All statuses. The last two are the error numbers of Linux and UEFI without
 * HVPT_ERRNO_ and HVPT_EFI_ (status_map.h).
 */
#define HVPT_STATUS_LIST(ROW)                                                  \
	ROW(HVPT_OK, 0, SUCCESS, SUCCESS)                                      \
                                                                               \
	/* 1 - 31: an argument breaks a rule that the function states. */      \
                                                                               \
	/* A length, or a list, of zero. */                                    \
	ROW(HVPT_ERR_EMPTY, 1, EINVAL, INVALID_PARAMETER)                      \
	/* An address or a length is not a multiple of 4 KiB. */               \
	ROW(HVPT_ERR_ALIGN, 2, EINVAL, INVALID_PARAMETER)                      \
	/* The last byte of a range lies above 2^64 - 1. */                    \
	ROW(HVPT_ERR_WRAP, 3, EOVERFLOW, INVALID_PARAMETER)                    \
	/* Outside the IOVA form, or across its hole. */                       \
	ROW(HVPT_ERR_IOVA_RANGE, 4, ERANGE, INVALID_PARAMETER)                 \
	/* Some byte lies at or above 2^52. */                                 \
	ROW(HVPT_ERR_GPA_RANGE, 5, ERANGE, INVALID_PARAMETER)                  \
	/* No permission bit, or an unknown one. */                            \
	ROW(HVPT_ERR_PROT, 6, EINVAL, INVALID_PARAMETER)                       \
	/* The entry format has no write-only. */                              \
	ROW(HVPT_ERR_WRITE_ONLY, 7, EOPNOTSUPP, UNSUPPORTED)                   \
	/* Neither 4 nor 5 levels. */                                          \
	ROW(HVPT_ERR_LEVELS, 8, EINVAL, INVALID_PARAMETER)                     \
	/* More IOVA bits than the levels span, or too few. */                 \
	ROW(HVPT_ERR_WIDTH, 9, EINVAL, INVALID_PARAMETER)                      \
	/* The bitmap of page sizes lacks 4 KiB. */                            \
	ROW(HVPT_ERR_PAGE_SIZES, 10, EINVAL, INVALID_PARAMETER)                \
	/* An unknown IOVA form. */                                            \
	ROW(HVPT_ERR_IOVA_FORM, 11, EINVAL, INVALID_PARAMETER)                 \
	/* An unknown flag. */                                                 \
	ROW(HVPT_ERR_FLAGS, 12, EINVAL, INVALID_PARAMETER)                     \
	/* A table mask outside address bits 51:12. */                         \
	ROW(HVPT_ERR_TABLE_MASK, 13, EINVAL, INVALID_PARAMETER)                \
	/* A required hook is missing. */                                      \
	ROW(HVPT_ERR_OPS, 14, EINVAL, INVALID_PARAMETER)                       \
	/* An unknown flush policy. */                                         \
	ROW(HVPT_ERR_POLICY, 15, EINVAL, INVALID_PARAMETER)                    \
	/* Domain id 0 or 0xffffffff, or a bad range of ids. */                \
	ROW(HVPT_ERR_DOMAIN_ID, 16, EINVAL, INVALID_PARAMETER)                 \
	/* Not a logical device id: bits 63:62 are set. */                     \
	ROW(HVPT_ERR_DEVICE_ID, 17, EINVAL, INVALID_PARAMETER)                 \
	/* The low 3 bits of an id prefix are set. */                          \
	ROW(HVPT_ERR_PREFIX, 18, EINVAL, INVALID_PARAMETER)                    \
	/* A PCI function number above 7. */                                   \
	ROW(HVPT_ERR_FUNCTION, 19, EINVAL, INVALID_PARAMETER)                  \
	/* Domain settings that contradict each other. */                      \
	ROW(HVPT_ERR_SETTINGS, 20, EINVAL, INVALID_PARAMETER)                  \
	/* Objects of two different pvIOMMUs. */                               \
	ROW(HVPT_ERR_FOREIGN, 21, EINVAL, INVALID_PARAMETER)                   \
	/* Not for identity or blocked domains. */                             \
	ROW(HVPT_ERR_KIND, 22, EINVAL, INVALID_PARAMETER)                      \
	/* A flush descriptor breaks the format. */                            \
	ROW(HVPT_ERR_FLUSH_ENTRY, 23, EINVAL, INVALID_PARAMETER)               \
	/* A message of another type. */                                       \
	ROW(HVPT_ERR_MESSAGE_TYPE, 24, EINVAL, INVALID_PARAMETER)              \
	/* A message is truncated, or too long. */                             \
	ROW(HVPT_ERR_MESSAGE_SIZE, 25, EINVAL, INVALID_PARAMETER)              \
	/* In a range that is never mapped. */                                 \
	ROW(HVPT_ERR_RESERVED, 26, ERANGE, INVALID_PARAMETER)                  \
                                                                               \
	/* 32 - 63: the state of an object, or of the page table. */           \
                                                                               \
	/* Part of the range is already mapped. */                             \
	ROW(HVPT_ERR_OVERLAP, 32, EADDRINUSE, ALREADY_STARTED)                 \
	/* Part of the range is not mapped. */                                 \
	ROW(HVPT_ERR_NOT_MAPPED, 33, ENOENT, NOT_FOUND)                        \
	/* An entry was found that hvpt never writes. */                       \
	ROW(HVPT_ERR_CORRUPT, 34, EIO, DEVICE_ERROR)                           \
	/* The caller's visitor asked to stop. */                              \
	ROW(HVPT_ERR_STOPPED, 35, ECANCELED, ABORTED)                          \
	/* Another call was changing the same range. */                        \
	ROW(HVPT_ERR_CONCURRENT, 36, EBUSY, NOT_READY)                         \
	/* The segment or device is already known. */                          \
	ROW(HVPT_ERR_EXISTS, 37, EEXIST, ALREADY_STARTED)                      \
	/* The segment is not registered. */                                   \
	ROW(HVPT_ERR_UNKNOWN_SEGMENT, 38, ENODEV, NOT_FOUND)                   \
	/* The registration that is meant is gone. */                          \
	ROW(HVPT_ERR_STALE, 39, ESTALE, NOT_FOUND)                             \
	/* A device or a domain still uses the object. */                      \
	ROW(HVPT_ERR_BUSY, 40, EBUSY, NOT_READY)                               \
	/* ATS must be disabled first. */                                      \
	ROW(HVPT_ERR_ATS_ON, 41, EBUSY, NOT_READY)                             \
	/* The device is in no domain. */                                      \
	ROW(HVPT_ERR_NOT_ATTACHED, 42, ENODEV, NOT_STARTED)                    \
	/* The hypervisor lost the domain: resume first. */                    \
	ROW(HVPT_ERR_LOST, 43, ESTALE, NOT_READY)                              \
                                                                               \
	/* 64 - 95: a resource. */                                             \
                                                                               \
	/* The page hook had no page. */                                       \
	ROW(HVPT_ERR_NO_MEMORY, 64, ENOMEM, OUT_OF_RESOURCES)                  \
	/* The page hook gave an unusable page. */                             \
	ROW(HVPT_ERR_TABLE_PAGE, 65, ENOMEM, OUT_OF_RESOURCES)                 \
	/* Every domain id is in use or in quarantine. */                      \
	ROW(HVPT_ERR_NO_IDS, 66, ENOSPC, OUT_OF_RESOURCES)                     \
	/* No call page, or an unusable one. */                                \
	ROW(HVPT_ERR_CALL_PAGE, 67, ENOMEM, OUT_OF_RESOURCES)                  \
                                                                               \
	/* 96 - 127: what the hypervisor offers, and what it answered. */      \
                                                                               \
	/* There is no Hyper-V hypercall interface. */                         \
	ROW(HVPT_ERR_NO_HYPERVISOR, 96, EOPNOTSUPP, UNSUPPORTED)               \
	/* An isolated VM: not supported. */                                   \
	ROW(HVPT_ERR_ISOLATED, 97, EOPNOTSUPP, UNSUPPORTED)                    \
	/* No pvIOMMU. This is not a fault: say nothing. */                    \
	ROW(HVPT_ERR_NO_IOMMU, 98, ENODEV, UNSUPPORTED)                        \
	/* A pvIOMMU without stage 1. */                                       \
	ROW(HVPT_ERR_NO_STAGE1, 99, ENODEV, UNSUPPORTED)                       \
	/* A pvIOMMU whose capabilities cannot be used. */                     \
	ROW(HVPT_ERR_IOMMU_CAPS, 100, ENODEV, UNSUPPORTED)                     \
	/* The pvIOMMU does not manage the device. */                          \
	ROW(HVPT_ERR_NOT_MANAGED, 101, ENODEV, UNSUPPORTED)                    \
	/* The hypervisor does not know the hypercall. */                      \
	ROW(HVPT_ERR_HV_CODE, 102, EOPNOTSUPP, UNSUPPORTED)                    \
	/* It refused the input. */                                            \
	ROW(HVPT_ERR_HV_INPUT, 103, EINVAL, DEVICE_ERROR)                      \
	/* It denied the operation. */                                         \
	ROW(HVPT_ERR_HV_DENIED, 104, EACCES, ACCESS_DENIED)                    \
	/* It lacks memory, or buffers. */                                     \
	ROW(HVPT_ERR_HV_MEMORY, 105, ENOMEM, OUT_OF_RESOURCES)                 \
	/* The hardware has no domain left. */                                 \
	ROW(HVPT_ERR_HV_DOMAINS, 106, ENOSPC, OUT_OF_RESOURCES)                \
	/* It refused the device id. */                                        \
	ROW(HVPT_ERR_HV_DEVICE, 107, ENODEV, NOT_FOUND)                        \
	/* What was to be created exists already. */                           \
	ROW(HVPT_ERR_HV_EXISTS, 108, EEXIST, ALREADY_STARTED)                  \
	/* Some object's state does not allow the call. */                     \
	ROW(HVPT_ERR_HV_STATE, 109, EBUSY, NOT_READY)                          \
	/* It timed out without any progress. */                               \
	ROW(HVPT_ERR_HV_TIMEOUT, 110, ETIMEDOUT, TIMEOUT)                      \
	/* It reported success but left elements over. */                      \
	ROW(HVPT_ERR_HV_PROGRESS, 111, EIO, DEVICE_ERROR)                      \
	/* Any other answer: see the raw status. */                            \
	ROW(HVPT_ERR_HV_FAILED, 112, EIO, DEVICE_ERROR)

/** HVPT_OK = 0, HVPT_ERR_EMPTY = 1, ... */
#define HVPT_STATUS_ENUM(name, value, errno_name, efi_name) name = (value),

/** All statuses, with the names of errno and of UEFI. */
enum hvpt_status {
	HVPT_STATUS_LIST(HVPT_STATUS_ENUM)
};

#undef HVPT_STATUS_ENUM

HVPT_STATIC_ASSERT(sizeof(enum hvpt_status) == 4, "status is 4 bytes");

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_status_name() - the identifier of a status, for logs
 * @status: any value, known or not
 *
 * Context: any.
 * Return: a static string such as "HVPT_ERR_OVERLAP"; "HVPT_ERR_UNKNOWN" for
 * a value that is not in the list above. Never NULL.
 */
const char *hvpt_status_name(enum hvpt_status status);

HVPT_EXTERN_C_END

#endif /* HVPT_STATUS_H */
