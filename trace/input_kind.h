/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * input_kind.h - is it text, and what is it if not?
 */
#ifndef TRACE_INPUT_KIND_H
#define TRACE_INPUT_KIND_H

#include <stdbool.h>
#include <stddef.h>

/* So many bytes, or all there are, must be looked at. */
#define INPUT_KIND_BYTES ((size_t)512)

/** Why a file which begins so is not read; NULL: it is text. */
const char *input_kind_refused(const char *bytes, size_t count);

/** Does a file which begins so come from trace-cmd record? */
bool input_kind_is_trace_dat(const char *bytes, size_t count);

/** Bytes of a mark of UTF-8 in front of the text. */
size_t input_kind_mark(const char *bytes, size_t count);

/**
 * input_kind_clean() - take what terminals do not show out of a line
 * @text: in/out: colours and other sequences which begin with ESC go
 *
 * Return: bytes which are left.
 */
size_t input_kind_clean(char *text, size_t length);

#endif /* TRACE_INPUT_KIND_H */
