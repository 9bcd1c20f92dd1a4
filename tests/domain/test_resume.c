/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The hypervisor loses its state, and everything is rebuilt: by the same host,
 * by a host that fails at any call, and by one that offers less.
 */
#include <string.h>

#include "tests/support/hv_fixture.h"

#define LARGE (f->base + HV_1G)

/* Device 0 in domain 0, 1 in identity, 2 in blocked, 3 in domain 1. */
static void make_all(struct hv_fixture *f)
{
	unsigned n;

	for (n = 0; n < 2; n++) {
		hv_make(f, n);
		hv_map(f, n, f->base, HV_DATA + n * HV_1G, 2 * HV_4K);
		hv_map(f, n, LARGE, HV_DATA + n * HV_1G, HV_2M);
	}
	for (n = 0; n < 4; n++)
		hv_device(f, n);
	hv_attach(f, 0, &f->domain[0]);
	hv_attach(f, 1, hvpt_iommu_identity(&f->iommu));
	hv_attach(f, 2, hvpt_iommu_blocked(&f->iommu));
	hv_attach(f, 3, &f->domain[1]);
}

static void all_is_there(struct hv_fixture *f)
{
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	hv_dma_reaches(f, 0, LARGE + 5, HV_DATA + 5);
	hv_dma_faults(f, 0, f->base + 2 * HV_4K);
	hv_dma_reaches(f, 1, HV_DATA, HV_DATA);
	hv_dma_faults(f, 2, HV_DATA);
	hv_dma_reaches(f, 3, f->base, HV_DATA + HV_1G);
	hv_lookup_is(&f->domain[0], f->base, HV_DATA);
	hv_lookup_is(&f->domain[1], LARGE, HV_DATA + HV_1G);
}

static void ids(struct hv_fixture *f, uint32_t id[4])
{
	id[0] = hvpt_domain_id(hvpt_iommu_identity(&f->iommu));
	id[1] = hvpt_domain_id(hvpt_iommu_blocked(&f->iommu));
	id[2] = hvpt_domain_id(&f->domain[0]);
	id[3] = hvpt_domain_id(&f->domain[1]);
}

/*
 * Everything is again as make_all() left it, except ATS. @before: the ids,
 * where they must be the same.
 */
static void is_resumed(struct hv_fixture *f, const uint32_t *before)
{
	static const bool enable[] = { true, true, false, true };
	uint32_t after[4];
	unsigned n;

	ids(f, after);
	for (n = 0; n < 4; n++) {
		if (before)
			assert_int_equal(after[n], before[n]);
		assert_true(hypervisor_has_domain(f->hv, after[n]));
		assert_false(hvpt_device_is_lost(&f->device[n]));
		assert_int_equal(hvpt_device_state(&f->device[n]),
				 HVPT_DEVICE_ATTACHED);
		assert_int_equal(hvpt_device_duty(&f->device[n]),
				 enable[n] ? HVPT_ATS_ENABLE :
					     HVPT_ATS_NOTHING);
		assert_false(f->device[n].ats);
	}
	assert_int_equal(hypervisor_domains(f->hv), 4);
	hv_device_is_in(f, 0, &f->domain[0]);
	hv_device_is_in(f, 1, hvpt_iommu_identity(&f->iommu));
	hv_device_is_in(f, 2, hvpt_iommu_blocked(&f->iommu));
	hv_device_is_in(f, 3, &f->domain[1]);
	all_is_there(f);
}

/* Domains work as if nothing had happened. */
static void all_works(struct hv_fixture *f)
{
	hv_unmap(f, 0, f->base, HV_4K);
	hv_dma_is_stale(f, 0, f->base, HV_DATA);
	hv_sync(f, 0);
	hv_dma_faults(f, 0, f->base);
	hv_map(f, 0, f->base, HV_DATA + HV_2M, HV_4K);
	hv_dma_reaches(f, 0, f->base, HV_DATA + HV_2M);
	hv_make(f, 2);
	hv_attach(f, 0, &f->domain[2]);
	hv_dma_faults(f, 0, f->base);
	hv_attach(f, 3, hvpt_iommu_blocked(&f->iommu));
	hv_ok(hv_try_destroy(f, 0));
	hv_ok(hv_try_destroy(f, 1));
	hv_no_violation(f);
}

/* Of a resume without failures. */
#define CALLS (2u + 4u * 4u + 7u)

static void test_resume(void **state)
{
	struct hv_fixture *f = *state;
	size_t pages;
	uint32_t id[4];

	make_all(f);
	all_is_there(f);
	ids(f, id);
	pages = hvpt_arena_in_use(f->arena);
	hv_lose_state(f);
	hv_mark(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, false));
	assert_int_equal(hv_since(f, HV_GET_CAPS), 1);
	assert_int_equal(hv_first(f, HV_GET_CAPS), 0);
	assert_int_equal(hv_since(f, HV_CREATE), 4);
	assert_int_equal(hv_since(f, HV_CONFIGURE), 4);
	/* Whether the id exists, and again before a device is attached. */
	assert_int_equal(hv_since(f, HV_FLUSH), 1 + 4 + 4);
	/* All four to the blocked domain, three of them back from there. */
	assert_int_equal(hv_since(f, HV_ATTACH), 7);
	assert_int_equal(hv_calls_since(f), CALLS);
	assert_int_equal(hv_failures_since(f, 0), 1 + 4);
	assert_true(hv_first(f, HV_ATTACH) > hv_first(f, HV_FLUSH));
	assert_true(hv_first(f, HV_ATTACH) < hv_last(f, HV_CREATE));
	assert_true(hv_last(f, HV_ATTACH) > hv_last(f, HV_FLUSH));
	assert_int_equal(hvpt_arena_in_use(f->arena), pages);
	is_resumed(f, id);
	all_works(f);
}

