/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Probing the pvIOMMU, its two special domains, and destroying it. Each
 * refusal, the order of refusals, and the state after a failure.
 */
#include <string.h>

#include "tests/support/hv_fixture.h"

/* The host is created again from f->host, which the test has changed. */
static enum hvpt_status init_on_changed_host(struct hv_fixture *f)
{
	hv_new_host(f);
	hv_mark(f);
	return hv_try_init(f);
}

static void refused(struct hv_fixture *f, enum hvpt_status want)
{
	hv_mark(f);
	hv_status(hv_try_init(f), want);
	assert_int_equal(hv_calls_since(f), 0);
}

/* ---- the configuration ----------------------------------------------- */

static void test_missing_hooks_are_refused(void **state)
{
	struct hv_fixture *f = *state;
	const struct hvpt_transport_ops *whole = f->config.transport.ops;
	struct hvpt_transport_ops ops;

	f->config.transport.ops = NULL;
	refused(f, HVPT_ERR_OPS);
	f->config.transport.ops = &ops;
	ops = *whole;
	ops.borrow = NULL;
	refused(f, HVPT_ERR_OPS);
	ops = *whole;
	ops.issue = NULL;
	refused(f, HVPT_ERR_OPS);
	ops = *whole;
	ops.give_back = NULL;
	refused(f, HVPT_ERR_OPS);
	f->config.transport.ops = whole;
	hv_ok(hv_try_init(f));
}

static void set_ids(struct hv_fixture *f, uint32_t first, uint32_t last)
{
	f->config.ids.first = first;
	f->config.ids.last = last;
}

static void test_bad_id_ranges_are_refused(void **state)
{
	static const struct hvpt_id_range bad[] = {
		{ 0, 1 },
		{ 0, 0xfffffffe },
		{ 0, 0xffffffff },
		{ 1, 0 },
		{ 9, 8 },
		{ 7, 7 },
		{ 1, 0xffffffff },
		{ 0xffffffff, 1 },
		{ 0xfffffffe, 0xfffffffe },
		{ 1, 1 },
		{ 0, 5 },
		{ 0xfffffffe, 0xffffffff },
	};
	struct hv_fixture *f = *state;
	size_t i;

	for (i = 0; i < HV_COUNT(bad); i++) {
		f->config.ids = bad[i];
		refused(f, HVPT_ERR_DOMAIN_ID);
	}
	assert_false(f->live);
}

static void test_good_id_ranges_are_used(void **state)
{
	static const struct hvpt_id_range good[] = {
		{ 1, 2 },	{ 0xfffffffd, 0xfffffffe },
		{ 1000, 1001 }, { 1, 0xfffffffe },
		{ 0, 0 },
	};
	struct hv_fixture *f = *state;
	uint32_t one, two;
	size_t i;

	for (i = 0; i < HV_COUNT(good); i++) {
		f->config.ids = good[i];
		hv_ok(hv_try_init(f));
		if (good[i].first == 0)
			set_ids(f, 1, 0xfffffffe);
		one = hvpt_domain_id(hvpt_iommu_identity(&f->iommu));
		two = hvpt_domain_id(hvpt_iommu_blocked(&f->iommu));
		assert_int_not_equal(one, two);
		assert_int_in_range(one, f->config.ids.first,
				    f->config.ids.last);
		assert_int_in_range(two, f->config.ids.first,
				    f->config.ids.last);
		assert_true(hypervisor_has_domain(f->hv, one));
		assert_true(hypervisor_has_domain(f->hv, two));
		assert_int_equal(hypervisor_domains(f->hv), 2);
		hv_ok(hv_try_iommu_destroy(f));
		assert_int_equal(hypervisor_domains(f->hv), 0);
	}
}

static void test_bad_width_limits_are_refused(void **state)
{
	static const uint32_t bad[] = { 1, 2, 11, 12, 58, 64, 256, UINT32_MAX };
	struct hv_fixture *f = *state;
	size_t i;

	for (i = 0; i < HV_COUNT(bad); i++) {
		f->config.width_limit = bad[i];
		refused(f, HVPT_ERR_WIDTH);
	}
	f->config.width_limit = 13;
	hv_ok(hv_try_init(f));
	hv_ok(hv_try_iommu_destroy(f));
	f->config.width_limit = 57;
	hv_ok(hv_try_init(f));
}

