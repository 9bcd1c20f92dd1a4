/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Scenarios that run again and again with another failure each time: each
 * hypercall with each kind of answer, each page, each element of a rep call,
 * each kind of hypercall from some call on.
 *
 * Whatever fails, the status says so. Each translation is what the calls that
 * succeeded made of it. Devices reach that, or what has a pending invalidation,
 * and never what was synced away. No page is missing, the hypervisor reports no
 * violation, and once calls succeed again everything that was created can be
 * destroyed.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/hv_fixture.h"
#include "tests/support/prng.h"

/* ---- the scenario ---------------------------------------------------- */

#define TRY(call)                                                              \
	do {                                                                   \
		enum hvpt_status status_ = (call);                             \
		if (status_ != HVPT_OK)                                        \
			return status_;                                        \
	} while (0)

#define LARGE (f->base + HV_1G)
#define TABLE (f->base + 2 * HV_1G)

/* ---- the books ------------------------------------------------------- */

/* What should be mapped, and where anything ever was. */
struct books {
	struct hvpt_model *model[2];
	uint64_t spot[256];
	unsigned spots;
};

static struct books books;
static uint64_t points;

static void books_open(void)
{
	books.model[0] = hvpt_model_create();
	books.model[1] = hvpt_model_create();
	books.spots = 0;
}

static void books_close(void)
{
	hvpt_model_destroy(books.model[0]);
	hvpt_model_destroy(books.model[1]);
}

static void note_spot(uint64_t iova)
{
	unsigned i;

	for (i = 0; i < books.spots; i++)
		if (books.spot[i] == iova)
			return;
	assert_true(books.spots < HV_COUNT(books.spot));
	books.spot[books.spots++] = iova;
}

/* Both ends of a range, and what lies beside them. */
static void note_range(uint64_t iova, uint64_t length)
{
	note_spot(iova);
	note_spot(iova - HV_4K);
	note_spot(iova + length - HV_4K);
	note_spot(iova + length);
}

static enum hvpt_status map(struct hv_fixture *f, unsigned n, uint64_t iova,
			    uint64_t gpa, uint64_t length)
{
	note_range(iova, length);
	TRY(hv_try_map(f, n, iova, gpa, length));
	assert_true(hvpt_model_map(books.model[n], iova, gpa, length, HV_RW));
	return HVPT_OK;
}

static enum hvpt_status unmap(struct hv_fixture *f, unsigned n, uint64_t iova,
			      uint64_t length)
{
	note_range(iova, length);
	TRY(hv_try_unmap(f, n, iova, length));
	hvpt_model_unmap(books.model[n], iova, length);
	return HVPT_OK;
}

static enum hvpt_status protect(struct hv_fixture *f, unsigned n, uint64_t iova,
				uint64_t length, unsigned prot)
{
	note_range(iova, length);
	TRY(hvpt_pt_protect(hvpt_domain_pagetable(&f->domain[n]),
			    hvpt_iova(iova), length, prot, &f->gather[n]));
	assert_true(hvpt_model_protect(books.model[n], iova, length, prot));
	return HVPT_OK;
}

static enum hvpt_status destroy(struct hv_fixture *f, unsigned n)
{
	TRY(hv_try_destroy(f, n));
	hvpt_model_destroy(books.model[n]);
	books.model[n] = hvpt_model_create();
	return HVPT_OK;
}

/* In which paging domain does the hypervisor have the device? 2: in none. */
static unsigned domain_of(struct hv_fixture *f, unsigned device)
{
	uint32_t id = 0;
	unsigned n;

	if (!hypervisor_device_domain(f->hv, hv_device_id(device), &id))
		return 2;
	for (n = 0; n < 2; n++)
		if (f->domain_live[n] && hvpt_domain_id(&f->domain[n]) == id)
			break;
	return n;
}

static void check_lookup(struct hv_fixture *f, unsigned n, uint64_t iova)
{
	struct hvpt_mapping mapping = { 0 };
	unsigned prot = 0;
	uint64_t gpa = 0;

	if (!hvpt_model_lookup(books.model[n], iova, &gpa, &prot)) {
		hv_lookup_none(&f->domain[n], iova);
		return;
	}
	hv_lookup_is(&f->domain[n], iova, gpa);
	hv_ok(hvpt_domain_lookup(&f->domain[n], hvpt_iova(iova), &mapping));
	assert_int_equal(mapping.prot, prot);
}

