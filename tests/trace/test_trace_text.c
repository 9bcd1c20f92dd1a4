/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How numbers and fields are found in a line, beside plain ways to do it:
 * trace/text.h, trace/trace_fields.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/prng.h"
#include "trace/trace_fields.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- numbers --------------------------------------------------------- */

/* As the C library reads it. */
static enum text_number plain_number(const char *text, uint64_t *value)
{
	bool hex = strncmp(text, "0x", 2) == 0;
	const char *digits = hex ? text + 2 : text;
	size_t count = strspn(digits,
			      hex ? "0123456789abcdefABCDEF" : "0123456789");
	unsigned long long number;

	if (count == 0 || (digits[count] && !strchr(" \t\r\n", digits[count])))
		return TEXT_NUMBER_BAD;
	errno = 0;
	number = strtoull(digits, NULL, hex ? 16 : 10);
	if (errno == ERANGE)
		return TEXT_NUMBER_BIG;
	*value = number;
	return TEXT_NUMBER_OK;
}

static void compare_number(const char *text)
{
	struct span span = { text, text + strlen(text) };
	uint64_t value = 1, plain = 1;

	assert_int_equal(text_take_number(&span, &value),
			 plain_number(text, &plain));
	assert_int_equal(value, plain);
}

static void numbers_at_the_edge(void **state)
{
	static const char *const texts[] = {
		"",
		"0",
		"0x",
		"0x0",
		"0X1",
		"x",
		"7 8",
		"7\t",
		"7-",
		"-7",
		"9999999999999999",
		"10000000000000000",
		"18446744073709551615",
		"18446744073709551616",
		"18446744073709551625",
		"99999999999999999999",
		"0000000000000000000018446744073709551615",
		"184467440737095516150",
		"36893488147419103232",
		"0xffffffffffffffff",
		"0x10000000000000000",
		"0x00000000ffffffffffffffff",
		"0x1ffffffffffffffff",
		"0xffffffffffffffffg",
		"0x10000000000000000g",
		"0xaBcDeF",
		"0x:",
		"12a",
		"12/",
		"12:",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(texts); i++)
		compare_number(texts[i]);
}

static void numbers_are_those_of_the_c_library(void **state)
{
	static const char digits[] = "0123456789abcdefABCDEF g";
	uint64_t prng = pt_seed("numbers", 31);
	unsigned rounds = pt_effort(50000), i;
	char text[40];

	(void)state;
	for (i = 0; i < rounds; i++) {
		unsigned kinds = hvpt_random_below(&prng, 2) ? 10 : 22;
		size_t length = (size_t)hvpt_random_below(&prng, 24), k;
		size_t from = 0;

		if (hvpt_random_below(&prng, 16) == 0)
			kinds = sizeof(digits) - 1;
		if (hvpt_random_below(&prng, 2)) {
			memcpy(text, "0x", 2);
			from = 2;
		}
		for (k = from; k < from + length; k++)
			text[k] = digits[hvpt_random_below(&prng, kinds)];
		text[k] = '\0';
		compare_number(text);
	}
}

/* ---- fields ---------------------------------------------------------- */

/* Looks at each place of the text. */
static const char *plain_field(const char *text, const char *name)
{
	size_t length = strlen(name), i;

	for (i = 0; i + length + 2 <= strlen(text); i++)
		if (strchr(" \t\r\n", text[i]) &&
		    strncmp(text + i + 1, name, length) == 0 &&
		    text[i + 1 + length] == '=')
			return text + i + length + 2;
	return NULL;
}

static const char *const names[] = {
	"dom",	"iova", "pa",	 "paddr",	  "size",
	"prot", "raw",	"nomem", "unmapped_size",
};

static void compare_fields(const char *text)
{
	struct span all = { text, text + strlen(text) };
	struct trace_fields fields;
	size_t i;

	trace_fields_read(&fields, all);
	for (i = 0; i < COUNT(names); i++) {
		struct span value = { NULL, NULL };
		const char *plain = plain_field(text, names[i]);

		assert_int_equal(trace_fields_find(&fields, names[i], &value),
				 plain != NULL);
		assert_ptr_equal(value.p, plain);
		if (plain)
			assert_ptr_equal(value.end, all.end);
	}
}

static void fields_at_the_edge(void **state)
{
	static const char *const texts[] = {
		"",
		"=",
		" =",
		"iova=1",
		" iova=",
		" iova=1 iova=2",
		" iova =1",
		" xiova=1",
		" iova=iova=1",
		" unmapped_size=1",
		" unmapped_size=1 size=2",
		" averyveryverylongname=1 pa=2",
		"averyveryverylongname=1\tpa=2",
		" pa=paddr= paddr=3",
		" a= b= c= d= e= f= g= h= i= j= k= l= dom=1",
		" a= b= c= d= e= f= g= h= i= j= k= dom=1 dom=2",
		" ============ dom=1 =",
		" ============dom=1 dom=2",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(texts); i++)
		compare_fields(texts[i]);
}

/* A name ends where its string does, whatever follows in memory. */
static void bytes_of_zero_are_in_no_name(void **state)
{
	static const char text[] = " iova\0\0\0=1 pa\0=2";
	static const char iova[16] = "iova", pa[16] = "pa";
	struct span all = { text, text + sizeof(text) - 1 }, value;
	struct trace_fields fields;

	(void)state;
	trace_fields_read(&fields, all);
	assert_false(trace_fields_find(&fields, iova, &value));
	assert_false(trace_fields_find(&fields, pa, &value));
}

/* Pieces of fields in any order: more of them than are noted. */
static void fields_are_found_as_by_a_plain_search(void **state)
{
	static const char *const parts[] = { " ", " ",	"=",   "= ",
					     "x", "\t", "iov", "un" };
	uint64_t prng = pt_seed("fields", 32);
	unsigned rounds = pt_effort(20000), i, k;
	char text[1024];

	(void)state;
	for (i = 0; i < rounds; i++) {
		unsigned count = (unsigned)hvpt_random_below(&prng, 40);

		text[0] = '\0';
		for (k = 0; k < count; k++) {
			strcat(text,
			       parts[hvpt_random_below(&prng, COUNT(parts))]);
			if (hvpt_random_below(&prng, 2))
				strcat(text, names[hvpt_random_below(
						     &prng, COUNT(names))]);
			if (hvpt_random_below(&prng, 2))
				strcat(text, "=");
		}
		compare_fields(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_at_the_edge),
		cmocka_unit_test(numbers_are_those_of_the_c_library),
		cmocka_unit_test(fields_at_the_edge),
		cmocka_unit_test(bytes_of_zero_are_in_no_name),
		cmocka_unit_test(fields_are_found_as_by_a_plain_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
