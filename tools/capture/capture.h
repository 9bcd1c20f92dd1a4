/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * capture.h - reads the tracer while a command runs.
 */
#ifndef TOOLS_CAPTURE_CAPTURE_H
#define TOOLS_CAPTURE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tracing.h"

enum capture_end {
	CAPTURE_COMMAND = 0, /* the command ended */
	CAPTURE_TIME = 1,
	CAPTURE_EVENTS = 2,
	CAPTURE_SIGNAL = 3,
	CAPTURE_FAILED = 4, /* the message was printed */
};

/**
 * typedef capture_text_fn - takes what the tracer wrote
 *
 * Return: false, with a message, if it cannot.
 */
typedef bool (*capture_text_fn)(void *ctx, const char *text, size_t length);

/**
 * struct capture - what is recorded
 * @command: a program and its arguments, NULL behind them; NULL: none
 * @seconds, @events: when to end; 0: not by that
 * @take, @ctx: gets the text
 * @tick: called about ten times a second; may be NULL
 * @counted: events so far; the caller's @take counts them
 * @milliseconds: out: how long it recorded
 * @failed: out: after an error, whose message was printed
 * @status: out: the command's, as waitpid() tells; 0 without one
 */
struct capture {
	char *const *command;
	uint64_t seconds;
	uint64_t events;
	capture_text_fn take;
	void (*tick)(void *ctx);
	void *ctx;
	uint64_t counted;
	uint64_t milliseconds;
	bool failed;
	int status;
};

/**
 * capture_guard() - signals end the recording instead of the process
 *
 * SIGINT, SIGTERM and SIGHUP from now on; SIGPIPE is ignored.
 */
void capture_guard(void);

/** capture_stopped() - has such a signal come? */
bool capture_stopped(void);

/**
 * capture_run() - runs the command, and records until the end
 * @tracing: was done, and is stopped afterwards
 *
 * A command that still runs gets SIGTERM at the end, and is waited for.
 */
enum capture_end capture_run(struct capture *capture,
			     const struct tracing *tracing);

#endif /* TOOLS_CAPTURE_CAPTURE_H */
