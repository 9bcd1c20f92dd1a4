/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "show.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

static bool has_value(const struct decode_row *row)
{
	return row->kind == DECODE_FIELD || row->kind == DECODE_BITS;
}

/* "63:32" or "16" for bits, "@8" for bytes. */
static void place_of(const struct decode_row *row, char *text, size_t room)
{
	if (row->kind != DECODE_BITS)
		snprintf(text, room, "@%zu", row->first);
	else if (row->count == 1)
		snprintf(text, room, "%zu", row->first);
	else
		snprintf(text, room, "%zu:%zu", row->first + row->count - 1,
			 row->first);
}

static int digits_of(const struct decode_row *row)
{
	return row->kind == DECODE_FIELD ? (int)(2 * row->count) : 1;
}

void show_row_text(void *ctx, const struct decode_row *row)
{
	const char *part = row->kind == DECODE_BITS ? "" : row->part;
	const char *gap = row->kind == DECODE_BITS ? "  " : "";
	char place[48];

	(void)ctx;
	place_of(row, place, sizeof(place));
	printf("%-8s%-2s%-7s %-*s ", part, gap, place,
	       row->kind == DECODE_BITS ? 25 : 27, row->name);
	if (has_value(row))
		printf("0x%0*" PRIx64, digits_of(row), row->value);
	else
		printf("%zu %s", row->count,
		       row->count == 1 ? "byte" : "bytes");
	if (row->meaning)
		printf("  %s", row->meaning);
	if (row->problem)
		printf("  WRONG: %s", row->problem);
	putchar('\n');
}

void show_problems_text(size_t problems)
{
	if (problems == 0)
		puts("Nothing is wrong or left over.");
	else
		printf("%zu %s wrong.\n", problems,
		       problems == 1 ? "row is" : "rows are");
}

static void json_text(const char *key, const char *text)
{
	if (text)
		printf(", \"%s\": \"%s\"", key, text);
}

void show_row_json(void *ctx, const struct decode_row *row)
{
	static const char *const kinds[] = {
		[DECODE_FIELD] = "field",
		[DECODE_BITS] = "bits",
		[DECODE_MISSING] = "missing",
		[DECODE_REST] = "remainder",
	};
	size_t *rows = ctx;

	printf("%s\n    { \"part\": \"%s\", \"kind\": \"%s\", \"name\": \"%s\"",
	       (*rows)++ ? "," : "", row->part, kinds[row->kind], row->name);
	printf(row->kind == DECODE_BITS ? ", \"low\": %zu, \"bits\": %zu" :
					  ", \"offset\": %zu, \"bytes\": %zu",
	       row->first, row->count);
	if (has_value(row))
		printf(", \"value\": \"0x%" PRIx64 "\"", row->value);
	json_text("meaning", row->meaning);
	json_text("problem", row->problem);
	fputs(" }", stdout);
}
