/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Random sequences over several domains and devices, with things going wrong,
 * against the flat interval model of what ought to be mapped.
 *
 * A device may see what is mapped now. It may see what was unmapped only as
 * long as the gather it went into is not synced. It may see nothing else. Each
 * domain has two gathers, as if of two threads: neither knows what the other
 * split or unmapped.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/hv_fixture.h"
#include "support/prng.h"

#define DOMAINS 3u
#define DEVICES 3u
#define PLACES (DOMAINS + 2) /* identity and blocked */
#define NOWHERE PLACES

#define WINDOW (4 * HV_2M)
#define WINDOWS 3u

#define GATHERS 2u

/* A translation which was taken away, and is not synced: into which gather. */
struct past {
	unsigned gather;
	uint64_t first;
	uint64_t last;
	uint64_t gpa;
};

#define PASTS 2048u

struct run {
	struct hv_fixture *f;
	uint64_t prng;
	struct hvpt_model *model[DOMAINS];
	struct past past[DOMAINS][PASTS];
	size_t past_count[DOMAINS];
	struct hvpt_gather gather[DOMAINS][GATHERS];
	unsigned last_domain;
	uint64_t last_iova;
	/* As hvpt knows it; for NOWHERE also where it may still be. */
	unsigned where[DEVICES];
	unsigned left[DEVICES];
	bool detached[DEVICES];
	uint64_t failed;
	uint64_t stale;
};

static bool one_in(struct run *run, unsigned n)
{
	return hvpt_random_below(&run->prng, n) == 0;
}

static unsigned pick(struct run *run, unsigned n)
{
	return (unsigned)hvpt_random_below(&run->prng, n);
}

static struct hvpt_domain *place(struct run *run, unsigned n)
{
	if (n == DOMAINS)
		return hvpt_iommu_identity(&run->f->iommu);
	if (n == DOMAINS + 1)
		return hvpt_iommu_blocked(&run->f->iommu);
	return &run->f->domain[n];
}

/* ---- things go wrong ------------------------------------------------- */

/* Sometimes the next call, or all of them, or all lists fail. */
static void maybe_inject(struct run *run)
{
	static const uint16_t raw[] = { HV_RAW_PARAMETER, HV_RAW_MEMORY,
					HV_RAW_DOMAINS, HV_RAW_TIMEOUT,
					HV_RAW_NO_CALL };
	struct hypervisor_injection stop = {
		.code = HV_FLUSH_LIST,
		.nth = 1,
		.times = 3,
		.fault = HYPERVISOR_STOP_REP,
	};
	uint16_t status = raw[pick(run, HV_COUNT(raw))];

	/* One draw in each statement: compilers order them differently. */
	stop.reps = (uint16_t)pick(run, 3);
	stop.status = one_in(run, 2) ? 0 : HV_RAW_TIMEOUT;
	switch (pick(run, 24)) {
	case 0:
		hv_inject(run->f, 0, 1 + pick(run, 3), 1, HYPERVISOR_FAIL,
			  status);
		break;
	case 1:
		hv_inject(run->f, 0, 1, UINT64_MAX, HYPERVISOR_FAIL, status);
		break;
	case 2:
		hv_fail(run->f, HV_FLUSH_LIST, status);
		break;
	case 3:
		hypervisor_inject(run->f->hv, &stop);
		break;
	case 4:
		hvpt_arena_fail_at(run->f->arena, 1 + pick(run, 3));
		break;
	case 5:
		run->f->borrow_fail_at = 1 + pick(run, 2);
		break;
	default:
		break;
	}
}

static void heal(struct run *run)
{
	hv_heal(run->f);
	hvpt_arena_fail_at(run->f->arena, 0);
	run->f->borrow_fail_at = 0;
}

/* ---- what may be seen ------------------------------------------------ */

static bool was_there(struct run *run, unsigned n, uint64_t iova, uint64_t gpa)
{
	size_t i;

	for (i = 0; i < run->past_count[n]; i++) {
		const struct past *past = &run->past[n][i];

		if (iova >= past->first && iova <= past->last &&
		    gpa == past->gpa + (iova - past->first))
			return true;
	}
	return false;
}

