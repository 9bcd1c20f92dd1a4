/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include "report_options.h"

#include <getopt.h>
#include <string.h>

#include "flushing.h"
#include "tools/command.h"
#include "tools/option_values.h"
#include "trace/say.h"
#include "vega.h"

#define COMMAND "report"

/* -o is the only short one. */
enum option_id {
	OPT_OUTPUT = 'o',
	OPT_JSON = 256,
	OPT_LIBRARY,
	OPT_LEVELS,
	OPT_LAZY,
	OPT_QUIET,
};

const struct command_option report_options_known[] = {
	{ OPT_OUTPUT, "output", "FILE|DIR",
	  "write the page to FILE, - is standard output; or report.html and "
	  "report.json to the folder DIR" },
	{ OPT_JSON, "json", "FILE",
	  "write the figures as JSON; - is standard output" },
	{ OPT_LAZY, "lazy", "N",
	  "compare with a flush after N unmaps, 1 .. 1024 (64)" },
	{ OPT_LEVELS, "levels", "4|5", "table levels (4)" },
	{ OPT_LIBRARY, "library", "DIR|FILE",
	  "where Vega is, which draws the charts (" VEGA_FOLDER
	  ", of Debian's package libjs-vega)" },
	{ OPT_QUIET, "quiet", NULL, "no progress and no notes" },
	{ 0, NULL, NULL, NULL },
};

static bool take_path(const char *name, const char **path)
{
	if (optarg[0] == '\0') {
		say("hvpt report: %s: needs a name", name);
		return false;
	}
	*path = optarg;
	return true;
}

static bool take_lazy(uint64_t *lazy)
{
	if (options_number(optarg, lazy) && *lazy != 0 && *lazy <= LAZY_MAX)
		return true;
	say("hvpt report: --lazy: must be 1 .. %u, not '%s'", LAZY_MAX, optarg);
	return false;
}

static bool take_option(int id, void *target)
{
	struct report_options *options = target;

	switch (id) {
	case OPT_OUTPUT:
		return take_path("--output", &options->output);
	case OPT_JSON:
		return take_path("--json", &options->json);
	case OPT_LIBRARY:
		return take_path("--library", &options->library);
	case OPT_LEVELS:
		return value_levels(COMMAND, optarg, &options->levels);
	case OPT_LAZY:
		return take_lazy(&options->lazy);
	default:
		options->quiet = true;
		return true;
	}
}

static bool complete(struct report_options *options, int count)
{
	const char *why = NULL;

	if (count == 0)
		why = "no trace given; try 'hvpt report --help'";
	else if (count > 1)
		why = "one trace at a time; hvpt diff compares two reports";
	else if (!options->output && !options->json)
		why = "nothing to write; -o FILE.html writes the page, --json "
		      "FILE the figures";
	else if (options->output && options->json &&
		 strcmp(options->output, options->json) == 0)
		why = "-o and --json are the same file";
	if (why)
		say("hvpt report: %s", why);
	return !why;
}

enum options_result report_options_parse(const struct command *command,
					 int argc, char **argv,
					 struct report_options *options)
{
	enum options_result result;

	memset(options, 0, sizeof(*options));
	options->library = VEGA_FOLDER;
	options->levels = 4;
	options->lazy = 64;
	result = value_options(command, argc, argv, take_option, options);
	if (result != OPTIONS_RUN)
		return result;
	if (!complete(options, argc - optind))
		return OPTIONS_ERROR;
	options->trace = argv[optind];
	return OPTIONS_RUN;
}
