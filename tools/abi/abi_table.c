/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "abi_table.h"

#include "hvpt/hv_message.h"

/* Bits low .. low + count - 1. */
#define BITS(low, count) ((UINT64_MAX >> (64u - (count))) << (low))
#define FLAG(prefix, name, note)                                               \
	{                                                                      \
#name, HVPT_HV_##prefix##_##name, NULL, note                   \
	}
#define END                                                                    \
	{                                                                      \
		NULL, 0, NULL, NULL                                            \
	}
#define REPS(shift) ((uint64_t)HVPT_HV_REP_MASK << (shift))

/* ---- values ---------------------------------------------------------- */

static const struct abi_value partition_list[] = {
	{ "SELF", HVPT_HV_PARTITION_SELF },
	{ NULL, 0 },
};
static const struct abi_values partitions = { partition_list, false };

static const struct abi_value domain_type_list[] = {
	{ "stage 2", HVPT_HV_DOMAIN_TYPE_S2 },
	{ "stage 1", HVPT_HV_DOMAIN_TYPE_S1 },
	{ "SoC", HVPT_HV_DOMAIN_TYPE_SOC },
	{ NULL, 0 },
};
static const struct abi_values domain_types = { domain_type_list, true };

static const struct abi_value domain_id_list[] = {
	{ "DEFAULT: open for stage 1", HVPT_HV_DOMAIN_ID_DEFAULT },
	{ "NULL: open for stage 1", HVPT_HV_DOMAIN_ID_NULL },
	{ NULL, 0 },
};
static const struct abi_values domain_ids = { domain_id_list, false };

static const struct abi_value device_type_list[] = {
	{ "logical", HVPT_HV_DEVICE_TYPE_LOGICAL },
	{ NULL, 0 },
};
static const struct abi_values device_types = { device_type_list, true };

static const struct abi_value property_list[] = {
	{ "PVIOMMU", HVPT_HV_DEVICE_PROPERTY_PVIOMMU },
	{ NULL, 0 },
};
static const struct abi_values properties = { property_list, true };

static const struct abi_value message_list[] = {
	{ "IOMMU_FAULT", HVPT_HV_MESSAGE_IOMMU_FAULT },
	{ NULL, 0 },
};
static const struct abi_values messages = { message_list, false };

static const struct abi_value fault_list[] = {
	{ "TRANSLATION", HVPT_HV_IOMMU_FAULT_TRANSLATION },
	{ "BLOCKED", HVPT_HV_IOMMU_FAULT_BLOCKED },
	{ "INTERRUPT", HVPT_HV_IOMMU_FAULT_INTERRUPT },
	{ "PERMISSION", HVPT_HV_IOMMU_FAULT_PERMISSION },
	{ "ADDRESS_SIZE", HVPT_HV_IOMMU_FAULT_ADDRESS_SIZE },
	{ "TLB_CONFLICT", HVPT_HV_IOMMU_FAULT_TLB_CONFLICT },
	{ "EXTERNAL", HVPT_HV_IOMMU_FAULT_EXTERNAL },
	{ "UNSUPPORTED", HVPT_HV_IOMMU_FAULT_UNSUPPORTED },
	{ NULL, 0 },
};
static const struct abi_values faults = { fault_list, false };

static const struct abi_value access_list[] = {
	{ "READ", HVPT_HV_ACCESS_READ },
	{ "WRITE", HVPT_HV_ACCESS_WRITE },
	{ "EXECUTE", HVPT_HV_ACCESS_EXECUTE },
	{ NULL, 0 },
};
static const struct abi_values accesses = { access_list, false };

/* ---- bits ------------------------------------------------------------ */

