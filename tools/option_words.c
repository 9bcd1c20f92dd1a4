/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The words of a command line, by the description of its command.
 */
#define _GNU_SOURCE

#include <getopt.h>
#include <string.h>

#include "command.h"
#include "option_values.h"
#include "suggest.h"
#include "trace/say.h"

/* The option that was meant by a word that begins with "--". */
static const char *similar(const struct command *command, const char *word)
{
	const struct command_option *option;
	const char *best = NULL;
	char name[SUGGEST_MOST + 1];
	size_t length = strcspn(word + 2, "=");

	if (length > SUGGEST_MOST)
		return NULL;
	memcpy(name, word + 2, length);
	name[length] = '\0';
	for (option = command->options; option->name; option++)
		best = suggest_better(name, best, option->name);
	return best;
}

static void say_unknown(const struct command *command, const char *word)
{
	const char *meant = similar(command, word);

	if (meant)
		say("hvpt %s: unknown option '%s': did you mean '--%s'?",
		    command->name, word, meant);
	else
		say("hvpt %s: unknown option '%s'; try 'hvpt %s --help'",
		    command->name, word, command->name);
}

static bool is_known(const struct command *command, int id)
{
	const struct command_option *option = command->options;

	while (option->name && option->id != id)
		option++;
	return id == COMMAND_HELP || option->name;
}

/* Says what getopt_long() means by '?' or ':'. */
static enum options_result bad_word(const struct command *command, int id,
				    char **argv)
{
	const char *word = argv[optind - 1];

	if (id == ':')
		say("hvpt %s: %s: needs a value; try 'hvpt %s --help'",
		    command->name, word, command->name);
	else if (optopt != 0 && is_known(command, optopt))
		say("hvpt %s: %.*s: takes no value", command->name,
		    (int)strcspn(word, "="), word);
	else if (optopt != 0)
		say("hvpt %s: unknown option '-%c'; try 'hvpt %s --help'",
		    command->name, optopt, command->name);
	else
		say_unknown(command, word);
	return OPTIONS_ERROR;
}

/* For getopt_long(): the options of the command, and --help. */
static void known_options(const struct command *command,
			  struct option known[COMMAND_OPTIONS_MAX + 1],
			  char letters[2 * COMMAND_OPTIONS_MAX + 4])
{
	const struct command_option *from = command->options;
	size_t i = 0;

	memset(known, 0, (COMMAND_OPTIONS_MAX + 1) * sizeof(*known));
	if (command->stops)
		*letters++ = '+';
	*letters++ = ':';
	*letters++ = COMMAND_HELP;
	for (; from->name && i < COMMAND_OPTIONS_MAX - 1; from++, i++) {
		known[i].name = from->name;
		known[i].has_arg = from->argument ? required_argument :
						    no_argument;
		known[i].val = from->id;
		if (!command_letter(from))
			continue;
		*letters++ = (char)from->id;
		if (from->argument)
			*letters++ = ':';
	}
	*letters = '\0';
	known[i].name = "help";
	known[i].val = COMMAND_HELP;
}

enum options_result value_options(const struct command *command, int argc,
				  char **argv, value_take_fn take, void *target)
{
	struct option known[COMMAND_OPTIONS_MAX + 1];
	char letters[2 * COMMAND_OPTIONS_MAX + 4];
	int id;

	known_options(command, known, letters);
	opterr = 0;
	while ((id = getopt_long(argc, argv, letters, known, NULL)) != -1) {
		if (id == COMMAND_HELP)
			return OPTIONS_HELP;
		if (id == '?' || id == ':')
			return bad_word(command, id, argv);
		if (!take(id, target))
			return OPTIONS_ERROR;
	}
	return OPTIONS_RUN;
}

bool value_go_on(enum options_result result, const struct command *command,
		 int *code)
{
	if (result == OPTIONS_RUN)
		return true;
	if (result == OPTIONS_HELP)
		command_help(stdout, command);
	*code = result == OPTIONS_HELP ? EXIT_ALL_WELL : EXIT_BAD_INPUT;
	return false;
}

bool value_none_left(const struct command *command, int argc, char **argv)
{
	if (optind == argc)
		return true;
	say("hvpt %s: '%s' is no option; try 'hvpt %s --help'", command->name,
	    argv[optind], command->name);
	return false;
}
