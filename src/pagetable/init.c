/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * init.c - the beginning and the end of a page table.
 */
#include "pt_internal.h"

/* The levels asked for, or the least that span the width. */
static unsigned hvpt_config_levels(const struct hvpt_pt_config *config,
				   uint32_t width)
{
	if (config->levels)
		return config->levels;
	return width > HVPT_LEVEL_LG2(HVPT_MIN_LEVELS) ? HVPT_MAX_LEVELS :
							 HVPT_MIN_LEVELS;
}

/* Sets @checked. Return: WRAP if a reserved range ends below its start. */
static HVPT_NOINLINE enum hvpt_status
hvpt_config_reserved(struct hvpt_pagetable *pt)
{
	const struct hvpt_iova_range *range = pt->reserved;
	/* with a write_back hook: all addresses */
	uint64_t last = 0 - (uint64_t)pt->noncoherent;
	uint32_t left;

	pt->checked.first = hvpt_iova(~last);
	pt->checked.last = hvpt_iova(last);
	for (left = pt->reserved_count; left > 0; left--, range++) {
		if (range->last.value < range->first.value)
			return HVPT_ERR_WRAP;
		hvpt_range_extend(&pt->checked, range->first.value,
				  range->last.value);
	}
	return HVPT_OK;
}

static enum hvpt_status hvpt_config_check(const struct hvpt_pt_config *config,
					  unsigned levels, uint32_t width,
					  uint64_t page_sizes)
{
	if (!config->ops || !config->ops->alloc_page || !config->ops->free_page)
		return HVPT_ERR_OPS;
	if (levels < HVPT_MIN_LEVELS || levels > HVPT_MAX_LEVELS)
		return HVPT_ERR_LEVELS;
	if (width <= HVPT_PAGE_LG2 || width > HVPT_LEVEL_LG2(levels))
		return HVPT_ERR_WIDTH;
	if ((unsigned)config->form > HVPT_IOVA_CANONICAL)
		return HVPT_ERR_IOVA_FORM;
	if (!(page_sizes & HVPT_PAGE_SIZE_4K))
		return HVPT_ERR_PAGE_SIZES;
	if (config->table_gpa_mask & ~HVPT_PTE_ADDR)
		return HVPT_ERR_TABLE_MASK;
	if (config->flags & ~HVPT_PT_FLAGS_MASK)
		return HVPT_ERR_FLAGS;
	/* D would be set in memory that the processor has cached */
	if (config->flags && config->ops->write_back)
		return HVPT_ERR_FLAGS;
	return HVPT_OK;
}

/* A size without the one below it could not be split: see page_sizes. */
static uint8_t hvpt_config_leaf_levels(uint64_t page_sizes)
{
	unsigned level = 0, levels = 0;

	while (level < HVPT_LEAF_LEVELS &&
	       (page_sizes & HVPT_LEVEL_BYTES(level)))
		levels |= 1u << level++;
	return (uint8_t)levels;
}

enum hvpt_status hvpt_pt_configure(struct hvpt_pagetable *pt,
				   const struct hvpt_pt_config *config,
				   uint32_t width, uint64_t page_sizes)
{
	unsigned levels = hvpt_config_levels(config, width);
	enum hvpt_status status = hvpt_config_check(config, levels, width,
						    page_sizes);
	unsigned bits = width - (config->form != HVPT_IOVA_PLAIN);

	if (status != HVPT_OK)
		return status;
	pt->root = NULL;
	pt->direct_map_offset = config->direct_map_offset;
	pt->addr_mask = HVPT_PTE_ADDR & ~config->table_gpa_mask;
	pt->lower_last = ((uint64_t)1 << bits) - 1;
	pt->upper_first = config->form == HVPT_IOVA_CANONICAL ?
				  ~pt->lower_last :
				  0;
	pt->table_gpa_mask = config->table_gpa_mask;
	pt->table_count = 1;
	pt->splits = 0;
	pt->ops = config->ops;
	pt->ctx = config->ctx;
	pt->reserved = config->reserved;
	pt->reserved_count = config->reserved_count;
	pt->levels = (uint8_t)levels;
	pt->leaf_levels = hvpt_config_leaf_levels(page_sizes);
	pt->noncoherent = config->ops->write_back != NULL;
	pt->track_dirty = (config->flags & HVPT_PT_TRACK_DIRTY) != 0;
	return hvpt_config_reserved(pt);
}

enum hvpt_status hvpt_pt_init_sized_(struct hvpt_pagetable *pt,
				     const struct hvpt_pt_config *config,
				     uint32_t width, uint64_t page_sizes)
{
	enum hvpt_status status = hvpt_pt_configure(pt, config, width,
						    page_sizes);

	if (status != HVPT_OK)
		return status;
	status = hvpt_page_take(pt, &pt->root);
	if (status != HVPT_OK)
		return status;
	hvpt_write_back(pt, pt->root, HVPT_TABLE_ENTRIES);
	return HVPT_OK;
}

enum hvpt_status hvpt_pt_init(struct hvpt_pagetable *pt,
			      const struct hvpt_pt_config *config)
{
	return hvpt_pt_init_sized_(pt, config, config->width,
				   config->page_sizes);
}

static void hvpt_page_free(const struct hvpt_pagetable *pt, uint64_t *page)
{
	pt->ops->free_page(pt->ctx, page);
}

/*
 * Gives back every table after those below it; level 0 is not read. @table has
 * the current table of each level, @next the next entry of each table above the
 * one at @at, and @i the next entry of that one.
 */
static void hvpt_destroy_tables(const struct hvpt_pagetable *pt)
{
	unsigned next[HVPT_MAX_LEVELS], top = pt->levels - 1u, at = top, i = 0;
	uint64_t *table[HVPT_MAX_LEVELS];

	table[top] = pt->root;
	for (;;) {
		uint64_t pte;

		if (i == HVPT_TABLE_ENTRIES) {
			hvpt_page_free(pt, table[at]);
			if (at == top)
				return;
			i = next[++at];
			continue;
		}
		pte = hvpt_pte_load(HVPT_SLOT(table[at], i));
		i++;
		if (pte == 0)
			i += hvpt_entries_zeros(HVPT_SLOT(table[at], i),
						HVPT_TABLE_ENTRIES - i);
		if (!hvpt_pte_is_table(pte, at))
			continue;
		if (at == 1) {
			hvpt_page_free(pt, hvpt_pt_table(pt, pte));
			continue;
		}
		next[at--] = i;
		table[at] = hvpt_pt_table(pt, pte);
		i = 0;
	}
}

void hvpt_pt_destroy(struct hvpt_pagetable *pt)
{
	if (hvpt_pt_tables(pt) > 1)
		hvpt_destroy_tables(pt);
	else
		hvpt_page_free(pt, pt->root);
	pt->root = NULL;
}
