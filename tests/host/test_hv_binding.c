/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The hooks that put hvpt on top of the model hypervisor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <string.h>

#include "adapters/host/hv_binding.h"
#include "tests/support/hv_raw.h"
#include "tests/support/prng.h"

#define BASE UINT64_C(0x200000000)

static bool read_arena(void *ctx, uint64_t gpa, uint64_t *value)
{
	return hvpt_arena_read64(ctx, gpa, value);
}

static struct hypervisor *make(struct hvpt_arena *arena)
{
	const struct hypervisor_config config = {
		.read64 = read_arena,
		.read_ctx = arena,
		.caps = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1,
		.page_sizes = 0x1000,
		.iova_width = 48,
	};

	return hypervisor_create(&config);
}

/* ---- transport ------------------------------------------------------- */

static uint64_t issue(const struct hvpt_transport *transport, uint64_t control,
		      const uint64_t *in, size_t words)
{
	struct hvpt_call_page page = { 0 };
	uint64_t result;

	assert_true(transport->ops->borrow(transport->ctx, &page));
	assert_non_null(page.va);
	assert_int_equal((uintptr_t)page.va % 4096, 0);
	assert_int_equal(page.gpa.value % 4096, 0);
	memcpy(page.va, in, words * 8);
	result = transport->ops->issue(transport->ctx, control, page.gpa,
				       hvpt_gpa(0));
	transport->ops->give_back(transport->ctx, &page);
	return result;
}

static void the_transport_reaches_the_hypervisor(void **state)
{
	struct hypervisor *hv = make(NULL);
	const struct hvpt_transport transport = {
		.ops = &hvpt_hypervisor_transport,
		.ctx = hv,
	};
	const uint64_t create[] = { RAW_SELF, 0, RAW_DOMAIN(5), 1 };
	const uint64_t flush[] = { RAW_SELF, 0, RAW_DOMAIN(5), 1, 0, 53 };
	struct hvpt_call_page page;
	uint64_t result;

	(void)state;
	result = issue(&transport, RAW_CREATE, create, 4);
	assert_int_equal(raw_status(result), RAW_OK);
	assert_true(hypervisor_has_domain(hv, 5));
	/* The answer comes back as it was. */
	result = issue(&transport, RAW_REP(RAW_FLUSH_LIST, 2, 0), flush, 6);
	assert_int_equal(raw_status(result), RAW_BAD_PARAMETER);
	assert_int_equal(raw_done(result), 1);
	raw_assert_violation(hv, NULL);
	/* Given back is given back. */
	assert_true(transport.ops->borrow(hv, &page));
	transport.ops->give_back(hv, &page);
	transport.ops->give_back(hv, &page);
	raw_assert_violation(hv, "given back, but not lent");
	hypervisor_destroy(hv);
}

static void the_output_is_behind_the_input(void **state)
{
	struct hypervisor *hv = make(NULL);
	const struct hvpt_transport_ops *ops = &hvpt_hypervisor_transport;
	const uint64_t in[] = { RAW_SELF, 0 };
	struct hvpt_call_page page;
	uint64_t result, sizes;

	(void)state;
	assert_true(ops->borrow(hv, &page));
	memcpy(page.va, in, sizeof(in));
	result = ops->issue(hv, RAW_GET_CAPS, page.gpa,
			    hvpt_gpa(page.gpa.value + sizeof(in)));
	memcpy(&sizes, (const uint8_t *)page.va + sizeof(in) + 16, 8);
	ops->give_back(hv, &page);
	assert_int_equal(raw_status(result), RAW_OK);
	assert_int_equal(sizes, 0x1000);
	raw_assert_violation(hv, NULL);
	hypervisor_destroy(hv);
}

/* One thread's domains are its own; some calls are refused in between. */
struct worker {
	struct hvpt_transport transport;
	uint32_t first_id;
	unsigned rounds;
	unsigned wrong;
};

