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

/* More segments, each at most 2^52 bytes, might pass 2^64 together. */
#define HVPT_MAP_MANY ((size_t)1 << 11)

/* EMPTY and WRAP, exactly. */
static HVPT_NOINLINE enum hvpt_status
hvpt_map_check_lengths(const struct hvpt_segment *segments, size_t count)
{
	enum hvpt_status status = HVPT_OK;
	uint64_t sum = 0;

	for (; count > 0; count--, segments++) {
		if (segments->length == 0)
			return HVPT_ERR_EMPTY;
		sum += segments->length;
		if (sum < segments->length)
			status = HVPT_ERR_WRAP;
	}
	return status;
}

/*
 * Which rule is broken first? Sets *@sum to all the bytes. A few instructions
 * a segment gather what is wrong with any; only then they are looked at one by
 * one.
 */
static enum hvpt_status
hvpt_map_check(const struct hvpt_pagetable *pt, uint64_t iova,
	       const struct hvpt_segment *segments, size_t count, unsigned prot,
	       uint64_t *sum)
{
	uint64_t bits = iova, high = 0, bytes = 0;
	enum hvpt_status status = HVPT_OK;
	size_t i;

	for (i = 0; i < count; i++) {
		uint64_t gpa = segments[i].gpa.value;
		uint64_t length = segments[i].length;

		bits |= gpa | length;
		bytes += length;
		/* a length of 0 sets all bits; one above 2^52 those above */
		high |= gpa | (length - 1) | (gpa + (length - 1));
	}
	*sum = bytes;
	high >>= HVPT_GPA_LG2;
	if (high || count >= HVPT_MAP_MANY)
		status = hvpt_map_check_lengths(segments, count);
	if (count == 0 || status == HVPT_ERR_EMPTY)
		return HVPT_ERR_EMPTY;
	if (bits & (HVPT_PAGE_BYTES - 1))
		return HVPT_ERR_ALIGN;
	if (status == HVPT_OK)
		status = hvpt_range_check(pt, iova, bytes);
	if (status != HVPT_OK)
		return status;
	if (HVPT_UNLIKELY(!pt->plain) &&
	    hvpt_range_is_reserved(pt, iova, iova + (bytes - 1)))
		return HVPT_ERR_RESERVED;
	return high ? HVPT_ERR_GPA_RANGE : hvpt_prot_check(prot);
}

/* ---- calls ----------------------------------------------------------- */

/* Maps to a part of one level 0 table, @pages from @slot on. */
static enum hvpt_status hvpt_map_part(uint64_t *slot, unsigned pages,
				      const struct hvpt_segment *segments,
				      uint64_t bits)
{
	uint64_t *end = HVPT_SLOT(slot, pages);

	if (!hvpt_entries_are_zero(slot, pages))
		return HVPT_ERR_OVERLAP;
	for (; slot != end; segments++) {
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
	unsigned pages;
	enum hvpt_status status = hvpt_map_check(pt, iova.value, segments,
						 count, prot, &bytes);

	if (status != HVPT_OK)
		return status;
	call.bits = hvpt_pte_leaf_bits(0, prot, pt->track_dirty);
	slot = hvpt_part_slot(pt, iova.value, bytes);
	if (!slot) {
		call.range.first = iova;
		call.range.last = hvpt_iova(iova.value + (bytes - 1));
		call.segments = segments;
		call.count = count;
		call.gather = gather;
		return hvpt_map_steps(pt, &call);
	}
	pages = (unsigned)(bytes >> HVPT_PAGE_LG2);
	status = hvpt_map_part(slot, pages, segments, call.bits);
	if (HVPT_UNLIKELY(pt->noncoherent) && status == HVPT_OK)
		hvpt_leaves_write_back(pt, iova.value, slot, pages);
	return status;
}

/* ---- contiguous ------------------------------------------------------ */

/* What a short call asks of the rest of its arguments. */
static bool hvpt_map_is_plain(const struct hvpt_pagetable *pt, uint64_t gpa,
			      uint64_t length, unsigned prot)
{
	return pt->plain && !(gpa & (HVPT_PAGE_BYTES - 1)) &&
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
	if (hvpt_map_is_plain(pt, gpa.value, length, prot))
		slot = hvpt_part_slot(pt, iova.value, length);
	if (!slot)
		return hvpt_pt_map_list(pt, iova, &segment, 1, prot, gather);
	return hvpt_map_part(slot, (unsigned)(length >> HVPT_PAGE_LG2),
			     &segment,
			     hvpt_pte_leaf_bits(0, prot, pt->track_dirty));
}
