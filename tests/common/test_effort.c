/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How hard random tests try: what is asked for goes before what a preset says.
 */
#define _POSIX_C_SOURCE 200112L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/support/prng.h"

#define ASKED "HVPT_TEST_EFFORT"
#define PRESET "HVPT_PRESET_EFFORT"

/* NULL: it is not set. */
static void set(const char *name, const char *value)
{
	assert_int_equal(value ? setenv(name, value, 1) : unsetenv(name), 0);
}

static void test_effort(void **state)
{
	static const struct {
		const char *asked, *preset;
		unsigned of_200;
	} cases[] = {
		{ NULL, NULL, 200 },  { NULL, "25", 50 },
		{ "50", NULL, 100 },  { "1000", "25", 2000 },
		{ "100", "25", 200 }, { "0", NULL, 1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set(ASKED, cases[i].asked);
		set(PRESET, cases[i].preset);
		assert_int_equal(pt_effort(200), cases[i].of_200);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_effort) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
