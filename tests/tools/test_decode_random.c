/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Random hypercalls through the decoder: it reads no byte that it was not
 * given, explains each byte once, and says what is missing or left over.
 * Random text through the reader of hexadecimal bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <string.h>

#include "hvpt/hv_abi.h"
#include "oracle/random.h"
#include "tools/abi/abi_table.h"
#include "tools/abi/decode.h"
#include "tools/hex_bytes.h"

#define ROUNDS 20000u

/* ---- the decoder ----------------------------------------------------- */

/**
 * struct seen - the rows of one call
 * @end: what the rows of the part explain so far
 * @rest: there was a row for missing or remaining bytes
 */
struct seen {
	const struct decode_request *request;
	const char *part;
	size_t end;
	bool rest;
	size_t problems;
};

static const uint8_t *bytes_of(const struct seen *seen, size_t *count)
{
	if (strcmp(seen->part, "input") == 0) {
		*count = seen->request->input_bytes;
		return seen->request->input;
	}
	assert_string_equal(seen->part, "output");
	*count = seen->request->output_bytes;
	return seen->request->output;
}

/* The value is that of its bytes, behind those of the field before. */
static void check_field(struct seen *seen, const struct decode_row *row)
{
	size_t i, count;
	const uint8_t *bytes = bytes_of(seen, &count);
	uint64_t value = 0;

	assert_int_equal(row->first, seen->end);
	assert_true(row->count <= 8 && row->first + row->count <= count);
	for (i = 0; i < row->count; i++)
		value |= (uint64_t)bytes[row->first + i] << 8 * i;
	assert_int_equal(row->value, value);
	seen->end += row->count;
}

static void check_rest(struct seen *seen, const struct decode_row *row)
{
	size_t count;

	bytes_of(seen, &count);
	assert_non_null(row->problem);
	assert_int_equal(row->first, seen->end);
	assert_true(row->count > 0);
	if (row->kind == DECODE_REST)
		assert_int_equal(row->first + row->count, count);
	else
		assert_true(row->first + row->count > count);
	seen->rest = true;
}

static void end_part(const struct seen *seen)
{
	size_t count;

	if (!seen->part || strcmp(seen->part, "control") == 0 ||
	    strcmp(seen->part, "result") == 0)
		return;
	bytes_of(seen, &count);
	if (!seen->rest)
		assert_int_equal(seen->end, count);
}

static void take(void *ctx, const struct decode_row *row)
{
	struct seen *seen = ctx;

	if (!seen->part || strcmp(seen->part, row->part) != 0) {
		end_part(seen);
		seen->part = row->part;
		seen->end = 0;
		seen->rest = false;
	}
	seen->problems += row->problem != NULL;
	assert_non_null(row->name);
	if (row->kind == DECODE_BITS)
		assert_true(row->count && row->first + row->count <= 64);
	else if (row->kind != DECODE_FIELD)
		check_rest(seen, row);
	else if (strcmp(row->part, "control") == 0)
		assert_int_equal(row->value, seen->request->control);
	else if (strcmp(row->part, "result") == 0)
		assert_int_equal(row->value, seen->request->result);
	else
		check_field(seen, row);
}

/* Fewer bits are set than not. */
static uint64_t draw_bits(uint64_t *random)
{
	uint64_t bits = hvpt_random(random);

	return bits & hvpt_random(random);
}

/* No byte more than is used, so that a sanitizer sees a read beyond. */
static uint8_t *draw_bytes(uint64_t *random, size_t wanted, size_t *count)
{
	uint64_t kind = hvpt_random_below(random, 4);
	uint8_t *bytes;
	size_t i;

	*count = wanted;
	if (kind == 1)
		*count = hvpt_random_below(random, wanted + 1);
	else if (kind == 2)
		*count = wanted + hvpt_random_below(random, 32);
	else if (kind == 3)
		*count = hvpt_random_below(random, HVPT_HV_PAGE_BYTES + 1);
	bytes = malloc(*count ? *count : 1);
	assert_non_null(bytes);
	for (i = 0; i < *count; i++)
		bytes[i] = (uint8_t)draw_bits(random);
	return bytes;
}

