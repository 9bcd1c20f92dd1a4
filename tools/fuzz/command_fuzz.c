/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "tools/command.h"
#include "tools/option_values.h"
#include "fuzz_failure.h"
#include "tools/replay/report.h"
#include "trace/say.h"

static const char usage[] =
	"Usage: hvpt fuzz [options]\n"
	"\n"
	"Makes random sequences of map, unmap, protect, reclaim and sync, near\n"
	"the limits of addresses and sizes, and checks each twice: the page table\n"
	"alone, and all that 'hvpt replay' checks. The first sequence that fails\n"
	"is shrunk and written as a trace for 'hvpt replay'.\n"
	"\n"
	"  --seed N              seed of the random numbers (1)\n"
	"  --ops N               number of events (100000, without --time)\n"
	"  --time T              run time: seconds, or a number with s, m or h\n"
	"  --jobs N              processes, 1 .. 256; the n-th has the seed N + n\n"
	"                        (1)\n"
	"  --levels 4|5          table levels (either, for each sequence)\n"
	"  --page-sizes LIST     leaf sizes, of 4K,2M,1G; 4K always (all)\n"
	"  --width N             IOVA bits, 13 .. 48, or 57 with 5 levels (all)\n"
	"  --iova-form FORM      plain, lower or canonical (any, for each\n"
	"                        sequence; plain with --check)\n"
	"  --policy POLICY       how a range is flushed: two-block, cover or exact\n"
	"                        (two-block)\n"
	"  --lazy N              sync also after each N unmaps of a domain (1000:\n"
	"                        only where the sequence has a sync)\n"
	"  --model FILE          the host that the sequences are replayed on, as\n"
	"                        'hvpt conformance --fit' writes it; the tables\n"
	"                        are those that it offers\n"
	"  --output FILE         where to write a failure (hvpt-fuzz.trace)\n"
	"  --check TRACE         generate nothing, check this trace\n"
	"  --quiet               no progress and no summary\n"
	"  -h, --help            this text\n"
	"\n"
	"With one process the same seed and --ops give the same sequences.\n"
	"SIGINT ends the run with a summary.\n"
	"\n"
	"Exit status: 0 nothing failed, 1 a sequence failed, 2 bad usage, or the\n"
	"trace cannot be written.\n";

static const char *end_text(enum fuzz_end end)
{
	switch (end) {
	case FUZZ_END_DONE:
		return "all events are done";
	case FUZZ_END_TIME:
		return "the time is up";
	case FUZZ_END_INTERRUPTED:
		return "interrupted";
	case FUZZ_END_FAILURE:
		return "a sequence failed";
	case FUZZ_END_ERROR:
		break;
	}
	return "an error";
}

static const char *levels_text(const struct fuzz_options *options)
{
	if (options->draw_levels)
		return "4 or 5 levels";
	return options->replay.levels == 4 ? "4 levels" : "5 levels";
}

static const char *forms_text(const struct fuzz_options *options)
{
	if (!options->draw_form)
		return options_form_name(options->replay.form);
	return options->model ? "lower or canonical" :
				"plain, lower or canonical";
}

/* As report_tables(), where each sequence has tables of its own. */
static void summary_tables(const struct fuzz_options *options)
{
	const struct replay_options *replay = &options->replay;

	if (!options->draw_levels && !options->draw_form) {
		report_tables(stdout, replay);
		return;
	}
	printf("  %-16s%s, %s, seed %" PRIu64 "\n", "tables",
	       levels_text(options), forms_text(options), replay->seed);
	printf("  %-16s%s, a sync every %" PRIu64 " unmaps\n", "flushing",
	       options_policy_name(replay->policy), replay->lazy);
}

static void summary(const struct fuzz_options *options,
		    const struct fuzz_search *search)
{
	uint64_t ms = search->milliseconds;

	puts("hvpt fuzz");
	summary_tables(options);
	printf("  %-16s%" PRIu64 "\n", "processes", options->jobs);
	printf("  %-16s%" PRIu64 "\n", "sequences", search->sequences);
	printf("  %-16s%" PRIu64 "\n", "events", search->events);
	printf("  %-16s%" PRIu64 ".%03" PRIu64 " s, %" PRIu64
	       " events a second\n",
	       "time", ms / 1000, ms % 1000,
	       ms ? search->events * 1000 / ms : 0);
	printf("  %-16s%d\n", "failures", search->end == FUZZ_END_FAILURE);
	printf("  %-16s%s\n", "ended", end_text(search->end));
}

static int fuzz(const struct fuzz_options *options)
{
	enum exit_code code = EXIT_ALL_WELL;
	struct fuzz_search search;

	if (!fuzz_can_write(options->output))
		return EXIT_BAD_INPUT;
	fuzz_search(options, &search);
	if (search.end == FUZZ_END_FAILURE) {
		code = fuzz_failure(options, &search);
	} else if (search.end == FUZZ_END_ERROR) {
		say("hvpt fuzz: a process could not be started, or was killed");
		code = EXIT_BAD_INPUT;
	}
	if (!options->replay.quiet)
		summary(options, &search);
	return (int)code;
}

int command_fuzz(int argc, char **argv)
{
	struct fuzz_options options;
	int code;

	if (!value_go_on(fuzz_options_parse(argc, argv, &options), usage,
			 &code))
		return code;
	if (options.check)
		return (int)fuzz_check_trace(&options);
	return fuzz(&options);
}