static void test_the_first_broken_rule_decides(void **state)
{
	struct hv_fixture *f = *state;
	const struct hvpt_transport_ops *whole = f->config.transport.ops;
	struct hvpt_transport_ops ops = *whole;

	ops.issue = NULL;
	f->config.transport.ops = &ops;
	set_ids(f, 5, 4);
	f->config.width_limit = 1;
	f->host.no_iommu = true;
	hv_new_host(f);
	refused(f, HVPT_ERR_OPS);
	f->config.transport.ops = whole;
	refused(f, HVPT_ERR_DOMAIN_ID);
	set_ids(f, 1, 2);
	refused(f, HVPT_ERR_WIDTH);
	f->config.width_limit = 0;
	hv_status(hv_try_init(f), HVPT_ERR_NO_IOMMU);

	f->host.no_iommu = false;
	f->host.caps = 0;
	f->host.page_sizes = 0;
	f->host.iova_width = 12;
	hv_status(init_on_changed_host(f), HVPT_ERR_NO_IOMMU);
	f->host.caps = HYPERVISOR_CAP_S1;
	hv_status(init_on_changed_host(f), HVPT_ERR_NO_IOMMU);
	f->host.caps = HYPERVISOR_CAP_PRESENT;
	hv_status(init_on_changed_host(f), HVPT_ERR_NO_STAGE1);
	f->host.caps |= HYPERVISOR_CAP_S1;
	hv_status(init_on_changed_host(f), HVPT_ERR_IOMMU_CAPS);
}

/* ---- what the host offers -------------------------------------------- */

static void no_domain_is_asked_for(struct hv_fixture *f)
{
	assert_int_equal(hv_calls_since(f), 1);
	assert_int_equal(hv_since(f, HV_GET_CAPS), 1);
	assert_int_equal(hypervisor_domains(f->hv), 0);
}

static void test_hosts_without_a_pviommu(void **state)
{
	struct hv_fixture *f = *state;

	f->host.no_iommu = true;
	hv_status(init_on_changed_host(f), HVPT_ERR_NO_IOMMU);
	no_domain_is_asked_for(f);
	f->host.no_iommu = false;
	f->host.caps = ~HYPERVISOR_CAP_PRESENT;
	hv_status(init_on_changed_host(f), HVPT_ERR_NO_IOMMU);
	no_domain_is_asked_for(f);
	f->host.caps = ~HYPERVISOR_CAP_S1;
	hv_status(init_on_changed_host(f), HVPT_ERR_NO_STAGE1);
	no_domain_is_asked_for(f);
}

static void test_unknown_capabilities_do_not_matter(void **state)
{
	struct hv_fixture *f = *state;

	f->host.caps = ~(uint64_t)0;
	hv_ok(init_on_changed_host(f));
	assert_true(hvpt_iommu_has_ats(&f->iommu));
}

static void test_ats_is_what_the_host_says(void **state)
{
	struct hv_fixture *f = *state;

	f->host.caps &= ~HYPERVISOR_CAP_ATS;
	hv_ok(init_on_changed_host(f));
	assert_false(hvpt_iommu_has_ats(&f->iommu));
	hv_ok(hv_try_iommu_destroy(f));
	f->host.caps |= HYPERVISOR_CAP_ATS;
	hv_ok(init_on_changed_host(f));
	assert_true(hvpt_iommu_has_ats(&f->iommu));
}

static void test_odd_page_sizes(void **state)
{
	static const uint64_t without_4k[] = {
		0, HV_2M, HV_1G, HV_2M | HV_1G, ~HV_4K, 1, 0x2000, 0x800,
	};
	static const uint64_t with_4k[] = {
		HV_4K,	      HV_4K | HV_2M,  HV_4K | HV_1G,   HV_SIZES_ALL,
		~(uint64_t)0, HV_4K | 0x4000, HV_4K | HV_512G,
	};
	struct hv_fixture *f = *state;
	size_t i;

	for (i = 0; i < HV_COUNT(without_4k); i++) {
		f->host.page_sizes = without_4k[i];
		hv_status(init_on_changed_host(f), HVPT_ERR_IOMMU_CAPS);
		no_domain_is_asked_for(f);
	}
	for (i = 0; i < HV_COUNT(with_4k); i++) {
		f->host.page_sizes = with_4k[i];
		hv_ok(init_on_changed_host(f));
		assert_int_equal(hvpt_iommu_page_sizes(&f->iommu), with_4k[i]);
		hv_ok(hv_try_iommu_destroy(f));
	}
}

/* The size of the leaf that maps 1 GiB to 1 GiB. */
static uint32_t leaf_of(struct hv_fixture *f, uint64_t asked)
{
	struct hvpt_mapping seen = { 0 };

	f->domain_config.pt.page_sizes = asked;
	hv_make(f, 0);
	hv_map(f, 0, f->base, HV_DATA, HV_1G);
	hv_ok(hvpt_domain_lookup(&f->domain[0], hvpt_iova(f->base), &seen));
	hv_ok(hv_try_destroy(f, 0));
	return seen.leaf_lg2;
}

