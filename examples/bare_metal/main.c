/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt on a machine without an operating system: maps a page, looks it up,
 * and lets the processor, whose tables have the same format, walk there.
 */
#include "hvpt/hvpt.h"

#define COM1 0x3f8
#define LINE_STATUS 5
#define CAN_SEND 0x20
/* What isa-debug-exit gets. */
#define GOOD 16
#define BAD 17

#define IOVA 0x8000000000u
#define FIRST_GIB (1u << 30)

int bare_metal_main(void);

static uint8_t pages[16][4096] __attribute__((aligned(4096)));
static unsigned used;
static uint64_t target[512] __attribute__((aligned(4096)));

/* Pages are all zero at the start, and are given out once. */
static void *alloc_page(void *ctx)
{
	(void)ctx;
	return used < 16 ? pages[used++] : NULL;
}

static void free_page(void *ctx, void *page)
{
	(void)ctx;
	(void)page;
}

static const struct hvpt_page_ops ops = {
	.alloc_page = alloc_page,
	.free_page = free_page,
};

static const struct hvpt_pt_config config = {
	.ops = &ops,
	.page_sizes = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M,
	.width = 48, /* levels follow from it: 4 */
};

static void put(char sign)
{
	uint8_t status;

	do {
		__asm__ volatile("inb %w1, %0"
				 : "=a"(status)
				 : "Nd"(COM1 + LINE_STATUS));
	} while (!(status & CAN_SEND));
	__asm__ volatile("outb %0, %w1" : : "a"(sign), "Nd"(COM1));
}

static void say(const char *text)
{
	while (*text)
		put(*text++);
}

static void say_hex(uint64_t number)
{
	int shift = 60;

	while (shift && !(number >> shift))
		shift -= 4;
	say("0x");
	for (; shift >= 0; shift -= 4)
		put("0123456789abcdef"[number >> shift & 15]);
}

static enum hvpt_status map(struct hvpt_pagetable *pt, uint64_t iova,
			    uint64_t gpa, uint64_t length)
{
	return hvpt_pt_map(pt, hvpt_iova(iova), hvpt_gpa(gpa), length,
			   HVPT_PROT_READ | HVPT_PROT_WRITE, NULL);
}

/* What the processor reads at IOVA through the tables. */
static uint64_t read_through(const struct hvpt_pagetable *pt)
{
	__asm__ volatile("mov %0, %%cr3"
			 :
			 : "r"(hvpt_pt_root_gpa(pt).value)
			 : "memory");
	return *(volatile uint64_t *)IOVA;
}

int bare_metal_main(void)
{
	struct hvpt_pagetable pt;
	struct hvpt_mapping seen;

	target[0] = 0x600d;
	if (hvpt_pt_init(&pt, &config) != HVPT_OK ||
	    map(&pt, 0, 0, FIRST_GIB) != HVPT_OK ||
	    map(&pt, IOVA, (uintptr_t)target, 4096) != HVPT_OK ||
	    hvpt_pt_lookup(&pt, hvpt_iova(IOVA), &seen) != HVPT_OK ||
	    seen.gpa.value != (uintptr_t)target) {
		say("hvpt failed\n");
		return BAD;
	}
	say("the processor reads ");
	say_hex(read_through(&pt));
	say(" at ");
	say_hex(IOVA);
	say("\n");
	return GOOD;
}
