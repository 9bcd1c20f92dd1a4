/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The typed hypercalls over a transport that does what a hypervisor may do, and
 * what none should do. test_hv_abi.c checks the bytes that they send.
 */
#include <string.h>

#include "hvpt/hvpt.h"
#include "tests/support/fake_transport.h"
#include "tests/support/prng.h"

#define DOMAIN 7u
#define DEVICE 0x66558f73u
#define HEADER 32u /* of a flush list */

/* ---- every call, with arguments that are right ---------------------- */

struct call {
	const char *name;
	uint16_t code;
	bool rep;
	bool output;
	enum hvpt_status (*make)(struct fake *fake, struct hvpt_answer *answer);
};

static const uint64_t some_entries[] = { 0x1000, 0x2001, 0x5000 };

struct list {
	struct fake *fake;
	const uint64_t *entry;
	size_t count;
	size_t given;
	size_t asked;
};

static bool next_entry(void *ctx, uint64_t *entry)
{
	struct list *list = ctx;

	list->asked++;
	assert_true(list->fake->lent);
	assert_int_equal(list->fake->issues, 0);
	if (list->given == list->count)
		return false;
	*entry = list->entry[list->given++];
	return true;
}

/*
 * Calls without an output must not write these; the others only after success.
 */
static struct hvpt_iommu_caps caps;
static bool enabled;

static enum hvpt_status make_get_caps(struct fake *fake,
				      struct hvpt_answer *answer)
{
	return hvpt_hvcall_get_caps(&fake->transport, &caps, answer);
}

static enum hvpt_status make_get_device(struct fake *fake,
					struct hvpt_answer *answer)
{
	return hvpt_hvcall_get_device_iommu(&fake->transport, DEVICE, &enabled,
					    answer);
}

static enum hvpt_status make_create(struct fake *fake,
				    struct hvpt_answer *answer)
{
	return hvpt_hvcall_create_domain(&fake->transport, DOMAIN, answer);
}

static enum hvpt_status make_configure(struct fake *fake,
				       struct hvpt_answer *answer)
{
	static const struct hvpt_domain_settings settings = {
		.kind = HVPT_DOMAIN_PAGING,
		.levels = 4,
		.root = { 0x1000 },
	};

	return hvpt_hvcall_configure_domain(&fake->transport, DOMAIN, &settings,
					    answer);
}

static enum hvpt_status make_attach(struct fake *fake,
				    struct hvpt_answer *answer)
{
	return hvpt_hvcall_attach_device(&fake->transport, DOMAIN, DEVICE,
					 answer);
}

static enum hvpt_status make_detach(struct fake *fake,
				    struct hvpt_answer *answer)
{
	return hvpt_hvcall_detach_device(&fake->transport, DEVICE, answer);
}

static enum hvpt_status make_flush(struct fake *fake,
				   struct hvpt_answer *answer)
{
	return hvpt_hvcall_flush_domain(&fake->transport, DOMAIN, answer);
}

static enum hvpt_status make_flush_list(struct fake *fake,
					struct hvpt_answer *answer)
{
	struct list list = { fake, some_entries, FAKE_COUNT(some_entries), 0,
			     0 };

	return hvpt_hvcall_flush_list(&fake->transport, DOMAIN, next_entry,
				      &list, answer);
}

static enum hvpt_status make_delete(struct fake *fake,
				    struct hvpt_answer *answer)
{
	return hvpt_hvcall_delete_domain(&fake->transport, DOMAIN, answer);
}

#define CALL(name, ...)                                                        \
	{                                                                      \
#name, HVPT_HVCALL_##name, __VA_ARGS__                         \
	}

static const struct call calls[] = {
	CALL(GET_IOMMU_CAPABILITIES, false, true, make_get_caps),
	CALL(GET_LOGICAL_DEVICE_PROPERTY, false, true, make_get_device),
	CALL(CREATE_DEVICE_DOMAIN, false, false, make_create),
	CALL(CONFIGURE_DEVICE_DOMAIN, false, false, make_configure),
	CALL(ATTACH_DEVICE_DOMAIN, false, false, make_attach),
	CALL(DETACH_DEVICE_DOMAIN, false, false, make_detach),
	CALL(FLUSH_DEVICE_DOMAIN, false, false, make_flush),
	CALL(FLUSH_DEVICE_DOMAIN_LIST, true, false, make_flush_list),
	CALL(DELETE_DEVICE_DOMAIN, false, false, make_delete),
};

static void spoil(struct hvpt_answer *answer)
{
	memset(answer, 0xcc, sizeof(*answer));
	memset(&caps, 0x5a, sizeof(caps));
	enabled = true;
}

