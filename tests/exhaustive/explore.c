/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Every sequence of map, unmap, protect, reclaim and sync over a few pages,
 * up to a depth: all states that any of them leads to, each once.
 *
 * A state is the tree, without regard to where its pages lie, the gather with
 * its ranges and detached tables, and a model IOTLB: for each page, all that a
 * device that caches whatever it can may still see. From each state each
 * operation is made, on tables built anew for it, with each allocation failing
 * too, and what changed is compared with a flat map of pages.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "small_table.h"
#include "tests/support/prng.h"

#define PAGE 4096ull
#define RO HVPT_PROT_READ
#define RW (HVPT_PROT_READ | HVPT_PROT_WRITE)
#define SPAN 64u /* at most so many pages are in play */
#define GPA_BASE (4 * L3)

/* ---- what there is to do --------------------------------------------- */

enum kind {
	MAP,
	UNMAP,
	PROTECT,
	RECLAIM,
	SYNC
};

static const char *const kinds[] = { "map", "unmap", "protect", "reclaim",
				     "sync" };

struct op {
	uint8_t kind;
	uint8_t first;
	uint8_t count;
	uint8_t prot;
	bool odd;   /* map: to a gpa that allows no large leaf */
	bool alone; /* map: without a gather */
};

/**
 * struct plan - which pages, which operations, how far
 * @few: one kind of map, protect to RO only, reclaim of all only
 */
struct plan {
	const char *name;
	unsigned levels;
	uint64_t sizes;
	unsigned first;
	unsigned count;
	bool few;
	unsigned depth;
	unsigned deep;
};

static const struct plan *plan;
static struct op ops[2048];
static unsigned op_count;

/* ---- states ---------------------------------------------------------- */

/* A leaf as one byte: 1 + odd + 2 * writable + 4 * level. 0: no leaf. */
#define TABLE 0x80u

struct cached {
	uint16_t seen[SPAN]; /* of each page: bit n: leaf n was there */
};

struct detached {
	unsigned table;
	unsigned level;
	uint64_t first;
};

/* What is in memory, and what goes with it. */
struct now {
	struct hvpt_gather gather;
	struct cached cached;
	struct detached detached[SMALL_POOL];
	unsigned detached_count;
	struct small_leaf leaf[SPAN];
};

struct record {
	uint64_t at; /* of its bytes */
	uint32_t parent;
	uint16_t bytes;
	uint16_t op;
};

static struct now now;
static uint8_t *store;
static uint64_t stored, store_room;
static struct record *record;
static uint32_t states, record_room;
static uint32_t *slots;
static uint64_t slot_mask;
static uint64_t transitions, failed_allocations;

/* For messages: the state being left, and the operation. */
static uint32_t from;
static const struct op *doing;

static void *more(void *old, uint64_t bytes)
{
	void *memory = realloc(old, bytes);

	SMALL_CHECK(memory);
	return memory;
}

static void say_op(const struct op *op)
{
	fprintf(stderr, "  %s %u+%u %s%s%s\n", kinds[op->kind], op->first,
		op->count, op->prot == RO ? "RO" : "RW", op->odd ? " odd" : "",
		op->alone ? " alone" : "");
}

static void say_path(uint32_t state)
{
	uint32_t path[64];
	unsigned n = 0;

	for (; state && n < 64; state = record[state].parent)
		path[n++] = state;
	while (n > 0)
		say_op(&ops[record[path[--n]].op]);
}

static void say_state(void)
{
	fprintf(stderr, "  %u index bits, %s: from nothing by\n", SMALL_BITS,
		plan->name);
	say_path(from);
	if (doing)
		say_op(doing);
}

/* ---- memory to bytes -------------------------------------------------- */

static uint8_t *write_leaf(uint8_t *out, uint64_t entry, unsigned level,
			   uint64_t page)
{
	uint64_t gpa = (entry & 0xffffffffff000ull) / PAGE;
	bool odd = gpa != GPA_BASE + page;

	SMALL_CHECK(gpa == GPA_BASE + page + odd);
	*out++ = (uint8_t)(1u + odd + ((entry & 2) ? 2u : 0u) + 4u * level);
	return out;
}