/* A device reaches what the record says, or what has a pending invalidation. */
static void check_dma(struct hv_fixture *f, unsigned device, uint64_t iova)
{
	unsigned n = domain_of(f, device), prot = 0;
	struct hypervisor_dma seen;
	uint64_t gpa = 0;

	if (n == 2)
		return;
	memset(&seen, 0, sizeof(seen));
	hypervisor_dma(f->hv, hv_device_id(device), iova, false, &seen);
	assert_int_equal(seen.fresh.translated,
			 hvpt_model_lookup(books.model[n], iova, &gpa, &prot));
	if (seen.fresh.translated)
		assert_int_equal(seen.fresh.gpa, gpa);
	if (seen.stale_count > 0)
		assert_true(
			gather_meets(&f->gather[n], iova, iova + HV_4K - 1));
}

static void check(struct hv_fixture *f)
{
	size_t pages = f->leaked;
	unsigned n, i;

	for (n = 0; n < 2; n++) {
		if (!f->domain_live[n])
			continue;
		pages += hvpt_pt_tables(&f->domain[n].pt) +
			 f->gather[n].table_count;
		for (i = 0; i < books.spots; i++)
			check_lookup(f, n, books.spot[i]);
	}
	assert_int_equal(hvpt_arena_in_use(f->arena), pages);
	for (n = 0; n < 2; n++)
		for (i = 0; f->device_live[n] && i < books.spots; i++)
			check_dma(f, n, books.spot[i]);
	hv_no_violation(f);
	points++;
}

/* ---- everything in one ----------------------------------------------- */

static enum hvpt_status make(struct hv_fixture *f)
{
	unsigned n;

	TRY(hv_try_init(f));
	for (n = 0; n < 2; n++) {
		TRY(hv_try_make(f, n));
		hv_add_device(f, n);
		TRY(hv_try_probe(f, n));
	}
	return HVPT_OK;
}

static enum hvpt_status attach(struct hv_fixture *f, unsigned n,
			       struct hvpt_domain *domain)
{
	TRY(hv_try_attach(f, n, domain));
	hv_device_is_in(f, n, domain);
	return HVPT_OK;
}

/* 4 KiB pages, a large leaf if there are any, and a full table. */
static enum hvpt_status map_and_use(struct hv_fixture *f)
{
	TRY(attach(f, 0, &f->domain[0]));
	TRY(attach(f, 1, hvpt_iommu_identity(&f->iommu)));
	TRY(map(f, 0, f->base, HV_DATA, 3 * HV_4K));
	TRY(map(f, 0, LARGE, HV_DATA + HV_1G, 2 * HV_2M));
	TRY(map(f, 0, TABLE, HV_DATA + HV_4K, HV_2M));
	TRY(map(f, 1, f->base, HV_DATA + HV_512G, HV_4K));
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	hv_dma_reaches(f, 0, f->base + HV_4K, HV_DATA + HV_4K);
	hv_dma_reaches(f, 0, LARGE, HV_DATA + HV_1G);
	hv_dma_reaches(f, 0, LARGE + HV_2M, HV_DATA + HV_1G + HV_2M);
	hv_dma_reaches(f, 0, TABLE, HV_DATA + HV_4K);
	hv_dma_reaches(f, 1, HV_DATA, HV_DATA);
	return HVPT_OK;
}

/* Part of a large leaf, one page of three, and a table with all its pages. */
static enum hvpt_status unmap_parts(struct hv_fixture *f)
{
	TRY(unmap(f, 0, LARGE + HV_4K, HV_2M));
	hv_dma_pending(f, 0, LARGE + HV_4K, HV_DATA + HV_1G + HV_4K);
	TRY(unmap(f, 0, f->base + HV_4K, HV_4K));
	TRY(unmap(f, 0, TABLE, HV_2M));
	hv_dma_is_stale(f, 0, TABLE, HV_DATA + HV_4K);
	TRY(hv_try_sync(f, 0));
	hv_dma_faults(f, 0, LARGE + HV_4K);
	hv_dma_faults(f, 0, LARGE + HV_2M);
	hv_dma_faults(f, 0, f->base + HV_4K);
	hv_dma_faults(f, 0, TABLE);
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	hv_dma_reaches(f, 0, LARGE, HV_DATA + HV_1G);
	hv_dma_reaches(f, 0, LARGE + HV_2M + HV_4K,
		       HV_DATA + HV_1G + HV_2M + HV_4K);
	return HVPT_OK;
}

static enum hvpt_status switch_domains(struct hv_fixture *f)
{
	TRY(attach(f, 0, &f->domain[1]));
	hv_dma_reaches(f, 0, f->base, HV_DATA + HV_512G);
	hv_dma_faults(f, 0, LARGE);
	TRY(attach(f, 1, &f->domain[0]));
	hv_dma_reaches(f, 1, f->base, HV_DATA);
	hv_dma_faults(f, 1, TABLE);
	return HVPT_OK;
}

