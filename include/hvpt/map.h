/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/map.h - changing what a device sees: map, unmap, protect, reclaim.
 *
 * The rules at the head of pagetable.h hold: all or nothing, the order of
 * errors, who owns which range.
 *
 * Cost. Where tables are there, a call reads the entries of its range; where
 * they are not, it reads the entry above, however much that spans. Map also
 * writes each leaf and takes a page for each table that the range lacks: for
 * 1 GiB of 4 KiB leaves 262,144 entries and at most 514 pages. It ends at the
 * first page that it does not get. Unmap clears what it removes, but reads
 * tables that are removed whole, once. Protect goes over the leaves twice.
 * Reclaim reads tables that are empty. Nothing here waits or can be
 * interrupted: a caller with a time limit makes long calls in parts, see
 * hvpt_pt_part(). docs/API-CONVENTIONS.md, "Cost", bounds the accesses and the
 * instructions of each call, and of a part.
 */
#ifndef HVPT_MAP_H
#define HVPT_MAP_H

#include "hvpt/internal/pt_leaf.h"
#include "hvpt/pagetable.h"

/**
 * hvpt_pt_part() - how much of a long range to give to one call
 * @pt: the page table
 * @iova: where the rest of the range begins, 4 KiB aligned
 * @length: bytes of the rest, a multiple of 4 KiB
 *
 * A caller that must not work too long at a time gives a range to map, unmap,
 * protect, read_dirty or visit part by part, and may do something else, or
 * stop, after each:
 *
 *	for (done = 0; done < length; done += part) {
 *		part = hvpt_pt_part(&pt, hvpt_iova(first + done),
 *				    length - done);
 *		status = hvpt_pt_unmap(&pt, hvpt_iova(first + done), part,
 *				       &gather, &unmapped);
 *		if (status != HVPT_OK)
 *			break;
 *		...
 *	}
 *
 * No part cuts a leaf that does not reach out of the range, so what is
 * translated at the end is the same as after one call, and a part in the middle
 * of a range needs no page for a split. Parts differ from one call in this:
 * Each is all or nothing by itself. The parts before one that fails, or before
 * the caller stops, stay done: @done says how far they go. A map is undone by
 * an unmap of @done bytes, in parts too, and a flush, because a device may have
 * used them. An unmap can go on from there later; what is in the gather needs
 * its flush either way. One gather may serve all parts. Empty tables that span
 * more than a part stay in the tree, for hvpt_pt_reclaim().
 *
 * Context: any; reads only what hvpt_pt_init() has set.
 * Return: bytes to the next multiple of the largest leaf size, of 2 MiB at
 * least; @length if that is less.
 */
HVPT_INLINE uint64_t hvpt_pt_part(const struct hvpt_pagetable *pt,
				  hvpt_iova_t iova, uint64_t length)
{
	unsigned level = pt->leaf_levels >> 2 ? 2u : 1u;
	uint64_t bytes = HVPT_LEVEL_BYTES(level);
	uint64_t part = bytes - (iova.value & (bytes - 1));

	return part < length ? part : length;
}

