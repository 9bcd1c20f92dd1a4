/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reuse.h"

#include "shape.h"

/* Fibonacci hashing: 2^64 divided by the golden ratio. */
#define SPREAD UINT64_C(0x9e3779b97f4a7c15)

static struct reuse_slot *slot_of(struct reuse *reuse, uint32_t domain,
				  uint64_t iova)
{
	uint64_t key = (iova >> 12) ^ ((uint64_t)domain << 52);

	return &reuse->slot[(key * SPREAD >> 40) % REUSE_SLOTS];
}

void reuse_unmap(struct reuse *reuse, uint32_t domain, uint64_t iova,
		 uint64_t unmaps)
{
	struct reuse_slot *slot = slot_of(reuse, domain, iova);

	reuse->forgotten += slot->used;
	slot->used = true;
	slot->domain = domain;
	slot->iova = iova;
	slot->after = unmaps;
}

void reuse_map(struct reuse *reuse, uint32_t domain, uint64_t iova,
	       uint64_t unmaps)
{
	struct reuse_slot *slot = slot_of(reuse, domain, iova);
	uint64_t between;

	if (!slot->used || slot->domain != domain || slot->iova != iova) {
		reuse->fresh++;
		return;
	}
	slot->used = false;
	between = unmaps - slot->after;
	if (between == 0)
		reuse->soon++;
	else
		reuse->again[shape_log2(between)]++;
}
