/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The numbers and names of hvpt_status and hvpt_fault are pinned here. */
#include <limits.h>
#include <string.h>

#include "support/pt_fixture.h"

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
	PIN(HVPT_ERR_OVERLAP, 32),
	PIN(HVPT_ERR_NOT_MAPPED, 33),
	PIN(HVPT_ERR_CORRUPT, 34),
	PIN(HVPT_ERR_STOPPED, 35),
	PIN(HVPT_ERR_CONCURRENT, 36),
	PIN(HVPT_ERR_NO_MEMORY, 64),
	PIN(HVPT_ERR_TABLE_PAGE, 65),
};

static const struct pin faults[] = {
	PIN(HVPT_FAULT_NONE, 0),       PIN(HVPT_FAULT_NOT_PRESENT, 1),
	PIN(HVPT_FAULT_TABLE_BITS, 2), PIN(HVPT_FAULT_LEAF_BITS, 3),
	PIN(HVPT_FAULT_LEAF_SIZE, 4),  PIN(HVPT_FAULT_LEAF_ADDR, 5),
	PIN(HVPT_FAULT_TABLE_ADDR, 6), PIN(HVPT_FAULT_OUTSIDE, 7),
	PIN(HVPT_FAULT_COUNT, 8),
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
