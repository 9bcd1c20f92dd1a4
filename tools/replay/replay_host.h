/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * replay_host.h - the host of one replay: a model hypervisor, its pvIOMMU in
 * hvpt, memory for tables, and the registry of device ids.
 */
#ifndef TOOLS_REPLAY_REPLAY_HOST_H
#define TOOLS_REPLAY_REPLAY_HOST_H

#include "adapters/host/arena.h"
#include "adapters/host/hv_binding.h"
#include "oracle/hypervisor.h"
#include "hvpt/iommu.h"
#include "hvpt/logical_id.h"
#include "backend.h"

/* gpas of table pages: above any machine's memory, and never valid pointers. */
#define HOST_GPA_BASE ((uint64_t)1 << 46)

/* The model, and one more. */
#define HOST_BACKENDS 2u

struct backend_qemu;
struct replay_options;

/**
 * struct replay_host - the host of one trace
 * @options: as given
 * @backend: carry out accesses; the first is the model, the others may be NULL
 * @qemu: the second backend, or NULL
 * @arena: table pages: one pool for all, so that sharing is detected
 * @table_pages: how many it has
 * @leaked: pages that hvpt was right to leak
 * @hv: the hypervisor
 * @pages: for the page hooks
 * @registry: logical device ids, by segment
 * @iommu: hvpt's object
 * @iommu_up: it was created
 * @calm: no more failures are injected
 * @violations: of the hypervisor's rules, reported so far
 * @error: why the setup failed
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

/** Counters before a call; see host_mark(). */
struct host_mark {
	uint64_t failures;
	uint64_t allocs;
	uint64_t calls;
};

/** Return: false with @host->error; host_close() is needed then too. */
bool host_open(struct replay_host *host, const struct replay_options *options,
	       size_t table_pages);

/** Frees everything, in any state. Return: table pages still in use. */
size_t host_close(struct replay_host *host);

/** Was there ever no table page left? */
bool host_ran_out(const struct replay_host *host);

struct host_mark host_mark(struct replay_host *host);

/** Has a hypercall failed since @mark, as injected? */
bool host_call_failed(struct replay_host *host, const struct host_mark *mark);

/** Was a table page refused since @mark, as injected? */
bool host_alloc_failed(struct replay_host *host, const struct host_mark *mark);

/** Injects the failures of table pages, and no others. */
void host_fail_allocs(struct replay_host *host);

/** Writes what failed, with the hypervisor's status, to @host->error. */
void host_set_error(struct replay_host *host, const char *what,
		    enum hvpt_status status);

/** Why a backend cannot continue; NULL: all can. */
const char *host_backend_error(const struct replay_host *host);

/** Injects no more failures, so that everything can be destroyed. */
void host_calm(struct replay_host *host);

#endif /* TOOLS_REPLAY_REPLAY_HOST_H */
