/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "tools/command.h"

#include <stdio.h>
#include <stdlib.h>

#include "tools/interrupt.h"
#include "tools/option_values.h"
#include "tools/options.h"
#include "tools/output.h"
#include "tools/draft.h"
#include "replay.h"
#include "report.h"
#include "trace/say.h"

#define COMMAND "hvpt replay"

/* 1, a mismatch, is the worst, because it is a fault of the library. */
static int worse(int a, int b)
{
	if (a == EXIT_MISMATCH || b == EXIT_MISMATCH)
		return EXIT_MISMATCH;
	return a > b ? a : b;
}

/* Without events there is only the error to report. */
static bool has_summary(const struct replay_result *result)
{
	return result->opened && result->events != 0;
}

static int replay_all(const struct replay_options *options, struct draft *json,
		      struct replay_result *results)
{
	int code = EXIT_ALL_WELL;
	int i;

	for (i = 0; i < options->file_count && !interrupt_came(); i++) {
		code = worse(code, (int)replay_file(options->files[i], options,
						    &results[i]));
		if (has_summary(&results[i]) && !options->quiet &&
		    json->out != stdout)
			report_text(stdout, &results[i], options);
	}
	if (json->out)
		report_json(json->out, results, i, options);
	if (!draft_keep(json, false))
		code = worse(code, EXIT_BAD_INPUT);
	return code;
}

/* Open the JSON file first, so that an error is reported at once. */
static int replay_with_json(const struct replay_options *options)
{
	size_t count = (size_t)options->file_count;
	struct replay_result *results;
	struct draft json = { .out = NULL };
	int code;

	if (!output_streams_differ(COMMAND, options->files,
				   options->file_count))
		return EXIT_BAD_INPUT;
	if (options->json && !draft_open(&json, COMMAND, options->json,
					 options->files, options->file_count))
		return EXIT_BAD_INPUT;
	results = calloc(count, sizeof(*results));
	if (!results) {
		say(COMMAND ": out of memory");
		draft_drop(&json);
		return EXIT_BAD_INPUT;
	}
	interrupt_catch();
	code = replay_all(options, &json, results);
	free(results);
	return code;
}

static int run(int argc, char **argv);

const struct command replay_command = {
	.name = "replay",
	.synopsis = "[options] TRACE...",
	.brief = "run recorded IOMMU traffic through hvpt's page tables and "
		 "check every step",
	.text = "Replays each TRACE through hvpt on a model of the "
		"hypervisor, with a domain and a device for each domain of "
		"the trace. A TRACE has the iommu:map and iommu:unmap events "
		"as ftrace, trace-cmd report or perf script print them, or is "
		"a trace.dat file, plain or compressed; - is standard input. "
		"docs/RECORDING.md says how to record one. After every step "
		"an independent page walker, hvpt's own lookup, and DMA "
		"through the least forgiving cache are compared with a list "
		"of expected mappings.\n"
		"SPEC of --inject is one of\n"
		"  KIND:N:STATUS[:TIMES]       the N-th hypercall of this "
		"kind fails with\n"
		"                              this raw status, TIMES in a "
		"row (1) or\n"
		"                              always\n"
		"  flush-list:N:rep=K[:STATUS] the N-th stops after K "
		"descriptors, with\n"
		"                              this status (0: to be "
		"continued)\n"
		"  alloc:N                     there is no page for the N-th "
		"table\n"
		"KIND is caps, property, create, configure, attach, detach, "
		"flush, flush-list, delete or any. N counts from 1; numbers "
		"may be hexadecimal. A call that fails must change nothing. "
		"The replay repeats it if its effect is needed. A failure "
		"during setup ends the replay.",
	.files = true,
	.options = replay_options_known,
	.exits = { { EXIT_ALL_WELL, "no mismatch" },
		   { EXIT_MISMATCH, "a mismatch, perhaps bad input too" },
		   { EXIT_BAD_INPUT,
		     "bad usage or input, or interrupted: the figures are "
		     "those up to there" } },
	.examples = { { "replay trace.txt.xz", "Check with a recording." },
		      { "replay --lazy 256 --policy exact --json - trace.txt",
			"Flush as lazily as Linux does, and print figures for "
			"a program." },
		      { "replay --inject flush:3:5 trace.txt",
			"The third flush fails." },
		      { "replay - <trace.txt", "From a pipe." } },
	.run = run,
};

static int run(int argc, char **argv)
{
	struct replay_options options;
	int code;

	if (!value_go_on(options_parse(&replay_command, argc, argv, &options),
			 &replay_command, &code))
		return code;
	return replay_with_json(&options);
}
