/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Completion of command lines, for bash, zsh and fish.
 */
#include <ctype.h>
#include <string.h>

#include "command.h"

/* ---- what the shells share --------------------------------------------- */

static bool takes_file(const struct command_option *option)
{
	static const char *const names[] = { "FILE", "TRACE", "DIR" };
	size_t i;

	for (i = 0; option->argument && i < 3; i++) {
		if (strncmp(option->argument, names[i], strlen(names[i])) == 0)
			return true;
	}
	return false;
}

static bool takes_choice(const struct command_option *option)
{
	const char *argument = option->argument;

	return argument && (strchr(argument, ',') ||
			    (!isupper(argument[0]) && strchr(argument, '|')));
}

/* a|b, or the list a,b, as words */
static void put_choices(FILE *out, const char *choices)
{
	for (; *choices; choices++)
		fputc(strchr("|,", *choices) ? ' ' : *choices, out);
}

/* The start of a text, in single quotes; a backslash before each of @escaped */
static void put_brief(FILE *out, const char *text, const char *escaped)
{
	size_t length = strcspn(text, ";.:(\n");
	size_t i;

	while (length && text[length - 1] == ' ')
		length--;
	for (i = 0; i < length; i++) {
		if (strchr(escaped, text[i]))
			fputc('\\', out);
		if (text[i] != '\'')
			fputc(text[i], out);
	}
}

/* ---- bash ---------------------------------------------------------------- */

static void bash_values(FILE *out, const struct command *command)
{
	const struct command_option *option = command->options;
	const char *name = command->name ? command->name : "hvpt";

	for (; option->name; option++) {
		if (!option->argument)
			continue;
		fprintf(out, "\t\"%s --%s\"", name, option->name);
		if (command_letter(option))
			fprintf(out, " | \"%s -%c\"", name, option->id);
		fputc(')', out);
		if (takes_file(option)) {
			fputs(" files=1", out);
		} else if (takes_choice(option)) {
			fputs(" words=\"", out);
			put_choices(out, option->argument);
			fputc('"', out);
		} else if (strcmp(option->argument, "COMMAND") == 0) {
			fputs(" words=$commands", out);
		}
		fputs(" ;;\n", out);
	}
}

static void bash_names(FILE *out, const struct command *command)
{
	const struct command_option *option = command->options;

	for (; option->name; option++)
		fprintf(out, " --%s", option->name);
	fputs(" --help", out);
}

/* Ends the line before it. Behind -- there is a command, or there are files. */
static void bash_command(FILE *out)
{
	fputs("\"\n\tlocal i=2\n"
	      "\twhile [ \"$i\" -lt \"$COMP_CWORD\" ]; do\n"
	      "\t\tif [ \"${COMP_WORDS[i]}\" = -- ]; then\n"
	      "\t\t\tlocal kind=-f\n"
	      "\t\t\tcase $((COMP_CWORD - i))$command in\n"
	      "\t\t\t1capture | 1watch) kind=-c ;;\n\t\t\tesac\n"
	      "\t\t\tmapfile -t COMPREPLY < <(compgen $kind -- "
	      "\"$current\")\n"
	      "\t\t\treturn\n"
	      "\t\tfi\n\t\ti=$((i + 1))\n\tdone\n",
	      out);
}

static void bash(FILE *out, const struct command *whole)
{
	const struct command *const *commands = whole->commands;
	size_t i;

	fputs("# Completion of hvpt for bash.\n"
	      "_hvpt() {\n"
	      "\tlocal current=${COMP_WORDS[COMP_CWORD]}\n"
	      "\tlocal previous=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tlocal command=${COMP_WORDS[1]} words= files= commands=\"",
	      out);
	for (i = 0; commands[i]; i++)
		fprintf(out, "%s%s", i ? " " : "", commands[i]->name);
	fputs("\"\n\t[ \"$COMP_CWORD\" -gt 1 ] || words=\"$commands", out);
	bash_names(out, whole);
	bash_command(out);
	fputs("\t[ \"$COMP_CWORD\" -ne 2 ] || case $command in\n"
	      "\t-*) previous=$command command=hvpt ;;\n\tesac\n"
	      "\t[ \"$COMP_CWORD\" -le 1 ] || case \"$command $previous\" in\n",
	      out);
	bash_values(out, whole);
	for (i = 0; commands[i]; i++)
		bash_values(out, commands[i]);
	for (i = 0; commands[i]; i++) {
		fprintf(out, "\t\"%s \"*) words=\"", commands[i]->name);
		bash_names(out, commands[i]);
		fprintf(out, "\" files=%s ;;\n", commands[i]->files ? "1" : "");
	}
	fputs("\tesac\n"
	      "\tCOMPREPLY=()\n"
	      "\tcase $files$current in\n"
	      "\t1-*) ;;\n"
	      "\t1*) words= ;;\n"
	      "\tesac\n"
	      "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- "
	      "\"$current\")\n"
	      "\t[ -z \"$files\" ] ||\n"
	      "\t\tmapfile -t -O ${#COMPREPLY[@]} COMPREPLY "
	      "< <(compgen -f -- \"$current\")\n"
	      "}\n"
	      "complete -o filenames -F _hvpt hvpt\n",
	      out);
}

