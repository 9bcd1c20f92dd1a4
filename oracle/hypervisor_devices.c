/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Domains and devices: what there is, and who is where.
 */
#include "hypervisor_state.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- domains --------------------------------------------------------- */

struct hypervisor_domain *hypervisor_domain_of(struct hypervisor *hv,
					       uint32_t id)
{
	return hypervisor_map_find(&hv->domains, id);
}

static void free_domain(struct hypervisor_domain *domain)
{
	hypervisor_cache_clear(&domain->cache);
	free(domain);
}

void hypervisor_drop_domain(struct hypervisor *hv,
			    struct hypervisor_domain *domain)
{
	hypervisor_map_take(&hv->domains, domain->id);
	free_domain(domain);
}

void hypervisor_drop_all(struct hypervisor *hv)
{
	size_t i;

	for (i = 0; i < hv->devices.count; i++) {
		struct hypervisor_device *device = hv->devices.at[i].item;

		hypervisor_move(device, NULL);
		device->detached = false;
		device->claimed = false;
	}
	for (i = 0; i < hv->domains.count; i++)
		free_domain(hv->domains.at[i].item);
	hv->domains.count = 0;
	hv->undead.count = 0;
}

size_t hypervisor_domains(struct hypervisor *hv)
{
	size_t count;

	hypervisor_lock(hv);
	count = hv->domains.count;
	hypervisor_unlock(hv);
	return count;
}

bool hypervisor_has_domain(struct hypervisor *hv, uint32_t domain_id)
{
	bool has;

	hypervisor_lock(hv);
	has = hypervisor_domain_of(hv, domain_id) != NULL;
	hypervisor_unlock(hv);
	return has;
}

size_t hypervisor_cached(struct hypervisor *hv)
{
	const struct hypervisor_domain *domain;
	size_t count = 0, i;

	hypervisor_lock(hv);
	for (i = 0; i < hv->domains.count; i++) {
		domain = hv->domains.at[i].item;
		count += hypervisor_cache_count(&domain->cache);
	}
	hypervisor_unlock(hv);
	return count;
}

/* What still leads to a table, in words; NULL: nothing of this domain. */
static const char *lead_to(const struct hypervisor_domain *domain, uint64_t gpa)
{
	if (domain->kind == HYPERVISOR_PAGING && domain->root == gpa)
		return "the root";
	if (hypervisor_cache_leads_to(&domain->cache, gpa))
		return "a cached table pointer";
	return NULL;
}

/* With a device the hypervisor reads the page; without one it may. */
static void freed_in(struct hypervisor *hv,
		     const struct hypervisor_domain *domain, uint64_t gpa)
{
	const char *lead = lead_to(domain, gpa);

	if (!lead || (domain->devices == 0 && hv->config.frees_before_delete))
		return;
	hypervisor_violate(hv,
			   "page %#" PRIx64 " freed, but %s of domain %" PRIu32
			   " leads to it%s",
			   gpa, lead, domain->id,
			   domain->devices ?
				   "" :
				   ", which has no device but is not deleted");
}

void hypervisor_page_freed(struct hypervisor *hv, uint64_t gpa)
{
	size_t i;

	hypervisor_lock(hv);
	for (i = 0; i < hv->domains.count; i++)
		freed_in(hv, hv->domains.at[i].item, gpa);
	hypervisor_unlock(hv);
}

/* ---- devices --------------------------------------------------------- */

struct hypervisor_device *hypervisor_device_of(struct hypervisor *hv,
					       uint64_t id)
{
	struct hypervisor_device *device = hypervisor_map_find(&hv->devices,
							       id);

	return device && !device->gone ? device : NULL;
}

void hypervisor_move(struct hypervisor_device *device,
		     struct hypervisor_domain *domain)
{
	if (device->domain)
		device->domain->devices--;
	if (domain)
		domain->devices++;
	device->domain = domain;
	device->detach_in = 0;
}

void hypervisor_detach(struct hypervisor_device *device)
{
	hypervisor_cache_clear(&device->domain->cache);
	hypervisor_move(device, NULL);
	device->detached = true;
}

