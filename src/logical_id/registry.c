/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * registry.c - from PCI segments to id prefixes, with lookups without a lock.
 *
 * An array of singly linked lists. Links are words, so that they are loaded and
 * stored whole. A writer publishes a node by a release store to the one link
 * that leads to it, and removes the node by a store to the same link. The link
 * in a removed node stays, because a lookup that is at the node still follows
 * it.
 */
#include "hvpt/logical_id.h"

static struct hvpt_segment_id *hvpt_segment_at(const uint64_t *link)
{
	return (struct hvpt_segment_id *)(uintptr_t)HVPT_PORT_LOAD_ACQUIRE(
		link);
}

/*
 * Segments are 16-bit values from the middle of a GUID, or small and
 * consecutive. The multiplier, 2^32 divided by the golden ratio, puts
 * consecutive values far apart and distributes others like random numbers. The
 * upper bits of the product, which depend on all bits of the segment, select
 * the list.
 */
static uint32_t hvpt_registry_hash(uint32_t segment)
{
	uint64_t mixed = (uint32_t)(segment * 0x9e3779b1u);

	return (uint32_t)(mixed * HVPT_REGISTRY_BUCKETS >> 32);
}

static const struct hvpt_segment_id *
hvpt_registry_find(const struct hvpt_registry *registry, uint32_t segment)
{
	const struct hvpt_segment_id *node;

	node = hvpt_segment_at(&registry->bucket[hvpt_registry_hash(segment)]);
	while (node != NULL && node->segment != segment)
		node = hvpt_segment_at(&node->next);
	return node;
}

void hvpt_registry_init(struct hvpt_registry *registry)
{
	uint32_t i;

	for (i = 0; i < HVPT_REGISTRY_BUCKETS; i++)
		HVPT_PORT_STORE(&registry->bucket[i], 0);
	registry->generation = 0;
}

enum hvpt_status hvpt_registry_add(struct hvpt_registry *registry,
				   struct hvpt_segment_id *node,
				   uint32_t segment, uint32_t prefix)
{
	uint64_t *bucket = &registry->bucket[hvpt_registry_hash(segment)];

	if (prefix & HVPT_LOGICAL_FUNCTION_MASK)
		return HVPT_ERR_PREFIX;
	if (hvpt_registry_find(registry, segment) != NULL)
		return HVPT_ERR_EXISTS;
	node->segment = segment;
	node->prefix = prefix;
	node->generation = ++registry->generation;
	HVPT_PORT_STORE(&node->next, HVPT_PORT_LOAD(bucket));
	HVPT_PORT_STORE_RELEASE(bucket, (uint64_t)(uintptr_t)node);
	return HVPT_OK;
}

enum hvpt_status hvpt_registry_remove(struct hvpt_registry *registry,
				      struct hvpt_segment_id *node)
{
	uint64_t *link = &registry->bucket[hvpt_registry_hash(node->segment)];
	struct hvpt_segment_id *found = hvpt_segment_at(link);

	while (found != NULL && found->segment != node->segment) {
		link = &found->next;
		found = hvpt_segment_at(link);
	}
	if (found == NULL)
		return HVPT_ERR_UNKNOWN_SEGMENT;
	if (found != node)
		return HVPT_ERR_STALE;
	/*
	 * Release: lookups that never saw @node reach the next node through it.
	 */
	HVPT_PORT_STORE_RELEASE(link, HVPT_PORT_LOAD(&node->next));
	return HVPT_OK;
}

enum hvpt_status hvpt_registry_lookup(const struct hvpt_registry *registry,
				      uint32_t segment,
				      struct hvpt_segment_ref *ref)
{
	const struct hvpt_segment_id *node;

	node = hvpt_registry_find(registry, segment);
	if (node == NULL)
		return HVPT_ERR_UNKNOWN_SEGMENT;
	ref->generation = node->generation;
	ref->prefix = node->prefix;
	return HVPT_OK;
}

enum hvpt_status hvpt_registry_check(const struct hvpt_registry *registry,
				     uint32_t segment, uint64_t generation)
{
	const struct hvpt_segment_id *node;

	node = hvpt_registry_find(registry, segment);
	if (node == NULL)
		return HVPT_ERR_UNKNOWN_SEGMENT;
	return node->generation == generation ? HVPT_OK : HVPT_ERR_STALE;
}
