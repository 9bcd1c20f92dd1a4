/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "report_traffic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/host/arena.h"
#include "oracle/model.h"
#include "traffic_call.h"

/* A bucket of the timeline, to begin with: a microsecond, or an event. */
#define BUCKET_NANOSECONDS 1000u

struct traffic *traffic_create(unsigned levels, uint64_t lazy)
{
	struct traffic *traffic = calloc(1, sizeof(*traffic));

	if (!traffic)
		return NULL;
	traffic->arena = hvpt_arena_create(TRAFFIC_TABLE_PAGES, 1u << 30);
	if (!traffic->arena) {
		free(traffic);
		return NULL;
	}
	traffic->levels = levels;
	traffic->width = levels == 4 ? 48 : 57;
	traffic->reclaim_at = TRAFFIC_TABLES_KEPT;
	timeline_init(&traffic->timeline, 1);
	flushing_init(&traffic->flushing, lazy);
	return traffic;
}

static void domain_destroy(struct traffic_domain *domain)
{
	if (!domain)
		return;
	hvpt_pt_destroy(&domain->pt);
	hvpt_model_destroy(domain->model);
	free(domain);
}

void traffic_destroy(struct traffic *traffic)
{
	size_t i;

	for (i = 0; i < EVENT_DOMAINS_MAX; i++)
		domain_destroy(traffic->domain[i]);
	mappings_free(&traffic->mappings);
	hvpt_arena_destroy(traffic->arena);
	free(traffic);
}

uint64_t traffic_table_pages(const struct traffic *traffic)
{
	return hvpt_arena_in_use(traffic->arena);
}

uint64_t traffic_table_peak(const struct traffic *traffic)
{
	return hvpt_arena_peak(traffic->arena);
}

/* ---- domains --------------------------------------------------------- */

static bool fail(struct traffic *traffic, const struct trace_event *event,
		 const char *why)
{
	snprintf(traffic->error, sizeof(traffic->error), "line %llu: %s",
		 (unsigned long long)event->line, why);
	return false;
}

static struct traffic_domain *domain_create(struct traffic *traffic)
{
	struct traffic_domain *domain = calloc(1, sizeof(*domain));
	struct hvpt_pt_config config;

	memset(&config, 0, sizeof(config));
	config.ops = &hvpt_arena_ops;
	config.ctx = traffic->arena;
	config.direct_map_offset = hvpt_arena_offset(traffic->arena);
	config.page_sizes = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M |
			    HVPT_PAGE_SIZE_1G;
	config.levels = traffic->levels;
	config.width = traffic->width;
	if (!domain || hvpt_pt_init(&domain->pt, &config) != HVPT_OK) {
		free(domain);
		return NULL;
	}
	domain->model = hvpt_model_create();
	unflushed_init(&domain->lazy);
	return domain;
}

static uint64_t mapped_in(void *ctx, size_t number, uint64_t iova,
			  uint64_t size)
{
	const struct traffic *traffic = ctx;

	return hvpt_model_mapped_in(traffic->domain[number]->model, iova, size);
}

static bool find_domain(struct traffic *traffic,
			const struct trace_event *event, size_t *number)
{
	*number = event_domains_find(&traffic->domains, event, mapped_in,
				     traffic);
	if (*number == EVENT_DOMAINS_MAX)
		return fail(traffic, event, "more than 1024 domains");
	if (traffic->domain[*number])
		return true;
	traffic->domain[*number] = domain_create(traffic);
	return traffic->domain[*number] ||
	       fail(traffic, event, "no page table for another domain");
}

/* ---- empty tables ---------------------------------------------------- */

static void reclaim(struct hvpt_pagetable *pt, unsigned width)
{
	struct hvpt_gather gather;
	uint64_t reclaimed;

	hvpt_gather_init(&gather);
	if (hvpt_pt_reclaim(pt, hvpt_iova(0), UINT64_C(1) << width, &gather,
			    &reclaimed) == HVPT_OK)
		hvpt_pt_release(pt, &gather);
}

/*
 * A page table keeps tables that unmaps empty. In a long trace whose IOVAs are
 * always new they would pile up.
 */
static void reclaim_all(struct traffic *traffic)
{
	size_t i;

	if (hvpt_arena_in_use(traffic->arena) < traffic->reclaim_at)
		return;
	for (i = 0; i < traffic->domains.count; i++) {
		if (traffic->domain[i])
			reclaim(&traffic->domain[i]->pt, traffic->width);
	}
	traffic->reclaim_at = 2 * hvpt_arena_in_use(traffic->arena);
	if (traffic->reclaim_at < TRAFFIC_TABLES_KEPT)
		traffic->reclaim_at = TRAFFIC_TABLES_KEPT;
}

