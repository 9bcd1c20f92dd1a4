/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "domain_fixture.h"
#include "hvpt/hv_abi.h"

/* ---- domains --------------------------------------------------------- */

/** What there was before a domain was made. */
struct mark {
	size_t domains;
	size_t pages;
	uint64_t deletes_failed;
};

static struct mark mark_of(struct domain_fixture *df)
{
	struct mark mark = {
		.domains = hypervisor_domains(df->hv),
		.pages = hvpt_arena_in_use(df->arena),
		.deletes_failed = hypervisor_failures(
			df->hv, HVPT_HVCALL_DELETE_DEVICE_DOMAIN),
	};

	return mark;
}

/*
 * Where even the clean-up fails, a domain and its page stay the host's. A page
 * may be lost only there: the domain is left, or its DELETE was said to fail.
 */
static void make_failed(struct domain_fixture *df, enum hvpt_status status,
			const struct mark *before)
{
	struct mark now = mark_of(df);

	DF_CHECK_STATUS(df, df_may_fail(df, DF_PAGES | DF_CALLS, status),
			status);
	DF_CHECK(df,
		 now.pages == before->pages || now.domains > before->domains ||
			 now.deletes_failed > before->deletes_failed,
		 "a domain that was not made keeps its page");
	DF_CHECK(df, now.pages - before->pages <= 1,
		 "a domain that was not made keeps pages");
	df->counts.failed++;
	df->spent++;
	df->orphans += now.domains - before->domains;
	df->leaked += now.pages - before->pages;
	df_disarm(df);
}

void df_make_domain(struct domain_fixture *df, unsigned n)
{
	struct mark before = mark_of(df);
	unsigned g;
	enum hvpt_status status = hvpt_domain_init(&df->domain[n], &df->iommu,
						   &df->domain_config);

	if (status != HVPT_OK) {
		make_failed(df, status, &before);
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

/* One that was deleted, and said not to be, can only be abandoned. */
static enum hvpt_status end_again(struct domain_fixture *df, unsigned n)
{
	struct hvpt_domain *domain = &df->domain[n];
	enum hvpt_status status = hvpt_domain_destroy(domain);

	DF_CHECK(df,
		 status == HVPT_OK ||
			 !hypervisor_has_domain(df->hv, hvpt_domain_id(domain)),
		 "a domain that is there is not destroyed");
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

void df_add(struct domain_fixture *df, unsigned d)
{
	hypervisor_add_device(df->hv, df_device_id(d), true);
	DF_CHECK_OK(df, hvpt_device_probe(&df->device[d], &df->iommu,
					  df_device_id(d), true));
}

void df_plug(struct domain_fixture *df, unsigned d)
{
	df_add(df, d);
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

void df_let_go(struct domain_fixture *df, unsigned d, bool detached)
{
	df->detached[d] = detached;
	if (df->where[d] == DF_NOWHERE)
		return;
	df->left[d] = df->where[d];
	df->left_id[d] = hvpt_domain_id(domain_at(df, df->where[d]));
	df->where[d] = DF_NOWHERE;
}