static void test_leaves_are_of_sizes_the_host_has(void **state)
{
	struct hv_fixture *f = *state;

	f->host.page_sizes = HV_SIZES_ALL;
	hv_ok(init_on_changed_host(f));
	assert_int_equal(leaf_of(f, 0), 30);
	assert_int_equal(leaf_of(f, ~(uint64_t)0), 30);
	assert_int_equal(leaf_of(f, HV_4K | HV_2M), 21);
	assert_int_equal(leaf_of(f, HV_4K), 12);
	hv_ok(hv_try_iommu_destroy(f));
	f->host.page_sizes = HV_4K | HV_2M;
	hv_ok(init_on_changed_host(f));
	assert_int_equal(leaf_of(f, 0), 21);
	assert_int_equal(leaf_of(f, HV_SIZES_ALL), 21);
	hv_ok(hv_try_iommu_destroy(f));
	f->host.page_sizes = HV_4K;
	hv_ok(init_on_changed_host(f));
	assert_int_equal(leaf_of(f, HV_SIZES_ALL), 12);
}

static void test_widths_out_of_reason_are_refused(void **state)
{
	static const unsigned low[] = { 0, 1, 11, 12 };
	struct hv_fixture *f = *state;
	unsigned five;
	size_t i;

	for (five = 0; five < 2; five++) {
		f->host.caps |= HYPERVISOR_CAP_S1_5LVL * five;
		for (i = 0; i < HV_COUNT(low); i++) {
			f->host.iova_width = low[i];
			hv_status(init_on_changed_host(f), HVPT_ERR_IOMMU_CAPS);
			no_domain_is_asked_for(f);
		}
	}
	f->host.iova_width = 13;
	hv_ok(init_on_changed_host(f));
	hv_ok(hv_try_iommu_destroy(f));
	f->host.iova_width = 57;
	hv_ok(init_on_changed_host(f));
}

/* ---- others were here before ------------------------------------------ */

/* A second kernel, then a third, all of which start with the same ids. */
static void test_ids_of_others_are_passed_over(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_domain domain;
	struct hvpt_iommu other[3];
	unsigned n;

	for (n = 0; n < 3; n++) {
		hv_ok(hvpt_iommu_init(&other[n], &f->config));
		hv_ok(hvpt_domain_init(&domain, &other[n], &f->domain_config));
		f->leaked += hvpt_pt_tables(&domain.pt);
	}
	f->orphans = 9;
	hv_ok(hv_try_init(f));
	assert_int_equal(hvpt_iommu_identity(&f->iommu)->id, 10);
	hv_make(f, 0);
	assert_int_equal(hvpt_domain_id(&f->domain[0]), 12);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
}

/* However many there are, it takes few hypercalls to get past them. */
static void test_many_ids_of_others(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_answer answer;
	uint32_t id;

	for (id = 1; id <= 3000; id++)
		hv_ok(hvpt_hvcall_create_domain(&f->config.transport, id,
						&answer));
	f->orphans = 3000;
	hv_mark(f);
	hv_ok(hv_try_init(f));
	assert_true(hv_since(f, HV_CREATE) <= HVPT_ID_TRIES + 1);
	assert_true(hvpt_iommu_identity(&f->iommu)->id > 3000);
	hv_make(f, 0);
}

/* All are taken: the call fails, after a bounded number of tries. */
static void test_all_ids_are_others(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_answer answer;
	uint32_t id;

	f->config.ids.first = 100;
	f->config.ids.last = 139;
	for (id = 100; id < 140; id++)
		hv_ok(hvpt_hvcall_create_domain(&f->config.transport, id,
						&answer));
	f->orphans = 40;
	hv_mark(f);
	hv_status(hv_try_init(f), HVPT_ERR_HV_EXISTS);
	assert_int_equal(hv_since(f, HV_FLUSH), 1 + HVPT_ID_TRIES);
	assert_int_equal(hv_since(f, HV_CREATE), 0);
	/* Two of them become free, at any place. */
	hv_ok(hvpt_hvcall_delete_domain(&f->config.transport, 101, &answer));
	hv_ok(hvpt_hvcall_delete_domain(&f->config.transport, 131, &answer));
	f->orphans = 38;
	hv_ok(hv_try_init(f));
	hv_status(hv_try_make(f, 0), HVPT_ERR_HV_EXISTS);
}

/*
 * One domain of another owner, under an id that comes later, with a device in
 * it. CREATE would give it to us with the device.
 */
static void test_a_later_id_of_others(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_answer answer;
	struct hvpt_device device;
	struct hvpt_domain domain;
	struct hvpt_iommu other;

	f->host.take_over = true;
	hv_new_host(f);
	hv_add_device(f, 0);
	f->config.ids.first = 3;
	f->config.ids.last = 5;
	hv_ok(hvpt_iommu_init(&other, &f->config));
	hv_ok(hvpt_domain_init(&domain, &other, &f->domain_config));
	hv_ok(hvpt_domain_map(&domain, hvpt_iova(f->base), hvpt_gpa(HV_DATA),
			      HV_4K, HV_RW, NULL));
	hv_ok(hvpt_device_probe(&device, &other, hv_device_id(0), false));
	hv_ok(hvpt_device_attach(&device, &domain));
	hv_ok(hvpt_hvcall_delete_domain(&f->config.transport, 3, &answer));
	hv_ok(hvpt_hvcall_delete_domain(&f->config.transport, 4, &answer));
	hypervisor_new_owner(f->hv);
	f->orphans = 1;
	f->leaked = hvpt_pt_tables(&domain.pt);
	f->config.ids.first = 0;
	f->config.ids.last = 0;
	hv_ok(hv_try_init(f));
	hv_make(f, 0);
	hv_make(f, 1);
	hv_make(f, 2);
	assert_int_equal(hvpt_domain_id(&f->domain[0]), 3);
	assert_int_equal(hvpt_domain_id(&f->domain[1]), 4);
	assert_int_equal(hvpt_domain_id(&f->domain[2]), 6);
	hv_map(f, 2, f->base, HV_DATA + HV_1G, HV_4K);
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	hv_no_violation(f);
}

