/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The arena of adapters/host: what it gives, counts, refuses and notices.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <string.h>

#include "adapters/host/arena.h"
#include "oracle/sdm_walk.h"
#include "tests/support/death.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define PAGE ((uint64_t)4096)
#define WORDS 512
#define PAGES 4
#define BASE UINT64_C(0x740000000)
#define END_OF_GPAS UINT64_C(0x10000000000000)

static const struct hvpt_page_ops *const hooks = &hvpt_arena_ops;
static const struct hvpt_page_ops *const shadowed = &hvpt_arena_noncoherent_ops;

static int set_up(void **state)
{
	*state = hvpt_arena_create(PAGES, BASE);
	return *state ? 0 : -1;
}

static int tear_down(void **state)
{
	hvpt_arena_destroy(*state);
	return 0;
}

/* An uint64_t * because a table page is one. */
static uint64_t *take(struct hvpt_arena *arena)
{
	uint64_t *page = hooks->alloc_page(arena);

	assert_non_null(page);
	return page;
}

static uint64_t gpa_of(const struct hvpt_arena *arena, const void *page)
{
	return (uint64_t)(uintptr_t)page - hvpt_arena_offset(arena);
}

static void assert_all_words(const uint64_t *page, uint64_t value)
{
	size_t i;

	for (i = 0; i < WORDS; i++)
		assert_int_equal(page[i], value);
}

/* ---- creation -------------------------------------------------------- */

static void create_refuses_what_it_cannot_hold(void **state)
{
	static const struct {
		size_t pages;
		uint64_t base;
	} bad[] = {
		{ 0, BASE },
		{ 0, 0 },
		{ 1, 1 },
		{ 1, BASE + 0x800 },
		{ 1, BASE + 0xfff },
		{ 1, END_OF_GPAS },
		{ 0, END_OF_GPAS },
		{ 2, END_OF_GPAS - PAGE },
		{ 1, UINT64_MAX - 0xfff },
		{ SIZE_MAX, 0 },
		{ SIZE_MAX / 4096 + 1, 0 },
		{ ((size_t)1 << 40) + 1, 0 },
		{ (size_t)1 << 40, PAGE },
		/* All of the gpa space: allowed, but no process has room. */
		{ (size_t)1 << 40, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++)
		assert_null(hvpt_arena_create(bad[i].pages, bad[i].base));
}

static void gpas_may_be_the_first_and_the_last(void **state)
{
	static const uint64_t bases[] = { 0, END_OF_GPAS - PAGES * PAGE };
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(bases); i++) {
		struct hvpt_arena *arena = hvpt_arena_create(PAGES, bases[i]);

		assert_non_null(arena);
		for (n = 0; n < PAGES; n++)
			assert_int_equal(gpa_of(arena, take(arena)),
					 bases[i] + n * PAGE);
		assert_true(hvpt_arena_owns(arena, bases[i] + 3 * PAGE));
		assert_false(hvpt_arena_owns(arena, bases[i] + PAGES * PAGE));
		assert_false(hvpt_arena_owns(arena, bases[i] - PAGE));
		hvpt_arena_destroy(arena);
	}
}

static void destroy_takes_null(void **state)
{
	(void)state;
	hvpt_arena_destroy(NULL);
}

static void two_arenas_do_not_meet(void **state)
{
	struct hvpt_arena *one = *state;
	struct hvpt_arena *two = hvpt_arena_create(PAGES, BASE);

	assert_non_null(two);
	take(one);
	assert_int_equal(hvpt_arena_in_use(two), 0);
	assert_false(hvpt_arena_owns(two, BASE));
	hvpt_arena_destroy(two);
	assert_true(hvpt_arena_owns(one, BASE));
}

/* ---- allocation ------------------------------------------------------ */

