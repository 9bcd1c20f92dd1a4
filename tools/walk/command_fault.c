/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE
#include "tools/command.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "fault_print.h"
#include "tools/option_values.h"
#include "tools/output.h"
#include "tools/tables/tables.h"
#include "trace/say.h"

#define COMMAND "fault"

enum option_id {
	OPT_TRACE = 256,
	OPT_JSON,
};

static int run(int argc, char **argv);

static const struct command_option options[] = {
	{ OPT_TRACE, "trace", "TRACE",
	  "explain the access by the tables of each domain of TRACE" },
	TABLES_TRACE_OPTIONS,
	TABLES_MEMORY_OPTIONS,
	{ OPT_JSON, "json", NULL, "print JSON" },
	{ 0, NULL, NULL, NULL },
};

const struct command fault_command = {
	.name = COMMAND,
	.synopsis = "[options] HEX...\n[options] LINE",
	.brief = "decode the hypervisor's message about a refused DMA, and "
		 "explain it by the tables of a trace",
	.text = "Decodes the message by which the hypervisor reports a refused "
		"DMA. HEX is the message in hexadecimal bytes, header first, "
		"in any number of words; spaces and colons between bytes are "
		"ignored. LINE is the line of the Linux adapter about it, from "
		"dmesg with or without the time, or its tracepoint "
		"hvpt_fault.\n"
		"With --trace or --memory the access is walked through the "
		"tables, as hvpt walk does, for each domain.",
	.options = options,
	.exits = { { EXIT_ALL_WELL, "decoded" },
		   { EXIT_BAD_INPUT,
		     "bad usage or input, or the trace was interrupted" } },
	.examples = { { "fault \"$(dmesg | grep -m1 'hvpt.*refused')\"",
			"The first refused DMA of this boot." },
		      { "fault --trace trace.txt --at 12.3 24000080 ...",
			"A message, and the tables at that time." } },
	.run = run,
};

/** The command line. */
struct command_line {
	struct tables_options tables;
	bool json;
};

static bool take_option(int id, void *target)
{
	struct command_line *line = target;

	if (id == OPT_TRACE)
		line->tables.trace = optarg;
	else if (id == OPT_JSON)
		line->json = true;
	else
		return tables_options_take(COMMAND, id, optarg, &line->tables);
	return true;
}

/* ---- words --------------------------------------------------------------- */

/* A byte must not continue in the next word. */
static bool is_whole(const char *word)
{
	size_t digits = strspn(word, "0123456789abcdefABCDEF");

	if (word[digits] || digits % 2 == 0)
		return true;
	say("hvpt fault: '%s' ends in half a byte", word);
	return false;
}

static bool join_words(char text[FAULT_TEXT_MAX], int count, char **words)
{
	size_t used = 0;
	int i;

	text[0] = '\0';
	for (i = 0; i < count; i++) {
		if (!is_whole(words[i]))
			return false;
		used += (size_t)snprintf(text + used, FAULT_TEXT_MAX - used,
					 "%s%s", i ? " " : "", words[i]);
		if (used >= FAULT_TEXT_MAX) {
			say("hvpt fault: a message has at most %u bytes",
			    HVPT_HV_MESSAGE_BYTES);
			return false;
		}
	}
	return true;
}

static bool complete(struct command_line *line)
{
	struct tables_options *tables = &line->tables;
	const char *source = tables->memory ? tables->memory : tables->trace;

	if (tables->memory && tables->trace) {
		say("hvpt fault: --trace and --memory exclude each other");
		return false;
	}
	if (!source && (tables->at.kind != MOMENT_END || tables->has_domain)) {
		say("hvpt fault: --at and --domain need --trace TRACE");
		return false;
	}
	return tables_options_check(COMMAND, tables) &&
	       (!source || output_streams_differ("hvpt fault", &source, 1));
}

/* ---- the explanation -------------------------------------------------- */

static void print(const struct fault_text *fault, const struct tables *tables,
		  bool json)
{
	if (json)
		fault_print_json(fault, tables);
	else
		fault_print_text(fault, tables);
}

static int explain(const struct fault_text *fault,
		   const struct command_line *line)
{
	struct tables tables;
	int code = EXIT_BAD_INPUT;

	if (!line->tables.trace && !line->tables.memory) {
		print(fault, NULL, line->json);
		return EXIT_ALL_WELL;
	}
	if (tables_open(&tables, COMMAND, &line->tables)) {
		print(fault, &tables, line->json);
		code = tables_code(&tables, EXIT_ALL_WELL);
	}
	tables_close(&tables);
	return code;
}

static int run(int argc, char **argv)
{
	struct command_line line = { .json = false };
	char text[FAULT_TEXT_MAX];
	struct fault_text fault;
	int code;

	tables_options_default(&line.tables);
	if (!value_go_on(value_options(&fault_command, argc, argv, take_option,
				       &line),
			 &fault_command, &code))
		return code;
	if (optind == argc) {
		say("hvpt fault: no message given; try 'hvpt fault --help'");
		return EXIT_BAD_INPUT;
	}
	if (!complete(&line) ||
	    !join_words(text, argc - optind, argv + optind) ||
	    !fault_text_read(&fault, text))
		return EXIT_BAD_INPUT;
	return explain(&fault, &line);
}
