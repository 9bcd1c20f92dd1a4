/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Devices: probing, detaching and removing them, and what is to be done about
 * ATS.
 */
#include <string.h>

#include "tests/support/hv_fixture.h"
#include "tests/support/places.h"

/* ---- probe ----------------------------------------------------------- */

static void test_probe(void **state)
{
	struct hv_fixture *f = *state;

	hv_add_device(f, 0);
	hv_mark(f);
	hv_ok(hv_try_probe(f, 0));
	assert_int_equal(hv_since(f, HV_GET_DEVICE), 1);
	assert_int_equal(hv_calls_since(f), 1);
	assert_int_equal(hvpt_device_id(&f->device[0]), hv_device_id(0));
	assert_null(hvpt_device_domain(&f->device[0]));
	hv_device_is_in_none(f, 0);
	assert_int_equal(hvpt_device_duty(&f->device[0]), HVPT_ATS_NOTHING);
}

static void test_probe_of_devices_that_are_not_managed(void **state)
{
	struct hv_fixture *f = *state;

	hypervisor_add_device(f->hv, hv_device_id(0), false);
	hv_status(hv_try_probe(f, 0), HVPT_ERR_NOT_MANAGED);
	/*
	 * It is not linked: the probe can be repeated, and the pvIOMMU is not
	 * busy.
	 */
	hv_status(hv_try_probe(f, 0), HVPT_ERR_NOT_MANAGED);
	hv_ok(hv_try_iommu_destroy(f));
}

static void test_probe_of_a_device_nobody_knows(void **state)
{
	struct hv_fixture *f = *state;

	hv_status(hv_try_probe(f, 0), HVPT_ERR_HV_DEVICE);
	hv_last_failure_is(f, HV_GET_DEVICE, HV_RAW_DEVICE);
	hv_ok(hv_try_iommu_destroy(f));
}

static void test_probe_twice(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_device again;

	hv_device(f, 0);
	hv_device(f, 1);
	hv_device(f, 2);
	hv_mark(f);
	hv_status(hvpt_device_probe(&again, &f->iommu, hv_device_id(0), true),
		  HVPT_ERR_EXISTS);
	hv_status(hvpt_device_probe(&again, &f->iommu, hv_device_id(1), false),
		  HVPT_ERR_EXISTS);
	hv_ok(hv_try_remove(f, 1));
	hv_device(f, 1);
	hv_status(hvpt_device_probe(&again, &f->iommu, hv_device_id(1), false),
		  HVPT_ERR_EXISTS);
}

static void test_probe_of_bad_ids(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_device device;
	unsigned top;

	hv_mark(f);
	for (top = 1; top < 4; top++) {
		uint64_t id = hv_device_id(0) | (uint64_t)top << 62;

		hv_status(hvpt_device_probe(&device, &f->iommu, id, false),
			  HVPT_ERR_DEVICE_ID);
	}
	assert_int_equal(hv_calls_since(f), 0);
	hv_ok(hv_try_iommu_destroy(f));
}

static void test_probe_fails(void **state)
{
	static const uint16_t raw[] = { HV_RAW_CODE, HV_RAW_MEMORY,
					HV_RAW_NO_CALL };
	struct hv_fixture *f = *state;
	size_t i;

	hv_add_device(f, 0);
	for (i = 0; i < HV_COUNT(raw); i++) {
		hv_fail(f, HV_GET_DEVICE, raw[i]);
		hv_status(hv_try_probe(f, 0), hv_mapped(raw[i]));
		hv_last_failure_is(f, HV_GET_DEVICE, raw[i]);
	}
	f->borrow_fail_at = 1;
	hv_status(hv_try_probe(f, 0), HVPT_ERR_CALL_PAGE);
	hv_ok(hv_try_probe(f, 0));
}

/* ---- detach ---------------------------------------------------------- */

