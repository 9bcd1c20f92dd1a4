/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The model hypervisor, as a guest with bad manners sees it: each field of
 * each call wrong, the control word, the call page. No header of hvpt is used.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "oracle/hypervisor.h"
#include "tests/support/hv_raw.h"

/* ---- one field wrong at a time --------------------------------------- */

/* A call with all fields right; it succeeds. */
struct good {
	const char *name;
	uint64_t control;
	size_t words;
	uint64_t in[6];
};

/* Bits of a word of the input; each, turned over, gives a status. */
struct bits {
	unsigned word;
	uint64_t mask;
	unsigned status;
};

/* A word of the input, another value, and the status it gives. */
struct value {
	unsigned word;
	uint64_t value;
	unsigned status;
};

#define MOST 16

struct refusal {
	struct good good;
	struct bits bits[MOST];
	struct value values[MOST];
};

/* What is wrong in every call for a domain; the last one: there is none. */
#define HEADER_BITS                                                            \
	{ 0, UINT64_MAX, RAW_BAD_PARTITION },                                  \
		{ 1, UINT64_MAX, RAW_BAD_PARAMETER },                          \
	{                                                                      \
		2, 0xffffffff, RAW_BAD_PARAMETER                               \
	}
#define HEADER_VALUES                                                          \
	{ 0, 0, RAW_BAD_PARTITION }, { 2, RAW_DOMAIN(0), RAW_BAD_PARAMETER },  \
	{                                                                      \
		2, RAW_DOMAIN(0xffffffff), RAW_BAD_PARAMETER                   \
	}
#define NO_DOMAIN                                                              \
	{ 2, RAW_DOMAIN(4), RAW_NOT_FOUND },                                   \
	{                                                                      \
		2, RAW_DOMAIN(0xfffffffe), RAW_NOT_FOUND                       \
	}

static const struct refusal refusals[] = {
	{
		{ "create", RAW_CREATE, 4, { RAW_SELF, 0, RAW_DOMAIN(9), 3 } },
		{ HEADER_BITS, { 3, ~UINT64_C(3), RAW_BAD_PARAMETER } },
		{ HEADER_VALUES,
		  { 2, RAW_DOMAIN(1), RAW_EXISTS },
		  { 2, RAW_DOMAIN(3), RAW_EXISTS } },
	},
	{
		{ "delete", RAW_DELETE, 3, { RAW_SELF, 0, RAW_DOMAIN(3) } },
		{ HEADER_BITS },
		{ HEADER_VALUES, NO_DOMAIN, { 2, RAW_DOMAIN(1), RAW_IN_USE } },
	},
	{
		{ "configure, identity",
		  RAW_CONFIGURE,
		  5,
		  { RAW_SELF, 0, RAW_DOMAIN(3), 0, 0 } },
		{ HEADER_BITS,
		  /* Bit 0 alone would make it paging. */
		  { 3, ~UINT64_C(1), RAW_BAD_PARAMETER },
		  { 4, UINT64_MAX, RAW_BAD_PARAMETER } },
		{ HEADER_VALUES, NO_DOMAIN },
	},
	{
		{ "configure, blocked",
		  RAW_CONFIGURE,
		  5,
		  { RAW_SELF, 0, RAW_DOMAIN(3), 3, 0 } },
		{ HEADER_BITS,
		  /* Without translation enabled; bit 1 makes it paging. */
		  { 3, ~UINT64_C(2), RAW_BAD_PARAMETER },
		  { 4, UINT64_MAX, RAW_BAD_PARAMETER } },
		{ HEADER_VALUES, NO_DOMAIN },
	},
	{
		{ "configure, paging",
		  RAW_CONFIGURE,
		  5,
		  { RAW_SELF, 0, RAW_DOMAIN(3), 1, 0x000ffffffffff000 } },
		{ HEADER_BITS,
		  /* Not enabled, with a root; blocked with one; 5 levels. */
		  { 3, UINT64_MAX, RAW_BAD_PARAMETER },
		  { 4, 0xfff0000000000fff, RAW_BAD_PARAMETER } },
		{ HEADER_VALUES, NO_DOMAIN },
	},
	{
		{ "attach",
		  RAW_ATTACH,
		  4,
		  { RAW_SELF, 0, RAW_DOMAIN(2), 0x10 } },
		{ HEADER_BITS,
		  { 3, UINT64_C(3) << 62, RAW_BAD_PARAMETER },
		  { 3, ~(UINT64_C(3) << 62 | 0x30), RAW_BAD_DEVICE } },
		{ HEADER_VALUES,
		  NO_DOMAIN,
		  { 2, RAW_DOMAIN(1), RAW_SAME_DOMAIN },
		  { 2, RAW_DOMAIN(3), RAW_BAD_STATE },
		  { 3, 0x30, RAW_BAD_DEVICE } },
	},
	{
		{ "detach", RAW_DETACH, 2, { RAW_SELF, 0x10 } },
		{ { 0, UINT64_MAX, RAW_BAD_PARTITION },
		  { 1, UINT64_C(3) << 62, RAW_BAD_PARAMETER },
		  { 1, ~(UINT64_C(3) << 62 | 0x30), RAW_BAD_DEVICE } },
		{ { 0, 0, RAW_BAD_PARTITION },
		  { 1, 0x20, RAW_BAD_STATE },
		  { 1, 0x30, RAW_BAD_DEVICE } },
	},
	{
		{ "flush", RAW_FLUSH, 4, { RAW_SELF, 0, RAW_DOMAIN(1), 0 } },
		{ HEADER_BITS, { 3, UINT64_MAX, RAW_BAD_PARAMETER } },
		{ HEADER_VALUES, NO_DOMAIN },
	},
	{
		{ "flush list",
		  RAW_REP(RAW_FLUSH_LIST, 1, 0),
		  5,
		  { RAW_SELF, 0, RAW_DOMAIN(1), 1, 52 } },
		{ HEADER_BITS,
		  { 3, UINT64_MAX, RAW_BAD_PARAMETER },
		  { 4, ~UINT64_C(0x3f), RAW_BAD_PARAMETER } },
		{ HEADER_VALUES,
		  NO_DOMAIN,
		  { 4, 53, RAW_BAD_PARAMETER },
		  { 4, 63, RAW_BAD_PARAMETER },
		  { 4, 0x7000 | 1, RAW_BAD_PARAMETER },
		  { 4, UINT64_C(1) << 62 | 51, RAW_BAD_PARAMETER } },
	},
	{
		{ "get capabilities", RAW_GET_CAPS, 2, { RAW_SELF, 0 } },
		{ { 0, UINT64_MAX, RAW_BAD_PARTITION },
		  { 1, UINT64_MAX, RAW_BAD_PARAMETER } },
		{ { 0, 0, RAW_BAD_PARTITION } },
	},
	{
		{ "get property", RAW_GET_PROPERTY, 3, { RAW_SELF, 0x10, 10 } },
		{ { 0, UINT64_MAX, RAW_BAD_PARTITION },
		  { 1, ~UINT64_C(0x30), RAW_BAD_DEVICE },
		  { 2, 0xffffffff, RAW_NO_PROPERTY },
		  { 2, UINT64_C(0xffffffff) << 32, RAW_BAD_PARAMETER } },
		{ { 0, 0, RAW_BAD_PARTITION } },
	},
};

