/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain_life.c - the start and the end of a run.
 */
#include "domain_fixture.h"

#include <string.h>

#define ARENA_PAGES 4096u
#define ARENA_GPA UINT64_C(0x40000000)

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
	const struct hypervisor_config *given = df->given;
	struct hvpt_arena *arena = df->arena;
	unsigned n;

	memset(df, 0, sizeof(*df));
	df->given = given;
	df->arena = arena ? arena : hvpt_arena_create(ARENA_PAGES, ARENA_GPA);
	DF_CHECK(df, df->arena, "no arena");
	DF_CHECK(df, domains > 0, "no domain for the devices");
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

static size_t domains_of(struct domain_fixture *df, struct hvpt_domain *special)
{
	return hypervisor_has_domain(df->hv, hvpt_domain_id(special));
}

/* Devices that the host took away may stay in either special domain. */
static void end_iommu(struct domain_fixture *df)
{
	enum hvpt_status status = hvpt_iommu_destroy(&df->iommu);

	if (status == HVPT_OK)
		return;
	DF_CHECK_STATUS(df, df->host.gone_stays && status == HVPT_ERR_HV_STATE,
			status);
	df->orphans += domains_of(df, hvpt_iommu_identity(&df->iommu)) +
		       domains_of(df, hvpt_iommu_blocked(&df->iommu));
}

static void check_leftovers(struct domain_fixture *df)
{
	size_t domains = hypervisor_domains(df->hv);

	df_check(df);
	DF_CHECK(df, hvpt_arena_in_use(df->arena) == df->leaked,
		 "pages left over");
	/* One that was left may have been taken over, and ended. */
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
		/* One that the host is late to move would stay for good. */
		if (df->where[n] == DF_NOWHERE &&
		    df_place_of(df, n) < df->domains)
			DF_CHECK_OK(df, df_attach(df, n, df_blocked(df)));
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
