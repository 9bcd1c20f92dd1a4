/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * DMA in the model hypervisor, on tables written by hand from the tables of
 * SDM volume 3A, 4.5. No header of hvpt is used: entries are numbers. Flushes
 * drop pieces of entries here; test_hypervisor_host has whole ones.
 *
 * Memory is 16 pages from 0x100000 on. The tree of most tests: the address
 * 0x0000008080604000 (IOVA) has the indexes 1, 2, 3, 4 below a PML4.
 *
 *	0x100000  PML4	[1]		0x101000  PDPT	[2]
 *	0x102000  PD	[3]		0x103000  PT	[4]
 *
 * A PML5 is at 0x104000, index 5; other pages are extra tables. Domain 1 is
 * paging with this tree, device 0x10 is in it; domain 2 is paging with another
 * root, 3 identity, 4 blocked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/hypervisor_state.h"
#include "oracle/sdm_walk.h"
#include "tests/support/hv_raw.h"
#include "tests/support/prng.h"

#define PAGES 16u
#define MEMORY UINT64_C(0x100000)
#define PAGE(n) (MEMORY + UINT64_C(0x1000) * (n))

#define ROOT 0u
#define PDPT 1u
#define PD 2u
#define PT 3u
#define PML5 4u
#define OTHER_ROOT 5u
#define EXTRA 6u

#define IOVA UINT64_C(0x0000008080604000)
#define IOVA_5 (IOVA | UINT64_C(5) << 48)
#define K4 UINT64_C(0x1000)
#define M2 UINT64_C(0x200000)
#define G1 UINT64_C(0x40000000)

/* P R/W U/S A; a leaf has D as well, a large one PS; read-only: no R/W, D. */
#define TABLE(n) (PAGE(n) | 0x27)
#define LEAF 0x67u
#define LEAF_RO 0x25u
#define BIG 0xe7u

#define GPA_A UINT64_C(0x000a000040000000)
#define GPA_B UINT64_C(0x000b000040000000)
#define GPA_C UINT64_C(0x000c000040000000)

struct memory {
	uint64_t word[PAGES][512];
	bool used[PAGES];
};

struct fixture {
	struct memory memory;
	struct hypervisor_config config;
	struct hypervisor *hv;
};

static struct fixture fixture;

static bool read_memory(void *ctx, uint64_t gpa, uint64_t *value)
{
	const struct memory *from = ctx;
	uint64_t page = (gpa - MEMORY) / K4;

	assert_int_equal(gpa % 8, 0);
	if (page >= PAGES || !from->used[page])
		return false;
	*value = from->word[page][gpa % K4 / 8];
	return true;
}

static void put(unsigned page, unsigned index, uint64_t entry)
{
	fixture.memory.word[page][index] = entry;
}

static void make(unsigned levels)
{
	struct hypervisor *hv = hypervisor_create(&fixture.config);

	hypervisor_add_device(hv, 0x10, true);
	hypervisor_add_device(hv, 0x20, true);
	assert_int_equal(raw_create(hv, 1), RAW_OK);
	assert_int_equal(raw_create(hv, 2), RAW_OK);
	assert_int_equal(raw_create(hv, 3), RAW_OK);
	assert_int_equal(raw_create(hv, 4), RAW_OK);
	assert_int_equal(
		raw_configure(hv, 1, levels == 5 ? RAW_PAGING_5 : RAW_PAGING_4,
			      PAGE(levels == 5 ? PML5 : ROOT)),
		RAW_OK);
	assert_int_equal(raw_configure(hv, 2, RAW_PAGING_4, PAGE(OTHER_ROOT)),
			 RAW_OK);
	assert_int_equal(raw_configure(hv, 3, RAW_IDENTITY, 0), RAW_OK);
	assert_int_equal(raw_configure(hv, 4, RAW_BLOCKED, 0), RAW_OK);
	assert_int_equal(raw_attach(hv, 1, 0x10), RAW_OK);
	fixture.hv = hv;
}

static void make_again(unsigned levels)
{
	hypervisor_destroy(fixture.hv);
	make(levels);
}

static int set_up(void **state)
{
	(void)state;
	memset(&fixture, 0, sizeof(fixture));
	memset(fixture.memory.used, true, sizeof(fixture.memory.used));
	fixture.config.read64 = read_memory;
	fixture.config.read_ctx = &fixture.memory;
	fixture.config.caps = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1 |
			      HYPERVISOR_CAP_S1_5LVL;
	fixture.config.page_sizes = K4 | M2 | G1;
	fixture.config.iotlb = HYPERVISOR_IOTLB_PIECES;
	fixture.config.iova_width = 57;
	put(PML5, 5, TABLE(ROOT));
	put(ROOT, 1, TABLE(PDPT));
	put(PDPT, 2, TABLE(PD));
	put(PD, 3, TABLE(PT));
	put(PT, 4, GPA_A | LEAF);
	make(4);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hypervisor_destroy(fixture.hv);
	return 0;
}

