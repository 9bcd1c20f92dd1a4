/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Domains: creating and ending them, what is mapped in them, and which
 * hypercalls flush what, and when.
 */
#include <stdlib.h>
#include <string.h>

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
	struct hvpt_mapping seen = { 0 };

	hv_lookup_is(identity, 0, 0);
	hv_lookup_is(identity, 0x123456789, 0x123456789);
	hv_lookup_is(identity, (1ull << 52) - 1, (1ull << 52) - 1);
	hv_status(hvpt_domain_lookup(identity, hvpt_iova(1ull << 52), &seen),
		  HVPT_ERR_GPA_RANGE);
	hv_ok(hvpt_domain_lookup(identity, hvpt_iova(5), &seen));
	assert_int_equal(seen.prot, HV_RW);
	assert_int_equal(seen.leaf_lg2, 12);
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

/* ---- ids ------------------------------------------------------------- */

/* The pvIOMMU again, with @count ids; it takes two of them itself. */
static void with_ids(struct hv_fixture *f, uint32_t first, uint32_t count)
{
	f->config.ids.first = first;
	f->config.ids.last = first + (count - 1);
	hv_ok(hv_try_init(f));
}

static uint32_t id_of(struct hv_fixture *f, unsigned n)
{
	uint32_t id = hvpt_domain_id(&f->domain[n]);

	assert_int_in_range(id, f->iommu.ids.first, f->iommu.ids.last);
	assert_int_not_equal(id, 0);
	assert_int_not_equal(id, 0xffffffff);
	assert_int_not_equal(id,
			     hvpt_domain_id(hvpt_iommu_identity(&f->iommu)));
	assert_int_not_equal(id, hvpt_domain_id(hvpt_iommu_blocked(&f->iommu)));
	assert_true(hypervisor_has_domain(f->hv, id));
	return id;
}

static void ids_are_unique(struct hv_fixture *f)
{
	unsigned i, j;

	for (i = 0; i < HV_DOMAINS; i++)
		for (j = 0; j < i; j++)
			if (f->domain_live[i] && f->domain_live[j])
				assert_int_not_equal(id_of(f, i), id_of(f, j));
}

static void test_ids_run_out(void **state)
{
	struct hv_fixture *f = *state;
	uint32_t id;
	unsigned n;

	with_ids(f, 10, 6);
	for (n = 0; n < 4; n++)
		hv_make(f, n);
	ids_are_unique(f);
	hv_mark(f);
	hv_status(hv_try_make(f, 4), HVPT_ERR_NO_IDS);
	assert_int_equal(hv_calls_since(f), 0);
	assert_int_equal(hvpt_arena_in_use(f->arena), 4);
	id = id_of(f, 2);
	hv_ok(hv_try_destroy(f, 2));
	hv_make(f, 4);
	assert_int_equal(id_of(f, 4), id);
	hv_status(hv_try_make(f, 2), HVPT_ERR_NO_IDS);
}

static void test_ids_go_round(void **state)
{
	struct hv_fixture *f = *state;
	unsigned seen[6] = { 0 };
	unsigned n, i;

	with_ids(f, 0xfffffff9, 6);
	hv_make(f, 0);
	hv_make(f, 1);
	for (n = 0; n < 40; n++) {
		hv_make(f, 2 + n % 2);
		ids_are_unique(f);
		seen[id_of(f, 2 + n % 2) - f->iommu.ids.first]++;
		if (n > 0)
			hv_ok(hv_try_destroy(f, 2 + (n + 1) % 2));
	}
	/* The pvIOMMU has two, and two have been in use all the time. */
	for (i = n = 0; i < HV_COUNT(seen); i++)
		n += seen[i] > 0;
	assert_int_equal(n, 2);
}

static void test_an_id_which_was_not_made_is_not_lost(void **state)
{
	static const uint16_t codes[] = { HV_CREATE, HV_CONFIGURE };
	struct hv_fixture *f = *state;
	unsigned n, i;

	with_ids(f, 1, 6);
	for (i = 0; i < HV_COUNT(codes); i++)
		for (n = 0; n < 20; n++) {
			hv_fail(f, codes[i], HV_RAW_MEMORY);
			hv_status(hv_try_make(f, 0), HVPT_ERR_HV_MEMORY);
		}
	for (n = 0; n < 4; n++)
		hv_make(f, n);
	hv_status(hv_try_make(f, 4), HVPT_ERR_NO_IDS);
}

static void test_an_id_stays_taken_until_the_delete_succeeds(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	with_ids(f, 1, 5);
	for (n = 0; n < 3; n++)
		hv_make(f, n);
	hv_fail_always(f, HV_DELETE, HV_RAW_PARAMETER);
	for (n = 0; n < 3; n++) {
		hv_status(hv_try_destroy(f, 1), HVPT_ERR_HV_INPUT);
		hv_last_failure_is(f, HV_DELETE, HV_RAW_PARAMETER);
		assert_int_equal(hvpt_arena_in_use(f->arena), 3);
		hv_status(hv_try_make(f, 3), HVPT_ERR_NO_IDS);
	}
	hv_heal(f);
	hv_ok(hv_try_destroy(f, 1));
	assert_int_equal(hvpt_arena_in_use(f->arena), 2);
	hv_make(f, 3);
	ids_are_unique(f);
}

/* A domain whose delete failed remains usable. */
static void test_a_domain_which_was_not_deleted_still_works(void **state)
{
	struct hv_fixture *f = *state;

	hv_make(f, 0);
	hv_map(f, 0, f->base, HV_DATA, HV_4K);
	hv_fail(f, HV_DELETE, HV_RAW_NO_CALL);
	hv_status(hv_try_destroy(f, 0), HVPT_ERR_NO_HYPERVISOR);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	hv_dma_reaches(f, 0, f->base, HV_DATA);
}

static void test_an_abandoned_id_never_comes_back(void **state)
{
	struct hv_fixture *f = *state;
	uint32_t id;
	unsigned n;

	with_ids(f, 1, 6);
	hv_make(f, 0);
	hv_make(f, 1);
	hv_map(f, 1, f->base, HV_DATA, HV_4K);
	id = id_of(f, 1);
	hv_fail_always(f, HV_DELETE, HV_RAW_PARAMETER);
	hv_status(hv_try_destroy(f, 1), HVPT_ERR_HV_INPUT);
	hv_mark(f);
	hv_abandon(f, 1);
	assert_int_equal(hv_calls_since(f), 0);
	assert_int_equal(hv_since(f, HV_PAGE_FREED), 0);
	hv_heal(f);
	for (n = 0; n < 30; n++) {
		hv_make(f, 2);
		assert_int_not_equal(id_of(f, 2), id);
		ids_are_unique(f);
		hv_ok(hv_try_destroy(f, 2));
	}
	hv_make(f, 2);
	hv_make(f, 3);
	hv_status(hv_try_make(f, 4), HVPT_ERR_NO_IDS);
	hv_no_violation(f);
}

