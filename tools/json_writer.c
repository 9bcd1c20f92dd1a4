/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "json_writer.h"

#include <inttypes.h>

/* Length of a valid UTF-8 sequence at @text; 0 if there is none. */
static size_t utf8_length(const unsigned char *text)
{
	size_t length = 1;
	size_t i;

	if (text[0] < 0x80)
		return 1;
	if (text[0] >= 0xc2 && text[0] <= 0xdf)
		length = 2;
	else if ((text[0] & 0xf0) == 0xe0)
		length = 3;
	else if (text[0] >= 0xf0 && text[0] <= 0xf4)
		length = 4;
	else
		return 0;
	for (i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((text[0] == 0xe0 && text[1] < 0xa0) ||
	    (text[0] == 0xed && text[1] > 0x9f) ||
	    (text[0] == 0xf0 && text[1] < 0x90) ||
	    (text[0] == 0xf4 && text[1] > 0x8f))
		return 0;
	return length;
}

void json_string(FILE *out, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	fputc('"', out);
	while (*p != '\0') {
		size_t length = utf8_length(p);

		if (length == 0)
			fputs("\\ufffd", out);
		else if (*p == '"' || *p == '\\')
			fprintf(out, "\\%c", *p);
		else if (*p < 0x20 || *p == '<' || *p == 0x7f)
			fprintf(out, "\\u%04x", *p);
		else
			fwrite(p, 1, length, out);
		p += length ? length : 1;
	}
	fputc('"', out);
}

/* ---- values ---------------------------------------------------------- */

static void begin_value(struct json_writer *json, const char *key)
{
	if (json->comma)
		fputc(',', json->out);
	if (json->depth != 0 && json->depth <= JSON_LINES && !json->one_line)
		fprintf(json->out, "\n%*s", (int)json->depth * 2, "");
	json->comma = true;
	if (!key)
		return;
	json_string(json->out, key);
	fputs(": ", json->out);
}

void json_enter(struct json_writer *json, const char *key, char bracket)
{
	begin_value(json, key);
	fputc(bracket, json->out);
	json->comma = false;
	json->depth++;
}

void json_leave(struct json_writer *json, char bracket)
{
	json->depth--;
	if (json->depth <= JSON_LINES - 1 && !json->one_line)
		fprintf(json->out, "\n%*s", (int)json->depth * 2, "");
	fputc(bracket, json->out);
	json->comma = true;
}

void json_number(struct json_writer *json, const char *key, uint64_t value)
{
	begin_value(json, key);
	fprintf(json->out, "%" PRIu64, value);
}

void json_hex(struct json_writer *json, const char *key, uint64_t value)
{
	begin_value(json, key);
	fprintf(json->out, "\"0x%" PRIx64 "\"", value);
}

void json_words(struct json_writer *json, const char *key, const char *value)
{
	begin_value(json, key);
	json_string(json->out, value);
}

void json_flag(struct json_writer *json, const char *key, bool value)
{
	begin_value(json, key);
	fputs(value ? "true" : "false", json->out);
}

void json_null(struct json_writer *json, const char *key)
{
	begin_value(json, key);
	fputs("null", json->out);
}
