/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz_check.h - checks a sequence of events.
 */
#ifndef TOOLS_FUZZ_FUZZ_CHECK_H
#define TOOLS_FUZZ_FUZZ_CHECK_H

#include "fuzz_options.h"
#include "trace/trace.h"

/* Domains that events of a sequence may be of: dom= 1 and 2. */
#define FUZZ_DOMAINS 2u

/** What checks. */
enum fuzz_checker {
	FUZZ_TABLE = 0,	 /* oracle/reference: the page table */
	FUZZ_REPLAY = 1, /* what `hvpt replay` does */
};

#define FUZZ_CHECKERS 2u

#define FUZZ_NO_EVENT SIZE_MAX

/**
 * struct fuzz_verdict - the result of a checker
 * @failed: a check failed
 * @event: which event showed it, from 0; the count: the end; FUZZ_NO_EVENT:
 *	the process died at an unknown event
 * @text: the fault
 */
struct fuzz_verdict {
	bool failed;
	size_t event;
	char text[320];
};

/**
 * struct fuzz_bench - where sequences are checked
 * @options: as given
 * @reference: one for each domain
 */
struct fuzz_bench {
	const struct fuzz_options *options;
	struct reference *reference[FUZZ_DOMAINS];
};

/** Return: false when there is no memory. */
bool fuzz_bench_open(struct fuzz_bench *bench,
		     const struct fuzz_options *options);

void fuzz_bench_close(struct fuzz_bench *bench);

/**
 * fuzz_check() - runs a sequence with one checker, in this process
 *
 * A crash of the library ends the process.
 */
void fuzz_check(struct fuzz_bench *bench, enum fuzz_checker checker,
		const struct trace_event *events, size_t count,
		struct fuzz_verdict *verdict);

/** As fuzz_check(), in a separate process: a crash is a failure. */
void fuzz_check_apart(struct fuzz_bench *bench, enum fuzz_checker checker,
		      const struct trace_event *events, size_t count,
		      struct fuzz_verdict *verdict);

/** Checks a trace by its file, through its parser; as fuzz_check_apart(). */
void fuzz_check_file(struct fuzz_bench *bench, const char *path,
		     struct fuzz_verdict *verdict);

/** Makes a process that may crash leave no core file. */
void fuzz_no_core(void);

/** "the reference" or "the replay" */
const char *fuzz_checker_name(enum fuzz_checker checker);

#endif /* TOOLS_FUZZ_FUZZ_CHECK_H */
