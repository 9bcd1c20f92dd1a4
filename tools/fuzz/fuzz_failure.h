/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz_failure.h - handles a sequence that failed.
 */
#ifndef TOOLS_FUZZ_FUZZ_FAILURE_H
#define TOOLS_FUZZ_FUZZ_FAILURE_H

#include "fuzz_jobs.h"

/** Can the trace be written there? Prints why if not. */
bool fuzz_can_write(const char *path);

/**
 * fuzz_failure() - shrinks and writes it, and prints how to repeat it
 * @options: as asked
 * @search: which sequence failed
 *
 * The file is read back and replayed before the command is printed, so that the
 * command works. Return: EXIT_MISMATCH; EXIT_BAD_INPUT when it cannot be
 * written.
 */
enum exit_code fuzz_failure(const struct fuzz_options *options,
			    const struct fuzz_search *search);

/** Checks a trace with both checkers, and prints the results. */
enum exit_code fuzz_check_trace(const struct fuzz_options *options);

#endif /* TOOLS_FUZZ_FUZZ_FAILURE_H */
