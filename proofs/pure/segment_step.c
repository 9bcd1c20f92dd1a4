/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * segment_step.c - one step of the registry of segments, from any state: a
 * segment is found where it was registered, and nowhere else.
 *
 * Functions: hvpt_registry_init, hvpt_registry_add, hvpt_registry_remove,
 *	hvpt_registry_lookup, hvpt_registry_check
 * Bounds: 3 segments, any prefixes; up to 2 registered segments and 1 new one
 * Run: step --unwind 4 -DPROOF_INIT=0
 * Run: init --unwind 4 --unwindset hvpt_registry_init.0:65,proof.0:65
 *	-DPROOF_INIT=1
 */
#include "proofs/proof.h"

#include "src/logical_id/registry.c"

#define NODES 2u

static struct hvpt_registry registry;
static struct hvpt_segment_id node[NODES];
static bool in[NODES]; /* is it registered? */

static void link(unsigned i)
{
	uint64_t *bucket =
		&registry.bucket[hvpt_registry_hash(node[i].segment)];

	node[i].next = *bucket;
	*bucket = (uintptr_t)&node[i];
	in[i] = true;
}

/* The first two share a list. */
static uint32_t any_segment(void)
{
	return nondet_bool() ? 24 : nondet_bool() ? 168 : 48;
}

/* Any registry with up to two segments, in either order. */
static void any_registry(void)
{
	unsigned i;

	registry.generation = nondet_u64();
	ASSUME(registry.generation < ~(uint64_t)0);
	for (i = 0; i < NODES; i++) {
		node[i].segment = any_segment();
		node[i].prefix = nondet_u32();
		node[i].generation = nondet_u64();
		ASSUME(node[i].generation <= registry.generation);
		if (nondet_bool())
			link(i);
	}
	ASSUME(!in[0] || !in[1] || node[0].segment != node[1].segment);
}

/* The node that is registered for @segment; NULL: none is. */
static const struct hvpt_segment_id *known(uint32_t segment)
{
	if (in[0] && node[0].segment == segment)
		return &node[0];
	return in[1] && node[1].segment == segment ? &node[1] : NULL;
}

static void check_lookup(uint32_t segment, const struct hvpt_segment_id *is)
{
	struct hvpt_segment_ref ref = { 77, 77 };
	uint64_t generation = nondet_u64();
	enum hvpt_status status = hvpt_registry_lookup(&registry, segment,
						       &ref);

	if (!is) {
		ASSERT(status == HVPT_ERR_UNKNOWN_SEGMENT);
		ASSERT(ref.generation == 77 && ref.prefix == 77);
		ASSERT(hvpt_registry_check(&registry, segment, generation) ==
		       HVPT_ERR_UNKNOWN_SEGMENT);
		return;
	}
	ASSERT(status == HVPT_OK && ref.prefix == is->prefix &&
	       ref.generation == is->generation);
	ASSERT(hvpt_registry_check(&registry, segment, generation) ==
	       (generation == is->generation ? HVPT_OK : HVPT_ERR_STALE));
}

static void check_add(uint32_t other)
{
	struct hvpt_segment_id new, old;
	uint32_t segment = any_segment(), prefix = nondet_u32();
	uint64_t generation = registry.generation;
	enum hvpt_status status;

	old = new;
	status = hvpt_registry_add(&registry, &new, segment, prefix);
	if (prefix & 7)
		ASSERT(status == HVPT_ERR_PREFIX);
	else if (known(segment))
		ASSERT(status == HVPT_ERR_EXISTS);
	else
		ASSERT(status == HVPT_OK);
	if (status != HVPT_OK) {
		ASSERT(new.next == old.next &&new.generation ==
		       old.generation &&new.segment ==
		       old.segment &&new.prefix == old.prefix);
		ASSERT(registry.generation == generation);
		check_lookup(other, known(other));
		return;
	}
	ASSERT(new.prefix == prefix &&new.generation > generation);
	check_lookup(other, other == segment ? &new : known(other));
	if (new.next && in[0] && in[1])
		REACHED("two segments in one list");
}

static void check_remove(uint32_t other)
{
	unsigned i = nondet_bool();
	const struct hvpt_segment_id *was = known(node[i].segment);
	enum hvpt_status status = hvpt_registry_remove(&registry, &node[i]);

	if (!was)
		ASSERT(status == HVPT_ERR_UNKNOWN_SEGMENT);
	else if (was != &node[i])
		ASSERT(status == HVPT_ERR_STALE);
	else
		ASSERT(status == HVPT_OK);
	if (status == HVPT_OK) {
		in[i] = false;
		if (node[i].next)
			REACHED("another stays in the list");
	}
	check_lookup(other, known(other));
}

void proof(void)
{
	uint32_t other = any_segment(), i;

#if PROOF_INIT
	for (i = 0; i < HVPT_REGISTRY_BUCKETS; i++)
		registry.bucket[i] = nondet_u64();
	hvpt_registry_init(&registry);
	check_lookup(other, NULL);
	REACHED("an empty registry");
#else
	(void)i;
	any_registry();
	check_lookup(other, known(other));
	if (nondet_bool())
		check_add(other);
	else
		check_remove(other);
#endif
}
