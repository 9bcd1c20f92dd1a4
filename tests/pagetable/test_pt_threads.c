/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Calls on disjoint ranges in parallel, inside the same tables, while a
 * walker reads. Run under ThreadSanitizer this also shows that no word is
 * touched by two threads without atomics.
 *
 * Threads do not assert: they count what went wrong, and the test asserts
 * after they have ended.
 */
#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/prng.h"
#include "tests/support/pt_check.h"

#define THREADS 4u

struct worker {
	struct pt_fixture *f;
	unsigned me;
	unsigned rounds;
	unsigned wrong;
	uint64_t count;
	struct hvpt_gather gather;
	pthread_barrier_t *barrier;
	bool *stop;
};

static void run_workers(struct pt_fixture *f, void *(*const bodies[])(void *),
			unsigned count, unsigned rounds, struct worker *workers)
{
	pthread_t threads[8];
	pthread_barrier_t barrier;
	bool stop = false;
	unsigned i;

	assert_true(count <= PT_COUNT(threads));
	assert_int_equal(pthread_barrier_init(&barrier, NULL, count), 0);
	for (i = 0; i < count; i++) {
		memset(&workers[i], 0, sizeof(workers[i]));
		workers[i].f = f;
		workers[i].me = i;
		workers[i].rounds = rounds;
		workers[i].barrier = &barrier;
		workers[i].stop = &stop;
		hvpt_gather_init(&workers[i].gather);
		assert_int_equal(pthread_create(&threads[i], NULL, bodies[i],
						&workers[i]),
				 0);
	}
	for (i = 0; i < count; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	pthread_barrier_destroy(&barrier);
	for (i = 0; i < count; i++) {
		hvpt_pt_release(&f->pt, &workers[i].gather);
		assert_int_equal(workers[i].wrong, 0);
	}
}

static void run_same(struct pt_fixture *f, void *(*body)(void *),
		     unsigned rounds, struct worker *workers)
{
	void *(*bodies[THREADS])(void *);
	unsigned i;

	for (i = 0; i < THREADS; i++)
		bodies[i] = body;
	run_workers(f, bodies, THREADS, rounds, workers);
}

static void check(struct worker *worker, bool right)
{
	if (!right)
		worker->wrong++;
}

static void map(struct worker *worker, uint64_t iova, uint64_t gpa,
		uint64_t length)
{
	check(worker,
	      hvpt_pt_map(&worker->f->pt, hvpt_iova(iova), hvpt_gpa(gpa),
			  length, PT_RW, &worker->gather) == HVPT_OK);
}

static void unmap(struct worker *worker, uint64_t iova, uint64_t length,
		  uint64_t want)
{
	uint64_t unmapped = 0;

	check(worker, hvpt_pt_unmap(&worker->f->pt, hvpt_iova(iova), length,
				    &worker->gather, &unmapped) == HVPT_OK);
	check(worker, unmapped == want);
}

static void protect(struct worker *worker, uint64_t iova, uint64_t length,
		    unsigned prot)
{
	check(worker, hvpt_pt_protect(&worker->f->pt, hvpt_iova(iova), length,
				      prot, &worker->gather) == HVPT_OK);
}

static void expect(struct worker *worker, uint64_t iova, uint64_t gpa)
{
	struct hvpt_mapping mapping = { 0 };
	struct sdm_result result;

	check(worker, hvpt_pt_lookup(&worker->f->pt, hvpt_iova(iova),
				     &mapping) == HVPT_OK);
	check(worker, mapping.gpa.value == gpa);
	result = sdm_walk(&worker->f->walker, iova, true);
	check(worker, result.fault == SDM_FAULT_NONE && result.pa == gpa);
}

static void expect_none(struct worker *worker, uint64_t iova)
{
	struct hvpt_mapping mapping;

	check(worker, hvpt_pt_lookup(&worker->f->pt, hvpt_iova(iova),
				     &mapping) == HVPT_ERR_NOT_MAPPED);
	check(worker, sdm_walk(&worker->f->walker, iova, false).fault ==
			      SDM_FAULT_NOT_PRESENT);
}

/* ---- disjoint pages of the same tables ------------------------------- */

/*
 * Every fourth page of 16 MiB around a 1 GiB border belongs to one thread, so
 * all tables are shared.
 */
static uint64_t own_page(const struct worker *worker, uint64_t n)
{
	return worker->f->base - 4 * PT_2M + (n * THREADS + worker->me) * PT_4K;
}

#define OWN_PAGES (8 * 512 / THREADS)

static void *map_and_unmap(void *arg)
{
	struct worker *worker = arg;
	uint64_t prng = 0x7000 + worker->me;
	bool mapped[OWN_PAGES] = { false };
	unsigned round;
	uint64_t n;

	pthread_barrier_wait(worker->barrier);
	for (round = 0; round < worker->rounds; round++) {
		uint64_t iova;

		n = hvpt_random_below(&prng, OWN_PAGES);
		iova = own_page(worker, n);
		if (mapped[n]) {
			expect(worker, iova + 5, PT_DATA + n * PT_4K + 5);
			unmap(worker, iova, PT_4K, PT_4K);
			expect_none(worker, iova);
		} else {
			expect_none(worker, iova);
			map(worker, iova, PT_DATA + n * PT_4K, PT_4K);
			expect(worker, iova + 5, PT_DATA + n * PT_4K + 5);
		}
		mapped[n] = !mapped[n];
	}
	/* All are mapped in the end. */
	for (n = 0; n < OWN_PAGES; n++) {
		if (!mapped[n])
			map(worker, own_page(worker, n), PT_DATA + n * PT_4K,
			    PT_4K);
	}
	return NULL;
}

static void test_disjoint_pages(void **state)
{
	struct pt_fixture *f = *state;
	struct worker workers[THREADS];
	struct pt_leaves leaves;
	uint64_t n;
	unsigned i;

	run_same(f, map_and_unmap, pt_effort(20000), workers);
	for (i = 0; i < THREADS; i++) {
		for (n = 0; n < OWN_PAGES; n++)
			pt_expect(f, own_page(&workers[i], n),
				  PT_DATA + n * PT_4K, PT_RW);
	}
	leaves = pt_scan(f);
	assert_int_equal(leaves.count, THREADS * OWN_PAGES);
	assert_int_equal(hvpt_pt_tables(&f->pt), pt_least_tables(f, &leaves));
	pt_leaves_free(&leaves);
	pt_check(f);
}

/* ---- racing for the same missing tables ------------------------------ */

/* Each round all threads map one page each, near each other, at once. */
static void *race_for_tables(void *arg)
{
	struct worker *worker = arg;
	unsigned round;

	for (round = 0; round < worker->rounds; round++) {
		uint64_t iova = worker->f->base + round * PT_1G +
				worker->me * PT_4K;

		pthread_barrier_wait(worker->barrier);
		map(worker, iova, PT_DATA + worker->me * PT_4K, PT_4K);
		expect(worker, iova, PT_DATA + worker->me * PT_4K);
	}
	return NULL;
}

static void test_same_missing_table(void **state)
{
	struct pt_fixture *f = *state;
	struct worker workers[THREADS];
	struct pt_leaves leaves;
	unsigned rounds = pt_effort(60);
	unsigned round, i;

	if (rounds > 60)
		rounds = 60; /* 64 GiB at base */
	run_same(f, race_for_tables, rounds, workers);
	for (round = 0; round < rounds; round++) {
		for (i = 0; i < THREADS; i++)
			pt_expect(f, f->base + round * PT_1G + i * PT_4K,
				  PT_DATA + i * PT_4K, PT_RW);
	}
	/* No table came in twice, and none was lost. */
	leaves = pt_scan(f);
	assert_int_equal(hvpt_pt_tables(&f->pt), pt_least_tables(f, &leaves));
	pt_leaves_free(&leaves);
	pt_check(f);
}

/* ---- whole tables come and go beside each other ---------------------- */

/* Each thread has 2 MiB of its own in one level 1 table, and unmaps it all. */
static void *tables_come_and_go(void *arg)
{
	struct worker *worker = arg;
	uint64_t iova = worker->f->base + worker->me * PT_2M;
	struct hvpt_gather *gather = &worker->gather;
	unsigned round;

	pthread_barrier_wait(worker->barrier);
	for (round = 0; round < worker->rounds; round++) {
		/* small leaves, then a large one where it fits */
		map(worker, iova, PT_DATA + PT_4K, PT_2M);
		expect(worker, iova + PT_2M - 1, PT_DATA + PT_2M + 0xfff);
		unmap(worker, iova + PT_4K, PT_4K, PT_4K);
		unmap(worker, iova, PT_2M, PT_2M - PT_4K);
		check(worker, gather->table_count == 1);
		hvpt_pt_release(&worker->f->pt, gather);
		map(worker, iova, PT_DATA, PT_2M);
		unmap(worker, iova + PT_2M / 2, PT_2M / 2, PT_2M / 2);
		expect(worker, iova + PT_2M / 2 - 1, PT_DATA + PT_2M / 2 - 1);
		expect_none(worker, iova + PT_2M / 2);
		unmap(worker, iova, PT_2M, PT_2M / 2);
		hvpt_pt_release(&worker->f->pt, gather);
	}
	return NULL;
}

static void test_tables_come_and_go(void **state)
{
	struct pt_fixture *f = *state;
	struct worker workers[THREADS];

	run_same(f, tables_come_and_go, pt_effort(200), workers);
	pt_expect_hole(f, f->base, THREADS * PT_2M);
	pt_check(f);
	pt_reclaim_all(f);
}

/* Each thread has 1 GiB of its own: leaves of every size, tables below. */
static void *gigabytes_come_and_go(void *arg)
{
	struct worker *worker = arg;
	uint64_t iova = worker->f->base + worker->me * PT_1G;
	uint64_t reclaimed;
	unsigned round;

	pthread_barrier_wait(worker->barrier);
	for (round = 0; round < worker->rounds; round++) {
		map(worker, iova, PT_DATA, PT_1G);
		unmap(worker, iova + PT_2M + PT_4K, PT_4K, PT_4K);
		expect(worker, iova + PT_2M, PT_DATA + PT_2M);
		expect_none(worker, iova + PT_2M + PT_4K);
		unmap(worker, iova, PT_1G, PT_1G - PT_4K);
		map(worker, iova + 7 * PT_2M, PT_DATA, PT_4K);
		unmap(worker, iova + 7 * PT_2M, PT_4K, PT_4K);
		check(worker,
		      hvpt_pt_reclaim(&worker->f->pt, hvpt_iova(iova), PT_1G,
				      &worker->gather, &reclaimed) == HVPT_OK);
		check(worker, reclaimed == 2);
		hvpt_pt_release(&worker->f->pt, &worker->gather);
	}
	return NULL;
}

static void test_gigabytes_come_and_go(void **state)
{
	struct pt_fixture *f = *state;
	struct worker workers[THREADS];

	run_same(f, gigabytes_come_and_go, pt_effort(100), workers);
	pt_check(f);
	pt_reclaim_all(f);
}

/* ---- every call beside every other ----------------------------------- */

/* Each thread has 8 pages in one level 0 table, and 2 MiB further on. */
#define SLICE (8 * PT_4K)

static uint64_t slice_of(const struct worker *worker)
{
	return worker->f->base + worker->me * SLICE;
}

static void *map_my_slice(void *arg)
{
	struct worker *worker = arg;
	unsigned round;

	pthread_barrier_wait(worker->barrier);
	for (round = 0; round < worker->rounds; round++) {
		map(worker, slice_of(worker), PT_DATA, SLICE);
		expect(worker, slice_of(worker) + PT_4K, PT_DATA + PT_4K);
		unmap(worker, slice_of(worker), SLICE, SLICE);
	}
	return NULL;
}

static void *map_lists(void *arg)
{
	static const struct hvpt_segment segments[] = {
		{ { PT_DATA + PT_2M }, 3 * PT_4K },
		{ { PT_DATA }, 5 * PT_4K },
	};
	struct worker *worker = arg;
	unsigned round;

	pthread_barrier_wait(worker->barrier);
	for (round = 0; round < worker->rounds; round++) {
		check(worker,
		      hvpt_pt_map_list(&worker->f->pt,
				       hvpt_iova(slice_of(worker)), segments, 2,
				       PT_RW, &worker->gather) == HVPT_OK);
		expect(worker, slice_of(worker) + 3 * PT_4K, PT_DATA);
		unmap(worker, slice_of(worker), SLICE, SLICE);
	}
	return NULL;
}

static void *protect_back_and_forth(void *arg)
{
	struct worker *worker = arg;
	unsigned round;

	pthread_barrier_wait(worker->barrier);
	for (round = 0; round < worker->rounds; round++) {
		protect(worker, slice_of(worker), SLICE, PT_RO);
		protect(worker, slice_of(worker), SLICE, PT_RW);
	}
	return NULL;
}

static void count_bytes(void *ctx, hvpt_iova_t iova, uint64_t length)
{
	struct worker *worker = ctx;

	check(worker, iova.value - slice_of(worker) + length <= SLICE);
	worker->count += length;
}

static void *read_dirty_again(void *arg)
{
	struct worker *worker = arg;
	unsigned round,
		keep = worker->f->params->noncoherent ? HVPT_DIRTY_KEEP : 0;

	pthread_barrier_wait(worker->barrier);
	for (round = 0; round < worker->rounds; round++)
		check(worker,
		      hvpt_pt_read_dirty(&worker->f->pt,
					 hvpt_iova(slice_of(worker)), SLICE,
					 keep, count_bytes, worker,
					 &worker->gather) == HVPT_OK);
	return NULL;
}

/* A table of its own, in the level 1 table of all. */
static void *leave_and_reclaim(void *arg)
{
	struct worker *worker = arg;
	uint64_t iova = worker->f->base + PT_2M, reclaimed;
	unsigned round;

	pthread_barrier_wait(worker->barrier);
	for (round = 0; round < worker->rounds; round++) {
		map(worker, iova, PT_DATA + PT_4K, PT_4K);
		unmap(worker, iova, PT_4K, PT_4K);
		check(worker,
		      hvpt_pt_reclaim(&worker->f->pt, hvpt_iova(iova), PT_2M,
				      &worker->gather, &reclaimed) == HVPT_OK);
		check(worker, reclaimed == 1);
		hvpt_pt_release(&worker->f->pt, &worker->gather);
	}
	return NULL;
}

static bool count_leaf(void *ctx, hvpt_iova_t iova,
		       const struct hvpt_mapping *mapping)
{
	struct worker *worker = ctx;

	check(worker,
	      mapping->gpa.value - PT_DATA == iova.value - slice_of(worker));
	worker->count++;
	return true;
}

static void *visit_and_look_up(void *arg)
{
	struct worker *worker = arg;
	struct hvpt_iova_range range;
	unsigned round;

	range.first = hvpt_iova(slice_of(worker));
	range.last = hvpt_iova(range.first.value + (SLICE - 1));
	pthread_barrier_wait(worker->barrier);
	for (round = 0; round < worker->rounds; round++) {
		check(worker, hvpt_pt_visit(&worker->f->pt, &range, count_leaf,
					    worker) == HVPT_OK);
		expect(worker, slice_of(worker) + PT_4K, PT_DATA + PT_4K);
	}
	check(worker, worker->count == 8 * (uint64_t)worker->rounds);
	return NULL;
}

static void test_every_call_at_once(void **state)
{
	static void *(*const bodies[])(void *) = {
		map_my_slice,	  map_lists,	     protect_back_and_forth,
		read_dirty_again, leave_and_reclaim, visit_and_look_up,
	};
	struct worker workers[PT_COUNT(bodies)];
	struct pt_fixture *f = *state;

	pt_map(f, f->base + 2 * SLICE, PT_DATA, SLICE, PT_RW);
	pt_map(f, f->base + 3 * SLICE, PT_DATA, SLICE, PT_RW);
	pt_map(f, f->base + 5 * SLICE, PT_DATA, SLICE, PT_RW);
	run_workers(f, bodies, PT_COUNT(bodies), pt_effort(500), workers);
	pt_expect_range(f, f->base + 2 * SLICE, PT_DATA, SLICE, PT_RW);
	pt_expect_range(f, f->base + 5 * SLICE, PT_DATA, SLICE, PT_RW);
	pt_check(f);
}

/* ---- two threads split the same leaf ----------------------------------- */

/* Two ends of one large leaf, each in a range of its own. */
static void *cut_an_end(void *arg)
{
	struct worker *worker = arg;
	uint64_t page = worker->me ? PT_1G - PT_4K : 0;

	pthread_barrier_wait(worker->barrier);
	unmap(worker, worker->f->base + page, PT_4K, PT_4K);
	/* The former leaf is pending by both. */
	check(worker,
	      pt_gather_covers(&worker->gather, worker->f->base,
			       worker->f->base + PT_1G - 1) ||
		      pt_gather_covers(&worker->gather, worker->f->base + page,
				       worker->f->base + page + 0xfff));
	return NULL;
}

static void test_two_splits_of_one_leaf(void **state)
{
	struct pt_fixture *f = *state;
	void *(*const bodies[])(void *) = { cut_an_end, cut_an_end };
	struct worker workers[2];
	unsigned round;

	for (round = 0; round < pt_effort(150); round++) {
		pt_map(f, f->base, PT_DATA, PT_1G, PT_RW);
		run_workers(f, bodies, 2, 1, workers);
		pt_expect_none(f, f->base);
		pt_expect_none(f, f->base + PT_1G - 1);
		pt_expect(f, f->base + PT_4K, PT_DATA + PT_4K, PT_RW);
		pt_expect(f, f->base + PT_1G - PT_4K - 1,
			  PT_DATA + PT_1G - PT_4K - 1, PT_RW);
		pt_check(f);
		assert_int_equal(pt_unmap(f, f->base, PT_1G),
				 PT_1G - 2 * PT_4K);
		pt_flush(f);
	}
	pt_reclaim_all(f);
}

/* ---- readers --------------------------------------------------------- */

/* Reads a range nobody changes; and ranges that change, as a device may. */
static void *reader(void *arg)
{
	struct worker *worker = arg;
	uint64_t prng = 0x4ead;
	uint64_t still = worker->f->base + 16 * PT_2M;

	pthread_barrier_wait(worker->barrier);
	while (!__atomic_load_n(worker->stop, __ATOMIC_ACQUIRE)) {
		uint64_t iova = worker->f->base +
				hvpt_random_below(&prng, PT_2M);
		struct sdm_result result;

		expect(worker, still + 3, PT_DATA + 3);
		/* Whatever is seen is right, or not there; no fault else. */
		result = sdm_walk(&worker->f->walker, iova, false);
		if (result.fault == SDM_FAULT_NONE)
			check(worker,
			      result.pa - PT_DATA == iova - worker->f->base);
		else
			check(worker, result.fault == SDM_FAULT_NOT_PRESENT);
		worker->count++;
	}
	return NULL;
}

static void *writer(void *arg)
{
	struct worker *worker = arg;
	uint64_t base = worker->f->base;
	unsigned round;

	pthread_barrier_wait(worker->barrier);
	for (round = 0; round < worker->rounds; round++) {
		uint64_t page = round % 509;

		map(worker, base, PT_DATA, PT_2M);
		unmap(worker, base + page * PT_4K, 2 * PT_4K, 2 * PT_4K);
		protect(worker, base + (page + 2) * PT_4K, PT_4K, PT_RO);
		/*
		 * The table goes to the gather and stays there: the reader
		 * takes no part in any grace period.
		 */
		unmap(worker, base, PT_2M, PT_2M - 2 * PT_4K);
	}
	__atomic_store_n(worker->stop, true, __ATOMIC_RELEASE);
	return NULL;
}

static void test_readers_beside_a_writer(void **state)
{
	struct pt_fixture *f = *state;
	void *(*const bodies[])(void *) = { writer, reader, reader };
	struct worker workers[3];
	unsigned left, rounds;

	pt_map(f, f->base + 16 * PT_2M, PT_DATA, PT_4K, PT_RW);
	/* Each round keeps a table until all end: the arena has not more. */
	for (left = pt_effort(2000); left > 0; left -= rounds) {
		rounds = left < 2000 ? left : 2000;
		run_workers(f, bodies, 3, rounds, workers);
		pt_check(f);
	}
}

/* ---- A and D set by a device meanwhile ------------------------------- */

/* As a device does: one locked update of a leaf that allows the write. */
static bool device_sets_dirty(uint64_t *slot)
{
	uint64_t seen = __atomic_load_n(slot, __ATOMIC_RELAXED);

	do {
		if ((seen & 3) != 3 || (seen & 0x40))
			return false;
	} while (!__atomic_compare_exchange_n(slot, &seen, seen | 0x60, false,
					      __ATOMIC_ACQ_REL,
					      __ATOMIC_RELAXED));
	return true;
}

static uint64_t *leaf_slot(struct pt_fixture *f, uint64_t iova)
{
	return pt_pointer(f, pt_slot_gpa(f, iova, 0));
}

/* Makes the page dirty whenever it is clean; counts how often. */
static void *device(void *arg)
{
	struct worker *worker = arg;
	uint64_t *slot = worker->f->test_data;

	pthread_barrier_wait(worker->barrier);
	while (!__atomic_load_n(worker->stop, __ATOMIC_ACQUIRE))
		worker->count += device_sets_dirty(slot);
	return NULL;
}

static void count_report(void *ctx, hvpt_iova_t iova, uint64_t bytes)
{
	struct worker *worker = ctx;

	check(worker, iova.value == worker->f->base && bytes == PT_4K);
	worker->count++;
}

static void read_once(struct worker *worker)
{
	check(worker,
	      hvpt_pt_read_dirty(&worker->f->pt, hvpt_iova(worker->f->base),
				 PT_4K, 0, count_report, worker,
				 &worker->gather) == HVPT_OK);
}

static void *dirty_reader(void *arg)
{
	struct worker *worker = arg;
	unsigned round;

	pthread_barrier_wait(worker->barrier);
	for (round = 0; round < worker->rounds; round++)
		read_once(worker);
	__atomic_store_n(worker->stop, true, __ATOMIC_RELEASE);
	return NULL;
}

/* Each time D was set it is reported once: none is lost, none invented. */
static void test_every_dirty_is_reported_once(void **state)
{
	struct pt_fixture *f = *state;
	void *(*const bodies[])(void *) = { dirty_reader, device };
	struct worker workers[2];

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	pt_checked_dirty(f, f->base, PT_4K, 0);
	f->test_data = leaf_slot(f, f->base);
	run_workers(f, bodies, 2, pt_effort(20000), workers);
	read_once(&workers[0]);
	assert_int_equal(workers[0].wrong, 0);
	assert_int_equal(workers[0].count, workers[1].count);
}

/*
 * Changes the permission to and fro, and reads dirty now and then. While the
 * page is writable and clean the device sets D: a D that a change of
 * permission lost would be set once more, and so counted twice.
 */
static void *protector(void *arg)
{
	struct worker *worker = arg;
	unsigned round;

	pthread_barrier_wait(worker->barrier);
	for (round = 0; round < worker->rounds; round++) {
		protect(worker, worker->f->base, PT_4K,
			round & 1 ? PT_RW : PT_RO);
		if (round % 4 == 3)
			read_once(worker);
	}
	__atomic_store_n(worker->stop, true, __ATOMIC_RELEASE);
	return NULL;
}

static void test_protect_loses_no_dirty(void **state)
{
	struct pt_fixture *f = *state;
	void *(*const bodies[])(void *) = { protector, device };
	struct worker workers[2];

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	pt_checked_dirty(f, f->base, PT_4K, 0);
	f->test_data = leaf_slot(f, f->base);
	run_workers(f, bodies, 2, pt_effort(100000), workers);
	read_once(&workers[0]);
	assert_int_equal(workers[0].wrong, 0);
	assert_int_equal(workers[0].count, workers[1].count);
}

/* ---- a lost race, made certain --------------------------------------- */

/*
 * The page hook maps a neighbour: when the call it serves goes on, the tables
 * it took pages for are there already. The pages must go back.
 */
static void map_a_neighbour(struct pt_fixture *f)
{
	uint64_t *iova = f->test_data;
	enum hvpt_status status;

	f->on_alloc = NULL;
	status = hvpt_pt_map(&f->pt, hvpt_iova(*iova), hvpt_gpa(PT_DATA), PT_4K,
			     PT_RO, NULL);
	assert_int_equal(status, HVPT_OK);
}

static void test_lost_race_gives_pages_back(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t neighbours[] = { f->base + PT_4K, f->base + PT_2M,
				  f->base + 3 * PT_1G };
	struct pt_leaves leaves;
	size_t i;

	for (i = 0; i < PT_COUNT(neighbours); i++) {
		f->test_data = &neighbours[i];
		f->on_alloc = map_a_neighbour;
		pt_map(f, f->base, PT_DATA + PT_4K, PT_4K, PT_RW);
		pt_expect(f, f->base, PT_DATA + PT_4K, PT_RW);
		pt_expect(f, neighbours[i], PT_DATA, PT_RO);
		leaves = pt_scan(f);
		assert_int_equal(leaves.count, 2);
		assert_int_equal(hvpt_pt_tables(&f->pt),
				 pt_least_tables(f, &leaves));
		pt_leaves_free(&leaves);
		pt_check(f);
		assert_int_equal(pt_unmap(f, f->base, 4 * PT_1G), 2 * PT_4K);
		pt_reclaim_all(f);
	}
}

/* The same for a split: a neighbour in the leaf is unmapped meanwhile. */
static void unmap_a_neighbour(struct pt_fixture *f)
{
	uint64_t *iova = f->test_data;

	f->on_alloc = NULL;
	assert_int_equal(pt_unmap(f, *iova, PT_4K), PT_4K);
}

static void test_lost_split_gives_pages_back(void **state)
{
	struct pt_fixture *f = *state;
	uint64_t neighbours[] = { f->base + 9 * PT_4K, f->base + 5 * PT_2M,
				  f->base + PT_1G - PT_4K };
	struct pt_leaves leaves;
	size_t i;

	for (i = 0; i < PT_COUNT(neighbours); i++) {
		pt_map(f, f->base, PT_DATA, PT_1G, PT_RW);
		f->test_data = &neighbours[i];
		f->on_alloc = unmap_a_neighbour;
		assert_int_equal(pt_unmap(f, f->base + PT_4K, PT_4K), PT_4K);
		assert_true(f->on_alloc == NULL);
		pt_expect_none(f, f->base + PT_4K);
		pt_expect_none(f, neighbours[i]);
		pt_expect(f, f->base, PT_DATA, PT_RW);
		leaves = pt_scan(f);
		assert_int_equal(hvpt_pt_tables(&f->pt),
				 pt_least_tables(f, &leaves));
		pt_leaves_free(&leaves);
		pt_check(f);
		assert_int_equal(pt_unmap(f, f->base, PT_1G),
				 PT_1G - 2 * PT_4K);
		pt_reclaim_all(f);
	}
}

/* ---- rules broken ---------------------------------------------------- */

/*
 * The hook changes the very range of the call it serves, which is forbidden.
 * The call may find out; whatever it says, the tree must be whole, and no
 * page lost.
 */
static void large_leaf_in_the_way(struct pt_fixture *f)
{
	f->on_alloc = NULL;
	assert_int_equal(hvpt_pt_map(&f->pt, hvpt_iova(f->base),
				     hvpt_gpa(PT_DATA), PT_2M, PT_RO, NULL),
			 HVPT_OK);
}

static void test_a_leaf_in_the_way_is_reported(void **state)
{
	struct pt_fixture *f = *state;

	f->on_alloc = large_leaf_in_the_way;
	assert_int_equal(pt_try_map(f, f->base + PT_4K, PT_DATA, PT_4K, PT_RW),
			 HVPT_ERR_CONCURRENT);
	pt_check(f);
	pt_unmap(f, f->base, PT_2M);
	pt_reclaim_all(f);
}

/* A table that was there when tables were counted is taken away. */
static void reclaim_underneath(struct pt_fixture *f)
{
	uint64_t reclaimed;

	f->on_alloc = NULL;
	assert_int_equal(hvpt_pt_reclaim(&f->pt, hvpt_iova(f->base), PT_2M,
					 &f->gather, &reclaimed),
			 HVPT_OK);
	assert_int_equal(reclaimed, 1);
}

static void test_a_table_taken_away_is_reported(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, PT_4K, PT_RW);
	pt_unmap(f, f->base, PT_4K);
	pt_flush(f);
	f->on_alloc = reclaim_underneath;
	/* Needs the empty table at base, and one more. */
	assert_int_equal(pt_try_map(f, f->base + PT_4K, PT_DATA, PT_2M, PT_RW),
			 HVPT_ERR_CONCURRENT);
	pt_check(f);
	pt_unmap(f, f->base, 2 * PT_2M);
	pt_reclaim_all(f);
}

