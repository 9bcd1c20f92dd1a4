/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Threads map, unmap and sync ranges of their own in one domain, while others
 * move devices into it and out of it under the iommu lock, and DMA goes on.
 * Between an unmap and its sync the last device may leave or the first may
 * come. After the sync no device may reach what was unmapped, whatever each
 * thread saw.
 *
 * Threads do not assert: they count what went wrong, and the test asserts after
 * they have ended.
 */
#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <string.h>

#include "adapters/host/waits.h"
#include "tests/support/hv_fixture.h"
#include "tests/support/prng.h"

#define MAPPERS 3u
#define MOVERS 2u
#define WATCHERS 1u
#define WORKERS (MAPPERS + MOVERS + WATCHERS)

struct shared {
	struct hv_fixture *f;
	pthread_mutex_t iommu_lock;
	pthread_barrier_t barrier;
	unsigned mappers_left; /* atomic */
	unsigned reached;      /* DMAs that got somewhere; atomic */
};

struct worker {
	struct shared *shared;
	unsigned me;
	unsigned rounds;
	unsigned wrong;
	uint64_t prng;
	struct hvpt_gather gather;
};

static void check(struct worker *worker, bool right)
{
	if (!right)
		worker->wrong++;
}

static void reach(struct worker *worker)
{
	__atomic_fetch_add(&worker->shared->reached, 1, __ATOMIC_RELAXED);
}

static bool is_over(struct worker *worker)
{
	return __atomic_load_n(&worker->shared->mappers_left,
			       __ATOMIC_ACQUIRE) == 0;
}

/* ---- mappers --------------------------------------------------------- */

/*
 * 16 MiB of the same tables: every third slot of 16 pages belongs to a thread.
 */
#define SLOT (16 * HV_4K)
#define SLOTS 64u

static uint64_t slot(const struct worker *worker, unsigned n)
{
	return worker->shared->f->base + HV_1G - 4 * HV_2M +
	       (n * MAPPERS + worker->me) * SLOT;
}

/* What an address maps to in every second round, and in the others. */
static uint64_t data(const struct hv_fixture *f, uint64_t iova, unsigned round)
{
	return HV_DATA + (round % 2) * HV_512G + (iova - f->base);
}

/* All outcomes of a DMA are a fault, or, if @mapped, @gpa. */
static void dma_is(struct worker *worker, unsigned device, uint64_t iova,
		   bool mapped, uint64_t gpa)
{
	struct hypervisor_dma seen;
	size_t i;

	memset(&seen, 0, sizeof(seen));
	hypervisor_dma(worker->shared->f->hv, hv_device_id(device), iova, true,
		       &seen);
	if (seen.fresh.translated) {
		check(worker, mapped && seen.fresh.gpa == gpa);
		reach(worker);
	}
	for (i = 0; i < seen.stale_count; i++)
		if (seen.stale[i].translated)
			check(worker, mapped && seen.stale[i].gpa == gpa);
}

static void use(struct worker *worker, uint64_t iova, bool mapped,
		unsigned round)
{
	struct hv_fixture *f = worker->shared->f;
	unsigned device;
	uint64_t at;

	for (device = 0; device < MOVERS; device++)
		for (at = iova; at < iova + SLOT; at += SLOT - HV_4K)
			dma_is(worker, device, at, mapped, data(f, at, round));
}

static void map_slot(struct worker *worker, uint64_t iova, unsigned round)
{
	struct hv_fixture *f = worker->shared->f;

	check(worker, hvpt_domain_map(&f->domain[0], hvpt_iova(iova),
				      hvpt_gpa(data(f, iova, round)), SLOT,
				      HV_RW, &worker->gather) == HVPT_OK);
	check(worker, hvpt_gather_is_empty(&worker->gather));
}

static void unmap_slot(struct worker *worker, uint64_t iova)
{
	struct hv_fixture *f = worker->shared->f;
	uint64_t unmapped = 0;

	check(worker, hvpt_domain_unmap(&f->domain[0], hvpt_iova(iova), SLOT,
					&worker->gather, &unmapped) == HVPT_OK);
	check(worker, unmapped == SLOT);
}

static void sync_gather(struct worker *worker)
{
	struct hv_fixture *f = worker->shared->f;

	check(worker,
	      hvpt_domain_sync(&f->domain[0], &worker->gather) == HVPT_OK);
	check(worker, hvpt_gather_is_empty(&worker->gather));
}

