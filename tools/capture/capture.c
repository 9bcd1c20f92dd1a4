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

#include "tools/options.h"
#include "trace/say.h"

#define TICK_MS 100

/* Ticks that a command has to end after SIGTERM before there is a message. */
#define PATIENCE 10

extern char **environ;

/* How many signals came; the process has one recording. */
static volatile sig_atomic_t stopped;

static void stop(int number)
{
	(void)number;
	stopped++;
}

static void pause_tick(void)
{
	struct timespec tick = { 0, TICK_MS * 1000000L };

	(void)nanosleep(&tick, NULL);
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
static bool ended(struct capture *capture)
{
	if (capture->child <= 0 ||
	    waitpid(capture->child, &capture->status, WNOHANG) == 0)
		return false;
	capture->child = 0;
	return true;
}

void capture_wait(struct capture *capture, const char *whose)
{
	const sig_atomic_t before = stopped;
	unsigned ticks = 0;

	while (capture->child > 0 && !ended(capture)) {
		if (stopped != before) {
			say("%s: %s (pid %ld) still runs", whose,
			    capture->command[0], (long)capture->child);
			return;
		}
		if (ticks++ == PATIENCE)
			say("%s: waiting for %s (pid %ld); Ctrl-C ends without "
			    "it",
			    whose, capture->command[0], (long)capture->child);
		pause_tick();
	}
}

int capture_code(const struct capture *capture, enum capture_end end,
		 const char *whose)
{
	if (end == CAPTURE_FAILED)
		return EXIT_BAD_INPUT;
	if (end == CAPTURE_COMMAND && capture->status != 0) {
		say("%s: %s failed", whose, capture->command[0]);
		return EXIT_MISMATCH;
	}
	return EXIT_ALL_WELL;
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

	if (poll(&fd, 1, TICK_MS) > 0 && !take_all(capture, tracing, pipe))
		pause_tick();
}

/* Somebody else did it. What there was before is taken. */
static enum capture_end switched_off(struct capture *capture,
				     const struct tracing *tracing, int pipe)
{
	(void)take_all(capture, tracing, pipe);
	say("%s: something else switched the tracer off: what came after that "
	    "is missing",
	    tracing->whose);
	return CAPTURE_FAILED;
}

static enum capture_end record(struct capture *capture,
			       const struct tracing *tracing, int pipe)
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
		if (!tracing_is_on(tracing))
			return switched_off(capture, tracing, pipe);
		if (ended(capture))
			return CAPTURE_COMMAND;
	}
}

static enum capture_end record_all(struct capture *capture,
				   const struct tracing *tracing, int pipe)
{
	enum capture_end end;
	int error = 0;

	if (capture->command)
		error = start(&capture->child, capture->command);
	if (error) {
		capture->child = 0;
		say("%s: cannot run %s: %s", tracing->whose,
		    capture->command[0], strerror(error));
		return CAPTURE_FAILED;
	}
	end = record(capture, tracing, pipe);
	tracing_stop(tracing);
	/* What was recorded up to here, unless it is enough. */
	if (end != CAPTURE_FAILED && end != CAPTURE_EVENTS)
		(void)take_all(capture, tracing, pipe);
	if (capture->child > 0)
		(void)kill(capture->child, SIGTERM);
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
