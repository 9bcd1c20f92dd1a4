/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The statuses of the hypervisor, and those of hvpt as numbers of Linux and
 * UEFI: all written by hand, none taken from the lists under test.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hvpt/hvpt.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Linux. */
#define L_ENOENT 2
#define L_EIO 5
#define L_ENOMEM 12
#define L_EACCES 13
#define L_EBUSY 16
#define L_EEXIST 17
#define L_ENODEV 19
#define L_EINVAL 22
#define L_ENOSPC 28
#define L_ERANGE 34
#define L_EOVERFLOW 75
#define L_EOPNOTSUPP 95
#define L_EADDRINUSE 98
#define L_ETIMEDOUT 110
#define L_ESTALE 116
#define L_ECANCELED 125

struct raw_pin {
	uint16_t raw;
	const char *name;
	enum hvpt_status status;
	int number;
};

static const struct raw_pin raws[] = {
	{ 0x00, "SUCCESS", HVPT_OK, 0 },
	{ 0x02, "INVALID_HYPERCALL_CODE", HVPT_ERR_HV_CODE, L_EINVAL },
	{ 0x03, "INVALID_HYPERCALL_INPUT", HVPT_ERR_HV_INPUT, L_EINVAL },
	{ 0x04, "INVALID_ALIGNMENT", HVPT_ERR_HV_INPUT, L_EIO },
	{ 0x05, "INVALID_PARAMETER", HVPT_ERR_HV_INPUT, L_EINVAL },
	{ 0x06, "ACCESS_DENIED", HVPT_ERR_HV_DENIED, L_EACCES },
	{ 0x07, "INVALID_PARTITION_STATE", HVPT_ERR_HV_STATE, L_EIO },
	{ 0x08, "OPERATION_DENIED", HVPT_ERR_HV_DENIED, L_EACCES },
	{ 0x09, "UNKNOWN_PROPERTY", HVPT_ERR_HV_INPUT, L_EINVAL },
	{ 0x0a, "PROPERTY_VALUE_OUT_OF_RANGE", HVPT_ERR_HV_INPUT, L_EINVAL },
	{ 0x0b, "INSUFFICIENT_MEMORY", HVPT_ERR_HV_MEMORY, L_ENOMEM },
	{ 0x0c, "PARTITION_TOO_DEEP", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x0d, "INVALID_PARTITION_ID", HVPT_ERR_HV_INPUT, L_EINVAL },
	{ 0x0e, "INVALID_VP_INDEX", HVPT_ERR_HV_INPUT, L_EINVAL },
	{ 0x10, "NOT_FOUND", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x11, "INVALID_PORT_ID", HVPT_ERR_HV_INPUT, L_EINVAL },
	{ 0x12, "INVALID_CONNECTION_ID", HVPT_ERR_HV_INPUT, L_EINVAL },
	{ 0x13, "INSUFFICIENT_BUFFERS", HVPT_ERR_HV_MEMORY, L_EIO },
	{ 0x14, "NOT_ACKNOWLEDGED", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x15, "INVALID_VP_STATE", HVPT_ERR_HV_STATE, L_EIO },
	{ 0x16, "ACKNOWLEDGED", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x17, "INVALID_SAVE_RESTORE_STATE", HVPT_ERR_HV_STATE, L_EIO },
	{ 0x18, "INVALID_SYNIC_STATE", HVPT_ERR_HV_STATE, L_EIO },
	{ 0x19, "OBJECT_IN_USE", HVPT_ERR_HV_STATE, L_EIO },
	{ 0x1a, "INVALID_PROXIMITY_DOMAIN_INFO", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x1b, "NO_DATA", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x1c, "INACTIVE", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x1d, "NO_RESOURCES", HVPT_ERR_HV_MEMORY, L_EIO },
	{ 0x1e, "FEATURE_UNAVAILABLE", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x1f, "PARTIAL_PACKET", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x20, "PROCESSOR_FEATURE_NOT_SUPPORTED", HVPT_ERR_HV_FAILED,
	  L_EOPNOTSUPP },
	{ 0x30, "PROCESSOR_CACHE_LINE_FLUSH_SIZE_INCOMPATIBLE",
	  HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x33, "INSUFFICIENT_BUFFER", HVPT_ERR_HV_MEMORY, L_EIO },
	{ 0x37, "INCOMPATIBLE_PROCESSOR", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x38, "INSUFFICIENT_DEVICE_DOMAINS", HVPT_ERR_HV_DOMAINS, L_ENOSPC },
	{ 0x3c, "CPUID_FEATURE_VALIDATION_ERROR", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x3d, "CPUID_XSAVE_FEATURE_VALIDATION_ERROR", HVPT_ERR_HV_FAILED,
	  L_EIO },
	{ 0x3e, "PROCESSOR_STARTUP_TIMEOUT", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x3f, "SMX_ENABLED", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x41, "INVALID_LP_INDEX", HVPT_ERR_HV_INPUT, L_EINVAL },
	{ 0x50, "INVALID_REGISTER_VALUE", HVPT_ERR_HV_INPUT, L_EINVAL },
	{ 0x51, "INVALID_VTL_STATE", HVPT_ERR_HV_STATE, L_EIO },
	{ 0x55, "NX_NOT_DETECTED", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x57, "INVALID_DEVICE_ID", HVPT_ERR_HV_DEVICE, L_EIO },
	{ 0x58, "INVALID_DEVICE_STATE", HVPT_ERR_HV_STATE, L_EIO },
	{ 0x59, "PENDING_PAGE_REQUESTS", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x60, "PAGE_REQUEST_INVALID", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x65, "KEY_ALREADY_EXISTS", HVPT_ERR_HV_EXISTS, L_EIO },
	{ 0x66, "DEVICE_ALREADY_IN_DOMAIN", HVPT_ERR_HV_EXISTS, L_EEXIST },
	{ 0x6f, "INVALID_CPU_GROUP_ID", HVPT_ERR_HV_INPUT, L_EIO },
	{ 0x70, "INVALID_CPU_GROUP_STATE", HVPT_ERR_HV_STATE, L_EIO },
	{ 0x71, "OPERATION_FAILED", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x72, "NOT_ALLOWED_WITH_NESTED_VIRT_ACTIVE", HVPT_ERR_HV_FAILED,
	  L_EIO },
	{ 0x73, "INSUFFICIENT_ROOT_MEMORY", HVPT_ERR_HV_MEMORY, L_ENOMEM },
	{ 0x74, "EVENT_BUFFER_ALREADY_FREED", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x75, "INSUFFICIENT_CONTIGUOUS_MEMORY", HVPT_ERR_HV_MEMORY,
	  L_ENOMEM },
	{ 0x78, "TIMEOUT", HVPT_ERR_HV_TIMEOUT, L_EIO },
	{ 0x79, "CALL_PENDING", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x83, "INSUFFICIENT_CONTIGUOUS_ROOT_MEMORY", HVPT_ERR_HV_MEMORY,
	  L_ENOMEM },
	{ 0x86, "VTL_ALREADY_ENABLED", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0x87, "UNKNOWN_REGISTER_NAME", HVPT_ERR_HV_FAILED, L_EIO },
	{ 0xffff, "NO_HYPERCALL", HVPT_ERR_NO_HYPERVISOR, L_EOPNOTSUPP },
};