static uint64_t draw_control(uint64_t *random, const struct abi_call *call)
{
	uint64_t high = hvpt_random(random) << 16;

	if (hvpt_random_below(random, 2))
		high = hvpt_random_below(random, 10)
		       << HVPT_HV_CONTROL_COUNT_SHIFT;
	return high | call->code;
}

static void decode_one(uint64_t *random, const struct abi_call *call)
{
	struct decode_request request = {
		.control = draw_control(random, call),
		.result = draw_bits(random),
		.has_result = hvpt_random_below(random, 2),
	};
	struct seen seen = { .request = &request };
	size_t wanted = call->input->bytes;
	uint8_t *input, *output;
	size_t problems;

	if (call->element)
		wanted += (size_t)call->element->bytes *
			  (request.control >> HVPT_HV_CONTROL_COUNT_SHIFT &
			   HVPT_HV_REP_MASK);
	input = draw_bytes(random, wanted, &request.input_bytes);
	output = draw_bytes(random, call->output ? call->output->bytes : 0,
			    &request.output_bytes);
	request.input = hvpt_random_below(random, 8) ? input : NULL;
	request.output = hvpt_random_below(random, 2) ? output : NULL;
	problems = decode_call(call, &request, take, &seen);
	assert_int_equal(problems, seen.problems);
	end_part(&seen);
	free(input);
	free(output);
}

static void test_calls(void **state)
{
	uint64_t random = 1;
	unsigned round, decoded = 0;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		uint16_t code = (uint16_t)hvpt_random_below(&random, 0x200);
		const struct abi_call *call = abi_call_of(code);

		if (!call)
			continue;
		assert_int_equal(call->code, code);
		decode_one(&random, call);
		decoded++;
	}
	assert_true(decoded > ROUNDS / 0x200);
}

/* ---- hexadecimal bytes ----------------------------------------------- */

#define TEXT_MAX 24u
#define ROOM 6u

/* What strtoul() makes of the same text, byte after byte. */
static enum hex_result expect(const char *text, uint8_t *bytes, size_t *count)
{
	char digits[3] = "";

	for (*count = 0;; text += 2) {
		text += strspn(text, " :");
		if (!*text)
			return HEX_GOOD;
		if (!strspn(text, "0123456789abcdefABCDEF"))
			return HEX_NO_BYTES;
		if (*count == ROOM)
			return HEX_LONG;
		if (!text[1])
			return HEX_HALF;
		if (strspn(text, "0123456789abcdefABCDEF") < 2)
			return HEX_NO_BYTES;
		memcpy(digits, text, 2);
		bytes[(*count)++] = (uint8_t)strtoul(digits, NULL, 16);
	}
}

static void draw_text(uint64_t *random, char *text)
{
	static const char usual[] = "0123456789abcdefABCDEF :";
	size_t i, length = hvpt_random_below(random, TEXT_MAX);

	for (i = 0; i < length; i++)
		text[i] = hvpt_random_below(random, 32) ?
				  usual[hvpt_random_below(random,
							  sizeof(usual) - 1)] :
				  (char)(1 + hvpt_random_below(random, 255));
	text[length] = '\0';
}

static void test_hex(void **state)
{
	unsigned round, results[4] = { 0 };
	uint64_t random = 2;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		uint8_t *bytes = malloc(ROOM), wanted[ROOM];
		struct hex_bytes to = { bytes, ROOM, 0 };
		enum hex_result result;
		char text[TEXT_MAX];
		size_t count;

		assert_non_null(bytes);
		draw_text(&random, text);
		result = hex_add(&to, text);
		assert_int_equal(result, expect(text, wanted, &count));
		assert_int_equal(to.count, count);
		assert_memory_equal(bytes, wanted, count);
		results[result]++;
		free(bytes);
	}
	assert_true(results[HEX_GOOD] && results[HEX_NO_BYTES]);
	assert_true(results[HEX_HALF] && results[HEX_LONG]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_hex),
	};

	return cmocka_run_group_tests_name("decode_random", tests, NULL, NULL);
}
