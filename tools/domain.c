/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "domain.h"

#include <stdlib.h>
#include <string.h>

bool domain_set_init(struct domain_set *set,
		     const struct replay_options *options, size_t table_pages)
{
	memset(set, 0, sizeof(*set));
	set->options = options;
	set->table_pages = table_pages;
	set->arena = hvpt_arena_create(table_pages, DOMAIN_GPA_BASE);
	if (!set->arena)
		set->error = "cannot reserve memory for table pages";
	return set->arena != NULL;
}

bool domain_set_ran_out(const struct domain_set *set)
{
	return hvpt_arena_peak(set->arena) == set->table_pages;
}

size_t domain_set_close(struct domain_set *set)
{
	size_t lost;
	size_t i;

	for (i = 0; i < set->count; i++) {
		hvpt_pt_destroy(&set->list[i]->pt);
		hvpt_model_destroy(set->list[i]->model);
		free(set->list[i]);
	}
	lost = hvpt_arena_in_use(set->arena);
	hvpt_arena_destroy(set->arena);
	return lost;
}

static void init_walker(struct domain_set *set, struct domain *domain)
{
	struct sdm_walker *walker = &domain->walker;

	walker->read64 = hvpt_arena_read64;
	walker->ctx = set->arena;
	walker->root = hvpt_pt_root_gpa(&domain->pt).value;
	walker->address_mask = 0;
	walker->levels = set->options->levels;
	walker->width = set->options->width;
	walker->maxphyaddr = 52;
	walker->canonical = set->options->form != HVPT_IOVA_PLAIN;
}

static enum hvpt_status init_table(struct domain_set *set,
				   struct domain *domain)
{
	struct hvpt_pt_config config;

	memset(&config, 0, sizeof(config));
	config.ops = &hvpt_arena_ops;
	config.ctx = set->arena;
	config.direct_map_offset = hvpt_arena_offset(set->arena);
	config.page_sizes = set->options->page_sizes;
	config.levels = set->options->levels;
	config.width = set->options->width;
	config.form = set->options->form;
	return hvpt_pt_init(&domain->pt, &config);
}

static struct domain *make(struct domain_set *set)
{
	struct domain *domain;

	if (set->count == DOMAINS_MAX) {
		set->error = "more than 1024 domains";
		return NULL;
	}
	domain = calloc(1, sizeof(*domain));
	if (!domain) {
		set->error = "out of memory";
		return NULL;
	}
	if (init_table(set, domain) != HVPT_OK) {
		set->error = "no page table: hvpt_pt_init() refused";
		free(domain);
		return NULL;
	}
	domain->model = hvpt_model_create();
	init_walker(set, domain);
	set->list[set->count++] = domain;
	return domain;
}

static struct domain *find_named(struct domain_set *set, uint64_t id)
{
	struct domain *found = NULL;
	size_t i;

	for (i = 0; i < set->count && !found; i++) {
		if (!set->list[i]->named || set->list[i]->id == id)
			found = set->list[i];
	}
	if (!found)
		found = make(set);
	if (found) {
		found->named = true;
		found->id = id;
	}
	return found;
}

/* The only domain of which at least @bytes of the range are mapped. */
static struct domain *only_holder(struct domain_set *set,
				  const struct trace_event *event,
				  uint64_t bytes)
{
	struct domain *only = NULL;
	size_t i;

	for (i = 0; i < set->count; i++) {
		if (hvpt_model_mapped_in(set->list[i]->model, event->iova,
					 event->size) < bytes)
			continue;
		if (only)
			return NULL;
		only = set->list[i];
	}
	return only;
}

static struct domain *find_nameless(struct domain_set *set,
				    const struct trace_event *event)
{
	struct domain *found = NULL;

	if (event->kind == TRACE_UNMAP && set->count > 1) {
		found = only_holder(set, event, event->size);
		if (!found)
			found = only_holder(set, event, 1);
	}
	if (!found)
		found = set->recent;
	return found ? found : make(set);
}

struct domain *domain_find(struct domain_set *set,
			   const struct trace_event *event)
{
	struct domain *found;

	if (event->has_dom)
		found = find_named(set, event->dom);
	else
		found = find_nameless(set, event);
	if (found)
		set->recent = found;
	return found;
}
