/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * All commands. Another one is one line here and its declaration in command.h.
 */
#include <string.h>

#include "command.h"

/* One on each line, so that two changes do not meet. */
/* clang-format off */
static const struct command *const commands[] = {
	&capture_command,
	&watch_command,
	&replay_command,
	&report_command,
	&fuzz_command,
	&fault_command,
	&decode_command,
	&dump_command,
	&walk_command,
	&diff_command,
	&abi_command,
	&conformance_command,
	NULL,
};
/* clang-format on */

static const struct command_option options[] = {
	{ 256, "version", NULL, "print the version" },
	{ 257, "man", "COMMAND",
	  "print the manual page of a command, or of hvpt without one, in "
	  "mdoc(7); 'hvpt --man replay | man -l -' shows it" },
	{ 258, "completion", "bash|zsh|fish",
	  "print the completion of command lines for a shell" },
	{ 0, NULL, NULL, NULL },
};

const struct command command_whole = {
	.name = NULL,
	.synopsis = "COMMAND [options]\n--help | --version",
	.brief =
		"IO page tables of Hyper-V guests: traffic, checks, hypercalls",
	.text = "Works on recorded IOMMU traffic, on hypercalls and on page "
		"tables. 'hvpt COMMAND --help' explains a command.\n"
		"NO_COLOR in the environment, if not empty, switches colours "
		"off; there are none unless the output is a terminal.",
	.options = options,
	.commands = commands,
	.exits = { { 0, "all is well" },
		   { 1, "the command found what it looks for: a mismatch, a "
			"failing sequence, a wrong mapping" },
		   { 2, "bad usage or input, or output that cannot be "
			"written" } },
	.examples = { { "replay trace.txt.xz",
			"Check hvpt with recorded traffic." },
		      { "replay --help", "Explain a command." } },
};

const struct command *command_find(const char *name)
{
	size_t i;

	for (i = 0; commands[i]; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}
