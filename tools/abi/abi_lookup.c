/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "abi_table.h"

const struct abi_call *abi_call_of(uint16_t code)
{
	const struct abi_call *call;

	for (call = abi_calls; call->name; call++) {
		if (call->code == code)
			return call;
	}
	return NULL;
}

const char *abi_value_name(const struct abi_values *values, uint64_t value)
{
	const struct abi_value *at;

	for (at = values ? values->list : NULL; at && at->name; at++) {
		if (at->value == value)
			return at->name;
	}
	return NULL;
}

uint64_t abi_field_mask(const struct abi_field *field)
{
	return UINT64_MAX >> (64u - 8u * field->bytes);
}

uint64_t abi_known_mask(const struct abi_field *field)
{
	const struct abi_bits *bits;
	uint64_t mask = 0;

	if (field->zero)
		return 0;
	if (!field->bits)
		return abi_field_mask(field);
	for (bits = field->bits; bits->name; bits++)
		mask |= bits->mask;
	return mask;
}

unsigned abi_low(uint64_t mask)
{
	return (unsigned)__builtin_ctzll(mask);
}

unsigned abi_high(uint64_t mask)
{
	return 63u - (unsigned)__builtin_clzll(mask);
}