static enum hvpt_status unmap_all(struct hv_fixture *f)
{
	TRY(unmap(f, 0, f->base, 4 * HV_1G));
	TRY(hv_try_sync(f, 0));
	TRY(unmap(f, 1, f->base, HV_4K));
	TRY(hv_try_sync(f, 1));
	hv_dma_faults(f, 0, f->base);
	hv_dma_faults(f, 1, f->base);
	hv_dma_faults(f, 1, LARGE);
	return HVPT_OK;
}

static void ats_off(struct hv_fixture *f, unsigned n)
{
	hypervisor_set_ats(f->hv, hv_device_id(n), false);
	hvpt_device_set_ats(&f->device[n], false);
}

static enum hvpt_status unmake(struct hv_fixture *f)
{
	TRY(attach(f, 1, hvpt_iommu_blocked(&f->iommu)));
	hv_dma_faults(f, 1, f->base);
	ats_off(f, 0);
	TRY(hvpt_device_detach(&f->device[0]));
	hv_dma_faults(f, 0, f->base);
	TRY(hv_try_remove(f, 0));
	TRY(hv_try_remove(f, 1));
	TRY(destroy(f, 0));
	TRY(destroy(f, 1));
	TRY(hv_try_iommu_destroy(f));
	return HVPT_OK;
}

static enum hvpt_status everything(struct hv_fixture *f)
{
	TRY(make(f));
	TRY(map_and_use(f));
	TRY(unmap_parts(f));
	TRY(switch_domains(f));
	TRY(unmap_all(f));
	TRY(unmake(f));
	return HVPT_OK;
}

/* ---- one thing at a time --------------------------------------------- */

/* A domain with a device in it, and another domain beside it. */
static enum hvpt_status begin(struct hv_fixture *f)
{
	TRY(make(f));
	return attach(f, 0, &f->domain[0]);
}

static enum hvpt_status end(struct hv_fixture *f)
{
	ats_off(f, 0);
	TRY(hvpt_device_detach(&f->device[0]));
	TRY(hv_try_remove(f, 0));
	TRY(hvpt_device_detach(&f->device[1]));
	TRY(hv_try_remove(f, 1));
	TRY(destroy(f, 0));
	TRY(destroy(f, 1));
	return hv_try_iommu_destroy(f);
}

/* It is detached, like the first. */
static enum hvpt_status park(struct hv_fixture *f)
{
	TRY(attach(f, 1, &f->domain[1]));
	ats_off(f, 1);
	return HVPT_OK;
}

/* Splits at both ends, at all levels that exist. */
static enum hvpt_status cuts(struct hv_fixture *f)
{
	TRY(begin(f));
	TRY(park(f));
	TRY(map(f, 0, f->base, HV_DATA, 2 * HV_1G));
	hv_dma_reaches(f, 0, f->base + HV_1G, HV_DATA + HV_1G);
	TRY(unmap(f, 0, f->base + HV_4K, HV_4K));
	TRY(unmap(f, 0, f->base + HV_1G - HV_4K, 2 * HV_4K));
	hv_dma_pending(f, 0, f->base + HV_4K, HV_DATA + HV_4K);
	TRY(hv_try_sync(f, 0));
	hv_dma_faults(f, 0, f->base + HV_1G);
	TRY(unmap(f, 0, f->base + HV_2M, HV_1G));
	TRY(hv_try_sync(f, 0));
	return end(f);
}

static enum hvpt_status permissions(struct hv_fixture *f)
{
	TRY(begin(f));
	TRY(park(f));
	TRY(map(f, 0, f->base, HV_DATA, 3 * HV_2M));
	hv_dma_reaches(f, 0, f->base + HV_2M, HV_DATA + HV_2M);
	TRY(protect(f, 0, f->base + HV_2M + HV_4K, HV_4K, HV_RO));
	TRY(hv_try_sync(f, 0));
	TRY(protect(f, 0, f->base + HV_4K, 2 * HV_2M, HV_RO));
	TRY(protect(f, 0, f->base, 3 * HV_2M, HV_RW));
	TRY(hv_try_sync(f, 0));
	hv_dma_reaches(f, 0, f->base + HV_2M, HV_DATA + HV_2M);
	return end(f);
}

/* Empty tables remain, are found again, replaced, reclaimed. */
static enum hvpt_status leftovers(struct hv_fixture *f)
{
	struct hvpt_pagetable *pt = &f->domain[0].pt;
	uint64_t reclaimed;
	unsigned n;