/* ---- what a DMA may do ----------------------------------------------- */

#define FAULT UINT64_MAX

static void assert_outcome(struct hypervisor_outcome outcome, uint64_t gpa)
{
	uint64_t is = outcome.translated ? outcome.gpa : FAULT;

	if (is != gpa)
		fail_msg("outcome %#llx, not %#llx", (unsigned long long)is,
			 (unsigned long long)gpa);
}

static struct hypervisor_dma dma_of(uint64_t device, uint64_t iova, bool write)
{
	struct hypervisor_dma dma;

	memset(&dma, 0x5a, sizeof(dma));
	hypervisor_dma(fixture.hv, device, iova, write, &dma);
	return dma;
}

/* FAULT is a gpa here; so much for the outcomes. */
static void check_dma(uint64_t iova, bool write, uint64_t fresh,
		      const uint64_t *stale, size_t count)
{
	struct hypervisor_dma dma = dma_of(0x10, iova, write);
	size_t i;

	assert_outcome(dma.fresh, fresh);
	assert_int_equal(dma.stale_count, count);
	for (i = 0; i < count; i++)
		assert_outcome(dma.stale[i], stale[i]);
}

static void clean_read(uint64_t iova, uint64_t fresh)
{
	check_dma(iova, false, fresh, NULL, 0);
}

static void clean_write(uint64_t iova, uint64_t fresh)
{
	check_dma(iova, true, fresh, NULL, 0);
}

static void stale_read(uint64_t iova, uint64_t fresh, uint64_t stale)
{
	check_dma(iova, false, fresh, &stale, 1);
}

static void stale_write(uint64_t iova, uint64_t fresh, uint64_t stale)
{
	check_dma(iova, true, fresh, &stale, 1);
}

/* Flushes of domain 1; @bytes is a power of two, @iova a multiple of it. */
static void flush(uint64_t iova, uint64_t bytes)
{
	unsigned shift = 0;

	while (K4 << shift < bytes)
		shift++;
	assert_int_equal(K4 << shift, bytes);
	assert_int_equal(raw_flush_pages(fixture.hv, 1, iova, shift), RAW_OK);
}

static size_t cached(void)
{
	return hypervisor_cached(fixture.hv);
}

static void free_page(unsigned page)
{
	hypervisor_page_freed(fixture.hv, PAGE(page));
	fixture.memory.used[page] = false;
}

static void no_violation(void)
{
	raw_assert_violation(fixture.hv, NULL);
}

/* ---- translations ---------------------------------------------------- */

static void a_walk_translates_and_caches(void **state)
{
	(void)state;
	assert_int_equal(cached(), 0);
	clean_read(IOVA + 0x123, GPA_A + 0x123);
	assert_int_equal(cached(), 4);
	clean_write(IOVA + 0xfff, GPA_A + 0xfff);
	clean_read(IOVA, GPA_A);
	assert_int_equal(cached(), 4);
	clean_read(IOVA + K4, FAULT);
	assert_int_equal(cached(), 4);
	/* Three other indexes, and bits above 48. */
	clean_read(IOVA + M2, FAULT);
	clean_read(IOVA + G1, FAULT);
	clean_read(IOVA + (UINT64_C(1) << 39), FAULT);
	clean_read(IOVA | UINT64_C(1) << 48, FAULT);
	clean_read(IOVA | UINT64_C(1) << 63, FAULT);
	no_violation();
}

static void an_unmapped_page_stays_until_its_flush(void **state)
{
	(void)state;
	clean_read(IOVA, GPA_A);
	put(PT, 4, 0);
	stale_read(IOVA + 7, FAULT, GPA_A + 7);
	stale_write(IOVA, FAULT, GPA_A);
	flush(IOVA - K4, K4);
	flush(IOVA + K4, K4);
	stale_read(IOVA, FAULT, GPA_A);
	flush(IOVA, K4);
	clean_read(IOVA, FAULT);
	no_violation();
}

static void a_flush_one_page_short_leaves_the_page(void **state)
{
	unsigned i;

	(void)state;
	for (i = 4; i < 8; i++)
		put(PT, i, (GPA_A + i * K4) | LEAF);
	for (i = 4; i < 8; i++)
		clean_read(IOVA + (i - 4) * K4, GPA_A + i * K4);
	for (i = 4; i < 8; i++)
		put(PT, i, 0);
	flush(IOVA, 2 * K4);
	flush(IOVA + 2 * K4, K4);
	for (i = 4; i < 7; i++)
		clean_read(IOVA + (i - 4) * K4, FAULT);
	stale_read(IOVA + 3 * K4, FAULT, GPA_A + 7 * K4);
	flush(IOVA, 4 * K4);
	clean_read(IOVA + 3 * K4, FAULT);
}

