/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference_scan.c - compares the real tree with the abstract one.
 */
#include "reference_internal.h"

#define ADDRESS UINT64_C(0x000ffffffffff000)
#define E_PRESENT UINT64_C(0x001)
#define E_WRITE UINT64_C(0x002)
#define E_TABLE UINT64_C(0x027) /* P, R/W, U/S, A */
#define E_LEAF UINT64_C(0x025)	/* P, U/S, A */
#define E_DIRTY UINT64_C(0x040)
#define E_LARGE UINT64_C(0x080)
#define E_CLEAN UINT64_C(0x800)

/* ---- single addresses ------------------------------------------------ */

static bool walker_agrees(const struct ref_run *run, uint64_t iova,
			  const struct sdm_result *walk)
{
	if (!run)
		return walk->fault == SDM_FAULT_NOT_PRESENT ||
		       walk->fault == SDM_FAULT_ADDRESS;
	return walk->fault == SDM_FAULT_NONE &&
	       walk->pa == run->gpa + (iova - run->first) &&
	       walk->page_lg2 == run->lg2 && walk->writable == run->writable &&
	       walk->accessed && walk->dirty == run->dirty;
}

static bool lookup_agrees(const struct reference *ref,
			  const struct ref_run *run, uint64_t iova)
{
	struct hvpt_mapping mapping = { hvpt_gpa(0), 0, 0, false, false };
	enum hvpt_status status = hvpt_pt_lookup(&ref->pt, hvpt_iova(iova),
						 &mapping);

	if (!ref_in_form(ref, iova, iova))
		return status == HVPT_ERR_IOVA_RANGE;
	if (!run)
		return status == HVPT_ERR_NOT_MAPPED;
	return status == HVPT_OK &&
	       mapping.gpa.value == run->gpa + (iova - run->first) &&
	       mapping.leaf_lg2 == run->lg2 &&
	       mapping.prot == (run->writable ? 3u : 1u) && mapping.accessed &&
	       mapping.dirty == run->dirty;
}

bool ref_probe(struct reference *ref, uint64_t iova)
{
	const struct ref_run *run = ref_tree_at(ref->now, iova);
	struct sdm_result walk = sdm_walk(&ref->walker, iova, false);

	ref->stats.probes++;
	if (!walker_agrees(run, iova, &walk))
		return ref_violate(
			ref,
			"%#llx: the walker sees entry %#llx of level "
			"%u (%s), %s",
			(unsigned long long)iova,
			(unsigned long long)walk.entry, walk.level,
			sdm_fault_text(walk.fault),
			run ? "not what is mapped" :
			      "though nothing is mapped");
	if (!lookup_agrees(ref, run, iova))
		return ref_violate(ref, "%#llx: lookup is wrong",
				   (unsigned long long)iova);
	return true;
}

bool ref_probe_around(struct reference *ref, uint64_t first, uint64_t last)
{
	return ref_probe(ref, first) && ref_probe(ref, last) &&
	       ref_probe(ref, first + (last - first) / 2) &&
	       ref_probe(ref, first - 1) && ref_probe(ref, last + 1);
}

/* ---- which page is which table --------------------------------------- */

static unsigned child_of(const struct reference *ref, uint64_t pte)
{
	if ((pte & ~(ADDRESS | E_CLEAN)) != E_TABLE)
		return REF_NO_PAGE;
	return ref_page_of_gpa(pte & ADDRESS & ~ref->config.table_mask);
}

static bool resolve(struct reference *ref, struct ref_table *table)
{
	unsigned page = ref_page_of_pointer(ref, ref->pt.root);
	unsigned level = ref->levels;

	while (page != REF_NO_PAGE && --level > table->level) {
		unsigned index = (table->base >> (12 + 9 * level)) & 511;

		page = child_of(ref, ref_page_seen(ref, page)[index]);
	}
	if (page == REF_NO_PAGE || !ref->born[page] ||
	    ref->state[page] != REF_PAGE_IN_USE)
		return ref_violate(ref,
				   "%#llx has no new table of level %u, though "
				   "it needs one",
				   (unsigned long long)table->base,
				   table->level);
	table->page = (uint16_t)page;
	return true;
}

bool ref_resolve_tables(struct reference *ref)
{
	unsigned i;

	for (i = 0; i < ref->now->tables; i++)
		if (ref->now->table[i].page == REF_NO_PAGE &&
		    !resolve(ref, &ref->now->table[i]))
			return false;
	return true;
}

/* ---- everything ------------------------------------------------------ */

/* Where a scan is: its runs come in address order. */
struct scan {
	struct reference *ref;
	unsigned tables;
	unsigned run;
	uint64_t leaves;
};

static uint64_t leaf_of(const struct ref_run *run, uint64_t iova)
{
	uint64_t pte = (run->gpa + (iova - run->first)) | E_LEAF;

	if (run->writable)
		pte |= E_WRITE;
	if (run->dirty)
		pte |= E_DIRTY;
	if (run->lg2 > 12)
		pte |= E_LARGE;
	return pte;
}

