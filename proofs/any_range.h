/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * any_range.h - a proof about a call with a range, on any tree (any_tree.h).
 */
#ifndef HVPT_PROOF_ANY_RANGE_H
#define HVPT_PROOF_ANY_RANGE_H

#include "any_tree.h"

/* The call of the proof with this range, and what must hold afterwards. */
static void prove_range(uint64_t iova, uint64_t length);

/*
 * PROOF_FIRST and PROOF_PAGES name one range. With constants for addresses the
 * formula is much smaller. Without them the range is any.
 */
void proof(void)
{
	tree_make();
#ifdef PROOF_PAGES
	prove_range(PROOF_FIRST * 4096u, PROOF_PAGES * 4096u);
#else
	prove_range(tree_any_bytes(), tree_any_bytes());
#endif
}

#endif /* HVPT_PROOF_ANY_RANGE_H */
