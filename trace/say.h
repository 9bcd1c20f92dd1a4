/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * say.h - messages to standard error, and a progress line on a terminal.
 */
#ifndef TRACE_SAY_H
#define TRACE_SAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most messages of one kind for a file; the rest are only counted. */
#define SAY_MAX 20u

/**
 * say() - print one line
 *
 * Does not add "hvpt: ". Replaces unprintable bytes by dots. Clears the
 * progress line first.
 */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Copies @text for display: shortened, without unprintable bytes. */
void say_shorten(char *out, size_t room, const char *text, size_t length);

/** Is standard error a terminal? */
bool say_can_progress(void);

/**
 * say_progress() - redraws the progress line
 * @percent: of the work that is done; -1: not known
 *
 * From the second second on it has the rate since the first call, and the time
 * left.
 */
void say_progress(const char *file, int percent, uint64_t events);

/** Clears the progress line, if there is one. */
void say_progress_end(void);

#endif /* TRACE_SAY_H */
