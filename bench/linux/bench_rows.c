// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The calls of drivers which are measured. Each maps, and unmaps the same. */
#include "bench_module.h"

#include <linux/dma-mapping.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

/* As many as a table has entries: such a map adds a table. */
#define BENCH_SEGMENTS 512
/* Twice the pages of the segments, which are not adjacent. */
#define BENCH_ORDER 10

static int bench_block(struct bench_memory *memory, size_t size)
{
	struct device *dev = &memory->pdev->dev;
	dma_addr_t at = dma_map_page(dev, memory->block, 0, size,
				     DMA_BIDIRECTIONAL);

	if (dma_mapping_error(dev, at))
		return -ENOMEM;
	dma_unmap_page(dev, at, size, DMA_BIDIRECTIONAL);
	return 0;
}

static int bench_page(struct bench_memory *memory)
{
	return bench_block(memory, PAGE_SIZE);
}

static int bench_128k(struct bench_memory *memory)
{
	return bench_block(memory, 128 << 10);
}

static int bench_1m(struct bench_memory *memory)
{
	return bench_block(memory, 1 << 20);
}

static int bench_list(struct bench_memory *memory, int segments)
{
	struct device *dev = &memory->pdev->dev;

	if (!dma_map_sg(dev, memory->list, segments, DMA_BIDIRECTIONAL))
		return -ENOMEM;
	dma_unmap_sg(dev, memory->list, segments, DMA_BIDIRECTIONAL);
	return 0;
}

static int bench_sg_32(struct bench_memory *memory)
{
	return bench_list(memory, 32);
}

static int bench_sg_512(struct bench_memory *memory)
{
	return bench_list(memory, 512);
}

/* What the allocator takes of a table that is added, and removed. */
static int bench_zero_page(struct bench_memory *memory)
{
	struct page *page = alloc_page(GFP_ATOMIC | __GFP_ZERO);

	if (!page)
		return -ENOMEM;
	__free_page(page);
	return 0;
}

static int bench_coherent(struct bench_memory *memory)
{
	struct device *dev = &memory->pdev->dev;
	dma_addr_t at;
	void *got = dma_alloc_coherent(dev, PAGE_SIZE, &at, GFP_KERNEL);

	if (!got)
		return -ENOMEM;
	dma_free_coherent(dev, PAGE_SIZE, got, at);
	return 0;
}

static const struct bench_row bench_rows[] = {
	{ "page", bench_page },
	{ "sg-32", bench_sg_32 },
	{ "sg-512", bench_sg_512 },
	{ "128k", bench_128k },
	{ "1m", bench_1m },
	{ "coherent", bench_coherent },
	{ "zero-page", bench_zero_page },
};

const struct bench_row *bench_row_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bench_rows); i++)
		if (!strcmp(bench_rows[i].name, name))
			return &bench_rows[i];
	return NULL;
}

int bench_memory_open(struct bench_memory *memory, struct pci_dev *pdev)
{
	int i;

	memory->pdev = pdev;
	memory->block = alloc_pages(GFP_KERNEL, BENCH_ORDER);
	memory->list = kcalloc(BENCH_SEGMENTS, sizeof(*memory->list),
			       GFP_KERNEL);
	if (!memory->block || !memory->list) {
		bench_memory_close(memory);
		return -ENOMEM;
	}
	sg_init_table(memory->list, BENCH_SEGMENTS);
	for (i = 0; i < BENCH_SEGMENTS; i++)
		sg_set_page(&memory->list[i], memory->block + 2 * i, PAGE_SIZE,
			    0);
	return 0;
}

void bench_memory_close(struct bench_memory *memory)
{
	if (memory->block)
		__free_pages(memory->block, BENCH_ORDER);
	kfree(memory->list);
}
