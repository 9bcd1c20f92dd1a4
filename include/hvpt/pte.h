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
 * With A (and D) preset, the walker makes no locked update, which it could not
 * make in tables that it can only read. Permissions multiply over the
 * levels (SDM vol. 3A 4.6), so table entries allow everything and the leaf
 * alone decides. A non-present entry is all zero.
 */
#ifndef HVPT_PTE_H
#define HVPT_PTE_H

#include "hvpt/addr.h"
#include "hvpt/status.h"

/* Bits of an entry. */
#define HVPT_PTE_PRESENT ((uint64_t)1 << 0)  /* SDM table 4-20, bit 0 */
#define HVPT_PTE_WRITE ((uint64_t)1 << 1)    /* SDM table 4-20, bit 1 */
#define HVPT_PTE_USER ((uint64_t)1 << 2)     /* SDM table 4-20, bit 2 */
#define HVPT_PTE_ACCESSED ((uint64_t)1 << 5) /* SDM table 4-20, bit 5 */
#define HVPT_PTE_DIRTY ((uint64_t)1 << 6)    /* SDM table 4-20, bit 6 */
#define HVPT_PTE_LARGE ((uint64_t)1 << 7)    /* SDM tables 4-16, 4-18, bit 7 */

/*
 * Software's own bit (SDM table 4-20: 11:9 ignored), in table entries for a
 * walker that does not snoop caches: this entry and the table below it were
 * written back.
 */
#define HVPT_PTE_CLEAN ((uint64_t)1 << 11)

/* Address bits 51:12, SDM vol. 3A 4.5 with the widest MAXPHYADDR. */
#define HVPT_PTE_ADDR                                                          \
	((((uint64_t)1 << HVPT_GPA_LG2) - 1) & ~(HVPT_PAGE_BYTES - 1))

/* What each table entry has, and each leaf. */
#define HVPT_PTE_TABLE_BITS                                                    \
	(HVPT_PTE_PRESENT | HVPT_PTE_WRITE | HVPT_PTE_USER | HVPT_PTE_ACCESSED)
#define HVPT_PTE_LEAF_BITS                                                     \
	(HVPT_PTE_PRESENT | HVPT_PTE_USER | HVPT_PTE_ACCESSED)

/* Permissions of a mapping. Write needs read: the format has no write-only. */
#define HVPT_PROT_READ 1u
#define HVPT_PROT_WRITE 2u
#define HVPT_PROT_MASK (HVPT_PROT_READ | HVPT_PROT_WRITE)

/**
 * hvpt_prot_check() - can @prot be expressed?
 * @prot: HVPT_PROT_READ and HVPT_PROT_WRITE
 *
 * Return: HVPT_OK; HVPT_ERR_PROT if no bit or an unknown bit is set;
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

#endif /* HVPT_PTE_H */