/* Is what is cached of @first .. @last still to be flushed? */
static bool is_owed(struct run *run, unsigned n, uint64_t first, uint64_t last)
{
	unsigned g;

	for (g = 0; g < GATHERS; g++)
		if (hv_gather_meets(&run->gather[n][g], first, last))
			return true;
	return false;
}

/* A gather is synced: what went into it is over. */
static void forget_pasts(struct run *run, unsigned n, unsigned g)
{
	size_t i, kept = 0;

	for (i = 0; i < run->past_count[n]; i++)
		if (run->past[n][i].gather != g)
			run->past[n][kept++] = run->past[n][i];
	run->past_count[n] = kept;
}

static void check_in_domain(struct run *run, unsigned n, uint64_t iova,
			    bool write, const struct hypervisor_dma *dma)
{
	uint64_t gpa = 0;
	unsigned prot = 0;
	bool mapped;
	size_t i;

	mapped = hvpt_model_lookup(run->model[n], iova, &gpa, &prot);
	if (write && !(prot & HVPT_PROT_WRITE))
		mapped = false;
	assert_int_equal(dma->fresh.translated, mapped);
	if (mapped)
		assert_int_equal(dma->fresh.gpa, gpa);
	for (i = 0; i < dma->stale_count; i++) {
		assert_true(is_owed(run, n, iova, iova));
		if (dma->stale[i].translated)
			assert_true(was_there(run, n, iova, dma->stale[i].gpa));
	}
	run->stale += dma->stale_count;
}

/*
 * Where its DMA goes. One that hvpt has let go may still be where it was: its
 * DETACH takes effect later, or the host said that it is gone, and it is not.
 */
static unsigned really_in(struct run *run, unsigned device)
{
	unsigned left = run->left[device];
	uint32_t id;

	if (run->where[device] != NOWHERE)
		return run->where[device];
	if (left == NOWHERE ||
	    !hypervisor_device_domain(run->f->hv, hv_device_id(device), &id))
		return NOWHERE;
	if (id == hvpt_domain_id(place(run, left)))
		return left;
	assert_int_equal(id, hvpt_domain_id(place(run, DOMAINS + 1)));
	return DOMAINS + 1;
}

static void check_dma(struct run *run, unsigned device, uint64_t iova)
{
	unsigned where = really_in(run, device);
	bool write = one_in(run, 2);
	struct hypervisor_dma dma;

	memset(&dma, 0, sizeof(dma));
	hypervisor_dma(run->f->hv, hv_device_id(device), iova, write, &dma);
	if (where < DOMAINS) {
		check_in_domain(run, where, iova, write, &dma);
		return;
	}
	assert_int_equal(dma.stale_count, 0);
	/* Nobody has said yet where it goes: not translated. */
	if (where == NOWHERE && !run->detached[device])
		return;
	/* What bypasses stage 1 is not a gpa any more. */
	if (where == DOMAINS && iova >> 52 != 0)
		return;
	assert_int_equal(dma.fresh.translated, where == DOMAINS);
	if (dma.fresh.translated)
		assert_int_equal(dma.fresh.gpa, iova);
}

static uint64_t window(struct run *run, unsigned n)
{
	static const uint64_t at[WINDOWS] = { 0, HV_1G - HV_2M, 8 * HV_1G };

	return run->f->base + at[n];
}

static uint64_t any_iova(struct run *run)
{
	uint64_t iova = window(run, pick(run, WINDOWS));

	iova += hvpt_random_below(&run->prng, WINDOW / HV_4K) * HV_4K;
	return iova + pick(run, 4096);
}

static void lookup_agrees(struct run *run, unsigned n, uint64_t iova)
{
	uint64_t gpa;
	unsigned prot;

	if (hvpt_model_lookup(run->model[n], iova, &gpa, &prot))
		hv_lookup_is(&run->f->domain[n], iova, gpa);
	else
		hv_lookup_none(&run->f->domain[n], iova);
}

