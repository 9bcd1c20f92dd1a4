/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * pt_sequence.c - sequences of all calls on one page table, judged by a world.
 */
#include "fuzz.h"
#include "world/produce.h"

#define OPS 32u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fz_world *world;
	struct fz_input input;
	struct fz_config config;
	struct fz_op op;
	unsigned i;

	if (!world) {
		world = fz_world_create();
		FUZZ_CHECK(world, "no memory");
	}
	fz_input_start(&input, data, size);
	fz_make_config(&input, &config);
	if (fz_world_start(world, &config)) {
		for (i = 0; i < OPS && fz_make_op(&input, world, &op); i++)
			fz_world_apply(world, &op);
		fz_world_finish(world);
	}
	if (fz_world_violation(world))
		fuzz_show_world(world, data, size);
	return 0;
}
