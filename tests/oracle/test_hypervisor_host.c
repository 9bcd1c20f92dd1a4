/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the specification leaves to the host, and several owners in sequence:
 * each member of struct hypervisor_config by hand. No header of hvpt is used.
 *
 * Memory is 8 pages from 0x100000 on. IOVA 0 has a leaf of 1 GiB in the PDPT
 * at 0x101000, index 0; IOVA 1 GiB a leaf of 2 MiB in the PD at 0x102000; 1 GiB
 * plus 2 MiB a leaf of 4 KiB in the PT at 0x103000. Domain 1 has the root at
 * 0x100000 and device 0x10, domain 2 a root at 0x104000 with the same PDPT,
 * domain 3 is blocked; device 0x20 is nowhere.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "oracle/hypervisor.h"
#include "tests/support/hv_raw.h"

#define PAGES 8u
#define MEMORY UINT64_C(0x100000)
#define PAGE(n) (MEMORY + UINT64_C(0x1000) * (n))

#define ROOT 0u
#define PDPT 1u
#define PD 2u
#define PT 3u
#define OTHER_ROOT 4u

#define K4 UINT64_C(0x1000)
#define M2 UINT64_C(0x200000)
#define G1 UINT64_C(0x40000000)

/* P R/W U/S A; a leaf has D as well, a large one PS. */
#define TABLE(n) (PAGE(n) | 0x27)
#define LEAF 0x67u
#define BIG 0xe7u

#define GPA UINT64_C(0x000a000040000000)
#define FAULT UINT64_MAX

struct memory {
	uint64_t word[PAGES][512];
};

static struct memory memory;
static struct hypervisor_config host;
static struct hypervisor *hv;

static bool read_memory(void *ctx, uint64_t gpa, uint64_t *value)
{
	uint64_t page = (gpa - MEMORY) / K4;

	(void)ctx;
	if (page >= PAGES)
		return false;
	*value = memory.word[page][gpa % K4 / 8];
	return true;
}

static void make(void)
{
	hypervisor_destroy(hv);
	hv = hypervisor_create(&host);
	hypervisor_add_device(hv, 0x10, true);
	hypervisor_add_device(hv, 0x20, true);
	assert_int_equal(raw_create(hv, 1), RAW_OK);
	assert_int_equal(raw_create(hv, 2), RAW_OK);
	assert_int_equal(raw_create(hv, 3), RAW_OK);
	assert_int_equal(raw_configure(hv, 1, RAW_PAGING_4, PAGE(ROOT)),
			 RAW_OK);
	assert_int_equal(raw_configure(hv, 2, RAW_PAGING_4, PAGE(OTHER_ROOT)),
			 RAW_OK);
	assert_int_equal(raw_configure(hv, 3, RAW_BLOCKED, 0), RAW_OK);
	assert_int_equal(raw_attach(hv, 1, 0x10), RAW_OK);
}

static int set_up(void **state)
{
	(void)state;
	memset(&memory, 0, sizeof(memory));
	memset(&host, 0, sizeof(host));
	host.read64 = read_memory;
	host.caps = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1;
	host.page_sizes = K4 | M2 | G1;
	host.iova_width = 48;
	memory.word[ROOT][0] = TABLE(PDPT);
	memory.word[OTHER_ROOT][0] = TABLE(PDPT);
	memory.word[PDPT][0] = GPA | BIG;
	memory.word[PDPT][1] = TABLE(PD);
	memory.word[PD][0] = (GPA + G1) | BIG;
	memory.word[PD][1] = TABLE(PT);
	memory.word[PT][0] = (GPA + G1 + M2) | LEAF;
	make();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hypervisor_destroy(hv);
	hv = NULL;
	return 0;
}

static struct hypervisor_dma dma_of(uint64_t device, uint64_t iova)
{
	struct hypervisor_dma dma;

	memset(&dma, 0, sizeof(dma));
	hypervisor_dma(hv, device, iova, false, &dma);
	return dma;
}