static void pages_are_aligned_zero_and_apart(void **state)
{
	struct hvpt_arena *arena = *state;
	uint64_t *page[PAGES];
	size_t i, n;

	for (i = 0; i < PAGES; i++) {
		page[i] = take(arena);
		assert_int_equal((uintptr_t)page[i] % PAGE, 0);
		assert_all_words(page[i], 0);
		assert_int_not_equal(gpa_of(arena, page[i]),
				     (uintptr_t)page[i]);
		memset(page[i], (int)(i + 1), PAGE);
	}
	for (i = 0; i < PAGES; i++)
		for (n = 0; n < PAGE; n++)
			assert_int_equal(((uint8_t *)page[i])[n], i + 1);
}

static void last_page_freed_comes_first_and_zero(void **state)
{
	struct hvpt_arena *arena = *state;
	uint64_t *first = take(arena);
	uint64_t *second = take(arena);

	memset(first, 0x5a, PAGE);
	hooks->free_page(arena, first);
	hooks->free_page(arena, second);
	assert_ptr_equal(take(arena), second);
	assert_ptr_equal(take(arena), first);
	assert_all_words(first, 0);
	assert_all_words(second, 0);
}

static void counts_are_kept(void **state)
{
	struct hvpt_arena *arena = *state;
	uint64_t *page[PAGES];
	size_t i;

	assert_int_equal(hvpt_arena_in_use(arena), 0);
	assert_int_equal(hvpt_arena_peak(arena), 0);
	assert_int_equal(hvpt_arena_allocs(arena), 0);
	for (i = 0; i < PAGES; i++) {
		page[i] = take(arena);
		assert_int_equal(hvpt_arena_in_use(arena), i + 1);
		assert_int_equal(hvpt_arena_peak(arena), i + 1);
		assert_int_equal(hvpt_arena_allocs(arena), i + 1);
	}
	hooks->free_page(arena, page[1]);
	hooks->free_page(arena, page[3]);
	assert_int_equal(hvpt_arena_in_use(arena), PAGES - 2);
	assert_int_equal(hvpt_arena_peak(arena), PAGES);
	take(arena);
	assert_int_equal(hvpt_arena_in_use(arena), PAGES - 1);
	assert_int_equal(hvpt_arena_peak(arena), PAGES);
	assert_int_equal(hvpt_arena_allocs(arena), PAGES + 1);
}

static void full_is_full_until_a_page_comes_back(void **state)
{
	struct hvpt_arena *arena = *state;
	uint64_t *last = NULL;
	size_t i;

	for (i = 0; i < PAGES; i++)
		last = take(arena);
	for (i = 0; i < 3; i++)
		assert_null(hooks->alloc_page(arena));
	assert_int_equal(hvpt_arena_in_use(arena), PAGES);
	assert_int_equal(hvpt_arena_peak(arena), PAGES);
	assert_int_equal(hvpt_arena_allocs(arena), PAGES + 3);
	hooks->free_page(arena, last);
	assert_ptr_equal(take(arena), last);
	assert_null(hooks->alloc_page(arena));
}

static void the_nth_allocation_fails_once(void **state)
{
	const struct hvpt_page_ops *const both[] = { hooks, shadowed };
	struct hvpt_arena *arena = *state;
	size_t n, i, which;

	for (which = 0; which < COUNT(both); which++) {
		for (n = 1; n <= 6; n++) {
			hvpt_arena_fail_at(arena, n);
			for (i = 1; i <= 8; i++) {
				void *page = both[which]->alloc_page(arena);

				assert_int_equal(page == NULL, i == n);
				if (page)
					both[which]->free_page(arena, page);
			}
		}
	}
	assert_int_equal(hvpt_arena_allocs(arena), 2 * 6 * 8);
	assert_int_equal(hvpt_arena_in_use(arena), 0);
	assert_int_equal(hvpt_arena_peak(arena), 1);
}

static void a_planned_failure_can_be_called_off(void **state)
{
	struct hvpt_arena *arena = *state;

	hvpt_arena_fail_at(arena, 1);
	hvpt_arena_fail_at(arena, 0);
	take(arena);
	hvpt_arena_fail_at(arena, 1);
	hvpt_arena_fail_at(arena, 2);
	take(arena);
	assert_null(hooks->alloc_page(arena));
	take(arena);
}