/* Its DMA was blocked, and after a loss it would not be. */
static void test_resume_of_a_detached_device(void **state)
{
	struct hv_fixture *f = *state;

	make_all(f);
	hypervisor_set_ats(f->hv, hv_device_id(0), false);
	hvpt_device_set_ats(&f->device[0], false);
	hv_ok(hvpt_device_detach(&f->device[0]));
	hv_lose_state(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, false));
	hv_device_is_in(f, 0, hvpt_iommu_blocked(&f->iommu));
	hv_dma_faults(f, 0, f->base);
}

static void test_resume_twice(void **state)
{
	struct hv_fixture *f = *state;
	uint32_t id[4];
	unsigned n;

	make_all(f);
	ids(f, id);
	for (n = 0; n < 3; n++) {
		hv_lose_state(f);
		hv_ok(hvpt_iommu_resume(&f->iommu, false));
		is_resumed(f, id);
	}
	all_works(f);
}

/* In no domain, or in one of another owner: blocked. */
static void test_resume_without_attachments(void **state)
{
	struct hv_fixture *f = *state;

	hv_make(f, 0);
	hv_device(f, 0);
	hv_device(f, 1);
	hv_ok(hvpt_device_attach(&f->device[1], &f->domain[0]));
	hv_ok(hvpt_device_detach(&f->device[1]));
	hv_lose_state(f);
	hv_mark(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, false));
	assert_int_equal(hv_since(f, HV_ATTACH), 2);
	hv_device_is_in(f, 0, hvpt_iommu_blocked(&f->iommu));
	assert_ptr_equal(hvpt_device_domain(&f->device[0]),
			 hvpt_iommu_blocked(&f->iommu));
	hv_device_is_in(f, 1, hvpt_iommu_blocked(&f->iommu));
	hv_attach(f, 0, &f->domain[0]);
}

static void test_retry_with_nothing_left_to_do(void **state)
{
	struct hv_fixture *f = *state;
	uint32_t id[4];

	make_all(f);
	ids(f, id);
	hv_lose_state(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, false));
	hv_mark(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	assert_int_equal(hv_since(f, HV_CREATE), 0);
	assert_int_equal(hv_since(f, HV_ATTACH), 0);
	is_resumed(f, id);
}

/* Nothing of a gather from before the loss has to be flushed afterwards. */
static void test_a_gather_from_before(void **state)
{
	struct hv_fixture *f = *state;

	make_all(f);
	all_is_there(f);
	hv_unmap(f, 0, f->base, HV_2M);
	hv_lose_state(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, false));
	hv_dma_faults(f, 0, f->base);
	hv_sync(f, 0);
	hv_dma_faults(f, 0, f->base);
	hv_dma_reaches(f, 0, LARGE, HV_DATA);
	hv_no_violation(f);
}

/* Where a move in doubt would have led does not matter any more. */
static void test_a_move_which_was_open(void **state)
{
	struct hv_fixture *f = *state;

	make_all(f);
	hv_fail_after(f, HV_ATTACH, HV_RAW_MEMORY);
	hv_status(hv_try_attach(f, 0, &f->domain[1]), HVPT_ERR_HV_MEMORY);
	hv_lose_state(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, false));
	hv_device_is_in(f, 0, &f->domain[0]);
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	hv_attach(f, 3, hvpt_iommu_blocked(&f->iommu));
	hv_ok(hv_try_destroy(f, 1));
	hv_status(hv_try_destroy(f, 0), HVPT_ERR_BUSY);
}

/* The same towards a domain without a table. */
static void test_an_open_move_to_identity(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_domain *identity = hvpt_iommu_identity(&f->iommu);

	make_all(f);
	hv_fail_after(f, HV_ATTACH, HV_RAW_MEMORY);
	hv_status(hv_try_attach(f, 0, identity), HVPT_ERR_HV_MEMORY);
	hv_lose_state(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, false));
	hv_device_is_in(f, 0, &f->domain[0]);
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	hv_attach(f, 0, hvpt_iommu_blocked(&f->iommu));
	hv_ok(hv_try_destroy(f, 0));
}

