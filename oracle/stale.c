/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A tree of pieces. The owner of a piece is its gather, its level is the
 * permission.
 */
#include "stale.h"

#include <stdlib.h>

#include "hypervisor_tree.h"

struct stale {
	struct hypervisor_tree tree;
};

struct stale *stale_create(void)
{
	struct stale *stale = calloc(1, sizeof(*stale));

	if (!stale)
		abort();
	return stale;
}

void stale_destroy(struct stale *stale)
{
	if (!stale)
		return;
	hypervisor_tree_clear(&stale->tree);
	free(stale);
}

/* What of a piece is in the range; the rest stays as it is. */
static void add(struct stale *stale, struct hypervisor_piece piece,
		const struct stale_range *range)
{
	if (piece.first < range->first) {
		piece.to += range->first - piece.first;
		piece.first = range->first;
	}
	if (piece.last > range->last)
		piece.last = range->last;
	piece.owner = range->gather;
	hypervisor_tree_add(&stale->tree, &piece);
}

void stale_add(struct stale *stale, const struct hvpt_model *model,
	       const struct stale_range *range, unsigned prot)
{
	struct hypervisor_piece piece = { .first = 0 };
	uint64_t at = range->first;

	while (hvpt_model_next(model, at, &piece.first, &piece.last, &piece.to,
			       &piece.level) &&
	       piece.first <= range->last) {
		if (prot == 0 || piece.level != prot)
			add(stale, piece, range);
		if (piece.last >= range->last)
			break;
		at = piece.last + 1;
	}
}

void stale_flushed(struct stale *stale, unsigned gather)
{
	struct hypervisor_node *node, *next;

	node = hypervisor_tree_first(&stale->tree, 0, UINT64_MAX);
	while (node) {
		next = hypervisor_tree_next(node, 0, UINT64_MAX);
		if (node->piece.owner == gather)
			hypervisor_tree_remove(&stale->tree, node);
		node = next;
	}
}

bool stale_reaches(const struct stale *stale, uint64_t iova, unsigned prot,
		   uint64_t gpa)
{
	struct hypervisor_node *node;

	for (node = hypervisor_tree_first(&stale->tree, iova, iova); node;
	     node = hypervisor_tree_next(node, iova, iova))
		if (node->piece.to + (iova - node->piece.first) == gpa &&
		    (node->piece.level & prot) == prot)
			return true;
	return false;
}

bool stale_lookup(const struct stale *stale, uint64_t iova, uint64_t *gpa,
		  unsigned *prot)
{
	const struct hypervisor_node *node = hypervisor_tree_first(&stale->tree,
								   iova, iova);

	if (!node)
		return false;
	*gpa = node->piece.to + (iova - node->piece.first);
	*prot = node->piece.level;
	return true;
}

bool stale_meets(const struct stale *stale, uint64_t first, uint64_t last)
{
	return hypervisor_tree_first(&stale->tree, first, last) != NULL;
}

bool stale_next_run(const struct stale *stale, uint64_t from, uint64_t *first,
		    uint64_t *last)
{
	struct hypervisor_node *node = hypervisor_tree_first(&stale->tree, from,
							     UINT64_MAX);

	if (!node)
		return false;
	*first = node->piece.first;
	*last = node->piece.last;
	while (*last != UINT64_MAX &&
	       (node = hypervisor_tree_next(node, from, UINT64_MAX)) &&
	       node->piece.first <= *last + 1)
		if (node->piece.last > *last)
			*last = node->piece.last;
	return true;
}
