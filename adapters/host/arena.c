/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Words of table memory are only touched atomically: a walker in another
 * thread may follow a stale pointer into a page while it changes hands. What
 * it finds there is then entries, zeros or poison, never a torn word.
 */
#define _DEFAULT_SOURCE 1 /* MAP_ANONYMOUS, MAP_NORESERVE */

#include "arena.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define PAGE_WORDS (HVPT_PAGE_BYTES / sizeof(uint64_t))
#define GPA_END ((uint64_t)1 << HVPT_GPA_LG2)

/* P and bit 63 in both; different, to tell them apart in a debugger. */
#define POISON_FREED UINT64_C(0xdeadfeeddeadfee1)
#define POISON_NOT_WRITTEN_BACK UINT64_C(0xbadcafe5badcafe5)

/* States of a page; 0: never used, and all zero as the system gave it. */
#define FREED ((uint8_t)1)
#define IN_USE ((uint8_t)2)
#define IN_USE_SHADOWED ((uint8_t)3) /* in use, and its shadow is valid */

/*
 * @claimed: the round in which hvpt_arena_claim() said yes; atomic
 * @below: 1 + index of the page below in the free stack; 0: none
 * @state: see above; atomic
 */
struct page_book {
	uint64_t claimed;
	size_t below;
	uint8_t state;
};

/*
 * One mapping: @memory and @shadow of @pages pages each, then @book.
 * @round, of claims, is atomic; what follows @lock is used only under it.
 */
struct hvpt_arena {
	uint64_t gpa_base;
	size_t pages;
	uint64_t *memory;
	uint64_t *shadow;
	struct page_book *book;
	uint64_t round;
	pthread_mutex_t lock;
	size_t free_top; /* 1 + index; 0: empty */
	size_t fresh;	 /* pages from this index on were never used */
	uint64_t in_use;
	uint64_t peak;
	uint64_t allocs;
	uint64_t
		fail_in; /* how many calls ahead the next failure is; 0: none */
};

#define BYTES_PER_PAGE (2 * HVPT_PAGE_BYTES + sizeof(struct page_book))

_Noreturn static void die(const char *what, const void *pointer)
{
	fprintf(stderr, "hvpt arena: %s (pointer %p)\n", what, pointer);
	abort();
}

/* ---- where pages are ------------------------------------------------- */

static uint64_t *page_at(const struct hvpt_arena *arena, size_t index)
{
	return arena->memory + index * PAGE_WORDS;
}

static bool index_of_pointer(const struct hvpt_arena *arena,
			     const void *pointer, size_t *index)
{
	uintptr_t at = (uintptr_t)pointer - (uintptr_t)arena->memory;

	*index = at >> HVPT_PAGE_LG2;
	return *index < arena->pages;
}

static uint8_t state_of(const struct hvpt_arena *arena, size_t index)
{
	return __atomic_load_n(&arena->book[index].state, __ATOMIC_ACQUIRE);
}

/*
 * Index of a word, over all of @memory, by @gpa; false unless @gpa, any value,
 * is one's and its page is in at least the state @least.
 */
static bool find_word(const struct hvpt_arena *arena, uint64_t gpa,
		      uint8_t least, size_t *word)
{
	/* Below the base it wraps to a number above any page's. */
	uint64_t at = gpa - arena->gpa_base;

	*word = at / sizeof(uint64_t);
	return at % sizeof(uint64_t) == 0 &&
	       at >> HVPT_PAGE_LG2 < arena->pages &&
	       state_of(arena, at >> HVPT_PAGE_LG2) >= least;
}

/* ---- what pages hold ------------------------------------------------- */

/* Not atomic, so that ThreadSanitizer sees a page handed over out of order. */
static void fill(uint64_t *page, uint64_t word)
{
	size_t i;

	for (i = 0; i < PAGE_WORDS; i++)
		page[i] = word;
}

/* A page not in use must still hold what it was left with. */
static void check_untouched(const uint64_t *page, uint8_t state)
{
	uint64_t left = state == FREED ? POISON_FREED : 0;
	size_t i;

	for (i = 0; i < PAGE_WORDS; i++)
		if (__atomic_load_n(page + i, __ATOMIC_RELAXED) != left)
			die("written while not in use", page + i);
}

/* ---- the hooks ------------------------------------------------------- */

