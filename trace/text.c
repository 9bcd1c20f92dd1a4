/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "text.h"

/* 16 and more: not a digit. */
static unsigned digit_value(char c)
{
	unsigned digit = (unsigned char)c - (unsigned)'0';
	unsigned letter = ((unsigned char)c | 0x20u) - (unsigned)'a';

	if (digit < 10)
		return digit;
	return letter < 6 ? letter + 10 : 16;
}

enum text_number text_take_number(struct span *text, uint64_t *value)
{
	unsigned base = text_accept(text, "0x") ? 16u : 10u;
	uint64_t most = base == 16u ? UINT64_MAX / 16u : UINT64_MAX / 10u;
	const char *first = text->p;
	const char *p = first;
	uint64_t sum = 0;
	bool big = false;
	unsigned digit;

	while (p < text->end && *p == '0')
		p++;
	for (; p < text->end && (digit = digit_value(*p)) < base; p++) {
		if (sum >= most)
			big = big || sum > most ||
			      digit > UINT64_MAX - sum * base;
		sum = sum * base + digit;
	}
	text->p = p;
	if (p == first || (p < text->end && !text_is_space(*p)))
		return TEXT_NUMBER_BAD;
	if (big)
		return TEXT_NUMBER_BIG;
	*value = sum;
	return TEXT_NUMBER_OK;
}
