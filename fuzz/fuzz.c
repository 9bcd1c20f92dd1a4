/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "oracle/reference/produce.h"

/*
 * AddressSanitizer asks for this. What a run frees stays in its quarantine
 * long enough if that holds some thousands of runs; the default of 256 MB only
 * makes each run touch memory that no cache has.
 */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=16";
}

void fuzz_die(const char *file, int line, const char *text)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, text);
	abort();
}

void fuzz_show(struct reference *ref, const uint8_t *data, size_t size)
{
	struct source source = source_of_bytes(data, size);
	struct ref_maker maker;
	uint64_t n, stop = reference_violation_op(ref);
	struct ref_config config;
	char text[400];
	struct ref_op op;

	fprintf(stderr, "violation: %s\n", reference_violation(ref));
	ref_make_config(&source, &config);
	fprintf(stderr,
		"config: sizes=%#llx mask=%#llx levels=%u width=%u form=%u "
		"flags=%#x%s\n",
		(unsigned long long)config.page_sizes,
		(unsigned long long)config.table_mask, config.levels,
		config.width, config.form, config.flags,
		config.noncoherent ? " noncoherent" : "");
	ref_maker_start(&maker, &source, &config);
	for (n = 0; n <= stop && ref_make_op(&maker, &op); n++) {
		ref_op_print(&op, text, sizeof(text));
		fprintf(stderr, "%4llu %s\n", (unsigned long long)n, text);
	}
	abort();
}
