/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * trace_tables.h - the page tables that the events of a trace make.
 *
 * The events go through the library's page tables and nothing else: no
 * hypervisor, no checks. hvpt replay checks.
 */
#ifndef TOOLS_TABLES_TRACE_TABLES_H
#define TOOLS_TABLES_TRACE_TABLES_H

#include "adapters/host/arena.h"
#include "tables_options.h"
#include "trace/event_domains.h"

/* gpas of table pages: above any machine's memory, and never valid pointers. */
#define TRACE_TABLES_GPA ((uint64_t)1 << 46)

/**
 * struct trace_tables - the tables, and what became of the events
 * @options: as given
 * @arena: table pages of all
 * @names: the domains
 * @pt: their tables
 * @reclaim_at: table pages in use at which empty ones are freed
 * @events: that were taken
 * @refused: maps of mapped ranges, and events that break a rule
 * @unknown: unmaps of ranges with nothing in them
 * @malformed: lines that could not be read; @lost: notes of lost events
 * @reached: the moment was reached; there may be more events
 * @timeless: events without a time
 * @first: the time of the first event, of a moment that is a time
 * @last: the latest time, of such a moment
 * @interrupted: a signal ended the trace before the moment
 * @error: why no more events can be taken; "" if they can
 */
struct trace_tables {
	const struct tables_options *options;
	struct hvpt_arena *arena;
	struct event_domains names;
	struct hvpt_pagetable *pt[EVENT_DOMAINS_MAX];
	size_t reclaim_at;
	uint64_t events;
	uint64_t refused;
	uint64_t unknown;
	uint64_t malformed;
	uint64_t lost;
	uint64_t timeless;
	uint64_t first;
	uint64_t last;
	bool reached;
	bool interrupted;
	char error[160];
};

/**
 * trace_tables_open() - reads a trace up to a moment
 * @command: for messages
 * @options: a trace
 *
 * SIGINT or SIGTERM ends the trace there (interrupt_catch()), with a message.
 *
 * Return: NULL after a message.
 */
struct trace_tables *trace_tables_open(const char *command,
				       const struct tables_options *options);

/** @tables may be NULL. */
void trace_tables_close(struct trace_tables *tables);

#endif /* TOOLS_TABLES_TRACE_TABLES_H */
