/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * report_traffic.h - what the events of a trace did, in figures.
 *
 * Events are taken one by one, and each is carried out on page tables of the
 * library. Memory is bounded by the mappings that are live at a time.
 */
#ifndef TOOLS_REPORT_REPORT_TRAFFIC_H
#define TOOLS_REPORT_REPORT_TRAFFIC_H

#include "flushing.h"
#include "mappings.h"
#include "reuse.h"
#include "shape.h"
#include "suspicious.h"
#include "tasks.h"
#include "timeline.h"
#include "trace/event_domains.h"

struct hvpt_arena;
struct hvpt_model;

/* Table pages for all domains. */
#define TRAFFIC_TABLE_PAGES ((size_t)1 << 18)
/* So many may be in use before empty ones are given back. */
#define TRAFFIC_TABLES_KEPT ((size_t)1 << 14)

/**
 * struct traffic_domain - one domain
 * @pt: its page table
 * @model: its mappings; the permission is a number in struct mappings
 * @run: its last maps
 * @lazy: what a lazy flush has not flushed
 * @unmaps: so far
 */
struct traffic_domain {
	struct hvpt_pagetable pt;
	struct hvpt_model *model;
	struct shape_run run;
	struct unflushed lazy;
	uint64_t unmaps;
};

/**
 * struct traffic - all figures
 * @error: why it ended early; "" if it did not
 * @events: maps, unmaps and others
 * @others: protects, reclaims and syncs, which only hvpt fuzz writes
 * @refused: ranges that are no IOVAs or no memory
 * @partial: unmaps of a part of a mapping
 * @named: events that name their domain
 * @backwards: events that are older than the one before
 * @timed: positions are nanoseconds, else events
 * @first, @now: time of the first event, and position of the last one
 * @areas: mapped ranges with a hole on both sides
 * @lifetime: mappings by the log2 of their lifetime
 * @reclaim_at: empty tables are given back when so many pages are in use
 */
struct traffic {
	char error[256];
	unsigned levels;
	unsigned width;
	uint64_t events;
	uint64_t maps;
	uint64_t unmaps;
	uint64_t others;
	uint64_t refused;
	uint64_t partial;
	uint64_t named;
	uint64_t backwards;
	bool timed;
	uint64_t first;
	uint64_t now;
	uint64_t map_bytes;
	uint64_t unmap_bytes;
	uint64_t live_bytes;
	uint64_t peak_bytes;
	uint64_t peak_mappings;
	uint64_t areas;
	uint64_t lifetime[SHAPE_LOG2];
	struct hvpt_arena *arena;
	size_t reclaim_at;
	struct event_domains domains;
	struct traffic_domain *domain[EVENT_DOMAINS_MAX];
	struct timeline timeline;
	struct shape shape;
	struct mappings mappings;
	struct largest largest;
	struct tasks tasks;
	struct reuse reuse;
	struct flushing flushing;
	struct suspects suspects;
};

/** @levels: of the page tables; @lazy: see flushing.h. NULL: no memory. */
struct traffic *traffic_create(unsigned levels, uint64_t lazy);

/** A pairing_fn; @ctx is the struct traffic. False with @error. */
bool traffic_event(void *ctx, const struct trace_event *event);

/** The end of the trace: what is left. */
void traffic_end(struct traffic *traffic);

/** Table pages in use now, and the most there ever were. */
uint64_t traffic_table_pages(const struct traffic *traffic);
uint64_t traffic_table_peak(const struct traffic *traffic);

void traffic_destroy(struct traffic *traffic);

#endif /* TOOLS_REPORT_REPORT_TRAFFIC_H */
