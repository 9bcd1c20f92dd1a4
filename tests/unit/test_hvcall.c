/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The typed hypercalls over a transport which does as it is told: what is
 * refused, what is borrowed and given back, what answers become, and going on
 * with rep calls. What the bytes are is in test_hv_abi.c.
 */
#include <string.h>

#include "hvpt/hvpt.h"
#include "support/fake_transport.h"

#define DOMAIN 0x01020304u
#define DEVICE 0x66558f73ull
#define REPS(n) ((uint64_t)(n) << 32)
#define LIST_MAX 508u

/* Bits the hypervisor may set as it likes: 31:16 and 63:44. */
#define NOISE 0xa5c3500096a50000ull

/* ---- every call, as one of a list ------------------------------------ */

/**
 * struct call - one hypercall, made in an ordinary way
 * @make: makes it; @outputs are spoiled before and judged after
 * @code: by hand
 */
struct call {
	const char *name;
	enum hvpt_status (*make)(const struct fake *fake,
				 struct hvpt_answer *answer);
	uint16_t code;
};

/* Any output: poison unless the call succeeded. */
static struct hvpt_iommu_caps caps;
static bool enabled;

static void spoil_outputs(void)
{
	memset(&caps, 0x5a, sizeof(caps));
	enabled = true;
}

static void outputs_are_spoiled(void)
{
	struct hvpt_iommu_caps spoiled;

	memset(&spoiled, 0x5a, sizeof(spoiled));
	assert_memory_equal(&caps, &spoiled, sizeof(caps));
	assert_true(enabled);
}

struct entries {
	const uint64_t *entry;
	unsigned count;
	unsigned asked;
};

static bool next_entry(void *ctx, uint64_t *entry)
{
	struct entries *left = ctx;

	left->asked++;
	if (!left->count)
		return false;
	*entry = *left->entry++;
	left->count--;
	return true;
}

static enum hvpt_status make_caps(const struct fake *fake,
				  struct hvpt_answer *answer)
{
	return hvpt_hvcall_get_caps(&fake->transport, &caps, answer);
}

static enum hvpt_status make_property(const struct fake *fake,
				      struct hvpt_answer *answer)
{
	return hvpt_hvcall_get_device_iommu(&fake->transport, DEVICE, &enabled,
					    answer);
}

static enum hvpt_status make_create(const struct fake *fake,
				    struct hvpt_answer *answer)
{
	return hvpt_hvcall_create_domain(&fake->transport, DOMAIN, answer);
}

static enum hvpt_status make_configure(const struct fake *fake,
				       struct hvpt_answer *answer)
{
	const struct hvpt_domain_settings settings = {
		.translation = HVPT_TRANSLATE_PAGING,
		.levels = 4,
		.root = { 0x123456000 },
	};

	return hvpt_hvcall_configure_domain(&fake->transport, DOMAIN, &settings,
					    answer);
}

static enum hvpt_status make_attach(const struct fake *fake,
				    struct hvpt_answer *answer)
{
	return hvpt_hvcall_attach_device(&fake->transport, DOMAIN, DEVICE,
					 answer);
}

static enum hvpt_status make_detach(const struct fake *fake,
				    struct hvpt_answer *answer)
{
	return hvpt_hvcall_detach_device(&fake->transport, DEVICE, answer);
}

static enum hvpt_status make_flush(const struct fake *fake,
				   struct hvpt_answer *answer)
{
	return hvpt_hvcall_flush_domain(&fake->transport, DOMAIN, answer);
}

static enum hvpt_status make_list(const struct fake *fake,
				  struct hvpt_answer *answer)
{
	static const uint64_t entry = 0x1000;
	struct entries left = { &entry, 1, 0 };

	return hvpt_hvcall_flush_list(&fake->transport, DOMAIN, next_entry,
				      &left, answer);
}

static enum hvpt_status make_delete(const struct fake *fake,
				    struct hvpt_answer *answer)
{
	return hvpt_hvcall_delete_domain(&fake->transport, DOMAIN, answer);
}

