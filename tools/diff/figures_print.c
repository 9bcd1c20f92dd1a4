/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "figures_pair.h"

/* ---- text ------------------------------------------------------------- */

/** The widths of the columns. */
struct columns {
	int name;
	int a;
	int b;
};

static void widen(int *width, const char *text)
{
	int length = (int)strlen(text);

	if (length > *width)
		*width = length;
}

/* Numbers are shown whole, strings as far as a column has room. */
#define SHOWN 24

static const char *value_of(const struct figure *figure, char out[SHOWN + 1])
{
	if (!figure)
		return "-";
	if (strlen(figure->value) <= SHOWN)
		return figure->value;
	snprintf(out, SHOWN + 1, "%.*s...", SHOWN - 3, figure->value);
	return out;
}

static void measure(struct columns *columns, const struct figure_pairs *pairs,
		    bool changed)
{
	char shown[SHOWN + 1];
	size_t i;

	for (i = 0; i < pairs->count; i++) {
		const struct figure_pair *pair = &pairs->list[i];

		if (changed && pair->same)
			continue;
		widen(&columns->name, figure_pair_name(pair));
		widen(&columns->a, value_of(pair->a, shown));
		widen(&columns->b, value_of(pair->b, shown));
	}
}

/* The last two columns. */
static const char *first_note(const struct figure_pair *pair)
{
	if (!pair->a)
		return "only in B";
	if (!pair->b)
		return "only in A";
	if (pair->difference[0])
		return pair->difference;
	return pair->same ? "same" : "differs";
}

static void print_pair(const struct figure_pair *pair,
		       const struct columns *columns)
{
	char a[SHOWN + 1], b[SHOWN + 1];

	printf("%-*s  %*s  %*s  %12s", columns->name, figure_pair_name(pair),
	       columns->a, value_of(pair->a, a), columns->b,
	       value_of(pair->b, b), first_note(pair));
	if (pair->ratio[0])
		printf("  %7s", pair->ratio);
	putchar('\n');
}

void figure_pairs_print_text(const struct figure_pairs *pairs, const char *a,
			     const char *b, bool changed)
{
	struct columns columns = { 6, 1, 1 };
	size_t i;

	measure(&columns, pairs, changed);
	printf("A  %s\nB  %s\n\n%-*s  %*s  %*s  %12s  %7s\n", a, b,
	       columns.name, "figure", columns.a, "A", columns.b, "B", "B - A",
	       "B / A");
	for (i = 0; i < pairs->count; i++) {
		if (!changed || !pairs->list[i].same)
			print_pair(&pairs->list[i], &columns);
	}
	printf("\n%zu in both, %zu of them changed; %zu only in A, %zu only in "
	       "B\n",
	       pairs->both, pairs->changed, pairs->only_a, pairs->only_b);
}

/* ---- JSON ------------------------------------------------------------- */

/* What was read has no control characters. */
static void print_string(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar((unsigned char)*text < ' ' ? '?' : *text);
	}
	putchar('"');
}

static void print_value(const char *name, const struct figure *figure)
{
	printf(", \"%s\": ", name);
	if (!figure)
		fputs("null", stdout);
	else if (figure->is_string)
		print_string(figure->value);
	else
		fputs(figure->value, stdout);
}

static void print_pair_json(const struct figure_pair *pair, bool first)
{
	printf("%s\n    { \"name\": ", first ? "" : ",");
	print_string(figure_pair_name(pair));
	printf(", \"in\": \"%s\"", !pair->a ? "b" : !pair->b ? "a" : "both");
	print_value("a", pair->a);
	print_value("b", pair->b);
	if (pair->difference[0])
		printf(", \"difference\": %s",
		       pair->difference + (pair->difference[0] == '+'));
	if (pair->ratio[0])
		printf(", \"ratio\": %s", pair->ratio);
	fputs(" }", stdout);
}

void figure_pairs_print_json(const struct figure_pairs *pairs, const char *a,
			     const char *b, bool changed)
{
	bool first = true;
	size_t i;

	fputs("{\n  \"a\": ", stdout);
	print_string(a);
	fputs(",\n  \"b\": ", stdout);
	print_string(b);
	printf(",\n  \"both\": %zu,\n  \"changed\": %zu,\n  \"only_a\": %zu,"
	       "\n  \"only_b\": %zu,\n  \"figures\": [",
	       pairs->both, pairs->changed, pairs->only_a, pairs->only_b);
	for (i = 0; i < pairs->count; i++) {
		if (changed && pairs->list[i].same)
			continue;
		print_pair_json(&pairs->list[i], first);
		first = false;
	}
	printf("%s]\n}\n", first ? "" : "\n  ");
}