/* Nothing was lost, and a device in doubt stays in doubt until it is moved. */
static void test_a_doubt_outlives_a_resume_which_fails(void **state)
{
	struct hv_fixture *f = *state;

	make_all(f);
	hv_fail_after(f, HV_ATTACH, HV_RAW_MEMORY);
	hv_status(hv_try_attach(f, 0, &f->domain[1]), HVPT_ERR_HV_MEMORY);
	hypervisor_set_ats(f->hv, hv_device_id(0), false);
	hypervisor_set_ats(f->hv, hv_device_id(1), false);
	hypervisor_set_ats(f->hv, hv_device_id(3), false);
	hv_inject(f, HV_ATTACH, 1, UINT64_MAX, HYPERVISOR_FAIL, HV_RAW_MEMORY);
	hv_status(hvpt_iommu_resume(&f->iommu, false), HVPT_ERR_LOST);
	assert_int_equal(hvpt_domain_device_count(&f->domain[1]), 2);
	hv_status(hv_try_destroy(f, 1), HVPT_ERR_BUSY);
	hv_heal(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	is_resumed(f, NULL);
	/* The retry removed the doubt: only device 3 is there now. */
	assert_int_equal(hvpt_domain_device_count(&f->domain[1]), 1);
	hv_attach(f, 3, hvpt_iommu_blocked(&f->iommu));
	hv_ok(hv_try_destroy(f, 1));
}

/* Neither special domain is deleted while one of them is lost. */
static void test_destroy_before_the_retry(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	for (n = 1; n <= 2; n++) {
		hv_lose_state(f);
		hv_inject(f, HV_CREATE, n, 1, HYPERVISOR_FAIL, HV_RAW_MEMORY);
		assert_int_not_equal(hvpt_iommu_resume(&f->iommu, false),
				     HVPT_OK);
		hv_mark(f);
		hv_status(hv_try_iommu_destroy(f), HVPT_ERR_LOST);
		assert_int_equal(hv_calls_since(f), 0);
		hv_heal(f);
		hv_ok(hvpt_iommu_resume(&f->iommu, true));
	}
	hv_ok(hv_try_iommu_destroy(f));
}

/* Between a failed resume and its retry: what works, and what must wait. */
static void test_between_a_resume_and_its_retry(void **state)
{
	struct hv_fixture *f = *state;

	make_all(f);
	hv_lose_state(f);
	hv_inject(f, HV_CREATE, 2, UINT64_MAX, HYPERVISOR_FAIL, HV_RAW_MEMORY);
	hv_status(hvpt_iommu_resume(&f->iommu, false), HVPT_ERR_HV_MEMORY);
	hv_heal(f);
	assert_true(hvpt_domain_is_lost(&f->domain[0]));
	hv_map(f, 0, f->base + 4 * HV_4K, HV_DATA, HV_4K);
	hv_unmap(f, 0, f->base, HV_4K);
	hv_lookup_is(&f->domain[0], f->base + 4 * HV_4K, HV_DATA);
	hv_mark(f);
	hv_status(hv_try_sync(f, 0), HVPT_ERR_LOST);
	hv_status(hvpt_domain_flush_all(&f->domain[0]), HVPT_ERR_LOST);
	hv_status(hv_try_iommu_destroy(f), HVPT_ERR_BUSY);
	hv_status(hvpt_device_attach(&f->device[2], &f->domain[0]),
		  HVPT_ERR_LOST);
	assert_int_equal(hv_calls_since(f), 0);
	assert_false(hvpt_gather_is_empty(&f->gather[0]));
	/* One is removed, one comes late: the others are not affected. */
	hv_ok(hv_try_remove(f, 3));
	hv_status(hvpt_device_resume(&f->device[0]), HVPT_ERR_LOST);
	hv_status(hv_try_destroy(f, 1), HVPT_ERR_LOST);
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	hv_sync(f, 0);
	hv_dma_faults(f, 0, f->base);
	hv_dma_reaches(f, 0, f->base + 4 * HV_4K, HV_DATA);
	hv_ok(hv_try_destroy(f, 1));
}

/* Buses come back after the hypervisor: each device is resumed by itself. */
static void test_devices_which_come_late(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	make_all(f);
	for (n = 0; n < 4; n++)
		hypervisor_remove_device(f->hv, hv_device_id(n));
	hypervisor_lose_state(f->hv);
	hv_status(hvpt_iommu_resume(&f->iommu, false), HVPT_ERR_HV_DEVICE);
	for (n = 0; n < 4; n++) {
		assert_true(hvpt_device_is_lost(&f->device[n]));
		hv_status(hvpt_device_resume(&f->device[n]),
			  HVPT_ERR_HV_DEVICE);
		hv_add_device(f, n);
		hv_ok(hvpt_device_resume(&f->device[n]));
		hv_ok(hvpt_device_resume(&f->device[n]));
	}
	is_resumed(f, NULL);
}

/* One never comes back: this does not keep the others from coming back. */
static void test_a_device_which_does_not_come_back(void **state)
{
	struct hv_fixture *f = *state;

	make_all(f);
	hypervisor_remove_device(f->hv, hv_device_id(0));
	hypervisor_lose_state(f->hv);
	hypervisor_set_ats(f->hv, hv_device_id(1), false);
	hypervisor_set_ats(f->hv, hv_device_id(3), false);
	hv_status(hvpt_iommu_resume(&f->iommu, false), HVPT_ERR_HV_DEVICE);
	assert_true(hvpt_device_is_lost(&f->device[0]));
	hv_device_is_in(f, 1, hvpt_iommu_identity(&f->iommu));
	hv_device_is_in(f, 3, &f->domain[1]);
	hvpt_device_gone(&f->device[0]);
	f->device_live[0] = false;
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	hv_ok(hv_try_destroy(f, 0));
}

/* A device in the blocked domain is not in another one that was tried. */
static void test_a_parked_device_is_in_no_doubt(void **state)
{
	struct hv_fixture *f = *state;

	make_all(f);
	hv_fail_after(f, HV_ATTACH, HV_RAW_MEMORY);
	hv_status(hv_try_attach(f, 0, &f->domain[1]), HVPT_ERR_HV_MEMORY);
	assert_int_equal(hvpt_domain_device_count(&f->domain[1]), 2);
	hv_lose_state(f);
	hv_inject(f, HV_CREATE, 2, UINT64_MAX, HYPERVISOR_FAIL, HV_RAW_MEMORY);
	hv_status(hvpt_iommu_resume(&f->iommu, false), HVPT_ERR_HV_MEMORY);
	hv_heal(f);
	assert_int_equal(hvpt_device_state(&f->device[0]), HVPT_DEVICE_PARKED);
	assert_int_equal(hvpt_domain_device_count(&f->domain[1]), 1);
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	is_resumed(f, NULL);
}

/*
 * Nothing was lost, and one of our domains cannot be deleted: it gets another
 * id, and the tables that the old domain has are never freed.
 */
static void test_an_old_domain_which_stays(void **state)
{
	struct hv_fixture *f = *state;
	uint32_t id[4];
	unsigned n;

	make_all(f);
	ids(f, id);
	for (n = 0; n < 4; n++)
		hypervisor_set_ats(f->hv, hv_device_id(n), false);
	hv_fail_always(f, HV_DELETE, HV_RAW_MEMORY);
	hv_ok(hvpt_iommu_resume(&f->iommu, false));
	hv_heal(f);
	assert_int_not_equal(hvpt_domain_id(&f->domain[0]), id[2]);
	for (n = 0; n < 4; n++) {
		assert_true(hypervisor_has_domain(f->hv, id[n]));
		assert_false(hvpt_device_is_lost(&f->device[n]));
	}
	all_is_there(f);
	f->orphans = 3; /* of the four, the former blocked domain goes */
	f->leaked = hvpt_pt_tables(&f->domain[0].pt) +
		    hvpt_pt_tables(&f->domain[1].pt);
	hv_attach(f, 0, hvpt_iommu_blocked(&f->iommu));
	hv_attach(f, 3, hvpt_iommu_blocked(&f->iommu));
	hv_ok(hv_try_destroy(f, 0));
	hv_ok(hv_try_destroy(f, 1));
}

/* No second blocked domain can be created: the existing one is used. */
static void the_same_blocked_domain(struct hv_fixture *f)
{
	uint32_t id[4];
	unsigned n;

	hv_ok(hv_try_init(f));
	make_all(f);
	ids(f, id);
	for (n = 0; n < 4; n++)
		hypervisor_set_ats(f->hv, hv_device_id(n), false);
	if (f->params->no_reconfigure) {
		hv_status(hvpt_iommu_resume(&f->iommu, false),
			  HVPT_ERR_HV_DENIED);
		hypervisor_lose_state(f->hv);
	} else {
		hv_ok(hvpt_iommu_resume(&f->iommu, false));
		is_resumed(f, id);
	}
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	is_resumed(f, id);
}

static void test_no_room_for_a_blocked_domain(void **state)
{
	struct hv_fixture *f = *state;

	f->host.max_domains = 4;
	hv_new_host(f);
	the_same_blocked_domain(f);
}

static void test_no_id_for_another_blocked_domain(void **state)
{
	struct hv_fixture *f = *state;

	f->config.ids.first = 1;
	f->config.ids.last = 4;
	the_same_blocked_domain(f);
}

/*
 * The blocked domain that a resume could not delete keeps its id. A domain that
 * got the id after the search wraps would be deleted by the next resume.
 */
static void test_the_id_of_an_old_blocked_domain(void **state)
{
	struct hv_fixture *f = *state;
	uint32_t old;

	f->config.ids.first = 1;
	f->config.ids.last = 6;
	hv_ok(hv_try_init(f));
	old = hvpt_domain_id(hvpt_iommu_blocked(&f->iommu));
	hv_make(f, 0);
	hv_fail(f, HV_DELETE, HV_RAW_MEMORY);
	hv_ok(hvpt_iommu_resume(&f->iommu, false));
	assert_true(hypervisor_has_domain(f->hv, old));
	hv_lose_state(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, false));
	hv_make(f, 1);
	hv_make(f, 2);
	hv_status(hv_try_make(f, 3), HVPT_ERR_NO_IDS);
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[2]);
}

