/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Setup of a domain of the library, with a device in it. */
#include "replay_domain.h"

#include <stdio.h>
#include <string.h>

#include "tools/options.h"

static void init_walker(struct replay_host *host, struct domain *domain)
{
	struct sdm_walker *walker = &domain->walker;

	walker->read64 = hvpt_arena_read64;
	walker->ctx = host->arena;
	walker->root = hvpt_pt_root_gpa(domain->pt).value;
	walker->address_mask = 0;
	walker->levels = host->options->levels;
	walker->width = host->options->width;
	walker->maxphyaddr = 52;
	walker->canonical = host->options->form != HVPT_IOVA_PLAIN;
}

/*
 * A page may be leaked only if the hypervisor may still use it: CONFIGURE and
 * DELETE failed.
 */
static void note_leak(struct replay_host *host, size_t pages_before,
		      const struct host_mark *mark)
{
	size_t pages = hvpt_arena_in_use(host->arena);

	if (pages > pages_before && host_call_failed(host, mark) &&
	    host_mark(host).failures - mark->failures >= 2)
		host->leaked += pages - pages_before;
}

static bool make_domain(struct replay_host *host, struct domain *domain)
{
	size_t pages = hvpt_arena_in_use(host->arena);
	struct host_mark mark = host_mark(host);
	struct hvpt_domain_config config;
	enum hvpt_status status;

	memset(&config, 0, sizeof(config));
	config.pt.ops = &hvpt_hypervisor_page_ops;
	config.pt.ctx = &host->pages;
	config.pt.direct_map_offset = hvpt_arena_offset(host->arena);
	config.pt.page_sizes = host->options->page_sizes;
	config.pt.levels = host->options->levels;
	config.pt.width = host->options->width;
	config.pt.form = host->options->form;
	config.policy = host->options->policy;
	status = hvpt_domain_init(&domain->domain, &host->iommu, &config);
	if (status != HVPT_OK) {
		note_leak(host, pages, &mark);
		host_set_error(host, "no domain", status);
		return false;
	}
	domain->pt = hvpt_domain_pagetable(&domain->domain);
	init_walker(host, domain);
	return true;
}

/* Each domain has a bus of its own, whose GUID is derived from its number. */
static enum hvpt_status make_id(struct replay_host *host, struct domain *domain,
				size_t number)
{
	uint8_t guid[16] = { 0xad, 0x1c, 0x4e, 0x71, 0, 0, 0, 0x40,
			     0x9d, 0x21, 0x5b, 0xc6, 2, 0, 0, 1 };
	struct hvpt_segment_ref ref;
	enum hvpt_status status;

	guid[4] = (uint8_t)number;
	guid[5] = (uint8_t)(number >> 8);
	status = hvpt_registry_add(&host->registry, &domain->segment,
				   (uint32_t)number, hvpt_logical_prefix(guid));
	if (status == HVPT_OK)
		status = hvpt_registry_lookup(&host->registry, (uint32_t)number,
					      &ref);
	if (status == HVPT_OK)
		status = hvpt_logical_id(ref.prefix, 0, &domain->device_id);
	return status;
}

static enum hvpt_status attach(struct domain *domain)
{
	struct hvpt_device *device = &domain->device;
	enum hvpt_status status = hvpt_device_attach(device, &domain->domain);

	if (status == HVPT_OK && hvpt_device_duty(device) == HVPT_ATS_ENABLE) {
		hypervisor_set_ats(domain->hv, domain->device_id, true);
		hvpt_device_set_ats(device, true);
	}
	return status;
}

bool domain_set_up(struct replay_host *host, struct domain *domain,
		   size_t number)
{
	enum hvpt_status status;

	domain->hv = host->hv;
	domain->backend = host->backend;
	if (!make_domain(host, domain))
		return false;
	status = make_id(host, domain, number);
	if (status != HVPT_OK) {
		host_set_error(host, "no device id", status);
		return false;
	}
	hypervisor_add_device(host->hv, domain->device_id, true);
	status = hvpt_device_probe(&domain->device, &host->iommu,
				   domain->device_id, true);
	domain->probed = status == HVPT_OK;
	if (status == HVPT_OK)
		status = attach(domain);
	if (status != HVPT_OK)
		host_set_error(host,
			       domain->probed ? "no device attached" :
						"no device probed",
			       status);
	return status == HVPT_OK;
}
