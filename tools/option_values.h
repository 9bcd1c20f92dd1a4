/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * option_values.h - values of options that several sub-commands take.
 *
 * @command is the sub-command, for messages. Each function writes its result
 * only when the text is valid; otherwise it prints why and returns false.
 */
#ifndef TOOLS_OPTION_VALUES_H
#define TOOLS_OPTION_VALUES_H

#include "options.h"

bool value_levels(const char *command, const char *text, unsigned *levels);

/** A list of 4K, 2M and 1G, as the bits of struct hvpt_pt_config. */
bool value_page_sizes(const char *command, const char *text, uint64_t *sizes);

bool value_width(const char *command, const char *text, unsigned *width);

bool value_form(const char *command, const char *text,
		enum hvpt_iova_form *form);

bool value_policy(const char *command, const char *text,
		  enum hvpt_flush_policy *policy);

/** A number of at least 1. */
bool value_lazy(const char *command, const char *text, uint64_t *lazy);

/** Any number; @name is that of the option. */
bool value_count(const char *command, const char *name, const char *text,
		 uint64_t *value);

/** Seconds, or a number with s, m or h behind it; not 0. */
bool value_time(const char *command, const char *text, uint64_t *seconds);

/** Properties of the model hypervisor that a file has; the rest stays. */
bool value_model(const char *command, const char *path,
		 struct hypervisor_config *config);

/** Does the host of --model, if one is given, offer the table of @options? */
bool value_model_fits(const char *command,
		      const struct replay_options *options);

/** Do @levels span @width? A width of 0 becomes all that they span. */
bool value_fits(const char *command, unsigned levels, unsigned *width);

/**
 * typedef value_take_fn - one option was there
 * @id: of the option, as in struct command_option
 * @target: as given to value_options()
 *
 * Its value is in optarg. Return: false with a message.
 */
typedef bool (*value_take_fn)(int id, void *target);

/**
 * value_options() - take the options of a sub-command
 *
 * Return: OPTIONS_RUN; then optind is the first word that is no option.
 */
enum options_result value_options(const struct command *command, int argc,
				  char **argv, value_take_fn take,
				  void *target);

/**
 * value_go_on() - is there something to do, after the options?
 * @command: its help is printed when it was asked for
 * @code: out: else the exit status; not written when there is
 */
bool value_go_on(enum options_result result, const struct command *command,
		 int *code);

/** Says so if a word is left, for a command that takes only options. */
bool value_none_left(const struct command *command, int argc, char **argv);

#endif /* TOOLS_OPTION_VALUES_H */