static void a_page_never_seen_is_not_cached(void **state)
{
	(void)state;
	put(PT, 4, 0);
	clean_read(IOVA, FAULT);
	/* Not there, and then there: no flush is needed. */
	put(PT, 4, GPA_B | LEAF);
	clean_read(IOVA, GPA_B);
}

static void old_and_new_coexist(void **state)
{
	const uint64_t both[] = { GPA_A, GPA_B };

	(void)state;
	clean_read(IOVA, GPA_A);
	put(PT, 4, GPA_B | LEAF);
	stale_read(IOVA, GPA_B, GPA_A);
	put(PT, 4, GPA_C | LEAF);
	check_dma(IOVA, false, GPA_C, both, 2);
	put(PT, 4, GPA_A | LEAF);
	assert_int_equal(dma_of(0x10, IOVA, false).stale_count, 2);
	assert_int_equal(cached(), 6);
	flush(IOVA, K4);
	clean_read(IOVA, GPA_A);
}

static void no_more_than_eight_are_told(void **state)
{
	struct hypervisor_dma dma;
	unsigned i;

	(void)state;
	for (i = 0; i < 12; i++) {
		put(PT, 4, (GPA_A + i * G1) | LEAF);
		dma = dma_of(0x10, IOVA, false);
		assert_outcome(dma.fresh, GPA_A + i * G1);
		assert_int_equal(dma.stale_count, i < 8 ? i : 8);
	}
	assert_int_equal(HYPERVISOR_STALE_MAX, 8);
}

static void permissions_are_cached_too(void **state)
{
	(void)state;
	put(PT, 4, GPA_A | LEAF_RO);
	clean_read(IOVA, GPA_A);
	clean_write(IOVA, FAULT);
	/* Relaxed: a read does not care, a write may still fault. */
	put(PT, 4, GPA_A | LEAF);
	clean_read(IOVA, GPA_A);
	stale_write(IOVA, GPA_A, FAULT);
	flush(IOVA, K4);
	clean_write(IOVA, GPA_A);
	/* Restricted: it may still go through. */
	put(PT, 4, GPA_A | LEAF_RO);
	stale_write(IOVA, FAULT, GPA_A);
	clean_read(IOVA, GPA_A);
	flush(IOVA, K4);
	clean_write(IOVA, FAULT);
	no_violation();
}

static void permissions_of_all_levels_count(void **state)
{
	(void)state;
	put(PDPT, 2, PAGE(PD) | 0x25);
	clean_write(IOVA, FAULT);
	clean_read(IOVA, GPA_A);
	put(PDPT, 2, TABLE(PD));
	/* The table pointers below it were cached as read-only, too. */
	stale_write(IOVA, GPA_A, FAULT);
	flush(IOVA, K4);
	clean_write(IOVA, GPA_A);
}

static void table_pointers_keep_their_permission(void **state)
{
	(void)state;
	put(PDPT, 2, PAGE(PD) | 0x25);
	clean_read(IOVA, GPA_A);
	put(PDPT, 2, TABLE(PD));
	/* Its neighbour was never met, the pointers to its table were. */
	put(PT, 5, GPA_B | LEAF);
	stale_write(IOVA + K4, GPA_B, FAULT);
	clean_read(IOVA + K4, GPA_B);
}

static void a_denied_write_caches_the_page(void **state)
{
	(void)state;
	put(PT, 4, GPA_A | LEAF_RO);
	clean_write(IOVA, FAULT);
	put(PT, 4, 0);
	stale_read(IOVA, FAULT, GPA_A);
}

static void entries_with_reserved_bits_fault(void **state)
{
	static const uint64_t wrong[] = {
		UINT64_C(1) << 63 | LEAF, /* XD */
		0x66,			  /* P clear */
		0x63,			  /* U/S clear */
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		put(PT, 4, GPA_A | wrong[i]);
		clean_read(IOVA, FAULT);
	}
	put(PT, 4, GPA_A | LEAF);
	clean_read(IOVA, GPA_A);
	/* PS in a PML4E; address bits inside a large leaf. */
	put(ROOT, 1, TABLE(PDPT) | 0x80);
	flush(0, UINT64_C(1) << 56);
	clean_read(IOVA, FAULT);
	put(ROOT, 1, TABLE(PDPT));
	put(PD, 3, (GPA_A + 0x2000) | BIG);
	clean_read(IOVA, FAULT);
	no_violation();
}

/* ---- large leaves ---------------------------------------------------- */

static void a_flush_trims_a_large_leaf(void **state)
{
	const uint64_t base = IOVA & ~(M2 - 1);

	(void)state;
	put(PD, 3, GPA_A | BIG);
	clean_read(base + 0x12345, GPA_A + 0x12345);
	assert_int_equal(cached(), 3);
	put(PD, 3, 0);
	flush(base + 0x12000, K4);
	clean_read(base + 0x12000, FAULT);
	clean_read(base + 0x12fff, FAULT);
	stale_read(base + 0x11fff, FAULT, GPA_A + 0x11fff);
	stale_read(base + 0x13000, FAULT, GPA_A + 0x13000);
	stale_read(base, FAULT, GPA_A);
	stale_read(base + M2 - 1, FAULT, GPA_A + M2 - 1);
	flush(base, M2 / 2);
	clean_read(base + 0x13000, FAULT);
	clean_read(base + M2 / 2 - 1, FAULT);
	stale_read(base + M2 / 2, FAULT, GPA_A + M2 / 2);
	flush(base + M2 / 2, M2 / 2);
	clean_read(base + M2 / 2, FAULT);
}

