/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* HVPT_TYPES_HEADER: the kernel has its own fixed-width types. */
#ifndef HVPT_LINUX_TYPES_H
#define HVPT_LINUX_TYPES_H

#include <linux/stddef.h>
#include <linux/types.h>

#endif /* HVPT_LINUX_TYPES_H */