/* One such id is tried again; earlier ones are in quarantine. */
static void test_two_old_blocked_domains(void **state)
{
	struct hv_fixture *f = *state;
	uint32_t old[2];
	unsigned n;

	f->config.ids.first = 1;
	f->config.ids.last = 9;
	hv_ok(hv_try_init(f));
	hv_fail_always(f, HV_DELETE, HV_RAW_MEMORY);
	for (n = 0; n < 2; n++) {
		old[n] = hvpt_domain_id(hvpt_iommu_blocked(&f->iommu));
		hv_ok(hvpt_iommu_resume(&f->iommu, false));
	}
	hv_heal(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	assert_true(hypervisor_has_domain(f->hv, old[0]));
	assert_false(hypervisor_has_domain(f->hv, old[1]));
	f->orphans = 3; /* and two of identity */
	/* Six were used: three are left, and the one that is deleted. */
	for (n = 0; n < 4; n++)
		hv_make(f, n);
	hv_status(hv_try_make(f, 4), HVPT_ERR_NO_IDS);
}

/* Nothing was lost, and a second blocked domain is refused: the first stays. */
static void test_another_blocked_domain_is_refused(void **state)
{
	struct hv_fixture *f = *state;
	uint32_t id[4];
	unsigned n;

	make_all(f);
	ids(f, id);
	for (n = 0; n < 4; n++)
		hypervisor_set_ats(f->hv, hv_device_id(n), false);
	hv_fail(f, HV_CREATE, HV_RAW_MEMORY);
	hv_status(hvpt_iommu_resume(&f->iommu, false),
		  hv_mapped(HV_RAW_MEMORY));
	assert_int_equal(hvpt_domain_id(hvpt_iommu_blocked(&f->iommu)), id[1]);
	assert_int_equal(hypervisor_domains(f->hv), 4);
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	is_resumed(f, NULL);
	all_works(f);
}

/* Without a blocked domain there is nowhere to move a device first. */
static void test_a_device_before_the_blocked_domain(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	make_all(f);
	hv_lose_state(f);
	hv_fail(f, HV_CREATE, HV_RAW_MEMORY);
	hv_status(hvpt_iommu_resume(&f->iommu, false),
		  hv_mapped(HV_RAW_MEMORY));
	hv_mark(f);
	for (n = 0; n < 4; n++) {
		hv_status(hvpt_device_resume(&f->device[n]), HVPT_ERR_LOST);
		assert_true(hvpt_device_is_lost(&f->device[n]));
	}
	assert_int_equal(hv_calls_since(f), 0);
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	is_resumed(f, NULL);
}

/* ---- no id is left ---------------------------------------------------- */

#define FIRST_ID 100u
#define LAST_ID 139u

/* All ids that are not ours, after a loss. */
static void others_take_the_rest(struct hv_fixture *f, uint32_t ours)
{
	struct hvpt_answer answer;
	uint32_t id;

	hv_lose_state(f);
	for (id = FIRST_ID + ours; id <= LAST_ID; id++)
		hv_ok(hvpt_hvcall_create_domain(&f->config.transport, id,
						&answer));
	f->orphans = LAST_ID - FIRST_ID + 1 - ours;
}

/* The @nth domain is created, not configured, and cannot be deleted. */
static void resume_fails_to_delete(struct hv_fixture *f, unsigned nth)
{
	hv_inject(f, HV_CONFIGURE, nth, 1, HYPERVISOR_FAIL, HV_RAW_MEMORY);
	hv_fail(f, HV_DELETE, HV_RAW_MEMORY);
	hv_status(hvpt_iommu_resume(&f->iommu, false),
		  hv_mapped(HV_RAW_MEMORY));
	hv_heal(f);
}

/* It cannot be deleted now either: its id is given up, and no other is free. */
static void no_id_is_left(struct hv_fixture *f,
			  const struct hvpt_domain *domain)
{
	unsigned n;

	hv_fail(f, HV_DELETE, HV_RAW_MEMORY);
	for (n = 0; n < 3; n++) {
		hv_status(hvpt_iommu_resume(&f->iommu, true),
			  HVPT_ERR_HV_EXISTS);
		assert_int_equal(hvpt_domain_id(domain), 0);
	}
	f->orphans++;
}

static void two_ids_come_free(struct hv_fixture *f,
			      const struct hvpt_domain *domain)
{
	struct hvpt_answer answer;

	hv_ok(hvpt_hvcall_delete_domain(&f->config.transport, 110, &answer));
	hv_ok(hvpt_hvcall_delete_domain(&f->config.transport, 131, &answer));
	f->orphans -= 2;
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	assert_true(hvpt_domain_id(domain) == 110 ||
		    hvpt_domain_id(domain) == 131);
}

static void open_with_few_ids(struct hv_fixture *f)
{
	f->config.ids.first = FIRST_ID;
	f->config.ids.last = LAST_ID;
	hv_ok(hv_try_init(f));
}

static void test_no_id_for_the_blocked_domain(void **state)
{
	struct hv_fixture *f = *state;
	const struct hvpt_domain *blocked = hvpt_iommu_blocked(&f->iommu);

	open_with_few_ids(f);
	others_take_the_rest(f, 2);
	resume_fails_to_delete(f, 1);
	no_id_is_left(f, blocked);
	hv_device(f, 0);
	hv_status(hv_try_attach(f, 0, hvpt_iommu_blocked(&f->iommu)),
		  HVPT_ERR_LOST);
	two_ids_come_free(f, blocked);
	hv_attach(f, 0, hvpt_iommu_blocked(&f->iommu));
	hv_ok(hvpt_device_detach(&f->device[0]));
}

/* The next try deletes it: it gets its id again. */
static void test_a_blocked_domain_that_was_not_deleted(void **state)
{
	struct hv_fixture *f = *state;
	const struct hvpt_domain *blocked = hvpt_iommu_blocked(&f->iommu);
	uint32_t id;

	open_with_few_ids(f);
	id = hvpt_domain_id(blocked);
	others_take_the_rest(f, 2);
	resume_fails_to_delete(f, 1);
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	assert_int_equal(hvpt_domain_id(blocked), id);
}

static void test_no_id_for_a_lost_domain(void **state)
{
	struct hv_fixture *f = *state;

	open_with_few_ids(f);
	hv_make(f, 0);
	hv_map(f, 0, f->base, HV_DATA, HV_4K);
	others_take_the_rest(f, 3);
	resume_fails_to_delete(f, 2);
	no_id_is_left(f, &f->domain[0]);
	two_ids_come_free(f, &f->domain[0]);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	/* The domain with the former id may have the root. */
	f->leaked = hvpt_pt_tables(&f->domain[0].pt);
	hv_attach(f, 0, hvpt_iommu_blocked(&f->iommu));
	hv_ok(hvpt_device_detach(&f->device[0]));
}

static const struct hvpt_transport_ops *honest;

/* A flush of a domain that does not exist succeeds. */
static uint64_t flush_anything(void *ctx, uint64_t control, hvpt_gpa_t input,
			       hvpt_gpa_t output)
{
	uint64_t result = honest->issue(ctx, control, input, output);

	if ((control & 0xffff) == HV_FLUSH &&
	    (result & 0xffff) == HV_RAW_NOT_FOUND)
		return result & ~UINT64_C(0xffff);
	return result;
}

/* Then a flush tells nothing, and CREATE decides; a new host is asked again. */
static void test_a_host_which_flushes_anything(void **state)
{
	static struct hvpt_transport_ops ops;
	struct hv_fixture *f = *state;
	unsigned round;

	honest = f->config.transport.ops;
	ops = *honest;
	f->config.transport.ops = &ops;
	hv_ok(hv_try_init(f));
	make_all(f);
	for (round = 0; round < 4; round++) {
		ops.issue = round % 2 ? honest->issue : flush_anything;
		hv_lose_state(f);
		hv_ok(hvpt_iommu_resume(&f->iommu, false));
		is_resumed(f, NULL);
		/* And when nothing was lost. */
		hv_ok(hvpt_iommu_resume(&f->iommu, false));
		is_resumed(f, NULL);
	}
	all_works(f);
}

/* ---- another kernel was here ------------------------------------------ */

/*
 * A kernel that loads an image uses the same ids: ours are lost, and its own
 * are created, with our device in its table.
 */
static void boot_kernel(struct hv_fixture *f, struct hvpt_iommu *boot,
			struct hvpt_domain *domain, struct hvpt_device *device)
{
	hv_lose_state(f);
	hv_ok(hvpt_iommu_init(boot, &f->config));
	hv_ok(hvpt_domain_init(domain, boot, &f->domain_config));
	hv_ok(hvpt_domain_map(domain, hvpt_iova(f->base),
			      hvpt_gpa(HV_DATA + 9 * HV_1G), 8 * HV_4K, HV_RW,
			      NULL));
	hv_ok(hvpt_device_probe(device, boot, hv_device_id(0), false));
	hv_ok(hvpt_device_attach(device, domain));
	hv_dma_reaches(f, 0, f->base, HV_DATA + 9 * HV_1G);
	hv_dma_reaches(f, 0, f->base + 4 * HV_4K,
		       HV_DATA + 9 * HV_1G + 4 * HV_4K);
}

/* Its memory belongs to the image again. */
static void boot_kernel_is_gone(struct hv_fixture *f,
				struct hvpt_domain *domain)
{
	hvpt_pt_destroy(&domain->pt);
	assert_int_equal(hvpt_arena_in_use(f->arena),
			 hvpt_pt_tables(&f->domain[0].pt) +
				 hvpt_pt_tables(&f->domain[1].pt));
}

static void test_over_a_boot_kernel(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_domain domain;
	struct hvpt_device device;
	struct hvpt_iommu boot;

	make_all(f);
	boot_kernel(f, &boot, &domain, &device);
	assert_int_equal(hvpt_domain_id(&domain),
			 hvpt_domain_id(&f->domain[0]));
	hv_ok(hvpt_iommu_resume(&f->iommu, false));
	is_resumed(f, NULL);
	hv_dma_faults(f, 0, f->base + 4 * HV_4K);
	boot_kernel_is_gone(f, &domain);
	all_works(f);
}

/* Any call of it may fail: its device never stays in the table of the other. */
static void test_over_a_boot_kernel_with_failures(void **state)
{
	struct hv_fixture *f = *state;
	enum hvpt_status status;
	struct hvpt_domain domain;
	struct hvpt_device device;
	struct hvpt_iommu boot;
	unsigned n, tries;

	/* Domains of the boot kernel that cannot be deleted remain, empty. */
	f->host.frees_before_delete = true;
	hv_new_host(f);
	hv_ok(hv_try_init(f));
	make_all(f);
	for (n = 1;; n++) {
		boot_kernel(f, &boot, &domain, &device);
		hv_inject(f, 0, n, 1,
			  n % 2 ? HYPERVISOR_FAIL_AFTER : HYPERVISOR_FAIL,
			  HV_RAW_MEMORY);
		hv_mark(f);
		status = hvpt_iommu_resume(&f->iommu, false);
		hv_heal(f);
		for (tries = 0; status != HVPT_OK && tries < 2; tries++)
			status = hvpt_iommu_resume(&f->iommu, true);
		hv_ok(status);
		hv_device_is_in(f, 0, &f->domain[0]);
		hv_dma_faults(f, 0, f->base + 4 * HV_4K);
		all_is_there(f);
		hvpt_pt_destroy(&domain.pt);
		if (hv_calls_since(f) < n)
			break;
	}
	assert_true(n > CALLS);
	hv_no_violation(f);
	for (n = 0; n < 2; n++)
		if (f->domain[n].leaks)
			f->leaked += hvpt_pt_tables(&f->domain[n].pt);
	f->orphans = hypervisor_domains(f->hv) - 4;
}

/* ---- failures -------------------------------------------------------- */

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
		is_resumed(f, id);
		return false;
	}
	failure_is_told(f, n, raw);
	/* A device that cannot be parked is tried again at the end. */
	if (status != HVPT_OK)
		hv_status(status, hv_mapped(raw));
	for (tries = 0; tries < 2; tries++) {
		hv_ok(hvpt_iommu_resume(&f->iommu, true));
		is_resumed(f, id);
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

	make_all(f);
	ids(f, id);
	for (i = 0; i < HV_COUNT(raw); i++) {
		for (n = 1; fail_at(f, n, HYPERVISOR_FAIL, raw[i], id); n++)
			;
		assert_int_equal(n, CALLS + 1);
	}
	all_works(f);
}

