/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * path.h - the entries on the way to one address, in tables of full size.
 *
 * The entries may hold anything that the invariants of pagetable.h allow, or
 * anything at all (path_make_any). A load or a store of any other word is an
 * error, so a proof also shows that a call stays on its way.
 */
#ifndef HVPT_PROOF_PATH_H
#define HVPT_PROOF_PATH_H

#include "hvpt/pagetable.h"

static struct hvpt_pagetable pt;
static uint64_t path_slot[HVPT_MAX_LEVELS];  /* addresses, by level */
static uint64_t path_entry[HVPT_MAX_LEVELS]; /* what is there */
static unsigned path_stores;

uint64_t path_load(uint64_t address)
{
	unsigned level;

	for (level = 0; level < HVPT_MAX_LEVELS; level++)
		if (level < pt.levels && path_slot[level] == address)
			return path_entry[level];
	__CPROVER_assert(0, "a load beside the way");
	return 0;
}

void path_store(uint64_t address, uint64_t value)
{
	unsigned level;

	path_stores++;
	for (level = 0; level < HVPT_MAX_LEVELS; level++)
		if (level < pt.levels && path_slot[level] == address) {
			path_entry[level] = value;
			return;
		}
	__CPROVER_assert(0, "a store beside the way");
}

/* SDM vol. 3A 4.5: is there a table below the entry of @level? */
static bool path_has_table(unsigned level)
{
	return level > 0 && (path_entry[level] & 0x81) == 1;
}

/* The level of the entry that decides: the first that has no table. */
static unsigned path_end(void)
{
	unsigned level = pt.levels - 1u;

	while (path_has_table(level))
		level--;
	return level;
}

/* What hvpt_pt_configure() makes of any configuration, see configure.c. */
static void path_configure(unsigned levels)
{
	unsigned bits = nondet_u32();

	ASSUME(bits >= 12 && bits <= 12 + 9 * levels);
	pt.levels = levels;
	pt.direct_map_offset = nondet_u64() & ~(uint64_t)4095;
	pt.table_gpa_mask = nondet_u64() & HVPT_PTE_ADDR;
	pt.addr_mask = HVPT_PTE_ADDR & ~pt.table_gpa_mask;
	pt.lower_last = ((uint64_t)1 << bits) - 1;
	pt.upper_first = nondet_bool() ? ~pt.lower_last : 0;
	pt.leaf_levels = nondet_bool() ? 7 : nondet_bool() ? 3 : 1;
	pt.noncoherent = nondet_bool();
	pt.track_dirty = nondet_bool();
	pt.checked.first.value = pt.noncoherent ? 0 : nondet_u64();
	pt.checked.last.value = pt.noncoherent ? ~(uint64_t)0 : nondet_u64();
}

/* Any page table with @levels, and on the way to @iova any words. */
static void path_make_any(unsigned levels, uint64_t iova)
{
	uint64_t table = nondet_u64() & HVPT_PTE_ADDR;
	unsigned level, other;

	path_configure(levels);
	ASSUME((table & ~pt.addr_mask) == 0);
	pt.root = (uint64_t *)(table + pt.direct_map_offset);
	for (level = levels; level-- > 0;) {
		path_slot[level] = table + pt.direct_map_offset +
				   8 * (iova >> (12 + 9 * level) & 511);
		path_entry[level] = nondet_u64();
		table = path_entry[level] & pt.addr_mask;
		/* a tree: no table has two places */
		for (other = level + 1; other < levels; other++)
			ASSUME(path_slot[other] >> 12 !=
			       path_slot[level] >> 12);
	}
}

/* The same with entries that the invariants allow. */
static void path_make(unsigned levels, uint64_t iova)
{
	unsigned level;

	path_make_any(levels, iova);
	for (level = levels; level-- > 0;) {
		/* no leaf above 1 GiB; what is not present is zero */
		ASSUME(level < 3 || !(path_entry[level] & 0x80));
		ASSUME((path_entry[level] & 1) || path_entry[level] == 0);
	}
}

#endif /* HVPT_PROOF_PATH_H */
