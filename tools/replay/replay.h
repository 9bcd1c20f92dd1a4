/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * replay.h - runs recorded traffic through the library and checks each step.
 */
#ifndef TOOLS_REPLAY_REPLAY_H
#define TOOLS_REPLAY_REPLAY_H

#include "tools/options.h"
#include "report.h"
#include "trace/trace.h"

/**
 * replay_file() - replays one trace
 * @path: a file, "-" for standard input
 * @options: in
 * @result: out: the figures
 *
 * Messages go to standard error.
 */
enum exit_code replay_file(const char *path,
			   const struct replay_options *options,
			   struct replay_result *result);

/**
 * replay_events() - replays events in memory, without messages
 * @events: in: their line numbers are ignored; they count from 1
 * @options: in
 * @table_pages: at most so many for all domains
 * @result: out: the figures, and the first mismatch
 */
enum exit_code replay_events(const struct trace_event *events, size_t count,
			     const struct replay_options *options,
			     size_t table_pages, struct replay_result *result);

#endif /* TOOLS_REPLAY_REPLAY_H */
