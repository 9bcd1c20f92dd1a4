/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Random sequences over three domains and three devices, with things going
 * wrong, over hosts of every kind. oracle/domains/domain_fixture.h makes them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "oracle/domains/domain_fixture.h"
#include "tests/support/prng.h"

#define SEQUENCES 5000u
#define STEPS 300u

static struct domain_fixture df;

/* A device was taken away from the identity domain, and stayed there. */
#define GONE_FROM_IDENTITY UINT64_C(314642260)

static const uint64_t found[] = { GONE_FROM_IDENTITY };

static void run(uint64_t seed, struct df_counts *counts)
{
	struct source source = source_of_seed(seed);

	if (!df_start(&df, &source, DF_DOMAINS, DF_DEVICES))
		return;
	df_run(&df, &source, STEPS);
	df_finish(&df);
	counts->failed += df.counts.failed;
	counts->stale += df.counts.stale;
}

/* Sequences that a longer run with other seeds had found. */
static void test_found_sequences(void **state)
{
	struct df_counts counts = { 0, 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(found) / sizeof(found[0]); i++)
		run(found[i], &counts);
	df_free(&df);
	assert_true(counts.failed > 0);
}

static void test_random_sequences(void **state)
{
	uint64_t seed = pt_seed("test_random_sequences", 0xd0ba1);
	unsigned sequences = pt_effort(SEQUENCES), i;
	struct df_counts counts = { 0, 0 };

	(void)state;
	for (i = 0; i < sequences; i++)
		run(seed + i, &counts);
	df_free(&df);
	printf("%u sequences, %llu failures, %llu stale outcomes\n", sequences,
	       (unsigned long long)counts.failed,
	       (unsigned long long)counts.stale);
	/* A run in which nothing of this happened has tested nothing. */
	assert_true(counts.failed > sequences * STEPS / 100);
	assert_true(counts.stale > sequences * STEPS / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found_sequences),
		cmocka_unit_test(test_random_sequences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
