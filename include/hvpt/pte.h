/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/pte.h - the x86-64 stage-1 entry format.
 *
 * One format, three readers: the processor's own 4- and 5-level paging (SDM
 * vol. 3A, 4.5 and tables 4-14 to 4-20), VT-d first-stage translation (VT-d
 * specification 3.6 and 9.7) and AMD's guest (v2) tables (AMD IOMMU
 * specification 2.2.6, APM vol. 2, 5.3). hvpt writes what all three accept:
 *
 *   bit    name   table entry        leaf
 *   0      P      1                  1
 *   1      R/W    1                  writes allowed
 *   2      U/S    1                  1: VT-d refuses DMA to supervisor pages
 *   3,4    PWT,PCD 0                 0: write-back memory type
 *   5      A      1                  1: preset, see below
 *   6      D      0                  set with R/W unless dirty is tracked
 *   7      PS/PAT 0                  1 at levels 1 and 2, 0 at level 0
 *   8      G      0                  0
 *   10:9   -      0                  0
 *   11     -      see CLEAN below    0
 *   51:12  addr   the lower table    the page; below its size all 0
 *   62:52  -      0                  0: bits 62:59 may be a protection key
 *   63     XD     0                  0: reserved in VT-d unless it is enabled
 *
 * Presetting A (and D) spares the walker a locked update, which it could not
 * make at all in tables it can only read. Permissions multiply over the
 * levels (SDM vol. 3A 4.6), so table entries allow everything and the leaf
 * alone decides. A non-present entry is all zero.
 */
#ifndef HVPT_PTE_H
#define HVPT_PTE_H

#include "hvpt/addr.h"
#include "hvpt/status.h"

#define HVPT_PTE_PRESENT ((uint64_t)1 << 0)  /* SDM table 4-20, bit 0 */
#define HVPT_PTE_WRITE ((uint64_t)1 << 1)    /* SDM table 4-20, bit 1 */
#define HVPT_PTE_USER ((uint64_t)1 << 2)     /* SDM table 4-20, bit 2 */
#define HVPT_PTE_ACCESSED ((uint64_t)1 << 5) /* SDM table 4-20, bit 5 */
#define HVPT_PTE_DIRTY ((uint64_t)1 << 6)    /* SDM table 4-20, bit 6 */
#define HVPT_PTE_LARGE ((uint64_t)1 << 7)    /* SDM tables 4-16, 4-18, bit 7 */

/*
 * Software's own bit (SDM table 4-20: 11:9 ignored), in table entries under a
 * walker which does not snoop caches: this entry and the table below it have
 * been written back.
 */
#define HVPT_PTE_CLEAN ((uint64_t)1 << 11)

/* Address bits 51:12, SDM vol. 3A 4.5 with the widest MAXPHYADDR. */
#define HVPT_PTE_ADDR                                                          \
	((((uint64_t)1 << HVPT_GPA_LG2) - 1) & ~(HVPT_PAGE_BYTES - 1))

#define HVPT_PTE_TABLE_BITS                                                    \
	(HVPT_PTE_PRESENT | HVPT_PTE_WRITE | HVPT_PTE_USER | HVPT_PTE_ACCESSED)
#define HVPT_PTE_LEAF_BITS                                                     \
	(HVPT_PTE_PRESENT | HVPT_PTE_USER | HVPT_PTE_ACCESSED)

/* Permissions of a mapping. Write needs read: the format has no write-only. */
#define HVPT_PROT_READ 1u
#define HVPT_PROT_WRITE 2u
#define HVPT_PROT_MASK (HVPT_PROT_READ | HVPT_PROT_WRITE)

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

/**
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

/**
 * hvpt_prot_check() - is @prot expressible?
 *
 * Return: HVPT_OK; HVPT_ERR_PROT when no bit or an unknown bit is set;
 * HVPT_ERR_WRITE_ONLY for write without read.
 */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status hvpt_prot_check(unsigned prot)
{
	if (!prot || (prot & ~HVPT_PROT_MASK))
		return HVPT_ERR_PROT;
	if (!(prot & HVPT_PROT_READ))
		return HVPT_ERR_WRITE_ONLY;
	return HVPT_OK;
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

#endif /* HVPT_PTE_H */
