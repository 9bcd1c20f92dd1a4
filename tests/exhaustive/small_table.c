/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "small_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port_hooks.h"

#define PAGE_LG2 12u
#define POOL_GPA 0x40000000ull
#define POISON 0xdeadfeeddeadfee1ull

/* SDM vol. 3A, 4.5: bits of an entry, and where the address is. */
#define P 0x1ull
#define RW 0x2ull
#define US 0x4ull
#define A 0x20ull
#define D 0x40ull
#define PS 0x80ull
#define WRITTEN_BACK 0x800ull /* software's own */
#define ADDRESS 0x000ffffffffff000ull

struct port_hooks port_hooks;
struct world world;
void (*world_says)(void);
void (*world_taken)(uint64_t *words);
void (*world_given)(void);

static _Alignas(4096) uint64_t pool[WORLD_POOL][512];
static uint64_t memory[WORLD_POOL][512]; /* behind the caches */

void world_check(bool right, const char *what, const char *file, int line)
{
	if (right)
		return;
	fflush(stdout);
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
	port_hooks.before = NULL;
	if (world_says)
		world_says();
	exit(1);
}

/* ---- the pool -------------------------------------------------------- */

uint64_t *world_words(unsigned page)
{
	return pool[page];
}

uint64_t *world_written_back(unsigned page)
{
	return memory[page];
}

uint64_t world_gpa(unsigned page)
{
	return POOL_GPA + ((uint64_t)page << PAGE_LG2);
}

unsigned world_index(uint64_t gpa)
{
	uint64_t page = (gpa - POOL_GPA) >> PAGE_LG2;

	return page < WORLD_POOL ? (unsigned)page : WORLD_POOL;
}

unsigned world_index_of(const uint64_t *words)
{
	return (unsigned)(((uintptr_t)words - (uintptr_t)pool) >> PAGE_LG2);
}

static void *take(void *ctx)
{
	unsigned i, page = 0;

	(void)ctx;
	if (world.fail_at && --world.fail_at == 0)
		return NULL;
	world.takes++;
	while (page < WORLD_POOL && world.page[page].used)
		page++;
	WORLD_CHECK(page < WORLD_POOL);
	world.page[page].used = true;
	world.page[page].seen = false;
	world.in_use++;
	memset(pool[page], 0, WORLD_ENTRIES * sizeof(uint64_t));
	for (i = 0; i < WORLD_ENTRIES; i++)
		memory[page][i] = POISON;
	if (world_taken)
		world_taken(pool[page]);
	return pool[page];
}

static void give(void *ctx, void *words)
{
	unsigned i, page = world_index_of(words);

	(void)ctx;
	if (world_given)
		world_given();
	WORLD_CHECK(page < WORLD_POOL && world.page[page].used);
	/* a walker may still hold a pointer to it */
	WORLD_CHECK(!world.quiet || !world.page[page].seen);
	world.page[page].used = false;
	world.in_use--;
	for (i = 0; i < WORLD_ENTRIES; i++)
		pool[page][i] = memory[page][i] = POISON;
}

static void write_back(void *ctx, const void *start, size_t bytes)
{
	const uint64_t *from = start;
	unsigned page = world_index_of(from);
	size_t at = (size_t)(from - pool[page]);

	(void)ctx;
	WORLD_CHECK(page < WORLD_POOL && world.page[page].used);
	WORLD_CHECK(at + bytes / 8 <= WORLD_ENTRIES && bytes % 8 == 0);
	memcpy(&memory[page][at], from, bytes);
}

static const struct hvpt_page_ops hooks = {
	.alloc_page = take,
	.free_page = give,
};

static const struct hvpt_page_ops noncoherent_hooks = {
	.alloc_page = take,
	.free_page = give,
	.write_back = write_back,
};

void world_open(unsigned levels, uint64_t page_sizes, uint32_t flags,
		bool noncoherent)
{
	memset(&world, 0, sizeof(world));
	world.noncoherent = noncoherent;
	world.config.ops = noncoherent ? &noncoherent_hooks : &hooks;
	world.config.direct_map_offset = (uintptr_t)pool - POOL_GPA;
	world.config.page_sizes = page_sizes;
	world.config.levels = levels;
	world.config.width = PAGE_LG2 + WORLD_BITS * levels;
	world.config.flags = flags;
	WORLD_CHECK(hvpt_pt_init(&world.pt, &world.config) == HVPT_OK);
}

