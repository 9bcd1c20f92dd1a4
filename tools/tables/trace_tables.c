/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "trace_tables.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvpt/inspect.h"
#include "hvpt/map.h"
#include "tools/interrupt.h"
#include "trace/input.h"
#include "trace/pairing.h"
#include "trace/say.h"

/* 1 GiB of table pages: 512 GiB in 4 KiB leaves. */
#define TABLE_PAGES ((size_t)1 << 18)
/* Empty tables are looked for when there are so many, or twice those in use. */
#define RECLAIM_FIRST ((size_t)1 << 14)
/* Lines between two updates of the progress line. */
#define PROGRESS_LINES 65536u
/* Of a second. */
#define NANOSECONDS UINT64_C(1000000000)

/* ---- domains ----------------------------------------------------------- */

/** The bytes of first .. last that leaves map. */
struct mapped_part {
	uint64_t first;
	uint64_t last;
	uint64_t bytes;
};

static bool add_part(void *ctx, hvpt_iova_t iova,
		     const struct hvpt_mapping *mapping)
{
	struct mapped_part *part = ctx;
	uint64_t first = iova.value;
	uint64_t last = first + ((UINT64_C(1) << mapping->leaf_lg2) - 1);

	if (first < part->first)
		first = part->first;
	if (last > part->last)
		last = part->last;
	part->bytes += last - first + 1;
	return true;
}

/* An event_mapped_fn. */
static uint64_t mapped_in(void *ctx, size_t number, uint64_t iova,
			  uint64_t size)
{
	const struct trace_tables *tables = ctx;
	struct mapped_part part = { iova, iova + (size - 1), 0 };
	const struct hvpt_iova_range range = { hvpt_iova(part.first),
					       hvpt_iova(part.last) };

	if (size == 0 || hvpt_pt_visit(tables->pt[number], &range, add_part,
				       &part) != HVPT_OK)
		return 0;
	return part.bytes;
}

static struct hvpt_pagetable *make(struct trace_tables *tables)
{
	const struct hvpt_pt_config config = {
		.ops = &hvpt_arena_ops,
		.ctx = tables->arena,
		.direct_map_offset = hvpt_arena_offset(tables->arena),
		.page_sizes = tables->options->page_sizes,
		.levels = tables->options->levels,
		.width = tables->options->width,
		.form = tables->options->form,
	};
	struct hvpt_pagetable *pt = calloc(1, sizeof(*pt));

	if (pt && hvpt_pt_init(pt, &config) == HVPT_OK)
		return pt;
	free(pt);
	return NULL;
}

static struct hvpt_pagetable *find(struct trace_tables *tables,
				   const struct trace_event *event)
{
	size_t number = event_domains_find(&tables->names, event, mapped_in,
					   tables);
	const char *why = "out of memory";

	if (number == EVENT_DOMAINS_MAX)
		why = "more than 1024 domains";
	else if (!tables->pt[number])
		tables->pt[number] = make(tables);
	if (number != EVENT_DOMAINS_MAX && tables->pt[number])
		return tables->pt[number];
	snprintf(tables->error, sizeof(tables->error), "%s", why);
	return NULL;
}

/* ---- empty tables ----------------------------------------------------- */

static void reclaim(struct hvpt_pagetable *pt, uint64_t first, uint64_t bytes)
{
	uint64_t reclaimed = 0;
	struct hvpt_gather gather;

	hvpt_gather_init(&gather);
	if (hvpt_pt_reclaim(pt, hvpt_iova(first), bytes, &gather, &reclaimed) ==
	    HVPT_OK)
		hvpt_pt_release(pt, &gather);
}

/* Memory is bounded by what is mapped, not by all that ever was. */
static void reclaim_all(struct trace_tables *tables)
{
	const struct tables_options *options = tables->options;
	const bool halves = options->form != HVPT_IOVA_PLAIN;
	const uint64_t bytes = UINT64_C(1) << (options->width - halves);
	size_t i;

	if (hvpt_arena_in_use(tables->arena) < tables->reclaim_at)
		return;
	for (i = 0; i < tables->names.count; i++) {
		reclaim(tables->pt[i], 0, bytes);
		if (options->form == HVPT_IOVA_CANONICAL)
			reclaim(tables->pt[i], -bytes, bytes);
	}
	tables->reclaim_at = 2 * hvpt_arena_in_use(tables->arena);
	if (tables->reclaim_at < RECLAIM_FIRST)
		tables->reclaim_at = RECLAIM_FIRST;
}

