/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * For the negative runs: what stands in the driver for the step left out.
 */
#include "HvptIoMmuDxe.h"

/* Instead of HvptGrant(): it says so, and gives nothing. */
EFI_STATUS
test_no_grant(HVPT_MAPPING *mapping, HVPT_DEVICE *device);
EFI_STATUS
test_no_grant(HVPT_MAPPING *mapping, HVPT_DEVICE *device)
{
	(void)mapping;
	(void)device;
	return EFI_SUCCESS;
}

/* Instead of HvptReadyDevice(): the pvIOMMU manages no device. */
EFI_STATUS test_unmanaged(UINT64 id, HVPT_DEVICE **device);
EFI_STATUS test_unmanaged(UINT64 id, HVPT_DEVICE **device)
{
	(void)id;
	(void)device;
	return EFI_UNSUPPORTED;
}

/*
 * Instead of HvptDeviceIdFromHandle(): a device that no mapping names, so that
 * SetAttribute() does nothing for the one that was meant.
 */
EFI_STATUS EFIAPI test_no_set(EFI_HANDLE handle, UINT64 *id);
EFI_STATUS EFIAPI test_no_set(EFI_HANDLE handle, UINT64 *id)
{
	(void)handle;
	*id = 0xf8;
	return EFI_SUCCESS;
}
