/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/hv_abi.h - the memory layout of the guest's device-domain hypercalls.
 *
 * Numbers, structures, and encoders without side effects. Everything is
 * little-endian and has its natural alignment. Padding and reserved bits are
 * zero in inputs and ignored in outputs. No layout has bit-fields or enums.
 * docs/SPEC.md has the same as tables.
 *
 * Sources, named at each number:
 *	TLFS	Hyper-V Top Level Functional Specification
 *	gdk	Linux include/hyperv/hvgdk_mini.h
 *	mini	Linux include/hyperv/hvhdk_mini.h
 *	hvdef	OpenVMM vm/hv1/hvdef
 *	mu	Microsoft mu_msvm, MsvmPkg/Include/Hv
 * TLFS does not describe the device-domain calls; the Linux headers do.
 */
#ifndef HVPT_HV_ABI_H
#define HVPT_HV_ABI_H

#include "hvpt/internal/hv_layout.h"

/* ---- general --------------------------------------------------------- */

/* The hypervisor's page, whatever the guest's is. gdk: HV_HYP_PAGE_SIZE. */
#define HVPT_HV_PAGE_BYTES 4096u

/* The calling partition. TLFS, Partition IDs; gdk: HV_PARTITION_ID_SELF. */
#define HVPT_HV_PARTITION_SELF (~(uint64_t)0)

/* Call codes. gdk: HVCALL_*; mu: HvGuestHypercall.h. */
#define HVPT_HVCALL_CREATE_DEVICE_DOMAIN 0x00b1u
#define HVPT_HVCALL_ATTACH_DEVICE_DOMAIN 0x00b2u
#define HVPT_HVCALL_DETACH_DEVICE_DOMAIN 0x00c4u
#define HVPT_HVCALL_DELETE_DEVICE_DOMAIN 0x00c5u
#define HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN 0x00ceu
#define HVPT_HVCALL_FLUSH_DEVICE_DOMAIN 0x00d0u
#define HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST 0x00d1u
#define HVPT_HVCALL_GET_IOMMU_CAPABILITIES 0x0125u
#define HVPT_HVCALL_GET_LOGICAL_DEVICE_PROPERTY 0x0127u

/* ---- control and result words ---------------------------------------- */

/*
 * TLFS, Hypercall Inputs: 15:0 call code, 16 fast, 26:17 variable header
 * size, 31 nested, 43:32 rep count, 59:48 rep start; the rest is zero.
 */
#define HVPT_HV_CONTROL_COUNT_SHIFT 32u
#define HVPT_HV_CONTROL_START_SHIFT 48u
#define HVPT_HV_REP_MASK 0xfffu

/** The control word of a memory-based call; a simple call has 0 reps. */
HVPT_INLINE uint64_t hvpt_hv_control(uint16_t code, unsigned count,
				     unsigned start)
{
	return (uint64_t)code |
	       (uint64_t)(count & HVPT_HV_REP_MASK)
		       << HVPT_HV_CONTROL_COUNT_SHIFT |
	       (uint64_t)(start & HVPT_HV_REP_MASK)
		       << HVPT_HV_CONTROL_START_SHIFT;
}

/* A result word that means: no hypercall page. Linux, hv_do_hypercall(). */
#define HVPT_HV_NO_HYPERCALL (~(uint64_t)0)

/** TLFS, Hypercall Outputs: status in 15:0. */
HVPT_INLINE uint16_t hvpt_hv_result_status(uint64_t result)
{
	return (uint16_t)(result & 0xffffu);
}

/** TLFS, Hypercall Outputs: reps completed, counted from element 0, in 43:32 */
HVPT_INLINE unsigned hvpt_hv_result_reps(uint64_t result)
{
	return (unsigned)(result >> 32) & HVPT_HV_REP_MASK;
}

/* ---- naming a domain ------------------------------------------------- */

/* mini: enum hv_device_domain_type; 0 and 2 from OpenVMM and older headers. */
#define HVPT_HV_DOMAIN_TYPE_S2 0u
#define HVPT_HV_DOMAIN_TYPE_S1 1u
#define HVPT_HV_DOMAIN_TYPE_SOC 2u

