/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "domain_world.h"

#include <stdio.h>
#include <string.h>

#include "fuzz.h"

#define SIZE_4K UINT64_C(0x1000)
#define SIZE_2M UINT64_C(0x200000)
#define SIZE_1G UINT64_C(0x40000000)
#define ARENA_PAGES 1024u
#define ARENA_GPA UINT64_C(0x40000000)
#define DATA_GPA UINT64_C(0x1000000000)

void dw_check(struct dw *dw)
{
	const char *violation = hypervisor_violation(dw->hv);

	FUZZ_CHECK(!violation[0], violation);
}

/* ---- life ------------------------------------------------------------ */

/* The arena stays for the next run, unless pages of it were given up. */
static void end(struct dw *dw)
{
	hypervisor_destroy(dw->hv);
	if (hvpt_arena_in_use(dw->arena) == 0)
		return;
	hvpt_arena_destroy(dw->arena);
	dw->arena = NULL;
}

bool dw_start(struct dw *dw, struct fz_input *input)
{
	struct hvpt_arena *arena = dw->arena;
	enum hvpt_status status;
	unsigned n;

	memset(dw, 0, sizeof(*dw));
	dw->arena = arena ? arena : hvpt_arena_create(ARENA_PAGES, ARENA_GPA);
	FUZZ_CHECK(dw->arena, "no arena");
	dw_set_host(dw, input);
	dw->hv = hypervisor_create(&dw->host);
	dw->pages.arena = dw->arena;
	dw->pages.hv = dw->hv;
	dw->config.transport.ops = &hvpt_hypervisor_transport;
	dw->config.transport.ctx = dw->hv;
	dw->domain_config.pt.ops = &hvpt_hypervisor_page_ops;
	dw->domain_config.pt.ctx = &dw->pages;
	dw->domain_config.pt.direct_map_offset = hvpt_arena_offset(dw->arena);
	if (fz_byte(input) >= 240)
		dw_arm(dw, input);
	status = hvpt_iommu_init(&dw->iommu, &dw->config);
	if (status != HVPT_OK) {
		FUZZ_CHECK(dw_may_fail_probe(dw, status),
			   hvpt_status_name(status));
		dw_check(dw);
		end(dw);
		return false;
	}
	dw_disarm(dw);
	for (n = 0; n < DW_DOMAINS; n++)
		dw_make_domain(dw, n);
	for (n = 0; n < DW_DEVICES; n++) {
		dw_plug(dw, n);
		FUZZ_CHECK(dw_attach(dw, n, n) == HVPT_OK, "attach");
	}
	return true;
}

/* Devices that the host took away may stay in the blocked domain. */
static void end_iommu(struct dw *dw)
{
	enum hvpt_status status = hvpt_iommu_destroy(&dw->iommu);

	if (status == HVPT_OK)
		return;
	FUZZ_CHECK(dw->host.gone_stays && status == HVPT_ERR_HV_STATE,
		   hvpt_status_name(status));
	dw->orphans++;
}

void dw_finish(struct dw *dw)
{
	unsigned n;

	dw_disarm(dw);
	for (n = 0; n < DW_DEVICES; n++) {
		dw_ats_off(dw, n);
		FUZZ_CHECK(hvpt_device_remove(&dw->device[n]) == HVPT_OK,
			   "remove");
		hypervisor_remove_device(dw->hv, dw_device_id(n));
	}
	for (n = 0; n < DW_DOMAINS; n++) {
		dw_must_sync(dw, n);
		dw_end_domain(dw, n);
	}
	end_iommu(dw);
	dw_check(dw);
	FUZZ_CHECK(hvpt_arena_in_use(dw->arena) == dw->leaked,
		   "pages left over");
	/* One which was left may have been taken over, and ended. */
	FUZZ_CHECK(hypervisor_domains(dw->hv) == dw->orphans ||
			   (dw->host.take_over &&
			    hypervisor_domains(dw->hv) < dw->orphans),
		   "domains left over");
	end(dw);
}

/* ---- domains --------------------------------------------------------- */

/* Where even the clean-up fails, a domain and its page stay the host's. */
void dw_make_domain(struct dw *dw, unsigned n)
{
	size_t domains = hypervisor_domains(dw->hv);
	size_t pages = hvpt_arena_in_use(dw->arena);
	unsigned g;
	enum hvpt_status status = hvpt_domain_init(&dw->domain[n], &dw->iommu,
						   &dw->domain_config);

	if (status != HVPT_OK) {
		FUZZ_CHECK(dw_may_fail(dw, DW_PAGES | DW_CALLS, status),
			   hvpt_status_name(status));
		dw->spent++;
		dw->orphans += hypervisor_domains(dw->hv) - domains;
		dw->leaked += hvpt_arena_in_use(dw->arena) - pages;
		dw_disarm(dw);
		status = hvpt_domain_init(&dw->domain[n], &dw->iommu,
					  &dw->domain_config);
	}
	FUZZ_CHECK(status == HVPT_OK, hvpt_status_name(status));
	dw_disarm(dw);
	for (g = 0; g < DW_GATHERS; g++)
		hvpt_gather_init(&dw->gather[n][g]);
	dw->model[n] = hvpt_model_create();
	dw->pasts[n] = 0;
}

