/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "heat.h"

#include <string.h>

#define PAGE_LG2 12u
/* Blocks of this size, and the 48 that follow, hold any range. */
#define SHIFT_MAX 60u

void heat_init(struct heat *heat)
{
	memset(heat, 0, sizeof(*heat));
	heat->shift = PAGE_LG2;
}

void heat_halve(struct heat *heat)
{
	const size_t half = TIME_BUCKETS / 2;
	size_t row, column;

	for (row = 0; row < heat->rows; row++) {
		uint64_t *pages = heat->pages[row];

		for (column = 0; column < half; column++)
			pages[column] = pages[2 * column] +
					pages[2 * column + 1];
		memset(&pages[half], 0, half * sizeof(*pages));
	}
}

static void add_row(uint64_t *to, const uint64_t *from)
{
	unsigned column;

	for (column = 0; column < TIME_BUCKETS; column++)
		to[column] += from[column];
}

/* Makes all blocks twice as large. */
static void coarsen(struct heat *heat)
{
	unsigned row, kept = 0;

	for (row = 0; row < heat->rows; row++) {
		uint64_t block = heat->block[row] / 2;

		if (kept > 0 && heat->block[kept - 1] == block) {
			add_row(heat->pages[kept - 1], heat->pages[row]);
			continue;
		}
		heat->block[kept] = block;
		if (kept != row)
			memcpy(heat->pages[kept], heat->pages[row],
			       sizeof(heat->pages[row]));
		kept++;
	}
	heat->rows = kept;
	heat->shift++;
}

/* The row of a block, or where it would be. */
static unsigned find(const struct heat *heat, uint64_t block)
{
	unsigned low = 0, high = heat->rows;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (heat->block[middle] < block)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool has(const struct heat *heat, unsigned row, uint64_t block)
{
	return row < heat->rows && heat->block[row] == block;
}

/* How many blocks of the range have no row yet? Stops when too many. */
static unsigned missing(const struct heat *heat, uint64_t first, uint64_t last)
{
	uint64_t block = first >> heat->shift;
	uint64_t blocks = (last >> heat->shift) - block + 1;
	unsigned count = 0;

	if (blocks > HEAT_ROWS)
		return HEAT_ROWS + 1;
	for (; blocks > 0; blocks--, block++)
		count += !has(heat, find(heat, block), block);
	return count;
}

static unsigned row_of(struct heat *heat, uint64_t block)
{
	unsigned row = find(heat, block);
	unsigned after = heat->rows - row;

	if (has(heat, row, block))
		return row;
	memmove(&heat->block[row + 1], &heat->block[row],
		after * sizeof(heat->block[0]));
	memmove(heat->pages[row + 1], heat->pages[row],
		after * sizeof(heat->pages[0]));
	memset(heat->pages[row], 0, sizeof(heat->pages[0]));
	heat->block[row] = block;
	heat->rows++;
	return row;
}

void heat_add(struct heat *heat, uint64_t first, uint64_t last, unsigned column)
{
	uint64_t at = first;

	while (heat->shift < SHIFT_MAX &&
	       heat->rows + missing(heat, first, last) > HEAT_ROWS)
		coarsen(heat);
	for (;;) {
		uint64_t end = at | ((UINT64_C(1) << heat->shift) - 1);
		unsigned row = row_of(heat, at >> heat->shift);

		if (end >= last)
			end = last;
		heat->pages[row][column] += ((end - at) >> PAGE_LG2) + 1;
		if (end == last)
			break;
		at = end + 1;
	}
}
