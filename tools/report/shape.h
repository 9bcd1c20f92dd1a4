/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * shape.h - sizes, alignment and leaves of the maps of a trace.
 *
 * Leaves are counted three times: as the page table makes them; as it would if
 * each IOVA had the alignment of its memory; and as it would if, besides, maps
 * that continue each other in IOVA and in memory were one map.
 */
#ifndef TOOLS_REPORT_SHAPE_H
#define TOOLS_REPORT_SHAPE_H

#include "hvpt/hvpt.h"

#define SHAPE_LOG2 64u

enum shape_leaves {
	LEAVES_OBTAINED = 0,
	LEAVES_ALIGNED = 1,
	LEAVES_MERGED = 2,
	LEAVES_KINDS = 3,
};

/**
 * struct shape - counts; an index is the log2 of bytes
 * @maps, @bytes: by size of the map
 * @iova, @memory: maps, by the alignment of their IOVA and of their memory
 * @leaves: by kind and level
 * @lists: maps that do not begin where the map before them ended
 */
struct shape {
	uint64_t maps[SHAPE_LOG2];
	uint64_t bytes[SHAPE_LOG2];
	uint64_t iova[SHAPE_LOG2];
	uint64_t memory[SHAPE_LOG2];
	uint64_t leaves[LEAVES_KINDS][HVPT_LEAF_LEVELS];
	uint64_t lists;
};

/**
 * struct shape_run - maps of a domain that continue each other
 * @open: there is a map before
 * @prot: permission of the maps
 * @iova: where the next one would begin
 * @gpa: the same, in memory
 * @first: where the memory begins that is contiguous up to @gpa
 */
struct shape_run {
	bool open;
	unsigned prot;
	uint64_t iova;
	uint64_t gpa;
	uint64_t first;
};

/** The greatest n with 2^n <= @value, which is not 0. */
unsigned shape_log2(uint64_t value);

/**
 * shape_map() - a map that took effect
 *
 * Return: does it begin where the one before ended?
 */
bool shape_map(struct shape *shape, struct shape_run *run, uint64_t iova,
	       uint64_t gpa, uint64_t size, unsigned prot);

/** No map follows: counts the leaves of the last one. */
void shape_end(struct shape *shape, struct shape_run *run);

#endif /* TOOLS_REPORT_SHAPE_H */
