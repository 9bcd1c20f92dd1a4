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

void stale_add(struct stale *stale, unsigned gather,
	       const struct hvpt_model *model, uint64_t iova, uint64_t length)
{
	uint64_t at = iova, end = iova + (length - 1), gpa;
	struct hypervisor_piece piece = { .owner = gather };
	while (hvpt_model_next(model, at, &piece.first, &piece.last, &gpa,
			       &piece.level) &&
	       piece.first <= end) {
		uint64_t last = piece.last;

		/* The rest of an interval stays as it is. */
		if (piece.first < iova) {
			gpa += iova - piece.first;
			piece.first = iova;
		}
		if (piece.last > end)
			piece.last = end;
		piece.to = gpa;
		hypervisor_tree_add(&stale->tree, &piece);
		if (last >= end)
			break;
		at = last + 1;
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
