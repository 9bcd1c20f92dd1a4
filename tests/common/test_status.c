/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The numbers and names of hvpt_status and hvpt_fault are written here again.
 */
#include <limits.h>
#include <string.h>

#include "tests/support/pt_fixture.h"

struct pin {
	int value;
	int pinned;
	const char *name;
};

#define PIN(name, pinned)                                                      \
	{                                                                      \
		name, pinned, #name                                            \
	}

static const struct pin statuses[] = {
	PIN(HVPT_OK, 0),
	PIN(HVPT_ERR_EMPTY, 1),
	PIN(HVPT_ERR_ALIGN, 2),
	PIN(HVPT_ERR_WRAP, 3),
	PIN(HVPT_ERR_IOVA_RANGE, 4),
	PIN(HVPT_ERR_GPA_RANGE, 5),
	PIN(HVPT_ERR_PROT, 6),
	PIN(HVPT_ERR_WRITE_ONLY, 7),
	PIN(HVPT_ERR_LEVELS, 8),
	PIN(HVPT_ERR_WIDTH, 9),
	PIN(HVPT_ERR_PAGE_SIZES, 10),
	PIN(HVPT_ERR_IOVA_FORM, 11),
	PIN(HVPT_ERR_FLAGS, 12),
	PIN(HVPT_ERR_TABLE_MASK, 13),
	PIN(HVPT_ERR_OPS, 14),
	PIN(HVPT_ERR_POLICY, 15),
	PIN(HVPT_ERR_DOMAIN_ID, 16),
	PIN(HVPT_ERR_DEVICE_ID, 17),
	PIN(HVPT_ERR_PREFIX, 18),
	PIN(HVPT_ERR_FUNCTION, 19),
	PIN(HVPT_ERR_SETTINGS, 20),
	PIN(HVPT_ERR_FOREIGN, 21),
	PIN(HVPT_ERR_KIND, 22),
	PIN(HVPT_ERR_FLUSH_ENTRY, 23),
	PIN(HVPT_ERR_MESSAGE_TYPE, 24),
	PIN(HVPT_ERR_MESSAGE_SIZE, 25),
	PIN(HVPT_ERR_RESERVED, 26),
	PIN(HVPT_ERR_OVERLAP, 32),
	PIN(HVPT_ERR_NOT_MAPPED, 33),
	PIN(HVPT_ERR_CORRUPT, 34),
	PIN(HVPT_ERR_STOPPED, 35),
	PIN(HVPT_ERR_CONCURRENT, 36),
	PIN(HVPT_ERR_EXISTS, 37),
	PIN(HVPT_ERR_UNKNOWN_SEGMENT, 38),
	PIN(HVPT_ERR_STALE, 39),
	PIN(HVPT_ERR_BUSY, 40),
	PIN(HVPT_ERR_ATS_ON, 41),
	PIN(HVPT_ERR_NOT_ATTACHED, 42),
	PIN(HVPT_ERR_LOST, 43),
	PIN(HVPT_ERR_NO_MEMORY, 64),
	PIN(HVPT_ERR_TABLE_PAGE, 65),
	PIN(HVPT_ERR_NO_IDS, 66),
	PIN(HVPT_ERR_CALL_PAGE, 67),
	PIN(HVPT_ERR_NO_HYPERVISOR, 96),
	PIN(HVPT_ERR_ISOLATED, 97),
	PIN(HVPT_ERR_NO_IOMMU, 98),
	PIN(HVPT_ERR_NO_STAGE1, 99),
	PIN(HVPT_ERR_IOMMU_CAPS, 100),
	PIN(HVPT_ERR_NOT_MANAGED, 101),
	PIN(HVPT_ERR_HV_CODE, 102),
	PIN(HVPT_ERR_HV_INPUT, 103),
	PIN(HVPT_ERR_HV_DENIED, 104),
	PIN(HVPT_ERR_HV_MEMORY, 105),
	PIN(HVPT_ERR_HV_DOMAINS, 106),
	PIN(HVPT_ERR_HV_DEVICE, 107),
	PIN(HVPT_ERR_HV_EXISTS, 108),
	PIN(HVPT_ERR_HV_STATE, 109),
	PIN(HVPT_ERR_HV_TIMEOUT, 110),
	PIN(HVPT_ERR_HV_PROGRESS, 111),
	PIN(HVPT_ERR_HV_FAILED, 112),
};

static const struct pin faults[] = {
	PIN(HVPT_FAULT_NONE, 0),       PIN(HVPT_FAULT_NOT_PRESENT, 1),
	PIN(HVPT_FAULT_TABLE_BITS, 2), PIN(HVPT_FAULT_LEAF_BITS, 3),
	PIN(HVPT_FAULT_LEAF_SIZE, 4),  PIN(HVPT_FAULT_LEAF_ADDR, 5),
	PIN(HVPT_FAULT_TABLE_ADDR, 6), PIN(HVPT_FAULT_OUTSIDE, 7),
	PIN(HVPT_FAULT_COUNT, 8),      PIN(HVPT_FAULT_RESERVED, 9),
};

static const struct pin *find(const struct pin *pins, size_t count, int value)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (pins[i].pinned == value)
			return &pins[i];
	}
	return NULL;
}

static void test_status_values(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < PT_COUNT(statuses); i++)
		assert_int_equal(statuses[i].value, statuses[i].pinned);
}

static void test_status_names(void **state)
{
	int value;

	(void)state;
	for (value = -2; value < 300; value++) {
		const struct pin *pin = find(statuses, PT_COUNT(statuses),
					     value);
		const char *name = hvpt_status_name((enum hvpt_status)value);

		assert_non_null(name);
		assert_string_equal(name, pin ? pin->name : "HVPT_ERR_UNKNOWN");
	}
	assert_string_equal(hvpt_status_name((enum hvpt_status)INT_MAX),
			    "HVPT_ERR_UNKNOWN");
	assert_string_equal(hvpt_status_name((enum hvpt_status)INT_MIN),
			    "HVPT_ERR_UNKNOWN");
}

static void test_fault_values(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < PT_COUNT(faults); i++)
		assert_int_equal(faults[i].value, faults[i].pinned);
}

static void must_not_be_known(const char *name)
{
	size_t i;

	for (i = 0; i < PT_COUNT(faults); i++)
		assert_string_not_equal(name, faults[i].name);
}

static void test_fault_names(void **state)
{
	int value;

	(void)state;
	for (value = -2; value < 300; value++) {
		const struct pin *pin = find(faults, PT_COUNT(faults), value);
		const char *name = hvpt_fault_name((enum hvpt_fault)value);

		assert_non_null(name);
		if (pin)
			assert_string_equal(name, pin->name);
		else
			must_not_be_known(name);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status_values),
		cmocka_unit_test(test_status_names),
		cmocka_unit_test(test_fault_values),
		cmocka_unit_test(test_fault_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