static void reads(uint64_t iova, uint64_t fresh, size_t stale)
{
	struct hypervisor_dma dma = dma_of(0x10, iova);

	assert_int_equal(dma.fresh.translated ? dma.fresh.gpa : FAULT, fresh);
	assert_int_equal(dma.stale_count, stale);
}

/* Flushes of domain 1: @bytes is a power of two, @iova a multiple of it. */
static void flush(uint64_t iova, uint64_t bytes)
{
	unsigned shift = 0;

	while (K4 << shift < bytes)
		shift++;
	assert_int_equal(raw_flush_pages(hv, 1, iova, shift), RAW_OK);
}

static void no_violation(void)
{
	raw_assert_violation(hv, NULL);
}

/* ---- what a descriptor drops ----------------------------------------- */

static void a_whole_leaf_stays_until_one_descriptor_covers_it(void **state)
{
	(void)state;
	host.iotlb = HYPERVISOR_IOTLB_WHOLE;
	make();
	reads(M2, GPA + M2, 0);
	memory.word[PDPT][0] = 0;
	flush(M2, M2);
	reads(M2, FAULT, 1);
	/* Both halves, but in two. */
	flush(0, G1 / 2);
	flush(G1 / 2, G1 / 2);
	reads(M2, FAULT, 1);
	flush(0, G1);
	reads(M2, FAULT, 0);
}

static void a_whole_table_pointer_stays_likewise(void **state)
{
	(void)state;
	host.iotlb = HYPERVISOR_IOTLB_WHOLE;
	make();
	reads(G1 + M2, GPA + G1 + M2, 0);
	memory.word[PD][1] = 0;
	/* The page goes; by the pointer at its table it comes again. */
	flush(G1 + M2, K4);
	reads(G1 + M2, FAULT, 1);
	flush(G1 + M2, M2);
	reads(G1 + M2, FAULT, 0);
	reads(G1, GPA + G1, 0);
	memory.word[PDPT][1] = 0;
	flush(G1, M2);
	reads(G1, FAULT, 1);
	flush(G1, G1);
	reads(G1, FAULT, 0);
}

static void pieces_go_one_by_one(void **state)
{
	(void)state;
	host.iotlb = HYPERVISOR_IOTLB_PIECES;
	make();
	reads(M2, GPA + M2, 0);
	reads(0, GPA, 0);
	memory.word[PDPT][0] = 0;
	flush(M2, M2);
	reads(M2, FAULT, 0);
	reads(0, FAULT, 1);
	flush(0, G1 / 2);
	flush(G1 / 2, G1 / 2);
	reads(0, FAULT, 0);
}

static void a_full_flush_drops_whole_leaves(void **state)
{
	(void)state;
	host.iotlb = HYPERVISOR_IOTLB_WHOLE;
	make();
	reads(M2, GPA + M2, 0);
	memory.word[PDPT][0] = 0;
	assert_int_equal(raw_flush(hv, 1), RAW_OK);
	reads(M2, FAULT, 0);
	assert_int_equal(hypervisor_cached(hv), 1);
}

/* ---- what is refused ------------------------------------------------- */

static void configuring_again_is_refused_with_any_status(void **state)
{
	(void)state;
	host.reconfigure = RAW_BAD_STATE;
	make();
	assert_int_equal(raw_configure(hv, 1, RAW_PAGING_4, PAGE(OTHER_ROOT)),
			 RAW_BAD_STATE);
	assert_int_equal(raw_create(hv, 4), RAW_OK);
	assert_int_equal(raw_configure(hv, 4, RAW_IDENTITY, 0), RAW_OK);
	assert_int_equal(raw_configure(hv, 4, RAW_IDENTITY, 0), RAW_BAD_STATE);
}

static void an_id_that_exists_is_refused_with_any_status(void **state)
{
	(void)state;
	assert_int_equal(raw_create(hv, 1), RAW_EXISTS);
	host.create = RAW_IN_USE;
	make();
	assert_int_equal(raw_create(hv, 1), RAW_IN_USE);
	assert_int_equal(raw_create(hv, 4), RAW_OK);
}

