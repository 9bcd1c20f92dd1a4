/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * heat.h - which parts of the IOVA space are mapped when.
 *
 * The rows are aligned blocks of IOVAs, all of one size. Only blocks that were
 * mapped have a row. When there are too many, the blocks become twice as
 * large, as often as needed.
 */
#ifndef TOOLS_REPORT_HEAT_H
#define TOOLS_REPORT_HEAT_H

#include <stdbool.h>
#include <stdint.h>

/* Columns, and the most rows. */
#define TIME_BUCKETS 256u
#define HEAT_ROWS 48u

/**
 * struct heat - pages mapped, by block and time
 * @shift: log2 of the bytes of a block
 * @rows: how many are in use
 * @block: number of the block of each row, in order
 * @pages: how many were mapped, by row and bucket of the timeline
 */
struct heat {
	unsigned shift;
	unsigned rows;
	uint64_t block[HEAT_ROWS];
	uint64_t pages[HEAT_ROWS][TIME_BUCKETS];
};

void heat_init(struct heat *heat);

/** Counts the pages first .. last, which were mapped in @column. */
void heat_add(struct heat *heat, uint64_t first, uint64_t last,
	      unsigned column);

/** Joins pairs of columns. */
void heat_halve(struct heat *heat);

#endif /* TOOLS_REPORT_HEAT_H */
