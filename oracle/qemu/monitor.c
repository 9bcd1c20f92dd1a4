/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * QMP: one JSON object a line. Of JSON only what is needed is read: is the
 * line an answer, and the one string in it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_internal.h"

static const char RETURN[] = "{\"return\": ";

/* The next answer, events passed over. Return: what follows "return". */
static const char *answer(struct qemu *qemu)
{
	for (;;) {
		const char *line = stream_line(&qemu->monitor);

		if (strncmp(line, RETURN, strlen(RETURN)) == 0)
			return line + strlen(RETURN);
		if (strncmp(line, "{\"error\"", 8) == 0)
			walker_die("monitor: %s", line);
	}
}

static void send_text(struct qemu *qemu, const char *text)
{
	stream_send(&qemu->monitor, text, strlen(text));
}

void monitor_begin(struct qemu *qemu)
{
	const char *greeting = stream_line(&qemu->monitor);

	if (strncmp(greeting, "{\"QMP\"", 6) != 0)
		walker_die("monitor: no greeting: %s", greeting);
	send_text(qemu, "{\"execute\":\"qmp_capabilities\"}\n");
	answer(qemu);
}

/* One character of a JSON string, which *@in points at. ASCII is enough. */
static char unescape(const char **in)
{
	const char *at = *in;
	char letter = *at++;

	if (letter == '\\') {
		letter = *at++;
		if (letter == 'n')
			letter = '\n';
		else if (letter == 'r')
			letter = '\r';
		else if (letter == 't')
			letter = '\t';
		else if (letter != '"' && letter != '\\' && letter != '/')
			walker_die("monitor: escape \\%c", letter);
	}
	*in = at;
	return letter;
}

/* A JSON string as plain text, to be freed. */
static char *string_of(const char *json)
{
	char *text = malloc(strlen(json) + 1);
	size_t used = 0;

	if (!text)
		walker_die("out of memory");
	if (*json++ != '"')
		walker_die("monitor: not a string: %.40s", json - 1);
	while (*json != '"') {
		if (!*json)
			walker_die("monitor: a string without end");
		text[used++] = unescape(&json);
	}
	text[used] = '\0';
	return text;
}

char *qemu_monitor(struct qemu *qemu, const char *command)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "{\"execute\":\"human-monitor-command\",\"arguments\":"
		 "{\"command-line\":\"%s\"}}\n",
		 command);
	send_text(qemu, text);
	return string_of(answer(qemu));
}
