/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reading.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tools/interrupt.h"
#include "trace/input.h"
#include "trace/pairing.h"
#include "trace/say.h"

/* Lines between two looks at the clock. */
#define PROGRESS_LINES 4096u

/* ---- lines ----------------------------------------------------------- */

static void take_malformed(struct reading *reading, bool quiet,
			   const struct trace_line *line, const char *text,
			   size_t length)
{
	char shown[120];

	if (++reading->malformed > SAY_MAX || quiet)
		return;
	say_shorten(shown, sizeof(shown), text, length);
	say("%s:%" PRIu64 ": %s: %s", reading->file, reading->lines,
	    line->error, shown);
	if (reading->malformed == SAY_MAX)
		say("%s: further malformed lines are only counted",
		    reading->file);
}

static void take_lost(struct reading *reading, bool quiet, uint64_t lost)
{
	reading->lost += lost;
	reading->lost_unknown += lost == 0;
	if (!quiet && reading->lost_unknown + (reading->lost != 0) == 1)
		say("%s:%" PRIu64 ": note: the tracer lost events; expect "
		    "unknown unmaps and double maps",
		    reading->file, reading->lines);
}

static bool take_line(struct reading *reading, bool quiet,
		      struct pairing *pairing, struct traffic *traffic,
		      const char *text, size_t length)
{
	struct trace_line line;

	reading->lines++;
	trace_parse(text, length, &line);
	reading->whole = trace_is_whole(&line);
	line.event.line = reading->lines;
	switch (line.class) {
	case TRACE_BLANK:
		break;
	case TRACE_OTHER:
		reading->others++;
		break;
	case TRACE_LOST:
		take_lost(reading, quiet, line.lost);
		break;
	case TRACE_MALFORMED:
		take_malformed(reading, quiet, &line, text, length);
		break;
	case TRACE_EVENT:
	case TRACE_PROBE:
		return pairing_add(pairing, &line, traffic_event, traffic);
	}
	return true;
}

/* ---- progress -------------------------------------------------------- */

/* Not for work that takes less than a second. */
static void show_progress(const struct reading *reading,
			  const struct input *input, time_t began,
			  uint64_t events)
{
	if (reading->lines % PROGRESS_LINES == 0 && time(NULL) - began > 1)
		say_progress(reading->file, input_percent(input), events);
}

/* ---- the trace ------------------------------------------------------- */

static void note_error(struct reading *reading, const struct input *input,
		       const struct traffic *traffic, enum input_status status)
{
	const char *why = "";

	if (interrupt_came())
		why = "interrupted";
	else if (traffic->error[0])
		why = traffic->error;
	else if (status == INPUT_ERROR)
		why = input_error(input);
	snprintf(reading->error, sizeof(reading->error), "%s", why);
	if (!*why)
		(void)input_is_cut(input, reading->whole, reading->error,
				   sizeof(reading->error));
}

static void take_lines(struct reading *reading, bool quiet, struct input *input,
		       struct traffic *traffic)
{
	bool progress = !quiet && say_can_progress();
	enum input_status status = INPUT_LINE;
	time_t began = time(NULL);
	struct pairing pairing;
	const char *text;
	bool good = true;
	size_t length;

	pairing_init(&pairing);
	while (good && !interrupt_came()) {
		status = input_line(input, &text, &length);
		if (status != INPUT_LINE || interrupt_came())
			break;
		good = take_line(reading, quiet, &pairing, traffic, text,
				 length);
		if (progress)
			show_progress(reading, input, began, traffic->events);
	}
	say_progress_end();
	if (good)
		(void)pairing_finish(&pairing, traffic_event, traffic);
	note_error(reading, input, traffic, status);
	reading->others += pairing.ignored;
}

bool reading_run(const char *path, bool quiet, struct traffic *traffic,
		 struct reading *reading)
{
	const char *why = NULL;
	struct input *input;

	input = input_open(path, &why);
	memset(reading, 0, sizeof(*reading));
	reading->file = strcmp(path, "-") == 0 ? "<stdin>" : path;
	if (!input) {
		snprintf(reading->error, sizeof(reading->error), "%s",
			 interrupt_came() ? "interrupted" : why);
		return false;
	}
	take_lines(reading, quiet, input, traffic);
	input_close(input);
	traffic_end(traffic);
	if (traffic->events == 0 && reading->error[0] == '\0')
		snprintf(reading->error, sizeof(reading->error),
			 "it has no map or unmap event; docs/RECORDING.md says "
			 "how to record them");
	return traffic->events != 0;
}
