/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Devices that move between domains: to each place from each, moves that fail
 * and what they leave behind, and the flush when the last device leaves.
 */
#include "tests/support/hv_fixture.h"
#include "tests/support/places.h"

/* ---- attach ---------------------------------------------------------- */

static void test_every_move(void **state)
{
	struct hv_fixture *f = *state;
	unsigned from, to;

	make_places(f);
	hv_device(f, 0);
	for (from = 0; from < PLACES; from++)
		for (to = 0; to < PLACES; to++) {
			hv_attach(f, 0, place(f, from));
			sees_place(f, 0, from);
			hv_mark(f);
			hv_attach(f, 0, place(f, to));
			sees_place(f, 0, to);
			assert_int_equal(hv_since(f, HV_ATTACH), 1);
			assert_int_equal(hv_since(f, HV_DETACH), 0);
			/* The last device has left a paging domain. */
			assert_int_equal(hv_since(f, HV_FLUSH),
					 from < 2 && from != to);
		}
	hv_no_violation(f);
}

/* A device counts once, however often it is attached to the same domain. */
static void test_attach_to_where_it_is(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	make_places(f);
	hv_device(f, 0);
	for (n = 0; n < 3; n++) {
		hv_attach(f, 0, &f->domain[0]);
		sees_place(f, 0, 0);
	}
	assert_int_equal(hv_failures_since(f, HV_ATTACH), 2);
	hv_attach(f, 0, &f->domain[1]);
	hv_ok(hv_try_destroy(f, 0));
}

/* The hypervisor reports it and hvpt does not know: an answer was lost. */
static void test_already_in_the_domain(void **state)
{
	struct hv_fixture *f = *state;

	make_places(f);
	hv_device(f, 0);
	hv_fail_after(f, HV_ATTACH, HV_RAW_IN_DOMAIN);
	hv_attach(f, 0, &f->domain[0]);
	hv_status(hv_try_destroy(f, 0), HVPT_ERR_BUSY);
	sees_place(f, 0, 0);
	hv_attach(f, 0, &f->domain[1]);
	hv_ok(hv_try_destroy(f, 0));
}

static void test_foreign_objects(void **state)
{
	struct hv_fixture *f = *state;
	struct hv_fixture *other = test_malloc(sizeof(*other));

	hv_open(other, f->params);
	hv_make(other, 0);
	make_places(f);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	hv_mark(f);
	hv_mark(other);
	hv_status(hvpt_device_attach(&f->device[0], &other->domain[0]),
		  HVPT_ERR_FOREIGN);
	hv_status(hvpt_device_attach(&f->device[0],
				     hvpt_iommu_blocked(&other->iommu)),
		  HVPT_ERR_FOREIGN);
	assert_int_equal(hv_calls_since(f) + hv_calls_since(other), 0);
	hv_take_down(other);
	assert_true(hv_is_clean(other));
	hv_close(other);
	test_free(other);
	sees_place(f, 0, 0);
}

/* ---- a move that fails ---------------------------------------------- */

static void test_a_failed_move_counts_in_both(void **state)
{
	struct hv_fixture *f = *state;
	unsigned fault, to;

	hv_device(f, 0);
	for (fault = 0; fault < 2; fault++)
		for (to = 0; to < PLACES; to++) {
			make_places(f);
			hv_attach(f, 0, &f->domain[0]);
			fail_move(f, both_faults[fault], &f->domain[1],
				  HV_RAW_MEMORY);
			both_are_busy(f);
			hv_attach(f, 0, place(f, to));
			sees_place(f, 0, to);
			if (to < 2) {
				hv_status(hv_try_destroy(f, to), HVPT_ERR_BUSY);
				hv_ok(hv_try_destroy(f, 1 - to));
				hv_attach(f, 0, place(f, 3));
				hv_ok(hv_try_destroy(f, to));
			} else {
				hv_ok(hv_try_destroy(f, 0));
				hv_ok(hv_try_destroy(f, 1));
			}
		}
}

