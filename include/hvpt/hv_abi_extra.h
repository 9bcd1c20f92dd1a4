/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/hv_abi_extra.h - what is near the guest's calls.
 *
 * Fault messages, which fault.h decodes. What hvpt does not use: stage-2
 * mappings of device domains, passing devices through from a root partition,
 * interrupt retargeting (which names devices as the pvIOMMU does), and the
 * codes of calls whose inputs nobody published. For models, tracers and root
 * partitions. Conventions and sources as in hv_abi.h; mukesh stands for the
 * patches for the root's IOMMU driver and wei for the first draft of device
 * domains, both on the linux-hyperv list.
 */
#ifndef HVPT_HV_ABI_EXTRA_H
#define HVPT_HV_ABI_EXTRA_H

#include "hvpt/hv_abi.h"

/* ---- call codes ------------------------------------------------------ */

/* gdk: HVCALL_*; mu: HvGuestHypercall.h. */
#define HVPT_HVCALL_DEPOSIT_MEMORY 0x0048u
#define HVPT_HVCALL_MAP_DEVICE_INTERRUPT 0x007cu
#define HVPT_HVCALL_UNMAP_DEVICE_INTERRUPT 0x007du
#define HVPT_HVCALL_RETARGET_INTERRUPT 0x007eu
#define HVPT_HVCALL_RETARGET_ROOT_DEVICE_INTERRUPT 0x007fu
#define HVPT_HVCALL_ASSERT_DEVICE_INTERRUPT 0x0080u
#define HVPT_HVCALL_ATTACH_DEVICE 0x0082u
#define HVPT_HVCALL_DETACH_DEVICE 0x0083u
#define HVPT_HVCALL_MAP_DEVICE_GPA_PAGES 0x00b3u
#define HVPT_HVCALL_UNMAP_DEVICE_GPA_PAGES 0x00b4u
#define HVPT_HVCALL_QUERY_DEVICE_DOMAIN 0x00c6u
#define HVPT_HVCALL_MAP_SPARSE_DEVICE_GPA_PAGES 0x00c7u
#define HVPT_HVCALL_UNMAP_SPARSE_DEVICE_GPA_PAGES 0x00c8u

/* mu: the codes alone are public. */
#define HVPT_HVCALL_CREATE_PASID_SPACE 0x009du
#define HVPT_HVCALL_DELETE_PASID_SPACE 0x009eu
#define HVPT_HVCALL_SET_PASID_ADDRESS_SPACE 0x009fu
#define HVPT_HVCALL_FLUSH_PASID_ADDRESS_SPACE 0x00a0u
#define HVPT_HVCALL_FLUSH_PASID_ADDRESS_LIST 0x00a1u
#define HVPT_HVCALL_ATTACH_PASID_SPACE 0x00a2u
#define HVPT_HVCALL_DETACH_PASID_SPACE 0x00a3u
#define HVPT_HVCALL_ENABLE_PASID 0x00a4u
#define HVPT_HVCALL_DISABLE_PASID 0x00a5u
#define HVPT_HVCALL_ACKNOWLEDGE_DEVICE_PAGE_REQUEST 0x00a6u
#define HVPT_HVCALL_CREATE_DEVICE_PR_QUEUE 0x00a7u
#define HVPT_HVCALL_DELETE_DEVICE_PR_QUEUE 0x00a8u
#define HVPT_HVCALL_SET_DEVICE_PRQ_PROPERTY 0x00a9u
#define HVPT_HVCALL_GET_PHYSICAL_DEVICE_PROPERTY 0x00aau
#define HVPT_HVCALL_SET_PHYSICAL_DEVICE_PROPERTY 0x00abu
#define HVPT_HVCALL_PROCESS_IOMMU_PRQ 0x00c3u
#define HVPT_HVCALL_QUERY_DEVICE_DOMAIN_PROPERTIES 0x00cfu
#define HVPT_HVCALL_ENABLE_DEVICE_INTERRUPT 0x00d5u

/* Dumps of public headers: the codes alone. */
#define HVPT_HVCALL_QUERY_DEVICE_INTERRUPT_TARGET 0x00e0u
#define HVPT_HVCALL_RESERVE_DEVICE_INTERRUPT 0x00eau
#define HVPT_HVCALL_PERSIST_DEVICE 0x00ebu
#define HVPT_HVCALL_UNPERSIST_DEVICE 0x00ecu
#define HVPT_HVCALL_PERSIST_DEVICE_INTERRUPT 0x00edu

