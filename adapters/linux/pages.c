// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Table pages, allocated in advance by callers that may wait for them. */
#include "linux_internal.h"

#include <linux/sched.h>

/* Pages that a pool keeps for the next call that lacks one. */
#define HVPT_LINUX_POOL_KEEP 8u

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
	struct hvpt_linux_pool *pool = ctx;

	hvpt_linux_page_give(virt_to_page(page));
	if (pool->ending)
		cond_resched();
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
	pool->wanted = 0;
	pool->node = node;
	pool->ending = false;
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
static bool hvpt_linux_pool_fill(struct hvpt_linux_pool *pool,
				 unsigned int count, gfp_t gfp)
{
	struct page *page;

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
static void hvpt_linux_pool_trim(struct hvpt_linux_pool *pool,
				 unsigned int keep)
{
	void *page;

	while (READ_ONCE(pool->count) > keep) {
		page = hvpt_linux_page_hook_alloc(pool);
		if (!page)
			break;
		hvpt_linux_page_give(virt_to_page(page));
	}
}

static unsigned int hvpt_linux_pool_want(struct hvpt_linux_pool *pool, int more)
{
	unsigned long flags;
	unsigned int wanted;

	spin_lock_irqsave(&pool->lock, flags);
	pool->wanted += more;
	wanted = pool->wanted;
	spin_unlock_irqrestore(&pool->lock, flags);
	return wanted;
}

/*
 * Reserves @count pages for a call, besides those that other calls reserved.
 * Call hvpt_linux_pool_done() afterwards, also when this returns false, because
 * there are fewer pages.
 */
bool hvpt_linux_pool_reserve(struct hvpt_linux_pool *pool, unsigned int count,
			     gfp_t gfp)
{
	return hvpt_linux_pool_fill(pool, hvpt_linux_pool_want(pool, count),
				    gfp);
}

/* After the call: a few pages stay for the next one, the rest is freed. */
void hvpt_linux_pool_done(struct hvpt_linux_pool *pool, unsigned int count)
{
	hvpt_linux_pool_trim(pool, hvpt_linux_pool_want(pool, -(int)count) +
					   HVPT_LINUX_POOL_KEEP);
}

void hvpt_linux_pool_empty(struct hvpt_linux_pool *pool)
{
	hvpt_linux_pool_trim(pool, 0);
}