static void test_abandon_is_refused_while_busy(void **state)
{
	struct hv_fixture *f = *state;

	hv_make(f, 0);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	hv_status(hvpt_domain_abandon(&f->domain[0]), HVPT_ERR_BUSY);
	hv_dma_faults(f, 0, f->base);
}

static void test_create_fails_and_so_does_the_delete(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	with_ids(f, 1, 6);
	hv_fail(f, HV_CONFIGURE, HV_RAW_MEMORY);
	hv_fail(f, HV_DELETE, HV_RAW_PARAMETER);
	hv_status(hv_try_make(f, 0), HVPT_ERR_HV_MEMORY);
	/* The cause, not its consequence. */
	hv_last_failure_is(f, HV_CONFIGURE, HV_RAW_MEMORY);
	assert_int_equal(hvpt_arena_in_use(f->arena), 1);
	assert_int_equal(f->leaked, 1);
	assert_int_equal(f->orphans, 1);
	/* The id of an existing domain would make these fail. */
	for (n = 0; n < 20; n++) {
		hv_make(f, 0);
		hv_ok(hv_try_destroy(f, 0));
	}
	for (n = 0; n < 3; n++)
		hv_make(f, n);
	hv_status(hv_try_make(f, 3), HVPT_ERR_NO_IDS);
}

/* Creates and abandons domains. With @apart one of every two ids is kept. */
static void abandon_many(struct hv_fixture *f, struct hvpt_domain *kept,
			 unsigned count, bool apart)
{
	unsigned n;

	for (n = 0; n < count; n++) {
		hv_make(f, 0);
		hv_abandon(f, 0);
		if (apart)
			hv_ok(hvpt_domain_init(&kept[n], &f->iommu,
					       &f->domain_config));
	}
}

#define MANY (HVPT_QUARANTINE_RANGES + 4)

static void test_more_is_in_quarantine_than_fits(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_domain *kept = test_calloc(MANY, sizeof(*kept));
	enum hvpt_status status = HVPT_OK;
	unsigned n;

	with_ids(f, 1, 2 + 2 * MANY + 10);
	abandon_many(f, kept, MANY, true);
	for (n = 0; n < MANY; n++)
		hv_ok(hvpt_domain_destroy(&kept[n]));
	/* The search for ids does not wrap, and no hypercall is made. */
	for (n = 0; n < 200 && status == HVPT_OK; n++) {
		hv_mark(f);
		status = hv_try_make(f, 1);
		if (status != HVPT_OK)
			break;
		hv_ok(hv_try_destroy(f, 1));
	}
	hv_status(status, HVPT_ERR_NO_IDS);
	assert_int_equal(hv_calls_since(f), 0);
	assert_int_equal(n, 10);
	test_free(kept);
}

static void test_neighbours_in_quarantine_share_a_range(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	with_ids(f, 1, 2 + 3 * MANY + 2);
	abandon_many(f, NULL, 3 * MANY, false);
	for (n = 0; n < 20; n++) {
		hv_make(f, 0);
		hv_ok(hv_try_destroy(f, 0));
	}
	hv_make(f, 0);
	hv_make(f, 1);
	hv_status(hv_try_make(f, 2), HVPT_ERR_NO_IDS);
}

/*
 * Two ids that are not neighbours: neither is used again after the search
 * wraps. The one between them was returned, and is used again.
 */
static void test_two_ranges_in_quarantine(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_answer answer;
	bool between = false;
	unsigned n;

	f->config.ids.first = 10;
	f->config.ids.last = 17;
	hv_ok(hv_try_init(f));
	for (n = 0; n < 5; n++)
		hv_make(f, n);
	hv_abandon(f, 0);
	hv_abandon(f, 2);
	hv_ok(hv_try_destroy(f, 1));
	assert_int_equal(f->iommu.quarantined, 2);
	/*
	 * The hypervisor has dropped them, so only the quarantine is in the
	 * way.
	 */
	hv_ok(hvpt_hvcall_delete_domain(&f->config.transport, 12, &answer));
	hv_ok(hvpt_hvcall_delete_domain(&f->config.transport, 14, &answer));
	f->orphans = 0;
	for (n = 0; n < 12; n++) {
		hv_make(f, 0);
		assert_int_not_equal(hvpt_domain_id(&f->domain[0]), 12);
		assert_int_not_equal(hvpt_domain_id(&f->domain[0]), 14);
		between |= hvpt_domain_id(&f->domain[0]) == 13;
		hv_ok(hv_try_destroy(f, 0));
	}
	assert_true(between);
}

/* The same in descending order. */
static void test_quarantine_grows_downwards_too(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_domain kept[2 * MANY];
	unsigned n;

	with_ids(f, 1, 2 + 2 * MANY + 2);
	for (n = 0; n < 2 * MANY; n++)
		hv_ok(hvpt_domain_init(&kept[n], &f->iommu, &f->domain_config));
	while (n-- > 0) {
		f->leaked += hvpt_pt_tables(&kept[n].pt);
		f->orphans++;
		hv_ok(hvpt_domain_abandon(&kept[n]));
	}
	for (n = 0; n < 20; n++) {
		hv_make(f, 0);
		hv_ok(hv_try_destroy(f, 0));
	}
	hv_make(f, 0);
	hv_make(f, 1);
	hv_status(hv_try_make(f, 2), HVPT_ERR_NO_IDS);
}

/* ---- mapping --------------------------------------------------------- */

static void test_map_makes_no_hypercall(void **state)
{
	struct hv_fixture *f = *state;

	hv_make(f, 0);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	hv_dma_faults(f, 0, f->base);
	hv_mark(f);
	hv_map(f, 0, f->base, HV_DATA, 3 * HV_4K);
	hv_map(f, 0, f->base + HV_1G, HV_DATA + HV_1G, HV_1G);
	assert_true(hvpt_gather_is_empty(&f->gather[0]));
	hv_sync(f, 0);
	assert_int_equal(hv_calls_since(f), 0);
	hv_dma_reaches(f, 0, f->base + 17, HV_DATA + 17);
	hv_dma_reaches(f, 0, f->base + 2 * HV_4K, HV_DATA + 2 * HV_4K);
	hv_dma_faults(f, 0, f->base + 3 * HV_4K);
	hv_dma_reaches(f, 0, f->base + 2 * HV_1G - 1, HV_DATA + 2 * HV_1G - 1);
	hv_lookup_is(&f->domain[0], f->base + 17, HV_DATA + 17);
	hv_lookup_none(&f->domain[0], f->base + 3 * HV_4K);
}

