/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "capture_json.h"

#include "tools/json_writer.h"
#include "tracing.h"

static void json_missing(struct json_writer *json, unsigned missing)
{
	static const struct {
		unsigned lack;
		const char *name;
	} names[] = {
		{ TRACING_LACKS_TRACEFS, "tracefs" },
		{ TRACING_LACKS_PERMISSION, "permission" },
		{ TRACING_LACKS_EVENTS, "events" },
		{ TRACING_LACKS_GROUP, "group" },
		{ TRACING_LACKS_INSTANCE, "instance" },
		{ TRACING_LACKS_PROBES, "kprobes" },
	};
	size_t i;

	json_enter(json, "missing", '[');
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (missing & names[i].lack)
			json_words(json, NULL, names[i].name);
	}
	json_leave(json, ']');
}

void capture_json(FILE *out, const char *file,
		  const struct capture_figures *figures)
{
	struct json_writer json = { .out = out };

	json_enter(&json, NULL, '{');
	if (file)
		json_words(&json, "file", file);
	else
		json_null(&json, "file");
	json_words(&json, "ended", figures->ended);
	json_number(&json, "events", figures->maps + figures->unmaps);
	json_number(&json, "maps", figures->maps);
	json_number(&json, "unmaps", figures->unmaps);
	json_number(&json, "lost", figures->lost);
	json_number(&json, "lost_unknown", figures->lost_unknown);
	json_number(&json, "milliseconds", figures->milliseconds);
	json_missing(&json, figures->missing);
	json_leave(&json, '}');
	fputc('\n', out);
}
