/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "lists_json.h"

static void write_tasks(struct json_writer *json, const struct tasks *tasks)
{
	unsigned i;

	json_enter(json, "tasks", '[');
	for (i = 0; i < tasks->count; i++) {
		const struct task *task = &tasks->list[i];

		json_enter(json, NULL, '{');
		json_words(json, "task", task->name);
		json_number(json, "maps", task->maps);
		json_number(json, "unmaps", task->unmaps);
		json_number(json, "map_bytes", task->map_bytes);
		json_number(json, "left", task->left);
		json_number(json, "left_bytes", task->left_bytes);
		json_number(json, "suspicious", task->strange);
		json_leave(json, '}');
	}
	json_leave(json, ']');
}

/* What a mapping and a suspicious event have in common. */
static void write_mapping(struct json_writer *json,
			  const struct traffic *traffic,
			  const struct mapping *mapping)
{
	const struct event_domain *domain =
		&traffic->domains.list[mapping->domain];

	json_number(json, "event", mapping->event);
	json_number(json, "at", mapping->at);
	json_words(json, "task", traffic->tasks.list[mapping->task].name);
	if (mapping->pid >= 0)
		json_number(json, "pid", (uint64_t)mapping->pid);
	else
		json_null(json, "pid");
	if (domain->named)
		json_hex(json, "domain", domain->id);
	else
		json_null(json, "domain");
	json_hex(json, "iova", mapping->iova);
	json_number(json, "bytes", mapping->size);
}

static void write_suspect(struct json_writer *json,
			  const struct traffic *traffic, enum suspicion kind,
			  const struct suspect *suspect)
{
	json_enter(json, NULL, '{');
	json_words(json, "kind", suspicion_name(kind));
	write_mapping(json, traffic, &suspect->is);
	if (kind == SUSPECT_LEFT)
		json_number(json, "left_bytes", suspect->is.left);
	else
		json_number(json, "line", suspect->line);
	if (suspect->has_other) {
		json_words(json, "other_task",
			   traffic->tasks.list[suspect->other_task].name);
		json_number(json, "other_at", suspect->other_at);
	}
	json_leave(json, '}');
}

static void write_suspects(struct json_writer *json,
			   const struct traffic *traffic)
{
	const struct suspects *suspects = &traffic->suspects;
	unsigned kind, i;

	json_enter(json, "suspicious", '[');
	for (kind = 0; kind < SUSPECT_KINDS; kind++) {
		for (i = 0; i < SUSPECT_LISTED && i < suspects->count[kind];
		     i++)
			write_suspect(json, traffic, (enum suspicion)kind,
				      &suspects->list[kind][i]);
	}
	json_leave(json, ']');
}

static void write_largest(struct json_writer *json,
			  const struct traffic *traffic)
{
	const struct largest *largest = &traffic->largest;
	unsigned i;

	json_enter(json, "largest", '[');
	for (i = 0; i < largest->count; i++) {
		const struct largest_mapping *one = &largest->list[i];

		json_enter(json, NULL, '{');
		write_mapping(json, traffic, &one->mapping);
		json_hex(json, "memory", one->mapping.gpa);
		if (one->ended)
			json_number(json, "lived",
				    one->until - one->mapping.at);
		else
			json_null(json, "lived");
		json_leave(json, '}');
	}
	json_leave(json, ']');
}

void lists_json(struct json_writer *json, const struct traffic *traffic)
{
	write_tasks(json, &traffic->tasks);
	write_suspects(json, traffic);
	write_largest(json, traffic);
}
