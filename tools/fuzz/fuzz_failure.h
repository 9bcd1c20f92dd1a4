/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz_failure.h - what is done about a sequence which failed.
 */
#ifndef TOOLS_FUZZ_FUZZ_FAILURE_H
#define TOOLS_FUZZ_FUZZ_FAILURE_H

#include "fuzz_jobs.h"

/** Can the trace be written there? Says so if not. */
bool fuzz_can_write(const char *path);

/**
 * fuzz_failure() - shrink it, write it, and say how to see it again
 * @options: as asked
 * @search: which one it was
 *
 * What is written is read back and replayed first, so that what is said about
 * it holds. Return: EXIT_MISMATCH; EXIT_BAD_INPUT when it cannot be written.
 */
enum exit_code fuzz_failure(const struct fuzz_options *options,
			    const struct fuzz_search *search);

/** Checks a trace with both checkers, and says what they find. */
enum exit_code fuzz_check_trace(const struct fuzz_options *options);

#endif /* TOOLS_FUZZ_FUZZ_FAILURE_H */
