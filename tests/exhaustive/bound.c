/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bound.c - calls on long ranges, up to 1 TiB, in the shapes that cost most: in
 * new tables, in empty ones, in full ones, where each second entry is missing,
 * in segments of a page each, and where both ends cut a large leaf.
 *
 * What is counted: bound_accesses.c, bound_instructions.c. No time is measured.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bound.h"

#define PAGE 4096ull
#define MIB (1ull << 20)
#define GIB (1ull << 30)
#define TIB (1ull << 40)
#define IOVA (1ull << 41)
#define GPA (1ull << 45)
#define TABLE_ENTRIES 512u
#define RW (HVPT_PROT_READ | HVPT_PROT_WRITE)

/**
 * struct shape - the page table, and what calls are made on
 * @iova: first
 * @bytes: how many
 * @leaf: bytes of each leaf
 * @size: for the counting
 */
struct shape {
	struct hvpt_pagetable pt;
	uint64_t iova;
	uint64_t bytes;
	uint64_t leaf;
	struct bound_size size;
};

void bound_check(bool right, const char *what, int line)
{
	if (right)
		return;
	fprintf(stderr, "bound: line %d: %s\n", line, what);
	exit(1);
}

/* ---- pages ----------------------------------------------------------- */

/*
 * Pages that are free, and how many of them were cleared. They are cleared
 * between calls, so that no instruction of a call is for that.
 */
static void **pages;
static size_t page_count, page_room, page_clean;

static void *page_alloc(void *ctx)
{
	(void)ctx;
	BOUND_CHECK(page_clean > 0 && page_clean == page_count);
	page_clean--;
	return pages[--page_count];
}

static void page_free(void *ctx, void *page)
{
	(void)ctx;
	pages[page_count++] = page;
}

static void pages_clear(void)
{
	for (; page_clean < page_count; page_clean++)
		memset(pages[page_clean], 0, PAGE);
}

/* No page is in use. */
static void pages_make(size_t count)
{
	char *memory = aligned_alloc(PAGE, count * PAGE);
	size_t i;

	pages = malloc(count * sizeof(*pages));
	BOUND_CHECK(memory && pages);
	for (i = 0; i < count; i++)
		page_free(NULL, memory + i * PAGE);
	page_room = count;
	pages_clear();
}

static const struct hvpt_page_ops ops = {
	.alloc_page = page_alloc,
	.free_page = page_free,
};

/* ---- calls ----------------------------------------------------------- */

static bool on_leaf(void *ctx, hvpt_iova_t iova,
		    const struct hvpt_mapping *mapping)
{
	(void)iova;
	(void)mapping;
	++*(uint64_t *)ctx;
	return true;
}

static void on_dirty(void *ctx, hvpt_iova_t iova, uint64_t bytes)
{
	(void)ctx;
	(void)iova;
	(void)bytes;
}

static void stop(const struct shape *s, enum hvpt_status status)
{
	bound_stop(&s->size);
	BOUND_CHECK(status == HVPT_OK);
}

/* Stands for a flush. */
static void release(struct shape *s, struct hvpt_gather *gather)
{
	hvpt_pt_release(&s->pt, gather);
	pages_clear();
}

static void map(struct shape *s)
{
	struct hvpt_gather gather;

	hvpt_gather_init(&gather);
	bound_start("map");
	stop(s, hvpt_pt_map(&s->pt, hvpt_iova(s->iova), hvpt_gpa(GPA), s->bytes,
			    RW, &gather));
	release(s, &gather);
}

static void protect(struct shape *s)
{
	struct hvpt_gather gather;

	hvpt_gather_init(&gather);
	bound_start("protect");
	stop(s, hvpt_pt_protect(&s->pt, hvpt_iova(s->iova), s->bytes,
				HVPT_PROT_READ, &gather));
	release(s, &gather);
}

/* All pages are dirty, as a device leaves them. */
static void write_all(struct shape *s, uint64_t step)
{
	unsigned level = hvpt_leaf_level(s->leaf);
	uint64_t at, *slot;

	for (at = 0; at < s->bytes; at += step) {
		slot = hvpt_pt_slot(&s->pt, s->pt.levels, s->iova + at, level);
		if (slot && (*slot & HVPT_PTE_PRESENT))
			*slot |= HVPT_PTE_DIRTY;
	}
}