static void step_dma(struct run *run)
{
	uint64_t iova = any_iova(run);
	unsigned n;

	for (n = 0; n < DEVICES; n++)
		check_dma(run, n, iova);
	for (n = 0; n < DOMAINS; n++)
		lookup_agrees(run, n, iova);
}

/* Both ends of a range, and something in it, by every device. */
static void use_range(struct run *run, uint64_t iova, uint64_t length)
{
	unsigned n;

	for (n = 0; n < DEVICES; n++) {
		check_dma(run, n, iova);
		check_dma(run, n, iova + (length - 1));
		check_dma(run, n, iova + hvpt_random_below(&run->prng, length));
	}
}

/* ---- map, unmap, sync ------------------------------------------------ */

static void target(struct run *run, uint64_t *iova, uint64_t *length)
{
	uint64_t grain = one_in(run, 4) ? HV_2M : HV_4K;
	uint64_t units = WINDOW / grain;
	uint64_t start = hvpt_random_below(&run->prng, units);
	uint64_t size = 1 +
			hvpt_random_below(&run->prng, one_in(run, 4) ? 600 : 8);

	*iova = window(run, pick(run, WINDOWS)) + start * grain;
	*length = (size < units - start ? size : units - start) * grain;
}

static void note_past(struct run *run, unsigned n, unsigned g, uint64_t first,
		      uint64_t last, uint64_t gpa)
{
	struct past *past = &run->past[n][run->past_count[n]++];

	assert_true(run->past_count[n] <= PASTS);
	past->gather = g;
	past->first = first;
	past->last = last;
	past->gpa = gpa;
}

/* All of the range which is mapped now, will be of the past. */
static void note_pasts(struct run *run, unsigned n, unsigned g, uint64_t iova,
		       uint64_t length)
{
	uint64_t end = iova + (length - 1);
	uint64_t first, last, gpa;
	uint64_t at = iova;
	unsigned prot;

	while (hvpt_model_next(run->model[n], at, &first, &last, &gpa, &prot)) {
		if (first > end)
			break;
		/* Only what is taken away: the rest of a leaf stays. */
		if (first < iova) {
			gpa += iova - first;
			first = iova;
		}
		note_past(run, n, g, first, last < end ? last : end, gpa);
		if (last >= end)
			break;
		at = last + 1;
	}
}

static void sync_domain(struct run *run, unsigned n, unsigned g)
{
	struct hvpt_gather *gather = &run->gather[n][g];
	struct hvpt_gather before = *gather;
	enum hvpt_status status;

	maybe_inject(run);
	if (one_in(run, 4)) {
		status = hvpt_domain_flush(&run->f->domain[n], gather);
		assert_true(hv_gather_equal(&before, gather));
	} else {
		status = hvpt_domain_sync(&run->f->domain[n], gather);
	}
	heal(run);
	if (status == HVPT_OK) {
		hvpt_pt_release(hvpt_domain_pagetable(&run->f->domain[n]),
				gather);
		forget_pasts(run, n, g);
		return;
	}
	assert_true(hv_gather_equal(&before, gather));
	run->failed++;
}

static void must_sync(struct run *run, unsigned n)
{
	unsigned g;

	heal(run);
	for (g = 0; g < GATHERS; g++) {
		hv_ok(hvpt_domain_sync(&run->f->domain[n], &run->gather[n][g]));
		assert_true(hvpt_gather_is_empty(&run->gather[n][g]));
	}
	run->past_count[n] = 0;
}

/* IOVAs which are still owed a flush are not reused. */
static void settle(struct run *run, unsigned n, uint64_t iova, uint64_t length)
{
	if (is_owed(run, n, iova, iova + (length - 1)))
		must_sync(run, n);
}

static uint64_t any_gpa(struct run *run, uint64_t iova)
{
	if (one_in(run, 2))
		return HV_DATA +
		       HV_4K * hvpt_random_below(&run->prng, 1ull << 30);
	/* Such that large leaves fit. */
	return HV_DATA + HV_512G * pick(run, 4) + iova % HV_512G;
}

static struct hvpt_gather *any_gather(struct run *run, unsigned n)
{
	return &run->gather[n][pick(run, GATHERS)];
}

