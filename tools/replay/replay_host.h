/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * replay_host.h - what one trace is replayed in: a model hypervisor, its
 * pvIOMMU as hvpt sees it, memory for tables, and the registry of device ids.
 */
#ifndef TOOLS_REPLAY_REPLAY_HOST_H
#define TOOLS_REPLAY_REPLAY_HOST_H

#include "adapters/host/arena.h"
#include "adapters/host/hv_binding.h"
#include "oracle/hypervisor.h"
#include "hvpt/iommu.h"
#include "hvpt/logical_id.h"
#include "tools/options.h"

/* gpas of table pages: far above any machine's memory, and not pointers. */
#define WORLD_GPA_BASE ((uint64_t)1 << 46)

struct walk;

/**
 * struct world - of one trace
 * @options: as asked
 * @walk: who else judges; NULL: nobody
 * @arena: table pages, one pool for all so that sharing shows
 * @table_pages: how many it has
 * @leaked: pages which hvpt was right to leak
 * @hv: the hypervisor
 * @pages: for the page hooks
 * @registry: logical device ids, by segment
 * @iommu: hvpt's
 * @iommu_up: it is there
 * @calm: nothing is to go wrong any more
 * @violations: of the hypervisor's rules, told so far
 * @error: why something could not be set up
 */
struct world {
	const struct replay_options *options;
	struct walk *walk;
	struct hvpt_arena *arena;
	size_t table_pages;
	size_t leaked;
	struct hypervisor *hv;
	struct hvpt_hypervisor_pages pages;
	struct hvpt_registry registry;
	struct hvpt_iommu iommu;
	bool iommu_up;
	bool calm;
	uint64_t violations;
	char error[200];
};

/** What had been counted before a call; see world_mark(). */
struct world_mark {
	uint64_t failures;
	uint64_t allocs;
	uint64_t calls;
};

/** Return: false with @world->error; world_close() it all the same. */
bool world_open(struct world *world, const struct replay_options *options,
		size_t table_pages);

/** Frees everything, in whatever state. Return: table pages still in use. */
size_t world_close(struct world *world);

/** Has there ever been no table page left? */
bool world_ran_out(const struct world *world);

struct world_mark world_mark(struct world *world);

/** Has a hypercall failed since, and was one told to? */
bool world_call_failed(struct world *world, const struct world_mark *mark);

/** Was a table page refused since because it was told to be? */
bool world_alloc_failed(struct world *world, const struct world_mark *mark);

/** Lets go wrong what is to go wrong with table pages, and nothing else. */
void world_fail_allocs(struct world *world);

/** Writes what failed, and how the hypervisor put it, to @world->error. */
void world_set_error(struct world *world, const char *what,
		     enum hvpt_status status);

/** Nothing goes wrong from now on: to be able to clean up. */
void world_calm(struct world *world);

#endif /* TOOLS_REPLAY_REPLAY_HOST_H */
