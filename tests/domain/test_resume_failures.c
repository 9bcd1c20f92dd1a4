/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A resume whose hypercalls fail, each in turn, before or after their work.
 */
#include "tests/support/hv_fixture.h"
#include "tests/support/resume_fixture.h"

/* hvpt_iommu_last_failure() returns the call that failed. */
static void failure_is_told(struct hv_fixture *f, unsigned n, uint16_t raw)
{
	const struct hv_event *event = &f->log[n - 1];

	assert_int_equal(event->status, raw);
	/*
	 * Except a flush that finds out whether a domain exists: that may fail.
	 */
	if (event->code == HV_FLUSH &&
	    (event[1].code == HV_CREATE || event[-1].code == HV_GET_CAPS))
		return;
	hv_last_failure_is(f, event->code, raw);
}

/* Return: whether the @n-th hypercall was made at all. */
static bool fail_at(struct hv_fixture *f, unsigned n,
		    enum hypervisor_fault fault, uint16_t raw,
		    const uint32_t *id)
{
	enum hvpt_status status;
	unsigned tries;

	hv_lose_state(f);
	hv_inject(f, 0, n, 1, fault, raw);
	hv_mark(f);
	status = hvpt_iommu_resume(&f->iommu, false);
	hv_heal(f);
	if (hv_calls_since(f) < n) {
		hv_ok(status);
		resume_is_complete(f, id);
		return false;
	}
	failure_is_told(f, n, raw);
	/* A device that cannot be parked is tried again at the end. */
	if (status != HVPT_OK)
		hv_status(status, hv_mapped(raw));
	for (tries = 0; tries < 2; tries++) {
		hv_ok(hvpt_iommu_resume(&f->iommu, true));
		resume_is_complete(f, id);
	}
	return true;
}

static void test_any_call_fails(void **state)
{
	static const uint16_t raw[] = { HV_RAW_MEMORY, HV_RAW_PARAMETER,
					HV_RAW_DOMAINS, HV_RAW_NO_CALL };
	struct hv_fixture *f = *state;
	uint32_t id[4];
	unsigned n;
	size_t i;

	resume_make_all(f);
	resume_ids(f, id);
	for (i = 0; i < HV_COUNT(raw); i++) {
		for (n = 1; fail_at(f, n, HYPERVISOR_FAIL, raw[i], id); n++)
			;
		assert_int_equal(n, RESUME_CALLS + 1);
	}
	resume_all_works(f);
}

/* What was created but reported as failed is found again: ids may change. */
static void test_any_call_does_its_work_and_fails(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	resume_make_all(f);
	for (n = 1; fail_at(f, n, HYPERVISOR_FAIL_AFTER, HV_RAW_MEMORY, NULL);
	     n++)
		;
	assert_int_equal(n, RESUME_CALLS + 1);
	resume_all_works(f);
}

/* Nine calls, then all fail; again and again, until it is done. */
static void test_a_few_calls_at_a_time(void **state)
{
	struct hv_fixture *f = *state;
	enum hvpt_status status;
	uint32_t id[4];
	unsigned tries;

	resume_make_all(f);
	resume_ids(f, id);
	hv_lose_state(f);
	for (tries = 0;; tries++) {
		hv_inject(f, 0, 10, UINT64_MAX, HYPERVISOR_FAIL, HV_RAW_MEMORY);
		status = hvpt_iommu_resume(&f->iommu, tries > 0);
		hv_heal(f);
		if (status == HVPT_OK)
			break;
		hv_status(status, HVPT_ERR_HV_MEMORY);
		assert_true(tries < 40);
	}
	assert_true(tries > 2);
	resume_is_complete(f, id);
}

static void test_no_call_page_at_any_time(void **state)
{
	struct hv_fixture *f = *state;
	enum hvpt_status status;
	uint64_t left;
	uint32_t id[4];
	unsigned n;

	resume_make_all(f);
	resume_ids(f, id);
	for (n = 1;; n++) {
		hv_lose_state(f);
		f->borrow_fail_at = n;
		status = hvpt_iommu_resume(&f->iommu, false);
		left = f->borrow_fail_at;
		f->borrow_fail_at = 0;
		if (left)
			break;
		if (status != HVPT_OK)
			hv_status(status, HVPT_ERR_CALL_PAGE);
		hv_ok(hvpt_iommu_resume(&f->iommu, true));
		resume_is_complete(f, id);
	}
	assert_int_equal(n, RESUME_CALLS + 1);
}

/*
 * Domains turn out to exist, with devices in them: nothing was lost after all.
 */
static void test_the_state_was_not_lost(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n, round;

	resume_make_all(f);
	for (round = 0; round < 3; round++) {
		for (n = 0; n < 4; n++)
			hypervisor_set_ats(f->hv, hv_device_id(n), false);
		hv_ok(hvpt_iommu_resume(&f->iommu, false));
		resume_is_complete(f, NULL);
	}
	resume_all_works(f);
}

int main(void)
{
	static const struct hv_case cases[] = {
		HV_CASE(test_any_call_fails),
		HV_CASE(test_any_call_does_its_work_and_fails),
		HV_CASE(test_a_few_calls_at_a_time),
		HV_CASE(test_no_call_page_at_any_time),
		HV_CASE(test_the_state_was_not_lost),
	};

	return hv_run("resume_failures", cases, HV_COUNT(cases), hv_main,
		      hv_main_count);
}
