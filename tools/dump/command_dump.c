/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE
#include "tools/command.h"

#include <getopt.h>

#include "dump.h"
#include "tools/option_values.h"
#include "tools/output.h"
#include "tools/tables/tables.h"
#include "trace/say.h"

#define COMMAND "dump"

static const char usage[] =
	"Usage: hvpt dump [options] TRACE\n"
	"       hvpt dump [options] --memory FILE --root GPA\n"
	"       hvpt dump --debugfs FILE [--json]\n"
	"\n"
	"Prints the mappings of each domain: neighbours that continue each\n"
	"other as one range, with the size and number of their leaves and what\n"
	"the device may do: r read, w write, a accessed, d dirty. Each mapping\n"
	"is checked. The tables are those that hvpt builds from the events of\n"
	"TRACE, or those in a guest's memory.\n"
	"\n" TABLES_TRACE_HELP TABLES_MEMORY_HELP
	"  --debugfs FILE   the file 'tables' of the Linux adapter, such as\n"
	"                   /sys/kernel/debug/hvpt/tables, or a copy of it, which\n"
	"                   may be compressed. -: standard input\n"
	"  --json           print JSON\n"
	"  --svg FILE|-     draw the tree of tables with graphviz instead\n"
	"  -h, --help       this text\n"
	"\n"
	"Examples:\n"
	"  hvpt dump trace.txt --at 1000\n"
	"  hvpt dump --memory vmcore --root 0x1234000 --json\n"
	"  hvpt dump trace.txt.xz --at 17.9 --svg tables.svg\n"
	"\n"
	"Exit status: 0 nothing is wrong, 1 a mapping is wrong, 2 bad usage or\n"
	"input.\n";

enum option_id {
	OPT_DEBUGFS = 256,
	OPT_JSON,
	OPT_SVG,
};

static const struct option long_options[] = {
	TABLES_TRACE_OPTIONS,
	TABLES_MEMORY_OPTIONS,
	{ "debugfs", required_argument, NULL, OPT_DEBUGFS },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "svg", required_argument, NULL, OPT_SVG },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/**
 * struct command_line - the command line
 * @source: the file that is read
 */
struct command_line {
	struct tables_options tables;
	const char *debugfs;
	const char *source;
	const char *svg;
	bool json;
};

static bool take_option(int id, void *target)
{
	struct command_line *line = target;

	if (id == OPT_JSON)
		line->json = true;
	else if (id == OPT_DEBUGFS)
		line->debugfs = optarg;
	else if (id == OPT_SVG)
		line->svg = optarg;
	else
		return tables_options_take(COMMAND, id, optarg, &line->tables);
	return true;
}

/* ---- the command line ------------------------------------------------- */

/* Exactly one source of tables. */
static bool has_one_source(const struct command_line *line)
{
	const int sources = (line->tables.trace != NULL) +
			    (line->tables.memory != NULL) +
			    (line->debugfs != NULL);

	if (sources == 1)
		return true;
	say(sources ? "hvpt dump: a trace, --memory and --debugfs exclude each "
		      "other" :
		      "hvpt dump: no trace given, nor --memory or --debugfs; "
		      "try 'hvpt dump --help'");
	return false;
}

static bool has_no_table_options(const struct command_line *line)
{
	const struct tables_options *tables = &line->tables;
	const char *why = NULL;

	if (line->svg)
		why = "--svg: the text has no tables";
	else if (tables->at.kind != MOMENT_END || tables->has_domain ||
		 tables->has_root)
		why = "--at, --domain and --root are not for --debugfs";
	if (why)
		say("hvpt dump: %s", why);
	return !why;
}

static bool complete(struct command_line *line, int count, char **words)
{
	if (count > 0)
		line->tables.trace = words[0];
	if (count > 1) {
		say("hvpt dump: '%s' is one word too many; try 'hvpt dump "
		    "--help'",
		    words[1]);
		return false;
	}
	if (!has_one_source(line))
		return false;
	line->source = line->tables.trace ? line->tables.trace :
					    line->tables.memory;
	if (line->debugfs) {
		line->source = line->debugfs;
		if (!has_no_table_options(line))
			return false;
	} else if (!tables_options_check(COMMAND, &line->tables)) {
		return false;
	}
	return output_streams_differ("hvpt dump", &line->source, 1);
}

/* ---- the dump --------------------------------------------------------- */

static int print(const struct dump *dump, bool json)
{
	if (json)
		dump_print_json(dump);
	else
		dump_print_text(dump);
	return dump_problems(dump) ? EXIT_MISMATCH : EXIT_ALL_WELL;
}

static int draw(const struct tables *tables, const struct command_line *line)
{
	static const char whose[] = "hvpt dump: --svg";
	FILE *to = output_open(whose, line->svg, &line->source, 1);
	bool good;

	if (!to)
		return EXIT_BAD_INPUT;
	good = dump_draw(tables, to);
	return output_close(whose, line->svg, to) && good ? EXIT_ALL_WELL :
							    EXIT_BAD_INPUT;
}

static int dump_tables(const struct command_line *line)
{
	struct dump dump = { .domains = NULL };
	struct tables tables;
	int code = EXIT_BAD_INPUT;

	if (tables_open(&tables, COMMAND, &line->tables)) {
		if (line->svg)
			code = draw(&tables, line);
		else if (dump_add_tables(&dump, &tables))
			code = print(&dump, line->json);
		else
			say("hvpt dump: out of memory");
	}
	dump_free(&dump);
	tables_close(&tables);
	return code;
}

static int dump_text(const struct command_line *line)
{
	struct dump dump = { .domains = NULL };
	int code = EXIT_BAD_INPUT;

	if (dump_read_debugfs(&dump, line->debugfs))
		code = print(&dump, line->json);
	dump_free(&dump);
	return code;
}

int command_dump(int argc, char **argv)
{
	struct command_line line = { .debugfs = NULL };
	int code;

	tables_options_default(&line.tables);
	if (!value_go_on(value_options(COMMAND, argc, argv, long_options,
				       take_option, &line),
			 usage, &code))
		return code;
	if (!complete(&line, argc - optind, argv + optind))
		return EXIT_BAD_INPUT;
	return line.debugfs ? dump_text(&line) : dump_tables(&line);
}