static const struct call calls[] = {
	{ "caps", make_caps, 0x125 },	 { "property", make_property, 0x127 },
	{ "create", make_create, 0xb1 }, { "configure", make_configure, 0xce },
	{ "attach", make_attach, 0xb2 }, { "detach", make_detach, 0xc4 },
	{ "flush", make_flush, 0xd0 },	 { "list", make_list, 0xd1 },
	{ "delete", make_delete, 0xc5 },
};

static bool has_output(const struct call *call)
{
	return call->code >= 0x100;
}

/* ---- the way there and back ------------------------------------------ */

/* Whatever the noise in the result, and one element done for the list. */
static void test_success(void **state)
{
	struct hvpt_answer answer;
	struct fake fake;
	size_t i;

	(void)state;
	for (i = 0; i < FAKE_COUNT(calls); i++) {
		fake_init(&fake);
		fake.result = NOISE | REPS(calls[i].code == 0xd1);
		assert_int_equal(calls[i].make(&fake, &answer), HVPT_OK);
		fake_made(&fake, 1, 1);
		assert_int_equal(answer.code, calls[i].code);
		assert_int_equal(answer.result, fake.result);
		assert_int_equal(answer.reps, calls[i].code == 0xd1);
		assert_int_equal(fake.control[0],
				 calls[i].code | REPS(calls[i].code == 0xd1));
		assert_int_equal(fake.output_gpa != 0, has_output(&calls[i]));
	}
}

static void test_outputs(void **state)
{
	struct hvpt_answer answer;
	struct fake fake;

	(void)state;
	fake_init(&fake);
	/* Reserved and unknown things are set as well. */
	memset(fake.output, 0xee, sizeof(fake.output));
	fake.output[6] = 57;
	fake.output[7] = 20;
	memcpy(fake.output + 8, "\x2d\0\0\0\0\0\0\x80", 8);
	memcpy(fake.output + 16, "\0\x10\x20\x40\0\0\0\x01", 8);
	assert_int_equal(make_caps(&fake, &answer), HVPT_OK);
	assert_int_equal(caps.iova_width, 57);
	assert_int_equal(caps.pasid_width, 20);
	assert_int_equal(caps.caps, 0x800000000000002d);
	assert_int_equal(caps.page_sizes, 0x0100000040201000);
	memset(fake.output, 0xfe, sizeof(fake.output));
	assert_int_equal(make_property(&fake, &answer), HVPT_OK);
	assert_false(enabled);
	fake.output[0] = 0x01;
	assert_int_equal(make_property(&fake, &answer), HVPT_OK);
	assert_true(enabled);
}

static void test_no_page(void **state)
{
	struct hvpt_answer answer;
	struct fake fake;
	size_t i;

	(void)state;
	for (i = 0; i < FAKE_COUNT(calls); i++) {
		fake_init(&fake);
		fake.refuse = true;
		spoil_outputs();
		assert_int_equal(calls[i].make(&fake, &answer),
				 HVPT_ERR_CALL_PAGE);
		fake_made(&fake, 1, 0);
		assert_int_equal(answer.code, calls[i].code);
		assert_int_equal(answer.result, 0);
		assert_int_equal(answer.reps, 0);
		outputs_are_spoiled();
	}
}

/* A page which cannot be used goes back, and no hypercall is made. */
static void refuse_page(struct fake *fake)
{
	struct hvpt_answer answer;
	size_t i;

	for (i = 0; i < FAKE_COUNT(calls); i++) {
		fake_forget(fake);
		assert_int_equal(calls[i].make(fake, &answer),
				 HVPT_ERR_CALL_PAGE);
		fake_made(fake, 1, 0);
		assert_int_equal(answer.result, 0);
	}
}

static void test_bad_page(void **state)
{
	static const uint64_t gpas[] = { FAKE_GPA + 8, FAKE_GPA + 2048,
					 0x0010000000000000 };
	struct fake fake;
	size_t i;

	(void)state;
	fake_init(&fake);
	fake.va = NULL;
	refuse_page(&fake);
	fake_init(&fake);
	fake.va = fake.page + 8;
	refuse_page(&fake);
	for (i = 0; i < FAKE_COUNT(gpas); i++) {
		fake_init(&fake);
		fake.gpa = gpas[i];
		refuse_page(&fake);
	}
	fake_init(&fake);
	fake.forget = true;
	refuse_page(&fake);
}