/* Each entry in turn; the contents of a table follow its entry. */
static uint8_t *write_table(uint8_t *out, unsigned table, unsigned level,
			    uint64_t page)
{
	const uint64_t *words = small_words(table);
	unsigned i;

	for (i = 0; i < SMALL_ENTRIES; i++) {
		uint64_t at = page + ((uint64_t)i << (level * SMALL_BITS));

		if (!words[i]) {
			*out++ = 0;
		} else if (level == 0 || (words[i] & 0x80)) {
			out = write_leaf(out, words[i], level, at);
		} else {
			*out++ = TABLE;
			out = write_table(
				out, small_index(words[i] & 0xffffffffff000ull),
				level - 1, at);
		}
	}
	return out;
}

static unsigned detached_index(unsigned table)
{
	unsigned i;

	for (i = 0; i < now.detached_count; i++)
		if (now.detached[i].table == table)
			break;
	SMALL_CHECK(i < now.detached_count);
	return i;
}

/* The link in word 0 is written by the order of the list. */
static uint8_t *write_detached(uint8_t *out, const struct detached *table)
{
	const uint64_t *words = small_words(table->table);
	unsigned i;

	*out++ = (uint8_t)table->level;
	*out++ = (uint8_t)table->first;
	for (i = 1; i < SMALL_ENTRIES; i++) {
		uint64_t at = table->first +
			      ((uint64_t)i << (table->level * SMALL_BITS));

		if (!words[i])
			*out++ = 0;
		else if (table->level == 0 || (words[i] & 0x80))
			out = write_leaf(out, words[i], table->level, at);
		else
			*out++ = (uint8_t)(TABLE |
					   detached_index(small_index(
						   words[i] &
						   0xffffffffff000ull)));
	}
	return out;
}

static unsigned write_state(uint8_t *bytes)
{
	uint8_t *out = write_table(bytes, small_index_of(small.pt.root),
				   plan->levels - 1, 0);
	unsigned i;

	*out++ = (uint8_t)now.gather.range_count;
	for (i = 0; i < now.gather.range_count; i++) {
		*out++ = (uint8_t)(now.gather.range[i].first.value / PAGE);
		*out++ = (uint8_t)(now.gather.range[i].last.value / PAGE);
	}
	*out++ = (uint8_t)now.detached_count;
	for (i = 0; i < now.detached_count; i++)
		out = write_detached(out, &now.detached[i]);
	for (i = plan->first; i < plan->first + plan->count; i++) {
		*out++ = (uint8_t)now.cached.seen[i];
		*out++ = (uint8_t)(now.cached.seen[i] >> 8);
	}
	return (unsigned)(out - bytes);
}

/* ---- bytes to memory -------------------------------------------------- */

static unsigned take_page(void)
{
	unsigned page = small.in_use++;

	SMALL_CHECK(page < SMALL_POOL);
	small.page[page].used = true;
	return page;
}

static uint64_t read_leaf(uint8_t code, uint64_t page)
{
	unsigned value = code - 1u, level = value >> 2;
	uint64_t gpa = GPA_BASE + page + (value & 1);

	return gpa * PAGE | 0x25 | (value & 2 ? 0x42 : 0) | (level ? 0x80 : 0);
}

static const uint8_t *read_table(const uint8_t *in, unsigned table,
				 unsigned level, uint64_t page)
{
	uint64_t *words = small_words(table);
	unsigned i;

	for (i = 0; i < SMALL_ENTRIES; i++) {
		uint64_t at = page + ((uint64_t)i << (level * SMALL_BITS));
		uint8_t code = *in++;

		words[i] = code ? read_leaf(code, at) : 0;
		if (code == TABLE) {
			unsigned below = take_page();

			words[i] = small_gpa(below) | 0x27;
			small.pt.table_count++;
			in = read_table(in, below, level - 1, at);
		}
	}
	return in;
}

