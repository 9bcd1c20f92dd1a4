/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include <getopt.h>
#include <string.h>

#include "fuzz_options.h"
#include "tools/command.h"
#include "tools/option_values.h"
#include "trace/say.h"

#define COMMAND "fuzz"

/* The default without --ops and --time. */
#define OPS_DEFAULT 100000u

/* More than the events of any sequence, so that only syncs sync. */
#define LAZY_DEFAULT 1000u

/* Events of a replay between two audits. */
#define AUDIT_EVERY 8u

enum option_id {
	OPT_SEED = 256,
	OPT_OPS,
	OPT_JOBS,
	OPT_TIME,
	OPT_LEVELS,
	OPT_PAGE_SIZES,
	OPT_WIDTH,
	OPT_IOVA_FORM,
	OPT_POLICY,
	OPT_LAZY,
	OPT_MODEL,
	OPT_OUTPUT,
	OPT_CHECK,
	OPT_JSON,
	OPT_QUIET,
};

const struct command_option fuzz_options_known[] = {
	{ OPT_SEED, "seed", "N", "seed of the random numbers (1)" },
	{ OPT_OPS, "ops", "N", "number of events (100000, without --time)" },
	{ OPT_TIME, "time", "T",
	  "run time: seconds, or a number with s, m or h" },
	{ OPT_JOBS, "jobs", "N",
	  "processes, 1 .. 256; the n-th has the seed N + n (1)" },
	{ OPT_LEVELS, "levels", "4|5",
	  "table levels (either, for each sequence)" },
	{ OPT_PAGE_SIZES, "page-sizes", "4K,2M,1G",
	  "leaf sizes, of these; 4K always (all)" },
	{ OPT_WIDTH, "width", "N",
	  "IOVA bits, 13 .. 48, with 5 levels 13 .. 57 "
	  "(all)" },
	{ OPT_IOVA_FORM, "iova-form", "plain|lower|canonical",
	  "which values are IOVAs (any, for each sequence; plain with "
	  "--check)" },
	{ OPT_POLICY, "policy", "two-block|cover|exact",
	  "how a range is flushed (two-block)" },
	{ OPT_LAZY, "lazy", "N",
	  "sync also after each N unmaps of a domain (1000: only where the "
	  "sequence has a sync)" },
	{ OPT_MODEL, "model", "FILE",
	  "the host that the sequences are replayed on, as hvpt conformance "
	  "--fit prints it; the tables are those that it offers" },
	{ OPT_OUTPUT, "output", "FILE",
	  "where to write a failure (hvpt-fuzz.trace)" },
	{ OPT_CHECK, "check", "TRACE", "generate nothing, check this trace" },
	{ OPT_JSON, "json", NULL, "print the summary as JSON" },
	{ OPT_QUIET, "quiet", NULL, "no progress and no summary" },
	{ 0, NULL, NULL, NULL },
};

/* ---- values ---------------------------------------------------------- */

static bool parse_ops(const char *text, uint64_t *ops)
{
	if (options_number(text, ops) && *ops != 0)
		return true;
	say("hvpt fuzz: --ops: must be a number of at least 1, not '%s'", text);
	return false;
}

static bool parse_jobs(const char *text, uint64_t *jobs)
{
	if (options_number(text, jobs) && *jobs != 0 && *jobs <= FUZZ_JOBS_MAX)
		return true;
	say("hvpt fuzz: --jobs: must be 1 .. %u, not '%s'", FUZZ_JOBS_MAX,
	    text);
	return false;
}

static bool parse_name(const char *option, const char *text, const char **name)
{
	if (text[0] == '\0' || strcmp(text, "-") == 0) {
		say("hvpt fuzz: %s: needs the name of a file", option);
		return false;
	}
	*name = text;
	return true;
}

/* ---- the command line ------------------------------------------------ */

static bool take_table_option(int id, struct fuzz_options *options)
{
	struct replay_options *replay = &options->replay;

	switch (id) {
	case OPT_LEVELS:
		options->draw_levels = false;
		return value_levels(COMMAND, optarg, &replay->levels);
	case OPT_PAGE_SIZES:
		return value_page_sizes(COMMAND, optarg, &replay->page_sizes);
	case OPT_WIDTH:
		options->draw_width = false;
		return value_width(COMMAND, optarg, &replay->width);
	case OPT_IOVA_FORM:
		options->draw_form = false;
		return value_form(COMMAND, optarg, &replay->form);
	case OPT_POLICY:
		return value_policy(COMMAND, optarg, &replay->policy);
	case OPT_LAZY:
		return value_lazy(COMMAND, optarg, &replay->lazy);
	default:
		replay->quiet = true;
		return true;
	}
}