/* Such a host is not taken for one on which all ids exist. */
static void test_ids_where_a_flush_tells_nothing(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_answer answer;

	f->flush_tells_nothing = true;
	hv_ok(hvpt_hvcall_create_domain(&f->config.transport, 2, &answer));
	f->orphans = 1;
	hv_ok(hv_try_init(f));
	assert_int_equal(hvpt_iommu_identity(&f->iommu)->id, 1);
	assert_int_equal(hvpt_iommu_blocked(&f->iommu)->id, 3);
	hv_make(f, 0);
	assert_int_equal(hvpt_domain_id(&f->domain[0]), 4);
}

/* These refusals are not about the domain: the ids are not tried by FLUSH. */
static void test_ids_where_no_flush_is_allowed(void **state)
{
	static const uint16_t statuses[] = { HV_RAW_DENIED, HV_RAW_CODE };
	struct hv_fixture *f = *state;
	size_t i;

	for (i = 0; i < HV_COUNT(statuses); i++) {
		hv_fail_always(f, HV_FLUSH, statuses[i]);
		hv_mark(f);
		hv_ok(hv_try_init(f));
		assert_int_equal(hv_since(f, HV_FLUSH), 1);
		assert_int_equal(hvpt_iommu_identity(&f->iommu)->id, 1);
		hv_heal(f);
		hv_ok(hv_try_iommu_destroy(f));
	}
}

/* It may be somebody's: no CREATE; the next try takes the next id. */
static void test_an_id_whose_flush_is_denied(void **state)
{
	struct hv_fixture *f = *state;

	hv_ok(hv_try_init(f));
	hv_fail(f, HV_FLUSH, HV_RAW_DENIED);
	hv_mark(f);
	hv_status(hv_try_make(f, 0), HVPT_ERR_HV_DENIED);
	assert_int_equal(hv_since(f, HV_CREATE), 0);
	hv_make(f, 0);
	assert_int_equal(hvpt_domain_id(&f->domain[0]), 4);
}

/* CONFIGURE fails, and so does the DELETE: the next init skips the id. */
static void test_an_id_left_by_a_failed_init(void **state)
{
	struct hv_fixture *f = *state;

	hv_fail(f, HV_CONFIGURE, HV_RAW_MEMORY);
	hv_fail(f, HV_DELETE, HV_RAW_MEMORY);
	hv_status(hv_try_init(f), HVPT_ERR_HV_MEMORY);
	hv_heal(f);
	assert_true(hypervisor_has_domain(f->hv, 1));
	hv_ok(hv_try_init(f));
	assert_int_equal(hvpt_iommu_identity(&f->iommu)->id, 2);
	hv_no_violation(f);
}

/* Their DMA runs until it is told to stop, or for ever if they are deferred. */
static void test_takeover(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_device device[3];
	struct hvpt_domain domain;
	struct hvpt_iommu other;
	unsigned n;

	hv_ok(hvpt_iommu_init(&other, &f->config));
	hv_ok(hvpt_domain_init(&domain, &other, &f->domain_config));
	hv_ok(hvpt_domain_map(&domain, hvpt_iova(f->base), hvpt_gpa(HV_DATA),
			      HV_4K, HV_RW, NULL));
	for (n = 0; n < 3; n++) {
		hv_add_device(f, n);
		hv_ok(hvpt_device_probe(&device[n], &other, hv_device_id(n),
					false));
		hv_ok(hvpt_device_attach(&device[n], &domain));
	}
	f->orphans = 3;
	f->leaked = hvpt_pt_tables(&domain.pt);
	hv_ok(hv_try_init(f));
	for (n = 0; n < 3; n++) {
		hv_ok(hv_try_probe(f, n));
		hv_dma_reaches(f, n, f->base, HV_DATA);
	}
	hvpt_device_set_deferred(&f->device[1], true);
	hv_fail(f, HV_ATTACH, HV_RAW_MEMORY);
	hv_status(hvpt_iommu_takeover(&f->iommu), HVPT_ERR_HV_MEMORY);
	assert_int_equal(hvpt_device_state(&f->device[1]), HVPT_DEVICE_NEW);
	hv_dma_reaches(f, 1, f->base, HV_DATA);
	/* One is refused, the other is moved; then the rest. */
	hv_ok(hvpt_iommu_takeover(&f->iommu));
	hv_dma_faults(f, 0, f->base);
	hv_dma_reaches(f, 1, f->base, HV_DATA);
	hv_dma_faults(f, 2, f->base);
	hv_make(f, 0);
	hv_attach(f, 1, &f->domain[0]);
	hv_dma_faults(f, 1, f->base);
	hv_no_violation(f);
}

