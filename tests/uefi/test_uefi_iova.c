/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The allocator of device addresses against a plain array of pages.
 */
#include "fake_boot.h"
#include "support/prng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <IovaSpace.h>

#define BASE UINT64_C(0x40000000)
#define LIVE 512u

struct range {
	UINT64 iova;
	UINTN pages;
};

/**
 * struct plain - who has which page
 * @state: 0: not to be given out, 1: free, 2: taken
 */
struct plain {
	uint8_t *state;
	UINTN count;
};

static void plain_add(struct plain *plain, uint64_t first, uint64_t last)
{
	UINTN i;

	for (i = 0; i < plain->count; i++)
		if (BASE + i * 4096 >= first && BASE + i * 4096 + 4095 <= last)
			plain->state[i] = 1;
}

/* Largest order of a free aligned block: what a buddy must be able to give. */
static bool plain_has(const struct plain *plain, UINTN pages)
{
	UINTN size = 1, i, j;

	while (size < pages)
		size *= 2;
	for (i = 0; i + size <= plain->count; i += size) {
		for (j = 0; j < size && plain->state[i + j] == 1; j++)
			;
		if (j == size)
			return true;
	}
	return false;
}

static void plain_mark(struct plain *plain, const struct range *range,
		       uint8_t from, uint8_t to)
{
	UINTN at = (range->iova - BASE) / 4096, i;

	assert_true(range->iova >= BASE && at + range->pages <= plain->count);
	for (i = 0; i < range->pages; i++) {
		assert_int_equal(plain->state[at + i], from);
		plain->state[at + i] = to;
	}
}

static void take(HVPT_IOVA_SPACE *space, struct plain *plain,
		 struct range *range, UINTN pages)
{
	UINTN size = 1;

	range->pages = 0;
	if (!HvptIovaTake(space, pages, &range->iova)) {
		assert_false(plain_has(plain, pages));
		return;
	}
	range->pages = pages;
	while (size < pages)
		size *= 2;
	assert_int_equal((range->iova - BASE) & (size * 4096 - 1), 0);
	plain_mark(plain, range, 1, 2);
}

static void give(HVPT_IOVA_SPACE *space, struct plain *plain,
		 struct range *range)
{
	plain_mark(plain, range, 2, 1);
	HvptIovaGive(space, range->iova, range->pages);
	range->pages = 0;
}

static UINTN random_pages(struct prng *prng, UINTN most)
{
	UINTN limit = UINT64_C(1) << prng_below(prng, 12);

	if (limit > most)
		limit = most;
	return 1 + prng_below(prng, limit);
}

static void random_one(struct prng *prng, UINTN order, uint64_t first,
		       uint64_t last, unsigned rounds)
{
	struct range range[LIVE] = { { 0 } };
	HVPT_IOVA_SPACE space;
	struct plain plain;
	unsigned i;

	fake_boot_open();
	plain.count = UINT64_C(1) << order;
	plain.state = calloc(plain.count, 1);
	assert_non_null(plain.state);
	assert_int_equal(HvptIovaInit(&space, BASE, order), EFI_SUCCESS);
	HvptIovaAdd(&space, first, last);
	plain_add(&plain, first, last);
	for (i = 0; i < rounds; i++) {
		struct range *one = &range[prng_below(prng, LIVE)];

		if (one->pages)
			give(&space, &plain, one);
		else
			take(&space, &plain, one,
			     random_pages(prng, plain.count));
	}
	for (i = 0; i < LIVE; i++)
		if (range[i].pages)
			give(&space, &plain, &range[i]);
	assert_int_equal(space.InUse, 0);
	/* All came together again: what was added is there as a whole. */
	for (i = 0; i <= order; i++)
		take(&space, &plain, &range[0], UINT64_C(1) << i);
	HvptIovaDone(&space);
	assert_int_equal(fake_boot.pages, 0);
	fake_boot_close();
	free(plain.state);
}

static void against_plain(void **state)
{
	struct prng prng;
	unsigned i, effort = pt_effort(40);

	(void)state;
	prng.state = pt_seed("iova", 0x7a11);
	for (i = 0; i < effort; i++) {
		UINTN order = prng_below(&prng, 15);
		uint64_t bytes = UINT64_C(4096) << order;

		random_one(&prng, order,
			   BASE + prng_below(&prng, bytes / 2 + 1),
			   BASE + bytes / 2 + prng_below(&prng, bytes), 400);
	}
	random_one(&prng, 12, 0, UINT64_MAX, 4000);
}

static void largest(void **state)
{
	HVPT_IOVA_SPACE space;
	UINT64 iova;
	UINTN i;

	(void)state;
	fake_boot_open();
	assert_int_equal(HvptIovaInit(&space, 0, HVPT_IOVA_ORDER_MAX),
			 EFI_SUCCESS);
	assert_false(HvptIovaTake(&space, 1, &iova));
	HvptIovaAdd(&space, 0, UINT64_MAX);
	assert_true(HvptIovaTake(&space, UINT64_C(1) << 20, &iova));
	assert_true(iova == 0);
	assert_false(HvptIovaTake(&space, 1, &iova));
	HvptIovaGive(&space, 0, UINT64_C(1) << 20);
	assert_false(HvptIovaTake(&space, (UINT64_C(1) << 20) + 1, &iova));
	for (i = 0; i < UINT64_C(1) << 20; i++) {
		assert_true(HvptIovaTake(&space, 1, &iova));
		assert_true(iova == i * 4096);
	}
	assert_false(HvptIovaTake(&space, 1, &iova));
	for (i = 0; i < UINT64_C(1) << 20; i++)
		HvptIovaGive(&space, i * 4096, 1);
	assert_true(HvptIovaTake(&space, UINT64_C(1) << 20, &iova));
	assert_int_equal(space.Peak, UINT64_C(1) << 20);
	HvptIovaDone(&space);
	fake_boot_close();
}

static void no_memory(void **state)
{
	HVPT_IOVA_SPACE space;

	(void)state;
	fake_boot_open();
	fake_boot.fail_at = 1;
	assert_int_equal(HvptIovaInit(&space, 0, 4), EFI_OUT_OF_RESOURCES);
	HvptIovaDone(&space);
	fake_boot_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(against_plain),
		cmocka_unit_test(largest),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
