// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "linux_internal.h"

static void hvpt_linux_page_give(struct page *page)
{
	hvpt_compat_count_table(page, -1);
	__free_page(page);
}

static void *hvpt_linux_page_hook_alloc(void *ctx)
{
	struct hvpt_linux_pool *pool = ctx;
	unsigned long flags;
	u64 *page;

	spin_lock_irqsave(&pool->lock, flags);
	page = pool->first;
	if (page) {
		pool->first = (u64 *)(uintptr_t)page[0];
		pool->count--;
	}
	spin_unlock_irqrestore(&pool->lock, flags);
	if (page)
		page[0] = 0;
	return page;
}

static void hvpt_linux_page_hook_free(void *ctx, void *page)
{
	hvpt_linux_page_give(virt_to_page(page));
}

/* Table walks of the pvIOMMU snoop: no write_back. */
const struct hvpt_page_ops hvpt_linux_page_ops = {
	.alloc_page = hvpt_linux_page_hook_alloc,
	.free_page = hvpt_linux_page_hook_free,
};

void hvpt_linux_pool_init(struct hvpt_linux_pool *pool, int node)
{
	spin_lock_init(&pool->lock);
	pool->first = NULL;
	pool->count = 0;
	pool->node = node;
}

static void hvpt_linux_pool_put(struct hvpt_linux_pool *pool, u64 *page)
{
	unsigned long flags;

	spin_lock_irqsave(&pool->lock, flags);
	page[0] = (uintptr_t)pool->first;
	pool->first = page;
	pool->count++;
	spin_unlock_irqrestore(&pool->lock, flags);
}

/* Fills the pool to @count pages. False: @gfp did not allow that many. */
bool hvpt_linux_pool_fill(struct hvpt_linux_pool *pool, unsigned int count,
			  gfp_t gfp)
{
	struct page *page;

	atomic64_inc(&hvpt_linux.stats.refills);
	/* Tables are in the direct map: ignore the zone of the caller. */
	gfp &= ~(__GFP_HIGHMEM | __GFP_DMA | __GFP_DMA32);
	while (READ_ONCE(pool->count) < count) {
		page = alloc_pages_node(pool->node, gfp | __GFP_ZERO, 0);
		if (!page)
			return false;
		hvpt_compat_count_table(page, 1);
		hvpt_linux_pool_put(pool, page_address(page));
	}
	return true;
}

/* Frees all pages above @keep. */
void hvpt_linux_pool_trim(struct hvpt_linux_pool *pool, unsigned int keep)
{
	void *page;

	while (READ_ONCE(pool->count) > keep) {
		page = hvpt_linux_page_hook_alloc(pool);
		if (!page)
			break;
		hvpt_linux_page_give(virt_to_page(page));
	}
}