static void an_id_that_exists_may_be_taken_over(void **state)
{
	uint32_t id = 0;

	(void)state;
	host.take_over = true;
	make();
	reads(0, GPA, 0);
	assert_int_equal(raw_create(hv, 1), RAW_OK);
	assert_int_equal(hypervisor_domains(hv), 3);
	/* All as it was: the device, the cache, the root. */
	assert_true(hypervisor_device_domain(hv, 0x10, &id));
	assert_int_equal(id, 1);
	assert_int_not_equal(hypervisor_cached(hv), 0);
	reads(0, GPA, 0);
	no_violation();
}

static void detach_may_be_refused(void **state)
{
	uint32_t id;

	(void)state;
	host.detach = RAW_NOT_NOW;
	make();
	assert_int_equal(raw_detach(hv, 0x10), RAW_NOT_NOW);
	assert_true(hypervisor_device_domain(hv, 0x10, &id));
	/* What is wrong otherwise comes first. */
	assert_int_equal(raw_detach(hv, 0x20), RAW_BAD_STATE);
	assert_int_equal(raw_detach(hv, 0x99), RAW_BAD_DEVICE);
}

static void detach_may_come_later(void **state)
{
	uint32_t id;

	(void)state;
	host.detach_delay = 3;
	make();
	assert_int_equal(raw_detach(hv, 0x10), RAW_OK);
	reads(0, GPA, 0);
	assert_int_equal(raw_delete(hv, 1), RAW_IN_USE);
	assert_int_equal(raw_delete(hv, 1), RAW_IN_USE);
	assert_true(hypervisor_device_domain(hv, 0x10, &id));
	/* Due with the third call, before it is done. */
	assert_int_equal(raw_delete(hv, 1), RAW_OK);
	reads(0, FAULT, 0);
}

static void an_attach_supersedes_a_detach(void **state)
{
	uint32_t id = 0;
	unsigned i;

	(void)state;
	host.detach_delay = 2;
	make();
	assert_int_equal(raw_detach(hv, 0x10), RAW_OK);
	assert_int_equal(raw_attach(hv, 1, 0x10), RAW_SAME_DOMAIN);
	for (i = 0; i < 4; i++)
		assert_int_equal(raw_flush(hv, 1), RAW_OK);
	assert_true(hypervisor_device_domain(hv, 0x10, &id));
	assert_int_equal(raw_detach(hv, 0x10), RAW_OK);
	assert_int_equal(raw_attach(hv, 2, 0x10), RAW_OK);
	for (i = 0; i < 4; i++)
		assert_int_equal(raw_flush(hv, 1), RAW_OK);
	assert_true(hypervisor_device_domain(hv, 0x10, &id));
	assert_int_equal(id, 2);
}

static void lists_may_be_refused_a_few_times(void **state)
{
	struct hypervisor_stats stats;

	(void)state;
	host.list = RAW_TIMEOUT;
	host.list_times = 2;
	make();
	reads(0, GPA, 0);
	assert_int_equal(raw_flush_pages(hv, 1, 0, 52), RAW_TIMEOUT);
	assert_int_equal(raw_flush_pages(hv, 1, 0, 52), RAW_TIMEOUT);
	assert_int_not_equal(hypervisor_cached(hv), 0);
	assert_int_equal(raw_flush_pages(hv, 1, 0, 52), RAW_OK);
	assert_int_equal(hypervisor_cached(hv), 0);
	hypervisor_read_stats(hv, &stats);
	assert_int_equal(stats.descriptors, 1);
}

static void lists_may_be_refused_for_ever(void **state)
{
	unsigned i;

	(void)state;
	host.list = RAW_BAD_PARAMETER;
	host.list_times = UINT64_MAX;
	make();
	for (i = 0; i < 100; i++)
		assert_int_equal(raw_flush_pages(hv, 1, 0, 52),
				 RAW_BAD_PARAMETER);
	assert_int_equal(raw_flush(hv, 1), RAW_OK);
}

