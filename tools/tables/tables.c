/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "tables.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvpt/pagetable.h"
#include "memory_file.h"
#include "tools/options.h"
#include "trace/say.h"
#include "trace_tables.h"

static uint64_t last_of(const struct tables_options *options)
{
	if (options->form == HVPT_IOVA_CANONICAL)
		return UINT64_MAX;
	return (UINT64_C(1)
		<< (options->width - (options->form == HVPT_IOVA_LOWER))) -
	       1;
}

static void set_walker(struct tables_domain *domain,
		       const struct tables_options *options)
{
	struct sdm_walker *walker = &domain->walker;

	walker->levels = options->levels;
	walker->width = options->width;
	walker->maxphyaddr = options->maxphyaddr;
	walker->canonical = options->form != HVPT_IOVA_PLAIN;
	domain->last = last_of(options);
}

/* ---- a trace ----------------------------------------------------------- */

static void add_domain(struct tables *tables, size_t number,
		       const struct tables_options *options)
{
	struct tables_domain *domain = &tables->list[tables->count++];

	set_walker(domain, options);
	domain->name = tables->trace->names.list[number];
	domain->walker.read64 = hvpt_arena_read64;
	domain->walker.ctx = tables->trace->arena;
	domain->walker.root = hvpt_pt_root_gpa(tables->trace->pt[number]).value;
}

/* Says which names there are. */
static void say_names(const struct tables *tables,
		      const struct tables_options *options)
{
	const struct event_domains *names = &tables->trace->names;
	char known[200] = "";
	size_t i, used = 0;

	for (i = 0; i < names->count && used + 24 < sizeof(known); i++) {
		if (names->list[i].named)
			used += (size_t)snprintf(known + used,
						 sizeof(known) - used,
						 " 0x%" PRIx64,
						 names->list[i].id);
	}
	say("hvpt %s: --domain: the trace has no dom=0x%" PRIx64 "%s%s%s",
	    tables->command, options->domain,
	    known[0] ? "; it has" : ", nor any other name", known,
	    i < names->count ? " ..." : "");
}

static bool open_trace(struct tables *tables,
		       const struct tables_options *options)
{
	const struct event_domains *names;
	size_t i;

	tables->trace = trace_tables_open(tables->command, options);
	if (!tables->trace)
		return false;
	names = &tables->trace->names;
	tables->events = tables->trace->events;
	tables->list = calloc(names->count + 1, sizeof(*tables->list));
	for (i = 0; tables->list && i < names->count; i++) {
		if (!options->has_domain ||
		    (names->list[i].named &&
		     names->list[i].id == options->domain))
			add_domain(tables, i, options);
	}
	if (!tables->list)
		say("hvpt %s: out of memory", tables->command);
	else if (options->has_domain && tables->count == 0)
		say_names(tables, options);
	return tables->list && (tables->count || !options->has_domain);
}

/* ---- memory ------------------------------------------------------------ */

/* Says where there is memory. */
static void say_memory(const struct tables *tables,
		       const struct tables_options *options)
{
	const struct memory_file *memory = tables->memory;
	char known[200] = "";
	size_t i, used = 0;

	for (i = 0; i < memory->count && used + 50 < sizeof(known); i++)
		used += (size_t)snprintf(
			known + used, sizeof(known) - used,
			"%s0x%" PRIx64 "-0x%" PRIx64, i ? ", " : "",
			memory->segments[i].gpa,
			memory->segments[i].gpa +
				(memory->segments[i].bytes - 1));
	say("hvpt %s: --root: 0x%" PRIx64 " is not in %s, which has %s%s",
	    tables->command, options->root, options->memory, known,
	    i < memory->count ? ", ..." : "");
}

static bool open_memory(struct tables *tables,
			const struct tables_options *options)
{
	struct tables_domain *domain = calloc(1, sizeof(*domain));
	uint64_t entry;

	tables->list = domain;
	tables->memory = memory_open(tables->command, options->memory);
	if (!tables->memory || !domain)
		return false;
	set_walker(domain, options);
	domain->walker.read64 = memory_read64;
	domain->walker.ctx = tables->memory;
	domain->walker.root = options->root;
	tables->count = 1;
	if (memory_read64(tables->memory, options->root, &entry))
		return true;
	say_memory(tables, options);
	return false;
}

/* ---- either ------------------------------------------------------------ */

bool tables_open(struct tables *tables, const char *command,
		 const struct tables_options *options)
{
	memset(tables, 0, sizeof(*tables));
	tables->command = command;
	return options->memory ? open_memory(tables, options) :
				 open_trace(tables, options);
}

void tables_close(struct tables *tables)
{
	trace_tables_close(tables->trace);
	memory_close(tables->memory);
	free(tables->list);
}

int tables_code(const struct tables *tables, int code)
{
	return tables->trace && tables->trace->interrupted ? EXIT_BAD_INPUT :
							     code;
}

void tables_title(char *out, size_t room, const struct tables *tables,
		  size_t number)
{
	const struct tables_domain *domain = &tables->list[number];

	if (tables->memory)
		snprintf(out, room, "root 0x%" PRIx64, domain->walker.root);
	else if (domain->name.named)
		snprintf(out, room, "domain 0x%" PRIx64, domain->name.id);
	else
		snprintf(out, room, "domain without a name");
}

void tables_key(char *out, size_t room, const struct tables *tables,
		size_t number)
{
	const struct tables_domain *domain = &tables->list[number];

	if (tables->memory)
		snprintf(out, room, "\"root\": \"0x%" PRIx64 "\"",
			 domain->walker.root);
	else if (domain->name.named)
		snprintf(out, room, "\"domain\": \"0x%" PRIx64 "\"",
			 domain->name.id);
	else
		snprintf(out, room, "\"domain\": null");
}
