/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tree.h - a second opinion on a tree that adopt() accepts or refuses.
 *
 * The bits of entries are written out from SDM volume 3A, tables 4-14 .. 4-20,
 * and from what the headers promise (hvpt/pte.h, hvpt/inspect.h); no constant
 * of the core is used.
 */
#ifndef FUZZ_TREE_H
#define FUZZ_TREE_H

#include "hostile.h"
#include "hvpt/inspect.h"

/**
 * struct tree - a tree in hostile memory
 * @page_sizes: which leaves are allowed
 * @table_mask: bits that an entry with a table must have
 * @claimed: bit n: page n belongs to the tree
 * @levels, @width, @form: of its addresses
 * @noncoherent: bit 11 of an entry with a table is free
 */
struct tree {
	const struct hostile *memory;
	uint64_t page_sizes;
	uint64_t table_mask;
	uint32_t claimed;
	unsigned levels;
	unsigned width;
	enum hvpt_iova_form form;
	bool noncoherent;
};

struct tree_entry {
	uint64_t pte;
	uint64_t iova; /* first one it stands for */
	unsigned level;
};

/** Does the entry break just this rule? */
bool tree_breaks(const struct tree *tree, const struct tree_entry *entry,
		 enum hvpt_fault fault);

/** Dies when an entry of the tree breaks any rule. Return: how many leaves. */
uint64_t tree_leaves(const struct tree *tree, uint64_t root);

#endif /* FUZZ_TREE_H */
