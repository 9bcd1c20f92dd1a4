/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Counts the accesses to entries in calls on the longest ranges. Where tables
 * are missing a call reads the entries above them, and a call ends when its
 * result is known.
 */
#include <stdio.h>
#include <string.h>

#include "port_hooks.h"
#include "small_table.h"

/* A few tables of entries; 2^50 bytes are half a billion level 0 tables. */
#define MOST (64u * SMALL_ENTRIES)
#define PAGE 4096ull
#define RW (HVPT_PROT_READ | HVPT_PROT_WRITE)

static const char *doing;

static void say_doing(void)
{
	fprintf(stderr, "  %s: %llu accesses\n", doing,
		(unsigned long long)port_hooks.count);
}

static void count_on(void *ctx, enum port_access access, uint64_t *slot)
{
	(void)ctx;
	(void)access;
	(void)slot;
	SMALL_CHECK(port_hooks.count <= MOST);
}

static void start(const char *what)
{
	doing = what;
	port_hooks.count = 0;
	port_hooks.before = count_on;
}

static void stop(enum hvpt_status status, enum hvpt_status wanted)
{
	port_hooks.before = NULL;
	SMALL_CHECK(status == wanted);
	printf("%-40s %s after %llu accesses\n", doing,
	       hvpt_status_name(status), (unsigned long long)port_hooks.count);
}

/* ---- calls ----------------------------------------------------------- */

static void map_without_pages(enum hvpt_status wanted, uint64_t fail_at)
{
	struct hvpt_segment segment[16];
	struct hvpt_gather gather;
	unsigned lg2, i;

	hvpt_gather_init(&gather);
	for (lg2 = 40; lg2 <= 50; lg2 += 2) {
		small.fail_at = fail_at;
		start("map, a page fails");
		stop(hvpt_pt_map(&small.pt, hvpt_iova(0), hvpt_gpa(PAGE),
				 1ull << lg2, RW, &gather),
		     wanted);
	}
	for (i = 0; i < 16; i++) {
		segment[i].gpa = hvpt_gpa(PAGE);
		segment[i].length = 1ull << 46;
	}
	small.fail_at = fail_at;
	start("map of a list, a page fails");
	stop(hvpt_pt_map_list(&small.pt, hvpt_iova(0), segment, 16, RW,
			      &gather),
	     wanted);
	small.fail_at = 0;
	SMALL_CHECK(hvpt_gather_is_empty(&gather));
}

static bool on_leaf(void *ctx, hvpt_iova_t iova,
		    const struct hvpt_mapping *mapping)
{
	(void)ctx;
	(void)iova;
	(void)mapping;
	return true;
}

static void on_dirty(void *ctx, hvpt_iova_t iova, uint64_t bytes)
{
	(void)ctx;
	(void)iova;
	(void)bytes;
}

static void others(void)
{
	const uint64_t all = 1ull << 57;
	struct hvpt_gather gather;
	uint64_t bytes, tables;

	hvpt_gather_init(&gather);
	start("protect, first page missing");
	stop(hvpt_pt_protect(&small.pt, hvpt_iova(0), all, HVPT_PROT_READ,
			     &gather),
	     HVPT_ERR_NOT_MAPPED);
	start("visit");
	stop(hvpt_pt_visit(&small.pt, NULL, on_leaf, NULL), HVPT_OK);
	start("read_dirty");
	stop(hvpt_pt_read_dirty(&small.pt, hvpt_iova(0), all, HVPT_DIRTY_KEEP,
				on_dirty, NULL, &gather),
	     HVPT_OK);
	start("reclaim");
	stop(hvpt_pt_reclaim(&small.pt, hvpt_iova(0), all, &gather, &tables),
	     HVPT_OK);
	start("unmap");
	stop(hvpt_pt_unmap(&small.pt, hvpt_iova(0), all, &gather, &bytes),
	     HVPT_OK);
	hvpt_pt_release(&small.pt, &gather);
}

int main(void)
{
	struct hvpt_gather gather;

	small_says = say_doing;
	hvpt_gather_init(&gather);
	small_open(5, HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M, 0, false);
	map_without_pages(HVPT_ERR_NO_MEMORY, 1);
	map_without_pages(HVPT_ERR_NO_MEMORY, 20);
	others();
	/* A conflict is reported first, wherever it is. */
	SMALL_CHECK(hvpt_pt_map(&small.pt, hvpt_iova((1ull << 40) - PAGE),
				hvpt_gpa(0), PAGE, RW, &gather) == HVPT_OK);
	map_without_pages(HVPT_ERR_OVERLAP, 1);
	map_without_pages(HVPT_ERR_OVERLAP, 20);
	others();
	SMALL_CHECK(small_tables() == 1);
	small_close();
	return 0;
}