/* mini: HV_DEVICE_DOMAIN_ID_DEFAULT, _NULL. Undefined for stage 1. */
#define HVPT_HV_DOMAIN_ID_DEFAULT 0u
#define HVPT_HV_DOMAIN_ID_NULL 0xffffffffu

/** mini: union hv_device_domain_id: 3:0 type, 31:4 zero, 63:32 id. */
HVPT_INLINE uint64_t hvpt_hv_domain_id(unsigned type, uint32_t id)
{
	return hvpt_hv_field(type, 0, 4) | hvpt_hv_field(id, 32, 32);
}

/** mini: struct hv_input_device_domain. */
struct hvpt_hv_device_domain {
	uint64_t partition_id;
	uint8_t owner_vtl; /* TLFS, HV_INPUT_VTL. 0: the caller's own */
	uint8_t padding[7];
	uint64_t domain_id; /* hvpt_hv_domain_id() */
};

HVPT_HV_LAYOUT(struct hvpt_hv_device_domain, 24);
HVPT_HV_FIELD(struct hvpt_hv_device_domain, partition_id, 0);
HVPT_HV_FIELD(struct hvpt_hv_device_domain, owner_vtl, 8);
HVPT_HV_FIELD(struct hvpt_hv_device_domain, domain_id, 16);

/* ---- naming a device ------------------------------------------------- */

/*
 * 8 bytes: 63:62 are the type, which decides what 61:0 mean. mini: union
 * hv_device_id, enum hv_device_type. A pvIOMMU guest uses logical ids;
 * docs/SPEC.md has the other types.
 */
#define HVPT_HV_DEVICE_TYPE_SHIFT 62u
#define HVPT_HV_DEVICE_TYPE_MASK ((uint64_t)3 << HVPT_HV_DEVICE_TYPE_SHIFT)
#define HVPT_HV_DEVICE_TYPE_LOGICAL 0u

/** A logical device: 61:0 id. */
HVPT_INLINE uint64_t hvpt_hv_device_logical(uint64_t id)
{
	return hvpt_hv_field(id, 0, HVPT_HV_DEVICE_TYPE_SHIFT) |
	       hvpt_hv_field(HVPT_HV_DEVICE_TYPE_LOGICAL,
			     HVPT_HV_DEVICE_TYPE_SHIFT, 2);
}

/* ---- CREATE_DEVICE_DOMAIN (0xb1) and DELETE_DEVICE_DOMAIN (0xc5) ----- */

/* mini: union hv_create_device_domain_flags. Known callers set bit 0 alone. */
#define HVPT_HV_CREATE_FORWARD_PROGRESS ((uint64_t)1 << 0)
#define HVPT_HV_CREATE_INHERIT_VTL ((uint64_t)1 << 1)

/** mini: struct hv_input_create_device_domain; earlier without the padding. */
struct hvpt_hv_create_device_domain {
	struct hvpt_hv_device_domain domain;
	uint32_t flags;
	uint32_t padding;
};

HVPT_HV_LAYOUT(struct hvpt_hv_create_device_domain, 32);
HVPT_HV_FIELD(struct hvpt_hv_create_device_domain, flags, 24);

/** mini: struct hv_input_delete_device_domain. */
struct hvpt_hv_delete_device_domain {
	struct hvpt_hv_device_domain domain;
};

HVPT_HV_LAYOUT(struct hvpt_hv_delete_device_domain, 24);

/* ---- ATTACH_DEVICE_DOMAIN (0xb2), DETACH_DEVICE_DOMAIN (0xc4) -------- */

/** mini: struct hv_input_attach_device_domain. */
struct hvpt_hv_attach_device_domain {
	struct hvpt_hv_device_domain domain;
	uint64_t device_id; /* hvpt_hv_device_logical() */
};

HVPT_HV_LAYOUT(struct hvpt_hv_attach_device_domain, 32);
HVPT_HV_FIELD(struct hvpt_hv_attach_device_domain, device_id, 24);

/** mini: struct hv_input_detach_device_domain; names no domain. */
struct hvpt_hv_detach_device_domain {
	uint64_t partition_id;
	uint64_t device_id; /* hvpt_hv_device_logical() */
};

