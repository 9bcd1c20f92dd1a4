/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/map.h - changing what a device sees: map, unmap, protect, reclaim.
 *
 * The rules at the head of pagetable.h hold: all or nothing, refuse and never
 * clamp, the order of errors, who owns which range.
 *
 * Cost. Where tables are there, a call reads the entries of its range; where
 * they are not, the entry above, however much that spans. Beyond that map
 * writes each leaf and takes a page for each table the range lacks: for 1 GiB
 * of 4 KiB leaves 262,144 entries and at most 514 pages. It ends at the first
 * page it does not get. unmap clears what it removes, but reads tables that go
 * whole, once; protect goes over the leaves twice; reclaim reads tables that
 * are empty. Nothing here waits or can be interrupted, so a caller with a limit
 * splits a long range into several calls, at multiples of the largest leaf
 * size. They come to the same as one call, but all or nothing holds for each by
 * itself: when one fails, unmap what those before have mapped.
 */
#ifndef HVPT_MAP_H
#define HVPT_MAP_H

#include "hvpt/pagetable.h"

/* ---- map ------------------------------------------------------------- */

/** One piece of a scatter list: page-aligned, a page multiple, not empty. */
struct hvpt_segment {
	hvpt_gpa_t gpa;
	uint64_t length;
};

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_pt_map_list() - map a scatter list to one contiguous IOVA range
 * @pt: the page table
 * @iova: first IOVA, 4 KiB aligned
 * @segments: in: what to map, in this order, back to back. Nobody may change
 *	the array before the call returns, the page hook included. Where the
 *	hook did, the call returns HVPT_ERR_CONCURRENT and maps nothing.
 * @count: how many segments, at least 1
 * @prot: HVPT_PROT_READ, or HVPT_PROT_READ | HVPT_PROT_WRITE
 * @gather: in/out: where a large leaf may put empty table pages it replaces;
 *	NULL keeps those tables and uses smaller leaves in them
 *
 * On success every byte translates, by the largest leaves that alignment,
 * length and the page-size bitmap allow; segments which touch in gpa count as
 * one. When @gather grew, flush and release it before a device uses the
 * range, for the IOMMU may still know the empty tables. It grows by one range
 * for all of them: what lies between is in the range of the call, where no
 * device has a translation yet that could be lost. Otherwise a new
 * mapping needs no flush: an IOMMU does not cache what is not present (VT-d
 * 6.1, CM = 0).
 *
 * Takes at most the table pages the range lacks: 1 for each 2 MiB of 4 KiB
 * leaves and each 1 GiB and 512 GiB touched, when none was there.
 *
 * Return: HVPT_OK; HVPT_ERR_EMPTY (no segment, or one of length 0);
 * HVPT_ERR_ALIGN; HVPT_ERR_WRAP (the sum, or the range, passes 2^64);
 * HVPT_ERR_IOVA_RANGE; HVPT_ERR_RESERVED; HVPT_ERR_GPA_RANGE; HVPT_ERR_PROT;
 * HVPT_ERR_WRITE_ONLY; HVPT_ERR_OVERLAP; HVPT_ERR_NO_MEMORY;
 * HVPT_ERR_TABLE_PAGE; HVPT_ERR_CONCURRENT.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_map_list(struct hvpt_pagetable *pt, hvpt_iova_t iova,
		 const struct hvpt_segment *segments, size_t count,
		 unsigned prot, struct hvpt_gather *gather);

/* Out-of-line part of hvpt_pt_map(); does all of it. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_map_range(struct hvpt_pagetable *pt, hvpt_iova_t iova, hvpt_gpa_t gpa,
		  uint64_t length, unsigned prot, struct hvpt_gather *gather);

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

/**
 * hvpt_pt_leaf_slot() - the slot of exactly one leaf, if that is simple
 *
 * Return: the slot of a leaf of @length bytes at @iova when the size is
 * allowed, the range valid and its table there; else NULL, which says
 * nothing about why.
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

/** Maps one leaf if its table is there and all is well; else does nothing. */
HVPT_INLINE bool hvpt_pt_try_map_leaf(struct hvpt_pagetable *pt,
				      unsigned levels, hvpt_iova_t iova,
				      hvpt_gpa_t gpa, uint64_t length,
				      unsigned prot)
{
	uint64_t *slot;

	if ((gpa.value & (length - 1)) || (gpa.value >> HVPT_GPA_LG2) ||
	    !pt->plain || hvpt_prot_check(prot) != HVPT_OK)
		return false;
	slot = hvpt_pt_leaf_slot(pt, levels, iova.value, length);
	if (!slot || hvpt_pte_load(slot) != 0)
		return false;
	hvpt_pte_store(slot,
		       gpa.value | hvpt_pte_leaf_bits(hvpt_leaf_level(length),
						      prot, pt->track_dirty));
	return true;
}

