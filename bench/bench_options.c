/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include "bench_options.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/say.h"

static const char usage[] =
	"Usage: hvpt-bench [options]\n"
	"\n"
	"Measures the time of page tables, after an independent walker has\n"
	"verified them. Prints nanoseconds per call and per entry, the minimum\n"
	"of all runs.\n"
	"\n"
	"  --levels 4|5|4,5  levels of the tables (default 4,5)\n"
	"  --runs N          runs of each workload (default 15)\n"
	"  --only REGEX      only rows whose id matches\n"
	"  --trace FILE      replay this trace, .xz or not; may be repeated;\n"
	"                    instead of the three in tests/data/traces\n"
	"  --count           also count instructions, under valgrind\n"
	"  --sweep           instead of the workloads: runs of 1 .. 2^18 pages\n"
	"  --verify          only verify\n"
	"  --differ N        instead of the workloads: N random calls to every\n"
	"                    page table, which must all translate alike\n"
	"  --seed N          of these calls (default 1)\n"
	"  --effort PERCENT  of the rounds in each run (default 100); less\n"
	"                    to try it out\n"
	"  --json FILE       write JSON, '-' for standard output\n"
	"  --note TEXT       copy TEXT into the JSON\n"
	"  --quiet           no table\n"
	"  -h, --help        this text\n";

enum option_id {
	OPT_LEVELS = 256,
	OPT_RUNS,
	OPT_ONLY,
	OPT_TRACE,
	OPT_COUNT,
	OPT_SWEEP,
	OPT_VERIFY,
	OPT_DIFFER,
	OPT_SEED,
	OPT_EFFORT,
	OPT_JSON,
	OPT_NOTE,
	OPT_QUIET,
};

static const struct option long_options[] = {
	{ "levels", required_argument, NULL, OPT_LEVELS },
	{ "runs", required_argument, NULL, OPT_RUNS },
	{ "only", required_argument, NULL, OPT_ONLY },
	{ "trace", required_argument, NULL, OPT_TRACE },
	{ "count", no_argument, NULL, OPT_COUNT },
	{ "sweep", no_argument, NULL, OPT_SWEEP },
	{ "verify", no_argument, NULL, OPT_VERIFY },
	{ "differ", required_argument, NULL, OPT_DIFFER },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "effort", required_argument, NULL, OPT_EFFORT },
	{ "json", required_argument, NULL, OPT_JSON },
	{ "note", required_argument, NULL, OPT_NOTE },
	{ "quiet", no_argument, NULL, OPT_QUIET },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static bool parse_levels(const char *text, unsigned *levels)
{
	static const struct {
		const char *text;
		unsigned levels;
	} known[] = {
		{ "4", 1u << 4 },
		{ "5", 1u << 5 },
		{ "4,5", 1u << 4 | 1u << 5 },
		{ "5,4", 1u << 4 | 1u << 5 },
	};

	for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(text, known[i].text) == 0) {
			*levels = known[i].levels;
			return true;
		}
	}
	say("hvpt-bench: --levels: must be 4, 5 or 4,5, not '%s'", text);
	return false;
}

static bool parse_number(const char *name, const char *text, unsigned max,
			 unsigned *value)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || number < 1 ||
	    number > max) {
		say("hvpt-bench: --%s: must be 1 .. %u, not '%s'", name, max,
		    text);
		return false;
	}
	*value = (unsigned)number;
	return true;
}

void bench_options_free(struct bench_options *options)
{
	if (options->has_only)
		regfree(&options->only);
	options->has_only = false;
}

static bool parse_only(const char *text, struct bench_options *options)
{
	bench_options_free(options);
	options->has_only = regcomp(&options->only, text,
				    REG_EXTENDED | REG_NOSUB) == 0;
	if (!options->has_only)
		say("hvpt-bench: --only: not a regular expression: '%s'", text);
	return options->has_only;
}

static bool add_trace(const char *path, struct bench_options *options)
{
	if (options->traces == TRACES_MAX) {
		say("hvpt-bench: --trace: at most %u", TRACES_MAX);
		return false;
	}
	options->trace[options->traces++] = path;
	return true;
}

static bool set_flag(int id, struct bench_options *options)
{
	options->count |= id == OPT_COUNT;
	options->sweep |= id == OPT_SWEEP;
	options->verify |= id == OPT_VERIFY;
	options->quiet |= id == OPT_QUIET;
	/* getopt_long has said what is wrong with '?' */
	return id != '?' && id != ':';
}

static bool take_option(int id, const char *value,
			struct bench_options *options)
{
	switch (id) {
	case OPT_LEVELS:
		return parse_levels(value, &options->levels);
	case OPT_RUNS:
		return parse_number("runs", value, RUNS_MAX, &options->runs);
	case OPT_EFFORT:
		return parse_number("effort", value, 1000, &options->effort);
	case OPT_DIFFER:
		return parse_number("differ", value, UINT_MAX,
				    &options->differ);
	case OPT_SEED:
		return parse_number("seed", value, UINT_MAX, &options->seed);
	case OPT_ONLY:
		return parse_only(value, options);
	case OPT_TRACE:
		return add_trace(value, options);
	case OPT_JSON:
		options->json = value;
		return true;
	case OPT_NOTE:
		options->note = value;
		return true;
	default:
		return set_flag(id, options);
	}
}

enum bench_parsed bench_options_parse(int argc, char **argv,
				      struct bench_options *options)
{
	int id;

	memset(options, 0, sizeof(*options));
	options->levels = 1u << 4 | 1u << 5;
	options->runs = 15;
	options->effort = 100;
	options->seed = 1;
	while ((id = getopt_long(argc, argv, "h", long_options, NULL)) >= 0) {
		if (id == 'h') {
			fputs(usage, stdout);
			return BENCH_HELP;
		}
		if (!take_option(id, optarg, options))
			return BENCH_ERROR;
	}
	if (optind < argc) {
		say("hvpt-bench: not an option: '%s'", argv[optind]);
		return BENCH_ERROR;
	}
	return BENCH_RUN;
}
