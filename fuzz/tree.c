/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "tree.h"

#include "fuzz.h"

#define BIT(n) (UINT64_C(1) << (n))
#define ADDRESS UINT64_C(0x000ffffffffff000)

/* Bytes that one entry of a level stands for. */
static uint64_t span(unsigned level)
{
	return BIT(12 + 9 * level);
}

static bool is_leaf(const struct tree_entry *entry)
{
	return entry->level == 0 || (entry->pte & BIT(7));
}

/* ---- bits ------------------------------------------------------------ */

/*
 * P, R/W, U/S and nothing else but A and an address; 11 is what a table that
 * was written back may have.
 */
static bool is_table_right(const struct tree *tree, uint64_t pte)
{
	uint64_t free = ADDRESS | BIT(5);

	if (tree->noncoherent)
		free |= BIT(11);
	return (pte & ~free) == (BIT(0) | BIT(1) | BIT(2));
}

/* P, U/S; R/W, A and D are free; 7 is PS in a large leaf, PAT in a PTE. */
static bool is_leaf_right(const struct tree_entry *entry)
{
	uint64_t free = ADDRESS | BIT(1) | BIT(5) | BIT(6);
	uint64_t must = BIT(0) | BIT(2);

	if (entry->level > 0)
		must |= BIT(7);
	return (entry->pte & ~free) == must;
}

/* No size without all below it: pages are cut into the next size. */
static bool is_size_allowed(const struct tree *tree, unsigned level)
{
	unsigned below;

	for (below = 0; below <= level; below++)
		if (!(tree->page_sizes & span(below)))
			return false;
	return level <= 2;
}

static bool is_page(const struct tree *tree, uint64_t gpa)
{
	uint64_t page = (gpa - HOSTILE_GPA) / 4096;

	return gpa >= HOSTILE_GPA && page < HOSTILE_PAGES &&
	       (tree->claimed >> page & 1);
}

/* ---- addresses ------------------------------------------------------- */

/* The IOVAs of a form: 0 .. *low, and *high .. the top, unless that is 0. */
static void form_of(const struct tree *tree, uint64_t *low, uint64_t *high)
{
	unsigned bits = tree->width - (tree->form == HVPT_IOVA_PLAIN ? 0 : 1);

	*low = BIT(bits) - 1;
	*high = tree->form == HVPT_IOVA_CANONICAL ? 0 - BIT(bits) : 0;
}

/* A leaf lies inside; a table has at least a part inside. */
static bool is_outside(const struct tree *tree, const struct tree_entry *entry)
{
	uint64_t last = entry->iova + (span(entry->level) - 1);
	uint64_t low, high;

	form_of(tree, &low, &high);
	if (is_leaf(entry))
		return last > low && !(high && entry->iova >= high);
	return entry->iova > low && !(high && last >= high);
}

/* ---- rules ----------------------------------------------------------- */

bool tree_breaks(const struct tree *tree, const struct tree_entry *entry,
		 enum hvpt_fault fault)
{
	uint64_t pte = entry->pte;
	bool present = pte & BIT(0);
	bool leaf = present && is_leaf(entry);

	switch (fault) {
	case HVPT_FAULT_NOT_PRESENT:
		return !present && pte != 0;
	case HVPT_FAULT_TABLE_BITS:
		return present && !leaf && !is_table_right(tree, pte);
	case HVPT_FAULT_LEAF_BITS:
		return leaf && !is_leaf_right(entry);
	case HVPT_FAULT_LEAF_SIZE:
		return leaf && !is_size_allowed(tree, entry->level);
	case HVPT_FAULT_LEAF_ADDR:
		return leaf && (pte & ADDRESS) % span(entry->level) != 0;
	case HVPT_FAULT_OUTSIDE:
		return present && is_outside(tree, entry);
	case HVPT_FAULT_TABLE_ADDR:
		/* A page that is claimed may have been so before. */
		return present && !leaf;
	case HVPT_FAULT_COUNT:
	case HVPT_FAULT_RESERVED:
	case HVPT_FAULT_NONE:
		break;
	}
	return false;
}

/* All of an entry that can be checked without the entries before it. */
static void check_entry(const struct tree *tree, const struct tree_entry *entry)
{
	static const enum hvpt_fault rules[] = {
		HVPT_FAULT_NOT_PRESENT, HVPT_FAULT_TABLE_BITS,
		HVPT_FAULT_LEAF_BITS,	HVPT_FAULT_LEAF_SIZE,
		HVPT_FAULT_LEAF_ADDR,	HVPT_FAULT_OUTSIDE,
	};
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		FUZZ_CHECK(!tree_breaks(tree, entry, rules[i]),
			   hvpt_fault_name(rules[i]));
	if (is_leaf(entry))
		return;
	FUZZ_CHECK((entry->pte & tree->table_mask) == tree->table_mask,
		   "a table without the mask");
	FUZZ_CHECK(is_page(tree, entry->pte & ADDRESS & ~tree->table_mask),
		   "a table that nobody was asked about");
}

/* As wide as the levels are; above, copies of the top bit if canonical. */
static uint64_t iova_of(const struct tree *tree, uint64_t address)
{
	unsigned bits = 12 + 9 * tree->levels;

	if (tree->form == HVPT_IOVA_CANONICAL && (address >> (bits - 1) & 1))
		address |= UINT64_MAX << bits;
	return address;
}

/* Where the scan is in one table of the path. */
struct spot {
	uint64_t table;
	uint64_t first; /* address of its entry 0 */
	uint64_t next;	/* entry */
};

/* The next entry of the path's lowest table; it is checked, if not empty. */
static struct tree_entry take_entry(const struct tree *tree, struct spot *spot,
				    unsigned level, uint64_t *address)
{
	struct tree_entry entry = { .level = level };

	FUZZ_CHECK(hostile_read64((void *)(uintptr_t)tree->memory,
				  spot->table + 8 * spot->next, &entry.pte),
		   "a table outside memory");
	*address = spot->first + spot->next * span(level);
	spot->next++;
	entry.iova = iova_of(tree, *address);
	if (entry.pte != 0)
		check_entry(tree, &entry);
	return entry;
}

uint64_t tree_leaves(const struct tree *tree, uint64_t root)
{
	unsigned level = tree->levels - 1;
	struct spot path[5] = { 0 };
	uint64_t leaves = 0, address;

	path[level].table = root & ADDRESS & ~tree->table_mask;
	while (level < tree->levels) {
		struct tree_entry entry;

		if (path[level].next == 512) {
			level++;
			continue;
		}
		entry = take_entry(tree, &path[level], level, &address);
		if (entry.pte == 0)
			continue;
		if (is_leaf(&entry)) {
			leaves++;
			continue;
		}
		level--;
		path[level].table = entry.pte & ADDRESS & ~tree->table_mask;
		path[level].first = address;
		path[level].next = 0;
	}
	return leaves;
}
