/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz_command_line.h - the command that repeats a failure.
 */
#ifndef TOOLS_FUZZ_FUZZ_COMMAND_LINE_H
#define TOOLS_FUZZ_FUZZ_COMMAND_LINE_H

#include "fuzz_options.h"

#define FUZZ_COMMAND_MAX 10240u

/** `hvpt replay` of options->output, for a shell. */
void fuzz_replay_command(char out[FUZZ_COMMAND_MAX],
			 const struct fuzz_options *options);

/** `hvpt fuzz --check` of it, for what only the reference sees. */
void fuzz_check_command(char out[FUZZ_COMMAND_MAX],
			const struct fuzz_options *options);

#endif /* TOOLS_FUZZ_FUZZ_COMMAND_LINE_H */
