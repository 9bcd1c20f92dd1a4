/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "domain_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_PAGES 4096u
#define ARENA_GPA UINT64_C(0x40000000)

void df_die(const struct domain_fixture *df, const char *file, int line,
	    const char *text)
{
	fprintf(stderr, "%s:%d: step %u: %s\n", file, line, df->step, text);
	abort();
}

void df_check_ok(const struct domain_fixture *df, enum hvpt_status status,
		 const char *file, int line)
{
	if (status != HVPT_OK)
		df_die(df, file, line, hvpt_status_name(status));
}

void df_check(struct domain_fixture *df)
{
	const char *violation = hypervisor_violation(df->hv);

	DF_CHECK(df, !violation[0], violation);
}

unsigned df_identity(const struct domain_fixture *df)
{
	return df->domains;
}

unsigned df_blocked(const struct domain_fixture *df)
{
	return df->domains + 1;
}

unsigned df_places(const struct domain_fixture *df)
{
	return df->domains + 2;
}

unsigned df_own_domains(const struct domain_fixture *df)
{
	return df->domains + 2;
}

/* ---- life ------------------------------------------------------------ */

/* The arena stays for the next run, unless pages of it were given up. */
static void end(struct domain_fixture *df)
{
	hypervisor_destroy(df->hv);
	if (hvpt_arena_in_use(df->arena) == 0)
		return;
	hvpt_arena_destroy(df->arena);
	df->arena = NULL;
}

static void prepare(struct domain_fixture *df, struct source *source)
{
	df_set_host(df, source);
	df->hv = hypervisor_create(&df->host);
	df->pages.arena = df->arena;
	df->pages.hv = df->hv;
	df->config.transport.ops = &df_transport;
	df->config.transport.ctx = df;
	df->domain_config.pt.ops = &hvpt_hypervisor_page_ops;
	df->domain_config.pt.ctx = &df->pages;
	df->domain_config.pt.direct_map_offset = hvpt_arena_offset(df->arena);
}

static bool init(struct domain_fixture *df, struct source *source)
{
	enum hvpt_status status;

	if (source_byte(source) >= 240)
		df_arm(df, source);
	status = hvpt_iommu_init(&df->iommu, &df->config);
	if (status == HVPT_OK) {
		df_disarm(df);
		return true;
	}
	DF_CHECK_STATUS(df, df_may_fail_probe(df, status), status);
	df_check(df);
	end(df);
	return false;
}

bool df_start(struct domain_fixture *df, struct source *source,
	      unsigned domains, unsigned devices)
{
	struct hvpt_arena *arena = df->arena;
	unsigned n;

	memset(df, 0, sizeof(*df));
	df->arena = arena ? arena : hvpt_arena_create(ARENA_PAGES, ARENA_GPA);
	DF_CHECK(df, df->arena, "no arena");
	df->domains = domains;
	df->devices = devices;
	prepare(df, source);
	if (!init(df, source))
		return false;
	for (n = 0; n < domains; n++)
		df_make_domain(df, n);
	for (n = 0; n < devices; n++) {
		df_plug(df, n);
		DF_CHECK_OK(df, df_attach(df, n, n % domains));
	}
	return true;
}

/* Devices that the host took away may stay in the blocked domain. */
static void end_iommu(struct domain_fixture *df)
{
	enum hvpt_status status = hvpt_iommu_destroy(&df->iommu);

	if (status == HVPT_OK)
		return;
	DF_CHECK_STATUS(df, df->host.gone_stays && status == HVPT_ERR_HV_STATE,
			status);
	df->orphans++;
}

static void check_leftovers(struct domain_fixture *df)
{
	size_t domains = hypervisor_domains(df->hv);

	df_check(df);
	DF_CHECK(df, hvpt_arena_in_use(df->arena) == df->leaked,
		 "pages left over");
	/* One which was left may have been taken over, and ended. */
	DF_CHECK(df,
		 domains == df->orphans ||
			 (df->host.take_over && domains < df->orphans),
		 "domains left over");
}

void df_finish(struct domain_fixture *df)
{
	unsigned n;

	df_disarm(df);
	for (n = 0; n < df->domains; n++)
		df_compare(df, n);
	for (n = 0; n < df->devices; n++) {
		df_ats_off(df, n);
		DF_CHECK_OK(df, hvpt_device_remove(&df->device[n]));
		hypervisor_remove_device(df->hv, df_device_id(n));
	}
	for (n = 0; n < df->domains; n++) {
		df_must_sync(df, n);
		df_end_domain(df, n, false);
	}
	end_iommu(df);
	check_leftovers(df);
	end(df);
}

void df_free(struct domain_fixture *df)
{
	if (df->arena)
		hvpt_arena_destroy(df->arena);
	df->arena = NULL;
}

/* ---- domains --------------------------------------------------------- */

/* Where even the clean-up fails, a domain and its page stay the host's. */
static void make_failed(struct domain_fixture *df, enum hvpt_status status,
			size_t domains, size_t pages)
{
	DF_CHECK_STATUS(df, df_may_fail(df, DF_PAGES | DF_CALLS, status),
			status);
	df->counts.failed++;
	df->spent++;
	df->orphans += hypervisor_domains(df->hv) - domains;
	df->leaked += hvpt_arena_in_use(df->arena) - pages;
	df_disarm(df);
}