static bool scan_leaf(struct scan *scan, uint64_t iova, uint64_t pte,
		      unsigned level)
{
	const struct ref_tree *tree = scan->ref->now;
	const struct ref_run *run = &tree->run[scan->run];

	while (scan->run < tree->runs && run->last < iova)
		run = &tree->run[++scan->run];
	scan->leaves++;
	if (scan->run < tree->runs && run->first <= iova &&
	    run->lg2 == 12 + 9 * level && leaf_of(run, iova) == pte)
		return true;
	return ref_violate(
		scan->ref,
		"%#llx: entry %#llx of level %u is not what ought to "
		"be there",
		(unsigned long long)iova, (unsigned long long)pte, level);
}

/* The root is @level levels - 1. Its upper half has the upper addresses. */
static uint64_t first_of(const struct scan *scan, uint64_t base, unsigned level,
			 unsigned index)
{
	uint64_t first = base + ((uint64_t)index << (12 + 9 * level));
	unsigned bits = 12 + 9 * scan->ref->levels;

	if (scan->ref->upper_first && first >> (bits - 1))
		first |= ~((UINT64_C(1) << bits) - 1);
	return first;
}

/* A table on the way from the root to where the scan is. */
struct step {
	const uint64_t *words;
	uint64_t base;
	unsigned index; /* the next entry */
};

/* Checks a table entry. Return: the page it leads to; REF_NO_PAGE: wrong. */
static unsigned scan_child(struct scan *scan, uint64_t iova, uint64_t pte,
			   unsigned level)
{
	struct reference *ref = scan->ref;
	uint64_t mask = ref->config.table_mask;
	unsigned page = child_of(ref, pte);

	if (page != REF_NO_PAGE && ref->state[page] == REF_PAGE_IN_USE &&
	    (pte & mask) == mask &&
	    (ref->config.noncoherent || !(pte & E_CLEAN)) &&
	    ref_tree_has_table(ref->now, level - 1, iova)) {
		scan->tables++;
		return page;
	}
	ref_violate(ref,
		    "%#llx: table entry %#llx of level %u leads to no table "
		    "which ought to be there",
		    (unsigned long long)iova, (unsigned long long)pte, level);
	return REF_NO_PAGE;
}

/*
 * The next entry that is not zero; 512: none. Not instrumented: nearly all
 * the entries that a run reads are read here.
 */
#if defined(__clang__)
__attribute__((no_sanitize("address", "undefined", "coverage")))
#endif
static unsigned
next_entry(const uint64_t *words, unsigned index)
{
	while (index < REF_PAGE_WORDS && words[index] == 0)
		index++;
	return index;
}

/* Goes over one table, down into the tables it leads to. */
static bool scan_tree(struct scan *scan, unsigned root)
{
	struct step path[HVPT_MAX_LEVELS];
	unsigned level = scan->ref->levels - 1;

	path[level] = (struct step){ ref_page_seen(scan->ref, root), 0, 0 };
	while (level < scan->ref->levels) {
		struct step *at = &path[level];
		unsigned index = next_entry(at->words, at->index), page;
		uint64_t pte, iova;

		if (index == REF_PAGE_WORDS) {
			level++;
			continue;
		}
		at->index = index + 1;
		pte = at->words[index];
		iova = first_of(scan, at->base, level, index);
		if (level == 0 || pte & E_LARGE || !(pte & E_PRESENT)) {
			if (!scan_leaf(scan, iova, pte, level))
				return false;
			continue;
		}
		page = scan_child(scan, iova, pte, level);
		if (page == REF_NO_PAGE)
			return false;
		path[--level] = (struct step){ ref_page_seen(scan->ref, page),
					       iova, 0 };
	}
	return true;
}

static uint64_t leaves_of(const struct ref_tree *tree)
{
	uint64_t leaves = 0;
	unsigned i;

	for (i = 0; i < tree->runs; i++)
		leaves += ((tree->run[i].last - tree->run[i].first) >>
			   tree->run[i].lg2) +
			  1;
	return leaves;
}

bool reference_scan(struct reference *ref)
{
	struct scan scan = { ref, 0, 0, 0 };
	unsigned root;

	if (!ref->alive || ref->violated)
		return !ref->violated;
	ref->stats.scans++;
	root = ref_page_of_pointer(ref, ref->pt.root);
	if (root == REF_NO_PAGE || ref->state[root] != REF_PAGE_IN_USE)
		return ref_violate(ref, "the root is no page in use");
	if (!scan_tree(&scan, root))
		return false;
	if (scan.leaves != leaves_of(ref->now))
		return ref_violate(ref, "%llu leaves instead of %llu",
				   (unsigned long long)scan.leaves,
				   (unsigned long long)leaves_of(ref->now));
	if (scan.tables != ref->now->tables)
		return ref_violate(ref, "%u tables instead of %u", scan.tables,
				   ref->now->tables);
	return true;
}