	TRY(begin(f));
	TRY(park(f));
	for (n = 0; n < 3; n++) {
		uint64_t at = f->base + n * HV_2M;

		TRY(map(f, 0, at, HV_DATA + HV_4K, HV_4K));
		hv_dma_reaches(f, 0, at, HV_DATA + HV_4K);
		TRY(unmap(f, 0, at, HV_4K));
	}
	TRY(hv_try_sync(f, 0));
	TRY(map(f, 0, f->base, HV_DATA, HV_2M));
	TRY(hv_try_sync(f, 0));
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	TRY(hvpt_pt_reclaim(pt, hvpt_iova(f->base), HV_1G, &f->gather[0],
			    &reclaimed));
	TRY(hv_try_sync(f, 0));
	return end(f);
}

static enum hvpt_status scatter_list(struct hv_fixture *f)
{
	static const struct hvpt_segment segments[] = {
		{ { HV_DATA }, 2 * HV_4K },
		{ { HV_DATA + HV_1G }, HV_2M },
		{ { HV_DATA + 3 * HV_4K }, HV_4K },
	};
	uint64_t at = f->base + HV_1G - 2 * HV_4K;
	size_t i;

	TRY(begin(f));
	TRY(park(f));
	note_range(at, HV_2M + 3 * HV_4K);
	TRY(hvpt_domain_map_list(&f->domain[0], hvpt_iova(at), segments,
				 HV_COUNT(segments), HV_RW, &f->gather[0]));
	for (i = 0; i < HV_COUNT(segments); i++) {
		hvpt_model_map(books.model[0], at, segments[i].gpa.value,
			       segments[i].length, HV_RW);
		hv_dma_reaches(f, 0, at, segments[i].gpa.value);
		at += segments[i].length;
	}
	TRY(hv_try_sync(f, 0));
	TRY(unmap(f, 0, f->base + HV_1G, HV_2M));
	TRY(hv_try_sync(f, 0));
	return end(f);
}

static void ignore_dirty(void *ctx, hvpt_iova_t iova, uint64_t length)
{
	(void)ctx;
	(void)iova;
	(void)length;
}

static enum hvpt_status dirty_pages(struct hv_fixture *f)
{
	f->domain_config.pt.flags = HVPT_PT_TRACK_DIRTY;
	TRY(begin(f));
	TRY(park(f));
	TRY(map(f, 0, f->base, HV_DATA, HV_2M + HV_4K));
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	TRY(hvpt_pt_read_dirty(&f->domain[0].pt, hvpt_iova(f->base), HV_1G, 0,
			       ignore_dirty, NULL, &f->gather[0]));
	TRY(hv_try_sync(f, 0));
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	TRY(unmap(f, 0, f->base, HV_1G));
	TRY(hv_try_sync(f, 0));
	return end(f);
}

/* A device goes to each domain and comes back. */
static enum hvpt_status moves(struct hv_fixture *f)
{
	TRY(begin(f));
	TRY(park(f));
	TRY(map(f, 0, f->base, HV_DATA, HV_4K));
	TRY(map(f, 1, f->base, HV_DATA + HV_1G, HV_4K));
	TRY(attach(f, 0, &f->domain[1]));
	hv_dma_reaches(f, 0, f->base, HV_DATA + HV_1G);
	TRY(attach(f, 0, hvpt_iommu_identity(&f->iommu)));
	TRY(attach(f, 0, &f->domain[0]));
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	TRY(attach(f, 0, hvpt_iommu_blocked(&f->iommu)));
	hv_dma_faults(f, 0, f->base);
	TRY(unmap(f, 0, f->base, HV_4K));
	TRY(hv_try_sync(f, 0));
	TRY(attach(f, 0, &f->domain[0]));
	hv_dma_faults(f, 0, f->base);
	return end(f);
}

static enum hvpt_status domains_come_and_go(struct hv_fixture *f)
{
	unsigned n;

	TRY(begin(f));
	TRY(park(f));
	TRY(attach(f, 0, &f->domain[1]));
	for (n = 0; n < 3; n++) {
		TRY(map(f, 0, f->base + n * HV_2M, HV_DATA, 2 * HV_2M));
		TRY(destroy(f, 0));
		TRY(hv_try_make(f, 0));
	}
	return end(f);
}

/* More ranges than a gather holds, as exact descriptors. */
static enum hvpt_status many_ranges(struct hv_fixture *f)
{
	unsigned n;