/* What was created but reported as failed is found again: ids may change. */
static void test_any_call_does_its_work_and_fails(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	make_all(f);
	for (n = 1; fail_at(f, n, HYPERVISOR_FAIL_AFTER, HV_RAW_MEMORY, NULL);
	     n++)
		;
	assert_int_equal(n, CALLS + 1);
	all_works(f);
}

/* Nine calls, then all fail; again and again, until it is done. */
static void test_a_few_calls_at_a_time(void **state)
{
	struct hv_fixture *f = *state;
	enum hvpt_status status;
	uint32_t id[4];
	unsigned tries;

	make_all(f);
	ids(f, id);
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
	is_resumed(f, id);
}

static void test_no_call_page_at_any_time(void **state)
{
	struct hv_fixture *f = *state;
	enum hvpt_status status;
	uint64_t left;
	uint32_t id[4];
	unsigned n;

	make_all(f);
	ids(f, id);
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
		is_resumed(f, id);
	}
	assert_int_equal(n, CALLS + 1);
}

/*
 * Domains turn out to exist, with devices in them: nothing was lost after all.
 */
static void test_the_state_was_not_lost(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n, round;

	make_all(f);
	for (round = 0; round < 3; round++) {
		for (n = 0; n < 4; n++)
			hypervisor_set_ats(f->hv, hv_device_id(n), false);
		hv_ok(hvpt_iommu_resume(&f->iommu, false));
		is_resumed(f, NULL);
	}
	all_works(f);
}

