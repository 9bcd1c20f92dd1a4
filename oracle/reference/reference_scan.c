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

static bool walker_agrees(const struct fz_run *run, uint64_t iova,
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

static bool lookup_agrees(const struct fz_world *world,
			  const struct fz_run *run, uint64_t iova)
{
	struct hvpt_mapping mapping = { hvpt_gpa(0), 0, 0, false, false };
	enum hvpt_status status = hvpt_pt_lookup(&world->pt, hvpt_iova(iova),
						 &mapping);

	if (!fz_in_form(world, iova, iova))
		return status == HVPT_ERR_IOVA_RANGE;
	if (!run)
		return status == HVPT_ERR_NOT_MAPPED;
	return status == HVPT_OK &&
	       mapping.gpa.value == run->gpa + (iova - run->first) &&
	       mapping.leaf_lg2 == run->lg2 &&
	       mapping.prot == (run->writable ? 3u : 1u) && mapping.accessed &&
	       mapping.dirty == run->dirty;
}

bool fz_probe(struct fz_world *world, uint64_t iova)
{
	const struct fz_run *run = fz_shape_at(world->now, iova);
	struct sdm_result walk = sdm_walk(&world->walker, iova, false);

	world->stats.probes++;
	if (!walker_agrees(run, iova, &walk))
		return fz_violate(world,
				  "%#llx: the walker sees entry %#llx of level "
				  "%u (%s), %s",
				  (unsigned long long)iova,
				  (unsigned long long)walk.entry, walk.level,
				  sdm_fault_text(walk.fault),
				  run ? "not what is mapped" :
					"though nothing is mapped");
	if (!lookup_agrees(world, run, iova))
		return fz_violate(world, "%#llx: lookup is wrong",
				  (unsigned long long)iova);
	return true;
}

bool fz_probe_around(struct fz_world *world, uint64_t first, uint64_t last)
{
	return fz_probe(world, first) && fz_probe(world, last) &&
	       fz_probe(world, first + (last - first) / 2) &&
	       fz_probe(world, first - 1) && fz_probe(world, last + 1);
}

/* ---- which page is which table --------------------------------------- */

static unsigned child_of(const struct fz_world *world, uint64_t pte)
{
	if ((pte & ~(ADDRESS | E_CLEAN)) != E_TABLE)
		return FZ_NO_PAGE;
	return fz_page_of_gpa(pte & ADDRESS & ~world->config.table_mask);
}

static bool resolve(struct fz_world *world, struct fz_table *table)
{
	unsigned page = fz_page_of_pointer(world, world->pt.root);
	unsigned level = world->levels;

	while (page != FZ_NO_PAGE && --level > table->level) {
		unsigned index = (table->base >> (12 + 9 * level)) & 511;

		page = child_of(world, fz_page_seen(world, page)[index]);
	}
	if (page == FZ_NO_PAGE || !world->born[page] ||
	    world->state[page] != FZ_PAGE_IN_USE)
		return fz_violate(world,
				  "%#llx has no new table of level %u, though "
				  "it needs one",
				  (unsigned long long)table->base,
				  table->level);
	table->page = (uint16_t)page;
	return true;
}

bool fz_resolve_tables(struct fz_world *world)
{
	unsigned i;

	for (i = 0; i < world->now->tables; i++)
		if (world->now->table[i].page == FZ_NO_PAGE &&
		    !resolve(world, &world->now->table[i]))
			return false;
	return true;
}

/* ---- everything ------------------------------------------------------ */

/* Where a scan is: its runs come in address order. */
struct scan {
	struct fz_world *world;
	unsigned tables;
	unsigned run;
	uint64_t leaves;
};

static uint64_t leaf_of(const struct fz_run *run, uint64_t iova)
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
	const struct fz_shape *shape = scan->world->now;
	const struct fz_run *run = &shape->run[scan->run];

	while (scan->run < shape->runs && run->last < iova)
		run = &shape->run[++scan->run];
	scan->leaves++;
	if (scan->run < shape->runs && run->first <= iova &&
	    run->lg2 == 12 + 9 * level && leaf_of(run, iova) == pte)
		return true;
	return fz_violate(scan->world,
			  "%#llx: entry %#llx of level %u is not what ought to "
			  "be there",
			  (unsigned long long)iova, (unsigned long long)pte,
			  level);
}

