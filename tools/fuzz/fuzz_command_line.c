/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include "fuzz_command_line.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/replay/report.h"

/** A command being written. */
struct line {
	char *at;
	size_t room;
};

static void add_char(struct line *line, char c)
{
	if (line->room < 2)
		return;
	*line->at++ = c;
	*line->at = '\0';
	line->room--;
}

static void add(struct line *line, const char *text)
{
	for (; *text != '\0'; text++)
		add_char(line, *text);
}

static void add_number(struct line *line, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	add(line, text);
}

/* In quotes if a shell needs them. */
static void add_word(struct line *line, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_./+-=,:@%";

	if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
		add(line, word);
		return;
	}
	add_char(line, '\'');
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			add(line, "'\\''");
		else
			add_char(line, *word);
	}
	add_char(line, '\'');
}

static void add_tables(struct line *line, const struct replay_options *options)
{
	const char *comma = " --page-sizes ";
	unsigned level;

	add(line, " --levels ");
	add_number(line, options->levels);
	for (level = 0; level < HVPT_LEAF_LEVELS; level++) {
		if (!report_size_allowed(options, level))
			continue;
		add(line, comma);
		add(line, report_size_name(level));
		comma = ",";
	}
	add(line, " --width ");
	add_number(line, options->width);
	add(line, " --iova-form ");
	add(line, options_form_name(options->form));
}

/* A name that begins with '-' is not to be taken for an option. */
static void add_file(struct line *line, const char *name)
{
	if (name[0] == '-')
		add(line, "./");
	add_word(line, name);
}

static void add_rest(struct line *line, const struct fuzz_options *fuzz)
{
	const struct replay_options *options = &fuzz->replay;

	add_tables(line, options);
	add(line, " --policy ");
	add(line, options_policy_name(options->policy));
	add(line, " --lazy ");
	add_number(line, options->lazy);
	add(line, " --seed ");
	add_number(line, options->seed);
	if (!fuzz->model)
		return;
	add(line, " --model ");
	add_file(line, fuzz->model);
}

static void begin(struct line *line, char *out, const char *command)
{
	line->at = out;
	line->room = FUZZ_COMMAND_MAX;
	add_word(line, program_invocation_name);
	add(line, command);
}

void fuzz_replay_command(char out[FUZZ_COMMAND_MAX],
			 const struct fuzz_options *options)
{
	struct line line;

	begin(&line, out, " replay");
	add_rest(&line, options);
	add(&line, " --audit-every ");
	add_number(&line, options->replay.audit_every);
	add_char(&line, ' ');
	add_file(&line, options->output);
}

void fuzz_check_command(char out[FUZZ_COMMAND_MAX],
			const struct fuzz_options *options)
{
	struct line line;

	begin(&line, out, " fuzz");
	add_rest(&line, options);
	add(&line, " --check ");
	add_file(&line, options->output);
}