/* ---- stage-2 mappings of a domain ------------------------------------ */

/* mini: HV_MAP_GPA_*. READABLE is required. */
#define HVPT_HV_MAP_GPA_READABLE 0x1u
#define HVPT_HV_MAP_GPA_WRITABLE 0x2u
#define HVPT_HV_MAP_GPA_KERNEL_EXECUTABLE 0x4u
#define HVPT_HV_MAP_GPA_USER_EXECUTABLE 0x8u
#define HVPT_HV_MAP_GPA_ADJUSTABLE 0x8000u
#define HVPT_HV_MAP_GPA_NO_ACCESS 0x10000u
#define HVPT_HV_MAP_GPA_NOT_CACHED 0x200000u
#define HVPT_HV_MAP_GPA_LARGE_PAGE 0x80000000u

/**
 * MAP_DEVICE_GPA_PAGES, a rep call. mukesh, wei. Page numbers of gpas, 8
 * bytes each, follow.
 */
struct hvpt_hv_map_device_gpa_pages {
	struct hvpt_hv_device_domain domain;
	uint8_t target_vtl;
	uint8_t padding[3];
	uint32_t map_flags;
	uint64_t device_va; /* in bytes */
};

HVPT_HV_LAYOUT(struct hvpt_hv_map_device_gpa_pages, 40);
HVPT_HV_FIELD(struct hvpt_hv_map_device_gpa_pages, target_vtl, 24);
HVPT_HV_FIELD(struct hvpt_hv_map_device_gpa_pages, map_flags, 28);
HVPT_HV_FIELD(struct hvpt_hv_map_device_gpa_pages, device_va, 32);

/* (4096 - 40) / 8 */
#define HVPT_HV_MAP_DEVICE_GPA_MAX 507u

/** UNMAP_DEVICE_GPA_PAGES, a rep call without a list. mukesh, wei. */
struct hvpt_hv_unmap_device_gpa_pages {
	struct hvpt_hv_device_domain domain;
	uint64_t device_va; /* in bytes; the rep count is in 4 KiB pages */
};

HVPT_HV_LAYOUT(struct hvpt_hv_unmap_device_gpa_pages, 32);
HVPT_HV_FIELD(struct hvpt_hv_unmap_device_gpa_pages, device_va, 24);

/**
 * QUERY_DEVICE_DOMAIN, a rep call. wei. Device addresses, 8 bytes each,
 * follow; the form of the output is not known.
 */
struct hvpt_hv_query_device_domain {
	struct hvpt_hv_device_domain domain;
};

HVPT_HV_LAYOUT(struct hvpt_hv_query_device_domain, 24);

/**
 * MAP_SPARSE_DEVICE_GPA_PAGES, a rep call; struct hvpt_hv_sparse_page follow.
 * wei, who packs map_flags directly behind target_vtl: taken for a mistake of
 * the header, since every other structure is aligned. Not confirmed.
 */
struct hvpt_hv_map_sparse_device_gpa_pages {
	struct hvpt_hv_device_domain domain;
	uint8_t target_vtl;
	uint8_t padding[3];
	uint32_t map_flags;
};

HVPT_HV_LAYOUT(struct hvpt_hv_map_sparse_device_gpa_pages, 32);
HVPT_HV_FIELD(struct hvpt_hv_map_sparse_device_gpa_pages, map_flags, 28);

/** One element of it. */
struct hvpt_hv_sparse_page {
	uint64_t device_va; /* in bytes */
	uint64_t gpa_page;  /* a page number */
};

HVPT_HV_LAYOUT(struct hvpt_hv_sparse_page, 16);

/** UNMAP_SPARSE_DEVICE_GPA_PAGES, a rep call; device addresses follow. wei */
struct hvpt_hv_unmap_sparse_device_gpa_pages {
	struct hvpt_hv_device_domain domain;
};

HVPT_HV_LAYOUT(struct hvpt_hv_unmap_sparse_device_gpa_pages, 24);

/* ---- passing a device through, root partition only ------------------- */

