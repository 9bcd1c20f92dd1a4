/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "replay_host.h"

#include <stdio.h>
#include <string.h>

#include "walker.h"

/* ---- setting up ------------------------------------------------------ */

void world_fail_allocs(struct world *world)
{
	uint64_t nth = world->options->inject.alloc;
	uint64_t done = hvpt_arena_allocs(world->arena);

	hvpt_arena_fail_at(world->arena, nth > done ? nth - done : 0);
}

static void create_hypervisor(struct world *world)
{
	const struct replay_options *options = world->options;
	struct hypervisor_config config;
	size_t i;

	memset(&config, 0, sizeof(config));
	config.read64 = hvpt_arena_read64;
	config.read_ctx = world->arena;
	config.caps = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1 |
		      HYPERVISOR_CAP_ATS;
	if (options->levels == 5)
		config.caps |= HYPERVISOR_CAP_S1_5LVL;
	config.page_sizes = options->page_sizes;
	config.iova_width = options->width;
	config.canonical = options->form != HVPT_IOVA_PLAIN;
	world->hv = hypervisor_create(&config);
	if (world->walk)
		world->walk->hv = world->hv;
	for (i = 0; i < options->inject.count; i++)
		hypervisor_inject(world->hv, &options->inject.call[i]);
	world_fail_allocs(world);
}

static enum hvpt_status probe(struct world *world)
{
	struct hvpt_iommu_config config;

	memset(&config, 0, sizeof(config));
	config.transport.ops = &hvpt_hypervisor_transport;
	config.transport.ctx = world->hv;
	if (world->options->walker == WALKER_VTD) {
		config.transport.ops = &walk_vtd_transport;
		config.transport.ctx = world->walk;
	}
	return hvpt_iommu_init(&world->iommu, &config);
}

/* With a walker the table pages are where it sees them. */
static bool create_arena(struct world *world)
{
	const char *error = "cannot reserve memory for table pages";

	if (world->options->walker == WALKER_MODEL) {
		world->arena = hvpt_arena_create(world->table_pages,
						 WORLD_GPA_BASE);
	} else {
		world->walk = walk_open(world->options, &error);
		if (world->walk)
			world->arena = walk_arena(world->walk,
						  &world->table_pages);
	}
	if (world->arena)
		return true;
	snprintf(world->error, sizeof(world->error), "%s", error);
	walk_close(world->walk);
	return false;
}

bool world_open(struct world *world, const struct replay_options *options,
		size_t table_pages)
{
	enum hvpt_status status;

	memset(world, 0, sizeof(*world));
	world->options = options;
	world->table_pages = table_pages;
	if (!create_arena(world))
		return false;
	create_hypervisor(world);
	world->pages.arena = world->arena;
	world->pages.hv = world->hv;
	hvpt_registry_init(&world->registry);
	status = probe(world);
	world->iommu_up = status == HVPT_OK;
	if (!world->iommu_up)
		world_set_error(world, "no pvIOMMU", status);
	return world->iommu_up;
}

size_t world_close(struct world *world)
{
	size_t pages;

	if (!world->arena)
		return 0;
	pages = hvpt_arena_in_use(world->arena);
	hypervisor_destroy(world->hv);
	hvpt_arena_destroy(world->arena);
	walk_close(world->walk);
	return pages;
}

bool world_ran_out(const struct world *world)
{
	return hvpt_arena_peak(world->arena) == world->table_pages;
}

/* ---- things go wrong ------------------------------------------------- */

struct world_mark world_mark(struct world *world)
{
	struct hypervisor_stats stats;
	struct world_mark mark;

	hypervisor_read_stats(world->hv, &stats);
	mark.failures = stats.failures;
	mark.calls = stats.calls;
	mark.allocs = hvpt_arena_allocs(world->arena);
	return mark;
}

bool world_call_failed(struct world *world, const struct world_mark *mark)
{
	if (world->calm || world->options->inject.count == 0)
		return false;
	return world_mark(world).failures != mark->failures;
}

bool world_alloc_failed(struct world *world, const struct world_mark *mark)
{
	uint64_t nth = world->options->inject.alloc;

	return nth > mark->allocs && nth <= hvpt_arena_allocs(world->arena);
}

void world_set_error(struct world *world, const char *what,
		     enum hvpt_status status)
{
	const char *name;
	uint16_t code;
	uint16_t raw;

	if (!hvpt_iommu_last_failure(&world->iommu, &code, &raw)) {
		snprintf(world->error, sizeof(world->error), "%s: %s", what,
			 hvpt_status_name(status));
		return;
	}
	name = hypervisor_call_name(code);
	snprintf(world->error, sizeof(world->error),
		 "%s: %s; the hypervisor answered 0x%04x (%s) to %s", what,
		 hvpt_status_name(status), (unsigned)raw,
		 hvpt_hv_status_name(raw), name ? name : "a hypercall");
}

void world_calm(struct world *world)
{
	world->calm = true;
	hypervisor_inject_nothing(world->hv);
	hvpt_arena_fail_at(world->arena, 0);
}
