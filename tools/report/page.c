/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "page.h"

#include <string.h>

#include "page_assets.h"
#include "traffic_json.h"
#include "vega.h"

/** What stands where in page.html. */
struct parts {
	const struct traffic *traffic;
	const struct reading *reading;
	const char *library;
};

static void write_asset(FILE *out, const struct page_asset *asset)
{
	fwrite(asset->text, 1, asset->bytes, out);
}

/* A line of page.html that is only a name stands for what it names. */
static bool write_line(FILE *out, const char *line, size_t length,
		       const struct parts *parts)
{
	if (length == 6 && memcmp(line, "@style", length) == 0)
		write_asset(out, &page_style);
	else if (length == 7 && memcmp(line, "@script", length) == 0)
		write_asset(out, &page_script);
	else if (length == 5 && memcmp(line, "@data", length) == 0)
		traffic_json(out, parts->traffic, parts->reading);
	else if (length == 8 && memcmp(line, "@library", length) == 0)
		return vega_write(out, parts->library);
	else
		fprintf(out, "%.*s\n", (int)length, line);
	return true;
}

bool page_write(FILE *out, const struct traffic *traffic,
		const struct reading *reading, const char *library)
{
	const struct parts parts = { traffic, reading, library };
	const char *at = page_frame.text;
	const char *end = at + page_frame.bytes;

	while (at < end) {
		const char *line_end = memchr(at, '\n', (size_t)(end - at));

		if (!line_end)
			line_end = end;
		if (!write_line(out, at, (size_t)(line_end - at), &parts))
			return false;
		at = line_end + 1;
	}
	return true;
}
