/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * text.h - parses a line of text without copying or changing it.
 */
#ifndef TRACE_TEXT_H
#define TRACE_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/** A piece of text: p .. end, end exclusive. */
struct span {
	const char *p;
	const char *end;
};

enum text_number {
	TEXT_NUMBER_OK = 0,
	TEXT_NUMBER_BAD = 1, /* no digit, or no space and no end after them */
	TEXT_NUMBER_BIG = 2, /* does not fit into 64 bits */
};

/* The small ones are inline: a line of a trace calls them for each byte. */

static inline bool text_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/** Space, tab, carriage return or newline. */
static inline bool text_is_space(char c)
{
	return c <= ' ' && (c == ' ' || c == '\t' || c == '\r' || c == '\n');
}

static inline struct span text_skip_spaces(struct span text)
{
	while (text.p < text.end && text_is_space(*text.p))
		text.p++;
	return text;
}

/** The first @c of @text; NULL: none. */
static inline const char *text_find(struct span text, char c)
{
	return memchr(text.p, c, (size_t)(text.end - text.p));
}

/** Takes @word off the front if it is there. */
static inline bool text_accept(struct span *text, const char *word)
{
	const char *p = text->p;

	for (; *word; word++, p++) {
		if (p == text->end || *p != *word)
			return false;
	}
	text->p = p;
	return true;
}

static inline bool text_starts_with(struct span text, const char *word)
{
	return text_accept(&text, word);
}

/**
 * text_take_number() - takes a number off the front
 * @text: in/out: advances over the digits
 * @value: out: written only with TEXT_NUMBER_OK
 *
 * Decimal, or hexadecimal after 0x; a space or the end must follow.
 */
enum text_number text_take_number(struct span *text, uint64_t *value);

#endif /* TRACE_TEXT_H */
