/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "tools/command.h"

#include <stdio.h>
#include <stdlib.h>

#include "tools/option_values.h"
#include "tools/options.h"
#include "tools/output.h"
#include "replay.h"
#include "report.h"
#include "trace/say.h"

#define COMMAND "hvpt replay"

static const char usage[] =
	"Usage: hvpt replay [options] TRACE...\n"
	"\n"
	"Replays each TRACE through hvpt on a model of the hypervisor, with a\n"
	"domain and a device for each domain of the trace. A TRACE has the\n"
	"iommu:map and iommu:unmap events as ftrace, trace-cmd report or perf\n"
	"script print them, or is a trace.dat file, plain or compressed; - is\n"
	"standard input. docs/RECORDING.md says how to record one. After every\n"
	"step an independent page walker, hvpt's own lookup, and DMA through the\n"
	"least forgiving cache are compared with a list of expected mappings.\n"
	"\n"
	"  --levels 4|5          table levels (4)\n"
	"  --page-sizes LIST     leaf sizes, of 4K,2M,1G; 4K always (all)\n"
	"  --width N             IOVA bits, 13 .. 48, or 57 with 5 levels (all)\n"
	"  --iova-form FORM      plain, lower or canonical (plain)\n"
	"  --audit-every N       audit all tables after each N events (at the end)\n"
	"  --seed N              seed of the random pages that are checked (1)\n"
	"  --policy POLICY       how a range is flushed: two-block, cover (one\n"
	"                        block, as Linux does) or exact (two-block)\n"
	"  --lazy N              sync after each N unmaps of a domain (1: strict)\n"
	"  --inject SPEC         inject a failure, see below; may be repeated\n"
	"  --walker WALKER       what checks the tables: model (as above), or also\n"
	"                        vtd (DMA through the VT-d of QEMU, with caches)\n"
	"                        or cpu (the processor of QEMU, page tables only);\n"
	"                        see scripts/get-qemu (model)\n"
	"  --model FILE          the host has the properties in FILE, as hvpt\n"
	"                        conformance --fit prints them\n"
	"  --drop-flushes        with vtd: drop every flush, so that the replay\n"
	"                        must fail\n"
	"  --json FILE|-         also write the figures as JSON; - is standard\n"
	"                        output, without the text summary\n"
	"  --strict              stop at the first malformed line\n"
	"  --quiet               no progress, notes or summary\n"
	"  -h, --help            this text\n"
	"\n"
	"SPEC is one of\n"
	"  KIND:N:STATUS[:TIMES]       the N-th hypercall of this kind fails with\n"
	"                              this raw status, TIMES in a row (1) or\n"
	"                              always\n"
	"  flush-list:N:rep=K[:STATUS] the N-th stops after K descriptors, with\n"
	"                              this status (0: to be continued)\n"
	"  alloc:N                     there is no page for the N-th table\n"
	"KIND is caps, property, create, configure, attach, detach, flush,\n"
	"flush-list, delete or any. N counts from 1; numbers may be hexadecimal.\n"
	"A call that fails must change nothing. The replay repeats it if its\n"
	"effect is needed. A failure during setup ends the replay.\n"
	"\n"
	"Exit status: 0 no mismatch, 1 a mismatch, 2 bad usage or input (1 when\n"
	"both happened).\n";

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

static int replay_all(const struct replay_options *options, FILE *json,
		      struct replay_result *results)
{
	int code = EXIT_ALL_WELL;
	int i;

	for (i = 0; i < options->file_count; i++) {
		code = worse(code, (int)replay_file(options->files[i], options,
						    &results[i]));
		if (has_summary(&results[i]) && !options->quiet &&
		    json != stdout)
			report_text(stdout, &results[i], options);
	}
	if (json)
		report_json(json, results, options->file_count, options);
	if (!output_close(COMMAND, options->json, json))
		code = worse(code, EXIT_BAD_INPUT);
	return code;
}

/* Open the JSON file first, so that an error is reported at once. */
static int replay_with_json(const struct replay_options *options)
{
	size_t count = (size_t)options->file_count;
	struct replay_result *results;
	FILE *json = NULL;
	int code;

	if (!output_streams_differ(COMMAND, options->files,
				   options->file_count))
		return EXIT_BAD_INPUT;
	if (options->json) {
		json = output_open(COMMAND, options->json, options->files,
				   options->file_count);
		if (!json)
			return EXIT_BAD_INPUT;
	}
	results = calloc(count, sizeof(*results));
	if (!results) {
		say(COMMAND ": out of memory");
		(void)output_close(COMMAND, options->json, json);
		return EXIT_BAD_INPUT;
	}
	code = replay_all(options, json, results);
	free(results);
	return code;
}

int command_replay(int argc, char **argv)
{
	struct replay_options options;
	int code;

	if (!value_go_on(options_parse(argc, argv, &options), usage, &code))
		return code;
	return replay_with_json(&options);
}
