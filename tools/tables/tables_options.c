/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "tables_options.h"

#include <string.h>

#include "tools/option_values.h"
#include "trace/say.h"

#define SECOND UINT64_C(1000000000)

void tables_options_default(struct tables_options *options)
{
	memset(options, 0, sizeof(*options));
	options->levels = 4;
	options->page_sizes = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M |
			      HVPT_PAGE_SIZE_1G;
}

/* ---- values ---------------------------------------------------------- */

/* "17.9" in nanoseconds; nine digits after the point count. */
static bool read_seconds(const char *text, uint64_t *nanoseconds)
{
	uint64_t seconds = 0, unit = SECOND;
	const char *point = strchr(text, '.');
	const char *at;

	if (!point || point == text || point[1] == '\0')
		return false;
	for (at = text; at < point; at++) {
		if (*at < '0' || *at > '9' ||
		    seconds > UINT64_MAX / SECOND / 10)
			return false;
		seconds = 10 * seconds + (uint64_t)(*at - '0');
	}
	*nanoseconds = seconds * SECOND;
	for (at = point + 1; *at; at++) {
		if (*at < '0' || *at > '9')
			return false;
		unit /= 10;
		*nanoseconds += unit * (uint64_t)(*at - '0');
	}
	return true;
}

static bool take_at(const char *command, const char *text,
		    struct tables_moment *at)
{
	if (options_number(text, &at->events))
		at->kind = MOMENT_EVENT;
	else if (*text == '+' && read_seconds(text + 1, &at->nanoseconds))
		at->kind = MOMENT_SINCE;
	else if (read_seconds(text, &at->nanoseconds))
		at->kind = MOMENT_TIME;
	else
		say("hvpt %s: --at: must be a number of events, or a time in "
		    "seconds with a point, not '%s'",
		    command, text);
	return at->kind != MOMENT_END;
}

static bool take_maxphyaddr(const char *command, const char *text,
			    unsigned *bits)
{
	uint64_t number;

	if (!options_number(text, &number) || number < 36 || number > 52) {
		say("hvpt %s: --maxphyaddr: must be 36 .. 52, not '%s'",
		    command, text);
		return false;
	}
	*bits = (unsigned)number;
	return true;
}

static bool take_root(const char *command, const char *text,
		      struct tables_options *options)
{
	options->has_root = true;
	if (!value_count(command, "--root", text, &options->root))
		return false;
	if (options->root % HVPT_PAGE_BYTES == 0)
		return true;
	say("hvpt %s: --root: 0x%llx is not 4 KiB aligned; leave out the low "
	    "12 bits",
	    command, (unsigned long long)options->root);
	return false;
}

bool tables_options_take(const char *command, int id, const char *text,
			 struct tables_options *options)
{
	switch (id) {
	case TABLES_OPT_AT:
		return take_at(command, text, &options->at);
	case TABLES_OPT_DOMAIN:
		options->has_domain = true;
		return value_count(command, "--domain", text, &options->domain);
	case TABLES_OPT_MEMORY:
		options->memory = text;
		return true;
	case TABLES_OPT_ROOT:
		return take_root(command, text, options);
	case TABLES_OPT_LEVELS:
		return value_levels(command, text, &options->levels);
	case TABLES_OPT_WIDTH:
		return value_width(command, text, &options->width);
	case TABLES_OPT_FORM:
		options->has_form = true;
		return value_form(command, text, &options->form);
	case TABLES_OPT_PAGE_SIZES:
		options->has_sizes = true;
		return value_page_sizes(command, text, &options->page_sizes);
	default:
		return take_maxphyaddr(command, text, &options->maxphyaddr);
	}
}

/* ---- together ---------------------------------------------------------- */

static bool check_memory(const char *command,
			 const struct tables_options *options)
{
	const char *why = NULL;

	if (!options->has_root)
		why = "--memory needs --root GPA, the address of the top "
		      "table";
	else if (options->at.kind != MOMENT_END || options->has_domain)
		why = "--at and --domain are for a trace, not for --memory";
	else if (options->has_sizes)
		why = "--page-sizes is for a trace, not for --memory";
	else if (options->root >> options->maxphyaddr)
		why = "--root is above the physical address width";
	if (why)
		say("hvpt %s: %s", command, why);
	return !why;
}

bool tables_options_check(const char *command, struct tables_options *options)
{
	if (options->memory && !options->has_form)
		options->form = HVPT_IOVA_CANONICAL;
	if (!value_fits(command, options->levels, &options->width))
		return false;
	if (!options->memory && (options->has_root || options->maxphyaddr)) {
		say("hvpt %s: --%s: only with --memory", command,
		    options->has_root ? "root" : "maxphyaddr");
		return false;
	}
	if (!options->maxphyaddr)
		options->maxphyaddr = 52;
	return !options->memory || check_memory(command, options);
}
