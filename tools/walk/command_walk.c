/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE
#include "tools/command.h"

#include <getopt.h>
#include <inttypes.h>

#include "tools/option_values.h"
#include "tools/output.h"
#include "tools/tables/tables.h"
#include "trace/say.h"
#include "page_walk.h"

#define COMMAND "walk"

enum option_id {
	OPT_WRITE = 256,
	OPT_JSON,
};

static int run(int argc, char **argv);

static const struct command_option options[] = {
	{ OPT_WRITE, "write", NULL, "the access is a write (a read)" },
	TABLES_TRACE_OPTIONS,
	TABLES_MEMORY_OPTIONS,
	{ OPT_JSON, "json", NULL, "print JSON" },
	{ 0, NULL, NULL, NULL },
};

const struct command walk_command = {
	.name = COMMAND,
	.synopsis = "[options] TRACE IOVA\n"
		    "[options] --memory FILE --root GPA IOVA",
	.brief = "walk the tables of a trace, or of a guest's memory, for one "
		 "address: each entry bit by bit, and why it faults",
	.text = "Walks the page tables as an IOMMU does for one address: each "
		"entry, its fields with the names of the Intel SDM and VT-d, "
		"and what the walk ends in, or why it faults. The tables are "
		"those that hvpt builds from the events of TRACE, for each of "
		"its domains, or those in a guest's memory. Addresses of "
		"tables of a trace are made up. Ctrl-C ends the trace there.",
	.files = true,
	.options = options,
	.exits = { { EXIT_ALL_WELL, "it translates in a domain" },
		   { EXIT_MISMATCH, "it faults in each" },
		   { EXIT_BAD_INPUT,
		     "bad usage or input, or the trace was interrupted" } },
	.examples = { { "walk trace.txt 0xfffbd000 --write",
			"Would a write have been translated at the end?" },
		      { "walk trace.dat 0xfffbd123 --at 17.9 "
			"--domain 0xff35f65802be3000",
			"At a moment, in one domain." },
		      { "walk --memory vmcore --root 0x1234000 0xfffbd000",
			"In a crash dump." } },
	.run = run,
};

/** The command line. */
struct command_line {
	struct tables_options tables;
	uint64_t iova;
	bool write;
	bool json;
};

static bool take_option(int id, void *target)
{
	struct command_line *line = target;

	if (id == OPT_WRITE)
		line->write = true;
	else if (id == OPT_JSON)
		line->json = true;
	else
		return tables_options_take(COMMAND, id, optarg, &line->tables);
	return true;
}

/* ---- words --------------------------------------------------------------- */

static bool take_words(struct command_line *line, int count, char **words)
{
	const int wanted = line->tables.memory ? 1 : 2;

	if (count < wanted) {
		say("hvpt walk: no %s given; try 'hvpt walk --help'",
		    count == 0 && wanted == 2 ? "trace" : "IOVA");
		return false;
	}
	if (count > wanted) {
		say("hvpt walk: '%s' is one word too many; try 'hvpt walk "
		    "--help'",
		    words[wanted]);
		return false;
	}
	if (wanted == 2)
		line->tables.trace = words[0];
	if (!options_number(words[wanted - 1], &line->iova)) {
		say("hvpt walk: IOVA: must be a 64-bit number, hexadecimal "
		    "after 0x, not '%s'",
		    words[wanted - 1]);
		return false;
	}
	return tables_options_check(COMMAND, &line->tables);
}

/* ---- the walks -------------------------------------------------------- */

static void print(const struct tables *tables, size_t number,
		  const struct walk *walk, bool json)
{
	char title[48];

	if (json) {
		tables_key(title, sizeof(title), tables, number);
		printf("%s    {\n      %s,\n", number ? ",\n" : "", title);
		walk_print_json(walk, "      ");
		printf("\n    }");
		return;
	}
	tables_title(title, sizeof(title), tables, number);
	printf("%s:\n", title);
	walk_print_text(walk, "");
}

static int walk_all(const struct tables *tables,
		    const struct command_line *line)
{
	int code = EXIT_MISMATCH;
	struct walk walk;
	size_t i;

	if (line->json)
		printf("{\n  \"walks\": [\n");
	for (i = 0; i < tables->count; i++) {
		walk_do(&walk, &tables->list[i].walker, line->iova,
			line->write);
		print(tables, i, &walk, line->json);
		if (walk.result.fault == SDM_FAULT_NONE)
			code = EXIT_ALL_WELL;
	}
	if (line->json)
		printf("%s  ]\n}\n", tables->count ? "\n" : "");
	else if (tables->count == 0)
		puts("No domain.");
	return code;
}

static int run(int argc, char **argv)
{
	struct command_line line = { .write = false };
	struct tables tables;
	int code = EXIT_BAD_INPUT;

	tables_options_default(&line.tables);
	if (!value_go_on(value_options(&walk_command, argc, argv, take_option,
				       &line),
			 &walk_command, &code))
		return code;
	if (!take_words(&line, argc - optind, argv + optind) ||
	    !output_streams_differ("hvpt walk",
				   line.tables.memory ? &line.tables.memory :
							&line.tables.trace,
				   1))
		return EXIT_BAD_INPUT;
	if (tables_open(&tables, COMMAND, &line.tables))
		code = tables_code(&tables, walk_all(&tables, &line));
	else
		code = EXIT_BAD_INPUT;
	tables_close(&tables);
	return code;
}