static void test_map_list(void **state)
{
	const struct hvpt_segment segments[] = {
		{ { HV_DATA + HV_4K }, HV_4K },
		{ { HV_DATA + HV_1G }, 2 * HV_4K },
		{ { HV_DATA }, HV_4K },
	};
	struct hv_fixture *f = *state;

	hv_make(f, 0);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	hv_ok(hvpt_domain_map_list(&f->domain[0], hvpt_iova(f->base), segments,
				   3, HV_RW, &f->gather[0]));
	hv_dma_reaches(f, 0, f->base, HV_DATA + HV_4K);
	hv_dma_reaches(f, 0, f->base + HV_4K, HV_DATA + HV_1G);
	hv_dma_reaches(f, 0, f->base + 2 * HV_4K, HV_DATA + HV_1G + HV_4K);
	hv_dma_reaches(f, 0, f->base + 3 * HV_4K, HV_DATA);
	hv_status(hvpt_domain_map_list(&f->domain[0],
				       hvpt_iova(f->base + 3 * HV_4K), segments,
				       3, HV_RW, &f->gather[0]),
		  HVPT_ERR_OVERLAP);
	hv_dma_faults(f, 0, f->base + 4 * HV_4K);
}

/* A device in domain 0 that has used four pages at base. */
static void used_pages(struct hv_fixture *f)
{
	uint64_t at;

	hv_make(f, 0);
	hv_device(f, 0);
	hv_map(f, 0, f->base, HV_DATA, 4 * HV_4K);
	hv_attach(f, 0, &f->domain[0]);
	for (at = 0; at < 4 * HV_4K; at += HV_4K)
		hv_dma_reaches(f, 0, f->base + at, HV_DATA + at);
}

static void test_unmap_and_sync(void **state)
{
	struct hv_fixture *f = *state;

	used_pages(f);
	hv_mark(f);
	assert_int_equal(hv_unmap(f, 0, f->base + HV_4K, HV_4K), HV_4K);
	assert_int_equal(hv_calls_since(f), 0);
	hv_dma_is_stale(f, 0, f->base + HV_4K, HV_DATA + HV_4K);
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	hv_sync(f, 0);
	hv_dma_faults(f, 0, f->base + HV_4K);
	hv_dma_reaches(f, 0, f->base + 2 * HV_4K, HV_DATA + 2 * HV_4K);
}

static void test_an_empty_gather_makes_no_hypercall(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_gather copy;

	used_pages(f);
	/* An unmap of nothing leaves nothing to flush. */
	assert_int_equal(hv_unmap(f, 0, f->base + 3 * HV_1G, HV_2M), 0);
	hv_mark(f);
	hv_sync(f, 0);
	copy = f->gather[0];
	hv_ok(hvpt_domain_flush(&f->domain[0], &copy));
	assert_int_equal(hv_calls_since(f), 0);
}

/*
 * No descriptor is known to cover the tables, so the whole domain is flushed.
 */
static void test_tables_without_ranges_flush_the_domain(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_gather copy;

	used_pages(f);
	hv_unmap(f, 0, f->base, HV_4K);
	copy = f->gather[0];
	copy.range_count = 0;
	copy.tables = f->domain[0].pt.root; /* not freed: no sync */
	hv_mark(f);
	hv_ok(hvpt_domain_flush(&f->domain[0], &copy));
	assert_int_equal(hv_since(f, HV_FLUSH), 1);
	assert_int_equal(hv_calls_since(f), 1);
	hv_sync(f, 0);
}

static void test_a_domain_without_devices_makes_no_hypercall(void **state)
{
	struct hv_fixture *f = *state;
	size_t pages;

	hv_make(f, 0);
	hv_map(f, 0, f->base, HV_DATA, HV_1G + HV_4K);
	pages = hvpt_arena_in_use(f->arena);
	hv_mark(f);
	assert_int_equal(hv_unmap(f, 0, f->base, 2 * HV_1G), HV_1G + HV_4K);
	assert_true(f->gather[0].tables != NULL);
	hv_ok(hvpt_domain_flush(&f->domain[0], &f->gather[0]));
	hv_ok(hvpt_domain_flush_all(&f->domain[0]));
	assert_int_equal(hvpt_arena_in_use(f->arena), pages);
	hv_sync(f, 0);
	assert_true(hvpt_arena_in_use(f->arena) < pages);
	assert_int_equal(hv_calls_since(f), 0);
}

static bool has_2m(const struct hv_params *params)
{
	return (params->page_sizes & HV_2M) != 0;
}

/* A large leaf where an empty table was: the table must be flushed. */
static void test_a_map_which_owes_a_flush(void **state)
{
	struct hv_fixture *f = *state;
	uint64_t iova = f->base;

	used_pages(f);
	assert_int_equal(hv_unmap(f, 0, iova, 4 * HV_4K), 4 * HV_4K);
	hv_sync(f, 0);
	hv_map(f, 0, iova, HV_DATA + HV_1G, HV_2M);
	assert_false(hvpt_gather_is_empty(&f->gather[0]));
	hv_dma_owed(f, 0, iova, HV_DATA + HV_1G);
	hv_mark(f);
	hv_sync(f, 0);
	assert_true(hv_calls_since(f) > 0);
	hv_dma_reaches(f, 0, iova, HV_DATA + HV_1G);
}

static void test_a_large_leaf_is_cut(void **state)
{
	struct hv_fixture *f = *state;
	uint64_t cut = f->base + 100 * HV_4K;

	hv_make(f, 0);
	hv_device(f, 0);
	hv_map(f, 0, f->base, HV_DATA, HV_1G);
	hv_attach(f, 0, &f->domain[0]);
	hv_dma_reaches(f, 0, cut, HV_DATA + 100 * HV_4K);
	hv_dma_reaches(f, 0, f->base + HV_1G - 1, HV_DATA + HV_1G - 1);
	assert_int_equal(hv_unmap(f, 0, cut, HV_4K), HV_4K);
	hv_dma_is_stale(f, 0, cut, HV_DATA + 100 * HV_4K);
	hv_sync(f, 0);
	hv_dma_faults(f, 0, cut);
	hv_dma_reaches(f, 0, cut + HV_4K, HV_DATA + 101 * HV_4K);
	hv_dma_reaches(f, 0, f->base + HV_1G - 1, HV_DATA + HV_1G - 1);
	hv_no_violation(f);
}

/* One of two calls on one leaf: a page of it is unmapped or made read-only. */
struct share {
	uint64_t page;
	struct hvpt_gather gather;
};

static void take_share(struct hv_fixture *f, struct share *share, bool protect)
{
	hvpt_iova_t iova = hvpt_iova(f->base + share->page);
	uint64_t bytes;

	hvpt_gather_init(&share->gather);
	if (protect)
		hv_ok(hvpt_pt_protect(hvpt_domain_pagetable(&f->domain[0]),
				      iova, HV_4K, HV_RO, &share->gather));
	else
		hv_ok(hvpt_domain_unmap(&f->domain[0], iova, HV_4K,
					&share->gather, &bytes));
}