static void test_detach(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_device *device;
	unsigned from;

	make_places(f);
	device = hv_device(f, 0);
	hv_mark(f);
	hv_status(hvpt_device_detach(device), HVPT_ERR_NOT_ATTACHED);
	assert_int_equal(hv_calls_since(f), 0);
	for (from = 0; from < PLACES; from++) {
		hv_ok(hvpt_device_attach(device, place(f, from)));
		sees_place(f, 0, from);
		hv_mark(f);
		hv_ok(hvpt_device_detach(device));
		assert_int_equal(hv_since(f, HV_DETACH), 1);
		assert_int_equal(hv_since(f, HV_FLUSH), from < 2);
		assert_null(hvpt_device_domain(device));
		hv_device_is_in_none(f, 0);
		hv_dma_faults(f, 0, f->base);
		assert_int_equal(hvpt_device_duty(device), HVPT_ATS_NOTHING);
		hv_status(hvpt_device_detach(device), HVPT_ERR_NOT_ATTACHED);
	}
	hv_ok(hv_try_destroy(f, 0));
}

static void test_detach_fails(void **state)
{
	struct hv_fixture *f = *state;
	unsigned fault;

	make_places(f);
	hv_device(f, 0);
	for (fault = 0; fault < 2; fault++) {
		hv_ok(hvpt_device_attach(&f->device[0], &f->domain[0]));
		hv_inject(f, HV_DETACH, 1, 1, both_faults[fault],
			  HV_RAW_MEMORY);
		hv_status(hvpt_device_detach(&f->device[0]),
			  HVPT_ERR_HV_MEMORY);
		hv_last_failure_is(f, HV_DETACH, HV_RAW_MEMORY);
		hv_heal(f);
		/* In the blocked domain or in none, but not where it was. */
		assert_ptr_equal(hvpt_device_domain(&f->device[0]),
				 place(f, 3));
		assert_int_equal(hvpt_domain_device_count(&f->domain[0]), 0);
		hv_dma_faults(f, 0, f->base);
	}
	hv_ok(hv_try_destroy(f, 0));
}

/* Both are refused: it may still be where it was. */
static void test_detach_without_a_blocked_domain(void **state)
{
	struct hv_fixture *f = *state;
	unsigned fault;

	make_places(f);
	hv_device(f, 0);
	for (fault = 0; fault < 2; fault++) {
		hv_ok(hvpt_device_attach(&f->device[0], &f->domain[0]));
		hv_fail(f, HV_ATTACH, HV_RAW_MEMORY);
		hv_inject(f, HV_DETACH, 1, 1, both_faults[fault],
			  HV_RAW_MEMORY);
		hv_status(hvpt_device_detach(&f->device[0]),
			  HVPT_ERR_HV_MEMORY);
		hv_heal(f);
		assert_ptr_equal(hvpt_device_domain(&f->device[0]),
				 &f->domain[0]);
		hv_status(hv_try_destroy(f, 0), HVPT_ERR_BUSY);
	}
	hv_ok(hvpt_device_attach(&f->device[0], &f->domain[0]));
	sees_place(f, 0, 0);
	hv_fail(f, HV_ATTACH, HV_RAW_MEMORY);
	hv_ok(hvpt_device_detach(&f->device[0]));
	hv_dma_faults(f, 0, f->base);
	hv_ok(hv_try_destroy(f, 0));
}

/*
 * Detached, or reported not to be: the call can be repeated until it succeeds.
 */
static void test_a_detach_that_failed_is_repeated(void **state)
{
	struct hv_fixture *f = *state;
	unsigned fault, from;

	hv_device(f, 0);
	for (fault = 0; fault < 2; fault++)
		for (from = 0; from < PLACES; from++) {
			make_places(f);
			hv_ok(hvpt_device_attach(&f->device[0],
						 place(f, from)));
			hv_inject(f, HV_DETACH, 1, 1, both_faults[fault],
				  HV_RAW_MEMORY);
			hv_status(hvpt_device_detach(&f->device[0]),
				  HVPT_ERR_HV_MEMORY);
			hv_heal(f);
			assert_int_equal(hvpt_device_state(&f->device[0]),
					 HVPT_DEVICE_IN_DOUBT);
			hv_ok(hvpt_device_detach(&f->device[0]));
			hv_device_is_in_none(f, 0);
			hv_dma_faults(f, 0, f->base);
			hv_ok(hv_try_destroy(f, 0));
			hv_ok(hv_try_destroy(f, 1));
		}
	hv_ok(hv_try_remove(f, 0));
	hv_ok(hv_try_iommu_destroy(f));
}

