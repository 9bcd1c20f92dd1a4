/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * entries.c - the loops over consecutive entries of one table.
 *
 * Long calls spend their time here. Each loop goes over the 8 entries of a
 * cache line at once, so that they share the cost of whatever is not a load or
 * a store. Entries are still read and written one by one, because a walker may
 * read them at any time.
 */
#include "pt_internal.h"

/* Entries of a 64-byte cache line. */
#define HVPT_LINE 8u

/* All bits that are set in a cache line. Two chains halve the latency. */
HVPT_INLINE uint64_t hvpt_line_any(const uint64_t *slot)
{
	uint64_t even = hvpt_pte_load(HVPT_SLOT(slot, 0));
	uint64_t odd = hvpt_pte_load(HVPT_SLOT(slot, 1));

	even |= hvpt_pte_load(HVPT_SLOT(slot, 2));
	odd |= hvpt_pte_load(HVPT_SLOT(slot, 3));
	even |= hvpt_pte_load(HVPT_SLOT(slot, 4));
	odd |= hvpt_pte_load(HVPT_SLOT(slot, 5));
	even |= hvpt_pte_load(HVPT_SLOT(slot, 6));
	odd |= hvpt_pte_load(HVPT_SLOT(slot, 7));
	return even | odd;
}

/* How many of @count entries a loop over whole lines takes; none when small. */
HVPT_INLINE unsigned hvpt_whole_lines(unsigned count)
{
	return HVPT_PORT_SMALL ? 0 : count / HVPT_LINE * HVPT_LINE;
}

unsigned hvpt_entries_zeros(const uint64_t *slot, unsigned count)
{
	unsigned i = 0, lines = hvpt_whole_lines(count);

	while (i < lines && !hvpt_line_any(HVPT_SLOT(slot, i)))
		i += HVPT_LINE;
	while (i < count && hvpt_pte_load(HVPT_SLOT(slot, i)) == 0)
		i++;
	return i;
}

/*
 * Four values, each a step ahead of the one before, so that no store waits for
 * another. Return: the next value to store.
 */
HVPT_INLINE uint64_t hvpt_lines_fill(uint64_t *slot, unsigned count, uint64_t a,
				     uint64_t step)
{
	uint64_t b = a + step, c = b + step, d = c + step, four = 4 * step;

	for (; count > 0; count -= HVPT_LINE) {
		hvpt_pte_store(HVPT_SLOT(slot, 0), a);
		hvpt_pte_store(HVPT_SLOT(slot, 1), b);
		hvpt_pte_store(HVPT_SLOT(slot, 2), c);
		hvpt_pte_store(HVPT_SLOT(slot, 3), d);
		a += four;
		b += four;
		c += four;
		d += four;
		hvpt_pte_store(HVPT_SLOT(slot, 4), a);
		hvpt_pte_store(HVPT_SLOT(slot, 5), b);
		hvpt_pte_store(HVPT_SLOT(slot, 6), c);
		hvpt_pte_store(HVPT_SLOT(slot, 7), d);
		a += four;
		b += four;
		c += four;
		d += four;
		slot = HVPT_SLOT(slot, HVPT_LINE);
	}
	return a;
}

void hvpt_entries_fill(uint64_t *slot, unsigned count, uint64_t pte,
		       unsigned level)
{
	uint64_t step = HVPT_LEVEL_BYTES(level);
	unsigned lines = hvpt_whole_lines(count);

	if (lines > 0) {
		pte = hvpt_lines_fill(slot, lines, pte, step);
		slot = HVPT_SLOT(slot, lines);
		count -= lines;
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
	unsigned n = 0, lines = hvpt_whole_lines(count), i = 0;

	while (i < count) {
		if (i < lines && i % HVPT_LINE == 0 &&
		    hvpt_pte_is_present(hvpt_line_common(HVPT_SLOT(slot, i)))) {
			n += HVPT_LINE;
			i += HVPT_LINE;
			continue;
		}
		n += hvpt_pte_is_present(hvpt_pte_load(HVPT_SLOT(slot, i)));
		i++;
	}
	return n;
}

/* Notes @count leaves that begin at entry @index. */
HVPT_INLINE void hvpt_cleared_note(struct hvpt_cleared *cleared, unsigned index,
				   unsigned count)
{
	if (!cleared->count)
		cleared->first = index;
	cleared->count += count;
	cleared->end = index + count;
}

/* Clears lines, from entry @i to before @end, while they are full of leaves. */
HVPT_INLINE unsigned hvpt_lines_clear(uint64_t *slot, unsigned i, unsigned end,
				      uint64_t leaf)
{
	while (i < end &&
	       (hvpt_line_common(HVPT_SLOT(slot, i)) & leaf) == leaf) {
		hvpt_line_clear(HVPT_SLOT(slot, i));
		i += HVPT_LINE;
	}
	return i;
}

unsigned hvpt_entries_clear(uint64_t *slot, unsigned count, unsigned level,
			    struct hvpt_cleared *cleared)
{
	uint64_t leaf = HVPT_PTE_PRESENT | (level ? HVPT_PTE_LARGE : 0);
	struct hvpt_cleared now; /* in registers */
	unsigned i = 0, lines = 0, end = hvpt_whole_lines(count);

	now.count = 0;
	now.first = 0;
	now.end = 0;
	while (i < count) {
		uint64_t *at, pte;

		if (i < end && i % HVPT_LINE == 0)
			lines = hvpt_lines_clear(slot, i, end, leaf);
		if (lines > i) {
			hvpt_cleared_note(&now, i, lines - i);
			i = lines;
			continue;
		}
		at = HVPT_SLOT(slot, i);
		pte = hvpt_pte_load(at);
		if (hvpt_pte_is_table(pte, level))
			break;
		if (hvpt_pte_is_present(pte)) {
			hvpt_pte_store(at, 0);
			hvpt_cleared_note(&now, i, 1);
		}
		i++;
	}
	*cleared = now;
	return i;
}
