/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "bridge_devices.h"

struct bridge_domain *bridge_find_domain(struct bridge *bridge, uint32_t id)
{
	size_t i;

	for (i = 0; i < BRIDGE_DOMAINS; i++)
		if (bridge->domain[i].id == id)
			return &bridge->domain[i];
	return NULL;
}

uint16_t bridge_tag_of(const struct bridge *bridge,
		       const struct bridge_domain *domain)
{
	return (uint16_t)(domain - bridge->domain + 1);
}

struct bridge_device *bridge_find_device(struct bridge *bridge, uint64_t id)
{
	unsigned i;

	for (i = 0; i < VTD_DEVICE_END; i++)
		if (bridge->device[i].known && bridge->device[i].id == id)
			return &bridge->device[i];
	return NULL;
}

/* Where the VT-d begins: the root, or the PML4 below one entry of it. */
static uint64_t root_of(const struct bridge *bridge,
			const struct bridge_domain *domain)
{
	uint64_t entry;

	if (!domain->five_levels)
		return domain->root;
	entry = guest_ram_load(bridge->ram,
			       domain->root + UINT64_C(8) * bridge->slot);
	return entry & 1 ? entry & UINT64_C(0xffffffffff000) : 0;
}

void bridge_set_context(struct bridge *bridge, struct bridge_device *device)
{
	unsigned number = (unsigned)(device - bridge->device);
	const struct bridge_domain *domain = device->domain;
	uint64_t root = 0;

	if (!domain) {
		vtd_set_context(bridge->vtd, number, VTD_PASS_THROUGH, 0, 0);
		return;
	}
	if (domain->translation == VTD_FIRST_STAGE)
		root = root_of(bridge, domain);
	vtd_set_context(bridge->vtd, number,
			domain->translation == VTD_FIRST_STAGE && !root ?
				VTD_BLOCKED :
				domain->translation,
			bridge_tag_of(bridge, domain), root);
}

void bridge_enter(struct bridge *bridge, uint64_t iova)
{
	unsigned i;

	bridge->slot = (unsigned)(iova >> 48) & 511u;
	for (i = 0; i < VTD_DEVICE_END; i++) {
		struct bridge_device *device = &bridge->device[i];

		if (device->known && device->domain &&
		    device->domain->five_levels)
			bridge_set_context(bridge, device);
	}
}

void bridge_open(struct bridge *bridge, struct vtd *vtd,
		 const struct guest_ram *ram, uint64_t call_page)
{
	*bridge = (struct bridge){
		.vtd = vtd,
		.ram = ram,
		.call_page = call_page,
	};
}

void bridge_add_device(struct bridge *bridge, unsigned device, uint64_t id)
{
	bridge->device[device] = (struct bridge_device){
		.id = id,
		.known = true,
	};
	bridge_set_context(bridge, &bridge->device[device]);
}