/* The width is that of the devices: tables use as much of it as they span. */
static void test_widths_above_what_tables_span(void **state)
{
	static const unsigned high[] = { 57, 58, 63, 64, 255 };
	struct hv_fixture *f = *state;
	size_t i;

	for (i = 0; i < HV_COUNT(high); i++) {
		f->host.iova_width = high[i];
		f->host.caps |= HYPERVISOR_CAP_S1_5LVL;
		hv_ok(init_on_changed_host(f));
		assert_int_equal(hvpt_iommu_width(&f->iommu), 57);
		hv_ok(hvpt_iommu_resume(&f->iommu, false));
		hv_ok(hv_try_iommu_destroy(f));
		f->host.caps &= ~HYPERVISOR_CAP_S1_5LVL;
		hv_ok(init_on_changed_host(f));
		assert_int_equal(hvpt_iommu_width(&f->iommu), 48);
		hv_ok(hvpt_iommu_resume(&f->iommu, false));
		hv_ok(hv_try_iommu_destroy(f));
	}
}

/* Domains have @bits, no more; and 5 levels if and only if @five. */
static void width_is(struct hv_fixture *f, unsigned bits, bool five)
{
	uint64_t last = ((uint64_t)1 << bits) - HV_4K;

	assert_int_equal(hvpt_iommu_width(&f->iommu), bits);
	f->domain_config.pt.width = 0;
	f->domain_config.pt.levels = 0;
	hv_make(f, 0);
	hv_map(f, 0, last, HV_DATA, HV_4K);
	hv_status(hv_try_map(f, 0, last + HV_4K, HV_DATA, HV_4K),
		  HVPT_ERR_IOVA_RANGE);
	hv_ok(hv_try_destroy(f, 0));
	f->domain_config.pt.width = bits + 1;
	hv_status(hv_try_make(f, 0), HVPT_ERR_WIDTH);
	f->domain_config.pt.width = bits;
	hv_ok(hv_try_make(f, 0));
	hv_ok(hv_try_destroy(f, 0));
	f->domain_config.pt.levels = 5;
	hv_status(hv_try_make(f, 0), five ? HVPT_OK : HVPT_ERR_LEVELS);
	if (five)
		hv_ok(hv_try_destroy(f, 0));
	f->domain_config.pt.levels = 0;
	hv_ok(hv_try_iommu_destroy(f));
}

static void test_which_width_is_used(void **state)
{
	static const struct {
		unsigned host;
		bool five;
		unsigned limit;
		unsigned want;
	} width[] = {
		{ 48, false, 0, 48 },  { 57, false, 0, 48 },
		{ 49, false, 0, 48 },  { 52, false, 50, 48 },
		{ 57, false, 47, 47 }, { 47, false, 0, 47 },
		{ 39, false, 48, 39 }, { 57, true, 0, 57 },
		{ 57, true, 56, 56 },  { 52, true, 57, 52 },
		{ 48, true, 0, 48 },   { 57, true, 39, 39 },
		{ 64, false, 0, 48 },  { 13, false, 0, 13 },
		{ 48, false, 13, 13 },
	};
	struct hv_fixture *f = *state;
	size_t i;

	for (i = 0; i < HV_COUNT(width); i++) {
		f->host.iova_width = width[i].host;
		f->host.caps &= ~HYPERVISOR_CAP_S1_5LVL;
		f->host.caps |= HYPERVISOR_CAP_S1_5LVL * width[i].five;
		f->config.width_limit = width[i].limit;
		hv_ok(init_on_changed_host(f));
		width_is(f, width[i].want, width[i].five);
	}
}

/* ---- failures -------------------------------------------------------- */

static void test_capabilities_cannot_be_had(void **state)
{
	static const uint16_t raw[] = {
		HV_RAW_PARAMETER, HV_RAW_DENIED,  HV_RAW_MEMORY,
		HV_RAW_TIMEOUT,	  HV_RAW_NO_CALL,
	};
	struct hv_fixture *f = *state;
	size_t i;

	for (i = 0; i < HV_COUNT(raw); i++) {
		hv_mark(f);
		hv_fail(f, HV_GET_CAPS, raw[i]);
		hv_status(hv_try_init(f), hv_mapped(raw[i]));
		hv_last_failure_is(f, HV_GET_CAPS, raw[i]);
		no_domain_is_asked_for(f);
		hv_heal(f);
	}
	hypervisor_allow(f->hv, HV_GET_CAPS, false);
	hv_status(hv_try_init(f), HVPT_ERR_HV_DENIED);
	hypervisor_allow(f->hv, HV_GET_CAPS, true);
}