/* ---- rep counts ------------------------------------------------------ */

static uint64_t flush_three(void)
{
	static const uint64_t entries[] = { 0, 0x1000, 0x2000 };

	return raw_flush_list(hv, 1, entries, 3, 0);
}

static void lie(enum hypervisor_reps reps, unsigned done, uint64_t descriptors)
{
	struct hypervisor_stats stats;
	uint64_t result;

	host.reps = reps;
	make();
	result = flush_three();
	assert_int_equal(raw_status(result), RAW_OK);
	assert_int_equal(raw_done(result), done);
	hypervisor_read_stats(hv, &stats);
	assert_int_equal(stats.descriptors, descriptors);
}

static void rep_counts_may_lie(void **state)
{
	(void)state;
	lie(HYPERVISOR_REPS_HONEST, 3, 3);
	lie(HYPERVISOR_REPS_MORE, 4, 3);
	lie(HYPERVISOR_REPS_FEWER, 2, 3);
	lie(HYPERVISOR_REPS_NONE, 0, 0);
}

/* A guest that is told 3 of 3 cannot know that only 2 were done. */
static void an_early_stop_says_no_more(void **state)
{
	const struct hypervisor_injection stop = {
		.code = RAW_FLUSH_LIST,
		.fault = HYPERVISOR_STOP_REP,
		.reps = 2,
	};
	uint64_t result;

	(void)state;
	host.reps = HYPERVISOR_REPS_MORE;
	make();
	hypervisor_inject(hv, &stop);
	result = flush_three();
	assert_int_equal(raw_status(result), RAW_OK);
	assert_int_equal(raw_done(result), 2);
	assert_int_equal(raw_done(flush_three()), 4);
}

static void a_failure_is_honest(void **state)
{
	static const uint64_t entries[] = { 0, 0x1000, 0xfc0 };
	uint64_t result;

	(void)state;
	host.reps = HYPERVISOR_REPS_MORE;
	make();
	result = raw_flush_list(hv, 1, entries, 3, 0);
	assert_int_equal(raw_status(result), RAW_BAD_PARAMETER);
	assert_int_equal(raw_done(result), 2);
}

/* ---- devices that go ------------------------------------------------ */

static void a_device_that_is_gone_has_any_status(void **state)
{
	static const uint16_t statuses[] = { RAW_NOT_FOUND, RAW_BAD_STATE,
					     RAW_BAD_PARAMETER };
	const uint64_t ask[] = { RAW_SELF, 0x10, 10 };
	uint64_t out[4];
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		host.gone = statuses[i];
		make();
		hypervisor_remove_device(hv, 0x10);
		assert_int_equal(raw_attach(hv, 1, 0x10), statuses[i]);
		assert_int_equal(raw_detach(hv, 0x10), statuses[i]);
		assert_int_equal(
			raw_status(raw_call(hv, RAW_GET_PROPERTY, ask, 3, out)),
			statuses[i]);
		hypervisor_add_device(hv, 0x10, true);
		assert_int_equal(raw_detach(hv, 0x10), RAW_BAD_STATE);
		assert_int_equal(raw_attach(hv, 1, 0x10), RAW_OK);
	}
}

static void a_device_that_is_gone_may_stay_in_its_domain(void **state)
{
	uint32_t id = 0;

	(void)state;
	host.gone_stays = true;
	make();
	hypervisor_remove_device(hv, 0x10);
	assert_false(hypervisor_device_domain(hv, 0x10, &id));
	assert_int_equal(raw_detach(hv, 0x10), RAW_BAD_DEVICE);
	assert_int_equal(raw_delete(hv, 1), RAW_IN_USE);
	hypervisor_add_device(hv, 0x10, true);
	assert_true(hypervisor_device_domain(hv, 0x10, &id));
	assert_int_equal(id, 1);
	reads(0, GPA, 0);
	assert_int_equal(raw_detach(hv, 0x10), RAW_OK);
	assert_int_equal(raw_delete(hv, 1), RAW_OK);
	/* One that is nowhere leaves nothing. */
	hypervisor_remove_device(hv, 0x20);
	hypervisor_add_device(hv, 0x20, true);
	assert_false(hypervisor_device_domain(hv, 0x20, &id));
}

