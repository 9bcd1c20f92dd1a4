/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Ids of domains: which one a domain gets, when it is free again, and which
 * are never used again.
 */
#include "tests/support/hv_fixture.h"

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

static void test_an_id_that_was_not_made_is_not_lost(void **state)
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
static void test_a_domain_that_was_not_deleted_still_works(void **state)
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

/* The second range grows upwards, then the first downwards. */
static void test_each_range_in_quarantine_grows(void **state)
{
	struct hv_fixture *f = *state;
	const struct hvpt_id_range *range = f->iommu.quarantine;
	unsigned n;

	with_ids(f, 10, 10);
	for (n = 0; n < HV_DOMAINS; n++)
		hv_make(f, n); /* 12 .. 17 */
	hv_abandon(f, 1);
	assert_int_equal(f->iommu.quarantined, 1);
	hv_abandon(f, 3);
	assert_int_equal(f->iommu.quarantined, 2);
	hv_abandon(f, 4);
	hv_abandon(f, 0);
	assert_int_equal(f->iommu.quarantined, 2);
	assert_int_equal(range[0].first, 12);
	assert_int_equal(range[0].last, 13);
	assert_int_equal(range[1].first, 15);
	assert_int_equal(range[1].last, 16);
}

/* Entries of the quarantine that are not used hold 0xa5a5a5a5: hv_fixture. */
static void test_what_is_not_in_quarantine_is_used(void **state)
{
	struct hv_fixture *f = *state;
	unsigned n;

	with_ids(f, 0xa5a5a5a3, 5);
	for (n = 0; n < 3; n++)
		hv_make(f, n);
	hv_status(hv_try_make(f, 3), HVPT_ERR_NO_IDS);
	hv_ok(hv_try_destroy(f, 0));
	hv_make(f, 0);
	assert_int_equal(id_of(f, 0), 0xa5a5a5a5);
}

/* Nor is such an entry extended by the id next to it. */
static void test_what_is_not_in_quarantine_does_not_grow(void **state)
{
	struct hv_fixture *f = *state;
	const struct hvpt_id_range *range = f->iommu.quarantine;

	with_ids(f, 0xa5a5a5a2, 5);
	hv_make(f, 0); /* 0xa5a5a5a4 */
	hv_make(f, 1);
	hv_make(f, 2); /* 0xa5a5a5a6 */
	hv_abandon(f, 2);
	assert_int_equal(f->iommu.quarantined, 1);
	assert_int_equal(range[0].first, 0xa5a5a5a6);
	hv_abandon(f, 0);
	assert_int_equal(f->iommu.quarantined, 2);
	assert_int_equal(range[1].first, 0xa5a5a5a4);
}

/* Another owner has @first .. @last. */
static void others_have(struct hv_fixture *f, uint32_t first, uint32_t last)
{
	struct hvpt_answer answer;
	uint32_t id;

	for (id = first; id <= last; id++) {
		hv_ok(hvpt_hvcall_create_domain(&f->config.transport, id,
						&answer));
		f->orphans++;
	}
}

/*
 * The next HVPT_ID_STEPS ids are tried, then one after each power of 2. The
 * last failure stays that of a call that failed.
 */
static void test_ids_of_others_are_skipped(void **state)
{
	static const struct {
		uint32_t taken, found;
	} row[] = {
		{ 1, 4 },   { 31, 34 }, { 32, 35 }, { 33, 37 }, { 34, 37 },
		{ 35, 40 }, { 37, 40 }, { 38, 45 }, { 42, 45 }, { 43, 54 },
	};
	struct hv_fixture *f = *state;
	uint16_t code, status;
	size_t i;

	for (i = 0; i < HV_COUNT(row); i++) {
		with_ids(f, 1, 10000);
		others_have(f, 3, 2 + row[i].taken);
		hv_make(f, 0);
		assert_int_equal(id_of(f, 0), row[i].found);
		assert_false(
			hvpt_iommu_last_failure(&f->iommu, &code, &status));
		hv_ok(hv_try_destroy(f, 0));
		hv_ok(hv_try_iommu_destroy(f));
		hv_new_host(f);
		f->orphans = 0;
	}
}

/* Ids 1 .. @last: the two of the pvIOMMU, one that is free, all others'. */
static void only_3_is_free(struct hv_fixture *f, uint32_t last)
{
	with_ids(f, 1, last);
	hv_make(f, 0);
	others_have(f, 4, last);
	hv_ok(hv_try_destroy(f, 0));
}

/* The search passes the last id, and finds the only one that is free. */
static void test_a_skip_passes_the_last_id(void **state)
{
	struct hv_fixture *f = *state;

	only_3_is_free(f, 71);
	hv_make(f, 0);
	assert_int_equal(id_of(f, 0), 3);
}

/* After 55 comes 72, which is the last. */
static void test_a_skip_ends_at_the_last_id(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_answer answer;

	only_3_is_free(f, 72);
	hv_ok(hvpt_hvcall_delete_domain(&f->config.transport, 72, &answer));
	f->orphans--;
	hv_make(f, 0);
	assert_int_equal(id_of(f, 0), 72);
}

/* When the quarantine has overflowed, that is the end of the search. */
static void test_no_skip_passes_the_last_id(void **state)
{
	struct hv_fixture *f = *state;

	only_3_is_free(f, 71);
	f->iommu.quarantine_full = true;
	hv_mark(f);
	hv_status(hv_try_make(f, 0), HVPT_ERR_NO_IDS);
	assert_int_equal(hv_since(f, HV_FLUSH), HVPT_ID_STEPS + 5);
	f->iommu.quarantine_full = false;
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

/* ---- unmaking -------------------------------------------------------- */

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
		HV_CASE(test_a_domain_that_was_not_deleted_still_works),
		HV_CASE(test_abandon_is_refused_while_busy),
		HV_CASE(test_domains_go_in_any_order),
	};
	static const struct hv_case plain[] = {
		HV_PREPARED(test_ids_run_out),
		HV_PREPARED(test_ids_go_round),
		HV_PREPARED(test_an_id_that_was_not_made_is_not_lost),
		HV_PREPARED(test_an_id_stays_taken_until_the_delete_succeeds),
		HV_PREPARED(test_an_abandoned_id_never_comes_back),
		HV_PREPARED(test_create_fails_and_so_does_the_delete),
		HV_PREPARED(test_more_is_in_quarantine_than_fits),
		HV_PREPARED(test_neighbours_in_quarantine_share_a_range),
		HV_PREPARED(test_two_ranges_in_quarantine),
		HV_PREPARED(test_each_range_in_quarantine_grows),
		HV_PREPARED(test_what_is_not_in_quarantine_is_used),
		HV_PREPARED(test_what_is_not_in_quarantine_does_not_grow),
		HV_PREPARED(test_ids_of_others_are_skipped),
		HV_PREPARED(test_a_skip_passes_the_last_id),
		HV_PREPARED(test_a_skip_ends_at_the_last_id),
		HV_PREPARED(test_no_skip_passes_the_last_id),
		HV_PREPARED(test_quarantine_grows_downwards_too),
	};
	int failed = hv_run("domain_ids", every, HV_COUNT(every), hv_main,
			    hv_main_count);

	return failed +
	       hv_run("domain_ids_plain", plain, HV_COUNT(plain), hv_plain, 1);
}
