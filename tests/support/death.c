/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L

#include "death.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Leaves by abort() or, the bad case, by _exit(0). */
_Noreturn static void run_child(void (*act)(void *state), void *state, int out)
{
	const struct rlimit no_core = { 0, 0 };

	setrlimit(RLIMIT_CORE, &no_core);
	signal(SIGABRT, SIG_DFL);
	dup2(out, STDERR_FILENO);
	act(state);
	_exit(0);
}

/* Reads to the end of @in; what does not fit into @text is dropped. */
static void read_all(int in, char *text, size_t room)
{
	size_t used = 0;
	char rest[256];
	ssize_t got;

	do {
		if (used + 1 < room)
			got = read(in, text + used, room - 1 - used);
		else
			got = read(in, rest, sizeof(rest));
		if (got > 0 && used + 1 < room)
			used += (size_t)got;
	} while (got > 0);
	text[used] = '\0';
}

void expect_abort(void (*act)(void *state), void *state, const char *message)
{
	char text[1024];
	int ends[2];
	int how;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		run_child(act, state, ends[1]);
	close(ends[1]);
	read_all(ends[0], text, sizeof(text));
	close(ends[0]);
	assert_int_equal(waitpid(child, &how, 0), child);
	if (!WIFSIGNALED(how) || WTERMSIG(how) != SIGABRT)
		fail_msg("no abort (wait status %#x), \"%s\" expected: %s",
			 (unsigned)how, message, text);
	if (!strstr(text, message))
		fail_msg("\"%s\" not in: %s", message, text);
}