static void ats_of_a_device_that_is_gone(void **state)
{
	(void)state;
	hypervisor_set_ats(hv, 0x10, true);
	hypervisor_remove_device(hv, 0x10);
	hypervisor_set_ats(hv, 0x10, false);
	hypervisor_set_ats(hv, 0x10, true);
	hypervisor_add_device(hv, 0x10, true);
	/* It was reset: nothing is on in the blocked domain. */
	assert_int_equal(raw_attach(hv, 3, 0x10), RAW_OK);
	no_violation();
}

/* ---- leaves and tables ----------------------------------------------- */

static void a_leaf_of_a_size_not_offered_is_seen(void **state)
{
	(void)state;
	host.page_sizes = K4 | M2;
	make();
	reads(G1, GPA + G1, 0);
	reads(G1 + M2, GPA + G1 + M2, 0);
	no_violation();
	reads(0, GPA, 0);
	raw_assert_violation(hv, "leaf of 0x40000000 bytes, which the host "
				 "does not offer: iova 0, domain 1");
	host.page_sizes = M2 | G1;
	make();
	reads(0, GPA, 0);
	no_violation();
	reads(G1 + M2, GPA + G1 + M2, 0);
	raw_assert_violation(hv, "leaf of 0x1000 bytes");
}

static void freeing_under_a_device_and_before_delete_differ(void **state)
{
	(void)state;
	reads(G1, GPA + G1, 0);
	hypervisor_page_freed(hv, PAGE(PD));
	raw_assert_violation(hv, "but a cached table pointer of domain 1 "
				 "leads to it");
	assert_null(strstr(hypervisor_violation(hv), "has no device"));
	make();
	hypervisor_page_freed(hv, PAGE(OTHER_ROOT));
	raw_assert_violation(hv, "but the root of domain 2 leads to it, "
				 "which has no device but is not deleted");
}

static void freeing_before_delete_may_be_allowed(void **state)
{
	(void)state;
	host.frees_before_delete = true;
	make();
	hypervisor_page_freed(hv, PAGE(OTHER_ROOT));
	no_violation();
	hypervisor_page_freed(hv, PAGE(ROOT));
	raw_assert_violation(hv, "but the root of domain 1 leads to it");
}

/* ---- owners ---------------------------------------------------------- */

static void dma_goes_on_until_the_device_is_claimed(void **state)
{
	(void)state;
	hypervisor_new_owner(hv);
	reads(0, GPA, 0);
	no_violation();
	/* "Already there" is an answer to one who takes the domain for his. */
	assert_int_equal(raw_attach(hv, 1, 0x10), RAW_SAME_DOMAIN);
	no_violation();
	reads(0, GPA, 0);
	raw_assert_violation(hv, "iova 0, domain 1: translated by somebody "
				 "else's tables");
}

static void a_claim_by_word_and_none(void **state)
{
	(void)state;
	hypervisor_new_owner(hv);
	hypervisor_claim(hv, 0x10);
	hypervisor_leave_running(hv, 0x10);
	reads(0, GPA, 0);
	no_violation();
	hypervisor_claim(hv, 0x10);
	reads(0, GPA, 0);
	raw_assert_violation(hv, "somebody else's tables");
}

static void tables_of_ones_own_are_no_violation(void **state)
{
	(void)state;
	reads(0, GPA, 0);
	hypervisor_new_owner(hv);
	assert_int_equal(raw_create(hv, 1), RAW_EXISTS);
	assert_int_equal(raw_create(hv, 4), RAW_OK);
	assert_int_equal(raw_configure(hv, 4, RAW_PAGING_4, PAGE(OTHER_ROOT)),
			 RAW_OK);
	assert_int_equal(raw_attach(hv, 4, 0x10), RAW_OK);
	reads(0, GPA, 0);
	reads(0, GPA, 0);
	no_violation();
}

