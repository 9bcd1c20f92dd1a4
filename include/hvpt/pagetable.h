/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/pagetable.h - stage-1 IO page tables: build, change, read, check.
 *
 * A page table says which guest-physical page a device sees at which IOVA.
 * Words (iova, gpa, level, leaf, `last`, `end`, `_lg2`) are those of addr.h.
 *
 * True before and after every call
 *   - each table page has exactly one parent entry, and is one the page hook
 *     gave (or the caller handed over by hvpt_pt_adopt());
 *   - a non-present entry is all zero; a present one has the bits of pte.h;
 *   - a leaf is 4 KiB, 2 MiB or 1 GiB, if the page-size bitmap has that size;
 *   - nothing is mapped outside the IOVA form.
 *
 * All or nothing. A call which does not return HVPT_OK has changed nothing:
 * no translation, no table page, no output, no gather; pages it took from the
 * page hook went back. The one exception is HVPT_ERR_CONCURRENT: map, unmap or
 * protect found that another call was changing the same range, against the
 * rules below; what the range translates to is then undefined. Bad input is
 * refused, never rounded or clamped. Where several rules are broken the first
 * in this order decides: EMPTY, ALIGN, WRAP, IOVA_RANGE, then (when mapping)
 * GPA_RANGE, PROT, WRITE_ONLY, then OVERLAP or NOT_MAPPED, then NO_MEMORY,
 * TABLE_PAGE.
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
 * Context. Nothing sleeps, allocates, prints or recurses by itself; the page
 * hooks may do what the caller's context allows. Stack: 256 bytes a frame.
 */
#ifndef HVPT_PAGETABLE_H
#define HVPT_PAGETABLE_H

#include "hvpt/gather.h"
#include "hvpt/pte.h"

/* ---- set-up ---------------------------------------------------------- */

/**
 * struct hvpt_page_ops - where table pages come from
 *
 * One const object serves any number of page tables. Hooks may be called by
 * several threads at once when the caller changes disjoint ranges in
 * parallel. They must not change the range of the call they serve; they may
 * change others.
 */
struct hvpt_page_ops {
	/**
	 * @alloc_page: give one page of 4096 bytes, 4096-aligned, all zero,
	 * which the IOMMU can read. Called before anything is changed.
	 *
	 * Its gpa is its address minus the object's direct_map_offset and must
	 * lie below 2^52 and outside table_gpa_mask. With an offset of
	 * 0xffff888000000000, the page at 0xffff888012345000 has the gpa
	 * 0x12345000.
	 *
	 * Return: the page; NULL when there is none (HVPT_ERR_NO_MEMORY).
	 */
	void *(*alloc_page)(void *ctx);

	/**
	 * @free_page: take one page back. Its contents are arbitrary. Called
	 * on pages never made visible to the IOMMU, by hvpt_pt_release() and
	 * by hvpt_pt_destroy().
	 */
	void (*free_page)(void *ctx, void *page);

	/**
	 * @write_back: make @bytes at @start visible to an IOMMU which does
	 * not snoop caches; NULL when it does. @start is 8-byte aligned, and
	 * not always at the start of a cache line. Returns when done.
	 */
	void (*write_back)(void *ctx, const void *start, size_t bytes);
};

/** Which 64-bit values are IOVAs. */
enum hvpt_iova_form {
	/** 0 .. 2^width - 1. What the Linux driver of Hyper-V assumes. */
	HVPT_IOVA_PLAIN = 0,
	/** 0 .. 2^(width-1) - 1: right however the top bit is read. */
	HVPT_IOVA_LOWER = 1,
	/**
	 * Lower half as above, and its mirror 2^64 - 2^(width-1) .. 2^64 - 1:
	 * how VT-d first stage (VT-d 3.6) and AMD v2 read addresses.
	 */
	HVPT_IOVA_CANONICAL = 2,
};

/* Map writable pages with D clear, for hvpt_pt_read_dirty(). */
#define HVPT_PT_TRACK_DIRTY 1u
#define HVPT_PT_FLAGS_MASK HVPT_PT_TRACK_DIRTY

/**
 * struct hvpt_pt_config - what a page table is to be
 * @ops: page hooks; must outlive the page table
 * @ctx: passed to each hook
 * @direct_map_offset: added to a table page's gpa, modulo 2^64, to get its
 *	pointer: 0 in UEFI, the direct map in an OS, an arena on a host
 * @table_gpa_mask: bits set in every table address an entry holds and in the
 *	root's, such as the C-bit of encrypted memory; 0 for none. Leaves carry
 *	whatever gpa the caller gives.
 * @page_sizes: bit n allows leaves of 2^n bytes. Bit 12 must be set. Bit 30
 *	has an effect only with bit 21: a 1 GiB leaf which has to be split could
 *	otherwise only become 513 tables at once. Other bits have none.
 * @levels: 4, 5, or 0 for the least that spans @width
 * @width: bits of an IOVA, 13 .. 48 with 4 levels, 13 .. 57 with 5
 * @form: which values are IOVAs
 * @flags: HVPT_PT_TRACK_DIRTY or 0
 */