static void a_huge_leaf_is_trimmed_by_large_descriptors(void **state)
{
	const uint64_t base = IOVA & ~(G1 - 1);

	(void)state;
	put(PDPT, 2, GPA_A | BIG);
	clean_write(base + 0x12345678, GPA_A + 0x12345678);
	assert_int_equal(cached(), 2);
	put(PDPT, 2, 0);
	flush(base + 4 * M2, 4 * M2);
	clean_read(base + 4 * M2, FAULT);
	clean_read(base + 8 * M2 - 1, FAULT);
	stale_read(base + 4 * M2 - 1, FAULT, GPA_A + 4 * M2 - 1);
	stale_read(base + 8 * M2, FAULT, GPA_A + 8 * M2);
	flush(base, G1);
	clean_read(base, FAULT);
	clean_read(base + G1 - 1, FAULT);
}

static void a_leaf_met_again_is_whole_again(void **state)
{
	const uint64_t base = IOVA & ~(M2 - 1);

	(void)state;
	put(PD, 3, GPA_A | BIG);
	clean_read(base, GPA_A);
	flush(base + K4, K4);
	/* Leaf and two pointers, each in two pieces. */
	assert_int_equal(cached(), 6);
	clean_read(base + 9 * K4, GPA_A + 9 * K4);
	assert_int_equal(cached(), 3);
	put(PD, 3, 0);
	stale_read(base + K4, FAULT, GPA_A + K4);
}

static void cutting_a_leaf_keeps_it_until_a_flush(void **state)
{
	const uint64_t base = IOVA & ~(M2 - 1);

	(void)state;
	put(PD, 3, GPA_A | BIG);
	clean_read(base, GPA_A);
	put(EXTRA, 0, GPA_A | LEAF);
	put(EXTRA, 1, (GPA_B + K4) | LEAF);
	put(PD, 3, TABLE(EXTRA));
	clean_read(base, GPA_A);
	stale_read(base + K4, GPA_B + K4, GPA_A + K4);
	flush(base, M2);
	clean_read(base + K4, GPA_B + K4);
}

/* ---- table pointers -------------------------------------------------- */

static void an_old_table_is_still_walked(void **state)
{
	(void)state;
	clean_read(IOVA, GPA_A);
	put(PD, 3, TABLE(EXTRA));
	put(EXTRA, 4, GPA_A | LEAF);
	put(EXTRA, 5, GPA_B | LEAF);
	clean_read(IOVA, GPA_A);
	/* Its neighbour was never met: only the pointer leads there. */
	put(PT, 5, GPA_C | LEAF);
	stale_read(IOVA + K4, GPA_B, GPA_C);
	/* What the old table holds now counts, and what was met there. */
	put(PT, 5, 0);
	{
		const uint64_t both[] = { GPA_C, FAULT };

		check_dma(IOVA + K4, false, GPA_B, both, 2);
	}
	flush(IOVA + K4, K4);
	clean_read(IOVA + K4, GPA_B);
	/* That trimmed it; everywhere else it still leads. */
	put(PT, 6, GPA_C | LEAF);
	stale_read(IOVA + 2 * K4, FAULT, GPA_C);
	flush(IOVA & ~(M2 - 1), M2);
	clean_read(IOVA + 2 * K4, FAULT);
	no_violation();
}

static void a_pointer_leads_from_every_level(void **state)
{
	(void)state;
	/* What is below the cached PML4E is found with the root empty. */
	clean_read(IOVA, GPA_A);
	put(ROOT, 1, 0);
	put(PDPT, 7, TABLE(EXTRA));
	put(EXTRA, 8, TABLE(EXTRA + 1));
	put(EXTRA + 1, 9, GPA_B | LEAF);
	stale_read(UINT64_C(1) << 39 | 7 * G1 | 8 * M2 | 9 * K4, FAULT, GPA_B);
	/* What a stale walk met is cached as well. */
	assert_int_equal(cached(), 4 + 3);
	free_page(EXTRA + 1);
	raw_assert_violation(fixture.hv, "page 0x107000 freed, but a cached "
					 "table pointer of domain 1 leads");
}

static void a_page_that_nothing_leads_to_may_go(void **state)
{
	(void)state;
	clean_read(IOVA, GPA_A);
	put(PD, 3, 0);
	flush(IOVA & ~(M2 - 1), M2);
	free_page(PT);
	clean_read(IOVA, FAULT);
	put(PDPT, 2, 0);
	flush(IOVA & ~(G1 - 1), G1);
	free_page(PD);
	free_page(EXTRA);
	clean_read(IOVA, FAULT);
	no_violation();
}

