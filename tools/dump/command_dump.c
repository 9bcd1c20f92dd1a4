/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE
#include "tools/command.h"

#include <getopt.h>

#include "dump.h"
#include "tools/draft.h"
#include "tools/option_values.h"
#include "tools/output.h"
#include "tools/tables/tables.h"
#include "trace/say.h"

#define COMMAND "dump"

enum option_id {
	OPT_DEBUGFS = 256,
	OPT_JSON,
	OPT_SVG,
};

static int run(int argc, char **argv);

static const struct command_option options[] = {
	TABLES_TRACE_OPTIONS,
	TABLES_MEMORY_OPTIONS,
	{ OPT_DEBUGFS, "debugfs", "FILE",
	  "the file 'tables' of the Linux adapter, such as "
	  "/sys/kernel/debug/hvpt/tables, or a copy of it, which may be "
	  "compressed. -: standard input" },
	{ OPT_JSON, "json", NULL, "print JSON" },
	{ OPT_SVG, "svg", "FILE|-",
	  "draw the tree of tables with graphviz instead" },
	{ 0, NULL, NULL, NULL },
};

const struct command dump_command = {
	.name = COMMAND,
	.synopsis = "[options] TRACE\n"
		    "[options] --memory FILE --root GPA\n"
		    "--debugfs FILE [--json]",
	.brief = "print and check the mappings at a moment of a trace, in a "
		 "guest's memory, or that the Linux adapter shows in debugfs",
	.text = "Prints the mappings of each domain: neighbours that continue "
		"each other as one range, with the size and number of their "
		"leaves and what the device may do: r read, w write, a "
		"accessed, d dirty. Each mapping is checked. The tables are "
		"those that hvpt builds from the events of TRACE, or those in "
		"a guest's memory. Ctrl-C ends the trace there.",
	.files = true,
	.options = options,
	.exits = { { EXIT_ALL_WELL, "nothing is wrong" },
		   { EXIT_MISMATCH, "a mapping is wrong" },
		   { EXIT_BAD_INPUT,
		     "bad usage or input, or the trace was interrupted" } },
	.examples = { { "dump trace.txt --at 1000",
			"What is mapped after 1000 events." },
		      { "dump --memory vmcore --root 0x1234000 --json",
			"The tables in a crash dump, for a program." },
		      { "dump trace.txt.xz --at 17.9 --svg tables.svg",
			"A picture of the tables at a moment." },
		      { "dump --debugfs /sys/kernel/debug/hvpt/tables",
			"The mappings of this machine, as root." } },
	.run = run,
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
	if (line->svg && line->json) {
		say("hvpt dump: --json and --svg exclude each other");
		return false;
	}
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
	struct draft draft;
	bool good;

	if (!draft_open(&draft, whose, line->svg, &line->source, 1))
		return EXIT_BAD_INPUT;
	good = dump_draw(tables, draft.out) && draft_keep(&draft, false);
	draft_drop(&draft);
	return good ? EXIT_ALL_WELL : EXIT_BAD_INPUT;
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
		code = tables_code(&tables, code);
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

static int run(int argc, char **argv)
{
	struct command_line line = { .debugfs = NULL };
	int code;

	tables_options_default(&line.tables);
	if (!value_go_on(value_options(&dump_command, argc, argv, take_option,
				       &line),
			 &dump_command, &code))
		return code;
	if (!complete(&line, argc - optind, argv + optind))
		return EXIT_BAD_INPUT;
	return line.debugfs ? dump_text(&line) : dump_tables(&line);
}
