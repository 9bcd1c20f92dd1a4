/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include "options.h"

#include <getopt.h>
#include <string.h>

#include "command.h"
#include "option_values.h"
#include "trace/say.h"

#define COMMAND "replay"

enum option_id {
	OPT_LEVELS = 256,
	OPT_PAGE_SIZES,
	OPT_WIDTH,
	OPT_IOVA_FORM,
	OPT_AUDIT_EVERY,
	OPT_JSON,
	OPT_QUIET,
	OPT_STRICT,
	OPT_SEED,
	OPT_POLICY,
	OPT_LAZY,
	OPT_INJECT,
	OPT_WALKER,
	OPT_MODEL,
	OPT_DROP_FLUSHES,
};

const struct command_option replay_options_known[] = {
	{ OPT_LEVELS, "levels", "4|5", "table levels (4)" },
	{ OPT_PAGE_SIZES, "page-sizes", "4K,2M,1G",
	  "leaf sizes, of these; 4K always (all)" },
	{ OPT_WIDTH, "width", "N",
	  "IOVA bits, 13 .. 48, with 5 levels 13 .. 57 "
	  "(all)" },
	{ OPT_IOVA_FORM, "iova-form", "plain|lower|canonical",
	  "which values are IOVAs (plain)" },
	{ OPT_AUDIT_EVERY, "audit-every", "N",
	  "audit all tables after each N events (at the end)" },
	{ OPT_SEED, "seed", "N",
	  "seed of the random pages that are checked "
	  "(1)" },
	{ OPT_POLICY, "policy", "two-block|cover|exact",
	  "how a range is flushed; cover: one block, as Linux does "
	  "(two-block)" },
	{ OPT_LAZY, "lazy", "N",
	  "sync after each N unmaps of a domain (1: strict)" },
	{ OPT_INJECT, "inject", "SPEC",
	  "inject a failure, see above; may be repeated" },
	{ OPT_WALKER, "walker", "model|vtd|cpu",
	  "what checks the tables: model (as above), or also vtd (DMA through "
	  "the VT-d of QEMU, with caches) or cpu (the processor of QEMU, page "
	  "tables only); see scripts/get-qemu (model)" },
	{ OPT_MODEL, "model", "FILE",
	  "the host has the properties in FILE, as hvpt conformance --fit "
	  "prints them" },
	{ OPT_DROP_FLUSHES, "drop-flushes", NULL,
	  "with vtd: drop every flush, so that the replay must fail" },
	{ OPT_JSON, "json", "FILE|-",
	  "also write the figures as JSON; - is standard output, without the "
	  "text summary" },
	{ OPT_STRICT, "strict", NULL, "stop at the first malformed line" },
	{ OPT_QUIET, "quiet", NULL, "no progress, notes or summary" },
	{ 0, NULL, NULL, NULL },
};

static const char *const walker_names[] = {
	[WALKER_MODEL] = "model",
	[WALKER_VTD] = "vtd",
	[WALKER_CPU] = "cpu",
};

const char *options_walker_name(enum replay_walker walker)
{
	return walker_names[walker];
}

bool options_in_form(const struct replay_options *options, uint64_t first,
		     uint64_t last)
{
	unsigned bits = options->width;
	uint64_t sign;

	if (options->form == HVPT_IOVA_PLAIN)
		return (last >> bits) == 0;
	sign = first >> (bits - 1);
	if (sign != last >> (bits - 1))
		return false;
	if (options->form == HVPT_IOVA_CANONICAL &&
	    sign == UINT64_MAX >> (bits - 1))
		return true;
	return sign == 0;
}

/* ---- values ---------------------------------------------------------- */

static bool parse_walker(const char *text, struct replay_options *options)
{
	size_t i;

	for (i = 0; i < sizeof(walker_names) / sizeof(walker_names[0]); i++) {
		if (strcmp(text, walker_names[i]) == 0) {
			options->walker = (enum replay_walker)i;
			return true;
		}
	}
	say("hvpt replay: --walker: must be model, vtd or cpu, not '%s'", text);
	return false;
}

static bool parse_json(const char *text, struct replay_options *options)
{
	if (text[0] == '\0') {
		say("hvpt replay: --json: needs a file name, or - for standard "
		    "output");
		return false;
	}
	options->json = text;
	return true;
}

/* ---- the command line ------------------------------------------------ */

static bool take_option(int id, void *target)
{
	struct replay_options *options = target;

	switch (id) {
	case OPT_LEVELS:
		return value_levels(COMMAND, optarg, &options->levels);
	case OPT_PAGE_SIZES:
		return value_page_sizes(COMMAND, optarg, &options->page_sizes);
	case OPT_WIDTH:
		return value_width(COMMAND, optarg, &options->width);
	case OPT_IOVA_FORM:
		return value_form(COMMAND, optarg, &options->form);
	case OPT_AUDIT_EVERY:
		return value_count(COMMAND, "--audit-every", optarg,
				   &options->audit_every);
	case OPT_SEED:
		return value_count(COMMAND, "--seed", optarg, &options->seed);
	case OPT_POLICY:
		return value_policy(COMMAND, optarg, &options->policy);
	case OPT_LAZY:
		return value_lazy(COMMAND, optarg, &options->lazy);
	case OPT_INJECT:
		return inject_parse(optarg, &options->inject);
	case OPT_WALKER:
		return parse_walker(optarg, options);
	case OPT_MODEL:
		options->has_model = true;
		return value_model(COMMAND, optarg, &options->model);
	case OPT_DROP_FLUSHES:
		options->drop_flushes = true;
		return true;
	case OPT_JSON:
		return parse_json(optarg, options);
	case OPT_QUIET:
		options->quiet = true;
		return true;
	default:
		options->strict = true;
		return true;
	}
}

/* QEMU's walkers support fewer options. */
static bool complete_walker(const struct replay_options *options)
{
	const char *why = NULL;

	if (options->drop_flushes && options->walker != WALKER_VTD)
		why = "--drop-flushes: only with --walker vtd";
	else if (options->walker == WALKER_VTD && options->levels != 4)
		why = "--walker vtd: QEMU's VT-d has 4 levels; --walker cpu "
		      "has 5";
	if (why)
		say("hvpt replay: %s", why);
	return !why;
}

static bool complete_model(const struct replay_options *options)
{
	if (!options->has_model || options->walker == WALKER_MODEL)
		return value_model_fits(COMMAND, options);
	say("hvpt replay: with --model: --walker: only model");
	return false;
}

/* Checks that involve more than one option. */
static bool complete(struct replay_options *options)
{
	if (!value_fits(COMMAND, options->levels, &options->width))
		return false;
	if (options->file_count == 0) {
		say("hvpt replay: no trace given; try 'hvpt replay --help'");
		return false;
	}
	return complete_walker(options) && complete_model(options);
}

void options_default(struct replay_options *options)
{
	memset(options, 0, sizeof(*options));
	options->levels = 4;
	options->page_sizes = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M |
			      HVPT_PAGE_SIZE_1G;
	options->seed = 1;
	options->lazy = 1;
}

enum options_result options_parse(const struct command *command, int argc,
				  char **argv, struct replay_options *options)
{
	enum options_result result;

	options_default(options);
	result = value_options(command, argc, argv, take_option, options);
	if (result != OPTIONS_RUN)
		return result;
	options->files = (const char *const *)argv + optind;
	options->file_count = argc - optind;
	return complete(options) ? OPTIONS_RUN : OPTIONS_ERROR;
}
