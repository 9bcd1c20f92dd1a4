/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz_generate.h - random events, near the limits of addresses and sizes.
 */
#ifndef TOOLS_FUZZ_FUZZ_GENERATE_H
#define TOOLS_FUZZ_FUZZ_GENERATE_H

#include "fuzz_options.h"
#include "trace/trace.h"

/* The most events of a sequence. */
#define FUZZ_EVENTS_MAX 128u

/**
 * fuzz_generate() - makes one sequence
 * @options: in: the IOVA form and the leaf sizes
 * @seed: of the process
 * @number: of the sequence in it
 * @events: out: room for FUZZ_EVENTS_MAX
 *
 * The same arguments give the same sequence. All of its events can be written
 * as a trace, and read back.
 *
 * Return: how many events there are.
 */
size_t fuzz_generate(const struct replay_options *options, uint64_t seed,
		     uint64_t number, struct trace_event *events);

#endif /* TOOLS_FUZZ_FUZZ_GENERATE_H */
