/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * replay.h - run recorded traffic through the library, checking each step.
 */
#ifndef TOOLS_REPLAY_H
#define TOOLS_REPLAY_H

#include "options.h"
#include "report.h"

/**
 * replay_file() - replay one trace
 * @path: a file, "-" for standard input
 * @options: in
 * @result: out: the figures
 *
 * Messages go to standard error.
 */
enum exit_code replay_file(const char *path,
			   const struct replay_options *options,
			   struct replay_result *result);

#endif /* TOOLS_REPLAY_H */