static const struct raw_pin *find_raw(uint32_t raw)
{
	size_t i;

	for (i = 0; i < COUNT(raws); i++) {
		if (raws[i].raw == raw)
			return &raws[i];
	}
	return NULL;
}

static void test_every_raw_status(void **state)
{
	static const struct raw_pin other = { 0, "UNKNOWN", HVPT_ERR_HV_FAILED,
					      L_EIO };
	uint32_t raw;
	unsigned known = 0;

	(void)state;
	for (raw = 0; raw <= 0xffff; raw++) {
		const struct raw_pin *pin = find_raw(raw);

		known += pin != NULL;
		if (!pin)
			pin = &other;
		assert_string_equal(hvpt_hv_status_name((uint16_t)raw),
				    pin->name);
		assert_int_equal(hvpt_hv_status_map((uint16_t)raw),
				 pin->status);
		assert_int_equal(hvpt_hv_status_errno((uint16_t)raw),
				 pin->number);
	}
	assert_int_equal(known, COUNT(raws));
}

static void test_enumerators(void **state)
{
	(void)state;
	assert_int_equal(HVPT_HV_STATUS_SUCCESS, 0);
	assert_int_equal(HVPT_HV_STATUS_INVALID_HYPERCALL_CODE, 2);
	assert_int_equal(HVPT_HV_STATUS_INSUFFICIENT_DEVICE_DOMAINS, 0x38);
	assert_int_equal(HVPT_HV_STATUS_INVALID_DEVICE_ID, 0x57);
	assert_int_equal(HVPT_HV_STATUS_DEVICE_ALREADY_IN_DOMAIN, 0x66);
	assert_int_equal(HVPT_HV_STATUS_TIMEOUT, 0x78);
	assert_int_equal(HVPT_HV_STATUS_NO_HYPERCALL,
			 HVPT_HV_NO_HYPERCALL & 0xffff);
}

