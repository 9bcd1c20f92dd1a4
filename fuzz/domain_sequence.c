/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain_sequence.c - a pvIOMMU, domains and devices over the model
 * hypervisor, with hypercalls and allocations which fail.
 *
 * The hypervisor's caches are the ghost: a DMA may end where the map says, or,
 * until a sync has succeeded, where it said before; nowhere else. What fails
 * must leave things such that trying again works.
 */
#include "domain_world.h"
#include "fuzz.h"

#define STEPS 48u

/* A domain, and one of its gathers. */
struct dw_pick {
	unsigned n;
	unsigned g;
};

static struct dw_pick pick(struct fz_input *input)
{
	unsigned choice = fz_choice(input, DW_DOMAINS * DW_GATHERS);
	struct dw_pick at = { choice % DW_DOMAINS, choice / DW_DOMAINS };

	return at;
}

static void step_map(struct dw *dw, struct fz_input *input)
{
	struct dw_pick at = pick(input);
	struct dw_range range = dw_pick_range(dw, input);
	uint64_t gpa = dw_pick_gpa(input, range.first);
	unsigned prot = fz_byte(input) & 1 ? 3 : 1;
	enum hvpt_status status, want = HVPT_OK;

	/* All of it in pages of 4 KiB: tables enough, but not for gigabytes. */
	if ((gpa ^ range.first) % DW_LARGE && range.length > DW_LARGE)
		range.length = DW_LARGE;
	if (hvpt_model_mapped_in(dw->model[at.n], range.first, range.length))
		want = HVPT_ERR_OVERLAP;
	status = hvpt_domain_map(&dw->domain[at.n], hvpt_iova(range.first),
				 hvpt_gpa(gpa), range.length, prot,
				 &dw->gather[at.n][at.g]);
	if (status == HVPT_OK)
		FUZZ_CHECK(hvpt_model_map(dw->model[at.n], range.first, gpa,
					  range.length, prot),
			   "an overlap was mapped");
	else
		FUZZ_CHECK(status == want || dw_may_fail(dw, DW_PAGES, status),
			   hvpt_status_name(status));
	dw_heal(dw);
	/* Tables which went: to be synced before a device uses the range. */
	if (dw->gather[at.n][at.g].tables)
		dw_must_sync(dw, at.n);
}

static void step_unmap(struct dw *dw, struct fz_input *input)
{
	struct dw_pick at = pick(input);
	struct dw_range range = dw_pick_range(dw, input);
	uint64_t bytes = 0;
	enum hvpt_status status;

	dw_note_past(dw, at.n, at.g, range);
	status = hvpt_domain_unmap(&dw->domain[at.n], hvpt_iova(range.first),
				   range.length, &dw->gather[at.n][at.g],
				   &bytes);
	if (status == HVPT_OK)
		FUZZ_CHECK(bytes == hvpt_model_unmap(dw->model[at.n],
						     range.first, range.length),
			   "bytes unmapped");
	else
		FUZZ_CHECK(dw_may_fail(dw, DW_PAGES, status),
			   hvpt_status_name(status));
	dw_heal(dw);
}

static void step_protect(struct dw *dw, struct fz_input *input)
{
	struct dw_pick at = pick(input);
	struct dw_range range = dw_pick_range(dw, input);
	unsigned prot = fz_byte(input) & 1 ? 3 : 1;
	bool whole = hvpt_model_mapped_in(dw->model[at.n], range.first,
					  range.length) == range.length;
	enum hvpt_status status;

	dw_note_past(dw, at.n, at.g, range);
	status = hvpt_pt_protect(hvpt_domain_pagetable(&dw->domain[at.n]),
				 hvpt_iova(range.first), range.length, prot,
				 &dw->gather[at.n][at.g]);
	if (status == HVPT_OK)
		FUZZ_CHECK(hvpt_model_protect(dw->model[at.n], range.first,
					      range.length, prot),
			   "a hole was protected");
	else
		FUZZ_CHECK((!whole && status == HVPT_ERR_NOT_MAPPED) ||
				   dw_may_fail(dw, DW_PAGES, status),
			   hvpt_status_name(status));
	dw_heal(dw);
}

static void step_reclaim(struct dw *dw, struct fz_input *input)
{
	struct dw_pick at = pick(input);
	struct dw_range range = dw_pick_range(dw, input);
	uint64_t tables;

	FUZZ_CHECK(hvpt_pt_reclaim(hvpt_domain_pagetable(&dw->domain[at.n]),
				   hvpt_iova(range.first), range.length,
				   &dw->gather[at.n][at.g], &tables) == HVPT_OK,
		   "reclaim");
	dw_heal(dw);
}

