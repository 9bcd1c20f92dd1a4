/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * wrap.h - text in lines of a limited width.
 */
#ifndef TOOLS_WRAP_H
#define TOOLS_WRAP_H

#include <stdio.h>

/* The width of a terminal, less one. */
#define WRAP_WIDTH 79u

/**
 * wrap_text() - the rest of a line, and more lines
 * @column: where the first line stands
 * @indent: where further lines begin
 * @text: words; one that is too long gets a line of its own
 *
 * The last line is ended.
 */
void wrap_text(FILE *out, unsigned column, unsigned indent, const char *text);

/**
 * wrap_paragraphs() - text whose lines are paragraphs
 *
 * An empty line separates them. Lines that begin with a space are printed as
 * they are, without a separation.
 */
void wrap_paragraphs(FILE *out, const char *text);

/** wrap_line() - takes one line off the front; NULL at the end. */
const char *wrap_line(const char **text, size_t *length);

#endif /* TOOLS_WRAP_H */
