/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "replay_host.h"

#include <stdio.h>
#include <string.h>

#include "adapters/host/hv_binding.h"
#include "backend_qemu.h"
#include "tools/options.h"

/* ---- setting up ------------------------------------------------------ */

void host_fail_allocs(struct replay_host *host)
{
	uint64_t nth = host->options->inject.alloc;
	uint64_t done = hvpt_arena_allocs(host->arena);

	hvpt_arena_fail_at(host->arena, nth > done ? nth - done : 0);
}

/* Of the file that was given, or what the table needs. */
static struct hypervisor_config
properties_of(const struct replay_options *options)
{
	struct hypervisor_config config = options->model;

	if (options->has_model)
		return config;
	config.caps = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1 |
		      HYPERVISOR_CAP_ATS;
	if (options->levels == 5)
		config.caps |= HYPERVISOR_CAP_S1_5LVL;
	config.page_sizes = options->page_sizes;
	config.iova_width = options->width;
	config.canonical = options->form != HVPT_IOVA_PLAIN;
	return config;
}

static void create_hypervisor(struct replay_host *host)
{
	const struct replay_options *options = host->options;
	struct hypervisor_config config = properties_of(options);
	size_t i;

	config.read64 = hvpt_arena_read64;
	config.read_ctx = host->arena;
	host->hv = hypervisor_create(&config);
	if (host->qemu)
		host->qemu->hv = host->hv;
	for (i = 0; i < options->inject.count; i++)
		hypervisor_inject(host->hv, &options->inject.call[i]);
	host_fail_allocs(host);
}

static enum hvpt_status probe(struct replay_host *host)
{
	struct hvpt_iommu_config config;

	memset(&config, 0, sizeof(config));
	config.transport.ops = &hvpt_hypervisor_transport;
	config.transport.ctx = host->hv;
	if (host->qemu && host->qemu->ops->transport) {
		config.transport.ops = host->qemu->ops->transport;
		config.transport.ctx = host->qemu;
	}
	return hvpt_iommu_init(&host->iommu, &config);
}

/* In addition to the model; table pages are in its memory. */
static const char *open_qemu(struct replay_host *host)
{
	const struct backend_qemu_ops *ops = &backend_vtd_ops;
	const char *error;

	if (host->options->walker == WALKER_CPU)
		ops = &backend_cpu_ops;
	host->qemu = backend_qemu_open(ops, host->options, &error);
	if (!host->qemu)
		return error;
	host->backend[1] = &host->qemu->base;
	host->arena = backend_qemu_arena(host->qemu, &host->table_pages);
	return NULL;
}

static bool open_backends(struct replay_host *host)
{
	const char *error = NULL;

	host->model.ops = &backend_model_ops;
	host->backend[0] = &host->model;
	if (host->options->walker == WALKER_MODEL)
		host->arena = hvpt_arena_create(host->table_pages,
						HOST_GPA_BASE);
	else
		error = open_qemu(host);
	if (host->arena)
		return true;
	snprintf(host->error, sizeof(host->error), "%s",
		 error ? error : "cannot reserve memory for table pages");
	backend_qemu_close(host->qemu);
	return false;
}

bool host_open(struct replay_host *host, const struct replay_options *options,
	       size_t table_pages)
{
	enum hvpt_status status;

	memset(host, 0, sizeof(*host));
	host->options = options;
	host->table_pages = table_pages;
	if (!open_backends(host))
		return false;
	create_hypervisor(host);
	host->pages.arena = host->arena;
	host->pages.hv = host->hv;
	hvpt_registry_init(&host->registry);
	status = probe(host);
	host->iommu_up = status == HVPT_OK;
	if (!host->iommu_up)
		host_set_error(host, "no pvIOMMU", status);
	return host->iommu_up;
}

size_t host_close(struct replay_host *host)
{
	size_t pages;

	if (!host->arena)
		return 0;
	pages = hvpt_arena_in_use(host->arena);
	hypervisor_destroy(host->hv);
	hvpt_arena_destroy(host->arena);
	backend_qemu_close(host->qemu);
	return pages;
}

bool host_ran_out(const struct replay_host *host)
{
	return hvpt_arena_peak(host->arena) == host->table_pages;
}

/* ---- things go wrong ------------------------------------------------- */

struct host_mark host_mark(struct replay_host *host)
{
	struct hypervisor_stats stats;
	struct host_mark mark;

	hypervisor_read_stats(host->hv, &stats);
	mark.failures = stats.failures;
	mark.calls = stats.calls;
	mark.allocs = hvpt_arena_allocs(host->arena);
	return mark;
}

bool host_call_failed(struct replay_host *host, const struct host_mark *mark)
{
	if (host->calm || host->options->inject.count == 0)
		return false;
	return host_mark(host).failures != mark->failures;
}

bool host_alloc_failed(struct replay_host *host, const struct host_mark *mark)
{
	uint64_t nth = host->options->inject.alloc;

	return nth > mark->allocs && nth <= hvpt_arena_allocs(host->arena);
}

void host_set_error(struct replay_host *host, const char *what,
		    enum hvpt_status status)
{
	const char *name;
	uint16_t code;
	uint16_t raw;

	if (!hvpt_iommu_last_failure(&host->iommu, &code, &raw)) {
		snprintf(host->error, sizeof(host->error), "%s: %s", what,
			 hvpt_status_name(status));
		return;
	}
	name = hypervisor_call_name(code);
	snprintf(host->error, sizeof(host->error),
		 "%s: %s; the hypervisor answered 0x%04x (%s) to %s", what,
		 hvpt_status_name(status), (unsigned)raw,
		 hvpt_hv_status_name(raw), name ? name : "a hypercall");
}

const char *host_backend_error(const struct replay_host *host)
{
	const char *error = NULL;
	size_t i;

	for (i = 0; i < HOST_BACKENDS && host->backend[i] && !error; i++)
		error = host->backend[i]->error;
	return error;
}

void host_calm(struct replay_host *host)
{
	host->calm = true;
	hypervisor_inject_nothing(host->hv);
	hvpt_arena_fail_at(host->arena, 0);
}
