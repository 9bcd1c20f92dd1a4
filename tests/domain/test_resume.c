/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The hypervisor loses its state, and everything is made anew: by the same
 * host, and by one that offers less.
 */
#include "tests/support/hv_fixture.h"
#include "tests/support/resume_fixture.h"

static void test_resume(void **state)
{
	struct hv_fixture *f = *state;
	size_t pages;
	uint32_t id[4];

	resume_make_all(f);
	resume_all_is_there(f);
	resume_ids(f, id);
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
	assert_int_equal(hv_calls_since(f), RESUME_CALLS);
	assert_int_equal(hv_failures_since(f, 0), 1 + 4);
	assert_true(hv_first(f, HV_ATTACH) > hv_first(f, HV_FLUSH));
	assert_true(hv_first(f, HV_ATTACH) < hv_last(f, HV_CREATE));
	assert_true(hv_last(f, HV_ATTACH) > hv_last(f, HV_FLUSH));
	assert_int_equal(hvpt_arena_in_use(f->arena), pages);
	resume_is_complete(f, id);
	resume_all_works(f);
}

/* Its DMA was blocked, and after a loss it would not be. */
static void test_resume_of_a_detached_device(void **state)
{
	struct hv_fixture *f = *state;

	resume_make_all(f);
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

	resume_make_all(f);
	resume_ids(f, id);
	for (n = 0; n < 3; n++) {
		hv_lose_state(f);
		hv_ok(hvpt_iommu_resume(&f->iommu, false));
		resume_is_complete(f, id);
	}
	resume_all_works(f);
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

	resume_make_all(f);
	resume_ids(f, id);
	hv_lose_state(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, false));
	hv_mark(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	assert_int_equal(hv_since(f, HV_CREATE), 0);
	assert_int_equal(hv_since(f, HV_ATTACH), 0);
	resume_is_complete(f, id);
}

/* Nothing of a gather from before the loss has to be flushed afterwards. */
static void test_a_gather_from_before(void **state)
{
	struct hv_fixture *f = *state;

	resume_make_all(f);
	resume_all_is_there(f);
	hv_unmap(f, 0, f->base, HV_2M);
	hv_lose_state(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, false));
	hv_dma_faults(f, 0, f->base);
	hv_sync(f, 0);
	hv_dma_faults(f, 0, f->base);
	hv_dma_reaches(f, 0, resume_large(f), HV_DATA);
	hv_no_violation(f);
}

/* Where a move in doubt would have led does not matter any more. */
static void test_a_move_that_was_open(void **state)
{
	struct hv_fixture *f = *state;

	resume_make_all(f);
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

	resume_make_all(f);
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
static void test_a_doubt_outlives_a_resume_that_fails(void **state)
{
	struct hv_fixture *f = *state;

	resume_make_all(f);
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
	resume_is_complete(f, NULL);
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

/* The id of a lost domain may be another's, though nothing is cached of it. */
static void test_a_lost_domain_is_not_deleted(void **state)
{
	struct hv_fixture *f = *state;

	hv_make(f, 0);
	hv_lose_state(f);
	hv_inject(f, HV_CREATE, 2, UINT64_MAX, HYPERVISOR_FAIL, HV_RAW_MEMORY);
	hv_status(hvpt_iommu_resume(&f->iommu, false), HVPT_ERR_HV_MEMORY);
	hv_heal(f);
	hv_mark(f);
	hv_status(hv_try_destroy(f, 0), HVPT_ERR_LOST);
	assert_int_equal(hv_calls_since(f), 0);
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	hv_ok(hv_try_destroy(f, 0));
}

/* What was late before the loss is not late any more: no flush is needed. */
static void test_nothing_is_left_behind(void **state)
{
	struct hv_fixture *f = *state;

	hv_use_pages(f);
	hypervisor_set_ats(f->hv, hv_device_id(0), false);
	hvpt_device_gone(&f->device[0]);
	hv_attach(f, 0, &f->domain[0]);
	hv_attach(f, 0, hvpt_iommu_blocked(&f->iommu));
	/* it may be that the hypervisor will put it back there */
	hv_mark(f);
	assert_int_equal(hv_unmap(f, 0, f->base, HV_4K), HV_4K);
	hv_sync(f, 0);
	assert_int_not_equal(hv_calls_since(f), 0);
	hv_map(f, 0, f->base, HV_DATA, HV_4K);
	hv_lose_state(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, false));
	hv_attach(f, 0, &f->domain[0]);
	hv_attach(f, 0, hvpt_iommu_blocked(&f->iommu));
	hv_mark(f);
	assert_int_equal(hv_unmap(f, 0, f->base, HV_4K), HV_4K);
	hv_sync(f, 0);
	assert_int_equal(hv_calls_since(f), 0);
}

/* Without an answer about ids nothing is done to them. */
static void test_resume_without_a_second_call_page(void **state)
{
	struct hv_fixture *f = *state;

	resume_make_all(f);
	hv_lose_state(f);
	f->borrow_fail_at = 2;
	hv_mark(f);
	hv_status(hvpt_iommu_resume(&f->iommu, false), HVPT_ERR_CALL_PAGE);
	assert_int_equal(hv_calls_since(f), 1);
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	resume_is_complete(f, NULL);
}

/*
 * The blocked domain is there, and cannot be configured or deleted. Its id is
 * not suspect for ever: the next resume uses it as it uses any other.
 */
static void test_a_blocked_domain_that_was_deleted_late(void **state)
{
	struct hv_fixture *f = *state;
	uint32_t id;

	hv_lose_state(f);
	hv_fail(f, HV_CONFIGURE, HV_RAW_MEMORY);
	hv_fail(f, HV_DELETE, HV_RAW_MEMORY);
	hv_status(hvpt_iommu_resume(&f->iommu, false), HVPT_ERR_HV_MEMORY);
	hv_heal(f);
	id = hvpt_domain_id(hvpt_iommu_blocked(&f->iommu));
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	hv_lose_state(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, false));
	assert_int_equal(hvpt_domain_id(hvpt_iommu_blocked(&f->iommu)), id);
	assert_int_equal(f->iommu.quarantined, 0);
}

