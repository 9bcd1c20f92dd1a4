/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Ids of devices, and the registry from segments to their prefixes. Lookups run
 * beside a writer that overwrites a node as soon as a grace period has passed.
 * Under ThreadSanitizer this shows that lookups need no lock.
 *
 * Threads do not assert: they count what went wrong, and the test asserts after
 * they have ended.
 */
#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/prng.h"
#include "tests/support/pt_fixture.h"

#define UNTOUCHED 0x5eed5eed5eed5eedull

/* ---- ids ------------------------------------------------------------- */

/* A GUID as it is written, and as it is stored: mixed-endian. */
struct guid {
	const char *text;
	uint8_t bytes[16];
	uint32_t prefix;
};

static const struct guid guids[] = {
	/* The worked example of the header. */
	{ "44332211-6655-8f77-9900-aabbccddeeff",
	  { 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x8f, 0x99, 0x00, 0xaa,
	    0xbb, 0xcc, 0xdd, 0xee, 0xff },
	  0x66558f70 },
	/*
	 * Of random GUIDs, with version nibble 4 in Data3, as hosts make them.
	 */
	{ "b7a01a3e-f2d8-4b1f-8c0e-5d1e6f7a8b9c",
	  { 0x3e, 0x1a, 0xa0, 0xb7, 0xd8, 0xf2, 0x1f, 0x4b, 0x8c, 0x0e, 0x5d,
	    0x1e, 0x6f, 0x7a, 0x8b, 0x9c },
	  0xf2d84b18 },
	{ "00000000-0000-0000-0000-000000000000", { 0 }, 0 },
	{ "ffffffff-ffff-ffff-ffff-ffffffffffff",
	  { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff },
	  0xfffffff8 },
	/* Only these four bytes count. */
	{ "ffffffff-0000-0007-ffff-ffffffffffff",
	  { 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x07, 0x00, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff },
	  0 },
	{ "00000000-8000-8008-0000-000000000000",
	  { 0, 0, 0, 0, 0x00, 0x80, 0x08, 0x80, 0, 0, 0, 0, 0, 0, 0, 0 },
	  0x80008008 },
};

/* Data2 << 16 | (Data3 & 0xfff8), of the fields as they are written. */
static uint32_t prefix_by_fields(const char *text)
{
	unsigned long data2 = strtoul(text + 9, NULL, 16);
	unsigned long data3 = strtoul(text + 14, NULL, 16);

	return (uint32_t)(data2 * 65536 + data3 / 8 * 8);
}

/* b5 << 24 | b4 << 16 | b7 << 8 | (b6 & 0xf8), of the bytes as stored. */
static uint32_t prefix_by_bytes(const uint8_t bytes[16])
{
	uint64_t sum = bytes[5];

	sum = sum * 256 + bytes[4];
	sum = sum * 256 + bytes[7];
	sum = sum * 256 + bytes[6];
	return (uint32_t)(sum - sum % 8);
}

static void test_prefix_of_guids(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < PT_COUNT(guids); i++) {
		const struct guid *guid = &guids[i];

		assert_int_equal(prefix_by_fields(guid->text), guid->prefix);
		assert_int_equal(prefix_by_bytes(guid->bytes), guid->prefix);
		assert_int_equal(hvpt_logical_prefix(guid->bytes),
				 guid->prefix);
	}
}

static void test_prefix_of_random_guids(void **state)
{
	uint64_t prng = pt_seed("test_prefix_of_random_guids", 0x641d);
	unsigned round;

	(void)state;
	for (round = 0; round < pt_effort(20000); round++) {
		uint64_t low = hvpt_random(&prng), high = hvpt_random(&prng);
		uint8_t bytes[16];
		char text[37];

		/* Stored on a little-endian machine, field by field. */
		memcpy(bytes, &low, 8);
		memcpy(bytes + 8, &high, 8);
		snprintf(text, sizeof(text), "%08x-%04x-%04x-%04x-%012llx",
			 (unsigned)(low & 0xffffffff),
			 (unsigned)(low >> 32 & 0xffff), (unsigned)(low >> 48),
			 0u, 0ull);
		assert_int_equal(hvpt_logical_prefix(bytes),
				 prefix_by_fields(text));
		assert_int_equal(hvpt_logical_prefix(bytes),
				 prefix_by_bytes(bytes));
	}
}

