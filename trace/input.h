/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * input.h - reads a file, or standard input, line by line, and decompresses it.
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
 * input_open() - opens an input
 * @path: a file, "-" for standard input
 * @error: out: the error when NULL is returned; a static or errno text
 *
 * Files compressed by xz, lzma, gzip, bzip2 or zstd are recognised by their
 * first bytes, and so are trace.dat files. Each is read if its library was
 * available when hvpt was built. Other files that are not text are refused with
 * the name of their form.
 */
struct input *input_open(const char *path, const char **error);

/**
 * input_line() - the next line
 * @text: out: valid until the next call; not terminated
 * @length: out: its bytes
 *
 * LF, CR LF or CR end a line and are removed. So are a UTF-8 byte order mark at
 * the start of the file, and terminal colours.
 */
enum input_status input_line(struct input *input, const char **text,
			     size_t *length);

/**
 * input_is_cut() - does the file end in the middle of a line?
 * @whole: the last line that input_line() returned can be a whole one
 * @error: out, on true: which line
 *
 * To be called after INPUT_END. A last line without a line end is one that was
 * cut, unless it is @whole.
 */
bool input_is_cut(const struct input *input, bool whole, char *error,
		  size_t room);

/** The error, after INPUT_ERROR. */
const char *input_error(const struct input *input);

/** How much of the file is read, in percent; -1 when the size is unknown. */
int input_percent(const struct input *input);

/**
 * input_stop() - ends reads that wait for more
 *
 * To be called from a signal handler: an interrupted read is not repeated, and
 * the next line is an error. Without it a read outlasts signals.
 */
void input_stop(void);

/** @input may be NULL. */
void input_close(struct input *input);

#endif /* TRACE_INPUT_H */
