/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Domains: the kinds there are; how a paging domain is made and unmade; where
 * the fields of one lie.
 */
#include "tests/support/hv_fixture.h"

/* ---- kinds ----------------------------------------------------------- */

static void refuses_all(struct hvpt_domain *domain)
{
	const struct hvpt_segment segment = { { HV_DATA }, HV_4K };
	hvpt_iova_t iova = hvpt_iova(HV_DATA);
	struct hvpt_gather gather;
	uint64_t unmapped = 77;

	hvpt_gather_init(&gather);
	hv_status(hvpt_domain_map(domain, iova, hvpt_gpa(0), HV_4K, HV_RW,
				  &gather),
		  HVPT_ERR_KIND);
	hv_status(hvpt_domain_map_list(domain, iova, &segment, 1, HV_RW, NULL),
		  HVPT_ERR_KIND);
	hv_status(hvpt_domain_unmap(domain, iova, HV_4K, &gather, &unmapped),
		  HVPT_ERR_KIND);
	assert_int_equal(unmapped, 77);
	assert_true(hvpt_gather_is_empty(&gather));
	hvpt_gather_add(&gather, iova, iova);
	hv_status(hvpt_domain_sync(domain, &gather), HVPT_ERR_KIND);
	hv_status(hvpt_domain_flush(domain, &gather), HVPT_ERR_KIND);
	assert_int_equal(gather.range_count, 1);
	hv_status(hvpt_domain_destroy(domain), HVPT_ERR_KIND);
	hv_status(hvpt_domain_abandon(domain), HVPT_ERR_KIND);
	assert_null(hvpt_domain_pagetable(domain));
}

static void test_special_domains_refuse_tables(void **state)
{
	struct hv_fixture *f = *state;

	hv_mark(f);
	refuses_all(hvpt_iommu_identity(&f->iommu));
	refuses_all(hvpt_iommu_blocked(&f->iommu));
	assert_int_equal(hv_calls_since(f), 0);
	hv_ok(hvpt_domain_flush_all(hvpt_iommu_identity(&f->iommu)));
	hv_ok(hvpt_domain_flush_all(hvpt_iommu_blocked(&f->iommu)));
	hv_make(f, 0);
	assert_ptr_equal(hvpt_domain_pagetable(&f->domain[0]),
			 &f->domain[0].pt);
}

static void test_special_domains_can_be_looked_up(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_domain *identity = hvpt_iommu_identity(&f->iommu);
	struct hvpt_mapping seen = { .accessed = false, .dirty = false };

	hv_lookup_is(identity, 0, 0);
	hv_lookup_is(identity, 0x123456789, 0x123456789);
	hv_lookup_is(identity, (1ull << 52) - 1, (1ull << 52) - 1);
	hv_status(hvpt_domain_lookup(identity, hvpt_iova(1ull << 52), &seen),
		  HVPT_ERR_GPA_RANGE);
	hv_ok(hvpt_domain_lookup(identity, hvpt_iova(5), &seen));
	assert_int_equal(seen.prot, HV_RW);
	assert_int_equal(seen.leaf_lg2, 12);
	assert_true(seen.accessed);
	assert_true(seen.dirty);
	hv_lookup_none(hvpt_iommu_blocked(&f->iommu), 0);
	hv_lookup_none(hvpt_iommu_blocked(&f->iommu), ~(uint64_t)0);
}

/* ---- making ---------------------------------------------------------- */

static void test_the_calls_of_a_life(void **state)
{
	struct hv_fixture *f = *state;

	hv_mark(f);
	hv_make(f, 0);
	/* Does another owner have the id? */
	assert_int_equal(hv_since(f, HV_FLUSH), 1);
	assert_int_equal(hv_since(f, HV_CREATE), 1);
	assert_int_equal(hv_since(f, HV_CONFIGURE), 1);
	assert_int_equal(hv_calls_since(f), 3);
	assert_true(hv_first(f, HV_FLUSH) < hv_first(f, HV_CREATE));
	assert_true(hv_first(f, HV_CREATE) < hv_first(f, HV_CONFIGURE));
	assert_int_equal(hvpt_arena_in_use(f->arena), 1);
	hv_mark(f);
	hv_ok(hv_try_destroy(f, 0));
	/* No device was in it, so nothing can be cached. */
	assert_int_equal(hv_since(f, HV_DELETE), 1);
	assert_int_equal(hv_calls_since(f), 1);
	assert_int_equal(hvpt_arena_in_use(f->arena), 0);
}

