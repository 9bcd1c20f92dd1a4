/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * figures_pair.h - the figures of two reports side by side.
 */
#ifndef TOOLS_DIFF_FIGURES_PAIR_H
#define TOOLS_DIFF_FIGURES_PAIR_H

#include "figures.h"

/**
 * struct figure_pair - a figure in both reports, or in one
 * @a, @b: NULL: it is not in this report
 * @same: the values are equal
 * @difference: of two numbers: b - a, as text; "" if they are no numbers
 * @ratio: of two numbers: b / a, as text; "" if a is 0
 */
struct figure_pair {
	const struct figure *a;
	const struct figure *b;
	bool same;
	char difference[32];
	char ratio[32];
};

/**
 * struct figure_pairs - all pairs: in the order of a, then what only b has
 * @both, @only_a, @only_b: how many are in which
 * @changed: how many are in both and not equal
 */
struct figure_pairs {
	struct figure_pair *list;
	size_t count;
	size_t both;
	size_t only_a;
	size_t only_b;
	size_t changed;
};

/**
 * figures_pair() - puts two lists side by side
 *
 * A name that comes again in a list is the next of its kind in the other. Both
 * lists must outlive the pairs. Return: false: no memory.
 */
bool figures_pair(struct figure_pairs *pairs, const struct figures *a,
		  const struct figures *b);

/** The name of a pair. */
const char *figure_pair_name(const struct figure_pair *pair);

/**
 * figure_pairs_print_text() - a table
 * @a, @b: what to call the two
 * @changed: only what is not the same
 */
void figure_pairs_print_text(const struct figure_pairs *pairs, const char *a,
			     const char *b, bool changed);
void figure_pairs_print_json(const struct figure_pairs *pairs, const char *a,
			     const char *b, bool changed);

#endif /* TOOLS_DIFF_FIGURES_PAIR_H */