/* ---- a host which offers less ---------------------------------------- */

static void resumes_as(struct hv_fixture *f, enum hvpt_status want)
{
	unsigned n;

	hv_new_host(f);
	hv_mark(f);
	hv_status(hvpt_iommu_resume(&f->iommu, false), want);
	if (want == HVPT_OK)
		return;
	/* Devices of domains that the host cannot have are blocked. */
	for (n = 0; n < 4 && want == HVPT_ERR_IOMMU_CAPS; n++) {
		if (hvpt_device_is_lost(&f->device[n]))
			hv_device_is_in(f, n, hvpt_iommu_blocked(&f->iommu));
	}
	assert_true(hvpt_device_is_lost(&f->device[0]));
	assert_true(hvpt_device_is_lost(&f->device[3]));
	if (want != HVPT_ERR_IOMMU_CAPS)
		assert_int_equal(hypervisor_domains(f->hv), 0);
}

/* Back on a host like the first everything works again. */
static void back_home(struct hv_fixture *f, const struct hypervisor_config *was)
{
	uint32_t id[4];

	ids(f, id);
	f->host = *was;
	resumes_as(f, HVPT_OK);
	is_resumed(f, id);
}

static void test_a_host_with_less(void **state)
{
	struct hv_fixture *f = *state;
	const struct hypervisor_config was = f->host;

	make_all(f);
	f->host.no_iommu = true;
	resumes_as(f, HVPT_ERR_NO_IOMMU);
	back_home(f, &was);
	f->host.caps &= ~HYPERVISOR_CAP_PRESENT;
	resumes_as(f, HVPT_ERR_NO_IOMMU);
	back_home(f, &was);
	f->host.caps &= ~HYPERVISOR_CAP_S1;
	resumes_as(f, HVPT_ERR_NO_STAGE1);
	back_home(f, &was);
	f->host.page_sizes &= ~HV_4K;
	resumes_as(f, HVPT_ERR_IOMMU_CAPS);
	back_home(f, &was);
	f->host.iova_width = f->params->width_limit ? 38 : 47;
	resumes_as(f, HVPT_ERR_IOMMU_CAPS);
	back_home(f, &was);
	if (was.page_sizes & HV_2M) {
		f->host.page_sizes &= ~HV_2M;
		resumes_as(f, HVPT_ERR_IOMMU_CAPS);
		back_home(f, &was);
	}
	if (f->domain[0].pt.levels == 5) {
		f->host.caps &= ~HYPERVISOR_CAP_S1_5LVL;
		resumes_as(f, HVPT_ERR_IOMMU_CAPS);
		back_home(f, &was);
	}
	all_works(f);
}

