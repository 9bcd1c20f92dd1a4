/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A tree of disjoint pieces; a piece's level is the permission. Every change
 * first splits the pieces at both ends of its range. Only whole pieces then lie
 * inside. What lookups found is kept until the next change: whoever checks a
 * change asks about the same few intervals and gaps many times.
 */
#include "model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "hypervisor_tree.h"

#define PAGE_MASK UINT64_C(0xfff)

#define KEPT 4u

/**
 * struct kept - what lookups found since the last change
 * @count: how many were kept; the older ones give way
 */
struct kept {
	struct hypervisor_found found[KEPT];
	unsigned count;
};

/** @kept is what a lookup changes in a model that it must not change. */
struct hvpt_model {
	struct hypervisor_tree tree;
	uint64_t bytes;
	struct kept *kept;
};

_Noreturn static void die(const char *what, uint64_t start, uint64_t length)
{
	fprintf(stderr,
		"hvpt model: %s (start %#" PRIx64 ", length %#" PRIx64 ")\n",
		what, start, length);
	abort();
}

/* The last byte of a range the caller promised to be a good one. */
static uint64_t last_of(uint64_t start, uint64_t length)
{
	if ((start | length) & PAGE_MASK)
		die("not a multiple of 4 KiB", start, length);
	if (length == 0)
		die("empty range", start, length);
	if (length - 1 > UINT64_MAX - start)
		die("range passes 2^64", start, length);
	return start + (length - 1);
}

/* Where @iova goes, which lies in @piece. */
static uint64_t gpa_of(const struct hypervisor_piece *piece, uint64_t iova)
{
	return piece->to + (iova - piece->first);
}

/* ---- lookups --------------------------------------------------------- */

/* The tree is about to change. */
static void forget(struct hvpt_model *model)
{
	model->kept->count = 0;
}

static struct hypervisor_node *node_at(const struct hvpt_model *model,
				       uint64_t address)
{
	struct kept *kept = model->kept;
	struct hypervisor_found *found;
	unsigned i;

	for (i = 0; i < KEPT && i < kept->count; i++) {
		found = &kept->found[i];
		if (address - found->first <= found->last - found->first)
			return found->node;
	}
	found = &kept->found[kept->count++ % KEPT];
	*found = hypervisor_tree_at(&model->tree, address);
	return found->node;
}

/* ---- changes --------------------------------------------------------- */

/* Afterwards a piece may start at @address, but none goes across it. */
static void split_at(struct hvpt_model *model, uint64_t address)
{
	struct hypervisor_tree *tree = &model->tree;
	struct hypervisor_node *node;
	struct hypervisor_piece low, high;

	node = node_at(model, address);
	if (!node || node->piece.first == address)
		return;
	forget(model);
	low = node->piece;
	high = low;
	low.last = address - 1;
	high.first = address;
	high.to = gpa_of(&low, address);
	hypervisor_tree_remove(tree, node);
	hypervisor_tree_add(tree, &low);
	hypervisor_tree_add(tree, &high);
}

static void clear_range(struct hvpt_model *model, uint64_t first, uint64_t last)
{
	split_at(model, first);
	split_at(model,
		 last + 1); /* 0 after the top: there is nothing to split */
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

struct hvpt_model *hvpt_model_create(void)
{
	struct hvpt_model *model = calloc(1, sizeof(*model));

	if (model)
		model->kept = calloc(1, sizeof(*model->kept));
	if (!model || !model->kept)
		die("out of memory", 0, sizeof(*model));
	return model;
}

void hvpt_model_destroy(struct hvpt_model *model)
{
	if (!model)
		return;
	hypervisor_tree_clear(&model->tree);
	free(model->kept);
	free(model);
}

bool hvpt_model_map(struct hvpt_model *model, uint64_t iova, uint64_t gpa,
		    uint64_t length, unsigned prot)
{
	struct hypervisor_piece piece = { .first = iova,
					  .to = gpa,
					  .level = prot };

	piece.last = last_of(iova, length);
	(void)last_of(gpa, length);
	if (hypervisor_tree_first(&model->tree, iova, piece.last))
		return false;
	forget(model);
	hypervisor_tree_add(&model->tree, &piece);
	model->bytes += length;
	return true;
}

uint64_t hvpt_model_mapped_in(const struct hvpt_model *model, uint64_t iova,
			      uint64_t length)
{
	uint64_t last = last_of(iova, length);
	uint64_t bytes = 0;
	struct hypervisor_node *node;

	for (node = hypervisor_tree_first(&model->tree, iova, last); node;
	     node = hypervisor_tree_next(node, iova, last))
		bytes += min_u64(node->piece.last, last) -
			 max_u64(node->piece.first, iova) + 1;
	return bytes;
}

uint64_t hvpt_model_unmap(struct hvpt_model *model, uint64_t iova,
			  uint64_t length)
{
	uint64_t last = last_of(iova, length);
	uint64_t bytes = 0;
	struct hypervisor_node *node, *next;

	clear_range(model, iova, last);
	forget(model);
	for (node = hypervisor_tree_first(&model->tree, iova, last); node;
	     node = next) {
		next = hypervisor_tree_next(node, iova, last);
		bytes += node->piece.last - node->piece.first + 1;
		hypervisor_tree_remove(&model->tree, node);
	}
	model->bytes -= bytes;
	return bytes;
}

bool hvpt_model_protect(struct hvpt_model *model, uint64_t iova,
			uint64_t length, unsigned prot)
{
	uint64_t last = last_of(iova, length);
	struct hypervisor_node *node;

	if (hvpt_model_mapped_in(model, iova, length) != length)
		return false;
	clear_range(model, iova, last);
	/* The pieces are disjoint: what they say decides no order. */
	for (node = hypervisor_tree_first(&model->tree, iova, last); node;
	     node = hypervisor_tree_next(node, iova, last))
		node->piece.level = prot;
	return true;
}

bool hvpt_model_lookup(const struct hvpt_model *model, uint64_t iova,
		       uint64_t *gpa, unsigned *prot)
{
	struct hypervisor_node *node;

	node = node_at(model, iova);
	if (!node)
		return false;
	*gpa = gpa_of(&node->piece, iova);
	*prot = node->piece.level;
	return true;
}

uint64_t hvpt_model_bytes(const struct hvpt_model *model)
{
	return model->bytes;
}

bool hvpt_model_next(const struct hvpt_model *model, uint64_t from,
		     uint64_t *first, uint64_t *last, uint64_t *gpa,
		     unsigned *prot)
{
	struct hypervisor_node *node;

	node = hypervisor_tree_first(&model->tree, from, UINT64_MAX);
	if (!node)
		return false;
	*first = node->piece.first;
	*last = node->piece.last;
	*gpa = node->piece.to;
	*prot = node->piece.level;
	return true;
}
