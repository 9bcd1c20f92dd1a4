/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One scenario in which everything happens, run again and again with another
 * thing going wrong each time: each hypercall, each page, each element of a
 * rep call, each kind of hypercall from some call on.
 *
 * Whatever it is: the status says it, devices never see what was synced away,
 * the hypervisor never finds a reason to complain, and when things go well
 * again all that was made can be unmade, and no page is missing.
 */
#include <stdio.h>
#include <string.h>

#include "support/hv_fixture.h"
#include "support/prng.h"

/* ---- the scenario ---------------------------------------------------- */

#define TRY(call)                                                              \
	do {                                                                   \
		enum hvpt_status status_ = (call);                             \
		if (status_ != HVPT_OK)                                        \
			return status_;                                        \
	} while (0)

#define LARGE (f->base + HV_1G)
#define TABLE (f->base + 2 * HV_1G)

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
	TRY(hv_try_map(f, 0, f->base, HV_DATA, 3 * HV_4K));
	TRY(hv_try_map(f, 0, LARGE, HV_DATA + HV_1G, 2 * HV_2M));
	TRY(hv_try_map(f, 0, TABLE, HV_DATA + HV_4K, HV_2M));
	TRY(hv_try_map(f, 1, f->base, HV_DATA + HV_512G, HV_4K));
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
	TRY(hv_try_unmap(f, 0, LARGE + HV_4K, HV_2M));
	hv_dma_owed(f, 0, LARGE + HV_4K, HV_DATA + HV_1G + HV_4K);
	TRY(hv_try_unmap(f, 0, f->base + HV_4K, HV_4K));
	TRY(hv_try_unmap(f, 0, TABLE, HV_2M));
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
	TRY(hv_try_unmap(f, 0, f->base, 4 * HV_1G));
	TRY(hv_try_sync(f, 0));
	TRY(hv_try_unmap(f, 1, f->base, HV_4K));
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
	TRY(hv_try_destroy(f, 0));
	TRY(hv_try_destroy(f, 1));
	TRY(hv_try_iommu_destroy(f));
	return HVPT_OK;
}

static enum hvpt_status scenario(struct hv_fixture *f)
{
	TRY(make(f));
	TRY(map_and_use(f));
	TRY(unmap_parts(f));
	TRY(switch_domains(f));
	TRY(unmap_all(f));
	TRY(unmake(f));
	return HVPT_OK;
}

/* ---- afterwards ------------------------------------------------------ */

/* The hypervisor deleted it and said it had not: nobody can delete it now. */
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
	/* As far as it goes; and if not, what is left is what the other is. */
	if (hv_try_iommu_destroy(f) != HVPT_OK)
		f->orphans += hypervisor_domains(f->hv) - f->orphans;
	f->live = false;
}

/* With all going well again: unmake whatever there is. */
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

/* Failures which belong to the scenario: nothing was injected there. */
static bool is_natural(const struct hv_fixture *f, const struct hv_event *event)
{
	if (event->code == HV_ATTACH)
		return event->status == HV_RAW_IN_DOMAIN;
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

	/* Flushes have a second way, or a second time. */
	if (status == HVPT_OK) {
		assert_true(!event || event->code == HV_FLUSH ||
			    event->code == HV_FLUSH_LIST);
		return;
	}
	assert_non_null(event);
	/* An old host: no pvIOMMU, which is no fault. */
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
	HV_RAW_CODE,	HV_RAW_PARAMETER, HV_RAW_MEMORY,
	HV_RAW_DOMAINS, HV_RAW_TIMEOUT,	  HV_RAW_NO_CALL,
};

/* Less effort tries fewer statuses at each call, but each at some calls. */
static void sweep(struct hv_fixture *f, struct plan plan, unsigned least)
{
	unsigned statuses = pt_effort(HV_COUNT(raw_statuses));
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

static bool has_list(const struct hv_params *params)
{
	return !params->no_list;
}

static void test_any_hypercall_fails(void **state)
{
	sweep(*state, (struct plan){ 0, 1, HYPERVISOR_FAIL, 0 }, 25);
}

static void test_any_hypercall_does_its_work_and_fails(void **state)
{
	sweep(*state, (struct plan){ 0, 1, HYPERVISOR_FAIL_AFTER, 0 }, 25);
}

static void test_all_hypercalls_fail_from_some_on(void **state)
{
	sweep(*state, (struct plan){ 0, UINT64_MAX, HYPERVISOR_FAIL, 0 }, 25);
}

static void test_one_code_fails_from_some_on(void **state)
{
	static const uint16_t codes[] = {
		HV_GET_CAPS, HV_CREATE, HV_CONFIGURE,  HV_GET_DEVICE, HV_ATTACH,
		HV_DETACH,   HV_FLUSH,	HV_FLUSH_LIST, HV_DELETE,
	};
	size_t i;

	for (i = 0; i < HV_COUNT(codes); i++)
		sweep(*state,
		      (struct plan){ codes[i], UINT64_MAX, HYPERVISOR_FAIL, 0 },
		      1);
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

static void test_any_call_page_is_missing(void **state)
{
	struct hv_fixture *outer = *state;
	struct hv_fixture *f = test_malloc(sizeof(*f));
	enum hvpt_status status;
	bool missed = true;
	unsigned n;

	for (n = 1; missed; n++) {
		hv_prepare(f, outer->params);
		f->borrow_fail_at = n;
		status = scenario(f);
		missed = f->borrow_fail_at == 0;
		/* Flushes have a second way, or a second try. */
		if (status != HVPT_OK)
			hv_status(status, HVPT_ERR_CALL_PAGE);
		f->borrow_fail_at = 0;
		recover(f);
		hv_close(f);
	}
	assert_true(n > 25);
	test_free(f);
}

/* ---- table pages ----------------------------------------------------- */

static void test_any_page_is_missing(void **state)
{
	struct hv_fixture *outer = *state;
	struct hv_fixture *f = test_malloc(sizeof(*f));
	enum hvpt_status status;
	bool missed = true;
	unsigned n;

	for (n = 1; missed; n++) {
		hv_prepare(f, outer->params);
		hvpt_arena_fail_at(f->arena, n);
		status = scenario(f);
		missed = hvpt_arena_allocs(f->arena) >= n;
		hv_status(status, missed ? HVPT_ERR_NO_MEMORY : HVPT_OK);
		recover(f);
		hv_close(f);
	}
	/* Two roots and at least four tables. */
	assert_true(n > 6);
	test_free(f);
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

/* Return: descriptors done by the list call. */
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

/* All of them when nothing stops it; so much is known from the exact plan. */
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

static void test_rep_calls_which_do_nothing_are_given_up(void **state)
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

static void test_rep_calls_which_fail_half_way(void **state)
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
		HV_CASE_IF(test_rep_calls_which_do_nothing_are_given_up,
			   has_list),
		HV_CASE_IF(test_rep_calls_which_fail_half_way, has_list),
	};

	return hv_run("domain_sweep", cases, HV_COUNT(cases), hv_main,
		      hv_main_count);
}
