/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "json_cursor.h"

#include <string.h>

static void fail(struct json_cursor *json)
{
	json->bad = true;
}

static void skip_blanks(struct json_cursor *json)
{
	if (!json->bad)
		json->at += strspn(json->at, " \t\r\n");
}

/* Is this next, after blanks? Then it is read. */
static bool take(struct json_cursor *json, char character)
{
	skip_blanks(json);
	if (json->bad || *json->at != character)
		return false;
	json->at++;
	return true;
}

static void want(struct json_cursor *json, char character)
{
	if (!take(json, character))
		fail(json);
}

static bool take_word(struct json_cursor *json, const char *word)
{
	size_t length = strlen(word);

	skip_blanks(json);
	if (json->bad || strncmp(json->at, word, length) != 0)
		return false;
	json->at += length;
	json->first = false;
	return true;
}

void json_cursor_open(struct json_cursor *json, const char *text)
{
	json->text = text;
	json->at = text;
	json->first = true;
	json->bad = false;
}

void json_cursor_enter(struct json_cursor *json, char bracket)
{
	want(json, bracket);
	json->first = true;
}

/* Before an element: false: the closing bracket was there. */
static bool goes_on(struct json_cursor *json, char closing)
{
	if (take(json, closing)) {
		json->first = false;
		return false;
	}
	if (!json->first)
		want(json, ',');
	json->first = false;
	return !json->bad;
}

bool json_cursor_key(struct json_cursor *json, char *key, size_t size)
{
	if (!goes_on(json, '}'))
		return false;
	json_cursor_string(json, key, size);
	want(json, ':');
	return !json->bad;
}

bool json_cursor_item(struct json_cursor *json)
{
	return goes_on(json, ']');
}

/* ---- strings --------------------------------------------------------- */

/* After a backslash. Return: what it stands for; 0: it is wrong. */
static char escaped(struct json_cursor *json)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *name;

	if (*json->at == 'u') {
		if (strspn(json->at + 1, "0123456789abcdefABCDEF") < 4)
			return 0;
		json->at += 5;
		return '?';
	}
	name = *json->at ? strchr(names, *json->at) : NULL;
	if (!name)
		return 0;
	json->at++;
	return values[name - names];
}

/* UTF-8 stays as it is. */
static char printable(char character)
{
	return (unsigned char)character < ' ' || character == 0x7f ? '?' :
								     character;
}

void json_cursor_string(struct json_cursor *json, char *value, size_t size)
{
	size_t length = 0;

	want(json, '"');
	while (!json->bad && *json->at != '"') {
		char character = *json->at;

		if ((unsigned char)character < ' ') {
			fail(json);
			break;
		}
		json->at++;
		if (character == '\\')
			character = escaped(json);
		if (!character)
			fail(json);
		else if (length + 1 < size)
			value[length++] = printable(character);
	}
	if (size)
		value[length] = '\0';
	want(json, '"');
	json->first = false;
}

/* ---- other values ---------------------------------------------------- */

void json_cursor_number(struct json_cursor *json, uint64_t *value)
{
	size_t digits;

	skip_blanks(json);
	digits = strspn(json->at, "0123456789");
	*value = 0;
	if (digits == 0 || (digits > 1 && *json->at == '0'))
		fail(json);
	for (; !json->bad && digits; digits--) {
		unsigned digit = (unsigned)(*json->at - '0');

		if (*value > (UINT64_MAX - digit) / 10)
			fail(json);
		else
			json->at++;
		*value = *value * 10 + digit;
	}
	if (*json->at && strchr(".eE", *json->at))
		fail(json);
	json->first = false;
}

void json_cursor_bool(struct json_cursor *json, bool *value)
{
	*value = take_word(json, "true");
	if (!*value && !take_word(json, "false"))
		fail(json);
}

/* A number of any form: what strtod() would take is good enough to skip. */
static void skip_scalar(struct json_cursor *json)
{
	size_t length = strspn(json->at, "+-.0123456789eE");

	if (take_word(json, "true") || take_word(json, "false") ||
	    take_word(json, "null"))
		return;
	if (length == 0)
		fail(json);
	json->at += length;
	json->first = false;
}

enum json_kind json_cursor_kind(struct json_cursor *json)
{
	skip_blanks(json);
	if (json->bad)
		return JSON_NONE;
	switch (*json->at) {
	case '{':
		return JSON_OBJECT;
	case '[':
		return JSON_ARRAY;
	case '"':
		return JSON_STRING;
	case 't':
	case 'f':
	case 'n':
		return JSON_WORD;
	default:
		return *json->at && strchr("-0123456789", *json->at) ?
			       JSON_NUMBER :
			       JSON_NONE;
	}
}

/* How many characters of @text are a number of JSON; 0: it is none. */
static size_t number_length(const char *text)
{
	const char *at = text + (*text == '-');
	size_t digits = strspn(at, "0123456789");

	if (digits == 0 || (digits > 1 && *at == '0'))
		return 0;
	at += digits;
	if (*at == '.') {
		digits = strspn(at + 1, "0123456789");
		at += digits ? digits + 1 : 0;
	}
	if (*at == 'e' || *at == 'E') {
		const char *power = at + 1;

		power += *power == '+' || *power == '-';
		digits = strspn(power, "0123456789");
		at = digits ? power + digits : at;
	}
	return (size_t)(at - text);
}

void json_cursor_scalar(struct json_cursor *json, char *value, size_t size)
{
	const char *from;
	size_t length;

	skip_blanks(json);
	from = json->at;
	length = number_length(from);
	if (!take_word(json, "true") && !take_word(json, "false") &&
	    !take_word(json, "null")) {
		if (length == 0 ||
		    (from[length] && strchr("+-.0123456789eE", from[length])))
			fail(json);
		else
			json->at += length;
		json->first = false;
	}
	length = (size_t)(json->at - from);
	if (length >= size)
		length = size - 1;
	memcpy(value, from, length);
	value[length] = '\0';
}

static void skip_one(struct json_cursor *json)
{
	char none;

	skip_blanks(json);
	if (*json->at == '"')
		json_cursor_string(json, &none, sizeof(none));
	else
		skip_scalar(json);
}

/*
 * Brackets are counted, and not whether they pair up: what is between them is
 * of no interest.
 */
void json_cursor_skip(struct json_cursor *json)
{
	size_t depth = 0;

	do {
		skip_blanks(json);
		if (take(json, '{') || take(json, '['))
			depth++;
		else if (depth && (take(json, '}') || take(json, ']')))
			depth--;
		else if (!(depth && (take(json, ',') || take(json, ':'))))
			skip_one(json);
	} while (depth && !json->bad);
	json->first = false;
}

void json_cursor_end(struct json_cursor *json)
{
	skip_blanks(json);
	if (*json->at)
		fail(json);
}

unsigned json_cursor_line(const struct json_cursor *json)
{
	const char *at;
	unsigned line = 1;

	for (at = json->text; at < json->at; at++)
		line += *at == '\n';
	return line;
}