/* ---- ATS ------------------------------------------------------------- */

/* In doubt it may be in the blocked domain, whatever else is known. */
static void test_no_ats_while_in_doubt(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_device *device;
	unsigned fault, from, to;

	make_places(f);
	device = hv_device(f, 0);
	for (fault = 0; fault < 2; fault++)
		for (from = 0; from < PLACES; from++)
			for (to = 0; to < PLACES; to++) {
				hv_attach(f, 0, place(f, from));
				hypervisor_set_ats(f->hv, hv_device_id(0),
						   false);
				hvpt_device_set_ats(device, false);
				fail_move(f, both_faults[fault], place(f, to),
					  HV_RAW_MEMORY);
				assert_int_equal(hvpt_device_duty(device),
						 HVPT_ATS_NOTHING);
				/*
				 * The domain that was tried was a paging
				 * domain, too.
				 */
				fail_move(f, both_faults[fault], place(f, 3),
					  HV_RAW_MEMORY);
				assert_int_equal(hvpt_device_duty(device),
						 HVPT_ATS_NOTHING);
				hv_inject(f, HV_DETACH, 1, 1,
					  both_faults[fault], HV_RAW_MEMORY);
				hv_status(hvpt_device_detach(device),
					  HVPT_ERR_HV_MEMORY);
				hv_heal(f);
				assert_int_equal(hvpt_device_duty(device),
						 HVPT_ATS_NOTHING);
				hv_attach(f, 0, place(f, 3));
			}
	hv_no_violation(f);
}

static void test_duties_at_every_move(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_device *device;
	unsigned from, to;

	make_places(f);
	device = hv_device(f, 0);
	for (from = 0; from < PLACES; from++)
		for (to = 0; to < PLACES; to++) {
			hv_attach(f, 0, place(f, from));
			assert_int_equal(hvpt_device_has_ats_on(device),
					 from != 3);
			assert_int_equal(hvpt_device_duty(device),
					 HVPT_ATS_NOTHING);
			assert_int_equal(
				hvpt_device_duty_before(device, place(f, to)),
				from != 3 && to == 3 ? HVPT_ATS_DISABLE :
						       HVPT_ATS_NOTHING);
			/* Without what it asks for, it does not continue. */
			if (from != 3 && to == 3)
				continue;
			hv_ok(hvpt_device_attach(device, place(f, to)));
			assert_int_equal(hvpt_device_has_ats_on(device),
					 from != 3);
			assert_int_equal(hvpt_device_duty(device),
					 from == 3 && to != 3 ?
						 HVPT_ATS_ENABLE :
						 HVPT_ATS_NOTHING);
		}
	hv_no_violation(f);
}

static void test_no_ats_where_there_is_none(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_device *device = &f->device[0];
	unsigned to;

	make_places(f);
	hv_add_device(f, 0);
	/* Each bool in it is true before. */
	memset(device, 1, sizeof(*device));
	hv_ok(hvpt_device_probe(device, &f->iommu, hv_device_id(0), false));
	f->device_live[0] = true;
	for (to = 0; to < PLACES; to++) {
		hv_ok(hvpt_device_attach(device, place(f, to)));
		assert_int_equal(hvpt_device_duty(device), HVPT_ATS_NOTHING);
	}
}

static void test_no_ats_on_a_host_without(void **state)
{
	struct hv_fixture *f = *state;
	unsigned to;

	f->host.caps &= ~HYPERVISOR_CAP_ATS;
	hv_new_host(f);
	hv_ok(hv_try_init(f));
	make_places(f);
	hv_device(f, 0);
	for (to = 0; to < PLACES; to++) {
		hv_ok(hvpt_device_attach(&f->device[0], place(f, to)));
		assert_int_equal(hvpt_device_duty(&f->device[0]),
				 HVPT_ATS_NOTHING);
	}
}