static void not_made(struct hv_fixture *f, enum hvpt_status want)
{
	uint32_t number = (uint32_t)hypervisor_domains(f->hv);

	hv_mark(f);
	hv_status(hv_try_make(f, 0), want);
	assert_int_equal(hv_calls_since(f), 0);
	assert_int_equal(hypervisor_domains(f->hv), number);
	assert_int_equal(hvpt_arena_in_use(f->arena), 0);
}

static void test_bad_configurations_are_refused(void **state)
{
	struct hv_fixture *f = *state;
	const struct hvpt_domain_config good = f->domain_config;
	struct hvpt_domain_config *config = &f->domain_config;
	struct hvpt_page_ops ops = *good.pt.ops;

	config->policy = (enum hvpt_flush_policy)3;
	not_made(f, HVPT_ERR_POLICY);
	*config = good;
	config->pt.width = f->iommu.width + 1;
	not_made(f, HVPT_ERR_WIDTH);
	config->pt.width = 12;
	not_made(f, HVPT_ERR_WIDTH);
	*config = good;
	config->pt.levels = 3;
	not_made(f, HVPT_ERR_LEVELS);
	config->pt.levels = 6;
	not_made(f, HVPT_ERR_LEVELS);
	*config = good;
	config->pt.form = (enum hvpt_iova_form)3;
	not_made(f, HVPT_ERR_IOVA_FORM);
	*config = good;
	config->pt.page_sizes = HV_2M;
	not_made(f, HVPT_ERR_PAGE_SIZES);
	*config = good;
	config->pt.table_gpa_mask = 1ull << 52;
	not_made(f, HVPT_ERR_TABLE_MASK);
	*config = good;
	config->pt.flags = 2;
	not_made(f, HVPT_ERR_FLAGS);
	*config = good;
	config->pt.ops = &ops;
	ops.alloc_page = NULL;
	not_made(f, HVPT_ERR_OPS);
	ops = *good.pt.ops;
	ops.free_page = NULL;
	not_made(f, HVPT_ERR_OPS);
	*config = good;
	hvpt_arena_fail_at(f->arena, 1);
	not_made(f, HVPT_ERR_NO_MEMORY);
	hv_make(f, 0);
}

static void test_five_levels_only_where_there_are_five(void **state)
{
	struct hv_fixture *f = *state;

	f->domain_config.pt.levels = 5;
	if (f->params->five) {
		hv_make(f, 0);
		assert_int_equal(f->domain[0].pt.levels, 5);
	} else {
		not_made(f, HVPT_ERR_LEVELS);
	}
}

/* 4 levels and no width: as much as they span, whatever the host offers. */
static void test_four_levels_on_every_host(void **state)
{
	struct hv_fixture *f = *state;
	uint32_t width = f->iommu.width < 48 ? f->iommu.width : 48;

	f->domain_config.pt.levels = 4;
	f->domain_config.pt.width = 0;
	f->domain_config.pt.form = HVPT_IOVA_PLAIN;
	hv_make(f, 0);
	assert_int_equal(f->domain[0].pt.levels, 4);
	assert_int_equal(f->domain[0].pt.lower_last, (1ull << width) - 1);
	/* A width that was asked for is refused, never clamped. */
	f->domain_config.pt.width = 49;
	if (f->iommu.width > 48)
		hv_status(hv_try_make(f, 1), HVPT_ERR_WIDTH);
}