static const uint8_t *read_detached(const uint8_t *in, struct detached *table)
{
	uint64_t *words = small_words(table->table);
	unsigned i;

	table->level = *in++;
	table->first = *in++;
	words[0] = 0;
	for (i = 1; i < SMALL_ENTRIES; i++) {
		uint64_t at = table->first +
			      ((uint64_t)i << (table->level * SMALL_BITS));
		uint8_t code = *in++;

		if (code & TABLE)
			words[i] = small_gpa(
					   now.detached[code & ~TABLE].table) |
				   0x27;
		else
			words[i] = code ? read_leaf(code, at) : 0;
	}
	return in;
}

static const uint8_t *read_gather(const uint8_t *in)
{
	struct hvpt_gather *gather = &now.gather;
	unsigned i;

	hvpt_gather_init(gather);
	gather->range_count = *in++;
	for (i = 0; i < gather->range_count; i++) {
		gather->range[i].first = hvpt_iova(*in++ * PAGE);
		gather->range[i].last = hvpt_iova(*in++ * PAGE + (PAGE - 1));
	}
	now.detached_count = *in++;
	gather->table_count = now.detached_count;
	for (i = 0; i < now.detached_count; i++)
		now.detached[i].table = take_page();
	for (i = 0; i < now.detached_count; i++)
		in = read_detached(in, &now.detached[i]);
	for (i = now.detached_count; i-- > 0;) {
		uint64_t *words = small_words(now.detached[i].table);

		words[0] = (uint64_t)(uintptr_t)gather->tables;
		gather->tables = words;
	}
	return in;
}

/* What a walker finds at each page now. */
static void look(struct small_leaf *leaf)
{
	unsigned i;

	for (i = plan->first; i < plan->first + plan->count; i++)
		leaf[i] = small_walk(i);
}

static void build(uint32_t state)
{
	const uint8_t *in = store + record[state].at;
	unsigned i;

	memset(small.page, 0, sizeof(small.page));
	small.in_use = 0;
	small.pt.table_count = 1;
	small.pt.root = small_words(take_page());
	in = read_table(in, 0, plan->levels - 1, 0);
	in = read_gather(in);
	for (i = plan->first; i < plan->first + plan->count; i++, in += 2)
		now.cached.seen[i] = (uint16_t)(in[0] | in[1] << 8);
	look(now.leaf);
}

/* ---- the set of states ------------------------------------------------ */

static uint64_t hash(const uint8_t *bytes, unsigned count)
{
	uint64_t sum = 0xcbf29ce484222325ull;

	while (count-- > 0)
		sum = (sum ^ *bytes++) * 0x100000001b3ull;
	return sum ^ sum >> 29;
}

static void grow_slots(void)
{
	uint64_t room = slot_mask ? 2 * (slot_mask + 1) : 1 << 16, at;
	uint32_t i;

	free(slots);
	slots = more(NULL, room * sizeof(*slots));
	memset(slots, 0xff, room * sizeof(*slots));
	slot_mask = room - 1;
	for (i = 0; i < states; i++) {
		at = hash(store + record[i].at, record[i].bytes);
		while (slots[at & slot_mask] != UINT32_MAX)
			at++;
		slots[at & slot_mask] = i;
	}
}

/* Keeps the state if it is new. */
static void keep(unsigned op)
{
	uint8_t bytes[1024];
	unsigned count = write_state(bytes);
	uint64_t at = hash(bytes, count);

	SMALL_CHECK(count <= sizeof(bytes));
	if (2ull * states >= slot_mask)
		grow_slots();
	for (;; at++) {
		uint32_t have = slots[at & slot_mask];

		if (have == UINT32_MAX)
			break;
		if (record[have].bytes == count &&
		    memcmp(store + record[have].at, bytes, count) == 0)
			return;
	}
	if (stored + count > store_room) {
		store_room += store_room / 2 + (1 << 20);
		store = more(store, store_room);
	}
	if (states == record_room) {
		record_room += record_room / 2 + (1 << 16);
		record = more(record, record_room * sizeof(*record));
	}
	memcpy(store + stored, bytes, count);
	slots[at & slot_mask] = states;
	record[states].at = stored;
	record[states].bytes = (uint16_t)count;
	record[states].parent = from;
	record[states].op = (uint16_t)op;
	stored += count;
	states++;
}

