/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain.h - the page tables of one trace: one for each domain in it.
 */
#ifndef TOOLS_DOMAIN_H
#define TOOLS_DOMAIN_H

#include "host/arena.h"
#include "host/model.h"
#include "host/sdm_walk.h"
#include "options.h"
#include "trace.h"

/* More than a machine has IOMMU groups: then the file is not what it says. */
#define DOMAINS_MAX 1024u

/* Table pages for all domains of a trace: 1 GiB, 512 GiB in 4 KiB leaves. */
#define DOMAIN_TABLE_PAGES ((size_t)1 << 18)

/* Their gpas: far above any machine's memory, and not pointers. */
#define DOMAIN_GPA_BASE ((uint64_t)1 << 46)

/**
 * struct domain - one page table and what it is compared with
 * @named: @id is known
 * @id: dom= of the trace
 * @pt: the library's
 * @model: what ought to be mapped
 * @walker: reads @pt's memory as an IOMMU would
 */
struct domain {
	bool named;
	uint64_t id;
	struct hvpt_pagetable pt;
	struct hvpt_model *model;
	struct sdm_walker walker;
};

/**
 * struct domain_set - all of one trace
 * @options: levels and so on, for each new one
 * @arena: table pages, one pool for all so that sharing shows
 * @table_pages: how many it has
 * @recent: the last one domain_find() answered
 * @error: why domain_find() failed
 */
struct domain_set {
	const struct replay_options *options;
	struct hvpt_arena *arena;
	size_t table_pages;
	struct domain *recent;
	const char *error;
	size_t count;
	struct domain *list[DOMAINS_MAX];
};

/** At most @table_pages for all. Return: false with @set->error. */
bool domain_set_init(struct domain_set *set,
		     const struct replay_options *options, size_t table_pages);

/** Has there ever been no table page left? */
bool domain_set_ran_out(const struct domain_set *set);

/** Destroys the page tables. Return: table pages which did not come back. */
size_t domain_set_close(struct domain_set *set);

/**
 * domain_find() - which domain an event is about
 *
 * The one it names, if it does. The first name in a file also becomes that of
 * what was mapped without one before. An event without a name goes to the
 * only domain which holds what it unmaps, else to the most recent one.
 *
 * Return: the domain, made if need be; NULL with @set->error.
 */
struct domain *domain_find(struct domain_set *set,
			   const struct trace_event *event);

#endif /* TOOLS_DOMAIN_H */
