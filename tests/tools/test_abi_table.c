/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The table of hypercalls, tools/abi/abi_table.h: its fields cover the
 * structures of hv_abi.h, and its bits are those that hv_abi.h encodes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "hvpt/hv_abi.h"
#include "tools/abi/abi_table.h"
#include "tools/hex_bytes.h"

#define ONES (~(uint64_t)0)

static uint64_t mask_of(const struct abi_bits *bits, const char *name)
{
	for (; bits->name; bits++) {
		if (strcmp(bits->name, name) == 0)
			return bits->mask;
	}
	fail_msg("no bits %s", name);
	return 0;
}

static const struct abi_field *field_of(const struct abi_struct *layout,
					const char *name)
{
	const struct abi_field *field;

	for (field = layout->fields; field->name; field++) {
		if (strcmp(field->name, name) == 0)
			return field;
	}
	fail_msg("no field %s in %s", name, layout->name);
	return NULL;
}

/* No bit is in two groups, none is outside, each group is one run. */
static void bits_are_sound(const struct abi_field *field)
{
	const struct abi_bits *bits;
	uint64_t seen = 0;

	for (bits = field->bits; bits && bits->name; bits++) {
		uint64_t run = bits->mask >> abi_low(bits->mask);

		assert_int_equal(run & (run + 1), 0);
		assert_int_equal(bits->mask & seen, 0);
		assert_int_equal(bits->mask & ~abi_field_mask(field), 0);
		seen |= bits->mask;
	}
}

static void test_no_gap(void **state)
{
	const struct abi_struct *const *layout;

	(void)state;
	for (layout = abi_structs; *layout; layout++) {
		const struct abi_field *field;
		unsigned end = 0;

		for (field = (*layout)->fields; field->name; field++) {
			assert_int_equal(field->offset, end);
			assert_in_range(field->bytes, 1, 8);
			end += field->bytes;
			bits_are_sound(field);
		}
		assert_int_equal(end, (*layout)->bytes);
	}
	bits_are_sound(&abi_control);
	bits_are_sound(&abi_result);
}

static void test_control(void **state)
{
	const struct abi_bits *bits = abi_control.bits;

	(void)state;
	assert_int_equal(mask_of(bits, "code"), hvpt_hv_control(0xffff, 0, 0));
	assert_int_equal(mask_of(bits, "rep count"),
			 hvpt_hv_control(0, 0xffffu, 0));
	assert_int_equal(mask_of(bits, "rep start"),
			 hvpt_hv_control(0, 0, 0xffffu));
}

static void test_result(void **state)
{
	uint64_t status = mask_of(abi_result.bits, "status");
	uint64_t reps = mask_of(abi_result.bits, "reps completed");

	(void)state;
	assert_int_equal(hvpt_hv_result_status(status), 0xffff);
	assert_int_equal(hvpt_hv_result_status(~status), 0);
	assert_int_equal(hvpt_hv_result_reps(reps), 0xfff);
	assert_int_equal(hvpt_hv_result_reps(~reps), 0);
}

static void test_names(void **state)
{
	const struct abi_call *attach;
	const struct abi_bits *bits;

	(void)state;
	attach = abi_call_of(HVPT_HVCALL_ATTACH_DEVICE_DOMAIN);
	assert_non_null(attach);
	bits = field_of(attach->input, "domain.domain_id")->bits;
	assert_int_equal(mask_of(bits, "type"), hvpt_hv_domain_id(0xffffu, 0));
	assert_int_equal(mask_of(bits, "id"),
			 hvpt_hv_domain_id(0, 0xffffffffu));
	bits = field_of(attach->input, "device_id")->bits;
	assert_int_equal(mask_of(bits, "id"), hvpt_hv_device_logical(ONES));
}

static void test_entry(void **state)
{
	const struct abi_field *entry;

	(void)state;
	entry = abi_call_of(HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST)->element;
	bits_are_sound(entry);
	assert_int_equal(mask_of(entry->bits, "shift"),
			 hvpt_hv_flush_entry(0, 0xffffu));
	assert_int_equal(mask_of(entry->bits, "page"),
			 hvpt_hv_flush_entry(ONES, 0));
	assert_int_equal(abi_known_mask(entry), ~HVPT_HV_FLUSH_ENTRY_RESERVED);
	assert_null(entry->wrong(hvpt_hv_flush_entry(8, 3)));
	assert_null(entry->wrong(hvpt_hv_flush_entry(0, 52)));
	assert_non_null(entry->wrong(hvpt_hv_flush_entry(4, 3)));
	assert_non_null(entry->wrong(hvpt_hv_flush_entry(0, 53)));
}

static void test_calls(void **state)
{
	const struct abi_call *call;

	(void)state;
	for (call = abi_calls; call->name; call++) {
		assert_ptr_equal(abi_call_of(call->code), call);
		assert_non_null(call->input);
	}
	assert_null(abi_call_of(0));
	assert_null(abi_call_of(0xffff));
}

static void hex_is(const char *text, enum hex_result result, size_t count)
{
	uint8_t bytes[3] = { 0 };
	struct hex_bytes hex = { bytes, sizeof(bytes), 0 };

	assert_int_equal(hex_add(&hex, text), result);
	assert_int_equal(hex.count, count);
	if (result == HEX_GOOD && count == 3)
		assert_memory_equal(bytes, "\x01\xab\xcd", 3);
}

static void test_hex(void **state)
{
	(void)state;
	hex_is("", HEX_GOOD, 0);
	hex_is("01abCD", HEX_GOOD, 3);
	hex_is(" 01:ab  cd:", HEX_GOOD, 3);
	hex_is("01abcd0", HEX_LONG, 3);
	hex_is("01abcd ", HEX_GOOD, 3);
	hex_is("01a", HEX_HALF, 1);
	hex_is("01a bcd", HEX_NO_BYTES, 1);
	hex_is("0x01", HEX_NO_BYTES, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_gap), cmocka_unit_test(test_control),
		cmocka_unit_test(test_result), cmocka_unit_test(test_names),
		cmocka_unit_test(test_entry),  cmocka_unit_test(test_calls),
		cmocka_unit_test(test_hex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
