/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The model hypervisor: what its calls do when nothing is wrong with them, and
 * lists that stop. No header of hvpt is used.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "oracle/hypervisor.h"
#include "tests/support/hv_raw.h"

/* ---- what good calls do ---------------------------------------------- */

static void capabilities_are_as_configured(void **state)
{
	struct hypervisor_config config = raw_plain;
	const uint64_t in[] = { RAW_SELF, 0 };
	struct hypervisor *hv;
	uint64_t out[4];

	(void)state;
	config.iova_width = 0x1ff;
	hv = hypervisor_create(&config);
	assert_int_equal(raw_status(raw_call(hv, RAW_GET_CAPS, in, 2, out)),
			 RAW_OK);
	assert_int_equal(out[0], 0x00ff000000000018);
	assert_int_equal(out[1], 0x8000000000000005);
	assert_int_equal(out[2], 0x40201000);
	assert_int_equal(out[3], 0xaaaaaaaaaaaaaaaa);
	hypervisor_destroy(hv);
}

static void the_property_says_who_is_managed(void **state)
{
	struct hypervisor *hv = raw_open(&raw_plain);
	uint64_t in[] = { RAW_SELF, 0x20, 10 };
	uint64_t out[4];

	(void)state;
	assert_int_equal(raw_status(raw_call(hv, RAW_GET_PROPERTY, in, 3, out)),
			 RAW_OK);
	assert_int_equal(out[0], 1);
	assert_int_equal(out[1], 0);
	assert_int_equal(out[2], 0xaaaaaaaaaaaaaaaa);
	in[1] = 0x30;
	assert_int_equal(raw_status(raw_call(hv, RAW_GET_PROPERTY, in, 3, out)),
			 RAW_OK);
	assert_int_equal(out[0], 0);
	assert_int_equal(out[1], 0);
	hypervisor_destroy(hv);
}

static void a_domain_lives_and_dies(void **state)
{
	struct hypervisor *hv = raw_open(&raw_plain);
	uint32_t id = 0;

	(void)state;
	assert_int_equal(raw_create(hv, 0xfffffffe), RAW_OK);
	assert_int_equal(raw_configure(hv, 0xfffffffe, RAW_PAGING_4, 0x1000),
			 RAW_OK);
	assert_int_equal(raw_attach(hv, 0xfffffffe, 0x10), RAW_OK);
	assert_true(hypervisor_device_domain(hv, 0x10, &id));
	assert_int_equal(id, 0xfffffffe);
	assert_int_equal(raw_delete(hv, 1), RAW_OK);
	assert_false(hypervisor_has_domain(hv, 1));
	assert_int_equal(raw_delete(hv, 0xfffffffe), RAW_IN_USE);
	assert_int_equal(raw_detach(hv, 0x10), RAW_OK);
	assert_false(hypervisor_device_domain(hv, 0x10, &id));
	assert_int_equal(raw_detach(hv, 0x10), RAW_BAD_STATE);
	assert_int_equal(raw_delete(hv, 0xfffffffe), RAW_OK);
	assert_int_equal(hypervisor_domains(hv), 2);
	/* Deleted well: the id is free again. */
	assert_int_equal(raw_create(hv, 0xfffffffe), RAW_OK);
	raw_assert_violation(hv, NULL);
	hypervisor_destroy(hv);
}

static void a_device_taken_away_leaves_its_domain(void **state)
{
	struct hypervisor *hv = raw_open(&raw_plain);
	uint32_t id;

	(void)state;
	hypervisor_remove_device(hv, 0x10);
	assert_false(hypervisor_device_domain(hv, 0x10, &id));
	assert_int_equal(raw_attach(hv, 2, 0x10), RAW_BAD_DEVICE);
	assert_int_equal(raw_delete(hv, 1), RAW_OK);
	hypervisor_add_device(hv, 0x10, true);
	assert_int_equal(raw_attach(hv, 2, 0x10), RAW_OK);
	hypervisor_destroy(hv);
}

static void five_levels_need_the_capability(void **state)
{
	struct hypervisor_config config = raw_plain;
	struct hypervisor *hv;

	(void)state;
	config.caps |= HYPERVISOR_CAP_S1_5LVL;
	hv = raw_open(&config);
	assert_int_equal(raw_configure(hv, 3, RAW_PAGING_5, 0x1000), RAW_OK);
	assert_int_equal(raw_configure(hv, 3, 4, 0), RAW_BAD_PARAMETER);
	assert_int_equal(raw_configure(hv, 3, 7, 0), RAW_BAD_PARAMETER);
	hypervisor_destroy(hv);
	hv = raw_open(&raw_plain);
	assert_int_equal(raw_configure(hv, 3, RAW_PAGING_5, 0x1000),
			 RAW_BAD_PARAMETER);
	hypervisor_destroy(hv);
}

