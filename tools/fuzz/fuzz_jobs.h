/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz_jobs.h - processes which look for a sequence that fails.
 */
#ifndef TOOLS_FUZZ_FUZZ_JOBS_H
#define TOOLS_FUZZ_FUZZ_JOBS_H

#include "fuzz_options.h"

/** Why the search ended. */
enum fuzz_end {
	FUZZ_END_DONE = 0,	  /* all events */
	FUZZ_END_TIME = 1,	  /* the time is up */
	FUZZ_END_INTERRUPTED = 2, /* a signal */
	FUZZ_END_FAILURE = 3,	  /* a sequence failed */
	FUZZ_END_ERROR = 4,	  /* no memory, no process */
};

/**
 * struct fuzz_search - what a search came to
 * @end: why it ended
 * @sequences, @events: checked
 * @milliseconds: how long it took
 * @seed, @number, @count: of the sequence which failed, see fuzz_generate();
 *	@count may be less than it has events
 */
struct fuzz_search {
	enum fuzz_end end;
	uint64_t sequences;
	uint64_t events;
	uint64_t milliseconds;
	uint64_t seed;
	uint64_t number;
	uint64_t count;
};

/**
 * fuzz_search() - look for a failure, with as many processes as asked
 *
 * SIGINT and SIGTERM end it; they stay blocked afterwards, see
 * fuzz_interrupted(). With one process the result depends on the options
 * alone, but for the time it takes.
 */
void fuzz_search(const struct fuzz_options *options,
		 struct fuzz_search *search);

/** Has a signal asked for the end since? */
bool fuzz_interrupted(void);

#endif /* TOOLS_FUZZ_FUZZ_JOBS_H */