/* ---- poison ---------------------------------------------------------- */

static bool read_pointer(void *ctx, uint64_t pa, uint64_t *value)
{
	*value = ((const uint64_t *)ctx)[(pa % PAGE) / 8];
	return true;
}

/* At any level, and with the widest addresses, a walker must fault. */
static void assert_walker_faults(uint64_t *page)
{
	struct sdm_walker walker = {
		.read64 = read_pointer,
		.ctx = page,
		.root = BASE,
		.maxphyaddr = 52,
	};
	unsigned i;

	for (walker.levels = 4; walker.levels <= 5; walker.levels++) {
		walker.width = 12 + 9 * walker.levels;
		for (i = 0; i < WORDS; i++) {
			struct sdm_result result = sdm_walk(
				&walker, (uint64_t)i << (walker.width - 9),
				false);

			assert_int_equal(result.fault, SDM_FAULT_RESERVED);
			assert_int_equal(result.level, walker.levels - 1);
		}
	}
}

static void assert_poison(uint64_t word)
{
	assert_true(word & 1);
	assert_true(word >> 63);
}

static void a_freed_page_is_poison(void **state)
{
	struct hvpt_arena *arena = *state;
	uint64_t *page = take(arena);
	size_t i;

	hooks->free_page(arena, page);
	for (i = 0; i < WORDS; i++)
		assert_poison(page[i]);
	assert_walker_faults(page);
}

/* ---- by gpa ---------------------------------------------------------- */

static void owns_pages_in_use_and_nothing_else(void **state)
{
	static const uint64_t never[] = {
		0,
		1,
		BASE - PAGE,
		BASE - 1,
		BASE + 1,
		BASE + 8,
		BASE + 0x800,
		BASE + 0xfff,
		BASE + 3 * PAGE + 1,
		BASE + PAGES * PAGE,
		BASE + PAGES * PAGE + PAGE,
		BASE | (UINT64_C(1) << 52),
		BASE | (UINT64_C(1) << 63),
		END_OF_GPAS,
		UINT64_MAX - 0xfff,
		UINT64_MAX,
	};
	struct hvpt_arena *arena = *state;
	uint64_t *page[PAGES];
	size_t i;

	for (i = 0; i < PAGES; i++) {
		assert_false(hvpt_arena_owns(arena, BASE + i * PAGE));
		page[i] = take(arena);
		assert_true(hvpt_arena_owns(arena, BASE + i * PAGE));
	}
	for (i = 0; i < COUNT(never); i++)
		assert_false(hvpt_arena_owns(arena, never[i]));
	assert_false(hvpt_arena_owns(arena, (uint64_t)(uintptr_t)page[0]));
	hooks->free_page(arena, page[2]);
	assert_true(hvpt_arena_owns(arena, BASE + PAGE));
	assert_false(hvpt_arena_owns(arena, BASE + 2 * PAGE));
	assert_true(hvpt_arena_owns(arena, BASE + 3 * PAGE));
}

static void words_are_read_and_written_by_gpa(void **state)
{
	struct hvpt_arena *arena = *state;
	uint64_t *page[PAGES];
	uint64_t value;
	size_t i;

	for (i = 0; i < PAGES; i++) {
		uint64_t gpa = BASE + i * PAGE;

		page[i] = take(arena);
		page[i][0] = 0x1111111111111111 * (i + 1);
		assert_true(hvpt_arena_read64(arena, gpa, &value));
		assert_int_equal(value, 0x1111111111111111 * (i + 1));
		assert_true(hvpt_arena_write64(arena, gpa + 0xff8, ~value));
		assert_int_equal(page[i][WORDS - 1], ~value);
		assert_int_equal(page[i][WORDS - 2], 0);
	}
}

