/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The interface of the hypervisor, written a second time: sizes, offsets,
 * constants, and the bytes of every input that the typed calls send. All
 * numbers are written by hand, from docs/SPEC.md.
 */
#include <string.h>

#include "hvpt/hvpt.h"
#include "tests/support/fake_transport.h"

#define ONES (~(uint64_t)0)

struct number {
	const char *name;
	uint64_t value;
	uint64_t pinned;
};

#define SIZE(type, pinned)                                                     \
	{                                                                      \
		"sizeof " #type, sizeof(struct hvpt_hv_##type), pinned         \
	}
#define AT(type, field, pinned)                                                \
	{                                                                      \
#type "." #field, offsetof(struct hvpt_hv_##type, field),      \
			pinned                                                 \
	}
#define IS(name, pinned)                                                       \
	{                                                                      \
#name, HVPT_##name, pinned                                     \
	}

static void must_be_pinned(const struct number *numbers, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (numbers[i].value != numbers[i].pinned)
			print_error("%s\n", numbers[i].name);
		assert_int_equal(numbers[i].value, numbers[i].pinned);
	}
}

static void test_layouts(void **state)
{
	static const struct number numbers[] = {
		SIZE(device_domain, 24),
		AT(device_domain, partition_id, 0),
		AT(device_domain, owner_vtl, 8),
		AT(device_domain, padding, 9),
		AT(device_domain, domain_id, 16),
		SIZE(create_device_domain, 32),
		AT(create_device_domain, flags, 24),
		AT(create_device_domain, padding, 28),
		SIZE(delete_device_domain, 24),
		SIZE(attach_device_domain, 32),
		AT(attach_device_domain, device_id, 24),
		SIZE(detach_device_domain, 16),
		AT(detach_device_domain, partition_id, 0),
		AT(detach_device_domain, device_id, 8),
		SIZE(configure_device_domain, 40),
		AT(configure_device_domain, flags, 24),
		AT(configure_device_domain, page_table_root, 32),
		SIZE(flush_device_domain, 32),
		AT(flush_device_domain, flags, 24),
		AT(flush_device_domain, reserved, 28),
		SIZE(flush_device_domain_list, 32),
		AT(flush_device_domain_list, flags, 24),
		AT(flush_device_domain_list, reserved, 28),
		SIZE(get_iommu_capabilities, 16),
		AT(get_iommu_capabilities, reserved, 8),
		SIZE(iommu_capabilities, 24),
		AT(iommu_capabilities, size, 0),
		AT(iommu_capabilities, reserved, 4),
		AT(iommu_capabilities, max_iova_width, 6),
		AT(iommu_capabilities, max_pasid_width, 7),
		AT(iommu_capabilities, iommu_cap, 8),
		AT(iommu_capabilities, pgsize_bitmap, 16),
		SIZE(get_logical_device_property, 24),
		AT(get_logical_device_property, logical_device_id, 8),
		AT(get_logical_device_property, code, 16),
		AT(get_logical_device_property, reserved, 20),
		SIZE(logical_device_property, 16),
		AT(logical_device_property, device_iommu, 0),
		AT(logical_device_property, reserved, 8),
	};

	(void)state;
	must_be_pinned(numbers, FAKE_COUNT(numbers));
}

static void test_message_layouts(void **state)
{
	static const struct number numbers[] = {
		SIZE(message_header, 16),
		AT(message_header, type, 0),
		AT(message_header, payload_bytes, 4),
		AT(message_header, flags, 5),
		AT(message_header, reserved, 6),
		AT(message_header, sender, 8),
		SIZE(iommu_fault, 32),
		AT(iommu_fault, type, 0),
		AT(iommu_fault, access_type, 4),
		AT(iommu_fault, flags, 8),
		AT(iommu_fault, logical_device_id, 16),
		AT(iommu_fault, fault_address, 24),
	};

	(void)state;
	must_be_pinned(numbers, FAKE_COUNT(numbers));
}

