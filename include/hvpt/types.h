/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/types.h - the fixed-width types, and what hvpt requires of a target.
 *
 * This is one of the two places where hvpt meets its surroundings; the other is
 * port.h. The core includes no headers but its own.
 *
 * A host without the three freestanding C headers (Linux with -nostdinc, edk2)
 * defines HVPT_TYPES_HEADER to the quoted name of a replacement, which must
 * provide:
 *
 *	uint8_t uint16_t uint32_t uint64_t uintptr_t size_t bool true false NULL
 *
 * docs/PORTING.md has a complete example.
 */
#ifndef HVPT_TYPES_H
#define HVPT_TYPES_H

#ifdef HVPT_TYPES_HEADER
#include HVPT_TYPES_HEADER
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#endif

/* -std=c89 has no inline functions; GNU C has them, and so do older kernels. */
#if !defined(__cplusplus) && defined(__STRICT_ANSI__) &&                       \
	(!defined(__STDC_VERSION__) || __STDC_VERSION__ < 199901L)
#error "hvpt: needs C11 or C++17"
#endif

/*
 * An x86-64 walker reads the table pages, so entries are 64-bit little-endian
 * words, and a pointer must hold the address of any table.
 */
#if defined(__SIZEOF_POINTER__) && __SIZEOF_POINTER__ != 8
#error "hvpt: 64-bit targets only (a pointer must be 8 bytes)"
#elif !defined(__SIZEOF_POINTER__) && !defined(_WIN64)
#error "hvpt: cannot tell the pointer size; 64-bit targets only"
#endif

#if defined(__BYTE_ORDER__)
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "hvpt: little-endian targets only (page-table entries are)"
#endif
#elif !defined(_WIN64)
#error "hvpt: cannot tell the byte order; little-endian targets only"
#endif

#ifdef __cplusplus
#define HVPT_STATIC_ASSERT(cond, text) static_assert(cond, text)
#define HVPT_EXTERN_C_BEGIN extern "C" {
#define HVPT_EXTERN_C_END }
#else
/* What C and C++ spell differently: here as in C. */
#define HVPT_STATIC_ASSERT(cond, text) _Static_assert(cond, text)
#define HVPT_EXTERN_C_BEGIN
#define HVPT_EXTERN_C_END
#endif

HVPT_STATIC_ASSERT(sizeof(uint64_t) == 8, "uint64_t must be 8 bytes");
HVPT_STATIC_ASSERT(sizeof(uint32_t) == 4, "uint32_t must be 4 bytes");
HVPT_STATIC_ASSERT(sizeof(uint16_t) == 2, "uint16_t must be 2 bytes");
HVPT_STATIC_ASSERT(sizeof(uint8_t) == 1, "uint8_t must be 1 byte");
HVPT_STATIC_ASSERT(sizeof(uintptr_t) == 8, "uintptr_t must be 8 bytes");

#endif /* HVPT_TYPES_H */