static void check_map(struct run *run, unsigned n, enum hvpt_status status,
		      uint64_t iova, uint64_t length)
{
	if (status == HVPT_ERR_NO_MEMORY) {
		run->failed++;
		return;
	}
	hv_status(status, hvpt_model_mapped_in(run->model[n], iova, length) ?
				  HVPT_ERR_OVERLAP :
				  HVPT_OK);
}

static void step_map(struct run *run)
{
	unsigned n = pick(run, DOMAINS);
	unsigned prot = one_in(run, 4) ? HV_RO : HV_RW;
	enum hvpt_status status;
	uint64_t iova, length, gpa;

	target(run, &iova, &length);
	settle(run, n, iova, length);
	gpa = any_gpa(run, iova);
	maybe_inject(run);
	status = hvpt_domain_map(&run->f->domain[n], hvpt_iova(iova),
				 hvpt_gpa(gpa), length, prot,
				 any_gather(run, n));
	heal(run);
	check_map(run, n, status, iova, length);
	if (status == HVPT_OK)
		assert_true(
			hvpt_model_map(run->model[n], iova, gpa, length, prot));
	/* Empty tables were replaced: not before a flush. */
	settle(run, n, iova, length);
	use_range(run, iova, length);
}

static void step_map_list(struct run *run)
{
	unsigned n = pick(run, DOMAINS);
	struct hvpt_segment segments[3];
	enum hvpt_status status;
	uint64_t iova, length, at;
	unsigned i;

	target(run, &iova, &length);
	length = 3 * HV_4K * (1 + pick(run, 40));
	if (iova + length > window(run, 0) + WINDOW &&
	    iova < window(run, 0) + WINDOW)
		iova = window(run, 0);
	settle(run, n, iova, length);
	for (i = 0; i < 3; i++) {
		segments[i].gpa = hvpt_gpa(any_gpa(run, iova));
		segments[i].length = length / 3;
	}
	status = hvpt_domain_map_list(&run->f->domain[n], hvpt_iova(iova),
				      segments, 3, HV_RW, any_gather(run, n));
	check_map(run, n, status, iova, length);
	for (i = 0, at = iova; status == HVPT_OK && i < 3; i++) {
		assert_true(hvpt_model_map(run->model[n], at,
					   segments[i].gpa.value, length / 3,
					   HV_RW));
		at += length / 3;
	}
	settle(run, n, iova, length);
	use_range(run, iova, length);
}

/* Mostly where something is mapped: all of it, its end, or more. */
static void unmap_target(struct run *run, unsigned n, uint64_t *iova,
			 uint64_t *length)
{
	uint64_t first, last, gpa;
	unsigned prot;

	target(run, iova, length);
	if (one_in(run, 4) ||
	    !hvpt_model_next(run->model[n], *iova, &first, &last, &gpa, &prot))
		return;
	*iova = one_in(run, 2) ? first : last + 1 - HV_4K;
	if (one_in(run, 2))
		*length = last + 1 - *iova;
}

static void step_unmap(struct run *run)
{
	unsigned n = pick(run, DOMAINS), g = pick(run, GATHERS);
	uint64_t unmapped = 0;
	enum hvpt_status status;
	uint64_t iova, length;

	unmap_target(run, n, &iova, &length);
	if (run->last_iova && one_in(run, 4)) {
		/* Another part of a leaf which somebody else split. */
		n = run->last_domain;
		iova = (run->last_iova & ~(HV_2M - 1)) + HV_4K * pick(run, 512);
		length = HV_4K;
	}
	run->last_domain = n;
	run->last_iova = iova;
	if (run->past_count[n] > PASTS / 2)
		must_sync(run, n);
	use_range(run, iova, length);
	note_pasts(run, n, g, iova, length);
	maybe_inject(run);
	status = hvpt_domain_unmap(&run->f->domain[n], hvpt_iova(iova), length,
				   &run->gather[n][g], &unmapped);
	heal(run);
	if (status == HVPT_OK) {
		assert_int_equal(unmapped,
				 hvpt_model_unmap(run->model[n], iova, length));
	} else {
		hv_status(status, HVPT_ERR_NO_MEMORY);
		run->failed++;
	}
	use_range(run, iova, length);
	if (one_in(run, 2))
		sync_domain(run, n, g);
	use_range(run, iova, length);
}

