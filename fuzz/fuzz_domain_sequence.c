/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz_domain_sequence.c - sequences of calls on a pvIOMMU, its domains and
 * devices.
 */
#include "oracle/domains/domain_fixture.h"
#include "fuzz.h"

#define STEPS 48u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct domain_fixture df;
	struct source source = source_of_bytes(data, size);

	if (!df_start(&df, &source, 2, 2))
		return 0;
	df_run(&df, &source, STEPS);
	df_finish(&df);
	return 0;
}
