/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each entry a walk met is cached as one interval; a PTE, which is one page, is
 * found by its page, and a larger one in a tree. An entry that changed is
 * another one: the old and the new are both there until a flush. What a flush
 * does to an entry that it covers in part is the host's choice:
 *
 *   - The entry stays whole. A cache that holds one translation for a large
 *     page drops it when the mask of the invalidation covers the page, and VT-d
 *     (Invalidate Address Register) asks no more of it. The same goes for the
 *     paging-structure caches.
 *   - What is covered goes and the rest stays: hardware may have broken a large
 *     translation into small ones, and may keep a table pointer for each of
 *     them (SDM volume 3A, 4.10; VT-d, 6.2). So one entry can be many pieces,
 *     which are one again when a walk meets it again.
 *
 * A device often uses pages near each other. So what was found above the PTEs
 * is kept, for the 2 MiB around it, until something there changes.
 */
#include "hypervisor_state.h"

#include <stdlib.h>

/* In the index of tables a piece is one address: that of its table. */
static struct hypervisor_piece index_of(const struct hypervisor_piece *piece)
{
	struct hypervisor_piece by_table = *piece;

	by_table.first = piece->to;
	by_table.last = piece->to;
	by_table.to = piece->first;
	return by_table;
}

static void insert(struct hypervisor_cache *cache,
		   const struct hypervisor_piece *piece)
{
	struct hypervisor_piece by_table = index_of(piece);

	cache->near.known = false;
	hypervisor_tree_add(&cache->entries[piece->level], piece);
	if (piece->table)
		hypervisor_tree_add(&cache->tables, &by_table);
}

/* @node is one of @cache->entries. */
static void erase(struct hypervisor_cache *cache, struct hypervisor_node *node)
{
	struct hypervisor_piece by_table = index_of(&node->piece);

	cache->near.known = false;
	if (node->piece.table)
		hypervisor_tree_remove(&cache->tables,
				       hypervisor_tree_find(&cache->tables,
							    &by_table));
	hypervisor_tree_remove(&cache->entries[node->piece.level], node);
}

/* Pieces of one level that overlap are of entries at the same place. */
static bool is_same_entry(const struct hypervisor_piece *a,
			  const struct hypervisor_piece *b)
{
	return a->to == b->to && a->table == b->table &&
	       a->writable == b->writable && a->owner == b->owner;
}

/* @node and what follows: the first piece of the same entry as @whole. */
static struct hypervisor_node *same_from(struct hypervisor_node *node,
					 const struct hypervisor_piece *whole)
{
	while (node && !is_same_entry(&node->piece, whole))
		node = hypervisor_tree_next(node, whole->first, whole->last);
	return node;
}

void hypervisor_cache_add(struct hypervisor_cache *cache,
			  const struct hypervisor_piece *piece)
{
	const struct hypervisor_tree *tree = &cache->entries[piece->level];
	struct hypervisor_node *node, *next;

	if (piece->level == 0) {
		hypervisor_ptes_add(&cache->ptes, piece);
		return;
	}
	if (hypervisor_tree_find(tree, piece))
		return;
	node = same_from(hypervisor_tree_first(tree, piece->first, piece->last),
			 piece);
	while (node) {
		next = same_from(hypervisor_tree_next(node, piece->first,
						      piece->last),
				 piece);
		erase(cache, node);
		node = next;
	}
	insert(cache, piece);
}

/* ---- lookups --------------------------------------------------------- */

#define NEAR_OFFSET ((UINT64_C(1) << 21) - 1)

/*
 * Adds what is above the PTEs for @iova to @list. Return: whether all of it,
 * and nothing else, holds for each address of the 2 MiB around.
 */
static bool add_above(const struct hypervisor_cache *cache, uint64_t iova,
		      struct hypervisor_pieces *list)
{
	uint64_t first = iova & ~NEAR_OFFSET, last = iova | NEAR_OFFSET;
	const struct hypervisor_piece *piece;
	struct hypervisor_node *node;
	bool same = true;
	unsigned level;

