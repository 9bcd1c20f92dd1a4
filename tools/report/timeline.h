/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * timeline.h - a recording in a fixed number of buckets of equal width.
 *
 * The length of a recording is not known before its end. When an event lies
 * behind the last bucket, pairs of buckets become one, as often as needed. A
 * position is in nanoseconds since the first event, or in events if the trace
 * has no times.
 */
#ifndef TOOLS_REPORT_TIMELINE_H
#define TOOLS_REPORT_TIMELINE_H

#include "heat.h"

/**
 * struct time_bucket - what happened in one bucket
 * @used: there was an event; else only the bucket before says what is mapped
 * @maps, @unmaps: calls that took effect
 * @map_bytes, @unmap_bytes: bytes mapped and unmapped by them
 * @peak_bytes: the most that was mapped
 * @live_bytes, @mappings, @table_pages, @areas: at its last event
 */
struct time_bucket {
	bool used;
	uint64_t maps;
	uint64_t unmaps;
	uint64_t map_bytes;
	uint64_t unmap_bytes;
	uint64_t peak_bytes;
	uint64_t live_bytes;
	uint64_t mappings;
	uint64_t table_pages;
	uint64_t areas;
};

/**
 * struct timeline - all buckets
 * @width: of a bucket
 * @count: buckets up to the last event
 * @bucket: what happened
 * @heat: where it happened
 */
struct timeline {
	uint64_t width;
	unsigned count;
	struct time_bucket bucket[TIME_BUCKETS];
	struct heat heat;
};

/** @width: of a bucket, to begin with; not 0 */
void timeline_init(struct timeline *timeline, uint64_t width);

/** The number of the bucket of a position. Earlier numbers become invalid. */
unsigned timeline_at(struct timeline *timeline, uint64_t position);

#endif /* TOOLS_REPORT_TIMELINE_H */