static void assert_no_access(struct hvpt_arena *arena, uint64_t gpa)
{
	uint64_t value = 77;

	assert_false(hvpt_arena_read64(arena, gpa, &value));
	assert_false(hvpt_arena_read_shadow64(arena, gpa, &value));
	assert_int_equal(value, 77);
	assert_false(hvpt_arena_write64(arena, gpa, 0));
}

static void words_elsewhere_are_refused(void **state)
{
	static const uint64_t bad[] = {
		0,
		BASE - 8,
		BASE + 1,
		BASE + 4,
		BASE + 0xfff,
		BASE + 2 * PAGE,	 /* never in use */
		BASE + 2 * PAGE + 0xff8, /* the same */
		BASE + PAGES * PAGE,
		BASE | (UINT64_C(1) << 63),
		UINT64_MAX - 7,
		UINT64_MAX,
	};
	struct hvpt_arena *arena = *state;
	uint64_t *freed;
	size_t i;

	take(arena);
	freed = take(arena);
	hooks->free_page(arena, freed);
	assert_no_access(arena, BASE + PAGE);
	assert_no_access(arena, BASE + PAGE + 0xff8);
	for (i = 0; i < COUNT(bad); i++)
		assert_no_access(arena, bad[i]);
}

static void a_page_is_claimed_once_a_round(void **state)
{
	struct hvpt_arena *arena = *state;
	uint64_t *page = take(arena);
	int round;

	take(arena);
	for (round = 0; round < 3; round++) {
		assert_true(hvpt_arena_claim(arena, hvpt_gpa(BASE), 3));
		assert_false(hvpt_arena_claim(arena, hvpt_gpa(BASE), 3));
		assert_false(hvpt_arena_claim(arena, hvpt_gpa(BASE), 0));
		assert_true(hvpt_arena_claim(arena, hvpt_gpa(BASE + PAGE), 0));
		hvpt_arena_unclaim_all(arena);
	}
	hooks->free_page(arena, page);
	assert_false(hvpt_arena_claim(arena, hvpt_gpa(BASE), 3));
}

static void what_is_not_in_use_cannot_be_claimed(void **state)
{
	static const uint64_t bad[] = {
		0,	     BASE - PAGE,	  BASE + 8,
		BASE + PAGE, BASE + PAGES * PAGE, UINT64_MAX - 0xfff,
	};
	struct hvpt_arena *arena = *state;
	size_t i;

	take(arena);
	for (i = 0; i < COUNT(bad); i++)
		assert_false(hvpt_arena_claim(arena, hvpt_gpa(bad[i]), 0));
	assert_true(hvpt_arena_claim(arena, hvpt_gpa(BASE), 0));
}

/* ---- the shadow ------------------------------------------------------ */

static uint64_t shadow_at(struct hvpt_arena *arena, uint64_t gpa)
{
	uint64_t value;

	assert_true(hvpt_arena_read_shadow64(arena, gpa, &value));
	return value;
}

static void hooks_are_as_their_names_say(void **state)
{
	(void)state;
	assert_null(hooks->write_back);
	assert_non_null(shadowed->write_back);
}

static void the_shadow_shows_what_was_written_back(void **state)
{
	struct hvpt_arena *arena = *state;
	uint64_t *page = shadowed->alloc_page(arena);
	size_t i;

	assert_non_null(page);
	assert_all_words(page, 0);
	for (i = 0; i < WORDS; i++)
		assert_poison(shadow_at(arena, BASE + i * 8));
	for (i = 0; i < WORDS; i++)
		page[i] = i + 1;
	shadowed->write_back(arena, page + 7, 2 * 8);
	assert_poison(shadow_at(arena, BASE + 6 * 8));
	assert_int_equal(shadow_at(arena, BASE + 7 * 8), 8);
	assert_int_equal(shadow_at(arena, BASE + 8 * 8), 9);
	assert_poison(shadow_at(arena, BASE + 9 * 8));

	shadowed->write_back(arena, page, PAGE);
	page[8] = 99;
	for (i = 0; i < WORDS; i++)
		assert_int_equal(shadow_at(arena, BASE + i * 8), i + 1);
	shadowed->write_back(arena, page + WORDS - 1, 8);
	assert_int_equal(shadow_at(arena, BASE + 8 * 8), 9);
	shadowed->write_back(arena, page + 8, 8);
	assert_int_equal(shadow_at(arena, BASE + 8 * 8), 99);
}