/**
 * hvpt_pt_map() - map one contiguous range
 * @pt: the page table
 * @iova: first IOVA, 4 KiB aligned
 * @gpa: first byte it goes to, 4 KiB aligned; 0 is a page like any other
 * @length: bytes, a multiple of 4 KiB, not 0
 * @prot: HVPT_PROT_READ, or HVPT_PROT_READ | HVPT_PROT_WRITE
 * @gather: in/out, or NULL
 *
 * As hvpt_pt_map_list() with one segment; errors and effects are said there.
 * A single leaf whose table exists is mapped inline.
 */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_map(struct hvpt_pagetable *pt, hvpt_iova_t iova, hvpt_gpa_t gpa,
	    uint64_t length, unsigned prot, struct hvpt_gather *gather)
{
	if (hvpt_pt_try_map_leaf(pt, pt->levels, iova, gpa, length, prot))
		return HVPT_OK;
	return hvpt_pt_map_range(pt, iova, gpa, length, prot, gather);
}

/* ---- unmap, protect, reclaim ----------------------------------------- */

HVPT_EXTERN_C_BEGIN

/* Out-of-line part of hvpt_pt_unmap(); does all of it. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_unmap_range(struct hvpt_pagetable *pt, hvpt_iova_t iova,
		    uint64_t length, struct hvpt_gather *gather,
		    uint64_t *unmapped);

/**
 * hvpt_pt_protect() - change the permission of a mapped range
 * @pt: the page table
 * @iova: first IOVA, 4 KiB aligned
 * @length: bytes, a multiple of 4 KiB, not 0; every page of it mapped
 * @prot: the new permission, as for hvpt_pt_map()
 * @gather: in/out: what changed, to be flushed. Also when permissions grow:
 *	an IOMMU may cache a refusal.
 *
 * A large leaf which the range cuts is split first, into equivalent smaller
 * leaves, as hvpt_pt_unmap() does; at most 4 pages are taken. Gpa, A and D
 * stay, but D is set in what becomes writable, unless dirty pages are tracked.
 * Leaves which have @prot already are left alone and not gathered.
 *
 * Return: HVPT_OK; HVPT_ERR_EMPTY; HVPT_ERR_ALIGN; HVPT_ERR_WRAP;
 * HVPT_ERR_IOVA_RANGE; HVPT_ERR_PROT; HVPT_ERR_WRITE_ONLY;
 * HVPT_ERR_NOT_MAPPED; HVPT_ERR_NO_MEMORY; HVPT_ERR_TABLE_PAGE;
 * HVPT_ERR_CONCURRENT.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_protect(struct hvpt_pagetable *pt, hvpt_iova_t iova, uint64_t length,
		unsigned prot, struct hvpt_gather *gather);

/**
 * hvpt_pt_reclaim() - take empty tables out of the tree
 * @pt: the page table
 * @iova: first IOVA, 4 KiB aligned
 * @length: bytes, a multiple of 4 KiB, not 0
 * @gather: in/out: the tables, and the ranges they spanned
 * @reclaimed: out: how many tables went into @gather
 *
 * Tables which lie wholly inside the range and map nothing are detached. No
 * translation changes. Small unmaps leave such tables behind on purpose, for
 * the next map to find; a hostile pattern cannot keep them from this call.
 * The root always stays; so does, where the IOVA form ends inside the span of
 * a table, that table: at most one for each level and half.
 *
 * Return: HVPT_OK, also when there was none; HVPT_ERR_EMPTY; HVPT_ERR_ALIGN;
 * HVPT_ERR_WRAP; HVPT_ERR_IOVA_RANGE.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_reclaim(struct hvpt_pagetable *pt, hvpt_iova_t iova, uint64_t length,
		struct hvpt_gather *gather, uint64_t *reclaimed);

HVPT_EXTERN_C_END

/** Unmaps exactly one leaf if that is simple; else does nothing. */
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

/**
 * hvpt_pt_unmap() - take a range away from devices
 * @pt: the page table
 * @iova: first IOVA, 4 KiB aligned
 * @length: bytes, a multiple of 4 KiB, not 0
 * @gather: in/out: what to flush, and the tables that left the tree
 * @unmapped: out: bytes of the range that were mapped
 *
 * Whatever of the range is mapped goes; holes are passed over, and a range
 * with nothing in it, not even an empty table, is a success that owes
 * nothing. A large leaf which the range cuts is split: the rest of it keeps
 * translating, permission, A and D carried over; at most 4 pages are taken
 * for that, and none otherwise. The gather then covers the whole former leaf,
 * which an IOMMU may have cached as one, and carries the split (pagetable.h,
 * "Split leaves"). Tables which lie wholly inside the range are detached into
 * the gather.
 *
 * Return: HVPT_OK; HVPT_ERR_EMPTY; HVPT_ERR_ALIGN; HVPT_ERR_WRAP;
 * HVPT_ERR_IOVA_RANGE; HVPT_ERR_NO_MEMORY, HVPT_ERR_TABLE_PAGE and
 * HVPT_ERR_CONCURRENT only when a large leaf is cut.
 */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_unmap(struct hvpt_pagetable *pt, hvpt_iova_t iova, uint64_t length,
	      struct hvpt_gather *gather, uint64_t *unmapped)
{
	if (!hvpt_pt_try_unmap_leaf(pt, pt->levels, iova, length))
		return hvpt_pt_unmap_range(pt, iova, length, gather, unmapped);
	hvpt_gather_add(gather, iova, hvpt_iova(iova.value + (length - 1)));
	*unmapped = length;
	return HVPT_OK;
}

#endif /* HVPT_MAP_H */