static void a_freed_table_with_one_page_not_flushed(void **state)
{
	const uint64_t base = IOVA & ~(M2 - 1);
	uint64_t at;

	(void)state;
	clean_read(IOVA, GPA_A);
	put(PD, 3, 0);
	/* 2 MiB, but for the last page. */
	for (at = 0; at < M2 - K4; at += K4)
		flush(base + at, K4);
	hypervisor_page_freed(fixture.hv, PAGE(PT));
	raw_assert_violation(fixture.hv, "page 0x103000 freed");
}

static void a_stale_walk_into_a_freed_page_is_seen(void **state)
{
	(void)state;
	clean_read(IOVA, GPA_A);
	put(PD, 3, 0);
	fixture.memory.used[PT] = false;
	no_violation();
	/* Translation and pointer: two outcomes, one like the fresh one. */
	stale_read(IOVA, FAULT, GPA_A);
	raw_assert_violation(fixture.hv, "walk read a table page not in use: "
					 "iova 0x8080604000, domain 1");
}

static void a_fresh_walk_into_a_freed_page_is_seen(void **state)
{
	(void)state;
	fixture.memory.used[PDPT] = false;
	clean_read(IOVA, FAULT);
	raw_assert_violation(fixture.hv, "walk read a table page not in use");
}

static void a_root_outside_memory_is_seen(void **state)
{
	(void)state;
	assert_int_equal(raw_configure(fixture.hv, 1, RAW_PAGING_4, 0), RAW_OK);
	clean_read(IOVA, FAULT);
	raw_assert_violation(fixture.hv, "walk read a table page not in use");
}

static void the_root_of_a_domain_may_not_go(void **state)
{
	(void)state;
	hypervisor_page_freed(fixture.hv, PAGE(ROOT) + K4 * PAGES);
	/* Domains without tables have no root, not one at 0. */
	hypervisor_page_freed(fixture.hv, 0);
	no_violation();
	hypervisor_page_freed(fixture.hv, PAGE(ROOT));
	raw_assert_violation(fixture.hv, "page 0x100000 freed, but the root of "
					 "domain 1 leads");
}

static void the_root_may_go_after_the_domain(void **state)
{
	(void)state;
	clean_read(IOVA, GPA_A);
	assert_int_equal(raw_attach(fixture.hv, 4, 0x10), RAW_OK);
	assert_int_equal(raw_delete(fixture.hv, 1), RAW_OK);
	assert_int_equal(cached(), 0);
	free_page(ROOT);
	free_page(PDPT);
	free_page(PD);
	free_page(PT);
	no_violation();
}

/* ---- flushes of a whole domain, and moves ---------------------------- */

static void a_full_flush_is_of_one_domain(void **state)
{
	(void)state;
	put(OTHER_ROOT, 1, TABLE(PDPT));
	assert_int_equal(raw_attach(fixture.hv, 2, 0x20), RAW_OK);
	clean_read(IOVA, GPA_A);
	assert_outcome(dma_of(0x20, IOVA, false).fresh, GPA_A);
	assert_int_equal(cached(), 8);
	put(PT, 4, 0);
	assert_int_equal(raw_flush(fixture.hv, 2), RAW_OK);
	assert_int_equal(cached(), 4);
	stale_read(IOVA, FAULT, GPA_A);
	assert_int_equal(dma_of(0x20, IOVA, false).stale_count, 0);
	assert_int_equal(raw_flush(fixture.hv, 1), RAW_OK);
	clean_read(IOVA, FAULT);
	assert_int_equal(cached(), 3 + 3);
}

static void the_largest_descriptor_covers_everything(void **state)
{
	(void)state;
	clean_read(IOVA, GPA_A);
	assert_int_equal(raw_flush_pages(fixture.hv, 1, 0, 52), RAW_OK);
	assert_int_equal(cached(), 0);
}

static void devices_of_a_domain_share_its_cache(void **state)
{
	struct hypervisor_dma dma;

	(void)state;
	assert_int_equal(raw_attach(fixture.hv, 1, 0x20), RAW_OK);
	clean_read(IOVA, GPA_A);
	put(PT, 4, 0);
	dma = dma_of(0x20, IOVA, false);
	assert_int_equal(dma.stale_count, 1);
	assert_outcome(dma.stale[0], GPA_A);
}

static void a_move_flushes_nothing(void **state)
{
	(void)state;
	clean_read(IOVA, GPA_A);
	assert_int_equal(raw_attach(fixture.hv, 2, 0x10), RAW_OK);
	assert_int_equal(cached(), 4);
	/* Domain 2 has a cache of its own. */
	clean_read(IOVA, FAULT);
	put(PT, 4, 0);
	assert_int_equal(raw_attach(fixture.hv, 1, 0x10), RAW_OK);
	stale_read(IOVA, FAULT, GPA_A);
	no_violation();
}

