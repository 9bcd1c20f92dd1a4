/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "replay_sync.h"

#include "check_dma.h"
#include "report.h"
#include "session.h"
#include "tools/gather_pages.h"
#include "tools/options.h"

#define FLUSH HVPT_HVCALL_FLUSH_DEVICE_DOMAIN
#define FLUSH_LIST HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST

/* ---- figures --------------------------------------------------------- */

/** Counters of the hypervisor before a sync. */
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

/* Over-flushed: what lists flush beyond what was asked. */
static void count(struct session *session, const struct before *before,
		  const struct hvpt_gather *gather, bool good)
{
	struct replay_result *result = session->result;
	struct before now = look(session->domains.host.hv);
	uint64_t pages = now.stats.flushed_pages - before->stats.flushed_pages;

	result->flush_calls += now.flush_calls - before->flush_calls;
	if (!good) {
		result->failed_syncs++;
		return;
	}
	result->syncs++;
	if (now.flush_calls == before->flush_calls)
		return;
	result->pages_asked += gather_pages(gather);
	if (now.stats.full_flushes == before->stats.full_flushes)
		result->over_flushed_pages += pages - gather_pages(gather);
}

/* ---- one sync -------------------------------------------------------- */

static void forget_stale(struct domain *domain)
{
	domain->unsynced = 0;
	domain->touched.count = 0;
	stale_flushed(domain->stale, 0);
}

/* What was stale is gone, in memory and in caches; what is around it stays. */
static void check_synced(struct session *session, struct domain *domain)
{
	struct stale *gone = domain->stale;

	check_that(&session->checker, hvpt_gather_is_empty(&domain->gather),
		   "a synced gather is not empty");
	domain->stale = stale_create();
	check_dma_touched(&session->checker, domain, 0);
	check_dma_runs(&session->checker, domain, gone, session->options);
	stale_destroy(gone);
	forget_stale(domain);
}

/* Nothing is pending, so no hypercall may be made. */
static bool sync_nothing(struct session *session, struct domain *domain)
{
	struct replay_host *host = &session->domains.host;
	struct host_mark mark = host_mark(host);
	enum hvpt_status status = hvpt_domain_sync(&domain->domain,
						   &domain->gather);

	check_that(&session->checker, status == HVPT_OK,
		   "sync of an empty gather: %s", hvpt_status_name(status));
	check_that(&session->checker, host_mark(host).calls == mark.calls,
		   "sync of an empty gather makes hypercalls");
	forget_stale(domain);
	return status == HVPT_OK;
}

bool sync_try(struct session *session, struct domain *domain)
{
	struct replay_host *host = &session->domains.host;
	struct host_mark mark = host_mark(host);
	struct before before = look(host->hv);
	struct hvpt_gather gather = domain->gather;
	enum hvpt_status status;

	if (hvpt_gather_is_empty(&gather))
		return sync_nothing(session, domain);
	status = hvpt_domain_sync(&domain->domain, &domain->gather);
	count(session, &before, &gather, status == HVPT_OK);
	if (status == HVPT_OK) {
		check_synced(session, domain);
		return true;
	}
	check_that(&session->checker, host_call_failed(host, &mark),
		   "sync: %s without a failed hypercall",
		   hvpt_status_name(status));
	check_that(&session->checker, gather_equal(&domain->gather, &gather),
		   "a failed sync changed the gather");
	host_set_error(host, "cannot flush", status);
	check_dma_touched(&session->checker, domain, 0);
	return false;
}

bool sync_until_done(struct session *session, struct domain *domain)
{
	uint64_t tries = inject_tries(&session->options->inject);

	while (tries-- > 0) {
		if (sync_try(session, domain))
			return true;
	}
	session_error(session, session->domains.host.error);
	return false;
}

bool sync_early(struct session *session, struct domain *domain)
{
	session->result->forced_syncs++;
	return sync_until_done(session, domain);
}
