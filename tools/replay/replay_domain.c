/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "replay_domain.h"

#include <stdlib.h>
#include <string.h>

void pages_add(struct pages *pages, uint64_t iova)
{
	if (pages->count == pages->room) {
		size_t room = pages->room ? pages->room * 2 : 16;
		uint64_t *at = realloc(pages->at, room * sizeof(*at));

		if (!at)
			abort();
		pages->at = at;
		pages->room = room;
	}
	pages->at[pages->count++] = iova;
}

bool domain_set_init(struct domain_set *set,
		     const struct replay_options *options, size_t table_pages)
{
	memset(set, 0, sizeof(*set));
	if (host_open(&set->host, options, table_pages))
		return true;
	set->error = set->host.error;
	return false;
}

void domain_set_close(struct domain_set *set)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		hvpt_model_destroy(set->list[i]->model);
		stale_destroy(set->list[i]->stale);
		free(set->list[i]->touched.at);
		free(set->list[i]);
	}
	host_close(&set->host);
}

/* A domain with a page table is kept after a failure, to be destroyed. */
static struct domain *make(struct domain_set *set)
{
	struct domain *domain;
	bool good;

	domain = calloc(1, sizeof(*domain));
	if (!domain) {
		set->error = "out of memory";
		return NULL;
	}
	good = domain_set_up(&set->host, domain, set->count);
	if (!good)
		set->error = set->host.error;
	if (!domain->pt) {
		free(domain);
		return NULL;
	}
	hvpt_gather_init(&domain->gather);
	domain->model = hvpt_model_create();
	domain->stale = stale_create();
	set->list[set->count++] = domain;
	return good ? domain : NULL;
}

/* An event_mapped_fn. */
static uint64_t mapped_in(void *ctx, size_t number, uint64_t iova,
			  uint64_t size)
{
	const struct domain_set *set = ctx;

	return hvpt_model_mapped_in(set->list[number]->model, iova, size);
}

struct domain *domain_find(struct domain_set *set,
			   const struct trace_event *event)
{
	size_t number = event_domains_find(&set->names, event, mapped_in, set);

	if (number == EVENT_DOMAINS_MAX) {
		set->error = "more than 1024 domains";
		return NULL;
	}
	return number < set->count ? set->list[number] : make(set);
}