	f->domain_config.policy = HVPT_FLUSH_EXACT;
	TRY(begin(f));
	TRY(park(f));
	for (n = 0; n < 10; n++) {
		uint64_t at = f->base + n * HV_1G + HV_4K;

		TRY(map(f, 0, at, HV_DATA + n * HV_1G, 3 * HV_4K));
		hv_dma_reaches(f, 0, at, HV_DATA + n * HV_1G);
	}
	for (n = 0; n < 10; n++)
		TRY(unmap(f, 0, f->base + n * HV_1G + HV_4K, 2 * HV_4K));
	TRY(hv_try_sync(f, 0));
	for (n = 0; n < 10; n++)
		hv_dma_faults(f, 0, f->base + n * HV_1G + HV_4K);
	return end(f);
}

struct scenario {
	const char *name;
	enum hvpt_status (*run)(struct hv_fixture *f);
};

static const struct scenario scenarios[] = {
	{ "everything", everything },
	{ "cuts", cuts },
	{ "permissions", permissions },
	{ "leftovers", leftovers },
	{ "scatter list", scatter_list },
	{ "dirty pages", dirty_pages },
	{ "moves", moves },
	{ "domains come and go", domains_come_and_go },
	{ "many ranges", many_ranges },
};

static const struct scenario *now;

/* Runs it in a fixture of its own, with the failures that were injected. */
static enum hvpt_status scenario(struct hv_fixture *f)
{
	enum hvpt_status status;

	books_open();
	status = now->run(f);
	check(f);
	return status;
}

/* ---- afterwards ------------------------------------------------------ */

/* The hypervisor deleted it and reported a failure: no delete will succeed. */
static bool is_gone(struct hv_fixture *f, const struct hvpt_domain *domain)
{
	return !hypervisor_has_domain(f->hv, hvpt_domain_id(domain));
}

static void recover_domain(struct hv_fixture *f, unsigned n)
{
	if (!f->domain_live[n])
		return;
	hv_sync(f, n);
	if (!is_gone(f, &f->domain[n])) {
		hv_ok(hv_try_destroy(f, n));
		return;
	}
	assert_int_not_equal(hv_try_destroy(f, n), HVPT_OK);
	hv_abandon(f, n);
}

static void recover_iommu(struct hv_fixture *f)
{
	bool gone;

	if (!f->live)
		return;
	gone = is_gone(f, hvpt_iommu_identity(&f->iommu)) ||
	       is_gone(f, hvpt_iommu_blocked(&f->iommu));
	if (!gone) {
		hv_ok(hv_try_iommu_destroy(f));
		return;
	}
	/*
	 * As far as it goes; if it fails, what remains is what the other has.
	 */
	if (hv_try_iommu_destroy(f) != HVPT_OK)
		f->orphans += hypervisor_domains(f->hv) - f->orphans;
	f->live = false;
}

/* Once calls succeed again: destroys whatever there is. */
static void recover(struct hv_fixture *f)
{
	unsigned n;

	hv_heal(f);
	hvpt_arena_fail_at(f->arena, 0);
	for (n = 0; n < 2; n++) {
		if (!f->device_live[n])
			continue;
		ats_off(f, n);
		hv_ok(hv_try_remove(f, n));
	}
	recover_domain(f, 0);
	recover_domain(f, 1);
	recover_iommu(f);
	assert_true(hv_is_clean(f));
	books_close();
}

/* No id is used for a second domain after a delete of it failed. */
static void no_id_came_back(struct hv_fixture *f)
{
	size_t i;

	for (i = 0; i < f->log_count; i++)
		assert_false(f->log[i].code == HV_CREATE &&
			     f->log[i].status == 0x65);
}

/* ---- hypercalls ------------------------------------------------------ */

struct plan {
	uint16_t code;
	uint64_t times;
	enum hypervisor_fault fault;
	uint16_t raw;
};

/* Failures that belong to the scenario: nothing is injected there. */
static bool is_natural(const struct hv_fixture *f, const struct hv_event *event)
{
	if (event->code == HV_ATTACH)
		return event->status == HV_RAW_IN_DOMAIN;
	/* Does a domain with this id exist? No. */
	if (event->code == HV_FLUSH)
		return event->status == HV_RAW_NOT_FOUND;
	return f->params->no_list && event->code == HV_FLUSH_LIST &&
	       event->status == HV_RAW_CODE;
}

static const struct hv_event *first_failure(struct hv_fixture *f)
{
	size_t i;

	for (i = 0; i < f->log_count; i++) {
		if (f->log[i].status && !is_natural(f, &f->log[i]))
			return &f->log[i];
	}
	return NULL;
}