static void test_constants(void **state)
{
	static const struct number numbers[] = {
		IS(HVCALL_CREATE_DEVICE_DOMAIN, 0xb1),
		IS(HVCALL_ATTACH_DEVICE_DOMAIN, 0xb2),
		IS(HVCALL_DETACH_DEVICE_DOMAIN, 0xc4),
		IS(HVCALL_DELETE_DEVICE_DOMAIN, 0xc5),
		IS(HVCALL_CONFIGURE_DEVICE_DOMAIN, 0xce),
		IS(HVCALL_FLUSH_DEVICE_DOMAIN, 0xd0),
		IS(HVCALL_FLUSH_DEVICE_DOMAIN_LIST, 0xd1),
		IS(HVCALL_GET_IOMMU_CAPABILITIES, 0x125),
		IS(HVCALL_GET_LOGICAL_DEVICE_PROPERTY, 0x127),
		IS(HV_PAGE_BYTES, 4096),
		IS(HV_PARTITION_SELF, 0xffffffffffffffff),
		IS(HV_DOMAIN_TYPE_S2, 0),
		IS(HV_DOMAIN_TYPE_S1, 1),
		IS(HV_DOMAIN_TYPE_SOC, 2),
		IS(HV_DOMAIN_ID_DEFAULT, 0),
		IS(HV_DOMAIN_ID_NULL, 0xffffffff),
		IS(HV_DEVICE_TYPE_MASK, 0xc000000000000000),
		IS(HV_DEVICE_PROPERTY_PVIOMMU, 10),
		IS(HV_DEVICE_IOMMU_ENABLED, 1),
		IS(HV_CREATE_FORWARD_PROGRESS, 1),
		IS(HV_CREATE_INHERIT_VTL, 2),
		IS(HV_SETTINGS_TRANSLATION, 1),
		IS(HV_SETTINGS_BLOCKED, 2),
		IS(HV_SETTINGS_5_LEVELS, 4),
		IS(HV_FLUSH_LIST_IOMMU_FORMAT, 1),
		IS(HV_FLUSH_LIST_MAX, 508),
		IS(HV_FLUSH_ENTRY_SHIFT_MASK, 0x3f),
		IS(HV_FLUSH_ENTRY_RESERVED, 0xfc0),
		IS(HV_FLUSH_ENTRY_PAGE_SHIFT, 12),
		IS(HV_FLUSH_ENTRY_SHIFT_MAX, 52),
		IS(HV_IOMMU_CAP_PRESENT, 0x01),
		IS(HV_IOMMU_CAP_S2, 0x02),
		IS(HV_IOMMU_CAP_S1, 0x04),
		IS(HV_IOMMU_CAP_S1_5LVL, 0x08),
		IS(HV_IOMMU_CAP_PASID, 0x10),
		IS(HV_IOMMU_CAP_ATS, 0x20),
		IS(HV_IOMMU_CAP_PRI, 0x40),
		IS(HV_NO_HYPERCALL, 0xffffffffffffffff),
	};

	(void)state;
	must_be_pinned(numbers, FAKE_COUNT(numbers));
}

static void test_fault_messages(void **state)
{
	static const struct number numbers[] = {
		IS(HV_MESSAGE_IOMMU_FAULT, 0x80000024),
		IS(HV_IOMMU_FAULT_SINT, 1),
		IS(HV_MESSAGE_BYTES, 256),
		IS(HV_MESSAGE_PAYLOAD_MAX, 240),
		IS(HV_IOMMU_FAULT_TRANSLATION, 0),
		IS(HV_IOMMU_FAULT_BLOCKED, 1),
		IS(HV_IOMMU_FAULT_INTERRUPT, 2),
		IS(HV_IOMMU_FAULT_PERMISSION, 3),
		IS(HV_IOMMU_FAULT_ADDRESS_SIZE, 4),
		IS(HV_IOMMU_FAULT_TLB_CONFLICT, 5),
		IS(HV_IOMMU_FAULT_EXTERNAL, 6),
		IS(HV_IOMMU_FAULT_UNSUPPORTED, 7),
		IS(HV_IOMMU_FAULT_ADDRESS_VALID, 1),
		IS(HV_IOMMU_FAULT_DEVICE_VALID, 2),
		IS(HV_ACCESS_READ, 0),
		IS(HV_ACCESS_WRITE, 1),
		IS(HV_ACCESS_EXECUTE, 2),
	};

	(void)state;
	must_be_pinned(numbers, FAKE_COUNT(numbers));
}

