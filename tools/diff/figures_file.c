/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "tools/interrupt.h"
#include "tools/replay/replay.h"
#include "trace/input.h"
#include "trace/say.h"
#include "trace/text.h"

/* A report has some KiB, or for each of many traces. */
#define REPORT_MAX ((size_t)64 << 20)

static const char *name_of(const char *path)
{
	if (strcmp(path, "-") == 0)
		return "<stdin>";
	return path[0] ? path : "''";
}

static bool parse(struct figures *figures, const char *path, const char *text)
{
	unsigned line;
	const char *problem = figures_parse(figures, text, &line);

	if (problem)
		say("hvpt diff: %s:%u: %s", name_of(path), line, problem);
	else if (figures->count == 0)
		say("hvpt diff: %s: it has no figures", name_of(path));
	return !problem && figures->count;
}

/* ---- a trace ----------------------------------------------------------- */

/* Has it figures, perhaps of a part? @code: what its replay ended in */
static bool is_usable(struct figures *figures, const char *path, int code,
		      const struct replay_result *result)
{
	if (result->mismatches)
		say("hvpt diff: %s: its replay has mismatches; see hvpt replay",
		    path);
	figures->part = code == EXIT_BAD_INPUT && interrupt_came();
	return code == EXIT_ALL_WELL || (figures->part && result->events != 0);
}

/* The report of one replay, as hvpt replay --json writes it. */
static char *report_of(struct figures *figures, const char *path)
{
	struct replay_options options;
	struct replay_result result;
	char *text = NULL;
	size_t bytes;
	FILE *to;

	options_default(&options);
	options.width = 48;
	if (!is_usable(figures, path, (int)replay_file(path, &options, &result),
		       &result))
		return NULL;
	to = open_memstream(&text, &bytes);
	if (!to) {
		say("hvpt diff: %s", strerror(errno));
		return NULL;
	}
	report_json(to, &result, 1, &options);
	(void)fclose(to);
	return text;
}

static bool replay_trace(struct figures *figures, const char *path)
{
	char *text;
	bool good;

	if (strcmp(path, "-") == 0) {
		say("hvpt diff: <stdin>: only a report in JSON is read from "
		    "there; hvpt replay --json - makes one of a trace");
		return false;
	}
	text = report_of(figures, path);
	good = text && parse(figures, path, text);
	free(text);
	return good;
}

/* ---- a report ------------------------------------------------------------ */

/** struct whole - a text that grows; it ends with a NUL */
struct whole {
	char *text;
	size_t bytes;
	size_t room;
};

static bool add_line(struct whole *whole, const char *line, size_t length)
{
	while (!whole->text || whole->bytes + length + 2 > whole->room) {
		size_t room = whole->room ? 2 * whole->room : 65536;
		char *text = realloc(whole->text, room);

		if (!text)
			return false;
		whole->text = text;
		whole->room = room;
	}
	memcpy(whole->text + whole->bytes, line, length);
	whole->bytes += length;
	whole->text[whole->bytes++] = '\n';
	whole->text[whole->bytes] = '\0';
	return true;
}

/* Does the first line that is not empty begin as JSON does? */
static bool is_report(const char *line, size_t length, bool *known)
{
	struct span text = text_skip_spaces(
		(struct span){ line, line + length });

	*known = text.p < text.end;
	return *known && (*text.p == '{' || *text.p == '[');
}

/* Return: what is wrong, or NULL. @report: out: it is a report in JSON */
static const char *read_report(struct input *input, struct whole *whole,
			       bool *report)
{
	enum input_status status;
	bool known = false;
	const char *line;
	size_t length;

	*report = false;
	while ((status = input_line(input, &line, &length)) == INPUT_LINE &&
	       !interrupt_came()) {
		if (!known)
			*report = is_report(line, length, &known);
		if (known && !*report)
			return NULL;
		if (whole->bytes > REPORT_MAX)
			return "larger than 64 MiB: no report";
		if (!add_line(whole, line, length))
			return "out of memory";
	}
	if (interrupt_came())
		return "interrupted";
	if (status == INPUT_ERROR)
		return input_error(input);
	return known ? NULL : "it is empty";
}

bool figures_open(struct figures *figures, const char *path)
{
	struct whole whole = { NULL, 0, 0 };
	const char *problem = NULL;
	struct input *input = input_open(path, &problem);
	bool report = false;
	bool good = false;

	if (input)
		problem = read_report(input, &whole, &report);
	input_close(input);
	if (problem)
		say("hvpt diff: %s: %s", name_of(path), problem);
	else if (report)
		good = parse(figures, path, whole.text);
	else
		good = replay_trace(figures, path);
	free(whole.text);
	return good;
}