static void entries_of_the_owner_before_stay_cached(void **state)
{
	(void)state;
	reads(0, GPA, 0);
	hypervisor_new_owner(hv);
	/* The domain is taken over, its cache is not. */
	assert_int_equal(raw_configure(hv, 1, RAW_PAGING_4, PAGE(OTHER_ROOT)),
			 RAW_OK);
	hypervisor_claim(hv, 0x10);
	reads(G1, GPA + G1, 0);
	raw_assert_violation(hv, "somebody else's tables");
}

static void a_flush_rids_one_of_the_owner_before(void **state)
{
	(void)state;
	reads(0, GPA, 0);
	hypervisor_new_owner(hv);
	assert_int_equal(raw_configure(hv, 1, RAW_PAGING_4, PAGE(OTHER_ROOT)),
			 RAW_OK);
	assert_int_equal(raw_flush(hv, 1), RAW_OK);
	assert_int_equal(raw_attach(hv, 1, 0x10), RAW_SAME_DOMAIN);
	reads(0, GPA, 0);
	reads(0, GPA, 0);
	no_violation();
}

static void tables_that_are_none_are_nobodys(void **state)
{
	(void)state;
	assert_int_equal(raw_attach(hv, 3, 0x10), RAW_OK);
	hypervisor_new_owner(hv);
	hypervisor_claim(hv, 0x10);
	reads(0, FAULT, 0);
	no_violation();
}

static void an_owner_starts_with_call_pages_and_no_injections(void **state)
{
	const struct hypervisor_injection fail = { .times = UINT64_MAX,
						   .status = RAW_DENIED };
	uint64_t gpa;
	unsigned i;
	void *va;

	(void)state;
	hypervisor_inject(hv, &fail);
	for (i = 0; i < 12; i++)
		hypervisor_borrow(hv, &va, &gpa);
	hypervisor_new_owner(hv);
	for (i = 0; i < 12; i++)
		hypervisor_borrow(hv, &va, &gpa);
	assert_int_equal(raw_flush(hv, 1), RAW_OK);
	no_violation();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_whole_leaf_stays_until_one_descriptor_covers_it),
		TEST(a_whole_table_pointer_stays_likewise),
		TEST(pieces_go_one_by_one),
		TEST(a_full_flush_drops_whole_leaves),
		TEST(configuring_again_is_refused_with_any_status),
		TEST(an_id_that_exists_is_refused_with_any_status),
		TEST(an_id_that_exists_may_be_taken_over),
		TEST(detach_may_be_refused),
		TEST(detach_may_come_later),
		TEST(an_attach_supersedes_a_detach),
		TEST(lists_may_be_refused_a_few_times),
		TEST(lists_may_be_refused_for_ever),
		TEST(rep_counts_may_lie),
		TEST(an_early_stop_says_no_more),
		TEST(a_failure_is_honest),
		TEST(a_device_that_is_gone_has_any_status),
		TEST(a_device_that_is_gone_may_stay_in_its_domain),
		TEST(ats_of_a_device_that_is_gone),
		TEST(a_leaf_of_a_size_not_offered_is_seen),
		TEST(freeing_under_a_device_and_before_delete_differ),
		TEST(freeing_before_delete_may_be_allowed),
		TEST(dma_goes_on_until_the_device_is_claimed),
		TEST(a_claim_by_word_and_none),
		TEST(tables_of_ones_own_are_no_violation),
		TEST(entries_of_the_owner_before_stay_cached),
		TEST(a_flush_rids_one_of_the_owner_before),
		TEST(tables_that_are_none_are_nobodys),
		TEST(an_owner_starts_with_call_pages_and_no_injections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