static void assert_refused(struct hypervisor *hv, const struct good *good,
			   const uint64_t *in, unsigned word, unsigned status)
{
	const uint64_t garbage = 0xcccccccccccccccc;
	uint64_t out[4], result;

	result = raw_call(hv, good->control, in, good->words, out);
	if (raw_status(result) != status || status == RAW_OK)
		fail_msg("%s, word %u = %#llx: status %#x, not %#x", good->name,
			 word, (unsigned long long)in[word], raw_status(result),
			 status);
	assert_int_equal(raw_done(result), 0);
	raw_is_as_opened(hv);
	if (good->control == RAW_GET_CAPS ||
	    good->control == RAW_GET_PROPERTY) {
		assert_int_equal(out[0], garbage);
		assert_int_equal(out[1], garbage);
	}
	if (good->control == RAW_GET_CAPS)
		assert_int_equal(out[2], garbage);
}

static uint64_t refuse_bits(struct hypervisor *hv, const struct good *good,
			    const struct bits *bits)
{
	uint64_t in[RAW_COUNT(good->in)], count = 0;
	unsigned bit;

	memcpy(in, good->in, sizeof(in));
	for (bit = 0; bit < 64; bit++) {
		if (!(bits->mask >> bit & 1))
			continue;
		in[bits->word] = good->in[bits->word] ^ UINT64_C(1) << bit;
		assert_refused(hv, good, in, bits->word, bits->status);
		count++;
	}
	return count;
}

static uint64_t refuse_value(struct hypervisor *hv, const struct good *good,
			     const struct value *value)
{
	uint64_t in[RAW_COUNT(good->in)];

	memcpy(in, good->in, sizeof(in));
	in[value->word] = value->value;
	assert_refused(hv, good, in, value->word, value->status);
	return 1;
}