/* The page at gpa 0 is one like any other, but 0 also means no output. */
static void test_page_at_zero(void **state)
{
	struct hvpt_answer answer;
	struct fake fake;

	(void)state;
	fake_init(&fake);
	fake.gpa = 0;
	assert_int_equal(make_caps(&fake, &answer), HVPT_OK);
	assert_int_equal(fake.output_gpa, 16);
	assert_int_equal(make_create(&fake, &answer), HVPT_OK);
	assert_int_equal(fake.output_gpa, 0);
}

/* ---- answers --------------------------------------------------------- */

/* Every status there may be; outputs are garbage then, and not believed. */
static void test_every_status(void **state)
{
	struct hvpt_answer answer;
	struct fake fake;
	unsigned raw;
	size_t i;

	(void)state;
	for (i = 0; i < FAKE_COUNT(calls); i++) {
		for (raw = 1; raw <= 0x200; raw++) {
			fake_init(&fake);
			memset(fake.output, 0xcc, sizeof(fake.output));
			fake.result = NOISE | raw;
			spoil_outputs();
			assert_int_equal(calls[i].make(&fake, &answer),
					 hvpt_hv_status_map((uint16_t)raw));
			fake_made(&fake, 1, 1);
			assert_int_equal(answer.result, NOISE | raw);
			assert_int_equal(answer.code, calls[i].code);
			assert_int_equal(answer.reps, 0);
			outputs_are_spoiled();
		}
	}
}

static void test_no_hypercall(void **state)
{
	struct hvpt_answer answer;
	struct fake fake;
	size_t i;

	(void)state;
	for (i = 0; i < FAKE_COUNT(calls); i++) {
		fake_init(&fake);
		fake.result = ~(uint64_t)0;
		spoil_outputs();
		assert_int_equal(calls[i].make(&fake, &answer),
				 HVPT_ERR_NO_HYPERVISOR);
		fake_made(&fake, 1, 1);
		assert_int_equal(answer.result, ~(uint64_t)0);
		assert_int_equal(answer.reps, 0);
		outputs_are_spoiled();
	}
}

/* ---- arguments ------------------------------------------------------- */

/* Nothing is borrowed for what is refused. */
static void refused(struct fake *fake, enum hvpt_status status,
		    enum hvpt_status wanted, const struct hvpt_answer *answer,
		    uint16_t code)
{
	assert_int_equal(status, wanted);
	fake_made(fake, 0, 0);
	assert_int_equal(answer->code, code);
	assert_int_equal(answer->result, 0);
	assert_int_equal(answer->reps, 0);
}

static void test_domain_ids(void **state)
{
	static const uint32_t ids[] = { 0, 0xffffffff };
	static const uint64_t entry = 0x1000;
	struct hvpt_domain_settings settings;
	struct entries left = { &entry, 1, 0 };
	struct hvpt_answer a;
	struct fake fake;
	size_t i;

	(void)state;
	memset(&settings, 0, sizeof(settings));
	fake_init(&fake);
	for (i = 0; i < FAKE_COUNT(ids); i++) {
		const struct hvpt_transport *t = &fake.transport;
		uint32_t id = ids[i];

		refused(&fake, hvpt_hvcall_create_domain(t, id, &a),
			HVPT_ERR_DOMAIN_ID, &a, 0xb1);
		refused(&fake,
			hvpt_hvcall_configure_domain(t, id, &settings, &a),
			HVPT_ERR_DOMAIN_ID, &a, 0xce);
		refused(&fake, hvpt_hvcall_attach_device(t, id, DEVICE, &a),
			HVPT_ERR_DOMAIN_ID, &a, 0xb2);
		refused(&fake, hvpt_hvcall_flush_domain(t, id, &a),
			HVPT_ERR_DOMAIN_ID, &a, 0xd0);
		refused(&fake,
			hvpt_hvcall_flush_list(t, id, next_entry, &left, &a),
			HVPT_ERR_DOMAIN_ID, &a, 0xd1);
		refused(&fake, hvpt_hvcall_delete_domain(t, id, &a),
			HVPT_ERR_DOMAIN_ID, &a, 0xc5);
	}
	assert_int_equal(left.asked, 0);
}

