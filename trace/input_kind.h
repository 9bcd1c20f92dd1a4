/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * input_kind.h - recognises files that are not text.
 */
#ifndef TRACE_INPUT_KIND_H
#define TRACE_INPUT_KIND_H

#include <stdbool.h>
#include <stddef.h>

/* The number of first bytes that the checks need, if the file has them. */
#define INPUT_KIND_BYTES ((size_t)512)

/** Why a file that begins with @bytes is refused; NULL: it is text. */
const char *input_kind_refused(const char *bytes, size_t count);

/** Is a file that begins with @bytes from trace-cmd record? */
bool input_kind_is_trace_dat(const char *bytes, size_t count);

/** Bytes of a UTF-8 byte order mark before the text. */
size_t input_kind_mark(const char *bytes, size_t count);

/**
 * input_kind_clean() - removes terminal sequences from a line
 * @text: in/out: colours and other sequences that begin with ESC are removed
 *
 * Return: bytes that remain.
 */
size_t input_kind_clean(char *text, size_t length);

#endif /* TRACE_INPUT_KIND_H */
