/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hypervisor_tree.h - intervals that may overlap, found by address.
 *
 * Of the model hypervisor's caches, and of the model of what ought to be
 * mapped. A treap in order of content; each node knows the highest address
 * below it, so that what covers an address is found in logarithmic time for
 * each hit. No two pieces are alike.
 */
#ifndef ORACLE_HYPERVISOR_TREE_H
#define ORACLE_HYPERVISOR_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct hypervisor_piece - what is left of one cached table entry
 * @first: first address it still holds for
 * @last: last one
 * @to: gpa in the entry: of the page, or of the lower table
 * @level: of the entry, 0 for a PTE
 * @table: it points at a table; else it translates
 * @writable: R/W was set in it and in all above it
 * @owner: whose tables it was in
 */
struct hypervisor_piece {
	uint64_t first;
	uint64_t last;
	uint64_t to;
	unsigned level;
	bool table;
	bool writable;
	uint32_t owner;
};

/** One piece in a tree; all but @piece is the tree's own. */
struct hypervisor_node {
	struct hypervisor_piece piece;
	uint64_t max_last;
	uint64_t priority;
	struct hypervisor_node *parent;
	struct hypervisor_node *child[2];
};

/** A tree; all zero is an empty one. */
struct hypervisor_tree {
	struct hypervisor_node *root;
	uint64_t random;
	size_t count;
};

static inline bool hypervisor_piece_equal(const struct hypervisor_piece *a,
					  const struct hypervisor_piece *b)
{
	return a->first == b->first && a->last == b->last && a->to == b->to &&
	       a->level == b->level && a->table == b->table &&
	       a->writable == b->writable && a->owner == b->owner;
}

/** The order in a tree: below 0, 0 for pieces that are equal, or above 0. */
int hypervisor_piece_compare(const struct hypervisor_piece *a,
			     const struct hypervisor_piece *b);

/** Adds a piece, unless the very same one is there. */
void hypervisor_tree_add(struct hypervisor_tree *tree,
			 const struct hypervisor_piece *piece);

/** The node that holds just this piece, or NULL. */
struct hypervisor_node *
hypervisor_tree_find(const struct hypervisor_tree *tree,
		     const struct hypervisor_piece *piece);

/** Takes a node out and frees it. */
void hypervisor_tree_remove(struct hypervisor_tree *tree,
			    struct hypervisor_node *node);

/** As hypervisor_tree_first(), at or below @node, which may be NULL. */
struct hypervisor_node *hypervisor_tree_leftmost(struct hypervisor_node *node,
						 uint64_t first, uint64_t last);

/** The first node, in order, which has an address of first .. last; or NULL. */
static inline struct hypervisor_node *
hypervisor_tree_first(const struct hypervisor_tree *tree, uint64_t first,
		      uint64_t last)
{
	if (!tree->root)
		return NULL;
	return hypervisor_tree_leftmost(tree->root, first, last);
}

/**
 * struct hypervisor_found - what a tree of disjoint pieces has at an address
 * @first, @last: the addresses for which it has the same
 * @node: the one that has them; NULL: none has
 */
struct hypervisor_found {
	uint64_t first;
	uint64_t last;
	struct hypervisor_node *node;
};

/**
 * hypervisor_tree_at() - the node that has @address, or the gap around it
 *
 * As hypervisor_tree_first(), faster, for trees whose pieces are disjoint.
 */
static inline struct hypervisor_found
hypervisor_tree_at(const struct hypervisor_tree *tree, uint64_t address)
{
	struct hypervisor_found found = { 0, UINT64_MAX, tree->root };
	const struct hypervisor_piece *piece;

	while (found.node) {
		piece = &found.node->piece;
		if (address < piece->first) {
			found.last = piece->first - 1;
			found.node = found.node->child[0];
		} else if (address > piece->last) {
			found.first = piece->last + 1;
			found.node = found.node->child[1];
		} else {
			found.first = piece->first;
			found.last = piece->last;
			break;
		}
	}
	return found;
}

/** The next one behind @node. */
struct hypervisor_node *hypervisor_tree_next(struct hypervisor_node *node,
					     uint64_t first, uint64_t last);

void hypervisor_tree_clear(struct hypervisor_tree *tree);

#endif /* ORACLE_HYPERVISOR_TREE_H */
