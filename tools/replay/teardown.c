/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "teardown.h"

#include "check_dma.h"
#include "replay_sync.h"
#include "report.h"
#include "session.h"
#include "tools/options.h"

/* ---- steps ----------------------------------------------------------- */

typedef enum hvpt_status (*step_fn)(struct replay_host *host,
				    struct domain *domain);

/* However often a step may fail, the last try is without failures. */
static bool persist(struct session *session, struct domain *domain,
		    step_fn step, const char *what)
{
	struct replay_host *host = &session->domains.host;
	uint64_t tries = inject_tries(&session->options->inject);

	for (;;) {
		struct host_mark mark = host_mark(host);
		enum hvpt_status status = step(host, domain);

		if (status == HVPT_OK)
			return true;
		if (!check_that(&session->checker,
				host_call_failed(host, &mark), "%s: %s", what,
				hvpt_status_name(status)))
			return false;
		session->result->failed_calls++;
		host_set_error(host, what, status);
		if (--tries == 0) {
			session_error(session, host->error);
			host_calm(host);
		}
	}
}

static enum hvpt_status block(struct replay_host *host, struct domain *domain)
{
	struct hvpt_domain *blocked = hvpt_iommu_blocked(&host->iommu);
	struct hvpt_device *device = &domain->device;

	if (hvpt_device_duty_before(device, blocked) == HVPT_ATS_DISABLE) {
		hypervisor_set_ats(host->hv, domain->device_id, false);
		hvpt_device_set_ats(device, false);
	}
	return hvpt_device_attach(device, blocked);
}

static enum hvpt_status detach(struct replay_host *host, struct domain *domain)
{
	(void)host;
	return hvpt_device_detach(&domain->device);
}

static enum hvpt_status destroy(struct replay_host *host, struct domain *domain)
{
	(void)host;
	return hvpt_domain_destroy(&domain->domain);
}

static enum hvpt_status remove_device(struct replay_host *host,
				      struct domain *domain)
{
	(void)host;
	return hvpt_device_remove(&domain->device);
}

static enum hvpt_status unregister(struct replay_host *host,
				   struct domain *domain)
{
	return hvpt_registry_remove(&host->registry, &domain->segment);
}

static enum hvpt_status destroy_iommu(struct replay_host *host,
				      struct domain *domain)
{
	(void)domain;
	return hvpt_iommu_destroy(&host->iommu);
}

/* ---- a domain -------------------------------------------------------- */

/* If it always fails, that was reported; then try without failures. */
static void final_sync(struct session *session, struct domain *domain)
{
	if (sync_until_done(session, domain))
		return;
	host_calm(&session->domains.host);
	check_that(&session->checker, sync_until_done(session, domain),
		   "no sync, although no failure is injected");
}

static bool stop_device(struct session *session, struct domain *domain)
{
	if (!domain->probed)
		return true;
	if (!persist(session, domain, block, "cannot block a device"))
		return false;
	check_dma_blocked(&session->checker, domain, ", in the blocked domain");
	if (!persist(session, domain, detach, "cannot detach a device"))
		return false;
	check_dma_blocked(&session->checker, domain, ", of a detached device");
	return true;
}

static bool forget_device(struct session *session, struct domain *domain)
{
	if (domain->probed) {
		check_dma_blocked(&session->checker, domain,
				  ", with the domain destroyed");
		if (!persist(session, domain, remove_device,
			     "cannot remove a device"))
			return false;
	}
	hypervisor_remove_device(domain->hv, domain->device_id);
	return persist(session, domain, unregister, "cannot unregister a bus");
}

static bool end_domain(struct session *session, struct domain *domain)
{
	final_sync(session, domain);
	return stop_device(session, domain) &&
	       persist(session, domain, destroy, "cannot destroy a domain") &&
	       forget_device(session, domain);
}

/* ---- all ------------------------------------------------------------- */

static void check_nothing_left(struct session *session)
{
	struct replay_host *host = &session->domains.host;
	struct checker *checker = &session->checker;
	size_t pages = hvpt_arena_in_use(host->arena);

	check_that(checker, pages == host->leaked,
		   "%zu table pages were not freed", pages - host->leaked);
	check_that(checker, hypervisor_cached(host->hv) == 0,
		   "%zu stale entries are still cached",
		   hypervisor_cached(host->hv));
	/* A page is leaked if the domain could not be deleted. */
	check_that(checker, hypervisor_domains(host->hv) == host->leaked,
		   "the hypervisor has %zu domains left",
		   hypervisor_domains(host->hv));
}

void teardown(struct session *session)
{
	struct domain_set *domains = &session->domains;
	bool good = true;
	size_t i;

	for (i = 0; i < domains->count; i++)
		good = end_domain(session, domains->list[i]) && good;
	good = persist(session, NULL, destroy_iommu,
		       "cannot destroy the iommu") &&
	       good;
	if (good)
		check_nothing_left(session);
	check_dma_violations(&session->checker, &domains->host);
}
