/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "tools/command.h"

#include "show.h"
#include "tools/option_values.h"

/* The only option but --help; a number that is no short option. */
#define OPT_JSON 256

static bool take_json(int id, void *target)
{
	bool *json = target;

	(void)id;
	*json = true;
	return true;
}

static int run(int argc, char **argv);

static const struct command_option options[] = {
	{ OPT_JSON, "json", NULL, "print JSON" },
	{ 0, NULL, NULL, NULL },
};

const struct command abi_command = {
	.name = "abi",
	.synopsis = "[--json]",
	.brief = "print the hypercalls, their structures and the statuses",
	.text = "Prints the hypercalls of device domains: codes, structures "
		"with the offset, size and bits of each field, control and "
		"result word, statuses.",
	.options = options,
	.exits = { { EXIT_ALL_WELL, "printed" },
		   { EXIT_BAD_INPUT, "bad usage" } },
	.examples = { { "abi", "All calls, as text." },
		      { "abi --json", "The same for a program." } },
	.run = run,
};

static int run(int argc, char **argv)
{
	bool json = false;
	int code;

	if (!value_go_on(value_options(&abi_command, argc, argv, take_json,
				       &json),
			 &abi_command, &code))
		return code;
	if (!value_none_left(&abi_command, argc, argv))
		return EXIT_BAD_INPUT;
	if (json)
		show_abi_json();
	else
		show_abi_text();
	return EXIT_ALL_WELL;
}
