/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz_pt_sequence.c - sequences of all calls on one page table, each checked
 * by the reference.
 */
#include "fuzz.h"
#include "oracle/reference/produce.h"

#define OPS 32u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct reference *ref;
	struct source source = source_of_bytes(data, size);
	struct ref_maker maker;
	struct ref_config config;
	struct ref_op op;
	unsigned i;

	if (!ref) {
		ref = reference_create();
		FUZZ_CHECK(ref, "no memory");
	}
	ref_make_config(&source, &config);
	if (reference_start(ref, &config)) {
		ref_maker_start(&maker, &source, &config);
		for (i = 0; i < OPS && ref_make_op(&maker, &op); i++)
			reference_apply(ref, &op);
		reference_finish(ref);
	}
	if (reference_violation(ref))
		fuzz_show(ref, data, size);
	return 0;
}
