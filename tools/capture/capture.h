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
 * @child: the command while it runs; 0: it does not
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
	pid_t child;
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
 * A command that still runs gets SIGTERM at the end; see capture_wait().
 */
enum capture_end capture_run(struct capture *capture,
			     const struct tracing *tracing);

/**
 * capture_wait() - waits for a command that got SIGTERM
 * @whose: for messages
 *
 * Call it when all is taken back and written. It says what it waits for if that
 * takes long, and another signal ends the wait, not the command.
 */
void capture_wait(struct capture *capture, const char *whose);

/** capture_code() - an enum exit_code; says so if the command failed */
int capture_code(const struct capture *capture, enum capture_end end,
		 const char *whose);

#endif /* TOOLS_CAPTURE_CAPTURE_H */
