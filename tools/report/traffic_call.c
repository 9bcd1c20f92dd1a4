/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "traffic_call.h"

#include <string.h>

#include "oracle/model.h"

/* ---- what is mapped -------------------------------------------------- */

/** A piece of a mapping. */
struct piece {
	uint64_t first;
	uint64_t last;
	unsigned mapping;
};

/* The next piece of a range, cut to it. */
static bool next_piece(const struct hvpt_model *model, uint64_t from,
		       uint64_t last, struct piece *piece)
{
	uint64_t gpa;

	if (!hvpt_model_next(model, from, &piece->first, &piece->last, &gpa,
			     &piece->mapping) ||
	    piece->first > last)
		return false;
	if (piece->first < from)
		piece->first = from;
	if (piece->last > last)
		piece->last = last;
	return true;
}

static bool is_mapped(const struct hvpt_model *model, uint64_t iova)
{
	uint64_t gpa;
	unsigned number;

	return hvpt_model_lookup(model, iova, &gpa, &number);
}

static bool mapped_before(const struct traffic_call *call)
{
	uint64_t first = call->range.first.value;

	return first != 0 && is_mapped(call->domain->model, first - 1);
}

static bool mapped_after(const struct traffic_call *call)
{
	uint64_t last = call->range.last.value;

	return last != UINT64_MAX && is_mapped(call->domain->model, last + 1);
}

/* ---- suspicious events ----------------------------------------------- */

static struct mapping mapping_of(const struct traffic *traffic,
				 const struct traffic_call *call)
{
	struct mapping mapping;

	memset(&mapping, 0, sizeof(mapping));
	mapping.iova = call->event->iova;
	mapping.gpa = call->event->gpa;
	mapping.size = call->event->size;
	mapping.left = call->event->size;
	mapping.at = traffic->now;
	mapping.event = traffic->events;
	mapping.task = call->task;
	mapping.pid = call->event->pid;
	mapping.domain = call->number;
	return mapping;
}

/* @other: the mapping in its way; NULL: there is none */
static void suspect(struct traffic *traffic, const struct traffic_call *call,
		    enum suspicion kind, const struct mapping *other)
{
	struct suspect suspect;

	memset(&suspect, 0, sizeof(suspect));
	suspect.is = mapping_of(traffic, call);
	suspect.line = call->event->line;
	if (other) {
		suspect.has_other = true;
		suspect.other_task = other->task;
		suspect.other_at = other->at;
	}
	suspects_add(&traffic->suspects, kind, &suspect);
	if (kind != SUSPECT_EARLY_REUSE)
		traffic->tasks.list[call->task].strange++;
}

/* ---- maps ------------------------------------------------------------ */

static bool add_mapping(struct traffic *traffic,
			const struct traffic_call *call)
{
	const struct trace_event *event = call->event;
	struct mapping mapping = mapping_of(traffic, call);
	unsigned number;

	if (!mappings_add(&traffic->mappings, &mapping, &number))
		return false;
	traffic->areas += UINT64_C(1) - mapped_before(call) -
			  mapped_after(call);
	(void)hvpt_model_map(call->domain->model, event->iova, event->gpa,
			     event->size, number);
	largest_add(&traffic->largest, &mapping);
	return true;
}

static void count_map(struct traffic *traffic, const struct traffic_call *call)
{
	const struct trace_event *event = call->event;
	struct timeline *timeline = &traffic->timeline;
	unsigned column = timeline_at(timeline, traffic->now);
	struct task *task = &traffic->tasks.list[call->task];

	traffic->map_bytes += event->size;
	traffic->live_bytes += event->size;
	task->maps++;
	task->map_bytes += event->size;
	timeline->bucket[column].maps++;
	timeline->bucket[column].map_bytes += event->size;
	heat_add(&timeline->heat, event->iova, call->range.last.value, column);
	if (!shape_map(&traffic->shape, &call->domain->run, event->iova,
		       event->gpa, event->size,
		       event->has_prot ? event->prot : 0))
		reuse_map(&traffic->reuse, call->number, event->iova,
			  call->domain->unmaps);
}

static bool map_pages(struct traffic *traffic, const struct traffic_call *call)
{
	const struct trace_event *event = call->event;
	struct traffic_domain *domain = call->domain;
	struct hvpt_gather gather;

	hvpt_gather_init(&gather);
	if (hvpt_pt_map(&domain->pt, call->range.first, hvpt_gpa(event->gpa),
			event->size, HVPT_PROT_READ | HVPT_PROT_WRITE,
			&gather) != HVPT_OK)
		return false;
	flushing_after_map(&traffic->flushing, &domain->lazy, &domain->pt,
			   &gather);
	return true;
}

