/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The types hvpt needs, where the three standard headers are missing. */
#ifndef TYPES_OVERRIDE_H
#define TYPES_OVERRIDE_H
typedef __UINT8_TYPE__ uint8_t;
typedef __UINT16_TYPE__ uint16_t;
typedef __UINT32_TYPE__ uint32_t;
typedef __UINT64_TYPE__ uint64_t;
typedef __UINTPTR_TYPE__ uintptr_t;
typedef __SIZE_TYPE__ size_t;
typedef _Bool bool;
#define true 1
#define false 0
#define NULL ((void *)0)
#endif