static void test_worked_example(void **state)
{
	uint64_t id = 0;

	(void)state;
	assert_int_equal(hvpt_logical_id(hvpt_logical_prefix(guids[0].bytes), 3,
					 &id),
			 HVPT_OK);
	assert_int_equal(id, 0x66558f73);
}

static void test_all_functions(void **state)
{
	static const uint32_t prefixes[] = {
		0, 8, 0x66558f70, 0x7ffffff8, 0x80000000, 0xfffffff8
	};
	unsigned function;
	size_t i;

	(void)state;
	for (i = 0; i < PT_COUNT(prefixes); i++) {
		for (function = 0; function < 8; function++) {
			uint64_t id = UNTOUCHED;

			assert_int_equal(hvpt_logical_id(prefixes[i], function,
							 &id),
					 HVPT_OK);
			/* No sign extends into the upper half. */
			assert_true(id == (uint64_t)prefixes[i] + function);
		}
	}
}

static void must_refuse_id(uint32_t prefix, unsigned function,
			   enum hvpt_status status)
{
	uint64_t id = UNTOUCHED;

	assert_int_equal(hvpt_logical_id(prefix, function, &id), status);
	assert_true(id == UNTOUCHED);
}

static void test_bad_ids_are_refused(void **state)
{
	static const unsigned functions[] = { 8,    9,		0x10,
					      0xff, 0x80000000, 0xffffffff };
	uint32_t low;
	size_t i;

	(void)state;
	for (low = 1; low < 8; low++) {
		must_refuse_id(low, 0, HVPT_ERR_PREFIX);
		must_refuse_id(0x66558f70 + low, low, HVPT_ERR_PREFIX);
		must_refuse_id(0x66558f70 + low, 8, HVPT_ERR_PREFIX);
	}
	for (i = 0; i < PT_COUNT(functions); i++)
		must_refuse_id(0x66558f70, functions[i], HVPT_ERR_FUNCTION);
}

/* ---- the registry ---------------------------------------------------- */

/* A prefix that tells which segment it is for. */
static uint32_t prefix_for(uint32_t segment)
{
	return (segment ^ segment >> 16) * 8;
}

static void add(struct hvpt_registry *registry, struct hvpt_segment_id *node,
		uint32_t segment)
{
	assert_int_equal(hvpt_registry_add(registry, node, segment,
					   prefix_for(segment)),
			 HVPT_OK);
}

static void take_out(struct hvpt_registry *registry,
		     struct hvpt_segment_id *node)
{
	assert_int_equal(hvpt_registry_remove(registry, node), HVPT_OK);
}

/* The segment is registered; returns its generation. */
static uint64_t must_find(const struct hvpt_registry *registry,
			  uint32_t segment)
{
	struct hvpt_segment_ref ref = { UNTOUCHED, 1 };

	assert_int_equal(hvpt_registry_lookup(registry, segment, &ref),
			 HVPT_OK);
	assert_int_equal(ref.prefix, prefix_for(segment));
	assert_true(ref.generation != UNTOUCHED);
	assert_int_equal(hvpt_registry_check(registry, segment, ref.generation),
			 HVPT_OK);
	return ref.generation;
}

static void must_miss(const struct hvpt_registry *registry, uint32_t segment)
{
	struct hvpt_segment_ref ref = { UNTOUCHED, 1 };

	assert_int_equal(hvpt_registry_lookup(registry, segment, &ref),
			 HVPT_ERR_UNKNOWN_SEGMENT);
	assert_true(ref.generation == UNTOUCHED && ref.prefix == 1);
}

static void empty(struct hvpt_registry *registry)
{
	memset(registry, 0xa5, sizeof(*registry));
	hvpt_registry_init(registry);
}

static void test_init_makes_it_empty(void **state)
{
	struct hvpt_registry registry;
	struct hvpt_segment_id node;
	uint32_t segment;

	(void)state;
	empty(&registry);
	for (segment = 0; segment <= 0x10000; segment++)
		must_miss(&registry, segment);
	must_miss(&registry, 0xffffffff);
	add(&registry, &node, 7);
	hvpt_registry_init(&registry);
	must_miss(&registry, 7);
}

