/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * work.h - workloads: what is timed, and the rows of results that each fills.
 *
 * A workload gets a backend and a number of levels, creates its own domain and
 * notes for each of its rows how many calls took how many ticks. Each kind of
 * workload has a file.
 */
#ifndef BENCH_WORK_H
#define BENCH_WORK_H

#include <stdbool.h>

#include "bench.h"
#include "clock.h"
#include "traffic.h"

#define SZ_4K ((uint64_t)4096)
#define SZ_64K ((uint64_t)64 << 10)
#define SZ_128K ((uint64_t)128 << 10)
#define SZ_1M ((uint64_t)1 << 20)
#define SZ_2M ((uint64_t)2 << 20)
#define SZ_64M ((uint64_t)64 << 20)
#define SZ_1G ((uint64_t)1 << 30)
#define ALL_SIZES (SZ_4K | SZ_2M | SZ_1G)

/*
 * Where the workloads map, and to what. IOVA and PA allow leaves of 1 GiB;
 * PA_ODD allows only 4 KiB. A live page at IOVA_FAR keeps the upper tables.
 */
#define IOVA ((uint64_t)0x4000000000)
#define IOVA_FAR (IOVA + 12 * SZ_1G)
#define PA ((uint64_t)0x200000000000)
#define PA_ODD (PA + SZ_4K)
#define RW (BENCH_PROT_READ | BENCH_PROT_WRITE)

#define WORK_ROWS 3

/**
 * struct row - one line of results
 * @id: for --only and for programs, such as "map-4k"
 * @text: for people
 * @entries: leaf entries one call writes; for ns/PTE
 */
struct row {
	char id[24];
	char text[60];
	uint64_t entries;
};

/** struct noted - the result of one run of a workload for one row */
struct noted {
	uint64_t calls;
	double ns;
};

/**
 * struct run - one run of a workload
 * @backend: what is measured
 * @levels: 4 or 5
 * @effort: percent of the rounds; 100 for results, less to test that it works
 * @noted: out: for each row of the workload
 */
struct run {
	const struct bench_backend *backend;
	unsigned levels;
	unsigned effort;
	struct noted noted[WORK_ROWS];
};

/**
 * struct work - one workload
 * @fn: runs it
 * @data: for @fn: parameters of this workload of its kind
 * @rows: how many of @row are in use
 * @cold: value of bench_limit_cold
 */
struct work {
	void (*fn)(struct run *run, const void *data);
	const void *data;
	unsigned rows;
	bool cold;
	struct row row[WORK_ROWS];
};

/** Adds a workload to the list; prints and ends the program when it is full. */
void work_add(const struct work *work);

/** The list. */
const struct work *work_get(unsigned index);
unsigned work_count(void);

/* The workloads, each kind in a file of its own. */
void work_add_ranges(void);
void work_add_pages(void);
void work_add_random(void);
void work_add_queue(void);
void work_add_trace(const char *name, const struct traffic *traffic);
void work_add_threads(void);
void work_add_lives(void);
void work_add_sweep(void);

/** @rounds at full effort; at least 1. */
unsigned run_rounds(const struct run *run, unsigned rounds);

/** Notes that @calls took @ticks, measured by @pairs readings. */
void run_note(struct run *run, unsigned row, uint64_t ticks, uint64_t pairs,
	      uint64_t calls);

/** Prints that a call failed, and ends the program. */
void run_fail(const struct run *run, const char *what)
	__attribute__((noreturn, cold));

#define RUN_CHECK(run, condition)                                              \
	do {                                                                   \
		if (__builtin_expect(!(condition), 0))                         \
			run_fail(run, #condition);                             \
	} while (0)

/** A new domain of all page sizes. */
void *run_create(const struct run *run);

/** Bytes of the lower half of the address space. */
static inline uint64_t run_lower_half(const struct run *run)
{
	return (uint64_t)1 << (run->levels == 5 ? 56 : 47);
}

static inline void run_map(const struct run *run, void *d, uint64_t iova,
			   uint64_t pa, uint64_t len)
{
	RUN_CHECK(run, run->backend->map(d, iova, pa, len, RW) == 0);
}

static inline void run_unmap(const struct run *run, void *d, uint64_t iova,
			     uint64_t len)
{
	RUN_CHECK(run, run->backend->unmap(d, iova, len) == len);
}

/** Random numbers; a seed gives the same numbers everywhere. */
static inline uint64_t work_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

#endif /* BENCH_WORK_H */