static void a_page_used_again_has_a_poisoned_shadow(void **state)
{
	struct hvpt_arena *arena = *state;
	uint64_t *page = shadowed->alloc_page(arena);
	uint64_t value;

	assert_non_null(page);
	shadowed->write_back(arena, page, PAGE);
	assert_int_equal(shadow_at(arena, BASE), 0);
	shadowed->free_page(arena, page);
	assert_false(hvpt_arena_read_shadow64(arena, BASE, &value));
	assert_ptr_equal(shadowed->alloc_page(arena), page);
	assert_poison(shadow_at(arena, BASE));
	assert_poison(shadow_at(arena, BASE + 0xff8));
}

static void a_coherent_page_has_no_shadow(void **state)
{
	struct hvpt_arena *arena = *state;
	uint64_t value;

	take(arena);
	assert_true(hvpt_arena_read64(arena, BASE, &value));
	assert_false(hvpt_arena_read_shadow64(arena, BASE, &value));
	assert_non_null(shadowed->alloc_page(arena));
	assert_false(hvpt_arena_read_shadow64(arena, BASE + PAGE + 4, &value));
	assert_true(hvpt_arena_read_shadow64(arena, BASE + PAGE, &value));
}

/* ---- misuse ---------------------------------------------------------- */

/* What a child process is to do wrong with @page of @arena. */
struct misuse {
	struct hvpt_arena *arena;
	uint64_t *page;
	size_t bytes;
};

static void free_it(void *state)
{
	struct misuse *misuse = state;

	hooks->free_page(misuse->arena, misuse->page);
}

static void free_it_twice(void *state)
{
	free_it(state);
	free_it(state);
}

static void write_it_back(void *state)
{
	struct misuse *misuse = state;

	shadowed->write_back(misuse->arena, misuse->page, misuse->bytes);
}

static void write_after_free_and_alloc(void *state)
{
	struct misuse *misuse = state;

	free_it(state);
	misuse->page[511] = 0;
	hooks->alloc_page(misuse->arena);
}

static void fill_after_free_and_alloc(void *state)
{
	struct misuse *misuse = state;

	free_it(state);
	memset(misuse->page, 0, PAGE);
	hooks->alloc_page(misuse->arena);
}

static void write_after_free_and_destroy(void *state)
{
	struct misuse *misuse = state;

	free_it(state);
	misuse->page[0] ^= 1;
	hvpt_arena_destroy(misuse->arena);
}

static void write_before_alloc(void *state)
{
	struct misuse *misuse = state;

	misuse->page[WORDS] = 1;
	hooks->alloc_page(misuse->arena);
}

static void double_free_aborts(void **state)
{
	struct misuse misuse = { *state, take(*state), 0 };

	expect_abort(free_it_twice, &misuse, "not in use");
	misuse.page += WORDS;
	expect_abort(free_it, &misuse, "not in use");
}

static void foreign_pages_abort(void **state)
{
	static _Alignas(4096) uint64_t elsewhere[WORDS];
	struct hvpt_arena *arena = *state;
	uint64_t *page = take(arena);
	uint64_t *const foreign[] = {
		NULL,
		elsewhere,
		page + 1,
		page + WORDS - 1,
		page - WORDS,
		page + PAGES * WORDS,
		(uint64_t *)(uintptr_t)BASE,
	};
	struct misuse misuse = { arena, NULL, 0 };
	size_t i;

	for (i = 0; i < COUNT(foreign); i++) {
		misuse.page = foreign[i];
		expect_abort(free_it, &misuse, "not of this arena");
	}
	free_it(&(struct misuse){ arena, page, 0 });
	assert_int_equal(hvpt_arena_in_use(arena), 0);
}