/* No hypercall was made, so none was refused: there is no last failure. */
/* Capabilities, a flush of no domain; a flush, CREATE, CONFIGURE twice. */
#define INIT_CALLS (1u + 1u + 2u * 3u)

static void test_no_call_page_at_any_time(void **state)
{
	struct hv_fixture *f = *state;
	uint16_t code, status;
	unsigned n;

	for (n = 1; n <= INIT_CALLS; n++) {
		f->borrow_fail_at = n;
		hv_status(hv_try_init(f), HVPT_ERR_CALL_PAGE);
		assert_false(
			hvpt_iommu_last_failure(&f->iommu, &code, &status));
		assert_int_equal(hypervisor_domains(f->hv), 0);
	}
	f->borrow_fail_at = n;
	hv_ok(hv_try_init(f));
}

static void test_a_failed_create_or_configure(void **state)
{
	static const uint16_t codes[] = { HV_CREATE, HV_CONFIGURE };
	static const uint16_t raw[] = {
		HV_RAW_CODE,	HV_RAW_PARAMETER, HV_RAW_MEMORY,
		HV_RAW_DOMAINS, HV_RAW_TIMEOUT,	  HV_RAW_NO_CALL,
	};
	struct hv_fixture *f = *state;
	size_t i, j;
	unsigned n;

	for (i = 0; i < HV_COUNT(codes); i++)
		for (n = 1; n <= 2; n++)
			for (j = 0; j < HV_COUNT(raw); j++) {
				hv_inject(f, codes[i], n, 1, HYPERVISOR_FAIL,
					  raw[j]);
				hv_status(hv_try_init(f), hv_mapped(raw[j]));
				hv_last_failure_is(f, codes[i], raw[j]);
				assert_int_equal(hypervisor_domains(f->hv), 0);
				hv_heal(f);
			}
	hv_ok(hv_try_init(f));
}

static void test_a_configure_that_lied(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	for (n = 1; n <= 2; n++) {
		hv_inject(f, HV_CONFIGURE, n, 1, HYPERVISOR_FAIL_AFTER,
			  HV_RAW_MEMORY);
		hv_status(hv_try_init(f), HVPT_ERR_HV_MEMORY);
		assert_int_equal(hypervisor_domains(f->hv), 0);
		hv_heal(f);
	}
}

static void test_domains_that_cannot_be_deleted_stay(void **state)
{
	struct hv_fixture *f = *state;

	hv_inject(f, HV_CONFIGURE, 2, 1, HYPERVISOR_FAIL, HV_RAW_PARAMETER);
	hv_fail_always(f, HV_DELETE, HV_RAW_MEMORY);
	hv_mark(f);
	hv_status(hv_try_init(f), HVPT_ERR_HV_INPUT);
	/* The cause, not its consequence. */
	hv_last_failure_is(f, HV_CONFIGURE, HV_RAW_PARAMETER);
	assert_int_equal(hv_since(f, HV_DELETE), 2);
	assert_int_equal(hypervisor_domains(f->hv), 2);
	assert_int_equal(f->orphans, 2);
}

static void test_a_host_with_too_few_domains(void **state)
{
	struct hv_fixture *f = *state;

	f->host.max_domains = 1;
	hv_status(init_on_changed_host(f), HVPT_ERR_HV_DOMAINS);
	hv_last_failure_is(f, HV_CREATE, HV_RAW_DOMAINS);
	assert_int_equal(hypervisor_domains(f->hv), 0);
	f->host.max_domains = 2;
	hv_ok(init_on_changed_host(f));
	hv_status(hv_try_make(f, 0), HVPT_ERR_HV_DOMAINS);
	assert_int_equal(hvpt_arena_in_use(f->arena), 0);
}

/* ---- while it lives -------------------------------------------------- */

static void test_the_calls_of_an_init(void **state)
{
	struct hv_fixture *f = *state;

	hv_mark(f);
	hv_ok(hv_try_init(f));
	assert_int_equal(hv_since(f, HV_GET_CAPS), 1);
	assert_int_equal(hv_since(f, HV_CREATE), 2);
	assert_int_equal(hv_since(f, HV_CONFIGURE), 2);
	assert_int_equal(hv_since(f, HV_FLUSH), 3);
	assert_int_equal(hv_calls_since(f), INIT_CALLS);
	assert_int_equal(hvpt_arena_allocs(f->arena), 0);
	hv_mark(f);
	hv_ok(hv_try_iommu_destroy(f));
	assert_int_equal(hv_since(f, HV_DELETE), 2);
	assert_int_equal(hv_calls_since(f), 2);
}

