/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/hv_status.h - the hypervisor's status codes, and what they become.
 *
 * The names are the hypervisor's, without HV_STATUS_. Sources: TLFS, Hypercall
 * Status Codes; Linux include/hyperv/hvgdk_mini.h and drivers/hv/hv_common.c
 * (error numbers); Microsoft mu_msvm HvStatus.h and OpenVMM hvdef (codes that
 * Linux does not name). Which hypercall returns which code, and why, is not
 * documented.
 */
#ifndef HVPT_HV_STATUS_H
#define HVPT_HV_STATUS_H

#include "hvpt/status.h"
#include "hvpt/status_map.h"

/*
 * HVPT_HV_STATUS_LIST(ROW) - ROW(raw code, name, hvpt status, Linux errno)
 *
 * The last two are without HVPT_ and HVPT_ERRNO_.
 *
 * The errno is that of Linux's own table if it names the code, and EIO if it
 * does not, as in Linux. One differs: INSUFFICIENT_DEVICE_DOMAINS is ENOSPC,
 * because a caller can react to it by giving up a domain, and EIO would hide
 * that.
 *
 * 0xffff is not a status of the hypervisor but 15:0 of HVPT_HV_NO_HYPERCALL.
 */
#define HVPT_HV_STATUS_LIST(ROW)                                               \
	ROW(0x0000, SUCCESS, OK, SUCCESS)                                      \
	ROW(0x0002, INVALID_HYPERCALL_CODE, ERR_HV_CODE, EINVAL)               \
	ROW(0x0003, INVALID_HYPERCALL_INPUT, ERR_HV_INPUT, EINVAL)             \
	ROW(0x0004, INVALID_ALIGNMENT, ERR_HV_INPUT, EIO)                      \
	ROW(0x0005, INVALID_PARAMETER, ERR_HV_INPUT, EINVAL)                   \
	ROW(0x0006, ACCESS_DENIED, ERR_HV_DENIED, EACCES)                      \
	ROW(0x0007, INVALID_PARTITION_STATE, ERR_HV_STATE, EIO)                \
	ROW(0x0008, OPERATION_DENIED, ERR_HV_DENIED, EACCES)                   \
	ROW(0x0009, UNKNOWN_PROPERTY, ERR_HV_INPUT, EINVAL)                    \
	ROW(0x000a, PROPERTY_VALUE_OUT_OF_RANGE, ERR_HV_INPUT, EINVAL)         \
	ROW(0x000b, INSUFFICIENT_MEMORY, ERR_HV_MEMORY, ENOMEM)                \
	ROW(0x000c, PARTITION_TOO_DEEP, ERR_HV_FAILED, EIO)                    \
	ROW(0x000d, INVALID_PARTITION_ID, ERR_HV_INPUT, EINVAL)                \
	ROW(0x000e, INVALID_VP_INDEX, ERR_HV_INPUT, EINVAL)                    \
	ROW(0x0010, NOT_FOUND, ERR_HV_FAILED, EIO)                             \
	ROW(0x0011, INVALID_PORT_ID, ERR_HV_INPUT, EINVAL)                     \
	ROW(0x0012, INVALID_CONNECTION_ID, ERR_HV_INPUT, EINVAL)               \
	ROW(0x0013, INSUFFICIENT_BUFFERS, ERR_HV_MEMORY, EIO)                  \
	ROW(0x0014, NOT_ACKNOWLEDGED, ERR_HV_FAILED, EIO)                      \
	ROW(0x0015, INVALID_VP_STATE, ERR_HV_STATE, EIO)                       \
	ROW(0x0016, ACKNOWLEDGED, ERR_HV_FAILED, EIO)                          \
	ROW(0x0017, INVALID_SAVE_RESTORE_STATE, ERR_HV_STATE, EIO)             \
	ROW(0x0018, INVALID_SYNIC_STATE, ERR_HV_STATE, EIO)                    \
	ROW(0x0019, OBJECT_IN_USE, ERR_HV_STATE, EIO)                          \
	ROW(0x001a, INVALID_PROXIMITY_DOMAIN_INFO, ERR_HV_FAILED, EIO)         \
	ROW(0x001b, NO_DATA, ERR_HV_FAILED, EIO)                               \
	ROW(0x001c, INACTIVE, ERR_HV_FAILED, EIO)                              \
	ROW(0x001d, NO_RESOURCES, ERR_HV_MEMORY, EIO)                          \
	ROW(0x001e, FEATURE_UNAVAILABLE, ERR_HV_FAILED, EIO)                   \
	ROW(0x001f, PARTIAL_PACKET, ERR_HV_FAILED, EIO)                        \
	ROW(0x0020, PROCESSOR_FEATURE_NOT_SUPPORTED, ERR_HV_FAILED,            \
	    EOPNOTSUPP)                                                        \
	ROW(0x0030, PROCESSOR_CACHE_LINE_FLUSH_SIZE_INCOMPATIBLE,              \
	    ERR_HV_FAILED, EIO)                                                \
	ROW(0x0033, INSUFFICIENT_BUFFER, ERR_HV_MEMORY, EIO)                   \
	ROW(0x0037, INCOMPATIBLE_PROCESSOR, ERR_HV_FAILED, EIO)                \
	ROW(0x0038, INSUFFICIENT_DEVICE_DOMAINS, ERR_HV_DOMAINS, ENOSPC)       \
	ROW(0x003c, CPUID_FEATURE_VALIDATION_ERROR, ERR_HV_FAILED, EIO)        \
	ROW(0x003d, CPUID_XSAVE_FEATURE_VALIDATION_ERROR, ERR_HV_FAILED, EIO)  \
	ROW(0x003e, PROCESSOR_STARTUP_TIMEOUT, ERR_HV_FAILED, EIO)             \
	ROW(0x003f, SMX_ENABLED, ERR_HV_FAILED, EIO)                           \
	ROW(0x0041, INVALID_LP_INDEX, ERR_HV_INPUT, EINVAL)                    \
	ROW(0x0050, INVALID_REGISTER_VALUE, ERR_HV_INPUT, EINVAL)              \
	ROW(0x0051, INVALID_VTL_STATE, ERR_HV_STATE, EIO)                      \
	ROW(0x0055, NX_NOT_DETECTED, ERR_HV_FAILED, EIO)                       \
	ROW(0x0057, INVALID_DEVICE_ID, ERR_HV_DEVICE, EIO)                     \
	ROW(0x0058, INVALID_DEVICE_STATE, ERR_HV_STATE, EIO)                   \
	ROW(0x0059, PENDING_PAGE_REQUESTS, ERR_HV_FAILED, EIO)                 \
	ROW(0x0060, PAGE_REQUEST_INVALID, ERR_HV_FAILED, EIO)                  \
	ROW(0x0065, KEY_ALREADY_EXISTS, ERR_HV_EXISTS, EIO)                    \
	ROW(0x0066, DEVICE_ALREADY_IN_DOMAIN, ERR_HV_EXISTS, EEXIST)           \
	ROW(0x006f, INVALID_CPU_GROUP_ID, ERR_HV_INPUT, EIO)                   \
	ROW(0x0070, INVALID_CPU_GROUP_STATE, ERR_HV_STATE, EIO)                \
	ROW(0x0071, OPERATION_FAILED, ERR_HV_FAILED, EIO)                      \
	ROW(0x0072, NOT_ALLOWED_WITH_NESTED_VIRT_ACTIVE, ERR_HV_FAILED, EIO)   \
	ROW(0x0073, INSUFFICIENT_ROOT_MEMORY, ERR_HV_MEMORY, ENOMEM)           \
	ROW(0x0074, EVENT_BUFFER_ALREADY_FREED, ERR_HV_FAILED, EIO)            \
	ROW(0x0075, INSUFFICIENT_CONTIGUOUS_MEMORY, ERR_HV_MEMORY, ENOMEM)     \
	ROW(0x0078, TIMEOUT, ERR_HV_TIMEOUT, EIO)                              \
	ROW(0x0079, CALL_PENDING, ERR_HV_FAILED, EIO)                          \
	ROW(0x0083, INSUFFICIENT_CONTIGUOUS_ROOT_MEMORY, ERR_HV_MEMORY,        \
	    ENOMEM)                                                            \
	ROW(0x0086, VTL_ALREADY_ENABLED, ERR_HV_FAILED, EIO)                   \
	ROW(0x0087, UNKNOWN_REGISTER_NAME, ERR_HV_FAILED, EIO)                 \
	ROW(0xffff, NO_HYPERCALL, ERR_NO_HYPERVISOR, EOPNOTSUPP)

