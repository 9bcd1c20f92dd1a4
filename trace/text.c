/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "text.h"

#include <string.h>

bool text_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool text_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span text_skip_spaces(struct span text)
{
	while (text.p < text.end && text_is_space(*text.p))
		text.p++;
	return text;
}

bool text_starts_with(struct span text, const char *word)
{
	size_t length = strlen(word);

	return (size_t)(text.end - text.p) >= length &&
	       memcmp(text.p, word, length) == 0;
}

bool text_accept(struct span *text, const char *word)
{
	if (!text_starts_with(*text, word))
		return false;
	text->p += strlen(word);
	return true;
}

static unsigned digit_value(char c)
{
	if (text_is_digit(c))
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10u;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10u;
	return 16u;
}

enum text_number text_take_number(struct span *text, uint64_t *value)
{
	unsigned base = text_accept(text, "0x") ? 16u : 10u;
	const char *first = text->p;
	uint64_t sum = 0;
	bool big = false;

	while (text->p < text->end) {
		unsigned digit = digit_value(*text->p);

		if (digit >= base)
			break;
		big = big || sum > (UINT64_MAX - digit) / base;
		sum = sum * base + digit;
		text->p++;
	}
	if (text->p == first ||
	    (text->p < text->end && !text_is_space(*text->p)))
		return TEXT_NUMBER_BAD;
	if (big)
		return TEXT_NUMBER_BIG;
	*value = sum;
	return TEXT_NUMBER_OK;
}
