/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Writes page tables of the library to a raw image of memory.
 *
 * Usage: memory_image FILE LEVELS BASE; BASE is the gpa of the first table,
 * and of the root, which is printed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvpt/hvpt.h"

#define PAGES 32u

/** Table pages: @base is the gpa of the first. */
struct memory {
	uint64_t base;
	unsigned used;
	_Alignas(HVPT_PAGE_BYTES) uint8_t pages[PAGES][HVPT_PAGE_BYTES];
};

static struct memory memory;

static void *alloc_page(void *ctx)
{
	struct memory *from = ctx;

	return from->used < PAGES ? from->pages[from->used++] : NULL;
}

/* Nothing is unmapped. */
static void free_page(void *ctx, void *page)
{
	(void)ctx;
	(void)page;
	abort();
}

static const struct hvpt_page_ops ops = {
	.alloc_page = alloc_page,
	.free_page = free_page,
};

static const struct {
	uint64_t iova;
	uint64_t gpa;
	uint64_t bytes;
	unsigned prot;
} maps[] = {
	{ 0x1000, 0x5000, 0x3000, HVPT_PROT_MASK },
	{ 0x10000, 0x9000, 0x1000, HVPT_PROT_READ },
	{ 0x200000, 0x40000000, 0x400000, HVPT_PROT_MASK },
	{ 0x140000000, 0x80000000, 0x40000000, HVPT_PROT_READ },
	{ 0x7fffffffe000, 0x123000, 0x2000, HVPT_PROT_MASK },
};

static int build(struct hvpt_pagetable *pt, uint32_t levels)
{
	const struct hvpt_pt_config config = {
		.ops = &ops,
		.ctx = &memory,
		.direct_map_offset = (uint64_t)(uintptr_t)memory.pages -
				     memory.base,
		.page_sizes = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M |
			      HVPT_PAGE_SIZE_1G,
		.levels = levels,
		.width = levels == 4 ? 48 : 57,
	};
	size_t i;

	if (hvpt_pt_init(pt, &config) != HVPT_OK)
		return 1;
	for (i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		if (hvpt_pt_map(pt, hvpt_iova(maps[i].iova),
				hvpt_gpa(maps[i].gpa), maps[i].bytes,
				maps[i].prot, NULL) != HVPT_OK)
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct hvpt_pagetable pt;
	FILE *file;

	if (argc != 4)
		return 2;
	memory.base = strtoull(argv[3], NULL, 0);
	if (build(&pt, (uint32_t)strtoul(argv[2], NULL, 0)) != 0)
		return 1;
	file = fopen(argv[1], "wb");
	if (!file || fseek(file, (long)memory.base, SEEK_SET) != 0 ||
	    fwrite(memory.pages, 1, sizeof(memory.pages), file) !=
		    sizeof(memory.pages) ||
	    fclose(file) != 0)
		return 1;
	printf("0x%llx\n", (unsigned long long)hvpt_pt_root_gpa(&pt).value);
	return 0;
}