static void must_say(const struct hvpt_answer *answer, uint16_t code,
		     uint64_t result, unsigned reps)
{
	assert_int_equal(answer->code, code);
	assert_int_equal(answer->result, result);
	assert_int_equal(answer->reps, reps);
}

static void outputs_untouched(void)
{
	struct hvpt_iommu_caps spoilt;

	memset(&spoilt, 0x5a, sizeof(spoilt));
	assert_memory_equal(&caps, &spoilt, sizeof(caps));
	assert_true(enabled);
}

#define FOR_EACH_CALL(call)                                                    \
	for ((call) = calls; (call) < calls + FAKE_COUNT(calls); (call)++)

/* ---- the page -------------------------------------------------------- */

static void test_no_page(void **state)
{
	const struct call *call;
	struct fake fake;
	struct hvpt_answer answer;

	(void)state;
	FOR_EACH_CALL(call)
	{
		fake_init(&fake);
		fake.refuse = true;
		spoil(&answer);
		assert_int_equal(call->make(&fake, &answer),
				 HVPT_ERR_CALL_PAGE);
		must_say(&answer, call->code, 0, 0);
		fake_made(&fake, 1, 0);
		outputs_untouched();
	}
}

static void refuse_page(const struct call *call, size_t va_offset, bool no_va,
			uint64_t gpa, bool forget)
{
	struct fake fake;
	struct hvpt_answer answer;

	fake_init(&fake);
	fake.va = no_va ? NULL : fake.page + va_offset;
	fake.gpa = gpa;
	fake.forget = forget;
	spoil(&answer);
	assert_int_equal(call->make(&fake, &answer), HVPT_ERR_CALL_PAGE);
	must_say(&answer, call->code, 0, 0);
	fake_made(&fake, 1, 0);
	outputs_untouched();
}

static void test_unusable_pages_go_back(void **state)
{
	const struct call *call;
	unsigned bit;

	(void)state;
	FOR_EACH_CALL(call)
	{
		refuse_page(call, 0, true, FAKE_GPA, false);
		refuse_page(call, 0, false, FAKE_GPA, true);
		for (bit = 0; bit < 12; bit++) {
			refuse_page(call, (size_t)1 << bit, false, FAKE_GPA,
				    false);
			refuse_page(call, 0, false,
				    FAKE_GPA + ((uint64_t)1 << bit), false);
		}
		for (bit = 52; bit < 64; bit++)
			refuse_page(call, 0, false, (uint64_t)1 << bit, false);
	}
}

static uint64_t do_all(struct fake *fake, uint64_t control)
{
	(void)fake;
	return control & 0x00000fff00000000;
}

static void test_pages_at_both_ends(void **state)
{
	static const uint64_t gpas[] = { 0, 0x1000, 0x000ffffffffff000 };
	const struct call *call;
	struct fake fake;
	struct hvpt_answer answer;
	size_t i;

	(void)state;
	FOR_EACH_CALL(call)
	{
		for (i = 0; i < FAKE_COUNT(gpas); i++) {
			fake_init(&fake);
			fake.answer = do_all;
			fake.gpa = gpas[i];
			assert_int_equal(call->make(&fake, &answer), HVPT_OK);
			fake_made(&fake, 1, 1);
			assert_int_equal(fake.input, gpas[i]);
			assert_int_equal(fake.output_gpa != 0, call->output);
		}
	}
}

/* ---- arguments ------------------------------------------------------- */

static void nothing_was_done(const struct fake *fake,
			     const struct hvpt_answer *answer, uint16_t code)
{
	fake_made(fake, 0, 0);
	must_say(answer, code, 0, 0);
	outputs_untouched();
}

#define REFUSED(want, code, call)                                              \
	do {                                                                   \
		struct fake fake;                                              \
		struct hvpt_answer answer;                                     \
                                                                               \
		fake_init(&fake);                                              \
		spoil(&answer);                                                \
		assert_int_equal(call, want);                                  \
		nothing_was_done(&fake, &answer, code);                        \
	} while (0)

static bool no_source(void *ctx, uint64_t *entry)
{
	(void)ctx;
	(void)entry;
	fail_msg("the source was asked");
	return false;
}

