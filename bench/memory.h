/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * memory.h - counts table pages instead of time.
 */
#ifndef BENCH_MEMORY_H
#define BENCH_MEMORY_H

#include "results.h"

/** Fills @memory; @effort as in struct run. */
void memory_measure(const struct bench_backend *backend, unsigned levels,
		    unsigned effort, struct memory *memory);

#endif /* BENCH_MEMORY_H */
