/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "suggest.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

#define SIDE (SUGGEST_MOST + 1)

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* rows[i][j]: the distance of the first i letters of a and j of b. */
static unsigned cell(unsigned rows[SIDE][SIDE], const char *a, const char *b,
		     size_t i, size_t j)
{
	unsigned change = rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
	unsigned best = least(rows[i - 1][j], rows[i][j - 1]) + 1;

	best = least(best, change);
	if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
		best = least(best, rows[i - 2][j - 2] + 1);
	return best;
}

unsigned suggest_distance(const char *a, const char *b)
{
	size_t rows_used = strlen(a), columns = strlen(b);
	unsigned rows[SIDE][SIDE];
	size_t i, j;

	if (rows_used > SUGGEST_MOST || columns > SUGGEST_MOST)
		return UINT_MAX;
	for (i = 0; i <= rows_used; i++) {
		for (j = 0; j <= columns; j++) {
			if (i == 0 || j == 0)
				rows[i][j] = (unsigned)(i + j);
			else
				rows[i][j] = cell(rows, a, b, i, j);
		}
	}
	return rows[rows_used][columns];
}

const char *suggest_better(const char *word, const char *best, const char *name)
{
	size_t length = strlen(name);
	unsigned most = length < 5 ? 1 : 2;
	unsigned distance;

	if (length < SUGGEST_LEAST)
		return best;
	distance = suggest_distance(word, name);
	if (distance > most)
		return best;
	return best && suggest_distance(word, best) <= distance ? best : name;
}