static bool is_state(uint32_t state)
{
	uint8_t bytes[1024];
	unsigned count = write_state(bytes);

	return record[state].bytes == count &&
	       memcmp(store + record[state].at, bytes, count) == 0;
}

/* ---- what ought to be -------------------------------------------------- */

static bool covers(const struct op *op, uint64_t page)
{
	return page >= op->first && page < (uint64_t)op->first + op->count;
}

static unsigned mapped_in(const struct op *op)
{
	unsigned i, n = 0;

	for (i = op->first; i < op->first + op->count; i++)
		n += now.leaf[i].mapped;
	return n;
}

static enum hvpt_status right_status(const struct op *op)
{
	if (op->kind == MAP && mapped_in(op) > 0)
		return HVPT_ERR_OVERLAP;
	if (op->kind == PROTECT && mapped_in(op) < op->count)
		return HVPT_ERR_NOT_MAPPED;
	return HVPT_OK;
}

static struct small_leaf right_leaf(const struct op *op, unsigned page)
{
	struct small_leaf leaf = now.leaf[page];

	if (!covers(op, page))
		return leaf;
	if (op->kind == MAP) {
		leaf.mapped = true;
		leaf.gpa = GPA_BASE + page + op->odd;
	}
	if (op->kind == UNMAP)
		leaf.mapped = false;
	if (op->kind == MAP || op->kind == PROTECT)
		leaf.writable = op->prot == RW;
	return leaf;
}

static bool same(const struct small_leaf *a, const struct small_leaf *b)
{
	if (!a->mapped || !b->mapped)
		return a->mapped == b->mapped;
	return a->gpa == b->gpa && a->writable == b->writable;
}

static unsigned code_of(const struct small_leaf *leaf, unsigned page)
{
	bool odd = leaf->gpa != GPA_BASE + page;

	return odd + (leaf->writable ? 2u : 0u) + 4u * leaf->level;
}

/* May a device that has cached leaf @code still use it for @page? */
static bool is_current(unsigned code, const struct small_leaf *leaf,
		       unsigned page)
{
	return leaf->mapped && (code & 3) == (code_of(leaf, page) & 3);
}

/* The level of the largest leaf at @page that fits into a map. */
static unsigned right_level(const struct op *op, unsigned page)
{
	unsigned level;

	for (level = 2; level > 0; level--) {
		uint64_t pages = 1ull << (level * SMALL_BITS);
		uint64_t first = page & ~(pages - 1);

		if ((plan->sizes >> (12 + level * SMALL_BITS) & 1) &&
		    !op->odd && first >= op->first &&
		    first + pages <= (uint64_t)op->first + op->count)
			break;
	}
	return level;
}

/* ---- checks ------------------------------------------------------------ */

/* Everything a device may have seen is there, or its flush is pending. */
static void check_iotlb(const struct small_leaf *leaf)
{
	unsigned i, code;

	for (i = plan->first; i < plan->first + plan->count; i++) {
		for (code = 0; code < 12; code++)
			if ((now.cached.seen[i] >> code & 1) &&
			    !is_current(code, &leaf[i], i))
				SMALL_CHECK(small_pending(&now.gather, i));
		if (leaf[i].mapped)
			now.cached.seen[i] |= (uint16_t)(1u << code_of(&leaf[i],
								       i));
	}
}

/* Pages of a detached table: what a walker with a pointer to it finds. */
static void check_stale_walks(const struct detached *table)
{
	uint64_t pages = 1ull << ((table->level + 1) * SMALL_BITS);
	uint64_t page;

	for (page = table->first; page < table->first + pages; page++) {
		struct small_leaf leaf;

		SMALL_CHECK(small_pending(&now.gather, page));
		leaf = small_walk_from(table->table, table->level, page);
		if (leaf.mapped)
			SMALL_CHECK(now.cached.seen[page] >>
					    code_of(&leaf, (unsigned)page) &
				    1);
	}
}

