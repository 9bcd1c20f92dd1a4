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