/* No device may write there any more, neither by memory nor by a cache. */
static void share_is_gone(struct hv_fixture *f, const struct share *share)
{
	struct hypervisor_dma seen;

	hypervisor_dma(f->hv, hv_device_id(0), f->base + share->page, true,
		       &seen);
	assert_false(seen.fresh.translated);
	assert_int_equal(seen.stale_count, 0);
}

static void share_a_leaf(struct hv_fixture *f, uint64_t leaf,
			 const uint64_t *page, unsigned how)
{
	struct share share[2] = { { .page = page[0] }, { .page = page[1] } };
	unsigned first = how >> 2;

	/* it may take an empty table out */
	hv_map(f, 0, f->base, HV_DATA, leaf);
	hv_sync(f, 0);
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	take_share(f, &share[0], how & 1);
	take_share(f, &share[1], how & 2);
	hv_ok(hvpt_domain_sync(&f->domain[0], &share[first].gather));
	share_is_gone(f, &share[first]);
	hv_ok(hvpt_domain_sync(&f->domain[0], &share[!first].gather));
	share_is_gone(f, &share[0]);
	share_is_gone(f, &share[1]);
	assert_int_equal(f->domain[0].pt.splits, 0);
	hv_unmap(f, 0, f->base, leaf);
	hv_sync(f, 0);
	hv_no_violation(f);
}

/* Two callers that do not know of each other: whichever syncs first is safe. */
static void test_two_callers_share_a_leaf(void **state)
{
	static const uint64_t leaf[] = { HV_2M, HV_1G, HV_1G };
	static const uint64_t page[][2] = {
		{ 3 * HV_4K, HV_2M - HV_4K },
		{ 3 * HV_4K, HV_2M - HV_4K },
		{ HV_1G - HV_4K, 0 },
	};
	struct hv_fixture *f = *state;
	unsigned how;
	size_t i;

	hv_make(f, 0);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	for (i = 0; i < HV_COUNT(leaf); i++)
		for (how = 0; how < 8; how++)
			share_a_leaf(f, leaf[i], page[i], how);
}

/*
 * The flush of the call that split the leaf fails; that of the other does not.
 */
static void test_the_splitter_cannot_flush(void **state)
{
	struct hv_fixture *f = *state;
	struct share share[2] = { { .page = 0 }, { .page = HV_1G - HV_4K } };
	struct hvpt_gather copy;

	hv_make(f, 0);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	hv_map(f, 0, f->base, HV_DATA, HV_1G);
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	take_share(f, &share[0], false);
	hv_fail(f, HV_FLUSH_LIST, HV_RAW_MEMORY);
	hv_fail(f, HV_FLUSH, HV_RAW_MEMORY);
	hv_status(hvpt_domain_sync(&f->domain[0], &share[0].gather),
		  HVPT_ERR_HV_MEMORY);
	hv_heal(f);
	take_share(f, &share[1], false);
	copy = share[1].gather;
	hv_ok(hvpt_domain_flush(&f->domain[0], &share[1].gather));
	assert_true(gather_equal(&copy, &share[1].gather));
	share_is_gone(f, &share[1]);
	hvpt_pt_release(hvpt_domain_pagetable(&f->domain[0]), &share[1].gather);
	hv_ok(hvpt_domain_sync(&f->domain[0], &share[0].gather));
	share_is_gone(f, &share[0]);
	assert_int_equal(f->domain[0].pt.splits, 0);
	hv_no_violation(f);
}

/* Protect and reclaim on the page table; their gathers are synced as usual. */
static void test_calls_on_the_page_table(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_pagetable *pt;
	struct hypervisor_dma seen;
	uint64_t reclaimed = 0;

	used_pages(f);
	pt = hvpt_domain_pagetable(&f->domain[0]);
	hv_ok(hvpt_pt_protect(pt, hvpt_iova(f->base), 2 * HV_4K, HV_RO,
			      &f->gather[0]));
	hv_sync(f, 0);
	hypervisor_dma(f->hv, hv_device_id(0), f->base, true, &seen);
	assert_false(seen.fresh.translated);
	assert_int_equal(seen.stale_count, 0);
	hypervisor_dma(f->hv, hv_device_id(0), f->base, false, &seen);
	assert_true(seen.fresh.translated);
	hv_unmap(f, 0, f->base, 4 * HV_4K);
	hv_ok(hvpt_pt_reclaim(pt, hvpt_iova(f->base), HV_1G, &f->gather[0],
			      &reclaimed));
	assert_int_equal(reclaimed, 2);
	hv_sync(f, 0);
	hv_dma_faults(f, 0, f->base);
	hv_no_violation(f);
}

/* ---- flushing -------------------------------------------------------- */

static void test_which_calls_a_sync_makes(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	used_pages(f);
	for (n = 0; n < 4; n++) {
		hv_unmap(f, 0, f->base + n * HV_4K, HV_4K);
		hv_mark(f);
		hv_sync(f, 0);
		hv_dma_faults(f, 0, f->base + n * HV_4K);
		/* That there is no list call is found out only once. */
		if (f->params->no_list) {
			assert_int_equal(hv_since(f, HV_FLUSH_LIST), n == 0);
			assert_int_equal(hv_since(f, HV_FLUSH), 1);
		} else {
			assert_int_equal(hv_since(f, HV_FLUSH_LIST), 1);
			assert_int_equal(hv_since(f, HV_FLUSH), 0);
		}
	}
}

/* For all domains of the pvIOMMU, not only for the one that found out. */
static void test_that_there_is_no_list_is_remembered(void **state)
{
	struct hv_fixture *f = *state;

	used_pages(f);
	hv_make(f, 1);
	hv_device(f, 1);
	hv_map(f, 1, f->base, HV_DATA, 4 * HV_4K);
	hv_attach(f, 1, &f->domain[1]);
	hv_fail(f, HV_FLUSH_LIST, HV_RAW_CODE);
	hv_mark(f);
	hv_unmap(f, 0, f->base, HV_4K);
	hv_sync(f, 0);
	hv_unmap(f, 1, f->base, HV_4K);
	hv_sync(f, 1);
	hv_unmap(f, 0, f->base + HV_4K, HV_4K);
	hv_sync(f, 0);
	assert_int_equal(hv_since(f, HV_FLUSH_LIST), 1);
	assert_int_equal(hv_since(f, HV_FLUSH), 3);
}