static const struct abi_bits control_bits[] = {
	{ "code", BITS(0, 16), NULL, NULL },
	{ "fast", BITS(16, 1), NULL, "input in registers" },
	{ "variable header size", BITS(17, 10), NULL, "in 8 bytes" },
	{ "nested", BITS(31, 1), NULL, NULL },
	{ "rep count", REPS(HVPT_HV_CONTROL_COUNT_SHIFT), NULL, "elements" },
	{ "rep start", REPS(HVPT_HV_CONTROL_START_SHIFT), NULL,
	  "the first element to do" },
	END,
};
static const struct abi_bits result_bits[] = {
	{ "status", BITS(0, 16), NULL, NULL },
	{ "reps completed", BITS(32, 12), NULL,
	  "of a rep call, from element 0" },
	END,
};
static const struct abi_bits vtl_bits[] = {
	{ "VTL", BITS(0, 4), NULL, NULL },
	{ "use it", BITS(4, 1), NULL, "this VTL, not the caller's" },
	END,
};
static const struct abi_bits domain_id_bits[] = {
	{ "type", BITS(0, 4), &domain_types, NULL },
	{ "id", BITS(32, 32), &domain_ids, NULL },
	END,
};
static const struct abi_bits device_bits[] = {
	{ "id", ~HVPT_HV_DEVICE_TYPE_MASK, NULL, NULL },
	{ "type", HVPT_HV_DEVICE_TYPE_MASK, &device_types, NULL },
	END,
};
static const struct abi_bits create_bits[] = {
	FLAG(CREATE, FORWARD_PROGRESS, "forward progress required"),
	FLAG(CREATE, INHERIT_VTL, "inherit the owning VTL"),
	END,
};
static const struct abi_bits settings_bits[] = {
	FLAG(SETTINGS, TRANSLATION, "translation is on"),
	FLAG(SETTINGS, BLOCKED, "all DMA is refused"),
	FLAG(SETTINGS, 5_LEVELS, "5 levels, not 4"),
	END,
};
static const struct abi_bits root_bits[] = {
	{ "page", BITS(12, 40), NULL, NULL },
	END,
};
/* No flag is known. */
static const struct abi_bits no_bits[] = { END };
static const struct abi_bits list_bits[] = {
	FLAG(FLUSH_LIST, IOMMU_FORMAT, "elements are shift and page"),
	END,
};
static const struct abi_bits entry_bits[] = {
	{ "shift", HVPT_HV_FLUSH_ENTRY_SHIFT_MASK, NULL,
	  "it covers 2^shift pages" },
	{ "page", BITS(HVPT_HV_FLUSH_ENTRY_PAGE_SHIFT, 52), NULL, NULL },
	END,
};
static const struct abi_bits cap_bits[] = {
	FLAG(IOMMU_CAP, PRESENT, "there is a pvIOMMU"),
	FLAG(IOMMU_CAP, S2, "stage 2"),
	FLAG(IOMMU_CAP, S1, "stage 1"),
	FLAG(IOMMU_CAP, S1_5LVL, "stage 1 with 5 levels"),
	FLAG(IOMMU_CAP, PASID, NULL),
	FLAG(IOMMU_CAP, ATS, NULL),
	FLAG(IOMMU_CAP, PRI, NULL),
	END,
};
static const struct abi_bits device_iommu_bits[] = {
	FLAG(DEVICE_IOMMU, ENABLED, "behind the pvIOMMU"),
	END,
};
static const struct abi_bits fault_bits[] = {
	FLAG(IOMMU_FAULT, ADDRESS_VALID, NULL),
	FLAG(IOMMU_FAULT, DEVICE_VALID, NULL),
	END,
};

/* ---- what is wrong with a value -------------------------------------- */

static const char *wrong_settings(uint64_t flags)
{
	if ((flags & HVPT_HV_SETTINGS_BLOCKED) != 0 &&
	    (flags & HVPT_HV_SETTINGS_TRANSLATION) == 0)
		return "BLOCKED needs TRANSLATION";
	return NULL;
}

static const char *wrong_entry(uint64_t entry)
{
	uint64_t shift = entry & HVPT_HV_FLUSH_ENTRY_SHIFT_MASK;

	if (shift > HVPT_HV_FLUSH_ENTRY_SHIFT_MAX)
		return "the shift is above 52";
	if (!hvpt_hv_flush_entry_ok(entry & ~HVPT_HV_FLUSH_ENTRY_RESERVED))
		return "the page is not a multiple of 2^shift";
	return NULL;
}

