/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * text.h - parses a line of text without copying or changing it.
 */
#ifndef TRACE_TEXT_H
#define TRACE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

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

bool text_is_digit(char c);

/** Space, tab, carriage return or newline. */
bool text_is_space(char c);

struct span text_skip_spaces(struct span text);

bool text_starts_with(struct span text, const char *word);

/** Takes @word off the front if it is there. */
bool text_accept(struct span *text, const char *word);

/**
 * text_take_number() - takes a number off the front
 * @text: in/out: advances over the digits
 * @value: out: written only with TEXT_NUMBER_OK
 *
 * Decimal, or hexadecimal after 0x; a space or the end must follow.
 */
enum text_number text_take_number(struct span *text, uint64_t *value);

#endif /* TRACE_TEXT_H */