static void test_a_list_which_fails_is_tried_next_time(void **state)
{
	static const uint16_t raw[] = { HV_RAW_PARAMETER, HV_RAW_MEMORY,
					HV_RAW_TIMEOUT, HV_RAW_NO_CALL };
	struct hv_fixture *f = *state;
	size_t i;

	used_pages(f);
	for (i = 0; i < HV_COUNT(raw); i++) {
		hv_unmap(f, 0, f->base + i * HV_4K, HV_4K);
		hv_fail(f, HV_FLUSH_LIST, raw[i]);
		hv_mark(f);
		hv_sync(f, 0);
		assert_int_equal(hv_since(f, HV_FLUSH_LIST), 1);
		assert_int_equal(hv_since(f, HV_FLUSH), 1);
		hv_last_failure_is(f, HV_FLUSH_LIST, raw[i]);
		hv_dma_faults(f, 0, f->base + i * HV_4K);
		hv_map(f, 0, f->base + i * HV_4K, HV_DATA, HV_4K);
		hv_heal(f);
		hv_unmap(f, 0, f->base + i * HV_4K, HV_4K);
		hv_mark(f);
		hv_sync(f, 0);
		assert_int_equal(hv_since(f, HV_FLUSH_LIST), 1);
		assert_int_equal(hv_since(f, HV_FLUSH), 0);
	}
}

static struct hvpt_iommu_stats stats_of(struct hv_fixture *f)
{
	struct hvpt_iommu_stats stats;

	hvpt_iommu_read_stats(&f->iommu, &stats);
	return stats;
}

static void flush_pages(struct hv_fixture *f, unsigned times)
{
	while (times-- > 0) {
		hv_unmap(f, 0, f->base, HV_4K);
		hv_sync(f, 0);
		hv_dma_faults(f, 0, f->base);
		hv_map(f, 0, f->base, HV_DATA, HV_4K);
	}
}

/*
 * Any refusal is reported and counted. After some in a row list calls are given
 * up, then tried from time to time, and used again when one succeeds.
 */
static void test_a_list_which_always_fails_is_given_up(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_iommu_stats stats, start;

	used_pages(f);
	start = stats_of(f);
	assert_int_equal(start.list_given_up, 0);
	hv_fail_always(f, HV_FLUSH_LIST, HV_RAW_PARAMETER);
	hv_mark(f);
	flush_pages(f, HVPT_LIST_TRIES - 1);
	assert_int_equal(stats_of(f).list_given_up, 0);
	flush_pages(f, 1);
	assert_int_equal(stats_of(f).list_given_up, 1);
	flush_pages(f, 100);
	stats = stats_of(f);
	assert_int_equal(hv_since(f, HV_FLUSH_LIST), HVPT_LIST_TRIES);
	assert_int_equal(stats.fallback_status, HV_RAW_PARAMETER);
	assert_int_equal(stats.fallbacks, HVPT_LIST_TRIES + 100);
	assert_int_equal(stats.full_flushes - start.full_flushes,
			 HVPT_LIST_TRIES + 100);
	assert_int_equal(stats.list_flushes, start.list_flushes);
	assert_int_equal(stats.failures[6], HVPT_LIST_TRIES);
	/* From time to time one is tried again. */
	hv_mark(f);
	flush_pages(f, HVPT_LIST_AGAIN);
	assert_int_equal(hv_since(f, HV_FLUSH_LIST), 1);
	hv_heal(f);
	flush_pages(f, HVPT_LIST_AGAIN);
	stats = stats_of(f);
	assert_int_equal(stats.list_given_up, 0);
	assert_true(stats.list_flushes > 0);
	assert_int_equal(stats.descriptors, stats.list_flushes);
	hv_mark(f);
	flush_pages(f, 3);
	assert_int_equal(hv_since(f, HV_FLUSH_LIST), 3);
}

/*
 * However many full flushes are made between two syncs, a list call is tried
 * again as soon as there were HVPT_LIST_AGAIN of them, and not earlier.
 */
static void test_a_retry_is_not_stepped_over(void **state)
{
	struct hv_fixture *f = *state;
	unsigned step, n;

	used_pages(f);
	hv_fail_always(f, HV_FLUSH_LIST, HV_RAW_PARAMETER);
	flush_pages(f, HVPT_LIST_TRIES);
	assert_int_equal(stats_of(f).list_given_up, 1);
	for (step = 1; step <= 4; step++) {
		/* the refused one made a full flush itself */
		uint64_t due = stats_of(f).full_flushes - 1 + HVPT_LIST_AGAIN;

		hv_mark(f);
		while (stats_of(f).full_flushes < due) {
			assert_int_equal(hv_since(f, HV_FLUSH_LIST), 0);
			flush_pages(f, 1);
			for (n = 0; n < step; n++)
				hv_ok(hvpt_domain_flush_all(&f->domain[0]));
		}
		assert_int_equal(hv_since(f, HV_FLUSH_LIST), 0);
		flush_pages(f, 1);
		assert_int_equal(hv_since(f, HV_FLUSH_LIST), 1);
	}
}

/* After a success the count starts again. */
static void test_refusals_in_a_row(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	used_pages(f);
	for (n = 0; n < 4; n++) {
		hv_inject(f, HV_FLUSH_LIST, 1, HVPT_LIST_TRIES - 1,
			  HYPERVISOR_FAIL, HV_RAW_MEMORY);
		hv_mark(f);
		flush_pages(f, HVPT_LIST_TRIES);
		assert_int_equal(hv_since(f, HV_FLUSH_LIST), HVPT_LIST_TRIES);
		assert_int_equal(stats_of(f).list_given_up, 0);
	}
	assert_int_equal(stats_of(f).list_flushes, 4);
}

/* A list call that does not exist is never tried again. */
static void test_a_list_which_does_not_exist(void **state)
{
	struct hv_fixture *f = *state;

	used_pages(f);
	hv_fail(f, HV_FLUSH_LIST, HV_RAW_CODE);
	flush_pages(f, 1);
	assert_int_equal(stats_of(f).list_given_up, 1);
	assert_int_equal(stats_of(f).fallback_status, HV_RAW_CODE);
	hv_mark(f);
	flush_pages(f, 2 * HVPT_LIST_AGAIN);
	assert_int_equal(hv_since(f, HV_FLUSH_LIST), 0);
}

static const struct hvpt_transport_ops *talking;

/* A list call returns a result word of 0: success, nothing done. */
static uint64_t say_nothing(void *ctx, uint64_t control, hvpt_gpa_t input,
			    hvpt_gpa_t output)
{
	if ((control & 0xffff) == HV_FLUSH_LIST)
		return 0;
	return talking->issue(ctx, control, input, output);
}