static void test_ats_must_be_off_first(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_device *device;
	unsigned from;

	make_places(f);
	device = hv_device(f, 0);
	for (from = 0; from < 3; from++) {
		hv_attach(f, 0, place(f, from));
		assert_true(device->ats);
		hv_mark(f);
		hv_status(hvpt_device_attach(device, place(f, 3)),
			  HVPT_ERR_ATS_ON);
		hv_status(hvpt_device_detach(device), HVPT_ERR_ATS_ON);
		hv_status(hvpt_device_remove(device), HVPT_ERR_ATS_ON);
		assert_int_equal(hv_calls_since(f), 0);
		assert_ptr_equal(hvpt_device_domain(device), place(f, from));
		sees_place(f, 0, from);
		hypervisor_set_ats(f->hv, hv_device_id(0), false);
		hvpt_device_set_ats(device, false);
		assert_int_equal(hvpt_device_duty(device), HVPT_ATS_ENABLE);
		hv_ok(hvpt_device_detach(device));
	}
}

/* ---- remove ---------------------------------------------------------- */

static void test_remove(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_device *device = &f->device[0];
	unsigned from;

	for (from = 0; from <= PLACES; from++) {
		make_places(f);
		hv_device(f, 0);
		if (from < PLACES)
			hv_ok(hvpt_device_attach(device, place(f, from)));
		hv_mark(f);
		hv_ok(hvpt_device_remove(device));
		f->device_live[0] = false;
		hv_device_is_in(f, 0, place(f, 3));
		hv_dma_faults(f, 0, f->base);
		hypervisor_remove_device(f->hv, hv_device_id(0));
		assert_int_equal(hv_since(f, HV_ATTACH), 1);
		assert_int_equal(hv_since(f, HV_DETACH), 0);
		hv_ok(hv_try_destroy(f, 0));
		hv_ok(hv_try_destroy(f, 1));
	}
	hv_ok(hv_try_iommu_destroy(f));
}

static void test_remove_of_what_the_host_took_away(void **state)
{
	struct hv_fixture *f = *state;
	unsigned from;

	for (from = 0; from <= PLACES; from++) {
		make_places(f);
		hv_device(f, 0);
		if (from < PLACES) {
			hv_ok(hvpt_device_attach(&f->device[0],
						 place(f, from)));
			sees_place(f, 0, from);
		}
		hypervisor_remove_device(f->hv, hv_device_id(0));
		if (from < 2)
			hv_status(hv_try_destroy(f, from), HVPT_ERR_BUSY);
		hv_ok(hvpt_device_remove(&f->device[0]));
		f->device_live[0] = false;
		hv_ok(hv_try_destroy(f, 0));
		hv_ok(hv_try_destroy(f, 1));
	}
	hv_ok(hv_try_iommu_destroy(f));
}

/* The status has this meaning only when a device is removed. */
static void test_attach_of_what_the_host_took_away(void **state)
{
	struct hv_fixture *f = *state;

	make_places(f);
	hv_device(f, 0);
	hv_ok(hvpt_device_attach(&f->device[0], &f->domain[0]));
	hypervisor_remove_device(f->hv, hv_device_id(0));
	hv_status(hvpt_device_attach(&f->device[0], &f->domain[1]),
		  HVPT_ERR_HV_DEVICE);
	both_are_busy(f);
	hv_ok(hvpt_device_remove(&f->device[0]));
	f->device_live[0] = false;
	hv_ok(hv_try_destroy(f, 0));
	hv_ok(hv_try_destroy(f, 1));
}

/* Whatever the host answers, the device can be probed when it is back. */
static void test_a_device_that_comes_back(void **state)
{
	static const uint16_t words[] = { 0x10, 0x58, 0x05, 0x57 };
	struct hv_fixture *f = *state;
	size_t i;

	for (i = 0; i < HV_COUNT(words); i++) {
		make_places(f);
		hv_device(f, 0);
		hv_attach(f, 0, &f->domain[0]);
		sees_place(f, 0, 0);
		hypervisor_set_ats(f->hv, hv_device_id(0), false);
		hvpt_device_set_ats(&f->device[0], false);
		hv_fail(f, HV_ATTACH, words[i]);
		hv_fail(f, HV_GET_DEVICE, words[i]);
		hv_fail(f, HV_DETACH, words[i]);
		hv_ok(hvpt_device_remove(&f->device[0]));
		hv_heal(f);
		/* The host still has the device where it was. */
		hv_status(hv_try_destroy(f, 0), HVPT_ERR_HV_STATE);
		sees_place(f, 0, 0);
		hv_unmap(f, 0, f->base, HV_4K);
		hv_dma_is_stale(f, 0, f->base, HV_DATA);
		hv_sync(f, 0);
		hv_dma_faults(f, 0, f->base);
		hv_ok(hv_try_probe(f, 0));
		hv_attach(f, 0, &f->domain[1]);
		hv_ok(hv_try_destroy(f, 0));
		sees_place(f, 0, 1);
		hv_attach(f, 0, place(f, 3));
		hv_ok(hv_try_destroy(f, 1));
		hv_ok(hv_try_remove(f, 0));
	}
}