static void a_detach_flushes_the_domain_and_blocks(void **state)
{
	(void)state;
	clean_read(IOVA, GPA_A);
	assert_int_equal(raw_attach(fixture.hv, 1, 0x20), RAW_OK);
	assert_int_equal(raw_detach(fixture.hv, 0x10), RAW_OK);
	assert_int_equal(cached(), 0);
	clean_read(IOVA, FAULT);
	clean_read(0, FAULT);
	assert_int_equal(raw_attach(fixture.hv, 1, 0x10), RAW_OK);
	clean_read(IOVA, GPA_A);
}

static void configuring_again_flushes_nothing(void **state)
{
	(void)state;
	clean_read(IOVA, GPA_A);
	assert_int_equal(raw_configure(fixture.hv, 1, RAW_PAGING_4,
				       PAGE(OTHER_ROOT)),
			 RAW_OK);
	stale_read(IOVA, FAULT, GPA_A);
	assert_int_equal(raw_configure(fixture.hv, 1, RAW_IDENTITY, 0), RAW_OK);
	stale_read(IOVA, IOVA, GPA_A);
	assert_int_equal(raw_configure(fixture.hv, 1, RAW_BLOCKED, 0), RAW_OK);
	stale_read(IOVA, FAULT, GPA_A);
	assert_int_equal(raw_flush(fixture.hv, 1), RAW_OK);
	clean_read(IOVA, FAULT);
}

static void losing_state_loses_the_caches(void **state)
{
	(void)state;
	clean_read(IOVA, GPA_A);
	hypervisor_lose_state(fixture.hv);
	assert_int_equal(cached(), 0);
	clean_read(IOVA, IOVA);
	free_page(PT);
	free_page(ROOT);
	no_violation();
}

/* ---- without tables -------------------------------------------------- */

static void domains_without_tables(void **state)
{
	static const uint64_t iovas[] = { 0, 0x12345, IOVA, UINT64_C(1) << 60,
					  UINT64_MAX };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(iovas) / sizeof(iovas[0]); i++) {
		struct hypervisor_dma dma = dma_of(0x20, iovas[i], true);

		/* Never attached. */
		assert_true(dma.fresh.translated);
		assert_int_equal(dma.fresh.gpa, iovas[i]);
		assert_int_equal(dma.stale_count, 0);
		assert_int_equal(raw_attach(fixture.hv, 3, 0x10), RAW_OK);
		dma = dma_of(0x10, iovas[i], true);
		assert_true(dma.fresh.translated);
		assert_int_equal(dma.fresh.gpa, iovas[i]);
		assert_int_equal(raw_attach(fixture.hv, 4, 0x10), RAW_OK);
		assert_false(dma_of(0x10, iovas[i], false).fresh.translated);
	}
	assert_int_equal(cached(), 0);
	no_violation();
}

/* ---- forms of addresses ---------------------------------------------- */

static void five_levels(void **state)
{
	(void)state;
	make_again(5);
	clean_read(IOVA_5 + 0x123, GPA_A + 0x123);
	assert_int_equal(cached(), 5);
	clean_read(IOVA, FAULT);
	clean_read(IOVA_5 | UINT64_C(1) << 57, FAULT);
	put(PML5, 5, 0);
	stale_read(IOVA_5, FAULT, GPA_A);
	flush(IOVA_5, K4);
	clean_read(IOVA_5, FAULT);
	hypervisor_page_freed(fixture.hv, PAGE(ROOT));
	raw_assert_violation(fixture.hv, "page 0x100000 freed, but a cached "
					 "table pointer");
}

static void the_width_is_a_limit(void **state)
{
	(void)state;
	fixture.config.iova_width = 40;
	make_again(4);
	clean_read(IOVA, GPA_A);
	fixture.config.iova_width = 39;
	make_again(4);
	clean_read(IOVA, FAULT);
	/* Nothing above a page: nothing is translated. */
	put(ROOT, 0, TABLE(PDPT));
	put(PDPT, 0, TABLE(PD));
	put(PD, 0, TABLE(PT));
	put(PT, 0, GPA_B | LEAF);
	clean_read(0, GPA_B);
	fixture.config.iova_width = 12;
	make_again(4);
	clean_read(0, FAULT);
	fixture.config.iova_width = 0;
	make_again(5);
	clean_read(0, FAULT);
	fixture.config.iova_width = 13;
	make_again(4);
	clean_read(0, GPA_B);
	clean_read(2 * K4, FAULT);
	no_violation();
}