static void the_host_may_be_an_old_one(void **state)
{
	const uint64_t ask[] = { RAW_SELF, 0 };
	struct hypervisor_config config = raw_plain;
	struct hypervisor *hv;

	(void)state;
	config.no_iommu = true;
	hv = raw_open(&config);
	assert_int_equal(raw_status(raw_call(hv, RAW_GET_CAPS, ask, 2,
					     (uint64_t[4]){ 0 })),
			 RAW_BAD_CODE);
	assert_int_equal(raw_flush_pages(hv, 1, 0, 0), RAW_OK);
	hypervisor_destroy(hv);
	config = raw_plain;
	config.no_list = true;
	hv = raw_open(&config);
	assert_int_equal(raw_flush_pages(hv, 1, 0, 0), RAW_BAD_CODE);
	assert_int_equal(raw_flush(hv, 1), RAW_OK);
	hypervisor_destroy(hv);
}

static void configuring_again_can_be_forbidden(void **state)
{
	struct hypervisor_config config = raw_plain;
	struct hypervisor *hv = raw_open(&config);

	(void)state;
	assert_int_equal(raw_configure(hv, 1, RAW_BLOCKED, 0), RAW_OK);
	hypervisor_destroy(hv);
	config.reconfigure = RAW_NOT_NOW;
	hv = raw_open(&config);
	assert_int_equal(raw_configure(hv, 1, RAW_BLOCKED, 0), RAW_NOT_NOW);
	assert_int_equal(raw_configure(hv, 3, RAW_BLOCKED, 0), RAW_OK);
	assert_int_equal(raw_configure(hv, 3, RAW_BLOCKED, 0), RAW_NOT_NOW);
	hypervisor_destroy(hv);
}

static void domains_can_run_out(void **state)
{
	struct hypervisor_config config = raw_plain;
	struct hypervisor *hv;

	(void)state;
	config.max_domains = 4;
	hv = raw_open(&config);
	assert_int_equal(raw_create(hv, 4), RAW_OK);
	assert_int_equal(raw_create(hv, 5), RAW_NO_DOMAINS);
	assert_int_equal(raw_create(hv, 4), RAW_EXISTS);
	assert_int_equal(raw_delete(hv, 2), RAW_OK);
	assert_int_equal(raw_create(hv, 5), RAW_OK);
	assert_int_equal(hypervisor_domains(hv), 4);
	hypervisor_destroy(hv);
}

static void two_hypervisors_know_nothing_of_each_other(void **state)
{
	struct hypervisor *a = raw_open(&raw_plain),
			  *b = hypervisor_create(&raw_plain);
	struct hypervisor_stats stats;
	uint64_t gpa;
	void *va;

	(void)state;
	assert_int_equal(hypervisor_domains(b), 0);
	assert_int_equal(raw_flush(b, 1), RAW_NOT_FOUND);
	assert_int_equal(raw_create(b, 1), RAW_OK);
	assert_int_equal(raw_attach(b, 1, 0x20), RAW_BAD_DEVICE);
	hypervisor_allow(b, RAW_FLUSH, false);
	assert_int_equal(raw_flush(a, 1), RAW_OK);
	hypervisor_borrow(a, &va, &gpa);
	hypervisor_give_back(b, gpa);
	raw_assert_violation(b, "not lent");
	raw_is_as_opened(a);
	hypervisor_give_back(a, gpa);
	raw_is_as_opened(a);
	hypervisor_read_stats(b, &stats);
	assert_int_equal(stats.calls, 3);
	assert_int_equal(stats.failures, 2);
	assert_int_equal(stats.full_flushes, 0);
	hypervisor_destroy(a);
	hypervisor_destroy(b);
	hypervisor_destroy(NULL);
}

/* ---- lists ----------------------------------------------------------- */

