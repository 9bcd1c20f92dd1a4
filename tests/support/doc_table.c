/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "doc_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LINE 4096u

/* One cell: what is between two bars, without blanks around it and `. */
static void take_cell(struct doc_row *row, const char *from, size_t length)
{
	char *to = row->cell[row->count];
	size_t i, n = 0;

	while (length && *from == ' ') {
		from++;
		length--;
	}
	while (length && from[length - 1] == ' ')
		length--;
	for (i = 0; i < length; i++) {
		if (from[i] == '`')
			continue;
		assert_true(n < DOC_CELL - 1);
		to[n++] = from[i];
	}
	to[n] = 0;
	row->count++;
}

static void take_row(struct doc_row *row, const char *line)
{
	const char *end;

	row->count = 0;
	for (line++; (end = strchr(line, '|')) != NULL; line = end + 1) {
		assert_true(row->count < 16);
		take_cell(row, line, (size_t)(end - line));
	}
}

static size_t read_rows(FILE *file, struct doc_row *rows, size_t room)
{
	char line[LINE];
	size_t count = 0;

	while (fgets(line, sizeof(line), file)) {
		if (line[0] != '|' && count)
			break;
		if (line[0] != '|' || !strncmp(line, "|---", 4))
			continue;
		assert_true(count < room);
		take_row(&rows[count++], line);
	}
	return count;
}

size_t doc_table(const char *document, const char *heading,
		 struct doc_row *rows, size_t room)
{
	size_t length = strlen(heading), count = 0;
	char line[LINE];
	char path[LINE];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", HVPT_TEST_DOCS, document);
	file = fopen(path, "r");
	if (!file)
		fail_msg("%s cannot be opened", path);
	while (!count && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, heading, length) && line[length] == '\n')
			count = read_rows(file, rows, room);
	}
	fclose(file);
	if (!count)
		fail_msg("%s: no table behind \"%s\"", document, heading);
	return count;
}

size_t doc_column(const struct doc_row *head, const char *name)
{
	size_t i;

	for (i = 0; i < head->count; i++)
		if (!strcmp(head->cell[i], name))
			return i;
	fail_msg("no column \"%s\"", name);
	return 0;
}

const struct doc_row *doc_row(const struct doc_row *rows, size_t count,
			      const char *name)
{
	size_t i;

	for (i = 1; i < count; i++)
		if (!strcmp(rows[i].cell[0], name))
			return &rows[i];
	fail_msg("no row \"%s\"", name);
	return NULL;
}
