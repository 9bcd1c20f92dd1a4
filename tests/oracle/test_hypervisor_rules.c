/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The model hypervisor: failures that a test injects, and what a guest must
 * never do. No header of hvpt is used.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "oracle/hypervisor.h"
#include "tests/support/death.h"
#include "tests/support/hv_raw.h"

/* ---- injections ------------------------------------------------------ */

static void inject(struct hypervisor *hv, uint16_t code, uint64_t nth,
		   uint64_t times, enum hypervisor_fault fault, uint16_t status,
		   uint16_t reps)
{
	const struct hypervisor_injection injection = {
		.code = code,
		.nth = nth,
		.times = times,
		.fault = fault,
		.status = status,
		.reps = reps,
	};

	hypervisor_inject(hv, &injection);
}

static void an_injected_failure_does_nothing(void **state)
{
	const uint64_t ask[] = { RAW_SELF, 0 };
	struct hypervisor *hv = raw_open(&raw_plain);
	uint64_t out[4];

	(void)state;
	inject(hv, RAW_CREATE, 2, 2, HYPERVISOR_FAIL, RAW_NO_MEMORY, 0);
	assert_int_equal(raw_create(hv, 4), RAW_OK);
	assert_int_equal(raw_flush(hv, 4), RAW_OK);
	assert_int_equal(raw_create(hv, 5), RAW_NO_MEMORY);
	assert_int_equal(raw_create(hv, 5), RAW_NO_MEMORY);
	assert_false(hypervisor_has_domain(hv, 5));
	assert_int_equal(raw_create(hv, 5), RAW_OK);
	inject(hv, 0, 0, 0, HYPERVISOR_FAIL, 0xfedc, 0);
	assert_int_equal(raw_status(raw_call(hv, RAW_GET_CAPS, ask, 2, out)),
			 0xfedc);
	assert_int_equal(out[0], 0xcccccccccccccccc);
	assert_int_equal(out[2], 0xcccccccccccccccc);
	assert_int_equal(out[3], 0xaaaaaaaaaaaaaaaa);
	assert_int_equal(raw_status(raw_call(hv, RAW_GET_CAPS, ask, 2, out)),
			 RAW_OK);
	hypervisor_destroy(hv);
}

static void an_injected_failure_may_come_after_the_deed(void **state)
{
	const uint64_t ask[] = { RAW_SELF, 0 };
	struct hypervisor *hv = raw_open(&raw_plain);
	uint64_t out[4];
	uint32_t id = 0;

	(void)state;
	inject(hv, RAW_ATTACH, 1, 1, HYPERVISOR_FAIL_AFTER, RAW_TIMEOUT, 0);
	assert_int_equal(raw_attach(hv, 2, 0x10), RAW_TIMEOUT);
	assert_true(hypervisor_device_domain(hv, 0x10, &id));
	assert_int_equal(id, 2);
	inject(hv, RAW_GET_CAPS, 1, 1, HYPERVISOR_FAIL_AFTER, 0x71, 0);
	assert_int_equal(raw_status(raw_call(hv, RAW_GET_CAPS, ask, 2, out)),
			 0x71);
	assert_int_equal(out[0], 0xcccccccccccccccc);
	assert_int_equal(hypervisor_failures(hv, RAW_ATTACH), 1);
	hypervisor_destroy(hv);
}

static void there_may_be_no_hypercall_page(void **state)
{
	const uint64_t in[] = { RAW_SELF, 0, RAW_DOMAIN(7), 1 };
	struct hypervisor *hv = raw_open(&raw_plain);

	(void)state;
	inject(hv, 0, 1, UINT64_MAX, HYPERVISOR_NO_CALL, 0, 0);
	assert_int_equal(raw_call(hv, RAW_CREATE, in, 4, NULL), UINT64_MAX);
	assert_int_equal(raw_call(hv, RAW_CREATE, in, 4, NULL), UINT64_MAX);
	assert_int_equal(raw_call(hv, 0x1234, NULL, 0, NULL), UINT64_MAX);
	assert_int_equal(hypervisor_failures(hv, RAW_CREATE), 2);
	raw_is_as_opened(hv);
	hypervisor_inject_nothing(hv);
	assert_int_equal(raw_call(hv, RAW_CREATE, in, 4, NULL) & 0xffff,
			 RAW_OK);
	hypervisor_destroy(hv);
}