/* ---- zsh ----------------------------------------------------------------- */

static void zsh_options(FILE *out, const struct command_option *option)
{
	for (; option->name; option++) {
		fprintf(out, " \\\n\t\t\t'--%s[", option->name);
		put_brief(out, option->text, "[]");
		fputc(']', out);
		if (option->argument)
			fputs(":value:", out);
		if (takes_file(option)) {
			fputs("_files", out);
		} else if (takes_choice(option)) {
			fputc('(', out);
			put_choices(out, option->argument);
			fputc(')', out);
		}
		fputc('\'', out);
	}
	fputs(" \\\n\t\t\t'--help[show the help]'", out);
}

static void zsh(FILE *out, const struct command *whole)
{
	const struct command *const *commands = whole->commands;
	size_t i;

	fputs("#compdef hvpt\n"
	      "_hvpt() {\n"
	      "\tlocal -a commands=(\n",
	      out);
	for (i = 0; commands[i]; i++) {
		fprintf(out, "\t\t'%s:", commands[i]->name);
		put_brief(out, commands[i]->brief, "");
		fputs("'\n", out);
	}
	fputs("\t)\n"
	      "\tif (( CURRENT == 2 )); then\n"
	      "\t\t_describe command commands\n"
	      "\t\t_arguments",
	      out);
	zsh_options(out, whole->options);
	fputs("\n\t\treturn\n\tfi\n"
	      "\tshift words\n"
	      "\t(( CURRENT-- ))\n"
	      "\tcase $words[1] in\n",
	      out);
	for (i = 0; commands[i]; i++) {
		fprintf(out, "\t%s)\n\t\t_arguments", commands[i]->name);
		zsh_options(out, commands[i]->options);
		if (commands[i]->files)
			fputs(" \\\n\t\t\t'*:file:_files'", out);
		fputs("\n\t\t;;\n", out);
	}
	fputs("\tesac\n}\ncompdef _hvpt hvpt\n", out);
}

/* ---- fish ---------------------------------------------------------------- */

static void fish_options(FILE *out, const char *condition,
			 const struct command_option *option)
{
	for (; option->name; option++) {
		fprintf(out, "complete -c hvpt -n '%s' -l %s", condition,
			option->name);
		if (command_letter(option))
			fprintf(out, " -s %c", option->id);
		if (takes_file(option)) {
			fputs(" -r -F", out);
		} else if (takes_choice(option)) {
			fputs(" -x -a '", out);
			put_choices(out, option->argument);
			fputc('\'', out);
		} else if (option->argument) {
			fputs(" -x", out);
		}
		fputs(" -d '", out);
		put_brief(out, option->text, "\\");
		fputs("'\n", out);
	}
	fprintf(out, "complete -c hvpt -n '%s' -l help -d 'show the help'\n",
		condition);
}

static void fish(FILE *out, const struct command *whole)
{
	const struct command *const *commands = whole->commands;
	char condition[80];
	size_t i;

	fputs("# Completion of hvpt for fish.\n"
	      "complete -c hvpt -f\n",
	      out);
	fish_options(out, "__fish_use_subcommand", whole->options);
	for (i = 0; commands[i]; i++) {
		fprintf(out,
			"complete -c hvpt -n __fish_use_subcommand "
			"-a %s -d '",
			commands[i]->name);
		put_brief(out, commands[i]->brief, "\\");
		fputs("'\n", out);
		snprintf(condition, sizeof(condition),
			 "__fish_seen_subcommand_from %s", commands[i]->name);
		fish_options(out, condition, commands[i]->options);
		if (commands[i]->files)
			fprintf(out, "complete -c hvpt -n '%s' -F\n",
				condition);
	}
}

bool command_completion(FILE *out, const struct command *whole,
			const char *shell)
{
	if (strcmp(shell, "bash") == 0)
		bash(out, whole);
	else if (strcmp(shell, "zsh") == 0)
		zsh(out, whole);
	else if (strcmp(shell, "fish") == 0)
		fish(out, whole);
	else
		return false;
	return true;
}
