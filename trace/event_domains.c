/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "event_domains.h"

/* Return: the number of the new one; EVENT_DOMAINS_MAX: too many. */
static size_t add(struct event_domains *domains)
{
	if (domains->count == EVENT_DOMAINS_MAX)
		return EVENT_DOMAINS_MAX;
	domains->list[domains->count].named = false;
	return domains->count++;
}

static size_t find_named(struct event_domains *domains, uint64_t id)
{
	size_t i;

	for (i = 0; i < domains->count; i++) {
		if (!domains->list[i].named || domains->list[i].id == id)
			break;
	}
	if (i == domains->count)
		i = add(domains);
	if (i != EVENT_DOMAINS_MAX) {
		domains->list[i].named = true;
		domains->list[i].id = id;
	}
	return i;
}

/* The only domain that maps at least @bytes of the range. */
static size_t only_holder(const struct event_domains *domains,
			  const struct trace_event *event, uint64_t bytes,
			  event_mapped_fn mapped, void *ctx)
{
	size_t only = EVENT_DOMAINS_MAX;
	size_t i;

	for (i = 0; i < domains->count; i++) {
		if (mapped(ctx, i, event->iova, event->size) < bytes)
			continue;
		if (only != EVENT_DOMAINS_MAX)
			return EVENT_DOMAINS_MAX;
		only = i;
	}
	return only;
}

static size_t find_nameless(struct event_domains *domains,
			    const struct trace_event *event,
			    event_mapped_fn mapped, void *ctx)
{
	size_t found = EVENT_DOMAINS_MAX;

	if (domains->count == 0)
		return add(domains);
	if (event->kind == TRACE_UNMAP && domains->count > 1) {
		found = only_holder(domains, event, event->size, mapped, ctx);
		if (found == EVENT_DOMAINS_MAX)
			found = only_holder(domains, event, 1, mapped, ctx);
	}
	return found == EVENT_DOMAINS_MAX ? domains->recent : found;
}

size_t event_domains_find(struct event_domains *domains,
			  const struct trace_event *event,
			  event_mapped_fn mapped, void *ctx)
{
	size_t found;

	if (event->has_dom)
		found = find_named(domains, event->dom);
	else
		found = find_nameless(domains, event, mapped, ctx);
	if (found != EVENT_DOMAINS_MAX)
		domains->recent = found;
	return found;
}