static void a_list_may_stop_early(void **state)
{
	static const uint16_t statuses[] = { RAW_OK, RAW_TIMEOUT,
					     RAW_NO_MEMORY };
	const uint64_t entries[8] = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < RAW_COUNT(statuses); i++) {
		struct hypervisor *hv = raw_open(&raw_plain);
		struct hypervisor_stats stats;
		uint64_t result;

		inject(hv, 0, 1, 1, HYPERVISOR_STOP_REP, statuses[i], 3);
		inject(hv, 0, 1, 1, HYPERVISOR_STOP_REP, statuses[i], 0);
		inject(hv, 0, 1, 1, HYPERVISOR_STOP_REP, statuses[i], 99);
		/* Not for a simple call. */
		assert_int_equal(raw_flush(hv, 1), RAW_OK);
		result = raw_flush_list(hv, 1, entries, 8, 2);
		assert_int_equal(raw_status(result), statuses[i]);
		assert_int_equal(raw_done(result), 5);
		result = raw_flush_list(hv, 1, entries, 8, 5);
		assert_int_equal(raw_status(result), statuses[i]);
		assert_int_equal(raw_done(result), 5);
		result = raw_flush_list(hv, 1, entries, 8, 5);
		assert_int_equal(raw_status(result), statuses[i]);
		assert_int_equal(raw_done(result), 8);
		result = raw_flush_list(hv, 1, entries, 8, 0);
		assert_int_equal(raw_status(result), RAW_OK);
		assert_int_equal(raw_done(result), 8);
		hypervisor_read_stats(hv, &stats);
		assert_int_equal(stats.descriptors, 3 + 0 + 3 + 8);
		assert_int_equal(hypervisor_failures(hv, RAW_FLUSH_LIST),
				 statuses[i] == RAW_OK ? 0 : 3);
		hypervisor_destroy(hv);
	}
}

static void a_stopped_list_still_finds_a_bad_element(void **state)
{
	const uint64_t entries[] = { 0, 53, 0, 0 };
	struct hypervisor *hv = raw_open(&raw_plain);
	uint64_t result;

	(void)state;
	inject(hv, RAW_FLUSH_LIST, 1, 1, HYPERVISOR_STOP_REP, RAW_TIMEOUT, 3);
	result = raw_flush_list(hv, 1, entries, 4, 0);
	assert_int_equal(raw_status(result), RAW_BAD_PARAMETER);
	assert_int_equal(raw_done(result), 1);
	hypervisor_destroy(hv);
}

static void injections_wait_for_each_other(void **state)
{
	struct hypervisor *hv = raw_open(&raw_plain);

	(void)state;
	inject(hv, RAW_FLUSH, 2, 1, HYPERVISOR_FAIL, 0x71, 0);
	inject(hv, 0, 2, 1, HYPERVISOR_FAIL, 0x72, 0);
	inject(hv, RAW_CREATE, 1, 1, HYPERVISOR_FAIL, 0x73, 0);
	assert_int_equal(raw_flush(hv, 1), RAW_OK);
	assert_int_equal(raw_flush(hv, 1), 0x71);
	assert_int_equal(raw_flush(hv, 1), 0x72);
	assert_int_equal(raw_flush(hv, 1), RAW_OK);
	assert_int_equal(raw_create(hv, 8), 0x73);
	assert_int_equal(raw_create(hv, 8), RAW_OK);
	/* Each counts, whether another one acts or not. */
	inject(hv, 0, 1, 1, HYPERVISOR_FAIL, 0x74, 0);
	inject(hv, RAW_FLUSH, 2, 1, HYPERVISOR_FAIL, 0x75, 0);
	assert_int_equal(raw_flush(hv, 1), 0x74);
	assert_int_equal(raw_flush(hv, 1), 0x75);
	assert_int_equal(raw_flush(hv, 1), RAW_OK);
	hypervisor_destroy(hv);
}