bool traffic_map(struct traffic *traffic, const struct traffic_call *call)
{
	struct traffic_domain *domain = call->domain;
	struct piece piece;

	traffic->maps++;
	if (next_piece(domain->model, call->range.first.value,
		       call->range.last.value, &piece)) {
		suspect(traffic, call, SUSPECT_DOUBLE_MAP,
			&traffic->mappings.list[piece.mapping]);
		return true;
	}
	if (flushing_before_map(&traffic->flushing, &domain->lazy,
				&call->range))
		suspect(traffic, call, SUSPECT_EARLY_REUSE, NULL);
	if (!map_pages(traffic, call) || !add_mapping(traffic, call))
		return false;
	count_map(traffic, call);
	return true;
}

/* ---- unmaps ---------------------------------------------------------- */

static void end_mapping(struct traffic *traffic, unsigned number)
{
	const struct mapping *mapping = &traffic->mappings.list[number];
	uint64_t lived = traffic->now - mapping->at;

	traffic->lifetime[lived ? shape_log2(lived) : 0]++;
	largest_end(&traffic->largest, mapping, traffic->now);
}

/* Takes the range off the records of its mappings. Return: bytes. */
static uint64_t end_pieces(struct traffic *traffic,
			   const struct traffic_call *call)
{
	uint64_t from = call->range.first.value;
	uint64_t last = call->range.last.value;
	uint64_t bytes = 0, size;
	struct piece piece;
	bool partial = false;

	while (next_piece(call->domain->model, from, last, &piece)) {
		size = piece.last - piece.first + 1;
		bytes += size;
		if (mappings_shrink(&traffic->mappings, piece.mapping, size))
			end_mapping(traffic, piece.mapping);
		else
			partial = true;
		if (piece.last == last)
			break;
		from = piece.last + 1;
	}
	traffic->partial += partial;
	return bytes;
}

/* Mapped areas within the range. */
static uint64_t areas_in(const struct traffic_call *call)
{
	uint64_t from = call->range.first.value;
	uint64_t last = call->range.last.value;
	uint64_t areas = 0;
	struct piece piece;
	bool joined = false;

	while (next_piece(call->domain->model, from, last, &piece)) {
		areas += !(joined && piece.first == from);
		joined = true;
		if (piece.last == last)
			break;
		from = piece.last + 1;
	}
	return areas;
}

static void count_areas(struct traffic *traffic,
			const struct traffic_call *call)
{
	const struct hvpt_model *model = call->domain->model;
	uint64_t areas = areas_in(call);

	if (areas == 0)
		return;
	traffic->areas -= areas;
	if (is_mapped(model, call->range.first.value))
		traffic->areas += mapped_before(call);
	if (is_mapped(model, call->range.last.value))
		traffic->areas += mapped_after(call);
}

static void count_unmap(struct traffic *traffic,
			const struct traffic_call *call, uint64_t gone)
{
	struct timeline *timeline = &traffic->timeline;
	unsigned column = timeline_at(timeline, traffic->now);

	call->domain->unmaps++;
	traffic->unmap_bytes += gone;
	traffic->live_bytes -= gone;
	traffic->tasks.list[call->task].unmaps++;
	timeline->bucket[column].unmaps++;
	timeline->bucket[column].unmap_bytes += gone;
	if (gone != 0)
		reuse_unmap(&traffic->reuse, call->number, call->event->iova,
			    call->domain->unmaps);
}

bool traffic_unmap(struct traffic *traffic, const struct traffic_call *call)
{
	struct traffic_domain *domain = call->domain;
	struct hvpt_gather gather;
	uint64_t gone, unmapped;

	traffic->unmaps++;
	hvpt_gather_init(&gather);
	if (hvpt_pt_unmap(&domain->pt, call->range.first, call->event->size,
			  &gather, &unmapped) != HVPT_OK)
		return false;
	count_areas(traffic, call);
	gone = end_pieces(traffic, call);
	(void)hvpt_model_unmap(domain->model, call->event->iova,
			       call->event->size);
	flushing_unmap(&traffic->flushing, &domain->lazy, &domain->pt, &gather,
		       &call->range, gone);
	if (gone == 0)
		suspect(traffic, call, SUSPECT_UNKNOWN_UNMAP, NULL);
	count_unmap(traffic, call, gone);
	return true;
}
