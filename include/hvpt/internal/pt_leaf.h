/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/internal/pt_leaf.h - mapping and unmapping one leaf inline.
 *
 * For the inline functions of map.h; not for users.
 */
#ifndef HVPT_INTERNAL_PT_LEAF_H
#define HVPT_INTERNAL_PT_LEAF_H

#include "hvpt/gather.h"
#include "hvpt/internal/pt_walk.h"

HVPT_EXTERN_C_BEGIN

/* hvpt_pt_map(), out of line. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_map_range(struct hvpt_pagetable *pt, hvpt_iova_t iova, hvpt_gpa_t gpa,
		  uint64_t length, unsigned prot, struct hvpt_gather *gather);

/* hvpt_pt_unmap(), out of line. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_unmap_range(struct hvpt_pagetable *pt, hvpt_iova_t iova,
		    uint64_t length, struct hvpt_gather *gather,
		    uint64_t *unmapped);

HVPT_EXTERN_C_END

/** The level whose leaf has @length bytes; HVPT_LEAF_LEVELS: none has. */
HVPT_INLINE unsigned hvpt_leaf_level(uint64_t length)
{
	if (length == HVPT_LEVEL_BYTES(0u))
		return 0;
	if (length == HVPT_LEVEL_BYTES(1u))
		return 1;
	return length == HVPT_LEVEL_BYTES(2u) ? 2u : HVPT_LEAF_LEVELS;
}

/*
 * hvpt_pt_leaf_slot() - find the slot of exactly one leaf
 *
 * Return: the slot of a leaf of @length bytes at @iova if that size is allowed,
 * the range is valid and its table is there; else NULL, which says nothing
 * about why.
 */
HVPT_INLINE uint64_t *hvpt_pt_leaf_slot(const struct hvpt_pagetable *pt,
					unsigned levels, uint64_t iova,
					uint64_t length)
{
	unsigned level = hvpt_leaf_level(length);

	/* 4 KiB is always allowed */
	if (level > 0 && !((unsigned)pt->leaf_levels >> level & 1u))
		return NULL;
	if (iova & (length - 1))
		return NULL;
	if (!hvpt_pt_in_form(pt, iova, iova + (length - 1)))
		return NULL;
	return hvpt_pt_slot(pt, levels, iova, level);
}

/** Maps one leaf if its table is there and all is valid; else does nothing. */
HVPT_INLINE bool hvpt_pt_try_map_leaf(struct hvpt_pagetable *pt,
				      unsigned levels, hvpt_iova_t iova,
				      hvpt_gpa_t gpa, uint64_t length,
				      unsigned prot)
{
	uint64_t *slot;

	if ((gpa.value & (length - 1)) || (gpa.value >> HVPT_GPA_LG2) ||
	    !hvpt_pt_is_plain(pt, iova.value, iova.value + (length - 1)) ||
	    hvpt_prot_check(prot) != HVPT_OK)
		return false;
	slot = hvpt_pt_leaf_slot(pt, levels, iova.value, length);
	if (!slot || hvpt_pte_load(slot) != 0)
		return false;
	hvpt_pte_store(slot,
		       gpa.value | hvpt_pte_leaf_bits(hvpt_leaf_level(length),
						      prot, pt->track_dirty));
	return true;
}

/** Unmaps the range if it is exactly one leaf; else does nothing. */
HVPT_INLINE bool hvpt_pt_try_unmap_leaf(struct hvpt_pagetable *pt,
					unsigned levels, hvpt_iova_t iova,
					uint64_t length)
{
	uint64_t *slot = hvpt_pt_leaf_slot(pt, levels, iova.value, length);

	if (!slot || pt->noncoherent ||
	    !hvpt_pte_is_leaf(hvpt_pte_load(slot), hvpt_leaf_level(length)))
		return false;
	hvpt_pte_store(slot, 0);
	return true;
}

#endif /* HVPT_INTERNAL_PT_LEAF_H */