static void look(struct shape *s, uint64_t leaves)
{
	struct hvpt_gather gather;
	struct hvpt_audit report;
	uint64_t seen = 0;

	hvpt_gather_init(&gather);
	bound_start("read_dirty");
	stop(s, hvpt_pt_read_dirty(&s->pt, hvpt_iova(s->iova), s->bytes, 0,
				   on_dirty, NULL, &gather));
	release(s, &gather);
	bound_start("visit");
	stop(s, hvpt_pt_visit(&s->pt, NULL, on_leaf, &seen));
	BOUND_CHECK(seen == leaves);
	bound_start("audit");
	stop(s, hvpt_pt_audit(&s->pt, NULL, NULL, &report));
}

/* Single leaves: their tables stay. */
static void unmap_each(struct shape *s, uint64_t step)
{
	struct hvpt_gather gather;
	uint64_t at, unmapped;

	hvpt_gather_init(&gather);
	for (at = 0; at < s->bytes; at += step)
		BOUND_CHECK(hvpt_pt_unmap(&s->pt, hvpt_iova(s->iova + at),
					  s->leaf, &gather,
					  &unmapped) == HVPT_OK);
	release(s, &gather);
}

static void unmap(struct shape *s)
{
	struct hvpt_gather gather;
	uint64_t unmapped;

	hvpt_gather_init(&gather);
	bound_start("unmap");
	stop(s, hvpt_pt_unmap(&s->pt, hvpt_iova(s->iova), s->bytes, &gather,
			      &unmapped));
	bound_start("release");
	hvpt_pt_release(&s->pt, &gather);
	bound_stop(&s->size);
	pages_clear();
}

static void reclaim(struct shape *s)
{
	struct hvpt_gather gather;
	uint64_t reclaimed;

	hvpt_gather_init(&gather);
	bound_start("reclaim");
	stop(s, hvpt_pt_reclaim(&s->pt, hvpt_iova(s->iova), s->bytes, &gather,
				&reclaimed));
	release(s, &gather);
}

/* ---- shapes ---------------------------------------------------------- */

static void sized(struct shape *s, uint64_t bytes, const char *what)
{
	uint64_t shown = bytes >= GIB ? bytes / GIB : bytes / MIB;

	s->bytes = bytes;
	s->size.large = s->leaf > PAGE;
	s->size.entries = bytes / s->leaf;
	/* those of the leaves, and those above */
	s->size.tables = s->size.entries / TABLE_ENTRIES +
			 s->size.entries / TABLE_ENTRIES / TABLE_ENTRIES + 4;
	snprintf(s->size.text, sizeof(s->size.text), "%s %llu %s by %llu KiB",
		 what, (unsigned long long)shown, bytes >= GIB ? "GiB" : "MiB",
		 (unsigned long long)(s->leaf >> 10));
}

static void open_table(struct shape *s, uint32_t levels, uint64_t leaf)
{
	struct hvpt_pt_config config = {
		.ops = &ops,
		.page_sizes = HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M | leaf,
		.levels = levels,
		.width = 48,
		.flags = HVPT_PT_TRACK_DIRTY,
	};

	if (leaf == HVPT_PAGE_SIZE_4K)
		config.page_sizes = leaf;
	BOUND_CHECK(hvpt_pt_init(&s->pt, &config) == HVPT_OK);
	s->leaf = leaf;
	s->iova = IOVA;
}

static void close_table(struct shape *s)
{
	bound_start("destroy");
	hvpt_pt_destroy(&s->pt);
	bound_stop(&s->size);
	pages_clear();
	BOUND_CHECK(page_count == page_room);
}

/* Into new tables; into empty ones that are there; and with holes. */
static void run_whole(uint32_t levels, uint64_t bytes, uint64_t leaf)
{
	struct shape s;

	open_table(&s, levels, leaf);
	sized(&s, bytes, "new");
	map(&s);
	protect(&s);
	write_all(&s, leaf);
	look(&s, s.size.entries);
	unmap(&s);
	reclaim(&s);
	sized(&s, bytes, "empty");
	map(&s);
	unmap_each(&s, leaf);
	map(&s);
	sized(&s, bytes, "holes");
	unmap_each(&s, 2 * leaf);
	write_all(&s, leaf);
	look(&s, s.size.entries / 2);
	unmap(&s);
	reclaim(&s);
	sized(&s, bytes, "empty");
	map(&s);
	unmap_each(&s, leaf);
	reclaim(&s);
	map(&s);
	close_table(&s);
}