/* ---- words ----------------------------------------------------------- */

static void test_control_word(void **state)
{
	(void)state;
	assert_int_equal(hvpt_hv_control(0xb1, 0, 0), 0xb1);
	assert_int_equal(hvpt_hv_control(0xd1, 1, 0), 0x00000001000000d1);
	assert_int_equal(hvpt_hv_control(0xd1, 508, 507), 0x01fb01fc000000d1);
	assert_int_equal(hvpt_hv_control(0xd1, 4095, 4094), 0x0ffe0fff000000d1);
	/* A field that does not fit does not change its neighbours. */
	assert_int_equal(hvpt_hv_control(0xffff, 0, 0), 0xffff);
	assert_int_equal(hvpt_hv_control(0, ~0u, 0), 0x00000fff00000000);
	assert_int_equal(hvpt_hv_control(0, 0, ~0u), 0x0fff000000000000);
}

static void test_result_word(void **state)
{
	(void)state;
	assert_int_equal(hvpt_hv_result_status(0xfffffffffffff123), 0xf123);
	assert_int_equal(hvpt_hv_result_status(0xffffffffffff0000), 0);
	assert_int_equal(hvpt_hv_result_reps(0xfffff123ffffffff), 0x123);
	assert_int_equal(hvpt_hv_result_reps(0xfffff000ffffffff), 0);
	assert_int_equal(hvpt_hv_result_reps(0x00000fff00000000), 0xfff);
}

static void test_domain_id_word(void **state)
{
	(void)state;
	assert_int_equal(hvpt_hv_domain_id(1, 5), 0x0000000500000001);
	assert_int_equal(hvpt_hv_domain_id(2, 0xfffffffe), 0xfffffffe00000002);
	assert_int_equal(hvpt_hv_domain_id(~0u, 0), 0xf);
	assert_int_equal(hvpt_hv_domain_id(0, 0xffffffff), 0xffffffff00000000);
}

static void test_device_id_word(void **state)
{
	(void)state;
	assert_int_equal(hvpt_hv_device_logical(0x66558f73), 0x66558f73);
	assert_int_equal(hvpt_hv_device_logical(ONES), 0x3fffffffffffffff);
}

static void test_flush_entry_word(void **state)
{
	(void)state;
	assert_int_equal(hvpt_hv_flush_entry(0x12345, 0), 0x0000000012345000);
	assert_int_equal(hvpt_hv_flush_entry(0x80, 7), 0x0000000000080007);
	assert_int_equal(hvpt_hv_flush_entry(0, 52), 52);
	assert_int_equal(hvpt_hv_flush_entry(ONES, 0), 0xfffffffffffff000);
	assert_int_equal(hvpt_hv_flush_entry(0, ~0u), 0x3f);
}

static void test_flush_entry_rules(void **state)
{
	unsigned shift, bit;

	(void)state;
	for (shift = 0; shift <= 63; shift++) {
		assert_int_equal(hvpt_hv_flush_entry_ok(shift), shift <= 52);
		for (bit = 6; bit < 12; bit++)
			assert_false(hvpt_hv_flush_entry_ok(
				shift | (uint64_t)1 << bit));
		for (bit = 12; bit < 64; bit++)
			assert_int_equal(hvpt_hv_flush_entry_ok(
						 shift | (uint64_t)1 << bit),
					 bit - 12 >= shift);
	}
	assert_true(hvpt_hv_flush_entry_ok(0xfffffffffffff000));
	assert_true(hvpt_hv_flush_entry_ok(0x8000000000000033)); /* 51 */
}

/* ---- inputs, as they are sent ---------------------------------------- */

#define DOMAIN 0x12345678u
#define DEVICE 0x0123456789abcdefull

