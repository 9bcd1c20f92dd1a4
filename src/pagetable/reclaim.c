/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reclaim.c - removing tables, and leaves above level 0, from a range.
 *
 * Unmap removes everything, reclaim and map only empty tables. The sweep goes
 * up from level 1. At each level it looks only at entries that lie wholly
 * inside the range. The sweep of the level below has therefore dealt with all
 * of a table that is found.
 */
#include "pt_internal.h"

void hvpt_sweep_init(struct hvpt_sweep *sweep, struct hvpt_pagetable *pt,
		     uint64_t first, uint64_t last, struct hvpt_gather *gather)
{
	sweep->pt = pt;
	sweep->gather = gather;
	hvpt_range_init(&sweep->flush);
	sweep->first = first;
	sweep->last = last;
	sweep->bytes = 0;
	sweep->tables = 0;
	sweep->leaves = false;
}

/*
 * Links a table page into the gather. Its slot was cleared first, so no walk
 * of ours takes the link for an entry.
 */
static void hvpt_sweep_detach(struct hvpt_sweep *sweep, uint64_t *table)
{
	struct hvpt_gather *gather = sweep->gather;

	HVPT_PORT_STORE(&table[0], (uint64_t)(uintptr_t)gather->tables);
	if (!gather->tables)
		gather->tables_end = table;
	gather->tables = table;
	gather->table_count++;
	sweep->tables++;
}

void hvpt_sweep_note(struct hvpt_sweep *sweep, uint64_t first,
		     const uint64_t *slot, unsigned level,
		     const struct hvpt_cleared *cleared)
{
	unsigned lg2 = HVPT_LEVEL_LG2(level);

	if (!cleared->count)
		return;
	hvpt_write_back(sweep->pt, HVPT_SLOT(slot, cleared->first),
			cleared->end - cleared->first);
	sweep->bytes += (uint64_t)cleared->count << lg2;
	hvpt_range_extend(&sweep->flush,
			  first + ((uint64_t)cleared->first << lg2),
			  first + (((uint64_t)cleared->end << lg2) - 1));
}

/*
 * Detaches the table that @slot points at, if it is to go. Its entries are not
 * cleared: the IOMMU may use the table until the flush.
 */
static void hvpt_sweep_table(struct hvpt_sweep *sweep, uint64_t first,
			     uint64_t *slot, unsigned level)
{
	uint64_t pte = hvpt_pte_load_table(slot);
	uint64_t *table = hvpt_pt_table(sweep->pt, pte);

	if (!hvpt_pte_is_table(pte, level))
		return;
	if (!sweep->leaves && !hvpt_entries_are_zero(table, HVPT_TABLE_ENTRIES))
		return;
	hvpt_pte_store(slot, 0);
	hvpt_write_back(sweep->pt, slot, 1);
	if (sweep->leaves && level == 1)
		sweep->bytes +=
			(uint64_t)hvpt_entries_count(table, HVPT_TABLE_ENTRIES)
			<< HVPT_PAGE_LG2;
	hvpt_sweep_detach(sweep, table);
	hvpt_range_extend(&sweep->flush, first,
			  first + (HVPT_LEVEL_BYTES(level) - 1));
}

static void hvpt_sweep_run(struct hvpt_sweep *sweep,
			   const struct hvpt_cursor *run)
{
	struct hvpt_cleared cleared;
	unsigned i;

	for (i = 0; i < run->count; i++) {
		uint64_t first = run->at + i * HVPT_LEVEL_BYTES(run->level);
		uint64_t *slot = HVPT_SLOT(run->slot, i);
		unsigned n = 0;

		if (sweep->leaves)
			n = hvpt_entries_clear(slot, run->count - i, run->level,
					       &cleared);
		if (n > 0) {
			hvpt_sweep_note(sweep, first, slot, run->level,
					&cleared);
			i += n - 1;
			continue;
		}
		hvpt_sweep_table(sweep, first, slot, run->level);
	}
}

/* Shrinks the range to whole entries of @level. Return: are there any? */
static bool hvpt_sweep_inside(const struct hvpt_sweep *sweep, unsigned level,
			      uint64_t *first, uint64_t *last)
{
	uint64_t mask = HVPT_LEVEL_BYTES(level) - 1;
	uint64_t head = (0 - sweep->first) & mask;
	uint64_t tail = (sweep->last + 1) & mask;
	uint64_t length = sweep->last - sweep->first;

	/* length is one byte short, so that all of 2^64 fits */
	if (length < mask || length - mask < head)
		return false;
	*first = sweep->first + head;
	*last = sweep->last - tail;
	return true;
}

void hvpt_sweep_tables(struct hvpt_sweep *sweep)
{
	uint64_t first, last;
	unsigned level;

	for (level = 1; level < sweep->pt->levels; level++) {
		struct hvpt_cursor cursor;

		if (!hvpt_sweep_inside(sweep, level, &first, &last))
			break;
		hvpt_cursor_init(&cursor, sweep->pt, first, last, level);
		while (hvpt_run_next_table(&cursor))
			hvpt_sweep_run(sweep, &cursor);
	}
	if (sweep->tables)
		HVPT_PORT_ADD(&sweep->pt->table_count, 0 - sweep->tables);
}

uint64_t hvpt_reclaim_range(struct hvpt_pagetable *pt, uint64_t first,
			    uint64_t last, struct hvpt_gather *gather,
			    struct hvpt_iova_range *flush)
{
	struct hvpt_sweep sweep;

	hvpt_sweep_init(&sweep, pt, first, last, gather);
	hvpt_sweep_tables(&sweep);
	if (sweep.tables)
		hvpt_range_extend(flush, sweep.flush.first.value,
				  sweep.flush.last.value);
	return sweep.tables;
}

enum hvpt_status hvpt_pt_reclaim(struct hvpt_pagetable *pt, hvpt_iova_t iova,
				 uint64_t length, struct hvpt_gather *gather,
				 uint64_t *reclaimed)
{
	uint64_t last = iova.value + (length - 1);
	enum hvpt_status status = hvpt_range_check(pt, iova.value, length);
	struct hvpt_iova_range flush;

	if (status != HVPT_OK)
		return status;
	hvpt_range_init(&flush);
	*reclaimed = hvpt_reclaim_range(pt, iova.value, last, gather, &flush);
	hvpt_range_gather(&flush, gather);
	return HVPT_OK;
}