struct hvpt_pt_config {
	const struct hvpt_page_ops *ops;
	void *ctx;
	uint64_t direct_map_offset;
	uint64_t table_gpa_mask;
	uint64_t page_sizes;
	uint32_t levels;
	uint32_t width;
	enum hvpt_iova_form form;
	uint32_t flags;
};

/**
 * struct hvpt_pagetable - one page table; all fields are hvpt's own
 * @root: the top table
 * @direct_map_offset: as configured
 * @addr_mask: address bits of a table entry, table_gpa_mask taken out
 * @lower_last: last IOVA of the lower, or only, segment
 * @upper_first: first IOVA of the upper half; 0 when there is none
 * @table_gpa_mask: as configured
 * @table_count: table pages in the tree, root included; atomic
 * @ops: as configured
 * @ctx: as configured
 * @levels: 4 or 5
 * @leaf_levels: bit n set when leaves of level n are allowed
 * @noncoherent: 1 when there is a write_back hook
 * @track_dirty: 1 with HVPT_PT_TRACK_DIRTY
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
	const struct hvpt_page_ops *ops;
	void *ctx;
	uint8_t levels;
	uint8_t leaf_levels;
	uint8_t noncoherent;
	uint8_t track_dirty;
};

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_pt_init() - make an empty page table
 * @pt: out: the object, storage of the caller's
 * @config: in: may be gone when the call returns, but for ops and ctx
 *
 * Takes one page, the root.
 *
 * Return: HVPT_OK; HVPT_ERR_OPS when alloc_page or free_page is NULL;
 * HVPT_ERR_LEVELS; HVPT_ERR_WIDTH; HVPT_ERR_IOVA_FORM; HVPT_ERR_PAGE_SIZES;
 * HVPT_ERR_TABLE_MASK; HVPT_ERR_FLAGS; HVPT_ERR_NO_MEMORY;
 * HVPT_ERR_TABLE_PAGE when the root came misaligned, above 2^52 or inside
 * table_gpa_mask. On failure *@pt is not to be used.
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
 * hvpt_pt_release() - give a gather's table pages back
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
 * hvpt_pt_slot() - find the entry of @iova in the table of @level
 * @levels: pt->levels; a constant makes the walk straight-line code
 *
 * Return: the slot; NULL when a higher level has no table there.
 */
