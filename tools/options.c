/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "say.h"

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
	OPT_DROP_FLUSHES,
};

static const struct option long_options[] = {
	{ "levels", required_argument, NULL, OPT_LEVELS },
	{ "page-sizes", required_argument, NULL, OPT_PAGE_SIZES },
	{ "width", required_argument, NULL, OPT_WIDTH },
	{ "iova-form", required_argument, NULL, OPT_IOVA_FORM },
	{ "audit-every", required_argument, NULL, OPT_AUDIT_EVERY },
	{ "json", required_argument, NULL, OPT_JSON },
	{ "quiet", no_argument, NULL, OPT_QUIET },
	{ "strict", no_argument, NULL, OPT_STRICT },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "lazy", required_argument, NULL, OPT_LAZY },
	{ "inject", required_argument, NULL, OPT_INJECT },
	{ "walker", required_argument, NULL, OPT_WALKER },
	{ "drop-flushes", no_argument, NULL, OPT_DROP_FLUSHES },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char *const form_names[] = {
	[HVPT_IOVA_PLAIN] = "plain",
	[HVPT_IOVA_LOWER] = "lower",
	[HVPT_IOVA_CANONICAL] = "canonical",
};

static const char *const policy_names[] = {
	[HVPT_FLUSH_TWO_BLOCK] = "two-block",
	[HVPT_FLUSH_COVER] = "cover",
	[HVPT_FLUSH_EXACT] = "exact",
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

const char *options_policy_name(enum hvpt_flush_policy policy)
{
	return policy_names[policy];
}

const char *options_form_name(enum hvpt_iova_form form)
{
	return form_names[form];
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

bool options_number(const char *text, uint64_t *value)
{
	unsigned long long number;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	number = strtoull(text, &end, strncmp(text, "0x", 2) == 0 ? 16 : 10);
	if (errno != 0 || *end != '\0' || end == text)
		return false;
	*value = number;
	return true;
}

static bool parse_levels(const char *text, struct replay_options *options)
{
	if (strcmp(text, "4") != 0 && strcmp(text, "5") != 0) {
		say("hvpt replay: --levels: must be 4 or 5, not '%s'", text);
		return false;
	}
	options->levels = text[0] == '4' ? 4 : 5;
	return true;
}

static bool parse_page_sizes(const char *text, struct replay_options *options)
{
	static const struct {
		const char *name;
		uint64_t bytes;
	} sizes[] = { { "4K", HVPT_PAGE_SIZE_4K },
		      { "2M", HVPT_PAGE_SIZE_2M },
		      { "1G", HVPT_PAGE_SIZE_1G } };
	const char *word = text;
	uint64_t sum = 0;

	for (;;) {
		size_t length = strcspn(word, ",");
		size_t i;

		for (i = 0; i < 3; i++) {
			if (length == 2 && memcmp(word, sizes[i].name, 2) == 0)
				break;
		}
		if (i == 3) {
			say("hvpt replay: --page-sizes: '%.*s' is none of 4K, "
			    "2M, 1G",
			    (int)length, word);
			return false;
		}
		sum |= sizes[i].bytes;
		if (word[length] == '\0')
			break;
		word += length + 1;
	}
	if (!(sum & HVPT_PAGE_SIZE_4K)) {
		say("hvpt replay: --page-sizes: 4K must be among them");
		return false;
	}
	options->page_sizes = sum;
	return true;
}

static bool parse_width(const char *text, struct replay_options *options)
{
	uint64_t width;

	if (!options_number(text, &width) || width < 13 || width > 57) {
		say("hvpt replay: --width: must be 13 .. 57, not '%s'", text);
		return false;
	}
	options->width = (unsigned)width;
	return true;
}

static bool parse_form(const char *text, struct replay_options *options)
{
	size_t i;

	for (i = 0; i < sizeof(form_names) / sizeof(form_names[0]); i++) {
		if (strcmp(text, form_names[i]) == 0) {
			options->form = (enum hvpt_iova_form)i;
			return true;
		}
	}
	say("hvpt replay: --iova-form: must be plain, lower or canonical, not "
	    "'%s'",
	    text);
	return false;
}

static bool parse_policy(const char *text, struct replay_options *options)
{
	size_t i;

	for (i = 0; i < sizeof(policy_names) / sizeof(policy_names[0]); i++) {
		if (strcmp(text, policy_names[i]) == 0) {
			options->policy = (enum hvpt_flush_policy)i;
			return true;
		}
	}
	say("hvpt replay: --policy: must be two-block, cover or exact, not "
	    "'%s'",
	    text);
	return false;
}

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

static bool parse_lazy(const char *text, struct replay_options *options)
{
	if (options_number(text, &options->lazy) && options->lazy != 0)
		return true;
	say("hvpt replay: --lazy: must be a 64-bit number from 1, not '%s'",
	    text);
	return false;
}

static bool parse_count(const char *name, const char *text, uint64_t *value)
{
	if (options_number(text, value))
		return true;
	say("hvpt replay: %s: must be a 64-bit number, not '%s'", name, text);
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

static bool take_option(int id, struct replay_options *options)
{
	switch (id) {
	case OPT_LEVELS:
		return parse_levels(optarg, options);
	case OPT_PAGE_SIZES:
		return parse_page_sizes(optarg, options);
	case OPT_WIDTH:
		return parse_width(optarg, options);
	case OPT_IOVA_FORM:
		return parse_form(optarg, options);
	case OPT_AUDIT_EVERY:
		return parse_count("--audit-every", optarg,
				   &options->audit_every);
	case OPT_SEED:
		return parse_count("--seed", optarg, &options->seed);
	case OPT_POLICY:
		return parse_policy(optarg, options);
	case OPT_LAZY:
		return parse_lazy(optarg, options);
	case OPT_INJECT:
		return inject_parse(optarg, &options->inject);
	case OPT_WALKER:
		return parse_walker(optarg, options);
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

/* The walkers which are not ours have less to choose from. */
static bool complete_walker(const struct replay_options *options)
{
	const char *why = NULL;

	if (options->drop_flushes && options->walker != WALKER_VTD)
		why = "--drop-flushes: only with --walker vtd";
	else if (options->walker != WALKER_MODEL &&
		 (options->inject.count || options->inject.alloc))
		why = "--inject: only with --walker model";
	else if (options->walker == WALKER_VTD && options->levels != 4)
		why = "--walker vtd: QEMU's VT-d has 4 levels; --walker cpu "
		      "has 5";
	if (why)
		say("hvpt replay: %s", why);
	return !why;
}

/* What depends on more than one word. */
static bool complete(struct replay_options *options)
{
	if (options->width == 0)
		options->width = options->levels == 4 ? 48 : 57;
	if (options->levels == 4 && options->width > 48) {
		say("hvpt replay: --width: 4 levels span at most 48 bits, not "
		    "%u",
		    options->width);
		return false;
	}
	if (options->file_count == 0) {
		say("hvpt replay: no trace given; try 'hvpt replay --help'");
		return false;
	}
	return complete_walker(options);
}

static enum options_result bad_word(int id, char **argv)
{
	const char *word = argv[optind - 1];

	if (id == ':')
		say("hvpt replay: %s: needs a value", word);
	else if (optopt > 0 && optopt < 256)
		say("hvpt replay: unknown option '-%c'", optopt);
	else if (optopt >= 256)
		say("hvpt replay: %.*s: takes no value",
		    (int)strcspn(word, "="), word);
	else
		say("hvpt replay: unknown option '%s'", word);
	return OPTIONS_ERROR;
}

enum options_result options_parse(int argc, char **argv,
				  struct replay_options *options)
{
	int id;

	memset(options, 0, sizeof(*options));
	options->levels = 4;
	options->page_sizes = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M |
			      HVPT_PAGE_SIZE_1G;
	options->seed = 1;
	options->lazy = 1;
	opterr = 0;
	for (;;) {
		id = getopt_long(argc, argv, ":h", long_options, NULL);
		if (id == -1)
			break;
		if (id == 'h')
			return OPTIONS_HELP;
		if (id == '?' || id == ':')
			return bad_word(id, argv);
		if (!take_option(id, options))
			return OPTIONS_ERROR;
	}
	options->files = argv + optind;
	options->file_count = argc - optind;
	return complete(options) ? OPTIONS_RUN : OPTIONS_ERROR;
}
