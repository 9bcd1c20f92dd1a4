/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * one_leaf.c - mapping and unmapping one leaf inline: one store of the right
 * entry, or nothing at all.
 *
 * Where the inline part does nothing, the call goes on out of line, which is
 * not proved here.
 *
 * Parts: hvpt_pt_try_map_leaf, hvpt_pt_try_unmap_leaf, hvpt_pt_leaf_slot
 * Bounds: any arguments and entries; tables of 512 entries
 * Run: map_4 -DPROOF_LEVELS=4 -DPROOF_MAP=1
 * Run: map_5 -DPROOF_LEVELS=5 -DPROOF_MAP=1
 * Run: unmap_4 -DPROOF_LEVELS=4 -DPROOF_MAP=0
 * Run: unmap_5 -DPROOF_LEVELS=5 -DPROOF_MAP=0
 */
#define PROOF_PORT "proofs/path_port.h"
#include "proofs/proof.h"

#include "proofs/path.h"

#include "hvpt/map.h"

/* What both calls need before they may store; @level: that of the leaf. */
static void check_range(uint64_t iova, uint64_t length, unsigned level)
{
	uint64_t last = iova + (length - 1);

	ASSERT(level <= 2 && length == (uint64_t)4096 << (9 * level));
	ASSERT(level == 0 || (pt.leaf_levels >> level & 1));
	ASSERT(iova % length == 0 && last > iova);
	ASSERT(last <= pt.lower_last ||
	       (pt.upper_first && iova >= pt.upper_first));
	ASSERT(path_stores == 1);
}

#if PROOF_MAP

/* A byte of the leaf translates as asked; its way is the same down to it. */
static void check_mapped(uint64_t iova, uint64_t gpa, uint64_t length,
			 unsigned prot)
{
	uint64_t offset = nondet_u64();
	struct hvpt_mapping is;
	enum hvpt_status status;

	ASSUME(offset < length);
	status = hvpt_pt_lookup(&pt, hvpt_iova(iova + offset), &is);
	ASSERT(status == HVPT_OK);
	ASSERT(is.gpa.value == gpa + offset && is.prot == prot);
	ASSERT((uint64_t)1 << is.leaf_lg2 == length);
	ASSERT(is.dirty == (prot == 3 && !pt.track_dirty));
}

static void prove_one(uint64_t iova, uint64_t length, unsigned end,
		      uint64_t before)
{
	uint64_t gpa = nondet_u64();
	unsigned prot = nondet_u32();

	if (!hvpt_pt_try_map_leaf(&pt, PROOF_LEVELS, hvpt_iova(iova),
				  hvpt_gpa(gpa), length, prot)) {
		REACHED("not inline");
		ASSERT(path_stores == 0);
		return;
	}
	REACHED("mapped inline");
	check_range(iova, length, end);
	ASSERT(before == 0 && !pt.noncoherent);
	ASSERT(iova + (length - 1) < pt.checked.first.value ||
	       iova > pt.checked.last.value);
	ASSERT(gpa % length == 0 && gpa >> 52 == 0);
	ASSERT(prot == 1 || prot == 3);
	check_mapped(iova, gpa, length, prot);
}

#else

static void prove_one(uint64_t iova, uint64_t length, unsigned end,
		      uint64_t before)
{
	if (!hvpt_pt_try_unmap_leaf(&pt, PROOF_LEVELS, hvpt_iova(iova),
				    length)) {
		REACHED("not inline");
		ASSERT(path_stores == 0);
		return;
	}
	REACHED("unmapped inline");
	check_range(iova, length, end);
	ASSERT((before & 1) && !pt.noncoherent);
	ASSERT(path_entry[end] == 0 && path_end() == end);
}

#endif

void proof(void)
{
	uint64_t iova = nondet_u64(), length = nondet_u64();
	unsigned end;

	path_make(PROOF_LEVELS, iova);
	end = path_end();
	prove_one(iova, length, end, path_entry[end]);
}
