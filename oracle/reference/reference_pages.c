/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference_pages.c - the table pages of a reference, and the hooks which give
 * them out.
 *
 * What is freed is poisoned with a byte which makes each word one that has P
 * and a reserved bit set, and is no canonical pointer. The poison is looked at
 * before a page is given out again.
 */
#include <string.h>

#include "reference_internal.h"

#define PAGE_BYTES 4096u
#define POISON 0xa1
#define NOT_WRITTEN_BACK 0xd9
#define GPA_END (UINT64_C(1) << 52)

static uint64_t *page_at(const struct fz_world *world, unsigned page)
{
	return world->memory + (size_t)page * FZ_PAGE_WORDS;
}

static uint64_t *shadow_at(const struct fz_world *world, unsigned page)
{
	return world->shadow + (size_t)page * FZ_PAGE_WORDS;
}

static void fill(uint64_t *page, int byte)
{
	memset(page, byte, PAGE_BYTES);
}

/* Each byte is like the one before it. */
static bool is_filled(const uint64_t *page, int byte)
{
	const uint8_t *bytes = (const uint8_t *)page;

	return bytes[0] == byte && !memcmp(bytes, bytes + 1, PAGE_BYTES - 1);
}

void fz_pages_reset(struct fz_world *world)
{
	unsigned i;

	for (i = 0; i < FZ_PAGES; i++) {
		if (world->state[i] >= FZ_PAGE_IN_USE)
			world->state[i] = FZ_PAGE_DIRTY;
		world->free_list[i] = (uint16_t)(FZ_PAGES - 1 - i);
	}
	world->free_count = FZ_PAGES;
	world->gathered = 0;
	world->phase = FZ_IDLE;
	world->fail_in = 0;
	world->bad_out = NULL;
}

unsigned fz_page_of_gpa(uint64_t gpa)
{
	uint64_t offset = gpa - FZ_TABLE_GPA;

	return offset < (uint64_t)FZ_PAGES * PAGE_BYTES ?
		       (unsigned)(offset / PAGE_BYTES) :
		       FZ_NO_PAGE;
}

unsigned fz_page_of_pointer(const struct fz_world *world, const void *page)
{
	uint64_t offset = (uint64_t)(uintptr_t)page -
			  (uint64_t)(uintptr_t)world->memory;

	return offset < (uint64_t)FZ_PAGES * PAGE_BYTES ?
		       (unsigned)(offset / PAGE_BYTES) :
		       FZ_NO_PAGE;
}

/* ---- hooks ----------------------------------------------------------- */

static void *give_page(struct fz_world *world)
{
	unsigned page;
	uint64_t *words;

	if (world->free_count == 0)
		return NULL;
	page = world->free_list[--world->free_count];
	words = page_at(world, page);
	if (world->state[page] == FZ_PAGE_FREED && !is_filled(words, POISON))
		fz_violate(world, "page %u was written to after its free",
			   page);
	if (world->state[page] != FZ_PAGE_FRESH)
		fill(words, 0);
	if (world->config.noncoherent)
		fill(shadow_at(world, page), NOT_WRITTEN_BACK);
	world->state[page] = FZ_PAGE_IN_USE;
	world->born[page] = 1;
	return words;
}

/* An address no table can have: between two pages, or beyond 2^52. */
static void *give_bad_page(struct fz_world *world)
{
	uint64_t address = (uint64_t)(uintptr_t)world->memory;

	if (world->bad_kind & 1u)
		address += GPA_END - FZ_TABLE_GPA;
	else
		address += 8;
	world->bad_out = (void *)(uintptr_t)address;
	return world->bad_out;
}

static void *fz_alloc(void *ctx)
{
	struct fz_world *world = ctx;

	if (world->phase != FZ_CALL)
		fz_violate(world, "alloc_page outside of a call which may");
	world->allocs++;
	if (world->fail_in && --world->fail_in == 0)
		return world->bad_page ? give_bad_page(world) : NULL;
	return give_page(world);
}

static bool may_free(struct fz_world *world, unsigned page)
{
	enum fz_page_state state = world->state[page];

	switch (world->phase) {
	case FZ_CALL:
		if (state == FZ_PAGE_IN_USE && world->born[page])
			return true;
		return fz_violate(world, "page %u is freed before a flush",
				  page);
	case FZ_RELEASE:
		if (state == FZ_PAGE_GATHERED)
			return true;
		break;
	case FZ_DESTROY:
		if (state == FZ_PAGE_IN_USE)
			return true;
		break;
	case FZ_IDLE:
	default:
		break;
	}
	return fz_violate(world, "page %u, state %u, is freed in phase %u",
			  page, (unsigned)state, (unsigned)world->phase);
}

static void fz_free(void *ctx, void *pointer)
{
	struct fz_world *world = ctx;
	unsigned page = fz_page_of_pointer(world, pointer);

	if (world->bad_out && pointer == world->bad_out) {
		world->bad_out = NULL;
		return;
	}
	if (page == FZ_NO_PAGE || (uintptr_t)pointer % PAGE_BYTES) {
		fz_violate(world, "free of a pointer which is no page");
		return;
	}
	if (!may_free(world, page))
		return;
	if (world->state[page] == FZ_PAGE_GATHERED)
		world->gathered--;
	fill(page_at(world, page), POISON);
	world->state[page] = FZ_PAGE_FREED;
	world->born[page] = 0;
	world->free_list[world->free_count++] = (uint16_t)page;
}

static void fz_write_back(void *ctx, const void *start, size_t bytes)
{
	struct fz_world *world = ctx;
	unsigned page = fz_page_of_pointer(world, start);
	uintptr_t at = (uintptr_t)start;

	if (page == FZ_NO_PAGE || (at | bytes) % 8 || bytes == 0 ||
	    bytes > PAGE_BYTES - at % PAGE_BYTES ||
	    world->state[page] < FZ_PAGE_IN_USE) {
		fz_violate(world, "write-back of %llu bytes in no page in use",
			   (unsigned long long)bytes);
		return;
	}
	memcpy(shadow_at(world, page) + at % PAGE_BYTES / 8, start, bytes);
}

const struct hvpt_page_ops fz_page_ops = {
	.alloc_page = fz_alloc,
	.free_page = fz_free,
	.write_back = NULL,
};

const struct hvpt_page_ops fz_page_ops_noncoherent = {
	.alloc_page = fz_alloc,
	.free_page = fz_free,
	.write_back = fz_write_back,
};

/* ---- the IOMMU's side ------------------------------------------------ */

const uint64_t *fz_page_seen(const struct fz_world *world, unsigned page)
{
	return world->config.noncoherent ? shadow_at(world, page) :
					   page_at(world, page);
}

bool fz_read64(void *ctx, uint64_t gpa, uint64_t *value)
{
	const struct fz_world *world = ctx;
	unsigned page = fz_page_of_gpa(gpa);

	if (page == FZ_NO_PAGE || world->state[page] < FZ_PAGE_IN_USE)
		return false;
	*value = fz_page_seen(world, page)[gpa % PAGE_BYTES / 8];
	return true;
}

void fz_device_or(struct fz_world *world, uint64_t gpa, uint64_t bits)
{
	unsigned page = fz_page_of_gpa(gpa);

	page_at(world, page)[gpa % PAGE_BYTES / 8] |= bits;
	if (world->config.noncoherent)
		shadow_at(world, page)[gpa % PAGE_BYTES / 8] |= bits;
}