void df_make_domain(struct domain_fixture *df, unsigned n)
{
	size_t domains = hypervisor_domains(df->hv);
	size_t pages = hvpt_arena_in_use(df->arena);
	unsigned g;
	enum hvpt_status status = hvpt_domain_init(&df->domain[n], &df->iommu,
						   &df->domain_config);

	if (status != HVPT_OK) {
		make_failed(df, status, domains, pages);
		status = hvpt_domain_init(&df->domain[n], &df->iommu,
					  &df->domain_config);
	}
	DF_CHECK_OK(df, status);
	df_disarm(df);
	for (g = 0; g < DF_GATHERS; g++)
		hvpt_gather_init(&df->gather[n][g]);
	df->model[n] = hvpt_model_create();
	df->stale[n] = stale_create();
}

/* Its id cannot be used again, and nobody frees its tables. */
static void abandon(struct domain_fixture *df, unsigned n, size_t tables)
{
	struct hvpt_domain *domain = &df->domain[n];

	df->orphans += hypervisor_has_domain(df->hv, hvpt_domain_id(domain));
	DF_CHECK_OK(df, hvpt_domain_abandon(domain));
	df->spent++;
	df->leaked += tables;
}

/* One which was deleted, and said not to be, can only be abandoned. */
static enum hvpt_status end_again(struct domain_fixture *df, unsigned n)
{
	struct hvpt_domain *domain = &df->domain[n];
	enum hvpt_status status = hvpt_domain_destroy(domain);

	DF_CHECK(df,
		 status == HVPT_OK ||
			 !hypervisor_has_domain(df->hv, hvpt_domain_id(domain)),
		 "a domain which is there is not destroyed");
	return status;
}

void df_forget_domain(struct domain_fixture *df, unsigned n)
{
	unsigned d;

	hvpt_model_destroy(df->model[n]);
	df->model[n] = NULL;
	stale_destroy(df->stale[n]);
	df->stale[n] = NULL;
	for (d = 0; d < df->devices; d++)
		if (df->left[d] == n)
			df->left[d] = DF_NOWHERE;
}

void df_end_domain(struct domain_fixture *df, unsigned n, bool give_up)
{
	struct hvpt_domain *domain = &df->domain[n];
	size_t tables = (size_t)hvpt_pt_tables(&domain->pt);
	bool leaks = domain->leaks;
	enum hvpt_status status = hvpt_domain_destroy(domain);

	if (status != HVPT_OK) {
		DF_CHECK_STATUS(df, df_may_fail(df, DF_CALLS, status), status);
		df->counts.failed++;
		df_disarm(df);
		if (!give_up)
			status = end_again(df, n);
	}
	df_disarm(df);
	DF_CHECK(df, !leaks || df->resumed, "tables are leaked for nothing");
	if (status == HVPT_OK && leaks)
		df->leaked += tables;
	if (status != HVPT_OK)
		abandon(df, n, tables);
	df_forget_domain(df, n);
}

void df_count_orphans(struct domain_fixture *df)
{
	size_t domains = hypervisor_domains(df->hv);

	DF_CHECK(df, domains >= df_own_domains(df), "a domain is missing");
	df->orphans = domains - df_own_domains(df);
}

bool df_has_ids(const struct domain_fixture *df, size_t more)
{
	uint32_t all = df->config.ids.last - df->config.ids.first + 1;

	return df->config.ids.first == 0 ||
	       all >= df->spent + df_own_domains(df) + more + 2;
}

void df_must_sync(struct domain_fixture *df, unsigned n)
{
	unsigned g;

	for (g = 0; g < DF_GATHERS; g++) {
		DF_CHECK_OK(df, hvpt_domain_sync(&df->domain[n],
						 &df->gather[n][g]));
		stale_flushed(df->stale[n], g);
	}
}

/* ---- devices --------------------------------------------------------- */

uint64_t df_device_id(unsigned d)
{
	return UINT64_C(0x66558f70) + d;
}

void df_plug(struct domain_fixture *df, unsigned d)
{
	hypervisor_add_device(df->hv, df_device_id(d), true);
	DF_CHECK_OK(df, hvpt_device_probe(&df->device[d], &df->iommu,
					  df_device_id(d), true));
	DF_CHECK_OK(df, df_attach(df, d, df_blocked(df)));
}

static void switch_ats(struct domain_fixture *df, unsigned d, bool on)
{
	hypervisor_set_ats(df->hv, df_device_id(d), on);
	hvpt_device_set_ats(&df->device[d], on);
}

void df_ats_off(struct domain_fixture *df, unsigned d)
{
	switch_ats(df, d, false);
}

static struct hvpt_domain *domain_at(struct domain_fixture *df, unsigned place)
{
	if (place < df->domains)
		return &df->domain[place];
	return place == df_identity(df) ? hvpt_iommu_identity(&df->iommu) :
					  hvpt_iommu_blocked(&df->iommu);
}

enum hvpt_status df_attach(struct domain_fixture *df, unsigned d, unsigned to)
{
	struct hvpt_device *device = &df->device[d];
	struct hvpt_domain *domain = domain_at(df, to);
	enum hvpt_status status;
	uint32_t id = 0;

	if (hvpt_device_duty_before(device, domain) == HVPT_ATS_DISABLE)
		switch_ats(df, d, false);
	status = hvpt_device_attach(device, domain);
	if (status != HVPT_OK)
		return status;
	if (hvpt_device_duty(device) == HVPT_ATS_ENABLE)
		switch_ats(df, d, true);
	df->where[d] = to;
	DF_CHECK(df,
		 hypervisor_device_domain(df->hv, df_device_id(d), &id) &&
			 id == hvpt_domain_id(domain),
		 "an attached device is in another domain");
	return HVPT_OK;
}

void df_let_go(struct domain_fixture *df, unsigned d)
{
	df->left[d] = df->where[d];
	df->left_id[d] = hvpt_domain_id(domain_at(df, df->where[d]));
	df->where[d] = DF_NOWHERE;
}
