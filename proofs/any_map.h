/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * any_map.h - what a map of a range of any tree (any_tree.h) leaves behind,
 * whatever it was told to map there.
 */
#ifndef HVPT_PROOF_ANY_MAP_H
#define HVPT_PROOF_ANY_MAP_H

#include "any_range.h"

#include "src/pagetable/entries.c"
#include "src/pagetable/gather.c"
#include "src/pagetable/map.c"
#include "src/pagetable/map_steps.c"
#include "src/pagetable/pages.c"
#include "src/pagetable/reclaim.c"
#include "src/pagetable/walk.c"

/* What a map was told, and what was there before. */
struct map_seen {
	uint64_t iova;
	uint64_t length;
	unsigned prot;
	unsigned level;		      /* of the largest leaf that fits */
	enum hvpt_status refused;     /* what it must return, or HVPT_OK */
	const struct hvpt_gather *to; /* or NULL */
	unsigned page;		      /* any */
	struct tree_seen before;      /* there */
	uint64_t tables;
};

/* The level of the largest leaf for a range that maps to gpas from @gpa on. */
static unsigned map_level(uint64_t iova, uint64_t gpa, uint64_t length)
{
	unsigned level = 2;

	while (level > 0 &&
	       (!(pt.leaf_levels >> level & 1) ||
		(iova | gpa) % (4096u << level) || length < 4096u << level))
		level--;
	return level;
}

static enum hvpt_status map_refuses(uint64_t iova, uint64_t length,
				    unsigned prot)
{
	if (prot == 0 || prot > 3)
		return HVPT_ERR_PROT;
	if (prot == 2)
		return HVPT_ERR_WRITE_ONLY;
	return tree_maps(iova / 4096, length / 4096, false) ? HVPT_ERR_OVERLAP :
							      HVPT_OK;
}

/* The page translates to @gpa, by a leaf that is as large as can be. */
static void map_check_inside(const struct map_seen *map,
			     const struct tree_seen *after, uint64_t gpa)
{
	ASSERT(after->mapped && after->prot == map->prot && after->accessed);
	ASSERT(after->gpa == gpa);
	ASSERT(after->dirty == (map->prot == 3 && !pt.track_dirty));
	/* without a gather, tables of smaller leaves stay */
	if (map->to || map->before.level >= map->level)
		ASSERT(after->level == map->level);
	else
		ASSERT(after->level == map->before.level);
}

/* @gpa: what the page must translate to if it is in the range. */
static void map_check_done(const struct map_seen *map,
			   const struct hvpt_gather *gather, uint64_t gpa)
{
	struct tree_seen after = tree_see(map->page);

	ASSERT(map->refused == HVPT_OK);
	/* only a large leaf takes tables out, and they are flushed */
	ASSERT(gather->table_count || hvpt_gather_is_empty(gather));
	ASSERT(after.level <= map->before.level ||
	       tree_gathered(gather, map->page));
	if (tree_holds(map->iova, map->length, map->page)) {
		map_check_inside(map, &after, gpa);
		return;
	}
	ASSERT(tree_same(&map->before, &after));
	ASSERT(!map->before.mapped || map->before.level == after.level);
}

/* Nothing has changed. */
static void map_check_failed(const struct map_seen *map,
			     const struct hvpt_gather *gather,
			     enum hvpt_status status)
{
	struct tree_seen after = tree_see(map->page);

	if (map->refused != HVPT_OK)
		ASSERT(status == map->refused && tree_next == TREE_FRESH);
	else
		ASSERT(status == HVPT_ERR_NO_MEMORY ||
		       status == HVPT_ERR_TABLE_PAGE);
	if (status == HVPT_ERR_OVERLAP)
		REACHED("something is mapped");
	if (status == HVPT_ERR_NO_MEMORY)
		REACHED("no page");
	ASSERT(tree_same(&map->before, &after));
	ASSERT(map->before.level == after.level);
	ASSERT(pt.table_count == map->tables && hvpt_gather_is_empty(gather));
}

static void map_begin(struct map_seen *map, uint64_t iova, uint64_t length)
{
	map->iova = iova;
	map->length = length;
	map->prot = nondet_u32();
	map->page = nondet_u8() % TREE_PAGES;
	map->before = tree_see(map->page);
	map->tables = pt.table_count;
}

static void map_check(const struct map_seen *map,
		      const struct hvpt_gather *gather, enum hvpt_status status,
		      uint64_t gpa)
{
	tree_check(gather, map->page);
	ASSERT(gather->splits == 0 && (map->level || !gather->table_count));
	if (status == HVPT_OK)
		map_check_done(map, gather, gpa);
	else
		map_check_failed(map, gather, status);
}

#endif /* HVPT_PROOF_ANY_MAP_H */
