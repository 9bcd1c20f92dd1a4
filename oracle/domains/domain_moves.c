/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain_moves.c - the steps in which devices move, or domains come and go.
 */
#include "domain_fixture.h"
#include "hvpt/hv_status.h"

/* ---- devices ----------------------------------------------------------- */

static void check_busy(struct domain_fixture *df, unsigned n)
{
	if (n < df->domains)
		DF_CHECK(df,
			 hvpt_domain_destroy(&df->domain[n]) == HVPT_ERR_BUSY,
			 "a domain went with a device in it");
}

static void failed(struct domain_fixture *df, enum hvpt_status status)
{
	DF_CHECK_STATUS(df, df_may_fail(df, DF_CALLS, status), status);
	df->counts.failed++;
}

void df_step_attach(struct domain_fixture *df, struct source *source)
{
	unsigned d = source_below(source, df->devices);
	unsigned to = source_below(source, df_places(df));
	enum hvpt_status status = df_attach(df, d, to);

	if (status != HVPT_OK)
		failed(df, status);
	df_disarm(df);
	/* Without a hypercall it did not move. */
	if (status == HVPT_OK || status == HVPT_ERR_CALL_PAGE ||
	    status == HVPT_ERR_NO_HYPERVISOR)
		return;
	/* In both, perhaps: neither can go until one of them is known. */
	check_busy(df, to);
	check_busy(df, df->where[d]);
	if (source_byte(source) & 1)
		to = df_identity(df) + (source_byte(source) & 1u);
	DF_CHECK_OK(df, df_attach(df, d, to));
}

static bool is_refused_detach(const struct domain_fixture *df,
			      enum hvpt_status status)
{
	return df->host.detach && status == df_status_of(df, df->host.detach);
}

void df_step_detach(struct domain_fixture *df, struct source *source,
		    bool unheard)
{
	unsigned d = source_below(source, df->devices);
	bool nowhere = df->where[d] == DF_NOWHERE;
	enum hvpt_status status;

	df_ats_off(df, d);
	if (unheard)
		df_arm_attach(df);
	status = hvpt_device_detach(&df->device[d]);
	if (nowhere)
		DF_CHECK_STATUS(df, status == HVPT_ERR_NOT_ATTACHED, status);
	else if (status == HVPT_OK)
		df_let_go(df, d, true);
	else if (!is_refused_detach(df, status))
		failed(df, status);
	df_disarm(df);
	if (status != HVPT_OK && !nowhere)
		DF_CHECK_OK(df, df_attach(df, d, df->where[d]));
}

static void step_replug(struct domain_fixture *df, struct source *source)
{
	uint8_t choice = source_byte(source);
	unsigned d = choice % df->devices;
	enum hvpt_status status;

	df_ats_off(df, d);
	status = hvpt_device_remove(&df->device[d]);
	if (status != HVPT_OK)
		failed(df, status);
	df_disarm(df);
	if (status != HVPT_OK)
		DF_CHECK_OK(df, hvpt_device_remove(&df->device[d]));
	hypervisor_remove_device(df->hv, df_device_id(d));
	if (choice < 128) {
		df_plug(df, d);
		return;
	}
	/* It is used as the host brings it back: the next attach is another. */
	df_add(df, d);
	df_let_go(df, d, false);
}

/* The host takes it away, nobody asked, and gives it back. */
static void step_surprise(struct domain_fixture *df, struct source *source)
{
	unsigned d = source_below(source, df->devices);
	uint16_t gone = df->host.gone ? df->host.gone :
					HVPT_HV_STATUS_INVALID_DEVICE_ID;
	enum hvpt_status status;

	df_disarm(df);
	hypervisor_remove_device(df->hv, df_device_id(d));
	df_ats_off(df, d);
	status = hvpt_device_remove(&df->device[d]);
	if (status != HVPT_OK) {
		DF_CHECK_STATUS(df, status == df_status_of(df, gone), status);
		hvpt_device_gone(&df->device[d]);
	}
	df_plug(df, d);
}

/* Another kernel, or the device comes and goes: what is rare. */
void df_step_rare(struct domain_fixture *df, struct source *source)
{
	switch (source_below(source, 4)) {
	default:
		step_replug(df, source);
		break;
	case 1:
		step_surprise(df, source);
		break;
	case 2:
		df_kexec(df);
		break;
	case 3:
		df_restore(df);
		break;
	}
}

/* ---- domains ----------------------------------------------------------- */

/* Moving the devices out is not what is tried here. */
static void empty(struct domain_fixture *df, unsigned n)
{
	unsigned d;

	df_disarm(df);
	for (d = 0; d < df->devices; d++) {
		if (df_place_of(df, d) != n)
			continue;
		if (df->where[d] == n)
			check_busy(df, n);
		DF_CHECK_OK(df, df_attach(df, d, df_identity(df)));
	}
	df_must_sync(df, n);
}

void df_step_domain(struct domain_fixture *df, struct source *source)
{
	unsigned n = source_below(source, df->domains);
	uint8_t choice;

	if (!df_has_ids(df, 0))
		return;
	empty(df, n);
	df_compare(df, n);
	choice = source_byte(source);
	if (choice & 1)
		df_arm(df, source);
	df_end_domain(df, n, choice & 2);
	if (source_byte(source) & 1)
		df_arm(df, source);
	df_make_domain(df, n);
}

static void read_back_places(struct domain_fixture *df)
{
	unsigned d;

	for (d = 0; d < df->devices; d++)
		if (df->device[d].domain == hvpt_iommu_blocked(&df->iommu))
			df->where[d] = df_blocked(df);
}

void df_step_resume(struct domain_fixture *df)
{
	enum hvpt_status status;
	unsigned d;

	hypervisor_lose_state(df->hv);
	df->orphans = 0;
	for (d = 0; d < df->devices; d++)
		hypervisor_set_ats(df->hv, df_device_id(d), false);
	df->resumed |= df->armed;
	status = hvpt_iommu_resume(&df->iommu, false);
	if (status != HVPT_OK) {
		DF_CHECK_STATUS(df, df_may_fail_probe(df, status), status);
		df->counts.failed++;
	}
	df_disarm(df);
	if (status != HVPT_OK)
		status = hvpt_iommu_resume(&df->iommu, true);
	DF_CHECK_OK(df, status);
	df_count_orphans(df);
	df->spent += (uint32_t)df->orphans;
	read_back_places(df);
}