static void test_domain_ids_are_checked(void **state)
{
	static const uint32_t ids[] = { 0, 0xffffffff };
	static const struct hvpt_domain_settings identity;
	size_t i;

	(void)state;
	for (i = 0; i < FAKE_COUNT(ids); i++) {
		uint32_t id = ids[i];

		REFUSED(HVPT_ERR_DOMAIN_ID, HVPT_HVCALL_CREATE_DEVICE_DOMAIN,
			hvpt_hvcall_create_domain(&fake.transport, id,
						  &answer));
		REFUSED(HVPT_ERR_DOMAIN_ID, HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN,
			hvpt_hvcall_configure_domain(&fake.transport, id,
						     &identity, &answer));
		REFUSED(HVPT_ERR_DOMAIN_ID, HVPT_HVCALL_ATTACH_DEVICE_DOMAIN,
			hvpt_hvcall_attach_device(&fake.transport, id, DEVICE,
						  &answer));
		REFUSED(HVPT_ERR_DOMAIN_ID, HVPT_HVCALL_FLUSH_DEVICE_DOMAIN,
			hvpt_hvcall_flush_domain(&fake.transport, id, &answer));
		REFUSED(HVPT_ERR_DOMAIN_ID,
			HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST,
			hvpt_hvcall_flush_list(&fake.transport, id, no_source,
					       NULL, &answer));
		REFUSED(HVPT_ERR_DOMAIN_ID, HVPT_HVCALL_DELETE_DEVICE_DOMAIN,
			hvpt_hvcall_delete_domain(&fake.transport, id,
						  &answer));
	}
}

static void test_device_ids_are_checked(void **state)
{
	static const uint64_t ids[] = { 0x4000000000000000, 0x8000000000000000,
					0xc000000000000000,
					0xffffffffffffffff };
	size_t i;

	(void)state;
	for (i = 0; i < FAKE_COUNT(ids); i++) {
		uint64_t id = ids[i];

		REFUSED(HVPT_ERR_DEVICE_ID,
			HVPT_HVCALL_GET_LOGICAL_DEVICE_PROPERTY,
			hvpt_hvcall_get_device_iommu(&fake.transport, id,
						     &enabled, &answer));
		REFUSED(HVPT_ERR_DEVICE_ID, HVPT_HVCALL_ATTACH_DEVICE_DOMAIN,
			hvpt_hvcall_attach_device(&fake.transport, DOMAIN, id,
						  &answer));
		REFUSED(HVPT_ERR_DEVICE_ID, HVPT_HVCALL_DETACH_DEVICE_DOMAIN,
			hvpt_hvcall_detach_device(&fake.transport, id,
						  &answer));
	}
}

/* Several rules are broken: the first argument decides. */
static void test_order_of_checks(void **state)
{
	static const struct hvpt_domain_settings wrong = { .levels = 1 };

	(void)state;
	REFUSED(HVPT_ERR_DOMAIN_ID, HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN,
		hvpt_hvcall_configure_domain(&fake.transport, 0, &wrong,
					     &answer));
	REFUSED(HVPT_ERR_DOMAIN_ID, HVPT_HVCALL_ATTACH_DEVICE_DOMAIN,
		hvpt_hvcall_attach_device(&fake.transport, 0, ~(uint64_t)0,
					  &answer));
}

static void test_settings_are_checked(void **state)
{
	static const struct {
		int kind;
		uint32_t levels;
		uint64_t root;
		enum hvpt_status want;
	} cases[] = {
		{ HVPT_DOMAIN_IDENTITY, 4, 0, HVPT_ERR_SETTINGS },
		{ HVPT_DOMAIN_IDENTITY, 0, 0x1000, HVPT_ERR_SETTINGS },
		{ HVPT_DOMAIN_BLOCKED, 5, 0, HVPT_ERR_SETTINGS },
		{ HVPT_DOMAIN_BLOCKED, 0, 1, HVPT_ERR_SETTINGS },
		{ 3, 0, 0, HVPT_ERR_SETTINGS },
		{ 3, 4, 0x1000, HVPT_ERR_SETTINGS },
		{ -1, 4, 0x1000, HVPT_ERR_SETTINGS },
		{ HVPT_DOMAIN_PAGING, 0, 0, HVPT_ERR_LEVELS },
		{ HVPT_DOMAIN_PAGING, 3, 0x1000, HVPT_ERR_LEVELS },
		{ HVPT_DOMAIN_PAGING, 6, 0x1001, HVPT_ERR_LEVELS },
		{ HVPT_DOMAIN_PAGING, 4, 0x1001, HVPT_ERR_ALIGN },
		{ HVPT_DOMAIN_PAGING, 5, 0x1800, HVPT_ERR_ALIGN },
		{ HVPT_DOMAIN_PAGING, 4, 0x0010000000000800, HVPT_ERR_ALIGN },
		{ HVPT_DOMAIN_PAGING, 4, 0x0010000000000000,
		  HVPT_ERR_GPA_RANGE },
		{ HVPT_DOMAIN_PAGING, 5, 0xfffffffffffff000,
		  HVPT_ERR_GPA_RANGE },
	};
	size_t i;

	(void)state;
	for (i = 0; i < FAKE_COUNT(cases); i++) {
		const struct hvpt_domain_settings settings = {
			.kind = (enum hvpt_domain_kind)cases[i].kind,
			.levels = cases[i].levels,
			.root = { cases[i].root },
		};

		REFUSED(cases[i].want, HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN,
			hvpt_hvcall_configure_domain(&fake.transport, DOMAIN,
						     &settings, &answer));
	}
}