static void bad_form_is_found_before_an_injection_acts(void **state)
{
	struct hypervisor *hv = raw_open(&raw_plain);
	const uint64_t in[] = { RAW_SELF, 0, RAW_DOMAIN(1), 0 };

	(void)state;
	inject(hv, 0, 1, UINT64_MAX, HYPERVISOR_FAIL, 0x71, 0);
	assert_int_equal(
		raw_status(raw_call(hv, RAW_FLUSH | 1 << 16, in, 4, NULL)),
		RAW_BAD_INPUT);
	assert_int_equal(raw_status(raw_call(hv, RAW_FLUSH, in, 4, NULL)),
			 0x71);
	hypervisor_destroy(hv);
}

/* ---- things a guest must never do ------------------------------------ */

struct failed_delete {
	enum hypervisor_fault fault;
	uint16_t status;
};

static void the_id_of_a_failed_delete_is_not_used_again(void **state)
{
	static const struct failed_delete ways[] = {
		{ HYPERVISOR_FAIL, RAW_NO_MEMORY },
		{ HYPERVISOR_FAIL_AFTER, RAW_NO_MEMORY },
		{ HYPERVISOR_NO_CALL, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < RAW_COUNT(ways); i++) {
		struct hypervisor *hv = raw_open(&raw_plain);

		inject(hv, RAW_DELETE, 1, 1, ways[i].fault, ways[i].status, 0);
		assert_int_not_equal(raw_delete(hv, 2), RAW_OK);
		assert_int_equal(raw_create(hv, 4), RAW_OK);
		raw_assert_violation(hv, NULL);
		raw_create(hv, 2);
		raw_assert_violation(
			hv, "domain id 2 used again after its delete failed");
		hypervisor_destroy(hv);
	}
}

static void a_delete_that_succeeds_in_the_end_frees_the_id(void **state)
{
	struct hypervisor *hv = raw_open(&raw_plain);

	(void)state;
	assert_int_equal(raw_delete(hv, 1), RAW_IN_USE);
	assert_int_equal(raw_detach(hv, 0x10), RAW_OK);
	assert_int_equal(raw_delete(hv, 1), RAW_OK);
	assert_int_equal(raw_create(hv, 1), RAW_OK);
	raw_assert_violation(hv, NULL);
	/* One that fails, without injection, counts like any other. */
	assert_int_equal(raw_configure(hv, 1, RAW_IDENTITY, 0), RAW_OK);
	assert_int_equal(raw_attach(hv, 1, 0x10), RAW_OK);
	assert_int_equal(raw_delete(hv, 1), RAW_IN_USE);
	assert_int_equal(raw_create(hv, 1), RAW_EXISTS);
	raw_assert_violation(hv, "domain id 1 used again");
	hypervisor_destroy(hv);
}

static void ats_and_the_blocked_domain_do_not_go_together(void **state)
{
	struct hypervisor *hv = raw_open(&raw_plain);
	uint32_t id = 0;

	(void)state;
	hypervisor_set_ats(hv, 0x10, true);
	raw_assert_violation(hv, NULL);
	assert_int_equal(raw_attach(hv, 2, 0x10), RAW_OK);
	raw_assert_violation(hv, "device 0x10 attached to the blocked domain "
				 "with ATS on");
	assert_true(hypervisor_device_domain(hv, 0x10, &id));
	assert_int_equal(id, 2);
	hypervisor_destroy(hv);

	hv = raw_open(&raw_plain);
	hypervisor_set_ats(hv, 0x10, true);
	hypervisor_set_ats(hv, 0x10, false);
	assert_int_equal(raw_attach(hv, 2, 0x10), RAW_OK);
	raw_assert_violation(hv, NULL);
	hypervisor_set_ats(hv, 0x10, true);
	raw_assert_violation(hv, "ATS of device 0x10 switched on");
	hypervisor_destroy(hv);
}

static void only_the_first_violation_is_kept(void **state)
{
	struct hypervisor *hv = hypervisor_create(&raw_plain);
	struct hypervisor_stats stats;

	(void)state;
	assert_string_equal(hypervisor_violation(hv), "");
	hypervisor_give_back(hv, 0x1000);
	hypervisor_give_back(hv, 0x2000);
	assert_int_equal(raw_status(hypervisor_call(hv, RAW_DETACH, 0, 0)),
			 RAW_BAD_ALIGNMENT);
	raw_assert_violation(hv, "call page 0x1000 given back");
	hypervisor_read_stats(hv, &stats);
	assert_int_equal(stats.violations, 3);
	hypervisor_destroy(hv);
}

static void losing_state_loses_all_but_the_devices(void **state)
{
	struct hypervisor *hv = raw_open(&raw_plain);
	struct hypervisor_dma dma;
	uint32_t id;

	(void)state;
	assert_int_equal(raw_attach(hv, 2, 0x20), RAW_OK);
	assert_int_equal(raw_detach(hv, 0x20), RAW_OK);
	assert_int_equal(raw_delete(hv, 1), RAW_IN_USE);
	hypervisor_lose_state(hv);
	assert_int_equal(hypervisor_domains(hv), 0);
	assert_false(hypervisor_has_domain(hv, 1));
	assert_false(hypervisor_device_domain(hv, 0x10, &id));
	assert_int_equal(raw_detach(hv, 0x10), RAW_BAD_STATE);
	assert_int_equal(raw_flush(hv, 1), RAW_NOT_FOUND);
	/* As if nobody had ever attached it, detached devices too. */
	hypervisor_dma(hv, 0x20, 0x1234, true, &dma);
	assert_true(dma.fresh.translated);
	assert_int_equal(dma.fresh.gpa, 0x1234);
	assert_int_equal(dma.stale_count, 0);
	/* What is lost cannot be in the way. */
	assert_int_equal(raw_create(hv, 1), RAW_OK);
	assert_int_equal(raw_configure(hv, 1, RAW_IDENTITY, 0), RAW_OK);
	assert_int_equal(raw_attach(hv, 1, 0x10), RAW_OK);
	raw_assert_violation(hv, NULL);
	hypervisor_destroy(hv);
}

/* ---- wrong tests ----------------------------------------------------- */

static void borrow_too_many(void *state)
{
	uint64_t gpa;
	unsigned i;
	void *va;

	for (i = 0; i < 65; i++)
		hypervisor_borrow(state, &va, &gpa);
}

static void inject_too_many(void *state)
{
	unsigned i;

	for (i = 0; i < 17; i++)
		inject(state, 0, 1, 1, HYPERVISOR_FAIL, 1, 0);
}

static void add_twice(void *state)
{
	hypervisor_add_device(state, 0x10, false);
}

static void remove_stranger(void *state)
{
	hypervisor_remove_device(state, 0x11);
}

static void claim_stranger(void *state)
{
	hypervisor_claim(state, 0x11);
}

static void dma_of_stranger(void *state)
{
	struct hypervisor_dma dma;

	hypervisor_dma(state, 0x11, 0, false, &dma);
}

static void deny_nothing(void *state)
{
	hypervisor_allow(state, 0x1, false);
}

static void a_wrong_test_aborts(void **state)
{
	struct hypervisor *hv = raw_open(&raw_plain);

	(void)state;
	expect_abort(borrow_too_many, hv, "all call pages are lent");
	expect_abort(inject_too_many, hv, "too many injections");
	expect_abort(add_twice, hv, "is there already");
	expect_abort(remove_stranger, hv, "no such device to remove");
	expect_abort(claim_stranger, hv, "no such device to claim");
	expect_abort(dma_of_stranger, hv, "that is not there");
	expect_abort(deny_nothing, hv, "no such call");
	hypervisor_destroy(hv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_injected_failure_does_nothing),
		cmocka_unit_test(an_injected_failure_may_come_after_the_deed),
		cmocka_unit_test(there_may_be_no_hypercall_page),
		cmocka_unit_test(a_list_may_stop_early),
		cmocka_unit_test(a_stopped_list_still_finds_a_bad_element),
		cmocka_unit_test(injections_wait_for_each_other),
		cmocka_unit_test(bad_form_is_found_before_an_injection_acts),
		cmocka_unit_test(the_id_of_a_failed_delete_is_not_used_again),
		cmocka_unit_test(
			a_delete_that_succeeds_in_the_end_frees_the_id),
		cmocka_unit_test(ats_and_the_blocked_domain_do_not_go_together),
		cmocka_unit_test(only_the_first_violation_is_kept),
		cmocka_unit_test(losing_state_loses_all_but_the_devices),
		cmocka_unit_test(a_wrong_test_aborts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