static void step_sync(struct dw *dw, struct fz_input *input)
{
	struct dw_pick at = pick(input);
	struct hvpt_gather *gather = &dw->gather[at.n][at.g];
	struct hvpt_gather before = *gather;
	struct dw_flushes flushes;
	enum hvpt_status status;

	dw_read_flushes(dw, &flushes);
	status = hvpt_domain_sync(&dw->domain[at.n], gather);
	if (status == HVPT_OK) {
		dw_check_fallback(dw, &flushes);
		FUZZ_CHECK(hvpt_gather_is_empty(gather),
			   "a synced gather is not empty");
		dw_forget_past(dw, at.n, at.g);
	} else {
		FUZZ_CHECK(dw_may_fail(dw, DW_CALLS, status),
			   hvpt_status_name(status));
		FUZZ_CHECK(before.tables == gather->tables &&
				   before.range_count == gather->range_count,
			   "a sync which failed changed the gather");
	}
	dw_heal(dw);
}

static void step_flush_all(struct dw *dw, struct fz_input *input)
{
	struct dw_pick at = pick(input);
	struct hvpt_gather *gather = &dw->gather[at.n][at.g];
	enum hvpt_status status = hvpt_domain_flush_all(&dw->domain[at.n]);

	FUZZ_CHECK(status == HVPT_OK || dw_may_fail(dw, DW_CALLS, status),
		   hvpt_status_name(status));
	dw_heal(dw);
	if (status != HVPT_OK)
		return;
	hvpt_pt_release(hvpt_domain_pagetable(&dw->domain[at.n]), gather);
	dw_forget_past(dw, at.n, at.g);
}

/* ---- devices --------------------------------------------------------- */

static void step_attach(struct dw *dw, struct fz_input *input)
{
	unsigned d = fz_choice(input, DW_DEVICES);
	unsigned to = fz_choice(input, DW_PLACES);
	enum hvpt_status status = dw_attach(dw, d, to);

	if (status != HVPT_OK)
		FUZZ_CHECK(dw_may_fail(dw, DW_CALLS, status),
			   hvpt_status_name(status));
	dw_heal(dw);
	/* Without a hypercall it did not move. */
	if (status == HVPT_OK || status == HVPT_ERR_CALL_PAGE ||
	    status == HVPT_ERR_NO_HYPERVISOR)
		return;
	/* In both, perhaps: neither can go until this is settled. */
	if (to < DW_DOMAINS)
		FUZZ_CHECK(hvpt_domain_destroy(&dw->domain[to]) ==
				   HVPT_ERR_BUSY,
			   "a domain went with a device in it");
	if (fz_byte(input) & 1)
		to = DW_DOMAINS + (fz_byte(input) & 1u);
	status = dw_attach(dw, d, to);
	FUZZ_CHECK(status == HVPT_OK, hvpt_status_name(status));
}

static bool is_refused_detach(const struct dw *dw, enum hvpt_status status)
{
	return dw->host.detach && status == dw_status_of(dw->host.detach);
}

static void step_detach(struct dw *dw, struct fz_input *input)
{
	unsigned d = fz_choice(input, DW_DEVICES);
	enum hvpt_status status;

	dw_ats_off(dw, d);
	status = hvpt_device_detach(&dw->device[d]);
	if (status == HVPT_OK)
		dw->where[d] = DW_NOWHERE;
	else if (dw->where[d] == DW_NOWHERE)
		FUZZ_CHECK(status == HVPT_ERR_NOT_ATTACHED,
			   hvpt_status_name(status));
	else
		FUZZ_CHECK(dw_may_fail(dw, DW_CALLS, status) ||
				   is_refused_detach(dw, status),
			   hvpt_status_name(status));
	dw_heal(dw);
	if (status == HVPT_OK || dw->where[d] == DW_NOWHERE)
		return;
	status = dw_attach(dw, d, dw->where[d]);
	FUZZ_CHECK(status == HVPT_OK, hvpt_status_name(status));
}

static void step_replug(struct dw *dw, struct fz_input *input)
{
	unsigned d = fz_choice(input, DW_DEVICES);
	enum hvpt_status status;

	dw_ats_off(dw, d);
	status = hvpt_device_remove(&dw->device[d]);
	if (status != HVPT_OK)
		FUZZ_CHECK(dw_may_fail(dw, DW_CALLS, status),
			   hvpt_status_name(status));
	dw_heal(dw);
	if (status != HVPT_OK)
		status = hvpt_device_remove(&dw->device[d]);
	FUZZ_CHECK(status == HVPT_OK, hvpt_status_name(status));
	hypervisor_remove_device(dw->hv, dw_device_id(d));
	dw_plug(dw, d);
}