static void test_nothing_was_counted_yet(void **state)
{
	static const struct hvpt_iommu_stats zero;
	struct hv_fixture *f = *state;
	struct hvpt_iommu_stats stats;

	memset(&stats, 0, sizeof(stats));
	hvpt_iommu_read_stats(&f->iommu, &stats);
	assert_memory_equal(&stats, &zero, sizeof(stats));
}

static void test_no_failure_yet(void **state)
{
	struct hv_fixture *f = *state;
	uint16_t code = 0x1234, status = 0x5678;

	assert_false(hvpt_iommu_last_failure(&f->iommu, &code, &status));
	assert_int_equal(code, 0x1234);
	assert_int_equal(status, 0x5678);
	/* To find an id that is in use is no failure. */
	hv_fail(f, HV_CREATE, HVPT_HV_STATUS_KEY_ALREADY_EXISTS);
	hv_make(f, 1);
	assert_false(hvpt_iommu_last_failure(&f->iommu, &code, &status));
	hv_fail(f, HV_CREATE, HV_RAW_MEMORY);
	hv_status(hv_try_make(f, 0), HVPT_ERR_HV_MEMORY);
	hv_last_failure_is(f, HV_CREATE, HV_RAW_MEMORY);
	/* A later success does not remove it; a failure replaces it. */
	hv_make(f, 0);
	hv_last_failure_is(f, HV_CREATE, HV_RAW_MEMORY);
	hv_fail(f, HV_DELETE, HV_RAW_NO_CALL);
	hv_status(hv_try_destroy(f, 0), HVPT_ERR_NO_HYPERVISOR);
	hv_last_failure_is(f, HV_DELETE, HV_RAW_NO_CALL);
}

static void test_the_special_domains(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_domain *identity = hvpt_iommu_identity(&f->iommu);
	struct hvpt_domain *blocked = hvpt_iommu_blocked(&f->iommu);

	assert_int_equal(identity->kind, HVPT_DOMAIN_IDENTITY);
	assert_int_equal(blocked->kind, HVPT_DOMAIN_BLOCKED);
	hv_device(f, 0);
	hv_attach(f, 0, identity);
	hv_dma_reaches(f, 0, 0, 0);
	hv_dma_reaches(f, 0, HV_DATA + 5, HV_DATA + 5);
	hv_attach(f, 0, blocked);
	hv_dma_faults(f, 0, 0);
	hv_dma_faults(f, 0, HV_DATA);
}

static void test_destroy_is_refused_while_busy(void **state)
{
	struct hv_fixture *f = *state;

	hv_make(f, 0);
	hv_device(f, 0);
	hv_mark(f);
	hv_status(hv_try_iommu_destroy(f), HVPT_ERR_BUSY);
	hv_ok(hv_try_destroy(f, 0));
	hv_status(hv_try_iommu_destroy(f), HVPT_ERR_BUSY);
	hv_ok(hv_try_remove(f, 0));
	hv_make(f, 1);
	hv_status(hv_try_iommu_destroy(f), HVPT_ERR_BUSY);
	assert_int_equal(hypervisor_domains(f->hv), 3);
	hv_ok(hv_try_destroy(f, 1));
	hv_ok(hv_try_iommu_destroy(f));
	assert_int_equal(hypervisor_domains(f->hv), 0);
}

static void test_destroy_is_not_refused_for_what_was_abandoned(void **state)
{
	struct hv_fixture *f = *state;

	hv_make(f, 0);
	hv_abandon(f, 0);
	hv_ok(hv_try_iommu_destroy(f));
	assert_int_equal(hypervisor_domains(f->hv), 1);
}

static void test_destroy_is_tried_again(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	for (n = 1; n <= 2; n++) {
		hv_mark(f);
		hv_inject(f, HV_DELETE, n, 1, HYPERVISOR_FAIL, HV_RAW_MEMORY);
		hv_status(hv_try_iommu_destroy(f), HVPT_ERR_HV_MEMORY);
		hv_last_failure_is(f, HV_DELETE, HV_RAW_MEMORY);
		hv_heal(f);
		hv_ok(hv_try_iommu_destroy(f));
		assert_int_equal(hypervisor_domains(f->hv), 0);
		hv_ok(hv_try_init(f));
	}
}

/*
 * The device is gone for the guest but still plugged in: the hypervisor does
 * not delete the domain that it is in.
 */
static void test_destroy_with_removed_devices_in_blocked(void **state)
{
	struct hv_fixture *f = *state;

	hv_device(f, 0);
	hv_ok(hvpt_device_remove(&f->device[0]));
	f->device_live[0] = false;
	hv_status(hv_try_iommu_destroy(f), HVPT_ERR_HV_STATE);
	hypervisor_remove_device(f->hv, hv_device_id(0));
	hv_ok(hv_try_iommu_destroy(f));
	assert_int_equal(hypervisor_domains(f->hv), 0);
}

