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
struct small_table small;
void (*small_says)(void);
void (*small_taken)(uint64_t *words);
void (*small_given)(void);

static _Alignas(4096) uint64_t pool[SMALL_POOL][512];
static uint64_t memory[SMALL_POOL][512]; /* behind the caches */

void small_check(bool right, const char *what, const char *file, int line)
{
	if (right)
		return;
	fflush(stdout);
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
	port_hooks.before = NULL;
	if (small_says)
		small_says();
	exit(1);
}

/* ---- the pool -------------------------------------------------------- */

uint64_t *small_words(unsigned page)
{
	return pool[page];
}

uint64_t *small_written_back(unsigned page)
{
	return memory[page];
}

uint64_t small_gpa(unsigned page)
{
	return POOL_GPA + ((uint64_t)page << PAGE_LG2);
}

unsigned small_index(uint64_t gpa)
{
	uint64_t page = (gpa - POOL_GPA) >> PAGE_LG2;

	return page < SMALL_POOL ? (unsigned)page : SMALL_POOL;
}

unsigned small_index_of(const uint64_t *words)
{
	return (unsigned)(((uintptr_t)words - (uintptr_t)pool) >> PAGE_LG2);
}

static void *take(void *ctx)
{
	unsigned i, page = 0;

	(void)ctx;
	if (small.fail_at && --small.fail_at == 0)
		return NULL;
	small.takes++;
	while (page < SMALL_POOL && small.page[page].used)
		page++;
	SMALL_CHECK(page < SMALL_POOL);
	small.page[page].used = true;
	small.page[page].seen = false;
	small.in_use++;
	memset(pool[page], 0, SMALL_ENTRIES * sizeof(uint64_t));
	for (i = 0; i < SMALL_ENTRIES; i++)
		memory[page][i] = POISON;
	if (small_taken)
		small_taken(pool[page]);
	return pool[page];
}

static void give(void *ctx, void *words)
{
	unsigned i, page = small_index_of(words);

	(void)ctx;
	if (small_given)
		small_given();
	SMALL_CHECK(page < SMALL_POOL && small.page[page].used);
	/* a walker may still hold a pointer to it */
	SMALL_CHECK(!small.quiet || !small.page[page].seen);
	small.page[page].used = false;
	small.in_use--;
	for (i = 0; i < SMALL_ENTRIES; i++)
		pool[page][i] = memory[page][i] = POISON;
}

static void write_back(void *ctx, const void *start, size_t bytes)
{
	const uint64_t *from = start;
	unsigned page = small_index_of(from);
	size_t at = (size_t)(from - pool[page]);

	(void)ctx;
	SMALL_CHECK(page < SMALL_POOL && small.page[page].used);
	SMALL_CHECK(at + bytes / 8 <= SMALL_ENTRIES && bytes % 8 == 0);
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

void small_open(unsigned levels, uint64_t page_sizes, uint32_t flags,
		bool noncoherent)
{
	memset(&small, 0, sizeof(small));
	small.noncoherent = noncoherent;
	small.config.ops = noncoherent ? &noncoherent_hooks : &hooks;
	small.config.direct_map_offset = (uintptr_t)pool - POOL_GPA;
	small.config.page_sizes = page_sizes;
	small.config.levels = levels;
	small.config.width = PAGE_LG2 + SMALL_BITS * levels;
	small.config.flags = flags;
	SMALL_CHECK(hvpt_pt_init(&small.pt, &small.config) == HVPT_OK);
}

void small_close(void)
{
	small.quiet = false;
	hvpt_pt_destroy(&small.pt);
	SMALL_CHECK(small.in_use == 0);
}

/* ---- walkers --------------------------------------------------------- */

static struct small_leaf leaf_of(uint64_t entry, unsigned level, uint64_t page)
{
	struct small_leaf leaf = { 0 };
	uint64_t inside = (1ull << (level * SMALL_BITS)) - 1;
	uint64_t bits = entry & ~ADDRESS;

	SMALL_CHECK((bits & ~(RW | D)) == (P | US | A | (level ? PS : 0)));
	SMALL_CHECK(level < 3 && (small.config.page_sizes >>
					  (PAGE_LG2 + level * SMALL_BITS) &
				  1));
	leaf.mapped = true;
	leaf.writable = (entry & RW) != 0;
	leaf.dirty = (entry & D) != 0;
	leaf.level = level;
	leaf.gpa = (entry & ADDRESS) >> PAGE_LG2;
	SMALL_CHECK(!(leaf.gpa & inside));
	leaf.gpa |= page & inside;
	return leaf;
}

/* The pool page that a table entry points at. */
static unsigned table_of(uint64_t entry)
{
	unsigned table = small_index(entry & ADDRESS);

	if (small.noncoherent)
		entry &= ~WRITTEN_BACK;
	SMALL_CHECK((entry & ~ADDRESS) == (P | RW | US | A));
	SMALL_CHECK(table < SMALL_POOL && small.page[table].used);
	return table;
}

static void met(unsigned table, unsigned level, uint64_t page)
{
	unsigned lg2 = (level + 1) * SMALL_BITS;

	small.page[table].seen = true;
	small.page[table].level = level;
	small.page[table].first = page >> lg2 << lg2;
}

struct small_leaf small_walk_from(unsigned table, unsigned level, uint64_t page)
{
	static const struct small_leaf none;

	for (;; level--) {
		unsigned index = (unsigned)(page >> (level * SMALL_BITS)) %
				 SMALL_ENTRIES;
		uint64_t entry = small.noncoherent ? memory[table][index] :
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

struct small_leaf small_walk(uint64_t page)
{
	return small_walk_from(small_index_of(small.pt.root),
			       small.config.levels - 1, page);
}

unsigned small_tables(void)
{
	bool once[SMALL_POOL] = { false };
	unsigned level = small.config.levels - 1, now[SMALL_POOL], count = 1;
	unsigned first = 0, end;

	now[0] = small_index_of(small.pt.root);
	for (;; level--, first = end) {
		unsigned i, j;

		end = count;
		for (i = first; i < end; i++)
			for (j = 0; j < SMALL_ENTRIES; j++) {
				uint64_t entry = pool[now[i]][j];
				unsigned table;

				/* absent is all zero */
				SMALL_CHECK((entry & P) || !entry);
				if (!entry)
					continue;
				if (level == 0 || (entry & PS)) {
					leaf_of(entry, level, 0);
					continue;
				}
				table = table_of(entry);
				SMALL_CHECK(!once[table]);
				once[table] = true;
				now[count++] = table;
			}
		if (level == 0)
			return count;
	}
}

bool small_device_write(uint64_t page)
{
	unsigned table = small_index_of(small.pt.root);
	unsigned level = small.config.levels - 1;

	if (!small_walk(page).mapped || !small_walk(page).writable)
		return false;
	for (;; level--) {
		uint64_t *slot = &pool[table][(page >> (level * SMALL_BITS)) %
					      SMALL_ENTRIES];

		if (level == 0 || (*slot & PS)) {
			*slot |= A | D;
			write_back(NULL, slot, sizeof(*slot));
			return true;
		}
		table = table_of(*slot);
	}
}

bool small_pending(const struct hvpt_gather *gather, uint64_t page)
{
	uint64_t first = page << PAGE_LG2;

	return hvpt_gather_covers(gather, hvpt_iova(first),
				  hvpt_iova(first + 0xfff));
}
