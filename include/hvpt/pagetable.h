/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/pagetable.h - stage-1 IO page tables: the object, and looking up.
 *
 * A page table says which guest-physical page a device sees at which IOVA.
 * This header makes a page table, reads it and ends it; map.h changes it;
 * inspect.h shows it, checks it and takes over one that others built. What is
 * said here holds for all three. addr.h defines the words iova, gpa, level,
 * leaf, `last`, `end` and `_lg2`. The life of a page table:
 *
 *	status = hvpt_pt_init(&pt, &config);
 *	...
 *	status = hvpt_pt_map(&pt, iova, gpa, length, prot, NULL);
 *	...
 *	status = hvpt_pt_lookup(&pt, iova, &mapping);
 *	...
 *	hvpt_gather_init(&gather);
 *	status = hvpt_pt_unmap(&pt, iova, length, &gather, &unmapped);
 *	...
 *	hvpt_pt_release(&pt, &gather);
 *	...
 *	hvpt_pt_destroy(&pt);
 *
 * pt_config.h says what @config holds, and gather.h what has to happen between
 * an unmap and the release of its gather.
 *
 * Invariants. These hold before and after every call:
 *   - Each table page has exactly one parent entry. It came from the page hook,
 *     or the caller handed it over with hvpt_pt_adopt().
 *   - A non-present entry is all zero. A present entry has the bits of pte.h.
 *   - A leaf is 4 KiB, 2 MiB or 1 GiB, if the page-size bitmap has that size.
 *   - Nothing is mapped outside the IOVA form, or in a reserved range.
 *
 * All or nothing. A call that does not return HVPT_OK has changed nothing: no
 * translation, no table page, no output, no gather. Pages that it took from the
 * page hook went back. The one exception is HVPT_ERR_CONCURRENT: map, unmap or
 * protect found that another call was changing the same range, against the
 * rules below. What the range translates to is then undefined, and the gather
 * has what was taken away until then.
 *
 * Errors. Bad input is refused, never rounded or clamped. Where several rules
 * are broken, the first in this order decides: EMPTY, ALIGN, WRAP, IOVA_RANGE,
 * then (map) RESERVED, GPA_RANGE, then (map, protect) PROT, WRITE_ONLY, then
 * (read_dirty) FLAGS, then OVERLAP or NOT_MAPPED, then NO_MEMORY, TABLE_PAGE.
 * hvpt_pt_init() and hvpt_pt_adopt() check in the order in which their errors
 * are listed. Pointers must be valid; NULL is allowed only where stated.
 *
 * Locking. There are no locks inside. A call owns the IOVA range it is given:
 * the caller makes sure that no other call that changes anything runs on an
 * overlapping range meanwhile. Calls on disjoint ranges run in parallel, even
 * inside one table. hvpt_pt_lookup() and hvpt_pt_visit() read their range: they
 * may run beside any call on other ranges. To run them beside a call that takes
 * the same range away, release the gather only after a grace period (RCU or the
 * like). hvpt_pt_init(), hvpt_pt_adopt() and hvpt_pt_destroy() own the whole
 * object. Devices may access memory at any time: the accessed and dirty bits
 * that they set in a mapping that stays are never lost.
 *
 * Split leaves. A call that takes away or protects a part of a large leaf
 * splits the leaf, and its gather covers all of it. Until that gather is
 * flushed, an IOMMU may hold the former leaf as one entry, and it need not drop
 * that entry for a flush of less than the whole leaf (VT-d, Invalidate Address
 * Register: the mask must be at least the page's size). A call on another part
 * of the leaf does not know of the split. So the page table counts the splits
 * that are not flushed yet, by size. A gather carries the splits of its calls,
 * and hvpt_pt_release() subtracts them. Before you flush the ranges of a
 * gather, call hvpt_pt_widen(): while the count is not 0 it rounds them outward
 * to the largest leaf that was split. hvpt_domain_flush() does this. A flush of
 * the whole domain needs no ranges. src/pagetable/split.c has the proof.
 *
 * Context. Nothing sleeps, allocates, prints or recurses by itself; the page
 * hooks may do what the caller's context allows. Stack: 256 bytes a frame.
 */
#ifndef HVPT_PAGETABLE_H
#define HVPT_PAGETABLE_H

#include "hvpt/gather.h"
#include "hvpt/internal/pt_walk.h"
#include "hvpt/pt_config.h"
#include "hvpt/pte.h"

/*
 * struct hvpt_pagetable is one page table, in storage of the caller's. All its
 * fields are hvpt's own (hvpt/internal/pt_walk.h). It holds no pointer into
 * itself: it may be moved between calls.
 */

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_pt_init() - make an empty page table
 * @pt: out: the object, storage of the caller's. It must not be a page table in
 *	use, whose tables would be leaked: this is not checked
 * @config: in: may be gone when the call returns, but for ops, ctx and reserved
 *
 * Takes one page, the root.
 *
 * Return: HVPT_OK; HVPT_ERR_OPS when alloc_page or free_page is NULL;
 * HVPT_ERR_LEVELS; HVPT_ERR_WIDTH; HVPT_ERR_IOVA_FORM; HVPT_ERR_PAGE_SIZES;
 * HVPT_ERR_TABLE_MASK; HVPT_ERR_FLAGS, also for HVPT_PT_TRACK_DIRTY with a
 * write_back hook; HVPT_ERR_WRAP when a reserved range ends below its start;
 * HVPT_ERR_NO_MEMORY; HVPT_ERR_TABLE_PAGE when the root came misaligned, above
 * 2^52 or inside table_gpa_mask. After a failure *@pt must not be used.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_init(struct hvpt_pagetable *pt, const struct hvpt_pt_config *config);

HVPT_EXTERN_C_END

/**
 * struct hvpt_mapping - one translation
 * @gpa: where the IOVA that was asked for goes, byte exact
 * @prot: HVPT_PROT_*: what the device may do
 * @leaf_lg2: 12, 21 or 30: the size of the leaf that maps it
 * @accessed: the A bit; hvpt presets it, so only adopted leaves may lack it
 * @dirty: the D bit
 */
struct hvpt_mapping {
	hvpt_gpa_t gpa;
	uint32_t prot;
	uint32_t leaf_lg2;
	bool accessed;
	bool dirty;
};

/**
 * hvpt_pte_decode() - say what a leaf means
 * @pte: a present leaf
 * @level: its level: 0, 1 or 2
 * @iova: an address that it maps; selects the byte inside the leaf
 * @out: out: the translation of @iova
 */
HVPT_INLINE void hvpt_pte_decode(uint64_t pte, unsigned level, uint64_t iova,
				 struct hvpt_mapping *out)
{
	uint64_t offset = iova & (HVPT_LEVEL_BYTES(level) - 1);

	out->gpa = hvpt_gpa(hvpt_pte_leaf_gpa(pte, level) | offset);
	out->prot = hvpt_pte_prot(pte);
	out->leaf_lg2 = HVPT_LEVEL_LG2(level);
	out->accessed = (pte & HVPT_PTE_ACCESSED) != 0;
	out->dirty = (pte & HVPT_PTE_DIRTY) != 0;
}

/**
 * hvpt_pt_lookup_levels() - hvpt_pt_lookup() with the levels as a constant
 * @pt: in
 * @levels: the levels of @pt; as a constant it saves a branch
 * @iova: as for hvpt_pt_lookup()
 * @out: likewise
 *
 * Return: as hvpt_pt_lookup().
 */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_lookup_levels(const struct hvpt_pagetable *pt, unsigned levels,
		      hvpt_iova_t iova, struct hvpt_mapping *out)
{
	unsigned level;
	uint64_t pte;

	if (HVPT_UNLIKELY(!hvpt_pt_in_form(pt, iova.value, iova.value)))
		return HVPT_ERR_IOVA_RANGE;
	pte = hvpt_pt_leaf(pt, levels, iova.value, &level);
	if (!hvpt_pte_is_present(pte))
		return HVPT_ERR_NOT_MAPPED;
	/* most leaves are small: theirs is code with constants */
	if (level == 0)
		hvpt_pte_decode(pte, 0, iova.value, out);
	else
		hvpt_pte_decode(pte, level, iova.value, out);
	return HVPT_OK;
}

/**
 * hvpt_pt_lookup() - find what a device sees at an IOVA
 * @pt: the page table
 * @iova: any byte address
 * @out: out: written only with HVPT_OK. A gpa of 0 is a valid answer.
 *
 * Context: any, also beside calls that change other ranges.
 * Return: HVPT_OK; HVPT_ERR_IOVA_RANGE; HVPT_ERR_NOT_MAPPED.
 */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_lookup(const struct hvpt_pagetable *pt, hvpt_iova_t iova,
	       struct hvpt_mapping *out)
{
	return hvpt_pt_lookup_levels(pt, pt->levels, iova, out);
}

/**
 * hvpt_pt_root_gpa() - find the root, for the IOMMU
 * @pt: in
 *
 * Return: the root's gpa, table_gpa_mask included.
 */
HVPT_INLINE hvpt_gpa_t hvpt_pt_root_gpa(const struct hvpt_pagetable *pt)
{
	uint64_t gpa = (uint64_t)(uintptr_t)pt->root - pt->direct_map_offset;

	return hvpt_gpa(gpa | pt->table_gpa_mask);
}

/** hvpt_pt_tables() - count the table pages in the tree, root included. */
HVPT_INLINE uint64_t hvpt_pt_tables(const struct hvpt_pagetable *pt)
{
	return HVPT_PORT_LOAD(&pt->table_count);
}

/**
 * hvpt_pt_reserved() - list the ranges that are never mapped
 * @pt: in
 * @index: from 0 on
 *
 * Return: the range as it was configured; NULL behind the last.
 */
HVPT_INLINE const struct hvpt_iova_range *
hvpt_pt_reserved(const struct hvpt_pagetable *pt, uint32_t index)
{
	return index < pt->reserved_count ? &pt->reserved[index] : NULL;
}

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_pt_widen() - make a gather's ranges cover leaves that others split
 * @pt: the page table that the ranges are of
 * @gather: in/out: its ranges are rounded outward to the size of the largest
 *	leaf whose split is not flushed yet; unchanged when there is none
 *
 * Call this between the last call that filled @gather and the flush of its
 * ranges. hvpt_domain_flush() leaves the gather as it is and does the same. See
 * "Split leaves" above.
 *
 * Context: any; the caller owns @gather.
 */
void hvpt_pt_widen(const struct hvpt_pagetable *pt, struct hvpt_gather *gather);

/**
 * hvpt_pt_release() - give back a gather's table pages and splits
 * @pt: the page table that they are of
 * @gather: in/out: empty on return
 *
 * Call this only after the flush of everything in @gather has succeeded, and
 * after a grace period where lock-free lookups run beside unmaps. Calls the
 * page hook for each table: docs/API-CONVENTIONS.md, "Cost".
 */
void hvpt_pt_release(struct hvpt_pagetable *pt, struct hvpt_gather *gather);

/**
 * hvpt_pt_destroy() - give back every table page
 * @pt: the page table; must not be used afterwards
 *
 * Mappings need not be removed first. The caller has made sure that no IOMMU
 * can reach the root any more (domain deleted, caches flushed). Calls the page
 * hook for each table (docs/API-CONVENTIONS.md, "Cost"): a caller with a time
 * limit unmaps and releases in parts before, see hvpt_pt_part().
 */
void hvpt_pt_destroy(struct hvpt_pagetable *pt);

HVPT_EXTERN_C_END

#endif /* HVPT_PAGETABLE_H */