static void test_reserved_ranges_are_passed_on(void **state)
{
	static const struct hvpt_iova_range ranges[] = { HVPT_RESERVED_MSI,
							 HVPT_RESERVED_HT };
	struct hv_fixture *f = *state;

	f->domain_config.pt.reserved = ranges;
	f->domain_config.pt.reserved_count = 2;
	hv_make(f, 0);
	assert_ptr_equal(hvpt_pt_reserved(hvpt_domain_pagetable(&f->domain[0]),
					  1),
			 &ranges[1]);
	hv_status(hv_try_map(f, 0, 0xfee01000, HV_DATA, HV_4K),
		  HVPT_ERR_RESERVED);
	assert_true(hvpt_gather_is_empty(&f->gather[0]));
	hv_map(f, 0, 0xfef00000, HV_DATA, HV_4K);
}

static void test_a_table_mask_reaches_the_hypervisor_in_the_root(void **state)
{
	struct hv_fixture *f = *state;

	/*
	 * The model has no such bit, so the root that it gets is not in memory.
	 */
	f->domain_config.pt.table_gpa_mask = 1ull << 51;
	hv_make(f, 0);
	assert_int_equal(hvpt_pt_root_gpa(&f->domain[0].pt).value >> 51, 1);
}

static void test_create_fails(void **state)
{
	static const uint16_t codes[] = { HV_CREATE, HV_CONFIGURE };
	static const uint16_t raw[] = { HV_RAW_CODE, HV_RAW_MEMORY,
					HV_RAW_DOMAINS, HV_RAW_NO_CALL };
	struct hv_fixture *f = *state;
	size_t i, j;

	for (i = 0; i < HV_COUNT(codes); i++)
		for (j = 0; j < HV_COUNT(raw); j++) {
			hv_mark(f);
			hv_fail(f, codes[i], raw[j]);
			hv_status(hv_try_make(f, 0), hv_mapped(raw[j]));
			hv_last_failure_is(f, codes[i], raw[j]);
			assert_int_equal(hvpt_arena_in_use(f->arena), 0);
			assert_int_equal(hypervisor_domains(f->hv), 2);
			assert_int_equal(hv_since(f, HV_DELETE), i);
			hv_heal(f);
		}
	hv_make(f, 0);
}

static void test_no_call_page_while_creating(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	for (n = 1; n <= 2; n++) {
		f->borrow_fail_at = n;
		hv_status(hv_try_make(f, 0), HVPT_ERR_CALL_PAGE);
		assert_int_equal(hypervisor_domains(f->hv), 2);
		assert_int_equal(hvpt_arena_in_use(f->arena), 0);
	}
}

/* ---- unmaking -------------------------------------------------------- */

static void test_destroy_deletes_before_it_frees(void **state)
{
	struct hv_fixture *f = *state;

	hv_use_pages(f);
	hv_map(f, 0, f->base + HV_1G, HV_DATA, HV_2M);
	hv_attach(f, 0, hvpt_iommu_blocked(&f->iommu));
	hv_mark(f);
	hv_ok(hv_try_destroy(f, 0));
	assert_int_equal(hv_since(f, HV_DELETE), 1);
	assert_true(hv_first(f, HV_DELETE) < hv_first(f, HV_PAGE_FREED));
	assert_int_equal(hv_calls_since(f), 1);
	assert_int_equal(hvpt_arena_in_use(f->arena), 0);
}

static void test_destroy_is_refused_while_busy(void **state)
{
	struct hv_fixture *f = *state;

	hv_use_pages(f);
	hv_device(f, 1);
	hv_attach(f, 1, &f->domain[0]);
	hv_mark(f);
	hv_status(hv_try_destroy(f, 0), HVPT_ERR_BUSY);
	hv_attach(f, 0, hvpt_iommu_blocked(&f->iommu));
	hv_status(hv_try_destroy(f, 0), HVPT_ERR_BUSY);
	hv_dma_reaches(f, 1, f->base, HV_DATA);
	hv_attach(f, 1, hvpt_iommu_identity(&f->iommu));
	hv_ok(hv_try_destroy(f, 0));
	assert_int_equal(hv_since(f, HV_DELETE), 1);
}

/*
 * The flush after the last device left failed, so destroy must flush. That
 * flush fails too, and later succeeds.
 */
