/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * pages.c - table pages: taking them, installing them, writing them back to
 * memory, giving them back.
 */
#include "pt_internal.h"

static uint64_t hvpt_page_gpa(const struct hvpt_pagetable *pt,
			      const uint64_t *page)
{
	return (uint64_t)(uintptr_t)page - pt->direct_map_offset;
}

enum hvpt_status hvpt_page_take(struct hvpt_pagetable *pt, uint64_t **page)
{
	*page = (uint64_t *)pt->ops->alloc_page(pt->ctx);
	if (!*page)
		return HVPT_ERR_NO_MEMORY;
	if (((uintptr_t)*page & (HVPT_PAGE_BYTES - 1)) == 0 &&
	    hvpt_table_gpa_ok(pt, hvpt_page_gpa(pt, *page)))
		return HVPT_OK;
	pt->ops->free_page(pt->ctx, *page);
	return HVPT_ERR_TABLE_PAGE;
}

static void hvpt_reserve_push(struct hvpt_reserve *reserve, uint64_t *page)
{
	HVPT_PORT_STORE(&page[0], (uint64_t)(uintptr_t)reserve->head);
	reserve->head = page;
}

enum hvpt_status hvpt_reserve_take(struct hvpt_pagetable *pt,
				   struct hvpt_reserve *reserve)
{
	uint64_t *page;
	enum hvpt_status status = hvpt_page_take(pt, &page);

	if (status == HVPT_OK)
		hvpt_reserve_push(reserve, page);
	return status;
}

uint64_t *hvpt_reserve_pop(struct hvpt_reserve *reserve)
{
	uint64_t *page = reserve->head;

	if (!page)
		return NULL;
	reserve->head = (uint64_t *)(uintptr_t)HVPT_PORT_LOAD(&page[0]);
	HVPT_PORT_STORE(&page[0], 0);
	return page;
}

HVPT_NOINLINE void hvpt_pages_free(struct hvpt_pagetable *pt, uint64_t *page)
{
	while (page) {
		uint64_t next = HVPT_PORT_LOAD(&page[0]);

		pt->ops->free_page(pt->ctx, page);
		page = (uint64_t *)(uintptr_t)next;
	}
}

void hvpt_reserve_release(struct hvpt_pagetable *pt,
			  struct hvpt_reserve *reserve)
{
	if (reserve->installed)
		HVPT_PORT_ADD(&pt->table_count, reserve->installed);
	hvpt_pages_free(pt, reserve->head);
}

void hvpt_pt_release(struct hvpt_pagetable *pt, struct hvpt_gather *gather)
{
	if (gather->splits) {
		/* the flush is over before anybody learns that it is */
		HVPT_PORT_FENCE();
		HVPT_PORT_ADD(&pt->splits, 0 - gather->splits);
	}
	hvpt_pages_free(pt, gather->tables);
	hvpt_gather_init(gather);
}

void hvpt_write_back(const struct hvpt_pagetable *pt, const uint64_t *start,
		     unsigned count)
{
	if (HVPT_UNLIKELY(pt->noncoherent))
		pt->ops->write_back(pt->ctx, start,
				    (size_t)count * sizeof(*start));
}

/*
 * A thread may walk through an entry before the thread that installed it has
 * written it back, and so report a mapping that the walker cannot reach. So
 * whoever meets an entry that is not marked CLEAN writes it back too. The mark
 * itself need not reach memory.
 */
void hvpt_entry_write_back(const struct hvpt_pagetable *pt, uint64_t *slot)
{
	if (!pt->noncoherent || (hvpt_pte_load(slot) & HVPT_PTE_CLEAN))
		return;
	hvpt_write_back(pt, slot, 1);
	HVPT_PORT_FETCH_OR(slot, HVPT_PTE_CLEAN);
}

void hvpt_path_write_back(const struct hvpt_pagetable *pt, uint64_t iova,
			  unsigned level)
{
	struct hvpt_walk walk;

	while (++level < pt->levels) {
		hvpt_walk_find(&walk, pt, iova, level);
		if (hvpt_pte_is_table(walk.pte, walk.at))
			hvpt_entry_write_back(pt, walk.slot);
	}
}

void hvpt_leaves_write_back(const struct hvpt_pagetable *pt, uint64_t iova,
			    const uint64_t *slot, unsigned count)
{
	hvpt_path_write_back(pt, iova, 0);
	hvpt_write_back(pt, slot, count);
}

void hvpt_ends_write_back(const struct hvpt_pagetable *pt, uint64_t first,
			  uint64_t last)
{
	hvpt_path_write_back(pt, first, 0);
	hvpt_path_write_back(pt, last, 0);
}

uint64_t hvpt_table_pte(const struct hvpt_pagetable *pt, const uint64_t *page)
{
	return hvpt_page_gpa(pt, page) | pt->table_gpa_mask |
	       HVPT_PTE_TABLE_BITS;
}

bool hvpt_table_install(struct hvpt_pagetable *pt, struct hvpt_reserve *reserve,
			uint64_t *slot, uint64_t *seen, uint64_t *page)
{
	/* what the table holds must be visible before its entry is */
	hvpt_write_back(pt, page, HVPT_TABLE_ENTRIES);
	if (!hvpt_pte_replace(slot, seen, hvpt_table_pte(pt, page))) {
		hvpt_reserve_push(reserve, page);
		return false;
	}
	reserve->installed++;
	hvpt_entry_write_back(pt, slot);
	return true;
}