/* The caller knows that it is gone, and no answer of the host changes that. */
static void test_gone(void **state)
{
	struct hv_fixture *f = *state;
	unsigned from, there;

	for (there = 0; there < 2; there++)
		for (from = 0; from <= PLACES; from++) {
			make_places(f);
			hv_device(f, 0);
			if (from < PLACES) {
				hv_attach(f, 0, place(f, from));
				sees_place(f, 0, from);
			}
			if (there)
				hv_fail(f, HV_DETACH, HV_RAW_MEMORY);
			else
				hypervisor_remove_device(f->hv,
							 hv_device_id(0));
			hvpt_device_gone(&f->device[0]);
			f->device_live[0] = false;
			hv_heal(f);
			if (there && from < 2)
				hv_status(hv_try_destroy(f, from),
					  HVPT_ERR_HV_STATE);
			if (there)
				hypervisor_remove_device(f->hv,
							 hv_device_id(0));
			hv_ok(hv_try_destroy(f, 0));
			hv_ok(hv_try_destroy(f, 1));
		}
	hv_ok(hv_try_iommu_destroy(f));
}

/* One DETACH for a device that is in a domain, and no call for another. */
static void test_calls_for_what_is_gone(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	make_places(f);
	for (n = 0; n < 3; n++)
		hv_device(f, n);
	hv_attach(f, 1, &f->domain[0]);
	hv_attach(f, 2, &f->domain[0]);
	hypervisor_set_ats(f->hv, hv_device_id(2), false);
	hvpt_device_set_ats(&f->device[2], false);
	hv_ok(hvpt_device_detach(&f->device[2]));
	for (n = 0; n < 3; n++) {
		hv_mark(f);
		hvpt_device_gone(&f->device[n]);
		f->device_live[n] = false;
		hypervisor_set_ats(f->hv, hv_device_id(n), false);
		hypervisor_remove_device(f->hv, hv_device_id(n));
		assert_int_equal(hv_since(f, HV_DETACH), n == 1);
		assert_int_equal(hv_calls_since(f), hv_since(f, HV_DETACH));
	}
}

/* The refusal of the ATTACH may have any cause: the property decides. */
static void test_remove_asks_whether_there_is_a_device(void **state)
{
	static const uint16_t raw[] = { HV_RAW_CODE, HV_RAW_MEMORY };
	struct hv_fixture *f = *state;
	size_t i;

	make_places(f);
	for (i = 0; i < HV_COUNT(raw); i++) {
		hv_device(f, 0);
		hv_attach(f, 0, place(f, 3));
		hypervisor_remove_device(f->hv, hv_device_id(0));
		hv_fail(f, HV_ATTACH, raw[i]);
		hv_ok(hvpt_device_remove(&f->device[0]));
		f->device_live[0] = false;
		hv_heal(f);
	}
}

/*
 * The ATTACH to the blocked domain takes effect, and there is no page for the
 * DETACH: nothing is in doubt.
 */
static void test_detach_without_a_second_call_page(void **state)
{
	struct hv_fixture *f = *state;

	make_places(f);
	hv_device(f, 0);
	hv_ok(hvpt_device_attach(&f->device[0], &f->domain[0]));
	/* the ATTACH; a flush, because the domain is empty; the DETACH */
	f->borrow_fail_at = 3;
	hv_status(hvpt_device_detach(&f->device[0]), HVPT_ERR_CALL_PAGE);
	assert_int_equal(hvpt_device_state(&f->device[0]),
			 HVPT_DEVICE_ATTACHED);
	assert_ptr_equal(hvpt_device_domain(&f->device[0]), place(f, 3));
	hv_device_is_in(f, 0, place(f, 3));
}

