/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L

#include "colour.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool wanted(FILE *out)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (no_color && *no_color)
		return false;
	if (!term || strcmp(term, "dumb") == 0)
		return false;
	return isatty(fileno(out));
}

const char *colour(FILE *out, enum colour which)
{
	static const char *const sequences[] = {
		[COLOUR_OFF] = "\033[0m",
		[COLOUR_BOLD] = "\033[1m",
		[COLOUR_FAINT] = "\033[2m",
	};

	return wanted(out) ? sequences[which] : "";
}