/* Success with nothing done is reported, and not as "no hypercall was made". */
static void test_a_success_which_does_nothing(void **state)
{
	static struct hvpt_transport_ops silent;
	struct hv_fixture *f = *state;

	talking = f->config.transport.ops;
	silent = *talking;
	silent.issue = say_nothing;
	f->config.transport.ops = &silent;
	hv_ok(hv_try_init(f));
	used_pages(f);
	flush_pages(f, 1);
	hv_last_failure_is(f, HV_FLUSH_LIST, 0);
	assert_int_equal(stats_of(f).failures[6], 1);
	assert_int_equal(stats_of(f).fallbacks, 1);
	flush_pages(f, HVPT_LIST_TRIES);
	assert_int_equal(stats_of(f).list_given_up, 1);
}

/* Each refusal is counted for its call. */
static void test_failures_by_call(void **state)
{
	static const uint16_t codes[HVPT_CALLS] = {
		HV_CREATE,     HV_ATTACH,    HV_DETACH,
		HV_DELETE,     HV_CONFIGURE, HV_FLUSH,
		HV_FLUSH_LIST, HV_GET_CAPS,  HV_GET_DEVICE,
	};
	struct hv_fixture *f = *state;
	struct hvpt_iommu_stats before, after;
	unsigned i, k;

	used_pages(f);
	for (i = 0; i < HVPT_CALLS; i++) {
		before = stats_of(f);
		hv_fail(f, codes[i], HV_RAW_DENIED);
		hypervisor_set_ats(f->hv, hv_device_id(0), false);
		hvpt_device_set_ats(&f->device[0], false);
		flush_pages(f, 1);
		/* before the flush by which an id is looked for */
		(void)!hvpt_domain_flush_all(&f->domain[0]);
		if (hv_try_make(f, 1) == HVPT_OK)
			(void)!hv_try_destroy(f, 1);
		(void)!hvpt_device_detach(&f->device[0]);
		hv_add_device(f, 3);
		if (hv_try_probe(f, 3) == HVPT_OK)
			hv_ok(hv_try_remove(f, 3));
		else
			hypervisor_remove_device(f->hv, hv_device_id(3));
		if (codes[i] == HV_GET_CAPS)
			(void)!hvpt_iommu_resume(&f->iommu, false);
		hv_heal(f);
		hv_ok(hvpt_iommu_resume(&f->iommu, true));
		hv_attach(f, 0, &f->domain[0]);
		if (f->domain_live[1])
			hv_ok(hv_try_destroy(f, 1));
		after = stats_of(f);
		for (k = 0; k < HVPT_CALLS; k++)
			assert_int_equal(after.failures[k] - before.failures[k],
					 k == i);
	}
}

/* The call page is missing for the list call, not for the flush. */
static void test_a_list_without_a_call_page(void **state)
{
	struct hv_fixture *f = *state;

	used_pages(f);
	hv_unmap(f, 0, f->base, HV_4K);
	hv_mark(f);
	f->borrow_fail_at = 1;
	hv_sync(f, 0);
	assert_int_equal(hv_since(f, HV_FLUSH), 1);
	assert_int_equal(hv_calls_since(f), 1);
	hv_dma_faults(f, 0, f->base);
}

/* A device uses 2 MiB of 4 KiB pages, and all of them are unmapped. */
static void unmap_a_table(struct hv_fixture *f)
{
	hv_make(f, 0);
	hv_device(f, 0);
	hv_map(f, 0, f->base, HV_DATA + HV_4K, HV_2M);
	hv_attach(f, 0, &f->domain[0]);
	hv_dma_reaches(f, 0, f->base, HV_DATA + HV_4K);
	hv_dma_reaches(f, 0, f->base + HV_2M - 1, HV_DATA + HV_4K + HV_2M - 1);
	assert_int_equal(hv_unmap(f, 0, f->base, HV_2M), HV_2M);
	assert_int_equal(f->gather[0].table_count, 1);
}

static void test_both_flushes_fail(void **state)
{
	static const uint16_t raw[] = { HV_RAW_MEMORY, HV_RAW_PARAMETER,
					HV_RAW_TIMEOUT, HV_RAW_NO_CALL,
					HV_RAW_CODE };
	struct hv_fixture *f = *state;
	struct hvpt_gather copy;
	size_t pages, i;

	unmap_a_table(f);
	copy = f->gather[0];
	pages = hvpt_arena_in_use(f->arena);
	for (i = 0; i < HV_COUNT(raw); i++) {
		hv_fail(f, HV_FLUSH_LIST, HV_RAW_DENIED);
		hv_fail(f, HV_FLUSH, raw[i]);
		hv_status(hv_try_sync(f, 0), hv_mapped(raw[i]));
		hv_last_failure_is(f, HV_FLUSH, raw[i]);
		hv_heal(f);
		assert_true(gather_equal(&copy, &f->gather[0]));
		assert_int_equal(hvpt_arena_in_use(f->arena), pages);
		hv_dma_is_stale(f, 0, f->base, HV_DATA + HV_4K);
		hv_fail(f, HV_FLUSH_LIST, HV_RAW_DENIED);
		hv_fail(f, HV_FLUSH, raw[i]);
		hv_status(hvpt_domain_flush(&f->domain[0], &f->gather[0]),
			  hv_mapped(raw[i]));
		hv_heal(f);
		assert_true(gather_equal(&copy, &f->gather[0]));
	}
	hv_sync(f, 0);
	assert_int_equal(hvpt_arena_in_use(f->arena), pages - 1);
	hv_dma_faults(f, 0, f->base);
	hv_dma_faults(f, 0, f->base + HV_2M - 1);
}

static void test_no_call_page_for_both_flushes(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_gather copy;

	unmap_a_table(f);
	copy = f->gather[0];
	hv_fail(f, HV_FLUSH_LIST, HV_RAW_CODE);
	hv_fail(f, HV_FLUSH, HV_RAW_MEMORY);
	hv_status(hv_try_sync(f, 0), HVPT_ERR_HV_MEMORY);
	hv_heal(f);
	/* From here on there is only the flush of the whole domain. */
	f->borrow_fail_at = 1;
	hv_status(hv_try_sync(f, 0), HVPT_ERR_CALL_PAGE);
	assert_true(gather_equal(&copy, &f->gather[0]));
	hv_sync(f, 0);
	hv_dma_faults(f, 0, f->base);
}

static void test_flush_keeps_the_gather(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_gather copy;
	size_t pages;

	unmap_a_table(f);
	copy = f->gather[0];
	pages = hvpt_arena_in_use(f->arena);
	hv_ok(hvpt_domain_flush(&f->domain[0], &f->gather[0]));
	assert_true(gather_equal(&copy, &f->gather[0]));
	assert_int_equal(hvpt_arena_in_use(f->arena), pages);
	hv_dma_faults(f, 0, f->base);
	hvpt_pt_release(hvpt_domain_pagetable(&f->domain[0]), &f->gather[0]);
	assert_int_equal(hvpt_arena_in_use(f->arena), pages - 1);
	hv_dma_faults(f, 0, f->base);
	hv_no_violation(f);
}