/* A single leaf whose table is there: one load at each level, and a store. */
static void run_single(uint32_t levels, uint64_t leaf)
{
	unsigned level = hvpt_leaf_level(leaf);
	struct shape s;

	open_table(&s, levels, leaf);
	sized(&s, leaf, "single");
	map(&s);
	unmap_each(&s, leaf);
	map(&s);
	bound_exact(levels - level + 1);
	unmap(&s);
	close_table(&s);
}

/* Three pages of a table that is there: a load and a store for each. */
static void run_part(uint32_t levels)
{
	struct shape s;

	open_table(&s, levels, PAGE);
	sized(&s, 3 * PAGE, "part");
	map(&s);
	unmap_each(&s, PAGE);
	map(&s);
	if (!HVPT_PORT_SMALL)
		bound_exact(levels - 1 + 2 * 3);
	unmap(&s);
	close_table(&s);
}

/* No two segments touch. */
static void run_list(uint32_t levels, uint64_t bytes)
{
	size_t count = bytes / PAGE, i;
	struct hvpt_segment *segments = malloc(count * sizeof(*segments));
	struct hvpt_gather gather;
	struct shape s;

	BOUND_CHECK(segments);
	for (i = 0; i < count; i++) {
		segments[i].gpa = hvpt_gpa(GPA + 2 * i * PAGE);
		segments[i].length = PAGE;
	}
	open_table(&s, levels, PAGE);
	sized(&s, bytes, "list");
	hvpt_gather_init(&gather);
	bound_start("map_list");
	stop(&s, hvpt_pt_map_list(&s.pt, hvpt_iova(s.iova), segments, count, RW,
				  &gather));
	free(segments);
	close_table(&s);
}

/* Both ends cut a leaf. */
static void run_cut(uint32_t levels, uint64_t bytes, uint64_t leaf,
		    void (*call)(struct shape *s))
{
	struct shape s;

	open_table(&s, levels, leaf);
	sized(&s, bytes, "cut");
	map(&s);
	s.iova += PAGE;
	s.bytes -= 2 * PAGE;
	call(&s);
	close_table(&s);
}

static void run_cuts(uint32_t levels, uint64_t bytes, uint64_t leaf)
{
	run_cut(levels, bytes, leaf, unmap);
	run_cut(levels, bytes, leaf, protect);
}

static void run(uint32_t levels, bool long_ones)
{
	run_whole(levels, 2 * MIB, HVPT_PAGE_SIZE_4K);
	run_whole(levels, 64 * MIB, HVPT_PAGE_SIZE_4K);
	run_whole(levels, GIB, HVPT_PAGE_SIZE_2M);
	run_whole(levels, TIB, HVPT_PAGE_SIZE_1G);
	run_single(levels, HVPT_PAGE_SIZE_4K);
	run_single(levels, HVPT_PAGE_SIZE_2M);
	run_single(levels, HVPT_PAGE_SIZE_1G);
	run_part(levels);
	run_list(levels, 2 * MIB);
	run_list(levels, 64 * MIB);
	run_cuts(levels, 4 * MIB, HVPT_PAGE_SIZE_2M);
	run_cuts(levels, 64 * MIB, HVPT_PAGE_SIZE_2M);
	run_cuts(levels, 2 * GIB, HVPT_PAGE_SIZE_1G);
	run_cuts(levels, TIB, HVPT_PAGE_SIZE_1G);
	if (!long_ones)
		return;
	run_whole(levels, GIB, HVPT_PAGE_SIZE_4K);
	run_whole(levels, TIB, HVPT_PAGE_SIZE_2M);
	run_list(levels, GIB);
}

/* What takes 2 GiB of tables: a map, and its end. */
static void run_largest(void)
{
	struct shape s;

	open_table(&s, 5, HVPT_PAGE_SIZE_4K);
	sized(&s, TIB, "new");
	map(&s);
	unmap(&s);
	map(&s);
	close_table(&s);
}

/* FORM is short, long or largest. */
int main(int argc, char **argv)
{
	bool largest;
	uint32_t levels;

	BOUND_CHECK(argc == 3);
	bound_read(argv[2]);
	largest = strcmp(argv[1], "largest") == 0;
	pages_make(largest ? TIB / (2 * MIB) + 2048 : 2048);
	if (largest)
		run_largest();
	for (levels = 4; levels <= 5 && !largest; levels++)
		run(levels, strcmp(argv[1], "long") == 0);
	if (bound_wrong())
		fprintf(stderr, "%u calls exceed their bounds\n",
			bound_wrong());
	return bound_wrong() != 0;
}