/* mukesh: flags of ATTACH_DEVICE. */
#define HVPT_HV_ATTACH_LOGICAL_ID (1u << 0)
#define HVPT_HV_ATTACH_ATS_ENABLED (1u << 2)
#define HVPT_HV_ATTACH_VIRTUAL_FUNCTION (1u << 3)
#define HVPT_HV_ATTACH_SHARED_IRQ_CHILD (1u << 4)
#define HVPT_HV_ATTACH_VIRTUAL_DEVICE (1u << 5)
#define HVPT_HV_ATTACH_ATS_SUPPORTED (1u << 6)
#define HVPT_HV_ATTACH_SMALL_IRT (1u << 7)

/* mukesh: what the device's PCI configuration says. */
#define HVPT_HV_ATTACH_PASID_WIDTH_MASK 0x1fu
#define HVPT_HV_ATTACH_QUEUE_DEPTH_SHIFT 5u
#define HVPT_HV_ATTACH_QUEUE_DEPTH_MASK 0x3e0u
#define HVPT_HV_ATTACH_GLOBAL_INVALIDATE (1u << 10)
#define HVPT_HV_ATTACH_PRG_RESPONSE_PASID (1u << 11)

/** ATTACH_DEVICE. mukesh. */
struct hvpt_hv_attach_device {
	uint64_t partition_id;
	uint64_t device_id;
	uint32_t flags; /* HVPT_HV_ATTACH_* of the first kind */
	uint8_t vtl;
	uint8_t reserved0;
	uint16_t reserved1;
	uint64_t logical_device_id;
	uint32_t pci_caps; /* HVPT_HV_ATTACH_* of the second kind */
	uint16_t pf_rid;   /* requester id of the physical function */
	uint16_t reserved2;
};

HVPT_HV_LAYOUT(struct hvpt_hv_attach_device, 40);
HVPT_HV_FIELD(struct hvpt_hv_attach_device, device_id, 8);
HVPT_HV_FIELD(struct hvpt_hv_attach_device, flags, 16);
HVPT_HV_FIELD(struct hvpt_hv_attach_device, vtl, 20);
HVPT_HV_FIELD(struct hvpt_hv_attach_device, reserved1, 22);
HVPT_HV_FIELD(struct hvpt_hv_attach_device, logical_device_id, 24);
HVPT_HV_FIELD(struct hvpt_hv_attach_device, pci_caps, 32);
HVPT_HV_FIELD(struct hvpt_hv_attach_device, pf_rid, 36);

/** DETACH_DEVICE. mukesh. */
struct hvpt_hv_detach_device {
	uint64_t partition_id;
	uint64_t logical_device_id;
};

HVPT_HV_LAYOUT(struct hvpt_hv_detach_device, 16);
HVPT_HV_FIELD(struct hvpt_hv_detach_device, logical_device_id, 8);

/* ---- messages -------------------------------------------------------- */

/*
 * Synthetic messages. gdk, mu: IOMMU_FAULT, on SINT 1. The page-request
 * message is 0x80010006 in Linux and mu, 0x80010005 in hvdef: left out.
 */
#define HVPT_HV_MESSAGE_IOMMU_FAULT 0x80000024u
#define HVPT_HV_IOMMU_FAULT_SINT 1u

/* TLFS, HV_MESSAGE: a slot of the message page. */
#define HVPT_HV_MESSAGE_BYTES 256u
#define HVPT_HV_MESSAGE_PAYLOAD_MAX 240u

/** The head of each message; the payload follows. TLFS, HV_MESSAGE_HEADER. */
struct hvpt_hv_message_header {
	uint32_t type; /* 0: the slot is empty */
	uint8_t payload_bytes;
	uint8_t flags; /* 0: more messages are waiting */
	uint8_t reserved[2];
	uint64_t sender; /* a partition, or a port */
};

HVPT_HV_LAYOUT(struct hvpt_hv_message_header, 16);
HVPT_HV_FIELD(struct hvpt_hv_message_header, payload_bytes, 4);
HVPT_HV_FIELD(struct hvpt_hv_message_header, flags, 5);
HVPT_HV_FIELD(struct hvpt_hv_message_header, sender, 8);

