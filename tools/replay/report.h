/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * report.h - the result of a replay, as text and as JSON.
 */
#ifndef TOOLS_REPLAY_REPORT_H
#define TOOLS_REPLAY_REPORT_H

#include <stdio.h>

#include "tools/options.h"

/* At least the number of kinds of hypercalls. */
#define REPORT_CALLS_MAX 16u

/** Hypercalls of one kind. */
struct report_calls {
	const char *name; /* NULL: no more kinds */
	uint64_t count;
};

/**
 * struct replay_result - the figures of one trace; bytes are of IOVA space
 * @file: as given, "<stdin>" for "-"
 * @opened: there are figures, not only @error
 * @error: why the replay ended early; "" if it did not
 * @lines: lines read
 * @events: the sum of the next five
 * @maps, @unmaps, @protects, @reclaims, @asked_syncs: events of one kind
 * @map_bytes, @unmap_bytes: bytes that were mapped and unmapped
 * @unknown_unmaps: unmaps of ranges where nothing was mapped
 * @conflicts: maps of mapped ranges, which were refused
 * @refused: events outside the IOVA form or above 2^52, which were refused
 * @malformed: lines that could not be parsed
 * @named: events that name their domain
 * @lost: events that the tracer reports as lost; @lost_unknown: how often it
 *	did not report how many
 * @other_lines: lines of other events
 * @domains: page tables
 * @audits: of all page tables
 * @table_pages_final: still in use at the end
 * @leaves: made by maps, by level
 * @hypercalls: in all; @calls: by kind
 * @flush_calls: FLUSH_DEVICE_DOMAIN and _LIST made by syncs
 * @descriptors: of flush lists
 * @pages_asked: pages of ranges that were synced by hypercalls
 * @pages_flushed: pages that descriptors cover
 * @over_flushed_pages: how many more those are than asked, in syncs without a
 *	full flush
 * @full_flushes: of whole domains, in syncs and elsewhere
 * @syncs: that succeeded; @forced_syncs: that a map forced early;
 *	@failed_syncs: that failed
 * @failed_calls: other calls that failed as injected
 * @stale_before, @stale_after: as in struct checker
 * @dmas: bytes read or written by devices of the model hypervisor
 * @walker_checks: how often QEMU's VT-d or processor was asked
 * @walker_stale: how often its caches had what was not yet synced
 * @mismatch: the first mismatch; @mismatch_line: line of its event; 0: after
 *	the last event
 */
struct replay_result {
	const char *file;
	bool opened;
	char error[256];
	uint64_t lines;
	uint64_t events;
	uint64_t maps;
	uint64_t unmaps;
	uint64_t protects;
	uint64_t reclaims;
	uint64_t asked_syncs;
	uint64_t map_bytes;
	uint64_t unmap_bytes;
	uint64_t peak_mapped_bytes;
	uint64_t left_mapped_bytes;
	uint64_t unknown_unmaps;
	uint64_t conflicts;
	uint64_t refused;
	uint64_t malformed;
	uint64_t named;
	uint64_t lost;
	uint64_t lost_unknown;
	uint64_t other_lines;
	uint64_t domains;
	uint64_t audits;
	uint64_t checks;
	uint64_t mismatches;
	uint64_t table_pages_peak;
	uint64_t table_pages_final;
	uint64_t leaves[HVPT_LEAF_LEVELS];
	uint64_t hypercalls;
	struct report_calls calls[REPORT_CALLS_MAX];
	uint64_t flush_calls;
	uint64_t descriptors;
	uint64_t pages_asked;
	uint64_t pages_flushed;
	uint64_t over_flushed_pages;
	uint64_t full_flushes;
	uint64_t syncs;
	uint64_t forced_syncs;
	uint64_t failed_syncs;
	uint64_t failed_calls;
	uint64_t stale_before;
	uint64_t stale_after;
	uint64_t dmas;
	char mismatch[320];
	uint64_t mismatch_line;
	uint64_t walker_checks;
	uint64_t walker_stale;
};

/** Prints the summary of one trace. */
void report_text(FILE *out, const struct replay_result *result,
		 const struct replay_options *options);

/** Prints the kind of page tables, and how they are flushed. */
void report_tables(FILE *out, const struct replay_options *options);

/** Writes one object, or for several traces an array of them. */
void report_json(FILE *out, const struct replay_result *results, int count,
		 const struct replay_options *options);

/** Was a leaf size asked for? And its name. */
bool report_size_allowed(const struct replay_options *options, unsigned level);
const char *report_size_name(unsigned level);

/** Flush calls per unmap, in thousandths. */
uint64_t report_flush_ratio(const struct replay_result *result);

#endif /* TOOLS_REPLAY_REPORT_H */
