/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "hvpt/hvpt.h"
#include "options.h"
#include "output.h"
#include "suggest.h"
#include "trace/say.h"

#define TEXT(x) #x
#define VERSION(major, minor, patch) TEXT(major) "." TEXT(minor) "." TEXT(patch)

static int unknown(const char *word)
{
	const struct command *const *each = command_whole.commands;
	const char *best = NULL;

	for (; *each; each++)
		best = suggest_better(word, best, (*each)->name);
	if (word[0] == '-')
		say("hvpt: unknown option '%s'; try 'hvpt --help'", word);
	else if (best)
		say("hvpt: unknown command '%s': did you mean '%s'?", word,
		    best);
	else
		say("hvpt: unknown command '%s'; try 'hvpt --help'", word);
	return EXIT_BAD_INPUT;
}

/* hvpt help COMMAND */
static int no_help(const char *name)
{
	if (name && command_find(name))
		say("hvpt: unknown command 'help': did you mean 'hvpt %s "
		    "--help'?",
		    name);
	else
		say("hvpt: unknown command 'help': did you mean "
		    "'hvpt --help'?");
	return EXIT_BAD_INPUT;
}

static int print_manual(const char *name)
{
	const struct command *command = name ? command_find(name) :
					       &command_whole;

	if (!command)
		return unknown(name);
	command_manual(stdout, command);
	return EXIT_ALL_WELL;
}

static int print_completion(const char *shell)
{
	if (shell && command_completion(stdout, &command_whole, shell))
		return EXIT_ALL_WELL;
	say("hvpt: --completion: must be bash, zsh or fish, not '%s'",
	    shell ? shell : "");
	return EXIT_BAD_INPUT;
}

/* @value: the word after the option, or NULL. */
static int run_option(const char *option, const char *value)
{
	if (strcmp(option, "--help") == 0 || strcmp(option, "-h") == 0) {
		command_help(stdout, &command_whole);
		return EXIT_ALL_WELL;
	}
	if (strcmp(option, "--version") == 0) {
		puts("hvpt " VERSION(HVPT_VERSION_MAJOR, HVPT_VERSION_MINOR,
				     HVPT_VERSION_PATCH));
		return EXIT_ALL_WELL;
	}
	if (strcmp(option, "--man") == 0)
		return print_manual(value);
	if (strcmp(option, "--completion") == 0)
		return print_completion(value);
	return unknown(option);
}

static int run(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		say("hvpt: no command given; try 'hvpt --help'");
		return EXIT_BAD_INPUT;
	}
	if (argv[1][0] == '-')
		return run_option(argv[1], argv[2]);
	if (strcmp(argv[1], "help") == 0)
		return no_help(argv[2]);
	command = command_find(argv[1]);
	return command ? command->run(argc - 1, argv + 1) : unknown(argv[1]);
}

int main(int argc, char **argv)
{
	if (!output_guard())
		return EXIT_BAD_INPUT;
	return output_end(run(argc, argv));
}
