/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "settle.h"

#include "dma_judge.h"

#define FLUSH HVPT_HVCALL_FLUSH_DEVICE_DOMAIN
#define FLUSH_LIST HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST

bool settle_same_gather(const struct hvpt_gather *a,
			const struct hvpt_gather *b)
{
	uint32_t i;

	if (a->tables != b->tables || a->table_count != b->table_count ||
	    a->range_count != b->range_count)
		return false;
	for (i = 0; i < a->range_count; i++) {
		if (a->range[i].first.value != b->range[i].first.value ||
		    a->range[i].last.value != b->range[i].last.value)
			return false;
	}
	return true;
}

/* ---- figures --------------------------------------------------------- */

/** What the hypervisor had counted before a sync. */
struct before {
	struct hypervisor_stats stats;
	uint64_t flush_calls;
};

static uint64_t flush_calls(struct hypervisor *hv)
{
	return hypervisor_calls(hv, FLUSH) + hypervisor_calls(hv, FLUSH_LIST);
}

static struct before look(struct hypervisor *hv)
{
	struct before before;

	hypervisor_read_stats(hv, &before.stats);
	before.flush_calls = flush_calls(hv);
	return before;
}

static uint64_t pages_asked(const struct hvpt_gather *gather)
{
	uint64_t pages = 0;
	uint32_t i;

	for (i = 0; i < gather->range_count; i++)
		pages += ((gather->range[i].last.value -
			   gather->range[i].first.value) >>
			  HVPT_PAGE_LG2) +
			 1;
	return pages;
}

/* Too much is what lists flush beside what was asked. */
static void count(struct apply *apply, const struct before *before,
		  const struct hvpt_gather *gather, bool good)
{
	struct replay_result *result = apply->result;
	struct before now = look(apply->domains.world.hv);
	uint64_t pages = now.stats.flushed_pages - before->stats.flushed_pages;

	result->flush_calls += now.flush_calls - before->flush_calls;
	if (!good) {
		result->failed_syncs++;
		return;
	}
	result->syncs++;
	if (now.flush_calls == before->flush_calls)
		return;
	result->pages_asked += pages_asked(gather);
	if (now.stats.full_flushes == before->stats.full_flushes)
		result->over_flushed_pages += pages - pages_asked(gather);
}

/* ---- one sync -------------------------------------------------------- */

static void forget_waiting(struct domain *domain)
{
	uint64_t first, last, gpa;
	unsigned prot;

	domain->unsynced = 0;
	domain->touched.count = 0;
	if (!hvpt_model_next(domain->waiting, 0, &first, &last, &gpa, &prot))
		return;
	hvpt_model_destroy(domain->waiting);
	domain->waiting = hvpt_model_create();
}

/* What waited is gone, in memory and in caches; what is around it is there. */
static void judge_synced(struct apply *apply, struct domain *domain)
{
	struct hvpt_model *gone = domain->waiting;

	judge_that(&apply->judge, hvpt_gather_is_empty(&domain->owed),
		   "a synced gather is not empty");
	domain->waiting = hvpt_model_create();
	dma_touched(&apply->judge, domain, 0);
	dma_runs(&apply->judge, domain, gone, apply->options);
	hvpt_model_destroy(gone);
	forget_waiting(domain);
}

/* Nothing owed: nothing asked. */
static bool nothing_owed(struct apply *apply, struct domain *domain)
{
	struct world *world = &apply->domains.world;
	struct world_mark mark = world_mark(world);
	enum hvpt_status status = hvpt_domain_sync(&domain->domain,
						   &domain->owed);

	judge_that(&apply->judge, status == HVPT_OK,
		   "sync of an empty gather: %s", hvpt_status_name(status));
	judge_that(&apply->judge, world_mark(world).calls == mark.calls,
		   "sync of an empty gather makes hypercalls");
	forget_waiting(domain);
	return status == HVPT_OK;
}

bool settle_try(struct apply *apply, struct domain *domain)
{
	struct world *world = &apply->domains.world;
	struct world_mark mark = world_mark(world);
	struct before before = look(world->hv);
	struct hvpt_gather gather = domain->owed;
	enum hvpt_status status;

	if (hvpt_gather_is_empty(&gather))
		return nothing_owed(apply, domain);
	status = hvpt_domain_sync(&domain->domain, &domain->owed);
	count(apply, &before, &gather, status == HVPT_OK);
	if (status == HVPT_OK) {
		judge_synced(apply, domain);
		return true;
	}
	judge_that(&apply->judge, world_call_failed(world, &mark),
		   "sync: %s for no reason", hvpt_status_name(status));
	judge_that(&apply->judge, settle_same_gather(&domain->owed, &gather),
		   "a sync which failed changed the gather");
	world_set_error(world, "cannot flush", status);
	dma_touched(&apply->judge, domain, 0);
	return false;
}

bool settle(struct apply *apply, struct domain *domain)
{
	uint64_t tries = inject_tries(&apply->options->inject);

	while (tries-- > 0) {
		if (settle_try(apply, domain))
			return true;
	}
	apply_error(apply, apply->domains.world.error);
	return false;
}

bool settle_early(struct apply *apply, struct domain *domain)
{
	apply->result->forced_syncs++;
	return settle(apply, domain);
}
