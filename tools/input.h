/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * input.h - read a file line by line: plain, .xz, or standard input.
 */
#ifndef TOOLS_INPUT_H
#define TOOLS_INPUT_H

#include <stdbool.h>
#include <stddef.h>

/* A longer line is not text. */
#define INPUT_LINE_MAX ((size_t)1 << 20)

struct input;

enum input_status {
	INPUT_LINE = 0,
	INPUT_END = 1,
	INPUT_ERROR = 2,
};

/**
 * input_open() - begin to read
 * @path: a file, "-" for standard input
 * @error: out: what is wrong, with NULL returned; a static or errno text
 *
 * xz is known by its first bytes, or by the name. Other compressed and known
 * binary formats are refused with a hint.
 */
struct input *input_open(const char *path, const char **error);

/**
 * input_line() - the next line
 * @text: out: valid until the next call; newline taken off, not terminated
 * @length: out: its bytes
 */
enum input_status input_line(struct input *input, const char **text,
			     size_t *length);

/** What went wrong, after INPUT_ERROR. */
const char *input_error(const struct input *input);

/** How much of the file is read, in percent; -1 when the size is unknown. */
int input_percent(const struct input *input);

/** @input may be NULL. */
void input_close(struct input *input);

#endif /* TOOLS_INPUT_H */