/* One which was deleted, and said not to be, can only be abandoned. */
void dw_end_domain(struct dw *dw, unsigned n)
{
	struct hvpt_domain *domain = &dw->domain[n];
	size_t tables = (size_t)hvpt_pt_tables(&domain->pt);
	bool leaks = domain->leaks;
	enum hvpt_status status = hvpt_domain_destroy(domain);

	if (status != HVPT_OK) {
		FUZZ_CHECK(dw_may_fail(dw, DW_CALLS, status),
			   hvpt_status_name(status));
		dw_disarm(dw);
		status = hvpt_domain_destroy(domain);
	}
	dw_disarm(dw);
	FUZZ_CHECK(!leaks || dw->resumed, "tables are leaked for nothing");
	if (status == HVPT_OK && leaks)
		dw->leaked += tables;
	if (status != HVPT_OK) {
		FUZZ_CHECK(!hypervisor_has_domain(dw->hv,
						  hvpt_domain_id(domain)),
			   "a domain which is there is not destroyed");
		FUZZ_CHECK(hvpt_domain_abandon(domain) == HVPT_OK, "abandon");
		dw->spent++;
		dw->leaked += tables;
	}
	hvpt_model_destroy(dw->model[n]);
	dw->model[n] = NULL;
}

void dw_count_orphans(struct dw *dw)
{
	size_t domains = hypervisor_domains(dw->hv);

	FUZZ_CHECK(domains >= DW_OWN_DOMAINS, "a domain is missing");
	dw->orphans = domains - DW_OWN_DOMAINS;
}

bool dw_has_ids(const struct dw *dw)
{
	uint32_t all = dw->config.ids.last - dw->config.ids.first + 1;

	return dw->config.ids.first == 0 ||
	       all >= dw->spent + 2 + DW_DOMAINS + 2;
}

void dw_must_sync(struct dw *dw, unsigned n)
{
	unsigned g;

	for (g = 0; g < DW_GATHERS; g++)
		FUZZ_CHECK(hvpt_domain_sync(&dw->domain[n],
					    &dw->gather[n][g]) == HVPT_OK,
			   "sync");
	dw->pasts[n] = 0;
}

/* ---- devices --------------------------------------------------------- */

uint64_t dw_device_id(unsigned d)
{
	return UINT64_C(0x66558f70) + d;
}

void dw_plug(struct dw *dw, unsigned d)
{
	hypervisor_add_device(dw->hv, dw_device_id(d), true);
	FUZZ_CHECK(hvpt_device_probe(&dw->device[d], &dw->iommu,
				     dw_device_id(d), true) == HVPT_OK,
		   "probe");
	FUZZ_CHECK(dw_attach(dw, d, DW_DOMAINS + 1) == HVPT_OK, "attach");
}

static void switch_ats(struct dw *dw, unsigned d, bool on)
{
	hypervisor_set_ats(dw->hv, dw_device_id(d), on);
	hvpt_device_set_ats(&dw->device[d], on);
}

void dw_ats_off(struct dw *dw, unsigned d)
{
	switch_ats(dw, d, false);
}

static struct hvpt_domain *place(struct dw *dw, unsigned to)
{
	if (to < DW_DOMAINS)
		return &dw->domain[to];
	return to == DW_DOMAINS ? hvpt_iommu_identity(&dw->iommu) :
				  hvpt_iommu_blocked(&dw->iommu);
}

enum hvpt_status dw_attach(struct dw *dw, unsigned d, unsigned to)
{
	struct hvpt_device *device = &dw->device[d];
	struct hvpt_domain *domain = place(dw, to);
	enum hvpt_status status;

	if (hvpt_device_duty_before(device, domain) == HVPT_ATS_DISABLE)
		switch_ats(dw, d, false);
	status = hvpt_device_attach(device, domain);
	if (status != HVPT_OK)
		return status;
	if (hvpt_device_duty(device) == HVPT_ATS_ENABLE)
		switch_ats(dw, d, true);
	dw->where[d] = to;
	return HVPT_OK;
}

/* ---- maps and DMA ---------------------------------------------------- */

struct dw_range dw_pick_range(const struct dw *dw, struct fz_input *input)
{
	static const uint64_t grains[] = { SIZE_4K, SIZE_4K, SIZE_2M, SIZE_1G };
	uint8_t choice = fz_byte(input);
	uint64_t grain = grains[choice % 4];
	struct dw_range range;