/* The gather's list, and where the tables in it were. */
static void check_detached(void)
{
	const uint64_t *words = now.gather.tables;
	struct detached list[SMALL_POOL];
	unsigned n = 0, i;

	for (; words; words = (const uint64_t *)(uintptr_t)words[0]) {
		struct small_page *page;

		SMALL_CHECK(n < now.gather.table_count);
		list[n].table = small_index_of(words);
		page = &small.page[list[n].table];
		SMALL_CHECK(page->used);
		list[n].level = page->level;
		list[n].first = page->first;
		n++;
	}
	SMALL_CHECK(n == now.gather.table_count);
	/* the tables that were in it before are still last */
	SMALL_CHECK(n >= now.detached_count);
	for (i = 0; i < now.detached_count; i++) {
		unsigned at = n - now.detached_count + i;

		SMALL_CHECK(list[at].table == now.detached[i].table);
		list[at] = now.detached[i];
	}
	memcpy(now.detached, list, n * sizeof(list[0]));
	now.detached_count = n;
	for (i = 0; i < n; i++)
		check_stale_walks(&now.detached[i]);
}

/* Is there a table inside @op's range that maps nothing? */
static bool empty_table_in(const struct op *op, unsigned table, unsigned level,
			   uint64_t first, bool *empty)
{
	const uint64_t *words = small_words(table);
	uint64_t pages = 1ull << (level * SMALL_BITS);
	bool found = false;
	unsigned i;

	*empty = true;
	for (i = 0; i < SMALL_ENTRIES; i++, first += pages) {
		bool below;

		if (!words[i])
			continue;
		if (level == 0 || (words[i] & 0x80)) {
			*empty = false;
			continue;
		}
		found |= empty_table_in(
			op, small_index(words[i] & 0xffffffffff000ull),
			level - 1, first, &below);
		*empty &= below;
		found |= below && first >= op->first &&
			 first + pages <= (uint64_t)op->first + op->count;
	}
	return found;
}

static void check_map(const struct op *op, const struct small_leaf *leaf)
{
	unsigned i;

	for (i = op->first; i < op->first + op->count; i++)
		SMALL_CHECK(op->alone ? leaf[i].level <= right_level(op, i) :
					leaf[i].level == right_level(op, i));
}

static void check_leaves(const struct op *op, const struct small_leaf *leaf,
			 const struct hvpt_gather *before)
{
	unsigned i;

	for (i = plan->first; i < plan->first + plan->count; i++) {
		struct small_leaf right = right_leaf(op, i);

		SMALL_CHECK(same(&leaf[i], &right));
		/* without dirty tracking D is preset with R/W */
		SMALL_CHECK(!leaf[i].writable || leaf[i].dirty);
		/* and is lost with the leaf only */
		SMALL_CHECK(!leaf[i].mapped || !now.leaf[i].dirty ||
			    leaf[i].dirty);
		/* the gather covers the whole of a leaf that was split */
		if (leaf[i].mapped && now.leaf[i].mapped &&
		    now.leaf[i].level > leaf[i].level)
			SMALL_CHECK(small_pending(&now.gather, i));
		/* what was pending before stays pending */
		SMALL_CHECK(!small_pending(before, i) ||
			    small_pending(&now.gather, i));
	}
}

/* ---- operations -------------------------------------------------------- */

static enum hvpt_status make(const struct op *op, uint64_t *out)
{
	hvpt_iova_t iova = hvpt_iova(op->first * PAGE);
	uint64_t length = op->count * PAGE;

	switch (op->kind) {
	case MAP:
		return hvpt_pt_map(
			&small.pt, iova,
			hvpt_gpa((GPA_BASE + op->first + op->odd) * PAGE),
			length, op->prot, op->alone ? NULL : &now.gather);
	case UNMAP:
		return hvpt_pt_unmap(&small.pt, iova, length, &now.gather, out);
	case PROTECT:
		return hvpt_pt_protect(&small.pt, iova, length, op->prot,
				       &now.gather);
	case RECLAIM:
		return hvpt_pt_reclaim(&small.pt, iova, length, &now.gather,
				       out);
	default:
		return HVPT_OK;
	}
}