/* The host keeps it where it was: then neither domain is deleted. */
static void test_destroy_with_a_gone_device_in_identity(void **state)
{
	struct hv_fixture *f = *state;

	hv_device(f, 0);
	hv_attach(f, 0, hvpt_iommu_identity(&f->iommu));
	hv_fail(f, HV_DETACH, HV_RAW_MEMORY);
	hvpt_device_gone(&f->device[0]);
	f->device_live[0] = false;
	hv_heal(f);
	hv_status(hv_try_iommu_destroy(f), HVPT_ERR_HV_STATE);
	assert_int_equal(hypervisor_domains(f->hv), 2);
	hypervisor_remove_device(f->hv, hv_device_id(0));
	hv_ok(hv_try_iommu_destroy(f));
	assert_int_equal(hypervisor_domains(f->hv), 0);
}

/* A detached device is in no domain, and is released without another call. */
static void test_destroy_with_detached_devices(void **state)
{
	struct hv_fixture *f = *state;

	hv_device(f, 0);
	hv_attach(f, 0, hvpt_iommu_blocked(&f->iommu));
	hv_ok(hvpt_device_detach(&f->device[0]));
	hv_mark(f);
	hv_ok(hvpt_device_remove(&f->device[0]));
	f->device_live[0] = false;
	assert_int_equal(hv_calls_since(f), 0);
	hv_ok(hv_try_iommu_destroy(f));
	assert_int_equal(hypervisor_domains(f->hv), 0);
}

static void test_two_side_by_side(void **state)
{
	struct hv_fixture *f = *state;
	struct hv_fixture *other = test_malloc(sizeof(*other));

	hv_open(other, f->params);
	hv_make(f, 0);
	hv_make(other, 0);
	hv_device(f, 0);
	hv_device(other, 0);
	hv_map(f, 0, f->base, HV_DATA, HV_4K);
	hv_map(other, 0, f->base, HV_DATA + HV_4K, HV_4K);
	hv_attach(f, 0, &f->domain[0]);
	hv_attach(other, 0, &other->domain[0]);
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	hv_dma_reaches(other, 0, f->base, HV_DATA + HV_4K);
	hv_take_down(other);
	assert_true(hv_is_clean(other));
	hv_close(other);
	test_free(other);
	hv_dma_reaches(f, 0, f->base, HV_DATA);
}

int main(void)
{
	static const struct hv_case cases[] = {
		HV_PREPARED(test_missing_hooks_are_refused),
		HV_PREPARED(test_bad_id_ranges_are_refused),
		HV_PREPARED(test_good_id_ranges_are_used),
		HV_PREPARED(test_bad_width_limits_are_refused),
		HV_PREPARED(test_the_first_broken_rule_decides),
		HV_PREPARED(test_hosts_without_a_pviommu),
		HV_PREPARED(test_unknown_capabilities_do_not_matter),
		HV_PREPARED(test_ats_is_what_the_host_says),
		HV_PREPARED(test_odd_page_sizes),
		HV_PREPARED(test_leaves_are_of_sizes_the_host_has),
		HV_PREPARED(test_widths_out_of_reason_are_refused),
		HV_PREPARED(test_widths_above_what_tables_span),
		HV_PREPARED(test_ids_of_others_are_passed_over),
		HV_PREPARED(test_many_ids_of_others),
		HV_PREPARED(test_all_ids_are_others),
		HV_PREPARED(test_a_later_id_of_others),
		HV_PREPARED(test_ids_where_a_flush_tells_nothing),
		HV_PREPARED(test_ids_where_no_flush_is_allowed),
		HV_PREPARED(test_an_id_whose_flush_is_denied),
		HV_PREPARED(test_an_id_left_by_a_failed_init),
		HV_PREPARED(test_takeover),
		HV_PREPARED(test_which_width_is_used),
		HV_PREPARED(test_capabilities_cannot_be_had),
		HV_PREPARED(test_no_call_page_at_any_time),
		HV_PREPARED(test_a_failed_create_or_configure),
		HV_PREPARED(test_a_configure_that_lied),
		HV_PREPARED(test_domains_that_cannot_be_deleted_stay),
		HV_PREPARED(test_a_host_with_too_few_domains),
		HV_PREPARED(test_the_calls_of_an_init),
		HV_CASE(test_nothing_was_counted_yet),
		HV_CASE(test_no_failure_yet),
		HV_CASE(test_the_special_domains),
		HV_CASE(test_destroy_is_refused_while_busy),
		HV_CASE(test_destroy_is_not_refused_for_what_was_abandoned),
		HV_CASE(test_destroy_is_tried_again),
		HV_CASE(test_destroy_with_removed_devices_in_blocked),
		HV_CASE(test_destroy_with_a_gone_device_in_identity),
		HV_CASE(test_destroy_with_detached_devices),
		HV_CASE(test_two_side_by_side),
	};

	return hv_run("iommu", cases, HV_COUNT(cases), hv_plain, 1);
}
