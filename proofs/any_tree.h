/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * any_tree.h - a whole tree of small tables, in any state.
 *
 * Tables have 2 entries, and the address space has TREE_PAGES pages, so that
 * leaves of all three sizes fit. The tree may hold anything that the invariants
 * of pagetable.h allow. Each of its tables has a page of its own that follows
 * from the place; which page a table has matters to nobody. A load or a store
 * outside the table pages that are in use is an error, and so is freeing a page
 * twice.
 *
 * What an address means is read by tree_see(), which knows the entry format
 * from the manual (SDM vol. 3A 4.5) and nothing of hvpt.
 */
#ifndef HVPT_PROOF_ANY_TREE_H
#define HVPT_PROOF_ANY_TREE_H

#define PROOF_PORT "proofs/tree_port.h"
#include "proof.h"

#include "hvpt/inspect.h"
#include "hvpt/map.h"

#define TREE_LG2 2u
#define TREE_PAGES (1u << TREE_LG2)
#define TREE_LEVELS 4u

/*
 * Pages of the pool, a power of two; the pointer to a page is its gpa plus
 * TREE_BASE.
 */
#ifndef TREE_POOL
#define TREE_POOL 16u
#endif
#define TREE_BASE 0x10000u
/* The first page that the page hook gives; those below are of the tree. */
#define TREE_FRESH 5u

/* What entries and links are made of; no proof here needs larger gpas. */
#define TREE_BITS 0xfffffu

static struct hvpt_pagetable pt;
static uint32_t tree_word[TREE_POOL * 2];
static bool tree_used[TREE_POOL];
static unsigned tree_next; /* the page that the hook gives next */
static bool tree_odd;	   /* it gave one that cannot be a table */
static unsigned tree_stores;

/* ---- memory ------------------------------------------------------------- */

static unsigned tree_at(const uint64_t *slot)
{
	uint64_t offset = (uintptr_t)slot - TREE_BASE;

	ASSERT(offset < TREE_POOL * 4096 && offset % 4096 < 16 &&
	       offset % 8 == 0);
	ASSERT(tree_used[offset / 4096 % TREE_POOL]);
	return offset / 4096 % TREE_POOL * 2 + (offset / 8 & 1);
}

uint64_t tree_load(const uint64_t *slot)
{
	if (slot == &pt.table_count)
		return pt.table_count;
	if (slot == &pt.splits)
		return pt.splits;
	return tree_word[tree_at(slot)] & TREE_BITS;
}

void tree_store(uint64_t *slot, uint64_t value)
{
	ASSERT((value & ~(uint64_t)TREE_BITS) == 0);
	tree_word[tree_at(slot)] = value & TREE_BITS;
	tree_stores++;
}

bool tree_swap(uint64_t *slot, uint64_t *seen, uint64_t value)
{
	uint64_t is = tree_load(slot);

	if (is == *seen) {
		tree_store(slot, value);
		return true;
	}
	*seen = is;
	return false;
}

/* Gives a page, none, or one that cannot be a table. */
static void *tree_alloc(void *ctx)
{
	unsigned page = tree_next;

	(void)ctx;
	if (nondet_bool())
		return NULL;
	if (nondet_bool()) {
		tree_odd = true;
		return (void *)(uintptr_t)(TREE_BASE + 0x800);
	}
	ASSERT(page < TREE_POOL);
	tree_next++;
	tree_used[page] = true;
	tree_word[2 * page] = 0;
	tree_word[2 * page + 1] = 0;
	return (void *)(uintptr_t)(TREE_BASE + 4096 * page);
}

static void tree_free(void *ctx, void *page)
{
	uint64_t at = (uintptr_t)page - TREE_BASE;

	(void)ctx;
	if (at == 0x800) {
		tree_odd = false;
		return;
	}
	ASSERT(at % 4096 == 0 && at < TREE_POOL * 4096);
	ASSERT(tree_used[at / 4096 % TREE_POOL]);
	tree_used[at / 4096 % TREE_POOL] = false;
}

static const struct hvpt_page_ops tree_ops = { tree_alloc, tree_free, NULL };

/* ---- any tree ----------------------------------------------------------- */

/* The page of the table of @level that spans @page, see TREE_FRESH. */
static unsigned tree_place(unsigned level, unsigned page)
{
	return level > 0 ? 3 - level : 3 + (page >> 1);
}