static void status_is_right(struct hv_fixture *f, enum hvpt_status status,
			    const struct plan *plan)
{
	const struct hv_event *event = first_failure(f);

	/* A flush has a fallback or a second try; so has a detach. */
	if (status == HVPT_OK) {
		assert_true(!event || event->code == HV_FLUSH ||
			    event->code == HV_FLUSH_LIST ||
			    (event->code == HV_ATTACH &&
			     event[1].code == HV_DETACH));
		return;
	}
	assert_non_null(event);
	/* An old host: it has no pvIOMMU, which is not a fault. */
	if (event->code == HV_GET_CAPS && plan->raw == HV_RAW_CODE) {
		hv_status(status, HVPT_ERR_NO_IOMMU);
		return;
	}
	hv_status(status, hv_mapped(plan->raw));
	if (plan->times == 1)
		hv_last_failure_is(f, event->code, plan->raw);
}

static uint64_t calls(struct hv_fixture *f, uint16_t code)
{
	struct hypervisor_stats stats;

	if (code)
		return hypervisor_calls(f->hv, code);
	hypervisor_read_stats(f->hv, &stats);
	return stats.calls;
}

/* Return: false when the scenario has fewer such calls. */
static bool run_one(const struct hv_params *params, const struct plan *plan,
		    unsigned nth)
{
	struct hv_fixture *f = test_malloc(sizeof(*f));
	enum hvpt_status status;
	bool fired;

	hv_prepare(f, params);
	hv_inject(f, plan->code, nth, plan->times, plan->fault, plan->raw);
	status = scenario(f);
	fired = calls(f, plan->code) >= nth;
	if (!fired)
		assert_null(first_failure(f));
	status_is_right(f, status, plan);
	no_id_came_back(f);
	recover(f);
	hv_close(f);
	test_free(f);
	return fired;
}

static const uint16_t raw_statuses[] = {
	HV_RAW_CODE,	HV_RAW_PARAMETER, HV_RAW_MEMORY, HV_RAW_DOMAINS,
	HV_RAW_TIMEOUT, HV_RAW_NO_CALL,	  HV_RAW_DENIED,
};

/*
 * How many statuses to try at each call: all in the first scenario; one in the
 * others, a different one at each call. More effort tries more, less effort
 * fewer.
 */
static unsigned statuses_each(void)
{
	unsigned all = HV_COUNT(raw_statuses), tried = pt_effort(all);

	if (now != &scenarios[0])
		tried /= all;
	return tried ? tried : 1;
}

static void sweep(struct hv_fixture *f, struct plan plan, unsigned least)
{
	unsigned statuses = statuses_each();
	bool fired = true;
	unsigned n, i;

	for (n = 1; fired; n++) {
		assert_true(n < 1000);
		for (i = 0; i < HV_COUNT(raw_statuses) && i < statuses; i++) {
			plan.raw =
				raw_statuses[(n + i) % HV_COUNT(raw_statuses)];
			fired = run_one(f->params, &plan, n);
		}
	}
	assert_true(n > least);
}

/* Every scenario on this host. */
static void sweep_all(struct hv_fixture *f, struct plan plan, unsigned least)
{
	size_t i;

	for (i = 0; i < HV_COUNT(scenarios); i++) {
		now = &scenarios[i];
		sweep(f, plan, least);
	}
}

static bool has_list(const struct hv_params *params)
{
	return !params->no_list;
}

static void test_any_hypercall_fails(void **state)
{
	sweep_all(*state, (struct plan){ 0, 1, HYPERVISOR_FAIL, 0 }, 15);
}

static void test_any_hypercall_does_its_work_and_fails(void **state)
{
	sweep_all(*state, (struct plan){ 0, 1, HYPERVISOR_FAIL_AFTER, 0 }, 15);
}

static void test_all_hypercalls_fail_from_some_on(void **state)
{
	sweep_all(*state, (struct plan){ 0, UINT64_MAX, HYPERVISOR_FAIL, 0 },
		  15);
}

static void test_one_code_fails_from_some_on(void **state)
{
	static const uint16_t codes[] = {
		HV_GET_CAPS, HV_CREATE, HV_CONFIGURE,  HV_GET_DEVICE, HV_ATTACH,
		HV_DETACH,   HV_FLUSH,	HV_FLUSH_LIST, HV_DELETE,
	};
	size_t i;

	for (i = 0; i < HV_COUNT(codes); i++)
		sweep_all(*state,
			  (struct plan){ codes[i], UINT64_MAX, HYPERVISOR_FAIL,
					 0 },
			  0);
}

