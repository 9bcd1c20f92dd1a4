/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A list of nodes 2, 1. A writer removes node 2, waits for readers that may be
 * at it, frees it, fills it anew and adds it as node 2 again. A reader goes
 * through the list, at its own speed, and looks for node 1, which is there all
 * the time.
 *
 * Wrong: the reader reads a node that was freed or is not filled, or misses node
 * 1.
 *
 * Models: src/logical_id/registry.c hvpt_registry_add
 * Models: src/logical_id/registry.c hvpt_registry_remove
 * Models: src/logical_id/registry.c hvpt_registry_find
 * Reached: PROBE
 * Weakened: NO_GRACE frees while a reader may be at the node
 * Weakened: CUT_LINK clears the link in the removed node
 * Weakened: LINK_FIRST adds a node before it is filled
 * Weakened: NEXT_LATE adds a node before its link is set
 */
#define LOOKUPS 2

byte bucket = 2;
byte next[3] = 1; /* from node 2 to node 1 */
bool filled[3] = true;
bool reading;
byte rounds; /* ended reads */

active proctype reader()
{
	byte at, lookups;

	do
	:: lookups < LOOKUPS ->
		lookups++;
		reading = true;
		at = bucket;
		do
		:: at > 1 ->
			assert(filled[at]);
			at = next[at]
		:: else -> break
		od;
		assert(at == 1);
		d_step { reading = false; rounds++ }
	:: else -> break
	od;
	assert(at == 1)
}

inline grace()
{
#ifndef NO_GRACE
	seen = rounds;
	!reading || rounds != seen
#else
	skip
#endif
}

active proctype writer()
{
	byte seen;

	bucket = next[2];
#ifdef CUT_LINK
	next[2] = 0;
#endif
	grace();
	filled[2] = false; /* freed, and taken again */
	next[2] = 0;
#if defined(LINK_FIRST) || defined(NEXT_LATE)
#ifdef NEXT_LATE
	filled[2] = true;
	bucket = 2;
	next[2] = 1;
#else
	next[2] = bucket;
	bucket = 2;
	filled[2] = true;
#endif
#else
	filled[2] = true;
	next[2] = bucket;
	bucket = 2;
#endif
#ifdef PROBE
	assert(rounds == 0)
#endif
}

