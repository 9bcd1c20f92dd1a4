/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * command.h - the sub-commands of hvpt, as data.
 *
 * Each command describes itself in a struct command, next to its code, and
 * commands.c lists them. From this description come its options, --help, its
 * manual page and the completion of shells.
 */
#ifndef TOOLS_COMMAND_H
#define TOOLS_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

/* The most options of a command, with --help. */
#define COMMAND_OPTIONS_MAX 32u

/* The most exit codes and examples of a command. */
#define COMMAND_EXITS_MAX 4u
#define COMMAND_EXAMPLES_MAX 6u

/* The identifier of --help and -h; those of other options begin at 256. */
#define COMMAND_HELP 'h'

/**
 * struct command_option - an option
 * @id: as a value_take_fn gets it; 256 or more, or the letter of a short form
 * @name: without the dashes
 * @argument: what its value is; NULL: it takes none. FILE, TRACE and DIR are
 *	names of files; small words with | between them are all values there are
 * @text: what it does, and the default in parentheses
 */
struct command_option {
	int id;
	const char *name;
	const char *argument;
	const char *text;
};

/** Does the option have a short form, of one letter? */
static inline bool command_letter(const struct command_option *option)
{
	return option->id < 256;
}

/**
 * struct command_exit - what an exit status means
 * @code: an enum exit_code
 */
struct command_exit {
	int code;
	const char *text;
};

/**
 * struct command_example - a command line and what it does
 * @line: what follows "hvpt "
 */
struct command_example {
	const char *line;
	const char *text;
};

/**
 * struct command - a sub-command
 * @name: its name
 * @synopsis: what follows "hvpt NAME "; each line is one form
 * @brief: what it does, without a full stop
 * @text: the same at length. Each line is a paragraph; a line that begins with
 *	two spaces is shown as it is
 * @files: does it take files besides options?
 * @stops: do options end at the first other word, the name of a program?
 * @options: ends with a name of NULL; --help is not among them
 * @exits: end with a text of NULL, as @examples do
 * @commands: of hvpt as a whole: its commands; ends with NULL
 * @run: argv[0] is the sub-command's name. Return: an enum exit_code
 */
struct command {
	const char *name;
	const char *synopsis;
	const char *brief;
	const char *text;
	bool files;
	bool stops;
	const struct command_option *options;
	struct command_exit exits[COMMAND_EXITS_MAX + 1];
	struct command_example examples[COMMAND_EXAMPLES_MAX + 1];
	const struct command *const *commands;
	int (*run)(int argc, char **argv);
};

/** hvpt: its commands in the order of its help; it has no name and no run. */
extern const struct command command_whole;

/** The command of this name; NULL: none. */
const struct command *command_find(const char *name);

/** What `hvpt NAME --help` prints; @command may be &command_whole. */
void command_help(FILE *out, const struct command *command);

/** The manual page, in mdoc(7). */
void command_manual(FILE *out, const struct command *command);

/**
 * command_completion() - completion of command lines
 * @whole: &command_whole
 * @shell: bash, zsh or fish
 *
 * Return: false: another shell.
 */
bool command_completion(FILE *out, const struct command *whole,
			const char *shell);

extern const struct command abi_command;
extern const struct command capture_command;
extern const struct command conformance_command;
extern const struct command decode_command;
extern const struct command diff_command;
extern const struct command dump_command;
extern const struct command fault_command;
extern const struct command fuzz_command;
extern const struct command replay_command;
extern const struct command report_command;
extern const struct command walk_command;
extern const struct command watch_command;

#endif /* TOOLS_COMMAND_H */