/* ---- what the hypervisor says ---------------------------------------- */

static void one_status(const struct call *call, uint16_t raw, uint64_t noise)
{
	/*
	 * A rep call that returns success has done all elements, unless set
	 * otherwise.
	 */
	uint64_t reps = call->rep && raw == 0 ? FAKE_COUNT(some_entries) : 0;
	uint64_t result = noise | reps << 32 | raw;
	struct fake fake;
	struct hvpt_answer answer;
	enum hvpt_status status;

	fake_init(&fake);
	fake.result = result;
	memset(fake.output, 0xfe, sizeof(fake.output));
	spoil(&answer);
	status = call->make(&fake, &answer);
	if (status != hvpt_hv_status_map(raw))
		print_error("%s: %#x\n", call->name, raw);
	assert_int_equal(status, hvpt_hv_status_map(raw));
	must_say(&answer, call->code, result, (unsigned)reps);
	fake_made(&fake, 1, 1);
	if (raw != 0)
		outputs_untouched();
}

static void test_every_status(void **state)
{
	/* Bits 31:16 and 63:44 of a result mean nothing. */
	static const uint64_t noises[] = { 0, 0xfffff000ffff0000 };
	const struct call *call;
	uint32_t raw;
	size_t i;

	(void)state;
	FOR_EACH_CALL(call)
	{
		for (i = 0; i < FAKE_COUNT(noises); i++) {
			for (raw = 0; raw < 0x200; raw++)
				one_status(call, (uint16_t)raw, noises[i]);
			one_status(call, 0x7800, noises[i]);
			one_status(call, 0x8000, noises[i]);
			one_status(call, 0xfffe, noises[i]);
		}
	}
}

/* Written here as well, so that it does not depend on hvpt_hv_status_map(). */
static void test_some_statuses_by_name(void **state)
{
	static const struct {
		uint16_t raw;
		enum hvpt_status want;
	} cases[] = {
		{ 0x02, HVPT_ERR_HV_CODE },    { 0x05, HVPT_ERR_HV_INPUT },
		{ 0x06, HVPT_ERR_HV_DENIED },  { 0x0b, HVPT_ERR_HV_MEMORY },
		{ 0x38, HVPT_ERR_HV_DOMAINS }, { 0x57, HVPT_ERR_HV_DEVICE },
		{ 0x58, HVPT_ERR_HV_STATE },   { 0x66, HVPT_ERR_HV_EXISTS },
		{ 0x78, HVPT_ERR_HV_TIMEOUT }, { 0x71, HVPT_ERR_HV_FAILED },
		{ 0x99, HVPT_ERR_HV_FAILED },
	};
	const struct call *call;
	size_t i;

	(void)state;
	FOR_EACH_CALL(call)
	{
		for (i = 0; i < FAKE_COUNT(cases); i++) {
			struct fake fake;
			struct hvpt_answer answer;

			fake_init(&fake);
			fake.result = cases[i].raw;
			assert_int_equal(call->make(&fake, &answer),
					 cases[i].want);
		}
	}
}

static void test_no_hypercall(void **state)
{
	const struct call *call;
	struct fake fake;
	struct hvpt_answer answer;

	(void)state;
	FOR_EACH_CALL(call)
	{
		fake_init(&fake);
		fake.result = ~(uint64_t)0;
		memset(fake.output, 0xfe, sizeof(fake.output));
		spoil(&answer);
		assert_int_equal(call->make(&fake, &answer),
				 HVPT_ERR_NO_HYPERVISOR);
		must_say(&answer, call->code, ~(uint64_t)0, 0);
		fake_made(&fake, 1, 1);
		outputs_untouched();
	}
}

