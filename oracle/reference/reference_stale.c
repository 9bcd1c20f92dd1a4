/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference_stale.c - what an IOMMU may still see.
 *
 * The worst IOTLB the rules allow has cached every translation there ever was
 * and every pointer to a table. So whatever leaves the tree, or changes,
 * stays visible until the flush of a range which covers it; and a table which
 * left the tree is still being read until then.
 */
#include "reference_internal.h"

bool fz_stale_add(struct fz_world *world, uint64_t first, uint64_t last)
{
	struct fz_stale *stale = &world->stale[world->stales];

	if (world->stales == FZ_STALE)
		return false;
	stale->first = first;
	stale->last = last;
	world->stales++;
	return true;
}

static bool gather_covers(const struct hvpt_gather *gather, uint64_t first,
			  uint64_t last)
{
	uint32_t i;

	/* Its ranges are disjoint and not adjacent: one must hold all. */
	for (i = 0; i < gather->range_count; i++)
		if (gather->range[i].first.value <= first &&
		    gather->range[i].last.value >= last)
			return true;
	return false;
}

static bool check_stale(struct fz_world *world, unsigned from)
{
	unsigned i;

	for (i = from; i < world->stales; i++) {
		const struct fz_stale *stale = &world->stale[i];

		if (!gather_covers(&world->gather, stale->first, stale->last))
			return fz_violate(
				world,
				"%#llx .. %#llx left the map but is not "
				"gathered: a device keeps access",
				(unsigned long long)stale->first,
				(unsigned long long)stale->last);
	}
	return true;
}

/* Is there at least one byte between the two? */
static bool are_apart(const struct hvpt_iova_range *a,
		      const struct hvpt_iova_range *b)
{
	if (a->first.value > b->last.value)
		return a->first.value - b->last.value > 1;
	return b->first.value > a->last.value &&
	       b->first.value - a->last.value > 1;
}

static bool check_ranges(struct fz_world *world)
{
	const struct hvpt_gather *gather = &world->gather;
	uint32_t i, j;

	if (gather->range_count > HVPT_GATHER_RANGES)
		return fz_violate(world, "the gather has %u ranges",
				  gather->range_count);
	for (i = 0; i < gather->range_count; i++) {
		const struct hvpt_iova_range *range = &gather->range[i];

		if (range->first.value > range->last.value)
			return fz_violate(world, "a gathered range is empty");
		for (j = 0; j < i; j++)
			if (!are_apart(range, &gather->range[j]))
				return fz_violate(world,
						  "gathered ranges touch");
	}
	return true;
}

/* Something was taken away, or nothing is owed; and no more than that. */
static bool check_extent(struct fz_world *world, uint64_t low, uint64_t high)
{
	const struct hvpt_gather *gather = &world->gather;
	uint32_t i;

	if (world->stales == world->stales_before && !world->gone.tables) {
		if (gather->range_count == world->before.range_count)
			return true;
		return fz_violate(world, "a flush is owed for nothing");
	}
	if (world->before.range_count != 0)
		return true;
	for (i = 0; i < gather->range_count; i++)
		if (gather->range[i].first.value < low ||
		    gather->range[i].last.value > high)
			return fz_violate(
				world,
				"%#llx .. %#llx is gathered, the call was for "
				"%#llx .. %#llx",
				(unsigned long long)gather->range[i]
					.first.value,
				(unsigned long long)gather->range[i].last.value,
				(unsigned long long)low,
				(unsigned long long)high);
	return true;
}

/* ---- tables which left the tree -------------------------------------- */

/* A leaf in a table which left: it must be one which was there. */
static bool check_old_leaf(struct fz_world *world, uint64_t iova, uint64_t pte,
			   unsigned level)
{
	const struct fz_run *run = fz_shape_at(world->now, iova);
	uint64_t mask = (UINT64_C(1) << (12 + 9 * level)) - 1;
	uint64_t gpa = pte & (UINT64_C(0x000ffffffffff000) & ~mask);

	if (run && run->lg2 == 12 + 9 * level &&
	    run->gpa + (iova - run->first) == gpa &&
	    run->writable == ((pte & 2) != 0))
		return true;
	return fz_violate(world,
			  "a gathered table of level %u holds %#llx for %#llx, "
			  "which was never mapped",
			  level, (unsigned long long)pte,
			  (unsigned long long)iova);
}

