/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * figures.h - the figures of a report in JSON: a flat list of names and values.
 *
 * {"a": {"b": 1}} has the figure a.b. Objects in an array are told apart by the
 * strings that they begin with: {"list": [{"name": "x", "n": 1}]} has the
 * figure list[x].n. A number may be between two strings, and belongs to them.
 * Elements without a name are not looked at, but their array has a figure, how
 * many elements it has. In an array that is the whole text, elements are called
 * by their number: [0].n. A member called file says what was read, and is no
 * figure.
 */
#ifndef TOOLS_DIFF_FIGURES_H
#define TOOLS_DIFF_FIGURES_H

#include <stdbool.h>
#include <stddef.h>

/* The longest value that is kept whole. */
#define FIGURE_VALUE_MAX 96u

/**
 * struct figure - one figure
 * @name: owned by the list
 * @is_number: @value is a number of JSON; else a string, true, false or null
 * @is_string: it had quotes
 */
struct figure {
	char *name;
	bool is_number;
	bool is_string;
	char value[FIGURE_VALUE_MAX];
};

/**
 * struct figures - figures in the order of the text; all zero is an empty list
 * @part: of a trace that was interrupted
 */
struct figures {
	struct figure *list;
	size_t count;
	size_t room;
	bool part;
};

/**
 * figures_parse() - the figures of a text
 * @figures: empty; owned by the caller even after a failure
 * @line: out: of what is wrong; 0: it has no line
 *
 * Return: NULL, or what is wrong.
 */
const char *figures_parse(struct figures *figures, const char *text,
			  unsigned *line);

/**
 * figures_open() - the figures of a file: a report in JSON, or a trace
 *
 * A trace is replayed, with the options that hvpt replay has by itself. "-" is
 * a report on standard input. SIGINT or SIGTERM ends a replay, if the caller
 * catches them (interrupt_catch()). Return: false after a message.
 */
bool figures_open(struct figures *figures, const char *path);

void figures_free(struct figures *figures);

#endif /* TOOLS_DIFF_FIGURES_H */
