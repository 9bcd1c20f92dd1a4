/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "teardown.h"

#include "dma_judge.h"
#include "settle.h"

/* ---- steps ----------------------------------------------------------- */

typedef enum hvpt_status (*step_fn)(struct world *world, struct domain *domain);

/* Whether a step may fail so often or not: the last try is without failures. */
static bool persist(struct apply *apply, struct domain *domain, step_fn step,
		    const char *what)
{
	struct world *world = &apply->domains.world;
	uint64_t tries = inject_tries(&apply->options->inject);

	for (;;) {
		struct world_mark mark = world_mark(world);
		enum hvpt_status status = step(world, domain);

		if (status == HVPT_OK)
			return true;
		if (!judge_that(&apply->judge, world_call_failed(world, &mark),
				"%s: %s", what, hvpt_status_name(status)))
			return false;
		apply->result->failed_calls++;
		world_set_error(world, what, status);
		if (--tries == 0) {
			apply_error(apply, world->error);
			world_calm(world);
		}
	}
}

static enum hvpt_status block(struct world *world, struct domain *domain)
{
	struct hvpt_domain *blocked = hvpt_iommu_blocked(&world->iommu);
	struct hvpt_device *device = &domain->device;

	if (hvpt_device_duty_before(device, blocked) == HVPT_ATS_DISABLE) {
		hypervisor_set_ats(world->hv, domain->device_id, false);
		hvpt_device_set_ats(device, false);
	}
	return hvpt_device_attach(device, blocked);
}

static enum hvpt_status detach(struct world *world, struct domain *domain)
{
	(void)world;
	return hvpt_device_detach(&domain->device);
}

static enum hvpt_status destroy(struct world *world, struct domain *domain)
{
	(void)world;
	return hvpt_domain_destroy(&domain->domain);
}

static enum hvpt_status remove_device(struct world *world,
				      struct domain *domain)
{
	(void)world;
	return hvpt_device_remove(&domain->device);
}

static enum hvpt_status unregister(struct world *world, struct domain *domain)
{
	return hvpt_registry_remove(&world->registry, &domain->segment);
}

static enum hvpt_status destroy_iommu(struct world *world,
				      struct domain *domain)
{
	(void)domain;
	return hvpt_iommu_destroy(&world->iommu);
}

/* ---- a domain -------------------------------------------------------- */

/* When it is to fail for ever, that was said; then without failures. */
static void final_sync(struct apply *apply, struct domain *domain)
{
	if (settle(apply, domain))
		return;
	world_calm(&apply->domains.world);
	judge_that(&apply->judge, settle(apply, domain),
		   "no sync, though nothing is in its way");
}

static bool stop_device(struct apply *apply, struct domain *domain)
{
	if (!domain->probed)
		return true;
	if (!persist(apply, domain, block, "cannot block a device"))
		return false;
	dma_blocked(&apply->judge, domain, "in the blocked domain");
	if (!persist(apply, domain, detach, "cannot detach a device"))
		return false;
	dma_blocked(&apply->judge, domain, "of a detached device");
	return true;
}

static bool forget_device(struct apply *apply, struct domain *domain)
{
	if (domain->probed) {
		dma_blocked(&apply->judge, domain, "with the domain destroyed");
		if (!persist(apply, domain, remove_device,
			     "cannot remove a device"))
			return false;
	}
	hypervisor_remove_device(domain->hv, domain->device_id);
	return persist(apply, domain, unregister, "cannot unregister a bus");
}

static bool end_domain(struct apply *apply, struct domain *domain)
{
	final_sync(apply, domain);
	return stop_device(apply, domain) &&
	       persist(apply, domain, destroy, "cannot destroy a domain") &&
	       forget_device(apply, domain);
}

/* ---- all ------------------------------------------------------------- */

static void judge_nothing_left(struct apply *apply)
{
	struct world *world = &apply->domains.world;
	struct judge *judge = &apply->judge;
	size_t pages = hvpt_arena_in_use(world->arena);

	judge_that(judge, pages == world->leaked,
		   "%zu table pages did not come back", pages - world->leaked);
	judge_that(judge, hypervisor_cached(world->hv) == 0,
		   "%zu entries are cached of nothing",
		   hypervisor_cached(world->hv));
	/* A page is leaked when the domain could not be deleted. */
	judge_that(judge, hypervisor_domains(world->hv) == world->leaked,
		   "the hypervisor has %zu domains left",
		   hypervisor_domains(world->hv));
}

void teardown(struct apply *apply)
{
	struct domain_set *domains = &apply->domains;
	bool good = true;
	size_t i;

	for (i = 0; i < domains->count; i++)
		good = end_domain(apply, domains->list[i]) && good;
	good = persist(apply, NULL, destroy_iommu,
		       "cannot destroy the iommu") &&
	       good;
	if (good)
		judge_nothing_left(apply);
	dma_violations(&apply->judge, &domains->world);
}