/*
 * The k-th allocation fails: nothing has changed. A call that is refused
 * because of what is mapped is refused for that, with memory or without.
 */
static void fail_allocations(const struct op *op, uint64_t takes,
			     enum hvpt_status right)
{
	for (; takes > 0; takes--) {
		uint64_t out = 12345;

		build(from);
		small.fail_at = takes;
		SMALL_CHECK(make(op, &out) == right);
		SMALL_CHECK(out == 12345);
		SMALL_CHECK(small.fail_at == 0);
		SMALL_CHECK(is_state(from));
		SMALL_CHECK(small.in_use ==
			    hvpt_pt_tables(&small.pt) + now.detached_count);
		failed_allocations++;
	}
}

/* All that is pending is flushed; then nothing stale is left. */
static void sync_all(void)
{
	struct small_leaf leaf[SPAN];
	unsigned i;

	for (i = plan->first; i < plan->first + plan->count; i++)
		if (small_pending(&now.gather, i))
			now.cached.seen[i] = 0;
	small.quiet = false;
	hvpt_pt_release(&small.pt, &now.gather);
	now.detached_count = 0;
	SMALL_CHECK(hvpt_gather_is_empty(&now.gather));
	SMALL_CHECK(small.in_use == small_tables());
	look(leaf);
	for (i = plan->first; i < plan->first + plan->count; i++)
		SMALL_CHECK(same(&leaf[i], &now.leaf[i]));
	check_iotlb(leaf);
}

/* Is each leaf unchanged? */
static bool unchanged(const struct small_leaf *leaf)
{
	unsigned i;

	for (i = plan->first; i < plan->first + plan->count; i++)
		if (!same(&leaf[i], &now.leaf[i]) ||
		    leaf[i].level != now.leaf[i].level)
			return false;
	return true;
}

static void check(const struct op *op, const struct hvpt_gather *before,
		  uint64_t tables_before, uint64_t out)
{
	struct small_leaf leaf[SPAN];
	uint64_t tables = hvpt_pt_tables(&small.pt);
	uint64_t detached = now.gather.table_count - before->table_count;
	bool empty;

	look(leaf);
	check_leaves(op, leaf, before);
	check_iotlb(leaf);
	check_detached();
	SMALL_CHECK(small_tables() == tables);
	SMALL_CHECK(small.in_use == tables + now.detached_count);
	/* each page taken is in the tree */
	SMALL_CHECK(tables + detached == tables_before + small.takes);
	if (op->kind == MAP)
		check_map(op, leaf);
	if (op->kind == UNMAP)
		SMALL_CHECK(out == mapped_in(op) * PAGE);
	if (op->kind == RECLAIM)
		SMALL_CHECK(out == detached && small.takes == 0);
	if (op->kind == UNMAP || op->kind == RECLAIM)
		SMALL_CHECK(!empty_table_in(op, small_index_of(small.pt.root),
					    plan->levels - 1, 0, &empty));
	/* a call that took nothing away adds nothing to the gather */
	if (op->kind != MAP && detached == 0 && unchanged(leaf))
		SMALL_CHECK(memcmp(before, &now.gather, sizeof(*before)) == 0);
}

static void step(unsigned index)
{
	const struct op *op = &ops[index];
	struct hvpt_gather before;
	uint64_t out = 12345, tables;
	enum hvpt_status status;

	doing = op;
	build(from);
	small_tables(); /* notes where the tables are */
	before = now.gather;
	tables = hvpt_pt_tables(&small.pt);
	small.takes = 0;
	small.quiet = true;
	transitions++;
	if (op->kind == SYNC) {
		sync_all();
		keep(index);
		return;
	}
	status = make(op, &out);
	SMALL_CHECK(status == right_status(op));
	if (status != HVPT_OK) {
		SMALL_CHECK(out == 12345 && is_state(from));
		SMALL_CHECK(small.in_use ==
			    hvpt_pt_tables(&small.pt) + now.detached_count);
		fail_allocations(op, small.takes, status);
		return;
	}
	check(op, &before, tables, out);
	keep(index);
	fail_allocations(op, small.takes, HVPT_ERR_NO_MEMORY);
}

