/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The manual pages, in mdoc(7).
 */
#include <ctype.h>
#include <string.h>

#include "command.h"
#include "wrap.h"

/* When the pages were last changed: a build must not depend on its day. */
#define PAGE_DATE "November 28, 2026"

/* Lines of the source are not longer. */
#define LINE_WIDTH 76u

/* Spaces before a line that is shown as it is. */
#define INDENT 2u

/* One character; @first: the first of its line. */
static void put_char(FILE *out, char c, bool first)
{
	if (first && (c == '.' || c == '\''))
		fputs("\\&", out);
	if (c == '\\')
		fputs("\\e", out);
	else if (c == '"')
		fputs("\\(dq", out);
	else
		fputc(c, out);
}

static void put(FILE *out, const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		put_char(out, text[i], i == 0);
}

static void put_line(FILE *out, const char *text)
{
	put(out, text, strlen(text));
	fputc('\n', out);
}

/* Does a sentence end before the space at text[i]? */
static bool is_sentence(const char *text, size_t i, size_t length)
{
	return i > 1 && i + 1 < length && strchr(".?!", text[i - 1]) &&
	       text[i - 2] != '.' && !islower(text[i + 1]);
}

/* A text for filling: each sentence begins a line. */
static void put_sentences(FILE *out, const char *text, size_t length)
{
	unsigned column = 0;
	size_t i;

	for (i = 0; i < length; i++) {
		size_t word = strcspn(text + i + 1, " \n");

		if (text[i] == ' ' && (is_sentence(text, i, length) ||
				       column + word > LINE_WIDTH)) {
			fputc('\n', out);
			column = 0;
			continue;
		}
		put_char(out, text[i], column == 0);
		column++;
	}
	fputc('\n', out);
}

static void put_paragraphs(FILE *out, const char *text)
{
	bool literal = false, first = true;
	const char *line;
	size_t length;

	while ((line = wrap_line(&text, &length)) != NULL) {
		bool now = *line == ' ';

		if (now && !literal)
			fputs(".Bd -literal -offset indent\n", out);
		else if (!now && literal)
			fputs(".Ed\n.Pp\n", out);
		else if (!now && !first)
			fputs(".Pp\n", out);
		if (now) {
			put(out, line + INDENT, length - INDENT);
			fputc('\n', out);
		} else {
			put_sentences(out, line, length);
		}
		literal = now;
		first = false;
	}
	if (literal)
		fputs(".Ed\n", out);
}

static void title(FILE *out, const struct command *command)
{
	const char *name = command->name ? command->name : "";

	/* In two parts: it is not the licence of a part of this file. */
	fputs(".\\\" SPDX-"
	      "License-Identifier: GPL-2.0-only OR BSD-2-Clause\n",
	      out);
	fputs(".Dd " PAGE_DATE "\n.Dt HVPT", out);
	if (*name)
		fputc('-', out);
	for (; *name; name++)
		fputc(toupper(*name), out);
	fprintf(out, " 1\n.Os\n.Sh NAME\n.Nm hvpt%s%s\n.Nd ",
		command->name ? "-" : "", command->name ? command->name : "");
	put_line(out, command->brief);
}

static void synopsis(FILE *out, const struct command *command)
{
	const char *rest = command->synopsis;
	const char *form;
	size_t length;

	fputs(".Sh SYNOPSIS\n", out);
	while ((form = wrap_line(&rest, &length)) != NULL) {
		fprintf(out, ".Nm hvpt%s%s\n", command->name ? " " : "",
			command->name ? command->name : "");
		put(out, form, length);
		if (length)
			fputc('\n', out);
	}
}

static void show_commands(FILE *out, const struct command *const *each)
{
	fputs("The commands are:\n.Bl -tag -width Ds\n", out);
	for (; *each; each++) {
		fprintf(out, ".It Xr hvpt-%s 1\n", (*each)->name);
		put_sentences(out, (*each)->brief, strlen((*each)->brief));
	}
	fputs(".El\n", out);
}

static void show_options(FILE *out, const struct command_option *option)
{
	fputs(".Pp\nThe options are:\n.Bl -tag -width Ds\n", out);
	for (; option->name; option++) {
		fputs(".It Fl ", out);
		if (command_letter(option))
			fprintf(out, "%c , ", option->id);
		fprintf(out, "-%s", option->name);
		if (option->argument)
			fprintf(out, " Ar %s", option->argument);
		fputc('\n', out);
		put_sentences(out, option->text, strlen(option->text));
	}
	fputs(".It Fl h , -help\nprint a short help\n.El\n", out);
}

static void show_exits(FILE *out, const struct command_exit *exits)
{
	fputs(".Sh EXIT STATUS\n.Bl -tag -width Ds\n", out);
	for (; exits->text; exits++) {
		fprintf(out, ".It %d\n", exits->code);
		put_sentences(out, exits->text, strlen(exits->text));
	}
	fputs(".El\n", out);
}

static void show_examples(FILE *out, const struct command_example *example)
{
	if (!example->line)
		return;
	fputs(".Sh EXAMPLES\n", out);
	for (; example->line; example++) {
		put_sentences(out, example->text, strlen(example->text));
		fputs(".Bd -literal -offset indent\nhvpt ", out);
		put_line(out, example->line);
		fputs(".Ed\n", out);
		if (example[1].line)
			fputs(".Pp\n", out);
	}
}

static void see_also(FILE *out, const struct command *command)
{
	fputs(".Sh SEE ALSO\n", out);
	if (command->name)
		fputs(".Xr hvpt 1 ,\n", out);
	fputs(".Xr trace-cmd 1\n", out);
}

void command_manual(FILE *out, const struct command *command)
{
	title(out, command);
	synopsis(out, command);
	fputs(".Sh DESCRIPTION\n", out);
	put_paragraphs(out, command->text);
	if (command->commands) {
		fputs(".Pp\n", out);
		show_commands(out, command->commands);
	}
	show_options(out, command->options);
	show_exits(out, command->exits);
	show_examples(out, command->examples);
	see_also(out, command);
}
