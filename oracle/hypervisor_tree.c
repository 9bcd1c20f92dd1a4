/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A child never has a higher priority than its parent; priorities are random,
 * so the depth is logarithmic whatever the order of additions. Two pieces with
 * the same first address lie in order of the rest of their content.
 */
#include "hypervisor_tree.h"

#include "hypervisor_state.h"

#include <stdlib.h>

/* ---- order ----------------------------------------------------------- */

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static uint64_t traits_of(const struct hypervisor_piece *piece)
{
	return (uint64_t)piece->owner << 8 | (uint64_t)piece->level << 2 |
	       (uint64_t)piece->table << 1 | (uint64_t)piece->writable;
}

int hypervisor_piece_compare(const struct hypervisor_piece *a,
			     const struct hypervisor_piece *b)
{
	int order = compare_u64(a->first, b->first);

	if (order == 0)
		order = compare_u64(a->last, b->last);
	if (order == 0)
		order = compare_u64(a->to, b->to);
	if (order == 0)
		order = compare_u64(traits_of(a), traits_of(b));
	return order;
}

/* ---- shape ----------------------------------------------------------- */

/* Xorshift of 64 bits (Marsaglia 2003); 0 is where a new tree starts. */
static uint64_t next_random(struct hypervisor_tree *tree)
{
	uint64_t x = tree->random ? tree->random : 0x9e3779b97f4a7c15u;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	tree->random = x;
	return x;
}

static void refresh(struct hypervisor_node *node)
{
	unsigned side;

	node->max_last = node->piece.last;
	for (side = 0; side < 2; side++)
		if (node->child[side] &&
		    node->child[side]->max_last > node->max_last)
			node->max_last = node->child[side]->max_last;
}

/* Once one stays as it was, so do those above. */
static void refresh_up(struct hypervisor_node *node)
{
	uint64_t before;

	for (; node; node = node->parent) {
		before = node->max_last;
		refresh(node);
		if (node->max_last == before)
			break;
	}
}

static unsigned side_of(const struct hypervisor_node *node)
{
	return node->parent->child[1] == node ? 1 : 0;
}

/* Puts @node, or nothing, where @old is. */
static void replace(struct hypervisor_tree *tree, struct hypervisor_node *old,
		    struct hypervisor_node *node)
{
	if (old->parent)
		old->parent->child[side_of(old)] = node;
	else
		tree->root = node;
	if (node)
		node->parent = old->parent;
}

/* @node and its parent change places; the order stays. */
static void rotate_up(struct hypervisor_tree *tree,
		      struct hypervisor_node *node)
{
	struct hypervisor_node *parent = node->parent;
	unsigned side = side_of(node);
	struct hypervisor_node *inner = node->child[!side];

	replace(tree, parent, node);
	parent->child[side] = inner;
	if (inner)
		inner->parent = parent;
	node->child[!side] = parent;
	parent->parent = node;
	refresh(parent);
	refresh(node);
}

/* ---- changes --------------------------------------------------------- */

/* The node of @piece; else NULL, and the one to hang it below at @side. */
static struct hypervisor_node *descend(const struct hypervisor_tree *tree,
				       const struct hypervisor_piece *piece,
				       struct hypervisor_node **above,
				       unsigned *side)
{
	struct hypervisor_node *node = tree->root;

	*above = NULL;
	*side = 0;
	while (node) {
		int order = hypervisor_piece_compare(piece, &node->piece);

		if (order == 0)
			break;
		*above = node;
		*side = order > 0 ? 1 : 0;
		node = node->child[*side];
	}
	return node;
}

struct hypervisor_node *
hypervisor_tree_find(const struct hypervisor_tree *tree,
		     const struct hypervisor_piece *piece)
{
	struct hypervisor_node *above;
	unsigned side;

	return descend(tree, piece, &above, &side);
}

void hypervisor_tree_add(struct hypervisor_tree *tree,
			 const struct hypervisor_piece *piece)
{
	struct hypervisor_node *above, *node;
	unsigned side;

	if (descend(tree, piece, &above, &side))
		return;
	node = malloc(sizeof(*node));
	if (!node)
		hypervisor_die("out of memory");
	*node = (struct hypervisor_node){
		.piece = *piece,
		.max_last = piece->last,
		.priority = next_random(tree),
		.parent = above,
	};
	if (above)
		above->child[side] = node;
	else
		tree->root = node;
	while (node->parent && node->parent->priority < node->priority)
		rotate_up(tree, node);
	refresh_up(node->parent);
	tree->count++;
}

void hypervisor_tree_remove(struct hypervisor_tree *tree,
			    struct hypervisor_node *node)
{
	while (node->child[0] && node->child[1]) {
		bool right = node->child[1]->priority >
			     node->child[0]->priority;

		rotate_up(tree, node->child[right]);
	}
	replace(tree, node, node->child[0] ? node->child[0] : node->child[1]);
	refresh_up(node->parent);
	free(node);
	tree->count--;
}

void hypervisor_tree_clear(struct hypervisor_tree *tree)
{
	struct hypervisor_node *node = tree->root;

	while (node) {
		struct hypervisor_node *gone = node;

		if (node->child[0] || node->child[1]) {
			node = node->child[node->child[0] ? 0 : 1];
			continue;
		}
		replace(tree, gone, NULL);
		node = gone->parent;
		free(gone);
	}
	tree->count = 0;
}

/* ---- search ---------------------------------------------------------- */

/*
 * The first hit at or below @node. When a left subtree reaches up to @first
 * but has no hit, it begins above @last, and so does all that follows.
 */
struct hypervisor_node *hypervisor_tree_leftmost(struct hypervisor_node *node,
						 uint64_t first, uint64_t last)
{
	while (node && node->max_last >= first) {
		if (node->child[0] && node->child[0]->max_last >= first)
			node = node->child[0];
		else if (node->piece.first > last)
			return NULL;
		else if (node->piece.last >= first)
			return node;
		else
			node = node->child[1];
	}
	return NULL;
}

struct hypervisor_node *hypervisor_tree_next(struct hypervisor_node *node,
					     uint64_t first, uint64_t last)
{
	for (;;) {
		if (node->child[1] && node->child[1]->max_last >= first)
			return hypervisor_tree_leftmost(node->child[1], first,
							last);
		while (node->parent && side_of(node) == 1)
			node = node->parent;
		node = node->parent;
		if (!node || node->piece.first > last)
			return NULL;
		if (node->piece.last >= first)
			return node;
	}
}