static void test_flush_all(void **state)
{
	struct hv_fixture *f = *state;

	unmap_a_table(f);
	hv_mark(f);
	hv_ok(hvpt_domain_flush_all(&f->domain[0]));
	assert_int_equal(hv_since(f, HV_FLUSH), 1);
	assert_int_equal(hv_calls_since(f), 1);
	hv_dma_faults(f, 0, f->base);
	hv_fail(f, HV_FLUSH, HV_RAW_MEMORY);
	hv_status(hvpt_domain_flush_all(&f->domain[0]), HVPT_ERR_HV_MEMORY);
	hv_last_failure_is(f, HV_FLUSH, HV_RAW_MEMORY);
}

static void test_a_sync_frees_after_the_flush(void **state)
{
	struct hv_fixture *f = *state;

	unmap_a_table(f);
	hv_mark(f);
	hv_sync(f, 0);
	assert_int_equal(hv_since(f, HV_PAGE_FREED), 1);
	assert_true(hv_first(f, HV_PAGE_FREED) >
		    hv_first(f, f->params->no_list ? HV_FLUSH : HV_FLUSH_LIST));
}

/* Domains are flushed one by one: the flush of one does not cover another. */
static void test_a_sync_flushes_its_own_domain(void **state)
{
	struct hv_fixture *f = *state;

	used_pages(f);
	hv_make(f, 1);
	hv_device(f, 1);
	hv_map(f, 1, f->base, HV_DATA + HV_1G, HV_4K);
	hv_attach(f, 1, &f->domain[1]);
	hv_dma_reaches(f, 1, f->base, HV_DATA + HV_1G);
	hv_unmap(f, 0, f->base, HV_4K);
	hv_unmap(f, 1, f->base, HV_4K);
	hv_sync(f, 0);
	hv_dma_faults(f, 0, f->base);
	hv_dma_is_stale(f, 1, f->base, HV_DATA + HV_1G);
	hv_sync(f, 1);
	hv_dma_faults(f, 1, f->base);
}

/* ---- descriptors ----------------------------------------------------- */

/* How many descriptors one sync of @count pages at @offset pages takes. */
static uint64_t descriptors(struct hv_fixture *f, uint64_t offset,
			    uint64_t count, uint64_t *pages)
{
	struct hypervisor_stats before, after;
	uint64_t iova = f->base + offset * HV_4K;

	hv_map(f, 0, iova, HV_DATA + offset * HV_4K, count * HV_4K);
	hv_dma_reaches(f, 0, iova, HV_DATA + offset * HV_4K);
	hv_unmap(f, 0, iova, count * HV_4K);
	hypervisor_read_stats(f->hv, &before);
	hv_sync(f, 0);
	hypervisor_read_stats(f->hv, &after);
	hv_dma_faults(f, 0, iova);
	*pages = after.flushed_pages - before.flushed_pages;
	return after.descriptors - before.descriptors;
}

static void test_policies(void **state)
{
	static const struct {
		enum hvpt_flush_policy policy;
		uint64_t offset;
		uint64_t count;
		uint64_t want;
		uint64_t pages;
	} cost[] = {
		{ HVPT_FLUSH_COVER, 0, 1, 1, 1 },
		{ HVPT_FLUSH_COVER, 511, 2, 1, 1024 },
		{ HVPT_FLUSH_COVER, 1, 7, 1, 8 },
		{ HVPT_FLUSH_EXACT, 0, 1, 1, 1 },
		{ HVPT_FLUSH_EXACT, 511, 2, 2, 2 },
		{ HVPT_FLUSH_EXACT, 1, 7, 3, 7 },
		{ HVPT_FLUSH_EXACT, 1, 14, 6, 14 },
		{ HVPT_FLUSH_TWO_BLOCK, 0, 1, 1, 1 },
		{ HVPT_FLUSH_TWO_BLOCK, 511, 2, 2, 2 },
		{ HVPT_FLUSH_TWO_BLOCK, 1, 7, 1, 8 },
		{ HVPT_FLUSH_TWO_BLOCK, 0, 512, 1, 512 },
	};
	struct hv_fixture *f = *state;
	uint64_t pages;
	size_t i;

	hv_device(f, 0);
	for (i = 0; i < HV_COUNT(cost); i++) {
		f->domain_config.policy = cost[i].policy;
		hv_make(f, 0);
		hv_attach(f, 0, &f->domain[0]);
		assert_int_equal(descriptors(f, cost[i].offset, cost[i].count,
					     &pages),
				 cost[i].want);
		assert_int_equal(pages, cost[i].pages);
		hv_attach(f, 0, hvpt_iommu_blocked(&f->iommu));
		hv_ok(hv_try_destroy(f, 0));
	}
}

/* All ranges of a gather go into one call. */
static void test_several_ranges_in_one_call(void **state)
{
	struct hv_fixture *f = *state;
	uint64_t at;
	unsigned n;

	used_pages(f);
	for (n = 0; n < HVPT_GATHER_RANGES; n++) {
		at = f->base + HV_1G * (n + 1);
		hv_map(f, 0, at, HV_DATA, HV_4K);
		hv_dma_reaches(f, 0, at, HV_DATA);
	}
	for (n = 0; n < HVPT_GATHER_RANGES; n++)
		hv_unmap(f, 0, f->base + HV_1G * (n + 1), HV_4K);
	assert_int_equal(f->gather[0].range_count, HVPT_GATHER_RANGES);
	hv_mark(f);
	hv_sync(f, 0);
	assert_int_equal(hv_since(f, HV_FLUSH_LIST), 1);
	assert_int_equal(hv_calls_since(f), 1);
	for (n = 0; n < HVPT_GATHER_RANGES; n++)
		hv_dma_faults(f, 0, f->base + HV_1G * (n + 1));
}

/*
 * A range of pages 1 .. 2^n - 2 of a block of 2^n pages takes 2 * (n - 1)
 * descriptors. An eighth of the 2^36 pages is such a block for n = 33, which
 * takes 64 descriptors.
 */
#define EIGHTH (1ull << 45)

static void unmap_inside(struct hv_fixture *f, uint64_t at, uint64_t bytes)
{
	uint64_t last = at + bytes - 2 * HV_4K;

	hv_map(f, 0, at + HV_4K, HV_DATA, HV_4K);
	hv_map(f, 0, last, HV_DATA + HV_4K, HV_4K);
	hv_dma_reaches(f, 0, at + HV_4K, HV_DATA);
	hv_dma_reaches(f, 0, last, HV_DATA + HV_4K);
	assert_int_equal(hv_unmap(f, 0, at + HV_4K, bytes - 2 * HV_4K),
			 2 * HV_4K);
}