/* A simple call ignores the reps of a result. */
static void test_reps_of_simple_calls(void **state)
{
	const struct call *call;

	(void)state;
	FOR_EACH_CALL(call)
	{
		struct fake fake;
		struct hvpt_answer answer;

		if (call->rep)
			continue;
		fake_init(&fake);
		fake.result = 0x00000fff00000000;
		assert_int_equal(call->make(&fake, &answer), HVPT_OK);
		must_say(&answer, call->code, 0x00000fff00000000, 0);
	}
}

/* ---- outputs --------------------------------------------------------- */

static void test_caps_as_given(void **state)
{
	static const uint8_t output[24] = {
		0x18, 0, 0, 0, 0, 0, 57, 20, /* size, reserved, two widths */
		0x2d, 0, 0, 0, 0, 0, 0,	 0,  0x00, 0x10, 0x20, 0x40, 0, 0, 0, 0,
	};
	struct fake fake;
	struct hvpt_answer answer;

	(void)state;
	fake_init(&fake);
	memcpy(fake.output, output, sizeof(output));
	spoil(&answer);
	assert_int_equal(hvpt_hvcall_get_caps(&fake.transport, &caps, &answer),
			 HVPT_OK);
	assert_int_equal(caps.iova_width, 57);
	assert_int_equal(caps.pasid_width, 20);
	assert_int_equal(caps.caps, 0x2d);
	assert_int_equal(caps.page_sizes, 0x40201000);
}

/*
 * Each field comes from its own bytes only, with unknown bits and nonsense too.
 */
static void test_caps_field_by_field(void **state)
{
	unsigned byte;

	(void)state;
	for (byte = 0; byte < 24; byte++) {
		uint64_t bits = (uint64_t)0xe7 << byte % 8 * 8;
		struct fake fake;
		struct hvpt_answer answer;

		fake_init(&fake);
		fake.output[byte] = 0xe7;
		spoil(&answer);
		assert_int_equal(hvpt_hvcall_get_caps(&fake.transport, &caps,
						      &answer),
				 HVPT_OK);
		assert_int_equal(caps.iova_width, byte == 6 ? 0xe7 : 0);
		assert_int_equal(caps.pasid_width, byte == 7 ? 0xe7 : 0);
		assert_int_equal(caps.caps, byte / 8 == 1 ? bits : 0);
		assert_int_equal(caps.page_sizes, byte / 8 == 2 ? bits : 0);
	}
}

static void test_property_is_one_bit(void **state)
{
	unsigned bit;

	(void)state;
	for (bit = 0; bit < 128; bit++) {
		struct fake fake;
		struct hvpt_answer answer;

		fake_init(&fake);
		fake.output[bit / 8] = (uint8_t)(1u << bit % 8);
		enabled = bit != 0;
		assert_int_equal(hvpt_hvcall_get_device_iommu(&fake.transport,
							      DEVICE, &enabled,
							      &answer),
				 HVPT_OK);
		assert_int_equal(enabled, bit == 0);
	}
}

/*
 * The page has garbage in it; the hypervisor reports success and writes
 * nothing.
 */
static void test_silent_success(void **state)
{
	struct fake fake;
	struct hvpt_answer answer;

	(void)state;
	fake_init(&fake);
	fake.output_bytes = 0;
	assert_int_equal(hvpt_hvcall_get_caps(&fake.transport, &caps, &answer),
			 HVPT_OK);
	/* What is there is believed: the output is not cleared before. */
	assert_int_equal(caps.iova_width, FAKE_FILL);
	assert_int_equal(caps.pasid_width, FAKE_FILL);
}

/* ---- lists ----------------------------------------------------------- */

static uint64_t entries[FAKE_ROUNDS];

static void fill_entries(void)
{
	size_t i;

	for (i = 0; i < FAKE_ROUNDS; i++)
		entries[i] = (0x100000 + i) << 12;
}

static void start_list(struct list *list, struct fake *fake, size_t count)
{
	fill_entries();
	list->fake = fake;
	list->entry = entries;
	list->count = count;
	list->given = 0;
	list->asked = 0;
}

static void entries_are_there(const struct fake *fake, size_t first,
			      size_t count)
{
	size_t i;

	assert_memory_equal(fake->seen + HEADER, entries + first, count * 8);
	for (i = HEADER + count * 8; i < FAKE_PAGE; i++)
		assert_int_equal(fake->seen[i], FAKE_FILL);
}

static enum hvpt_status flush(struct fake *fake, struct list *list,
			      struct hvpt_answer *answer)
{
	return hvpt_hvcall_flush_list(&fake->transport, DOMAIN, next_entry,
				      list, answer);
}

