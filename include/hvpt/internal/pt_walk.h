/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/internal/pt_walk.h - the page table object, and walking it inline.
 *
 * For the inline functions of the headers and for the core; not for users.
 */
#ifndef HVPT_INTERNAL_PT_WALK_H
#define HVPT_INTERNAL_PT_WALK_H

#include "hvpt/internal/pte_access.h"
#include "hvpt/pt_config.h"

/*
 * One leaf of @level, 1 or 2, that was split. Two counters of 32 bits share a
 * word, so that one load reads both. Each split takes a table page: 2^32 of
 * them are 16 TiB.
 */
#define HVPT_SPLIT(level) ((uint64_t)1 << (32u * ((level)-1u)))

/**
 * struct hvpt_pagetable - one page table
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
 * @checked: from the lowest reserved IOVA to the highest; every IOVA when there
 *	is a write_back hook; first above last when there is neither
 * @reserved_count: as configured
 * @levels: 4 or 5
 * @leaf_levels: bit n set when leaves of level n are allowed
 * @noncoherent: 1 when there is a write_back hook
 * @track_dirty: 1 with HVPT_PT_TRACK_DIRTY
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
	struct hvpt_iova_range checked;
	uint32_t reserved_count;
	uint8_t levels;
	uint8_t leaf_levels;
	uint8_t noncoherent;
	uint8_t track_dirty;
};

/** hvpt_pt_table() - the table that a table entry points at. Reads nothing. */
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

/** Does a map of first .. last, not wrapping, only write entries? */
HVPT_INLINE bool hvpt_pt_is_plain(const struct hvpt_pagetable *pt,
				  uint64_t first, uint64_t last)
{
	return last < pt->checked.first.value || first > pt->checked.last.value;
}

/*
 * hvpt_pt_descend() - go down one level
 * @table: in: the table of level @at; out, on true: the table below it
 * @at: a constant, so that walks are straight-line code
 * @pte: out: the entry of @iova in the table of level @at
 *
 * Return: is there a table below?
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

/*
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

/*
 * hvpt_pt_leaf() - find the entry that decides what @iova translates to
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

HVPT_EXTERN_C_BEGIN

/** hvpt_pt_init() with a width and page sizes other than @config's. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_init_sized_(struct hvpt_pagetable *pt,
		    const struct hvpt_pt_config *config, uint32_t width,
		    uint64_t page_sizes);

HVPT_EXTERN_C_END

#endif /* HVPT_INTERNAL_PT_WALK_H */
