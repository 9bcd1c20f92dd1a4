/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The adapter for Linux against stubs of the kernel. */
#include "linux_fixture.h"

int main(void)
{
	return test_linux_start() + test_linux_life() + test_linux_paging() +
	       test_linux_parts() + test_linux_lists() + test_linux_firmware();
}