/* The root is @level levels - 1. Its upper half has the upper addresses. */
static uint64_t first_of(const struct scan *scan, uint64_t base, unsigned level,
			 unsigned index)
{
	uint64_t first = base + ((uint64_t)index << (12 + 9 * level));
	unsigned bits = 12 + 9 * scan->world->levels;

	if (scan->world->upper_first && first >> (bits - 1))
		first |= ~((UINT64_C(1) << bits) - 1);
	return first;
}

/* A table on the way from the root to where the scan is. */
struct step {
	const uint64_t *words;
	uint64_t base;
	unsigned index; /* the next entry */
};

/* Judges a table entry. Return: the page it leads to; FZ_NO_PAGE: wrong. */
static unsigned scan_child(struct scan *scan, uint64_t iova, uint64_t pte,
			   unsigned level)
{
	struct fz_world *world = scan->world;
	uint64_t mask = world->config.table_mask;
	unsigned page = child_of(world, pte);

	if (page != FZ_NO_PAGE && world->state[page] == FZ_PAGE_IN_USE &&
	    (pte & mask) == mask &&
	    (world->config.noncoherent || !(pte & E_CLEAN)) &&
	    fz_shape_has_table(world->now, level - 1, iova)) {
		scan->tables++;
		return page;
	}
	fz_violate(world,
		   "%#llx: table entry %#llx of level %u leads to no table "
		   "which ought to be there",
		   (unsigned long long)iova, (unsigned long long)pte, level);
	return FZ_NO_PAGE;
}

/*
 * The next entry which is not zero; 512: none. Not instrumented: nearly all
 * the entries which are looked at in a run are looked at here.
 */
#if defined(__clang__)
__attribute__((no_sanitize("address", "undefined", "coverage")))
#endif
static unsigned
next_entry(const uint64_t *words, unsigned index)
{
	while (index < FZ_PAGE_WORDS && words[index] == 0)
		index++;
	return index;
}

/* Goes over one table, down into the tables it leads to. */
static bool scan_tree(struct scan *scan, unsigned root)
{
	struct step path[HVPT_MAX_LEVELS];
	unsigned level = scan->world->levels - 1;

	path[level] = (struct step){ fz_page_seen(scan->world, root), 0, 0 };
	while (level < scan->world->levels) {
		struct step *at = &path[level];
		unsigned index = next_entry(at->words, at->index), page;
		uint64_t pte, iova;

		if (index == FZ_PAGE_WORDS) {
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
		if (page == FZ_NO_PAGE)
			return false;
		path[--level] = (struct step){ fz_page_seen(scan->world, page),
					       iova, 0 };
	}
	return true;
}

static uint64_t leaves_of(const struct fz_shape *shape)
{
	uint64_t leaves = 0;
	unsigned i;

	for (i = 0; i < shape->runs; i++)
		leaves += ((shape->run[i].last - shape->run[i].first) >>
			   shape->run[i].lg2) +
			  1;
	return leaves;
}

bool fz_world_scan(struct fz_world *world)
{
	struct scan scan = { world, 0, 0, 0 };
	unsigned root;

	if (!world->alive || world->violated)
		return !world->violated;
	world->stats.scans++;
	root = fz_page_of_pointer(world, world->pt.root);
	if (root == FZ_NO_PAGE || world->state[root] != FZ_PAGE_IN_USE)
		return fz_violate(world, "the root is no page in use");
	if (!scan_tree(&scan, root))
		return false;
	if (scan.leaves != leaves_of(world->now))
		return fz_violate(world, "%llu leaves instead of %llu",
				  (unsigned long long)scan.leaves,
				  (unsigned long long)leaves_of(world->now));
	if (scan.tables != world->now->tables)
		return fz_violate(world, "%u tables instead of %u", scan.tables,
				  world->now->tables);
	return true;
}
