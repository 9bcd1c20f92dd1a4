/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A resume over domains that exist already: its own from before, which could
 * not be deleted, and those of another kernel.
 */
#include "tests/support/hv_fixture.h"
#include "tests/support/resume_fixture.h"

/*
 * Nothing was lost, and one of our domains cannot be deleted: it gets another
 * id, and the tables that the old domain has are never freed.
 */
static void test_an_old_domain_that_stays(void **state)
{
	struct hv_fixture *f = *state;
	uint32_t id[4];
	unsigned n;

	resume_make_all(f);
	resume_ids(f, id);
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
	resume_all_is_there(f);
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
	resume_make_all(f);
	resume_ids(f, id);
	for (n = 0; n < 4; n++)
		hypervisor_set_ats(f->hv, hv_device_id(n), false);
	if (f->params->no_reconfigure) {
		hv_status(hvpt_iommu_resume(&f->iommu, false),
			  HVPT_ERR_HV_DENIED);
		hypervisor_lose_state(f->hv);
	} else {
		hv_ok(hvpt_iommu_resume(&f->iommu, false));
		resume_is_complete(f, id);
	}
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	resume_is_complete(f, id);
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

	resume_make_all(f);
	resume_ids(f, id);
	for (n = 0; n < 4; n++)
		hypervisor_set_ats(f->hv, hv_device_id(n), false);
	hv_fail(f, HV_CREATE, HV_RAW_MEMORY);
	hv_status(hvpt_iommu_resume(&f->iommu, false),
		  hv_mapped(HV_RAW_MEMORY));
	assert_int_equal(hvpt_domain_id(hvpt_iommu_blocked(&f->iommu)), id[1]);
	assert_int_equal(hypervisor_domains(f->hv), 4);
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	resume_is_complete(f, NULL);
	resume_all_works(f);
}

/* Without a blocked domain there is nowhere to move a device first. */
static void test_a_device_before_the_blocked_domain(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	resume_make_all(f);
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
	resume_is_complete(f, NULL);
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

/* Then a flush tells nothing, and CREATE decides; a new host is asked again. */
static void test_a_host_that_flushes_anything(void **state)
{
	struct hv_fixture *f = *state;
	unsigned round;

	hv_ok(hv_try_init(f));
	resume_make_all(f);
	for (round = 0; round < 4; round++) {
		f->flush_tells_nothing = round % 2 == 0;
		hv_lose_state(f);
		hv_ok(hvpt_iommu_resume(&f->iommu, false));
		resume_is_complete(f, NULL);
		/* And when nothing was lost. */
		hv_ok(hvpt_iommu_resume(&f->iommu, false));
		resume_is_complete(f, NULL);
	}
	resume_all_works(f);
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

	resume_make_all(f);
	boot_kernel(f, &boot, &domain, &device);
	assert_int_equal(hvpt_domain_id(&domain),
			 hvpt_domain_id(&f->domain[0]));
	hv_ok(hvpt_iommu_resume(&f->iommu, false));
	resume_is_complete(f, NULL);
	hv_dma_faults(f, 0, f->base + 4 * HV_4K);
	boot_kernel_is_gone(f, &domain);
	resume_all_works(f);
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
	resume_make_all(f);
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
		resume_all_is_there(f);
		hvpt_pt_destroy(&domain.pt);
		if (hv_calls_since(f) < n)
			break;
	}
	assert_true(n > RESUME_CALLS);
	hv_no_violation(f);
	for (n = 0; n < 2; n++)
		if (f->domain[n].leaks)
			f->leaked += hvpt_pt_tables(&f->domain[n].pt);
	f->orphans = hypervisor_domains(f->hv) - 4;
}

int main(void)
{
	static const struct hv_case cases[] = {
		HV_PREPARED(test_a_host_that_flushes_anything),
		HV_CASE(test_an_old_domain_that_stays),
		HV_PREPARED(test_no_room_for_a_blocked_domain),
		HV_PREPARED(test_no_id_for_another_blocked_domain),
		HV_PREPARED(test_the_id_of_an_old_blocked_domain),
		HV_PREPARED(test_two_old_blocked_domains),
		HV_CASE(test_another_blocked_domain_is_refused),
		HV_CASE(test_a_device_before_the_blocked_domain),
		HV_PREPARED(test_no_id_for_the_blocked_domain),
		HV_PREPARED(test_a_blocked_domain_that_was_not_deleted),
		HV_PREPARED(test_no_id_for_a_lost_domain),
		HV_CASE(test_over_a_boot_kernel),
		HV_PREPARED(test_over_a_boot_kernel_with_failures),
	};

	return hv_run("resume_ids", cases, HV_COUNT(cases), hv_main,
		      hv_main_count);
}
