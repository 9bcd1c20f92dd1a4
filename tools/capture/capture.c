/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L

#include "capture.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "trace/say.h"

#define TICK_MS 100

extern char **environ;

/* Set by a signal; the process has one recording. */
static volatile sig_atomic_t stopped;

static void stop(int number)
{
	(void)number;
	stopped = 1;
}

void capture_guard(void)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action;
	size_t i;

	memset(&action, 0, sizeof(action));
	(void)sigemptyset(&action.sa_mask);
	action.sa_handler = stop;
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		(void)sigaction(ends[i], &action, NULL);
	action.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &action, NULL);
}

bool capture_stopped(void)
{
	return stopped != 0;
}

/* ---- the command -------------------------------------------------------- */

/* Its signals are those that a command expects. Return: 0 or an errno. */
static int start(pid_t *child, char *const *command)
{
	posix_spawnattr_t attributes;
	sigset_t usual;
	int error;

	if (posix_spawnattr_init(&attributes) != 0)
		return ENOMEM;
	(void)sigemptyset(&usual);
	(void)sigaddset(&usual, SIGPIPE);
	(void)posix_spawnattr_setsigdefault(&attributes, &usual);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	error = posix_spawnp(child, command[0], NULL, &attributes, command,
			     environ);
	(void)posix_spawnattr_destroy(&attributes);
	return error;
}

/* Has it ended? */
static bool ended(struct capture *capture, pid_t *child)
{
	if (*child <= 0 || waitpid(*child, &capture->status, WNOHANG) == 0)
		return false;
	*child = 0;
	return true;
}

static void finish_command(struct capture *capture, pid_t child)
{
	if (child <= 0)
		return;
	(void)kill(child, SIGTERM);
	while (waitpid(child, &capture->status, 0) < 0 && errno == EINTR)
		;
}

/* ---- the events --------------------------------------------------------- */

static uint64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/*
 * Takes all there is. Return: was there something? A file that ends is a pipe
 * that is empty. After an error, with a message, capture->failed is set.
 */
static bool take_all(struct capture *capture, const struct tracing *tracing,
		     int pipe)
{
	char text[65536];
	bool some = false;
	ssize_t count;

	while ((count = read(pipe, text, sizeof(text))) > 0) {
		some = true;
		capture->failed = !capture->take(capture->ctx, text,
						 (size_t)count);
		if (capture->failed ||
		    (capture->events && capture->counted >= capture->events))
			return true;
	}
	if (count == 0 || errno == EAGAIN || errno == EINTR)
		return some;
	say("%s: cannot read the tracer: %s", tracing->whose, strerror(errno));
	capture->failed = true;
	return true;
}

/* For a moment, or until there is something. */
static void take_some(struct capture *capture, const struct tracing *tracing,
		      int pipe)
{
	struct pollfd fd = { pipe, POLLIN, 0 };
	struct timespec tick = { 0, TICK_MS * 1000000L };

	if (poll(&fd, 1, TICK_MS) > 0 && !take_all(capture, tracing, pipe))
		(void)nanosleep(&tick, NULL);
}

static enum capture_end record(struct capture *capture,
			       const struct tracing *tracing, int pipe,
			       pid_t *child)
{
	uint64_t end = now_ms() + capture->seconds * 1000;

	for (;;) {
		take_some(capture, tracing, pipe);
		if (capture->failed)
			return CAPTURE_FAILED;
		if (capture->tick)
			capture->tick(capture->ctx);
		if (capture_stopped())
			return CAPTURE_SIGNAL;
		if (capture->events && capture->counted >= capture->events)
			return CAPTURE_EVENTS;
		if (capture->seconds && now_ms() >= end)
			return CAPTURE_TIME;
		if (ended(capture, child))
			return CAPTURE_COMMAND;
	}
}

static enum capture_end record_all(struct capture *capture,
				   const struct tracing *tracing, int pipe)
{
	enum capture_end end;
	pid_t child = 0;
	int error = capture->command ? start(&child, capture->command) : 0;

	if (error) {
		say("%s: cannot run %s: %s", tracing->whose,
		    capture->command[0], strerror(error));
		return CAPTURE_FAILED;
	}
	end = record(capture, tracing, pipe, &child);
	tracing_stop(tracing);
	/* What was recorded up to here, unless it is enough. */
	if (end != CAPTURE_FAILED && end != CAPTURE_EVENTS)
		(void)take_all(capture, tracing, pipe);
	finish_command(capture, child);
	return capture->failed ? CAPTURE_FAILED : end;
}

enum capture_end capture_run(struct capture *capture,
			     const struct tracing *tracing)
{
	enum capture_end end;
	uint64_t began = now_ms();
	int pipe = tracing_open(tracing);

	if (pipe < 0) {
		say("%s: cannot open the tracer's pipe: %s", tracing->whose,
		    strerror(errno));
		return CAPTURE_FAILED;
	}
	end = record_all(capture, tracing, pipe);
	capture->milliseconds = now_ms() - began;
	(void)close(pipe);
	return end;
}