static void test_destroy_flushes_what_may_be_cached(void **state)
{
	struct hv_fixture *f = *state;
	size_t pages;

	hv_use_pages(f);
	pages = hvpt_arena_in_use(f->arena);
	hv_fail_always(f, HV_FLUSH, HV_RAW_MEMORY);
	hv_attach(f, 0, hvpt_iommu_blocked(&f->iommu));
	hv_mark(f);
	hv_status(hv_try_destroy(f, 0), HVPT_ERR_HV_MEMORY);
	assert_int_equal(hv_since(f, HV_DELETE), 0);
	hv_last_failure_is(f, HV_FLUSH, HV_RAW_MEMORY);
	assert_int_equal(hvpt_arena_in_use(f->arena), pages);
	hv_heal(f);
	hv_mark(f);
	hv_ok(hv_try_destroy(f, 0));
	assert_int_equal(hv_since(f, HV_FLUSH), 1);
	assert_true(hv_last(f, HV_FLUSH) < hv_first(f, HV_DELETE));
	assert_true(hv_last(f, HV_DELETE) < hv_first(f, HV_PAGE_FREED));
	assert_int_equal(hvpt_arena_in_use(f->arena), 0);
}

static void test_destroy_is_tried_again(void **state)
{
	static const uint16_t raw[] = { HV_RAW_CODE, HV_RAW_PARAMETER,
					HV_RAW_MEMORY, HV_RAW_NO_CALL };
	struct hv_fixture *f = *state;
	uint32_t id;
	size_t pages, i;

	hv_use_pages(f);
	hv_attach(f, 0, hvpt_iommu_blocked(&f->iommu));
	pages = hvpt_arena_in_use(f->arena);
	id = hvpt_domain_id(&f->domain[0]);
	for (i = 0; i < HV_COUNT(raw); i++) {
		hv_fail(f, HV_DELETE, raw[i]);
		hv_status(hv_try_destroy(f, 0), hv_mapped(raw[i]));
		hv_last_failure_is(f, HV_DELETE, raw[i]);
		assert_int_equal(hvpt_arena_in_use(f->arena), pages);
		assert_true(hypervisor_has_domain(f->hv, id));
		hv_lookup_is(&f->domain[0], f->base, HV_DATA);
	}
	hv_ok(hv_try_destroy(f, 0));
	assert_false(hypervisor_has_domain(f->hv, id));
	assert_int_equal(hvpt_arena_in_use(f->arena), 0);
}

/* ---- the object ------------------------------------------------------ */

#define LINE 64
#define LINE_OF(field) (offsetof(struct hvpt_domain, field) / LINE)

/* In an object that starts a cache line: see struct hvpt_domain. */
static void test_flushes_do_not_write_what_maps_read(void **state)
{
	size_t end = offsetof(struct hvpt_domain, pt) +
		     sizeof(struct hvpt_pagetable);

	(void)state;
	assert_true(LINE_OF(flushing) > (end - 1) / LINE);
	assert_true(LINE_OF(flushing) > LINE_OF(kind));
	/* A map and an unmap touch two lines of the object. */
	assert_int_equal((end - 1) / LINE, 1);
	assert_int_equal(LINE_OF(kind), 0);
}

int main(void)
{
	static const struct hv_case every[] = {
		HV_CASE(test_special_domains_refuse_tables),
		HV_CASE(test_special_domains_can_be_looked_up),
		HV_CASE(test_the_calls_of_a_life),
		HV_CASE(test_bad_configurations_are_refused),
		HV_CASE(test_five_levels_only_where_there_are_five),
		HV_CASE(test_four_levels_on_every_host),
		HV_CASE(test_reserved_ranges_are_passed_on),
		HV_CASE(test_a_table_mask_reaches_the_hypervisor_in_the_root),
		HV_CASE(test_create_fails),
		HV_CASE(test_no_call_page_while_creating),
		HV_CASE(test_destroy_deletes_before_it_frees),
		HV_CASE(test_destroy_is_refused_while_busy),
		HV_CASE(test_destroy_flushes_what_may_be_cached),
		HV_CASE(test_destroy_is_tried_again),
		HV_CASE(test_flushes_do_not_write_what_maps_read),
	};

	return hv_run("domain", every, HV_COUNT(every), hv_main, hv_main_count);
}
