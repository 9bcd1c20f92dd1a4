/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Counts the accesses to entries in calls on long ranges, up to 1 TiB, and
 * compares them with the bounds that docs/API-CONVENTIONS.md states. No time is
 * measured.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port_hooks.h"
#include "small_table.h"

#define PAGE 4096ull
#define MIB (1ull << 20)
#define GIB (1ull << 30)
#define IOVA (1ull << 41)
#define RW (HVPT_PROT_READ | HVPT_PROT_WRITE)

/* Accesses for each entry and each table of the range; and besides. */
struct bound {
	char call[24];
	uint64_t entry;
	uint64_t table;
	uint64_t besides;
};

static struct bound bounds[16];
static unsigned bound_count;
static const char *doing;
static uint64_t entries, tables;
static unsigned wrong;

static void count_on(void *ctx, enum port_access access, uint64_t *slot)
{
	(void)ctx;
	(void)access;
	(void)slot;
}

static void start(const char *call)
{
	doing = call;
	port_hooks.count = 0;
	port_hooks.before = count_on;
}

static uint64_t next_cell(char **at)
{
	SMALL_CHECK(**at == '|');
	return strtoull(*at + 1, at, 10);
}

/* "map()` | 3 | 16 | 64 |" */
static void read_row(char *row)
{
	struct bound *bound = &bounds[bound_count++];
	char *end = strchr(row, '(');

	SMALL_CHECK(end && end - row < 24 && bound_count < 16);
	memcpy(bound->call, row, (size_t)(end - row));
	end = strchr(end, '|');
	SMALL_CHECK(end);
	bound->entry = next_cell(&end);
	end = strchr(end, '|');
	SMALL_CHECK(end);
	bound->table = next_cell(&end);
	end = strchr(end, '|');
	SMALL_CHECK(end);
	bound->besides = next_cell(&end);
}

/* The table of the document. */
static void read_bounds(const char *document)
{
	static const char head[] = "| `hvpt_pt_";
	FILE *file = fopen(document, "r");
	char line[256];

	SMALL_CHECK(file);
	while (fgets(line, sizeof(line), file))
		if (strncmp(line, head, sizeof(head) - 1) == 0)
			read_row(line + sizeof(head) - 1);
	fclose(file);
}

static const struct bound *bound_of(const char *call)
{
	unsigned i = 0;

	while (i < bound_count && strcmp(bounds[i].call, call) != 0)
		i++;
	SMALL_CHECK(i < bound_count);
	return &bounds[i];
}

static void stop(enum hvpt_status status)
{
	const struct bound *bound = bound_of(doing);
	uint64_t most = bound->entry * entries + bound->table * tables +
			bound->besides;

	port_hooks.before = NULL;
	SMALL_CHECK(status == HVPT_OK);
	printf("%-10s %9llu entries %6llu tables: %10llu accesses, at most"
	       " %llu\n",
	       doing, (unsigned long long)entries, (unsigned long long)tables,
	       (unsigned long long)port_hooks.count, (unsigned long long)most);
	wrong += port_hooks.count > most;
}

/* ---- pages ----------------------------------------------------------- */

static void *page_alloc(void *ctx)
{
	void *page = aligned_alloc(PAGE, PAGE);

	(void)ctx;
	SMALL_CHECK(page);
	return memset(page, 0, PAGE);
}