HVPT_HV_LAYOUT(struct hvpt_hv_detach_device_domain, 16);
HVPT_HV_FIELD(struct hvpt_hv_detach_device_domain, device_id, 8);

/* ---- CONFIGURE_DEVICE_DOMAIN (0xce) ---------------------------------- */

/* mini: struct hv_device_domain_settings. 0: the iova is the gpa. */
#define HVPT_HV_SETTINGS_TRANSLATION ((uint64_t)1 << 0)
#define HVPT_HV_SETTINGS_BLOCKED ((uint64_t)1 << 1) /* needs bit 0 too */
#define HVPT_HV_SETTINGS_5_LEVELS ((uint64_t)1 << 2)

/** mini: struct hv_input_configure_device_domain. */
struct hvpt_hv_configure_device_domain {
	struct hvpt_hv_device_domain domain;
	uint64_t flags;
	uint64_t page_table_root; /* gpa in bytes, 4 KiB aligned */
};

HVPT_HV_LAYOUT(struct hvpt_hv_configure_device_domain, 40);
HVPT_HV_FIELD(struct hvpt_hv_configure_device_domain, flags, 24);
HVPT_HV_FIELD(struct hvpt_hv_configure_device_domain, page_table_root, 32);

/* ---- FLUSH_DEVICE_DOMAIN (0xd0) -------------------------------------- */

/** mini: struct hv_input_flush_device_domain; no flag is known. */
struct hvpt_hv_flush_device_domain {
	struct hvpt_hv_device_domain domain;
	uint32_t flags;
	uint32_t reserved;
};

HVPT_HV_LAYOUT(struct hvpt_hv_flush_device_domain, 32);
HVPT_HV_FIELD(struct hvpt_hv_flush_device_domain, flags, 24);

/* ---- FLUSH_DEVICE_DOMAIN_LIST (0xd1), a rep call --------------------- */

/* mini: HV_FLUSH_DEVICE_DOMAIN_LIST_IOMMU_FORMAT: entries as below. */
#define HVPT_HV_FLUSH_LIST_IOMMU_FORMAT ((uint64_t)1 << 0)

/** mini: struct hv_input_flush_device_domain_list; the entries follow. */
struct hvpt_hv_flush_device_domain_list {
	struct hvpt_hv_device_domain domain;
	uint32_t flags;
	uint32_t reserved;
};

HVPT_HV_LAYOUT(struct hvpt_hv_flush_device_domain_list, 32);
HVPT_HV_FIELD(struct hvpt_hv_flush_device_domain_list, flags, 24);

/* How many fit into one page: (4096 - 32) / 8. */
#define HVPT_HV_FLUSH_LIST_MAX 508u

HVPT_STATIC_ASSERT(HVPT_HV_FLUSH_LIST_MAX ==
			   (HVPT_HV_PAGE_BYTES -
			    sizeof(struct hvpt_hv_flush_device_domain_list)) /
				   sizeof(uint64_t),
		   "the entries behind the header fill the page");

/*
 * One entry, 8 bytes: 5:0 shift, 11:6 zero, 63:12 page number, a multiple of
 * 2^shift. It covers 2^shift pages of 4 KiB. mini: union hv_iommu_flush_va.
 */
#define HVPT_HV_FLUSH_ENTRY_SHIFT_MASK ((uint64_t)0x3f)
#define HVPT_HV_FLUSH_ENTRY_RESERVED ((uint64_t)0xfc0)
#define HVPT_HV_FLUSH_ENTRY_PAGE_SHIFT 12u
#define HVPT_HV_FLUSH_ENTRY_SHIFT_MAX 52u

/** An entry from @page, of 52 bits, and @shift, of 6 bits. */
HVPT_INLINE uint64_t hvpt_hv_flush_entry(uint64_t page, unsigned shift)
{
	return hvpt_hv_field(page, HVPT_HV_FLUSH_ENTRY_PAGE_SHIFT, 52) |
	       hvpt_hv_field(shift, 0, 6);
}

