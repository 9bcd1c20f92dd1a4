/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The model hypervisor, as a guest with bad manners sees it. Inputs are
 * written by hand; no header of hvpt is used.
 *
 * In the world of most tests: domain 1 is identity and has device 0x10,
 * domain 2 is blocked, domain 3 is created but not configured; device 0x20 is
 * nowhere, device 0x30 is not managed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "oracle/hypervisor.h"
#include "tests/support/death.h"
#include "tests/support/hv_raw.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PAGE 4096u

static bool no_memory(void *ctx, uint64_t gpa, uint64_t *value)
{
	(void)ctx;
	(void)gpa;
	(void)value;
	return false;
}

static const struct hypervisor_config plain = {
	.read64 = no_memory,
	.caps = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1 | UINT64_C(1) << 63,
	.page_sizes = 0x40201000,
	.iova_width = 48,
};

static struct hypervisor *world(const struct hypervisor_config *config)
{
	struct hypervisor *hv = hypervisor_create(config);

	hypervisor_add_device(hv, 0x10, true);
	hypervisor_add_device(hv, 0x20, true);
	hypervisor_add_device(hv, 0x30, false);
	assert_int_equal(raw_create(hv, 1), RAW_OK);
	assert_int_equal(raw_create(hv, 2), RAW_OK);
	assert_int_equal(raw_create(hv, 3), RAW_OK);
	assert_int_equal(raw_configure(hv, 1, RAW_IDENTITY, 0), RAW_OK);
	assert_int_equal(raw_configure(hv, 2, RAW_BLOCKED, 0), RAW_OK);
	assert_int_equal(raw_attach(hv, 1, 0x10), RAW_OK);
	return hv;
}

/* As world() left it, and no rule of behaviour was broken. */
static void assert_world(struct hypervisor *hv)
{
	uint32_t id = 0;

	assert_int_equal(hypervisor_domains(hv), 3);
	assert_true(hypervisor_has_domain(hv, 1));
	assert_true(hypervisor_has_domain(hv, 2));
	assert_true(hypervisor_has_domain(hv, 3));
	assert_true(hypervisor_device_domain(hv, 0x10, &id));
	assert_int_equal(id, 1);
	assert_false(hypervisor_device_domain(hv, 0x20, &id));
	raw_assert_violation(hv, NULL);
}

/* ---- one field wrong at a time --------------------------------------- */

/* A call with all fields right, after which the world is another. */
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
	assert_world(hv);
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
	uint64_t in[COUNT(good->in)], count = 0;
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
	uint64_t in[COUNT(good->in)];

	memcpy(in, good->in, sizeof(in));
	in[value->word] = value->value;
	assert_refused(hv, good, in, value->word, value->status);
	return 1;
}

static void each_wrong_field_is_refused(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(refusals); i++) {
		const struct good *good = &refusals[i].good;
		struct hypervisor *hv = world(&plain);
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
	struct hypervisor *hv = world(&plain);
	unsigned bit;

	(void)state;
	/* Fast, variable header, reserved, nested, reps of a simple call. */
	for (bit = 16; bit < 64; bit++)
		assert_int_equal(
			raw_status(raw_call(hv, RAW_FLUSH | UINT64_C(1) << bit,
					    in, 4, NULL)),
			RAW_BAD_INPUT);
	assert_world(hv);
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
	struct hypervisor *hv = world(&plain);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++)
		assert_int_equal(
			raw_status(raw_call(hv, bad[i], in, 512, NULL)),
			RAW_BAD_INPUT);
	for (i = 0; i < COUNT(good); i++)
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
	assert_world(hv);
	hypervisor_destroy(hv);
}

static void an_unknown_code_is_refused(void **state)
{
	static const uint16_t codes[] = { 0,	1,     0xb0,  0xb3,   0xcf,
					  0xd2, 0x124, 0x126, 0x8001, 0xffff };
	struct hypervisor *hv = world(&plain);
	struct hypervisor_stats before, after;
	size_t i;

	(void)state;
	hypervisor_read_stats(hv, &before);
	for (i = 0; i < COUNT(codes); i++) {
		assert_int_equal(
			raw_status(raw_call(hv, codes[i], NULL, 0, NULL)),
			RAW_BAD_CODE);
		assert_int_equal(hypervisor_calls(hv, codes[i]), 0);
		assert_null(hypervisor_call_name(codes[i]));
	}
	hypervisor_read_stats(hv, &after);
	assert_int_equal(after.calls, before.calls + COUNT(codes));
	assert_int_equal(after.failures, before.failures + COUNT(codes));
	assert_world(hv);
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
	if (input <= PAGE - sizeof(in))
		memcpy((uint8_t *)va + input, in, sizeof(in));
	status = raw_status(
		hypervisor_call(hv, RAW_GET_CAPS, gpa + input, gpa + output));
	hypervisor_give_back(hv, gpa);
	return status;
}