static void addresses_may_be_canonical(void **state)
{
	const uint64_t top = UINT64_C(0xffffffffffffffff);

	(void)state;
	put(ROOT, 511, TABLE(PDPT));
	put(PDPT, 511, TABLE(PD));
	put(PD, 511, TABLE(PT));
	put(PT, 511, GPA_B | LEAF);
	clean_read(top, FAULT);
	clean_read(top >> 16, GPA_B + 0xfff);
	fixture.config.canonical = true;
	fixture.config.iova_width = 48;
	make_again(4);
	clean_read(top, GPA_B + 0xfff);
	clean_read(top >> 16, FAULT);
	clean_read(IOVA, GPA_A);
	put(PT, 511, 0);
	stale_read(top, FAULT, GPA_B + 0xfff);
	flush(top & ~(M2 - 1), M2);
	clean_read(top, FAULT);
	/* A root of 4 levels has no bit 56, whatever the width. */
	put(PT, 511, GPA_B | LEAF);
	fixture.config.iova_width = 57;
	make_again(4);
	clean_read(top, GPA_B + 0xfff);
	clean_read(UINT64_C(1) << 47, FAULT);
	no_violation();
}

static void dmas_are_counted(void **state)
{
	struct hypervisor_stats stats;

	(void)state;
	clean_read(IOVA, GPA_A);
	clean_read(IOVA, GPA_A);
	put(PT, 4, 0);
	stale_read(IOVA, FAULT, GPA_A);
	(void)dma_of(0x20, 0, false);
	hypervisor_read_stats(fixture.hv, &stats);
	assert_int_equal(stats.dmas, 4);
	assert_int_equal(stats.stale_dmas, 1);
	assert_int_equal(stats.violations, 0);
}

/* ---- beside the slow way ---------------------------------------------- */

/* A domain at random: tables, flushes, owners, and a twin of its hypervisor. */
struct random_dma {
	uint64_t prng;
	struct hypervisor *twin;
	uint64_t iova;
	uint64_t stale;
};

static unsigned below(struct random_dma *run, unsigned end)
{
	return (unsigned)(hvpt_random(&run->prng) >> 33) % end;
}

/* Nothing, a table, or a leaf; some without R/W, few with a reserved bit. */
static void change_entry(struct random_dma *run)
{
	static const unsigned index[] = { 1, 2, 3, 4 };
	unsigned level = below(run, 4);
	unsigned page = below(run, 4) ? level : EXTRA + below(run, 8);
	uint64_t entry = 0;

	switch (below(run, 5)) {
	case 0:
		break;
	case 1:
		entry = GPA_A * (1 + below(run, 3)) | LEAF;
		break;
	case 2:
		entry = GPA_B | BIG;
		break;
	default:
		entry = TABLE(below(run, 3) ? level + 1 :
					      EXTRA + below(run, 8));
		if (level == 3)
			entry = GPA_C | LEAF;
	}
	if (below(run, 4) == 0)
		entry &= ~UINT64_C(2);
	if (below(run, 40) == 0)
		entry |= UINT64_C(1) << 63;
	put(page, index[level], entry);
}

static void change_both(struct random_dma *run)
{
	struct hypervisor *both[] = { fixture.hv, run->twin };
	unsigned what = below(run, 40), page = EXTRA + below(run, 4), i;

	if (what == 0)
		fixture.memory.used[page] = !fixture.memory.used[page];
	for (i = 0; i < 2; i++) {
		if (what == 1)
			(void)raw_flush(both[i], 1);
		if (what == 2 && run->prng % 32 == 0)
			hypervisor_new_owner(both[i]);
		if (what > 35)
			(void)raw_flush_pages(both[i], 1, run->iova & ~0xfffu,
					      0);
	}
	if (what > 2)
		change_entry(run);
}

static bool is_told(const struct hypervisor_dma *dma, bool translated,
		    uint64_t gpa)
{
	size_t i;

	for (i = 0; i < dma->stale_count; i++) {
		if (dma->stale[i].translated == translated &&
		    (!translated || dma->stale[i].gpa == gpa))
			return true;
	}
	return dma->fresh.translated == translated &&
	       (!translated || dma->fresh.gpa == gpa);
}

/* Each cached entry walked on its own, with no regard to any other. */
static void assert_told(const struct random_dma *run,
			const struct hypervisor_pieces *pieces, bool write,
			const struct hypervisor_dma *dma)
{
	const struct sdm_walker walker = {
		.read64 = read_memory,
		.ctx = &fixture.memory,
		.root = PAGE(ROOT),
		.levels = 4,
		.width = 48,
		.maxphyaddr = 52,
	};
	struct sdm_result fresh = sdm_walk(&walker, run->iova, write);
	size_t i;

	assert_int_equal(dma->fresh.translated, fresh.fault == SDM_FAULT_NONE);
	if (dma->fresh.translated)
		assert_int_equal(dma->fresh.gpa, fresh.pa);
	for (i = 0; i < pieces->count; i++) {
		const struct hypervisor_piece *piece = &pieces->at[i];
		uint64_t offset = (UINT64_C(0x1000) << 9 * piece->level) - 1;
		struct sdm_result end = { .fault = SDM_FAULT_NONE };
		const struct sdm_start start = {
			.table = piece->to,
			.level = piece->level - 1,
			.writable = piece->writable,
		};

		end.pa = piece->to | (run->iova & offset);
		if (piece->table)
			end = sdm_walk_from(&walker, &start, run->iova, write);
		else if (write && !piece->writable)
			end.fault = SDM_FAULT_WRITE;
		assert_true(dma->stale_count == HYPERVISOR_STALE_MAX ||
			    is_told(dma, end.fault == SDM_FAULT_NONE, end.pa));
	}
}