void world_close(void)
{
	world.quiet = false;
	hvpt_pt_destroy(&world.pt);
	WORLD_CHECK(world.in_use == 0);
}

/* ---- walkers --------------------------------------------------------- */

static struct world_leaf leaf_of(uint64_t entry, unsigned level, uint64_t page)
{
	struct world_leaf leaf = { 0 };
	uint64_t inside = (1ull << (level * WORLD_BITS)) - 1;
	uint64_t bits = entry & ~ADDRESS;

	WORLD_CHECK((bits & ~(RW | D)) == (P | US | A | (level ? PS : 0)));
	WORLD_CHECK(level < 3 && (world.config.page_sizes >>
					  (PAGE_LG2 + level * WORLD_BITS) &
				  1));
	leaf.mapped = true;
	leaf.writable = (entry & RW) != 0;
	leaf.dirty = (entry & D) != 0;
	leaf.level = level;
	leaf.gpa = (entry & ADDRESS) >> PAGE_LG2;
	WORLD_CHECK(!(leaf.gpa & inside));
	leaf.gpa |= page & inside;
	return leaf;
}

/* The pool page which a table entry points at. */
static unsigned table_of(uint64_t entry)
{
	unsigned table = world_index(entry & ADDRESS);

	if (world.noncoherent)
		entry &= ~WRITTEN_BACK;
	WORLD_CHECK((entry & ~ADDRESS) == (P | RW | US | A));
	WORLD_CHECK(table < WORLD_POOL && world.page[table].used);
	return table;
}

static void met(unsigned table, unsigned level, uint64_t page)
{
	unsigned lg2 = (level + 1) * WORLD_BITS;

	world.page[table].seen = true;
	world.page[table].level = level;
	world.page[table].first = page >> lg2 << lg2;
}

struct world_leaf world_walk_from(unsigned table, unsigned level, uint64_t page)
{
	static const struct world_leaf none;

	for (;; level--) {
		unsigned index = (unsigned)(page >> (level * WORLD_BITS)) %
				 WORLD_ENTRIES;
		uint64_t entry = world.noncoherent ? memory[table][index] :
						     pool[table][index];

		met(table, level, page);
		/* the first word of a detached table holds a pointer */
		if (!(entry & P))
			return none;
		if (level == 0 || (entry & PS))
			return leaf_of(entry, level, page);
		table = table_of(entry);
	}
}

struct world_leaf world_walk(uint64_t page)
{
	return world_walk_from(world_index_of(world.pt.root),
			       world.config.levels - 1, page);
}

unsigned world_tables(void)
{
	bool once[WORLD_POOL] = { false };
	unsigned level = world.config.levels - 1, now[WORLD_POOL], count = 1;
	unsigned first = 0, end;

	now[0] = world_index_of(world.pt.root);
	for (;; level--, first = end) {
		unsigned i, j;

		end = count;
		for (i = first; i < end; i++)
			for (j = 0; j < WORLD_ENTRIES; j++) {
				uint64_t entry = pool[now[i]][j];
				unsigned table;

				/* absent is all zero */
				WORLD_CHECK((entry & P) || !entry);
				if (!entry)
					continue;
				if (level == 0 || (entry & PS)) {
					leaf_of(entry, level, 0);
					continue;
				}
				table = table_of(entry);
				WORLD_CHECK(!once[table]);
				once[table] = true;
				now[count++] = table;
			}
		if (level == 0)
			return count;
	}
}

bool world_device_write(uint64_t page)
{
	unsigned table = world_index_of(world.pt.root);
	unsigned level = world.config.levels - 1;

	if (!world_walk(page).mapped || !world_walk(page).writable)
		return false;
	for (;; level--) {
		uint64_t *slot = &pool[table][(page >> (level * WORLD_BITS)) %
					      WORLD_ENTRIES];

		if (level == 0 || (*slot & PS)) {
			*slot |= A | D;
			write_back(NULL, slot, sizeof(*slot));
			return true;
		}
		table = table_of(*slot);
	}
}

bool world_owes(const struct hvpt_gather *gather, uint64_t page)
{
	uint64_t first = page << PAGE_LG2;

	return hvpt_gather_covers(gather, hvpt_iova(first),
				  hvpt_iova(first + 0xfff));
}