static bool take_option(int id, void *target)
{
	struct fuzz_options *options = target;

	switch (id) {
	case OPT_SEED:
		return value_count(COMMAND, "--seed", optarg,
				   &options->replay.seed);
	case OPT_OPS:
		return parse_ops(optarg, &options->ops);
	case OPT_JOBS:
		return parse_jobs(optarg, &options->jobs);
	case OPT_TIME:
		return value_time(COMMAND, optarg, &options->seconds);
	case OPT_MODEL:
		options->model = optarg;
		options->replay.has_model = true;
		return value_model(COMMAND, optarg, &options->replay.model);
	case OPT_OUTPUT:
		return parse_name("--output", optarg, &options->output);
	case OPT_CHECK:
		return parse_name("--check", optarg, &options->check);
	case OPT_JSON:
		options->json = true;
		return true;
	default:
		return take_table_option(id, options);
	}
}

static void set_defaults(struct fuzz_options *options)
{
	memset(options, 0, sizeof(*options));
	options_default(&options->replay);
	options->replay.page_sizes = 0;
	options->draw_levels = true;
	options->draw_width = true;
	options->draw_form = true;
	options->replay.lazy = LAZY_DEFAULT;
	options->replay.audit_every = AUDIT_EVERY;
	options->jobs = 1;
	options->output = "hvpt-fuzz.trace";
}

static uint64_t default_sizes(const struct replay_options *replay)
{
	const uint64_t all = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M |
			     HVPT_PAGE_SIZE_1G;

	if (!replay->has_model)
		return all;
	return (replay->model.page_sizes & all) | HVPT_PAGE_SIZE_4K;
}

/* What was not given is what the host has. */
static void complete_for_host(struct fuzz_options *options)
{
	struct replay_options *replay = &options->replay;

	if (!(replay->model.caps & HYPERVISOR_CAP_S1_5LVL))
		options->draw_levels = false;
	if (!options->draw_form)
		return;
	/* fuzz_draw() draws one that is not plain. */
	replay->form = replay->model.canonical ? HVPT_IOVA_LOWER :
						 HVPT_IOVA_PLAIN;
	options->draw_form = replay->model.canonical;
}

/* A trace is checked once. */
static void complete_for_check(struct fuzz_options *options)
{
	options->draw_levels = false;
	options->draw_width = false;
	options->draw_form = false;
}

static bool complete_tables(struct fuzz_options *options)
{
	struct replay_options *replay = &options->replay;

	if (replay->page_sizes == 0)
		replay->page_sizes = default_sizes(replay);
	if (options->check)
		complete_for_check(options);
	else if (options->model)
		complete_for_host(options);
	/* Levels that are drawn fit any width. */
	return options->draw_levels ||
	       value_fits(COMMAND, replay->levels, &replay->width);
}

/* What is drawn is fit for the host; is what was given? */
static bool complete_model(struct fuzz_options *options)
{
	struct fuzz_options drawn;

	fuzz_draw(options, 0, 0, &drawn);
	if (!options->draw_levels)
		options->replay.width = drawn.replay.width;
	return value_model_fits(COMMAND, &drawn.replay);
}

static bool complete(struct fuzz_options *options, int argc, char **argv)
{
	if (optind < argc) {
		say("hvpt fuzz: '%s': takes only options", argv[optind]);
		return false;
	}
	if (options->check && options->json) {
		say("hvpt fuzz: --check and --json exclude each other: a "
		    "check has no summary");
		return false;
	}
	if (options->ops == 0 && options->seconds == 0)
		options->ops = OPS_DEFAULT;
	return complete_tables(options) && complete_model(options);
}

enum options_result fuzz_options_parse(const struct command *command, int argc,
				       char **argv,
				       struct fuzz_options *options)
{
	enum options_result result;

	set_defaults(options);
	result = value_options(command, argc, argv, take_option, options);
	if (result != OPTIONS_RUN)
		return result;
	return complete(options, argc, argv) ? OPTIONS_RUN : OPTIONS_ERROR;
}