static void test_device_ids(void **state)
{
	static const uint64_t ids[] = { (uint64_t)1 << 62, (uint64_t)1 << 63,
					~(uint64_t)0 };
	struct hvpt_answer a;
	struct fake fake;
	size_t i;

	(void)state;
	fake_init(&fake);
	for (i = 0; i < FAKE_COUNT(ids); i++) {
		const struct hvpt_transport *t = &fake.transport;

		spoil_outputs();
		refused(&fake,
			hvpt_hvcall_get_device_iommu(t, ids[i], &enabled, &a),
			HVPT_ERR_DEVICE_ID, &a, 0x127);
		outputs_are_spoiled();
		refused(&fake, hvpt_hvcall_attach_device(t, DOMAIN, ids[i], &a),
			HVPT_ERR_DEVICE_ID, &a, 0xb2);
		refused(&fake, hvpt_hvcall_detach_device(t, ids[i], &a),
			HVPT_ERR_DEVICE_ID, &a, 0xc4);
	}
	assert_int_equal(hvpt_hvcall_detach_device(&fake.transport,
						   ((uint64_t)1 << 62) - 1, &a),
			 HVPT_OK);
}

static void test_settings(void **state)
{
	static const struct {
		enum hvpt_translation translation;
		uint32_t levels;
		uint64_t root;
		enum hvpt_status status;
	} rows[] = {
		{ HVPT_TRANSLATE_IDENTITY, 0, 0, HVPT_OK },
		{ HVPT_TRANSLATE_IDENTITY, 4, 0, HVPT_ERR_SETTINGS },
		{ HVPT_TRANSLATE_IDENTITY, 0, 0x1000, HVPT_ERR_SETTINGS },
		{ HVPT_TRANSLATE_BLOCKED, 0, 0, HVPT_OK },
		{ HVPT_TRANSLATE_BLOCKED, 5, 0, HVPT_ERR_SETTINGS },
		{ HVPT_TRANSLATE_BLOCKED, 0, 0x1000, HVPT_ERR_SETTINGS },
		{ (enum hvpt_translation)3, 4, 0x1000, HVPT_ERR_SETTINGS },
		{ HVPT_TRANSLATE_PAGING, 0, 0x1000, HVPT_ERR_LEVELS },
		{ HVPT_TRANSLATE_PAGING, 3, 0x1000, HVPT_ERR_LEVELS },
		{ HVPT_TRANSLATE_PAGING, 6, 0x1000, HVPT_ERR_LEVELS },
		{ HVPT_TRANSLATE_PAGING, 4, 0x1008, HVPT_ERR_ALIGN },
		{ HVPT_TRANSLATE_PAGING, 4, 0x800, HVPT_ERR_ALIGN },
		{ HVPT_TRANSLATE_PAGING, 4, (uint64_t)1 << 52,
		  HVPT_ERR_GPA_RANGE },
		{ HVPT_TRANSLATE_PAGING, 4, 0, HVPT_OK },
		{ HVPT_TRANSLATE_PAGING, 4, 0x000ffffffffff000, HVPT_OK },
		{ HVPT_TRANSLATE_PAGING, 5, 0x1000, HVPT_OK },
	};
	struct hvpt_domain_settings settings;
	struct hvpt_answer answer;
	struct fake fake;
	size_t i;

	(void)state;
	for (i = 0; i < FAKE_COUNT(rows); i++) {
		fake_init(&fake);
		settings.translation = rows[i].translation;
		settings.levels = rows[i].levels;
		settings.root = hvpt_gpa(rows[i].root);
		assert_int_equal(hvpt_hvcall_configure_domain(&fake.transport,
							      DOMAIN, &settings,
							      &answer),
				 rows[i].status);
		fake_made(&fake, rows[i].status == HVPT_OK,
			  rows[i].status == HVPT_OK);
	}
}

/* ---- flush lists ----------------------------------------------------- */

static uint64_t list[LIST_MAX + 2];

