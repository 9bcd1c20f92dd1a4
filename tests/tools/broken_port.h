/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * broken_port.h - an HVPT_PORT_HEADER that gets the entry format wrong.
 *
 * For one test: hvpt built with it must be caught by `hvpt replay`. Every leaf
 * that is stored has the bits of hvpt_broken_mask flipped; with no bit set it
 * is a right build.
 */
#ifndef HVPT_TEST_TOOLS_BROKEN_PORT_H
#define HVPT_TEST_TOOLS_BROKEN_PORT_H

/* From the environment: HVPT_BROKEN_BIT, a bit number. See broken_mask.c. */
extern uint64_t hvpt_broken_mask;

/*
 * A store does not say what it stores. A present entry is a leaf when it has D
 * or PS, or no R/W: table entries have R/W and neither of the others.
 */
static inline uint64_t hvpt_broken_entry(uint64_t entry)
{
	int leaf = (entry & 0xc0) != 0 || (entry & 0x2) == 0;

	return (entry & 1) && leaf ? entry ^ hvpt_broken_mask : entry;
}

#define HVPT_PORT_STORE(p, v)                                                  \
	__atomic_store_n((p), hvpt_broken_entry(v), __ATOMIC_RELAXED)

#endif /* HVPT_TEST_TOOLS_BROKEN_PORT_H */
