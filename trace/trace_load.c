/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "trace_load.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "pairing.h"

static bool add(void *ctx, const struct trace_event *event)
{
	struct trace_list *list = ctx;

	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 64;
		void *more = realloc(list->events, room * sizeof(*event));

		if (!more)
			return false;
		list->events = more;
		list->room = room;
	}
	list->events[list->count++] = *event;
	return true;
}

static bool take_line(struct pairing *pairing, const char *text, size_t length,
		      uint64_t number, struct trace_list *list, char *error)
{
	struct trace_line line;

	trace_parse(text, length, &line);
	line.event.line = number;
	if (line.class == TRACE_MALFORMED) {
		snprintf(error, TRACE_LOAD_ERROR, "line %" PRIu64 ": %s",
			 number, line.error);
		return false;
	}
	if (line.class != TRACE_EVENT && line.class != TRACE_PROBE)
		return true;
	snprintf(error, TRACE_LOAD_ERROR, "out of memory");
	return pairing_add(pairing, &line, add, list);
}

bool trace_load(const char *path, struct trace_list *list,
		char error[TRACE_LOAD_ERROR])
{
	const char *why = NULL;
	struct input *input = input_open(path, &why);
	enum input_status status = INPUT_LINE;
	struct pairing pairing;
	const char *text;
	uint64_t number = 0;
	size_t length;
	bool good = true;

	memset(list, 0, sizeof(*list));
	if (!input) {
		snprintf(error, TRACE_LOAD_ERROR, "%s", why);
		return false;
	}
	pairing_init(&pairing);
	while (good && status == INPUT_LINE) {
		status = input_line(input, &text, &length);
		if (status == INPUT_LINE)
			good = take_line(&pairing, text, length, ++number, list,
					 error);
	}
	if (status == INPUT_ERROR)
		snprintf(error, TRACE_LOAD_ERROR, "%s", input_error(input));
	else if (good && !pairing_finish(&pairing, add, list))
		snprintf(error, TRACE_LOAD_ERROR, "out of memory");
	else
		good = good && status == INPUT_END;
	input_close(input);
	return good && status == INPUT_END;
}