static void make_entries(void)
{
	unsigned i;

	for (i = 0; i < FAKE_COUNT(list); i++)
		list[i] = (uint64_t)(i + 1) << 12;
}

static enum hvpt_status flush(const struct fake *fake, struct entries *left,
			      struct hvpt_answer *answer)
{
	return hvpt_hvcall_flush_list(&fake->transport, DOMAIN, next_entry,
				      left, answer);
}

static void test_empty_list(void **state)
{
	struct entries left = { list, 0, 0 };
	struct hvpt_answer answer;
	struct fake fake;

	(void)state;
	fake_init(&fake);
	assert_int_equal(flush(&fake, &left, &answer), HVPT_ERR_EMPTY);
	fake_made(&fake, 1, 0);
	assert_int_equal(answer.result, 0);
	assert_int_equal(answer.reps, 0);
}

/* A bad descriptor anywhere: nothing is flushed. */
static void test_bad_entries(void **state)
{
	static const uint64_t bad[] = {
		0x1040,		    /* a reserved bit */
		0x1800,		    /* another */
		53,		    /* a shift above 52 */
		63,		    /* the largest */
		0x1001,		    /* page 1 is no multiple of 2 */
		0x0008000000000034, /* nor page 2^39 of 2^52 */
	};
	struct hvpt_answer answer;
	uint64_t three[3];
	struct fake fake;
	size_t i, at;

	(void)state;
	for (i = 0; i < FAKE_COUNT(bad); i++) {
		for (at = 0; at < 3; at++) {
			struct entries left = { three, 3, 0 };

			three[0] = three[1] = three[2] = 0x2001;
			three[at] = bad[i];
			fake_init(&fake);
			assert_int_equal(flush(&fake, &left, &answer),
					 HVPT_ERR_FLUSH_ENTRY);
			fake_made(&fake, 1, 0);
			assert_int_equal(answer.result, 0);
		}
	}
}

/* A transport answer: @test_data elements more, with its status on top. */
struct pace {
	unsigned step;
	uint16_t status;
};

static uint64_t some_more(struct fake *fake, uint64_t control)
{
	const struct pace *pace = fake->test_data;
	unsigned count = (unsigned)(control >> 32) & 0xfff;
	unsigned done = ((unsigned)(control >> 48) & 0xfff) + pace->step;

	if (done >= count)
		return NOISE | REPS(count);
	return NOISE | REPS(done) | pace->status;
}

/* The control words of the rounds, and the page, which stays as it was. */
static void paced(unsigned count, unsigned step, uint16_t status)
{
	struct pace pace = { step, status };
	struct entries left = { list, count, 0 };
	unsigned rounds = (count + step - 1) / step;
	struct hvpt_answer answer;
	struct fake fake;
	unsigned i;

	fake_init(&fake);
	fake.answer = some_more;
	fake.test_data = &pace;
	assert_int_equal(flush(&fake, &left, &answer), HVPT_OK);
	fake_made(&fake, 1, rounds);
	for (i = 0; i < rounds; i++)
		assert_int_equal(fake.control[i], 0xd1 | REPS(count) |
							  (uint64_t)(i * step)
								  << 48);
	assert_int_equal(answer.reps, count);
	assert_memory_equal(fake.seen + 32, list, count * 8);
}

static void test_rounds(void **state)
{
	static const unsigned counts[] = { 1, 2, 7, 507, LIST_MAX };
	unsigned step;
	size_t i;

	(void)state;
	make_entries();
	for (i = 0; i < FAKE_COUNT(counts); i++) {
		for (step = 1; step <= counts[i]; step += step < 8 ? 1 : 97) {
			paced(counts[i], step, 0x00);
			paced(counts[i], step, 0x78);
		}
	}
}

