/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/internal/pte_access.h - reading and writing entries.
 *
 * For the inline functions of the headers and for the core; not for users.
 */
#ifndef HVPT_INTERNAL_PTE_ACCESS_H
#define HVPT_INTERNAL_PTE_ACCESS_H

#include "hvpt/pte.h"

/*
 * Every access to an entry goes through HVPT_SLOT and the functions below, so
 * that proofs and tests can put something else in a table's place.
 */
#ifndef HVPT_SLOT
#define HVPT_SLOT(table, index) (&(table)[index])
#endif

/** Index into the table of @level for @iova: SDM vol. 3A, figure 4-8. */
HVPT_INLINE unsigned hvpt_pte_index(uint64_t iova, unsigned level)
{
	return (unsigned)(iova >> HVPT_LEVEL_LG2(level)) &
	       (HVPT_TABLE_ENTRIES - 1u);
}

HVPT_INLINE bool hvpt_pte_is_present(uint64_t pte)
{
	return (pte & HVPT_PTE_PRESENT) != 0;
}

/*
 * hvpt_pte_is_table() - does a present entry of @level point at a lower table?
 *
 * At level 0 bit 7 is PAT, not PS, and every present entry is a leaf.
 */
HVPT_INLINE bool hvpt_pte_is_table(uint64_t pte, unsigned level)
{
	return level > 0 &&
	       (pte & (HVPT_PTE_PRESENT | HVPT_PTE_LARGE)) == HVPT_PTE_PRESENT;
}

HVPT_INLINE bool hvpt_pte_is_leaf(uint64_t pte, unsigned level)
{
	return hvpt_pte_is_present(pte) && !hvpt_pte_is_table(pte, level);
}

/** First gpa a leaf of @level maps; the bits below its size are not address. */
HVPT_INLINE uint64_t hvpt_pte_leaf_gpa(uint64_t pte, unsigned level)
{
	return pte & HVPT_PTE_ADDR & ~(HVPT_LEVEL_BYTES(level) - 1);
}

HVPT_INLINE unsigned hvpt_pte_prot(uint64_t pte)
{
	return HVPT_PROT_READ | ((pte & HVPT_PTE_WRITE) ? HVPT_PROT_WRITE : 0u);
}

/**
 * hvpt_pte_leaf_bits() - everything of a leaf but its address
 * @level: 0, 1 or 2
 * @prot: a valid permission, see hvpt_prot_check()
 * @track_dirty: leave D for the walker to set
 */
HVPT_INLINE uint64_t hvpt_pte_leaf_bits(unsigned level, unsigned prot,
					bool track_dirty)
{
	uint64_t bits = HVPT_PTE_LEAF_BITS;

	if (prot & HVPT_PROT_WRITE)
		bits |= HVPT_PTE_WRITE | (track_dirty ? 0 : HVPT_PTE_DIRTY);
	if (level > 0)
		bits |= HVPT_PTE_LARGE;
	return bits;
}

/* One 64-bit access each; a walker and other threads may be at the slot. */

HVPT_INLINE uint64_t hvpt_pte_load(const uint64_t *slot)
{
	return HVPT_PORT_LOAD(slot);
}

/** For entries whose table is about to be read. */
HVPT_INLINE uint64_t hvpt_pte_load_table(const uint64_t *slot)
{
	return HVPT_PORT_LOAD_ACQUIRE(slot);
}

HVPT_INLINE void hvpt_pte_store(uint64_t *slot, uint64_t pte)
{
	HVPT_PORT_STORE(slot, pte);
}

/** Publishes @pte if the slot still holds *@seen; else refreshes *@seen. */
HVPT_INLINE bool hvpt_pte_replace(uint64_t *slot, uint64_t *seen, uint64_t pte)
{
	return HVPT_PORT_CAS(slot, seen, pte);
}

#endif /* HVPT_INTERNAL_PTE_ACCESS_H */
