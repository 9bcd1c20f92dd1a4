/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/pagetable.h - stage-1 IO page tables: the object, and looking up.
 *
 * A page table says which guest-physical page a device sees at which IOVA.
 * This header makes one and reads it; map.h changes it; inspect.h shows it,
 * checks it and takes over one built by others. What is said here holds for
 * all three. Words (iova, gpa, level, leaf, `last`, `end`, `_lg2`) are those of
 * addr.h.
 *
 * True before and after every call
 *   - each table page has exactly one parent entry, and is one the page hook
 *     gave (or the caller handed over by hvpt_pt_adopt());
 *   - a non-present entry is all zero; a present one has the bits of pte.h;
 *   - a leaf is 4 KiB, 2 MiB or 1 GiB, if the page-size bitmap has that size;
 *   - nothing is mapped outside the IOVA form, or in a reserved range.
 *
 * All or nothing. A call which does not return HVPT_OK has changed nothing:
 * no translation, no table page, no output, no gather; pages it took from the
 * page hook went back. The one exception is HVPT_ERR_CONCURRENT: map, unmap or
 * protect found that another call was changing the same range, against the
 * rules below; what the range translates to is then undefined, and the gather
 * has got all that was taken away until then. Bad input is
 * refused, never rounded or clamped. Where several rules are broken the first
 * in this order decides: EMPTY, ALIGN, WRAP, IOVA_RANGE, then (map) RESERVED,
 * GPA_RANGE, then (map, protect) PROT, WRITE_ONLY, then (read_dirty) FLAGS,
 * then OVERLAP or NOT_MAPPED, then NO_MEMORY, TABLE_PAGE. hvpt_pt_init() and
 * adopt check in the order in which their errors are listed.
 *
 * Pointers must be valid; NULL is allowed only where stated.
 *
 * Who holds what. There are no locks inside. A call owns the IOVA range it is
 * given: the caller sees to it that no other call which changes anything runs
 * on an overlapping range meanwhile. Calls on disjoint ranges run in parallel,
 * even inside one table. hvpt_pt_lookup() and hvpt_pt_visit() read their
 * range: they may run beside any call on other ranges. To run them beside a
 * call which takes the same range away, free the gather only after a grace
 * period (RCU or the like). init, adopt and destroy own the whole object.
 * What a device does at any time is always allowed for: the accessed and
 * dirty bits it sets in a mapping which stays are never lost.
 *
 * Split leaves. A call that takes away a part of a large leaf, or protects it,
 * splits the leaf, and its gather covers all of it. Until that gather is
 * flushed an IOMMU may hold the former leaf as one entry, and it need not drop
 * it for a flush of less than the whole (VT-d, Invalidate Address Register: the
 * mask must be at least the page's size). Another call, on another part of the
 * leaf, need not know of the split. So the page table counts the splits that
 * are not flushed yet, by size; a gather carries those of its calls, and
 * hvpt_pt_release() subtracts them. Whoever flushes the ranges of a gather
 * calls hvpt_pt_widen() before: while the count is not 0 it rounds them outward
 * to the largest leaf that was split. hvpt_domain_flush() does it. A flush of
 * everything needs no ranges. src/pagetable/split.c has the argument.
 *
 * Context. Nothing sleeps, allocates, prints or recurses by itself; the page
 * hooks may do what the caller's context allows. Stack: 256 bytes a frame.
 */
#ifndef HVPT_PAGETABLE_H
#define HVPT_PAGETABLE_H

#include "hvpt/gather.h"
#include "hvpt/pt_config.h"
#include "hvpt/pte.h"

/* ---- the object ------------------------------------------------------- */

/**
 * struct hvpt_pagetable - one page table; all fields are hvpt's own
 * @root: the top table
 * @direct_map_offset: as configured
 * @addr_mask: address bits of a table entry, table_gpa_mask taken out
 * @lower_last: last IOVA of the lower, or only, segment
 * @upper_first: first IOVA of the upper half; 0 when there is none
 * @table_gpa_mask: as configured
 * @table_count: table pages in the tree, root included; atomic
 * @splits: leaves split and not flushed yet, in HVPT_SPLIT() units; atomic
 * @ops: as configured
 * @ctx: as configured
 * @reserved: as configured
 * @reserved_count: as configured
 * @levels: 4 or 5
 * @leaf_levels: bit n set when leaves of level n are allowed
 * @noncoherent: 1 when there is a write_back hook
 * @track_dirty: 1 with HVPT_PT_TRACK_DIRTY
 * @plain: 1 when a map is done with its entries: there is neither a write_back
 *	hook nor a reserved range
 *
 * It holds no pointer into itself: it may be moved between calls.
 */
struct hvpt_pagetable {
	uint64_t *root;
	uint64_t direct_map_offset;
	uint64_t addr_mask;
	uint64_t lower_last;
	uint64_t upper_first;
	uint64_t table_gpa_mask;
	uint64_t table_count;
	uint64_t splits;
	const struct hvpt_page_ops *ops;
	void *ctx;
	const struct hvpt_iova_range *reserved;
	uint32_t reserved_count;
	uint8_t levels;
	uint8_t leaf_levels;
	uint8_t noncoherent;
	uint8_t track_dirty;
	uint8_t plain;
};

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_pt_init() - make an empty page table
 * @pt: out: the object, storage of the caller's
 * @config: in: may be gone when the call returns, but for ops, ctx and reserved
 *
 * Takes one page, the root.
 *
 * Return: HVPT_OK; HVPT_ERR_OPS when alloc_page or free_page is NULL;
 * HVPT_ERR_LEVELS; HVPT_ERR_WIDTH; HVPT_ERR_IOVA_FORM; HVPT_ERR_PAGE_SIZES;
 * HVPT_ERR_TABLE_MASK; HVPT_ERR_FLAGS, also for HVPT_PT_TRACK_DIRTY with a
 * write_back hook; HVPT_ERR_WRAP when a reserved range ends below its start;
 * HVPT_ERR_NO_MEMORY; HVPT_ERR_TABLE_PAGE when the root came misaligned, above
 * 2^52 or inside table_gpa_mask. On failure *@pt is not to be used.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_init(struct hvpt_pagetable *pt, const struct hvpt_pt_config *config);

/**
 * hvpt_pt_destroy() - give every table page back
 * @pt: the page table; not to be used afterwards
 *
 * Mappings need not be removed first. The caller has made sure that no IOMMU
 * can reach the root any more (domain deleted, caches flushed).
 */
void hvpt_pt_destroy(struct hvpt_pagetable *pt);

/**
 * hvpt_pt_widen() - make a gather's ranges cover leaves that others split
 * @pt: the page table they came from
 * @gather: in/out: its ranges are rounded outward to the size of the largest
 *	leaf whose split is not flushed yet; unchanged when there is none
 *
 * To be called between the last call that filled @gather and its flush, by
 * whoever flushes ranges himself; hvpt_domain_flush() leaves the gather as it
 * is and does the same. See "Split leaves" above.
 *
 * Context: any; the caller owns @gather.
 */
void hvpt_pt_widen(const struct hvpt_pagetable *pt, struct hvpt_gather *gather);

/**
 * hvpt_pt_release() - give a gather's table pages and splits back
 * @pt: the page table they came from
 * @gather: in/out: empty on return
 *
 * To be called only after the flush of everything in @gather has succeeded,
 * and after a grace period where lock-free lookups run beside unmaps.
 */
void hvpt_pt_release(struct hvpt_pagetable *pt, struct hvpt_gather *gather);

HVPT_EXTERN_C_END

/**
 * hvpt_pt_root_gpa() - where the IOMMU finds the root
 *
 * Return: the root's gpa, table_gpa_mask included.
 */
HVPT_INLINE hvpt_gpa_t hvpt_pt_root_gpa(const struct hvpt_pagetable *pt)
{
	uint64_t gpa = (uint64_t)(uintptr_t)pt->root - pt->direct_map_offset;

	return hvpt_gpa(gpa | pt->table_gpa_mask);
}

/** hvpt_pt_tables() - table pages in the tree now, root included. */
HVPT_INLINE uint64_t hvpt_pt_tables(const struct hvpt_pagetable *pt)
{
	return HVPT_PORT_LOAD(&pt->table_count);
}

/**
 * hvpt_pt_reserved() - the ranges which are never mapped, one by one
 * @index: from 0 on
 *
 * Return: the range as it was configured; NULL behind the last.
 */
HVPT_INLINE const struct hvpt_iova_range *
hvpt_pt_reserved(const struct hvpt_pagetable *pt, uint32_t index)
{
	return index < pt->reserved_count ? &pt->reserved[index] : NULL;
}

/** hvpt_pt_table() - the table a table entry points at. No memory is read. */
HVPT_INLINE uint64_t *hvpt_pt_table(const struct hvpt_pagetable *pt,
				    uint64_t pte)
{
	uint64_t gpa = pte & pt->addr_mask;

	return (uint64_t *)(uintptr_t)(gpa + pt->direct_map_offset);
}

/** Is first .. last, not wrapping, inside one segment of the IOVA form? */
HVPT_INLINE bool hvpt_pt_in_form(const struct hvpt_pagetable *pt,
				 uint64_t first, uint64_t last)
{
	if (HVPT_LIKELY(last <= pt->lower_last))
		return true;
	return pt->upper_first != 0 && first >= pt->upper_first;
}

/**
 * hvpt_pt_descend() - one step down
 * @table: in/out: the table of level @at; the one below it, on true
 * @at: a constant, so that walks are straight-line code
 * @pte: out: the entry of @iova in the former
 *
 * Return: whether there is a table below.
 */
HVPT_INLINE bool hvpt_pt_descend(const struct hvpt_pagetable *pt,
				 uint64_t **table, uint64_t iova, unsigned at,
				 uint64_t *pte)
{
	*pte = hvpt_pte_load_table(HVPT_SLOT(*table, hvpt_pte_index(iova, at)));
	if (!hvpt_pte_is_table(*pte, at))
		return false;
	*table = hvpt_pt_table(pt, *pte);
	return true;
}

/**
 * hvpt_pt_slot() - find the entry of @iova in the table of @level
 * @levels: pt->levels; a constant saves a branch
 * @level: 0, 1 or 2
 *
 * Return: the slot; NULL when a higher level has no table there.
 */
HVPT_INLINE uint64_t *hvpt_pt_slot(const struct hvpt_pagetable *pt,
				   unsigned levels, uint64_t iova,
				   unsigned level)
{
	uint64_t *table = pt->root, pte;

	if (levels > HVPT_MIN_LEVELS &&
	    !hvpt_pt_descend(pt, &table, iova, 4, &pte))
		return NULL;
	if (!hvpt_pt_descend(pt, &table, iova, 3, &pte))
		return NULL;
	if (level == 2)
		return HVPT_SLOT(table, hvpt_pte_index(iova, 2));
	if (!hvpt_pt_descend(pt, &table, iova, 2, &pte))
		return NULL;
	if (level == 1)
		return HVPT_SLOT(table, hvpt_pte_index(iova, 1));
	if (!hvpt_pt_descend(pt, &table, iova, 1, &pte))
		return NULL;
	return HVPT_SLOT(table, hvpt_pte_index(iova, 0));
}

/* ---- lookup ---------------------------------------------------------- */

/**
 * struct hvpt_mapping - one translation
 * @gpa: where the asked IOVA goes, byte exact
 * @prot: HVPT_PROT_* the device has
 * @leaf_lg2: 12, 21 or 30: the leaf which maps it
 * @accessed: the A bit; preset, so always true but for adopted leaves
 * @dirty: the D bit
 */
struct hvpt_mapping {
	hvpt_gpa_t gpa;
	uint32_t prot;
	uint32_t leaf_lg2;
	bool accessed;
	bool dirty;
};

/** Decodes a leaf of @level; @iova selects the byte inside it. */
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
 * hvpt_pt_leaf() - the entry which decides what @iova translates to
 * @level: out: its level; the entry need not be present
 */
HVPT_INLINE uint64_t hvpt_pt_leaf(const struct hvpt_pagetable *pt,
				  unsigned levels, uint64_t iova,
				  unsigned *level)
{
	uint64_t *table = pt->root, pte;

	*level = 4;
	if (levels > HVPT_MIN_LEVELS &&
	    !hvpt_pt_descend(pt, &table, iova, 4, &pte))
		return pte;
	*level = 3;
	if (!hvpt_pt_descend(pt, &table, iova, 3, &pte))
		return pte;
	*level = 2;
	if (!hvpt_pt_descend(pt, &table, iova, 2, &pte))
		return pte;
	*level = 1;
	if (!hvpt_pt_descend(pt, &table, iova, 1, &pte))
		return pte;
	*level = 0;
	return hvpt_pte_load(HVPT_SLOT(table, hvpt_pte_index(iova, 0)));
}

/** hvpt_pt_lookup() for callers who know pt->levels as a constant. */
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
 * hvpt_pt_lookup() - what does a device see at @iova?
 * @iova: any byte address
 * @out: out: written only with HVPT_OK. A gpa of 0 is a valid answer.
 *
 * Context: any, also beside calls which change other ranges.
 * Return: HVPT_OK; HVPT_ERR_IOVA_RANGE; HVPT_ERR_NOT_MAPPED.
 */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_lookup(const struct hvpt_pagetable *pt, hvpt_iova_t iova,
	       struct hvpt_mapping *out)
{
	return hvpt_pt_lookup_levels(pt, pt->levels, iova, out);
}

/* ---- internal -------------------------------------------------------- */

HVPT_EXTERN_C_BEGIN

/** hvpt_pt_init() with a width and page sizes other than @config's. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_init_sized_(struct hvpt_pagetable *pt,
		    const struct hvpt_pt_config *config, uint32_t width,
		    uint64_t page_sizes);

HVPT_EXTERN_C_END

#endif /* HVPT_PAGETABLE_H */