/* Adapters use the list as data: all of it, once, in order. */
static void test_list_is_complete(void **state)
{
#define RAW_OF(raw, name, status, number) raw,
	static const uint16_t listed[] = { HVPT_HV_STATUS_LIST(RAW_OF) };
#undef RAW_OF
	size_t i;

	(void)state;
	assert_int_equal(COUNT(listed), COUNT(raws));
	for (i = 0; i < COUNT(listed); i++)
		assert_int_equal(listed[i], raws[i].raw);
}

/* ---- hvpt's own ------------------------------------------------------ */

struct pin {
	enum hvpt_status status;
	int number;
	unsigned efi;
};

/* UEFI: 2 parameter, 3 unsupported, 6 not ready, 7 device error, 9 resources,
 * 14 not found, 15 denied, 18 timeout, 19 and 20 not / already started, 21
 * aborted. */
static const struct pin pins[] = {
	{ HVPT_OK, 0, 0 },
	{ HVPT_ERR_EMPTY, L_EINVAL, 2 },
	{ HVPT_ERR_ALIGN, L_EINVAL, 2 },
	{ HVPT_ERR_WRAP, L_EOVERFLOW, 2 },
	{ HVPT_ERR_IOVA_RANGE, L_ERANGE, 2 },
	{ HVPT_ERR_GPA_RANGE, L_ERANGE, 2 },
	{ HVPT_ERR_PROT, L_EINVAL, 2 },
	{ HVPT_ERR_WRITE_ONLY, L_EOPNOTSUPP, 3 },
	{ HVPT_ERR_LEVELS, L_EINVAL, 2 },
	{ HVPT_ERR_WIDTH, L_EINVAL, 2 },
	{ HVPT_ERR_PAGE_SIZES, L_EINVAL, 2 },
	{ HVPT_ERR_IOVA_FORM, L_EINVAL, 2 },
	{ HVPT_ERR_FLAGS, L_EINVAL, 2 },
	{ HVPT_ERR_TABLE_MASK, L_EINVAL, 2 },
	{ HVPT_ERR_OPS, L_EINVAL, 2 },
	{ HVPT_ERR_POLICY, L_EINVAL, 2 },
	{ HVPT_ERR_DOMAIN_ID, L_EINVAL, 2 },
	{ HVPT_ERR_DEVICE_ID, L_EINVAL, 2 },
	{ HVPT_ERR_PREFIX, L_EINVAL, 2 },
	{ HVPT_ERR_FUNCTION, L_EINVAL, 2 },
	{ HVPT_ERR_SETTINGS, L_EINVAL, 2 },
	{ HVPT_ERR_FOREIGN, L_EINVAL, 2 },
	{ HVPT_ERR_KIND, L_EINVAL, 2 },
	{ HVPT_ERR_FLUSH_ENTRY, L_EINVAL, 2 },
	{ HVPT_ERR_MESSAGE_TYPE, L_EINVAL, 2 },
	{ HVPT_ERR_MESSAGE_SIZE, L_EINVAL, 2 },
	{ HVPT_ERR_RESERVED, L_ERANGE, 2 },
	{ HVPT_ERR_OVERLAP, L_EADDRINUSE, 20 },
	{ HVPT_ERR_NOT_MAPPED, L_ENOENT, 14 },
	{ HVPT_ERR_CORRUPT, L_EIO, 7 },
	{ HVPT_ERR_STOPPED, L_ECANCELED, 21 },
	{ HVPT_ERR_CONCURRENT, L_EBUSY, 6 },
	{ HVPT_ERR_EXISTS, L_EEXIST, 20 },
	{ HVPT_ERR_UNKNOWN_SEGMENT, L_ENODEV, 14 },
	{ HVPT_ERR_STALE, L_ESTALE, 14 },
	{ HVPT_ERR_BUSY, L_EBUSY, 6 },
	{ HVPT_ERR_ATS_ON, L_EBUSY, 6 },
	{ HVPT_ERR_NOT_ATTACHED, L_ENODEV, 19 },
	{ HVPT_ERR_LOST, L_ESTALE, 6 },
	{ HVPT_ERR_NO_MEMORY, L_ENOMEM, 9 },
	{ HVPT_ERR_TABLE_PAGE, L_ENOMEM, 9 },
	{ HVPT_ERR_NO_IDS, L_ENOSPC, 9 },
	{ HVPT_ERR_CALL_PAGE, L_ENOMEM, 9 },
	{ HVPT_ERR_NO_HYPERVISOR, L_EOPNOTSUPP, 3 },
	{ HVPT_ERR_ISOLATED, L_EOPNOTSUPP, 3 },
	{ HVPT_ERR_NO_IOMMU, L_ENODEV, 3 },
	{ HVPT_ERR_NO_STAGE1, L_ENODEV, 3 },
	{ HVPT_ERR_IOMMU_CAPS, L_ENODEV, 3 },
	{ HVPT_ERR_NOT_MANAGED, L_ENODEV, 3 },
	{ HVPT_ERR_HV_CODE, L_EOPNOTSUPP, 3 },
	{ HVPT_ERR_HV_INPUT, L_EINVAL, 7 },
	{ HVPT_ERR_HV_DENIED, L_EACCES, 15 },
	{ HVPT_ERR_HV_MEMORY, L_ENOMEM, 9 },
	{ HVPT_ERR_HV_DOMAINS, L_ENOSPC, 9 },
	{ HVPT_ERR_HV_DEVICE, L_ENODEV, 14 },
	{ HVPT_ERR_HV_EXISTS, L_EEXIST, 20 },
	{ HVPT_ERR_HV_STATE, L_EBUSY, 6 },
	{ HVPT_ERR_HV_TIMEOUT, L_ETIMEDOUT, 18 },
	{ HVPT_ERR_HV_PROGRESS, L_EIO, 7 },
	{ HVPT_ERR_HV_FAILED, L_EIO, 7 },
};