static void test_calls_are_not_allowed(void **state)
{
	static const uint16_t codes[] = { HV_GET_CAPS,	 HV_CREATE,
					  HV_CONFIGURE,	 HV_GET_DEVICE,
					  HV_ATTACH,	 HV_DETACH,
					  HV_FLUSH_LIST, HV_DELETE };
	struct hv_fixture *outer = *state;
	struct hv_fixture *f = test_malloc(sizeof(*f));
	enum hvpt_status status;
	size_t i;

	now = &scenarios[0];
	for (i = 0; i < HV_COUNT(codes); i++) {
		hv_prepare(f, outer->params);
		hypervisor_allow(f->hv, codes[i], false);
		status = scenario(f);
		hv_status(status, codes[i] == HV_FLUSH_LIST ?
					  HVPT_OK :
					  HVPT_ERR_HV_DENIED);
		hv_last_failure_is(f, codes[i], HV_RAW_DENIED);
		hypervisor_allow(f->hv, codes[i], true);
		recover(f);
		hv_close(f);
	}
	test_free(f);
}

/* ---- call pages ------------------------------------------------------ */

static unsigned miss_call_pages(const struct hv_params *params)
{
	struct hv_fixture *f = test_malloc(sizeof(*f));
	enum hvpt_status status;
	bool missed = true;
	unsigned n;

	for (n = 1; missed; n++) {
		hv_prepare(f, params);
		f->borrow_fail_at = n;
		status = scenario(f);
		missed = f->borrow_fail_at == 0;
		/* A flush has a fallback or a second try. */
		if (status != HVPT_OK)
			hv_status(status, HVPT_ERR_CALL_PAGE);
		f->borrow_fail_at = 0;
		recover(f);
		hv_close(f);
	}
	test_free(f);
	return n - 2;
}

static void test_any_call_page_is_missing(void **state)
{
	struct hv_fixture *f = *state;
	size_t i;

	for (i = 0; i < HV_COUNT(scenarios); i++) {
		now = &scenarios[i];
		assert_true(miss_call_pages(f->params) >= 15);
	}
}

/* ---- table pages ----------------------------------------------------- */

static unsigned miss_pages(const struct hv_params *params)
{
	struct hv_fixture *f = test_malloc(sizeof(*f));
	enum hvpt_status status;
	bool missed = true;
	unsigned n;

	for (n = 1; missed; n++) {
		hv_prepare(f, params);
		hvpt_arena_fail_at(f->arena, n);
		status = scenario(f);
		missed = hvpt_arena_allocs(f->arena) >= n;
		hv_status(status, missed ? HVPT_ERR_NO_MEMORY : HVPT_OK);
		recover(f);
		hv_close(f);
	}
	test_free(f);
	return n - 2;
}

static void test_any_page_is_missing(void **state)
{
	struct hv_fixture *f = *state;
	size_t i;

	for (i = 0; i < HV_COUNT(scenarios); i++) {
		now = &scenarios[i];
		/* Two roots, and at least a table of each level. */
		assert_true(miss_pages(f->params) >= 5);
	}
}

/* ---- rep calls ------------------------------------------------------- */

#define SPOTS 7u

/* A device has used pages in several places; all are unmapped. */
static void fill_gather(struct hv_fixture *f)
{
	uint64_t at;
	unsigned n;

	f->domain_config.policy = HVPT_FLUSH_EXACT;
	hv_make(f, 0);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	for (n = 0; n < SPOTS; n++) {
		at = f->base + HV_1G * n + HV_4K;
		hv_map(f, 0, at, HV_DATA + n * HV_1G, 3 * HV_4K);
		hv_dma_reaches(f, 0, at, HV_DATA + n * HV_1G);
		hv_dma_reaches(f, 0, at + 2 * HV_4K,
			       HV_DATA + n * HV_1G + 2 * HV_4K);
	}
	for (n = 0; n < SPOTS; n++)
		hv_unmap(f, 0, f->base + HV_1G * n, HV_2M);
	/* 1, and 2 .. 3 of each place. */
	assert_int_equal(f->gather[0].range_count, SPOTS);
}

static void is_flushed(struct hv_fixture *f)
{
	uint64_t at;
	unsigned n;

	for (n = 0; n < SPOTS; n++) {
		at = f->base + HV_1G * n + HV_4K;
		hv_dma_faults(f, 0, at);
		hv_dma_faults(f, 0, at + 2 * HV_4K);
	}
}

struct stop {
	uint16_t raw;
	uint64_t times;
	uint16_t reps;
};