static void a_list_stops_at_its_first_bad_element(void **state)
{
	static const uint64_t bad[] = { 53, 0x40, 0x800, 0x1001 };
	struct hypervisor *hv = raw_open(&raw_plain);
	struct hypervisor_stats stats;
	uint64_t entries[508] = { 0 }, result, expected = 0;
	unsigned at, i;

	(void)state;
	for (i = 0; i < RAW_COUNT(bad); i++)
		for (at = 0; at < 508; at += 169) {
			entries[at] = bad[i];
			result = raw_flush_list(hv, 1, entries, 508, 0);
			assert_int_equal(raw_status(result), RAW_BAD_PARAMETER);
			assert_int_equal(raw_done(result), at);
			expected += at;
			/* Behind it there is nothing wrong. */
			result = raw_flush_list(hv, 1, entries, 508,
						at + 1 < 508 ? at + 1 : at);
			if (at + 1 < 508) {
				assert_int_equal(raw_status(result), RAW_OK);
				assert_int_equal(raw_done(result), 508);
				expected += 507 - at;
			}
			entries[at] = 0;
		}
	hypervisor_read_stats(hv, &stats);
	assert_int_equal(stats.descriptors, expected);
	assert_int_equal(stats.flushed_pages, expected);
	hypervisor_destroy(hv);
}

static void flushes_are_counted(void **state)
{
	const uint64_t entries[] = { 52, 0x8000 | 3, 0xfffffffffffff000 };
	struct hypervisor *hv = raw_open(&raw_plain);
	struct hypervisor_stats before, stats;

	(void)state;
	hypervisor_read_stats(hv, &before);
	assert_int_equal(raw_status(raw_flush_list(hv, 1, entries, 3, 0)),
			 RAW_OK);
	assert_int_equal(raw_flush(hv, 2), RAW_OK);
	assert_int_equal(raw_flush(hv, 2), RAW_OK);
	assert_int_equal(raw_flush(hv, 7), RAW_NOT_FOUND);
	hypervisor_read_stats(hv, &stats);
	assert_int_equal(stats.descriptors, 3);
	assert_int_equal(stats.flushed_pages, (UINT64_C(1) << 52) + 9);
	assert_int_equal(stats.full_flushes, 2);
	assert_int_equal(stats.calls, before.calls + 4);
	assert_int_equal(stats.failures, before.failures + 1);
	assert_int_equal(hypervisor_calls(hv, RAW_FLUSH), 3);
	assert_int_equal(hypervisor_failures(hv, RAW_FLUSH), 1);
	assert_int_equal(hypervisor_calls(hv, RAW_FLUSH_LIST), 1);
	assert_int_equal(hypervisor_failures(hv, RAW_FLUSH_LIST), 0);
	hypervisor_destroy(hv);
}

static void the_calls_are_listed_in_order(void **state)
{
	static const struct {
		uint16_t code;
		const char *name;
	} calls[] = {
		{ RAW_CREATE, "CREATE_DEVICE_DOMAIN" },
		{ RAW_ATTACH, "ATTACH_DEVICE_DOMAIN" },
		{ RAW_DETACH, "DETACH_DEVICE_DOMAIN" },
		{ RAW_DELETE, "DELETE_DEVICE_DOMAIN" },
		{ RAW_CONFIGURE, "CONFIGURE_DEVICE_DOMAIN" },
		{ RAW_FLUSH, "FLUSH_DEVICE_DOMAIN" },
		{ RAW_FLUSH_LIST, "FLUSH_DEVICE_DOMAIN_LIST" },
		{ RAW_GET_CAPS, "GET_IOMMU_CAPABILITIES" },
		{ RAW_GET_PROPERTY, "GET_LOGICAL_DEVICE_PROPERTY" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < RAW_COUNT(calls); i++) {
		assert_int_equal(hypervisor_call_code(i), calls[i].code);
		assert_string_equal(hypervisor_call_name(calls[i].code),
				    calls[i].name);
	}
	assert_int_equal(hypervisor_call_code(i), 0);
	assert_int_equal(hypervisor_call_code(SIZE_MAX), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(capabilities_are_as_configured),
		cmocka_unit_test(the_property_says_who_is_managed),
		cmocka_unit_test(a_domain_lives_and_dies),
		cmocka_unit_test(a_device_taken_away_leaves_its_domain),
		cmocka_unit_test(five_levels_need_the_capability),
		cmocka_unit_test(the_host_may_be_an_old_one),
		cmocka_unit_test(configuring_again_can_be_forbidden),
		cmocka_unit_test(domains_can_run_out),
		cmocka_unit_test(two_hypervisors_know_nothing_of_each_other),
		cmocka_unit_test(a_list_stops_at_its_first_bad_element),
		cmocka_unit_test(flushes_are_counted),
		cmocka_unit_test(the_calls_are_listed_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
