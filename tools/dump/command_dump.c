/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE
#include "tools/command.h"

#include <getopt.h>

#include "dump.h"
#include "tools/option_values.h"
#include "tools/output.h"
#include "trace/say.h"

#define COMMAND "dump"

static const char usage[] =
	"Usage: hvpt dump --debugfs FILE [--json]\n"
	"\n"
	"Prints the mappings of each domain: neighbours that continue each\n"
	"other as one range, with the size and number of their leaves and what\n"
	"the device may do: r read, w write, a accessed, d dirty. Each mapping\n"
	"is checked.\n"
	"\n"
	"  --debugfs FILE  the file 'tables' of the Linux adapter, such as\n"
	"                  /sys/kernel/debug/hvpt/tables, or a copy of it, which\n"
	"                  may be compressed. -: standard input\n"
	"  --json          print JSON\n"
	"  -h, --help      this text\n"
	"\n"
	"Exit status: 0 nothing is wrong, 1 a mapping is wrong, 2 bad usage or\n"
	"input.\n";

enum option_id {
	OPT_DEBUGFS = 256,
	OPT_JSON,
};

static const struct option long_options[] = {
	{ "debugfs", required_argument, NULL, OPT_DEBUGFS },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/** The command line. */
struct command_line {
	const char *debugfs;
	bool json;
};

static bool take_option(int id, void *target)
{
	struct command_line *line = target;

	if (id == OPT_JSON)
		line->json = true;
	else
		line->debugfs = optarg;
	return true;
}

static bool is_complete(const struct command_line *line, int argc, char **argv)
{
	if (optind < argc) {
		say("hvpt dump: '%s' is no option; try 'hvpt dump --help'",
		    argv[optind]);
		return false;
	}
	if (!line->debugfs) {
		say("hvpt dump: no --debugfs given; try 'hvpt dump --help'");
		return false;
	}
	return output_streams_differ("hvpt dump", &line->debugfs, 1);
}

static int print(const struct dump *dump, bool json)
{
	if (json)
		dump_print_json(dump);
	else
		dump_print_text(dump);
	return dump_problems(dump) ? EXIT_MISMATCH : EXIT_ALL_WELL;
}

int command_dump(int argc, char **argv)
{
	struct command_line line = { .debugfs = NULL };
	struct dump dump = { .domains = NULL };
	int code;

	if (!value_go_on(value_options(COMMAND, argc, argv, long_options,
				       take_option, &line),
			 usage, &code))
		return code;
	if (!is_complete(&line, argc, argv))
		return EXIT_BAD_INPUT;
	code = dump_read_debugfs(&dump, line.debugfs) ?
		       print(&dump, line.json) :
		       EXIT_BAD_INPUT;
	dump_free(&dump);
	return code;
}