#define B_SELF 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
#define B_ZERO 0, 0, 0, 0, 0, 0, 0, 0
/* Partition, VTL and padding, S1, DOMAIN. */
#define B_DOMAIN B_SELF, B_ZERO, 1, 0, 0, 0, 0x78, 0x56, 0x34, 0x12
#define B_DEVICE 0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01

static struct hvpt_domain_settings settings(enum hvpt_domain_kind kind,
					    uint32_t levels, uint64_t root)
{
	const struct hvpt_domain_settings made = {
		.kind = kind,
		.levels = levels,
		.root = { root },
	};

	return made;
}

#define SENT(fake, control_word, output_at, ...)                               \
	do {                                                                   \
		static const uint8_t golden[] = { __VA_ARGS__ };               \
                                                                               \
		fake_made(fake, 1, 1);                                         \
		assert_int_equal((fake)->control[0], control_word);            \
		assert_int_equal((fake)->output_gpa,                           \
				 (output_at) ? (fake)->gpa + (output_at) : 0); \
		fake_sent(fake, golden, sizeof(golden));                       \
		fake_forget(fake);                                             \
	} while (0)

static void test_bytes_of_queries(void **state)
{
	struct fake fake;
	struct hvpt_answer answer;
	struct hvpt_iommu_caps caps;
	bool enabled;

	(void)state;
	fake_init(&fake);
	assert_int_equal(hvpt_hvcall_get_caps(&fake.transport, &caps, &answer),
			 HVPT_OK);
	SENT(&fake, 0x125, 16, B_SELF, B_ZERO);

	assert_int_equal(hvpt_hvcall_get_device_iommu(&fake.transport, DEVICE,
						      &enabled, &answer),
			 HVPT_OK);
	SENT(&fake, 0x127, 24, B_SELF, B_DEVICE, 10, 0, 0, 0, 0, 0, 0, 0);
}

static void test_bytes_of_create_flush_delete(void **state)
{
	struct fake fake;
	struct hvpt_answer answer;

	(void)state;
	fake_init(&fake);
	assert_int_equal(hvpt_hvcall_create_domain(&fake.transport, DOMAIN,
						   &answer),
			 HVPT_OK);
	SENT(&fake, 0xb1, 0, B_DOMAIN, 1, 0, 0, 0, 0, 0, 0, 0);
	assert_int_equal(hvpt_hvcall_flush_domain(&fake.transport, DOMAIN,
						  &answer),
			 HVPT_OK);
	SENT(&fake, 0xd0, 0, B_DOMAIN, B_ZERO);
	assert_int_equal(hvpt_hvcall_delete_domain(&fake.transport, DOMAIN,
						   &answer),
			 HVPT_OK);
	SENT(&fake, 0xc5, 0, B_DOMAIN);
}

static void test_bytes_of_domain_ids(void **state)
{
	struct fake fake;
	struct hvpt_answer answer;

	(void)state;
	fake_init(&fake);
	assert_int_equal(hvpt_hvcall_delete_domain(&fake.transport, 1, &answer),
			 HVPT_OK);
	SENT(&fake, 0xc5, 0, B_SELF, B_ZERO, 1, 0, 0, 0, 1, 0, 0, 0);
	assert_int_equal(hvpt_hvcall_delete_domain(&fake.transport, 0xfffffffe,
						   &answer),
			 HVPT_OK);
	SENT(&fake, 0xc5, 0, B_SELF, B_ZERO, 1, 0, 0, 0, 0xfe, 0xff, 0xff,
	     0xff);
}

static void configure(struct fake *fake, enum hvpt_domain_kind kind,
		      uint32_t levels, uint64_t root)
{
	struct hvpt_answer answer;
	struct hvpt_domain_settings how = settings(kind, levels, root);

	assert_int_equal(hvpt_hvcall_configure_domain(&fake->transport, DOMAIN,
						      &how, &answer),
			 HVPT_OK);
}