static void areas_are_aligned_inside_a_page_and_apart(void **state)
{
	struct hypervisor *hv = world(&plain);
	unsigned off;

	(void)state;
	for (off = 1; off < 8; off++) {
		assert_int_equal(ask_at(hv, off, 64), RAW_BAD_ALIGNMENT);
		assert_int_equal(ask_at(hv, 0, 64 + off), RAW_BAD_ALIGNMENT);
	}
	assert_int_equal(ask_at(hv, PAGE - 8, 0), RAW_BAD_ALIGNMENT);
	assert_int_equal(ask_at(hv, PAGE - 16, 0), RAW_OK);
	assert_int_equal(ask_at(hv, 0, PAGE - 16), RAW_BAD_ALIGNMENT);
	assert_int_equal(ask_at(hv, 0, PAGE - 24), RAW_OK);
	assert_int_equal(ask_at(hv, 64, 64), RAW_BAD_INPUT);
	assert_int_equal(ask_at(hv, 64, 72), RAW_BAD_INPUT);
	assert_int_equal(ask_at(hv, 64, 80), RAW_OK);
	assert_int_equal(ask_at(hv, 64, 48), RAW_BAD_INPUT);
	assert_int_equal(ask_at(hv, 64, 40), RAW_OK);
	assert_world(hv);
	hypervisor_destroy(hv);
}

static void an_input_in_no_call_page_is_a_violation(void **state)
{
	struct hypervisor *hv = world(&plain);
	uint64_t gpa;
	void *va;

	(void)state;
	hypervisor_borrow(hv, &va, &gpa);
	hypervisor_give_back(hv, gpa);
	assert_int_equal(raw_status(hypervisor_call(hv, RAW_FLUSH, gpa, 0)),
			 RAW_BAD_ALIGNMENT);
	raw_assert_violation(hv, "not in a call page which is lent");
	hypervisor_destroy(hv);
}

static void an_output_in_no_call_page_is_a_violation(void **state)
{
	static const uint64_t elsewhere[] = { 0, 0x1000,
					      UINT64_MAX & ~UINT64_C(0xfff) };
	const uint64_t in[] = { RAW_SELF, 0 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(elsewhere); i++) {
		struct hypervisor *hv = world(&plain);
		uint64_t gpa;
		void *va;

		hypervisor_borrow(hv, &va, &gpa);
		memcpy(va, in, sizeof(in));
		assert_int_equal(raw_status(hypervisor_call(hv, RAW_GET_CAPS,
							    gpa, elsewhere[i])),
				 RAW_BAD_ALIGNMENT);
		raw_assert_violation(hv, "not in a call page which is lent");
		hypervisor_destroy(hv);
	}
}

static void a_gpa_which_is_not_needed_is_ignored(void **state)
{
	const uint64_t in[] = { RAW_SELF, 0, RAW_DOMAIN(1), 0 };
	struct hypervisor *hv = world(&plain);
	uint64_t gpa;
	void *va;

	(void)state;
	hypervisor_borrow(hv, &va, &gpa);
	memcpy(va, in, sizeof(in));
	assert_int_equal(raw_status(hypervisor_call(hv, RAW_FLUSH, gpa, 0x7)),
			 RAW_OK);
	hypervisor_give_back(hv, gpa);
	assert_world(hv);
	hypervisor_destroy(hv);
}