static void test_empty_list(void **state)
{
	struct fake fake;
	struct list list;
	struct hvpt_answer answer;

	(void)state;
	fake_init(&fake);
	spoil(&answer);
	start_list(&list, &fake, 0);
	assert_int_equal(flush(&fake, &list, &answer), HVPT_ERR_EMPTY);
	must_say(&answer, HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST, 0, 0);
	fake_made(&fake, 1, 0);
	assert_int_equal(list.asked, 1);
}

/* One full page; what does not fit stays with the source. */
static void test_long_lists(void **state)
{
	static const size_t counts[] = { 1, 2, 507, 508, 509, 600 };
	size_t i;

	(void)state;
	for (i = 0; i < FAKE_COUNT(counts); i++) {
		size_t first = counts[i] < 508 ? counts[i] : 508;
		size_t rest = counts[i] - first;
		struct fake fake;
		struct list list;
		struct hvpt_answer answer;

		fake_init(&fake);
		fake.answer = do_all;
		start_list(&list, &fake, counts[i]);
		assert_int_equal(flush(&fake, &list, &answer), HVPT_OK);
		fake_made(&fake, 1, 1);
		assert_int_equal(fake.control[0],
				 first << 32 |
					 HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST);
		assert_int_equal(answer.reps, first);
		assert_int_equal(list.given, first);
		assert_int_equal(list.asked, first < 508 ? first + 1 : 508);
		entries_are_there(&fake, 0, first);

		fake_forget(&fake);
		assert_int_equal(flush(&fake, &list, &answer),
				 rest ? HVPT_OK : HVPT_ERR_EMPTY);
		fake_made(&fake, 1, rest ? 1 : 0);
		if (rest)
			entries_are_there(&fake, first, rest);
	}
}

static bool further_entry(void *ctx, uint64_t *entry)
{
	struct list *list = ctx;

	if (list->given == list->count)
		return false;
	*entry = list->entry[list->given++];
	return true;
}

/* All pages of it, whether or not the last one is full. */
static void test_all_of_a_long_list(void **state)
{
	static const size_t counts[] = { 0, 1, 508, 509, 600 };
	size_t i;

	(void)state;
	for (i = 0; i < FAKE_COUNT(counts); i++) {
		struct fake fake;
		struct list list;
		struct hvpt_answer answer;
		enum hvpt_status status;

		fake_init(&fake);
		fake.answer = do_all;
		start_list(&list, &fake, counts[i]);
		status = hvpt_hvcall_flush_lists(&fake.transport, DOMAIN,
						 further_entry, &list, &answer);
		assert_int_equal(status, counts[i] ? HVPT_OK : HVPT_ERR_EMPTY);
		assert_int_equal(list.given, counts[i]);
		assert_int_equal(fake.issues, (counts[i] + 507) / 508);
		/* one more only to find that nothing follows a full page */
		assert_int_equal(fake.borrows, counts[i] / 508 + 1);
	}
}

/*
 * A call that was issued and returned 0 differs from one that never was issued.
 */
static void test_heard(void **state)
{
	struct hvpt_answer answer;
	struct fake fake;

	(void)state;
	fake_init(&fake);
	assert_int_equal(hvpt_hvcall_flush_domain(&fake.transport, 0, &answer),
			 HVPT_ERR_DOMAIN_ID);
	assert_int_equal(answer.trips, 0);
	assert_false(hvpt_answer_is_heard(&answer));
	assert_int_equal(hvpt_hvcall_flush_domain(&fake.transport, DOMAIN,
						  &answer),
			 HVPT_OK);
	assert_int_equal(answer.trips, 1);
	assert_int_equal(answer.result, 0);
	assert_true(hvpt_answer_is_heard(&answer));
}

static void refuse_entry(uint64_t entry, size_t at, size_t count)
{
	struct fake fake;
	struct list list;
	struct hvpt_answer answer;

	fake_init(&fake);
	spoil(&answer);
	start_list(&list, &fake, count);
	entries[at] = entry;
	assert_int_equal(flush(&fake, &list, &answer), HVPT_ERR_FLUSH_ENTRY);
	must_say(&answer, HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST, 0, 0);
	fake_made(&fake, 1, 0);
	assert_int_equal(list.asked, at + 1);
}

static void test_bad_entries(void **state)
{
	unsigned bit, shift;

	(void)state;
	for (bit = 6; bit < 12; bit++)
		refuse_entry((uint64_t)1 << bit, 0, 1);
	for (shift = 53; shift < 64; shift++)
		refuse_entry(shift, 0, 1);
	for (shift = 1; shift <= 52; shift++) {
		refuse_entry((uint64_t)1 << 12 | shift, 0, 1);
		refuse_entry((uint64_t)1 << (12 + shift - 1) | shift, 0, 1);
	}
	refuse_entry(0x1001, 3, 9);
	refuse_entry(0x1001, 507, 508);
	refuse_entry(0x1001, 507, 600);
}

