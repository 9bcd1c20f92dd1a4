/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * verify.h - is a backend right? Only then its time means something.
 */
#ifndef BENCH_VERIFY_H
#define BENCH_VERIFY_H

#include "bench.h"
#include "traffic.h"

/**
 * verify_backend() - random maps and unmaps, each judged
 * @steps: how many in each of several windows
 *
 * An array of pages says what should be mapped; a walker which shares nothing
 * with any backend reads the tables; lookups must agree; a range which is
 * taken must be refused; after destroy every page is back in the pool. Says
 * what is wrong and ends the program when it is not.
 */
void verify_backend(const struct bench_backend *backend, unsigned levels,
		    unsigned steps);

/** The same for a recorded trace: what each call leaves at its ends. */
void verify_traffic(const struct bench_backend *backend, unsigned levels,
		    const struct traffic *traffic);

#endif /* BENCH_VERIFY_H */