/* Segments that the hook changes while they are being mapped. */
struct edit {
	struct hvpt_segment *segment;
	uint64_t gpa;
	uint64_t length;
	unsigned at; /* the page taken before the change, counted down */
};

static void edit_a_segment(struct pt_fixture *f)
{
	struct edit *edit = f->test_data;

	if (--edit->at > 0)
		return;
	f->on_alloc = NULL;
	edit->segment->gpa = hvpt_gpa(edit->gpa);
	edit->segment->length = edit->length;
}

static void try_edit(struct pt_fixture *f, struct edit *edit, unsigned which,
		     bool table)
{
	struct hvpt_segment segment[] = {
		{ hvpt_gpa(PT_DATA + PT_4K), 3 * PT_4K },
		{ hvpt_gpa(PT_DATA + PT_2M), PT_2M + PT_4K },
		{ hvpt_gpa(PT_DATA + 9 * PT_2M), 2 * PT_2M },
	};
	uint64_t tables = hvpt_pt_tables(&f->pt);

	edit->segment = &segment[which];
	f->test_data = edit;
	f->on_alloc = edit_a_segment;
	assert_int_equal(
		hvpt_pt_map_list(&f->pt,
				 hvpt_iova(f->base + (table ? PT_2M : 0)),
				 segment, 3, PT_RW, &f->gather),
		HVPT_ERR_CONCURRENT);
	assert_null(f->on_alloc);
	assert_int_equal(hvpt_pt_tables(&f->pt), tables);
	assert_true(hvpt_gather_is_empty(&f->gather));
	pt_expect_hole(f, f->base, 16 * PT_2M);
}