static void test_a_detach_resolves_it_too(void **state)
{
	struct hv_fixture *f = *state;
	unsigned fault;

	hv_device(f, 0);
	for (fault = 0; fault < 2; fault++) {
		make_places(f);
		hv_attach(f, 0, &f->domain[0]);
		fail_move(f, both_faults[fault], &f->domain[1], HV_RAW_MEMORY);
		hypervisor_set_ats(f->hv, hv_device_id(0), false);
		hvpt_device_set_ats(&f->device[0], false);
		hv_ok(hvpt_device_detach(&f->device[0]));
		hv_device_is_in_none(f, 0);
		hv_ok(hv_try_destroy(f, 0));
		hv_ok(hv_try_destroy(f, 1));
	}
}

/* It was in no domain; it may be in this one, so it can be detached. */
static void test_a_failed_first_attach(void **state)
{
	struct hv_fixture *f = *state;

	make_places(f);
	hv_device(f, 0);
	fail_move(f, HYPERVISOR_FAIL, &f->domain[0], HV_RAW_MEMORY);
	hv_status(hv_try_destroy(f, 0), HVPT_ERR_BUSY);
	hv_attach(f, 0, place(f, 3));
	hv_ok(hv_try_destroy(f, 0));
	hv_ok(hv_try_remove(f, 0));
	hv_device(f, 0);
	fail_move(f, HYPERVISOR_FAIL_AFTER, &f->domain[1], HV_RAW_MEMORY);
	hv_status(hv_try_destroy(f, 1), HVPT_ERR_BUSY);
	hv_ok(hvpt_device_detach(&f->device[0]));
	hv_device_is_in_none(f, 0);
	hv_ok(hv_try_destroy(f, 1));
}

static void detach_it(struct hv_fixture *f)
{
	hypervisor_set_ats(f->hv, hv_device_id(0), false);
	hvpt_device_set_ats(&f->device[0], false);
	hv_ok(hvpt_device_detach(&f->device[0]));
	hv_device_is_in_none(f, 0);
}

/* A move to identity or blocked is recorded too, but never blocks another. */
static void test_a_failed_first_attach_to_a_special_domain(void **state)
{
	struct hv_fixture *f = *state;
	unsigned fault, n;

	make_places(f);
	hv_device(f, 0);
	for (fault = 0; fault < 2; fault++) {
		for (n = 2; n < PLACES; n++) {
			fail_move(f, both_faults[fault], place(f, n),
				  HV_RAW_MEMORY);
			hv_attach(f, 0, &f->domain[0]);
			hv_device_is_in(f, 0, &f->domain[0]);
			detach_it(f);
		}
	}
	fail_move(f, HYPERVISOR_FAIL_AFTER, place(f, 2), HV_RAW_MEMORY);
	detach_it(f);
	hv_ok(hv_try_destroy(f, 0));
	hv_ok(hv_try_destroy(f, 1));
}

/*
 * After a detach an attach failed: the device may be there, so it is blocked.
 */
static void test_remove_after_a_failed_attach(void **state)
{
	struct hv_fixture *f = *state;
	unsigned fault;

	for (fault = 0; fault < 2; fault++) {
		make_places(f);
		hv_device(f, 0);
		hv_attach(f, 0, &f->domain[0]);
		detach_it(f);
		fail_move(f, both_faults[fault], &f->domain[1], HV_RAW_MEMORY);
		hv_mark(f);
		hv_ok(hv_try_remove(f, 0));
		assert_int_equal(hv_since(f, HV_ATTACH), 1);
		hv_ok(hv_try_destroy(f, 0));
		hv_ok(hv_try_destroy(f, 1));
	}
}

/*
 * The device is in one of two paging domains. A third is refused, because then
 * it could be in any of three. Another attach to the same domain is not
 * refused.
 */