/* Any entry of @level for the addresses from @page on. */
static uint32_t tree_any(unsigned level, unsigned page)
{
	uint32_t pte = nondet_u32() & TREE_BITS;
	uint32_t size = 4096u << level;

	if (pte == 0 || page >= TREE_PAGES)
		return 0;
	if (level > 0 && !(pte & 0x80)) {
		/* P, R/W, U/S, and A or not */
		ASSUME((pte & 0xfdf) == 7);
		ASSUME(pte >> 12 == tree_place(level - 1, page));
		tree_used[tree_place(level - 1, page)] = true;
		return pte;
	}
	/* P, U/S and PS; R/W, A and D or not */
	ASSUME((pte & 0xf9d) == (level > 0 ? 0x85 : 5));
	ASSUME(level < 3 && (pt.leaf_levels >> level & 1));
	ASSUME(pte / 4096 * 4096 % size == 0);
	return pte;
}

static void tree_any_table(unsigned level, unsigned page)
{
	unsigned at = tree_place(level, page);

	if (!tree_used[at])
		return;
	pt.table_count++;
	tree_word[2 * at] = tree_any(level, page);
	tree_word[2 * at + 1] = tree_any(level, page + (1u << level));
}

/* Any page table. */
static void tree_make(void)
{
	pt.root = (uint64_t *)(uintptr_t)TREE_BASE;
	pt.direct_map_offset = TREE_BASE;
	pt.addr_mask = HVPT_PTE_ADDR;
	pt.lower_last = TREE_PAGES * 4096u - 1;
	pt.upper_first = 0;
	pt.table_gpa_mask = 0;
	pt.table_count = 0;
	pt.splits = 0;
	pt.ops = &tree_ops;
	pt.reserved_count = 0;
	pt.levels = TREE_LEVELS;
	pt.leaf_levels = nondet_bool() ? 7 : nondet_bool() ? 3 : 1;
	pt.noncoherent = 0;
	pt.track_dirty = nondet_bool();
	pt.checked.first.value = ~(uint64_t)0;
	tree_used[0] = true;
	tree_any_table(3, 0);
	tree_any_table(2, 0);
	tree_any_table(1, 0);
	tree_any_table(0, 0);
	tree_any_table(0, 2);
	tree_next = TREE_FRESH;
}

/* ---- what it means ------------------------------------------------------ */

struct tree_seen {
	bool mapped;
	unsigned level; /* of the entry that decides */
	uint32_t gpa;	/* of the page */
	unsigned prot;
	bool accessed;
	bool dirty;
};

static struct tree_seen tree_see(unsigned page)
{
	struct tree_seen seen;
	unsigned level = TREE_LEVELS - 1, table = 0;
	uint32_t pte;

	for (;; level--) {
		pte = tree_word[2 * table + (page >> level & 1)];
		if (level == 0 || (pte & 0x81) != 1)
			break;
		table = pte / 4096 % TREE_POOL;
	}
	seen.mapped = pte & 1;
	seen.level = level;
	seen.gpa = pte / 4096 * 4096 + page % (1u << level) * 4096;
	seen.prot = pte & 2 ? 3 : 1;
	seen.accessed = pte >> 5 & 1;
	seen.dirty = pte >> 6 & 1;
	return seen;
}

static bool tree_same(const struct tree_seen *a, const struct tree_seen *b)
{
	if (!a->mapped || !b->mapped)
		return a->mapped == b->mapped;
	return a->gpa == b->gpa && a->prot == b->prot &&
	       a->accessed == b->accessed && a->dirty == b->dirty;
}

/* Is any page, or each page, of the range mapped? */
static bool tree_maps(unsigned first, unsigned count, bool each)
{
	unsigned page;

	for (page = 0; page < TREE_PAGES; page++)
		if (page >= first && page - first < count &&
		    tree_see(page).mapped != each)
			return !each;
	return each;
}

/* ---- whether it is well formed ------------------------------------------ */

static unsigned tree_reached;
static bool tree_met[TREE_POOL];

/* The table below entry @index of @table; TREE_POOL: there is none. */
static unsigned tree_below(unsigned table, unsigned index)
{
	uint32_t pte;

	if (table == TREE_POOL)
		return TREE_POOL;
	pte = tree_word[2 * table + index];
	if ((pte & 0x81) != 1)
		return TREE_POOL;
	table = pte / 4096;
	ASSERT((pte & 0xfdf) == 7);
	ASSERT(table < TREE_POOL && tree_used[table % TREE_POOL]);
	ASSERT(!tree_met[table % TREE_POOL]);
	tree_met[table % TREE_POOL] = true;
	tree_reached++;
	return table % TREE_POOL;
}