static void lookup_is(struct worker *worker, uint64_t iova, unsigned round)
{
	struct hv_fixture *f = worker->shared->f;
	struct hvpt_mapping seen = { 0 };

	check(worker, hvpt_domain_lookup(&f->domain[0], hvpt_iova(iova),
					 &seen) == HVPT_OK);
	check(worker, seen.gpa.value == data(f, iova, round));
}

/* A slot of the thread's own in shared tables, and a whole table. */
static void mapper_round(struct worker *worker, unsigned round)
{
	struct hv_fixture *f = worker->shared->f;
	unsigned n = (unsigned)hvpt_random_below(&worker->prng, SLOTS);
	uint64_t iova = slot(worker, n);
	uint64_t own = f->base + (4 + worker->me) * HV_1G;
	uint64_t unmapped;

	map_slot(worker, iova, round);
	map_slot(worker, own, round);
	lookup_is(worker, iova + SLOT - 1, round);
	use(worker, iova, true, round);
	use(worker, own, true, round);
	unmap_slot(worker, iova);
	/* The table is removed, too. */
	check(worker, hvpt_domain_unmap(&f->domain[0], hvpt_iova(own), HV_2M,
					&worker->gather, &unmapped) == HVPT_OK);
	check(worker, worker->gather.table_count == 1);
	sync_gather(worker);
	use(worker, iova, false, round);
	use(worker, own, false, round);
}

static void *mapper(void *arg)
{
	struct worker *worker = arg;
	unsigned round;

	pthread_barrier_wait(&worker->shared->barrier);
	/* Continues until some device was in a domain with mappings. */
	for (round = 0;
	     round < worker->rounds ||
	     __atomic_load_n(&worker->shared->reached, __ATOMIC_RELAXED) == 0;
	     round++)
		mapper_round(worker, round);
	__atomic_fetch_sub(&worker->shared->mappers_left, 1, __ATOMIC_ACQ_REL);
	return NULL;
}

/* ---- movers ---------------------------------------------------------- */

static enum hvpt_status move(struct hv_fixture *f, unsigned device,
			     unsigned where)
{
	switch (where) {
	case 0:
		return hvpt_device_attach(&f->device[device],
					  hvpt_iommu_blocked(&f->iommu));
	case 1:
		return hvpt_device_attach(&f->device[device], &f->domain[1]);
	case 2:
		if (!hvpt_device_domain(&f->device[device]))
			return HVPT_OK;
		return hvpt_device_detach(&f->device[device]);
	default:
		return hvpt_device_attach(&f->device[device], &f->domain[0]);
	}
}

/* Domain 2 is created and destroyed; in domain 1 nothing is mapped. */
static void change_domain(struct worker *worker)
{
	struct hv_fixture *f = worker->shared->f;
	unsigned n = 2 + (worker->me - MAPPERS);

	check(worker, hvpt_domain_init(&f->domain[n], &f->iommu,
				       &f->domain_config) == HVPT_OK);
	check(worker, hvpt_domain_destroy(&f->domain[n]) == HVPT_OK);
}

static void *mover(void *arg)
{
	struct worker *worker = arg;
	struct shared *shared = worker->shared;
	unsigned device = worker->me - MAPPERS;

	pthread_barrier_wait(&shared->barrier);
	while (!is_over(worker)) {
		unsigned where = (unsigned)hvpt_random_below(&worker->prng, 8);

		pthread_mutex_lock(&shared->iommu_lock);
		check(worker, move(shared->f, device, where) == HVPT_OK);
		if (where == 7)
			change_domain(worker);
		pthread_mutex_unlock(&shared->iommu_lock);
		/* Flushing needs no lock. */
		if (where == 6)
			check(worker,
			      hvpt_domain_flush_all(&shared->f->domain[0]) ==
				      HVPT_OK);
	}
	return NULL;
}

/* ---- watchers -------------------------------------------------------- */

/* Whatever a device reaches was mapped there by some round. */
static void watch(struct worker *worker, uint64_t iova)
{
	struct hv_fixture *f = worker->shared->f;
	struct hypervisor_dma seen;
	uint64_t gpa;
	size_t i;

	memset(&seen, 0, sizeof(seen));
	hypervisor_dma(f->hv, hv_device_id((unsigned)(iova / HV_4K % MOVERS)),
		       iova, false, &seen);
	gpa = data(f, iova, 0);
	if (seen.fresh.translated) {
		check(worker,
		      seen.fresh.gpa == gpa || seen.fresh.gpa == gpa + HV_512G);
		reach(worker);
	}
	for (i = 0; i < seen.stale_count; i++)
		if (seen.stale[i].translated)
			check(worker,
			      seen.stale[i].gpa == gpa ||
				      seen.stale[i].gpa == gpa + HV_512G);
}

