/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * leaf_length.c - which length is that of a leaf.
 *
 * Parts: hvpt_leaf_level
 * Bounds: any length
 */
#include "proofs/proof.h"

#include "hvpt/map.h"

void proof(void)
{
	uint64_t length = nondet_u64();
	unsigned level = hvpt_leaf_level(length);

	ASSERT(level <= HVPT_LEAF_LEVELS);
	if (level < HVPT_LEAF_LEVELS) {
		REACHED("the length of a leaf");
		ASSERT(length == (uint64_t)4096 << (9 * level));
	} else {
		REACHED("another length");
		ASSERT(length != 4096 && length != 0x200000 &&
		       length != 0x40000000);
	}
}
