/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * decode.h - explains a hypercall, field by field.
 */
#ifndef TOOLS_DECODE_H
#define TOOLS_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct abi_call;

/**
 * struct decode_request - what is known of a hypercall
 * @control: the hypercall input value
 * @input: memory of the input, with list elements; NULL: not known
 * @output: the same for the output
 * @result: the hypercall result value; with @has_result
 */
struct decode_request {
	uint64_t control;
	const uint8_t *input;
	size_t input_bytes;
	const uint8_t *output;
	size_t output_bytes;
	uint64_t result;
	bool has_result;
};

enum decode_kind {
	DECODE_FIELD = 0,   /* a whole field, a list element or a word */
	DECODE_BITS = 1,    /* bits of the field before it */
	DECODE_MISSING = 2, /* bytes that should be there */
	DECODE_REST = 3,    /* bytes that nothing explains */
};

/**
 * struct decode_row - one thing that was found
 * @part: "control", "input", "output" or "result"
 * @first: of a field the offset, of bits the lowest
 * @count: of bytes, or of bits
 * @value: of a field or bits
 * @meaning: NULL: none but the value
 * @problem: what is wrong with it; NULL: nothing
 */
struct decode_row {
	enum decode_kind kind;
	const char *part;
	const char *name;
	size_t first;
	size_t count;
	uint64_t value;
	const char *meaning;
	const char *problem;
};

/** Takes a row, which is valid during the call only. */
typedef void (*decode_row_fn)(void *ctx, const struct decode_row *row);

/**
 * decode_call() - passes all rows to @take, in the order of the parts above
 *
 * The code of @request must be one of @call.
 * Return: how many rows have a problem.
 */
size_t decode_call(const struct abi_call *call,
		   const struct decode_request *request, decode_row_fn take,
		   void *ctx);

#endif /* TOOLS_DECODE_H */
