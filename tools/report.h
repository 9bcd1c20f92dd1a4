/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * report.h - what a replay came to, for people and for programs.
 */
#ifndef TOOLS_REPORT_H
#define TOOLS_REPORT_H

#include <stdio.h>

#include "options.h"

/**
 * struct replay_result - the figures of one trace; bytes are of IOVA space
 * @file: as given, "<stdin>" for "-"
 * @error: why the replay ended early; "" if it did not
 * @lines: lines read
 * @maps, @unmaps: events, @events their sum
 * @map_bytes, @unmap_bytes: what was really mapped, really unmapped
 * @unknown_unmaps: unmaps of ranges of which nothing was mapped
 * @conflicts: maps over something mapped, rightly refused
 * @refused: events outside the IOVA form or above 2^52, rightly refused
 * @malformed: lines which could not be understood
 * @lost: events the tracer says it dropped
 * @other_lines: lines of other events
 * @domains: page tables
 * @audits: of all page tables
 * @table_pages_final: still in use at the end
 * @leaves: made by maps, by level
 */
struct replay_result {
	const char *file;
	char error[160];
	uint64_t lines;
	uint64_t events;
	uint64_t maps;
	uint64_t unmaps;
	uint64_t map_bytes;
	uint64_t unmap_bytes;
	uint64_t peak_mapped_bytes;
	uint64_t left_mapped_bytes;
	uint64_t unknown_unmaps;
	uint64_t conflicts;
	uint64_t refused;
	uint64_t malformed;
	uint64_t lost;
	uint64_t other_lines;
	uint64_t domains;
	uint64_t audits;
	uint64_t checks;
	uint64_t mismatches;
	uint64_t table_pages_peak;
	uint64_t table_pages_final;
	uint64_t leaves[HVPT_LEAF_LEVELS];
};

/** Prints the summary of one trace. */
void report_text(FILE *out, const struct replay_result *result,
		 const struct replay_options *options);

/** Writes one object, or for several traces an array of them. */
void report_json(FILE *out, const struct replay_result *results, int count,
		 const struct replay_options *options);

#endif /* TOOLS_REPORT_H */