/** HVPT_HV_STATUS_SUCCESS, HVPT_HV_STATUS_TIMEOUT, ... */
#define HVPT_HV_STATUS_ENUM(raw, name, status, number)                         \
	HVPT_HV_STATUS_##name = (raw),

/** The raw statuses that are known. */
enum hvpt_hv_status {
	HVPT_HV_STATUS_LIST(HVPT_HV_STATUS_ENUM)
};

#undef HVPT_HV_STATUS_ENUM

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_hv_status_name() - the hypervisor's name of a status, for logs
 * @raw: any value
 *
 * Context: any, as for the other functions here.
 * Return: a static string such as "INVALID_DEVICE_ID"; "UNKNOWN" for a code
 * that is not in the list. Never NULL.
 */
const char *hvpt_hv_status_name(uint16_t raw);

/**
 * hvpt_hv_status_map() - the status that a raw status becomes
 * @raw: any value
 *
 * Return: as in the list; HVPT_ERR_HV_FAILED for a code that is not in it.
 */
enum hvpt_status hvpt_hv_status_map(uint16_t raw);

/**
 * hvpt_hv_status_errno() - the Linux error number of a raw status
 * @raw: any value
 *
 * Finer than hvpt_status_errno() of the mapped status, and what Linux's own
 * drivers return.
 * Return: positive; EIO for a code that is not in the list.
 */
int hvpt_hv_status_errno(uint16_t raw);

/**
 * hvpt_hv_status_is_absence() - may it mean "there is no such device"?
 * @raw: any value
 *
 * True for INVALID_DEVICE_ID, NOT_FOUND, INVALID_DEVICE_STATE and
 * INVALID_PARAMETER. Which of them a host returns after it took a device away
 * is not documented. Each may also refer to another argument, so it is evidence
 * only from a call that has no other argument than the device and worked for it
 * before: GET_LOGICAL_DEVICE_PROPERTY.
 */
bool hvpt_hv_status_is_absence(uint16_t raw);

HVPT_EXTERN_C_END

#endif /* HVPT_HV_STATUS_H */
