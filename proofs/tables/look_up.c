/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * look_up.c - a lookup finds what the tables say (SDM vol. 3A 4.5), and it
 * reads nothing but the entries on its way.
 *
 * Functions: hvpt_pt_lookup, hvpt_pt_lookup_levels, hvpt_pt_root_gpa
 * Bounds: any address and entries; tables of 512 entries; any gpas of tables
 * Run: levels_4 -DPROOF_LEVELS=4
 * Run: levels_5 -DPROOF_LEVELS=5
 */
#define PROOF_PORT "proofs/path_port.h"
#include "proofs/proof.h"

#include "proofs/path.h"

static void check_found(const struct hvpt_mapping *is, uint64_t iova)
{
	unsigned level = path_end();
	uint64_t size = (uint64_t)4096 << (9 * level);
	uint64_t pte = path_entry[level];

	ASSERT((pte & 1) == 1 && level <= 2);
	/* bits 51:12 without those below the size, and the offset */
	ASSERT(is->gpa.value == (pte << 12 >> 12) / size * size + iova % size);
	ASSERT(is->prot == ((pte & 2) ? 3u : 1u));
	ASSERT((uint64_t)1 << is->leaf_lg2 == size);
	ASSERT(is->accessed == ((pte >> 5 & 1) == 1));
	ASSERT(is->dirty == ((pte >> 6 & 1) == 1));
	if (level == 2)
		REACHED("a leaf of 1 GiB");
	if (level == 0)
		REACHED("a leaf of 4 KiB");
}

void proof(void)
{
	uint64_t iova = nondet_u64();
	struct hvpt_mapping is;
	enum hvpt_status status;
	bool inside;

	path_make(PROOF_LEVELS, iova);
	inside = iova <= pt.lower_last ||
		 (pt.upper_first && iova >= pt.upper_first);
	status = hvpt_pt_lookup(&pt, hvpt_iova(iova), &is);
	ASSERT(path_stores == 0);
	ASSERT((status == HVPT_ERR_IOVA_RANGE) == !inside);
	ASSERT((status == HVPT_ERR_NOT_MAPPED) ==
	       (inside && !(path_entry[path_end()] & 1)));
	ASSERT(status == HVPT_OK || status == HVPT_ERR_IOVA_RANGE ||
	       status == HVPT_ERR_NOT_MAPPED);
	ASSERT(hvpt_pt_root_gpa(&pt).value ==
	       (((uint64_t)pt.root - pt.direct_map_offset) |
		pt.table_gpa_mask));
	if (status == HVPT_OK)
		check_found(&is, iova);
	else if (!inside)
		REACHED("an address that is no IOVA");
	else
		REACHED("nothing is mapped");
}
