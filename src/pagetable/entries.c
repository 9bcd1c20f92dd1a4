/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * entries.c - the loops over consecutive entries of one table.
 *
 * These are where long calls spend their time. Each goes over a cache line's
 * worth of entries at once, so that what is not a load or a store of an entry
 * is paid for once in eight. Entries are still read and written one by one,
 * as the walker beside us needs.
 */
#include "internal.h"

/* Entries of a 64-byte cache line. */
#define HVPT_LINE 8u

bool hvpt_entries_are_zero(const uint64_t *slot, unsigned count)
{
	uint64_t bits = 0;

	for (; count >= HVPT_LINE; count -= HVPT_LINE) {
		bits |= hvpt_pte_load(HVPT_SLOT(slot, 0)) |
			hvpt_pte_load(HVPT_SLOT(slot, 1)) |
			hvpt_pte_load(HVPT_SLOT(slot, 2)) |
			hvpt_pte_load(HVPT_SLOT(slot, 3)) |
			hvpt_pte_load(HVPT_SLOT(slot, 4)) |
			hvpt_pte_load(HVPT_SLOT(slot, 5)) |
			hvpt_pte_load(HVPT_SLOT(slot, 6)) |
			hvpt_pte_load(HVPT_SLOT(slot, 7));
		if (bits)
			return false;
		slot = HVPT_SLOT(slot, HVPT_LINE);
	}
	for (; count > 0; count--, slot = HVPT_SLOT(slot, 1))
		bits |= hvpt_pte_load(slot);
	return bits == 0;
}

void hvpt_entries_fill(uint64_t *slot, unsigned count, uint64_t pte,
		       uint64_t step)
{
	uint64_t two = 2 * step, three = 3 * step, four = 4 * step;

	for (; count >= 4; count -= 4, pte += four) {
		hvpt_pte_store(HVPT_SLOT(slot, 0), pte);
		hvpt_pte_store(HVPT_SLOT(slot, 1), pte + step);
		hvpt_pte_store(HVPT_SLOT(slot, 2), pte + two);
		hvpt_pte_store(HVPT_SLOT(slot, 3), pte + three);
		slot = HVPT_SLOT(slot, 4);
	}
	for (; count > 0; count--, pte += step) {
		hvpt_pte_store(slot, pte);
		slot = HVPT_SLOT(slot, 1);
	}
}

/* What all entries of a cache line have in common. */
HVPT_INLINE uint64_t hvpt_line_common(const uint64_t *slot)
{
	return hvpt_pte_load(HVPT_SLOT(slot, 0)) &
	       hvpt_pte_load(HVPT_SLOT(slot, 1)) &
	       hvpt_pte_load(HVPT_SLOT(slot, 2)) &
	       hvpt_pte_load(HVPT_SLOT(slot, 3)) &
	       hvpt_pte_load(HVPT_SLOT(slot, 4)) &
	       hvpt_pte_load(HVPT_SLOT(slot, 5)) &
	       hvpt_pte_load(HVPT_SLOT(slot, 6)) &
	       hvpt_pte_load(HVPT_SLOT(slot, 7));
}

HVPT_INLINE void hvpt_line_clear(uint64_t *slot)
{
	hvpt_pte_store(HVPT_SLOT(slot, 0), 0);
	hvpt_pte_store(HVPT_SLOT(slot, 1), 0);
	hvpt_pte_store(HVPT_SLOT(slot, 2), 0);
	hvpt_pte_store(HVPT_SLOT(slot, 3), 0);
	hvpt_pte_store(HVPT_SLOT(slot, 4), 0);
	hvpt_pte_store(HVPT_SLOT(slot, 5), 0);
	hvpt_pte_store(HVPT_SLOT(slot, 6), 0);
	hvpt_pte_store(HVPT_SLOT(slot, 7), 0);
}

unsigned hvpt_entries_count(const uint64_t *slot, unsigned count)
{
	unsigned n = 0;

	while (count > 0) {
		if (count >= HVPT_LINE &&
		    hvpt_pte_is_present(hvpt_line_common(slot))) {
			n += HVPT_LINE;
			slot = HVPT_SLOT(slot, HVPT_LINE);
			count -= HVPT_LINE;
			continue;
		}
		do {
			n += hvpt_pte_is_present(hvpt_pte_load(slot));
			slot = HVPT_SLOT(slot, 1);
		} while (--count % HVPT_LINE);
	}
	return n;
}

/* Notes @count leaves which begin at entry @index. */
HVPT_INLINE void hvpt_cleared_note(struct hvpt_cleared *cleared, unsigned index,
				   unsigned count)
{
	if (!cleared->count)
		cleared->first = index;
	cleared->count += count;
	cleared->end = index + count;
}

unsigned hvpt_entries_clear(uint64_t *slot, unsigned count, unsigned level,
			    struct hvpt_cleared *cleared)
{
	uint64_t leaf = HVPT_PTE_PRESENT | (level ? HVPT_PTE_LARGE : 0);
	unsigned i = 0;

	cleared->count = 0;
	while (i < count) {
		uint64_t *line = HVPT_SLOT(slot, i);

		if (count - i >= HVPT_LINE &&
		    (hvpt_line_common(line) & leaf) == leaf) {
			hvpt_line_clear(line);
			hvpt_cleared_note(cleared, i, HVPT_LINE);
			i += HVPT_LINE;
			continue;
		}
		do {
			uint64_t *at = HVPT_SLOT(slot, i);
			uint64_t pte = hvpt_pte_load(at);

			if (hvpt_pte_is_table(pte, level))
				return i;
			if (hvpt_pte_is_present(pte)) {
				hvpt_pte_store(at, 0);
				hvpt_cleared_note(cleared, i, 1);
			}
		} while (++i % HVPT_LINE && i < count);
	}
	return count;
}
