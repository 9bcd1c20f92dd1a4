/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/hv_message.h - the memory layout of IOMMU fault messages.
 *
 * The hypervisor reports a refused DMA by a synthetic message. fault.h decodes
 * it. Conventions and sources are those of hv_abi.h.
 */
#ifndef HVPT_HV_MESSAGE_H
#define HVPT_HV_MESSAGE_H

#include "hvpt/hv_abi.h"

/* gdk, mu: the message type of an IOMMU fault, and the SINT it arrives on. */
#define HVPT_HV_MESSAGE_IOMMU_FAULT 0x80000024u
#define HVPT_HV_IOMMU_FAULT_SINT 1u

/* TLFS, HV_MESSAGE: a slot of the message page. */
#define HVPT_HV_MESSAGE_BYTES 256u
#define HVPT_HV_MESSAGE_PAYLOAD_MAX 240u

/** The header of a message; the payload follows. TLFS, HV_MESSAGE_HEADER. */
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

/* Bits of `flags`: which fields of the payload are valid. */
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

#endif /* HVPT_HV_MESSAGE_H */