static void step_reclaim(struct run *run)
{
	unsigned n = pick(run, DOMAINS);
	uint64_t reclaimed;

	hv_ok(hvpt_pt_reclaim(hvpt_domain_pagetable(&run->f->domain[n]),
			      hvpt_iova(run->f->base), 16 * HV_1G,
			      any_gather(run, n), &reclaimed));
	must_sync(run, n);
	step_dma(run);
}

static void step_flush_all(struct run *run)
{
	unsigned n = pick(run, DOMAINS), g = pick(run, GATHERS);

	maybe_inject(run);
	if (hvpt_domain_flush_all(&run->f->domain[n]) == HVPT_OK &&
	    one_in(run, 2)) {
		hvpt_pt_release(hvpt_domain_pagetable(&run->f->domain[n]),
				&run->gather[n][g]);
		forget_pasts(run, n, g);
	}
	heal(run);
}

/* ---- devices --------------------------------------------------------- */

static void is_now_in(struct run *run, unsigned device, unsigned to)
{
	run->where[device] = to;
	run->left[device] = NOWHERE;
	run->detached[device] = false;
}

static void must_attach(struct run *run, unsigned device, unsigned to)
{
	hv_attach(run->f, device, place(run, to));
	is_now_in(run, device, to);
}

/* hvpt says that it is in no domain any more. */
static void is_let_go(struct run *run, unsigned device, bool detached)
{
	if (run->where[device] != NOWHERE)
		run->left[device] = run->where[device];
	run->where[device] = NOWHERE;
	run->detached[device] = detached;
}

static void step_attach(struct run *run)
{
	unsigned device = pick(run, DEVICES);
	unsigned to = pick(run, PLACES);
	enum hvpt_status status;

	maybe_inject(run);
	if (one_in(run, 8))
		hv_fail_after(run->f, HV_ATTACH, HV_RAW_MEMORY);
	status = hv_try_attach(run->f, device, place(run, to));
	heal(run);
	if (status == HVPT_OK) {
		hv_device_is_in(run->f, device, place(run, to));
		is_now_in(run, device, to);
		return;
	}
	run->failed++;
	/* No hypercall was made: it did not move. */
	if (status == HVPT_ERR_CALL_PAGE || status == HVPT_ERR_NO_HYPERVISOR)
		return;
	/* Until it is known again: neither of the two can go. */
	if (to < DOMAINS)
		hv_status(hv_try_destroy(run->f, to), HVPT_ERR_BUSY);
	if (run->where[device] < DOMAINS)
		hv_status(hv_try_destroy(run->f, run->where[device]),
			  HVPT_ERR_BUSY);
	must_attach(run, device, one_in(run, 2) ? to : DOMAINS + pick(run, 2));
}

static void ats_off(struct run *run, unsigned device)
{
	hypervisor_set_ats(run->f->hv, hv_device_id(device), false);
	hvpt_device_set_ats(&run->f->device[device], false);
}

static void step_detach(struct run *run)
{
	unsigned device = pick(run, DEVICES);
	enum hvpt_status status;

	ats_off(run, device);
	maybe_inject(run);
	status = hvpt_device_detach(&run->f->device[device]);
	heal(run);
	if (run->where[device] == NOWHERE)
		hv_status(status, HVPT_ERR_NOT_ATTACHED);
	if (status == HVPT_OK) {
		is_let_go(run, device, true);
	} else if (run->where[device] != NOWHERE) {
		/* Where it was, in the blocked domain, or detached. */
		must_attach(run, device, run->where[device]);
	}
}

/* The host takes it away, nobody asked; and gives it back. */
static void surprise(struct run *run, unsigned device)
{
	struct hvpt_device *gone = &run->f->device[device];

	hypervisor_remove_device(run->f->hv, hv_device_id(device));
	ats_off(run, device);
	if (hvpt_device_remove(gone) != HVPT_OK)
		hvpt_device_gone(gone);
	run->f->device_live[device] = false;
	hv_device(run->f, device);
	must_attach(run, device, DOMAINS + 1);
}

