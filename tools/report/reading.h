/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reading.h - reads a trace from its first line to its last, or to Ctrl-C.
 */
#ifndef TOOLS_REPORT_READING_H
#define TOOLS_REPORT_READING_H

#include "report_traffic.h"

/**
 * struct reading - the lines of a trace
 * @file: its name, "<stdin>" for "-"
 * @error: why it ended early; "" if it did not
 * @whole: the last line can be a whole one
 * @lines: in all; @malformed, @others: of those
 * @lost: events that the tracer lost; @lost_unknown: how often it did not say
 *	how many
 */
struct reading {
	const char *file;
	char error[256];
	bool whole;
	uint64_t lines;
	uint64_t malformed;
	uint64_t others;
	uint64_t lost;
	uint64_t lost_unknown;
};

/**
 * reading_run() - takes all events of a trace
 * @path: "-" is standard input
 * @quiet: no progress and no notes
 *
 * A signal that the caller catches by interrupt_catch() ends it as the end of
 * the trace would, with an error. Return: were there events?
 */
bool reading_run(const char *path, bool quiet, struct traffic *traffic,
		 struct reading *reading);

#endif /* TOOLS_REPORT_READING_H */