static void test_a_host_with_more(void **state)
{
	struct hv_fixture *f = *state;
	uint32_t id[4];

	make_all(f);
	ids(f, id);
	/*
	 * An upper half begins where the width ends, so not with another width.
	 */
	if (f->params->form != HVPT_IOVA_CANONICAL) {
		f->host.caps |= HYPERVISOR_CAP_S1_5LVL;
		f->host.iova_width = 57;
	}
	f->host.page_sizes = ~(uint64_t)0;
	resumes_as(f, HVPT_OK);
	is_resumed(f, id);
	all_works(f);
}

/* A domain created after the loss uses only what the host offers now. */
static void test_new_sizes_after_a_resume(void **state)
{
	struct hv_fixture *f = *state;

	f->host.page_sizes &= ~HV_1G;
	hv_new_host(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, false));
	assert_int_equal(hvpt_iommu_page_sizes(&f->iommu), f->host.page_sizes);
	hv_make(f, 0);
	hv_map(f, 0, f->base, HV_DATA, HV_1G);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	/* A leaf of 1 GiB is a violation on this host. */
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	hv_no_violation(f);
}

/* It was created after the loss, so a retry does not create it again. */
static void test_a_domain_made_after_a_resume(void **state)
{
	struct hv_fixture *f = *state;

	hv_device(f, 0);
	hv_lose_state(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, false));
	hv_make(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	hv_mark(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	assert_int_equal(hv_since(f, HV_CREATE), 0);
	assert_int_equal(hv_since(f, HV_ATTACH), 0);
}

/* 5 levels, with a width that 4 would span; the host no longer offers 5. */
static void test_five_levels_of_a_small_width(void **state)
{
	struct hv_fixture *f = *state;

	f->host.caps |= HYPERVISOR_CAP_S1_5LVL;
	f->host.iova_width = 48;
	f->config.width_limit = 0;
	hv_new_host(f);
	hv_ok(hv_try_init(f));
	f->domain_config.pt.form = HVPT_IOVA_PLAIN;
	f->domain_config.pt.levels = 5;
	hv_make(f, 0);
	f->domain_config.pt.levels = 4;
	hv_make(f, 1);
	hv_device(f, 0);
	hv_device(f, 1);
	hv_ok(hvpt_device_attach(&f->device[0], &f->domain[0]));
	hv_ok(hvpt_device_attach(&f->device[1], &f->domain[1]));
	f->host.caps &= ~HYPERVISOR_CAP_S1_5LVL;
	hv_new_host(f);
	hv_status(hvpt_iommu_resume(&f->iommu, false), HVPT_ERR_IOMMU_CAPS);
	/* The other one came back; this one does no DMA. */
	hv_device_is_in(f, 0, hvpt_iommu_blocked(&f->iommu));
	assert_true(hvpt_domain_is_lost(&f->domain[0]));
	hv_device_is_in(f, 1, &f->domain[1]);
	assert_false(hvpt_domain_is_lost(&f->domain[1]));
	f->host.caps |= HYPERVISOR_CAP_S1_5LVL;
	hv_new_host(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, false));
	hv_device_is_in(f, 0, &f->domain[0]);
}

