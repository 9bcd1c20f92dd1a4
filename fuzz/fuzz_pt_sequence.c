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
	static struct fz_world *world;
	struct source source = source_of_bytes(data, size);
	struct fz_maker maker;
	struct fz_config config;
	struct fz_op op;
	unsigned i;

	if (!world) {
		world = fz_world_create();
		FUZZ_CHECK(world, "no memory");
	}
	fz_make_config(&source, &config);
	if (fz_world_start(world, &config)) {
		fz_maker_start(&maker, &source, &config);
		for (i = 0; i < OPS && fz_make_op(&maker, &op); i++)
			fz_world_apply(world, &op);
		fz_world_finish(world);
	}
	if (fz_world_violation(world))
		fuzz_show_world(world, data, size);
	return 0;
}