/* It exists, half made: it is deleted before anything else is asked of it. */
static void test_a_domain_that_could_not_be_deleted(void **state)
{
	struct hv_fixture *f = *state;

	hv_make(f, 0);
	hv_lose_state(f);
	hv_inject(f, HV_CONFIGURE, 2, 1, HYPERVISOR_FAIL, HV_RAW_MEMORY);
	hv_fail(f, HV_DELETE, HV_RAW_MEMORY);
	hv_status(hvpt_iommu_resume(&f->iommu, false), HVPT_ERR_HV_MEMORY);
	hv_heal(f);
	hv_mark(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	assert_int_equal(hv_since(f, HV_DELETE), 1);
	/* the first FLUSH asks whether one is refused */
	assert_int_equal(hv_first(f, HV_DELETE), hv_first(f, HV_FLUSH) + 1);
}

/* Between a failed resume and its retry: what works, and what must wait. */
static void test_between_a_resume_and_its_retry(void **state)
{
	struct hv_fixture *f = *state;

	resume_make_all(f);
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
static void test_devices_that_come_late(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	resume_make_all(f);
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
	resume_is_complete(f, NULL);
}

/* One never comes back: this does not keep the others from coming back. */
static void test_a_device_that_does_not_come_back(void **state)
{
	struct hv_fixture *f = *state;

	resume_make_all(f);
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

	resume_make_all(f);
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
	resume_is_complete(f, NULL);
}

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

	resume_ids(f, id);
	f->host = *was;
	resumes_as(f, HVPT_OK);
	resume_is_complete(f, id);
}

static void test_a_host_with_less(void **state)
{
	struct hv_fixture *f = *state;
	const struct hypervisor_config was = f->host;

	resume_make_all(f);
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
	resume_all_works(f);
}

static void test_a_host_with_more(void **state)
{
	struct hv_fixture *f = *state;
	uint32_t id[4];

	resume_make_all(f);
	resume_ids(f, id);
	/*
	 * An upper half begins where the width ends, so not with another width.
	 */
	if (f->params->form != HVPT_IOVA_CANONICAL) {
		f->host.caps |= HYPERVISOR_CAP_S1_5LVL;
		f->host.iova_width = 57;
	}
	f->host.page_sizes = ~(uint64_t)0;
	resumes_as(f, HVPT_OK);
	resume_is_complete(f, id);
	resume_all_works(f);
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

	resume_make_all(f);
	f->host.caps &= ~HYPERVISOR_CAP_ATS;
	resumes_as(f, HVPT_OK);
	resume_all_is_there(f);
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
		HV_CASE(test_a_move_that_was_open),
		HV_CASE(test_an_open_move_to_identity),
		HV_CASE(test_a_doubt_outlives_a_resume_that_fails),
		HV_CASE(test_destroy_before_the_retry),
		HV_CASE(test_between_a_resume_and_its_retry),
		HV_CASE(test_a_lost_domain_is_not_deleted),
		HV_CASE(test_nothing_is_left_behind),
		HV_CASE(test_resume_without_a_second_call_page),
		HV_CASE(test_a_blocked_domain_that_was_deleted_late),
		HV_CASE(test_a_domain_that_could_not_be_deleted),
		HV_CASE(test_a_parked_device_is_in_no_doubt),
		HV_CASE(test_devices_that_come_late),
		HV_CASE(test_a_device_that_does_not_come_back),
		HV_CASE(test_a_host_with_less),
		HV_CASE(test_a_host_with_more),
		HV_CASE(test_new_sizes_after_a_resume),
		HV_CASE(test_a_domain_made_after_a_resume),
		HV_PREPARED(test_five_levels_of_a_small_width),
		HV_CASE(test_a_host_without_ats),
	};

	return hv_run("resume", cases, HV_COUNT(cases), hv_main, hv_main_count);
}