static void step_replug(struct run *run)
{
	unsigned device = pick(run, DEVICES);

	if (one_in(run, 3)) {
		surprise(run, device);
		return;
	}
	ats_off(run, device);
	maybe_inject(run);
	if (hv_try_remove(run->f, device) == HVPT_OK) {
		heal(run);
		hv_device(run->f, device);
		is_let_go(run, device, false);
		return;
	}
	heal(run);
	run->failed++;
	must_attach(run, device, DOMAINS + 1);
}

/* ---- domains --------------------------------------------------------- */

static void make_domain(struct run *run, unsigned n)
{
	static const enum hvpt_flush_policy policies[] = {
		HVPT_FLUSH_TWO_BLOCK,
		HVPT_FLUSH_COVER,
		HVPT_FLUSH_EXACT,
	};
	enum hvpt_status status;
	unsigned g;

	run->f->domain_config.policy = policies[pick(run, 3)];
	maybe_inject(run);
	status = hv_try_make(run->f, n);
	heal(run);
	if (status != HVPT_OK) {
		run->failed++;
		hv_make(run->f, n);
	}
	run->model[n] = hvpt_model_create();
	run->past_count[n] = 0;
	for (g = 0; g < GATHERS; g++)
		hvpt_gather_init(&run->gather[n][g]);
}

/* Taken down while it is full; now and then it cannot be, and is abandoned. */
static void end_domain(struct run *run, unsigned n)
{
	enum hvpt_status status;

	must_sync(run, n);
	maybe_inject(run);
	status = hv_try_destroy(run->f, n);
	heal(run);
	if (status != HVPT_OK) {
		run->failed++;
		if (one_in(run, 2))
			hv_abandon(run->f, n);
		else
			hv_ok(hv_try_destroy(run->f, n));
	}
	hvpt_model_destroy(run->model[n]);
	run->model[n] = NULL;
}

static void step_domain(struct run *run)
{
	unsigned n = pick(run, DOMAINS);
	unsigned device;

	for (device = 0; device < DEVICES; device++) {
		if (really_in(run, device) != n)
			continue;
		if (run->where[device] == n)
			hv_status(hv_try_destroy(run->f, n), HVPT_ERR_BUSY);
		if (one_in(run, 2))
			return;
		must_attach(run, device, DOMAINS + pick(run, 2));
	}
	end_domain(run, n);
	make_domain(run, n);
}

/* ---- all of it ------------------------------------------------------- */

static void step(struct run *run)
{
	switch (pick(run, 24)) {
	default:
		step_map(run);
		break;
	case 7:
	case 8:
		step_map_list(run);
		break;
	case 9:
	case 10:
	case 11:
	case 12:
	case 13:
	case 14:
		step_unmap(run);
		break;
	case 15:
		sync_domain(run, pick(run, DOMAINS), pick(run, GATHERS));
		break;
	case 16:
	case 17:
		step_dma(run);
		break;
	case 18:
	case 19:
		step_attach(run);
		break;
	case 20:
		step_flush_all(run);
		step_detach(run);
		break;
	case 21:
		step_replug(run);
		break;
	case 22:
		step_domain(run);
		break;
	case 23:
		step_reclaim(run);
		break;
	}
}

/* Every interval of the model, seen by lookup; and the gaps beside it. */
static void compare(struct run *run, unsigned n)
{
	uint64_t first, last, gpa;
	uint64_t bytes = 0;
	uint64_t at = 0;
	unsigned prot;

	while (hvpt_model_next(run->model[n], at, &first, &last, &gpa, &prot)) {
		hv_lookup_is(&run->f->domain[n], first, gpa);
		hv_lookup_is(&run->f->domain[n], last, gpa + (last - first));
		lookup_agrees(run, n, last + 1);
		lookup_agrees(run, n, first - 1);
		bytes += last - first + 1;
		at = last + 1;
	}
	assert_int_equal(bytes, hvpt_model_bytes(run->model[n]));
}