/* ---- time ------------------------------------------------------------ */

/* The first event decides what a position is. */
static void begin_time(struct traffic *traffic, const struct trace_event *event)
{
	traffic->timed = event->has_time;
	traffic->first = event->has_time ? event->time : 0;
	timeline_init(&traffic->timeline,
		      event->has_time ? BUCKET_NANOSECONDS : 1);
}

/* Time does not go back: an event that is older happens now. */
static void advance(struct traffic *traffic, const struct trace_event *event)
{
	uint64_t position = traffic->events - 1;

	if (traffic->timed) {
		position = traffic->now;
		if (event->has_time && event->time >= traffic->first)
			position = event->time - traffic->first;
	}
	if (position < traffic->now ||
	    (traffic->timed && event->has_time && event->time < traffic->first))
		traffic->backwards++;
	else
		traffic->now = position;
}

static void sample(struct traffic *traffic)
{
	struct timeline *timeline = &traffic->timeline;
	struct time_bucket *bucket =
		&timeline->bucket[timeline_at(timeline, traffic->now)];

	bucket->used = true;
	bucket->live_bytes = traffic->live_bytes;
	bucket->mappings = traffic->mappings.live;
	bucket->table_pages = traffic_table_pages(traffic);
	bucket->areas = traffic->areas;
	if (traffic->live_bytes > bucket->peak_bytes)
		bucket->peak_bytes = traffic->live_bytes;
	if (traffic->live_bytes > traffic->peak_bytes)
		traffic->peak_bytes = traffic->live_bytes;
	if (traffic->mappings.live > traffic->peak_mappings)
		traffic->peak_mappings = traffic->mappings.live;
}

/* ---- events ---------------------------------------------------------- */

static bool in_range(uint64_t first, uint64_t size, unsigned bits)
{
	uint64_t last = first + (size - 1);

	return last >= first && last >> bits == 0;
}

/* Lines of hvpt fuzz may hold any numbers; others are aligned. */
static bool is_range(const struct traffic *traffic,
		     const struct trace_event *event)
{
	uint64_t bits = event->iova | event->size;

	if (event->kind == TRACE_MAP)
		bits |= event->gpa;
	return event->size != 0 && (bits & (HVPT_PAGE_BYTES - 1)) == 0 &&
	       in_range(event->iova, event->size, traffic->width) &&
	       (event->kind != TRACE_MAP ||
		in_range(event->gpa, event->size, HVPT_GPA_LG2));
}

static bool carry_out(struct traffic *traffic, const struct trace_event *event)
{
	struct traffic_call call;
	size_t number;

	if (event->kind != TRACE_MAP && event->kind != TRACE_UNMAP) {
		traffic->others++;
		return true;
	}
	if (!is_range(traffic, event)) {
		traffic->refused++;
		return true;
	}
	if (!find_domain(traffic, event, &number))
		return false;
	reclaim_all(traffic);
	call.event = event;
	call.number = (uint32_t)number;
	call.domain = traffic->domain[number];
	call.range.first = hvpt_iova(event->iova);
	call.range.last = hvpt_iova(event->iova + (event->size - 1));
	call.task = tasks_find(&traffic->tasks, event->task);
	if (event->kind == TRACE_MAP ? traffic_map(traffic, &call) :
				       traffic_unmap(traffic, &call))
		return true;
	return fail(traffic, event, "out of memory, or of table pages");
}

bool traffic_event(void *ctx, const struct trace_event *event)
{
	struct traffic *traffic = ctx;

	if (traffic->events++ == 0)
		begin_time(traffic, event);
	traffic->named += event->has_dom;
	advance(traffic, event);
	if (!carry_out(traffic, event))
		return false;
	sample(traffic);
	return true;
}

/* ---- the end --------------------------------------------------------- */

static void take_left(struct traffic *traffic, const struct mapping *mapping)
{
	struct task *task = &traffic->tasks.list[mapping->task];
	struct suspect suspect;

	memset(&suspect, 0, sizeof(suspect));
	suspect.is = *mapping;
	suspects_add(&traffic->suspects, SUSPECT_LEFT, &suspect);
	task->left++;
	task->left_bytes += mapping->left;
}

void traffic_end(struct traffic *traffic)
{
	unsigned i;

	for (i = 0; i < traffic->domains.count; i++) {
		if (!traffic->domain[i])
			continue;
		shape_end(&traffic->shape, &traffic->domain[i]->run);
		flushing_end(&traffic->flushing, &traffic->domain[i]->lazy);
	}
	for (i = 0; i < traffic->mappings.count; i++) {
		if (traffic->mappings.list[i].left)
			take_left(traffic, &traffic->mappings.list[i]);
	}
}
