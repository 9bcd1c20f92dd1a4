/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * abi_table.h - the hypercalls and structures of hv_abi.h and hv_message.h, as
 * data.
 *
 * `hvpt decode` and `hvpt abi` read this table. Sizes, offsets and masks are
 * those of the headers. All lists end with an entry without a name.
 */
#ifndef TOOLS_ABI_TABLE_H
#define TOOLS_ABI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct abi_value {
	const char *name;
	uint64_t value;
};

/** Names of values; if it is @complete, no other value has a meaning. */
struct abi_values {
	const struct abi_value *list;
	bool complete;
};

/** Neighbouring bits of a field; @values and @note may be NULL. */
struct abi_bits {
	const char *name;
	uint64_t mask;
	const struct abi_values *values;
	const char *note;
};

/**
 * struct abi_field - at most 8 bytes, little-endian
 * @zero: reserved or padding: zero in inputs, ignored in outputs
 * @bits: what its bits mean, the others are reserved; NULL: it is one number
 * @values: names of the number; may be NULL
 * @wrong: why a value is wrong, or NULL if it is not; may be NULL
 * @note: what it means; may be NULL
 */
struct abi_field {
	const char *name;
	unsigned offset;
	unsigned bytes;
	bool zero;
	const struct abi_bits *bits;
	const struct abi_values *values;
	const char *(*wrong)(uint64_t value);
	const char *note;
};

struct abi_struct {
	const char *name;
	unsigned bytes;
	const struct abi_field *fields;
};

/**
 * struct abi_call - one hypercall
 * @output: NULL: none
 * @element: of a rep call, behind the input; NULL: a simple call
 * @elements_max: how many fit
 */
struct abi_call {
	const char *name;
	const struct abi_struct *input;
	const struct abi_struct *output;
	const struct abi_field *element;
	unsigned elements_max;
	uint16_t code;
};

/** A hypercall that cannot be decoded. @why: why not */
struct abi_other {
	const char *name;
	const char *why;
	uint16_t code;
};

extern const struct abi_other abi_others[];

/** NULL: not in the table. */
const struct abi_other *abi_other_of(uint16_t code);

extern const struct abi_field abi_control;
extern const struct abi_field abi_result;
extern const struct abi_call abi_calls[];
/** Of the calls, and of fault messages; ends with NULL. */
extern const struct abi_struct *const abi_structs[];

/** NULL: not in the table. */
const struct abi_call *abi_call_of(uint16_t code);

/** NULL: it has no name. @values may be NULL. */
const char *abi_value_name(const struct abi_values *values, uint64_t value);

/** All bits of a field, and those with a meaning. */
uint64_t abi_field_mask(const struct abi_field *field);
uint64_t abi_known_mask(const struct abi_field *field);

/** The lowest and the highest bit of a mask that is not 0. */
unsigned abi_low(uint64_t mask);
unsigned abi_high(uint64_t mask);

#endif /* TOOLS_ABI_TABLE_H */
