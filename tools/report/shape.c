/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "shape.h"

unsigned shape_log2(uint64_t value)
{
	unsigned bits = 0;

	while (value >>= 1)
		bits++;
	return bits;
}

/* The largest power of two that divides an address, as its log2. */
static unsigned alignment(uint64_t address)
{
	if (address == 0)
		return SHAPE_LOG2 - 1;
	return shape_log2(address & (~address + 1));
}

/* The largest leaf at the start of a range. */
static unsigned leaf_level(uint64_t iova, uint64_t gpa, uint64_t size)
{
	unsigned level = HVPT_LEAF_LEVELS - 1;

	while (level > 0 && (((iova | gpa) & (HVPT_LEVEL_BYTES(level) - 1)) ||
			     size < HVPT_LEVEL_BYTES(level)))
		level--;
	return level;
}

/* How much of a range leaves of this size can map before a larger one fits. */
static uint64_t leaf_bytes(uint64_t iova, uint64_t gpa, uint64_t size,
			   unsigned level)
{
	uint64_t leaf = HVPT_LEVEL_BYTES(level);
	uint64_t above, until;

	if (level == HVPT_LEAF_LEVELS - 1)
		return size & ~(leaf - 1);
	above = HVPT_LEVEL_BYTES(level + 1);
	if ((iova ^ gpa) & (above - 1))
		return size & ~(leaf - 1);
	until = (~iova & (above - 1)) + 1;
	if ((iova & (above - 1)) && until <= size)
		return until;
	return size & ~(leaf - 1);
}

static void count_leaves(uint64_t leaves[HVPT_LEAF_LEVELS], uint64_t iova,
			 uint64_t gpa, uint64_t size)
{
	while (size != 0) {
		unsigned level = leaf_level(iova, gpa, size);
		uint64_t bytes = leaf_bytes(iova, gpa, size, level);

		leaves[level] += bytes / HVPT_LEVEL_BYTES(level);
		iova += bytes;
		gpa += bytes;
		size -= bytes;
	}
}

void shape_end(struct shape *shape, struct shape_run *run)
{
	if (run->open)
		count_leaves(shape->leaves[LEAVES_MERGED], run->first,
			     run->first, run->gpa - run->first);
	run->open = false;
}

static bool follow(struct shape *shape, struct shape_run *run, uint64_t iova,
		   uint64_t gpa, unsigned prot)
{
	bool next = run->open && run->iova == iova && run->prot == prot;

	shape->lists += !next;
	if (next && run->gpa == gpa)
		return true;
	shape_end(shape, run);
	run->open = true;
	run->first = gpa;
	run->prot = prot;
	return next;
}

bool shape_map(struct shape *shape, struct shape_run *run, uint64_t iova,
	       uint64_t gpa, uint64_t size, unsigned prot)
{
	unsigned log2 = shape_log2(size);
	bool next;

	shape->maps[log2]++;
	shape->bytes[log2] += size;
	shape->iova[alignment(iova)]++;
	shape->memory[alignment(gpa)]++;
	count_leaves(shape->leaves[LEAVES_OBTAINED], iova, gpa, size);
	count_leaves(shape->leaves[LEAVES_ALIGNED], gpa, gpa, size);
	next = follow(shape, run, iova, gpa, prot);
	run->iova = iova + size;
	run->gpa = gpa + size;
	return next;
}
