/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE

#include "option_values.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/hypervisor_text.h"
#include "trace/say.h"

#define SECONDS_MAX ((uint64_t)1 << 32)

static const char *const form_names[] = {
	[HVPT_IOVA_PLAIN] = "plain",
	[HVPT_IOVA_LOWER] = "lower",
	[HVPT_IOVA_CANONICAL] = "canonical",
};

static const char *const policy_names[] = {
	[HVPT_FLUSH_TWO_BLOCK] = "two-block",
	[HVPT_FLUSH_COVER] = "cover",
	[HVPT_FLUSH_EXACT] = "exact",
};

const char *options_policy_name(enum hvpt_flush_policy policy)
{
	return policy_names[policy];
}

const char *options_form_name(enum hvpt_iova_form form)
{
	return form_names[form];
}

bool options_number(const char *text, uint64_t *value)
{
	unsigned long long number;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	number = strtoull(text, &end, strncmp(text, "0x", 2) == 0 ? 16 : 10);
	if (errno != 0 || *end != '\0' || end == text)
		return false;
	*value = number;
	return true;
}

bool value_levels(const char *command, const char *text, unsigned *levels)
{
	if (strcmp(text, "4") != 0 && strcmp(text, "5") != 0) {
		say("hvpt %s: --levels: must be 4 or 5, not '%s'", command,
		    text);
		return false;
	}
	*levels = text[0] == '4' ? 4 : 5;
	return true;
}

bool value_page_sizes(const char *command, const char *text, uint64_t *sizes)
{
	static const struct {
		const char *name;
		uint64_t bytes;
	} known[] = { { "4K", HVPT_PAGE_SIZE_4K },
		      { "2M", HVPT_PAGE_SIZE_2M },
		      { "1G", HVPT_PAGE_SIZE_1G } };
	const char *word = text;
	uint64_t sum = 0;

	for (;;) {
		size_t length = strcspn(word, ",");
		size_t i;

		for (i = 0; i < 3; i++) {
			if (length == 2 && memcmp(word, known[i].name, 2) == 0)
				break;
		}
		if (i == 3) {
			say("hvpt %s: --page-sizes: '%.*s' is not one of 4K, "
			    "2M, 1G",
			    command, (int)length, word);
			return false;
		}
		sum |= known[i].bytes;
		if (word[length] == '\0')
			break;
		word += length + 1;
	}
	if (!(sum & HVPT_PAGE_SIZE_4K)) {
		say("hvpt %s: --page-sizes: must include 4K", command);
		return false;
	}
	*sizes = sum;
	return true;
}

bool value_width(const char *command, const char *text, unsigned *width)
{
	uint64_t number;

	if (!options_number(text, &number) || number < 13 || number > 57) {
		say("hvpt %s: --width: must be 13 .. 57, not '%s'", command,
		    text);
		return false;
	}
	*width = (unsigned)number;
	return true;
}

bool value_form(const char *command, const char *text,
		enum hvpt_iova_form *form)
{
	size_t i;

	for (i = 0; i < sizeof(form_names) / sizeof(form_names[0]); i++) {
		if (strcmp(text, form_names[i]) == 0) {
			*form = (enum hvpt_iova_form)i;
			return true;
		}
	}
	say("hvpt %s: --iova-form: must be plain, lower or canonical, not "
	    "'%s'",
	    command, text);
	return false;
}

bool value_policy(const char *command, const char *text,
		  enum hvpt_flush_policy *policy)
{
	size_t i;

	for (i = 0; i < sizeof(policy_names) / sizeof(policy_names[0]); i++) {
		if (strcmp(text, policy_names[i]) == 0) {
			*policy = (enum hvpt_flush_policy)i;
			return true;
		}
	}
	say("hvpt %s: --policy: must be two-block, cover or exact, not "
	    "'%s'",
	    command, text);
	return false;
}

bool value_lazy(const char *command, const char *text, uint64_t *lazy)
{
	if (options_number(text, lazy) && *lazy != 0)
		return true;
	say("hvpt %s: --lazy: must be a 64-bit number of at least 1, not '%s'",
	    command, text);
	return false;
}

bool value_count(const char *command, const char *name, const char *text,
		 uint64_t *value)
{
	if (options_number(text, value))
		return true;
	say("hvpt %s: %s: must be a 64-bit number, not '%s'", command, name,
	    text);
	return false;
}

bool value_time(const char *command, const char *text, uint64_t *seconds)
{
	size_t length = strlen(text);
	uint64_t unit = 1;
	char number[24];

	if (length > 0 && strchr("smh", text[length - 1])) {
		length--;
		unit = text[length] == 's' ? 1 :
		       text[length] == 'm' ? 60 :
					     3600;
	}
	if (length < sizeof(number)) {
		memcpy(number, text, length);
		number[length] = '\0';
		if (options_number(number, seconds) && *seconds == 0) {
			say("hvpt %s: --time: must be more than 0", command);
			return false;
		}
		if (options_number(number, seconds) && *seconds < SECONDS_MAX) {
			*seconds *= unit;
			return true;
		}
	}
	say("hvpt %s: --time: must be seconds, or a number with s, m or h, not "
	    "'%s'",
	    command, text);
	return false;
}

bool value_model(const char *command, const char *path,
		 struct hypervisor_config *config)
{
	unsigned line;
	const char *problem = hypervisor_config_read(config, path, &line);

	if (problem && line)
		say("hvpt %s: --model: %s: line %u: %s; 'hvpt "
		    "conformance --fit' makes such a file",
		    command, path, line, problem);
	else if (problem)
		say("hvpt %s: --model: %s: %s", command, path, problem);
	return !problem;
}

bool value_model_fits(const char *command, const struct replay_options *options)
{
	const struct hypervisor_config *model = &options->model;
	const bool canonical = options->form != HVPT_IOVA_PLAIN;
	const char *why = NULL;

	if (!options->has_model)
		return true;
	if (options->levels == 5 && !(model->caps & HYPERVISOR_CAP_S1_5LVL))
		why = "--levels: the host has no 5 levels";
	else if (options->page_sizes & ~model->page_sizes)
		why = "--page-sizes: the host does not have them all";
	else if (options->width > model->iova_width)
		why = "--width: the host has fewer IOVA bits";
	else if (model->canonical != canonical)
		why = "--iova-form: must be plain if the host's canonical is "
		      "0, and only then";
	if (why)
		say("hvpt %s: with --model: %s", command, why);
	return !why;
}

bool value_fits(const char *command, unsigned levels, unsigned *width)
{
	if (*width == 0)
		*width = levels == 4 ? 48 : 57;
	if (levels != 4 || *width <= 48)
		return true;
	say("hvpt %s: --width: 4 levels span at most 48 bits, not %u", command,
	    *width);
	return false;
}