	for (level = 1; level < HYPERVISOR_LEVELS; level++)
		for (node = hypervisor_tree_first(&cache->entries[level], first,
						  last);
		     node; node = hypervisor_tree_next(node, first, last)) {
			piece = &node->piece;
			if (piece->first <= iova && iova <= piece->last)
				hypervisor_pieces_add(list, piece);
			same = same && piece->first <= first &&
			       piece->last >= last;
		}
	return same;
}

static void look_above(struct hypervisor_cache *cache, uint64_t iova)
{
	struct hypervisor_near *near = &cache->near;

	near->above.count = 0;
	near->known = add_above(cache, iova, &near->above);
	near->first = iova & ~NEAR_OFFSET;
}

void hypervisor_cache_at(struct hypervisor_cache *cache, uint64_t iova,
			 struct hypervisor_pieces *list)
{
	struct hypervisor_near *near = &cache->near;
	const struct hypervisor_pte *pte;
	size_t i;

	for (pte = hypervisor_ptes_at(&cache->ptes, iova); pte; pte = pte->next)
		hypervisor_pieces_add(list, &pte->piece);
	if (!near->known || near->first != (iova & ~NEAR_OFFSET))
		look_above(cache, iova);
	for (i = 0; i < near->above.count; i++)
		hypervisor_pieces_add(list, &near->above.at[i]);
}

/* ---- flushes --------------------------------------------------------- */

/* Takes first .. last out of one piece; what lies outside stays. */
static void split(struct hypervisor_cache *cache, struct hypervisor_node *node,
		  uint64_t first, uint64_t last)
{
	struct hypervisor_piece piece = node->piece, rest = node->piece;

	erase(cache, node);
	if (piece.first < first) {
		rest.last = first - 1;
		insert(cache, &rest);
	}
	if (piece.last > last) {
		rest.first = last + 1;
		rest.last = piece.last;
		insert(cache, &rest);
	}
}

static void split_level(struct hypervisor_cache *cache, unsigned level,
			uint64_t first, uint64_t last)
{
	struct hypervisor_node *node;

	while ((node = hypervisor_tree_first(&cache->entries[level], first,
					     last)))
		split(cache, node, first, last);
}

/* Entries of one level that first .. last covers as a whole. */
static void drop_level(struct hypervisor_cache *cache, unsigned level,
		       uint64_t first, uint64_t last)
{
	struct hypervisor_node *node, *next;

	node = hypervisor_tree_first(&cache->entries[level], first, last);
	while (node) {
		next = hypervisor_tree_next(node, first, last);
		if (first <= node->piece.first && node->piece.last <= last)
			erase(cache, node);
		node = next;
	}
}

void hypervisor_cache_flush(struct hypervisor_cache *cache,
			    enum hypervisor_iotlb iotlb, uint64_t first,
			    uint64_t last)
{
	unsigned level;

	hypervisor_ptes_flush(&cache->ptes, first, last);
	for (level = 1; level < HYPERVISOR_LEVELS; level++)
		if (iotlb == HYPERVISOR_IOTLB_WHOLE)
			drop_level(cache, level, first, last);
		else
			split_level(cache, level, first, last);
}

void hypervisor_cache_clear(struct hypervisor_cache *cache)
{
	unsigned level;

	hypervisor_ptes_clear(&cache->ptes);
	for (level = 1; level < HYPERVISOR_LEVELS; level++)
		hypervisor_tree_clear(&cache->entries[level]);
	hypervisor_tree_clear(&cache->tables);
	free(cache->near.above.at);
	cache->near = (struct hypervisor_near){ .known = false };
}

bool hypervisor_cache_leads_to(const struct hypervisor_cache *cache,
			       uint64_t gpa)
{
	return hypervisor_tree_first(&cache->tables, gpa, gpa) != NULL;
}

size_t hypervisor_cache_count(const struct hypervisor_cache *cache)
{
	size_t count = cache->ptes.count;
	unsigned level;

	for (level = 1; level < HYPERVISOR_LEVELS; level++)
		count += cache->entries[level].count;
	return count;
}