/* Any value is a segment; 0 is one like any other. */
static void test_add_look_up_remove(void **state)
{
	static const uint32_t segments[] = {
		0,	 1,	     0x6655,	 0xffff,    0x10000,
		0x10001, 0x7fffffff, 0x80000000, 0xffffffff
	};
	struct hvpt_segment_id nodes[PT_COUNT(segments)];
	struct hvpt_registry registry;
	size_t i, j;

	(void)state;
	empty(&registry);
	memset(nodes, 0xa5, sizeof(nodes));
	for (i = 0; i < PT_COUNT(segments); i++) {
		must_miss(&registry, segments[i]);
		add(&registry, &nodes[i], segments[i]);
		for (j = 0; j < PT_COUNT(segments); j++) {
			if (j <= i)
				must_find(&registry, segments[j]);
			else
				must_miss(&registry, segments[j]);
		}
	}
	for (i = 0; i < PT_COUNT(segments); i++) {
		take_out(&registry, &nodes[i]);
		for (j = 0; j < PT_COUNT(segments); j++) {
			if (j > i)
				must_find(&registry, segments[j]);
			else
				must_miss(&registry, segments[j]);
		}
	}
}

static void must_refuse_add(struct hvpt_registry *registry, uint32_t segment,
			    uint32_t prefix, enum hvpt_status status)
{
	struct hvpt_registry was = *registry;
	struct hvpt_segment_id node, before;

	memset(&node, 0x5a, sizeof(node));
	before = node;
	assert_int_equal(hvpt_registry_add(registry, &node, segment, prefix),
			 status);
	assert_memory_equal(&node, &before, sizeof(node));
	assert_memory_equal(registry, &was, sizeof(was));
}

static void test_bad_prefixes_are_refused(void **state)
{
	struct hvpt_registry registry;
	struct hvpt_segment_id node;
	uint32_t low;

	(void)state;
	empty(&registry);
	add(&registry, &node, 5);
	for (low = 1; low < 8; low++) {
		must_refuse_add(&registry, 3, 0x66558f70 + low,
				HVPT_ERR_PREFIX);
		/* The first rule that is broken decides. */
		must_refuse_add(&registry, 5, low, HVPT_ERR_PREFIX);
	}
	must_miss(&registry, 3);
	must_find(&registry, 5);
}

static void test_duplicates_are_refused(void **state)
{
	struct hvpt_registry registry;
	struct hvpt_segment_id node;
	uint64_t generation;

	(void)state;
	empty(&registry);
	add(&registry, &node, 5);
	generation = must_find(&registry, 5);
	must_refuse_add(&registry, 5, prefix_for(5), HVPT_ERR_EXISTS);
	must_refuse_add(&registry, 5, prefix_for(5) + 8, HVPT_ERR_EXISTS);
	assert_int_equal(must_find(&registry, 5), generation);
	take_out(&registry, &node);
	must_miss(&registry, 5);
	/* Once it is removed it is not a duplicate. */
	add(&registry, &node, 5);
	must_find(&registry, 5);
}

/* Two buses may have one prefix: the host is responsible for ids. */
static void test_one_prefix_twice(void **state)
{
	struct hvpt_registry registry;
	struct hvpt_segment_id nodes[2];
	struct hvpt_segment_ref ref;
	uint32_t segment;

	(void)state;
	empty(&registry);
	for (segment = 0; segment < 2; segment++)
		assert_int_equal(hvpt_registry_add(&registry, &nodes[segment],
						   segment, 0x66558f70),
				 HVPT_OK);
	for (segment = 0; segment < 2; segment++) {
		assert_int_equal(hvpt_registry_lookup(&registry, segment, &ref),
				 HVPT_OK);
		assert_int_equal(ref.prefix, 0x66558f70);
	}
}

static void must_refuse_remove(struct hvpt_registry *registry,
			       struct hvpt_segment_id *node,
			       enum hvpt_status status)
{
	struct hvpt_registry was = *registry;
	struct hvpt_segment_id before = *node;

	assert_int_equal(hvpt_registry_remove(registry, node), status);
	assert_memory_equal(node, &before, sizeof(before));
	assert_memory_equal(registry, &was, sizeof(was));
}

