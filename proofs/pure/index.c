/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * index.c - the indices of an address select its entry, and no other; an
 * address is the number that it was made of.
 *
 * Functions: hvpt_iova, hvpt_gpa
 * Parts: hvpt_pte_index, hvpt_level_offset
 * Bounds: any two addresses; 4 and 5 levels of 9 bits
 */
#include "proofs/proof.h"

#include "src/pagetable/pt_internal.h"

/* The address that the indices and the offset name. */
static uint64_t compose(uint64_t iova, unsigned levels)
{
	uint64_t sum = iova % 4096;
	unsigned level;

	for (level = 0; level < levels; level++)
		sum += (uint64_t)hvpt_pte_index(iova, level)
		       << (12 + 9 * level);
	return sum;
}

void proof(void)
{
	uint64_t a = nondet_u64(), b = nondet_u64();
	unsigned levels = nondet_bool() ? 4u : 5u, level = nondet_u32();
	uint64_t span;

	ASSERT(hvpt_iova(a).value == a && hvpt_gpa(b).value == b);
	ASSUME(level < levels);
	span = (uint64_t)1 << (12 + 9 * level);
	ASSERT(hvpt_pte_index(a, level) < 512);
	ASSERT(HVPT_LEVEL_BYTES(level) == span);
	ASSERT(hvpt_level_offset(a, level) == a % span);
	ASSERT(compose(a, levels) == a % ((uint64_t)1 << (12 + 9 * levels)));
	/* inside one table, the same entry means the same span */
	if (a >> (21 + 9 * level) == b >> (21 + 9 * level)) {
		REACHED("one table");
		ASSERT((hvpt_pte_index(a, level) == hvpt_pte_index(b, level)) ==
		       (a / span == b / span));
	}
}