/* Seven such ranges, and one in a block of 2^@pages_lg2 pages. */
static void fill_the_gather(struct hv_fixture *f, unsigned pages_lg2)
{
	unsigned n;

	f->domain_config.policy = HVPT_FLUSH_EXACT;
	hv_make(f, 0);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	for (n = 0; n < 7; n++)
		unmap_inside(f, n * EIGHTH, EIGHTH);
	unmap_inside(f, n * EIGHTH, HV_4K << pages_lg2);
	assert_int_equal(f->gather[0].range_count, 8);
}

static void sync_it(struct hv_fixture *f, unsigned pages_lg2)
{
	unsigned n;

	hv_mark(f);
	hv_sync(f, 0);
	for (n = 0; n < 7; n++) {
		hv_dma_faults(f, 0, n * EIGHTH + HV_4K);
		hv_dma_faults(f, 0, (n + 1) * EIGHTH - 2 * HV_4K);
	}
	hv_dma_faults(f, 0, n * EIGHTH + HV_4K);
	hv_dma_faults(f, 0, n * EIGHTH + (HV_4K << pages_lg2) - 2 * HV_4K);
}

static void test_as_many_descriptors_as_one_page_holds(void **state)
{
	static const struct {
		unsigned pages_lg2;
		unsigned calls;
	} fill[] = { { 30, 1 }, { 31, 1 }, { 32, 2 }, { 33, 2 } };
	struct hypervisor_stats before, after;
	struct hv_fixture *f = *state;
	size_t i;

	/* 506, 508, 510 and 512 descriptors. */
	for (i = 0; i < HV_COUNT(fill); i++) {
		fill_the_gather(f, fill[i].pages_lg2);
		hypervisor_read_stats(f->hv, &before);
		sync_it(f, fill[i].pages_lg2);
		hypervisor_read_stats(f->hv, &after);
		assert_int_equal(after.descriptors - before.descriptors,
				 506 + 2 * i);
		assert_int_equal(hv_since(f, HV_FLUSH_LIST), fill[i].calls);
		assert_int_equal(hv_calls_since(f), fill[i].calls);
		hv_attach(f, 0, hvpt_iommu_blocked(&f->iommu));
		hv_ok(hv_try_destroy(f, 0));
		hv_ok(hv_try_remove(f, 0));
	}
}

/* The second of the two calls fails. */
static void test_the_second_list_fails(void **state)
{
	struct hv_fixture *f = *state;

	fill_the_gather(f, 33);
	hv_inject(f, HV_FLUSH_LIST, 2, 1, HYPERVISOR_FAIL, HV_RAW_MEMORY);
	sync_it(f, 33);
	assert_int_equal(hv_since(f, HV_FLUSH_LIST), 2);
	assert_int_equal(hv_since(f, HV_FLUSH), 1);
}

/* ---- unmaking -------------------------------------------------------- */

static void test_destroy_deletes_before_it_frees(void **state)
{
	struct hv_fixture *f = *state;

	used_pages(f);
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

	used_pages(f);
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

	used_pages(f);
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

	used_pages(f);
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

/*
 * Domains are a list: one is removed at the front, in the middle, at the end.
 */
static void test_domains_go_in_any_order(void **state)
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

	for (i = 0; i < HV_COUNT(order); i++) {
		for (n = 0; n < 4; n++)
			hv_make(f, n);
		ids_are_unique(f);
		for (n = 0; n < 4; n++)
			hv_ok(hv_try_destroy(f, order[i][n]));
		assert_int_equal(hypervisor_domains(f->hv), 2);
	}
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
		HV_CASE(test_a_domain_which_was_not_deleted_still_works),
		HV_CASE(test_abandon_is_refused_while_busy),
		HV_CASE(test_map_makes_no_hypercall),
		HV_CASE(test_map_list),
		HV_CASE(test_unmap_and_sync),
		HV_CASE(test_an_empty_gather_makes_no_hypercall),
		HV_CASE(test_tables_without_ranges_flush_the_domain),
		HV_CASE(test_a_domain_without_devices_makes_no_hypercall),
		HV_CASE_IF(test_a_map_which_owes_a_flush, has_2m),
		HV_CASE(test_a_large_leaf_is_cut),
		HV_CASE_IF(test_two_callers_share_a_leaf, has_2m),
		HV_CASE_IF(test_the_splitter_cannot_flush, has_2m),
		HV_CASE(test_calls_on_the_page_table),
		HV_CASE(test_which_calls_a_sync_makes),
		HV_CASE(test_both_flushes_fail),
		HV_CASE(test_no_call_page_for_both_flushes),
		HV_CASE(test_flush_keeps_the_gather),
		HV_CASE(test_flush_all),
		HV_CASE(test_a_sync_frees_after_the_flush),
		HV_CASE(test_a_sync_flushes_its_own_domain),
		HV_CASE(test_destroy_deletes_before_it_frees),
		HV_CASE(test_destroy_is_refused_while_busy),
		HV_CASE(test_destroy_flushes_what_may_be_cached),
		HV_CASE(test_destroy_is_tried_again),
		HV_CASE(test_domains_go_in_any_order),
	};
	static const struct hv_case plain[] = {
		HV_PREPARED(test_ids_run_out),
		HV_PREPARED(test_ids_go_round),
		HV_PREPARED(test_an_id_which_was_not_made_is_not_lost),
		HV_PREPARED(test_an_id_stays_taken_until_the_delete_succeeds),
		HV_PREPARED(test_an_abandoned_id_never_comes_back),
		HV_PREPARED(test_create_fails_and_so_does_the_delete),
		HV_PREPARED(test_more_is_in_quarantine_than_fits),
		HV_PREPARED(test_neighbours_in_quarantine_share_a_range),
		HV_PREPARED(test_two_ranges_in_quarantine),
		HV_PREPARED(test_quarantine_grows_downwards_too),
		HV_CASE(test_that_there_is_no_list_is_remembered),
		HV_CASE(test_a_list_which_fails_is_tried_next_time),
		HV_CASE(test_a_list_which_always_fails_is_given_up),
		HV_CASE(test_a_retry_is_not_stepped_over),
		HV_CASE(test_refusals_in_a_row),
		HV_CASE(test_a_list_which_does_not_exist),
		HV_PREPARED(test_a_success_which_does_nothing),
		HV_CASE(test_failures_by_call),
		HV_CASE(test_a_list_without_a_call_page),
		HV_CASE(test_policies),
		HV_CASE(test_several_ranges_in_one_call),
		HV_CASE(test_as_many_descriptors_as_one_page_holds),
		HV_CASE(test_the_second_list_fails),
	};
	int failed = hv_run("domain", every, HV_COUNT(every), hv_main,
			    hv_main_count);

	return failed +
	       hv_run("domain_plain", plain, HV_COUNT(plain), hv_plain, 1);
}