static void test_a_second_move_fails(void **state)
{
	struct hv_fixture *f = *state;
	unsigned first, second, to;

	hv_device(f, 0);
	for (first = 0; first < 2; first++)
		for (second = 0; second < 2; second++)
			for (to = 0; to < PLACES; to++) {
				make_places(f);
				hv_make(f, 2);
				hv_attach(f, 0, &f->domain[0]);
				fail_move(f, both_faults[first], &f->domain[1],
					  HV_RAW_MEMORY);
				hv_mark(f);
				hv_status(hv_try_attach(f, 0, &f->domain[2]),
					  HVPT_ERR_BUSY);
				assert_int_equal(hv_calls_since(f), 0);
				hv_ok(hv_try_destroy(f, 2));
				fail_move(f, both_faults[second], place(f, to),
					  HV_RAW_PARAMETER);
				both_are_busy(f);
				hv_attach(f, 0, place(f, 3));
				hv_ok(hv_try_destroy(f, 0));
				hv_ok(hv_try_destroy(f, 1));
			}
}

/* While that is unknown, both domains flush. */
static void test_unmaps_after_a_failed_move(void **state)
{
	struct hv_fixture *f = *state;
	unsigned fault;

	hv_device(f, 0);
	for (fault = 0; fault < 2; fault++) {
		make_places(f);
		hv_attach(f, 0, &f->domain[0]);
		sees_place(f, 0, 0);
		fail_move(f, both_faults[fault], &f->domain[1], HV_RAW_MEMORY);
		sees_place(f, 0, fault);
		hv_unmap(f, 0, f->base, HV_4K);
		hv_unmap(f, 1, f->base, HV_4K);
		hv_mark(f);
		hv_sync(f, 0);
		hv_sync(f, 1);
		assert_true(hv_calls_since(f) >= 2);
		hv_dma_faults(f, 0, f->base);
		hv_attach(f, 0, place(f, 3));
		hv_ok(hv_try_destroy(f, 0));
		hv_ok(hv_try_destroy(f, 1));
	}
}

static void make_places_again(struct hv_fixture *f)
{
	hv_make(f, 1);
	hv_map(f, 1, f->base, HV_DATA + HV_1G, HV_4K);
}

static void test_attach_without_a_call_page(void **state)
{
	struct hv_fixture *f = *state;

	make_places(f);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	f->borrow_fail_at = 1;
	hv_status(hv_try_attach(f, 0, &f->domain[1]), HVPT_ERR_CALL_PAGE);
	sees_place(f, 0, 0);
	/* The hypervisor got no call, so there is no doubt. */
	assert_int_equal(hvpt_device_state(&f->device[0]),
			 HVPT_DEVICE_ATTACHED);
	hv_ok(hv_try_destroy(f, 1));
	make_places_again(f);
	hv_fail(f, HV_ATTACH, HV_RAW_NO_CALL);
	hv_status(hv_try_attach(f, 0, &f->domain[1]), HVPT_ERR_NO_HYPERVISOR);
	assert_int_equal(hvpt_device_state(&f->device[0]),
			 HVPT_DEVICE_ATTACHED);
	hv_ok(hv_try_destroy(f, 1));
}

/* ---- the last one leaves --------------------------------------------- */

static void test_only_the_last_one_flushes(void **state)
{
	struct hv_fixture *f = *state;

	make_places(f);
	hv_device(f, 0);
	hv_device(f, 1);
	hv_attach(f, 0, &f->domain[0]);
	hv_attach(f, 1, &f->domain[0]);
	sees_place(f, 0, 0);
	sees_place(f, 1, 0);
	hv_mark(f);
	hv_attach(f, 0, place(f, 2));
	assert_int_equal(hv_since(f, HV_FLUSH), 0);
	hv_unmap(f, 0, f->base, HV_4K);
	hv_sync(f, 0);
	assert_true(hv_since(f, HV_FLUSH) + hv_since(f, HV_FLUSH_LIST) > 0);
	hv_dma_faults(f, 1, f->base);
	hv_mark(f);
	hv_attach(f, 1, place(f, 3));
	assert_int_equal(hv_since(f, HV_FLUSH), 1);
	assert_true(hv_last(f, HV_FLUSH) > hv_last(f, HV_ATTACH));
}