/* Is the entry that decides for @page one that the invariants allow? */
static void tree_check_entry(unsigned page)
{
	struct tree_seen seen = tree_see(page);
	unsigned level = TREE_LEVELS - 1, table = 0;
	uint32_t pte;

	for (; level > seen.level; level--)
		table = tree_word[2 * table + (page >> level & 1)] / 4096 %
			TREE_POOL;
	pte = tree_word[2 * table + (page >> level & 1)];
	if (!seen.mapped) {
		ASSERT(pte == 0);
		return;
	}
	ASSERT(level < 3 && (pt.leaf_levels >> level & 1));
	ASSERT((pte & 0xf9d) == (level > 0 ? 0x85u : 5u));
	ASSERT(pte / 4096 % (1u << level) == 0);
}

/* The pages that the gather holds, each once, and none of the tree. */
static unsigned tree_check_gather(const struct hvpt_gather *gather)
{
	uint64_t link = (uintptr_t)gather->tables;
	unsigned count = 0, page;

	while (link) {
		page = (link - TREE_BASE) / 4096 % TREE_POOL;
		ASSERT(link % 4096 == 0 && tree_used[page] && !tree_met[page]);
		tree_met[page] = true;
		count++;
		link = tree_word[2 * page];
	}
	ASSERT(count == gather->table_count);
	return count;
}

/*
 * After a call: @page is arbitrary. Each table has one parent; each page in use
 * is in the tree or in the gather, which may be NULL.
 */
static void tree_check(const struct hvpt_gather *gather, unsigned page)
{
	unsigned table, top, count = 0, i;

	ASSERT(!tree_odd);
	ASSERT(pt.root == (uint64_t *)(uintptr_t)TREE_BASE && tree_used[0]);
	tree_met[0] = true;
	tree_reached = 1;
	ASSERT(tree_word[1] == 0);
	top = tree_below(0, 0);
	ASSERT(top == TREE_POOL || tree_word[2 * top + 1] == 0);
	table = tree_below(top, 0);
	tree_below(table, 0);
	tree_below(table, 1);
	ASSERT(pt.table_count == tree_reached);
	tree_check_entry(page);
	for (i = 0; i < TREE_POOL; i++)
		count += tree_used[i];
	ASSERT(count ==
	       tree_reached + (gather ? tree_check_gather(gather) : 0));
}

/* Does the gather hold all of @page? */
static bool tree_gathered(const struct hvpt_gather *gather, unsigned page)
{
	uint32_t i;

	for (i = 0; i < gather->range_count; i++)
		if (gather->range[i].first.value <= page * 4096u &&
		    gather->range[i].last.value >= page * 4096u + 4095)
			return true;
	return false;
}

/* ---- arguments ---------------------------------------------------------- */

/* Any address or length, also misaligned, and beyond the address space. */
static uint64_t tree_any_bytes(void)
{
	return nondet_u64() & (TREE_PAGES * 4 * 4096u - 1);
}

/* Does the range hold @page, or a part of it? Both are pages once valid. */
static bool tree_holds(uint64_t iova, uint64_t length, unsigned page)
{
	return iova <= page * 4096u && page * 4096u < iova + length;
}

/* Does the range hold all of the block of 2^@lg2 pages that @page is in? */
static bool tree_holds_block(uint64_t iova, uint64_t length, unsigned page,
			     unsigned lg2)
{
	uint64_t first = (uint64_t)(page >> lg2 << lg2) * 4096;

	return iova <= first && first + (4096u << lg2) <= iova + length;
}

/* Does the range cut the leaf that @page is in, of this permission or any? */
static bool tree_cuts(uint64_t iova, uint64_t length, unsigned page,
		      unsigned keep)
{
	struct tree_seen seen = tree_see(page % TREE_PAGES);

	return seen.mapped && seen.prot != keep &&
	       !tree_holds_block(iova, length, page, seen.level);
}

/* At either of its ends? */
static bool tree_is_cut(uint64_t iova, uint64_t length, unsigned keep)
{
	return tree_cuts(iova, length, iova / 4096, keep) ||
	       tree_cuts(iova, length, (iova + length - 1) / 4096, keep);
}

/* What the range is refused for, in the order of pagetable.h; or HVPT_OK. */
static enum hvpt_status tree_refuses(uint64_t iova, uint64_t length)
{
	if (length == 0)
		return HVPT_ERR_EMPTY;
	if (iova % 4096 || length % 4096)
		return HVPT_ERR_ALIGN;
	return iova + length > TREE_PAGES * 4096u ? HVPT_ERR_IOVA_RANGE :
						    HVPT_OK;
}

#endif /* HVPT_PROOF_ANY_TREE_H */