static void *work(void *state)
{
	struct worker *worker = state;
	unsigned round;

	for (round = 0; round < worker->rounds; round++) {
		uint32_t id = worker->first_id + round % 7;
		const uint64_t create[] = { RAW_SELF, 0, RAW_DOMAIN(id), 1 };

		worker->wrong += raw_status(issue(&worker->transport,
						  RAW_CREATE, create, 4)) !=
				 RAW_OK;
		worker->wrong += raw_status(issue(&worker->transport,
						  RAW_CREATE, create, 4)) !=
				 RAW_EXISTS;
		worker->wrong += raw_status(issue(&worker->transport,
						  RAW_DELETE, create, 3)) !=
				 RAW_OK;
	}
	return NULL;
}

static void two_threads_share_a_hypervisor(void **state)
{
	struct hypervisor *hv = make(NULL);
	unsigned rounds = pt_effort(2000), i;
	struct worker workers[2];
	pthread_t threads[2];

	(void)state;
	for (i = 0; i < 2; i++) {
		workers[i] = (struct worker){
			.transport = { &hvpt_hypervisor_transport, hv },
			.first_id = 1 + 100 * i,
			.rounds = rounds,
		};
		assert_int_equal(pthread_create(&threads[i], NULL, work,
						&workers[i]),
				 0);
	}
	for (i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(workers[i].wrong, 0);
	}
	assert_int_equal(hypervisor_calls(hv, RAW_CREATE), 4 * rounds);
	assert_int_equal(hypervisor_failures(hv, RAW_CREATE), 2 * rounds);
	assert_int_equal(hypervisor_domains(hv), 0);
	raw_assert_violation(hv, NULL);
	hypervisor_destroy(hv);
}

/* ---- pages ----------------------------------------------------------- */

static void pages_come_from_the_arena(void **state)
{
	const struct hvpt_page_ops *ops = &hvpt_hypervisor_page_ops;
	struct hvpt_hypervisor_pages pages;
	uint64_t gpa;
	void *page;

	(void)state;
	pages.arena = hvpt_arena_create(4, BASE);
	assert_non_null(pages.arena);
	pages.hv = make(pages.arena);
	page = ops->alloc_page(&pages);
	assert_non_null(page);
	gpa = (uint64_t)(uintptr_t)page - hvpt_arena_offset(pages.arena);
	assert_true(hvpt_arena_owns(pages.arena, gpa));
	assert_int_equal(hvpt_arena_in_use(pages.arena), 1);
	ops->free_page(&pages, page);
	assert_int_equal(hvpt_arena_in_use(pages.arena), 0);
	hvpt_arena_fail_at(pages.arena, 1);
	assert_null(ops->alloc_page(&pages));
	assert_null(ops->write_back);
	raw_assert_violation(pages.hv, NULL);
	hypervisor_destroy(pages.hv);
	hvpt_arena_destroy(pages.arena);
}

static void the_hypervisor_is_told_before_a_page_goes(void **state)
{
	const struct hvpt_page_ops *ops = &hvpt_hypervisor_page_ops;
	struct hvpt_hypervisor_pages pages;
	struct hypervisor_dma dma;
	void *root, *other;
	uint64_t gpa;

	(void)state;
	pages.arena = hvpt_arena_create(4, BASE);
	assert_non_null(pages.arena);
	pages.hv = make(pages.arena);
	root = ops->alloc_page(&pages);
	other = ops->alloc_page(&pages);
	gpa = (uint64_t)(uintptr_t)root - hvpt_arena_offset(pages.arena);
	hypervisor_add_device(pages.hv, 7, true);
	assert_int_equal(raw_create(pages.hv, 1), RAW_OK);
	assert_int_equal(raw_configure(pages.hv, 1, RAW_PAGING_4, gpa), RAW_OK);
	assert_int_equal(raw_attach(pages.hv, 1, 7), RAW_OK);
	ops->free_page(&pages, other);
	hypervisor_dma(pages.hv, 7, 0, false, &dma);
	assert_false(dma.fresh.translated);
	raw_assert_violation(pages.hv, NULL);
	ops->free_page(&pages, root);
	raw_assert_violation(pages.hv, "page 0x200000000 freed, but the root");
	hypervisor_destroy(pages.hv);
	hvpt_arena_destroy(pages.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_transport_reaches_the_hypervisor),
		cmocka_unit_test(the_output_is_behind_the_input),
		cmocka_unit_test(two_threads_share_a_hypervisor),
		cmocka_unit_test(pages_come_from_the_arena),
		cmocka_unit_test(the_hypervisor_is_told_before_a_page_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