static void test_remove_of_what_is_not_there(void **state)
{
	struct hvpt_segment_id node, copy, other;
	struct hvpt_registry registry;

	(void)state;
	empty(&registry);
	memset(&copy, 0, sizeof(copy));
	copy.segment = 5;
	must_refuse_remove(&registry, &copy, HVPT_ERR_UNKNOWN_SEGMENT);
	add(&registry, &other, 6);
	must_refuse_remove(&registry, &copy, HVPT_ERR_UNKNOWN_SEGMENT);
	/* Registered, but by another node with the same contents. */
	add(&registry, &node, 5);
	must_refuse_remove(&registry, &copy, HVPT_ERR_STALE);
	copy = node;
	must_refuse_remove(&registry, &copy, HVPT_ERR_STALE);
	must_find(&registry, 5);
	/* Twice. */
	take_out(&registry, &node);
	must_refuse_remove(&registry, &node, HVPT_ERR_UNKNOWN_SEGMENT);
	must_find(&registry, 6);
}

/*
 * A segment comes back as another bus: a caller that kept the old one finds
 * out.
 */
static void test_generations(void **state)
{
	struct hvpt_segment_id before, after, other;
	struct hvpt_registry registry;
	uint64_t kept, anew, others;

	(void)state;
	empty(&registry);
	add(&registry, &before, 5);
	add(&registry, &other, 6);
	kept = must_find(&registry, 5);
	others = must_find(&registry, 6);
	assert_int_not_equal(kept, others);

	take_out(&registry, &before);
	assert_int_equal(hvpt_registry_check(&registry, 5, kept),
			 HVPT_ERR_UNKNOWN_SEGMENT);
	add(&registry, &after, 5);
	anew = must_find(&registry, 5);
	assert_int_not_equal(anew, kept);
	assert_int_not_equal(anew, others);
	assert_int_equal(hvpt_registry_check(&registry, 5, kept),
			 HVPT_ERR_STALE);
	assert_int_equal(hvpt_registry_check(&registry, 5, others),
			 HVPT_ERR_STALE);
	assert_int_equal(hvpt_registry_check(&registry, 6, others), HVPT_OK);
	/* The old node cannot remove the new registration. */
	must_refuse_remove(&registry, &before, HVPT_ERR_STALE);
	assert_int_equal(must_find(&registry, 5), anew);
}

static void test_generations_never_repeat(void **state)
{
	struct hvpt_registry registry;
	struct hvpt_segment_id node;
	uint64_t generation, newest = 0;
	unsigned round;

	(void)state;
	empty(&registry);
	for (round = 0; round < 1000; round++) {
		/* The same node and segment, after a grace period. */
		add(&registry, &node, round % 3);
		generation = must_find(&registry, round % 3);
		assert_true(generation > newest);
		/* A refusal uses up no generation. */
		must_refuse_add(&registry, round % 3, 0, HVPT_ERR_EXISTS);
		newest = generation;
		take_out(&registry, &node);
	}
}

/* ---- lists ----------------------------------------------------------- */

/* Which list a segment is in: observed, not computed. */
static unsigned list_of(uint32_t segment)
{
	struct hvpt_registry registry;
	struct hvpt_segment_id node;
	unsigned i, list = HVPT_REGISTRY_BUCKETS;

	empty(&registry);
	add(&registry, &node, segment);
	for (i = 0; i < HVPT_REGISTRY_BUCKETS; i++) {
		if (registry.bucket[i] != 0) {
			assert_int_equal(list, HVPT_REGISTRY_BUCKETS);
			list = i;
		}
	}
	assert_true(list < HVPT_REGISTRY_BUCKETS);
	return list;
}

#define COLLIDING 4u

/* Removes all from one list, in one order of the 24. */
static void remove_in_order(const uint32_t *segments, const unsigned *order)
{
	struct hvpt_segment_id nodes[COLLIDING];
	struct hvpt_registry registry;
	bool there[COLLIDING];
	unsigned i, j;

	empty(&registry);
	for (i = 0; i < COLLIDING; i++) {
		add(&registry, &nodes[i], segments[i]);
		there[i] = true;
	}
	for (i = 0; i < COLLIDING; i++) {
		take_out(&registry, &nodes[order[i]]);
		there[order[i]] = false;
		must_refuse_remove(&registry, &nodes[order[i]],
				   HVPT_ERR_UNKNOWN_SEGMENT);
		for (j = 0; j < COLLIDING; j++) {
			if (there[j])
				must_find(&registry, segments[j]);
			else
				must_miss(&registry, segments[j]);
		}
	}
}

