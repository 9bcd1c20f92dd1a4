/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Flushes that are asked while one is in flight: which calls are made, who gets
 * which status, and what is freed.
 *
 * No test depends on time. The first caller's hypercall does not begin before
 * all others wait. Threads do not assert: they note what they saw.
 */
#define _POSIX_C_SOURCE 200809L

#include <string.h>

#include "adapters/host/waits.h"
#include "tests/support/hv_fixture.h"

/* So many have more ranges than one list call holds. */
#define OTHERS_MAX 32u
#define RANGES 8u
/* Ranges that fit one list call, with two descriptors each. */
#define FITS 254u
/* Pages of ranges are apart, and those of callers too. */
#define APART (2 * HV_4K)

/**
 * struct caller - a thread, or the test itself
 * @everything: it flushes all of the domain
 * @ranges: how many it unmaps
 * @status: of its flush
 * @reached: DMAs to what it had unmapped that got somewhere afterwards
 */
struct caller {
	struct meeting *meeting;
	pthread_t thread;
	bool everything;
	unsigned ranges;
	uint64_t iova;
	struct hvpt_gather gather;
	enum hvpt_status status;
	unsigned reached;
};

/**
 * struct meeting - the callers
 * @refuse: callers but the first cannot wait
 * @waiting: how many wait
 * @open: begin() calls that end() has not followed
 */
struct meeting {
	struct hv_fixture *f;
	struct hvpt_host_waits waits;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned waiting;
	unsigned open;
	unsigned others;
	bool refuse;
	bool held;
	struct caller first;
	struct caller other[OTHERS_MAX];
};

static struct meeting meeting;

/* ---- waiting --------------------------------------------------------- */

static void count_open(unsigned change)
{
	pthread_mutex_lock(&meeting.lock);
	meeting.open += change;
	pthread_mutex_unlock(&meeting.lock);
}

static bool begin(void *ctx, struct hvpt_waiter *waiter)
{
	if (meeting.refuse && meeting.held)
		return false;
	waiter->cookie = 0x5eed;
	count_open(1);
	return hvpt_host_wait_ops.begin(ctx, waiter);
}

static void wait_for_it(void *ctx, struct hvpt_waiter *waiter)
{
	pthread_mutex_lock(&meeting.lock);
	meeting.waiting++;
	pthread_cond_signal(&meeting.changed);
	pthread_mutex_unlock(&meeting.lock);
	hvpt_host_wait_ops.wait(ctx, waiter);
}

static void wake(void *ctx, struct hvpt_waiter *waiter)
{
	hvpt_host_wait_ops.wake(ctx, waiter);
}

static void end(void *ctx, struct hvpt_waiter *waiter)
{
	(void)ctx;
	count_open(0u - 1);
	/* the hooks have the cookie to themselves */
	if (waiter->cookie != 0x5eed)
		meeting.first.reached = 1000;
}

static const struct hvpt_wait_ops ops = { begin, wait_for_it, wake, end };

/* ---- callers --------------------------------------------------------- */

static uint64_t page_of(const struct caller *caller, unsigned range)
{
	return caller->iova + (uint64_t)range * APART;
}

static void look(struct caller *caller)
{
	struct hypervisor_dma seen;
	unsigned i;
	size_t at;

	for (i = 0; i < caller->ranges; i++) {
		memset(&seen, 0, sizeof(seen));
		hypervisor_dma(meeting.f->hv, hv_device_id(0),
			       page_of(caller, i), false, &seen);
		caller->reached += seen.fresh.translated;
		for (at = 0; at < seen.stale_count; at++)
			caller->reached += seen.stale[at].translated;
	}
}

static void flush(struct caller *caller)
{
	struct hvpt_domain *domain = &meeting.f->domain[0];

	if (caller->everything)
		caller->status = hvpt_domain_flush_all(domain);
	else
		caller->status = hvpt_domain_sync(domain, &caller->gather);
	if (caller->status == HVPT_OK)
		look(caller);
}

static void *run(void *arg)
{
	flush(arg);
	return NULL;
}

static void start(struct caller *caller)
{
	assert_int_equal(pthread_create(&caller->thread, NULL, run, caller), 0);
}

static void join(void)
{
	unsigned i;

	for (i = 0; i < meeting.others; i++)
		assert_int_equal(pthread_join(meeting.other[i].thread, NULL),
				 0);
}

/* Before the first caller's hypercall: the others ask, and wait. */
static void hold(struct hv_fixture *f, uint16_t code)
{
	unsigned i;

	(void)f;
	(void)code;
	if (meeting.held)
		return;
	meeting.held = true;
	for (i = 0; i < meeting.others; i++)
		start(&meeting.other[i]);
	if (meeting.refuse) {
		join();
		return;
	}
	pthread_mutex_lock(&meeting.lock);
	while (meeting.waiting < meeting.others)
		pthread_cond_wait(&meeting.changed, &meeting.lock);
	pthread_mutex_unlock(&meeting.lock);
}