/* ---- events ------------------------------------------------------------ */

static enum hvpt_status
unmap(struct trace_tables *tables, struct hvpt_pagetable *pt,
      const struct trace_event *event, struct hvpt_gather *gather)
{
	uint64_t unmapped = 0;
	enum hvpt_status status = hvpt_pt_unmap(pt, hvpt_iova(event->iova),
						event->size, gather, &unmapped);

	if (status == HVPT_OK && unmapped == 0)
		tables->unknown++;
	return status;
}

static enum hvpt_status
change(struct trace_tables *tables, struct hvpt_pagetable *pt,
       const struct trace_event *event, struct hvpt_gather *gather)
{
	unsigned prot = event->has_prot ? event->prot : HVPT_PROT_MASK;
	uint64_t reclaimed = 0;

	switch (event->kind) {
	case TRACE_MAP:
		return hvpt_pt_map(pt, hvpt_iova(event->iova),
				   hvpt_gpa(event->gpa), event->size, prot,
				   gather);
	case TRACE_UNMAP:
		return unmap(tables, pt, event, gather);
	case TRACE_PROTECT:
		return hvpt_pt_protect(pt, hvpt_iova(event->iova), event->size,
				       prot, gather);
	case TRACE_RECLAIM:
		return hvpt_pt_reclaim(pt, hvpt_iova(event->iova), event->size,
				       gather, &reclaimed);
	default:
		return HVPT_OK;
	}
}

/* The moment, if it is one in time; not beyond what a time can be. */
static uint64_t moment(const struct trace_tables *tables)
{
	const struct tables_moment *at = &tables->options->at;
	uint64_t from = at->kind == MOMENT_SINCE ? tables->first : 0;

	return at->nanoseconds > UINT64_MAX - from ? UINT64_MAX :
						     from + at->nanoseconds;
}

/* Is this event behind the moment? */
static bool is_later(struct trace_tables *tables,
		     const struct trace_event *event)
{
	const struct tables_moment *at = &tables->options->at;

	if (at->kind == MOMENT_EVENT)
		return tables->events >= at->events;
	if (at->kind == MOMENT_END)
		return false;
	tables->timeless += !event->has_time;
	if (event->has_time && tables->events == 0)
		tables->first = event->time;
	if (event->has_time && event->time > tables->last)
		tables->last = event->time;
	return event->has_time && event->time > moment(tables);
}

/* A pairing_fn. Nothing reads the tables meanwhile: no flush is needed. */
static bool take_event(void *ctx, const struct trace_event *event)
{
	struct trace_tables *tables = ctx;
	struct hvpt_pagetable *pt;
	struct hvpt_gather gather;
	enum hvpt_status status;

	tables->reached = is_later(tables, event);
	if (tables->reached)
		return false;
	pt = find(tables, event);
	if (!pt)
		return false;
	tables->events++;
	hvpt_gather_init(&gather);
	status = change(tables, pt, event, &gather);
	hvpt_pt_release(pt, &gather);
	reclaim_all(tables);
	tables->refused += status != HVPT_OK;
	if (status == HVPT_ERR_NO_MEMORY && event->nomem == 0)
		snprintf(tables->error, sizeof(tables->error),
			 "line %" PRIu64 ": more than 1 GiB of tables",
			 event->line);
	return tables->error[0] == '\0';
}

/* ---- lines ------------------------------------------------------------- */

static bool take_line(struct trace_tables *tables, struct pairing *pairing,
		      uint64_t number, const char *text, size_t length)
{
	struct trace_line line;

	trace_parse(text, length, &line);
	line.event.line = number;
	tables->malformed += line.class == TRACE_MALFORMED;
	tables->lost += line.class == TRACE_LOST;
	if (line.class != TRACE_EVENT && line.class != TRACE_PROBE)
		return true;
	return pairing_add(pairing, &line, take_event, tables);
}

static void take_lines(struct trace_tables *tables, const char *name,
		       struct input *input)
{
	const bool progress = say_can_progress();
	enum input_status status;
	struct pairing pairing;
	uint64_t number = 0;
	const char *text;
	size_t length;

