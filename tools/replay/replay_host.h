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
#include "backend.h"
#include "tools/options.h"

/* gpas of table pages: far above any machine's memory, and not pointers. */
#define HOST_GPA_BASE ((uint64_t)1 << 46)

/* The model, and one beside it. */
#define HOST_BACKENDS 2u

struct backend_qemu;

/**
 * struct replay_host - of one trace
 * @options: as asked
 * @backend: who carries out accesses; the first is the model, those which are
 *	NULL are not there
 * @qemu: the second, if it is there
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
struct replay_host {
	const struct replay_options *options;
	struct backend *backend[HOST_BACKENDS];
	struct backend model;
	struct backend_qemu *qemu;
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

/** What had been counted before a call; see host_mark(). */
struct host_mark {
	uint64_t failures;
	uint64_t allocs;
	uint64_t calls;
};

/** Return: false with @host->error; host_close() it all the same. */
bool host_open(struct replay_host *host, const struct replay_options *options,
	       size_t table_pages);

/** Frees everything, in whatever state. Return: table pages still in use. */
size_t host_close(struct replay_host *host);

/** Has there ever been no table page left? */
bool host_ran_out(const struct replay_host *host);

struct host_mark host_mark(struct replay_host *host);

/** Has a hypercall failed since, and was one told to? */
bool host_call_failed(struct replay_host *host, const struct host_mark *mark);

/** Was a table page refused since because it was told to be? */
bool host_alloc_failed(struct replay_host *host, const struct host_mark *mark);

/** Lets go wrong what is to go wrong with table pages, and nothing else. */
void host_fail_allocs(struct replay_host *host);

/** Writes what failed, and how the hypervisor put it, to @host->error. */
void host_set_error(struct replay_host *host, const char *what,
		    enum hvpt_status status);

/** Why a backend cannot go on; NULL: all can. */
const char *host_backend_error(const struct replay_host *host);

/** Nothing goes wrong from now on: to be able to clean up. */
void host_calm(struct replay_host *host);

#endif /* TOOLS_REPLAY_REPLAY_HOST_H */
