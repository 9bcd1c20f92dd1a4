/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + (c))
/* Which kernel is played; the build says. */
#define LINUX_VERSION_CODE STUB_LINUX_VERSION
