/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "conformance_report.h"

static void put(void *ctx, const char *text, size_t bytes)
{
	/* who closes the file finds errors */
	(void)fwrite(text, 1, bytes, ctx);
}

struct conformance_writer conformance_to_file(FILE *to)
{
	const struct conformance_writer writer = { put, to };

	return writer;
}

void conformance_json(FILE *to, const struct conformance_record *record)
{
	const struct conformance_writer writer = conformance_to_file(to);
	size_t i;

	conformance_json_begin(&writer, record->host);
	for (i = 0; i < record->count; i++)
		conformance_json_finding(&writer, record->entries[i].question,
					 &record->entries[i].finding, i == 0);
	conformance_json_end(&writer, &record->counts);
}