static void test_changed_segments_are_not_mapped(void **state)
{
	static const struct edit edits[] = {
		{ NULL, PT_DATA, PT_4K, 0 },
		{ NULL, PT_DATA + 5 * PT_2M, PT_2M + PT_4K, 0 },
		{ NULL, PT_DATA + PT_2M, PT_2M + 2 * PT_4K, 0 },
		{ NULL, PT_DATA + PT_2M, ~(uint64_t)0xfff, 0 },
		{ NULL, PT_DATA + PT_2M, 0, 0 },
		{ NULL, PT_DATA + PT_2M, 100, 0 },
		{ NULL, ~(uint64_t)0, ~(uint64_t)0, 0 },
	};
	struct pt_fixture *f = *state;
	unsigned i, at, which;

	for (i = 0; i < PT_COUNT(edits); i++)
		for (which = 0; which < 3; which++)
			for (at = 1; at <= 3; at++) {
				struct edit edit = edits[i];

				edit.at = at;
				try_edit(f, &edit, which, at & 1);
			}
	pt_check(f);
}

/* What was to be protected is gone when the pages have come. */
static void unmap_underneath(struct pt_fixture *f)
{
	f->on_alloc = NULL;
	assert_int_equal(pt_unmap(f, f->base, PT_2M), PT_2M);
}