static void each_wrong_field_is_refused(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < RAW_COUNT(refusals); i++) {
		const struct good *good = &refusals[i].good;
		struct hypervisor *hv = raw_open(&raw_plain);
		uint16_t code = (uint16_t)(good->control & 0xffff);
		uint64_t before = hypervisor_calls(hv, code), count = 0;

		for (k = 0; refusals[i].bits[k].mask; k++)
			count += refuse_bits(hv, good, &refusals[i].bits[k]);
		for (k = 0; refusals[i].values[k].status; k++)
			count += refuse_value(hv, good, &refusals[i].values[k]);
		assert_true(count > 64);
		assert_int_equal(hypervisor_failures(hv, code), count);
		/* Nothing but the wrong field stood in the way. */
		assert_int_equal(raw_status(raw_call(hv, good->control,
						     good->in, good->words,
						     (uint64_t[4]){ 0 })),
				 RAW_OK);
		assert_int_equal(hypervisor_calls(hv, code),
				 before + count + 1);
		assert_int_equal(hypervisor_failures(hv, code), count);
		hypervisor_destroy(hv);
	}
}

/* ---- the form -------------------------------------------------------- */

static void each_bit_of_the_control_word_is_checked(void **state)
{
	const uint64_t in[] = { RAW_SELF, 0, RAW_DOMAIN(1), 0 };
	struct hypervisor *hv = raw_open(&raw_plain);
	unsigned bit;

	(void)state;
	/* Fast, variable header, reserved, nested, reps of a simple call. */
	for (bit = 16; bit < 64; bit++)
		assert_int_equal(
			raw_status(raw_call(hv, RAW_FLUSH | UINT64_C(1) << bit,
					    in, 4, NULL)),
			RAW_BAD_INPUT);
	raw_is_as_opened(hv);
	assert_int_equal(raw_status(raw_call(hv, RAW_FLUSH, in, 4, NULL)),
			 RAW_OK);
	hypervisor_destroy(hv);
}

static void reps_must_start_before_they_end(void **state)
{
	static const uint64_t good[] = { RAW_REP(RAW_FLUSH_LIST, 1, 0),
					 RAW_REP(RAW_FLUSH_LIST, 2, 1),
					 RAW_REP(RAW_FLUSH_LIST, 508, 507) };
	static const uint64_t bad[] = { RAW_REP(RAW_FLUSH_LIST, 0, 0),
					RAW_REP(RAW_FLUSH_LIST, 1, 1),
					RAW_REP(RAW_FLUSH_LIST, 2, 2),
					RAW_REP(RAW_FLUSH_LIST, 2, 4095),
					RAW_REP(RAW_FLUSH_LIST, 0, 1) };
	uint64_t in[512] = { RAW_SELF, 0, RAW_DOMAIN(1), 1 };
	struct hypervisor *hv = raw_open(&raw_plain);
	size_t i;

	(void)state;
	for (i = 0; i < RAW_COUNT(bad); i++)
		assert_int_equal(
			raw_status(raw_call(hv, bad[i], in, 512, NULL)),
			RAW_BAD_INPUT);
	for (i = 0; i < RAW_COUNT(good); i++)
		assert_int_equal(
			raw_status(raw_call(hv, good[i], in, 512, NULL)),
			RAW_OK);
	/* One element more than a page has room for. */
	assert_int_equal(raw_status(raw_call(hv,
					     RAW_REP(RAW_FLUSH_LIST, 509, 0),
					     in, 512, NULL)),
			 RAW_BAD_ALIGNMENT);
	assert_int_equal(raw_status(raw_call(hv,
					     RAW_REP(RAW_FLUSH_LIST, 4095, 0),
					     in, 512, NULL)),
			 RAW_BAD_ALIGNMENT);
	raw_is_as_opened(hv);
	hypervisor_destroy(hv);
}

static void an_unknown_code_is_refused(void **state)
{
	static const uint16_t codes[] = { 0,	1,     0xb0,  0xb3,   0xcf,
					  0xd2, 0x124, 0x126, 0x8001, 0xffff };
	struct hypervisor *hv = raw_open(&raw_plain);
	struct hypervisor_stats before, after;
	size_t i;

	(void)state;
	hypervisor_read_stats(hv, &before);
	for (i = 0; i < RAW_COUNT(codes); i++) {
		assert_int_equal(
			raw_status(raw_call(hv, codes[i], NULL, 0, NULL)),
			RAW_BAD_CODE);
		assert_int_equal(hypervisor_calls(hv, codes[i]), 0);
		assert_null(hypervisor_call_name(codes[i]));
	}
	hypervisor_read_stats(hv, &after);
	assert_int_equal(after.calls, before.calls + RAW_COUNT(codes));
	assert_int_equal(after.failures, before.failures + RAW_COUNT(codes));
	raw_is_as_opened(hv);
	hypervisor_destroy(hv);
}

