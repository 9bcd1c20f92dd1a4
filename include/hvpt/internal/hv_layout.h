/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/internal/hv_layout.h - checks of layouts, and packing of bits.
 *
 * For hv_abi.h, hv_message.h and the core; not for users.
 */
#ifndef HVPT_INTERNAL_HV_LAYOUT_H
#define HVPT_INTERNAL_HV_LAYOUT_H

#include "hvpt/port.h"

/* The compiler checks each layout next to it, as C11 and as C++17. */
#define HVPT_HV_OFFSET(type, field) __builtin_offsetof(type, field)
#define HVPT_HV_LAYOUT(type, bytes)                                            \
	HVPT_STATIC_ASSERT(sizeof(type) == (bytes), "size of " #type)
#define HVPT_HV_FIELD(type, field, offset)                                     \
	HVPT_STATIC_ASSERT(HVPT_HV_OFFSET(type, field) == (offset),            \
			   "offset of " #field " in " #type)

/** Puts @value into @bits bits at @shift; bits that do not fit are dropped. */
HVPT_INLINE uint64_t hvpt_hv_field(uint64_t value, unsigned shift,
				   unsigned bits)
{
	return (value & (((uint64_t)1 << bits) - 1)) << shift;
}

#endif /* HVPT_INTERNAL_HV_LAYOUT_H */
