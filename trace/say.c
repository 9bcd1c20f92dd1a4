/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L

#include "say.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Room for two file names and the longest message. */
#define TEXT_MAX 9000

/* The process has one terminal, so this is global. */
static bool progress_shown;

void say_progress_end(void)
{
	if (progress_shown)
		fputs("\r\033[K", stderr);
	progress_shown = false;
}

/* Arguments and file names may contain any byte. */
static void clean(char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == '\177')
			*text = '.';
	}
}

void say(const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;

	say_progress_end();
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	clean(text);
	fprintf(stderr, "%s\n", text);
}

void say_shorten(char *out, size_t room, const char *text, size_t length)
{
	size_t i;

	while (length > 0 && (*text == ' ' || *text == '\t')) {
		text++;
		length--;
	}
	for (i = 0; i < length && i + 1 < room; i++)
		out[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '.';
	out[i] = '\0';
	if (i < length && i >= 3)
		memcpy(out + i - 3, "...", 3);
}

bool say_can_progress(void)
{
	return isatty(STDERR_FILENO) == 1;
}

/* Seconds since the first call. */
static double elapsed(void)
{
	static struct timespec first;
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	if (first.tv_sec == 0)
		first = now;
	return (double)(now.tv_sec - first.tv_sec) +
	       1e-9 * (double)(now.tv_nsec - first.tv_nsec);
}

/* The first second says too little about the rest. */
static void print_rate(int percent, uint64_t events, double seconds)
{
	if (seconds < 1)
		return;
	fprintf(stderr, ", %.0f events/s", (double)events / seconds);
	if (percent > 0)
		fprintf(stderr, ", %.0f s left",
			seconds * (100 - percent) / percent);
}

void say_progress(const char *file, int percent, uint64_t events)
{
	double seconds = elapsed();

	say_progress_end();
	if (percent >= 0)
		fprintf(stderr, "%s: %d %%, ", file, percent);
	else
		fprintf(stderr, "%s: ", file);
	fprintf(stderr, "%" PRIu64 " events", events);
	print_rate(percent, events, seconds);
	fflush(stderr);
	progress_shown = true;
}
