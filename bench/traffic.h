/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * traffic.h - a recorded trace as a list of calls to be timed.
 *
 * Each domain of the trace becomes a page table. Only calls that every backend
 * can make are kept: maps of free ranges, and unmaps of whole earlier maps.
 */
#ifndef BENCH_TRAFFIC_H
#define BENCH_TRAFFIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRAFFIC_DOMAINS 64u

/** One call; @len bytes. */
struct traffic_call {
	uint64_t iova;
	uint64_t pa;
	uint64_t len;
	unsigned domain;
	bool map;
};

/**
 * struct traffic - what a trace holds
 * @call: in order
 * @count: how many
 * @domains: numbers below this are in use
 * @maps: maps among them
 * @dropped: events that were left out
 */
struct traffic {
	struct traffic_call *call;
	size_t count;
	unsigned domains;
	size_t maps;
	size_t dropped;
};

/** Reads a file as hvpt replay does; on failure prints why, returns false. */
bool traffic_load(const char *path, struct traffic *traffic);

#endif /* BENCH_TRAFFIC_H */