static void compare_all(struct run *run)
{
	unsigned n;

	for (n = 0; n < DOMAINS; n++)
		compare(run, n);
	hv_no_violation(run->f);
}

static void begin(struct run *run)
{
	unsigned n;

	for (n = 0; n < DOMAINS; n++)
		make_domain(run, n);
	for (n = 0; n < DEVICES; n++) {
		hv_device(run->f, n);
		must_attach(run, n, n);
	}
}

static void finish(struct run *run)
{
	unsigned n;

	for (n = 0; n < DEVICES; n++)
		must_attach(run, n, DOMAINS + 1);
	for (n = 0; n < DOMAINS; n++)
		end_domain(run, n);
}

static void make_steps(struct run *run, unsigned steps)
{
	unsigned n;

	for (n = 0; n < steps; n++) {
		hv_mark(run->f);
		step(run);
		if (n % 32 == 31)
			compare_all(run);
	}
	compare_all(run);
}

static void test_random_steps(void **state)
{
	struct run *run = test_calloc(1, sizeof(*run));
	unsigned steps = pt_effort(80000);

	run->f = *state;
	run->prng = pt_seed("test_random_steps", 0xd0ba1);
	begin(run);
	make_steps(run, steps);
	printf("%u steps, %llu failures, %llu stale outcomes\n", steps,
	       (unsigned long long)run->failed, (unsigned long long)run->stale);
	/* A run in which nothing of this happened has tested nothing. */
	if (steps >= 500) {
		assert_true(run->failed > steps / 100);
		assert_true(run->stale > steps / 100);
	}
	finish(run);
	test_free(run);
}

/* ---- hosts ----------------------------------------------------------- */

/* Each choice of the host's, one time in three other than usual. */
static void draw_host(struct run *run, struct hypervisor_config *host)
{
	static const uint16_t refusals[] = { 0, 0, 0x08, 0x58, 0x05, 0x0b };
	static const uint16_t gone[] = { 0, 0, 0x10, 0x58, 0x05 };
	static const uint64_t times[] = { 1, 5, 100, UINT64_MAX };

	host->reconfigure = refusals[pick(run, 6)];
	host->detach = refusals[pick(run, 6)];
	host->detach_delay = one_in(run, 3) ? 1 + pick(run, 8) : 0;
	host->list = refusals[pick(run, 6)];
	host->list_times = times[pick(run, 4)];
	host->reps = one_in(run, 2) ? HYPERVISOR_REPS_HONEST :
				      (enum hypervisor_reps)pick(run, 4);
	host->gone = gone[pick(run, 5)];
	host->gone_stays = one_in(run, 3);
	host->take_over = !host->reconfigure && one_in(run, 3);
}

/* Devices which the host took away may stay in the blocked domain. */
static void end_host(struct run *run)
{
	struct hv_fixture *f = run->f;
	unsigned n;

	finish(run);
	for (n = 0; n < DEVICES; n++) {
		ats_off(run, n);
		hv_ok(hv_try_remove(f, n));
	}
	if (!f->host.gone_stays) {
		hv_ok(hv_try_iommu_destroy(f));
		return;
	}
	hv_status(hv_try_iommu_destroy(f), HVPT_ERR_HV_STATE);
	f->live = false;
	f->orphans++;
}

static void test_random_hosts(void **state)
{
	struct run *run = test_calloc(1, sizeof(*run));
	unsigned rounds = pt_effort(24), n;

	run->f = *state;
	run->prng = pt_seed("test_random_hosts", 0x4057);
	for (n = 0; n < rounds; n++) {
		draw_host(run, &run->f->host);
		hv_new_host(run->f);
		run->f->orphans = 0;
		hv_ok(hv_try_init(run->f));
		begin(run);
		make_steps(run, 1500);
		end_host(run);
	}
	test_free(run);
}

int main(void)
{
	static const struct hv_case cases[] = {
		HV_CASE(test_random_steps),
		HV_PREPARED(test_random_hosts),
	};

	return hv_run("domain_random", cases, HV_COUNT(cases), hv_main,
		      hv_main_count);
}