/* ---- everything -------------------------------------------------------- */

static void add_op(enum kind kind, unsigned first, unsigned count,
		   unsigned prot, bool odd, bool alone)
{
	struct op *op = &ops[op_count++];

	SMALL_CHECK(op_count <= sizeof(ops) / sizeof(ops[0]));
	op->kind = (uint8_t)kind;
	op->first = (uint8_t)first;
	op->count = (uint8_t)count;
	op->prot = (uint8_t)prot;
	op->odd = odd;
	op->alone = alone;
}

static void add_maps(unsigned first, unsigned count)
{
	unsigned n;

	add_op(MAP, first, count, RW, false, false);
	if (plan->few)
		return;
	for (n = 1; n < 8; n++)
		add_op(MAP, first, count, n & 1 ? RO : RW, (n & 2) != 0,
		       (n & 4) != 0);
}

static void make_ops(void)
{
	unsigned first, count, end = plan->first + plan->count;

	op_count = 0;
	add_op(SYNC, 0, 0, RW, false, false);
	for (first = plan->first; first < end; first++)
		for (count = 1; first + count <= end; count++) {
			add_maps(first, count);
			add_op(UNMAP, first, count, RW, false, false);
			add_op(PROTECT, first, count, RO, false, false);
			if (!plan->few)
				add_op(PROTECT, first, count, RW, false, false);
			if (!plan->few || count == plan->count)
				add_op(RECLAIM, first, count, RW, false, false);
		}
}

static void start(void)
{
	small_open(plan->levels, plan->sizes, 0, false);
	memset(&now, 0, sizeof(now));
	states = 0;
	stored = 0;
	from = 0;
	slot_mask = 0;
	transitions = 0;
	failed_allocations = 0;
	doing = NULL;
	grow_slots();
	keep(0);
}

static void explore(unsigned depth)
{
	uint32_t end;
	unsigned d, i;

	make_ops();
	start();
	for (d = 0, end = 1; d < depth; d++) {
		for (; from < end; from++)
			for (i = 0; i < op_count; i++)
				step(i);
		if (states == end)
			break; /* there are no others */
		end = states;
	}
	printf("%u index bits, %s: %u operations, depth %u%s: %" PRIu32
	       " states, %" PRIu64 " transitions, %" PRIu64
	       " failed allocations\n",
	       SMALL_BITS, plan->name, op_count, d,
	       d < depth ? " (all there are)" : "", states, transitions,
	       failed_allocations);
	build(0);
	small_close();
}

#define ALL (HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M | HVPT_PAGE_SIZE_1G)
#define TWO (HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M)

/* name, levels, sizes, first page, pages, few, depth, depth with --deep */
static const struct plan plans[] = {
#if HVPT_INDEX_BITS == 1
	{ "2 pages across the middle", 4, ALL, 7, 2, false, 9, 9 },
	{ "4 pages across the middle", 4, ALL, 6, 4, false, 4, 4 },
	{ "4 pages, few kinds", 4, ALL, 4, 4, true, 6, 8 },
	{ "4 pages, two sizes, few kinds", 4, TWO, 4, 4, true, 6, 7 },
	{ "8 pages", 4, ALL, 4, 8, false, 3, 3 },
	{ "8 pages, 5 levels, few kinds", 5, ALL, 12, 8, true, 4, 4 },
#else
	{ "8 pages across a large leaf's end", 4, ALL, 4, 8, false, 3, 3 },
	{ "6 pages across a huge leaf's end", 4, ALL, 12, 6, true, 5, 5 },
	{ "16 pages, few kinds", 4, ALL, 16, 16, true, 2, 3 },
#endif
};

int main(int argc, char **argv)
{
	bool deep = argc > 1 && strcmp(argv[1], "--deep") == 0;
	unsigned i, less = pt_effort_percent() < 100;

	small_says = say_state;
	for (i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
		plan = &plans[i];
		explore(deep ? plan->deep : plan->depth - less);
	}
	return 0;
}
