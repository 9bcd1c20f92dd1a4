/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * entry.c - what is written into a leaf is what is read from it, and no
 * reserved bit is set, whatever MAXPHYADDR the walker has.
 *
 * Functions: hvpt_pte_decode, hvpt_prot_check
 * Parts: hvpt_pte_leaf_bits, hvpt_pte_leaf_gpa, hvpt_pte_is_leaf,
 *	hvpt_pte_is_table
 * Bounds: any gpa, permission and address; each leaf size; MAXPHYADDR 36 .. 52
 * Contract: pte.h: HVPT_ERR_PROT if no bit or an unknown bit is set
 */
#include "proofs/proof.h"

#include "hvpt/pagetable.h"

/* SDM vol. 3A, tables 4-16, 4-18 and 4-20: bits that must be 0 in a leaf. */
static uint64_t must_be_zero(unsigned level, unsigned maxphyaddr)
{
	uint64_t above = ~(((uint64_t)1 << maxphyaddr) - 1);
	uint64_t below = ((uint64_t)4096 << (9 * level)) - 1;

	/* bit 12 of a large leaf is PAT, the address begins above */
	return above | (below & ~(uint64_t)0xfff);
}

static void check_prot(unsigned prot)
{
	enum hvpt_status status = hvpt_prot_check(prot);

	ASSERT((status == HVPT_OK) == (prot == 1 || prot == 3));
	ASSERT((status == HVPT_ERR_WRITE_ONLY) == (prot == 2));
	ASSERT(status == HVPT_OK || status == HVPT_ERR_WRITE_ONLY ||
	       status == HVPT_ERR_PROT);
}

static void check_decoded(const struct hvpt_mapping *is, uint64_t gpa,
			  unsigned prot, unsigned level, bool track,
			  uint64_t iova)
{
	uint64_t size = (uint64_t)4096 << (9 * level);

	ASSERT(is->gpa.value == gpa + iova % size);
	ASSERT(is->prot == prot);
	ASSERT((uint64_t)1 << is->leaf_lg2 == size);
	ASSERT(is->accessed);
	ASSERT(is->dirty == (prot == 3 && !track));
}

void proof(void)
{
	uint64_t gpa = nondet_u64(), iova = nondet_u64(), pte;
	unsigned prot = nondet_u32(), level = nondet_u32(),
		 maxphyaddr = nondet_u32();
	bool track = nondet_bool();
	struct hvpt_mapping is;

	check_prot(prot);
	ASSUME(hvpt_prot_check(prot) == HVPT_OK);
	ASSUME(level < HVPT_LEAF_LEVELS && maxphyaddr >= 36 &&
	       maxphyaddr <= 52);
	ASSUME(gpa >> maxphyaddr == 0);
	ASSUME(gpa % ((uint64_t)4096 << (9 * level)) == 0);
	pte = gpa | hvpt_pte_leaf_bits(level, prot, track);
	ASSERT((pte & must_be_zero(level, maxphyaddr)) == 0);
	/* P, U/S, A; no PWT, PCD, G; PS above level 0; PAT of level 0 clear */
	ASSERT((pte & 0x1bd) == (level ? 0xa5u : 0x25u));
	ASSERT((pte & 2) == (prot & 2));
	ASSERT(hvpt_pte_is_present(pte) && hvpt_pte_is_leaf(pte, level));
	ASSERT(!hvpt_pte_is_table(pte, level));
	ASSERT(hvpt_pte_leaf_gpa(pte, level) == gpa);
	hvpt_pte_decode(pte, level, iova, &is);
	check_decoded(&is, gpa, prot, level, track, iova);
	if (level == 2 && maxphyaddr == 36 && prot == 3)
		REACHED("a writable leaf of 1 GiB");
}
