/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "tools/command.h"

#include <stdio.h>

#include "page.h"
#include "page_file.h"
#include "reading.h"
#include "report_options.h"
#include "tools/interrupt.h"
#include "tools/option_values.h"
#include "tools/output.h"
#include "traffic_json.h"
#include "trace/say.h"
#include "vega.h"

#define COMMAND "hvpt report"

/* Several devices without dom= look like one that maps mapped ranges. */
static void say_notes(const struct report_options *options,
		      const struct traffic *traffic,
		      const struct reading *reading)
{
	uint64_t doubles = traffic->suspects.count[SUSPECT_DOUBLE_MAP];

	if (reading->error[0])
		say(COMMAND ": %s: ended early after %llu events: %s",
		    reading->file, (unsigned long long)traffic->events,
		    reading->error);
	if (!options->quiet && traffic->named == 0 && doubles != 0)
		say("%s: note: %llu double maps, and no event names its "
		    "domain (dom=): several devices look like one; "
		    "docs/RECORDING.md says how to record dom= by kprobes",
		    reading->file, (unsigned long long)doubles);
}

static bool write_all(const struct report_options *options,
		      struct report_files *files, const struct traffic *traffic,
		      const struct reading *reading)
{
	if (files->json.out)
		traffic_json(files->json.out, traffic, reading);
	if (files->page.out &&
	    !page_write(files->page.out, traffic, reading, options->library))
		return false;
	return report_files_keep(files);
}

static int report(const struct report_options *options,
		  struct report_files *files, struct traffic *traffic)
{
	struct reading reading;

	if (!reading_run(options->trace, options->quiet, traffic, &reading)) {
		say("%s: error: %s", reading.file[0] ? reading.file : "''",
		    reading.error);
		return EXIT_BAD_INPUT;
	}
	if (!write_all(options, files, traffic, &reading))
		return EXIT_BAD_INPUT;
	say_notes(options, traffic, &reading);
	return reading.error[0] ? EXIT_MISMATCH : EXIT_ALL_WELL;
}

static int report_to_files(const struct report_options *options)
{
	struct report_files files;
	struct traffic *traffic;
	int code = EXIT_BAD_INPUT;

	if (options->output && !vega_is_there(options->library))
		return EXIT_BAD_INPUT;
	interrupt_catch();
	if (!output_streams_differ(COMMAND, &options->trace, 1) ||
	    !report_files_open(&files, options))
		return EXIT_BAD_INPUT;
	traffic = traffic_create(options->levels, options->lazy);
	if (traffic) {
		code = report(options, &files, traffic);
		traffic_destroy(traffic);
	} else {
		say(COMMAND ": out of memory");
	}
	report_files_drop(&files);
	return code;
}

static int run(int argc, char **argv);

const struct command report_command = {
	.name = "report",
	.synopsis = "[options] -o FILE.html|DIR TRACE",
	.brief = "make a page of charts and tables of recorded IOMMU traffic",
	.text = "Shows what was mapped when, in which sizes, how it could have "
		"been mapped, what each flush policy costs, and which events "
		"are suspicious, by task. The page needs no network and no "
		"other file. A TRACE is what hvpt replay reads; - is standard "
		"input. docs/REPORT.md explains the page.\n"
		"Ctrl-C ends the trace there; the page has what was read until "
		"then, and says so.",
	.files = true,
	.options = report_options_known,
	.exits = { { EXIT_ALL_WELL, "the page is of the whole trace" },
		   { EXIT_MISMATCH, "it is of a part of the trace" },
		   { EXIT_BAD_INPUT, "bad usage or input, and nothing was "
				     "written" } },
	.examples = { { "report trace.txt.xz -o report.html", "Make a page." },
		      { "report trace.txt.xz -o reports/",
			"Make a page and its figures, in a folder." },
		      { "report --json - trace.txt | jq .figures",
			"Only figures, for a program." } },
	.run = run,
};

static int run(int argc, char **argv)
{
	struct report_options options;
	int code;

	if (!value_go_on(report_options_parse(&report_command, argc, argv,
					      &options),
			 &report_command, &code))
		return code;
	return report_to_files(&options);
}