/* Return: how many descriptors the list call has done. */
static uint64_t stop_at(struct hv_fixture *f, const struct stop *stop)
{
	const struct hypervisor_injection injection = {
		.code = HV_FLUSH_LIST,
		.nth = 1,
		.times = stop->times,
		.fault = HYPERVISOR_STOP_REP,
		.status = stop->raw,
		.reps = stop->reps,
	};
	struct hypervisor_stats before, after;

	fill_gather(f);
	hypervisor_read_stats(f->hv, &before);
	hypervisor_inject(f->hv, &injection);
	hv_mark(f);
	hv_sync(f, 0);
	hv_heal(f);
	hypervisor_read_stats(f->hv, &after);
	is_flushed(f);
	return after.descriptors - before.descriptors;
}

static void reset(struct hv_fixture *f)
{
	hv_attach(f, 0, hvpt_iommu_blocked(&f->iommu));
	hv_ok(hv_try_destroy(f, 0));
	hv_ok(hv_try_remove(f, 0));
}

/* If nothing fails, all of them; the exact plan says how many. */
static uint64_t count_all(struct hv_fixture *f)
{
	const struct stop none = { 0, 1, 4095 };
	uint64_t all = stop_at(f, &none);

	assert_int_equal(hv_since(f, HV_FLUSH_LIST), 1);
	assert_true(all >= SPOTS);
	reset(f);
	return all;
}

static void test_rep_calls_go_on(void **state)
{
	static const uint16_t raw[] = { 0, HV_RAW_TIMEOUT };
	struct hv_fixture *f = *state;
	uint64_t all = count_all(f);
	struct stop stop;
	unsigned often;
	size_t i;

	for (i = 0; i < HV_COUNT(raw); i++)
		for (often = 0; often < 2; often++)
			for (stop.reps = 1; stop.reps < all; stop.reps++) {
				stop.raw = raw[i];
				stop.times = often ? UINT64_MAX : 1;
				assert_int_equal(stop_at(f, &stop), all);
				assert_int_equal(hv_since(f, HV_FLUSH), 0);
				assert_true(hv_since(f, HV_FLUSH_LIST) > 1);
				if (often)
					assert_int_equal(
						hv_since(f, HV_FLUSH_LIST),
						(all + stop.reps - 1) /
							stop.reps);
				reset(f);
			}
}

static void test_rep_calls_that_do_nothing_are_given_up(void **state)
{
	static const uint16_t raw[] = { 0, HV_RAW_TIMEOUT };
	struct hv_fixture *f = *state;
	struct stop stop = { 0, UINT64_MAX, 0 };
	size_t i;

	for (i = 0; i < HV_COUNT(raw); i++) {
		stop.raw = raw[i];
		assert_int_equal(stop_at(f, &stop), 0);
		assert_int_equal(hv_since(f, HV_FLUSH_LIST), 1);
		assert_int_equal(hv_since(f, HV_FLUSH), 1);
		reset(f);
	}
}

static void test_rep_calls_that_fail_half_way(void **state)
{
	static const uint16_t raw[] = { HV_RAW_PARAMETER, HV_RAW_MEMORY };
	struct hv_fixture *f = *state;
	uint64_t all = count_all(f);
	struct stop stop = { 0, 1, 0 };
	size_t i;

	for (i = 0; i < HV_COUNT(raw); i++)
		for (stop.reps = 0; stop.reps < all; stop.reps++) {
			stop.raw = raw[i];
			assert_int_equal(stop_at(f, &stop), stop.reps);
			assert_int_equal(hv_since(f, HV_FLUSH), 1);
			hv_last_failure_is(f, HV_FLUSH_LIST, raw[i]);
			reset(f);
			/*
			 * After too many refusals in a row they would be given
			 * up.
			 */
			assert_int_equal(count_all(f), all);
		}
}

int main(void)
{
	static const struct hv_case cases[] = {
		HV_CASE(test_any_hypercall_fails),
		HV_CASE(test_any_hypercall_does_its_work_and_fails),
		HV_CASE(test_all_hypercalls_fail_from_some_on),
		HV_CASE(test_one_code_fails_from_some_on),
		HV_CASE_IF(test_calls_are_not_allowed, has_list),
		HV_CASE(test_any_call_page_is_missing),
		HV_CASE(test_any_page_is_missing),
		HV_CASE_IF(test_rep_calls_go_on, has_list),
		HV_CASE_IF(test_rep_calls_that_do_nothing_are_given_up,
			   has_list),
		HV_CASE_IF(test_rep_calls_that_fail_half_way, has_list),
	};

	int failed = hv_run("domain_sweep", cases, HV_COUNT(cases), hv_main,
			    hv_main_count);

	printf("%u scenarios, %llu things went wrong in them\n",
	       (unsigned)HV_COUNT(scenarios), (unsigned long long)points);
	return failed;
}