/* ---- structures ------------------------------------------------------ */

#define PLACE(type, field)                                                     \
	.name = #field, .offset = offsetof(struct hvpt_hv_##type, field),      \
	.bytes = sizeof(((struct hvpt_hv_##type *)NULL)->field)
#define NUMBER(type, field)                                                    \
	{                                                                      \
		PLACE(type, field)                                             \
	}
#define NOTED(type, field, text)                                               \
	{                                                                      \
		PLACE(type, field), .note = (text)                             \
	}
#define ZERO(type, field)                                                      \
	{                                                                      \
		PLACE(type, field), .zero = true                               \
	}
#define NAMED(type, field, names)                                              \
	{                                                                      \
		PLACE(type, field), .values = &(names)                         \
	}
#define MASKED(type, field, masks)                                             \
	{                                                                      \
		PLACE(type, field), .bits = (masks)                            \
	}
#define DOMAIN(type)                                                           \
	NAMED(type, domain.partition_id, partitions),                          \
		MASKED(type, domain.owner_vtl, vtl_bits),                      \
		ZERO(type, domain.padding),                                    \
		MASKED(type, domain.domain_id, domain_id_bits)
#define STRUCT(type)                                                           \
	static const struct abi_struct type##_layout = {                       \
		#type, sizeof(struct hvpt_hv_##type), type##_fields            \
	}
#define LAST                                                                   \
	{                                                                      \
		.name = NULL                                                   \
	}

const struct abi_field abi_control = {
	.name = "control",
	.bytes = sizeof(uint64_t),
	.bits = control_bits,
};
const struct abi_field abi_result = {
	.name = "result",
	.bytes = sizeof(uint64_t),
	.bits = result_bits,
};
static const struct abi_field entry_field = {
	.name = "entry",
	.bytes = sizeof(uint64_t),
	.bits = entry_bits,
	.wrong = wrong_entry,
};

static const struct abi_field create_device_domain_fields[] = {
	DOMAIN(create_device_domain),
	MASKED(create_device_domain, flags, create_bits),
	ZERO(create_device_domain, padding),
	LAST,
};
STRUCT(create_device_domain);

static const struct abi_field delete_device_domain_fields[] = {
	DOMAIN(delete_device_domain),
	LAST,
};
STRUCT(delete_device_domain);

static const struct abi_field attach_device_domain_fields[] = {
	DOMAIN(attach_device_domain),
	MASKED(attach_device_domain, device_id, device_bits),
	LAST,
};
STRUCT(attach_device_domain);

static const struct abi_field detach_device_domain_fields[] = {
	NAMED(detach_device_domain, partition_id, partitions),
	MASKED(detach_device_domain, device_id, device_bits),
	LAST,
};
STRUCT(detach_device_domain);

static const struct abi_field configure_device_domain_fields[] = {
	DOMAIN(configure_device_domain),
	{ PLACE(configure_device_domain, flags), .bits = settings_bits,
	  .wrong = wrong_settings },
	{ PLACE(configure_device_domain, page_table_root), .bits = root_bits,
	  .note = "gpa in bytes" },
	LAST,
};
STRUCT(configure_device_domain);

static const struct abi_field flush_device_domain_fields[] = {
	DOMAIN(flush_device_domain),
	MASKED(flush_device_domain, flags, no_bits),
	ZERO(flush_device_domain, reserved),
	LAST,
};
STRUCT(flush_device_domain);

static const struct abi_field flush_device_domain_list_fields[] = {
	DOMAIN(flush_device_domain_list),
	MASKED(flush_device_domain_list, flags, list_bits),
	ZERO(flush_device_domain_list, reserved),
	LAST,
};
STRUCT(flush_device_domain_list);

static const struct abi_field get_iommu_capabilities_fields[] = {
	NAMED(get_iommu_capabilities, partition_id, partitions),
	ZERO(get_iommu_capabilities, reserved),
	LAST,
};
STRUCT(get_iommu_capabilities);

static const struct abi_field iommu_capabilities_fields[] = {
	NOTED(iommu_capabilities, size, "of this structure"),
	ZERO(iommu_capabilities, reserved),
	NOTED(iommu_capabilities, max_iova_width, "in bits"),
	NOTED(iommu_capabilities, max_pasid_width, "in bits"),
	MASKED(iommu_capabilities, iommu_cap, cap_bits),
	NOTED(iommu_capabilities, pgsize_bitmap, "bit n: leaves of 2^n bytes"),
	LAST,
};
STRUCT(iommu_capabilities);

static const struct abi_field get_logical_device_property_fields[] = {
	NAMED(get_logical_device_property, partition_id, partitions),
	NOTED(get_logical_device_property, logical_device_id, "without a type"),
	NAMED(get_logical_device_property, code, properties),
	ZERO(get_logical_device_property, reserved),
	LAST,
};
STRUCT(get_logical_device_property);

static const struct abi_field logical_device_property_fields[] = {
	MASKED(logical_device_property, device_iommu, device_iommu_bits),
	ZERO(logical_device_property, reserved),
	LAST,
};
STRUCT(logical_device_property);

static const struct abi_field message_header_fields[] = {
	NAMED(message_header, type, messages),
	NUMBER(message_header, payload_bytes),
	NOTED(message_header, flags, "0: more messages are waiting"),
	ZERO(message_header, reserved),
	NUMBER(message_header, sender),
	LAST,
};
STRUCT(message_header);

static const struct abi_field iommu_fault_fields[] = {
	NAMED(iommu_fault, type, faults),
	NAMED(iommu_fault, access_type, accesses),
	ZERO(iommu_fault, padding0),
	MASKED(iommu_fault, flags, fault_bits),
	ZERO(iommu_fault, padding1),
	NUMBER(iommu_fault, logical_device_id),
	NUMBER(iommu_fault, fault_address),
	LAST,
};
STRUCT(iommu_fault);

const struct abi_struct *const abi_structs[] = {
	&create_device_domain_layout,
	&attach_device_domain_layout,
	&detach_device_domain_layout,
	&delete_device_domain_layout,
	&configure_device_domain_layout,
	&flush_device_domain_layout,
	&flush_device_domain_list_layout,
	&get_iommu_capabilities_layout,
	&iommu_capabilities_layout,
	&get_logical_device_property_layout,
	&logical_device_property_layout,
	&message_header_layout,
	&iommu_fault_layout,
	NULL,
};

/* ---- calls ----------------------------------------------------------- */

#define CALL(name, input, output)                                              \
	{                                                                      \
#name, &input##_layout, output, NULL, 0, HVPT_HVCALL_##name    \
	}

const struct abi_call abi_calls[] = {
	CALL(CREATE_DEVICE_DOMAIN, create_device_domain, NULL),
	CALL(ATTACH_DEVICE_DOMAIN, attach_device_domain, NULL),
	CALL(DETACH_DEVICE_DOMAIN, detach_device_domain, NULL),
	CALL(DELETE_DEVICE_DOMAIN, delete_device_domain, NULL),
	CALL(CONFIGURE_DEVICE_DOMAIN, configure_device_domain, NULL),
	CALL(FLUSH_DEVICE_DOMAIN, flush_device_domain, NULL),
	{ "FLUSH_DEVICE_DOMAIN_LIST", &flush_device_domain_list_layout, NULL,
	  &entry_field, HVPT_HV_FLUSH_LIST_MAX,
	  HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST },
	CALL(GET_IOMMU_CAPABILITIES, get_iommu_capabilities,
	     &iommu_capabilities_layout),
	CALL(GET_LOGICAL_DEVICE_PROPERTY, get_logical_device_property,
	     &logical_device_property_layout),
	{ NULL, NULL, NULL, NULL, 0, 0 },
};