static void test_bytes_of_configure(void **state)
{
	struct fake fake;

	(void)state;
	fake_init(&fake);
	configure(&fake, HVPT_DOMAIN_IDENTITY, 0, 0);
	SENT(&fake, 0xce, 0, B_DOMAIN, B_ZERO, B_ZERO);
	configure(&fake, HVPT_DOMAIN_BLOCKED, 0, 0);
	SENT(&fake, 0xce, 0, B_DOMAIN, 3, 0, 0, 0, 0, 0, 0, 0, B_ZERO);
	configure(&fake, HVPT_DOMAIN_PAGING, 4, 0x000123456789a000);
	SENT(&fake, 0xce, 0, B_DOMAIN, 1, 0, 0, 0, 0, 0, 0, 0, 0x00, 0xa0, 0x89,
	     0x67, 0x45, 0x23, 0x01, 0x00);
	configure(&fake, HVPT_DOMAIN_PAGING, 5, 0x000ffffffffff000);
	SENT(&fake, 0xce, 0, B_DOMAIN, 5, 0, 0, 0, 0, 0, 0, 0, 0x00, 0xf0, 0xff,
	     0xff, 0xff, 0xff, 0x0f, 0x00);
	configure(&fake, HVPT_DOMAIN_PAGING, 4, 0);
	SENT(&fake, 0xce, 0, B_DOMAIN, 1, 0, 0, 0, 0, 0, 0, 0, B_ZERO);
}

static void test_bytes_of_attach_detach(void **state)
{
	struct fake fake;
	struct hvpt_answer answer;

	(void)state;
	fake_init(&fake);
	assert_int_equal(hvpt_hvcall_attach_device(&fake.transport, DOMAIN,
						   DEVICE, &answer),
			 HVPT_OK);
	SENT(&fake, 0xb2, 0, B_DOMAIN, B_DEVICE);
	assert_int_equal(hvpt_hvcall_detach_device(&fake.transport, DEVICE,
						   &answer),
			 HVPT_OK);
	SENT(&fake, 0xc4, 0, B_SELF, B_DEVICE);
	/* The largest id. */
	assert_int_equal(hvpt_hvcall_detach_device(&fake.transport, ONES >> 2,
						   &answer),
			 HVPT_OK);
	SENT(&fake, 0xc4, 0, B_SELF, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	     0x3f);
}

struct entries {
	const uint64_t *entry;
	size_t count;
};

static bool next_entry(void *ctx, uint64_t *entry)
{
	struct entries *left = ctx;

	if (!left->count)
		return false;
	*entry = *left->entry++;
	left->count--;
	return true;
}

static uint64_t all_reps(struct fake *fake, uint64_t control)
{
	(void)fake;
	return control & 0x00000fff00000000;
}

static void test_bytes_of_flush_list(void **state)
{
	static const uint64_t list[] = { 0x0000123456789000, 52,
					 0xfffffffffff80007 };
	struct entries left = { list, 3 };
	struct fake fake;
	struct hvpt_answer answer;

	(void)state;
	fake_init(&fake);
	fake.answer = all_reps;
	assert_int_equal(hvpt_hvcall_flush_list(&fake.transport, DOMAIN,
						next_entry, &left, &answer),
			 HVPT_OK);
	SENT(&fake, 0x00000003000000d1, 0, B_DOMAIN, 1, 0, 0, 0, 0, 0, 0, 0,
	     0x00, 0x90, 0x78, 0x56, 0x34, 0x12, 0x00, 0x00, 0x34, 0, 0, 0, 0,
	     0, 0, 0, 0x07, 0x00, 0xf8, 0xff, 0xff, 0xff, 0xff, 0xff);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_message_layouts),
		cmocka_unit_test(test_fault_messages),
		cmocka_unit_test(test_constants),
		cmocka_unit_test(test_control_word),
		cmocka_unit_test(test_result_word),
		cmocka_unit_test(test_domain_id_word),
		cmocka_unit_test(test_device_id_word),
		cmocka_unit_test(test_flush_entry_word),
		cmocka_unit_test(test_flush_entry_rules),
		cmocka_unit_test(test_bytes_of_queries),
		cmocka_unit_test(test_bytes_of_create_flush_delete),
		cmocka_unit_test(test_bytes_of_domain_ids),
		cmocka_unit_test(test_bytes_of_configure),
		cmocka_unit_test(test_bytes_of_attach_detach),
		cmocka_unit_test(test_bytes_of_flush_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