void hypervisor_detach_due(struct hypervisor *hv)
{
	size_t i;

	for (i = 0; i < hv->devices.count; i++) {
		struct hypervisor_device *device = hv->devices.at[i].item;

		if (device->detach_in && --device->detach_in == 0)
			hypervisor_detach(device);
	}
}

void hypervisor_add_device(struct hypervisor *hv, uint64_t device_id,
			   bool managed)
{
	struct hypervisor_device *device;

	hypervisor_lock(hv);
	device = hypervisor_map_find(&hv->devices, device_id);
	if (device && !device->gone)
		hypervisor_die("a device of this id is there already");
	if (!device) {
		device = hypervisor_alloc(sizeof(*device));
		hypervisor_map_put(&hv->devices, device_id, device);
	}
	device->managed = managed;
	device->gone = false;
	hypervisor_unlock(hv);
}

void hypervisor_remove_device(struct hypervisor *hv, uint64_t device_id)
{
	struct hypervisor_device *device;

	hypervisor_lock(hv);
	device = hypervisor_device_of(hv, device_id);
	if (!device)
		hypervisor_die("no such device to remove");
	device->ats = false;
	device->claimed = false;
	device->gone = hv->config.gone_stays && device->domain;
	if (!device->gone) {
		hypervisor_move(device, NULL);
		free(hypervisor_map_take(&hv->devices, device_id));
	}
	hypervisor_unlock(hv);
}

void hypervisor_set_ats(struct hypervisor *hv, uint64_t device_id, bool on)
{
	struct hypervisor_device *device;

	hypervisor_lock(hv);
	device = hypervisor_device_of(hv, device_id);
	if (device)
		device->ats = on;
	if (device && on && device->domain &&
	    device->domain->kind == HYPERVISOR_BLOCKED)
		hypervisor_violate(hv,
				   "ATS of device %#" PRIx64
				   " switched on in the blocked domain",
				   device_id);
	hypervisor_unlock(hv);
}

bool hypervisor_device_domain(struct hypervisor *hv, uint64_t device_id,
			      uint32_t *domain_id)
{
	const struct hypervisor_device *device;
	bool attached;

	hypervisor_lock(hv);
	device = hypervisor_device_of(hv, device_id);
	attached = device && device->domain;
	if (attached)
		*domain_id = device->domain->id;
	hypervisor_unlock(hv);
	return attached;
}

/* ---- owners ---------------------------------------------------------- */

void hypervisor_new_owner(struct hypervisor *hv)
{
	size_t i;

	hypervisor_lock(hv);
	hv->owner++;
	hv->undead.count = 0;
	hv->injection_count = 0;
	for (i = 0; i < HYPERVISOR_PAGES; i++)
		hv->lent[i] = false;
	for (i = 0; i < hv->devices.count; i++) {
		struct hypervisor_device *device = hv->devices.at[i].item;

		device->claimed = false;
	}
	hypervisor_unlock(hv);
}

static void set_claim(struct hypervisor *hv, uint64_t device_id, bool claimed)
{
	struct hypervisor_device *device;

	hypervisor_lock(hv);
	device = hypervisor_device_of(hv, device_id);
	if (!device)
		hypervisor_die("no such device to claim");
	device->claimed = claimed;
	hypervisor_unlock(hv);
}

void hypervisor_claim(struct hypervisor *hv, uint64_t device_id)
{
	set_claim(hv, device_id, true);
}

void hypervisor_leave_running(struct hypervisor *hv, uint64_t device_id)
{
	set_claim(hv, device_id, false);
}

struct sdm_walker hypervisor_walker_of(const struct hypervisor *hv,
				       const struct hypervisor_domain *domain)
{
	struct sdm_walker walker = {
		.read64 = hv->config.read64,
		.ctx = hv->config.read_ctx,
		.levels = domain->kind == HYPERVISOR_PAGING ? domain->levels :
							      HYPERVISOR_LEVELS,
		.width = hv->config.iova_width,
		.maxphyaddr = 52,
		.canonical = hv->config.canonical,
	};

	if (walker.width > 12 + 9 * walker.levels)
		walker.width = 12 + 9 * walker.levels;
	if (walker.width <= 12)
		walker.width = 0;
	return walker;
}