/* The host takes it away, nobody asked, and gives it back. */
static void step_surprise(struct dw *dw, struct fz_input *input)
{
	unsigned d = fz_choice(input, DW_DEVICES);
	uint16_t gone = dw->host.gone ? dw->host.gone : 0x57;
	enum hvpt_status status;

	dw_disarm(dw);
	hypervisor_remove_device(dw->hv, dw_device_id(d));
	dw_ats_off(dw, d);
	status = hvpt_device_remove(&dw->device[d]);
	if (status != HVPT_OK) {
		FUZZ_CHECK(status == dw_status_of(gone),
			   hvpt_status_name(status));
		hvpt_device_gone(&dw->device[d]);
	}
	dw_plug(dw, d);
}

/* ---- domains, and all of it ------------------------------------------ */

static void step_domain(struct dw *dw, struct fz_input *input)
{
	unsigned n = fz_choice(input, DW_DOMAINS), d;

	if (!dw_has_ids(dw))
		return;
	dw_disarm(dw); /* moving the devices out is not what is tried here */
	for (d = 0; d < DW_DEVICES; d++) {
		if (dw->where[d] != n)
			continue;
		FUZZ_CHECK(hvpt_domain_destroy(&dw->domain[n]) == HVPT_ERR_BUSY,
			   "a domain went with a device in it");
		FUZZ_CHECK(dw_attach(dw, d, DW_DOMAINS) == HVPT_OK, "move");
	}
	dw_must_sync(dw, n);
	if (fz_byte(input) & 1)
		dw_arm(dw, input);
	dw_end_domain(dw, n);
	if (fz_byte(input) & 1)
		dw_arm(dw, input);
	dw_make_domain(dw, n);
}

static void step_resume(struct dw *dw)
{
	enum hvpt_status status;
	unsigned d;

	hypervisor_lose_state(dw->hv);
	dw->orphans = 0;
	for (d = 0; d < DW_DEVICES; d++)
		hypervisor_set_ats(dw->hv, dw_device_id(d), false);
	dw->resumed |= dw->armed;
	status = hvpt_iommu_resume(&dw->iommu, false);
	if (status != HVPT_OK)
		FUZZ_CHECK(dw_may_fail_probe(dw, status),
			   hvpt_status_name(status));
	dw_heal(dw);
	if (status != HVPT_OK)
		status = hvpt_iommu_resume(&dw->iommu, true);
	FUZZ_CHECK(status == HVPT_OK, hvpt_status_name(status));
	dw_count_orphans(dw);
	dw->spent += (uint32_t)dw->orphans;
	for (d = 0; d < DW_DEVICES; d++)
		if (dw->device[d].domain == hvpt_iommu_blocked(&dw->iommu))
			dw->where[d] = DW_DOMAINS + 1;
}

/* Another kernel, or the device comes and goes: what is rare. */
static void step_rare(struct dw *dw, struct fz_input *input)
{
	switch (fz_choice(input, 4)) {
	default:
		step_replug(dw, input);
		break;
	case 1:
		step_surprise(dw, input);
		break;
	case 2:
		dw_kexec(dw);
		break;
	case 3:
		dw_restore(dw);
		break;
	}
}

static void step(struct dw *dw, struct fz_input *input)
{
	switch (fz_choice(input, 32)) {
	default:
		step_map(dw, input);
		break;
	case 9:
	case 10:
	case 11:
	case 12:
	case 13:
	case 14:
		step_unmap(dw, input);
		break;
	case 15:
		step_protect(dw, input);
		break;
	case 16:
		step_reclaim(dw, input);
		break;
	case 17:
	case 18:
	case 19:
		step_sync(dw, input);
		break;
	case 20:
	case 21:
	case 22:
	case 23:
	case 24:
		dw_dma(dw, input);
		break;
	case 25:
	case 26:
		step_attach(dw, input);
		break;
	case 27:
		step_detach(dw, input);
		break;
	case 28:
		step_rare(dw, input);
		break;
	case 29:
		step_domain(dw, input);
		break;
	case 30:
		step_flush_all(dw, input);
		break;
	case 31:
		step_resume(dw);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct dw dw;
	struct fz_input input;
	unsigned n;

	fz_input_start(&input, data, size);
	if (!dw_start(&dw, &input))
		return 0;
	for (n = 0; n < STEPS && input.left; n++) {
		if (fz_choice(&input, 4) == 3)
			dw_arm(&dw, &input);
		step(&dw, &input);
		dw_disarm(&dw);
		dw_check(&dw);
	}
	dw_finish(&dw);
	return 0;
}
