/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * doc_table.h - doc_table(): the cells of a table in docs/.
 *
 * What the document says is what the test expects, so neither can change alone.
 */
#ifndef HVPT_TEST_DOC_TABLE_H
#define HVPT_TEST_DOC_TABLE_H

#include <stddef.h>

#define DOC_CELL 160u

/** One row of a table: cells, trimmed, code quotes dropped. */
struct doc_row {
	size_t count;
	char cell[16][DOC_CELL];
};

/**
 * doc_table() - the first table behind a heading
 * @document: name in docs/
 * @heading: the whole line, "## Hosts"
 * @rows: out: its head first; the line of dashes is left out
 * @room: of @rows
 *
 * Return: how many rows. Fails the test when there is no such table, or one
 * with more rows, more cells in a row, or longer cells than fit.
 */
size_t doc_table(const char *document, const char *heading,
		 struct doc_row *rows, size_t room);

/** The column with this head, or the row that begins so. Fails without. */
size_t doc_column(const struct doc_row *head, const char *name);
const struct doc_row *doc_row(const struct doc_row *rows, size_t count,
			      const char *name);

#endif /* HVPT_TEST_DOC_TABLE_H */