/* Without a page for the ATTACH there is no DETACH either. */
static void test_detach_without_a_call_page(void **state)
{
	struct hv_fixture *f = *state;

	make_places(f);
	hv_device(f, 0);
	hv_ok(hvpt_device_attach(&f->device[0], &f->domain[0]));
	f->borrow_fail_at = 1;
	hv_mark(f);
	hv_status(hvpt_device_detach(&f->device[0]), HVPT_ERR_CALL_PAGE);
	assert_int_equal(hv_calls_since(f), 0);
	sees_place(f, 0, 0);
}

/*
 * The device is in domain 0 or 1, and the host is late with a DETACH that it
 * reported: unmaps in either domain are flushed as if it were there.
 */
static void test_detach_leaves_both_domains_behind(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	make_places(f);
	hv_device(f, 0);
	hv_ok(hvpt_device_attach(&f->device[0], &f->domain[0]));
	fail_move(f, HYPERVISOR_FAIL_AFTER, &f->domain[1], HV_RAW_MEMORY);
	hv_fail_always(f, HV_ATTACH, HV_RAW_MEMORY);
	hv_ok(hvpt_device_detach(&f->device[0]));
	hv_heal(f);
	for (n = 0; n < 2; n++) {
		hv_mark(f);
		assert_int_equal(hv_unmap(f, n, f->base, HV_4K), HV_4K);
		hv_sync(f, n);
		assert_true(hv_calls_since(f) > 0);
	}
}

/* A device whose removal failed is still known. */
static void test_a_device_that_was_not_removed_is_known(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_device again;

	make_places(f);
	hv_device(f, 0);
	hv_ok(hvpt_device_attach(&f->device[0], &f->domain[0]));
	hv_fail(f, HV_ATTACH, HV_RAW_MEMORY);
	hv_status(hv_try_remove(f, 0), HVPT_ERR_HV_MEMORY);
	hv_status(hvpt_device_probe(&again, &f->iommu, hv_device_id(0), false),
		  HVPT_ERR_EXISTS);
	hv_ok(hv_try_remove(f, 0));
}

/* The device stays where iova = gpa, and so does the domain for that. */
static void test_hand_over(void **state)
{
	struct hv_fixture *f = *state;
	unsigned from;

	for (from = 0; from <= PLACES; from++) {
		make_places(f);
		hv_device(f, 0);
		if (from < PLACES)
			hv_attach(f, 0, place(f, from));
		hv_fail(f, HV_ATTACH, HV_RAW_MEMORY);
		if (from != 2)
			hv_status(hvpt_device_hand_over(&f->device[0]),
				  HVPT_ERR_HV_MEMORY);
		hv_heal(f);
		hv_ok(hvpt_device_hand_over(&f->device[0]));
		f->device_live[0] = false;
		sees_place(f, 0, 2);
		hv_ok(hv_try_destroy(f, 0));
		hv_ok(hv_try_destroy(f, 1));
		if (from < PLACES)
			hypervisor_remove_device(f->hv, hv_device_id(0));
	}
	hv_ok(hv_try_iommu_destroy(f));
	assert_int_equal(hypervisor_domains(f->hv), 1);
	f->orphans = 1;
	/* The next owner finds the device, and can use it. */
	sees_place(f, 0, 2);
	hv_ok(hv_try_init(f));
	hv_ok(hv_try_probe(f, 0));
	sees_place(f, 0, 2);
	hv_ok(hvpt_iommu_takeover(&f->iommu));
	hv_dma_faults(f, 0, HV_DATA);
}

static void test_remove_fails(void **state)
{
	static const uint16_t raw[] = { HV_RAW_CODE, HV_RAW_MEMORY,
					HV_RAW_NO_CALL };
	struct hv_fixture *f = *state;
	size_t i;

	make_places(f);
	hv_device(f, 0);
	hv_ok(hvpt_device_attach(&f->device[0], &f->domain[0]));
	for (i = 0; i < HV_COUNT(raw); i++) {
		hv_fail(f, HV_ATTACH, raw[i]);
		hv_status(hv_try_remove(f, 0), hv_mapped(raw[i]));
		hv_status(hv_try_destroy(f, 0), HVPT_ERR_BUSY);
		hv_status(hv_try_iommu_destroy(f), HVPT_ERR_BUSY);
		assert_ptr_equal(hvpt_device_domain(&f->device[0]),
				 &f->domain[0]);
		sees_place(f, 0, 0);
	}
	hv_ok(hv_try_remove(f, 0));
	hv_ok(hv_try_destroy(f, 0));
}

