/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* For sources of the walker tests, which are built for the kernel too. */
#include <linux/string.h>