static void test_unmaps_after_the_last_one_left(void **state)
{
	struct hv_fixture *f = *state;

	make_places(f);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	sees_place(f, 0, 0);
	hv_attach(f, 0, place(f, 2));
	hv_mark(f);
	hv_unmap(f, 0, f->base, HV_2M);
	assert_int_equal(f->gather[0].table_count, 1);
	hv_sync(f, 0);
	assert_int_equal(hv_calls_since(f), 0);
	/* It is back; nothing was kept. */
	hv_attach(f, 0, &f->domain[0]);
	hv_dma_faults(f, 0, f->base);
	hv_map(f, 0, f->base, HV_DATA + HV_4K, HV_4K);
	hv_dma_reaches(f, 0, f->base, HV_DATA + HV_4K);
	hv_unmap(f, 0, f->base, HV_4K);
	hv_mark(f);
	hv_sync(f, 0);
	assert_true(hv_calls_since(f) > 0);
	hv_dma_faults(f, 0, f->base);
}

static void test_the_flush_after_the_last_one_fails(void **state)
{
	struct hv_fixture *f = *state;

	make_places(f);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	sees_place(f, 0, 0);
	hv_fail(f, HV_FLUSH, HV_RAW_MEMORY);
	hv_attach(f, 0, place(f, 2));
	hv_last_failure_is(f, HV_FLUSH, HV_RAW_MEMORY);
	hv_unmap(f, 0, f->base, HV_4K);
	hv_mark(f);
	hv_sync(f, 0);
	assert_true(hv_calls_since(f) > 0);
	hv_attach(f, 0, &f->domain[0]);
	hv_dma_faults(f, 0, f->base);
}

/* Invalidations that were pending are flushed when the last device leaves. */
static void test_a_gather_outlives_the_last_one(void **state)
{
	struct hv_fixture *f = *state;

	make_places(f);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	sees_place(f, 0, 0);
	hv_unmap(f, 0, f->base, HV_2M);
	hv_attach(f, 0, place(f, 3));
	hv_mark(f);
	hv_sync(f, 0);
	assert_int_equal(hv_calls_since(f), 0);
	hv_attach(f, 0, &f->domain[0]);
	hv_dma_faults(f, 0, f->base);
	hv_no_violation(f);
}

int main(void)
{
	static const struct hv_case every[] = {
		HV_CASE(test_every_move),
		HV_CASE(test_a_failed_move_counts_in_both),
		HV_CASE(test_a_second_move_fails),
		HV_CASE(test_unmaps_after_a_failed_move),
		HV_CASE(test_only_the_last_one_flushes),
		HV_CASE(test_unmaps_after_the_last_one_left),
		HV_CASE(test_the_flush_after_the_last_one_fails),
		HV_CASE(test_a_gather_outlives_the_last_one),
	};
	static const struct hv_case plain[] = {
		HV_CASE(test_attach_to_where_it_is),
		HV_CASE(test_already_in_the_domain),
		HV_CASE(test_foreign_objects),
		HV_CASE(test_a_detach_resolves_it_too),
		HV_CASE(test_a_failed_first_attach),
		HV_CASE(test_a_failed_first_attach_to_a_special_domain),
		HV_CASE(test_remove_after_a_failed_attach),
		HV_CASE(test_attach_without_a_call_page),
	};
	int failed = hv_run("device_attach", every, HV_COUNT(every), hv_main,
			    hv_main_count);

	return failed + hv_run("device_attach_plain", plain, HV_COUNT(plain),
			       hv_plain, 1);
}
