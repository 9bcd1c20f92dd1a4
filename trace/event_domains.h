/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * event_domains.h - which domain each event of a trace belongs to.
 *
 * It is the domain that the event names, if any. The first name in a file also
 * names the domain of earlier events without a name. An event without a name
 * belongs to the only domain that maps what it unmaps, else to the most recent
 * domain.
 */
#ifndef TRACE_EVENT_DOMAINS_H
#define TRACE_EVENT_DOMAINS_H

#include "trace.h"

/* More than the IOMMU groups of any machine: then dom= is not a domain. */
#define EVENT_DOMAINS_MAX 1024u

/** A domain: @id is dom= of the trace, if @named. */
struct event_domain {
	bool named;
	uint64_t id;
};

/**
 * struct event_domains - the domains met so far; all zero: none
 * @recent: number of the last one found
 * @list: numbered in the order in which they were met
 */
struct event_domains {
	size_t count;
	size_t recent;
	struct event_domain list[EVENT_DOMAINS_MAX];
};

/** How many bytes of a range does the domain of this number map? */
typedef uint64_t (*event_mapped_fn)(void *ctx, size_t number, uint64_t iova,
				    uint64_t size);

/**
 * event_domains_find() - the domain of an event
 * @mapped: asked about domains that were found before
 *
 * Return: its number. A number that was @domains->count before the call is of
 * a new domain. EVENT_DOMAINS_MAX: there would be too many; nothing changed.
 */
size_t event_domains_find(struct event_domains *domains,
			  const struct trace_event *event,
			  event_mapped_fn mapped, void *ctx);

#endif /* TRACE_EVENT_DOMAINS_H */