/* GET_IOMMU_CAPABILITIES with input and output at offsets of one page. */
static unsigned ask_at(struct hypervisor *hv, unsigned input, unsigned output)
{
	const uint64_t in[] = { RAW_SELF, 0 };
	unsigned status;
	uint64_t gpa;
	void *va;

	hypervisor_borrow(hv, &va, &gpa);
	if (input <= RAW_PAGE - sizeof(in))
		memcpy((uint8_t *)va + input, in, sizeof(in));
	status = raw_status(
		hypervisor_call(hv, RAW_GET_CAPS, gpa + input, gpa + output));
	hypervisor_give_back(hv, gpa);
	return status;
}

static void areas_are_aligned_inside_a_page_and_apart(void **state)
{
	struct hypervisor *hv = raw_open(&raw_plain);
	unsigned off;

	(void)state;
	for (off = 1; off < 8; off++) {
		assert_int_equal(ask_at(hv, off, 64), RAW_BAD_ALIGNMENT);
		assert_int_equal(ask_at(hv, 0, 64 + off), RAW_BAD_ALIGNMENT);
	}
	assert_int_equal(ask_at(hv, RAW_PAGE - 8, 0), RAW_BAD_ALIGNMENT);
	assert_int_equal(ask_at(hv, RAW_PAGE - 16, 0), RAW_OK);
	assert_int_equal(ask_at(hv, 0, RAW_PAGE - 16), RAW_BAD_ALIGNMENT);
	assert_int_equal(ask_at(hv, 0, RAW_PAGE - 24), RAW_OK);
	assert_int_equal(ask_at(hv, 64, 64), RAW_BAD_INPUT);
	assert_int_equal(ask_at(hv, 64, 72), RAW_BAD_INPUT);
	assert_int_equal(ask_at(hv, 64, 80), RAW_OK);
	assert_int_equal(ask_at(hv, 64, 48), RAW_BAD_INPUT);
	assert_int_equal(ask_at(hv, 64, 40), RAW_OK);
	raw_is_as_opened(hv);
	hypervisor_destroy(hv);
}

static void an_input_in_no_call_page_is_a_violation(void **state)
{
	struct hypervisor *hv = raw_open(&raw_plain);
	uint64_t gpa;
	void *va;

	(void)state;
	hypervisor_borrow(hv, &va, &gpa);
	hypervisor_give_back(hv, gpa);
	assert_int_equal(raw_status(hypervisor_call(hv, RAW_FLUSH, gpa, 0)),
			 RAW_BAD_ALIGNMENT);
	raw_assert_violation(hv, "not in a call page that is lent");
	hypervisor_destroy(hv);
}

static void an_output_in_no_call_page_is_a_violation(void **state)
{
	static const uint64_t elsewhere[] = { 0, 0x1000,
					      UINT64_MAX & ~UINT64_C(0xfff) };
	const uint64_t in[] = { RAW_SELF, 0 };
	size_t i;

	(void)state;
	for (i = 0; i < RAW_COUNT(elsewhere); i++) {
		struct hypervisor *hv = raw_open(&raw_plain);
		uint64_t gpa;
		void *va;

		hypervisor_borrow(hv, &va, &gpa);
		memcpy(va, in, sizeof(in));
		assert_int_equal(raw_status(hypervisor_call(hv, RAW_GET_CAPS,
							    gpa, elsewhere[i])),
				 RAW_BAD_ALIGNMENT);
		raw_assert_violation(hv, "not in a call page that is lent");
		hypervisor_destroy(hv);
	}
}

static void a_gpa_that_is_not_needed_is_ignored(void **state)
{
	const uint64_t in[] = { RAW_SELF, 0, RAW_DOMAIN(1), 0 };
	struct hypervisor *hv = raw_open(&raw_plain);
	uint64_t gpa;
	void *va;

	(void)state;
	hypervisor_borrow(hv, &va, &gpa);
	memcpy(va, in, sizeof(in));
	assert_int_equal(raw_status(hypervisor_call(hv, RAW_FLUSH, gpa, 0x7)),
			 RAW_OK);
	hypervisor_give_back(hv, gpa);
	raw_is_as_opened(hv);
	hypervisor_destroy(hv);
}

