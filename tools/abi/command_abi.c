/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE
#include "tools/command.h"

#include <getopt.h>

#include "show.h"
#include "tools/option_values.h"
#include "trace/say.h"

#define COMMAND "abi"

static const char usage[] =
	"Usage: hvpt abi [--json]\n"
	"\n"
	"Prints the hypercalls of device domains: codes, structures with the\n"
	"offset, size and bits of each field, control and result word, statuses.\n"
	"\n"
	"  --json      print JSON\n"
	"  -h, --help  this text\n"
	"\n"
	"Exit status: 0 printed, 2 bad usage.\n";

/* The only option but --help; a number that is no short option. */
#define OPT_JSON 256

static const struct option long_options[] = {
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static bool take_json(int id, void *target)
{
	bool *json = target;

	(void)id;
	*json = true;
	return true;
}

int command_abi(int argc, char **argv)
{
	bool json = false;
	int code;

	if (!value_go_on(value_options(COMMAND, argc, argv, long_options,
				       take_json, &json),
			 usage, &code))
		return code;
	if (optind < argc) {
		say("hvpt abi: '%s' is no option; try 'hvpt abi --help'",
		    argv[optind]);
		return EXIT_BAD_INPUT;
	}
	if (json)
		show_abi_json();
	else
		show_abi_text();
	return EXIT_ALL_WELL;
}