/* One page full; the rest is for the next call. */
static void test_more_than_a_page(void **state)
{
	struct pace pace = { LIST_MAX, 0 };
	struct entries left = { list, LIST_MAX + 2, 0 };
	struct hvpt_answer answer;
	struct fake fake;

	(void)state;
	make_entries();
	fake_init(&fake);
	fake.answer = some_more;
	fake.test_data = &pace;
	assert_int_equal(flush(&fake, &left, &answer), HVPT_OK);
	assert_int_equal(answer.reps, LIST_MAX);
	assert_int_equal(left.count, 2);
	assert_int_equal(left.asked, LIST_MAX);
	assert_memory_equal(fake.seen + 32, list, LIST_MAX * 8);
	fake_forget(&fake);
	assert_int_equal(flush(&fake, &left, &answer), HVPT_OK);
	assert_int_equal(answer.reps, 2);
	assert_int_equal(fake.control[0], 0xd1 | REPS(2));
}

/* Answers of each round, in turn. */
struct script {
	const uint64_t *result;
	unsigned at;
};

static uint64_t by_script(struct fake *fake, uint64_t control)
{
	struct script *script = fake->test_data;

	(void)control;
	return script->result[script->at++];
}

static void scripted(const uint64_t *result, unsigned rounds,
		     enum hvpt_status status, unsigned reps)
{
	struct script script = { result, 0 };
	struct entries left = { list, 5, 0 };
	struct hvpt_answer answer;
	struct fake fake;

	fake_init(&fake);
	fake.answer = by_script;
	fake.test_data = &script;
	assert_int_equal(flush(&fake, &left, &answer), status);
	fake_made(&fake, 1, rounds);
	assert_int_equal(answer.result, result[rounds - 1]);
	assert_int_equal(answer.reps, reps);
}

/* Of five elements. A round without progress is the last one. */
static void test_ends_of_rounds(void **state)
{
	static const uint64_t nothing[] = { REPS(0) };
	static const uint64_t timeout[] = { REPS(0) | 0x78 };
	static const uint64_t stuck[] = { REPS(2), REPS(2) };
	static const uint64_t stuck_late[] = { REPS(1) | 0x78, REPS(4),
					       REPS(4) | 0x78 };
	static const uint64_t back[] = { REPS(3), REPS(2) };
	static const uint64_t back_late[] = { REPS(3) | 0x78, REPS(2) | 0x78 };
	static const uint64_t too_many[] = { REPS(6) };
	static const uint64_t far_too_many[] = { REPS(0xfff) | 0x78 };
	static const uint64_t fails[] = { REPS(3) | 0x0b };
	static const uint64_t fails_late[] = { REPS(2), REPS(4) | 0x05 };
	static const uint64_t gone[] = { REPS(2), ~(uint64_t)0 };
	static const uint64_t fails_madly[] = { REPS(9) | 0x05 };

	(void)state;
	make_entries();
	scripted(nothing, 1, HVPT_ERR_HV_PROGRESS, 0);
	scripted(timeout, 1, HVPT_ERR_HV_TIMEOUT, 0);
	scripted(stuck, 2, HVPT_ERR_HV_PROGRESS, 2);
	scripted(stuck_late, 3, HVPT_ERR_HV_TIMEOUT, 4);
	scripted(back, 2, HVPT_ERR_HV_PROGRESS, 3);
	scripted(back_late, 2, HVPT_ERR_HV_PROGRESS, 3);
	scripted(too_many, 1, HVPT_ERR_HV_PROGRESS, 0);
	scripted(far_too_many, 1, HVPT_ERR_HV_PROGRESS, 0);
	scripted(fails, 1, HVPT_ERR_HV_MEMORY, 3);
	scripted(fails_late, 2, HVPT_ERR_HV_INPUT, 4);
	scripted(gone, 2, HVPT_ERR_NO_HYPERVISOR, 2);
	scripted(fails_madly, 1, HVPT_ERR_HV_INPUT, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_success),
		cmocka_unit_test(test_outputs),
		cmocka_unit_test(test_no_page),
		cmocka_unit_test(test_bad_page),
		cmocka_unit_test(test_page_at_zero),
		cmocka_unit_test(test_every_status),
		cmocka_unit_test(test_no_hypercall),
		cmocka_unit_test(test_domain_ids),
		cmocka_unit_test(test_device_ids),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_empty_list),
		cmocka_unit_test(test_bad_entries),
		cmocka_unit_test(test_rounds),
		cmocka_unit_test(test_more_than_a_page),
		cmocka_unit_test(test_ends_of_rounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