static void test_collisions_in_one_list(void **state)
{
	uint32_t segments[COLLIDING], segment = 1;
	unsigned code, i, j, count = 0, orders = 0;
	const unsigned list = list_of(1);

	(void)state;
	while (count < COLLIDING) {
		if (list_of(segment) == list)
			segments[count++] = segment;
		segment++;
	}
	/* Every number of four digits of base 4 that are all different. */
	for (code = 0; code < 256; code++) {
		unsigned order[COLLIDING] = { code % 4, code / 4 % 4,
					      code / 16 % 4, code / 64 };
		bool good = true;

		for (i = 0; i < COLLIDING; i++) {
			for (j = 0; j < i; j++)
				good = good && order[i] != order[j];
		}
		if (good) {
			remove_in_order(segments, order);
			orders++;
		}
	}
	assert_int_equal(orders, 24);
}

/* The longest list, when these segments are registered. */
static unsigned longest(const uint32_t *segments, unsigned count)
{
	unsigned length[HVPT_REGISTRY_BUCKETS] = { 0 }, i, most = 0;

	for (i = 0; i < count; i++) {
		unsigned list = list_of(segments[i]);

		length[list]++;
		if (length[list] > most)
			most = length[list];
	}
	return most;
}

/*
 * 256 segments, 4 for a list: no list is longer than 12, which at random
 * happens once in some thousand times. A hash that takes a few bits unchanged
 * would put all segments that agree in them into one list.
 */
static void test_segments_are_spread(void **state)
{
	uint64_t prng = pt_seed("test_segments_are_spread", 0x5b6ead);
	uint32_t segments[256];
	unsigned i, stride, most;

	(void)state;
	for (stride = 1; stride <= 0x1000000; stride *= 2) {
		for (i = 0; i < 256; i++)
			segments[i] = i * stride;
		most = longest(segments, 256);
		assert_int_in_range(most, 4, 12);
	}
	for (i = 0; i < 256; i++)
		segments[i] = (uint32_t)(i * 256 +
					 hvpt_random_below(&prng, 256));
	most = longest(segments, 256);
	assert_int_in_range(most, 4, 16);
}

/* Which list it is depends on the top bit, too. */
static void test_the_top_bit_chooses_the_list(void **state)
{
	uint32_t segment;

	(void)state;
	for (segment = 0; segment < 256; segment++)
		assert_int_not_equal(list_of(segment),
				     list_of(segment | 0x80000000u));
}

/* Segments in one list that differ in any bit are told apart. */
static void test_all_bits_of_a_segment_count(void **state)
{
	struct hvpt_segment_id nodes[128];
	struct hvpt_registry registry;
	uint32_t stride, i;

	(void)state;
	for (stride = 1; stride <= 0x1000000; stride *= 2) {
		empty(&registry);
		for (i = 0; i < 128; i++)
			add(&registry, &nodes[i], 7 + 2 * i * stride);
		for (i = 0; i < 128; i++) {
			must_find(&registry, 7 + 2 * i * stride);
			must_miss(&registry, 7 + (2 * i + 1) * stride);
		}
		for (i = 0; i < 128; i++)
			take_out(&registry, &nodes[i]);
	}
}

#define MANY 10000u

static void shuffle(uint64_t *prng, unsigned *order, unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++)
		order[i] = i;
	for (i = count - 1; i > 0; i--) {
		unsigned with = (unsigned)hvpt_random_below(prng, i + 1);
		unsigned held = order[i];

		order[i] = order[with];
		order[with] = held;
	}
}