/* ---- going on -------------------------------------------------------- */

/**
 * struct script - how a hypervisor works through a list
 * @step: elements at a time
 * @partial: status of a round that leaves some over
 * @alternate: every other round is a success
 * @last: status of the round that does the last one
 * @stop_at: the round that is answered with @stop instead; 0: none
 * @round: so far
 * @done: elements so far
 */
struct script {
	unsigned step;
	uint16_t partial;
	bool alternate;
	uint16_t last;
	unsigned stop_at;
	uint64_t stop;
	unsigned round;
	unsigned done;
};

static uint64_t play(struct fake *fake, uint64_t control)
{
	struct script *script = fake->test_data;
	unsigned count = (unsigned)(control >> 32) & 0xfff;
	uint16_t status = script->partial;

	/* Begins where the last round ended, and counts the whole list. */
	assert_int_equal(control, (uint64_t)script->done << 48 |
					  (uint64_t)count << 32 |
					  HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST);
	assert_int_in_range(script->done, 0, count - 1);
	entries_are_there(fake, 0, count);
	if (++script->round == script->stop_at)
		return script->stop;
	script->done += script->step;
	if (script->alternate && script->round % 2)
		status = 0;
	if (script->done >= count) {
		script->done = count;
		status = script->last;
	}
	return (uint64_t)script->done << 32 | status;
}

static enum hvpt_status run(struct script *script, size_t count,
			    struct hvpt_answer *answer)
{
	struct fake fake;
	struct list list;
	enum hvpt_status status;

	fake_init(&fake);
	fake.answer = play;
	fake.test_data = script;
	start_list(&list, &fake, count);
	spoil(answer);
	status = flush(&fake, &list, answer);
	fake_made(&fake, 1, script->round);
	assert_int_equal(answer->code, HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST);
	return status;
}

static const unsigned list_counts[] = { 1, 2, 3, 10, 507, 508 };

static void one_matrix_cell(unsigned count, unsigned step, uint16_t partial,
			    bool alternate, uint16_t last)
{
	struct script script = {
		.step = step,
		.partial = partial,
		.alternate = alternate,
		.last = last,
	};
	struct hvpt_answer answer;

	assert_int_equal(run(&script, count, &answer), HVPT_OK);
	assert_int_equal(script.round, (count + step - 1) / step);
	assert_int_equal(answer.reps, count);
	assert_int_equal(answer.result, (uint64_t)count << 32 | last);
}

static void test_partial_rounds(void **state)
{
	static const uint16_t statuses[] = { 0, 0x78 };
	unsigned i, step, partial, last;

	(void)state;
	for (i = 0; i < FAKE_COUNT(list_counts); i++) {
		unsigned count = list_counts[i];

		for (step = 1; step <= count; step += step < 12 ? 1 : 83) {
			for (partial = 0; partial < 2; partial++) {
				for (last = 0; last < 2; last++)
					one_matrix_cell(count, step,
							statuses[partial],
							false, statuses[last]);
			}
			one_matrix_cell(count, step, 0x78, true, 0);
		}
	}
}

/*
 * A round that returns this after @done of @count elements, one in each round.
 */
static void stopped(unsigned count, unsigned done, uint64_t stop,
		    enum hvpt_status want, unsigned reps)
{
	struct script script = {
		.step = 1,
		.partial = 0x78,
		.alternate = true,
		.stop_at = done + 1,
		.stop = stop,
	};
	struct hvpt_answer answer;

	assert_int_equal(run(&script, count, &answer), want);
	assert_int_equal(script.round, done + 1);
	assert_int_equal(answer.result, stop);
	assert_int_equal(answer.reps, reps);
}

static uint64_t word(unsigned reps, unsigned status)
{
	return (uint64_t)reps << 32 | status;
}

