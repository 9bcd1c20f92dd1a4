/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * say.h - messages to standard error, and a progress line on a terminal.
 */
#ifndef TRACE_SAY_H
#define TRACE_SAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Messages of one kind for one file; the rest is only counted. */
#define SAY_MAX 20u

/**
 * say() - print one line
 *
 * "hvpt: " is not added; what would not be printed is a dot. Wipes a progress
 * line first.
 */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Copies @text for display: shortened, with nothing unprintable in it. */
void say_shorten(char *out, size_t room, const char *text, size_t length);

/** Is standard error a terminal? */
bool say_can_progress(void);

/** Redraws the progress line; @percent may be -1: unknown. */
void say_progress(const char *file, int percent, uint64_t events);

/** Wipes the progress line, if there is one. */
void say_progress_end(void);

#endif /* TRACE_SAY_H */