/* Under the lock, for each alloc_page; false: there is no page to be had. */
static bool take_index(struct hvpt_arena *arena, size_t *index)
{
	arena->allocs++;
	if (arena->fail_in != 0 && --arena->fail_in == 0)
		return false;
	if (arena->free_top != 0) {
		*index = arena->free_top - 1;
		arena->free_top = arena->book[*index].below;
	} else if (arena->fresh < arena->pages) {
		*index = arena->fresh++;
	} else {
		return false;
	}
	arena->in_use++;
	if (arena->peak < arena->in_use)
		arena->peak = arena->in_use;
	return true;
}

static void *alloc_as(struct hvpt_arena *arena, uint8_t state)
{
	uint64_t *page;
	size_t index;
	bool taken;

	pthread_mutex_lock(&arena->lock);
	taken = take_index(arena, &index);
	pthread_mutex_unlock(&arena->lock);
	if (!taken)
		return NULL;
	page = page_at(arena, index);
	check_untouched(page, state_of(arena, index));
	if (state_of(arena, index) == FREED)
		fill(page, 0);
	if (state == IN_USE_SHADOWED)
		fill(arena->shadow + index * PAGE_WORDS,
		     POISON_NOT_WRITTEN_BACK);
	__atomic_store_n(&arena->book[index].state, state, __ATOMIC_RELEASE);
	return page;
}

static void *arena_alloc(void *ctx)
{
	return alloc_as(ctx, IN_USE);
}

static void *arena_alloc_shadowed(void *ctx)
{
	return alloc_as(ctx, IN_USE_SHADOWED);
}

static void arena_free(void *ctx, void *page)
{
	struct hvpt_arena *arena = ctx;
	uint8_t before;
	size_t index;

	if (!index_of_pointer(arena, page, &index) ||
	    page != page_at(arena, index))
		die("free of a page that is not of this arena", page);
	before = __atomic_exchange_n(&arena->book[index].state, FREED,
				     __ATOMIC_ACQ_REL);
	if (before < IN_USE)
		die("free of a page that is not in use", page);
	fill(page, POISON_FREED);
	pthread_mutex_lock(&arena->lock);
	arena->book[index].below = arena->free_top;
	arena->free_top = index + 1;
	arena->in_use--;
	pthread_mutex_unlock(&arena->lock);
}

/* True when the words lie in one page, which has a shadow. */
static bool may_write_back(const struct hvpt_arena *arena, const void *start,
			   size_t bytes)
{
	uintptr_t at = (uintptr_t)start;
	size_t index;

	return (at | bytes) % sizeof(uint64_t) == 0 && bytes != 0 &&
	       bytes <= HVPT_PAGE_BYTES - at % HVPT_PAGE_BYTES &&
	       index_of_pointer(arena, start, &index) &&
	       state_of(arena, index) == IN_USE_SHADOWED;
}

/*
 * Under the lock, so that of two threads that write the same word back the
 * later one copies the later value.
 */
static void arena_write_back(void *ctx, const void *start, size_t bytes)
{
	struct hvpt_arena *arena = ctx;
	const uint64_t *from = start;
	uint64_t *to;
	size_t i;

	if (!may_write_back(arena, start, bytes))
		die("write-back of no words of one page in use", start);
	to = arena->shadow + (from - arena->memory);
	pthread_mutex_lock(&arena->lock);
	for (i = 0; i < bytes / sizeof(uint64_t); i++)
		__atomic_store_n(to + i,
				 __atomic_load_n(from + i, __ATOMIC_RELAXED),
				 __ATOMIC_RELEASE);
	pthread_mutex_unlock(&arena->lock);
}

const struct hvpt_page_ops hvpt_arena_ops = {
	.alloc_page = arena_alloc,
	.free_page = arena_free,
	.write_back = NULL,
};

const struct hvpt_page_ops hvpt_arena_noncoherent_ops = {
	.alloc_page = arena_alloc_shadowed,
	.free_page = arena_free,
	.write_back = arena_write_back,
};

/* ---- life ------------------------------------------------------------ */