static void ignored_bits_of_the_result_are_not_zero(void **state)
{
	struct hypervisor *hv = world(&plain);
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
	struct hypervisor *hv = hypervisor_create(&plain);
	uint64_t gpa[CALL_PAGES];
	uint8_t *va[CALL_PAGES];
	unsigned i, k, round;

	(void)state;
	for (round = 0; round < 2; round++) {
		for (i = 0; i < CALL_PAGES; i++) {
			void *lent;

			hypervisor_borrow(hv, &lent, &gpa[i]);
			va[i] = lent;
			assert_int_equal((uintptr_t)lent % PAGE, 0);
			assert_int_equal(gpa[i] % PAGE, 0);
			assert_int_not_equal(gpa[i], (uintptr_t)lent);
			for (k = 0; k < PAGE; k++)
				assert_int_equal(va[i][k], 0xaa);
			for (k = 0; k < i; k++)
				assert_int_not_equal(gpa[i], gpa[k]);
			memset(va[i], 0, PAGE);
		}
		for (i = 0; i < CALL_PAGES; i++) {
			hypervisor_give_back(hv, gpa[i]);
			for (k = 0; k < PAGE; k++)
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
	for (i = 0; i < COUNT(away); i++) {
		struct hypervisor *hv = hypervisor_create(&plain);
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

static void capabilities_are_as_configured(void **state)
{
	struct hypervisor_config config = plain;
	const uint64_t in[] = { RAW_SELF, 0 };
	struct hypervisor *hv;
	uint64_t out[4];

	(void)state;
	config.iova_width = 0x1ff;
	hv = hypervisor_create(&config);
	assert_int_equal(raw_status(raw_call(hv, RAW_GET_CAPS, in, 2, out)),
			 RAW_OK);
	assert_int_equal(out[0], 0x00ff000000000018);
	assert_int_equal(out[1], 0x8000000000000005);
	assert_int_equal(out[2], 0x40201000);
	assert_int_equal(out[3], 0xaaaaaaaaaaaaaaaa);
	hypervisor_destroy(hv);
}

static void the_property_says_who_is_managed(void **state)
{
	struct hypervisor *hv = world(&plain);
	uint64_t in[] = { RAW_SELF, 0x20, 10 };
	uint64_t out[4];

	(void)state;
	assert_int_equal(raw_status(raw_call(hv, RAW_GET_PROPERTY, in, 3, out)),
			 RAW_OK);
	assert_int_equal(out[0], 1);
	assert_int_equal(out[1], 0);
	assert_int_equal(out[2], 0xaaaaaaaaaaaaaaaa);
	in[1] = 0x30;
	assert_int_equal(raw_status(raw_call(hv, RAW_GET_PROPERTY, in, 3, out)),
			 RAW_OK);
	assert_int_equal(out[0], 0);
	assert_int_equal(out[1], 0);
	hypervisor_destroy(hv);
}

static void a_domain_lives_and_dies(void **state)
{
	struct hypervisor *hv = world(&plain);
	uint32_t id = 0;

	(void)state;
	assert_int_equal(raw_create(hv, 0xfffffffe), RAW_OK);
	assert_int_equal(raw_configure(hv, 0xfffffffe, RAW_PAGING_4, 0x1000),
			 RAW_OK);
	assert_int_equal(raw_attach(hv, 0xfffffffe, 0x10), RAW_OK);
	assert_true(hypervisor_device_domain(hv, 0x10, &id));
	assert_int_equal(id, 0xfffffffe);
	assert_int_equal(raw_delete(hv, 1), RAW_OK);
	assert_false(hypervisor_has_domain(hv, 1));
	assert_int_equal(raw_delete(hv, 0xfffffffe), RAW_IN_USE);
	assert_int_equal(raw_detach(hv, 0x10), RAW_OK);
	assert_false(hypervisor_device_domain(hv, 0x10, &id));
	assert_int_equal(raw_detach(hv, 0x10), RAW_BAD_STATE);
	assert_int_equal(raw_delete(hv, 0xfffffffe), RAW_OK);
	assert_int_equal(hypervisor_domains(hv), 2);
	/* Deleted well: the id is free again. */
	assert_int_equal(raw_create(hv, 0xfffffffe), RAW_OK);
	raw_assert_violation(hv, NULL);
	hypervisor_destroy(hv);
}

static void a_device_taken_away_leaves_its_domain(void **state)
{
	struct hypervisor *hv = world(&plain);
	uint32_t id;

	(void)state;
	hypervisor_remove_device(hv, 0x10);
	assert_false(hypervisor_device_domain(hv, 0x10, &id));
	assert_int_equal(raw_attach(hv, 2, 0x10), RAW_BAD_DEVICE);
	assert_int_equal(raw_delete(hv, 1), RAW_OK);
	hypervisor_add_device(hv, 0x10, true);
	assert_int_equal(raw_attach(hv, 2, 0x10), RAW_OK);
	hypervisor_destroy(hv);
}

static void five_levels_need_the_capability(void **state)
{
	struct hypervisor_config config = plain;
	struct hypervisor *hv;

	(void)state;
	config.caps |= HYPERVISOR_CAP_S1_5LVL;
	hv = world(&config);
	assert_int_equal(raw_configure(hv, 3, RAW_PAGING_5, 0x1000), RAW_OK);
	assert_int_equal(raw_configure(hv, 3, 4, 0), RAW_BAD_PARAMETER);
	assert_int_equal(raw_configure(hv, 3, 7, 0), RAW_BAD_PARAMETER);
	hypervisor_destroy(hv);
	hv = world(&plain);
	assert_int_equal(raw_configure(hv, 3, RAW_PAGING_5, 0x1000),
			 RAW_BAD_PARAMETER);
	hypervisor_destroy(hv);
}

static void the_host_may_be_an_old_one(void **state)
{
	const uint64_t ask[] = { RAW_SELF, 0 };
	struct hypervisor_config config = plain;
	struct hypervisor *hv;

	(void)state;
	config.no_iommu = true;
	hv = world(&config);
	assert_int_equal(raw_status(raw_call(hv, RAW_GET_CAPS, ask, 2,
					     (uint64_t[4]){ 0 })),
			 RAW_BAD_CODE);
	assert_int_equal(raw_flush_pages(hv, 1, 0, 0), RAW_OK);
	hypervisor_destroy(hv);
	config = plain;
	config.no_list = true;
	hv = world(&config);
	assert_int_equal(raw_flush_pages(hv, 1, 0, 0), RAW_BAD_CODE);
	assert_int_equal(raw_flush(hv, 1), RAW_OK);
	hypervisor_destroy(hv);
}

static void configuring_again_can_be_forbidden(void **state)
{
	struct hypervisor_config config = plain;
	struct hypervisor *hv = world(&config);

	(void)state;
	assert_int_equal(raw_configure(hv, 1, RAW_BLOCKED, 0), RAW_OK);
	hypervisor_destroy(hv);
	config.reconfigure = RAW_NOT_NOW;
	hv = world(&config);
	assert_int_equal(raw_configure(hv, 1, RAW_BLOCKED, 0), RAW_NOT_NOW);
	assert_int_equal(raw_configure(hv, 3, RAW_BLOCKED, 0), RAW_OK);
	assert_int_equal(raw_configure(hv, 3, RAW_BLOCKED, 0), RAW_NOT_NOW);
	hypervisor_destroy(hv);
}

static void domains_can_run_out(void **state)
{
	struct hypervisor_config config = plain;
	struct hypervisor *hv;

	(void)state;
	config.max_domains = 4;
	hv = world(&config);
	assert_int_equal(raw_create(hv, 4), RAW_OK);
	assert_int_equal(raw_create(hv, 5), RAW_NO_DOMAINS);
	assert_int_equal(raw_create(hv, 4), RAW_EXISTS);
	assert_int_equal(raw_delete(hv, 2), RAW_OK);
	assert_int_equal(raw_create(hv, 5), RAW_OK);
	assert_int_equal(hypervisor_domains(hv), 4);
	hypervisor_destroy(hv);
}

static void each_call_can_be_denied(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(refusals); i++) {
		const struct good *good = &refusals[i].good;
		uint16_t code = (uint16_t)(good->control & 0xffff);
		struct hypervisor *hv = world(&plain);
		uint64_t out[4];

		hypervisor_allow(hv, code, false);
		assert_int_equal(raw_status(raw_call(hv, good->control,
						     good->in, good->words,
						     out)),
				 RAW_DENIED);
		assert_world(hv);
		hypervisor_allow(hv, code, true);
		assert_int_equal(raw_status(raw_call(hv, good->control,
						     good->in, good->words,
						     out)),
				 RAW_OK);
		hypervisor_destroy(hv);
	}
}

static void two_hypervisors_know_nothing_of_each_other(void **state)
{
	struct hypervisor *a = world(&plain), *b = hypervisor_create(&plain);
	struct hypervisor_stats stats;
	uint64_t gpa;
	void *va;

	(void)state;
	assert_int_equal(hypervisor_domains(b), 0);
	assert_int_equal(raw_flush(b, 1), RAW_NOT_FOUND);
	assert_int_equal(raw_create(b, 1), RAW_OK);
	assert_int_equal(raw_attach(b, 1, 0x20), RAW_BAD_DEVICE);
	hypervisor_allow(b, RAW_FLUSH, false);
	assert_int_equal(raw_flush(a, 1), RAW_OK);
	hypervisor_borrow(a, &va, &gpa);
	hypervisor_give_back(b, gpa);
	raw_assert_violation(b, "not lent");
	assert_world(a);
	hypervisor_give_back(a, gpa);
	assert_world(a);
	hypervisor_read_stats(b, &stats);
	assert_int_equal(stats.calls, 3);
	assert_int_equal(stats.failures, 2);
	assert_int_equal(stats.full_flushes, 0);
	hypervisor_destroy(a);
	hypervisor_destroy(b);
	hypervisor_destroy(NULL);
}

/* ---- lists ----------------------------------------------------------- */

static void a_list_stops_at_its_first_bad_element(void **state)
{
	static const uint64_t bad[] = { 53, 0x40, 0x800, 0x1001 };
	struct hypervisor *hv = world(&plain);
	struct hypervisor_stats stats;
	uint64_t entries[508] = { 0 }, result, expected = 0;
	unsigned at, i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++)
		for (at = 0; at < 508; at += 169) {
			entries[at] = bad[i];
			result = raw_flush_list(hv, 1, entries, 508, 0);
			assert_int_equal(raw_status(result), RAW_BAD_PARAMETER);
			assert_int_equal(raw_done(result), at);
			expected += at;
			/* Behind it there is nothing wrong. */
			result = raw_flush_list(hv, 1, entries, 508,
						at + 1 < 508 ? at + 1 : at);
			if (at + 1 < 508) {
				assert_int_equal(raw_status(result), RAW_OK);
				assert_int_equal(raw_done(result), 508);
				expected += 507 - at;
			}
			entries[at] = 0;
		}
	hypervisor_read_stats(hv, &stats);
	assert_int_equal(stats.descriptors, expected);
	assert_int_equal(stats.flushed_pages, expected);
	hypervisor_destroy(hv);
}

static void flushes_are_counted(void **state)
{
	const uint64_t entries[] = { 52, 0x8000 | 3, 0xfffffffffffff000 };
	struct hypervisor *hv = world(&plain);
	struct hypervisor_stats before, stats;

	(void)state;
	hypervisor_read_stats(hv, &before);
	assert_int_equal(raw_status(raw_flush_list(hv, 1, entries, 3, 0)),
			 RAW_OK);
	assert_int_equal(raw_flush(hv, 2), RAW_OK);
	assert_int_equal(raw_flush(hv, 2), RAW_OK);
	assert_int_equal(raw_flush(hv, 7), RAW_NOT_FOUND);
	hypervisor_read_stats(hv, &stats);
	assert_int_equal(stats.descriptors, 3);
	assert_int_equal(stats.flushed_pages, (UINT64_C(1) << 52) + 9);
	assert_int_equal(stats.full_flushes, 2);
	assert_int_equal(stats.calls, before.calls + 4);
	assert_int_equal(stats.failures, before.failures + 1);
	assert_int_equal(hypervisor_calls(hv, RAW_FLUSH), 3);
	assert_int_equal(hypervisor_failures(hv, RAW_FLUSH), 1);
	assert_int_equal(hypervisor_calls(hv, RAW_FLUSH_LIST), 1);
	assert_int_equal(hypervisor_failures(hv, RAW_FLUSH_LIST), 0);
	hypervisor_destroy(hv);
}

static void the_calls_are_listed_in_order(void **state)
{
	static const struct {
		uint16_t code;
		const char *name;
	} calls[] = {
		{ RAW_CREATE, "CREATE_DEVICE_DOMAIN" },
		{ RAW_ATTACH, "ATTACH_DEVICE_DOMAIN" },
		{ RAW_DETACH, "DETACH_DEVICE_DOMAIN" },
		{ RAW_DELETE, "DELETE_DEVICE_DOMAIN" },
		{ RAW_CONFIGURE, "CONFIGURE_DEVICE_DOMAIN" },
		{ RAW_FLUSH, "FLUSH_DEVICE_DOMAIN" },
		{ RAW_FLUSH_LIST, "FLUSH_DEVICE_DOMAIN_LIST" },
		{ RAW_GET_CAPS, "GET_IOMMU_CAPABILITIES" },
		{ RAW_GET_PROPERTY, "GET_LOGICAL_DEVICE_PROPERTY" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(calls); i++) {
		assert_int_equal(hypervisor_call_code(i), calls[i].code);
		assert_string_equal(hypervisor_call_name(calls[i].code),
				    calls[i].name);
	}
	assert_int_equal(hypervisor_call_code(i), 0);
	assert_int_equal(hypervisor_call_code(SIZE_MAX), 0);
}

/* ---- injections ------------------------------------------------------ */

static void inject(struct hypervisor *hv, uint16_t code, uint64_t nth,
		   uint64_t times, enum hypervisor_fault fault, uint16_t status,
		   uint16_t reps)
{
	const struct hypervisor_injection injection = {
		.code = code,
		.nth = nth,
		.times = times,
		.fault = fault,
		.status = status,
		.reps = reps,
	};

	hypervisor_inject(hv, &injection);
}

static void an_injected_failure_does_nothing(void **state)
{
	const uint64_t ask[] = { RAW_SELF, 0 };
	struct hypervisor *hv = world(&plain);
	uint64_t out[4];

	(void)state;
	inject(hv, RAW_CREATE, 2, 2, HYPERVISOR_FAIL, RAW_NO_MEMORY, 0);
	assert_int_equal(raw_create(hv, 4), RAW_OK);
	assert_int_equal(raw_flush(hv, 4), RAW_OK);
	assert_int_equal(raw_create(hv, 5), RAW_NO_MEMORY);
	assert_int_equal(raw_create(hv, 5), RAW_NO_MEMORY);
	assert_false(hypervisor_has_domain(hv, 5));
	assert_int_equal(raw_create(hv, 5), RAW_OK);
	inject(hv, 0, 0, 0, HYPERVISOR_FAIL, 0xfedc, 0);
	assert_int_equal(raw_status(raw_call(hv, RAW_GET_CAPS, ask, 2, out)),
			 0xfedc);
	assert_int_equal(out[0], 0xcccccccccccccccc);
	assert_int_equal(out[2], 0xcccccccccccccccc);
	assert_int_equal(out[3], 0xaaaaaaaaaaaaaaaa);
	assert_int_equal(raw_status(raw_call(hv, RAW_GET_CAPS, ask, 2, out)),
			 RAW_OK);
	hypervisor_destroy(hv);
}

static void an_injected_failure_may_come_after_the_deed(void **state)
{
	const uint64_t ask[] = { RAW_SELF, 0 };
	struct hypervisor *hv = world(&plain);
	uint64_t out[4];
	uint32_t id = 0;

	(void)state;
	inject(hv, RAW_ATTACH, 1, 1, HYPERVISOR_FAIL_AFTER, RAW_TIMEOUT, 0);
	assert_int_equal(raw_attach(hv, 2, 0x10), RAW_TIMEOUT);
	assert_true(hypervisor_device_domain(hv, 0x10, &id));
	assert_int_equal(id, 2);
	inject(hv, RAW_GET_CAPS, 1, 1, HYPERVISOR_FAIL_AFTER, 0x71, 0);
	assert_int_equal(raw_status(raw_call(hv, RAW_GET_CAPS, ask, 2, out)),
			 0x71);
	assert_int_equal(out[0], 0xcccccccccccccccc);
	assert_int_equal(hypervisor_failures(hv, RAW_ATTACH), 1);
	hypervisor_destroy(hv);
}

static void there_may_be_no_hypercall_page(void **state)
{
	const uint64_t in[] = { RAW_SELF, 0, RAW_DOMAIN(7), 1 };
	struct hypervisor *hv = world(&plain);

	(void)state;
	inject(hv, 0, 1, UINT64_MAX, HYPERVISOR_NO_CALL, 0, 0);
	assert_int_equal(raw_call(hv, RAW_CREATE, in, 4, NULL), UINT64_MAX);
	assert_int_equal(raw_call(hv, RAW_CREATE, in, 4, NULL), UINT64_MAX);
	assert_int_equal(raw_call(hv, 0x1234, NULL, 0, NULL), UINT64_MAX);
	assert_int_equal(hypervisor_failures(hv, RAW_CREATE), 2);
	assert_world(hv);
	hypervisor_inject_nothing(hv);
	assert_int_equal(raw_call(hv, RAW_CREATE, in, 4, NULL) & 0xffff,
			 RAW_OK);
	hypervisor_destroy(hv);
}

static void a_list_may_stop_early(void **state)
{
	static const uint16_t statuses[] = { RAW_OK, RAW_TIMEOUT,
					     RAW_NO_MEMORY };
	const uint64_t entries[8] = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(statuses); i++) {
		struct hypervisor *hv = world(&plain);
		struct hypervisor_stats stats;
		uint64_t result;

		inject(hv, 0, 1, 1, HYPERVISOR_STOP_REP, statuses[i], 3);
		inject(hv, 0, 1, 1, HYPERVISOR_STOP_REP, statuses[i], 0);
		inject(hv, 0, 1, 1, HYPERVISOR_STOP_REP, statuses[i], 99);
		/* Not for a simple call. */
		assert_int_equal(raw_flush(hv, 1), RAW_OK);
		result = raw_flush_list(hv, 1, entries, 8, 2);
		assert_int_equal(raw_status(result), statuses[i]);
		assert_int_equal(raw_done(result), 5);
		result = raw_flush_list(hv, 1, entries, 8, 5);
		assert_int_equal(raw_status(result), statuses[i]);
		assert_int_equal(raw_done(result), 5);
		result = raw_flush_list(hv, 1, entries, 8, 5);
		assert_int_equal(raw_status(result), statuses[i]);
		assert_int_equal(raw_done(result), 8);
		result = raw_flush_list(hv, 1, entries, 8, 0);
		assert_int_equal(raw_status(result), RAW_OK);
		assert_int_equal(raw_done(result), 8);
		hypervisor_read_stats(hv, &stats);
		assert_int_equal(stats.descriptors, 3 + 0 + 3 + 8);
		assert_int_equal(hypervisor_failures(hv, RAW_FLUSH_LIST),
				 statuses[i] == RAW_OK ? 0 : 3);
		hypervisor_destroy(hv);
	}
}

static void a_stopped_list_still_finds_a_bad_element(void **state)
{
	const uint64_t entries[] = { 0, 53, 0, 0 };
	struct hypervisor *hv = world(&plain);
	uint64_t result;

	(void)state;
	inject(hv, RAW_FLUSH_LIST, 1, 1, HYPERVISOR_STOP_REP, RAW_TIMEOUT, 3);
	result = raw_flush_list(hv, 1, entries, 4, 0);
	assert_int_equal(raw_status(result), RAW_BAD_PARAMETER);
	assert_int_equal(raw_done(result), 1);
	hypervisor_destroy(hv);
}

static void injections_wait_for_each_other(void **state)
{
	struct hypervisor *hv = world(&plain);

	(void)state;
	inject(hv, RAW_FLUSH, 2, 1, HYPERVISOR_FAIL, 0x71, 0);
	inject(hv, 0, 2, 1, HYPERVISOR_FAIL, 0x72, 0);
	inject(hv, RAW_CREATE, 1, 1, HYPERVISOR_FAIL, 0x73, 0);
	assert_int_equal(raw_flush(hv, 1), RAW_OK);
	assert_int_equal(raw_flush(hv, 1), 0x71);
	assert_int_equal(raw_flush(hv, 1), 0x72);
	assert_int_equal(raw_flush(hv, 1), RAW_OK);
	assert_int_equal(raw_create(hv, 8), 0x73);
	assert_int_equal(raw_create(hv, 8), RAW_OK);
	/* Each counts, whether another one acts or not. */
	inject(hv, 0, 1, 1, HYPERVISOR_FAIL, 0x74, 0);
	inject(hv, RAW_FLUSH, 2, 1, HYPERVISOR_FAIL, 0x75, 0);
	assert_int_equal(raw_flush(hv, 1), 0x74);
	assert_int_equal(raw_flush(hv, 1), 0x75);
	assert_int_equal(raw_flush(hv, 1), RAW_OK);
	hypervisor_destroy(hv);
}

static void bad_form_is_found_before_an_injection_acts(void **state)
{
	struct hypervisor *hv = world(&plain);
	const uint64_t in[] = { RAW_SELF, 0, RAW_DOMAIN(1), 0 };

	(void)state;
	inject(hv, 0, 1, UINT64_MAX, HYPERVISOR_FAIL, 0x71, 0);
	assert_int_equal(
		raw_status(raw_call(hv, RAW_FLUSH | 1 << 16, in, 4, NULL)),
		RAW_BAD_INPUT);
	assert_int_equal(raw_status(raw_call(hv, RAW_FLUSH, in, 4, NULL)),
			 0x71);
	hypervisor_destroy(hv);
}

/* ---- things a guest must never do ------------------------------------ */

struct failed_delete {
	enum hypervisor_fault fault;
	uint16_t status;
};

static void the_id_of_a_failed_delete_is_not_used_again(void **state)
{
	static const struct failed_delete ways[] = {
		{ HYPERVISOR_FAIL, RAW_NO_MEMORY },
		{ HYPERVISOR_FAIL_AFTER, RAW_NO_MEMORY },
		{ HYPERVISOR_NO_CALL, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(ways); i++) {
		struct hypervisor *hv = world(&plain);

		inject(hv, RAW_DELETE, 1, 1, ways[i].fault, ways[i].status, 0);
		assert_int_not_equal(raw_delete(hv, 2), RAW_OK);
		assert_int_equal(raw_create(hv, 4), RAW_OK);
		raw_assert_violation(hv, NULL);
		raw_create(hv, 2);
		raw_assert_violation(
			hv, "domain id 2 used again after its delete failed");
		hypervisor_destroy(hv);
	}
}

static void a_delete_which_succeeds_in_the_end_frees_the_id(void **state)
{
	struct hypervisor *hv = world(&plain);

	(void)state;
	assert_int_equal(raw_delete(hv, 1), RAW_IN_USE);
	assert_int_equal(raw_detach(hv, 0x10), RAW_OK);
	assert_int_equal(raw_delete(hv, 1), RAW_OK);
	assert_int_equal(raw_create(hv, 1), RAW_OK);
	raw_assert_violation(hv, NULL);
	/* One that fails, without injection, counts like any other. */
	assert_int_equal(raw_configure(hv, 1, RAW_IDENTITY, 0), RAW_OK);
	assert_int_equal(raw_attach(hv, 1, 0x10), RAW_OK);
	assert_int_equal(raw_delete(hv, 1), RAW_IN_USE);
	assert_int_equal(raw_create(hv, 1), RAW_EXISTS);
	raw_assert_violation(hv, "domain id 1 used again");
	hypervisor_destroy(hv);
}

static void ats_and_the_blocked_domain_do_not_go_together(void **state)
{
	struct hypervisor *hv = world(&plain);
	uint32_t id = 0;

	(void)state;
	hypervisor_set_ats(hv, 0x10, true);
	raw_assert_violation(hv, NULL);
	assert_int_equal(raw_attach(hv, 2, 0x10), RAW_OK);
	raw_assert_violation(hv, "device 0x10 attached to the blocked domain "
				 "with ATS on");
	assert_true(hypervisor_device_domain(hv, 0x10, &id));
	assert_int_equal(id, 2);
	hypervisor_destroy(hv);

	hv = world(&plain);
	hypervisor_set_ats(hv, 0x10, true);
	hypervisor_set_ats(hv, 0x10, false);
	assert_int_equal(raw_attach(hv, 2, 0x10), RAW_OK);
	raw_assert_violation(hv, NULL);
	hypervisor_set_ats(hv, 0x10, true);
	raw_assert_violation(hv, "ATS of device 0x10 switched on");
	hypervisor_destroy(hv);
}

static void only_the_first_violation_is_kept(void **state)
{
	struct hypervisor *hv = hypervisor_create(&plain);
	struct hypervisor_stats stats;

	(void)state;
	assert_string_equal(hypervisor_violation(hv), "");
	hypervisor_give_back(hv, 0x1000);
	hypervisor_give_back(hv, 0x2000);
	assert_int_equal(raw_status(hypervisor_call(hv, RAW_DETACH, 0, 0)),
			 RAW_BAD_ALIGNMENT);
	raw_assert_violation(hv, "call page 0x1000 given back");
	hypervisor_read_stats(hv, &stats);
	assert_int_equal(stats.violations, 3);
	hypervisor_destroy(hv);
}

static void losing_state_loses_all_but_the_devices(void **state)
{
	struct hypervisor *hv = world(&plain);
	struct hypervisor_dma dma;
	uint32_t id;

	(void)state;
	assert_int_equal(raw_attach(hv, 2, 0x20), RAW_OK);
	assert_int_equal(raw_detach(hv, 0x20), RAW_OK);
	assert_int_equal(raw_delete(hv, 1), RAW_IN_USE);
	hypervisor_lose_state(hv);
	assert_int_equal(hypervisor_domains(hv), 0);
	assert_false(hypervisor_has_domain(hv, 1));
	assert_false(hypervisor_device_domain(hv, 0x10, &id));
	assert_int_equal(raw_detach(hv, 0x10), RAW_BAD_STATE);
	assert_int_equal(raw_flush(hv, 1), RAW_NOT_FOUND);
	/* As if nobody had ever attached it, detached devices too. */
	hypervisor_dma(hv, 0x20, 0x1234, true, &dma);
	assert_true(dma.fresh.translated);
	assert_int_equal(dma.fresh.gpa, 0x1234);
	assert_int_equal(dma.stale_count, 0);
	/* What is lost cannot be in the way. */
	assert_int_equal(raw_create(hv, 1), RAW_OK);
	assert_int_equal(raw_configure(hv, 1, RAW_IDENTITY, 0), RAW_OK);
	assert_int_equal(raw_attach(hv, 1, 0x10), RAW_OK);
	raw_assert_violation(hv, NULL);
	hypervisor_destroy(hv);
}

/* ---- wrong tests ----------------------------------------------------- */

static void borrow_too_many(void *state)
{
	uint64_t gpa;
	unsigned i;
	void *va;

	for (i = 0; i < 65; i++)
		hypervisor_borrow(state, &va, &gpa);
}

static void inject_too_many(void *state)
{
	unsigned i;

	for (i = 0; i < 17; i++)
		inject(state, 0, 1, 1, HYPERVISOR_FAIL, 1, 0);
}

static void add_twice(void *state)
{
	hypervisor_add_device(state, 0x10, false);
}

static void remove_stranger(void *state)
{
	hypervisor_remove_device(state, 0x11);
}

static void claim_stranger(void *state)
{
	hypervisor_claim(state, 0x11);
}

static void dma_of_stranger(void *state)
{
	struct hypervisor_dma dma;

	hypervisor_dma(state, 0x11, 0, false, &dma);
}

static void deny_nothing(void *state)
{
	hypervisor_allow(state, 0x1, false);
}

static void a_wrong_test_aborts(void **state)
{
	struct hypervisor *hv = world(&plain);

	(void)state;
	expect_abort(borrow_too_many, hv, "all call pages are lent");
	expect_abort(inject_too_many, hv, "too many injections");
	expect_abort(add_twice, hv, "is there already");
	expect_abort(remove_stranger, hv, "no such device to remove");
	expect_abort(claim_stranger, hv, "no such device to claim");
	expect_abort(dma_of_stranger, hv, "which is not there");
	expect_abort(deny_nothing, hv, "no such call");
	hypervisor_destroy(hv);
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
		cmocka_unit_test(a_gpa_which_is_not_needed_is_ignored),
		cmocka_unit_test(ignored_bits_of_the_result_are_not_zero),
		cmocka_unit_test(call_pages_are_apart_and_full_of_garbage),
		cmocka_unit_test(giving_back_what_is_not_lent_is_a_violation),
		cmocka_unit_test(capabilities_are_as_configured),
		cmocka_unit_test(the_property_says_who_is_managed),
		cmocka_unit_test(a_domain_lives_and_dies),
		cmocka_unit_test(a_device_taken_away_leaves_its_domain),
		cmocka_unit_test(five_levels_need_the_capability),
		cmocka_unit_test(the_host_may_be_an_old_one),
		cmocka_unit_test(configuring_again_can_be_forbidden),
		cmocka_unit_test(domains_can_run_out),
		cmocka_unit_test(each_call_can_be_denied),
		cmocka_unit_test(two_hypervisors_know_nothing_of_each_other),
		cmocka_unit_test(a_list_stops_at_its_first_bad_element),
		cmocka_unit_test(flushes_are_counted),
		cmocka_unit_test(the_calls_are_listed_in_order),
		cmocka_unit_test(an_injected_failure_does_nothing),
		cmocka_unit_test(an_injected_failure_may_come_after_the_deed),
		cmocka_unit_test(there_may_be_no_hypercall_page),
		cmocka_unit_test(a_list_may_stop_early),
		cmocka_unit_test(a_stopped_list_still_finds_a_bad_element),
		cmocka_unit_test(injections_wait_for_each_other),
		cmocka_unit_test(bad_form_is_found_before_an_injection_acts),
		cmocka_unit_test(the_id_of_a_failed_delete_is_not_used_again),
		cmocka_unit_test(
			a_delete_which_succeeds_in_the_end_frees_the_id),
		cmocka_unit_test(ats_and_the_blocked_domain_do_not_go_together),
		cmocka_unit_test(only_the_first_violation_is_kept),
		cmocka_unit_test(losing_state_loses_all_but_the_devices),
		cmocka_unit_test(a_wrong_test_aborts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