/** No reserved bit set, a shift of at most 52, an aligned page number? */
HVPT_INLINE bool hvpt_hv_flush_entry_ok(uint64_t entry)
{
	uint64_t shift = entry & HVPT_HV_FLUSH_ENTRY_SHIFT_MASK;
	uint64_t page = entry >> HVPT_HV_FLUSH_ENTRY_PAGE_SHIFT;

	return (entry & HVPT_HV_FLUSH_ENTRY_RESERVED) == 0 &&
	       shift <= HVPT_HV_FLUSH_ENTRY_SHIFT_MAX &&
	       (page & (((uint64_t)1 << shift) - 1)) == 0;
}

/* ---- GET_IOMMU_CAPABILITIES (0x125) ---------------------------------- */

/** mini: struct hv_input_get_iommu_capabilities. */
struct hvpt_hv_get_iommu_capabilities {
	uint64_t partition_id;
	uint64_t reserved;
};

HVPT_HV_LAYOUT(struct hvpt_hv_get_iommu_capabilities, 16);

/** mini: struct hv_output_get_iommu_capabilities. Nobody reads @size. */
struct hvpt_hv_iommu_capabilities {
	uint32_t size;
	uint16_t reserved;
	uint8_t max_iova_width;
	uint8_t max_pasid_width;
	uint64_t iommu_cap; /* HVPT_HV_IOMMU_CAP_* */
	uint64_t pgsize_bitmap;
};

HVPT_HV_LAYOUT(struct hvpt_hv_iommu_capabilities, 24);
HVPT_HV_FIELD(struct hvpt_hv_iommu_capabilities, max_iova_width, 6);
HVPT_HV_FIELD(struct hvpt_hv_iommu_capabilities, max_pasid_width, 7);
HVPT_HV_FIELD(struct hvpt_hv_iommu_capabilities, iommu_cap, 8);
HVPT_HV_FIELD(struct hvpt_hv_iommu_capabilities, pgsize_bitmap, 16);

/* mini: HV_IOMMU_CAP_*. */
#define HVPT_HV_IOMMU_CAP_PRESENT ((uint64_t)1 << 0)
#define HVPT_HV_IOMMU_CAP_S2 ((uint64_t)1 << 1)
#define HVPT_HV_IOMMU_CAP_S1 ((uint64_t)1 << 2)
#define HVPT_HV_IOMMU_CAP_S1_5LVL ((uint64_t)1 << 3)
#define HVPT_HV_IOMMU_CAP_PASID ((uint64_t)1 << 4)
#define HVPT_HV_IOMMU_CAP_ATS ((uint64_t)1 << 5)
#define HVPT_HV_IOMMU_CAP_PRI ((uint64_t)1 << 6)

/* ---- GET_LOGICAL_DEVICE_PROPERTY (0x127) ----------------------------- */

/* mini: enum hv_logical_device_property_code. The only one known. */
#define HVPT_HV_DEVICE_PROPERTY_PVIOMMU 10u

/** mini: struct hv_input_get_logical_device_property. */
struct hvpt_hv_get_logical_device_property {
	uint64_t partition_id;
	uint64_t logical_device_id; /* the plain number, no type */
	uint32_t code;
	uint32_t reserved;
};

HVPT_HV_LAYOUT(struct hvpt_hv_get_logical_device_property, 24);
HVPT_HV_FIELD(struct hvpt_hv_get_logical_device_property, logical_device_id, 8);
HVPT_HV_FIELD(struct hvpt_hv_get_logical_device_property, code, 16);

/** mini: struct hv_output_get_logical_device_property. */
struct hvpt_hv_logical_device_property {
	uint64_t device_iommu; /* HVPT_HV_DEVICE_IOMMU_ENABLED */
	uint64_t reserved;
};

HVPT_HV_LAYOUT(struct hvpt_hv_logical_device_property, 16);
HVPT_HV_FIELD(struct hvpt_hv_logical_device_property, device_iommu, 0);

/* mini: HV_DEVICE_IOMMU_ENABLED. */
#define HVPT_HV_DEVICE_IOMMU_ENABLED ((uint64_t)1 << 0)

#endif /* HVPT_HV_ABI_H */