/* Reserves memory that is zero and costs nothing until it is touched. */
static bool reserve(struct hvpt_arena *arena)
{
	size_t words = arena->pages * PAGE_WORDS;
	void *region;

	region = mmap(NULL, arena->pages * BYTES_PER_PAGE,
		      PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (region == MAP_FAILED)
		return false;
	arena->memory = region;
	arena->shadow = arena->memory + words;
	arena->book = (struct page_book *)(arena->shadow + words);
	return true;
}

struct hvpt_arena *hvpt_arena_create(size_t pages, uint64_t gpa_base)
{
	struct hvpt_arena *arena;

	/* At most 2^40 pages: no count of bytes passes 2^54. */
	if (gpa_base % HVPT_PAGE_BYTES || gpa_base >= GPA_END || pages == 0 ||
	    pages > (GPA_END - gpa_base) / HVPT_PAGE_BYTES)
		return NULL;
	arena = calloc(1, sizeof(*arena));
	if (!arena)
		return NULL;
	arena->pages = pages;
	arena->gpa_base = gpa_base;
	arena->round = 1;
	if (!reserve(arena)) {
		free(arena);
		return NULL;
	}
	pthread_mutex_init(&arena->lock, NULL); /* cannot fail on Linux */
	return arena;
}

void hvpt_arena_destroy(struct hvpt_arena *arena)
{
	size_t i;

	if (!arena)
		return;
	for (i = 0; i < arena->fresh; i++)
		if (state_of(arena, i) == FREED)
			check_untouched(page_at(arena, i), FREED);
	pthread_mutex_destroy(&arena->lock);
	munmap(arena->memory, arena->pages * BYTES_PER_PAGE);
	free(arena);
}

uint64_t hvpt_arena_offset(const struct hvpt_arena *arena)
{
	return (uint64_t)(uintptr_t)arena->memory - arena->gpa_base;
}

static uint64_t read_count(struct hvpt_arena *arena, const uint64_t *count)
{
	uint64_t value;

	pthread_mutex_lock(&arena->lock);
	value = *count;
	pthread_mutex_unlock(&arena->lock);
	return value;
}

size_t hvpt_arena_in_use(struct hvpt_arena *arena)
{
	return read_count(arena, &arena->in_use);
}

size_t hvpt_arena_peak(struct hvpt_arena *arena)
{
	return read_count(arena, &arena->peak);
}

uint64_t hvpt_arena_allocs(struct hvpt_arena *arena)
{
	return read_count(arena, &arena->allocs);
}

void hvpt_arena_fail_at(struct hvpt_arena *arena, uint64_t n)
{
	pthread_mutex_lock(&arena->lock);
	arena->fail_in = n;
	pthread_mutex_unlock(&arena->lock);
}

/* ---- by gpa ---------------------------------------------------------- */

bool hvpt_arena_owns(struct hvpt_arena *arena, uint64_t gpa)
{
	size_t word;

	return gpa % HVPT_PAGE_BYTES == 0 &&
	       find_word(arena, gpa, IN_USE, &word);
}

bool hvpt_arena_read64(void *arena, uint64_t gpa, uint64_t *value)
{
	const struct hvpt_arena *from = arena;
	size_t word;

	if (!find_word(from, gpa, IN_USE, &word))
		return false;
	*value = __atomic_load_n(from->memory + word, __ATOMIC_ACQUIRE);
	return true;
}

bool hvpt_arena_write64(void *arena, uint64_t gpa, uint64_t value)
{
	const struct hvpt_arena *to = arena;
	size_t word;

	if (!find_word(to, gpa, IN_USE, &word))
		return false;
	__atomic_store_n(to->memory + word, value, __ATOMIC_RELEASE);
	return true;
}

bool hvpt_arena_read_shadow64(void *arena, uint64_t gpa, uint64_t *value)
{
	const struct hvpt_arena *from = arena;
	size_t word;

	if (!find_word(from, gpa, IN_USE_SHADOWED, &word))
		return false;
	*value = __atomic_load_n(from->shadow + word, __ATOMIC_ACQUIRE);
	return true;
}

bool hvpt_arena_claim(void *arena, hvpt_gpa_t table, unsigned level)
{
	struct hvpt_arena *of = arena;
	uint64_t round = __atomic_load_n(&of->round, __ATOMIC_ACQUIRE);
	size_t word;

	(void)level;
	return find_word(of, table.value, IN_USE, &word) &&
	       word % PAGE_WORDS == 0 &&
	       __atomic_exchange_n(&of->book[word / PAGE_WORDS].claimed, round,
				   __ATOMIC_ACQ_REL) != round;
}

void hvpt_arena_unclaim_all(struct hvpt_arena *arena)
{
	__atomic_fetch_add(&arena->round, 1, __ATOMIC_ACQ_REL);
}