static void writes_to_pages_not_in_use_are_noticed(void **state)
{
	struct misuse misuse = { *state, take(*state), 0 };

	expect_abort(write_after_free_and_alloc, &misuse, "while not in use");
	expect_abort(fill_after_free_and_alloc, &misuse, "while not in use");
	expect_abort(write_after_free_and_destroy, &misuse, "while not in use");
	expect_abort(write_before_alloc, &misuse, "while not in use");
}

static void wrong_write_backs_abort(void **state)
{
	struct hvpt_arena *arena = *state;
	uint64_t *page = shadowed->alloc_page(arena);
	uint64_t *coherent = take(arena);
	const struct misuse wrong[] = {
		{ arena, page, 0 },
		{ arena, page, 4 },
		{ arena, page, PAGE + 8 },
		{ arena, page + 1, PAGE },
		{ arena, page, SIZE_MAX - 7 },
		{ arena, (uint64_t *)((uintptr_t)page + 4), 8 },
		{ arena, page - 1, 8 },
		{ arena, coherent, 8 },
		{ arena, coherent + WORDS, 8 },
		{ arena, page + PAGES * WORDS, 8 },
		{ arena, NULL, 8 },
	};
	size_t i;

	for (i = 0; i < COUNT(wrong); i++) {
		struct misuse misuse = wrong[i];

		expect_abort(write_it_back, &misuse, "write-back");
	}
}

/* ---- threads --------------------------------------------------------- */

#define THREADS 4
#define HELD 8
#define ROUNDS 2000

/* @bad: things a thread saw that must not be; cmocka is not for threads. */
struct worker {
	pthread_t thread;
	struct hvpt_arena *arena;
	uint64_t mark;
	unsigned bad;
};

/* A page just taken is zero; then it gets this thread's mark. */
static uint64_t *take_and_mark(struct worker *worker)
{
	uint64_t *page = shadowed->alloc_page(worker->arena);
	uint64_t value;

	if (!page) {
		worker->bad++;
		return NULL;
	}
	worker->bad += __atomic_load_n(page, __ATOMIC_RELAXED) != 0;
	worker->bad += __atomic_load_n(page + 511, __ATOMIC_RELAXED) != 0;
	__atomic_store_n(page, worker->mark, __ATOMIC_RELAXED);
	shadowed->write_back(worker->arena, page, 8);
	if (!hvpt_arena_read_shadow64(worker->arena,
				      gpa_of(worker->arena, page), &value))
		worker->bad++;
	else
		worker->bad += value != worker->mark;
	return page;
}

static void check_and_give(struct worker *worker, uint64_t *page)
{
	if (!page)
		return;
	worker->bad += __atomic_load_n(page, __ATOMIC_RELAXED) != worker->mark;
	shadowed->free_page(worker->arena, page);
}

static void *churn(void *arg)
{
	struct worker *worker = arg;
	uint64_t *page[HELD];
	unsigned round, i;

	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i <= round % HELD; i++)
			page[i] = take_and_mark(worker);
		while (i-- > 0)
			check_and_give(worker, page[i]);
	}
	return NULL;
}

/*
 * Who reads pages of others may meet one that is being freed. The arena stores
 * plainly there, so that ThreadSanitizer reports it; here it is meant.
 */
#ifdef HVPT_PORT_TSAN
#define READS_OF_OTHERS false
#else
#define READS_OF_OTHERS true
#endif

