/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <string.h>

#include "colour.h"
#include "command.h"
#include "wrap.h"

/* Where the text of an option begins, at most. */
#define TEXT_COLUMN 24u

static void heading(FILE *out, const char *text)
{
	fprintf(out, "\n%s%s:%s\n", colour(out, COLOUR_BOLD), text,
		colour(out, COLOUR_OFF));
}

static void usage(FILE *out, const struct command *command)
{
	const char *rest = command->synopsis;
	const char *intro = "Usage:";
	const char *form;
	size_t length;

	while ((form = wrap_line(&rest, &length)) != NULL) {
		fprintf(out, "%6s hvpt %s%s%.*s\n", intro,
			command->name ? command->name : "",
			command->name && length ? " " : "", (int)length, form);
		intro = "";
	}
	fputc('\n', out);
	wrap_paragraphs(out, command->text);
}

/* Columns that the name of an option and its argument take. */
static unsigned option_width(const struct command_option *option)
{
	size_t width = strlen("  --") + strlen(option->name) + 2;

	if (command_letter(option))
		width += strlen("-x, ");
	if (option->argument)
		width += 1 + strlen(option->argument);
	return (unsigned)width;
}

static unsigned text_column(const struct command_option *option)
{
	unsigned column = 0;

	for (; option->name; option++) {
		unsigned width = option_width(option);

		if (width > column && width <= TEXT_COLUMN)
			column = width;
	}
	return column > 14 ? column : 14;
}

static void show_option(FILE *out, const struct command_option *option,
			unsigned column)
{
	unsigned at = option_width(option) - 2;

	fputs("  ", out);
	if (command_letter(option))
		fprintf(out, "-%c, ", option->id);
	fprintf(out, "--%s%s%s", option->name, option->argument ? " " : "",
		option->argument ? option->argument : "");
	if (at + 2 > column) {
		fputc('\n', out);
		at = 0;
	}
	wrap_text(out, at, column, option->text);
}

static void show_options(FILE *out, const struct command_option *option)
{
	unsigned column = text_column(option);

	heading(out, "Options");
	for (; option->name; option++)
		show_option(out, option, column);
	fprintf(out, "  %-*s%s\n", (int)column - 2, "-h, --help", "this text");
}

static void show_commands(FILE *out, const struct command *const *each)
{
	heading(out, "Commands");
	for (; *each; each++) {
		fprintf(out, "  %-13s", (*each)->name);
		wrap_text(out, 15, 15, (*each)->brief);
	}
}

static void show_examples(FILE *out, const struct command_example *example)
{
	if (!example->line)
		return;
	heading(out, "Examples");
	for (; example->line; example++) {
		fprintf(out, "  hvpt %s\n", example->line);
		wrap_text(out, 0, 6, example->text);
	}
}

static void show_exits(FILE *out, const struct command_exit *exits)
{
	heading(out, "Exit status");
	for (; exits->text; exits++) {
		int column = fprintf(out, "  %-3d", exits->code);

		wrap_text(out, (unsigned)column, 5, exits->text);
	}
}

void command_help(FILE *out, const struct command *command)
{
	usage(out, command);
	if (command->commands)
		show_commands(out, command->commands);
	show_options(out, command->options);
	show_examples(out, command->examples);
	show_exits(out, command->exits);
}
