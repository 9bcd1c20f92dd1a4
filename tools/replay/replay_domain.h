/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * replay_domain.h - the domains of one trace, with a device in each.
 */
#ifndef TOOLS_REPLAY_REPLAY_DOMAIN_H
#define TOOLS_REPLAY_REPLAY_DOMAIN_H

#include "oracle/model.h"
#include "oracle/reference/gather_ranges.h"
#include "oracle/stale.h"
#include "oracle/sdm_walk.h"
#include "hvpt/device.h"
#include "trace/event_domains.h"
#include "replay_host.h"

/* Table pages for all domains of a trace: 1 GiB, 512 GiB in 4 KiB leaves. */
#define DOMAIN_TABLE_PAGES ((size_t)1 << 18)

/**
 * struct pages - a list of pages by IOVA; all zero is an empty one
 * @at: the first byte of each
 */
struct pages {
	uint64_t *at;
	size_t count;
	size_t room;
};

/**
 * struct domain - a domain, and what it is compared with
 * @hv: the hypervisor in which @device does DMA
 * @backend: backends of the host, which carry out accesses
 * @domain: the library's domain
 * @pt: its page table
 * @segment: the registration of the device's bus
 * @device: the device in it
 * @device_id: its logical id
 * @probed: @device is linked
 * @gather: pending invalidations
 * @unsynced: unmaps since the last sync
 * @stale: former mappings, until their sync
 * @touched: pages of @stale that the device has used
 * @model: the expected mappings
 * @walker: reads @pt's memory as an IOMMU does
 */
struct domain {
	struct hypervisor *hv;
	struct backend *const *backend;
	struct hvpt_domain domain;
	struct hvpt_pagetable *pt;
	struct hvpt_segment_id segment;
	struct hvpt_device device;
	uint64_t device_id;
	bool probed;
	struct hvpt_gather gather;
	uint64_t unsynced;
	struct stale *stale;
	struct pages touched;
	struct hvpt_model *model;
	struct sdm_walker walker;
};

/**
 * struct domain_set - all domains of one trace
 * @host: their host
 * @names: their numbers and names
 * @error: why domain_find() failed
 */
struct domain_set {
	struct replay_host host;
	struct event_domains names;
	const char *error;
	size_t count;
	struct domain *list[EVENT_DOMAINS_MAX];
};

/** At most @table_pages for all domains. Return: false with @set->error. */
bool domain_set_init(struct domain_set *set,
		     const struct replay_options *options, size_t table_pages);

/**
 * domain_set_close() - frees what the host allocated
 *
 * After teardown() nothing of the library is left.
 */
void domain_set_close(struct domain_set *set);

/**
 * domain_find() - finds the domain of an event, as event_domains_find() says
 *
 * Return: the domain, created if necessary; NULL with @set->error.
 */
struct domain *domain_find(struct domain_set *set,
			   const struct trace_event *event);

/**
 * domain_set_up() - creates the library's domain, and attaches a device to it
 * @number: number of the domain in its set
 *
 * Return: false with @host->error; what was created (@domain->pt not NULL,
 * @domain->probed) must be destroyed.
 */
bool domain_set_up(struct replay_host *host, struct domain *domain,
		   size_t number);

/** Adds a page to a list; running out of memory ends the process. */
void pages_add(struct pages *pages, uint64_t iova);

#endif /* TOOLS_REPLAY_REPLAY_DOMAIN_H */