static void *watcher(void *arg)
{
	struct worker *worker = arg;
	struct hv_fixture *f = worker->shared->f;
	uint64_t slots = f->base + HV_1G - 4 * HV_2M;

	pthread_barrier_wait(&worker->shared->barrier);
	while (!is_over(worker)) {
		watch(worker,
		      slots + hvpt_random_below(&worker->prng,
						SLOTS * MAPPERS * SLOT));
		watch(worker,
		      f->base +
			      (4 + hvpt_random_below(&worker->prng, MAPPERS)) *
				      HV_1G +
			      hvpt_random_below(&worker->prng, SLOT));
	}
	return NULL;
}

/* ---- the test -------------------------------------------------------- */

static void *(*body_of(unsigned n))(void *)
{
	if (n < MAPPERS)
		return mapper;
	return n < MAPPERS + MOVERS ? mover : watcher;
}

static void run_workers(struct shared *shared, struct worker *workers,
			uint64_t seed)
{
	pthread_t threads[WORKERS];
	unsigned n;

	for (n = 0; n < WORKERS; n++) {
		workers[n].shared = shared;
		workers[n].me = n;
		workers[n].rounds = pt_effort(1500);
		workers[n].prng = seed + n;
		hvpt_gather_init(&workers[n].gather);
		assert_int_equal(pthread_create(&threads[n], NULL, body_of(n),
						&workers[n]),
				 0);
	}
	for (n = 0; n < WORKERS; n++)
		assert_int_equal(pthread_join(threads[n], NULL), 0);
	for (n = 0; n < WORKERS; n++)
		assert_int_equal(workers[n].wrong, 0);
}

/* Nothing is mapped, and the domain still works. */
static void is_as_before(struct hv_fixture *f)
{
	struct hvpt_mapping seen;
	uint64_t at;

	for (at = f->base; at < f->base + 8 * HV_1G; at += HV_2M)
		hv_status(hvpt_domain_lookup(&f->domain[0], hvpt_iova(at),
					     &seen),
			  HVPT_ERR_NOT_MAPPED);
	hv_no_violation(f);
	hv_attach(f, 0, &f->domain[0]);
	hv_map(f, 0, f->base, HV_DATA, HV_4K);
	hv_dma_reaches(f, 0, f->base, HV_DATA);
	hv_unmap(f, 0, f->base, HV_4K);
	hv_sync(f, 0);
	hv_dma_faults(f, 0, f->base);
}

static void map_and_move(struct hv_fixture *f)
{
	struct worker workers[WORKERS];
	struct shared shared = { .f = f, .mappers_left = MAPPERS };
	uint64_t seed = pt_seed("test_mappers_and_movers", 0x7123);
	unsigned n;

	memset(workers, 0, sizeof(workers));
	for (n = 0; n < 2; n++) {
		hv_make(f, n);
		hv_add_device(f, n);
		hv_ok(hvpt_device_probe(&f->device[n], &f->iommu,
					hv_device_id(n), false));
		f->device_live[n] = true;
		hv_ok(hvpt_device_attach(&f->device[n], &f->domain[n]));
	}
	pthread_mutex_init(&shared.iommu_lock, NULL);
	assert_int_equal(pthread_barrier_init(&shared.barrier, NULL, WORKERS),
			 0);
	run_workers(&shared, workers, seed);
	pthread_barrier_destroy(&shared.barrier);
	pthread_mutex_destroy(&shared.iommu_lock);
	is_as_before(f);
}

static void test_mappers_and_movers(void **state)
{
	map_and_move(*state);
}

/* The same, and they wait for each other's flushes. */
static void test_mappers_and_movers_combine(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_host_waits waits;

	hvpt_host_waits_init(&waits);
	f->domain_config.wait_ops = &hvpt_host_wait_ops;
	f->domain_config.wait_ctx = &waits;
	map_and_move(f);
	hv_take_down(f);
	hvpt_host_waits_destroy(&waits);
}

int main(void)
{
	static const struct hv_case cases[] = {
		HV_CASE(test_mappers_and_movers),
		HV_CASE(test_mappers_and_movers_combine),
	};

	return hv_run("domain_threads", cases, HV_COUNT(cases), hv_main,
		      hv_main_count);
}
