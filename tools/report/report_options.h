/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * report_options.h - the command line of `hvpt report`.
 */
#ifndef TOOLS_REPORT_REPORT_OPTIONS_H
#define TOOLS_REPORT_REPORT_OPTIONS_H

#include "tools/options.h"

/**
 * struct report_options - what to read and where to write
 * @trace: the trace, "-" for standard input
 * @output: the page, or a folder; "-": standard output; NULL: no page
 * @json: the figures; "-": standard output; NULL: nowhere
 * @library: folder or file of Vega
 * @levels: of the page tables
 * @lazy: unmaps between two lazy flushes
 * @quiet: no progress and no notes
 */
struct report_options {
	const char *trace;
	const char *output;
	const char *json;
	const char *library;
	unsigned levels;
	uint64_t lazy;
	bool quiet;
};

struct command;
struct command_option;

/** What the command takes, as its help shows it. */
extern const struct command_option report_options_known[];

enum options_result report_options_parse(const struct command *command,
					 int argc, char **argv,
					 struct report_options *options);

#endif /* TOOLS_REPORT_REPORT_OPTIONS_H */