/* Reads every page all the time: a mark, zero or poison, or no page. */
static void *watch(void *arg)
{
	struct worker *worker = arg;
	unsigned round, i;

	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < THREADS * HELD; i++) {
			uint64_t gpa = BASE + i * PAGE;
			uint64_t value = 0;

			if (READS_OF_OTHERS)
				(void)hvpt_arena_read64(worker->arena, gpa,
							&value);
			worker->bad += value > THREADS && value >> 63 == 0;
			(void)hvpt_arena_owns(worker->arena, gpa);
		}
		worker->bad += hvpt_arena_in_use(worker->arena) >
			       THREADS * HELD;
	}
	return NULL;
}

static void threads_share_an_arena(void **state)
{
	struct hvpt_arena *arena = hvpt_arena_create(THREADS * HELD, BASE);
	struct worker worker[THREADS + 1];
	unsigned i;

	(void)state;
	assert_non_null(arena);
	for (i = 0; i <= THREADS; i++) {
		worker[i] = (struct worker){ .arena = arena, .mark = i + 1 };
		assert_int_equal(pthread_create(&worker[i].thread, NULL,
						i < THREADS ? churn : watch,
						&worker[i]),
				 0);
	}
	for (i = 0; i <= THREADS; i++) {
		assert_int_equal(pthread_join(worker[i].thread, NULL), 0);
		assert_int_equal(worker[i].bad, 0);
	}
	assert_int_equal(hvpt_arena_in_use(arena), 0);
	assert_int_equal(hvpt_arena_allocs(arena),
			 THREADS * (ROUNDS / HELD) * (HELD * (HELD + 1) / 2));
	assert_true(hvpt_arena_peak(arena) >= HELD);
	assert_true(hvpt_arena_peak(arena) <= THREADS * HELD);
	hvpt_arena_destroy(arena);
}

static void *claim_all(void *arg)
{
	struct worker *worker = arg;
	unsigned i;

	for (i = 0; i < PAGES; i++)
		worker->mark += hvpt_arena_claim(worker->arena,
						 hvpt_gpa(BASE + i * PAGE), 0);
	return NULL;
}

static void of_racing_claims_one_wins(void **state)
{
	struct hvpt_arena *arena = *state;
	struct worker worker[THREADS];
	unsigned round, i;
	uint64_t won;

	for (i = 0; i < PAGES; i++)
		take(arena);
	for (round = 0; round < 50; round++) {
		for (i = 0; i < THREADS; i++) {
			worker[i] = (struct worker){ .arena = arena };
			assert_int_equal(pthread_create(&worker[i].thread, NULL,
							claim_all, &worker[i]),
					 0);
		}
		for (won = 0, i = 0; i < THREADS; i++) {
			pthread_join(worker[i].thread, NULL);
			won += worker[i].mark;
		}
		assert_int_equal(won, PAGES);
		hvpt_arena_unclaim_all(arena);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(create_refuses_what_it_cannot_hold),
		TEST(gpas_may_be_the_first_and_the_last),
		TEST(destroy_takes_null),
		TEST(two_arenas_do_not_meet),
		TEST(pages_are_aligned_zero_and_apart),
		TEST(last_page_freed_comes_first_and_zero),
		TEST(counts_are_kept),
		TEST(full_is_full_until_a_page_comes_back),
		TEST(the_nth_allocation_fails_once),
		TEST(a_planned_failure_can_be_called_off),
		TEST(a_freed_page_is_poison),
		TEST(owns_pages_in_use_and_nothing_else),
		TEST(words_are_read_and_written_by_gpa),
		TEST(words_elsewhere_are_refused),
		TEST(a_page_is_claimed_once_a_round),
		TEST(what_is_not_in_use_cannot_be_claimed),
		TEST(hooks_are_as_their_names_say),
		TEST(the_shadow_shows_what_was_written_back),
		TEST(a_page_used_again_has_a_poisoned_shadow),
		TEST(a_coherent_page_has_no_shadow),
		TEST(double_free_aborts),
		TEST(foreign_pages_abort),
		TEST(writes_to_pages_not_in_use_are_noticed),
		TEST(wrong_write_backs_abort),
		TEST(threads_share_an_arena),
		TEST(of_racing_claims_one_wins),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
