/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * json_writer.h - writes JSON (RFC 8259).
 *
 *	struct json_writer json = { .out = file };
 *
 *	json_enter(&json, NULL, '{');
 *	json_number(&json, "events", 12);
 *	json_leave(&json, '}');
 *
 * A key is NULL in an array. Numbers are whole. An address is a text, because
 * many readers keep no number above 2^53. An error of the file is found when it
 * is closed.
 */
#ifndef TOOLS_JSON_WRITER_H
#define TOOLS_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Values at this depth and above it have a line of their own. */
#define JSON_LINES 2u

/**
 * struct json_writer - where to, and the place in it
 * @one_line: all is on one line
 */
struct json_writer {
	FILE *out;
	bool one_line;
	unsigned depth;
	bool comma;
};

/**
 * json_string() - a text in quotes
 *
 * File names are bytes; those that are not UTF-8 become U+FFFD. A '<' is
 * escaped, so that JSON can stand in a script of an HTML page.
 */
void json_string(FILE *out, const char *text);

/** Begins an object, '{', or an array, '['; the other ends it, '}' or ']'. */
void json_enter(struct json_writer *json, const char *key, char bracket);
void json_leave(struct json_writer *json, char bracket);

void json_number(struct json_writer *json, const char *key, uint64_t value);
void json_hex(struct json_writer *json, const char *key, uint64_t value);
void json_words(struct json_writer *json, const char *key, const char *value);
void json_flag(struct json_writer *json, const char *key, bool value);
void json_null(struct json_writer *json, const char *key);

#endif /* TOOLS_JSON_WRITER_H */
