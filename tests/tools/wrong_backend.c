/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * wrong_backend.c - hvpt as a second page table of hvpt-bench, with a mistake
 * that HVPT_BENCH_WRONG names: "permission" maps one range as read-only,
 * "target" maps one page to its neighbour, "stays" leaves a page mapped, and
 * "split" maps 2 MiB by small leaves. Without it nothing is wrong.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define PAGE ((uint64_t)4096)
#define LARGE ((uint64_t)2 << 20)
#define LATE 500 /* this call is the wrong one */

extern struct bench_backend bench_backend_extra;
extern struct bench_backend bench_backend_wrong;

static int calls;

static bool is_wrong(const char *name)
{
	const char *wanted = getenv("HVPT_BENCH_WRONG");

	return wanted && strcmp(wanted, name) == 0;
}

static int map_rest(void *d, uint64_t iova, uint64_t pa, uint64_t len,
		    unsigned prot)
{
	const struct bench_backend *b = &bench_backend_extra;
	int error = b->map(d, iova, pa, PAGE, prot);

	if (error || len == PAGE)
		return error;
	return b->map(d, iova + PAGE, pa + PAGE, len - PAGE, prot);
}

static int map(void *d, uint64_t iova, uint64_t pa, uint64_t len, unsigned prot)
{
	const struct bench_backend *b = &bench_backend_extra;

	calls++;
	if (is_wrong("permission") && calls >= LATE)
		prot = BENCH_PROT_READ;
	if (is_wrong("target") && calls >= LATE && len == PAGE)
		pa ^= PAGE;
	if (is_wrong("split") && calls >= LATE && len == LARGE)
		return map_rest(d, iova, pa, len, prot);
	return b->map(d, iova, pa, len, prot);
}

static uint64_t unmap(void *d, uint64_t iova, uint64_t len)
{
	const struct bench_backend *b = &bench_backend_extra;

	if (is_wrong("stays") && calls >= LATE && len == PAGE)
		return len;
	return b->unmap(d, iova, len);
}

/* Before main: the other's members are not constants here. */
__attribute__((constructor)) static void copy_backend(void)
{
	bench_backend_wrong = bench_backend_extra;
	bench_backend_wrong.name = "wrong";
	bench_backend_wrong.map = map;
	bench_backend_wrong.unmap = unmap;
}

struct bench_backend bench_backend_wrong = { .name = "wrong" };
