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

static const char usage[] =
	"Usage: hvpt walk [options] TRACE IOVA\n"
	"       hvpt walk [options] --memory FILE --root GPA IOVA\n"
	"\n"
	"Walks the page tables as an IOMMU does for one address: each entry,\n"
	"its fields with the names of the Intel SDM and VT-d, and what the walk\n"
	"ends in, or why it faults. The tables are those that hvpt builds from\n"
	"the events of TRACE, for each of its domains, or those in a guest's\n"
	"memory. Addresses of tables of a trace are made up.\n"
	"\n"
	"  --write          the access is a write (a read)\n" TABLES_TRACE_HELP
		TABLES_MEMORY_HELP "  --json           print JSON\n"
	"  -h, --help       this text\n"
	"\n"
	"Examples:\n"
	"  hvpt walk trace.txt 0xfffbd000 --write\n"
	"  hvpt walk trace.dat 0xfffbd123 --at 17.9 --domain 0xff35f65802be3000\n"
	"  hvpt walk --memory vmcore --root 0x1234000 --levels 4 0xfffbd000\n"
	"\n"
	"Exit status: 0 it translates in a domain, 1 it faults in each, 2 bad\n"
	"usage or input.\n";

enum option_id {
	OPT_WRITE = 256,
	OPT_JSON,
};

static const struct option long_options[] = {
	TABLES_TRACE_OPTIONS,
	TABLES_MEMORY_OPTIONS,
	{ "write", no_argument, NULL, OPT_WRITE },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
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

int command_walk(int argc, char **argv)
{
	struct command_line line = { .write = false };
	struct tables tables;
	int code = EXIT_BAD_INPUT;

	tables_options_default(&line.tables);
	if (!value_go_on(value_options(COMMAND, argc, argv, long_options,
				       take_option, &line),
			 usage, &code))
		return code;
	if (!take_words(&line, argc - optind, argv + optind) ||
	    !output_streams_differ("hvpt walk",
				   line.tables.memory ? &line.tables.memory :
							&line.tables.trace,
				   1))
		return EXIT_BAD_INPUT;
	if (tables_open(&tables, COMMAND, &line.tables))
		code = walk_all(&tables, &line);
	else
		code = EXIT_BAD_INPUT;
	tables_close(&tables);
	return code;
}
