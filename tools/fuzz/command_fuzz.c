/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "tools/command.h"
#include "tools/option_values.h"
#include "fuzz_failure.h"
#include "tools/json_writer.h"
#include "tools/replay/report.h"
#include "trace/say.h"

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
	if (options->model)
		printf("  %-16smodel, as %s\n", "host", options->model);
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

static const char *end_word(enum fuzz_end end)
{
	static const char *const words[] = {
		[FUZZ_END_DONE] = "done",
		[FUZZ_END_TIME] = "time",
		[FUZZ_END_INTERRUPTED] = "interrupted",
		[FUZZ_END_FAILURE] = "failure",
		[FUZZ_END_ERROR] = "error",
	};

	return words[end];
}

/* @written: is there a trace of the failure? */
static void summary_json(const struct fuzz_options *options,
			 const struct fuzz_search *search, bool written)
{
	struct json_writer json = { .out = stdout };

	json_enter(&json, NULL, '{');
	json_words(&json, "ended", end_word(search->end));
	json_number(&json, "processes", options->jobs);
	json_number(&json, "seed", options->replay.seed);
	json_number(&json, "sequences", search->sequences);
	json_number(&json, "events", search->events);
	json_number(&json, "milliseconds", search->milliseconds);
	if (search->end == FUZZ_END_FAILURE) {
		json_enter(&json, "failure", '{');
		json_number(&json, "seed", search->seed);
		json_number(&json, "sequence", search->number);
		if (written)
			json_words(&json, "trace", options->output);
		json_leave(&json, '}');
	}
	json_leave(&json, '}');
	putchar('\n');
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
	if (options->json)
		summary_json(options, &search, code == EXIT_MISMATCH);
	else if (!options->replay.quiet)
		summary(options, &search);
	return (int)code;
}

static int run(int argc, char **argv);

const struct command fuzz_command = {
	.name = "fuzz",
	.synopsis = "[options]",
	.brief = "find a sequence of calls that hvpt gets wrong, and shrink "
		 "it to a trace",
	.text = "Makes random sequences of map, unmap, protect, reclaim and "
		"sync, near the limits of addresses and sizes, and checks "
		"each twice: the page table alone, and all that 'hvpt replay' "
		"checks. The first sequence that fails is shrunk and written "
		"as a trace for 'hvpt replay'.\n"
		"With one process the same seed and --ops give the same "
		"sequences. SIGINT ends the run with a summary.",
	.options = fuzz_options_known,
	.exits = { { EXIT_ALL_WELL, "nothing failed" },
		   { EXIT_MISMATCH, "a sequence failed" },
		   { EXIT_BAD_INPUT, "bad usage, or the trace cannot be "
				     "written" } },
	.examples = { { "fuzz", "100000 events, the same each time." },
		      { "fuzz --time 10m --jobs 4 --seed 7",
			"Ten minutes, four processes." },
		      { "fuzz --check hvpt-fuzz.trace",
			"A failure once more." } },
	.run = run,
};

static int run(int argc, char **argv)
{
	struct fuzz_options options;
	int code;

	if (!value_go_on(fuzz_options_parse(&fuzz_command, argc, argv,
					    &options),
			 &fuzz_command, &code))
		return code;
	if (options.check)
		return (int)fuzz_check_trace(&options);
	return fuzz(&options);
}
