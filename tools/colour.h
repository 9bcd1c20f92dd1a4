/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * colour.h - colours, on terminals only.
 */
#ifndef TOOLS_COLOUR_H
#define TOOLS_COLOUR_H

#include <stdio.h>

enum colour {
	COLOUR_OFF = 0,
	COLOUR_BOLD = 1,
	COLOUR_FAINT = 2,
};

/**
 * colour() - what switches it on
 *
 * Return: "" if @out is no terminal, TERM is dumb, or NO_COLOR is not empty.
 */
const char *colour(FILE *out, enum colour which);

#endif /* TOOLS_COLOUR_H */