static void test_a_host_without_ats(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	make_all(f);
	f->host.caps &= ~HYPERVISOR_CAP_ATS;
	resumes_as(f, HVPT_OK);
	all_is_there(f);
	assert_false(hvpt_iommu_has_ats(&f->iommu));
	for (n = 0; n < 4; n++) {
		assert_false(f->device[n].ats);
		assert_int_equal(hvpt_device_duty(&f->device[n]),
				 HVPT_ATS_NOTHING);
	}
}

int main(void)
{
	static const struct hv_case cases[] = {
		HV_CASE(test_resume),
		HV_CASE(test_resume_of_a_detached_device),
		HV_CASE(test_resume_twice),
		HV_CASE(test_resume_without_attachments),
		HV_CASE(test_retry_with_nothing_left_to_do),
		HV_CASE(test_a_gather_from_before),
		HV_CASE(test_a_move_which_was_open),
		HV_CASE(test_an_open_move_to_identity),
		HV_CASE(test_a_doubt_outlives_a_resume_which_fails),
		HV_CASE(test_destroy_before_the_retry),
		HV_CASE(test_between_a_resume_and_its_retry),
		HV_PREPARED(test_a_host_which_flushes_anything),
		HV_CASE(test_a_parked_device_is_in_no_doubt),
		HV_CASE(test_an_old_domain_which_stays),
		HV_PREPARED(test_no_room_for_a_blocked_domain),
		HV_PREPARED(test_no_id_for_another_blocked_domain),
		HV_PREPARED(test_the_id_of_an_old_blocked_domain),
		HV_PREPARED(test_two_old_blocked_domains),
		HV_CASE(test_another_blocked_domain_is_refused),
		HV_CASE(test_a_device_before_the_blocked_domain),
		HV_PREPARED(test_no_id_for_the_blocked_domain),
		HV_PREPARED(test_a_blocked_domain_that_was_not_deleted),
		HV_PREPARED(test_no_id_for_a_lost_domain),
		HV_CASE(test_devices_which_come_late),
		HV_CASE(test_a_device_which_does_not_come_back),
		HV_CASE(test_over_a_boot_kernel),
		HV_PREPARED(test_over_a_boot_kernel_with_failures),
		HV_CASE(test_any_call_fails),
		HV_CASE(test_any_call_does_its_work_and_fails),
		HV_CASE(test_a_few_calls_at_a_time),
		HV_CASE(test_no_call_page_at_any_time),
		HV_CASE(test_the_state_was_not_lost),
		HV_CASE(test_a_host_with_less),
		HV_CASE(test_a_host_with_more),
		HV_CASE(test_new_sizes_after_a_resume),
		HV_CASE(test_a_domain_made_after_a_resume),
		HV_PREPARED(test_five_levels_of_a_small_width),
		HV_CASE(test_a_host_without_ats),
	};

	return hv_run("resume", cases, HV_COUNT(cases), hv_main, hv_main_count);
}