static void test_ten_thousand_segments(void **state)
{
	uint64_t prng = pt_seed("test_ten_thousand_segments", 0x10000);
	struct hvpt_segment_id *nodes = calloc(MANY, sizeof(*nodes));
	uint64_t *generations = calloc(MANY, sizeof(*generations));
	unsigned *order = calloc(MANY, sizeof(*order)), i;
	struct hvpt_registry registry;

	(void)state;
	assert_true(nodes && generations && order);
	empty(&registry);
	shuffle(&prng, order, MANY);
	/* Odd multiples of one odd number: all differ, and use all 32 bits. */
	for (i = 0; i < MANY; i++)
		add(&registry, &nodes[order[i]], order[i] * 0x2545f491u);
	for (i = 0; i < MANY; i++)
		generations[i] = must_find(&registry, i * 0x2545f491u);
	must_miss(&registry, MANY * 0x2545f491u);

	shuffle(&prng, order, MANY);
	for (i = 0; i < MANY / 2; i++)
		take_out(&registry, &nodes[order[i]]);
	for (i = 0; i < MANY / 2; i++)
		must_miss(&registry, order[i] * 0x2545f491u);
	for (; i < MANY; i++)
		assert_int_equal(must_find(&registry, order[i] * 0x2545f491u),
				 generations[order[i]]);
	for (i = 0; i < MANY / 2; i++)
		add(&registry, &nodes[order[i]], order[i] * 0x2545f491u);
	for (i = 0; i < MANY; i++) {
		uint64_t was = generations[order[i]];
		uint64_t now = must_find(&registry, order[i] * 0x2545f491u);

		assert_true(i < MANY / 2 ? now > was : now == was);
	}
	free(order);
	free(generations);
	free(nodes);
}

/* ---- lookups beside a writer ----------------------------------------- */

#define READERS 3u
#define PERMANENT 16u
#define PASSING 24u
#define TOGETHER 6u

/*
 * A grace period: each reader announces at times that it is in no lookup, by
 * copying the number of the requested grace period. When all have done so, no
 * earlier lookup is running.
 */
struct shared {
	struct hvpt_registry registry;
	struct hvpt_segment_id permanent[PERMANENT];
	uint32_t segment[PERMANENT];
	uint32_t passing[PASSING];
	uint64_t asked;
	uint64_t announced[READERS];
	pthread_barrier_t barrier;
	bool stop;
	unsigned rounds;
};

struct reader {
	struct shared *shared;
	unsigned me;
	unsigned wrong;
	uint64_t hits;
	uint64_t misses;
};

static void quiesce(struct reader *reader)
{
	struct shared *shared = reader->shared;
	uint64_t asked = __atomic_load_n(&shared->asked, __ATOMIC_ACQUIRE);

	__atomic_store_n(&shared->announced[reader->me], asked,
			 __ATOMIC_RELEASE);
}

static void wait_for_readers(struct shared *shared)
{
	uint64_t asked = shared->asked + 1;
	unsigned i;

	__atomic_store_n(&shared->asked, asked, __ATOMIC_RELEASE);
	for (i = 0; i < READERS; i++) {
		while (__atomic_load_n(&shared->announced[i],
				       __ATOMIC_ACQUIRE) < asked)
			sched_yield();
	}
}

/*
 * One lookup that must succeed; and one that may, but then with what is right.
 */
static void read_two(struct reader *reader, uint64_t *prng)
{
	struct shared *shared = reader->shared;
	uint32_t still = shared->segment[hvpt_random_below(prng, PERMANENT)];
	uint32_t passing = shared->passing[hvpt_random_below(prng, PASSING)];
	struct hvpt_segment_ref ref;

	if (hvpt_registry_lookup(&shared->registry, still, &ref) != HVPT_OK ||
	    ref.prefix != prefix_for(still) ||
	    hvpt_registry_check(&shared->registry, still, ref.generation) !=
		    HVPT_OK)
		reader->wrong++;
	switch (hvpt_registry_lookup(&shared->registry, passing, &ref)) {
	case HVPT_OK:
		reader->hits++;
		if (ref.prefix != prefix_for(passing))
			reader->wrong++;
		break;
	case HVPT_ERR_UNKNOWN_SEGMENT:
		reader->misses++;
		break;
	default:
		reader->wrong++;
	}
}

static void *read_all_the_time(void *arg)
{
	struct reader *reader = arg;
	struct shared *shared = reader->shared;
	uint64_t prng = 0x4ead + reader->me;
	unsigned i;

	pthread_barrier_wait(&shared->barrier);
	while (!__atomic_load_n(&shared->stop, __ATOMIC_ACQUIRE)) {
		for (i = 0; i < 8; i++)
			read_two(reader, &prng);
		quiesce(reader);
		/*
		 * There are more threads than processors: let the writer
		 * continue.
		 */
		sched_yield();
	}
	__atomic_store_n(&shared->announced[reader->me], ~(uint64_t)0,
			 __ATOMIC_RELEASE);
	return NULL;
}

