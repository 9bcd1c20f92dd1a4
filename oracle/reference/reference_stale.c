/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference_stale.c - what an IOMMU may still have cached.
 *
 * The worst IOTLB the rules allow has cached every translation there ever was
 * and every pointer to a table. So whatever leaves the tree, or changes,
 * stays visible until the flush of a range that covers it; and a table that
 * left the tree is still being read until then.
 */
#include "reference_internal.h"

bool ref_stale_add(struct reference *ref, uint64_t first, uint64_t last)
{
	struct ref_stale *stale = &ref->stale[ref->stales];

	if (ref->stales == REF_STALE)
		return false;
	stale->first = first;
	stale->last = last;
	ref->stales++;
	return true;
}

static bool check_stale(struct reference *ref, unsigned from)
{
	unsigned i;

	for (i = from; i < ref->stales; i++) {
		const struct ref_stale *stale = &ref->stale[i];

		if (!gather_covers(&ref->gather, stale->first, stale->last))
			return ref_violate(
				ref,
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

static bool check_ranges(struct reference *ref)
{
	const struct hvpt_gather *gather = &ref->gather;
	uint32_t i, j;

	if (gather->range_count > HVPT_GATHER_RANGES)
		return ref_violate(ref, "the gather has %u ranges",
				   gather->range_count);
	for (i = 0; i < gather->range_count; i++) {
		const struct hvpt_iova_range *range = &gather->range[i];

		if (range->first.value > range->last.value)
			return ref_violate(ref, "a gathered range is empty");
		for (j = 0; j < i; j++)
			if (!are_apart(range, &gather->range[j]))
				return ref_violate(ref,
						   "gathered ranges touch");
	}
	return true;
}

/* The gather has a range only if something changed, and no more than that. */
static bool check_extent(struct reference *ref, uint64_t low, uint64_t high)
{
	const struct hvpt_gather *gather = &ref->gather;
	uint32_t i;

	if (ref->stales == ref->stales_before && !ref->gone.tables) {
		if (gather->range_count == ref->before.range_count)
			return true;
		return ref_violate(ref, "a flush is pending without a change");
	}
	if (ref->before.range_count != 0)
		return true;
	for (i = 0; i < gather->range_count; i++)
		if (gather->range[i].first.value < low ||
		    gather->range[i].last.value > high)
			return ref_violate(
				ref,
				"%#llx .. %#llx is gathered, the call was for "
				"%#llx .. %#llx",
				(unsigned long long)gather->range[i]
					.first.value,
				(unsigned long long)gather->range[i].last.value,
				(unsigned long long)low,
				(unsigned long long)high);
	return true;
}

/* ---- tables that left the tree -------------------------------------- */

/* A leaf in a table that left: it must be one that was there. */
static bool check_old_leaf(struct reference *ref, uint64_t iova, uint64_t pte,
			   unsigned level)
{
	const struct ref_run *run = ref_tree_at(ref->now, iova);
	uint64_t mask = (UINT64_C(1) << (12 + 9 * level)) - 1;
	uint64_t gpa = pte & (UINT64_C(0x000ffffffffff000) & ~mask);

	if (run && run->lg2 == 12 + 9 * level &&
	    run->gpa + (iova - run->first) == gpa &&
	    run->writable == ((pte & 2) != 0))
		return true;
	return ref_violate(
		ref,
		"a gathered table of level %u holds %#llx for %#llx, "
		"which was never mapped",
		level, (unsigned long long)pte, (unsigned long long)iova);
}

static bool check_old_entry(struct reference *ref,
			    const struct ref_table *table, unsigned index,
			    uint64_t pte)
{
	unsigned level = table->level, lg2 = 12 + 9 * level, page;

	if (level == 0 || pte & 0x80)
		return check_old_leaf(ref,
				      table->base + ((uint64_t)index << lg2),
				      pte, level);
	page = ref_page_of_gpa(pte & UINT64_C(0x000ffffffffff000) &
			       ~ref->config.table_mask);
	if (page != REF_NO_PAGE && ref->state[page] == REF_PAGE_GATHERED)
		return true;
	return ref_violate(ref,
			   "a gathered table of level %u points at %#llx, "
			   "which is not gathered",
			   level, (unsigned long long)pte);
}

static bool check_old_table(struct reference *ref,
			    const struct ref_table *table)
{
	const uint64_t *words = ref_page_seen(ref, table->page);
	const uint64_t *memory = ref->memory +
				 (size_t)table->page * REF_PAGE_WORDS;
	unsigned i = ref->config.noncoherent ? 0 : 1;

	if (memory[0] & 1)
		return ref_violate(ref, "a gathered table's link is present");
	for (; i < REF_PAGE_WORDS; i++)
		if ((words[i] & 1) && !check_old_entry(ref, table, i, words[i]))
			return false;
	return true;
}

/* Takes the call's new tables off the gather's list, newest first. */
static bool mark_gathered(struct reference *ref)
{
	const uint64_t *table = ref->gather.tables;
	unsigned count = 0;

	while (table != ref->before.tables) {
		unsigned page = ref_page_of_pointer(ref, table);

		if (page == REF_NO_PAGE || ref->state[page] != REF_PAGE_IN_USE)
			return ref_violate(ref,
					   "the gather lists what is no table");
		ref->state[page] = REF_PAGE_GATHERED;
		ref->gathered++;
		if (++count > ref->gone.tables)
			break;
		table = (const uint64_t *)(uintptr_t)table[0];
	}
	if (count != ref->gone.tables ||
	    ref->gather.table_count != ref->before.table_count + count)
		return ref_violate(ref,
				   "%u tables had to leave the tree, %u did "
				   "(%u counted)",
				   ref->gone.tables, count,
				   ref->gather.table_count -
					   ref->before.table_count);
	return true;
}

static bool check_gone(struct reference *ref)
{
	unsigned i;

	for (i = 0; i < ref->gone.tables; i++) {
		const struct ref_table *table = &ref->gone.table[i];

		if (ref->state[table->page] != REF_PAGE_GATHERED)
			return ref_violate(ref,
					   "the table of %#llx, level %u, is "
					   "not in the gather",
					   (unsigned long long)table->base,
					   table->level);
		if (!gather_covers(&ref->gather, table->base,
				   ref_table_last(table)))
			return ref_violate(
				ref,
				"the span of a table at %#llx, level "
				"%u, is not gathered",
				(unsigned long long)table->base, table->level);
		if (!check_old_table(ref, table))
			return false;
	}
	return true;
}

bool ref_stale_check(struct reference *ref, uint64_t low, uint64_t high)
{
	return check_ranges(ref) && check_extent(ref, low, high) &&
	       mark_gathered(ref) && check_gone(ref) &&
	       check_stale(ref, ref->stales_before);
}

/* ---- flush ----------------------------------------------------------- */

bool ref_stale_sync(struct reference *ref)
{
	if (!check_stale(ref, 0))
		return false;
	ref->stales = 0;
	ref->stats.syncs++;
	ref->phase = REF_RELEASE;
	hvpt_pt_release(&ref->pt, &ref->gather);
	ref->phase = REF_IDLE;
	if (ref->violated)
		return false;
	if (!hvpt_gather_is_empty(&ref->gather) || ref->gather.table_count)
		return ref_violate(ref, "a released gather is not empty");
	if (ref->gathered)
		return ref_violate(ref, "%u tables were not released",
				   ref->gathered);
	return true;
}
