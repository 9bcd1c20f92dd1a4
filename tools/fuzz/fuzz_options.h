/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz_options.h - the command line of `hvpt fuzz`.
 *
 * Random events are made sequence by sequence. Each sequence is played twice,
 * beside the reference (the page table alone) and through all that
 * `hvpt replay` has. What fails is shrunk and written as a trace.
 */
#ifndef TOOLS_FUZZ_FUZZ_OPTIONS_H
#define TOOLS_FUZZ_FUZZ_OPTIONS_H

#include "tools/options.h"

/* The most processes. */
#define FUZZ_JOBS_MAX 256u

/* Table pages of a replay: a sequence that needs more is skipped. */
#define FUZZ_TABLE_PAGES 8192u

/**
 * struct fuzz_options - the command line of `hvpt fuzz`
 * @replay: how each sequence is replayed, and the page table of both; what is
 *	drawn for each sequence means nothing here
 * @draw_levels, @draw_width, @draw_form: drawn for each sequence, from what
 *	the host of @model offers
 * @model: the file that @replay.model is of; NULL: none
 * @ops: events in all; 0: no end
 * @jobs: processes; the seed of the n-th is the given one plus n
 * @seconds: how long; 0: no end
 * @output: where the trace of a failure goes
 * @check: a trace to check, instead of random events; NULL: none
 * @json: the summary is JSON
 */
struct fuzz_options {
	struct replay_options replay;
	bool draw_levels;
	bool draw_width;
	bool draw_form;
	const char *model;
	uint64_t ops;
	uint64_t jobs;
	uint64_t seconds;
	const char *output;
	const char *check;
	bool json;
};

/**
 * fuzz_draw() - the options of one sequence
 * @options: as asked
 * @seed: of the process
 * @number: of the sequence in it
 * @drawn: out: nothing in it is left to be drawn
 *
 * The same arguments give the same options.
 */
void fuzz_draw(const struct fuzz_options *options, uint64_t seed,
	       uint64_t number, struct fuzz_options *drawn);

/** The options of `hvpt fuzz`, for its struct command. */
extern const struct command_option fuzz_options_known[];

/** Parses the words after `hvpt fuzz`; argv[0] is the sub-command. */
enum options_result fuzz_options_parse(const struct command *command, int argc,
				       char **argv,
				       struct fuzz_options *options);

#endif /* TOOLS_FUZZ_FUZZ_OPTIONS_H */