/*
 * Registers some segments, unregisters them in another order, waits for a grace
 * period, then overwrites the nodes, which are the caller's again.
 */
static unsigned write_round(struct shared *shared, uint64_t *prng,
			    struct hvpt_segment_id *nodes)
{
	unsigned order[PASSING], back[TOGETHER], i, wrong = 0;

	shuffle(prng, order, PASSING);
	shuffle(prng, back, TOGETHER);
	for (i = 0; i < TOGETHER; i++) {
		uint32_t segment = shared->passing[order[i]];

		wrong += hvpt_registry_add(&shared->registry, &nodes[i],
					   segment,
					   prefix_for(segment)) != HVPT_OK;
	}
	/* One processor is enough: let a reader see them. */
	sched_yield();
	for (i = 0; i < TOGETHER; i++)
		wrong += hvpt_registry_remove(&shared->registry,
					      &nodes[back[i]]) != HVPT_OK;
	wait_for_readers(shared);
	memset(nodes, 0xa5, TOGETHER * sizeof(*nodes));
	return wrong;
}

static void start(struct shared *shared, unsigned rounds)
{
	unsigned i, list;

	memset(shared, 0, sizeof(*shared));
	empty(&shared->registry);
	shared->rounds = rounds;
	for (i = 0; i < PERMANENT; i++) {
		shared->segment[i] = 1 + i * 4099;
		add(&shared->registry, &shared->permanent[i],
		    shared->segment[i]);
	}
	/* Those that come and go are in front of one that stays. */
	list = list_of(shared->segment[0]);
	for (i = 0; i < PASSING; i++) {
		uint32_t from = i ? shared->passing[i - 1] : 0x100000;

		do
			from++;
		while (list_of(from) != list);
		shared->passing[i] = from;
	}
	assert_int_equal(
		pthread_barrier_init(&shared->barrier, NULL, READERS + 1), 0);
}

static void test_lookups_beside_a_writer(void **state)
{
	uint64_t prng = pt_seed("test_lookups_beside_a_writer", 0x2cc);
	struct hvpt_segment_id nodes[TOGETHER];
	struct reader readers[READERS];
	pthread_t threads[READERS];
	unsigned i, round, wrong = 0;
	uint64_t hits = 0, misses = 0;
	struct shared shared;

	(void)state;
	start(&shared, pt_effort(8000));
	for (i = 0; i < READERS; i++) {
		readers[i] = (struct reader){ &shared, i, 0, 0, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL,
						read_all_the_time, &readers[i]),
				 0);
	}
	pthread_barrier_wait(&shared.barrier);
	for (round = 0; round < shared.rounds; round++)
		wrong += write_round(&shared, &prng, nodes);
	__atomic_store_n(&shared.stop, true, __ATOMIC_RELEASE);
	for (i = 0; i < READERS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(readers[i].wrong, 0);
		hits += readers[i].hits;
		misses += readers[i].misses;
	}
	pthread_barrier_destroy(&shared.barrier);
	assert_int_equal(wrong, 0);
	print_message("passing segments: %llu seen, %llu not\n",
		      (unsigned long long)hits, (unsigned long long)misses);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefix_of_guids),
		cmocka_unit_test(test_prefix_of_random_guids),
		cmocka_unit_test(test_worked_example),
		cmocka_unit_test(test_all_functions),
		cmocka_unit_test(test_bad_ids_are_refused),
		cmocka_unit_test(test_init_makes_it_empty),
		cmocka_unit_test(test_add_look_up_remove),
		cmocka_unit_test(test_bad_prefixes_are_refused),
		cmocka_unit_test(test_duplicates_are_refused),
		cmocka_unit_test(test_one_prefix_twice),
		cmocka_unit_test(test_remove_of_what_is_not_there),
		cmocka_unit_test(test_generations),
		cmocka_unit_test(test_generations_never_repeat),
		cmocka_unit_test(test_collisions_in_one_list),
		cmocka_unit_test(test_segments_are_spread),
		cmocka_unit_test(test_the_top_bit_chooses_the_list),
		cmocka_unit_test(test_all_bits_of_a_segment_count),
		cmocka_unit_test(test_ten_thousand_segments),
		cmocka_unit_test(test_lookups_beside_a_writer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