	pairing_init(&pairing);
	do {
		status = input_line(input, &text, &length);
		tables->interrupted = interrupt_came();
		if (tables->interrupted ||
		    (status == INPUT_LINE &&
		     !take_line(tables, &pairing, ++number, text, length)))
			break;
		if (progress && number % PROGRESS_LINES == 0)
			say_progress(name, input_percent(input),
				     tables->events);
	} while (status == INPUT_LINE);
	say_progress_end();
	if (status == INPUT_ERROR && !tables->interrupted)
		snprintf(tables->error, sizeof(tables->error), "%s",
			 input_error(input));
	if (status == INPUT_END || tables->interrupted)
		(void)pairing_finish(&pairing, take_event, tables);
}

/* ---- the trace ----------------------------------------------------------- */

/* A time before the first event, or after the last one. */
static void check_time(struct trace_tables *tables)
{
	const uint64_t last = tables->last;
	const char *what = NULL;

	if (tables->events == 0)
		what = "begins";
	else if (!tables->reached && moment(tables) > last)
		what = "ends";
	if (what)
		snprintf(tables->error, sizeof(tables->error),
			 "--at: the trace %s at %" PRIu64 ".%06" PRIu64
			 "; +2.5 counts from its first event",
			 what, last / NANOSECONDS, last % NANOSECONDS / 1000);
}

/* A moment that the trace does not have is an error. */
static void check_moment(struct trace_tables *tables)
{
	const struct tables_moment *at = &tables->options->at;

	if (tables->error[0] != '\0')
		return;
	if (tables->interrupted && tables->events != 0)
		return;
	if (tables->interrupted)
		snprintf(tables->error, sizeof(tables->error), "interrupted");
	else if (tables->events == 0 && !tables->reached)
		snprintf(tables->error, sizeof(tables->error),
			 "it has no map or unmap event");
	else if (at->kind == MOMENT_EVENT && tables->events < at->events)
		snprintf(tables->error, sizeof(tables->error),
			 "--at: it has only %" PRIu64 " events",
			 tables->events);
	else if (at->kind != MOMENT_END && at->kind != MOMENT_EVENT &&
		 tables->timeless)
		snprintf(tables->error, sizeof(tables->error),
			 "--at: %" PRIu64 " events have no time; give a "
			 "number of events",
			 tables->timeless);
	else if (at->kind == MOMENT_TIME || at->kind == MOMENT_SINCE)
		check_time(tables);
}

static void note(const char *command, const char *name, const char *what,
		 uint64_t count)
{
	if (count)
		say("hvpt %s: %s: note: %" PRIu64 " %s", command, name, count,
		    what);
}

static void note_all(const char *command, const char *name,
		     const struct trace_tables *tables)
{
	note(command, name, "lines are malformed, and left out",
	     tables->malformed);
	note(command, name, "times the tracer lost events", tables->lost);
	note(command, name,
	     "events were refused: maps of mapped ranges, or "
	     "outside the IOVAs; hvpt replay says more",
	     tables->refused);
}

static void read_trace(struct trace_tables *tables, const char *command)
{
	const char *path = tables->options->trace;
	const char *name = strcmp(path, "-") == 0 ? "<stdin>" : path;
	const char *error = "out of memory";
	struct input *input = NULL;

	interrupt_catch();
	tables->arena = hvpt_arena_create(TABLE_PAGES, TRACE_TABLES_GPA);
	if (tables->arena)
		input = input_open(path, &error);
	if (!input) {
		snprintf(tables->error, sizeof(tables->error), "%s",
			 interrupt_came() ? "interrupted" : error);
	} else {
		take_lines(tables, name, input);
		note_all(command, name, tables);
		check_moment(tables);
	}
	input_close(input);
	if (tables->error[0])
		say("hvpt %s: %s: %s", command, path[0] ? name : "''",
		    tables->error);
	else if (tables->interrupted)
		say("hvpt %s: %s: interrupted after %" PRIu64
		    " events; what follows is of those",
		    command, name, tables->events);
}

struct trace_tables *trace_tables_open(const char *command,
				       const struct tables_options *options)
{
	struct trace_tables *tables = calloc(1, sizeof(*tables));

	if (!tables) {
		say("hvpt %s: out of memory", command);
		return NULL;
	}
	tables->options = options;
	tables->reclaim_at = RECLAIM_FIRST;
	read_trace(tables, command);
	if (tables->error[0] == '\0')
		return tables;
	trace_tables_close(tables);
	return NULL;
}

void trace_tables_close(struct trace_tables *tables)
{
	size_t i;

	if (!tables)
		return;
	for (i = 0; i < tables->names.count; i++)
		free(tables->pt[i]);
	if (tables->arena)
		hvpt_arena_destroy(tables->arena);
	free(tables);
}