/* mu: HvGuestSyntheticInterrupts.h, HV_IOMMU_FAULT_TYPE. */
#define HVPT_HV_IOMMU_FAULT_TRANSLATION 0u
#define HVPT_HV_IOMMU_FAULT_BLOCKED 1u
#define HVPT_HV_IOMMU_FAULT_INTERRUPT 2u

/* The same; in guests on ARM64 only. */
#define HVPT_HV_IOMMU_FAULT_PERMISSION 3u
#define HVPT_HV_IOMMU_FAULT_ADDRESS_SIZE 4u
#define HVPT_HV_IOMMU_FAULT_TLB_CONFLICT 5u
#define HVPT_HV_IOMMU_FAULT_EXTERNAL 6u
#define HVPT_HV_IOMMU_FAULT_UNSUPPORTED 7u /* an upstream transaction */

/* TLFS, HV_INTERCEPT_ACCESS_TYPE. */
#define HVPT_HV_ACCESS_READ 0u
#define HVPT_HV_ACCESS_WRITE 1u
#define HVPT_HV_ACCESS_EXECUTE 2u

#define HVPT_HV_IOMMU_FAULT_ADDRESS_VALID (1u << 0)
#define HVPT_HV_IOMMU_FAULT_DEVICE_VALID (1u << 1)

/** The payload of a fault message. mu: the same file. */
struct hvpt_hv_iommu_fault {
	uint32_t type;	     /* HVPT_HV_IOMMU_FAULT_TRANSLATION ... */
	uint8_t access_type; /* HVPT_HV_ACCESS_* */
	uint8_t padding0[3];
	uint32_t flags; /* HVPT_HV_IOMMU_FAULT_*_VALID */
	uint32_t padding1;
	uint64_t logical_device_id;
	uint64_t fault_address;
};

HVPT_HV_LAYOUT(struct hvpt_hv_iommu_fault, 32);
HVPT_HV_FIELD(struct hvpt_hv_iommu_fault, access_type, 4);
HVPT_HV_FIELD(struct hvpt_hv_iommu_fault, flags, 8);
HVPT_HV_FIELD(struct hvpt_hv_iommu_fault, logical_device_id, 16);
HVPT_HV_FIELD(struct hvpt_hv_iommu_fault, fault_address, 24);

/* ---- RETARGET_INTERRUPT (0x7e) --------------------------------------- */

/* TLFS, HvRetargetDeviceInterrupt; hvdef. */
#define HVPT_HV_INTERRUPT_SOURCE_MSI 1u
#define HVPT_HV_INTERRUPT_SOURCE_IOAPIC 2u

#define HVPT_HV_RETARGET_MULTICAST (1u << 0)
#define HVPT_HV_RETARGET_PROCESSOR_SET (1u << 1) /* a set: variable header */
#define HVPT_HV_RETARGET_PROXY_REDIRECT (1u << 2)

/** Which interrupt. */
struct hvpt_hv_interrupt_entry {
	uint32_t source;
	uint32_t reserved;
	uint32_t address; /* of an MSI */
	uint32_t data;
};

HVPT_HV_LAYOUT(struct hvpt_hv_interrupt_entry, 16);
HVPT_HV_FIELD(struct hvpt_hv_interrupt_entry, address, 8);
HVPT_HV_FIELD(struct hvpt_hv_interrupt_entry, data, 12);

/** The fixed part; @device_id is the one ATTACH_DEVICE_DOMAIN takes. */
struct hvpt_hv_retarget_interrupt {
	uint64_t partition_id;
	uint64_t device_id;
	struct hvpt_hv_interrupt_entry entry;
	uint64_t reserved;
	uint32_t vector;
	uint32_t flags;	     /* HVPT_HV_RETARGET_* */
	uint64_t processors; /* a mask, or the format of the set */
};

HVPT_HV_LAYOUT(struct hvpt_hv_retarget_interrupt, 56);
HVPT_HV_FIELD(struct hvpt_hv_retarget_interrupt, device_id, 8);
HVPT_HV_FIELD(struct hvpt_hv_retarget_interrupt, entry, 16);
HVPT_HV_FIELD(struct hvpt_hv_retarget_interrupt, vector, 40);
HVPT_HV_FIELD(struct hvpt_hv_retarget_interrupt, flags, 44);
HVPT_HV_FIELD(struct hvpt_hv_retarget_interrupt, processors, 48);

#endif /* HVPT_HV_ABI_EXTRA_H */
