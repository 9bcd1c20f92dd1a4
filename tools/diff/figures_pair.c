/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "figures_pair.h"

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *figure_pair_name(const struct figure_pair *pair)
{
	return pair->a ? pair->a->name : pair->b->name;
}

/* ---- values ----------------------------------------------------------- */

/* A whole number that is not negative and fits. */
static bool read_whole(const char *text, uint64_t *value)
{
	*value = 0;
	for (; *text >= '0' && *text <= '9'; text++) {
		unsigned digit = (unsigned)(*text - '0');

		if (*value > (UINT64_MAX - digit) / 10)
			return false;
		*value = *value * 10 + digit;
	}
	return *text == '\0';
}

/* Whole numbers are subtracted exactly: they may have 64 bits. */
static void subtract(struct figure_pair *pair)
{
	double numbers = strtod(pair->b->value, NULL) -
			 strtod(pair->a->value, NULL);
	char *out = pair->difference;
	uint64_t a, b;

	if (!isfinite(numbers))
		return; /* larger than any figure */
	if (!read_whole(pair->a->value, &a) || !read_whole(pair->b->value, &b))
		snprintf(out, sizeof(pair->difference),
			 numbers < 0 || numbers > 0 ? "%+.6g" : "%.0f",
			 numbers);
	else if (a == b)
		snprintf(out, sizeof(pair->difference), "0");
	else
		snprintf(out, sizeof(pair->difference), "%c%" PRIu64,
			 b > a ? '+' : '-', b > a ? b - a : a - b);
}

static void divide(struct figure_pair *pair)
{
	double a = strtod(pair->a->value, NULL);
	double ratio = strtod(pair->b->value, NULL) / a;

	if ((a < 0 || a > 0) && isfinite(ratio))
		snprintf(pair->ratio, sizeof(pair->ratio), "%.4g", ratio);
}

static void compare(struct figure_pairs *pairs, struct figure_pair *pair)
{
	pairs->only_a += !pair->b;
	pairs->only_b += !pair->a;
	if (!pair->a || !pair->b)
		return;
	pairs->both++;
	pair->same = strcmp(pair->a->value, pair->b->value) == 0 &&
		     pair->a->is_string == pair->b->is_string;
	pairs->changed += !pair->same;
	if (pair->a->is_number && pair->b->is_number) {
		subtract(pair);
		divide(pair);
	}
}

/* ---- names ------------------------------------------------------------ */

/** One figure of a list, to be sorted; @number: its place in the list */
struct entry {
	const struct figure *figure;
	size_t number;
};

/* By name, then by place, so that names that come again keep their order. */
static int by_name(const void *left, const void *right)
{
	const struct entry *a = left;
	const struct entry *b = right;
	int order = strcmp(a->figure->name, b->figure->name);

	if (order != 0)
		return order;
	return (a->number > b->number) - (a->number < b->number);
}

/* Return: the figures sorted by name, to be freed; NULL: no memory. */
static struct entry *sorted(const struct figures *figures)
{
	struct entry *list = calloc(figures->count + 1, sizeof(*list));
	size_t i;

	for (i = 0; list && i < figures->count; i++) {
		list[i].figure = &figures->list[i];
		list[i].number = i;
	}
	if (list)
		qsort(list, figures->count, sizeof(*list), by_name);
	return list;
}

/**
 * struct matcher - both lists by name
 * @partner: for each figure of a: 1 + its number in b; 0: none
 * @taken: for each figure of b: it has a partner
 */
struct matcher {
	struct entry *a;
	struct entry *b;
	size_t *partner;
	bool *taken;
};

/* Walks both sorted lists. */
static void match(struct matcher *matcher, const struct figures *a,
		  const struct figures *b)
{
	size_t i = 0, j = 0;

	while (i < a->count && j < b->count) {
		const struct entry *left = &matcher->a[i];
		const struct entry *right = &matcher->b[j];
		int order = strcmp(left->figure->name, right->figure->name);

		if (order == 0) {
			matcher->partner[left->number] = 1 + right->number;
			matcher->taken[right->number] = true;
		}
		i += order <= 0;
		j += order >= 0;
	}
}

static void add(struct figure_pairs *pairs, const struct figure *a,
		const struct figure *b)
{
	struct figure_pair *pair = &pairs->list[pairs->count++];

	pair->a = a;
	pair->b = b;
	compare(pairs, pair);
}

static void add_all(struct figure_pairs *pairs, const struct matcher *matcher,
		    const struct figures *a, const struct figures *b)
{
	size_t i;

	for (i = 0; i < a->count; i++) {
		size_t partner = matcher->partner[i];

		add(pairs, &a->list[i], partner ? &b->list[partner - 1] : NULL);
	}
	for (i = 0; i < b->count; i++) {
		if (!matcher->taken[i])
			add(pairs, NULL, &b->list[i]);
	}
}

bool figures_pair(struct figure_pairs *pairs, const struct figures *a,
		  const struct figures *b)
{
	struct matcher matcher = {
		.a = sorted(a),
		.b = sorted(b),
		.partner = calloc(a->count + 1, sizeof(*matcher.partner)),
		.taken = calloc(b->count + 1, sizeof(*matcher.taken)),
	};
	bool good;

	memset(pairs, 0, sizeof(*pairs));
	pairs->list = calloc(a->count + b->count + 1, sizeof(*pairs->list));
	good = matcher.a && matcher.b && matcher.partner && matcher.taken &&
	       pairs->list;
	if (good) {
		match(&matcher, a, b);
		add_all(pairs, &matcher, a, b);
	}
	free(matcher.a);
	free(matcher.b);
	free(matcher.partner);
	free(matcher.taken);
	return good;
}