/**
 * hvpt_pt_map() - map one contiguous range
 * @pt: the page table
 * @iova: first IOVA, 4 KiB aligned
 * @gpa: first byte it goes to, 4 KiB aligned; 0 is a page like any other
 * @length: bytes, a multiple of 4 KiB, not 0
 * @prot: HVPT_PROT_READ, or HVPT_PROT_READ | HVPT_PROT_WRITE
 * @gather: in/out: where empty table pages go that a large leaf replaces. With
 *	NULL those tables stay, and smaller leaves go into them.
 *
 * On success every byte translates, by the largest leaves that alignment,
 * length and the page-size bitmap allow. If @gather grew, an IOMMU may still
 * know the empty tables: flush and release it before a device uses the range.
 * It grows by one range for all of them. The bytes between them are in the
 * range of the call, where no device has a translation yet. Otherwise a new
 * mapping needs no flush: an IOMMU does not cache what is not present (VT-d
 * 6.1, CM = 0).
 *
 * Takes the table pages that the range lacks: at most 1 for each 2 MiB of
 * 4 KiB leaves and each 1 GiB and 512 GiB touched. No page is taken before all
 * of the range was found empty. A single leaf whose table is there is mapped
 * inline.
 *
 * Return: HVPT_OK; HVPT_ERR_EMPTY; HVPT_ERR_ALIGN; HVPT_ERR_WRAP;
 * HVPT_ERR_IOVA_RANGE; HVPT_ERR_RESERVED; HVPT_ERR_GPA_RANGE; HVPT_ERR_PROT;
 * HVPT_ERR_WRITE_ONLY; HVPT_ERR_OVERLAP; HVPT_ERR_NO_MEMORY;
 * HVPT_ERR_TABLE_PAGE; HVPT_ERR_CONCURRENT.
 */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_map(struct hvpt_pagetable *pt, hvpt_iova_t iova, hvpt_gpa_t gpa,
	    uint64_t length, unsigned prot, struct hvpt_gather *gather)
{
	if (hvpt_pt_try_map_leaf(pt, pt->levels, iova, gpa, length, prot))
		return HVPT_OK;
	return hvpt_pt_map_range(pt, iova, gpa, length, prot, gather);
}

/**
 * hvpt_pt_unmap() - take a range away from devices
 * @pt: the page table
 * @iova: first IOVA, 4 KiB aligned
 * @length: bytes, a multiple of 4 KiB, not 0
 * @gather: in/out: what to flush, and the tables that left the tree
 * @unmapped: out: bytes of the range that were mapped
 *
 * Whatever of the range is mapped is removed. Holes are passed over: a range
 * with nothing in it, not even an empty table, is a success and adds nothing to
 * @gather. Tables that lie wholly inside the range are detached into @gather.
 *
 * A large leaf that the range cuts is split. The rest of it keeps translating,
 * with its permission, A and D; at most 4 pages are taken for this, and none
 * otherwise. @gather then covers the whole former leaf, which an IOMMU may have
 * cached as one, and carries the split (pagetable.h, "Split leaves").
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
 * @prot: as for hvpt_pt_map()
 * @gather: in/out, or NULL: as for hvpt_pt_map()
 *
 * As hvpt_pt_map(), which says the effects. Segments that touch in gpa count as
 * one.
 *
 * Return: as hvpt_pt_map(). HVPT_ERR_EMPTY: no segment, or one of length 0;
 * HVPT_ERR_WRAP: the sum of the lengths, or the range, passes 2^64.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_map_list(struct hvpt_pagetable *pt, hvpt_iova_t iova,
		 const struct hvpt_segment *segments, size_t count,
		 unsigned prot, struct hvpt_gather *gather);

/**
 * hvpt_pt_protect() - change the permission of a mapped range
 * @pt: the page table
 * @iova: first IOVA, 4 KiB aligned
 * @length: bytes, a multiple of 4 KiB, not 0; every page of it mapped
 * @prot: the new permission, as for hvpt_pt_map()
 * @gather: in/out: what changed, to be flushed. Also when permissions grow:
 *	an IOMMU may cache a refusal.
 *
 * A large leaf that the range cuts is split first, as hvpt_pt_unmap() does; at
 * most 4 pages are taken. Gpa, A and D stay, but D is set in what becomes
 * writable, unless dirty pages are tracked. Leaves that have @prot already are
 * left alone and not gathered.
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
 * Tables that lie wholly inside the range and map nothing are detached. No
 * translation changes. Small unmaps leave such tables behind on purpose, for
 * the next map to find; no pattern of calls can keep them from this call. Two
 * kinds of table stay: the root; and, where the IOVA form ends inside the span
 * of a table, that table, at most one for each level and half.
 *
 * Return: HVPT_OK, also when there was none; HVPT_ERR_EMPTY; HVPT_ERR_ALIGN;
 * HVPT_ERR_WRAP; HVPT_ERR_IOVA_RANGE.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_reclaim(struct hvpt_pagetable *pt, hvpt_iova_t iova, uint64_t length,
		struct hvpt_gather *gather, uint64_t *reclaimed);

HVPT_EXTERN_C_END

#endif /* HVPT_MAP_H */