static void ignored_bits_of_the_result_are_not_zero(void **state)
{
	struct hypervisor *hv = raw_open(&raw_plain);
	const uint64_t in[] = { RAW_SELF, 0, RAW_DOMAIN(1), 0 };
	const uint64_t entries[] = { 0, 0, 0 };
	uint64_t result;

	(void)state;
	result = raw_call(hv, RAW_FLUSH, in, 4, NULL);
	assert_int_equal(raw_status(result), RAW_OK);
	assert_int_not_equal(result >> 16 & 0xffff, 0);
	assert_int_not_equal(result >> 44, 0);
	result = raw_flush_list(hv, 1, entries, 3, 1);
	assert_int_equal(raw_status(result), RAW_OK);
	assert_int_equal(raw_done(result), 3);
	assert_int_not_equal(result >> 16 & 0xffff, 0);
	assert_int_not_equal(result >> 44, 0);
	hypervisor_destroy(hv);
}

/* ---- call pages ------------------------------------------------------ */

/* As many as the model lends at once. */
#define CALL_PAGES 16u

static void call_pages_are_apart_and_full_of_garbage(void **state)
{
	struct hypervisor *hv = hypervisor_create(&raw_plain);
	uint64_t gpa[CALL_PAGES];
	uint8_t *va[CALL_PAGES];
	unsigned i, k, round;

	(void)state;
	for (round = 0; round < 2; round++) {
		for (i = 0; i < CALL_PAGES; i++) {
			void *lent;

			hypervisor_borrow(hv, &lent, &gpa[i]);
			va[i] = lent;
			assert_int_equal((uintptr_t)lent % RAW_PAGE, 0);
			assert_int_equal(gpa[i] % RAW_PAGE, 0);
			assert_int_not_equal(gpa[i], (uintptr_t)lent);
			for (k = 0; k < RAW_PAGE; k++)
				assert_int_equal(va[i][k], 0xaa);
			for (k = 0; k < i; k++)
				assert_int_not_equal(gpa[i], gpa[k]);
			memset(va[i], 0, RAW_PAGE);
		}
		for (i = 0; i < CALL_PAGES; i++) {
			hypervisor_give_back(hv, gpa[i]);
			for (k = 0; k < RAW_PAGE; k++)
				assert_int_equal(va[i][k], 0xdd);
		}
	}
	raw_assert_violation(hv, NULL);
	hypervisor_destroy(hv);
}

static void giving_back_what_is_not_lent_is_a_violation(void **state)
{
	static const int64_t away[] = { 0, 8, -4096, CALL_PAGES * 4096,
					0x7fffffffffff };
	size_t i;

	(void)state;
	for (i = 0; i < RAW_COUNT(away); i++) {
		struct hypervisor *hv = hypervisor_create(&raw_plain);
		uint64_t gpa;
		void *va;

		hypervisor_borrow(hv, &va, &gpa);
		if (away[i] == 0)
			hypervisor_give_back(hv, gpa);
		raw_assert_violation(hv, NULL);
		hypervisor_give_back(hv, gpa + (uint64_t)away[i]);
		raw_assert_violation(hv, "given back, but not lent");
		hypervisor_destroy(hv);
	}
}

/* ---- what good calls do ---------------------------------------------- */

static void each_call_can_be_denied(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < RAW_COUNT(refusals); i++) {
		const struct good *good = &refusals[i].good;
		uint16_t code = (uint16_t)(good->control & 0xffff);
		struct hypervisor *hv = raw_open(&raw_plain);
		uint64_t out[4];

		hypervisor_allow(hv, code, false);
		assert_int_equal(raw_status(raw_call(hv, good->control,
						     good->in, good->words,
						     out)),
				 RAW_DENIED);
		raw_is_as_opened(hv);
		hypervisor_allow(hv, code, true);
		assert_int_equal(raw_status(raw_call(hv, good->control,
						     good->in, good->words,
						     out)),
				 RAW_OK);
		hypervisor_destroy(hv);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_wrong_field_is_refused),
		cmocka_unit_test(each_bit_of_the_control_word_is_checked),
		cmocka_unit_test(reps_must_start_before_they_end),
		cmocka_unit_test(an_unknown_code_is_refused),
		cmocka_unit_test(areas_are_aligned_inside_a_page_and_apart),
		cmocka_unit_test(an_input_in_no_call_page_is_a_violation),
		cmocka_unit_test(an_output_in_no_call_page_is_a_violation),
		cmocka_unit_test(a_gpa_that_is_not_needed_is_ignored),
		cmocka_unit_test(ignored_bits_of_the_result_are_not_zero),
		cmocka_unit_test(call_pages_are_apart_and_full_of_garbage),
		cmocka_unit_test(giving_back_what_is_not_lent_is_a_violation),
		cmocka_unit_test(each_call_can_be_denied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
