/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "text.h"

/* By character, one more than the value of a digit; 0: not a digit. */
static const uint8_t digit_after[256] = {
	['0'] = 1,  ['1'] = 2,	['2'] = 3,  ['3'] = 4,	['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* The value of a digit; of what is not one it is at least 16. */
static inline unsigned digit_value(char c)
{
	return digit_after[(unsigned char)c] - 1u;
}

/* Return: the end of the digits. The sum is kept modulo 2^64. */
static inline const char *add_digits(struct span text, unsigned base,
				     uint64_t *sum)
{
	uint64_t value = 0;
	unsigned digit;

	while (text.p < text.end && (digit = digit_value(*text.p)) < base) {
		value = value * base + digit;
		text.p++;
	}
	*sum = value;
	return text.p;
}

/* Do these digits pass 64 bits? */
static bool is_big(struct span digits, unsigned base)
{
	uint64_t sum = 0;

	for (; digits.p < digits.end; digits.p++) {
		unsigned digit = digit_value(*digits.p);

		if (sum > (UINT64_MAX - digit) / base)
			return true;
		sum = sum * base + digit;
	}
	return false;
}

/* So many digits of any base are below 2^64. */
#define SMALL_DIGITS 16

enum text_number text_take_number(struct span *text, uint64_t *value)
{
	bool hex = text_accept(text, "0x");
	struct span digits = { text->p, text->p };
	uint64_t sum;

	digits.end = hex ? add_digits(*text, 16, &sum) :
			   add_digits(*text, 10, &sum);
	text->p = digits.end;
	if (digits.p == digits.end ||
	    (text->p < text->end && !text_is_space(*text->p)))
		return TEXT_NUMBER_BAD;
	if (digits.end - digits.p > SMALL_DIGITS &&
	    is_big(digits, hex ? 16 : 10))
		return TEXT_NUMBER_BIG;
	*value = sum;
	return TEXT_NUMBER_OK;
}