static bool check_old_entry(struct fz_world *world,
			    const struct fz_table *table, unsigned index,
			    uint64_t pte)
{
	unsigned level = table->level, lg2 = 12 + 9 * level, page;

	if (level == 0 || pte & 0x80)
		return check_old_leaf(world,
				      table->base + ((uint64_t)index << lg2),
				      pte, level);
	page = fz_page_of_gpa(pte & UINT64_C(0x000ffffffffff000) &
			      ~world->config.table_mask);
	if (page != FZ_NO_PAGE && world->state[page] == FZ_PAGE_GATHERED)
		return true;
	return fz_violate(world,
			  "a gathered table of level %u points at %#llx, "
			  "which is not gathered",
			  level, (unsigned long long)pte);
}

static bool check_old_table(struct fz_world *world,
			    const struct fz_table *table)
{
	const uint64_t *words = fz_page_seen(world, table->page);
	const uint64_t *memory = world->memory +
				 (size_t)table->page * FZ_PAGE_WORDS;
	unsigned i = world->config.noncoherent ? 0 : 1;

	if (memory[0] & 1)
		return fz_violate(world, "a gathered table's link is present");
	for (; i < FZ_PAGE_WORDS; i++)
		if ((words[i] & 1) &&
		    !check_old_entry(world, table, i, words[i]))
			return false;
	return true;
}

/* Takes the call's new tables off the gather's list, newest first. */
static bool mark_gathered(struct fz_world *world)
{
	const uint64_t *table = world->gather.tables;
	unsigned count = 0;

	while (table != world->before.tables) {
		unsigned page = fz_page_of_pointer(world, table);

		if (page == FZ_NO_PAGE || world->state[page] != FZ_PAGE_IN_USE)
			return fz_violate(world,
					  "the gather lists what is no table");
		world->state[page] = FZ_PAGE_GATHERED;
		world->gathered++;
		if (++count > world->gone.tables)
			break;
		table = (const uint64_t *)(uintptr_t)table[0];
	}
	if (count != world->gone.tables ||
	    world->gather.table_count != world->before.table_count + count)
		return fz_violate(world,
				  "%u tables had to leave the tree, %u did "
				  "(%u counted)",
				  world->gone.tables, count,
				  world->gather.table_count -
					  world->before.table_count);
	return true;
}

static bool check_gone(struct fz_world *world)
{
	unsigned i;

	for (i = 0; i < world->gone.tables; i++) {
		const struct fz_table *table = &world->gone.table[i];

		if (world->state[table->page] != FZ_PAGE_GATHERED)
			return fz_violate(world,
					  "the table of %#llx, level %u, is "
					  "not in the gather",
					  (unsigned long long)table->base,
					  table->level);
		if (!gather_covers(&world->gather, table->base,
				   fz_table_last(table)))
			return fz_violate(world,
					  "the span of a table at %#llx, level "
					  "%u, is not gathered",
					  (unsigned long long)table->base,
					  table->level);
		if (!check_old_table(world, table))
			return false;
	}
	return true;
}

bool fz_ghost_check(struct fz_world *world, uint64_t low, uint64_t high)
{
	return check_ranges(world) && check_extent(world, low, high) &&
	       mark_gathered(world) && check_gone(world) &&
	       check_stale(world, world->stales_before);
}

/* ---- flush ----------------------------------------------------------- */

bool fz_ghost_sync(struct fz_world *world)
{
	if (!check_stale(world, 0))
		return false;
	world->stales = 0;
	world->stats.syncs++;
	world->phase = FZ_RELEASE;
	hvpt_pt_release(&world->pt, &world->gather);
	world->phase = FZ_IDLE;
	if (world->violated)
		return false;
	if (!hvpt_gather_is_empty(&world->gather) || world->gather.table_count)
		return fz_violate(world, "a released gather is not empty");
	if (world->gathered)
		return fz_violate(world, "%u tables were not released",
				  world->gathered);
	return true;
}
