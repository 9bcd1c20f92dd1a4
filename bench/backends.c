/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * backends.c - the backends of hvpt-bench; bench/compare builds it with more.
 */
#include "bench.h"

extern struct bench_backend bench_backend_limit;
extern struct bench_backend bench_backend_extra;
#ifdef HVPT_BENCH_HAS_WRONG /* a test's */
extern struct bench_backend bench_backend_wrong;
#endif

struct bench_backend *const bench_backends[] = {
	&bench_backend_limit,
	&bench_backend_extra,
#ifdef HVPT_BENCH_HAS_WRONG
	&bench_backend_wrong,
#endif
	NULL,
};