static void page_free(void *ctx, void *page)
{
	(void)ctx;
	free(page);
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

static void map(struct hvpt_pagetable *pt, uint64_t bytes, uint64_t leaf)
{
	struct hvpt_gather gather;

	hvpt_gather_init(&gather);
	start("map");
	stop(hvpt_pt_map(pt, hvpt_iova(IOVA), hvpt_gpa(leaf), bytes, RW,
			 &gather));
	hvpt_pt_release(pt, &gather);
}

static void protect(struct hvpt_pagetable *pt, uint64_t bytes)
{
	struct hvpt_gather gather;

	hvpt_gather_init(&gather);
	start("protect");
	stop(hvpt_pt_protect(pt, hvpt_iova(IOVA), bytes, HVPT_PROT_READ,
			     &gather));
	hvpt_pt_release(pt, &gather);
}

static void look(struct hvpt_pagetable *pt, uint64_t bytes, uint64_t leaves)
{
	struct hvpt_gather gather;
	uint64_t seen = 0;

	hvpt_gather_init(&gather);
	start("read_dirty");
	stop(hvpt_pt_read_dirty(pt, hvpt_iova(IOVA), bytes, 0, on_dirty, NULL,
				&gather));
	hvpt_pt_release(pt, &gather);
	start("visit");
	stop(hvpt_pt_visit(pt, NULL, on_leaf, &seen));
	SMALL_CHECK(seen == leaves);
}

/* Single leaves: their tables stay. */
static void unmap_each(struct hvpt_pagetable *pt, uint64_t bytes, uint64_t leaf,
		       uint64_t step)
{
	struct hvpt_gather gather;
	uint64_t at, unmapped;

	hvpt_gather_init(&gather);
	for (at = 0; at < bytes; at += step)
		SMALL_CHECK(hvpt_pt_unmap(pt, hvpt_iova(IOVA + at), leaf,
					  &gather, &unmapped) == HVPT_OK);
	hvpt_pt_release(pt, &gather);
}

static void take_away(struct hvpt_pagetable *pt, uint64_t bytes)
{
	struct hvpt_gather gather;
	uint64_t unmapped, reclaimed;

	hvpt_gather_init(&gather);
	start("unmap");
	stop(hvpt_pt_unmap(pt, hvpt_iova(IOVA), bytes, &gather, &unmapped));
	start("reclaim");
	stop(hvpt_pt_reclaim(pt, hvpt_iova(IOVA), bytes, &gather, &reclaimed));
	hvpt_pt_release(pt, &gather);
}

/* Into new tables; into empty ones that are there; and with holes. */
static void calls(struct hvpt_pagetable *pt, uint64_t bytes, uint64_t leaf)
{
	struct hvpt_gather gather;
	uint64_t reclaimed;

	map(pt, bytes, leaf);
	protect(pt, bytes);
	look(pt, bytes, entries);
	take_away(pt, bytes);
	map(pt, bytes, leaf);
	unmap_each(pt, bytes, leaf, leaf);
	map(pt, bytes, leaf);
	unmap_each(pt, bytes, leaf, 2 * leaf);
	look(pt, bytes, entries / 2);
	take_away(pt, bytes);
	map(pt, bytes, leaf);
	unmap_each(pt, bytes, leaf, leaf);
	hvpt_gather_init(&gather);
	start("reclaim");
	stop(hvpt_pt_reclaim(pt, hvpt_iova(IOVA), bytes, &gather, &reclaimed));
	hvpt_pt_release(pt, &gather);
}

static void run(uint32_t levels, uint64_t bytes, uint64_t leaf)
{
	struct hvpt_pt_config config = {
		.ops = &ops,
		.page_sizes = HVPT_PAGE_SIZE_4K | leaf,
		.levels = levels,
		.width = 48,
		.flags = HVPT_PT_TRACK_DIRTY,
	};
	struct hvpt_pagetable pt;

	SMALL_CHECK(hvpt_pt_init(&pt, &config) == HVPT_OK);
	entries = bytes / leaf;
	/* those of the leaves, and those above */
	tables = entries / SMALL_ENTRIES + entries / SMALL_ENTRIES / 512 + 4;
	calls(&pt, bytes, leaf);
	hvpt_pt_destroy(&pt);
}

int main(int argc, char **argv)
{
	uint32_t levels;

	SMALL_CHECK(argc == 2);
	read_bounds(argv[1]);
	for (levels = 4; levels <= 5; levels++) {
		run(levels, 64 * MIB, HVPT_PAGE_SIZE_4K);
		run(levels, GIB, HVPT_PAGE_SIZE_4K);
		run(levels, GIB, HVPT_PAGE_SIZE_2M);
		run(levels, 1024 * GIB, HVPT_PAGE_SIZE_2M);
	}
	if (wrong)
		fprintf(stderr, "%u calls exceed their bounds\n", wrong);
	return wrong != 0;
}
