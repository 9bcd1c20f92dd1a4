/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * map.c - the map calls.
 *
 * Most ranges are a part of one level 0 table that is there: they lack no table
 * and take no large leaf. Such a range is mapped here. Any other range is
 * mapped step by step, see map_steps.c.
 */
#include "pt_internal.h"

/* ---- arguments ------------------------------------------------------- */

/*
 * Checks all rules in their order. Sets *@bytes to the length of the segments
 * together. One pass over the segments gathers what is wrong with any of them.
 */
static enum hvpt_status
hvpt_map_check(const struct hvpt_pagetable *pt, uint64_t iova,
	       const struct hvpt_segment *segments, size_t count, unsigned prot,
	       uint64_t *bytes)
{
	uint64_t align = iova, high = 0, sum = 0;
	bool empty = count == 0, wraps = false;
	enum hvpt_status status;

	for (; count > 0; count--, segments++) {
		uint64_t gpa = segments->gpa.value, length = segments->length;

		sum += length;
		empty |= length == 0;
		wraps |= sum < length;
		align |= gpa | length;
		high |= gpa | (length - 1) | (gpa + (length - 1));
	}
	*bytes = sum;
	if (empty)
		return HVPT_ERR_EMPTY;
	if (align & (HVPT_PAGE_BYTES - 1))
		return HVPT_ERR_ALIGN;
	if (wraps)
		return HVPT_ERR_WRAP;
	status = hvpt_range_check(pt, iova, sum);
	if (status != HVPT_OK)
		return status;
	if ((HVPT_PORT_SMALL ||
	     !hvpt_pt_is_plain(pt, iova, iova + (sum - 1))) &&
	    hvpt_range_is_reserved(pt, iova, iova + (sum - 1)))
		return HVPT_ERR_RESERVED;
	return high >> HVPT_GPA_LG2 ? HVPT_ERR_GPA_RANGE :
				      hvpt_prot_check(prot);
}

/* ---- calls ----------------------------------------------------------- */

/* Maps to a part of one level 0 table: @pages, from @slot on. */
static enum hvpt_status hvpt_map_part(uint64_t *slot, unsigned pages,
				      const struct hvpt_segment *segments,
				      size_t count, uint64_t bits)
{
	if (!hvpt_entries_are_zero(slot, pages))
		return HVPT_ERR_OVERLAP;
	for (; count; count--, segments++) {
		uint64_t pte = segments->gpa.value | bits;
		unsigned n = (unsigned)(segments->length >> HVPT_PAGE_LG2);

		if (n == 1)
			hvpt_pte_store(slot, pte);
		else
			hvpt_entries_fill(slot, n, pte, 0);
		slot = HVPT_SLOT(slot, n);
	}
	return HVPT_OK;
}

enum hvpt_status hvpt_pt_map_list(struct hvpt_pagetable *pt, hvpt_iova_t iova,
				  const struct hvpt_segment *segments,
				  size_t count, unsigned prot,
				  struct hvpt_gather *gather)
{
	struct hvpt_map_call call;
	uint64_t bytes, *slot;
	enum hvpt_status status = hvpt_map_check(pt, iova.value, segments,
						 count, prot, &bytes);

	if (status != HVPT_OK)
		return status;
	call.bits = hvpt_pte_leaf_bits(0, prot, pt->track_dirty);
	slot = hvpt_part_slot(pt, iova.value, bytes);
	if (slot && !pt->noncoherent)
		return hvpt_map_part(slot, (unsigned)(bytes >> HVPT_PAGE_LG2),
				     segments, count, call.bits);
	call.range.first = iova;
	call.range.last = hvpt_iova(iova.value + (bytes - 1));
	call.segments = segments;
	call.count = count;
	call.gather = gather;
	return hvpt_map_steps(pt, &call);
}

/* Does a map of the range only write entries, as far as @pt is concerned? */
static bool hvpt_map_only_writes(const struct hvpt_pagetable *pt, uint64_t iova,
				 uint64_t length)
{
	uint64_t last = iova + (length - 1);

	return hvpt_pt_is_plain(pt, iova, last) ||
	       (!pt->noncoherent && !hvpt_range_is_reserved(pt, iova, last));
}

/*
 * Is a map of one segment valid, but for the form of its range? Small builds do
 * not ask: they find no slot.
 */
static bool hvpt_map_is_plain(const struct hvpt_pagetable *pt, uint64_t iova,
			      uint64_t gpa, uint64_t length, unsigned prot)
{
	return !HVPT_PORT_SMALL && hvpt_map_only_writes(pt, iova, length) &&
	       !(gpa & (HVPT_PAGE_BYTES - 1)) &&
	       !((gpa | (gpa + (length - 1))) >> HVPT_GPA_LG2) &&
	       hvpt_prot_check(prot) == HVPT_OK;
}

enum hvpt_status hvpt_pt_map_range(struct hvpt_pagetable *pt, hvpt_iova_t iova,
				   hvpt_gpa_t gpa, uint64_t length,
				   unsigned prot, struct hvpt_gather *gather)
{
	struct hvpt_segment segment;
	uint64_t *slot = NULL;

	segment.gpa = gpa;
	segment.length = length;
	if (hvpt_map_is_plain(pt, iova.value, gpa.value, length, prot))
		slot = hvpt_part_slot(pt, iova.value, length);
	if (!slot)
		return hvpt_pt_map_list(pt, iova, &segment, 1, prot, gather);
	return hvpt_map_part(slot, (unsigned)(length >> HVPT_PAGE_LG2),
			     &segment, 1,
			     hvpt_pte_leaf_bits(0, prot, pt->track_dirty));
}
