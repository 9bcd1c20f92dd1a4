/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "wrap.h"

#include <stdbool.h>
#include <string.h>

static unsigned put_word(FILE *out, unsigned column, unsigned indent,
			 const char *word, size_t length)
{
	if (column > indent && column + 1 + length > WRAP_WIDTH) {
		fprintf(out, "\n%*s", (int)indent, "");
		column = indent;
	} else if (column > indent) {
		fputc(' ', out);
		column++;
	}
	fwrite(word, 1, length, out);
	return column + (unsigned)length;
}

static void wrap_words(FILE *out, unsigned column, unsigned indent,
		       const char *text, size_t length)
{
	const char *end = text + length;

	while (column < indent) {
		fputc(' ', out);
		column++;
	}
	while (text < end) {
		const char *word = text + strspn(text, " ");
		size_t letters = strcspn(word, " \n");

		if (word >= end)
			break;
		column = put_word(out, column, indent, word, letters);
		text = word + letters;
	}
	fputc('\n', out);
}

void wrap_text(FILE *out, unsigned column, unsigned indent, const char *text)
{
	wrap_words(out, column, indent, text, strlen(text));
}

const char *wrap_line(const char **text, size_t *length)
{
	const char *line = *text;

	if (*line == '\0')
		return NULL;
	*length = strcspn(line, "\n");
	*text = line + *length + (line[*length] == '\n');
	return line;
}

void wrap_paragraphs(FILE *out, const char *text)
{
	bool literal = false, first = true;
	const char *line;
	size_t length;

	while ((line = wrap_line(&text, &length)) != NULL) {
		bool now = *line == ' ';

		if (!first && !(literal && now))
			fputc('\n', out);
		if (now)
			fprintf(out, "%.*s\n", (int)length, line);
		else
			wrap_words(out, 0, 0, line, length);
		literal = now;
		first = false;
	}
}
