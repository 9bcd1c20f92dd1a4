/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference_pages.c - the table pages of a reference, and the hooks that give
 * them out.
 *
 * What is freed is poisoned with a byte that makes each word one that has P
 * and a reserved bit set, and is no canonical pointer. The poison is checked
 * before a page is given out again.
 */
#include <string.h>

#include "reference_internal.h"

#define PAGE_BYTES 4096u
#define POISON 0xa1
#define NOT_WRITTEN_BACK 0xd9
#define GPA_END (UINT64_C(1) << 52)

static uint64_t *page_at(const struct reference *ref, unsigned page)
{
	return ref->memory + (size_t)page * REF_PAGE_WORDS;
}

static uint64_t *shadow_at(const struct reference *ref, unsigned page)
{
	return ref->shadow + (size_t)page * REF_PAGE_WORDS;
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

void ref_pages_reset(struct reference *ref)
{
	unsigned i;

	for (i = 0; i < REF_PAGES; i++) {
		if (ref->state[i] >= REF_PAGE_IN_USE)
			ref->state[i] = REF_PAGE_DIRTY;
		ref->free_list[i] = (uint16_t)(REF_PAGES - 1 - i);
	}
	ref->free_count = REF_PAGES;
	ref->gathered = 0;
	ref->phase = REF_IDLE;
	ref->fail_in = 0;
	ref->bad_out = NULL;
}

unsigned ref_page_of_gpa(uint64_t gpa)
{
	uint64_t offset = gpa - REF_TABLE_GPA;

	return offset < (uint64_t)REF_PAGES * PAGE_BYTES ?
		       (unsigned)(offset / PAGE_BYTES) :
		       REF_NO_PAGE;
}

unsigned ref_page_of_pointer(const struct reference *ref, const void *page)
{
	uint64_t offset = (uint64_t)(uintptr_t)page -
			  (uint64_t)(uintptr_t)ref->memory;

	return offset < (uint64_t)REF_PAGES * PAGE_BYTES ?
		       (unsigned)(offset / PAGE_BYTES) :
		       REF_NO_PAGE;
}

/* ---- hooks ----------------------------------------------------------- */

static void *give_page(struct reference *ref)
{
	unsigned page;
	uint64_t *words;

	if (ref->free_count == 0)
		return NULL;
	page = ref->free_list[--ref->free_count];
	words = page_at(ref, page);
	if (ref->state[page] == REF_PAGE_FREED && !is_filled(words, POISON))
		ref_violate(ref, "page %u was written to after its free", page);
	if (ref->state[page] != REF_PAGE_FRESH)
		fill(words, 0);
	if (ref->config.noncoherent)
		fill(shadow_at(ref, page), NOT_WRITTEN_BACK);
	ref->state[page] = REF_PAGE_IN_USE;
	ref->born[page] = 1;
	return words;
}

/* An address no table can have: between two pages, or beyond 2^52. */
static void *give_bad_page(struct reference *ref)
{
	uint64_t address = (uint64_t)(uintptr_t)ref->memory;

	if (ref->bad_kind & 1u)
		address += GPA_END - REF_TABLE_GPA;
	else
		address += 8;
	ref->bad_out = (void *)(uintptr_t)address;
	return ref->bad_out;
}

static void *ref_alloc(void *ctx)
{
	struct reference *ref = ctx;

	if (ref->phase != REF_CALL)
		ref_violate(ref, "alloc_page outside of a call that may");
	ref->allocs++;
	if (ref->fail_in && --ref->fail_in == 0)
		return ref->bad_page ? give_bad_page(ref) : NULL;
	return give_page(ref);
}

static bool may_free(struct reference *ref, unsigned page)
{
	enum ref_page_state state = ref->state[page];

	switch (ref->phase) {
	case REF_CALL:
		if (state == REF_PAGE_IN_USE && ref->born[page])
			return true;
		return ref_violate(ref, "page %u is freed before a flush",
				   page);
	case REF_RELEASE:
		if (state == REF_PAGE_GATHERED)
			return true;
		break;
	case REF_DESTROY:
		if (state == REF_PAGE_IN_USE)
			return true;
		break;
	case REF_IDLE:
	default:
		break;
	}
	return ref_violate(ref, "page %u, state %u, is freed in phase %u", page,
			   (unsigned)state, (unsigned)ref->phase);
}

static void ref_free(void *ctx, void *pointer)
{
	struct reference *ref = ctx;
	unsigned page = ref_page_of_pointer(ref, pointer);

	if (ref->bad_out && pointer == ref->bad_out) {
		ref->bad_out = NULL;
		return;
	}
	if (page == REF_NO_PAGE || (uintptr_t)pointer % PAGE_BYTES) {
		ref_violate(ref, "free of a pointer that is no page");
		return;
	}
	if (!may_free(ref, page))
		return;
	if (ref->state[page] == REF_PAGE_GATHERED)
		ref->gathered--;
	fill(page_at(ref, page), POISON);
	ref->state[page] = REF_PAGE_FREED;
	ref->born[page] = 0;
	ref->free_list[ref->free_count++] = (uint16_t)page;
}

static void ref_write_back(void *ctx, const void *start, size_t bytes)
{
	struct reference *ref = ctx;
	unsigned page = ref_page_of_pointer(ref, start);
	uintptr_t at = (uintptr_t)start;

	if (page == REF_NO_PAGE || (at | bytes) % 8 || bytes == 0 ||
	    bytes > PAGE_BYTES - at % PAGE_BYTES ||
	    ref->state[page] < REF_PAGE_IN_USE) {
		ref_violate(ref, "write-back of %llu bytes in no page in use",
			    (unsigned long long)bytes);
		return;
	}
	memcpy(shadow_at(ref, page) + at % PAGE_BYTES / 8, start, bytes);
}

const struct hvpt_page_ops ref_page_ops = {
	.alloc_page = ref_alloc,
	.free_page = ref_free,
	.write_back = NULL,
};

const struct hvpt_page_ops ref_page_ops_noncoherent = {
	.alloc_page = ref_alloc,
	.free_page = ref_free,
	.write_back = ref_write_back,
};

/* ---- the IOMMU's side ------------------------------------------------ */

const uint64_t *ref_page_seen(const struct reference *ref, unsigned page)
{
	return ref->config.noncoherent ? shadow_at(ref, page) :
					 page_at(ref, page);
}

bool ref_read64(void *ctx, uint64_t gpa, uint64_t *value)
{
	const struct reference *ref = ctx;
	unsigned page = ref_page_of_gpa(gpa);

	if (page == REF_NO_PAGE || ref->state[page] < REF_PAGE_IN_USE)
		return false;
	*value = ref_page_seen(ref, page)[gpa % PAGE_BYTES / 8];
	return true;
}

void ref_device_or(struct reference *ref, uint64_t gpa, uint64_t bits)
{
	unsigned page = ref_page_of_gpa(gpa);

	page_at(ref, page)[gpa % PAGE_BYTES / 8] |= bits;
	if (ref->config.noncoherent)
		shadow_at(ref, page)[gpa % PAGE_BYTES / 8] |= bits;
}