static void stop_with_count(unsigned count, unsigned done)
{
	/* No progress. */
	stopped(count, done, word(done, 0), HVPT_ERR_HV_PROGRESS, done);
	stopped(count, done, word(done, 0x78), HVPT_ERR_HV_TIMEOUT, done);
	/* Backwards. */
	if (done) {
		stopped(count, done, word(done - 1, 0), HVPT_ERR_HV_PROGRESS,
			done);
		stopped(count, done, word(0, 0x78), HVPT_ERR_HV_PROGRESS, done);
		stopped(count, done, word(0, 0x06), HVPT_ERR_HV_DENIED, done);
	}
	/* Beyond the list. */
	stopped(count, done, word(count + 1, 0), HVPT_ERR_HV_PROGRESS, done);
	stopped(count, done, word(0xfff, 0x78), HVPT_ERR_HV_PROGRESS, done);
	stopped(count, done, word(0xfff, 0x06), HVPT_ERR_HV_DENIED, done);
	/* A failure, with some more done. */
	stopped(count, done, word(done, 0x57), HVPT_ERR_HV_DEVICE, done);
	if (done + 1 < count)
		stopped(count, done, word(done + 1, 0x0b), HVPT_ERR_HV_MEMORY,
			done + 1);
	/* There is no hypervisor any more. */
	stopped(count, done, ~(uint64_t)0, HVPT_ERR_NO_HYPERVISOR, done);
}

static void test_stopped_rounds(void **state)
{
	unsigned i, done;

	(void)state;
	for (i = 0; i < FAKE_COUNT(list_counts); i++) {
		unsigned count = list_counts[i];

		for (done = 0; done < count; done += done < 4 ? 1 : 101)
			stop_with_count(count, done);
		stop_with_count(count, count - 1);
	}
}

/* Whatever a hypervisor returns, the call ends with a status that fits. */
static uint64_t answer_anything(struct fake *fake, uint64_t control)
{
	uint64_t *prng = fake->test_data;
	unsigned count = (unsigned)(control >> 32) & 0xfff;
	unsigned start = (unsigned)(control >> 48) & 0xfff;
	unsigned status = hvpt_random_below(prng, 4) ?
				  (hvpt_random_below(prng, 2) ? 0x78 : 0) :
				  (unsigned)hvpt_random_below(prng, 0x10000);
	unsigned reps = hvpt_random_below(prng, 8) ?
				start + (unsigned)hvpt_random_below(prng, 3) :
				(unsigned)hvpt_random_below(prng, 0x1000);

	assert_int_in_range(start, 0, count - 1);
	return word(reps & 0xfff, status) |
	       (hvpt_random(prng) & 0xfffff000ffff0000);
}

static void test_random_answers(void **state)
{
	uint64_t prng = pt_seed("test_random_answers", 0x4c1);
	unsigned round;

	(void)state;
	for (round = 0; round < pt_effort(20000); round++) {
		size_t count = 1 + (size_t)hvpt_random_below(&prng, 12);
		struct fake fake;
		struct list list;
		struct hvpt_answer answer;
		enum hvpt_status status;
		uint16_t raw;

		fake_init(&fake);
		fake.answer = answer_anything;
		fake.test_data = &prng;
		start_list(&list, &fake, count);
		status = flush(&fake, &list, &answer);
		fake_made(&fake, 1, fake.issues);
		assert_int_in_range(fake.issues, 1, count);
		assert_int_in_range(answer.reps, 0, count);
		raw = (uint16_t)answer.result;
		if (status == HVPT_OK) {
			assert_int_equal(answer.reps, count);
			assert_true(raw == 0 || raw == 0x78);
		} else if (status == HVPT_ERR_HV_PROGRESS) {
			assert_true(raw == 0 || raw == 0x78);
		} else {
			assert_int_equal(status, hvpt_hv_status_map(raw));
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_page),
		cmocka_unit_test(test_unusable_pages_go_back),
		cmocka_unit_test(test_pages_at_both_ends),
		cmocka_unit_test(test_domain_ids_are_checked),
		cmocka_unit_test(test_device_ids_are_checked),
		cmocka_unit_test(test_order_of_checks),
		cmocka_unit_test(test_settings_are_checked),
		cmocka_unit_test(test_every_status),
		cmocka_unit_test(test_some_statuses_by_name),
		cmocka_unit_test(test_no_hypercall),
		cmocka_unit_test(test_reps_of_simple_calls),
		cmocka_unit_test(test_caps_as_given),
		cmocka_unit_test(test_caps_field_by_field),
		cmocka_unit_test(test_property_is_one_bit),
		cmocka_unit_test(test_silent_success),
		cmocka_unit_test(test_empty_list),
		cmocka_unit_test(test_long_lists),
		cmocka_unit_test(test_all_of_a_long_list),
		cmocka_unit_test(test_heard),
		cmocka_unit_test(test_bad_entries),
		cmocka_unit_test(test_partial_rounds),
		cmocka_unit_test(test_stopped_rounds),
		cmocka_unit_test(test_random_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