static void test_a_mapping_taken_away_is_reported(void **state)
{
	struct pt_fixture *f = *state;

	pt_map(f, f->base, PT_DATA, PT_2M, PT_RW);
	f->on_alloc = unmap_underneath;
	assert_int_equal(pt_try_protect(f, f->base + PT_4K, PT_4K, PT_RO),
			 HVPT_ERR_CONCURRENT);
	pt_expect_hole(f, f->base, PT_2M);
	pt_check(f);
	pt_reclaim_all(f);
}

int main(void)
{
	/* A form each; the rest of pt_main adds nothing to a race. */
	static const struct pt_params params[] = {
		{ 4, 48, HVPT_IOVA_PLAIN, PT_SIZES_ALL, HVPT_PT_TRACK_DIRTY, 0,
		  false, false },
		{ 5, 57, HVPT_IOVA_CANONICAL, PT_SIZES_ALL, HVPT_PT_TRACK_DIRTY,
		  1ull << 51, false, true },
	};
	static const struct pt_params noncoherent[] = {
		{ 4, 48, HVPT_IOVA_LOWER, PT_SIZES_ALL, 0, 0, true, false },
	};
	static const struct pt_case cases[] = {
		PT_CASE(test_disjoint_pages),
		PT_CASE(test_same_missing_table),
		PT_CASE(test_tables_come_and_go),
		PT_CASE(test_gigabytes_come_and_go),
		PT_CASE(test_every_call_at_once),
		PT_CASE(test_two_splits_of_one_leaf),
		PT_CASE(test_readers_beside_a_writer),
		PT_CASE(test_every_dirty_is_reported_once),
		PT_CASE(test_protect_loses_no_dirty),
		PT_CASE(test_lost_race_gives_pages_back),
		PT_CASE(test_lost_split_gives_pages_back),
		PT_CASE(test_a_leaf_in_the_way_is_reported),
		PT_CASE(test_a_table_taken_away_is_reported),
		PT_CASE(test_changed_segments_are_not_mapped),
		PT_CASE(test_a_mapping_taken_away_is_reported),
	};
	/* Not those with a device: its A and D do not reach the shadow. */
	static const struct pt_case noncoherent_cases[] = {
		PT_CASE(test_disjoint_pages),
		PT_CASE(test_same_missing_table),
		PT_CASE(test_tables_come_and_go),
		PT_CASE(test_gigabytes_come_and_go),
		PT_CASE(test_every_call_at_once),
		PT_CASE(test_lost_race_gives_pages_back),
		PT_CASE(test_lost_split_gives_pages_back),
		PT_CASE(test_a_leaf_in_the_way_is_reported),
		PT_CASE(test_a_table_taken_away_is_reported),
		PT_CASE(test_changed_segments_are_not_mapped),
		PT_CASE(test_a_mapping_taken_away_is_reported),
	};
	int failed;

	failed = pt_run("pt_threads", cases, PT_COUNT(cases), params,
			PT_COUNT(params));
	failed += pt_run("pt_threads_noncoherent", noncoherent_cases,
			 PT_COUNT(noncoherent_cases), noncoherent,
			 PT_COUNT(noncoherent));
	return failed;
}