HVPT_INLINE uint64_t *hvpt_pt_slot(const struct hvpt_pagetable *pt,
				   unsigned levels, uint64_t iova,
				   unsigned level)
{
	uint64_t *table = pt->root;
	unsigned at;

	for (at = levels - 1; at > level; at--) {
		uint64_t pte = hvpt_pte_load_table(
			HVPT_SLOT(table, hvpt_pte_index(iova, at)));

		if (!hvpt_pte_is_table(pte, at))
			return NULL;
		table = hvpt_pt_table(pt, pte);
	}
	return HVPT_SLOT(table, hvpt_pte_index(iova, level));
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

/** hvpt_pt_lookup() for callers who know pt->levels as a constant. */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_lookup_levels(const struct hvpt_pagetable *pt, unsigned levels,
		      hvpt_iova_t iova, struct hvpt_mapping *out)
{
	const uint64_t *table = pt->root;
	unsigned level = levels;

	if (HVPT_UNLIKELY(!hvpt_pt_in_form(pt, iova.value, iova.value)))
		return HVPT_ERR_IOVA_RANGE;
	while (level-- > 0) {
		unsigned index = hvpt_pte_index(iova.value, level);
		uint64_t pte = hvpt_pte_load_table(HVPT_SLOT(table, index));

		if (!hvpt_pte_is_present(pte))
			break;
		if (!hvpt_pte_is_table(pte, level)) {
			hvpt_pte_decode(pte, level, iova.value, out);
			return HVPT_OK;
		}
		table = hvpt_pt_table(pt, pte);
	}
	return HVPT_ERR_NOT_MAPPED;
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
 * @segments: in: what to map, in this order, back to back
 * @count: how many segments, at least 1
 * @prot: HVPT_PROT_READ, or HVPT_PROT_READ | HVPT_PROT_WRITE
 * @gather: in/out: where a large leaf may put empty table pages it replaces;
 *	NULL keeps those tables and uses smaller leaves in them
 *
 * On success every byte translates, by the largest leaves that alignment,
 * length and the page-size bitmap allow; segments which touch in gpa count as
 * one. When @gather grew, flush and release it before a device uses the
 * range, for the IOMMU may still know the empty tables. Otherwise a new
 * mapping needs no flush: an IOMMU does not cache what is not present (VT-d
 * 6.1, CM = 0).
 *
 * Takes at most the table pages the range lacks: 1 for each 2 MiB of 4 KiB
 * leaves and each 1 GiB and 512 GiB touched, when none was there.
 *
 * Return: HVPT_OK; HVPT_ERR_EMPTY (no segment, or one of length 0);
 * HVPT_ERR_ALIGN; HVPT_ERR_WRAP (the sum, or the range, passes 2^64);
 * HVPT_ERR_IOVA_RANGE; HVPT_ERR_GPA_RANGE; HVPT_ERR_PROT;
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

/** The level whose leaf has @length bytes; HVPT_LEAF_LEVELS if there is none. */
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

	if (level == HVPT_LEAF_LEVELS || !((unsigned)pt->leaf_levels >> level & 1u))
		return NULL;
	if ((iova & (length - 1)) || pt->noncoherent)
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
	    hvpt_prot_check(prot) != HVPT_OK)
		return false;
	slot = hvpt_pt_leaf_slot(pt, levels, iova.value, length);
	if (!slot || hvpt_pte_load(slot) != 0)
		return false;
	hvpt_pte_store(slot, gpa.value |
			     hvpt_pte_leaf_bits(hvpt_leaf_level(length), prot,
						pt->track_dirty));
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
 * leaves; at most 4 pages are taken. Gpa, A and D stay; growing to writable
 * sets D unless dirty is tracked. Leaves which have @prot already are left
 * alone and not gathered.
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

	if (!slot || !hvpt_pte_is_leaf(hvpt_pte_load(slot),
				       hvpt_leaf_level(length)))
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
 * which an IOMMU may have cached as one. Tables which lie wholly inside the
 * range are detached into the gather.
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

/* ---- visit, dirty ---------------------------------------------------- */

/**
 * typedef hvpt_visit_fn - sees one leaf
 * @ctx: the caller's
 * @iova: first IOVA of the leaf
 * @mapping: what is there; gone when the function returns
 *
 * Return: true to go on, false to stop. It must not change the page table.
 */
typedef bool (*hvpt_visit_fn)(void *ctx, hvpt_iova_t iova,
			      const struct hvpt_mapping *mapping);

/**
 * typedef hvpt_dirty_fn - learns that iova .. iova + bytes - 1 was written
 */
typedef void (*hvpt_dirty_fn)(void *ctx, hvpt_iova_t iova, uint64_t bytes);

/* Report only: leave every D bit as it is. */
#define HVPT_DIRTY_KEEP 1u

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_pt_visit() - see every leaf of a range, in address order
 * @pt: the page table
 * @range: in: any byte addresses, first not above last, inside the IOVA form;
 *	NULL for everything, both halves
 * @fn: called for each leaf which has a byte in the range, whole
 * @ctx: for @fn
 *
 * Context: a reader, as hvpt_pt_lookup().
 * Return: HVPT_OK; HVPT_ERR_WRAP when first is above last;
 * HVPT_ERR_IOVA_RANGE; HVPT_ERR_STOPPED when @fn returned false.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_visit(const struct hvpt_pagetable *pt,
	      const struct hvpt_iova_range *range, hvpt_visit_fn fn, void *ctx);

/**
 * hvpt_pt_read_dirty() - report what devices wrote, and start afresh
 * @pt: the page table
 * @iova: first IOVA, 4 KiB aligned
 * @length: bytes, a multiple of 4 KiB, not 0
 * @flags: 0, or HVPT_DIRTY_KEEP
 * @fn: called for each dirty leaf, with its part inside the range
 * @ctx: for @fn
 * @gather: in/out: leaves whose D was cleared. An IOMMU sets D again only
 *	after they are flushed, so the caller flushes before it relies on the
 *	next report.
 *
 * Mappings stay writable throughout. D of a leaf which is only partly inside
 * the range is reported but not cleared: the rest of it would be forgotten.
 * Without HVPT_PT_TRACK_DIRTY new writable mappings count as dirty once.
 * Owns its range.
 *
 * Return: HVPT_OK; HVPT_ERR_EMPTY; HVPT_ERR_ALIGN; HVPT_ERR_WRAP;
 * HVPT_ERR_IOVA_RANGE; HVPT_ERR_FLAGS.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_read_dirty(struct hvpt_pagetable *pt, hvpt_iova_t iova,
		   uint64_t length, unsigned flags, hvpt_dirty_fn fn, void *ctx,
		   struct hvpt_gather *gather);

HVPT_EXTERN_C_END

/* ---- audit, adopt ---------------------------------------------------- */

/** What an audit found first. Values are pinned. */
enum hvpt_fault {
	HVPT_FAULT_NONE = 0,
	HVPT_FAULT_NOT_PRESENT = 1, /* P clear, other bits set */
	HVPT_FAULT_TABLE_BITS = 2,  /* table entry with wrong or missing bits */
	HVPT_FAULT_LEAF_BITS = 3,   /* leaf with wrong or missing bits */
	HVPT_FAULT_LEAF_SIZE = 4,   /* leaf of a size which is not allowed */
	HVPT_FAULT_LEAF_ADDR = 5,   /* leaf gpa not a multiple of its size */
	HVPT_FAULT_TABLE_ADDR = 6,  /* table_gpa_mask missing, or refused */
	HVPT_FAULT_OUTSIDE = 7,	    /* present outside the IOVA form */
	HVPT_FAULT_COUNT = 8,	    /* more, or fewer, tables than counted */
};

/**
 * struct hvpt_audit - the result of an audit
 * @fault: the first broken rule, or HVPT_FAULT_NONE
 * @level: level of the table which holds the entry; the number of levels when
 *	the root itself was refused
 * @iova: first IOVA the entry stands for
 * @pte: the entry
 * @tables: table pages seen so far, root included
 * @leaves: leaves seen so far, by level
 */
struct hvpt_audit {
	enum hvpt_fault fault;
	uint32_t level;
	hvpt_iova_t iova;
	uint64_t pte;
	uint64_t tables;
	uint64_t leaves[HVPT_LEAF_LEVELS];
};

/**
 * typedef hvpt_table_check_fn - may this page be read as a table?
 * @ctx: the caller's
 * @table: gpa of the page, table_gpa_mask taken out, 4 KiB aligned
 * @level: the level its entries are of
 *
 * Called once for each reference to a table, before the table is read, in
 * level order from the root down. To detect tables shared by two entries, and
 * loops, answer false the second time a page comes up.
 */
typedef bool (*hvpt_table_check_fn)(void *ctx, hvpt_gpa_t table,
				    unsigned level);

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_pt_audit() - check every entry of every table
 * @pt: the page table
 * @check: asked about each table; NULL trusts them
 * @ctx: for @check
 * @report: out: always written
 *
 * Reads all tables once for each level; never follows more table entries than
 * the page table has tables: one too many is HVPT_FAULT_COUNT before @check is
 * asked about it. Nothing may be changing meanwhile.
 *
 * Return: HVPT_OK, or HVPT_ERR_CORRUPT with the reason in @report.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_audit(const struct hvpt_pagetable *pt, hvpt_table_check_fn check,
	      void *ctx, struct hvpt_audit *report);

/**
 * hvpt_pt_adopt() - take over a tree built earlier
 * @pt: out: the object, storage of the caller's
 * @config: in: as for hvpt_pt_init(), describing the tree
 * @root: its root, table_gpa_mask included if there is one
 * @check: required: does this page belong to the caller?
 * @ctx: for @check
 * @report: out: written but for a refused @config: counts, or the fault
 *
 * For tables which firmware built, or a kernel before a live update. Every
 * entry is validated before anything is kept: bits, sizes, addresses, the
 * IOVA form; @check guards against wild pointers, loops and sharing. An A or
 * D bit may have either value. Nothing is written to the tree, so it may be
 * in use by an IOMMU; nobody may change it meanwhile. No page is taken.
 *
 * On success the table pages @check allowed belong to the page table: they
 * will come back through free_page. On failure they stay the caller's.
 *
 * Return: HVPT_OK; the refusals of hvpt_pt_init() but NO_MEMORY;
 * HVPT_ERR_OPS when @check is NULL; HVPT_ERR_TABLE_PAGE when @root cannot be
 * a root; HVPT_ERR_CORRUPT with the reason in @report.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_adopt(struct hvpt_pagetable *pt, const struct hvpt_pt_config *config,
	      hvpt_gpa_t root, hvpt_table_check_fn check, void *ctx,
	      struct hvpt_audit *report);

/**
 * hvpt_fault_name() - the identifier of a fault, for logs. Never NULL.
 */
const char *hvpt_fault_name(enum hvpt_fault fault);

HVPT_EXTERN_C_END

#endif /* HVPT_PAGETABLE_H */