static void assert_alike(const struct hypervisor_dma *a,
			 const struct hypervisor_dma *b)
{
	size_t i;

	assert_int_equal(a->stale_count, b->stale_count);
	assert_int_equal(a->fresh.translated, b->fresh.translated);
	assert_int_equal(a->fresh.gpa, b->fresh.gpa);
	for (i = 0; i < a->stale_count && a->stale_count < HYPERVISOR_STALE_MAX;
	     i++)
		assert_true(
			is_told(b, a->stale[i].translated, a->stale[i].gpa));
}

static void assert_twins(struct random_dma *run)
{
	struct hypervisor_stats ours, theirs;

	hypervisor_read_stats(fixture.hv, &ours);
	hypervisor_read_stats(run->twin, &theirs);
	assert_memory_equal(&ours, &theirs, sizeof(ours));
	assert_int_equal(hypervisor_cached(fixture.hv),
			 hypervisor_cached(run->twin));
	run->stale = ours.stale_dmas;
}

static void compare_dmas(struct random_dma *run)
{
	struct hypervisor_pieces pieces = { 0 };
	struct hypervisor_dma both[2], read, write;

	run->iova = IOVA | below(run, 2) * UINT64_C(0x1008) | below(run, 64);
	hypervisor_cache_at(&hypervisor_domain_of(fixture.hv, 1)->cache,
			    run->iova, &pieces);
	hypervisor_dma_both(fixture.hv, 0x10, run->iova, both);
	hypervisor_dma(run->twin, 0x10, run->iova, false, &read);
	hypervisor_dma(run->twin, 0x10, run->iova, true, &write);
	assert_told(run, &pieces, false, &both[0]);
	assert_told(run, &pieces, true, &both[1]);
	assert_alike(&both[0], &read);
	assert_alike(&both[1], &write);
	free(pieces.at);
}

/*
 * Walks are shared: by entries that the walk from the root met, and by a read
 * and a write. Nothing may differ but the time.
 */
static void shared_walks_find_what_single_ones_do(void **state)
{
	struct random_dma run = { .prng = pt_seed("walks", 11) };
	unsigned rounds = pt_effort(40000), i;

	(void)state;
	run.twin = fixture.hv;
	make(4);
	for (i = 0; i < rounds; i++) {
		change_both(&run);
		compare_dmas(&run);
		assert_twins(&run);
	}
	assert_true(run.stale > rounds / 8);
	hypervisor_destroy(run.twin);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_walk_translates_and_caches),
		TEST(an_unmapped_page_stays_until_its_flush),
		TEST(a_flush_one_page_short_leaves_the_page),
		TEST(a_page_never_seen_is_not_cached),
		TEST(old_and_new_coexist),
		TEST(no_more_than_eight_are_told),
		TEST(permissions_are_cached_too),
		TEST(permissions_of_all_levels_count),
		TEST(table_pointers_keep_their_permission),
		TEST(a_denied_write_caches_the_page),
		TEST(entries_with_reserved_bits_fault),
		TEST(a_flush_trims_a_large_leaf),
		TEST(a_huge_leaf_is_trimmed_by_large_descriptors),
		TEST(a_leaf_met_again_is_whole_again),
		TEST(cutting_a_leaf_keeps_it_until_a_flush),
		TEST(an_old_table_is_still_walked),
		TEST(a_pointer_leads_from_every_level),
		TEST(a_page_that_nothing_leads_to_may_go),
		TEST(a_freed_table_with_one_page_not_flushed),
		TEST(a_stale_walk_into_a_freed_page_is_seen),
		TEST(a_fresh_walk_into_a_freed_page_is_seen),
		TEST(a_root_outside_memory_is_seen),
		TEST(the_root_of_a_domain_may_not_go),
		TEST(the_root_may_go_after_the_domain),
		TEST(a_full_flush_is_of_one_domain),
		TEST(the_largest_descriptor_covers_everything),
		TEST(devices_of_a_domain_share_its_cache),
		TEST(a_move_flushes_nothing),
		TEST(a_detach_flushes_the_domain_and_blocks),
		TEST(configuring_again_flushes_nothing),
		TEST(losing_state_loses_the_caches),
		TEST(domains_without_tables),
		TEST(five_levels),
		TEST(the_width_is_a_limit),
		TEST(addresses_may_be_canonical),
		TEST(dmas_are_counted),
		TEST(shared_walks_find_what_single_ones_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
