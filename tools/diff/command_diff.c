/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE
#include "tools/command.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "figures_pair.h"
#include "tools/interrupt.h"
#include "tools/option_values.h"
#include "tools/output.h"
#include "trace/say.h"

#define COMMAND "diff"

enum option_id {
	OPT_CHANGED = 256,
	OPT_JSON,
};

static int run(int argc, char **argv);

static const struct command_option options[] = {
	{ OPT_CHANGED, "changed", NULL, "only figures that are not the same" },
	{ OPT_JSON, "json", NULL, "print JSON" },
	{ 0, NULL, NULL, NULL },
};

const struct command diff_command = {
	.name = COMMAND,
	.synopsis = "[options] A B",
	.brief = "the figures of two traces or reports side by side",
	.text = "Prints each figure of A and B with the difference B - A and "
		"the ratio B / A, in the order of A, then what only B has. A "
		"and B are reports, as hvpt and hvpt-bench write them with "
		"--json, or traces, which are replayed first. Either may be "
		"compressed; - is a report on standard input. Ctrl-C ends the "
		"replay there.\n"
		"Objects in an array are told apart by the strings that they "
		"begin with; another array has one figure, its length.",
	.files = true,
	.options = options,
	.exits = { { EXIT_ALL_WELL, "all figures are the same" },
		   { EXIT_MISMATCH, "some are not" },
		   { EXIT_BAD_INPUT,
		     "bad usage or input, or a trace was interrupted" } },
	.examples = { { "diff before.txt.xz after.txt.xz --changed",
			"What another kernel does with the same work." },
		      { "diff strict.json lazy.json",
			"Two reports of hvpt replay --json." } },
	.run = run,
};

/** The command line. */
struct command_line {
	const char *files[2];
	bool changed;
	bool json;
};

static bool take_option(int id, void *target)
{
	struct command_line *line = target;

	if (id == OPT_JSON)
		line->json = true;
	else
		line->changed = true;
	return true;
}

static bool take_files(struct command_line *line, int count, char **words)
{
	if (count != 2) {
		say("hvpt diff: %s; try 'hvpt diff --help'",
		    count < 2 ? "two traces or reports are needed" :
				"only two can be compared");
		return false;
	}
	line->files[0] = words[0];
	line->files[1] = words[1];
	if (strcmp(words[0], "-") == 0 && strcmp(words[1], "-") == 0) {
		say("hvpt diff: only one of the two can be standard input");
		return false;
	}
	return output_streams_differ("hvpt diff", line->files, 2);
}

/* ---- the comparison --------------------------------------------------- */

static int print(const struct figure_pairs *pairs,
		 const struct command_line *line)
{
	if (pairs->both == 0) {
		say("hvpt diff: %s and %s have no figure in common: they are "
		    "reports of different kinds",
		    line->files[0], line->files[1]);
		return EXIT_BAD_INPUT;
	}
	if (line->json)
		figure_pairs_print_json(pairs, line->files[0], line->files[1],
					line->changed);
	else
		figure_pairs_print_text(pairs, line->files[0], line->files[1],
					line->changed);
	return pairs->changed || pairs->only_a || pairs->only_b ?
		       EXIT_MISMATCH :
		       EXIT_ALL_WELL;
}

static int compare(const struct figures figures[2],
		   const struct command_line *line)
{
	struct figure_pairs pairs;
	int code = EXIT_BAD_INPUT;

	if (figures_pair(&pairs, &figures[0], &figures[1]))
		code = print(&pairs, line);
	else
		say("hvpt diff: out of memory");
	free(pairs.list);
	return code;
}

/* After an interruption there are the figures of a part, or only A's. */
static int open_and_compare(struct figures figures[2],
			    const struct command_line *line)
{
	int code;

	interrupt_catch();
	if (!figures_open(&figures[0], line->files[0]))
		return EXIT_BAD_INPUT;
	if (interrupt_came()) {
		say("hvpt diff: interrupted before %s was read: nothing to "
		    "compare with",
		    line->files[1]);
		return EXIT_BAD_INPUT;
	}
	if (!figures_open(&figures[1], line->files[1]))
		return EXIT_BAD_INPUT;
	code = compare(figures, line);
	if (!figures[1].part)
		return code;
	say("hvpt diff: %s was interrupted: its figures are of a part",
	    line->files[1]);
	return EXIT_BAD_INPUT;
}

static int run(int argc, char **argv)
{
	struct command_line line = { .json = false };
	struct figures figures[2] = { { .list = NULL }, { .list = NULL } };
	int code;

	if (!value_go_on(value_options(&diff_command, argc, argv, take_option,
				       &line),
			 &diff_command, &code))
		return code;
	if (!take_files(&line, argc - optind, argv + optind))
		return EXIT_BAD_INPUT;
	code = open_and_compare(figures, &line);
	figures_free(&figures[0]);
	figures_free(&figures[1]);
	/* output_end() says it, but a difference is not what went wrong */
	return fflush(stdout) == 0 && !ferror(stdout) ? code : EXIT_BAD_INPUT;
}