/* Maps what the caller then unmaps; the device has used it. */
static void prepare(struct caller *caller, unsigned n, unsigned ranges)
{
	struct hv_fixture *f = meeting.f;
	uint64_t unmapped;
	unsigned i;

	caller->meeting = &meeting;
	caller->ranges = ranges;
	caller->iova = f->base + (uint64_t)n * RANGES * APART;
	hvpt_gather_init(&caller->gather);
	for (i = 0; i < ranges; i++) {
		hv_map(f, 0, page_of(caller, i), HV_DATA, HV_4K);
		hv_dma_reaches(f, 0, page_of(caller, i), HV_DATA);
	}
	for (i = 0; i < ranges; i++)
		hv_ok(hvpt_domain_unmap(&f->domain[0],
					hvpt_iova(page_of(caller, i)), HV_4K,
					&caller->gather, &unmapped));
	assert_int_equal(caller->gather.range_count, ranges);
}

/* The last of the others has @ranges, each of the rest RANGES. */
static void open_meeting_of(struct hv_fixture *f, unsigned others,
			    unsigned ranges)
{
	unsigned i;

	memset(&meeting, 0, sizeof(meeting));
	meeting.f = f;
	meeting.others = others;
	hvpt_host_waits_init(&meeting.waits);
	pthread_mutex_init(&meeting.lock, NULL);
	pthread_cond_init(&meeting.changed, NULL);
	f->domain_config.wait_ops = &ops;
	f->domain_config.wait_ctx = &meeting.waits;
	hv_make(f, 0);
	hv_device(f, 0);
	hv_attach(f, 0, &f->domain[0]);
	prepare(&meeting.first, 0, RANGES);
	for (i = 0; i < others; i++)
		prepare(&meeting.other[i], 1 + i,
			i == others - 1 ? ranges : RANGES);
	hv_mark(f);
	f->on_call = hold;
}

static void open_meeting(struct hv_fixture *f, unsigned others)
{
	open_meeting_of(f, others, RANGES);
}

/* Destroys the domain too, which uses the hooks. */
static void close_meeting(void)
{
	struct hv_fixture *f = meeting.f;

	assert_int_equal(meeting.first.reached, 0);
	hv_take_down(f);
	assert_int_equal(meeting.open, 0);
	pthread_cond_destroy(&meeting.changed);
	pthread_mutex_destroy(&meeting.lock);
	hvpt_host_waits_destroy(&meeting.waits);
}

static void meet(void)
{
	flush(&meeting.first);
	if (!meeting.refuse)
		join();
}

static void all_have(enum hvpt_status status)
{
	unsigned i;

	for (i = 0; i < meeting.others; i++) {
		hv_status(meeting.other[i].status, status);
		assert_int_equal(meeting.other[i].reached, 0);
		if (!meeting.other[i].everything)
			assert_int_equal(
				hvpt_gather_is_empty(&meeting.other[i].gather),
				status == HVPT_OK);
	}
}

static void calls_were(unsigned lists, unsigned fulls, unsigned combined)
{
	struct hvpt_iommu_stats stats;

	hvpt_iommu_read_stats(&meeting.f->iommu, &stats);
	assert_int_equal(hv_since(meeting.f, HV_FLUSH_LIST), lists);
	assert_int_equal(hv_since(meeting.f, HV_FLUSH), fulls);
	assert_int_equal(stats.combined, combined);
}

/* ---- tests ----------------------------------------------------------- */

static void test_one_who_waits_calls_by_itself(void **state)
{
	open_meeting(*state, 1);
	meet();
	hv_ok(meeting.first.status);
	all_have(HVPT_OK);
	calls_were(2, 0, 0);
	close_meeting();
}

static void test_one_call_for_all_who_wait(void **state)
{
	open_meeting(*state, 5);
	meet();
	hv_ok(meeting.first.status);
	all_have(HVPT_OK);
	calls_were(2, 0, 4);
	close_meeting();
}

static void test_as_many_ranges_as_fit(void **state)
{
	open_meeting_of(*state, OTHERS_MAX, FITS - (OTHERS_MAX - 1) * RANGES);
	meet();
	all_have(HVPT_OK);
	calls_were(2, 0, OTHERS_MAX - 1);
	close_meeting();
}

static void test_more_ranges_than_fit(void **state)
{
	struct hvpt_iommu_stats stats;

	open_meeting_of(*state, OTHERS_MAX,
			FITS + 1 - (OTHERS_MAX - 1) * RANGES);
	meet();
	all_have(HVPT_OK);
	calls_were(1, 1, OTHERS_MAX - 1);
	hvpt_iommu_read_stats(&meeting.f->iommu, &stats);
	assert_int_equal(stats.fallbacks, 0);
	close_meeting();
}

static void test_one_of_them_asks_for_everything(void **state)
{
	open_meeting(*state, 4);
	meeting.other[1].everything = true;
	meet();
	hv_ok(meeting.first.status);
	all_have(HVPT_OK);
	calls_were(1, 1, 3);
	hv_ok(hvpt_domain_sync(&meeting.f->domain[0],
			       &meeting.other[1].gather));
	close_meeting();
}

