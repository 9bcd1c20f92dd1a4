/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * image.c - hvpt in a program without a C library.
 *
 * Linked with -nostdlib from this file and the core alone. The program maps,
 * looks up and unmaps in a pool of static pages and leaves by a raw system
 * call: 0 when all was right, else the number of the step that was not.
 */
#include "hvpt/hvpt.h"

#define POOL_PAGES 16u
#define PAGE_WORDS 512u

/* The pool; its pages' guest-physical addresses start at POOL_GPA. */
#define POOL_GPA 0x40000000ull

static uint64_t pool[POOL_PAGES][PAGE_WORDS] __attribute__((aligned(4096)));
static bool pool_used[POOL_PAGES];

_Noreturn void image_main(void);

static void *pool_alloc(void *ctx)
{
	unsigned page, word;

	(void)ctx;
	for (page = 0; page < POOL_PAGES && pool_used[page]; page++)
		;
	if (page == POOL_PAGES)
		return NULL;
	pool_used[page] = true;
	for (word = 0; word < PAGE_WORDS; word++)
		((volatile uint64_t *)pool[page])[word] = 0;
	return pool[page];
}

static void pool_free(void *ctx, void *page)
{
	(void)ctx;
	pool_used[((uintptr_t)page - (uintptr_t)pool) / sizeof(pool[0])] =
		false;
}

static unsigned pool_count(void)
{
	unsigned page, count = 0;

	for (page = 0; page < POOL_PAGES; page++)
		count += pool_used[page];
	return count;
}

static const struct hvpt_page_ops pool_ops = {
	.alloc_page = pool_alloc,
	.free_page = pool_free,
};

static int check_map(struct hvpt_pagetable *pt)
{
	struct hvpt_mapping seen;

	if (hvpt_pt_map(pt, hvpt_iova(0x200000), hvpt_gpa(0), 0x203000,
			HVPT_PROT_READ | HVPT_PROT_WRITE, NULL) != HVPT_OK)
		return 2;
	if (hvpt_pt_lookup(pt, hvpt_iova(0x402123), &seen) != HVPT_OK ||
	    seen.gpa.value != 0x202123 || seen.leaf_lg2 != 12)
		return 3;
	if (hvpt_pt_lookup(pt, hvpt_iova(0x200000), &seen) != HVPT_OK ||
	    seen.gpa.value != 0 || seen.leaf_lg2 != 21)
		return 4;
	if (hvpt_pt_lookup(pt, hvpt_iova(0x403000), &seen) !=
	    HVPT_ERR_NOT_MAPPED)
		return 5;
	return 0;
}

/* Cuts the 2 MiB leaf in the middle, then takes everything away. */
static int check_unmap(struct hvpt_pagetable *pt)
{
	struct hvpt_gather gather;
	struct hvpt_mapping seen;
	uint64_t unmapped;

	hvpt_gather_init(&gather);
	if (hvpt_pt_unmap(pt, hvpt_iova(0x300000), 0x1000, &gather,
			  &unmapped) != HVPT_OK ||
	    unmapped != 0x1000)
		return 6;
	if (hvpt_pt_lookup(pt, hvpt_iova(0x300000), &seen) !=
		    HVPT_ERR_NOT_MAPPED ||
	    hvpt_pt_lookup(pt, hvpt_iova(0x301000), &seen) != HVPT_OK ||
	    seen.gpa.value != 0x101000)
		return 7;
	if (hvpt_pt_unmap(pt, hvpt_iova(0), HVPT_PAGE_SIZE_1G, &gather,
			  &unmapped) != HVPT_OK ||
	    unmapped != 0x202000)
		return 8;
	hvpt_pt_release(pt, &gather);
	return hvpt_pt_tables(pt) == pool_count() ? 0 : 9;
}

/* Static: a compiler may build a local one with memcpy, which is not there. */
static struct hvpt_pt_config config = {
	.ops = &pool_ops,
	.page_sizes = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M,
	.levels = 4,
	.width = 48,
	.form = HVPT_IOVA_LOWER,
};

static int run(void)
{
	struct hvpt_pagetable pt;
	int step;

	config.direct_map_offset = (uint64_t)(uintptr_t)pool - POOL_GPA;
	if (hvpt_pt_init(&pt, &config) != HVPT_OK)
		return 1;
	step = check_map(&pt);
	if (!step)
		step = check_unmap(&pt);
	hvpt_pt_destroy(&pt);
	if (!step && pool_count() != 0)
		step = 10;
	return step;
}

static _Noreturn void leave(int status)
{
#if defined(__x86_64__)
	__asm__ volatile("syscall" : : "a"(231L), "D"((long)status) : "memory");
#elif defined(__aarch64__)
	register long number __asm__("x8") = 94;
	register long code __asm__("x0") = status;

	__asm__ volatile("svc 0" : : "r"(number), "r"(code) : "memory");
#else
#error "image.c: no exit_group for this target"
#endif
	__builtin_unreachable();
}

_Noreturn void image_main(void)
{
	leave(run());
}

/* The kernel enters with an aligned stack and no return address. */
__asm__(".globl _start\n_start:\n"
#if defined(__x86_64__)
	"call image_main\n"
#else
	"bl image_main\n"
#endif
);
