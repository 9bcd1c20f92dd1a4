/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Logical device ids of handles, as on Hyper-V's firmware.
 */
#include "fake_boot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <Library/HvptDeviceIdLib.h>
#include <Protocol/HvptDeviceId.h>

/* A path in pieces: UEFI 10.3.2. */
#define ACPI 2, 1, 12, 0, 0xd0, 0x41, 0x03, 0x0a, 0, 0, 0, 0
#define VMBUS_GUID                                                             \
	0xa2, 0xe5, 0x17, 0x9b, 0x91, 0x08, 0xdd, 0x42, 0xb6, 0x53, 0x80,      \
		0xb5, 0xc2, 0x28, 0x09, 0xba
#define OTHER_GUID                                                             \
	0xa3, 0xe5, 0x17, 0x9b, 0x91, 0x08, 0xdd, 0x42, 0xb6, 0x53, 0x80,      \
		0xb5, 0xc2, 0x28, 0x09, 0xba
#define TYPE_GUID 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
#define INSTANCE                                                               \
	0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x8f, 0, 0, 0, 0, 0, 0, 0, 0
#define VMBUS 1, 4, 52, 0, VMBUS_GUID, TYPE_GUID, INSTANCE
#define VENDOR 1, 4, 52, 0, OTHER_GUID, TYPE_GUID, INSTANCE
#define SHORT_VMBUS 1, 4, 36, 0, VMBUS_GUID, TYPE_GUID
#define PCI(function, device) 1, 1, 6, 0, function, device
#define BROKEN 1, 1, 3, 0
#define END 0x7f, 0xff, 4, 0

static EFI_STATUS of_path(const void *path, UINT64 *id)
{
	return HvptDeviceIdFromHandle(fake_boot_path_handle(path), id);
}

static void device_paths(void **state)
{
	static const UINT8 good[] = { ACPI, VMBUS, PCI(3, 9), END };
	static const UINT8 no_pci[] = { ACPI, VMBUS, END };
	static const UINT8 no_vmbus[] = { ACPI, PCI(3, 0), END };
	static const UINT8 before[] = { PCI(3, 0), VMBUS, END };
	static const UINT8 vendor[] = { VENDOR, PCI(3, 0), END };
	static const UINT8 short_node[] = { SHORT_VMBUS, PCI(3, 0), END };
	static const UINT8 function[] = { VMBUS, PCI(8, 0), END };
	static const UINT8 broken[] = { VMBUS, BROKEN, PCI(3, 0), END };
	static const void *const none[] = { no_pci, no_vmbus,	before,
					    vendor, short_node, function,
					    broken };
	UINT64 id = 7;
	size_t i;
	int local;

	(void)state;
	fake_boot_open();
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_int_equal(of_path(none[i], &id), EFI_UNSUPPORTED);
	assert_int_equal(of_path(NULL, &id), EFI_UNSUPPORTED);
	assert_int_equal(HvptDeviceIdFromHandle(NULL, &id),
			 EFI_INVALID_PARAMETER);
	assert_int_equal(HvptDeviceIdFromHandle(&local, &id),
			 EFI_INVALID_PARAMETER);
	assert_true(id == 7);
	/* The example of hvpt/logical_id.h; the device number is not used. */
	assert_int_equal(of_path(good, &id), EFI_SUCCESS);
	assert_true(id == 0x66558f73);
	fake_boot_close();
}

static EFI_STATUS answer;

static EFI_STATUS EFIAPI policy_get(HVPT_DEVICE_ID_PROTOCOL *policy,
				    EFI_HANDLE handle, UINT64 *id)
{
	(void)policy;
	if (answer == EFI_SUCCESS)
		*id = handle ? 0x42 : 0x41;
	return answer;
}

static void policy(void **state)
{
	static const UINT8 good[] = { VMBUS, PCI(3, 9), END };
	static HVPT_DEVICE_ID_PROTOCOL protocol = { policy_get };
	UINT64 id = 0;

	(void)state;
	fake_boot_open();
	fake_boot_install(&gHvptDeviceIdProtocolGuid, &protocol);
	answer = EFI_SUCCESS;
	assert_int_equal(HvptDeviceIdFromHandle(NULL, &id), EFI_SUCCESS);
	assert_true(id == 0x41);
	assert_int_equal(of_path(good, &id), EFI_SUCCESS);
	assert_true(id == 0x42);
	answer = EFI_NOT_FOUND;
	assert_int_equal(of_path(good, &id), EFI_SUCCESS);
	assert_true(id == 0x66558f73);
	assert_int_equal(HvptDeviceIdFromHandle(NULL, &id),
			 EFI_INVALID_PARAMETER);
	answer = EFI_UNSUPPORTED;
	assert_int_equal(of_path(good, &id), EFI_UNSUPPORTED);
	answer = EFI_DEVICE_ERROR;
	assert_int_equal(of_path(good, &id), EFI_UNSUPPORTED);
	fake_boot_close();
}

static void dma_ids(void **state)
{
	UINT64 id = 7;

	(void)state;
	assert_int_equal(HvptDeviceIdFromDmaId(0, 5, &id), EFI_UNSUPPORTED);
	assert_true(id == 7);
	assert_int_equal(HvptDeviceIdFromDmaId(1, 0xffffffff, &id),
			 EFI_SUCCESS);
	assert_true(id == 0xffffffff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(device_paths),
		cmocka_unit_test(policy),
		cmocka_unit_test(dma_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