	range.first = dw->base + grain * (choice / 4 % 8u);
	if (choice & 128)
		range.first += SIZE_2M - 4 * SIZE_4K;
	choice = fz_byte(input);
	range.length = grains[choice % 4] * (1u + choice / 4 % 8u);
	if (range.length >= SIZE_1G && range.first % SIZE_2M)
		range.length = SIZE_2M * (1u + choice / 4 % 8u);
	return range;
}

uint64_t dw_pick_gpa(struct fz_input *input, uint64_t iova)
{
	uint8_t choice = fz_byte(input);

	if (choice >= 192)
		return DATA_GPA + SIZE_4K * (choice % 64u);
	return DATA_GPA + SIZE_1G * (choice % 64u) + iova % SIZE_1G;
}

static void add_past(struct dw *dw, unsigned n, struct dw_past past)
{
	if (dw->pasts[n] == DW_PASTS)
		dw_must_sync(dw, n);
	dw->past[n][dw->pasts[n]++] = past;
}

void dw_forget_past(struct dw *dw, unsigned n, unsigned g)
{
	unsigned i, kept = 0;

	for (i = 0; i < dw->pasts[n]; i++)
		if (dw->past[n][i].gather != g)
			dw->past[n][kept++] = dw->past[n][i];
	dw->pasts[n] = kept;
}

/* Of an interval what lies in the range: the rest of a leaf stays. */
static void cut_past(struct dw_past *past, uint64_t first, uint64_t last)
{
	if (past->first < first) {
		past->gpa += first - past->first;
		past->first = first;
	}
	if (past->last > last)
		past->last = last;
}

void dw_note_past(struct dw *dw, unsigned n, unsigned g, struct dw_range range)
{
	uint64_t at = range.first, last = range.first + (range.length - 1);
	struct dw_past past;
	unsigned prot;

	/* No sync in the middle: it would forget what is still to happen. */
	if (dw->pasts[n] > DW_PASTS / 2) {
		dw_disarm(dw);
		dw_must_sync(dw, n);
	}
	while (at <= last && hvpt_model_next(dw->model[n], at, &past.first,
					     &past.last, &past.gpa, &prot)) {
		if (past.first > last)
			break;
		at = past.last;
		past.gather = g;
		cut_past(&past, range.first, last);
		add_past(dw, n, past);
		if (at++ >= last)
			break;
	}
}

static bool was_mapped(const struct dw *dw, unsigned n, uint64_t iova,
		       uint64_t gpa)
{
	unsigned i;

	for (i = 0; i < dw->pasts[n]; i++) {
		const struct dw_past *past = &dw->past[n][i];

		if (past->first <= iova && iova <= past->last &&
		    past->gpa + (iova - past->first) == gpa)
			return true;
	}
	return false;
}

static bool is_synced(const struct dw *dw, unsigned n)
{
	unsigned g;

	for (g = 0; g < DW_GATHERS; g++)
		if (!hvpt_gather_is_empty(&dw->gather[n][g]))
			return false;
	return true;
}

static void check_outcomes(struct dw *dw, unsigned n, uint64_t iova, bool write,
			   const struct hypervisor_dma *seen)
{
	bool owed = dw->pasts[n] || !is_synced(dw, n);
	uint64_t gpa = 0;
	unsigned prot = 0;
	bool mapped = hvpt_model_lookup(dw->model[n], iova, &gpa, &prot);
	size_t i;

	FUZZ_CHECK(seen->fresh.translated ==
			   (mapped && (!write || prot & HVPT_PROT_WRITE)),
		   "memory lets a DMA through, or not");
	FUZZ_CHECK(!seen->fresh.translated || seen->fresh.gpa == gpa,
		   "memory leads elsewhere");
	FUZZ_CHECK(owed || seen->stale_count == 0,
		   "something is cached which was synced");
	for (i = 0; i < seen->stale_count; i++) {
		const struct hypervisor_outcome *stale = &seen->stale[i];

		FUZZ_CHECK(!stale->translated ||
				   (mapped && stale->gpa == gpa) ||
				   was_mapped(dw, n, iova, stale->gpa),
			   "a DMA may go where nothing ever was");
	}
}

void dw_dma(struct dw *dw, struct fz_input *input)
{
	unsigned d = fz_choice(input, DW_DEVICES), n = dw->where[d];
	struct dw_range range = dw_pick_range(dw, input);
	uint8_t choice = fz_byte(input);
	uint64_t iova = range.first;
	struct hypervisor_dma seen;

	if (choice & 2)
		iova += range.length - 1;
	if (choice & 4)
		iova += range.length / 2;
	memset(&seen, 0, sizeof(seen));
	hypervisor_dma(dw->hv, dw_device_id(d), iova, choice & 1, &seen);
	if (n < DW_DOMAINS)
		check_outcomes(dw, n, iova, choice & 1, &seen);
	else if (n != DW_NOWHERE)
		FUZZ_CHECK(seen.fresh.translated == (n == DW_DOMAINS),
			   "identity or blocked");
}