static const struct pin *find(int value)
{
	size_t i;

	for (i = 0; i < COUNT(pins); i++) {
		if ((int)pins[i].status == value)
			return &pins[i];
	}
	return NULL;
}

static void test_every_status(void **state)
{
	static const struct pin other = { HVPT_OK, L_EIO, 7 };
	int value;

	(void)state;
	for (value = -2; value < 600; value++) {
		enum hvpt_status status = (enum hvpt_status)value;
		const struct pin *pin = find(value);
		int known = strcmp(hvpt_status_name(status),
				   "HVPT_ERR_UNKNOWN") != 0;

		/* test_status has the names. */
		assert_int_equal(known, pin != NULL);
		if (!pin)
			pin = &other;
		assert_int_equal(hvpt_status_errno(status), pin->number);
		assert_int_equal(hvpt_status_efi(status), pin->efi);
	}
	assert_int_equal(hvpt_status_errno((enum hvpt_status)INT_MIN), L_EIO);
	assert_int_equal(hvpt_status_efi((enum hvpt_status)INT_MAX), 7);
}

static void test_status_list_is_complete(void **state)
{
#define STATUS_OF(name, value, linux_name, efi_name) name,
	static const enum hvpt_status listed[] = { HVPT_STATUS_LIST(
		STATUS_OF) };
#undef STATUS_OF
	size_t i;

	(void)state;
	assert_int_equal(COUNT(listed), COUNT(pins));
	for (i = 0; i < COUNT(listed); i++)
		assert_int_equal(listed[i], pins[i].status);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_raw_status),
		cmocka_unit_test(test_enumerators),
		cmocka_unit_test(test_list_is_complete),
		cmocka_unit_test(test_every_status),
		cmocka_unit_test(test_status_list_is_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
