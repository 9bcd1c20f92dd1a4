/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tables.h - page tables as one moment shows them: those that a trace makes,
 * or those in a guest's memory.
 */
#ifndef TOOLS_TABLES_TABLES_H
#define TOOLS_TABLES_TABLES_H

#include "oracle/sdm_walk.h"
#include "tables_options.h"
#include "trace/event_domains.h"

struct memory_file;
struct trace_tables;

/**
 * struct tables_domain - the tables of one domain
 * @name: its name in the trace, if it has one
 * @last: the highest IOVA
 * @walker: reads the tables
 */
struct tables_domain {
	struct event_domain name;
	uint64_t last;
	struct sdm_walker walker;
};

/**
 * struct tables - the tables of all domains
 * @command: for messages
 * @list: the domains, @count of them
 * @events: with a trace: how many it had, up to the moment
 * @trace, @memory: where they are from; one is NULL
 */
struct tables {
	const char *command;
	struct tables_domain *list;
	size_t count;
	uint64_t events;
	struct trace_tables *trace;
	struct memory_file *memory;
};

/**
 * tables_open() - the tables that the options name
 * @command: for messages
 * @options: complete: tables_options_check()
 *
 * Return: false after a message. tables_close() is needed in either case.
 */
bool tables_open(struct tables *tables, const char *command,
		 const struct tables_options *options);

void tables_close(struct tables *tables);

/**
 * tables_code() - the exit status of a command that was done
 * @code: an enum exit_code
 *
 * Return: @code, or EXIT_BAD_INPUT after a trace that was interrupted.
 */
int tables_code(const struct tables *tables, int code);

/**
 * tables_title() - a domain's name for people
 *
 * "domain 0xff00", "domain without a name", "root 0x1000".
 */
void tables_title(char *out, size_t room, const struct tables *tables,
		  size_t number);

/** tables_key() - its name as a member of a JSON object */
void tables_key(char *out, size_t room, const struct tables *tables,
		size_t number);

#endif /* TOOLS_TABLES_TABLES_H */
