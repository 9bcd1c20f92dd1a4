/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * gather_join.c - moving a gather to another: no byte, table page or split is
 * lost, and the source is empty.
 *
 * Functions: hvpt_gather_move
 * Bounds: two gathers of up to 1 range each, of the first and the last 64
 *	addresses of the address space; lists of up to 2 table pages
 * Run: all --unwind 4
 */
#include "proofs/proof.h"

#include "src/pagetable/gather.c"

static uint64_t page[4][2]; /* 0 and 1 of one gather, 2 and 3 of the other */

static uint64_t any_address(void)
{
	uint64_t address = nondet_u64();

	ASSUME(address + 64 < 128);
	return address;
}

static void any_gather(struct hvpt_gather *gather, unsigned at)
{
	hvpt_gather_init(gather);
	gather->splits = nondet_u64();
	gather->range_count = nondet_bool();
	gather->range[0].first.value = any_address();
	gather->range[0].last.value = any_address();
	ASSUME(gather->range[0].first.value <= gather->range[0].last.value);
	gather->table_count = nondet_u8() % 3;
	page[at][0] = gather->table_count == 2 ? (uintptr_t)page[at + 1] : 0;
	page[at + 1][0] = 0;
	if (gather->table_count > 0) {
		gather->tables = page[at];
		gather->tables_end = page[at + (gather->table_count - 1)];
	}
}

static bool holds(const struct hvpt_gather *gather, uint64_t byte)
{
	uint32_t i;

	for (i = 0; i < gather->range_count; i++)
		if (gather->range[i].first.value <= byte &&
		    byte <= gather->range[i].last.value)
			return true;
	return false;
}

void proof(void)
{
	struct hvpt_gather to, from, was_to, was_from;
	uint64_t byte = any_address();

	any_gather(&to, 0);
	any_gather(&from, 2);
	was_to = to;
	was_from = from;
	hvpt_gather_move(&to, &from);
	ASSERT(hvpt_gather_is_empty(&from) && !hvpt_gather_must_release(&from));
	ASSERT(to.splits == was_to.splits + was_from.splits);
	ASSERT(to.table_count == was_to.table_count + was_from.table_count);
	ASSERT(holds(&to, byte) ==
	       (holds(&was_to, byte) || holds(&was_from, byte)));
	/* the list: the source's pages, then those that were there */
	if (was_from.tables) {
		ASSERT(to.tables == page[2]);
		ASSERT(was_from.tables_end[0] == (uintptr_t)was_to.tables);
	} else {
		ASSERT(to.tables == was_to.tables);
	}
	ASSERT(!to.tables || to.tables_end[0] == 0);
	if (to.table_count == 4)
		REACHED("four pages");
	if (was_to.range_count && was_from.range_count && to.range_count == 1)
		REACHED("ranges that touch");
}
