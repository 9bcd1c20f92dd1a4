/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz_jobs.h - processes that look for a sequence that fails.
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
 * struct fuzz_search - the result of a search
 * @end: why it ended
 * @sequences, @events: checked
 * @milliseconds: how long it took
 * @seed, @number, @count: of the sequence that failed, see fuzz_generate();
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
 * fuzz_search() - searches for a failure, with several processes
 *
 * SIGINT and SIGTERM end it; they stay blocked afterwards, see
 * fuzz_interrupted(). With one process the result depends only on the options,
 * except for the time that it takes.
 */
void fuzz_search(const struct fuzz_options *options,
		 struct fuzz_search *search);

/** Has a signal asked to end since then? */
bool fuzz_interrupted(void);

#endif /* TOOLS_FUZZ_FUZZ_JOBS_H */