/*
 * ATTACH is refused, and it is not possible to ask whether the device exists.
 */
static void test_remove_without_a_second_call_page(void **state)
{
	struct hv_fixture *f = *state;

	make_places(f);
	hv_device(f, 0);
	hv_ok(hvpt_device_attach(&f->device[0], &f->domain[0]));
	hv_fail(f, HV_ATTACH, HV_RAW_DEVICE);
	f->borrow_fail_at = 2;
	hv_mark(f);
	hv_status(hv_try_remove(f, 0), hv_mapped(HV_RAW_DEVICE));
	assert_int_equal(hv_calls_since(f), 1);
	f->borrow_fail_at = 0;
	hv_status(hv_try_destroy(f, 0), HVPT_ERR_BUSY);
	sees_place(f, 0, 0);
	hv_ok(hv_try_remove(f, 0));
	hv_ok(hv_try_destroy(f, 0));
}

static void test_devices_go_in_any_order(void **state)
{
	static const unsigned order[][4] = {
		{ 0, 1, 2, 3 },
		{ 3, 2, 1, 0 },
		{ 1, 3, 0, 2 },
		{ 2, 0, 3, 1 },
	};
	struct hv_fixture *f = *state;
	size_t i;
	unsigned n;

	make_places(f);
	for (i = 0; i < HV_COUNT(order); i++) {
		for (n = 0; n < 4; n++) {
			hv_device(f, n);
			hv_ok(hvpt_device_attach(&f->device[n], place(f, n)));
		}
		for (n = 0; n < 4; n++)
			hv_ok(hv_try_remove(f, order[i][n]));
	}
	hv_ok(hv_try_destroy(f, 0));
	hv_ok(hv_try_destroy(f, 1));
	hv_ok(hv_try_iommu_destroy(f));
}

int main(void)
{
	static const struct hv_case every[] = {
		HV_CASE(test_detach),
		HV_CASE(test_remove),
		HV_CASE(test_remove_of_what_the_host_took_away),
		HV_CASE(test_remove_without_a_second_call_page),
		HV_CASE(test_a_device_that_comes_back),
		HV_CASE(test_gone),
		HV_CASE(test_calls_for_what_is_gone),
		HV_CASE(test_detach_without_a_second_call_page),
		HV_CASE(test_detach_leaves_both_domains_behind),
		HV_CASE(test_a_detach_that_failed_is_repeated),
	};
	static const struct hv_case plain[] = {
		HV_CASE(test_probe),
		HV_CASE(test_probe_of_devices_that_are_not_managed),
		HV_CASE(test_probe_of_a_device_nobody_knows),
		HV_CASE(test_probe_twice),
		HV_CASE(test_probe_of_bad_ids),
		HV_CASE(test_probe_fails),
		HV_CASE(test_detach_fails),
		HV_CASE(test_detach_without_a_call_page),
		HV_CASE(test_detach_without_a_blocked_domain),
		HV_CASE(test_no_ats_while_in_doubt),
		HV_CASE(test_hand_over),
		HV_CASE(test_duties_at_every_move),
		HV_CASE(test_no_ats_where_there_is_none),
		HV_PREPARED(test_no_ats_on_a_host_without),
		HV_CASE(test_ats_must_be_off_first),
		HV_CASE(test_attach_of_what_the_host_took_away),
		HV_CASE(test_remove_fails),
		HV_CASE(test_remove_asks_whether_there_is_a_device),
		HV_CASE(test_a_device_that_was_not_removed_is_known),
		HV_CASE(test_devices_go_in_any_order),
	};
	int failed = hv_run("device", every, HV_COUNT(every), hv_main,
			    hv_main_count);

	return failed +
	       hv_run("device_plain", plain, HV_COUNT(plain), hv_plain, 1);
}