static void test_who_cannot_wait_calls_by_itself(void **state)
{
	open_meeting(*state, 3);
	meeting.refuse = true;
	meet();
	hv_ok(meeting.first.status);
	all_have(HVPT_OK);
	calls_were(4, 0, 0);
	close_meeting();
}

/* The list of all who wait is refused: one full flush for them. */
static void test_the_list_of_all_is_refused(void **state)
{
	struct hvpt_iommu_stats stats;
	struct hv_fixture *f = *state;

	open_meeting(f, 3);
	hv_inject(f, HV_FLUSH_LIST, 2, 1, HYPERVISOR_FAIL, HV_RAW_MEMORY);
	meet();
	hv_ok(meeting.first.status);
	all_have(HVPT_OK);
	calls_were(2, 1, 2);
	hvpt_iommu_read_stats(&f->iommu, &stats);
	assert_int_equal(stats.fallbacks, 1);
	close_meeting();
}

static void one_of(struct caller *caller, unsigned first)
{
	uint64_t unmapped;

	hv_map(meeting.f, 0, caller->iova + first, HV_DATA, HV_4K);
	hv_ok(hvpt_domain_unmap(&meeting.f->domain[0],
				hvpt_iova(caller->iova & ~(HV_2M - 1)), HV_2M,
				&caller->gather, &unmapped));
}

/* Both calls for those who wait fail: each keeps its gather, and its table. */
static void test_all_who_wait_fail(void **state)
{
	struct hv_fixture *f = *state;
	size_t pages;
	unsigned i;

	open_meeting(f, 3);
	meeting.other[2].iova = f->base + HV_1G;
	one_of(&meeting.other[2], 0);
	assert_int_equal(meeting.other[2].gather.table_count, 1);
	hv_inject(f, HV_FLUSH_LIST, 2, 1, HYPERVISOR_FAIL, HV_RAW_DENIED);
	hv_inject(f, HV_FLUSH, 1, 1, HYPERVISOR_FAIL, HV_RAW_MEMORY);
	pages = hvpt_arena_in_use(f->arena);
	meet();
	hv_ok(meeting.first.status);
	all_have(HVPT_ERR_HV_MEMORY);
	calls_were(2, 1, 0);
	assert_int_equal(hvpt_arena_in_use(f->arena), pages);
	assert_int_equal(meeting.other[2].gather.table_count, 1);
	for (i = 0; i < meeting.others; i++) {
		flush(&meeting.other[i]);
		hv_ok(meeting.other[i].status);
	}
	all_have(HVPT_OK);
	assert_int_equal(hvpt_arena_in_use(f->arena), pages - 1);
	close_meeting();
}

/* The call in flight fails, and that is its caller's alone. */
static void test_only_the_first_fails(void **state)
{
	struct hv_fixture *f = *state;

	open_meeting(f, 3);
	hv_inject(f, HV_FLUSH_LIST, 1, 1, HYPERVISOR_FAIL, HV_RAW_DENIED);
	hv_inject(f, HV_FLUSH, 1, 1, HYPERVISOR_FAIL, HV_RAW_MEMORY);
	meet();
	hv_status(meeting.first.status, HVPT_ERR_HV_MEMORY);
	assert_int_equal(meeting.first.gather.range_count, RANGES);
	all_have(HVPT_OK);
	calls_were(2, 1, 2);
	flush(&meeting.first);
	hv_ok(meeting.first.status);
	close_meeting();
}

static void test_hooks_are_there(void **state)
{
	struct hv_fixture *f = *state;
	struct hvpt_wait_ops some = ops;

	f->domain_config.wait_ops = &some;
	some.begin = NULL;
	hv_status(hv_try_make(f, 0), HVPT_ERR_OPS);
	some = ops;
	some.wait = NULL;
	hv_status(hv_try_make(f, 0), HVPT_ERR_OPS);
	some = ops;
	some.end = NULL;
	hv_status(hv_try_make(f, 0), HVPT_ERR_OPS);
	some = ops;
	some.wake = NULL;
	hv_ok(hv_try_make(f, 0));
	hv_ok(hv_try_destroy(f, 0));
}

int main(void)
{
	static const struct hv_case cases[] = {
		HV_CASE(test_one_who_waits_calls_by_itself),
		HV_CASE(test_one_call_for_all_who_wait),
		HV_CASE(test_as_many_ranges_as_fit),
		HV_CASE(test_more_ranges_than_fit),
		HV_CASE(test_one_of_them_asks_for_everything),
		HV_CASE(test_who_cannot_wait_calls_by_itself),
		HV_CASE(test_the_list_of_all_is_refused),
		HV_CASE(test_all_who_wait_fail),
		HV_CASE(test_only_the_first_fails),
		HV_CASE(test_hooks_are_there),
	};

	return hv_run("domain_combine", cases, HV_COUNT(cases), hv_plain, 1);
}
