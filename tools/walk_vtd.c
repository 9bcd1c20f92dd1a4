/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The emulated VT-d as a judge: a device writes, and where does it get to? */
#include "walk.h"

#include <stdio.h>
#include <string.h>

#define PAGE HVPT_PAGE_BYTES
#define CALL_PAGE UINT64_C(0x20000)
#define DEVICE_ID UINT64_C(0x66558f70)

/* Below 2 GiB there is the data of recorded traffic. */
#define POOL UINT64_C(0x80000000)
#define POOL_PAGES ((size_t)(GUEST_RAM_MAX - POOL) / PAGE - 1)

/* Where a write would have to land which must be refused. */
#define NOWHERE (GUEST_RAM_MAX - PAGE)

bool walk_is_data(const struct walk *walk, uint64_t gpa)
{
	return gpa >= GUEST_RAM_HOLE_END && gpa < walk->ram.pool;
}

static bool start(struct walk *walk)
{
	const char *program = qemu_find(QEMU_FETCHED);
	struct hvpt_iommu_config config;
	enum hvpt_status status;

	if (!program) {
		snprintf(walk->result->error, sizeof(walk->result->error),
			 "no QEMU with such a VT-d; run scripts/get-qemu");
		return false;
	}
	guest_ram_open(&walk->ram, GUEST_RAM_MAX, POOL, POOL_PAGES);
	walk->qemu = qemu_start_vtd(program, &walk->ram);
	vtd_open(&walk->vtd, walk->qemu, &walk->ram, 0);
	dma_open(&walk->dma, walk->qemu, &walk->ram);
	bridge_open(&walk->bridge, &walk->vtd, &walk->ram, CALL_PAGE);
	bridge_add_device(&walk->bridge, VTD_DEVICE_TEST, DEVICE_ID);
	walk->bridge.drop_flushes = walk->options->drop_flushes;
	memset(&config, 0, sizeof(config));
	config.transport.ops = &bridge_ops;
	config.transport.ctx = &walk->bridge;
	status = hvpt_iommu_init(&walk->iommu, &config);
	if (status == HVPT_OK)
		status = hvpt_device_probe(&walk->device, &walk->iommu,
					   DEVICE_ID, false);
	if (status != HVPT_OK)
		walker_die("no pvIOMMU: %s", hvpt_status_name(status));
	return true;
}

static enum hvpt_status make(struct walk *walk, struct walk_domain *domain)
{
	struct hvpt_domain_config config;
	enum hvpt_status status;

	memset(&config, 0, sizeof(config));
	config.ops = &guest_ram_ops;
	config.ctx = &walk->ram;
	config.direct_map_offset = guest_ram_offset(&walk->ram);
	config.page_sizes = walk->options->page_sizes;
	config.levels = walk->options->levels;
	config.width = walk->options->width;
	config.form = walk->options->form;
	config.policy = walk->options->policy;
	status = hvpt_domain_init(&domain->domain, &walk->iommu, &config);
	if (status == HVPT_OK)
		domain->pt = hvpt_domain_pagetable(&domain->domain);
	return status;
}

/* The one device goes where it is looked from. */
static void show(struct walk *walk, struct walk_domain *domain)
{
	enum hvpt_status status;

	if (walk->shown == domain)
		return;
	status = hvpt_device_attach(&walk->device, &domain->domain);
	judge_that(&walk->judge, status == HVPT_OK, "attach: %s",
		   hvpt_status_name(status));
	walk->shown = domain;
}

/* A VT-d takes the top bit of an address for a sign. */
static uint64_t on_the_bus(uint64_t iova)
{
	return cpu_walk_sign_extend(iova, 4);
}

static enum walk_seen see(struct walk *walk, struct walk_domain *domain,
			  uint64_t iova, uint64_t gpa)
{
	bool known = walk_is_data(walk, gpa);
	struct vtd_fault fault;

	show(walk, domain);
	switch (dma_probe(&walk->dma, VTD_DEVICE_TEST, on_the_bus(iova),
			  known ? gpa : NOWHERE)) {
	case DMA_HIT:
		return WALK_THERE;
	case DMA_STRAY:
		return known ? WALK_ELSEWHERE : WALK_THERE;
	case DMA_REFUSED:
		break;
	}
	if (!vtd_take_fault(&walk->vtd, &fault))
		return WALK_ELSEWHERE;
	if (fault.address != (on_the_bus(iova) & ~(PAGE - 1)))
		return WALK_ELSEWHERE;
	if (fault.reason == VTD_REASON_WRITE)
		return WALK_READ_ONLY;
	return fault.reason == VTD_REASON_NOT_PRESENT ? WALK_NOTHING :
							WALK_ELSEWHERE;
}

static enum hvpt_status sync_domain(struct walk *walk,
				    struct walk_domain *domain)
{
	(void)walk;
	return hvpt_domain_sync(&domain->domain, &domain->owed);
}

static void whole(struct walk *walk, struct walk_domain *domain)
{
	(void)walk;
	(void)domain;
}

static void judge_status(struct walk *walk, const char *what,
			 enum hvpt_status status)
{
	judge_that(&walk->judge, status == HVPT_OK, "%s: %s", what,
		   hvpt_status_name(status));
}

static void count_calls(const struct bridge *bridge,
			struct replay_result *result)
{
	uint16_t code;
	size_t i;

	for (i = 0; i < REPORT_CALLS_MAX; i++) {
		code = hypervisor_call_code(i);
		if (code == 0)
			break;
		result->calls[i].name = hypervisor_call_name(code);
		result->calls[i].count = bridge->by_code[code];
	}
	result->hypercalls = bridge->calls;
	result->flush_calls = bridge->flushes;
	result->descriptors = bridge->entries;
}

static void finish(struct walk *walk)
{
	struct hvpt_domain *blocked = hvpt_iommu_blocked(&walk->iommu);
	size_t i;

	judge_status(walk, "attach to blocked",
		     hvpt_device_attach(&walk->device, blocked));
	judge_that(&walk->judge,
		   dma_probe(&walk->dma, VTD_DEVICE_TEST, 0, NOWHERE) ==
			   DMA_REFUSED,
		   "the device is blocked, and not refused");
	for (i = 0; i < walk->count; i++)
		judge_status(walk, "destroy of a domain",
			     hvpt_domain_destroy(&walk->domain[i]->domain));
	judge_status(walk, "removal of the device",
		     hvpt_device_remove(&walk->device));
	walk->bridge.device[VTD_DEVICE_TEST].domain = NULL;
	judge_status(walk, "end of the pvIOMMU",
		     hvpt_iommu_destroy(&walk->iommu));
	judge_that(&walk->judge, walk->bridge.refused == 0,
		   "the hypervisor refused something");
	count_calls(&walk->bridge, walk->result);
	walk->result->dmas = walk->dma.probes;
}

const struct walk_ops walk_vtd_ops = {
	.permissions = true,
	.start = start,
	.make = make,
	.see = see,
	.sync = sync_domain,
	.whole = whole,
	.finish = finish,
};
