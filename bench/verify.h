/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * verify.h - checks that a backend is correct; otherwise its time means
 * nothing.
 */
#ifndef BENCH_VERIFY_H
#define BENCH_VERIFY_H

#include "bench.h"
#include "oracle/sdm_walk.h"
#include "traffic.h"

/**
 * verify_backend() - makes random maps and unmaps, and checks each
 * @steps: how many in each of several windows
 *
 * An array of pages has what should be mapped. A walker that shares nothing
 * with any backend reads the tables. Lookups must agree, a map of a mapped
 * range must be refused, and after destroy every page must be back in the pool.
 * On a mismatch it prints the fault and ends the program.
 */
void verify_backend(const struct bench_backend *backend, unsigned levels,
		    unsigned steps);

/** The same for a recorded trace: checks the ends of each call's range. */
void verify_traffic(const struct bench_backend *backend, unsigned levels,
		    const struct traffic *traffic);

/** Makes @walker read the tables of @domain, which @backend created. */
void verify_walker_init(struct sdm_walker *walker,
			const struct bench_backend *backend, void *domain,
			unsigned levels);

#endif /* BENCH_VERIFY_H */
