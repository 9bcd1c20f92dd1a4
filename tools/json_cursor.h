/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * json_cursor.h - reads JSON front to back (RFC 8259), without a tree.
 *
 *	json_cursor_open(&json, text);
 *	json_cursor_enter(&json, '{');
 *	while (json_cursor_key(&json, key, sizeof(key)))
 *		... exactly one value for each key ...
 *
 * After anything that is not as asked for, nothing more is read: @bad is set,
 * and loops end.
 */
#ifndef TOOLS_JSON_CURSOR_H
#define TOOLS_JSON_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct json_cursor - where the reader is
 * @text: all of it, with a NUL
 * @at: what is next
 * @first: no comma is due
 * @bad: the text, or what was asked for, is wrong at @at
 */
struct json_cursor {
	const char *text;
	const char *at;
	bool first;
	bool bad;
};

void json_cursor_open(struct json_cursor *json, const char *text);

/** Begins an object, '{', or an array, '['. */
void json_cursor_enter(struct json_cursor *json, char bracket);

/** The next key of an object; false: it ended. A long key is cut. */
bool json_cursor_key(struct json_cursor *json, char *key, size_t size);

/** Is there another value in an array? False: it ended. */
bool json_cursor_item(struct json_cursor *json);

/**
 * A string, cut to fit. Characters that are not ASCII come as UTF-8 when
 * written so, and as '?' when escaped. So do control characters, so that a
 * string that is printed stays in its line.
 */
void json_cursor_string(struct json_cursor *json, char *value, size_t size);

/** A whole number that is not negative. */
void json_cursor_number(struct json_cursor *json, uint64_t *value);

void json_cursor_bool(struct json_cursor *json, bool *value);

/** What a value is, by its first character. */
enum json_kind {
	JSON_NONE = 0, /* no value */
	JSON_OBJECT = 1,
	JSON_ARRAY = 2,
	JSON_STRING = 3,
	JSON_NUMBER = 4,
	JSON_WORD = 5, /* true, false, null */
};

/** What is next; it is not read. */
enum json_kind json_cursor_kind(struct json_cursor *json);

/** A number or a word, as it stands, cut to fit. */
void json_cursor_scalar(struct json_cursor *json, char *value, size_t size);

/** Any value. */
void json_cursor_skip(struct json_cursor *json);

/** Only blanks may follow the outermost value. */
void json_cursor_end(struct json_cursor *json);

/** The line of @at, counted from 1. */
unsigned json_cursor_line(const struct json_cursor *json);

#endif /* TOOLS_JSON_CURSOR_H */
