/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * input.h - read a file, or standard input, line by line, unpacking it if need
 * be.
 */
#ifndef TRACE_INPUT_H
#define TRACE_INPUT_H

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
 * What is compressed by xz, lzma, gzip, bzip2 or zstd is known by its first
 * bytes, and so is a trace.dat file; each is read if its library was there when
 * hvpt was built. What else is no text is refused by name.
 */
struct input *input_open(const char *path, const char **error);

/**
 * input_line() - the next line
 * @text: out: valid until the next call; not terminated
 * @length: out: its bytes
 *
 * LF, CR LF or CR end a line and are taken off, as are a mark of UTF-8 in front
 * of all and what terminals take for colours.
 */
enum input_status input_line(struct input *input, const char **text,
			     size_t *length);

/** What went wrong, after INPUT_ERROR. */
const char *input_error(const struct input *input);

/** How much of the file is read, in percent; -1 when the size is unknown. */
int input_percent(const struct input *input);

/** @input may be NULL. */
void input_close(struct input *input);

#endif /* TRACE_INPUT_H */
