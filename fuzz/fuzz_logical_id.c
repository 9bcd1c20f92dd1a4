/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz_logical_id.c - ids of devices, and the registry, against a plain array.
 */
#include "fuzz.h"
#include "hvpt/logical_id.h"
#include "oracle/source.h"

#define NODES 8u

struct entry {
	struct hvpt_segment_id node;
	bool live;
	uint64_t generation;
	uint32_t segment;
	uint32_t prefix;
};

struct books {
	struct hvpt_registry registry;
	struct entry entry[NODES];
	uint64_t newest;
};

/* Few segments, several of which share a list. */
static uint32_t pick_segment(struct source *source)
{
	uint8_t choice = source_byte(source);

	if (choice >= 240)
		return (uint32_t)source_number(source, 4);
	return choice % 4u + choice / 4 % 3 * HVPT_REGISTRY_BUCKETS;
}

static struct entry *find(struct books *books, uint32_t segment)
{
	unsigned i;

	for (i = 0; i < NODES; i++)
		if (books->entry[i].live && books->entry[i].segment == segment)
			return &books->entry[i];
	return NULL;
}

static void check_lookup(struct books *books, uint32_t segment)
{
	const struct entry *want = find(books, segment);
	struct hvpt_segment_ref ref = { 0, 0 };
	enum hvpt_status status = hvpt_registry_lookup(&books->registry,
						       segment, &ref);

	FUZZ_CHECK(status == (want ? HVPT_OK : HVPT_ERR_UNKNOWN_SEGMENT),
		   "lookup");
	if (!want)
		return;
	FUZZ_CHECK(ref.prefix == want->prefix &&
			   ref.generation == want->generation,
		   "what a lookup found");
	FUZZ_CHECK(hvpt_registry_check(&books->registry, segment,
				       ref.generation) == HVPT_OK,
		   "check of what was found");
}

static void add(struct books *books, struct source *source)
{
	struct entry *entry = &books->entry[source_below(source, NODES)];
	uint32_t segment = pick_segment(source);
	uint32_t prefix = (uint32_t)source_number(source, 2) << 3;
	enum hvpt_status status, want = HVPT_OK;

	if (entry->live) /* it must not be registered twice */
		return;
	if (source_byte(source) >= 240)
		prefix |= source_below(source, 8);
	if (find(books, segment))
		want = HVPT_ERR_EXISTS;
	if (prefix & 7)
		want = HVPT_ERR_PREFIX;
	status = hvpt_registry_add(&books->registry, &entry->node, segment,
				   prefix);
	FUZZ_CHECK(status == want, hvpt_status_name(status));
	if (status != HVPT_OK)
		return;
	FUZZ_CHECK(entry->node.generation > books->newest,
		   "a generation came back");
	books->newest = entry->node.generation;
	entry->generation = books->newest;
	entry->segment = segment;
	entry->prefix = prefix;
	entry->live = true;
}

static void take(struct books *books, struct source *source)
{
	struct entry *entry = &books->entry[source_below(source, NODES)];
	enum hvpt_status status, want = HVPT_OK;

	if (entry->generation == 0) /* its node says nothing yet */
		return;
	if (!entry->live)
		want = find(books, entry->segment) ? HVPT_ERR_STALE :
						     HVPT_ERR_UNKNOWN_SEGMENT;
	status = hvpt_registry_remove(&books->registry, &entry->node);
	FUZZ_CHECK(status == want, hvpt_status_name(status));
	entry->live = false;
}

static void check_generation(struct books *books, struct source *source)
{
	const struct entry *old = &books->entry[source_below(source, NODES)];
	const struct entry *now = find(books, old->segment);
	enum hvpt_status status, want = HVPT_OK;

	if (!now)
		want = HVPT_ERR_UNKNOWN_SEGMENT;
	else if (now->generation != old->generation)
		want = HVPT_ERR_STALE;
	status = hvpt_registry_check(&books->registry, old->segment,
				     old->generation);
	FUZZ_CHECK(status == want, hvpt_status_name(status));
}

static void check_ids(struct source *source)
{
	uint8_t guid[16];
	uint32_t prefix, raw;
	unsigned function = source_below(source, 10), i;
	uint64_t id = 1;

	for (i = 0; i < sizeof(guid); i++)
		guid[i] = source_byte(source);
	prefix = hvpt_logical_prefix(guid);
	FUZZ_CHECK((prefix & 7) == 0, "a prefix with a function");
	FUZZ_CHECK(prefix >> 24 == guid[5] && (prefix >> 16 & 0xff) == guid[4],
		   "Data2");
	FUZZ_CHECK((prefix >> 8 & 0xff) == guid[7] &&
			   (prefix & 0xf8) == (guid[6] & 0xf8),
		   "Data3");
	raw = prefix | (source_byte(source) >= 240 ? 1u : 0u);
	if (hvpt_logical_id(raw, function, &id) == HVPT_OK)
		FUZZ_CHECK(raw == prefix && function < 8 &&
				   id == (uint64_t)prefix + function,
			   "an id");
	else
		FUZZ_CHECK((raw != prefix || function > 7) && id == 1,
			   "a refused id");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct books books = { 0 };
	struct source source = source_of_bytes(data, size);
	unsigned i;

	hvpt_registry_init(&books.registry);
	while (!source_is_empty(&source)) {
		switch (source_below(&source, 8)) {
		case 0:
		case 1:
		case 2:
			add(&books, &source);
			break;
		case 3:
		case 4:
			take(&books, &source);
			break;
		case 5:
			check_generation(&books, &source);
			break;
		case 6:
			check_ids(&source);
			break;
		default:
			check_lookup(&books, pick_segment(&source));
			break;
		}
	}
	for (i = 0; i < NODES; i++)
		check_lookup(&books, books.entry[i].segment);
	return 0;
}
